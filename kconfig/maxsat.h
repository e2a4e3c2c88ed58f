// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * maxsat.h - the cheapest model: soft literals with weights on top of a SAT solver's clauses.
 *
 * Core-guided (OLL), stratified by weight: every unsatisfiable core of soft literals is relaxed by a counter, which
 * raises a lower bound; the first model under all remaining assumptions is optimal. When the work limit is reached
 * the best model so far stands, with the bound that was proven.
 */
#ifndef KCONFIG_MAXSAT_H
#define KCONFIG_MAXSAT_H

#include <stdint.h>

#include "base/arena.h"
#include "kconfig/sat.h"

struct soft {
	int literal;          /* costs `weight` when it does not hold */
	uint64_t weight;
};

struct maxsat_result {
	enum sat_result status;  /* SAT_NO: the hard clauses contradict each other */
	bool optimal;
	uint64_t cost, bound;    /* cost of the model; nothing is cheaper than bound */
	size_t cores, solves;
};

/*
 * `value` (by variable, up to the solver's variables when called, may be NULL) receives the best model. The soft
 * literals found necessary are added to the solver as clauses; none that removes an optimal model is.
 */
struct maxsat_result maxsat(struct sat *, const struct soft *, size_t n, size_t max_solves, bool *value,
                            size_t values, struct arena *scratch);

#endif
