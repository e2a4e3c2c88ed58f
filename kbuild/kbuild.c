// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "kbuild/logic.h"
#include "kbuild/walk.h"

enum { HEADERS_WEIGHT = 46 << 10 };

struct origin { struct dir *dir; struct str name; }; /* where a route's parts are defined */

struct kbuild {
	struct walk walk;
	VEC(struct route) route;
	VEC(struct origin) origin;
	VEC(const struct route *) list;  /* pointers to the routes */
	struct map path;                 /* kernel/....ko -> index into route */
	struct map name;                 /* e1000e -> struct routes * */
	struct map object;               /* path without suffix -> struct routes *, made on demand */
	struct part_list **parts;        /* by route; NULL: not looked for yet */
	struct cost_list costs;
};

struct routes { const struct route **at; size_t len, cap; };

static struct arena *
keep_of(const struct kbuild *k)
{
	return k->walk.make.values.keep;
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
routes_in(struct kbuild *k, struct map *map, struct str key)
{
	void **slot = map_put(map, keep_of(k), key);

	if (!*slot)
		*slot = NEW(keep_of(k), struct routes);
	return *slot;
}

struct kbuild *
kbuild_open(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep, struct diag *diag)
{
	struct kbuild *k = NEW(keep, struct kbuild);

	if (!walk_tree(&k->walk, tree, arch, pool, keep, diag, NULL, NULL))
		return NULL;
	add_routes(k, walk_dir(&k->walk, STR("")));
	for (size_t i = 0; i < k->route.len; i++) {
		const struct route *r = &k->route.at[i];
		struct routes *same = routes_in(k, &k->name, r->name);

		vec_push(keep, same, r);
		vec_push(keep, &k->list, r);
	}
	k->parts = NEW_ARRAY(keep, struct part_list *, k->route.len + 1);
	return k;
}

struct str
kbuild_srcarch(const struct kbuild *k)
{
	return k->walk.srcarch;
}

struct route_list
kbuild_routes(const struct kbuild *k)
{
	return (struct route_list){ k->list.at, k->list.len };
}

const struct route *
kbuild_by_path(const struct kbuild *k, struct str path)
{
	long i = map_index(&k->path, path);

	return i < 0 ? NULL : &k->route.at[i];
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
	for (size_t i = 0; i < name.len; i++)
		buf[i] = name.at[i] == '-' ? '_' : name.at[i];
	return list_of(map_get(&k->name, (struct str){ buf, name.len }));
}

struct part_list
kbuild_parts(struct kbuild *k, const struct route *r)
{
	struct part_list **slot = &k->parts[r->id], list;

	if (*slot)
		return **slot;
	list = walk_parts(&k->walk, k->origin.at[r->id].dir, k->origin.at[r->id].name, r->module, r->builtin);
	*slot = NEW(keep_of(k), struct part_list);
	**slot = list;
	return list;
}

struct route_list
kbuild_by_source(struct kbuild *k, struct str path)
{
	if (!k->object.len)
		for (size_t i = 0; i < k->list.len; i++) {
			struct part_list parts = kbuild_parts(k, k->list.at[i]);

			for (size_t p = 0; p < parts.len; p++) {
				struct routes *in = routes_in(k, &k->object, without_suffix(parts.at[p].object));

				vec_push(keep_of(k), in, k->list.at[i]);
			}
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

/* lib.a is made of what the directory lists, wherever it is entered. */
static void
add_library_costs(struct kbuild *k, struct costs *c)
{
	struct walk *w = &k->walk;

	for (size_t i = 0; i < w->order.len; i++) {
		struct dir *d = w->order.at[i];

		for (size_t n = 0; n < d->lib.len; n++) {
			const struct item *item = &d->object.at[d->lib.at[n] / 2];

			add_cost(k, c, walk_object_path(w, d, item),
			         join(k, d->visited, walk_final(w, item->lib)));
		}
	}
}

struct cost_list
kbuild_costs(struct kbuild *k)
{
	struct values *v = &k->walk.make.values;
	struct costs c = { 0 };

	if (k->costs.at)
		return k->costs;
	for (size_t i = 0; i < k->route.len; i++) {
		const struct route *r = &k->route.at[i];
		const struct cond *built = either(v, r->module, r->builtin);
		struct part_list parts = kbuild_parts(k, r);

		for (size_t p = 0; p < parts.len; p++)
			add_cost(k, &c, parts.at[p].object, both(v, built, parts.at[p].when));
	}
	add_library_costs(k, &c);
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
	return (struct name_list){ k->walk.make.file.at, k->walk.make.file.len };
}
