// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/provider.h"

/*
 * Drivers that come from elsewhere, for records that do not say it; names as the kernel shows them. A scan does say it
 * (struct loaded), so what is missing here matters only for old ones: their drivers count as gone.
 */
static const char *const out_of_tree[] = {
	"acpi_call", "apfs", "bbswitch", "evdi", "fglrx", "fglrx_pci", "ithc", "nvidia",
	"nvidia_drm", "nvidia_fs", "nvidia_modeset", "nvidia_peermem", "nvidia_uvm", "nvidia_vgpu_vfio", "openafs",
	"r8101", "r8125", "r8126", "r8168", "rtbt", "ryzen_smu", "spl", "tuxedo_io", "tuxedo_keyboard",
	"v4l2loopback", "vboxdrv", "vboxnetadp", "vboxnetflt", "vboxpci", "vmmon", "vmnet", "wl", "xdma", "zavl", "zcommon",
	"zenpower", "zfs", "zlua", "znvpair", "zunicode", "zzstd",
};

bool
is_out_of_tree(const struct machine *machine, struct str name)
{
	for (size_t i = 0; i < machine->modules.len; i++) {
		const struct loaded *l = &machine->modules.at[i];

		if (!l->out_of_tree)
			continue;
		if (str_eq(l->name, name))
			return true;
		for (size_t j = 0; j < l->drivers.len; j++)
			if (str_eq(str_drop(l->drivers.at[j], str_index(l->drivers.at[j], ':') + 1), name))
				return true;
	}
	for (size_t i = 0; i < sizeof(out_of_tree) / sizeof(*out_of_tree); i++)
		if (str_is(name, out_of_tree[i]))
			return true;
	return false;
}

enum { NEAREST = 4, NEAR = 12, FARTHER = 100 }; /* sources */

typedef VEC(struct str) sources;

/* One device being looked at. */
struct search {
	struct pipeline *p;
	struct mapped *m;
	bool out_of_tree;              /* the driver */
	VEC(const struct route *) found;
	VEC(const struct cond *) when; /* beside `found` */
};

/* Drivers that were called otherwise, from the kernel's history; the new name may be a module's. */
static const struct { const char *bus, *old, *now; } renamed[] = {
	{ "mdio_bus", "Aquantia AQR113c", "Aquantia AQR113C" },
	{ "pci", "sbridge_edac", "sb_edac" },
	{ "platform", "DPTF Platform Power", "dptf_power" },
	{ "platform", "clk-lpt", "clk-lpss-atom" },
};

static struct str
name_now(const struct device *d)
{
	for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++)
		if (str_is(d->subsystem, renamed[i].bus) && str_is(d->driver, renamed[i].old))
			return str_from(renamed[i].now);
	return STR("");
}

/* When the part of the object that is compiled from the source belongs to it. */
static const struct cond *
part_when(struct search *s, const struct route *r, struct str source)
{
	struct part_list parts = source.len ? kbuild_parts(s->p->kbuild, r) : (struct part_list){ 0 };

	struct str stem = str_take(source, str_rindex(source, '.'));

	for (size_t i = 0; i < parts.len; i++)
		if (str_eq(str_take(parts.at[i].object, str_rindex(parts.at[i].object, '.')), stem))
			return parts.at[i].when;
	return s->p->pool.yes;
}

/* `source`: what in it serves the device; empty: the whole. */
static bool
add(struct search *s, const struct route *r, struct str source)
{
	if (!r)
		return false;
	for (size_t i = 0; i < s->found.len; i++)
		if (s->found.at[i] == r)
			return true;
	vec_push(s->p->keep, &s->found, r);
	vec_push(s->p->keep, &s->when, part_when(s, r, source));
	return true;
}

static bool
is_built(struct search *s, const struct route *r)
{
	return pipeline_state(s->p, r) != ROUTE_OFF;
}

static bool
claims(const struct mapped *m, const struct route *r)
{
	for (size_t i = 0; i < m->matches.len; i++)
		if (str_eq(m->matches.at[i].module->path, r->path))
			return true;
	return false;
}

static bool
settle(struct search *s, enum found found, struct str note)
{
	s->m->found = found;
	s->m->note = note;
	s->m->routes = s->found.at;
	s->m->when = s->when.at;
	s->m->routes_len = s->found.len;
	return true;
}

/* The device says its module itself. */
static bool
by_link(struct search *s)
{
	struct str name = s->m->device->module;
	const struct module *module = modules_find(s->p->modules, name);
	struct route_list list = { 0 };

	if (!name.len)
		return false;
	if (module)
		add(s, pipeline_route(s->p, module), STR(""));
	else
		list = kbuild_by_name(s->p->kbuild, name);
	for (size_t i = 0; i < list.len; i++)
		add(s, list.at[i], STR(""));
	if (!s->found.len)
		return false;
	return settle(s, claims(s->m, s->found.at[0]) ? FOUND_ALIAS : FOUND_LINK,
	              str_format(s->p->keep, "module %.*s by the driver link", STR_ARG(name)));
}

static bool
same_name(struct str module, struct str driver)
{
	if (module.len != driver.len)
		return false;
	for (size_t i = 0; i < module.len; i++)
		if (module.at[i] != (driver.at[i] == '-' ? '_' : driver.at[i]))
			return false;
	return true;
}

/* ---- where a driver may stand ---- */

/* DIR/NAME.o -> DIR/NAME.c: what of it the table of drivers knows. */
static void
add_source(struct search *s, struct str object, sources *out)
{
	struct str path = str_format(s->p->keep, "%.*s.c", STR_ARG(str_take(object, str_rindex(object, '.'))));

	for (size_t i = 0; i < out->len; i++)
		if (str_eq(out->at[i], path))
			return;
	vec_push(s->p->keep, out, path);
}

static struct driver_list
find_in(struct search *s, sources in, bool headers, struct str bus, struct str name)
{
	return driver_find_in(pipeline_drivers(s->p), in.at, in.len, headers, bus, name, s->p->keep);
}

/* Some drivers' names and places have no word in common. */
static const struct { const char *bus, *name, *object; } places[] = {
	{ "acpi", "hardware_error_device", "drivers/acpi/hed.o" },
	{ "i2c", "dummy", "drivers/i2c/i2c-core-base.o" },
	{ "pci", "agpgart-intel", "drivers/char/agp/intel-agp.o" },
	{ "pci", "pcieport", "drivers/pci/pcie/portdrv.o" },
	{ "pci", "pcieport", "drivers/pci/pcie/portdrv_pci.o" }, /* until 6.2 */
	{ "pci", "serial", "drivers/tty/serial/8250/8250_pci.o" },
	{ "platform", "PCCT", "drivers/mailbox/pcc.o" },
	{ "platform", "acpi-ged", "drivers/acpi/evged.o" },
	{ "platform", "byt_gpio", "drivers/pinctrl/intel/pinctrl-baytrail.o" },
	{ "platform", "dw-apb-uart", "drivers/tty/serial/8250/8250_dw.o" },
	{ "platform", "efi-framebuffer", "drivers/video/fbdev/efifb.o" },
	{ "platform", "snd-soc-dummy", "sound/soc/soc-utils.o" },
	{ "platform", "vesa-framebuffer", "drivers/video/fbdev/vesafb.o" },
	{ "usb", "snd-usb-audio", "sound/usb/card.o" },
	{ "usb", "usb", "drivers/usb/core/generic.o" },
	{ "usb", "usbfs", "drivers/usb/core/devio.o" },
	{ "usb", "uvcvideo", "drivers/media/usb/uvc/uvc_driver.o" },
};

/* Is the object or what it is part of built? */
static bool
makes_built(struct search *s, struct str object)
{
	struct route_list list = kbuild_by_source(s->p->kbuild, object);

	for (size_t i = 0; i < list.len; i++)
		if (is_built(s, list.at[i]))
			return true;
	return false;
}

/* Where the driver is known to stand, and sources whose paths look like it: up to `max`, short of FARTHER built ones only. */
static sources
likely_sources(struct search *s, struct str bus, struct str name, size_t max)
{
	size_t found[FARTHER], n = likely_find(pipeline_likely(s->p), bus, name, found, FARTHER);
	bool built = max < FARTHER;
	sources out = { 0 };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (str_is(bus, places[i].bus) && str_is(name, places[i].name))
			add_source(s, str_from(places[i].object), &out);
	add_source(s, str_format(s->p->keep, "drivers/%.*s/%.*s.o", STR_ARG(bus), STR_ARG(name)), &out);
	for (size_t i = 0; i < n && out.len < max; i++) {
		struct str object = kbuild_part_object(s->p->kbuild, found[i]);

		if (!built || makes_built(s, object))
			add_source(s, object, &out);
	}
	return out;
}

/* ---- the rules ---- */

static void
add_parts(struct search *s, const struct route *r, sources *out)
{
	struct part_list parts = r ? kbuild_parts(s->p->kbuild, r) : (struct part_list){ 0 };

	for (size_t i = 0; i < parts.len; i++)
		add_source(s, parts.at[i].object, out);
}

/* Takes the claiming modules that one of these sources of theirs makes register a driver of the name. */
static bool
add_claiming(struct search *s, sources in, bool headers, struct str bus, struct str name)
{
	struct driver_list named = find_in(s, in, headers, bus, name);

	for (size_t i = 0; i < named.len; i++) {
		struct route_list list = kbuild_by_source(s->p->kbuild, named.at[i]->source);

		for (size_t j = 0; j < list.len; j++)
			if (claims(s->m, list.at[j]))
				add(s, list.at[j], named.at[i]->source);
	}
	return s->found.len > 0;
}

/* Do all its parts always belong to it? Then it does not matter which of them registers the driver. */
static bool
is_of_one_piece(struct search *s, const struct route *r)
{
	struct part_list parts = kbuild_parts(s->p->kbuild, r);

	for (size_t i = 0; i < parts.len; i++)
		if (parts.at[i].when != s->p->pool.yes)
			return false;
	return true;
}

/* Does one of the module's parts register the driver? */
static bool
add_registering(struct search *s, const struct route *r, sources parts, bool headers)
{
	const struct device *d = s->m->device;

	for (size_t i = 0; i < parts.len; i++) {
		sources one = { &parts.at[i], 1, 1 };

		if (add_claiming(s, one, headers, d->subsystem, d->driver) ||
		    (find_in(s, one, headers, d->subsystem, STR(DRIVER_MODNAME)).len && add(s, r, STR(""))))
			return true;
	}
	return false;
}

/* A claiming module that is called as the driver and registers it, as far as that has to be read: the other claims are moot. */
static bool
add_namesake(struct search *s)
{
	for (size_t i = 0; i < s->m->matches.len; i++) {
		const struct module *m = s->m->matches.at[i].module;
		const struct route *r = same_name(m->name, s->m->device->driver) ? kbuild_by_path(s->p->kbuild, m->path) : NULL;
		sources parts = { 0 };

		if (r && s->m->matches.len == 1 && is_of_one_piece(s, r))
			return add(s, r, STR(""));
		add_parts(s, r, &parts);
		if (add_registering(s, r, parts, false) || add_registering(s, r, parts, true))
			return true;
	}
	return false;
}

static sources
claiming_sources(struct search *s)
{
	sources all = { 0 };

	for (size_t i = 0; i < s->m->matches.len; i++)
		add_parts(s, kbuild_by_path(s->p->kbuild, s->m->matches.at[i].module->path), &all);
	return all;
}

/*
 * A module that claims the device registers the driver, or is called as it. For a driver that the kernel never had no
 * source is read: none of nouveau's 727 registers "nvidia".
 */
static bool
by_alias(struct search *s)
{
	const struct mapped *m = s->m;
	struct str bus = m->device->subsystem, driver = m->device->driver;
	sources all = { 0 };

	if (add_namesake(s))
		return settle(s, FOUND_ALIAS, STR(""));
	if (!s->out_of_tree)
		all = claiming_sources(s);
	for (int headers = 0; headers < 2; headers++)
		if (add_claiming(s, all, headers, bus, driver) || add_claiming(s, all, headers, STR(""), driver))
			return settle(s, FOUND_ALIAS, STR(""));
	for (size_t i = 0; i < m->matches.len; i++)
		if (same_name(m->matches.at[i].module->name, m->device->driver))
			add(s, pipeline_route(s->p, m->matches.at[i].module), STR(""));
	return s->found.len && settle(s, FOUND_ALIAS, STR(""));
}

/* A module that claims the device has a driver whose name is made of macros that stand in no header that is followed. */
static bool
by_unread(struct search *s)
{
	return add_claiming(s, claiming_sources(s), true, s->m->device->subsystem, STR(DRIVER_UNREAD)) &&
	       settle(s, FOUND_ALIAS, STR(""));
}

/* The objects of these drivers, built ones only or any. */
static const struct driver *
add_sources(struct search *s, struct driver_list drivers, bool built)
{
	const struct driver *first = NULL;

	for (size_t i = 0; i < drivers.len; i++) {
		struct route_list list = kbuild_by_source(s->p->kbuild, drivers.at[i]->source);

		/* those of its own bus come first; an unknown bus is a guess beside them */
		if (first && first->bus.len && !drivers.at[i]->bus.len)
			break;
		for (size_t j = 0; j < list.len; j++)
			if ((!built || is_built(s, list.at[j])) && add(s, list.at[j], drivers.at[i]->source) && !first)
				first = drivers.at[i];
	}
	return first;
}

static bool
by_table(struct search *s, struct driver_list drivers, bool built, const char *but)
{
	const struct driver *d = add_sources(s, drivers, built);

	return d && settle(s, FOUND_TABLE, str_format(s->p->keep, "%.*s:%u registers \"%.*s\"%s", STR_ARG(d->file), d->line,
	                                              STR_ARG(d->name), but));
}

/* A built source that looks like the driver registers it. No two built ones do on one bus, so the first is the right one. */
static bool
by_looks(struct search *s, sources near, bool headers)
{
	struct str bus = s->m->device->subsystem, name = s->m->device->driver;
	sources nearest = { near.at, near.len < NEAREST ? near.len : NEAREST, 0 };
	struct driver_list named = find_in(s, nearest, headers, bus, name);

	if (!named.len || !named.at[0]->bus.len)
		named = find_in(s, near, headers, bus, name);
	return by_table(s, named, true, "");
}

/* drivers/BUS/NAME.c: what the ACPI core once had as drivers and now does itself ("power", "pci_root"). */
static bool
by_source_name(struct search *s)
{
	const struct device *d = s->m->device;
	struct str path;
	struct route_list list;

	if (str_has(d->driver, '/') || str_has(d->subsystem, '/') || !d->subsystem.len)
		return false;
	path = str_format(s->p->keep, "drivers/%.*s/%.*s.c", STR_ARG(d->subsystem), STR_ARG(d->driver));
	list = kbuild_by_source(s->p->kbuild, path);
	for (size_t i = 0; i < list.len; i++)
		if (is_built(s, list.at[i]))
			add(s, list.at[i], path);
	return s->found.len && settle(s, FOUND_NAME, str_format(s->p->keep, "%.*s is called as the driver", STR_ARG(path)));
}

static bool
by_module_name(struct search *s, struct str driver)
{
	const struct module *module = modules_find(s->p->modules, driver);
	struct route_list list = { 0 };

	if (module)
		add(s, pipeline_route(s->p, module), STR(""));
	else
		list = kbuild_by_name(s->p->kbuild, driver);
	for (size_t i = 0; i < list.len; i++)
		if (is_built(s, list.at[i]))
			add(s, list.at[i], STR(""));
	return s->found.len && settle(s, FOUND_NAME, str_format(s->p->keep, "module %.*s is called as the driver",
	                                                        STR_ARG(s->found.at[0]->name)));
}

static bool
add_matches(struct search *s)
{
	for (size_t i = 0; i < s->m->matches.len; i++)
		add(s, pipeline_route(s->p, s->m->matches.at[i].module), STR(""));
	return s->found.len;
}

/*
 * A module of the driver's name that does not claim the device, while others do: the driver may have moved to one of
 * these (mei became mei_me, and mei what it stands on), or was bound by hand. Both are taken.
 */
static bool
by_own_name(struct search *s)
{
	if (!by_module_name(s, s->m->device->driver))
		return false;
	if (!s->m->matches.len)
		return true;
	add_matches(s);
	return settle(s, FOUND_NAME, str_format(s->p->keep, "%.*s, and what claims the device was taken",
	                                        STR_ARG(s->m->note)));
}

/* The driver has another name now: whatever claims the device. */
static bool
by_matches(struct search *s)
{
	return add_matches(s) &&
	       settle(s, FOUND_RENAMED, str_format(s->p->keep, "this kernel has no driver %.*s on bus %.*s; "
	                                           "what claims the device was taken", STR_ARG(s->m->device->driver),
	                                           STR_ARG(s->m->device->subsystem)));
}

/* It has another name now, as the history tells. */
static bool
by_history(struct search *s)
{
	struct str now = name_now(s->m->device), bus = s->m->device->subsystem;

	if (!now.len)
		return false;
	s->m->found = FOUND_GONE;
	if (by_table(s, find_in(s, likely_sources(s, bus, now, FARTHER), true, bus, now), false, "") || by_module_name(s, now))
		s->m->found = FOUND_RENAMED;
	return s->m->found == FOUND_RENAMED;
}

/* Does the tree list any of them for this architecture? */
static bool
has_route(struct search *s, struct driver_list list)
{
	for (size_t i = 0; i < list.len; i++)
		if (kbuild_by_source(s->p->kbuild, list.at[i]->source).len)
			return true;
	return false;
}

/* Nothing serves it: why not? */
static void
explain(struct search *s, struct driver_list anywhere)
{
	struct str driver = s->m->device->driver, version = tree_version(s->p->kernel.tree);
	struct arena *keep = s->p->keep;

	if (s->out_of_tree)
		settle(s, FOUND_OUT_OF_TREE, str_format(keep, "%.*s is not part of the kernel%s", STR_ARG(driver), s->m->matches.len
		                                        ? "; what would claim the device instead is taken by --all-matches" : ""));
	else if (s->m->matches.len)
		settle(s, FOUND_UNMAPPED, str_format(keep, "no Makefile of the tree lists %.*s; is it the tree of these modules?",
		                                     STR_ARG(s->m->matches.at[0].module->path)));
	else if (anywhere.len && (s->p->foreign || !has_route(s, anywhere)))
		settle(s, FOUND_OTHER_ARCH, str_format(keep, "%.*s registers \"%.*s\", but not for %.*s",
		                                       STR_ARG(anywhere.at[0]->source), STR_ARG(driver),
		                                       STR_ARG(s->p->kernel.arch)));
	else
		settle(s, FOUND_GONE, str_format(keep, "nothing in %.*s registers a driver \"%.*s\" on bus %.*s: removed or "
		                                 "renamed since, newer, or from elsewhere", STR_ARG(version), STR_ARG(driver),
		                                 STR_ARG(s->m->device->subsystem)));
}

/* Among these sources, or in all: the driver is built on its bus, then on another one; or it could be. */
static bool
by_tables(struct search *s, struct driver_list named, struct driver_list anywhere)
{
	return by_table(s, named, true, "") || by_table(s, anywhere, true, " on another bus") ||
	       (!s->p->foreign && by_table(s, named, false, ", which this configuration does not build"));
}

/* False: see provider.h. */
static bool
find_provider(struct search *s)
{
	const struct device *d = s->m->device;
	struct driver_list anywhere;
	sources near;

	if (by_link(s) || by_alias(s))
		return true;
	near = likely_sources(s, d->subsystem, d->driver, NEAR);
	if (by_looks(s, near, false) || by_source_name(s) || by_own_name(s) || by_looks(s, near, true))
		return true;
	near = likely_sources(s, d->subsystem, d->driver, FARTHER);
	anywhere = find_in(s, near, true, STR(""), d->driver);
	if (by_tables(s, find_in(s, near, true, d->subsystem, d->driver), anywhere) || by_history(s) ||
	    (!s->out_of_tree && (by_unread(s) || by_matches(s))))
		return true;
	if (s->out_of_tree)
		explain(s, anywhere);
	return s->out_of_tree;
}

/* ---- devices that are alike ---- */

struct found_before {
	struct mapped as;
	bool near;
};

/* All that find_provider looks at. */
static struct str
likeness(const struct search *s)
{
	const struct device *d = s->m->device;
	struct text t = { 0 };
	struct str key;

	text_addf(&t, "%d%d %zu %zu %zu ", s->p->foreign, s->out_of_tree, d->subsystem.len, d->driver.len, d->module.len);
	text_add(&t, d->subsystem);
	text_add(&t, d->driver);
	text_add(&t, d->module);
	for (size_t i = 0; i < s->m->matches.len; i++) {
		text_add_char(&t, ' ');
		text_add(&t, s->m->matches.at[i].module->name);
	}
	key = str_copy(s->p->keep, text_str(&t));
	text_release(&t);
	return key;
}

bool
provider_find(struct pipeline *p, struct mapped *m)
{
	struct search s = { .p = p, .m = m, .out_of_tree = is_out_of_tree(p->machine, m->device->driver) };
	struct str key = likeness(&s);
	const struct found_before *before = map_get(&p->providers, key);
	struct found_before *now;

	if (before) {
		m->found = before->as.found;
		m->routes = before->as.routes;
		m->when = before->as.when;
		m->routes_len = before->as.routes_len;
		m->note = before->as.note;
		return before->near;
	}
	now = NEW(p->keep, struct found_before);
	now->near = find_provider(&s);
	now->as = *m;
	*map_put(&p->providers, p->keep, key) = now;
	return now->near;
}

void
provider_find_anywhere(struct pipeline *p, struct mapped *m)
{
	const struct device *d = m->device;
	struct search s = { .p = p, .m = m, .out_of_tree = is_out_of_tree(p->machine, m->device->driver) };
	struct driver_list anywhere = driver_find(pipeline_drivers(p), STR(""), d->driver, p->keep);

	if (!by_tables(&s, driver_find(pipeline_drivers(p), d->subsystem, d->driver, p->keep), anywhere))
		explain(&s, anywhere);
}
