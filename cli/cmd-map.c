// SPDX-License-Identifier: GPL-2.0-or-later
/* derpconfig map - device -> module -> symbols, on a real kernel. */
#include "base/json.h"
#include "cli/pipeline.h"
#include "cli/table.h"

static const struct flag flags[] = {
	{ "all-matches", 'A', NULL, "want every module that claims a device, not only the bound one" },
	{ "no-loaded", 'L', NULL, "leave out loaded modules that no device asked for" },
	{ "json", 'j', NULL, "print JSON (docs/formats.md)" },
	{ "output", 'o', "FILE", "where to write (default: standard output)" },
	{ 0 },
};

static const char *const state_word[] = { "off", "module", "builtin", "unknown" };

/* The condition under which the tree builds it. */
static struct str
symbols(struct pipeline *p, const struct route *r, const struct cond *when)
{
	struct text t = { 0 };
	struct str s;

	cond_print(pipeline_needs(p, r, when), &t);
	s = str_copy(p->keep, text_str(&t));
	text_release(&t);
	return s;
}

/* "e1000e", or "[drivers/pci/pcie/portdrv.o]" for what is in the image and no module. */
static struct str
shown_module(const struct pipeline *p, const struct route *r)
{
	return pipeline_state(p, r) == ROUTE_BUILTIN ? str_format(p->keep, "[%.*s]", STR_ARG(r->object)) : r->name;
}

static struct str
shown_device(const struct pipeline *p, const struct device *d)
{
	struct str label = device_label(d, p->keep);

	return d->count > 1 ? str_format(p->keep, "%.*s (%u)", STR_ARG(label), d->count) : label;
}

static enum paint
found_paint(struct str word)
{
	for (size_t i = 0; i < FOUND_KINDS; i++)
		if (str_is(word, found_word((enum found)i)))
			return found_is_mapped((enum found)i) ? PAINT_GOOD : PAINT_BAD;
	return PAINT_NONE;
}

static void
bound_table(struct pipeline *p, struct text *out)
{
	struct table t = { .keep = p->keep, .head = { "DEVICE", "DRIVER", "MODULE", "FOUND", "SYMBOLS" },
	                   .limit = { 60, 24, 48, 0, 0 }, .terminal = terminal_of(p->args), .painted = 3,
	                   .paint = found_paint };

	for (size_t i = 0; i < p->devices.len; i++) {
		const struct mapped *m = &p->devices.at[i];
		struct str row[] = { shown_device(p, m->device), m->device->driver, STR("-"), str_from(found_word(m->found)),
		                     STR("-") };

		for (size_t j = 0; j < m->routes_len; j++) {
			row[2] = shown_module(p, m->routes[j]);
			row[4] = symbols(p, m->routes[j], m->when[j]);
			table_row(&t, row);
		}
		if (!m->routes_len && !found_is_mapped(m->found))
			table_row(&t, row);
	}
	table_print(&t, out);
}

static void
wanted_table(struct pipeline *p, const struct wanted *list, size_t n, bool loaded_only, const char *title,
             struct text *out)
{
	struct table t = { .keep = p->keep, .terminal = terminal_of(p->args), .head = { "MODULE", "REASON", "SYMBOLS" },
	                   .limit = { 48, 70, 0 } };

	for (size_t i = 0; i < n; i++)
		if (!loaded_only || !list[i].hardware || str_starts(list[i].reason, STR("loaded ")))
			table_row(&t, (struct str[]){ shown_module(p, list[i].route), list[i].reason, symbols(p, list[i].route, list[i].when) });
	if (t.cells.len)
		text_addf(out, "\n%s\n", title);
	table_print(&t, out);
}

struct counts {
	size_t found[FOUND_KINDS];
	size_t devices, bound, state[4], loaded;
};

static struct counts
count(const struct pipeline *p)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < p->devices.len; i++) {
		const struct mapped *m = &p->devices.at[i];

		c.devices += m->device->count;
		c.found[m->found] += m->device->count;
		c.bound += m->found != FOUND_MATCHES && m->found != FOUND_NOTHING_NEEDED ? m->device->count : 0;
	}
	for (size_t i = 0; i < p->goals.len; i++) {
		c.state[p->goals.at[i].state]++;
		c.loaded += !p->goals.at[i].hardware;
	}
	return c;
}

static void
summary(const struct pipeline *p, struct text *out)
{
	struct counts c = count(p);

	text_addf(out, "\n%zu devices: %zu bound, %zu not\n", c.devices, c.bound, c.devices - c.bound);
	for (size_t i = 0; i < FOUND_KINDS; i++)
		if (c.found[i])
			text_addf(out, "  %-15s %6zu\n", found_word((enum found)i), c.found[i]);
	text_addf(out, "%zu goals: %zu modules, %zu in the image", p->goals.len, c.state[ROUTE_MODULE],
	          c.state[ROUTE_BUILTIN]);
	if (c.state[ROUTE_OFF] + c.state[ROUTE_UNKNOWN])
		text_addf(out, ", %zu not built by this kernel", c.state[ROUTE_OFF] + c.state[ROUTE_UNKNOWN]);
	text_addf(out, "; %zu of them loaded modules that no device asked for\n", c.loaded);
	if (p->extra.len)
		text_addf(out, "%zu more modules claim a device (--all-matches takes them)\n", p->extra.len);
	if (p->unbound)
		text_add_c(out, "the input binds no driver: every module that claims a device is a goal\n");
	if (p->unmapped)
		text_addf(out, "%zu not mapped: listed on standard error\n", p->unmapped);
}

static void
print_text(struct pipeline *p, struct text *out)
{
	bound_table(p, out);
	wanted_table(p, p->goals.at, p->goals.len, true, "Loaded modules that no bound device asked for:", out);
	wanted_table(p, p->extra.at, p->extra.len, false, "Modules that claim a device, but are not bound to it:", out);
	summary(p, out);
}

static void
set(json_t *o, const char *key, struct str s)
{
	if (s.len)
		json_object_set_new(o, key, json_str(s));
}

static json_t *
route_json(struct pipeline *p, const struct route *r, const struct cond *when)
{
	json_t *o = json_object();

	set(o, "path", r->path);
	set(o, "object", r->object);
	set(o, "state", str_from(state_word[pipeline_state(p, r)]));
	set(o, "symbols", symbols(p, r, when));
	set(o, "makefile", r->makefile);
	return o;
}

static json_t *
device_json(struct pipeline *p, const struct mapped *m)
{
	const struct device *d = m->device;
	json_t *o = json_object(), *matches = json_array(), *routes = json_array();

	set(o, "path", d->path);
	set(o, "subsystem", d->subsystem);
	set(o, "modalias", d->modalias);
	set(o, "driver", d->driver);
	set(o, "id", d->id);
	set(o, "label", device_label(d, p->keep));
	json_object_set_new(o, "count", json_integer(d->count));
	set(o, "found", str_from(found_word(m->found)));
	set(o, "note", m->note);
	for (size_t i = 0; i < m->matches.len; i++) {
		json_t *j = json_object();

		set(j, "module", m->matches.at[i].module->name);
		set(j, "pattern", m->matches.at[i].pattern);
		set(j, "file", m->matches.at[i].file);
		json_object_set_new(j, "builtin", json_boolean(m->matches.at[i].module->builtin));
		json_array_append_new(matches, j);
	}
	for (size_t i = 0; i < m->routes_len; i++)
		json_array_append_new(routes, route_json(p, m->routes[i], m->when[i]));
	json_object_set_new(o, "matches", matches);
	json_object_set_new(o, "routes", routes);
	return o;
}

static json_t *
wanted_json(struct pipeline *p, const struct wanted *w)
{
	json_t *o = route_json(p, w->route, w->when);

	set(o, "reason", w->reason);
	json_object_set_new(o, "hardware", json_boolean(w->hardware));
	json_object_set_new(o, "devices", json_integer((json_int_t)w->devices));
	return o;
}

static json_t *
lost_json(const struct lost *l)
{
	json_t *o = json_object();

	set(o, "module", l->module);
	set(o, "found", str_from(found_word(l->found)));
	set(o, "note", l->note);
	return o;
}

static json_t *
summary_json(const struct pipeline *p)
{
	struct counts c = count(p);
	json_t *o = json_object(), *found = json_object();

	json_object_set_new(o, "devices", json_integer((json_int_t)c.devices));
	json_object_set_new(o, "bound", json_integer((json_int_t)c.bound));
	for (size_t i = 0; i < FOUND_KINDS; i++)
		json_object_set_new(found, found_word((enum found)i), json_integer((json_int_t)c.found[i]));
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "goals", json_integer((json_int_t)p->goals.len));
	json_object_set_new(o, "loaded", json_integer((json_int_t)c.loaded));
	json_object_set_new(o, "extra", json_integer((json_int_t)p->extra.len));
	json_object_set_new(o, "unmapped", json_integer((json_int_t)p->unmapped));
	return o;
}

/* One member of an array a line, so that git's diffs are readable. */
static void
item(struct text *out, size_t i, json_t *j)
{
	text_add_c(out, i ? ",\n" : "\n");
	json_text(j, out);
	json_decref(j);
}

static void
print_json(struct pipeline *p, struct text *out)
{
	json_t *kernel = json_object(), *sum = summary_json(p);

	set(kernel, "version", tree_version(p->kernel.tree));
	set(kernel, "arch", p->kernel.arch);
	set(kernel, "modules", modules_version(p->modules));
	text_add_c(out, "{\n\"format\":\"derpconfig-map\",\n\"version\":1,\n\"kernel\":");
	json_text(kernel, out);
	text_add_c(out, ",\n\"devices\":[");
	for (size_t i = 0; i < p->devices.len; i++)
		item(out, i, device_json(p, &p->devices.at[i]));
	text_add_c(out, "\n],\n\"goals\":[");
	for (size_t i = 0; i < p->goals.len; i++)
		item(out, i, wanted_json(p, &p->goals.at[i]));
	text_add_c(out, "\n],\n\"extra\":[");
	for (size_t i = 0; i < p->extra.len; i++)
		item(out, i, wanted_json(p, &p->extra.at[i]));
	text_add_c(out, "\n],\n\"lost\":[");
	for (size_t i = 0; i < p->lost.len; i++)
		item(out, i, lost_json(&p->lost.at[i]));
	text_add_c(out, "\n],\n\"summary\":");
	json_text(sum, out);
	text_add_c(out, "\n}\n");
	json_decref(kernel);
	json_decref(sum);
}

static int
run(struct args *a)
{
	struct pipeline *p = pipeline_run(a);
	struct text out = { 0 };
	int code;

	if (!p)
		return EXIT_TROUBLE;
	if (args_has(a, "json"))
		print_json(p, &out);
	else
		print_text(p, &out);
	code = output(a, text_str(&out));
	text_release(&out);
	pipeline_report(p);
	code = code ? code : p->unmapped ? EXIT_UNMAPPED : EXIT_FINE;
	pipeline_release(p);
	return code;
}

const struct command cmd_map = {
	.name = "map",
	.synopsis = "[DUMP...] KERNEL-OPTIONS [--json] [-o FILE]",
	.summary = "Map a machine's devices to kernel modules and Kconfig symbols",
	.details =
		"Without DUMP this machine is scanned; several dumps are merged into one machine. A module in brackets is\n"
		"code in the kernel image. SYMBOLS is the condition under which the kernel's Makefiles build it.\n"
		"FOUND tells how: alias (the driver's module claims the device), sibling (another device brings the module),\n"
		"dependency (another module needs it), link (the dump names the module), table (the source that registers\n"
		"the driver), name (a module or source called as the driver), renamed (this kernel has no such driver, what\n"
		"claims the device was taken). Not mapped, and exit code 5: out-of-tree, gone, other-arch, unmapped.",
	.flags = flags,
	.kernel_options = true,
	.max = 1000,
	.run = run,
};
