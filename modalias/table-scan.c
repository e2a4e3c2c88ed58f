// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/table.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modalias/csource.h"

/* A file of the tree that was looked at. */
struct file {
	struct str path;
	struct facts facts;
	uint64_t state;
	bool there;
	unsigned visit;               /* number of the walk that saw it last */
};

typedef VEC(struct file *) file_list;

struct scan;

/* One thread's. */
struct builder {
	struct scan *scan;
	struct arena keep;
	struct arena text;            /* for the file being read */
	struct arena_mark clean;
	struct tree *tree;            /* its own handle */
	struct map files;             /* path -> struct file * */
	bool archive;                 /* all files are in `files` already */
	unsigned walk;
	const struct file *at;        /* whose claims are being resolved */
	file_list macros;             /* where the names in a claim were found */
	const char *modes;            /* kinds of #include that are followed */
	struct table_row *rows;       /* of the chunk being worked at */
	size_t len, cap;
};

/* Sources are handed out in chunks, so that the rows come in the order of the sources whoever made them. */
struct chunk {
	struct table_row *rows;
	size_t len;
};

struct scan {
	const struct str *sources;
	size_t len;
	struct chunk *chunks;
	size_t chunks_len;
	atomic_size_t next;
};

enum { HEADER_MAX = 1 << 20, DEPTH_MAX = 4, WALK_MAX = 400, CHUNK = 256, THREADS_MAX = 8, TEXT_ROOM = 1 << 20 };

/* Nearly all files fail here, before they are read closely. */
static bool
may_claim(struct str text)
{
	static const char *const word[] = { "_driver", "driver.name", "faux_device_create" };

	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (memmem(text.at, text.len, word[i], strlen(word[i])))
			return true;
	return false;
}

static struct file *
file_add(struct builder *b, struct str path, struct str text, uint64_t state)
{
	struct file *f = NEW(&b->keep, struct file);
	bool header = str_ends(path, STR(".h"));

	f->path = str_copy(&b->keep, path);
	f->state = state;
	f->there = text.at && !(header && text.len > HEADER_MAX);
	if (f->there && (header || may_claim(text)))
		csource_scan(&b->keep, text, &f->facts);
	*map_put(&b->files, &b->keep, f->path) = f;
	return f;
}

static struct file *
file_get(struct builder *b, struct str path)
{
	struct file *f = map_get(&b->files, path);
	struct str text = { 0 };
	uint64_t state;

	if (f || b->archive)
		return f;
	state = tree_state(b->tree, path, NULL); /* before it is read: what changes meanwhile is noticed next time */
	if (!state || !tree_fetch(b->tree, &b->text, path, &text))
		text.at = NULL;
	f = file_add(b, path, text, state);
	arena_reset(&b->text, b->clean);
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
	return f && f->there ? f : NULL;
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

	for (size_t i = 0; i < f->facts.defines.len; i++)
		if (str_eq(f->facts.defines.at[i].name, w->name)) {
			w->body = f->facts.defines.at[i].body;
			vec_push(&b->keep, &b->macros, f);
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

static bool
collect(struct builder *b, struct file *f, void *ctx)
{
	file_list *list = ctx;

	if (f->facts.claims.len)
		vec_push(&b->keep, list, f);
	return false;
}

static struct str
macro_files(struct builder *b, const struct driver *d)
{
	struct text t = { 0 };
	struct str s;

	for (size_t i = 0; i < b->macros.len; i++) {
		struct str path = b->macros.at[i]->path;

		if (!str_eq(path, d->source) && !str_eq(path, d->file))
			text_addf(&t, "%s%.*s", t.len ? " " : "", STR_ARG(path));
	}
	s = t.len ? str_copy(&b->keep, text_str(&t)) : STR("");
	text_release(&t);
	return s;
}

static void
add_row(struct builder *b, struct driver d)
{
	struct table_row r = { .driver = d, .macros = macro_files(b, &d) };

	r.state = row_state(b->tree, &r);
	if (b->len == b->cap)
		b->rows = arena_vec_grow(&b->keep, b->rows, &b->cap, sizeof(*b->rows));
	b->rows[b->len++] = r;
}

/* The claims of a source and of the headers beside it. */
static void
resolve(struct builder *b, struct file *source)
{
	file_list files = { 0 };

	if (!source || (!source->facts.includes.len && !source->facts.claims.len))
		return;
	walk_all(b, source, "\"", collect, &files);
	for (size_t i = 0; i < files.len; i++)
		for (size_t j = 0; j < files.at[i]->facts.claims.len; j++) {
			const struct claim *c = &files.at[i]->facts.claims.at[j];
			struct driver d = { .bus = c->bus, .source = source->path, .file = files.at[i]->path, .line = c->line };
			bool modname;

			b->at = source;
			b->macros.len = 0;
			if (csource_string(&b->keep, c->value, lookup, b, &d.name, &modname) && !modname)
				add_row(b, d);
		}
}

/* ---- threads ---- */

static void
work_chunk(struct builder *b, size_t i)
{
	size_t end = (i + 1) * CHUNK < b->scan->len ? (i + 1) * CHUNK : b->scan->len;

	b->rows = NULL;
	b->len = b->cap = 0;
	for (size_t k = i * CHUNK; k < end; k++)
		resolve(b, file_get(b, b->scan->sources[k]));
	b->scan->chunks[i] = (struct chunk){ b->rows, b->len };
}

static void *
work(void *ctx)
{
	struct builder *b = ctx;
	char *room = arena_bytes(&b->text, TEXT_ROOM);
	size_t i;

	b->clean = (struct arena_mark){ room, b->text.chunk };
	arena_reset(&b->text, b->clean);
	while ((i = atomic_fetch_add(&b->scan->next, 1)) < b->scan->chunks_len)
		work_chunk(b, i);
	arena_release(&b->text);
	return NULL;
}

/* As many as there are cores; an archive's files have all been read by the first. */
static size_t
open_builders(struct builder *b, struct scan *s)
{
	long cores = b->archive ? 1 : sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = 1;

	for (; n < THREADS_MAX && (long)n < cores && n < s->chunks_len; n++) {
		struct diag said = { .keep = &b[n].keep };

		b[n].scan = s;
		b[n].tree = tree_open(tree_path(b->tree), 0, &said);
		if (!b[n].tree)
			break;
	}
	return n;
}

static void
run(struct builder *b, size_t n)
{
	pthread_t thread[THREADS_MAX];
	bool started[THREADS_MAX] = { false };

	for (size_t i = 1; i < n; i++)
		started[i] = pthread_create(&thread[i], NULL, work, &b[i]) == 0;
	work(&b[0]);
	for (size_t i = 1; i < n; i++)
		if (started[i])
			pthread_join(thread[i], NULL);
}

/* ---- the whole ---- */

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
	file_add(ctx, path, text, 0);
}

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
sort_paths(struct path_list *paths)
{
	if (paths->list.len)
		qsort(paths->list.at, paths->list.len, sizeof(*paths->list.at), str_qsort);
}

void
table_sources(struct tree *tree, struct path_list *paths)
{
	struct diag said = { .keep = paths->keep };

	tree_each(tree, &(struct tree_sink){ note_source, NULL, paths }, &said);
	sort_paths(paths);
}

static void
archive_sources(struct builder *b, struct path_list *paths, struct diag *d)
{
	tree_each(b->tree, &(struct tree_sink){ is_code, take_file, b }, d);
	for (size_t i = 0; i < b->files.len; i++)
		note_source(paths, b->files.entry[i].key);
	sort_paths(paths);
}

static void
keep_rows(struct table *t, const struct scan *s, struct arena *keep)
{
	for (size_t i = 0; i < s->chunks_len; i++)
		for (size_t k = 0; k < s->chunks[i].len; k++) {
			struct table_row r = s->chunks[i].rows[k];
			struct driver *d = &r.driver;
			bool own = str_eq(d->file, d->source), again = t->rows.len && str_eq(t->rows.at[t->rows.len - 1].driver.source, d->source);

			d->name = str_copy(keep, d->name);
			d->bus = str_copy(keep, d->bus);
			d->source = again ? t->rows.at[t->rows.len - 1].driver.source : str_copy(keep, d->source);
			d->file = own ? d->source : str_copy(keep, d->file);
			r.macros = str_copy(keep, r.macros);
			vec_push(keep, &t->rows, r);
		}
}

/* The files that were read, and every directory above one. */
static void
keep_paths(struct table *t, const struct builder *b, size_t n, struct arena *keep)
{
	struct map files = { 0 }, dirs = { 0 };

	for (size_t i = 0; i < n && !b->archive; i++)
		for (size_t k = 0; k < b[i].files.len; k++) {
			const struct file *f = b[i].files.entry[k].value;
			size_t before = files.len;

			if (map_index(&files, f->path) >= 0)
				continue;
			map_index_put(&files, keep, str_copy(keep, f->path));
			vec_push(keep, &t->files, ((struct table_path){ files.entry[before].key, f->state }));
			for (struct str dir = path_dir(files.entry[before].key); map_index(&dirs, dir) < 0; dir = path_dir(dir))
				map_index_put(&dirs, keep, dir);
		}
	for (size_t i = 0; i < dirs.len; i++)
		vec_push(keep, &t->dirs, ((struct table_path){ dirs.entry[i].key, tree_state(b->tree, dirs.entry[i].key, NULL) }));
}

void
table_scan(struct table *t, struct tree *tree, struct arena *keep, struct diag *d)
{
	struct builder b[THREADS_MAX] = { { .tree = tree, .archive = tree_is_archive(tree) } };
	struct path_list paths = { .keep = &b[0].keep };
	struct scan s = { 0 };
	size_t n;

	if (b[0].archive)
		archive_sources(&b[0], &paths, d);
	else
		table_sources(tree, &paths);
	s.sources = paths.list.at;
	s.len = paths.list.len;
	s.chunks_len = (s.len + CHUNK - 1) / CHUNK;
	s.chunks = NEW_ARRAY(&b[0].keep, struct chunk, s.chunks_len + 1);
	b[0].scan = &s;
	n = open_builders(b, &s);
	run(b, n);
	keep_rows(t, &s, keep);
	keep_paths(t, b, n, keep);
	for (size_t i = 0; i < n; i++) {
		arena_release(&b[i].keep);
		if (i)
			tree_close(b[i].tree);
	}
}
