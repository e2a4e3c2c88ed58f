// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/index.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

/*
 * The file, numbers in the machine's byte order:
 *   magic, checksum of all that follows, stamp of the program
 *   strings: count, then length and bytes of each; elsewhere a string is its number
 *   probes: count, then path and stamp of each
 *   conditions: count, then kind and operands of each, operands before users; elsewhere a condition is its number
 *   srcarch, files, messages, routes, and, when there are any, parts by route and libraries
 */
static const char magic[8] = "derpkb1";
enum { SETTLED = 3 /* seconds since the last change of anything asked for */ };

struct header { char magic[8]; uint64_t checksum, program; };

static uint64_t
checksum(struct str s)
{
	uint64_t h[4] = { 1, 2, 3, 4 }, word[4];

	for (; s.len >= sizeof(word); s = str_drop(s, sizeof(word))) {
		memcpy(word, s.at, sizeof(word));
		for (int i = 0; i < 4; i++)
			h[i] = (h[i] ^ word[i]) * 0x9e3779b97f4a7c15u, h[i] ^= h[i] >> 29;
	}
	return map_hash(s) ^ map_hash((struct str){ (const char *)h, sizeof(h) });
}

void
index_seal(char *file, size_t len)
{
	const size_t skip = offsetof(struct header, program);
	struct header h;

	if (len < sizeof(h))
		return;
	memcpy(&h, file, sizeof(h));
	h.checksum = checksum((struct str){ file + skip, len - skip });
	memcpy(file, &h, sizeof(h));
}

/* Another build of the program could answer differently. */
static uint64_t
program_stamp(void)
{
	struct stat st = { 0 };
	char text[200];

	if (stat("/proc/self/exe", &st) < 0)
		return 0;
	snprintf(text, sizeof(text), VERSION " %llu %llu %lld %lld", (unsigned long long)st.st_ino, (unsigned long long)st.st_size,
	         (long long)st.st_mtim.tv_sec, (long long)st.st_mtim.tv_nsec);
	return map_hash(str_from(text));
}

/* NULL at: nothing is cached. */
static struct str
index_path(struct tree *tree, struct str arch, struct arena *keep, bool make)
{
	struct str dir = cache_dir(keep, "kbuild", make), key = tree_key(tree);
	char *real = key.len ? NULL : realpath(tree_path(tree), NULL);

	if (dir.at && (real || key.len)) {
		key = str_format(keep, "%.*s\n%s", STR_ARG(arch), real ? real : key.at);
		dir = str_format(keep, "%.*s/%016llx.index", STR_ARG(dir), (unsigned long long)map_hash(key));
	} else {
		dir = (struct str){ 0 };
	}
	free(real);
	return dir;
}

/* ---- writing ------------------------------------------------------------------------------------------ */

struct writer {
	struct arena keep;
	struct text out;
	struct map strings;
	struct text conds;
	uint32_t *cond;              /* id -> number + 1 */
	size_t cond_ids;
	uint32_t cond_count;
};

static void
put(struct text *t, uint64_t n, size_t bytes)
{
	text_add(t, (struct str){ (const char *)&n, bytes }); /* little-endian machines, or nobody reads it */
}

static void
put_str(struct writer *w, struct text *t, struct str s)
{
	put(t, map_index_put(&w->strings, &w->keep, s), 4);
}

static uint32_t
cond_number(struct writer *w, const struct cond *c)
{
	uint32_t a = 0, b = 0;

	if (c->id >= w->cond_ids) {
		size_t n = c->id * 2u + 1024;

		w->cond = arena_grow(&w->keep, w->cond, w->cond_ids * sizeof(*w->cond), n * sizeof(*w->cond));
		w->cond_ids = n;
	}
	if (w->cond[c->id])
		return w->cond[c->id] - 1;
	a = c->a ? cond_number(w, c->a) : 0;
	b = c->b ? cond_number(w, c->b) : 0;
	put(&w->conds, c->kind, 4);
	if (c->a) {
		put(&w->conds, a, 4);
		put(&w->conds, b, 4);
	} else {
		put_str(w, &w->conds, c->symbol);
		put_str(w, &w->conds, c->text);
	}
	w->cond[c->id] = ++w->cond_count;
	return w->cond_count - 1;
}

static void
put_cond(struct writer *w, const struct cond *c)
{
	put(&w->out, cond_number(w, c), 4);
}

static void
put_routes(struct writer *w, const struct indexed *x)
{
	put(&w->out, x->routes, 4);
	for (size_t i = 0; i < x->routes; i++) {
		const struct route *r = &x->route[i];

		put_str(w, &w->out, r->path);
		put_str(w, &w->out, r->name);
		put_str(w, &w->out, r->object);
		put_str(w, &w->out, r->dir);
		put_str(w, &w->out, r->makefile);
		put_cond(w, r->module);
		put_cond(w, r->builtin);
		put_cond(w, r->own);
		put_cond(w, r->gates);
		put(&w->out, r->line, 4);
	}
}

static void
put_parts(struct writer *w, const struct indexed *x)
{
	put(&w->out, x->parts != NULL, 4);
	for (size_t i = 0; x->parts && i < x->routes; i++) {
		put(&w->out, x->parts[i].len, 4);
		for (size_t p = 0; p < x->parts[i].len; p++) {
			put_str(w, &w->out, x->parts[i].at[p].object);
			put_cond(w, x->parts[i].at[p].when);
		}
	}
	put(&w->out, x->parts ? x->libraries : 0, 4);
	for (size_t i = 0; x->parts && i < x->libraries; i++) {
		put_str(w, &w->out, x->library[i].object);
		put_cond(w, x->library[i].when);
	}
}

static void
put_rest(struct writer *w, const struct indexed *x)
{
	put_str(w, &w->out, x->srcarch);
	put(&w->out, x->files, 4);
	for (size_t i = 0; i < x->files; i++)
		put_str(w, &w->out, x->file[i]);
	put(&w->out, x->tolds, 4);
	for (size_t i = 0; i < x->tolds; i++) {
		put(&w->out, x->told[i].severity, 4);
		put_str(w, &w->out, x->told[i].file);
		put(&w->out, x->told[i].line, 4);
		put_str(w, &w->out, x->told[i].message);
	}
	put_routes(w, x);
	put_parts(w, x);
}

/* False when something changed so lately that it could change again with the same times. */
static bool
put_probes(struct writer *w, struct tree *tree, const struct map *probed, struct text *out)
{
	int64_t newest = 0;
	size_t n = tree_is_archive(tree) ? 0 : probed->len;

	put(out, n, 4);
	for (size_t i = 0; i < n; i++) {
		put_str(w, out, probed->entry[i].key);
		put(out, tree_state(tree, probed->entry[i].key, &newest), 8);
	}
	return newest + SETTLED < (int64_t)time(NULL);
}

static void
write_file(struct writer *w, const char *path, const struct text *probes)
{
	struct header h = { .program = program_stamp() };
	struct text all = { 0 };

	memcpy(h.magic, magic, sizeof(magic));
	text_add(&all, (struct str){ (const char *)&h, sizeof(h) });
	put(&all, w->strings.len, 4);
	for (size_t i = 0; i < w->strings.len; i++) {
		put(&all, w->strings.entry[i].key.len, 4);
		text_add(&all, w->strings.entry[i].key);
	}
	text_add(&all, text_str(probes));
	put(&all, w->cond_count, 4);
	text_add(&all, text_str(&w->conds));
	text_add(&all, text_str(&w->out));
	index_seal(all.at, all.len);
	file_write(path, text_str(&all));
	text_release(&all);
}

void
index_write(struct tree *tree, struct str arch, const struct map *probed, const struct indexed *x)
{
	struct writer w = { 0 };
	struct text probes = { 0 };
	struct str path = index_path(tree, arch, &w.keep, true);

	if (path.at && put_probes(&w, tree, probed, &probes)) {
		put_rest(&w, x);
		write_file(&w, path.at, &probes);
	}
	text_release(&probes);
	text_release(&w.out);
	text_release(&w.conds);
	arena_release(&w.keep);
}

/* ---- reading ------------------------------------------------------------------------------------------ */

struct reader {
	struct str rest;
	struct arena *keep;
	struct str *string;
	const struct cond **cond;
	size_t strings, conds;
	bool bad;
};

static uint64_t
get(struct reader *r, size_t bytes)
{
	uint64_t n = 0;

	if (r->rest.len < bytes) {
		r->bad = true;
		return 0;
	}
	memcpy(&n, r->rest.at, bytes);
	r->rest = str_drop(r->rest, bytes);
	return n;
}

/* How many things follow, each of so many bytes at least. */
static size_t
get_count(struct reader *r, size_t least)
{
	size_t n = get(r, 4);

	if (n > r->rest.len / least) {
		r->bad = true;
		return 0;
	}
	return n;
}

static struct str
get_str(struct reader *r)
{
	size_t n = get(r, 4);

	if (n < r->strings)
		return r->string[n];
	r->bad = true;
	return STR("");
}

static const struct cond *
get_cond(struct reader *r)
{
	size_t n = get(r, 4);

	if (n < r->conds)
		return r->cond[n];
	r->bad = true;
	return NULL;
}

static void
get_strings(struct reader *r)
{
	size_t n = get_count(r, 4);

	r->string = NEW_ARRAY(r->keep, struct str, n + 1);
	for (; r->strings < n && !r->bad; r->strings++) {
		size_t len = get(r, 4);

		if (len > r->rest.len)
			r->bad = true;
		r->string[r->strings] = str_take(r->rest, len);
		r->rest = str_drop(r->rest, len);
	}
}

static const struct cond *
get_node(struct reader *r, struct cond_pool *pool, enum cond_kind kind)
{
	const struct cond *a, *b;
	struct str symbol, text;

	if (kind == COND_NOT || kind == COND_AND || kind == COND_OR) {
		a = get_cond(r);
		b = kind == COND_NOT ? (get(r, 4), a) : get_cond(r);
		if (r->bad)
			return NULL;
		return kind == COND_NOT ? cond_not(pool, a) : kind == COND_AND ? cond_and(pool, a, b) : cond_or(pool, a, b);
	}
	symbol = get_str(r);
	text = get_str(r);
	switch (kind) {
	case COND_FALSE: return pool->no;
	case COND_TRUE:  return pool->yes;
	case COND_Y:     return cond_is(pool, symbol, 'y');
	case COND_M:     return cond_is(pool, symbol, 'm');
	case COND_SET:   return cond_set(pool, symbol);
	case COND_EQ:    return cond_eq(pool, symbol, text);
	default:         r->bad = true; return NULL;
	}
}

static void
get_conds(struct reader *r, struct cond_pool *pool)
{
	size_t n = get_count(r, 12);

	r->cond = NEW_ARRAY(r->keep, const struct cond *, n + 1);
	for (; r->conds < n && !r->bad; r->conds++) {
		uint64_t kind = get(r, 4);

		r->cond[r->conds] = get_node(r, pool, kind <= COND_OR ? (enum cond_kind)kind : COND_OR);
	}
}

static bool
probes_hold(struct reader *r, struct tree *tree)
{
	size_t n = get_count(r, 12);

	while (n-- && !r->bad) {
		struct str path = get_str(r);

		if (tree_state(tree, path, NULL) != get(r, 8))
			return false;
	}
	return !r->bad;
}

static struct route
get_route(struct reader *r, size_t id)
{
	struct route o = { .id = (unsigned)id };

	o.path = get_str(r);
	o.name = get_str(r);
	o.object = get_str(r);
	o.dir = get_str(r);
	o.makefile = get_str(r);
	o.module = get_cond(r);
	o.builtin = get_cond(r);
	o.own = get_cond(r);
	o.gates = get_cond(r);
	o.line = (unsigned)get(r, 4);
	return o;
}

static void
get_routes(struct reader *r, struct indexed *out)
{
	size_t n = get_count(r, 40);

	out->route = NEW_ARRAY(r->keep, struct route, n + 1);
	for (; out->routes < n && !r->bad; out->routes++)
		out->route[out->routes] = get_route(r, out->routes);
}

static void
get_parts(struct reader *r, struct indexed *out)
{
	bool any = get(r, 4) != 0;
	size_t n;

	if (any)
		out->parts = NEW_ARRAY(r->keep, struct part_list, out->routes + 1);
	for (size_t i = 0; any && i < out->routes && !r->bad; i++) {
		struct part *part;

		n = get_count(r, 8);
		part = NEW_ARRAY(r->keep, struct part, n + 1);
		out->parts[i] = (struct part_list){ part, n };
		for (size_t p = 0; p < n; p++) {
			part[p].object = get_str(r);
			part[p].when = get_cond(r);
		}
	}
	n = get_count(r, 8);
	out->library = NEW_ARRAY(r->keep, struct library, n + 1);
	for (; out->libraries < n; out->libraries++) {
		out->library[out->libraries].object = get_str(r);
		out->library[out->libraries].when = get_cond(r);
	}
}

static void
get_told(struct reader *r, struct indexed *out)
{
	size_t n = get_count(r, 16);

	out->told = NEW_ARRAY(r->keep, struct diag_entry, n + 1);
	for (; out->tolds < n; out->tolds++) {
		struct diag_entry *e = &out->told[out->tolds];
		uint64_t severity = get(r, 4);

		e->severity = severity <= DIAG_ERROR ? (enum severity)severity : DIAG_ERROR;
		e->file = get_str(r);
		e->line = (unsigned)get(r, 4);
		e->message = get_str(r);
	}
}

static void
get_rest(struct reader *r, struct indexed *out)
{
	size_t n;

	out->srcarch = get_str(r);
	n = get_count(r, 4);
	out->file = NEW_ARRAY(r->keep, struct str, n + 1);
	while (out->files < n)
		out->file[out->files++] = get_str(r);
	get_told(r, out);
	get_routes(r, out);
	get_parts(r, out);
	r->bad |= r->rest.len > 0;
}

bool
index_read(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep, struct indexed *out)
{
	struct reader r = { .keep = keep };
	struct arena_mark mark = arena_mark(keep);
	struct str path = index_path(tree, arch, keep, false), text;
	struct header h;

	*out = (struct indexed){ 0 };
	if (!path.at || file_read(keep, path.at, &text) < 0 || text.len < sizeof(h))
		return false;
	memcpy(&h, text.at, sizeof(h));
	r.rest = str_drop(text, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.program != program_stamp() ||
	    h.checksum != checksum(str_drop(text, offsetof(struct header, program))) || (get_strings(&r), !probes_hold(&r, tree))) {
		arena_reset(keep, mark);
		return false;
	}
	get_conds(&r, pool);
	get_rest(&r, out);
	return !r.bad;
}
