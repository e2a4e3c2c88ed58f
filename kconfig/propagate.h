// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * propagate.h - which soft literals contradict each other by unit propagation alone, and the models found by it.
 *
 * Nearly all cores of a Kconfig formula are of that kind, and here one costs what changed since the last one, not a
 * whole call of the solver. What is found is always true; that nothing is found says nothing: then the solver decides.
 * So it is with models: nearly always nothing contradicts "off" wherever that is open.
 */
#ifndef KCONFIG_PROPAGATE_H
#define KCONFIG_PROPAGATE_H

#include <stdbool.h>

#include "base/arena.h"

struct propagator;

struct propagator *propagator_new(struct arena *keep);

/* At any time; constants (SAT_TRUE of sat.h) are gone from the literals already. */
void propagator_clause(struct propagator *, const int *literals, size_t n);

/* 1: holds in every model; -1: in none; 0: not known. */
int propagator_fixed(const struct propagator *, int literal);

/* The same under what was assumed last and had no core. */
int propagator_implied(const struct propagator *, int literal);

/*
 * Assumes the literals one after another. The number of those that cannot hold together, their indexes in `core`
 * (room for n), ascending; 0: none found. A next call whose list begins alike goes on from where the lists part.
 */
size_t propagator_core(struct propagator *, const int *assumptions, size_t n, size_t *core);

/*
 * A model under the assumptions, by variable up to `variables`: one after the other is off unless that contradicts what
 * came before. The `first` come first, the last of them at the very first, as a solver does it. False: none found this
 * way. `core` is room for n.
 */
bool propagator_model(struct propagator *, const int *assumptions, size_t n, size_t *core, bool *model, int variables, int first);

#endif
