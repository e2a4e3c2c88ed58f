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
 * The file: a header, then sections at multiples of eight bytes, all numbers in the machine's byte order. A string is
 * its number in STRINGS, a condition its number in NODES; operands come before their users.
 */
enum section {
	BYTES,                        /* of all strings, one behind the other */
	STRINGS,                      /* uint32_t: where each begins, and the end */
	PROBES, NODES, FILES, TOLD, ROUTES,
	NAME_SLOTS, NAME_NEXT,        /* struct lookup: routes by name */
	FIRST, PARTS,
	OBJECT_SLOTS, OBJECT_NEXT,    /* struct lookup: parts by object */
	COSTS,
	SECTIONS
};

struct header {
	char magic[8];
	uint64_t checksum;            /* of all that follows */
	uint64_t program;             /* stamp of the program that wrote it */
	uint32_t srcarch, parts;      /* parts: are there any? */
	struct { uint32_t at, len; } section[SECTIONS];
};

struct probe { uint64_t state; uint32_t path, unused; };
struct node { uint32_t kind, a, b; };     /* operands, or symbol and text */
struct told { uint32_t severity, file, line, message; };
struct entry { uint32_t object, dir, makefile, line, module, builtin, own, gates; };
struct pair { uint32_t object, when; };

static const size_t item_size[SECTIONS] = {
	1, 4, sizeof(struct probe), sizeof(struct node), 4, sizeof(struct told), sizeof(struct entry), 4, 4, 4,
	sizeof(struct pair), 4, 4, sizeof(struct pair),
};

static const char magic[8] = "derpkb2";
enum { SETTLED = 3 /* seconds since the last change of anything asked for */, DEEP = 4000 /* of a condition */ };

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
	struct bytes { char *at; size_t len, cap; } section[SECTIONS];
	uint32_t *slot;               /* hash of a string -> its number + 1 */
	size_t slots, strings;
	struct str last;              /* the string asked for last, and its number: many come twice in a row */
	uint32_t last_number;
	uint32_t *cond;               /* id -> number + 1 */
	size_t conds, nodes;
};

static void
put(struct writer *w, enum section s, const void *item, size_t size)
{
	struct bytes *b = &w->section[s];

	if (b->cap - b->len < size) {
		size_t cap = b->cap * 2 + size + 4096;

		b->at = arena_grow(&w->keep, b->at, b->cap, cap);
		b->cap = cap;
	}
	if (size)
		memcpy(b->at + b->len, item, size);
	b->len += size;
}

static void
put_number(struct writer *w, enum section s, size_t n)
{
	uint32_t number = (uint32_t)n;

	put(w, s, &number, sizeof(number));
}

/* Those in the file so far. */
static struct str
written(const struct writer *w, size_t n)
{
	uint32_t at[2];

	memcpy(at, w->section[STRINGS].at + n * sizeof(*at), sizeof(at));
	return (struct str){ w->section[BYTES].at + at[0], at[1] - at[0] };
}

static uint32_t *
string_slot(struct writer *w, struct str s)
{
	size_t i = map_hash(s) & (w->slots - 1);

	while (w->slot[i] && !str_eq(written(w, w->slot[i] - 1), s))
		i = (i + 1) & (w->slots - 1);
	return &w->slot[i];
}

static uint32_t
string_find(struct writer *w, struct str s)
{
	uint32_t *slot;

	if (w->strings * 2 >= w->slots) {
		w->slots = w->slots ? w->slots * 4 : 1 << 16;
		w->slot = NEW_ARRAY(&w->keep, uint32_t, w->slots);
		for (size_t i = 0; i < w->strings; i++)
			*string_slot(w, written(w, i)) = (uint32_t)i + 1;
	}
	slot = string_slot(w, s);
	if (!*slot) {
		*slot = (uint32_t)++w->strings;
		put(w, BYTES, s.at, s.len);
		put_number(w, STRINGS, w->section[BYTES].len);
	}
	return *slot - 1;
}

/* Surely the same, at a glance. */
static bool
same(struct str a, struct str b)
{
	return a.at == b.at && a.len == b.len;
}

static uint32_t
string_number(struct writer *w, struct str s)
{
	if (!same(s, w->last)) {
		w->last = s;
		w->last_number = string_find(w, s);
	}
	return w->last_number;
}

static uint32_t
cond_number(struct writer *w, const struct cond *c)
{
	struct node n = { .kind = c->kind };

	if (c->id >= w->conds) {
		size_t len = c->id * 2u + 1024;

		w->cond = arena_grow(&w->keep, w->cond, w->conds * sizeof(*w->cond), len * sizeof(*w->cond));
		w->conds = len;
	}
	if (w->cond[c->id])
		return w->cond[c->id] - 1;
	if (c->a) {
		n.a = cond_number(w, c->a);
		n.b = c->b ? cond_number(w, c->b) : n.a;
	} else {
		n.b = c->kind == COND_EQ ? string_number(w, c->text) : 0;
		n.a = string_number(w, c->symbol);
	}
	put(w, NODES, &n, sizeof(n));
	w->cond[c->id] = (uint32_t)++w->nodes;
	return w->cond[c->id] - 1;
}

static void
put_pair(struct writer *w, enum section s, struct str object, const struct cond *when)
{
	struct pair p = { string_number(w, object), cond_number(w, when) };

	put(w, s, &p, sizeof(p));
}

static void
put_routes(struct writer *w, const struct indexed *x)
{
	struct entry e = { 0 };

	for (size_t i = 0; i < x->routes; i++) {
		const struct route *r = x->route[i], *before = i ? x->route[i - 1] : NULL;

		if (!before || !same(before->dir, r->dir))
			e.dir = string_number(w, r->dir);
		if (!before || !same(before->makefile, r->makefile))
			e.makefile = string_number(w, r->makefile);
		e.line = r->line;
		e.module = cond_number(w, r->module);
		e.builtin = cond_number(w, r->builtin);
		e.own = cond_number(w, r->own);
		e.gates = cond_number(w, r->gates);
		e.object = string_number(w, r->object);
		put(w, ROUTES, &e, sizeof(e));
	}
}

static void
put_lookup(struct writer *w, enum section slots, enum section next, const struct lookup *l)
{
	put(w, slots, l->slot, l->slots * sizeof(*l->slot));
	put(w, next, l->next, l->len * sizeof(*l->next));
}

static void
put_parts(struct writer *w, const struct indexed *x)
{
	put(w, FIRST, x->first, (x->routes + 1) * sizeof(*x->first));
	for (size_t i = 0; i < x->first[x->routes]; i++)
		put_pair(w, PARTS, x->part[i].object, x->part[i].when);
	put_lookup(w, OBJECT_SLOTS, OBJECT_NEXT, &x->by_object);
	for (size_t i = 0; i < x->costs.len; i++)
		put_pair(w, COSTS, x->costs.at[i].object, x->costs.at[i].when);
}

static void
put_all(struct writer *w, const struct indexed *x)
{
	for (size_t i = 0; i < x->files.len; i++)
		put_number(w, FILES, string_number(w, x->files.at[i]));
	for (size_t i = 0; i < x->tolds; i++) {
		const struct diag_entry *e = &x->told[i];
		struct told t = { e->severity, string_number(w, e->file), e->line, string_number(w, e->message) };

		put(w, TOLD, &t, sizeof(t));
	}
	put_routes(w, x);
	put_lookup(w, NAME_SLOTS, NAME_NEXT, &x->by_name);
	if (x->part)
		put_parts(w, x);
}

bool
index_states(struct tree *tree, const struct map *probed, struct arena *keep, struct states *states)
{
	int64_t newest = 0;

	while (!tree_is_archive(tree) && states->len < probed->len) {
		struct str path = probed->entry[states->len].key;

		vec_push(keep, states, tree_state(tree, path, &newest));
	}
	return newest + SETTLED < (int64_t)time(NULL);
}

static void
put_probes(struct writer *w, const struct indexed *x)
{
	for (size_t i = 0; i < x->states->len; i++) {
		struct probe p = { .state = x->states->at[i], .path = string_number(w, x->probed->entry[i].key) };

		put(w, PROBES, &p, sizeof(p));
	}
}

static void
write_file(struct writer *w, const char *path, struct header *h)
{
	size_t len = sizeof(*h);
	char *all;

	for (int i = 0; i < SECTIONS; i++) {
		h->section[i].at = (uint32_t)len;
		h->section[i].len = (uint32_t)w->section[i].len;
		len += (w->section[i].len + 7) & ~(size_t)7;
	}
	all = arena_alloc(&w->keep, len);
	memcpy(all, h, sizeof(*h));
	for (int i = 0; i < SECTIONS; i++)
		if (w->section[i].len)
			memcpy(all + h->section[i].at, w->section[i].at, w->section[i].len);
	index_seal(all, len);
	file_cache(path, (struct str){ all, len });
}

void
index_write(struct tree *tree, struct str arch, const struct indexed *x)
{
	struct header h = { .program = program_stamp(), .parts = x->part != NULL };
	struct writer w = { 0 };
	struct str path = index_path(tree, arch, &w.keep, true);

	memcpy(h.magic, magic, sizeof(magic));
	put_number(&w, STRINGS, 0);
	if (path.at) {
		put_probes(&w, x);
		h.srcarch = string_number(&w, x->srcarch);
		put_all(&w, x);
		write_file(&w, path.at, &h);
	}
	arena_release(&w.keep);
}

/* ---- reading ------------------------------------------------------------------------------------------ */

struct index {
	struct arena *keep;
	struct cond_pool *pool;
	struct header h;
	const char *at;               /* the file, aligned for any number */
	size_t len[SECTIONS];         /* items */
	const struct cond **cond;     /* by number; NULL: not made yet */
};

static const void *
section(const struct index *x, enum section s)
{
	return x->at + x->h.section[s].at;
}

static struct str
string(const struct index *x, size_t n)
{
	const uint32_t *at = section(x, STRINGS);

	if (n + 1 >= x->len[STRINGS] || at[n] > at[n + 1] || at[n + 1] > x->len[BYTES])
		return STR("");
	return (struct str){ (const char *)section(x, BYTES) + at[n], at[n + 1] - at[n] };
}

static const struct cond *cond(struct index *, size_t n, size_t user, int deep);

static const struct cond *
cond_made(struct index *x, size_t n, int deep)
{
	struct cond_pool *pool = x->pool;
	const struct node *node = (const struct node *)section(x, NODES) + n;

	switch (node->kind) {
	case COND_TRUE: return pool->yes;
	case COND_Y:    return cond_is(pool, string(x, node->a), 'y');
	case COND_M:    return cond_is(pool, string(x, node->a), 'm');
	case COND_SET:  return cond_set(pool, string(x, node->a));
	case COND_EQ:   return cond_eq(pool, string(x, node->a), string(x, node->b));
	case COND_NOT:  return cond_not(pool, cond(x, node->a, n, deep));
	case COND_AND:  return cond_and(pool, cond(x, node->a, n, deep), cond(x, node->b, n, deep));
	case COND_OR:   return cond_or(pool, cond(x, node->a, n, deep), cond(x, node->b, n, deep));
	default:        return pool->no;
	}
}

/* The condition with this number, which stands before its user's. */
static const struct cond *
cond(struct index *x, size_t n, size_t user, int deep)
{
	if (n >= user || deep > DEEP)
		return x->pool->no;
	if (!x->cond[n])
		x->cond[n] = cond_made(x, n, deep + 1);
	return x->cond[n];
}

static const struct cond *
cond_at(struct index *x, size_t n)
{
	return cond(x, n, x->len[NODES], 0);
}

static bool
probes_hold(const struct index *x, struct tree *tree)
{
	const struct probe *p = section(x, PROBES);

	for (size_t i = 0; i < x->len[PROBES]; i++)
		if (tree_state(tree, string(x, p[i].path), NULL) != p[i].state)
			return false;
	return true;
}

/* Does everything lie where the header says, and what belongs together have one length? */
static bool
sections_fit(struct index *x, size_t size)
{
	const uint32_t *first;

	for (int i = 0; i < SECTIONS; i++) {
		uint32_t at = x->h.section[i].at, len = x->h.section[i].len;

		if (at % 8 || at > size || len > size - at || len % item_size[i])
			return false;
		x->len[i] = len / item_size[i];
	}
	if (x->len[NAME_NEXT] != x->len[ROUTES] || x->len[OBJECT_NEXT] != x->len[PARTS] ||
	    (x->len[NAME_SLOTS] & (x->len[NAME_SLOTS] - 1)) || (x->len[OBJECT_SLOTS] & (x->len[OBJECT_SLOTS] - 1)) ||
	    x->len[FIRST] != (x->h.parts ? x->len[ROUTES] + 1 : 0))
		return false;
	first = section(x, FIRST);
	for (size_t i = 1; i < x->len[FIRST]; i++)
		if (first[i] < first[i - 1])
			return false;
	return !x->h.parts ? !x->len[PARTS] : first[0] == 0 && first[x->len[ROUTES]] == x->len[PARTS];
}

static bool
is_valid(struct index *x, struct tree *tree, struct str file)
{
	if (file.len < sizeof(x->h))
		return false;
	memcpy(&x->h, file.at, sizeof(x->h));
	x->at = file.at;
	return memcmp(x->h.magic, magic, sizeof(magic)) == 0 && x->h.program == program_stamp() &&
	       x->h.checksum == checksum(str_drop(file, offsetof(struct header, program))) &&
	       sections_fit(x, file.len) && probes_hold(x, tree);
}

/* The arena gives texts at any address. */
static struct str
aligned(struct arena *keep, struct str s)
{
	char *p;

	if ((uintptr_t)s.at % 8 == 0)
		return s;
	p = arena_alloc(keep, s.len + 1);
	memcpy(p, s.at, s.len);
	return (struct str){ p, s.len };
}

struct index *
index_read(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep)
{
	struct arena_mark mark = arena_mark(keep);
	struct str path = index_path(tree, arch, keep, false), file;
	struct index *x = NEW(keep, struct index); /* what comes next is aligned */

	if (path.at && file_read(keep, path.at, &file) == 0 && is_valid(x, tree, aligned(keep, file))) {
		x->keep = keep;
		x->pool = pool;
		x->cond = NEW_ARRAY(keep, const struct cond *, x->len[NODES] + 1);
		return x;
	}
	arena_reset(keep, mark);
	return NULL;
}

struct str
index_srcarch(const struct index *x)
{
	return string(x, x->h.srcarch);
}

struct name_list
index_files(struct index *x)
{
	struct name_list files = { NEW_ARRAY(x->keep, struct str, x->len[FILES] + 1), x->len[FILES] };
	const uint32_t *number = section(x, FILES);

	for (size_t i = 0; i < files.len; i++)
		files.at[i] = string(x, number[i]);
	return files;
}

void
index_tell(const struct index *x, struct diag *d)
{
	const struct told *t = section(x, TOLD);

	for (size_t i = 0; i < x->len[TOLD]; i++)
		diag_add(d, t[i].severity < DIAG_ERROR ? (enum severity)t[i].severity : DIAG_ERROR, string(x, t[i].file), t[i].line,
		         "%.*s", STR_ARG(string(x, t[i].message)));
}

size_t
index_routes(const struct index *x)
{
	return x->len[ROUTES];
}

struct str
index_route_object(const struct index *x, size_t route)
{
	return string(x, ((const struct entry *)section(x, ROUTES))[route].object);
}

struct route *
index_route(struct index *x, size_t route)
{
	const struct entry *e = (const struct entry *)section(x, ROUTES) + route;
	struct route *r = NEW(x->keep, struct route);

	*r = (struct route){
		.object = string(x, e->object), .dir = string(x, e->dir), .makefile = string(x, e->makefile), .line = e->line,
		.module = cond_at(x, e->module), .builtin = cond_at(x, e->builtin), .own = cond_at(x, e->own),
		.gates = cond_at(x, e->gates), .id = (unsigned)route,
	};
	route_names(x->keep, r);
	return r;
}

static struct lookup
lookup_at(const struct index *x, enum section slots, enum section next)
{
	return (struct lookup){ section(x, slots), section(x, next), (uint32_t)x->len[slots], (uint32_t)x->len[next] };
}

struct lookup
index_by_name(const struct index *x)
{
	return lookup_at(x, NAME_SLOTS, NAME_NEXT);
}

bool
index_has_parts(const struct index *x)
{
	return x->h.parts;
}

struct str
index_part_object(const struct index *x, size_t part)
{
	return string(x, ((const struct pair *)section(x, PARTS))[part].object);
}

const uint32_t *
index_first(const struct index *x)
{
	return section(x, FIRST);
}

struct part_list
index_parts(struct index *x, size_t route)
{
	const uint32_t *first = (const uint32_t *)section(x, FIRST) + route;
	const struct pair *p = (const struct pair *)section(x, PARTS) + first[0];
	size_t len = first[1] - first[0];
	struct part *part = NEW_ARRAY(x->keep, struct part, len + 1);

	for (size_t i = 0; i < len; i++)
		part[i] = (struct part){ string(x, p[i].object), cond_at(x, p[i].when) };
	return (struct part_list){ part, len };
}

struct lookup
index_by_object(const struct index *x)
{
	return lookup_at(x, OBJECT_SLOTS, OBJECT_NEXT);
}

struct cost_list
index_costs(struct index *x)
{
	const struct pair *p = section(x, COSTS);
	struct object_cost *cost = NEW_ARRAY(x->keep, struct object_cost, x->len[COSTS] + 1);

	for (size_t i = 0; i < x->len[COSTS]; i++)
		cost[i] = (struct object_cost){ string(x, p[i].object), cond_at(x, p[i].when) };
	return (struct cost_list){ cost, x->len[COSTS] };
}
