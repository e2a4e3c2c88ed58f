// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

static int
words_cmp(struct words a, struct words b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		int c = str_cmp(a.at[i], b.at[i]);

		if (c)
			return c;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int
device_cmp(const void *va, const void *vb)
{
	const struct device *a = va, *b = vb;
	int c;

	(void)((c = str_cmp(a->path, b->path)) || (c = str_cmp(a->subsystem, b->subsystem)) ||
	       (c = str_cmp(a->modalias, b->modalias)) || (c = str_cmp(a->driver, b->driver)) ||
	       (c = str_cmp(a->name, b->name)) || (c = str_cmp(a->module, b->module)) ||
	       (c = words_cmp(a->modules, b->modules)) || (c = words_cmp(a->also, b->also)) ||
	       (c = str_cmp(a->id, b->id)) || (c = str_cmp(a->vendor, b->vendor)) ||
	       (c = str_cmp(a->product, b->product)) || (c = str_cmp(a->class, b->class)));
	return c;
}

/* The same, the count breaking the tie: a total order, so that qsort's choice never shows. */
static int
device_qsort(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int c = device_cmp(a, b);

	return c ? c : (x->count > y->count) - (x->count < y->count);
}

static int
loaded_qsort(const void *a, const void *b)
{
	return str_cmp(((const struct loaded *)a)->name, ((const struct loaded *)b)->name);
}

static int
filesystem_qsort(const void *va, const void *vb)
{
	const struct filesystem *a = va, *b = vb;
	int c;

	(void)((c = str_cmp(a->mount, b->mount)) || (c = str_cmp(a->role, b->role)) ||
	       (c = str_cmp(a->type, b->type)) || (c = str_cmp(a->block, b->block)));
	return c;
}

static int
block_qsort(const void *a, const void *b)
{
	return str_cmp(((const struct block *)a)->name, ((const struct block *)b)->name);
}

static void
sort(void *at, size_t len, size_t size, int (*cmp)(const void *, const void *))
{
	if (len > 1)
		qsort(at, len, size, cmp);
}

/* Indexes of devices by path; the first of several with one path (a device and its class twin) counts. */
static void
index_paths(const struct machine *m, struct arena *a, struct map *paths)
{
	for (size_t i = 0; i < m->devices.len; i++)
		if (str_starts(m->devices.at[i].path, STR("/")) && !map_get(paths, m->devices.at[i].path))
			*map_put(paths, a, m->devices.at[i].path) = &m->devices.at[i];
}

static const struct device *
above(const struct map *paths, const struct device *d)
{
	const struct device *p = NULL;

	for (struct str dir = path_dir(d->path); dir.len && !p; dir = path_dir(dir))
		p = map_get(paths, dir);
	return p;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* "tty12" -> "tty"; "device:1f" -> "device:", as ACPI numbers its objects */
static struct str
without_number(struct str name)
{
	if (name.len > 3 && name.at[name.len - 3] == ':' && is_hex(name.at[name.len - 2]) && is_hex(name.at[name.len - 1]))
		return str_take(name, name.len - 2);
	while (name.len && name.at[name.len - 1] >= '0' && name.at[name.len - 1] <= '9')
		name.len--;
	return name;
}

/*
 * What siblings that differ in their number only have in common; empty: not to be joined. A PCI device's
 * number is an address, a bare bus name ("0000:00:1f.6") may be one.
 */
static struct str
family(struct arena *a, const struct device *d)
{
	struct str parts[] = { without_number(d->path), d->subsystem, d->modalias, d->driver, d->module, d->name,
		d->id, d->vendor, d->product, d->class };

	if (!str_starts(d->path, STR("/")) || parts[0].len == d->path.len || str_is(d->subsystem, "pci") ||
	    d->modules.len || d->also.len)
		return STR("");
	return str_join(a, parts, sizeof(parts) / sizeof(*parts), STR("\n"));
}

static void
join(struct device *to, const struct device *from)
{
	to->count = to->count + from->count < COUNT_LIMIT ? to->count + from->count : COUNT_LIMIT;
}

/* Joins childless siblings that differ in their number only. Sorted before and after. */
static void
join_siblings(struct machine *m, struct arena *scratch)
{
	struct map paths = { 0 }, families = { 0 };
	bool *parent = NEW_ARRAY(scratch, bool, m->devices.len + 1);
	size_t kept = 0;

	index_paths(m, scratch, &paths);
	for (size_t i = 0; i < m->devices.len; i++) {
		const struct device *p = above(&paths, &m->devices.at[i]);

		if (p)
			parent[p - m->devices.at] = true;
	}
	for (size_t i = 0; i < m->devices.len; i++) {
		struct device d = m->devices.at[i];
		struct str key = parent[i] ? STR("") : family(scratch, &d);
		long first = key.len ? map_index(&families, key) : -1;

		if (first >= 0) {
			join(&m->devices.at[(size_t)families.entry[first].value], &d);
			continue;
		}
		if (key.len)
			*map_put(&families, scratch, key) = (void *)kept;
		m->devices.at[kept++] = d;
	}
	m->devices.len = kept;
}

/* Joins neighbours without a path that are alike in everything. */
static void
join_alike(struct machine *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->devices.len; i++) {
		struct device *d = &m->devices.at[i], *last = kept ? &m->devices.at[kept - 1] : NULL;

		if (last && !d->path.len && device_cmp(last, d) == 0)
			join(last, d);
		else
			m->devices.at[kept++] = *d;
	}
	m->devices.len = kept;
}

static void
derive(struct machine *m, struct arena *scratch)
{
	struct map paths = { 0 }, bound = { 0 };

	index_paths(m, scratch, &paths);
	for (size_t i = 0; i < m->devices.len; i++) {
		struct device *d = &m->devices.at[i];
		const struct device *p = above(&paths, d);

		d->parent = p ? p - m->devices.at : -1;
		if (d->driver.len && d->module.len)
			map_index_put(&bound, scratch, d->module);
	}
	for (size_t i = 0; i < m->modules.len; i++)
		m->modules.at[i].device = map_index(&bound, m->modules.at[i].name) >= 0;
}

void
machine_settle(struct machine *m)
{
	struct arena scratch = { 0 };
	size_t kept = 0;

	sort(m->devices.at, m->devices.len, sizeof(*m->devices.at), device_qsort);
	join_alike(m);
	join_siblings(m, &scratch);
	sort(m->modules.at, m->modules.len, sizeof(*m->modules.at), loaded_qsort);
	sort(m->filesystems.at, m->filesystems.len, sizeof(*m->filesystems.at), filesystem_qsort);
	sort(m->blocks.at, m->blocks.len, sizeof(*m->blocks.at), block_qsort);
	sort(m->notes.at, m->notes.len, sizeof(*m->notes.at), str_qsort);
	for (size_t i = 0; i < m->notes.len; i++)
		if (!kept || !str_eq(m->notes.at[kept - 1], m->notes.at[i]))
			m->notes.at[kept++] = m->notes.at[i];
	m->notes.len = kept;
	derive(m, &scratch);
	arena_release(&scratch);
}

size_t
machine_count(const struct machine *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->devices.len; i++)
		n += m->devices.at[i].count;
	return n;
}

/* The name without numbers: "2-1.3:1.0" and "hidraw12" say in which order things were found. */
static struct str
without_numbers(struct arena *a, struct str name)
{
	char *out = arena_bytes(a, name.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] < '0' || name.at[i] > '9')
			out[len++] = name.at[i];
	out[len] = '\0';
	return (struct str){ out, len };
}

struct str
device_key(struct arena *a, const struct device *d)
{
	if (d->modalias.len)
		return str_format(a, "%.*s %.*s", STR_ARG(d->subsystem), STR_ARG(d->modalias));
	return str_format(a, "%.*s  %.*s %.*s", STR_ARG(d->subsystem), STR_ARG(d->id),
	                  STR_ARG(without_numbers(a, path_base(d->path))));
}
