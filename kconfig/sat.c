// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/sat.h"

#include <ccadical.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "kconfig/propagate.h"

/* A gate that was made: kind 0 AND(a, b); 1 ITE(a, b, c). */
struct gate {
	int kind, a, b, c, out;
};

struct sat {
	CCaDiCaL *solver;      /* NULL: not needed so far, propagation alone found every model */
	struct arena keep;
	struct propagator *quick;
	VEC(int) pending;      /* clauses that the solver has not seen yet, each ended by 0: it takes many at once better */
	VEC(int) assumed;      /* for the next sat_solve */
	VEC(size_t) core;      /* room for as many */
	bool *model;           /* by variable: found by propagation. NULL: the solver has it */
	struct sat_counts counts;
	struct gate *gate;     /* open addressing; out == 0 is free */
	size_t gates, slots;
	int plain;             /* variables that were there before the first gate: what the formula is about */
};

struct sat *
sat_new(void)
{
	struct sat *s = xmalloc(sizeof(*s));

	*s = (struct sat){ .solver = NULL };
	s->quick = propagator_new(&s->keep);
	sat_var(s);
	sat_add1(s, SAT_TRUE);
	return s;
}

void
sat_release(struct sat *s)
{
	if (!s)
		return;
	if (s->solver)
		ccadical_release(s->solver);
	arena_release(&s->keep);
	free(s);
}

int
sat_var(struct sat *s)
{
	return (int)++s->counts.variables;
}

void
sat_clause(struct sat *s, const int *literals, size_t n)
{
	size_t at;

	for (size_t i = 0; i < n; i++)
		if (literals[i] == SAT_TRUE && n > 1)
			return;
	at = s->pending.len;
	for (size_t i = 0; i < n; i++)
		if (literals[i] != -SAT_TRUE)
			vec_push(&s->keep, &s->pending, literals[i]);
	propagator_clause(s->quick, s->pending.at + at, s->pending.len - at);
	vec_push(&s->keep, &s->pending, 0);
	s->counts.clauses++;
}

void
sat_add1(struct sat *s, int a)
{
	sat_clause(s, (int[]){ a }, 1);
}

void
sat_add2(struct sat *s, int a, int b)
{
	sat_clause(s, (int[]){ a, b }, 2);
}

void
sat_add3(struct sat *s, int a, int b, int c)
{
	sat_clause(s, (int[]){ a, b, c }, 3);
}

static size_t
gate_slot(const struct sat *s, const struct gate *g)
{
	uint64_t h = (uint64_t)(uint32_t)g->a * 0x9e3779b97f4a7c15u ^ (uint64_t)(uint32_t)g->b * 0xc2b2ae3d27d4eb4fu ^
	             (uint64_t)(uint32_t)g->c * 0x165667b19e3779f9u ^ (uint64_t)g->kind;
	size_t i = (size_t)(h ^ h >> 31) & (s->slots - 1);

	while (s->gate[i].out && !(s->gate[i].a == g->a && s->gate[i].b == g->b && s->gate[i].c == g->c &&
	                           s->gate[i].kind == g->kind))
		i = (i + 1) & (s->slots - 1);
	return i;
}

/* The place of the gate in the table; its `out` is 0 when it is new. */
static struct gate *
gate_find(struct sat *s, struct gate want)
{
	size_t i;

	if (s->gates * 2 >= s->slots) {
		struct gate *old = s->gate;
		size_t n = s->slots;

		if (!n)
			s->plain = (int)s->counts.variables;
		s->slots = n ? n * 4 : 4096;
		s->gate = NEW_ARRAY(&s->keep, struct gate, s->slots);
		for (size_t k = 0; k < n; k++)
			if (old[k].out)
				s->gate[gate_slot(s, &old[k])] = old[k];
	}
	i = gate_slot(s, &want);
	if (!s->gate[i].out) {
		s->gate[i] = want;
		s->gates++;
	}
	return &s->gate[i];
}

int
sat_and(struct sat *s, int a, int b)
{
	struct gate *g;
	int out;

	if (a == -SAT_TRUE || b == -SAT_TRUE || a == -b)
		return -SAT_TRUE;
	if (a == SAT_TRUE || a == b)
		return b;
	if (b == SAT_TRUE)
		return a;
	if (a > b) {
		int t = a;

		a = b;
		b = t;
	}
	g = gate_find(s, (struct gate){ 0, a, b, 0, 0 });
	if (g->out)
		return g->out;
	out = g->out = sat_var(s);
	sat_add2(s, -out, a);
	sat_add2(s, -out, b);
	sat_add3(s, out, -a, -b);
	return out;
}

int
sat_or(struct sat *s, int a, int b)
{
	return -sat_and(s, -a, -b);
}

int
sat_ite(struct sat *s, int c, int a, int b)
{
	struct gate *g;
	int out;

	if (c == SAT_TRUE || a == b)
		return a;
	if (c == -SAT_TRUE)
		return b;
	if (a == SAT_TRUE || a == c)
		return sat_or(s, c, b);
	if (a == -SAT_TRUE || a == -c)
		return sat_and(s, -c, b);
	if (b == SAT_TRUE || b == -c)
		return sat_or(s, -c, a);
	if (b == -SAT_TRUE || b == c)
		return sat_and(s, c, a);
	g = gate_find(s, (struct gate){ 1, c, a, b, 0 });
	if (g->out)
		return g->out;
	out = g->out = sat_var(s);
	sat_add3(s, -c, -a, out);
	sat_add3(s, -c, a, -out);
	sat_add3(s, c, -b, out);
	sat_add3(s, c, b, -out);
	return out;
}

int
sat_equal(struct sat *s, int a, int b)
{
	return sat_ite(s, a, b, -b);
}

void
sat_assume(struct sat *s, int literal)
{
	vec_push(&s->keep, &s->assumed, literal);
	vec_push(&s->keep, &s->core, 0);
}

/* A first clause that says nothing names the last variable: the solver makes room for all of them in one step. */
static void
hand_over(struct sat *s)
{
	int last = (int)s->counts.variables;

	if (!s->solver) {
		s->solver = ccadical_init();
		ccadical_set_option(s->solver, "phase", 0);   /* a lean model is a better guess than a fat one */
		ccadical_set_option(s->solver, "quiet", 1);
	}
	if (!s->pending.len)
		return;
	for (int i = 0; i < 3; i++)
		ccadical_add(s->solver, (int[]){ last, -last, 0 }[i]);
	for (size_t i = 0; i < s->pending.len; i++)
		ccadical_add(s->solver, s->pending.at[i]);
	s->pending.len = 0;
}

/* Once propagation failed, the solver has the clauses and answers quicker. */
static bool
propagate(struct sat *s)
{
	int variables = (int)s->counts.variables;

	s->model = s->solver ? NULL : NEW_ARRAY(&s->keep, bool, (size_t)variables + 1);
	if (s->model && !propagator_model(s->quick, s->assumed.at, s->assumed.len, s->core.at, s->model, variables,
	                                  s->gates ? s->plain : variables))
		s->model = NULL;
	return s->model;
}

enum sat_result
sat_solve(struct sat *s)
{
	bool found = propagate(s);

	s->counts.solves++;
	if (!found) {
		hand_over(s);
		for (size_t i = 0; i < s->assumed.len; i++)
			ccadical_assume(s->solver, s->assumed.at[i]);
		found = ccadical_solve(s->solver) == 10;
	}
	s->assumed.len = s->core.len = 0;
	return found ? SAT_YES : SAT_NO;
}

bool
sat_value(struct sat *s, int literal)
{
	if (s->model)
		return s->model[abs(literal)] == (literal > 0);
	return ccadical_val(s->solver, literal) > 0;
}

bool
sat_failed(struct sat *s, int literal)
{
	return ccadical_failed(s->solver, literal) != 0;
}

int
sat_fixed(struct sat *s, int literal)
{
	return propagator_fixed(s->quick, literal);
}

size_t
sat_core(struct sat *s, const int *literals, size_t n, size_t *core)
{
	return propagator_core(s->quick, literals, n, core);
}

int
sat_implied(const struct sat *s, int literal)
{
	return propagator_implied(s->quick, literal);
}

struct sat_counts
sat_counts(const struct sat *s)
{
	return s->counts;
}
