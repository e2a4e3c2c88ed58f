// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sat.h - a SAT solver with assumptions, as small as we need it. Only sat.c knows which one it is.
 *
 * Literals are nonzero ints, negative for "not". SAT_TRUE is a literal that always holds, so that constants
 * need no cases of their own; -SAT_TRUE never holds.
 */
#ifndef KCONFIG_SAT_H
#define KCONFIG_SAT_H

#include <stdbool.h>
#include <stddef.h>

enum { SAT_TRUE = 1 };

struct sat;

struct sat *sat_new(void);
void sat_release(struct sat *);

int sat_var(struct sat *);                                /* a fresh variable */
void sat_clause(struct sat *, const int *literals, size_t n);
void sat_add1(struct sat *, int a);
void sat_add2(struct sat *, int a, int b);
void sat_add3(struct sat *, int a, int b, int c);

/* Gates: a literal that is equal to the formula. Equal gates are one literal; constants fold. */
int sat_and(struct sat *, int a, int b);
int sat_or(struct sat *, int a, int b);
int sat_ite(struct sat *, int cond, int then, int otherwise);
int sat_equal(struct sat *, int a, int b);

/* Assumptions hold for the next sat_solve only. */
void sat_assume(struct sat *, int literal);
enum sat_result { SAT_NO, SAT_YES, SAT_UNKNOWN };
enum sat_result sat_solve(struct sat *);
bool sat_value(struct sat *, int literal);                /* after SAT_YES */
bool sat_failed(struct sat *, int literal);               /* after SAT_NO: was the assumption part of the reason? */
int sat_fixed(struct sat *, int literal);                 /* 1: holds in every model; -1: in none; 0: not known */

/* Which of the literals cannot hold together, found by unit propagation alone? See propagator_core. */
size_t sat_core(struct sat *, const int *literals, size_t n, size_t *core);
int sat_implied(const struct sat *, int literal);         /* after sat_core was 0: 1, -1, or 0 where nothing follows */

struct sat_counts {
	size_t variables, clauses, solves;
};
struct sat_counts sat_counts(const struct sat *);

#endif
