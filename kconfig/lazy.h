// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lazy.h - when conf looks, and what it remembers: choices of 6.11 and later, in a dialogue.
 *
 * conf works out a symbol when it looks at it, and not twice in a round; an answer that changes something begins a
 * new round (scripts/kconfig/symbol.c: SYMBOL_VALID, sym_clear_all_valid). That would be nobody's business, if a look
 * at one member of a choice did not settle the others (sym_calc_choice): it works out who is visible in the order in
 * which they were spoken of, up to the one that was said y, and holds those behind it that were visible when last
 * looked at for visible, in this round. So a dialogue may offer what can no more be chosen, have it picked or refused,
 * and write it down as "is not set". A member's visibility is therefore what conf remembers, as long as a
 * config has a `struct lazy`: value.visible and VALUE_WRITE. Which member is picked, and all else, is always that of now: a member
 * held for visible is n, as one that is not visible.
 *
 * Nothing is done while all members are as remembered. Else conf's looks are followed, each expression and symbol once
 * in a round.
 */
#ifndef KCONFIG_LAZY_H
#define KCONFIG_LAZY_H

#include "kconfig/config.h"

/* From now on, with all looked at so far; nothing for older kernels. Without it the functions below do nothing. */
void lazy_begin(struct config *, struct arena *);
/* The looks of conf_write; then the config is without. What it remembers by then stays until the next change. */
void lazy_end(struct config *);

/* A new round: the answer just given changed something. */
void lazy_forget(struct config *);

/* Looks: sym_calc_value, expr_calc_value, sym_calc_choice. */
void lazy_symbol(struct config *, const struct symbol *);
void lazy_expr(struct config *, const struct expr *);
void lazy_choice(struct config *, const struct symbol *choice);

/* The evaluator's word that something has changed which the members' visibility depends on. */
void lazy_compare(struct config *, const struct symbol *choice);

#endif
