// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cond.h - a condition on a kernel configuration: what kbuild asks and the solver must satisfy.
 *
 * Conditions are two-valued; the three values of a tristate appear as atoms: "X is y", "X is m". X=n is
 * !(X is y) && !(X is m), and "X is on" is their OR. A symbol that does not exist is n. String and number
 * symbols have the atom "X is set" (nonempty in make's eyes) as COND_SET and "X equals TEXT" as COND_EQ.
 *
 * Equal conditions of one pool are one pointer. Constructors simplify: constants vanish, X && X is X,
 * X && !X is false; NOT is pushed onto atoms only when printed. Trees are shared and immutable.
 */
#ifndef BASE_COND_H
#define BASE_COND_H

#include "base/map.h"

enum cond_kind { COND_FALSE, COND_TRUE, COND_Y, COND_M, COND_SET, COND_EQ, COND_NOT, COND_AND, COND_OR };

struct cond {
	enum cond_kind kind : 8;
	bool once;                /* made of AND and OR of literals, each symbol in one of them only: none says it shorter */
	unsigned short depth;     /* atoms and constants are 1 deep; at most 65535 */
	unsigned id;              /* dense per pool: an index for tables beside */
	uint64_t symbols;         /* bits of hashes: conditions without a common bit have no common symbol */
	struct str symbol;        /* COND_Y, COND_M, COND_SET, COND_EQ: without CONFIG_ */
	struct str text;          /* COND_EQ */
	const struct cond *a, *b; /* COND_NOT: a; COND_AND, COND_OR: both */
};

struct cond_pool {
	struct arena *keep;
	struct map symbols;            /* interned symbol names */
	VEC(struct cond *) block;      /* conditions by id, 256 in each */
	struct cond_slot { uint32_t number, hash; } *table; /* hash-consing: id + 1 */
	size_t slots, hashed, len;     /* places of the table, conditions in it, conditions (atoms stand with their symbol) */
	const struct cond *yes, *no;
};

void cond_pool_init(struct cond_pool *, struct arena *keep);

const struct cond *cond_bool(struct cond_pool *, bool);
const struct cond *cond_is(struct cond_pool *, struct str symbol, char value); /* 'y', 'm' or 'n' */
const struct cond *cond_on(struct cond_pool *, struct str symbol);             /* y or m */
const struct cond *cond_set(struct cond_pool *, struct str symbol);
const struct cond *cond_eq(struct cond_pool *, struct str symbol, struct str text);
const struct cond *cond_not(struct cond_pool *, const struct cond *);
const struct cond *cond_and(struct cond_pool *, const struct cond *, const struct cond *);
const struct cond *cond_or(struct cond_pool *, const struct cond *, const struct cond *);

/*
 * The condition's value where `value(ctx, symbol)` gives the text a .config holds for the symbol: "y", "m",
 * a string without quotes, a number, or empty for n and for symbols that do not exist.
 */
bool cond_eval(const struct cond *, struct str (*value)(void *ctx, struct str symbol), void *ctx);

/*
 * As people write it: "X", "X=y", "X=m", "!X", "A && (B || C)"; X alone means y or m. "1" and "0" are the
 * constants. cond_parse reads the same back: print then parse gives the same pointer in one pool.
 * NULL, with *end at the offending byte, where the text is malformed. Depth is bounded.
 */
void cond_print(const struct cond *, struct text *out);
const struct cond *cond_parse(struct cond_pool *, struct str text, const char **end);

/* Every symbol named, each once, in order of first appearance. */
void cond_symbols(const struct cond *, struct arena *, struct map *names);

#endif
