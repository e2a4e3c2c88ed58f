// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dialogue.h - `make config` as a conversation: the questions conf --oldaskconfig asks, in its order.
 *
 * The caller answers one question at a time. A refused answer is asked again, as conf does; the caller sees the
 * same question twice in a row. Semantics: scripts/kconfig/conf.c (conf, conf_sym, conf_choice, check_conf).
 */
#ifndef KCONFIG_DIALOGUE_H
#define KCONFIG_DIALOGUE_H

#include "kconfig/config.h"

struct question {
	const struct symbol *sym;       /* the symbol or the choice; never NULL */
	struct str prompt;
	struct str name;                /* empty for an unnamed choice */
	struct str alternatives;        /* "N/m/y/?" as printed, the default in capitals; of a value: its default */
	struct str initial;             /* what an empty answer gives */
	bool is_choice;
	const struct symbol *const *members; /* of a choice: those offered, numbered from 1 */
	size_t members_len;
	size_t initial_member;          /* from 1 */
	bool is_new;                    /* no user value yet: conf prints (NEW) */
};

/* The answer as typed, without the line feed; empty is Enter. at == NULL ends the dialogue. */
typedef struct str (*answer_fn)(void *ctx, const struct question *);

/* Also told: everything conf would print, byte for byte, if `transcript` is not NULL. */
enum dialogue_result { DIALOGUE_DONE, DIALOGUE_ENDED };
enum dialogue_result dialogue_run(struct config *, bool only_new /* oldconfig */, answer_fn, void *ctx,
                                  struct text *transcript);

#endif
