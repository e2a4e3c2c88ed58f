// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/maxsat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Counts how many of its inputs hold: out[j] is "at least j + 1". Made when a core is found. */
struct counter {
	int *out;
	size_t len;
};

/* A soft literal of the working formula: one that was given, or "at most j" of a counter. */
struct work {
	int literal;
	uint64_t weight;
	const struct counter *counter;  /* NULL: given */
	size_t next;                    /* of a counter: the output that follows */
	size_t order;                   /* when it came */
};

struct maxsat {
	struct sat *sat;
	struct arena *keep;
	VEC(struct work) soft;
	const struct soft *given;
	size_t givens;
	struct maxsat_result r;
	size_t max_solves;
	bool *value;
	size_t values;
	int *assumed;           /* what the solver was last asked for, and which soft literal each is; room for `room` */
	size_t *index, *core;
	size_t room, assumptions;
	size_t made;            /* soft literals so far */
};

static void
merge(struct sat *s, const int *a, size_t na, const int *b, size_t nb, int *out)
{
	for (size_t i = 0; i <= na; i++)
		for (size_t k = 0; k <= nb; k++) {
			/* i of the left and k of the right make i + k */
			if (i + k > 0)
				sat_add3(s, i ? -a[i - 1] : -SAT_TRUE, k ? -b[k - 1] : -SAT_TRUE, out[i + k - 1]);
		}
}

/* A totalizer over inputs; only "at least" is enforced, which is all that minimising needs. */
static int *
totalizer(struct maxsat *m, const int *in, size_t n)
{
	int *out = NEW_ARRAY(m->keep, int, n), *l, *r;

	if (n == 1) {
		out[0] = in[0];
		return out;
	}
	l = totalizer(m, in, n / 2);
	r = totalizer(m, in + n / 2, n - n / 2);
	for (size_t i = 0; i < n; i++)
		out[i] = sat_var(m->sat);
	merge(m->sat, l, n / 2, r, n - n / 2, out);
	return out;
}

/* The literals wanted now. */
static void
choose(struct maxsat *m, uint64_t threshold)
{
	if (m->soft.len > m->room) {
		m->room = m->soft.len * 2;
		m->assumed = NEW_ARRAY(m->keep, int, m->room);
		m->index = NEW_ARRAY(m->keep, size_t, m->room);
		m->core = NEW_ARRAY(m->keep, size_t, m->room);
	}
	m->assumptions = 0;
	for (size_t i = 0; i < m->soft.len; i++)
		if (m->soft.at[i].weight >= threshold) {
			m->assumed[m->assumptions] = m->soft.at[i].literal;
			m->index[m->assumptions++] = i;
		}
}

static enum sat_result
solve(struct maxsat *m)
{
	for (size_t i = 0; i < m->assumptions; i++)
		sat_assume(m->sat, m->assumed[i]);
	m->r.solves++;
	return sat_solve(m->sat);
}

static uint64_t
model_cost(struct maxsat *m)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < m->givens; i++)
		if (!sat_value(m->sat, m->given[i].literal))
			cost += m->given[i].weight;
	return cost;
}

static void
keep_model(struct maxsat *m)
{
	uint64_t cost = model_cost(m);

	if (m->r.status == SAT_YES && cost >= m->r.cost)
		return;
	m->r.status = SAT_YES;
	m->r.cost = cost;
	for (size_t i = 1; m->value && i < m->values; i++)
		m->value[i] = sat_value(m->sat, (int)i);
}

/* The failed assumptions, as indexes into `assumed`. */
static size_t
read_core(struct maxsat *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->assumptions; i++)
		if (sat_failed(m->sat, m->assumed[i]))
			m->core[n++] = i;
	return n;
}

static void
add_work(struct maxsat *m, struct work w)
{
	w.order = m->made++;
	vec_push(m->keep, &m->soft, w);
}

static void
relax(struct maxsat *m, const size_t *core, size_t n)
{
	uint64_t least = UINT64_MAX;
	struct counter *c;
	int *in;

	for (size_t i = 0; i < n; i++)
		if (m->soft.at[core[i]].weight < least)
			least = m->soft.at[core[i]].weight;
	m->r.bound += least;
	m->r.cores++;
	in = NEW_ARRAY(m->keep, int, n);
	for (size_t i = 0; i < n; i++) {
		struct work w = m->soft.at[core[i]], next = w;

		in[i] = -w.literal;
		m->soft.at[core[i]].weight -= least;
		if (!w.counter || w.next >= w.counter->len)
			continue;
		/* "at most j" failed: from now on "at most j + 1" is wanted */
		next.literal = -w.counter->out[w.next];
		next.next++;
		next.weight = least;
		add_work(m, next);
	}
	if (n > 1 || sat_fixed(m->sat, in[0]) <= 0)
		sat_clause(m->sat, in, n);
	if (n == 1)
		return;
	c = NEW(m->keep, struct counter);
	*c = (struct counter){ totalizer(m, in, n), n };
	add_work(m, (struct work){ .literal = -c->out[1], .weight = least, .counter = c, .next = 2 });
}

/*
 * The wishes of a goal are heavier than what it costs: assumed first they stay, and what they imply, while one cost after
 * another turns out to be unavoidable.
 */
static int
by_weight(const void *a, const void *b)
{
	const struct work *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Drops what is settled: weight used up, or decided by the clauses alone. The heaviest come first then: see by_weight. */
static void
tidy(struct maxsat *m)
{
	size_t kept = 0;

	/* relaxing adds literals at the end; they are looked at in turn */
	for (size_t i = 0; i < m->soft.len; i++)
		if (m->soft.at[i].weight && sat_fixed(m->sat, m->soft.at[i].literal) < 0)
			relax(m, &i, 1);
	for (size_t i = 0; i < m->soft.len; i++) {
		struct work w = m->soft.at[i];

		if (w.weight && sat_fixed(m->sat, w.literal) == 0)
			m->soft.at[kept++] = w;
	}
	m->soft.len = kept;
	if (kept)
		qsort(m->soft.at, kept, sizeof(*m->soft.at), by_weight);
}

/* What would cost more than the best model leaves to gain is certain to hold in every better one. */
static void
harden(struct maxsat *m)
{
	uint64_t gap = m->r.cost - m->r.bound;

	for (size_t i = 0; i < m->soft.len; i++)
		if (m->soft.at[i].weight > gap) {
			sat_add1(m->sat, m->soft.at[i].literal);
			m->soft.at[i].weight = 0;
		}
}

/* The largest weight below `above` that starts a new stratum; 1 when nothing is left to add. */
static uint64_t
next_stratum(const struct maxsat *m, uint64_t above)
{
	uint64_t best = 0;

	for (size_t i = 0; i < m->soft.len; i++)
		if (m->soft.at[i].weight < above && m->soft.at[i].weight > best)
			best = m->soft.at[i].weight;
	/* strata are powers of four wide: few solves, and heavy literals still come first */
	return best ? (best / 4 > 0 ? best / 4 : 1) : 0;
}

struct maxsat_result
maxsat(struct sat *sat, const struct soft *soft, size_t n, size_t max_solves, bool *value, size_t values,
       struct arena *scratch)
{
	struct maxsat m = { .sat = sat, .keep = scratch, .given = soft, .givens = n, .max_solves = max_solves,
	                    .value = value, .values = values };
	uint64_t threshold;

	m.r.status = SAT_UNKNOWN;
	if (sat_solve(sat) != SAT_YES) {
		m.r.status = SAT_NO;
		return m.r;
	}
	keep_model(&m);
	for (size_t i = 0; i < n; i++)
		add_work(&m, (struct work){ .literal = soft[i].literal, .weight = soft[i].weight });
	tidy(&m);
	threshold = next_stratum(&m, UINT64_MAX);
	while (m.r.solves < max_solves) {
		size_t len;

		choose(&m, threshold ? threshold : UINT64_MAX);
		len = sat_core(m.sat, m.assumed, m.assumptions, m.core);
		if (!len && solve(&m) == SAT_YES) {
			keep_model(&m);
			harden(&m);
			tidy(&m);
			if (threshold <= 1) {
				m.r.optimal = true;
				m.r.bound = m.r.cost;
				break;
			}
			threshold = next_stratum(&m, threshold);
			continue;
		}
		if (!len)
			len = read_core(&m);
		assert(m.core || !len);
		for (size_t i = 0; i < len; i++)
			m.core[i] = m.index[m.core[i]];
		relax(&m, m.core, len);
	}
	return m.r;
}
