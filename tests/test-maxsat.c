// SPDX-License-Identifier: GPL-2.0-or-later
/* The cheapest model and the cores of unit propagation, on small random formulas, against trying every assignment. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kconfig/maxsat.h"

enum { VARIABLES = 9, CLAUSES = 20, SOFTS = 14, FORMULAS = 2000 };

struct formula {
	int clause[CLAUSES][3];
	struct soft soft[SOFTS];
	size_t clauses, softs;
};

static uint32_t seed = 1;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

/* Variable 1 is SAT_TRUE. */
static int
some_literal(void)
{
	int v = (int)dice(VARIABLES) + 2;

	return dice(2) ? v : -v;
}

static void
make(struct formula *f)
{
	f->clauses = CLAUSES / 2 + dice(CLAUSES / 2);
	f->softs = dice(SOFTS) + 1;
	for (size_t i = 0; i < f->clauses; i++)
		for (int k = 0; k < 3; k++)
			f->clause[i][k] = k && dice(4) == 0 ? -SAT_TRUE : some_literal();
	for (size_t i = 0; i < f->softs; i++)
		f->soft[i] = (struct soft){ some_literal(), dice(3) ? 1 + dice(40) : 4 };
}

/* Bit i of the assignment is variable i + 2. */
static bool
holds(uint32_t assignment, int literal)
{
	int v = abs(literal);
	bool value = v == SAT_TRUE || assignment >> (v - 2) & 1;

	return value == (literal > 0);
}

static bool
is_model(const struct formula *f, uint32_t assignment)
{
	for (size_t i = 0; i < f->clauses; i++)
		if (!holds(assignment, f->clause[i][0]) && !holds(assignment, f->clause[i][1]) &&
		    !holds(assignment, f->clause[i][2]))
			return false;
	return true;
}

static uint64_t
price(const struct formula *f, uint32_t assignment)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < f->softs; i++)
		if (!holds(assignment, f->soft[i].literal))
			cost += f->soft[i].weight;
	return cost;
}

static struct sat *
load(const struct formula *f)
{
	struct sat *s = sat_new();

	for (int i = 0; i < VARIABLES; i++)
		sat_var(s);
	for (size_t i = 0; i < f->clauses; i++)
		sat_clause(s, f->clause[i], 3);
	return s;
}

static void
cheapest_of_all(void **state)
{
	struct arena scratch = { 0 };
	struct formula f;

	(void)state;
	for (int n = 0; n < FORMULAS; n++) {
		uint64_t least = UINT64_MAX, paid = 0;
		bool value[VARIABLES + 2];
		struct maxsat_result r;
		struct sat *s;

		make(&f);
		for (uint32_t a = 0; a < 1u << VARIABLES; a++)
			if (is_model(&f, a) && price(&f, a) < least)
				least = price(&f, a);
		s = load(&f);
		r = maxsat(s, f.soft, f.softs, 10000, value, VARIABLES + 2, &scratch);
		assert_int_equal(r.status, least == UINT64_MAX ? SAT_NO : SAT_YES);
		if (r.status == SAT_YES) {
			uint32_t a = 0;

			for (int v = 0; v < VARIABLES; v++)
				a |= (uint32_t)value[v + 2] << v;
			assert_true(is_model(&f, a));
			paid = price(&f, a);
			assert_true(r.optimal);
			assert_int_equal(paid, least);
			assert_int_equal(r.cost, least);
		}
		sat_release(s);
	}
	arena_release(&scratch);
}

/* What is called a core has no model; also while clauses are added between the questions. */
static void
cores_contradict(void **state)
{
	struct formula f;
	size_t found = 0;

	(void)state;
	for (int n = 0; n < FORMULAS; n++) {
		struct sat *s;

		make(&f);
		f.clauses -= 6;
		s = load(&f);
		for (int round = 0; round < 6; round++) {
			int ask[SOFTS];
			size_t core[SOFTS], len, asked = dice(SOFTS) + 1;
			bool model = false;

			sat_clause(s, f.clause[f.clauses++], 3);
			for (size_t i = 0; i < asked; i++)
				ask[i] = f.soft[i % f.softs].literal;
			len = sat_core(s, ask, asked, core);
			found += len > 0;
			for (uint32_t a = 0; len && a < 1u << VARIABLES && !model; a++) {
				model = is_model(&f, a);
				for (size_t i = 0; i < len; i++)
					model = model && holds(a, ask[core[i]]);
			}
			assert_false(model);
			for (size_t i = 1; i < len; i++)
				assert_true(core[i - 1] < core[i]);
		}
		sat_release(s);
	}
	assert_true(found > FORMULAS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cheapest_of_all), cmocka_unit_test(cores_contradict) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
