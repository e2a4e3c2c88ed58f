// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cone.h - the part of a model that can have a say in some goals.
 *
 * Grown from the symbols that the goals name: what prompts, dependencies and defaults mention, what is selected, the
 * options of the same choice, and the selectors of whatever has no unconditional prompt of its own. Everything outside
 * keeps its value of the base, which is right nearly always and far less to solve; the solver's verification notices
 * when it was not, and then the whole model is solved.
 */
#ifndef KCONFIG_CONE_H
#define KCONFIG_CONE_H

#include "base/cond.h"
#include "kconfig/kconfig.h"

/* By symbol id. `size` receives how many are in it. */
bool *cone_of(const struct kconfig *, const struct cond *const *goals, size_t len, struct arena *keep, size_t *size);

#endif
