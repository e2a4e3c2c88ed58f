// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * encode.h - a model as clauses.
 *
 * Every bool and tristate symbol is a pair of literals: `on` (not n) and `yes` (y); of a bool they are the same.
 * A model of the clauses is a configuration in which every visible symbol has the user value it shows, so what the
 * evaluator makes of those user values is the same configuration (the solver checks that it is). Selecting against
 * unmet direct dependencies is forbidden. MODULES is y.
 *
 * Numbers and strings are no literals. A comparison with one is encoded over the values it can take: its defaults in
 * their order, ranges left aside. With `numbers` they are what they are there. Either way the caller checks the answer.
 *
 * Groups: with `groups` set, each constraint holds only under a group literal, so that a contradiction names the
 * symbols and rules it comes from. Without, all hold outright and solving is faster.
 */
#ifndef KCONFIG_ENCODE_H
#define KCONFIG_ENCODE_H

#include "base/cond.h"
#include "kconfig/config.h"
#include "kconfig/sat.h"

struct pair { int on, yes; };

enum rule { RULE_VISIBLE, RULE_SELECTED, RULE_DEFAULT, RULE_UNMET, RULE_CHOICE, RULE_MODULES, RULES };

struct group {
	const struct symbol *sym;
	enum rule rule;
	int literal;
};

struct encoding {
	const struct kconfig *model;
	struct config *base;          /* evaluated; gives values of numbers and strings that have no encoding */
	struct config *numbers;       /* NULL: the defaults are encoded; else the values of numbers and strings */
	struct sat *sat;
	struct arena *keep;
	struct pair *sym;             /* by symbol id */
	struct pair *expr;            /* by expression id; on == 0: not encoded yet */
	int *cond;                    /* by condition id; 0: not yet */
	size_t conds;
	const struct binding *bound;  /* NULL: every name is looked up */
	bool groups;
	VEC(struct group) group;
};

struct encode_options {
	struct config *base;
	struct config *numbers;       /* may be NULL */
	const bool *cone;             /* by symbol id: what is encoded, the rest is what it is in base; NULL: all */
	const struct binding *bound;  /* may be NULL */
	bool groups;
};

/* Conditions of one pool with the model's symbols in the place of names, made once for many encodings. */
struct bound {
	unsigned a, b;                /* ids of the parts; of an atom: the symbol's id, or BOUND_NOTHING, and BOUND_ATOM */
};
struct binding {
	struct bound *cond;           /* by condition id; all zero: a condition that is in none of those given */
	size_t len;
};
struct binding *binding_make(const struct kconfig *, const struct cond *const *conds, size_t n, struct arena *keep);

/* By condition id: is a symbol of the cone in it? What is in no cone is a constant literal. */
bool *binding_touched(const struct binding *, const bool *cone, struct arena *keep);

struct encoding *encode(const struct kconfig *, const struct encode_options *, struct sat *, struct arena *keep);

struct pair encode_expr(struct encoding *, const struct expr *);
int encode_cond(struct encoding *, const struct cond *);

/* "symbol has this value", a literal. For numbers and strings SAT_TRUE when it is what base has, else -SAT_TRUE. */
int encode_value(struct encoding *, const struct symbol *, struct str value);

/* What the last model gives the symbol. */
enum tri encoding_tri(struct encoding *, const struct symbol *);

/* The pair for "some prompt of the symbol is visible". */
struct pair encode_visible(struct encoding *, const struct symbol *);

#endif
