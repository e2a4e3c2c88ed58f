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

enum dialogue_flags {
	DIALOGUE_ONLY_NEW = 1,          /* oldconfig: ask only what has no user value */
	DIALOGUE_END_IS_ENTER = 2,      /* after the last answer Enter is taken for every question, as conf at end of file */
};

enum dialogue_result {
	DIALOGUE_DONE,
	DIALOGUE_ENDED,                 /* the answers ended it */
	DIALOGUE_STUCK,                 /* Enter is no answer to the last question, and there are no others left */
};

/*
 * Asks until nothing is new any more. Also told: everything conf would print, byte for byte, if `transcript` is
 * not NULL. A refused answer prints the entry's help, as '?' does. conf asks first and reads the answer then: what
 * stands in `transcript` when the answer is asked for is what the user sees.
 */
enum dialogue_result dialogue_run(struct config *, unsigned flags, answer_fn, void *ctx, struct text *transcript);

#endif
