// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/driver.h"

#include <stdlib.h>

#include "modalias/table.h"

typedef VEC(const struct driver *) drivers;

struct driver_table {
	struct arena keep;
	struct tree *tree;
	struct diag *diag;
	struct reader *reader;        /* NULL: an archive's */
	struct listing *listing;      /* NULL: all files have not been asked for yet */
	struct table table;           /* of an archive, once it was read */
	struct map names;             /* name -> drivers *: of `table`, or of the names that were searched for */
	bool whole;                   /* `table` is there */
};

struct driver_table *
driver_table_open(struct tree *tree, struct diag *d)
{
	struct driver_table *t = xmalloc(sizeof(*t));

	*t = (struct driver_table){ .tree = tree, .diag = d };
	t->reader = reader_new(tree, &t->keep);
	return t;
}

void
driver_table_close(struct driver_table *t)
{
	if (!t)
		return;
	reader_release(t->reader);
	listing_close(t->listing);
	arena_release(&t->keep);
	free(t);
}

static bool
is_word(struct str name)
{
	return str_is(name, DRIVER_MODNAME) || str_is(name, DRIVER_UNREAD);
}

static drivers *
names_put(struct driver_table *t, struct str name)
{
	void **slot = map_put(&t->names, &t->keep, name);

	return *slot ? *slot : (*slot = NEW(&t->keep, drivers));
}

static void
read_archive(struct driver_table *t)
{
	size_t before = t->diag->errors;

	if (t->whole)
		return;
	t->whole = true;
	if (!table_load(&t->table, t->tree, &t->keep)) {
		table_scan(&t->table, t->tree, &t->keep, t->diag);
		if (t->diag->errors == before)
			table_store(&t->table, t->tree);
	}
	for (size_t i = 0; i < t->table.rows.len; i++)
		vec_push(&t->keep, names_put(t, t->table.rows.at[i].name), &t->table.rows.at[i]);
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

/* What these sources register under names that wait for it. */
static void
read_sought(struct driver_table *t, const struct source_list *sources, const struct map *waiting)
{
	for (size_t i = 0; i < sources->len; i++) {
		const struct table *found = reader_source(t->reader, sources->at[i]);

		for (size_t j = 0; j < found->rows.len; j++) {
			drivers *list = map_get(waiting, found->rows.at[j].name);

			if (list)
				vec_push(&t->keep, list, &found->rows.at[j]);
		}
	}
}

void
driver_prepare(struct driver_table *t)
{
	if (t->reader && !t->listing)
		t->listing = listing_start(t->tree, &t->keep);
}

void
driver_expect(struct driver_table *t, const struct driver_query *q, size_t n)
{
	struct source_list sources = { 0 };
	struct map waiting = { 0 };
	VEC(struct str) sought = { 0 };

	if (!t->reader)
		read_archive(t);
	for (size_t i = 0; i < n && t->reader; i++) {
		struct str names[3];
		size_t len = spellings(q[i].bus, q[i].name, &t->keep, names);

		for (size_t k = 0; k < len; k++) {
			struct str name = str_copy(&t->keep, names[k]);

			if (!name.len || is_word(name) || map_get(&t->names, name))
				continue;
			vec_push(&t->keep, &sought, name);
			*map_put(&waiting, &t->keep, name) = names_put(t, name);
		}
	}
	if (!sought.len)
		return;
	driver_prepare(t);
	table_seek(t->tree, t->listing, sought.at, sought.len, &t->keep, &sources);
	read_sought(t, &sources, &waiting);
}

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

/* What is asked for. */
struct query {
	struct driver_table *t;
	const struct str *sources;    /* NULL: all */
	size_t n;
	bool headers;                 /* of single sources: those beside them count, too */
	struct str bus;
	struct arena *keep;
};

static void
add(const struct query *q, const struct driver *d, drivers *out)
{
	if (!q->bus.len || !d->bus.len || str_eq(q->bus, d->bus))
		vec_push(q->keep, out, d);
}

static bool
is_asked(const struct query *q, struct str source)
{
	if (!q->sources)
		return true;
	for (size_t i = 0; i < q->n; i++)
		if (str_eq(q->sources[i], source))
			return true;
	return false;
}

static void
add_from_table(const struct query *q, struct str name, drivers *out)
{
	const drivers *list = map_get(&q->t->names, name);

	for (size_t i = 0; list && i < list->len; i++)
		if (is_asked(q, list->at[i]->source))
			add(q, list->at[i], out);
}

static void
add_from_sources(const struct query *q, struct str name, drivers *out)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct table *found = q->headers ? reader_source(q->t->reader, q->sources[i]) : reader_own(q->t->reader, q->sources[i]);

		for (size_t j = 0; j < found->rows.len; j++)
			if (str_eq(found->rows.at[j].name, name))
				add(q, &found->rows.at[j], out);
	}
}

static struct driver_list
find(const struct query *q, struct str name)
{
	struct str names[3];
	size_t n = name.len ? spellings(q->bus, name, q->keep, names) : 0;
	bool reads = q->sources && q->t->reader;
	drivers out = { 0 };

	if (!q->sources && is_word(name))
		return (struct driver_list){ 0 };
	if (!reads)
		driver_expect(q->t, &(struct driver_query){ q->bus, name }, 1);
	for (size_t i = 0; i < n && !out.len; i++)
		if (reads)
			add_from_sources(q, names[i], &out);
		else
			add_from_table(q, names[i], &out);
	if (out.len)
		qsort(out.at, out.len, sizeof(*out.at), by_place);
	return (struct driver_list){ out.at, out.len };
}

struct driver_list
driver_find(struct driver_table *t, struct str bus, struct str name, struct arena *keep)
{
	return find(&(struct query){ .t = t, .bus = bus, .keep = keep }, name);
}

struct driver_list
driver_find_in(struct driver_table *t, const struct str *sources, size_t n, bool headers, struct str bus, struct str name,
               struct arena *keep)
{
	if (!n)
		return (struct driver_list){ 0 };
	return find(&(struct query){ t, sources, n, headers, bus, keep }, name);
}
