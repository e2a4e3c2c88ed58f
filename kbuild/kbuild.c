// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "kbuild/index.h"
#include "kbuild/logic.h"
#include "kbuild/walk.h"

enum { HEADERS_WEIGHT = 46 << 10 };

struct origin { struct dir *dir; struct str name; }; /* where a route's parts are defined */

struct kbuild {
	struct walk walk;
	struct arena *keep;
	struct str arch;
	struct diag *diag, told;         /* the caller's; what evaluation said, which goes there and into the index */
	size_t tolds;                    /* of which so many have gone there */
	bool walked, caches;             /* walked: `walk` and `origin` are there, not only what the index held */
	VEC(struct route) route;
	VEC(struct origin) origin;
	const struct route **list;       /* pointers to the routes */
	struct library *library;
	size_t libraries;
	struct name_list files;
	struct str srcarch;
	struct map path;                 /* kernel/....ko -> index into route */
	struct map *name;                /* e1000e -> struct routes *, made on demand */
	struct map object;               /* path without suffix -> struct routes *, made on demand */
	struct part_list *parts;         /* by route; NULL: not looked for yet */
	struct cost_list costs;
};

struct routes { const struct route **at; size_t len, cap; };

static struct arena *
keep_of(const struct kbuild *k)
{
	return k->keep;
}

static struct str
without_suffix(struct str path)
{
	size_t dot = str_rindex(path, '.'), slash = str_rindex(path, '/');

	return dot < path.len && (slash == path.len || dot > slash) ? str_take(path, dot) : path;
}

static struct str
module_name(struct arena *keep, struct str path)
{
	struct str base = without_suffix(path_base(path));
	char *p = str_c(keep, base);

	for (size_t i = 0; i < base.len; i++)
		if (p[i] == '-')
			p[i] = '_';
	return (struct str){ p, base.len };
}

/* ---- backwards ---------------------------------------------------------------------------------------- */

/* The same object is listed by a second directory. */
static void
route_merge(struct kbuild *k, struct route *r, const struct route *more)
{
	struct values *v = &k->walk.make.values;

	if (r->gates == more->gates) {
		r->own = either(v, r->own, more->own);
	} else {
		r->own = either(v, both(v, r->own, r->gates), both(v, more->own, more->gates));
		r->gates = v->pool->yes;
	}
	r->builtin = either(v, r->builtin, more->builtin);
	r->module = both(v, either(v, r->module, more->module), cond_not(v->pool, r->builtin));
}

/* Is the literal one of the alternatives? Then it implies them. */
static bool
is_alternative(const struct cond *c, const struct cond *literal)
{
	return c == literal || (c->kind == COND_OR && (is_alternative(c->a, literal) || is_alternative(c->b, literal)));
}

/* The chain without the operands that the literal implies; *done is false where its symbol is in it in another way. */
static const struct cond *
without_implied(struct kbuild *k, const struct cond *chain, const struct cond *literal, bool *done)
{
	struct values *v = &k->walk.make.values;

	if (!may_share(v, chain, literal))
		return chain;
	if (chain->kind == COND_AND)
		return cond_and(v->pool, without_implied(k, chain->a, literal, done), without_implied(k, chain->b, literal, done));
	if (is_alternative(chain, literal))
		return v->pool->yes;
	*done = false;
	return chain;
}

/* a && b of final conditions, shortened. Most often a's chain has "X is on" and b is "X is m". */
static const struct cond *
join(struct kbuild *k, const struct cond *a, const struct cond *b)
{
	struct values *v = &k->walk.make.values;
	bool done = b->kind == COND_Y || b->kind == COND_M;
	const struct cond *c;

	if (a->kind > COND_TRUE && done && may_share(v, a, b)) {
		c = cond_and(v->pool, without_implied(k, a, b, &done), b);
		if (done)
			return c;
	}
	c = both(v, a, b);
	return c != a && c != b && may_share(v, a, b) ? logic_shorten(v->logic, c) : c;
}

static void
add_route(struct kbuild *k, struct dir *d, const struct item *item)
{
	struct values *v = &k->walk.make.values;
	struct walk *w = &k->walk;
	struct str object = walk_object_path(w, d, item);
	const struct cond *y = walk_final(w, item->y), *m = walk_final(w, item->m);
	struct route r = {
		.object = object, .dir = d->path, .module = join(k, d->module, m), .builtin = join(k, d->builtin, y),
		.own = either(v, y, m), .gates = d->gates,
		.makefile = place_file(&w->make, item->place), .line = place_line(item->place),
	};
	size_t i;

	if (r.own == v->pool->no)
		return;
	if (may_share(v, r.own, r.gates) || (y->a && m->a))
		r.own = logic_shorten_given(v->logic, r.own, r.gates);
	r.path = str_format(v->keep, "kernel/%.*s.ko", (int)object.len - 2, object.at);
	r.name = module_name(v->keep, object);
	i = map_index_put(&k->path, v->keep, r.path);
	if (i < k->route.len) {
		route_merge(k, &k->route.at[i], &r);
		return;
	}
	r.id = (unsigned)i;
	vec_push(v->keep, &k->route, r);
	vec_push(v->keep, &k->origin, ((struct origin){ d, item->name }));
}

/* The directory's items in modules.order's order: directories of obj-y, obj-m; then what is only in obj-y. */
static void
add_routes(struct kbuild *k, struct dir *d)
{
	if (d->listed)
		return;
	d->listed = true;
	for (size_t i = 0; i < d->y.len; i++)
		if (d->y.at[i] & 1)
			add_routes(k, walk_dir(&k->walk, walk_sub_path(&k->walk, d, &d->sub.at[d->y.at[i] / 2])));
	for (size_t i = 0; i < d->m.len; i++)
		if (d->m.at[i] & 1)
			add_routes(k, walk_dir(&k->walk, walk_sub_path(&k->walk, d, &d->sub.at[d->m.at[i] / 2])));
		else
			add_route(k, d, &d->object.at[d->m.at[i] / 2]);
	for (size_t i = 0; i < d->y.len; i++) {
		const struct item *item = &d->object.at[d->y.at[i] / 2];

		if (!(d->y.at[i] & 1) && item->m == k->walk.make.values.pool->no)
			add_route(k, d, item);
	}
}

static struct routes *
routes_in(const struct kbuild *k, struct map *map, struct str key)
{
	void **slot = map_put(map, keep_of(k), key);

	if (!*slot)
		*slot = NEW(keep_of(k), struct routes);
	return *slot;
}

/* What evaluation had to say goes to the caller, once. */
static void
tell(struct kbuild *k)
{
	for (; k->tolds < k->told.list.len; k->tolds++) {
		const struct diag_entry *e = &k->told.list.at[k->tolds];

		diag_add(k->diag, e->severity, e->file, e->line, "%.*s", STR_ARG(e->message));
	}
}

static void
save(struct kbuild *k)
{
	struct indexed x = { .srcarch = k->srcarch, .route = k->route.at, .routes = k->route.len, .parts = k->parts,
		.library = k->library, .libraries = k->libraries, .file = k->files.at, .files = k->files.len,
		.told = k->told.list.at, .tolds = k->told.list.len };

	if (k->caches && !k->told.errors)
		index_write(k->walk.make.tree, k->arch, &k->walk.make.probed, &x);
}

static bool
evaluate(struct kbuild *k, struct tree *tree, struct cond_pool *pool)
{
	if (!walk_tree(&k->walk, tree, k->arch, NULL, pool, k->keep, &k->told, NULL, NULL))
		return false;
	add_routes(k, walk_dir(&k->walk, STR("")));
	k->walked = true;
	k->files = (struct name_list){ k->walk.make.file.at, k->walk.make.file.len };
	k->srcarch = k->walk.srcarch;
	return true;
}

static bool
recall(struct kbuild *k, struct tree *tree, struct cond_pool *pool)
{
	struct indexed x;

	if (!k->caches || !index_read(tree, k->arch, pool, k->keep, &x))
		return false;
	make_init(&k->walk.make, tree, pool, k->keep, &k->told);
	k->walk.make.values.logic = logic_new(pool, k->keep);
	k->route.at = x.route;
	k->route.len = k->route.cap = x.routes;
	k->parts = x.parts;
	k->library = x.library;
	k->libraries = x.libraries;
	k->files = (struct name_list){ x.file, x.files };
	k->srcarch = x.srcarch;
	for (size_t i = 0; i < x.tolds; i++)
		diag_add(&k->told, x.told[i].severity, x.told[i].file, x.told[i].line, "%.*s", STR_ARG(x.told[i].message));
	return true;
}

static struct kbuild *
kbuild_new(struct str arch, struct arena *keep, struct diag *diag, bool caches)
{
	struct kbuild *k = NEW(keep, struct kbuild);

	k->keep = keep;
	k->arch = str_copy(keep, arch);
	k->diag = diag;
	k->told.keep = keep;
	k->name = NEW(keep, struct map);
	k->caches = caches;
	return k;
}

static struct kbuild *
open_tree(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep, struct diag *diag, bool caches)
{
	struct kbuild *k = kbuild_new(arch, keep, diag, caches);
	bool recalled = recall(k, tree, pool), fine = recalled || evaluate(k, tree, pool);

	tell(k);
	if (!fine)
		return NULL;
	k->list = NEW_ARRAY(keep, const struct route *, k->route.len + 1);
	for (size_t i = 0; i < k->route.len; i++)
		k->list[i] = &k->route.at[i];
	if (!recalled)
		save(k);
	return k;
}

struct kbuild *
kbuild_open(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep, struct diag *diag)
{
	return open_tree(tree, arch, pool, keep, diag, true);
}

struct kbuild *
kbuild_evaluate(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep, struct diag *diag)
{
	return open_tree(tree, arch, pool, keep, diag, false);
}

struct str
kbuild_srcarch(const struct kbuild *k)
{
	return k->srcarch;
}

struct route_list
kbuild_routes(const struct kbuild *k)
{
	return (struct route_list){ k->list, k->route.len };
}

const struct route *
kbuild_by_path(const struct kbuild *k, struct str path)
{
	struct str object;
	struct route_list list;

	if (!str_starts(path, STR("kernel/")) || !str_ends(path, STR(".ko")))
		return NULL;
	object = str_span(path.at + 7, path.at + path.len - 3);
	list = kbuild_by_name(k, path_base(object));
	for (size_t i = 0; i < list.len; i++)
		if (str_eq(list.at[i]->path, path))
			return list.at[i];
	return NULL;
}

static struct route_list
list_of(const struct routes *r)
{
	return r ? (struct route_list){ r->at, r->len } : (struct route_list){ 0 };
}

struct route_list
kbuild_by_name(const struct kbuild *k, struct str name)
{
	char buf[256];

	if (name.len > sizeof(buf))
		return (struct route_list){ 0 };
	if (!k->name->len)
		for (size_t i = 0; i < k->route.len; i++)
			vec_push(k->keep, routes_in(k, k->name, k->list[i]->name), k->list[i]);
	for (size_t i = 0; i < name.len; i++)
		buf[i] = name.at[i] == '-' ? '_' : name.at[i];
	return list_of(map_get(k->name, (struct str){ buf, name.len }));
}

/* After an index without parts: the tree once more, to the same routes in the same order. */
static void
walk_now(struct kbuild *k)
{
	struct kbuild *again;

	if (k->walked)
		return;
	again = kbuild_new(k->arch, k->keep, k->diag, false);
	if (!evaluate(again, k->walk.make.tree, k->walk.make.values.pool) || again->route.len != k->route.len)
		return; /* the tree changed meanwhile */
	k->walk = again->walk;
	k->walk.make.diag = &k->told;
	k->origin.at = again->origin.at;
	k->origin.len = again->origin.len;
	k->walked = true;
}

/* The parts of every route, and the libraries; the index has them from then on. */
static void
find_parts(struct kbuild *k)
{
	struct walk *w = &k->walk;
	VEC(struct library) libraries = { 0 };

	if (k->parts)
		return;
	walk_now(k);
	k->parts = NEW_ARRAY(k->keep, struct part_list, k->route.len + 1);
	if (!k->walked)
		return;
	for (size_t i = 0; i < k->route.len; i++)
		k->parts[i] = walk_parts(w, k->origin.at[i].dir, k->origin.at[i].name, k->route.at[i].module, k->route.at[i].builtin);
	for (size_t i = 0; i < w->order.len; i++) {
		const struct dir *d = w->order.at[i];

		for (size_t n = 0; n < d->lib.len; n++) { /* made wherever the directory is entered */
			const struct item *item = &d->object.at[d->lib.at[n] / 2];

			vec_push(k->keep, &libraries, ((struct library){ walk_object_path(w, d, item),
			         join(k, d->visited, walk_final(w, item->lib)) }));
		}
	}
	k->library = libraries.at;
	k->libraries = libraries.len;
	tell(k);
	save(k);
}

struct part_list
kbuild_parts(struct kbuild *k, const struct route *r)
{
	find_parts(k);
	return k->parts[r->id];
}

struct route_list
kbuild_by_source(struct kbuild *k, struct str path)
{
	find_parts(k);
	if (!k->object.len)
		for (size_t i = 0; i < k->route.len; i++)
			for (size_t p = 0; p < k->parts[i].len; p++) {
				struct routes *in = routes_in(k, &k->object, without_suffix(k->parts[i].at[p].object));

				vec_push(k->keep, in, k->list[i]);
			}
	return list_of(map_get(&k->object, without_suffix(path)));
}

/* The file an object is compiled from: the first of these that the tree has. */
static struct str
find_source(struct kbuild *k, struct str object, long *size)
{
	static const char *const suffixes[] = { ".c", ".S", ".rs" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		struct str path = str_format(keep_of(k), "%.*s%s", (int)object.len - 2, object.at, suffixes[i]);

		if ((*size = tree_size(k->walk.make.tree, path)) >= 0)
			return path;
	}
	*size = 0;
	return STR("");
}

struct str
kbuild_source(struct kbuild *k, struct str object)
{
	long size;

	return find_source(k, object, &size);
}

static int
cost_compare(const void *a, const void *b)
{
	return str_cmp(((const struct object_cost *)a)->object, ((const struct object_cost *)b)->object);
}

struct costs { struct map object; VEC(struct object_cost) list; };

static void
add_cost(struct kbuild *k, struct costs *c, struct str object, const struct cond *when)
{
	struct values *v = &k->walk.make.values;
	size_t i;

	if (when == v->pool->no)
		return;
	i = map_index_put(&c->object, v->keep, object);
	if (i == c->list.len)
		vec_push(v->keep, &c->list, ((struct object_cost){ .object = object, .when = when }));
	else
		c->list.at[i].when = either(v, c->list.at[i].when, when);
}

struct cost_list
kbuild_costs(struct kbuild *k)
{
	struct values *v = &k->walk.make.values;
	struct costs c = { 0 };

	if (k->costs.at)
		return k->costs;
	find_parts(k);
	for (size_t i = 0; i < k->route.len; i++) {
		const struct route *r = &k->route.at[i];
		const struct cond *built = either(v, r->module, r->builtin);
		struct part_list parts = k->parts[i];

		for (size_t p = 0; p < parts.len; p++)
			add_cost(k, &c, parts.at[p].object, both(v, built, parts.at[p].when));
	}
	for (size_t i = 0; i < k->libraries; i++)
		add_cost(k, &c, k->library[i].object, k->library[i].when);
	for (size_t i = 0; i < c.list.len; i++) {
		struct object_cost *o = &c.list.at[i];
		long size;

		o->source = find_source(k, o->object, &size);
		o->weight = HEADERS_WEIGHT + (size_t)size;
	}
	if (c.list.len)
		qsort(c.list.at, c.list.len, sizeof(*c.list.at), cost_compare);
	k->costs = (struct cost_list){ c.list.at, c.list.len };
	return k->costs;
}

struct name_list
kbuild_files(const struct kbuild *k)
{
	return k->files;
}
