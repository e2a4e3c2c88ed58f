// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * explain.h - what brought a symbol in, for every symbol of a solved configuration.
 *
 * A breadth-first walk from the goals: a goal names symbols, a symbol needs what its prompt or dependencies name, a
 * symbol without a prompt needs a selector or the condition of its default, and a symbol drags in what it selects.
 * The first way found, which is a shortest one, is the answer; ties go to the order of goals and of the files.
 */
#ifndef KCONFIG_EXPLAIN_H
#define KCONFIG_EXPLAIN_H

#include "kconfig/solve.h"

enum why_kind {
	WHY_OFF,         /* it is off */
	WHY_GOAL,        /* a goal names it */
	WHY_NEEDED,      /* `by` depends on it */
	WHY_SELECTOR,    /* `by` has no prompt and this selects it */
	WHY_SELECTED,    /* `by` selects it */
	WHY_CHOICE,      /* the option picked in a choice */
	WHY_DEFAULT,     /* its default holds */
	WHY_SAVES,       /* nobody asks for it, and it keeps something off: FONTS, that leaves the choice of fonts */
	WHY_BASE,        /* on in the base already */
};

struct why {
	enum why_kind kind;
	const struct goal *goal;      /* at the far end of the chain; NULL: none (base, defaults) */
	const struct symbol *by;      /* the next link towards the goal */
	struct place place;           /* the line that makes the link */
};

/* By symbol id. */
struct why *explain(const struct kconfig *, struct config *, struct config *base, const struct goal *goals,
                    size_t goals_len, struct arena *keep);

/* "A <- needed by B (file:line) <- selected by C <- module x, wanted by device y", one line. */
void why_print(const struct kconfig *, const struct why *, const struct symbol *, struct text *out);

/* The last step alone: "needed by NET_VENDOR_INTEL", "selected by DRM_I915". */
void why_print_step(const struct why *, struct text *out);

#endif
