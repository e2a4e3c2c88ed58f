// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kbuild.h - what the kernel's Makefiles build, asked backwards and forwards.
 *
 * Backwards: kbuild_open evaluates the Kbuild and Makefile files of a whole tree once, every CONFIG_ variable
 * kept symbolic, and gives a route per object that is listed anywhere: the condition under which it becomes a
 * module, and the one under which it is linked into vmlinux. Forwards: kbuild_built evaluates the same files
 * for one configuration and gives what `make` would build. The rules are scripts/Makefile.build's and
 * scripts/Makefile.lib's; nothing is ever executed: $(shell ...) has an unknown value.
 *
 * The room knows no types: to make a symbol is empty, y, m, or some other text. "CONFIG_X is not empty" becomes
 * "X is on", and COND_SET for symbols that the Makefiles compare with other texts or take names from.
 *
 * What could not be understood and decides about an object is a diagnostic with file and line: an error where
 * the Makefile is malformed, a warning where a value is unknown (it then counts as empty).
 */
#ifndef KBUILD_KBUILD_H
#define KBUILD_KBUILD_H

#include "base/cond.h"
#include "base/tree.h"

struct kbuild;

/*
 * One object that a Kbuild file lists: kernel/drivers/net/e1000e/e1000e.ko, whether it can be a module or only
 * built in. Never both at once: `module` and `builtin` exclude each other.
 */
struct route {
	struct str path;              /* kernel/DIR/NAME.ko, as in modules.order */
	struct str name;              /* as the module is called: '-' is '_' */
	struct str object;            /* DIR/NAME.o */
	const struct cond *module;    /* a .ko is built; constant false: never */
	const struct cond *builtin;   /* it is linked into vmlinux */
	const struct cond *own;       /* its own Makefile lists it in obj-y or obj-m, given that `gates` holds */
	const struct cond *gates;     /* the Makefiles above descend to it, for whichever of the two */
	struct str dir, makefile;     /* "drivers/net/e1000e", ".../Makefile" (the file with the first line that lists it) */
	unsigned line;
	unsigned id;                  /* index among the routes */
};

struct route_list { const struct route *const *at; size_t len; };

/* An object file that an object consists of, and when it belongs. */
struct part {
	struct str object;            /* drivers/net/e1000e/mac.o */
	const struct cond *when;      /* besides the route's own conditions */
};

struct part_list { const struct part *at; size_t len; };

/* An object file costs something as long as `when` holds. */
struct object_cost {
	struct str object;
	const struct cond *when;      /* it is compiled, as part of a module or of vmlinux */
};

struct cost_list { const struct object_cost *at; size_t len; };

/*
 * The whole tree, symbolic. `arch` is what ARCH= would be given ("x86_64", "arm64"); SRCARCH follows as the
 * top Makefile says. NULL, with a diagnostic, when the tree has no arch/SRCARCH/Makefile. Everything lives in
 * `keep`, the pool's arena should too; `tree` must stay open.
 *
 * What had to be evaluated goes into the index below $XDG_CACHE_HOME/derpconfig/kbuild (index.h), which the next
 * kbuild_open reads: by a thread of its own as soon as it is complete, with parts and costs; otherwise by kbuild_close,
 * which the end of `keep` implies. Who closes the tree before calls it before that. Failing to write is no matter. The diag
 * must last as long.
 */
struct kbuild *kbuild_open(struct tree *, struct str arch, struct cond_pool *, struct arena *keep, struct diag *);
void kbuild_close(struct kbuild *);

/* kbuild_open without the index; nothing is written. */
struct kbuild *kbuild_evaluate(struct tree *, struct str arch, struct cond_pool *, struct arena *keep, struct diag *);

struct str kbuild_srcarch(const struct kbuild *);                 /* x86 */

/* All routes; sub-directories of obj-y before those of obj-m, as modules.order has them. */
size_t kbuild_route_count(const struct kbuild *);
struct route_list kbuild_routes(struct kbuild *);
const struct route *kbuild_by_path(struct kbuild *, struct str path);  /* kernel/....ko; NULL: none */
struct route_list kbuild_by_name(struct kbuild *, struct str name);    /* "e1000e"; '-' and '_' are the same */
struct route_list kbuild_by_source(struct kbuild *, struct str path);  /* .c, .S, .rs or .o, from the top */

struct part_list kbuild_parts(struct kbuild *, const struct route *);

/* The parts of all routes, in the routes' order; an object of several is among them as often. */
size_t kbuild_part_count(struct kbuild *);
struct str kbuild_part_object(struct kbuild *, size_t part);
struct str kbuild_source(struct kbuild *, struct str object);     /* its .c, .S or .rs; empty: made by the build */

/*
 * Every object file once, those of libraries last. What one costs, by its place in the list, is 46 KiB (headers) and its
 * source's bytes; it is asked for one by one, since it takes a look at the source.
 */
struct cost_list kbuild_costs(struct kbuild *);
size_t kbuild_weight(struct kbuild *, size_t cost);

/* Makefiles read, for messages and benchmarks, in the order they were read. */
struct name_list kbuild_files(struct kbuild *);

/*
 * Forwards. `value` gives the text a .config holds, as cond_eval's does. Modules stand in modules.order's order,
 * objects in link order.
 */
struct built_object {
	struct str object;            /* drivers/pci/probe.o, or a composite one */
	struct str dir;
	bool library;                 /* listed in lib-y */
	struct part_list parts;       /* `when` is constant */
};

struct built {
	struct str *module;           /* kernel/....ko */
	size_t modules;
	struct built_object *object;
	size_t objects;
};

/* False, with a diagnostic, for the reasons kbuild_open returns NULL. Lives in `keep`. */
bool kbuild_built(struct tree *, struct str arch, struct str (*value)(void *ctx, struct str symbol), void *ctx,
                  struct arena *keep, struct diag *, struct built *out);

/* The same in these directories only, whose parents are among them ("" is the top): a fraction of the work. */
bool kbuild_built_in(struct tree *, struct str arch, const struct map *dirs,
                     struct str (*value)(void *ctx, struct str symbol), void *ctx, struct arena *keep, struct diag *,
                     struct built *out);

#endif
