// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * conflict.h - why goals contradict each other: the smallest set of goals, and the lines of Kconfig between them.
 *
 * The set of goals is minimal: without any one of them the rest can be met. So is the set of rules.
 */
#ifndef KCONFIG_CONFLICT_H
#define KCONFIG_CONFLICT_H

#include "kconfig/solve.h"

void conflict_explain(const struct solve_request *, struct arena *keep, struct conflict *);

/* As sentences, one a line. */
void conflict_print(const struct conflict *, struct text *out);

#endif
