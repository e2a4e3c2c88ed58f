// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/driver.h"

#include <stdlib.h>

#include "modalias/table.h"

typedef VEC(size_t) indexes;

struct driver_table {
	struct arena keep;
	struct tree *tree;
	struct table table;
	struct map names;             /* name -> indexes * of the table's rows */
	bool current;                 /* everything it was made from was looked at */
};

static void
index_names(struct driver_table *t)
{
	t->names = (struct map){ 0 };
	for (size_t i = 0; i < t->table.rows.len; i++) {
		void **slot = map_put(&t->names, &t->keep, t->table.rows.at[i].driver.name);
		indexes *list = *slot ? *slot : (*slot = NEW(&t->keep, indexes));

		vec_push(&t->keep, list, i);
	}
}

static void
scan(struct driver_table *t, struct diag *d)
{
	t->table = (struct table){ 0 };
	table_scan(&t->table, t->tree, &t->keep, d);
	index_names(t);
	t->current = true;
	if (!d->errors)
		table_store(&t->table, t->tree);
}

struct driver_table *
driver_table_open(struct tree *tree, struct diag *d)
{
	struct driver_table *t = xmalloc(sizeof(*t));
	enum table_found found;

	*t = (struct driver_table){ .tree = tree };
	found = table_load(&t->table, tree, &t->keep);
	t->current = found == TABLE_CURRENT;
	if (found == TABLE_NONE)
		scan(t, d);
	else
		index_names(t);
	return t;
}

void
driver_table_close(struct driver_table *t)
{
	if (!t)
		return;
	arena_release(&t->keep);
	free(t);
}

/* ---- is what is cached still so? ---- */

/* Drivers of the name, whatever their bus; false: one of them has changed. */
static bool
are_current(struct driver_table *t, const indexes *list)
{
	for (size_t i = 0; i < list->len; i++) {
		struct table_row *r = &t->table.rows.at[list->at[i]];

		r->current = r->current || row_state(t->tree, r) == r->state;
		if (!r->current)
			return false;
	}
	return true;
}

/* The ways the name may be spelled in the sources. */
static size_t
spellings(struct str bus, struct str name, struct arena *keep, struct str out[3])
{
	size_t dot = str_rindex(name, '.'), n = 0;

	out[n++] = name;
	if (str_has(name, '!')) {
		char *slashed = str_c(keep, name);

		for (size_t i = 0; i < name.len; i++)
			if (slashed[i] == '!')
				slashed[i] = '/';
		out[n++] = (struct str){ slashed, name.len };
	}
	if (str_is(bus, "auxiliary") && dot < name.len)
		out[n++] = str_drop(name, dot + 1);
	return n;
}

/* Makes the table current as far as these names go; a table that was scanned just now is. */
static void
make_current(struct driver_table *t, const struct str *names, size_t n)
{
	struct arena scratch = { 0 };
	struct diag said = { .keep = &scratch };
	bool known = false, same = true;

	for (size_t i = 0; i < n && !t->current; i++) {
		const indexes *list = map_get(&t->names, names[i]);

		known = known || list;
		same = same && (!list || are_current(t, list));
	}
	if (!t->current && !known && same)
		t->current = same = table_is_current(&t->table, t->tree);
	if (!same)
		scan(t, &said);
	arena_release(&scratch);
}

/* ---- answers ---- */

static int
by_place(const void *a, const void *b)
{
	const struct driver *x = *(const struct driver *const *)a, *y = *(const struct driver *const *)b;
	int r = !x->bus.len - !y->bus.len;

	if (!r)
		r = str_cmp(x->source, y->source);
	if (!r)
		r = str_cmp(x->file, y->file);
	return r ? r : x->line < y->line ? -1 : x->line > y->line;
}

typedef VEC(const struct driver *) drivers;

static void
add_named(const struct driver_table *t, struct str bus, struct str name, struct arena *keep, drivers *out)
{
	const indexes *list = map_get(&t->names, name);

	for (size_t i = 0; list && i < list->len; i++) {
		const struct driver *d = &t->table.rows.at[list->at[i]].driver;

		if (!bus.len || !d->bus.len || str_eq(bus, d->bus))
			vec_push(keep, out, d);
	}
}

struct driver_list
driver_find(struct driver_table *t, struct str bus, struct str name, struct arena *keep)
{
	struct str names[3];
	size_t n = spellings(bus, name, keep, names);
	drivers out = { 0 };

	if (!name.len)
		return (struct driver_list){ 0 };
	make_current(t, names, n);
	for (size_t i = 0; i < n && !out.len; i++)
		add_named(t, bus, names[i], keep, &out);
	if (out.len)
		qsort(out.at, out.len, sizeof(*out.at), by_place);
	return (struct driver_list){ out.at, out.len };
}
