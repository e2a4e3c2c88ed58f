// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

typedef VEC(struct change) changes;

/* Devices of one key that have one driver, in the old machine and the new one. */
struct tally {
	struct str key, driver;
	const struct device *device;
	unsigned count[2];
};

static int
tally_qsort(const void *va, const void *vb)
{
	const struct tally *a = va, *b = vb;
	int c = str_cmp(a->key, b->key);

	return c ? c : str_cmp(a->driver, b->driver);
}

static void
count_in(struct arena *a, struct map *tallies, const struct machine *m, int side)
{
	for (size_t i = 0; i < m->devices.len; i++) {
		const struct device *d = &m->devices.at[i];
		struct str key = device_key(a, d);
		struct tally *t;
		void **slot;

		if (!d->modalias.len && !d->driver.len)
			continue;
		slot = map_put(tallies, a, str_format(a, "%.*s\n%.*s", STR_ARG(key), STR_ARG(d->driver)));
		if (!*slot) {
			t = NEW(a, struct tally);
			*t = (struct tally){ key, d->driver, d, { 0, 0 } };
			*slot = t;
		}
		t = *slot;
		t->count[side] += d->count;
	}
}

static unsigned
more(const struct tally *t, int side)
{
	return t->count[side] > t->count[!side] ? t->count[side] - t->count[!side] : 0;
}

/* Of one key: who lost a driver's device and who gained one is paired; what is left came or went. */
static void
compare_key(struct arena *keep, struct tally *t, size_t n, changes *out)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			unsigned lost = more(&t[i], 0), gained = more(&t[k], 1), both = lost < gained ? lost : gained;
			struct change c = { CHANGE_DRIVER, "device", t[k].device, STR(""), t[i].driver, t[k].driver, both };

			if (!both)
				continue;
			vec_push(keep, out, c);
			t[i].count[0] -= both;
			t[k].count[1] -= both;
		}
	for (size_t i = 0; i < n; i++) {
		struct change c = { more(&t[i], 1) ? CHANGE_ADDED : CHANGE_REMOVED, "device", t[i].device, STR(""),
			STR(""), STR(""), more(&t[i], 0) + more(&t[i], 1) };

		if (c.count)
			vec_push(keep, out, c);
	}
}

static void
compare_devices(struct arena *keep, const struct machine *old, const struct machine *new, changes *out)
{
	struct arena scratch = { 0 };
	struct map tallies = { 0 };
	struct tally *all;

	count_in(&scratch, &tallies, old, 0);
	count_in(&scratch, &tallies, new, 1);
	all = NEW_ARRAY(&scratch, struct tally, tallies.len + 1);
	for (size_t i = 0; i < tallies.len; i++)
		all[i] = *(struct tally *)tallies.entry[i].value;
	qsort(all, tallies.len, sizeof(*all), tally_qsort);
	for (size_t i = 0, n; i < tallies.len; i += n) {
		for (n = 1; i + n < tallies.len && str_eq(all[i].key, all[i + n].key); n++)
			;
		compare_key(keep, &all[i], n, out);
	}
	arena_release(&scratch);
}

/* Both sorted, each once. */
static void
compare_names(struct arena *keep, const char *what, struct words a, struct words b, changes *out)
{
	for (size_t i = 0, k = 0; i < a.len || k < b.len;) {
		int c = i == a.len ? 1 : k == b.len ? -1 : str_cmp(a.at[i], b.at[k]);
		struct change change = { c < 0 ? CHANGE_REMOVED : CHANGE_ADDED, what, NULL, STR(""), STR(""), STR(""), 1 };

		change.name = c < 0 ? a.at[i] : c > 0 ? b.at[k] : STR("");
		if (c)
			vec_push(keep, out, change);
		i += c <= 0;
		k += c >= 0;
	}
}

static struct words
modules(struct arena *keep, const struct machine *m)
{
	struct words w = { NEW_ARRAY(keep, struct str, m->modules.len + 1), m->modules.len };

	for (size_t i = 0; i < w.len; i++)
		w.at[i] = m->modules.at[i].name;
	return w;
}

static const struct block *
block_named(const struct machine *m, struct str name)
{
	for (size_t i = 0; i < m->blocks.len; i++)
		if (str_eq(m->blocks.at[i].name, name))
			return &m->blocks.at[i];
	return NULL;
}

/* " on dm-crypt on partition on disk (gpt)": kinds only, since names are numbered as they are found */
static void
stack(const struct machine *m, struct str name, struct text *out, unsigned depth)
{
	const struct block *b = block_named(m, name);

	if (!b || depth > 16)
		return;
	text_addf(out, " on %.*s", STR_ARG(b->kind));
	if (b->table.len)
		text_addf(out, " (%.*s)", STR_ARG(b->table));
	for (size_t i = 0; i < b->on.len; i++)
		stack(m, b->on.at[i], out, depth + 1);
}

static struct words
filesystems(struct arena *keep, const struct machine *m)
{
	struct words w = { NEW_ARRAY(keep, struct str, m->filesystems.len + 1), 0 };
	struct text t = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < m->filesystems.len; i++) {
		const struct filesystem *f = &m->filesystems.at[i];

		if (str_is(f->role, "other"))
			continue;
		t.len = 0;
		text_addf(&t, "%.*s %.*s", STR_ARG(f->mount.len ? f->mount : f->role), STR_ARG(f->type));
		stack(m, f->block, &t, 0);
		w.at[w.len++] = str_copy(keep, text_str(&t));
	}
	text_release(&t);
	if (w.len)
		qsort(w.at, w.len, sizeof(*w.at), str_qsort);
	for (size_t i = 0; i < w.len; i++)
		if (!n || !str_eq(w.at[n - 1], w.at[i]))
			w.at[n++] = w.at[i];
	w.len = n;
	return w;
}

struct change_list
machine_diff(struct arena *keep, const struct machine *old, const struct machine *new)
{
	struct str firmware[2] = { old->firmware, new->firmware };
	changes out = { 0 };

	compare_devices(keep, old, new, &out);
	if (old->modules_known && new->modules_known)
		compare_names(keep, "module", modules(keep, old), modules(keep, new), &out);
	if (old->filesystems.len && new->filesystems.len)
		compare_names(keep, "filesystem", filesystems(keep, old), filesystems(keep, new), &out);
	if (firmware[0].len && firmware[1].len)
		compare_names(keep, "firmware", (struct words){ &firmware[0], 1 }, (struct words){ &firmware[1], 1 }, &out);
	return (struct change_list){ out.at, out.len };
}
