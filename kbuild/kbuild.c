// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
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
	bool unsettled, news;            /* something asked for changed just then; there is more than the index holds */
	struct states states;            /* of walk.make.probed */
	struct indexed all;              /* of what is being written */
	struct beside writer;
	struct index *index;             /* NULL: there was none that holds */
	VEC(struct route *) route;       /* by id; NULL: still in the index */
	VEC(struct origin) origin;
	struct name_list files;
	struct str srcarch;
	struct map odd;                  /* objects whose names have a '/' -> struct route *, while evaluating */
	struct lookup by_name, by_object; /* by_object: empty until it is asked for */
	VEC(struct part) part;           /* of all routes, evaluated */
	const uint32_t *first;           /* by route: its first part; and the end. NULL: not looked for yet */
	struct part_list *parts;         /* by route, from the index; NULL `at`: not made yet */
	struct cost_list costs;
	uint32_t *weight;                /* by cost; 0: not known yet */
};

static struct str
without_suffix(struct str path)
{
	size_t dot = str_rindex(path, '.'), slash = str_rindex(path, '/');

	return dot < path.len && (slash == path.len || dot > slash) ? str_take(path, dot) : path;
}

void
route_names(struct arena *keep, struct route *r)
{
	struct str base = without_suffix(path_base(r->object)), stem = without_suffix(r->object);
	char *path = arena_bytes(keep, stem.len + 10), *name;

	memcpy(path, "kernel/", 7);
	memcpy(path + 7, stem.at, stem.len);
	memcpy(path + 7 + stem.len, ".ko", 3);
	r->path = (struct str){ path, stem.len + 10 };
	r->name = base;
	if (!str_has(base, '-'))
		return;
	name = arena_bytes(keep, base.len);
	for (size_t i = 0; i < base.len; i++)
		name[i] = base.at[i] == '-' ? '_' : base.at[i];
	r->name.at = name;
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

	if (!may_share(chain, literal))
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

	if (a->kind > COND_TRUE && done && may_share(a, b)) {
		c = cond_and(v->pool, without_implied(k, a, b, &done), b);
		if (done)
			return c;
	}
	c = both(v, a, b);
	return c != a && c != b && may_share(a, b) ? logic_shorten(v->logic, c) : c;
}

/* The object's route when it has been listed by another directory, which only names with a '/' can do. */
static struct route *
listed_before(struct kbuild *k, const struct item *item, struct str object)
{
	struct route *r = map_get(&k->odd, object);
	const struct dir *own;
	long i;

	if (r || !str_has(item->name, '/'))
		return r;
	own = walk_dir(&k->walk, path_dir(object));
	i = own ? map_index(&own->object_name, path_base(object)) : -1;
	return i < 0 || !own->object.at[i].route ? NULL : k->route.at[own->object.at[i].route - 1];
}

static void
add_route(struct kbuild *k, struct dir *d, struct item *item)
{
	struct values *v = &k->walk.make.values;
	struct walk *w = &k->walk;
	struct str object = walk_object_path(w, d, item);
	const struct cond *y = walk_final(w, item->y), *m = walk_final(w, item->m);
	struct route r = {
		.object = object, .dir = d->path, .module = join(k, d->module, m), .builtin = join(k, d->builtin, y),
		.own = either(v, y, m), .gates = d->gates,
		.makefile = place_file(&w->make, item->place), .line = place_line(item->place),
	}, *new;

	if (r.own == v->pool->no)
		return;
	if (may_share(r.own, r.gates) || (y->a && m->a))
		r.own = logic_shorten_given(v->logic, r.own, r.gates);
	if ((new = listed_before(k, item, object))) {
		route_merge(k, new, &r);
		return;
	}
	r.id = (unsigned)k->route.len;
	route_names(v->keep, &r);
	new = NEW(v->keep, struct route);
	*new = r;
	item->route = r.id + 1;
	if (str_has(item->name, '/'))
		*map_put(&k->odd, v->keep, object) = new;
	vec_push(v->keep, &k->route, new);
	vec_push(v->keep, &k->origin, ((struct origin){ d, item->name }));
}

/* The directory's items in modules.order's order: directories of obj-y, obj-m; then what is only in obj-y. */
static void
add_routes(struct kbuild *k, struct dir *d)
{
	if (!d || d->listed)
		return;
	d->listed = true;
	for (size_t i = 0; i < d->y.len; i++)
		if (d->y.at[i] & 1)
			add_routes(k, d->entered[d->y.at[i] / 2]);
	for (size_t i = 0; i < d->m.len; i++)
		if (d->m.at[i] & 1)
			add_routes(k, d->entered[d->m.at[i] / 2]);
		else
			add_route(k, d, &d->object.at[d->m.at[i] / 2]);
	for (size_t i = 0; i < d->y.len; i++) {
		struct item *item = &d->object.at[d->y.at[i] / 2];

		if (!(d->y.at[i] & 1) && item->m == k->walk.make.values.pool->no)
			add_route(k, d, item);
	}
}

static uint64_t
name_hash(const void *ctx, size_t route)
{
	return map_hash(((const struct kbuild *)ctx)->route.at[route]->name);
}

static uint64_t
object_hash(const void *ctx, size_t part)
{
	return map_hash(without_suffix(((const struct kbuild *)ctx)->part.at[part].object));
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

/* The state of what evaluation asked for, right behind it: what changes later makes an index of it invalid. */
static void
note_states(struct kbuild *k)
{
	if (k->caches)
		k->unsettled |= !index_states(k->walk.make.tree, &k->walk.make.probed, k->keep, &k->states);
	k->news = k->caches;
}

static struct lookup
look_up_objects(const struct kbuild *k, struct arena *keep)
{
	return lookup_new(keep, k->part.len, object_hash, k);
}

static void *
write_all(void *ctx)
{
	struct kbuild *k = ctx;
	struct arena own = { 0 };

	if (k->all.part && !k->all.by_object.slots)
		k->all.by_object = look_up_objects(k, &own);
	index_write(k->walk.make.tree, k->arch, &k->all);
	arena_release(&own);
	return NULL;
}

/* False: there is nothing that is to be written. */
static bool
collect_all(struct kbuild *k)
{
	bool news = k->news && !k->unsettled && !k->told.errors;

	k->news = false;
	if (news)
		k->all = (struct indexed){ .srcarch = k->srcarch, .route = kbuild_routes(k).at, .routes = k->route.len,
			.by_name = k->by_name, .part = k->part.at, .first = k->first, .by_object = k->by_object, .costs = k->costs,
			.files = k->files, .told = k->told.list.at, .tolds = k->told.list.len, .probed = &k->walk.make.probed,
			.states = &k->states };
	return news;
}

/* Nothing of it changes any more, so that it can be read beside whatever comes next. */
static void
write_beside(struct kbuild *k)
{
	if (collect_all(k))
		beside_start(&k->writer, write_all, k);
}

void
kbuild_close(struct kbuild *k)
{
	beside_wait(&k->writer);
	if (collect_all(k))
		write_all(k);
}

static void
end(void *k)
{
	kbuild_close(k);
}

static bool
evaluate(struct kbuild *k, struct tree *tree, struct cond_pool *pool)
{
	if (!walk_tree(&k->walk, tree, k->arch, NULL, pool, k->keep, &k->told, NULL, NULL))
		return false;
	add_routes(k, walk_dir(&k->walk, STR("")));
	k->walked = true;
	k->by_name = lookup_new(k->keep, k->route.len, name_hash, k);
	k->files = (struct name_list){ k->walk.make.file.at, k->walk.make.file.len };
	k->srcarch = k->walk.srcarch;
	note_states(k);
	return true;
}

static bool
recall(struct kbuild *k, struct tree *tree, struct cond_pool *pool)
{
	struct index *x = k->caches ? index_read(tree, k->arch, pool, k->keep) : NULL;

	if (!x)
		return false;
	make_init(&k->walk.make, tree, pool, k->keep, &k->told);
	k->walk.make.values.logic = logic_new(pool, k->keep);
	k->index = x;
	k->route.len = k->route.cap = index_routes(x);
	k->route.at = NEW_ARRAY(k->keep, struct route *, k->route.len + 1);
	k->by_name = index_by_name(x);
	k->srcarch = index_srcarch(x);
	index_tell(x, &k->told);
	if (!index_has_parts(x))
		return true;
	k->first = index_first(x);
	k->by_object = index_by_object(x);
	k->parts = NEW_ARRAY(k->keep, struct part_list, k->route.len + 1);
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
	k->caches = caches;
	return k;
}

static struct kbuild *
open_tree(struct tree *tree, struct str arch, struct cond_pool *pool, struct arena *keep, struct diag *diag, bool caches)
{
	struct kbuild *k = kbuild_new(arch, keep, diag, caches);
	bool fine = recall(k, tree, pool) || evaluate(k, tree, pool);

	tell(k);
	if (fine)
		arena_at_end(keep, end, k);
	return fine ? k : NULL;
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

static const struct route *
route_at(struct kbuild *k, size_t id)
{
	if (!k->route.at[id])
		k->route.at[id] = index_route(k->index, id);
	return k->route.at[id];
}

size_t
kbuild_route_count(const struct kbuild *k)
{
	return k->route.len;
}

struct route_list
kbuild_routes(struct kbuild *k)
{
	const struct route **list = NEW_ARRAY(k->keep, const struct route *, k->route.len + 1);

	for (size_t i = 0; i < k->route.len; i++)
		list[i] = route_at(k, i);
	return (struct route_list){ list, k->route.len };
}

const struct route *
kbuild_by_path(struct kbuild *k, struct str path)
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

struct routes { const struct route **at; size_t len, cap; };

struct route_list
kbuild_by_name(struct kbuild *k, struct str name)
{
	struct routes found = { 0 };
	struct str key;
	char buf[256];

	if (name.len > sizeof(buf))
		return (struct route_list){ 0 };
	for (size_t i = 0; i < name.len; i++)
		buf[i] = name.at[i] == '-' ? '_' : name.at[i];
	key = (struct str){ buf, name.len };
	for (uint32_t i = lookup_first(&k->by_name, map_hash(key)); i < k->by_name.len; i = lookup_next(&k->by_name, i))
		if (str_eq(route_at(k, i)->name, key))
			vec_push(k->keep, &found, route_at(k, i));
	return (struct route_list){ found.at, found.len };
}

/* After an index without parts: the tree once more, to the same routes in the same order. */
static void
walk_now(struct kbuild *k)
{
	struct kbuild *again;

	if (k->walked)
		return;
	again = kbuild_new(k->arch, k->keep, k->diag, k->caches);
	if (!evaluate(again, k->walk.make.tree, k->walk.make.values.pool) || again->route.len != k->route.len)
		return; /* the tree changed meanwhile */
	for (size_t i = 0; i < k->route.len; i++)
		if (!k->route.at[i])
			k->route.at[i] = again->route.at[i];
	k->walk = again->walk;
	k->walk.make.diag = &k->told;
	k->origin.at = again->origin.at;
	k->origin.len = again->origin.len;
	k->files = again->files;
	k->states = again->states;
	k->unsettled = again->unsettled;
	k->walked = true;
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

/* lib.a is made wherever its directory is entered. */
static void
add_libraries(struct kbuild *k, struct costs *c)
{
	struct walk *w = &k->walk;

	for (size_t i = 0; i < w->order.len; i++) {
		const struct dir *d = w->order.at[i];

		for (size_t n = 0; n < d->lib.len; n++) {
			const struct item *item = &d->object.at[d->lib.at[n] / 2];

			add_cost(k, c, walk_object_path(w, d, item), join(k, d->visited, walk_final(w, item->lib)));
		}
	}
}

static void
find_costs(struct kbuild *k)
{
	struct values *v = &k->walk.make.values;
	struct costs c = { 0 };

	vec_reserve(v->keep, &c.list, k->part.len + k->part.len / 8 + 1);
	map_reserve(&c.object, v->keep, k->part.len + k->part.len / 8 + 1);
	for (size_t i = 0; i < k->route.len; i++) {
		const struct route *r = route_at(k, i);
		const struct cond *built = either(v, r->module, r->builtin);

		for (size_t p = k->first[i]; p < k->first[i + 1]; p++)
			add_cost(k, &c, k->part.at[p].object, both(v, built, k->part.at[p].when));
	}
	add_libraries(k, &c);
	k->costs = (struct cost_list){ c.list.at, c.list.len };
}

/* The parts of every route, and the costs. */
static void
find_parts(struct kbuild *k)
{
	uint32_t *first;

	if (k->first)
		return;
	walk_now(k);
	k->first = first = NEW_ARRAY(k->keep, uint32_t, k->route.len + 1);
	if (!k->walked)
		return;
	vec_reserve(k->keep, &k->part, k->route.len + k->route.len / 2 + 1);
	for (size_t i = 0; i < k->route.len; i++) {
		const struct route *r = route_at(k, i);
		const struct origin *o = &k->origin.at[i];
		struct part_list parts = walk_parts(&k->walk, o->dir, o->name, r->object, r->module, r->builtin);

		for (size_t p = 0; p < parts.len; p++)
			vec_push(k->keep, &k->part, parts.at[p]);
		first[i + 1] = (uint32_t)k->part.len;
	}
	find_costs(k);
	tell(k);
	note_states(k);
	write_beside(k);
}

struct part_list
kbuild_parts(struct kbuild *k, const struct route *r)
{
	find_parts(k);
	if (!k->parts)
		return (struct part_list){ k->part.at + k->first[r->id], k->first[r->id + 1] - k->first[r->id] };
	if (!k->parts[r->id].at)
		k->parts[r->id] = index_parts(k->index, r->id);
	return k->parts[r->id];
}

size_t
kbuild_part_count(struct kbuild *k)
{
	find_parts(k);
	return k->first[k->route.len];
}

struct str
kbuild_part_object(struct kbuild *k, size_t part)
{
	return k->parts ? index_part_object(k->index, part) : k->part.at[part].object;
}

/* The route with this part. */
static const struct route *
route_of_part(struct kbuild *k, uint32_t part)
{
	size_t low = 0, high = k->route.len; /* first[low] <= part < first[high] */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (k->first[middle] <= part)
			low = middle;
		else
			high = middle;
	}
	return route_at(k, low);
}

struct route_list
kbuild_by_source(struct kbuild *k, struct str path)
{
	struct str stem = without_suffix(path);
	struct routes found = { 0 };

	find_parts(k);
	if (!k->by_object.slots && !k->parts)
		k->by_object = look_up_objects(k, k->keep);
	for (uint32_t i = lookup_first(&k->by_object, map_hash(stem)); i < k->by_object.len; i = lookup_next(&k->by_object, i))
		if (str_eq(without_suffix(kbuild_part_object(k, i)), stem))
			vec_push(k->keep, &found, route_of_part(k, i));
	return (struct route_list){ found.at, found.len };
}

/* The file an object is compiled from: the first of these that the tree has. */
static struct str
find_source(struct kbuild *k, struct str object, long *size)
{
	static const char *const suffixes[] = { ".c", ".S", ".rs" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		struct str path = str_format(k->keep, "%.*s%s", (int)object.len - 2, object.at, suffixes[i]);

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

struct cost_list
kbuild_costs(struct kbuild *k)
{
	find_parts(k);
	if (!k->costs.at && k->parts)
		k->costs = index_costs(k->index);
	return k->costs;
}

size_t
kbuild_weight(struct kbuild *k, size_t cost)
{
	long size;

	if (!k->weight)
		k->weight = NEW_ARRAY(k->keep, uint32_t, k->costs.len + 1);
	if (!k->weight[cost]) {
		find_source(k, k->costs.at[cost].object, &size);
		k->weight[cost] = HEADERS_WEIGHT + (uint32_t)size;
	}
	return k->weight[cost];
}

struct name_list
kbuild_files(struct kbuild *k)
{
	if (!k->files.at && k->index)
		k->files = index_files(k->index);
	return k->files;
}
