// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/driver.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/file.h"
#include "modalias/csource.h"

/* A file of the tree that was looked at. */
struct file {
	struct str path;
	struct facts facts;
	bool there;
	unsigned visit;               /* number of the walk that saw it last */
};

struct builder {
	struct arena keep;            /* facts: gone when the table is made */
	struct tree *tree;
	struct map files;             /* path -> struct file * */
	bool archive;                 /* all files are in `files` already */
	unsigned walk;
	const struct file *at;        /* whose claims are being resolved */
	const char *modes;            /* kinds of #include that are followed */
	struct driver_table *table;
};

typedef VEC(size_t) indexes;

struct driver_table {
	struct arena keep;
	VEC(struct driver) list;
	struct map names;             /* name -> indexes * */
	struct map sources;
};

enum { HEADER_MAX = 1 << 20, DEPTH_MAX = 4, WALK_MAX = 400 };

/* Nearly all files fail here, before they are read closely. */
static bool
may_claim(struct str text)
{
	return memmem(text.at, text.len, "_driver", 7) || memmem(text.at, text.len, "driver.name", 11);
}

static struct file *
file_add(struct builder *b, struct str path, struct str text)
{
	struct file *f = NEW(&b->keep, struct file);

	f->path = str_copy(&b->keep, path);
	f->there = text.at != NULL;
	if (f->there && (str_ends(path, STR(".h")) || may_claim(text)))
		csource_scan(&b->keep, text, &f->facts);
	*map_put(&b->files, &b->keep, f->path) = f;
	return f;
}

static struct file *
file_get(struct builder *b, struct str path)
{
	struct file *f = map_get(&b->files, path);
	struct arena once = { 0 };
	struct str text = { 0 };

	if (f)
		return f;
	if (!b->archive && tree_size(b->tree, path) <= (str_ends(path, STR(".h")) ? HEADER_MAX : FILE_LIMIT) &&
	    !tree_fetch(b->tree, &once, path, &text))
		text.at = NULL;
	f = file_add(b, path, text);
	arena_release(&once);
	return f;
}

/* The file that an #include means, seen from `from`; NULL: not one of those followed. */
static struct file *
included(struct builder *b, const struct file *from, struct str include)
{
	struct arena_mark mark = arena_mark(&b->keep);
	struct str path = str_drop(include, 1);
	struct file *f;

	if (!path.len || !strchr(b->modes, include.at[0]))
		return NULL;
	path = include.at[0] == '<' ? path_join(&b->keep, STR("include"), path)
	                            : path_join(&b->keep, path_dir(from->path), path);
	path = path_clean(&b->keep, path);
	f = map_get(&b->files, path);
	if (f || str_starts(path, STR(".."))) {
		arena_reset(&b->keep, mark);
		return f && f->there ? f : NULL;
	}
	f = file_get(b, path);
	return f->there ? f : NULL;
}

/* Calls `visit` for a file and what it includes, each once, until it returns true. */
static bool
walk(struct builder *b, struct file *f, int depth, int *left, bool (*visit)(struct builder *, struct file *, void *),
     void *ctx)
{
	if (f->visit == b->walk || --*left < 0)
		return false;
	f->visit = b->walk;
	if (visit(b, f, ctx))
		return true;
	for (size_t i = 0; depth < DEPTH_MAX && i < f->facts.includes.len; i++) {
		struct file *h = included(b, f, f->facts.includes.at[i]);

		if (h && walk(b, h, depth + 1, left, visit, ctx))
			return true;
	}
	return false;
}

static bool
walk_all(struct builder *b, struct file *f, const char *modes, bool (*visit)(struct builder *, struct file *, void *),
         void *ctx)
{
	int left = WALK_MAX;

	b->walk++;
	b->modes = modes;
	return walk(b, f, modes[1] ? DEPTH_MAX - 2 : 0, &left, visit, ctx);
}

struct wanted { struct str name, body; };

static bool
find_define(struct builder *b, struct file *f, void *ctx)
{
	struct wanted *w = ctx;

	(void)b;
	for (size_t i = 0; i < f->facts.defines.len; i++)
		if (str_eq(f->facts.defines.at[i].name, w->name)) {
			w->body = f->facts.defines.at[i].body;
			return true;
		}
	return false;
}

/* What a name in a source stands for: the source itself, its own headers, then those of include/. */
static struct str
lookup(void *ctx, struct str name)
{
	struct builder *b = ctx;
	struct wanted w = { name, { 0 } };
	struct file *f = map_get(&b->files, b->at->path);

	if (!walk_all(b, f, "\"", find_define, &w))
		walk_all(b, f, "\"<", find_define, &w);
	return w.body;
}

static void
index_add(struct driver_table *t, struct map *m, struct str key, size_t i)
{
	void **slot = map_put(m, &t->keep, key);
	indexes *list = *slot ? *slot : (*slot = NEW(&t->keep, indexes));

	vec_push(&t->keep, list, i);
}

static void
table_add(struct driver_table *t, struct driver d)
{
	index_add(t, &t->names, d.name, t->list.len);
	index_add(t, &t->sources, d.source, t->list.len);
	vec_push(&t->keep, &t->list, d);
}

typedef VEC(struct file *) file_list;

static bool
collect(struct builder *b, struct file *f, void *ctx)
{
	file_list *list = ctx;

	if (f->facts.claims.len)
		vec_push(&b->keep, list, f);
	return false;
}

/* The claims of a source and of the headers beside it. */
static void
resolve(struct builder *b, struct file *source)
{
	struct driver_table *t = b->table;
	file_list files = { 0 };
	struct str path = STR("");

	if (!source->facts.includes.len && !source->facts.claims.len)
		return;
	walk_all(b, source, "\"", collect, &files);
	for (size_t i = 0; i < files.len; i++)
		for (size_t j = 0; j < files.at[i]->facts.claims.len; j++) {
			const struct claim *c = &files.at[i]->facts.claims.at[j];
			struct driver d = { .line = c->line };

			b->at = source;
			if (!csource_string(&t->keep, c->value, lookup, b, &d.name, &d.modname))
				continue;
			path = path.len ? path : str_copy(&t->keep, source->path);
			d.bus = str_copy(&t->keep, c->bus);
			d.source = path;
			d.file = files.at[i] == source ? path : str_copy(&t->keep, files.at[i]->path);
			table_add(t, d);
		}
}

static bool
is_code(void *ctx, struct str path)
{
	(void)ctx;
	return (str_ends(path, STR(".c")) || str_ends(path, STR(".h"))) && !str_starts(path, STR("tools/")) &&
	       !str_starts(path, STR("Documentation/"));
}

static void
take_file(void *ctx, struct str path, struct str text)
{
	if (str_ends(path, STR(".c")) || text.len <= HEADER_MAX)
		file_add(ctx, path, text);
}

struct path_list { struct arena *keep; VEC(struct str) list; };

static bool
note_source(void *ctx, struct str path)
{
	struct path_list *p = ctx;

	if (str_ends(path, STR(".c")) && is_code(NULL, path))
		vec_push(p->keep, &p->list, str_copy(p->keep, path));
	return false;
}

/* In byte order, so that the table does not depend on the archive's. */
static void
all_sources(struct builder *b, file_list *out, struct diag *d)
{
	struct tree_sink read = { is_code, take_file, b };
	struct path_list paths = { .keep = &b->keep };

	if (b->archive) {
		tree_each(b->tree, &read, d);
		for (size_t i = 0; i < b->files.len; i++)
			note_source(&paths, b->files.entry[i].key);
	} else {
		tree_each(b->tree, &(struct tree_sink){ note_source, NULL, &paths }, d);
	}
	if (paths.list.len)
		qsort(paths.list.at, paths.list.len, sizeof(*paths.list.at), str_qsort);
	for (size_t i = 0; i < paths.list.len; i++)
		vec_push(&b->keep, out, file_get(b, paths.list.at[i]));
}

/* The cache: a line of magic and hash, then "F\tpath\tstamp" for every file looked at, and a line a driver. */

static const char first_line[] = "derpconfig-drivers 1 ";

static void
cache_write(struct builder *b, struct str path)
{
	const struct driver_table *t = b->table;
	struct text body = { 0 }, all = { 0 };
	struct hash128 h;

	for (size_t i = 0; !b->archive && i < b->files.len; i++) {
		const struct file *f = b->files.entry[i].value;

		text_addf(&body, "F\t%.*s\t%llx\n", STR_ARG(f->path),
		          (unsigned long long)tree_stamp(b->tree, f->path));
	}
	for (size_t i = 0; i < t->list.len; i++) {
		const struct driver *d = &t->list.at[i];

		text_addf(&body, "D\t%.*s\t%.*s\t%.*s\t%.*s\t%u\t%d\n", STR_ARG(d->name), STR_ARG(d->bus),
		          STR_ARG(d->source), STR_ARG(d->file), d->line, d->modname);
	}
	h = bytes_hash((struct hash128){ 5, 6 }, text_str(&body));
	text_addf(&all, "%s%016llx%016llx\n%.*s", first_line, (unsigned long long)h.a, (unsigned long long)h.b,
	          STR_ARG(text_str(&body)));
	file_write(path.at, text_str(&all));
	text_release(&body);
	text_release(&all);
}

static bool
read_line(struct driver_table *t, struct tree *tree, struct str line)
{
	struct str field[7] = { 0 };
	uint64_t number = 0;
	size_t n = 0;

	while (n < 7 && str_next_part(&line, '\t', &field[n]))
		n++;
	if (n == 3 && str_is(field[0], "F"))
		return str_number(field[2], 16, &number) && tree_stamp(tree, field[1]) == number;
	if (n != 7 || !str_is(field[0], "D") || !str_number(field[5], 10, &number))
		return false;
	table_add(t, (struct driver){ field[1], field[2], field[3], field[4], (unsigned)number, str_is(field[6], "1") });
	return true;
}

static bool
cache_read(struct driver_table *t, struct tree *tree, struct str path)
{
	struct str text, line, stated;
	struct hash128 h;

	if (file_read(&t->keep, path.at, &text) < 0 || !str_next_line(&text, &line) ||
	    !str_starts(line, str_from(first_line)))
		return false;
	stated = str_drop(line, sizeof(first_line) - 1);
	h = bytes_hash((struct hash128){ 5, 6 }, text);
	if (!str_eq(stated, str_format(&t->keep, "%016llx%016llx", (unsigned long long)h.a, (unsigned long long)h.b)))
		return false;
	while (str_next_line(&text, &line))
		if (!read_line(t, tree, line))
			return false;
	return true;
}

/* Which table it is: the archive, or the directory and the sources asked for. */
static struct str
cache_name(struct driver_table *t, struct tree *tree, const struct str *sources, size_t n)
{
	struct str dir = cache_dir(&t->keep, "drivers", true);
	struct hash128 h = { 7, 8 };
	char *real;

	if (!dir.at)
		return dir;
	if (tree_is_archive(tree))
		return tree_key(tree).len ? str_format(&t->keep, "%.*s/%.*s", STR_ARG(dir), STR_ARG(tree_key(tree)))
		                          : (struct str){ 0 };
	real = realpath(tree_path(tree), NULL);
	h = bytes_hash(h, str_from(real ? real : tree_path(tree)));
	free(real);
	for (size_t i = 0; i < n; i++)
		h = bytes_hash(h, sources[i]);
	return str_format(&t->keep, "%.*s/%016llx%016llx", STR_ARG(dir), (unsigned long long)h.a, (unsigned long long)h.b);
}

static struct driver_table *
table_new(void)
{
	struct driver_table *t = xmalloc(sizeof(*t));

	*t = (struct driver_table){ 0 };
	return t;
}

static void
build(struct builder *b, const struct str *sources, size_t n, struct diag *d)
{
	file_list files = { 0 };

	if (!sources || b->archive)
		all_sources(b, &files, d);
	else
		for (size_t i = 0; i < n; i++)
			if (str_ends(sources[i], STR(".c")))
				vec_push(&b->keep, &files, file_get(b, sources[i]));
	for (size_t i = 0; i < files.len; i++)
		resolve(b, files.at[i]);
}

struct driver_table *
driver_table_open(struct tree *tree, const struct str *sources, size_t n, struct diag *d)
{
	struct driver_table *t = table_new();
	struct builder b = { .tree = tree, .archive = tree_is_archive(tree) };
	struct str path = cache_name(t, tree, sources, sources ? n : 0);

	if (path.at && cache_read(t, tree, path))
		return t;
	driver_table_close(t);
	b.table = t = table_new();
	build(&b, sources, n, d);
	path = cache_name(t, tree, sources, sources ? n : 0);
	if (path.at && !d->errors)
		cache_write(&b, path);
	arena_release(&b.keep);
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
		const struct driver *d = &t->list.at[list->at[i]];

		if (!d->modname && (!bus.len || !d->bus.len || str_eq(bus, d->bus)))
			vec_push(keep, out, d);
	}
}

static struct driver_list
sorted(drivers *out)
{
	if (out->len)
		qsort(out->at, out->len, sizeof(*out->at), by_place);
	return (struct driver_list){ out->at, out->len };
}

struct driver_list
driver_find(const struct driver_table *t, struct str bus, struct str name, struct arena *keep)
{
	size_t dot = str_rindex(name, '.');
	drivers out = { 0 };

	add_named(t, bus, name, keep, &out);
	if (!out.len && str_has(name, '!')) {
		char *slashed = str_c(keep, name);

		for (size_t i = 0; i < name.len; i++)
			if (slashed[i] == '!')
				slashed[i] = '/';
		add_named(t, bus, (struct str){ slashed, name.len }, keep, &out);
	}
	if (!out.len && str_is(bus, "auxiliary") && dot < name.len)
		add_named(t, bus, str_drop(name, dot + 1), keep, &out);
	return sorted(&out);
}

struct driver_list
driver_of_source(const struct driver_table *t, struct str source, struct arena *keep)
{
	const indexes *list = map_get(&t->sources, source);
	drivers out = { 0 };

	for (size_t i = 0; list && i < list->len; i++)
		vec_push(keep, &out, &t->list.at[list->at[i]]);
	return sorted(&out);
}
