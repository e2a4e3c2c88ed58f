// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * logic.h - whether conditions can hold, decided with decision diagrams.
 *
 * A diagram's node asks for one symbol's value and has a branch for each of: empty, y, m, any other text.
 * Equal conditions have equal diagrams, so "can it hold" and "is it the same" are comparisons of numbers.
 * Nodes and time are limited; beyond the limits every condition is taken to be possible, and nothing certain.
 */
#ifndef KBUILD_LOGIC_H
#define KBUILD_LOGIC_H

#include "base/cond.h"

struct logic;

struct logic *logic_new(struct cond_pool *, struct arena *keep);

bool logic_possible(struct logic *, const struct cond *);
bool logic_certain(struct logic *, const struct cond *);
bool logic_equal(struct logic *, const struct cond *a, const struct cond *b);
bool logic_implies(struct logic *, const struct cond *a, const struct cond *b);

/*
 * The same condition, shorter when there is a shorter one of the form "literal && (...) || ...", taking every
 * symbol for a tristate: none of them ever holds another text. Conditions about other texts stay as they are.
 * logic_shorten_given: it may differ where `given` does not hold.
 */
const struct cond *logic_shorten(struct logic *, const struct cond *);
const struct cond *logic_shorten_given(struct logic *, const struct cond *, const struct cond *given);

#endif
