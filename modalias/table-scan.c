// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/table.h"

#include <stdlib.h>
#include <string.h>

#include "modalias/csource.h"

/* A file of the tree that was looked at. */
struct file {
	struct str path;
	struct facts facts;
	const struct table *own, *drivers; /* what it registers, and with the headers beside it; NULL: not asked for */
	bool there;
	unsigned visit;               /* number of the walk that saw it last */
};

typedef VEC(struct file *) file_list;

struct builder {
	struct arena keep;
	struct arena text;            /* for the file being read */
	struct arena_mark clean;
	struct tree *tree;
	struct map files;             /* path -> struct file * */
	bool archive;                 /* all files are in `files` already */
	unsigned walk;
	const struct file *at;        /* whose claims are being resolved */
	const char *modes;            /* kinds of #include that are followed */
};

enum { HEADER_MAX = 1 << 20, WALK_MAX = 400, TEXT_ROOM = 1 << 20 };

/* Nearly all files fail here, before they are read closely. */
static bool
may_claim(struct str text)
{
	static const char *const word[] = { "_driver", "driver.name", "faux_device_create", "saa7146_extension" };

	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (memmem(text.at, text.len, word[i], strlen(word[i])))
			return true;
	return false;
}

static struct file *
file_add(struct builder *b, struct str path, struct str text)
{
	struct file *f = NEW(&b->keep, struct file);
	bool header = str_ends(path, STR(".h"));

	f->path = str_copy(&b->keep, path);
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

	if (f || b->archive)
		return f;
	if (!tree_fetch(b->tree, &b->text, path, &text))
		text.at = NULL;
	f = file_add(b, path, text);
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
	if (include.at[0] == '"')
		path = path_join(&b->keep, path_dir(from->path), path);
	path = path_clean(&b->keep, path);
	if (str_starts(path, STR(".."))) {
		arena_reset(&b->keep, mark);
		return NULL;
	}
	if (include.at[0] == '<')
		path = path_join(&b->keep, STR("include"), path);
	f = map_get(&b->files, path);
	if (f) {
		arena_reset(&b->keep, mark);
		return f->there ? f : NULL;
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
	for (size_t i = 0; depth < INCLUDE_DEPTH && i < f->facts.includes.len; i++) {
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
	return walk(b, f, modes[1] ? INCLUDE_DEPTH - 2 : 0, &left, visit, ctx);
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

bool
table_is_macro(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] >= 'A' && name.at[i] <= 'Z')
			return true;
	return false;
}

/* What a name in a source stands for: the source itself, its own headers, then those of include/, if it is a macro's. */
static struct str
lookup(void *ctx, struct str name)
{
	struct builder *b = ctx;
	struct wanted w = { name, { 0 } };
	struct file *f = map_get(&b->files, b->at->path);

	if (!walk_all(b, f, "\"", find_define, &w) && table_is_macro(name))
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

/* The claims of a file, which is the source or a header that it includes. */
static void
resolve_file(struct builder *b, struct file *source, const struct file *f, struct table *out)
{
	for (size_t i = 0; i < f->facts.claims.len; i++) {
		const struct claim *c = &f->facts.claims.at[i];
		struct driver d = { .bus = c->bus, .source = source->path, .file = f->path, .line = c->line };
		bool modname;

		b->at = source;
		if (!csource_string(&b->keep, c->value, lookup, b, &d.name, &modname))
			d.name = STR(DRIVER_UNREAD);
		else if (modname)
			d.name = STR(DRIVER_MODNAME);
		vec_push(&b->keep, &out->rows, d);
	}
}

/* Those of the headers beside a source. */
static void
resolve_headers(struct builder *b, struct file *source, struct table *out)
{
	file_list files = { 0 };

	if (!source->facts.includes.len)
		return;
	walk_all(b, source, "\"", collect, &files);
	for (size_t i = 0; i < files.len; i++)
		if (files.at[i] != source)
			resolve_file(b, source, files.at[i], out);
}

/* ---- single sources ---- */

struct reader { struct builder b; };

static void
open_text(struct builder *b)
{
	char *room = arena_bytes(&b->text, TEXT_ROOM);

	b->clean = (struct arena_mark){ room, b->text.chunk };
	arena_reset(&b->text, b->clean);
}

struct reader *
reader_new(struct tree *tree, struct arena *keep)
{
	struct reader *r = tree_is_archive(tree) ? NULL : NEW(keep, struct reader);

	if (r) {
		r->b.tree = tree;
		open_text(&r->b);
	}
	return r;
}

void
reader_release(struct reader *r)
{
	if (!r)
		return;
	arena_release(&r->b.text);
	arena_release(&r->b.keep);
}

const struct table *
reader_own(struct reader *r, struct str path)
{
	struct file *f = file_get(&r->b, path);

	if (!f->own) {
		struct table *t = NEW(&r->b.keep, struct table);

		resolve_file(&r->b, f, f, t);
		f->own = t;
	}
	return f->own;
}

const struct table *
reader_source(struct reader *r, struct str path)
{
	struct file *f = file_get(&r->b, path);

	if (!f->drivers) {
		struct table *t = NEW(&r->b.keep, struct table);
		const struct table *own = reader_own(r, path);

		for (size_t i = 0; i < own->rows.len; i++)
			vec_push(&r->b.keep, &t->rows, own->rows.at[i]);
		resolve_headers(&r->b, f, t);
		f->drivers = t;
	}
	return f->drivers;
}

/* ---- the whole ---- */

bool
table_has_dir(struct str top)
{
	return !str_is(top, "tools") && !str_is(top, "Documentation");
}

static bool
is_code(void *ctx, struct str path)
{
	(void)ctx;
	return (str_ends(path, STR(".c")) || str_ends(path, STR(".h"))) && table_has_dir(str_take(path, str_index(path, '/')));
}

static void
take_file(void *ctx, struct str path, struct str text)
{
	file_add(ctx, path, text);
}

bool
table_has_source(struct str path)
{
	return str_ends(path, STR(".c")) && is_code(NULL, path);
}

/* Copies what the rows borrow from the files. */
static void
keep_rows(struct table *t, const struct table *found, struct arena *keep)
{
	struct str source = { 0 };

	for (size_t i = 0; i < found->rows.len; i++) {
		struct driver d = found->rows.at[i];
		bool own = str_eq(d.file, d.source);

		source = str_eq(d.source, source) ? source : str_copy(keep, d.source);
		d.name = str_copy(keep, d.name);
		d.bus = str_copy(keep, d.bus);
		d.source = source;
		d.file = own ? source : str_copy(keep, d.file);
		vec_push(keep, &t->rows, d);
	}
}

/* In byte order, so that the table does not depend on the archive's. */
void
table_scan(struct table *t, struct tree *archive, struct arena *keep, struct diag *d)
{
	struct builder b = { .tree = archive, .archive = true };
	struct table found = { 0 };
	VEC(struct str) sources = { 0 };

	tree_each(archive, &(struct tree_sink){ is_code, take_file, &b, NULL }, d);
	for (size_t i = 0; i < b.files.len; i++)
		if (table_has_source(b.files.entry[i].key))
			vec_push(&b.keep, &sources, b.files.entry[i].key);
	if (sources.len)
		qsort(sources.at, sources.len, sizeof(*sources.at), str_qsort);
	for (size_t i = 0; i < sources.len; i++) {
		struct file *f = file_get(&b, sources.at[i]);

		resolve_file(&b, f, f, &found);
		resolve_headers(&b, f, &found);
	}
	keep_rows(t, &found, keep);
	arena_release(&b.keep);
}
