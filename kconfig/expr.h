// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expr.h - making and rewriting expressions while a model is built (private to the room).
 *
 * Here NULL is "no condition", as in conf: NULL && X is X, and so is NULL || X. What leaves the builder has yes
 * or no instead. Rewriting never changes an expression, it gives another one; each rewrite of one expression is
 * done once and remembered. Equal results come from scripts/kconfig/expr.c (v6.12), whose order of operands the
 * warnings of conf show.
 */
#ifndef KCONFIG_EXPR_H
#define KCONFIG_EXPR_H

#include "kconfig/kconfig.h"

enum { EXPR_DEPTH_MAX = 4000 }; /* deeper ones are cut and counted in expr_pool.cut */

struct expr_memo {
	const struct expr *transformed, *deduped, *with_modules, *differs_from_n;
};

/* An expression without pointers, by which it is found: its kind, and the ids of what is left and right in it. */
struct expr_parts {
	uint32_t kind, l, r;
};

struct expr_slot {
	uint32_t tag, at;               /* a part of the hash; id + 1, 0: free */
};

struct expr_pool {
	struct arena *keep;
	VEC(const struct expr *) list;  /* by id */
	VEC(struct expr_parts) parts;   /* by id */
	struct expr_slot *table;        /* hash-consing */
	size_t slots;
	struct expr_memo *memo;         /* by id; malloc'ed, gone after finalising */
	size_t memo_cap;
	uint16_t *depth;                /* by id, like memo */
	size_t depth_cap;
	const struct expr **of_symbol;  /* by symbol id */
	size_t of_symbol_cap;
	const struct symbol *y, *m, *n;
	const struct symbol *modules;   /* what "m" is ANDed with */
	const struct expr *yes, *mod, *no;
	size_t cut;
	bool old;                       /* joins operands as kernels before 6.12 did, which keep a lone "&& y" */
	/* Told about a bool that is compared with m; the result is n or y. May be NULL. */
	void (*told_m)(void *ctx, const struct symbol *, const char *forced_to);
	void *ctx;
};

void expr_pool_init(struct expr_pool *, struct arena *keep, const struct symbol *y, const struct symbol *m,
                    const struct symbol *n);
void expr_pool_forget(struct expr_pool *);  /* types have changed: what was remembered may be wrong */
void expr_pool_done(struct expr_pool *);    /* gives back what was remembered; the pool stays usable */

const struct expr *expr_symbol(struct expr_pool *, const struct symbol *);
const struct expr *expr_not(struct expr_pool *, const struct expr *);
const struct expr *expr_two(struct expr_pool *, enum expr_kind, const struct expr *, const struct expr *);
const struct expr *expr_compare(struct expr_pool *, enum expr_kind, const struct symbol *, const struct symbol *);
const struct expr *expr_and(struct expr_pool *, const struct expr *, const struct expr *); /* either may be NULL */
const struct expr *expr_or(struct expr_pool *, const struct expr *, const struct expr *);

/* "m" becomes "m && MODULES", so that it is n without modules. */
const struct expr *expr_with_modules(struct expr_pool *, const struct expr *);
/* !(a && b) is !a || !b, a bool's a=y is a, and so on. */
const struct expr *expr_transform(struct expr_pool *, const struct expr *);
/* Operands that stand twice, or contradict each other, are joined. */
const struct expr *expr_dedup(struct expr_pool *, const struct expr *);
/* Removes the operands both have in common. */
void expr_remove_common(struct expr_pool *, const struct expr **, const struct expr **);
/* What is not n exactly when e is not n, written with explicit comparisons. */
const struct expr *expr_differs_from_n(struct expr_pool *, const struct expr *);
/* What is y when e is n. */
const struct expr *expr_equals_n(struct expr_pool *, const struct expr *);
/* Each symbol `from[i]` replaced by `to[i]`. */
const struct expr *expr_replace(struct expr_pool *, const struct expr *, const struct symbol *const *from,
                                const struct symbol *const *to, size_t n);

bool expr_mentions(const struct expr *, const struct symbol *);
bool expr_needs(const struct expr *, const struct symbol *); /* is it n whenever the symbol is? */
static inline bool
expr_is_yes(const struct expr_pool *p, const struct expr *e)
{
	return !e || e == p->yes;
}

#endif
