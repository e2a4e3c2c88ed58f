// SPDX-License-Identifier: GPL-2.0-or-later
/* Forwards: what one configuration builds. Every condition is a constant here. */
#include <stdlib.h>

#include "kbuild/walk.h"

struct builder {
	struct walk walk;
	struct map module;            /* paths already listed */
	VEC(struct str) modules;
	VEC(struct built_object) objects;
	struct map entered;           /* directories whose built-in objects are listed */
};

static bool
holds(struct builder *b, const struct cond *c)
{
	return walk_final(&b->walk, c)->kind == COND_TRUE;
}

static void
add_module(struct builder *b, struct dir *d, const struct item *item)
{
	struct arena *keep = b->walk.make.values.keep;
	struct str object = walk_object_path(&b->walk, d, item), path;

	if (!holds(b, item->m))
		return;
	path = str_format(keep, "kernel/%.*s.ko", (int)object.len - 2, object.at);
	if (map_index(&b->module, path) >= 0)
		return;
	map_put(&b->module, keep, path);
	vec_push(keep, &b->modules, path);
}

/*
 * modules.order of a directory: "$(patsubst %/,%/modules.order, $(filter %/, $(obj-y)) $(obj-m))", where a
 * sub-directory's stands for what it lists; the first mention of a module counts.
 */
static void
add_modules(struct builder *b, struct dir *d)
{
	if (!d || d->listed || !holds(b, d->module))
		return;
	d->listed = true;
	for (size_t i = 0; i < d->y.len; i++)
		if ((d->y.at[i] & 1) && holds(b, d->sub.at[d->y.at[i] / 2].y))
			add_modules(b, d->entered[d->y.at[i] / 2]);
	for (size_t i = 0; i < d->m.len; i++)
		if (!(d->m.at[i] & 1))
			add_module(b, d, &d->object.at[d->m.at[i] / 2]);
		else if (holds(b, d->sub.at[d->m.at[i] / 2].m))
			add_modules(b, d->entered[d->m.at[i] / 2]);
}

static void
add_object(struct builder *b, struct dir *d, const struct item *item, bool library)
{
	struct walk *w = &b->walk;
	const struct cond *yes = w->make.values.pool->yes, *no = w->make.values.pool->no;
	struct str path = walk_object_path(w, d, item);

	vec_push(w->make.values.keep, &b->objects, ((struct built_object){
		.object = path, .dir = d->path, .library = library, .parts = walk_parts(w, d, item->name, path, no, yes) }));
}

/* built-in.a of a directory, its parts in their order; then lib.a, which every directory entered makes. */
static void
add_objects(struct builder *b, struct dir *d)
{
	struct arena *keep = b->walk.make.values.keep;

	if (!d || !holds(b, d->visited) || map_index(&b->entered, d->path) >= 0)
		return;
	map_put(&b->entered, keep, d->path);
	for (size_t i = 0; i < d->y.len; i++) {
		const struct item *item = d->y.at[i] & 1 ? &d->sub.at[d->y.at[i] / 2] : &d->object.at[d->y.at[i] / 2];

		if (!holds(b, item->y))
			continue;
		if (d->y.at[i] & 1)
			add_objects(b, d->entered[d->y.at[i] / 2]);
		else if (holds(b, d->builtin))
			add_object(b, d, item, false);
	}
	for (size_t i = 0; i < d->lib.len; i++)
		if (holds(b, d->object.at[d->lib.at[i] / 2].lib))
			add_object(b, d, &d->object.at[d->lib.at[i] / 2], true);
	for (size_t i = 0; i < d->sub.len; i++) {
		const struct item *item = &d->sub.at[i];

		if (holds(b, item->y) || holds(b, item->m) || holds(b, item->lib))
			add_objects(b, d->entered[i]);
	}
}

bool
kbuild_built(struct tree *tree, struct str arch, struct str (*value)(void *ctx, struct str symbol), void *ctx,
             struct arena *keep, struct diag *diag, struct built *out)
{
	return kbuild_built_in(tree, arch, NULL, value, ctx, keep, diag, out);
}

bool
kbuild_built_in(struct tree *tree, struct str arch, const struct map *dirs,
                struct str (*value)(void *ctx, struct str symbol), void *ctx, struct arena *keep, struct diag *diag,
                struct built *out)
{
	struct builder *b = NEW(keep, struct builder);
	struct cond_pool *pool = NEW(keep, struct cond_pool);

	cond_pool_init(pool, keep);
	*out = (struct built){ 0 };
	if (!walk_tree(&b->walk, tree, arch, dirs, pool, keep, diag, value, ctx))
		return false;
	add_modules(b, walk_dir(&b->walk, STR("")));
	add_objects(b, walk_dir(&b->walk, STR("")));
	*out = (struct built){ b->modules.at, b->modules.len, b->objects.at, b->objects.len };
	return true;
}
