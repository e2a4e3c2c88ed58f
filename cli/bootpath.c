// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/bootpath.h"

struct walk {
	const struct pipeline *p;
	struct arena *keep;
	struct boot_path *out;
};

static void
add_route(struct walk *w, const struct route *r, struct str reason)
{
	for (size_t i = 0; i < w->out->list.len; i++)
		if (w->out->list.at[i].route == r)
			return;
	vec_push(w->keep, &w->out->list, ((struct boot_step){ r, reason }));
}

static void
add_module(struct walk *w, struct str name, struct str reason)
{
	struct route_list routes = kbuild_by_name(w->p->kbuild, name);

	for (size_t i = 0; i < routes.len; i++)
		add_route(w, routes.at[i], reason);
}

/* Modules of a block device's kind, as scanner/device.h calls them. */
static const struct {
	const char *kind;
	const char *modules[4];
} kinds[] = {
	{ "dm-crypt", { "dm_mod", "dm_crypt" } },
	{ "lvm", { "dm_mod" } },
	{ "dm", { "dm_mod" } },
	{ "dm-mpath", { "dm_mod", "dm_multipath" } },
	{ "raid0", { "md_mod", "raid0" } },
	{ "raid1", { "md_mod", "raid1" } },
	{ "raid10", { "md_mod", "raid10" } },
	{ "raid4", { "md_mod", "raid456" } },
	{ "raid5", { "md_mod", "raid456" } },
	{ "raid6", { "md_mod", "raid456" } },
	{ "zram", { "zram" } },
	{ "loop", { "loop" } },
};

static bool
is_above(struct str path, struct str of)
{
	return str_eq(path, of) || (str_starts(of, path) && of.at[path.len] == '/');
}

/* The drivers of a disk and of what it hangs on: controller, bridges. */
static void
add_disk(struct walk *w, struct str name)
{
	const struct machine *m = w->p->machine;
	struct str path = STR("");

	for (size_t i = 0; i < m->devices.len; i++)
		if (str_is(m->devices.at[i].subsystem, "block") && str_eq(path_base(m->devices.at[i].path), name))
			path = m->devices.at[i].path;
	for (size_t i = 0; i < w->p->devices.len && path.len; i++) {
		const struct mapped *d = &w->p->devices.at[i];

		if (!d->device->path.len || !d->device->driver.len || !is_above(d->device->path, path))
			continue;
		for (size_t k = 0; k < d->routes_len; k++)
			add_route(w, d->routes[k], str_format(w->keep, "%.*s", STR_ARG(name)));
	}
}

static void
add_block(struct walk *w, struct str name, struct str whose, unsigned depth)
{
	const struct machine *m = w->p->machine;

	for (size_t i = 0; i < m->blocks.len && depth < 16; i++) {
		const struct block *b = &m->blocks.at[i];

		if (!str_eq(b->name, name))
			continue;
		for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
			for (size_t n = 0; str_is(b->kind, kinds[k].kind) && n < 4 && kinds[k].modules[n]; n++)
				add_module(w, str_from(kinds[k].modules[n]),
				           str_format(w->keep, "%.*s below the %.*s file system", STR_ARG(b->kind), STR_ARG(whose)));
		if (str_is(b->kind, "disk"))
			add_disk(w, b->name);
		for (size_t k = 0; k < b->on.len; k++)
			add_block(w, b->on.at[k], whose, depth + 1);
	}
}

void
bootpath_find(const struct pipeline *p, struct arena *keep, struct boot_path *out)
{
	struct walk w = { p, keep, out };

	for (size_t i = 0; i < p->machine->filesystems.len; i++) {
		const struct filesystem *f = &p->machine->filesystems.at[i];

		if (str_is(f->role, "other") || str_is(f->role, "swap"))
			continue;
		add_module(&w, f->type, str_format(keep, "%.*s file system", STR_ARG(f->role)));
	}
	for (size_t i = 0; i < p->machine->filesystems.len; i++) {
		const struct filesystem *f = &p->machine->filesystems.at[i];

		if (!str_is(f->role, "other") && f->block.len)
			add_block(&w, f->block, f->role, 0);
	}
}

/* Mass storage on PCI, and the disks of other buses. */
static bool
is_storage(const struct device *d)
{
	static const char *const drivers[] = { "sd", "virtio_blk", "virtio-pci", "mmcblk", "nvme", "xen-blkfront", "vbd" };

	if (str_is(d->subsystem, "pci") && str_find(d->modalias, STR("bc01sc")) < d->modalias.len)
		return true;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
		if (str_is(d->driver, drivers[i]))
			return true;
	return false;
}

void
bootpath_guess(const struct mapped *devices, size_t n, struct arena *keep, struct boot_path *out)
{
	struct walk w = { .keep = keep, .out = out };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; is_storage(devices[i].device) && k < devices[i].routes_len; k++)
			add_route(&w, devices[i].routes[k], STR("storage, and the dump does not say where the root file system is"));
}
