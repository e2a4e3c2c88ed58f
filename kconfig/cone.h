// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cone.h - the part of a model that can have a say in some goals.
 *
 * A symbol that is wanted brings all ways to switch it on: what its prompts, dependencies and defaults mention, the
 * options of its choice, and, where it is off in the base and the user cannot simply say y, its selectors. A symbol
 * that is merely touched (selected by one in the cone, or wanted off) brings what it depends on and what its defaults
 * mention, but no further ways to switch it on. What the base settles already, and what can never be on while the
 * pins are off, brings nothing. Everything outside keeps its value of the base, which is right nearly
 * always and far less to solve; the solver's verification notices when it was not, and then the whole model is solved.
 */
#ifndef KCONFIG_CONE_H
#define KCONFIG_CONE_H

#include "base/cond.h"
#include "kconfig/config.h"

/*
 * By expression id: what may ever hold while the pins that base has off stay off. The least set that holds itself up, so
 * drivers of other machines fall out, whatever selects what. It hangs on base and pins alone.
 */
bool *cone_possible(struct config *base, const struct str *pins, size_t len, struct arena *keep);

/* By symbol id. `size` receives how many are in it. */
bool *cone_of(struct config *base, const struct cond *const *goals, size_t len, const bool *possible,
              struct arena *keep, size_t *size);

#endif
