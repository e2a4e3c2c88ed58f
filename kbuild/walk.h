// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.h - the directories of a build and what each lists; within the room.
 *
 * A directory's Kbuild file is evaluated once. Its lists obj-y, obj-m, lib-y, lib-m, subdir-y and subdir-m become
 * items: a name, and the conditions under which it stands in each. How a directory is reached is a property of
 * the whole walk: `builtin` (asked for built-in.a), `module` (asked for modules.order), `visited` (at all).
 */
#ifndef KBUILD_WALK_H
#define KBUILD_WALK_H

#include "kbuild/kbuild.h"
#include "kbuild/make.h"

struct item {
	struct str name;              /* foo.o, or sub for "sub/" */
	const struct cond *y, *m;     /* in obj-y; in obj-m and not in obj-y */
	const struct cond *lib;       /* objects: in lib-y; directories: in subdir-y or -m */
	unsigned place;
	unsigned route;               /* for kbuild.c: id + 1 */
};

/* Items in the order of the list they were first in. */
struct order { uint32_t *at; size_t len, cap; };

struct dir {
	struct str path;              /* "" is the top */
	struct scope *scope;
	VEC(struct item) object, sub;
	struct map object_name, sub_name;
	struct order y, m, lib;       /* obj-y, obj-m, lib-y: 2 * index, + 1 for a directory */
	const struct cond *builtin, *module, *visited, *gates;
	struct dir **entered;         /* by sub: its directory; NULL: it is not entered */
	bool walking, listed;
};

struct memo { const struct cond **at; size_t len; }; /* by condition id; NULL: not made yet */

struct walk {
	struct make make;
	struct map dirs;              /* path -> struct dir * */
	VEC(struct dir *) order;      /* parents before children */
	struct scope *top, *base;
	struct str arch, srcarch;
	struct memo final[2];         /* see walk_final */
	const struct map *only;       /* directories that are entered; NULL: all that are reached */
	struct value value;           /* of the list that is being read, and its words: the room of one after the other */
	struct alts words;
};

/* Evaluates everything that the configuration (or some configuration) reaches. False, with a diagnostic. */
bool walk_tree(struct walk *, struct tree *, struct str arch, const struct map *only, struct cond_pool *,
               struct arena *keep, struct diag *, struct str (*symbol)(void *ctx, struct str name), void *ctx);

struct dir *walk_dir(const struct walk *, struct str path);
struct str walk_object_path(const struct walk *, const struct dir *, const struct item *);

/* As the room gives it out: symbols' kinds known, nothing unknown left (a warning says what counted as empty). */
const struct cond *walk_final(struct walk *, const struct cond *);

/*
 * What an object, listed by the directory as `name`, consists of: the words of NAME-objs, NAME-y and, for a module,
 * NAME-m; the object itself, which `path` is, where all of these (and NAME-) are empty. `module` and `builtin` are
 * the route's conditions.
 */
struct part_list walk_parts(struct walk *, const struct dir *, struct str name, struct str path,
                            const struct cond *module, const struct cond *builtin);

#endif
