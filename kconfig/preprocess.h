// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * preprocess.h - $(...) in Kconfig files: variables, functions, and questions to the world outside.
 *
 * Nothing is executed here and no environment is read: variables of the environment and the answer to
 * $(shell,...) come from callbacks. Semantics: scripts/kconfig/preprocess.c. Work is bounded: references nest at
 * most MACRO_DEPTH deep, one expansion is at most MACRO_TEXT bytes, all expansions together MACRO_WORK steps.
 */
#ifndef KCONFIG_PREPROCESS_H
#define KCONFIG_PREPROCESS_H

#include "base/map.h"

enum { MACRO_CALLS = 8, MACRO_DEPTH = 1000, MACRO_ARGS = 16, MACRO_TEXT = 1 << 20, MACRO_WORK = 1 << 24 };

enum macro_flavor { MACRO_RECURSIVE, MACRO_SIMPLE, MACRO_APPEND };   /* =  :=  += */

enum macro_said { MACRO_INFO, MACRO_WARNING, MACRO_ERROR };

struct preprocessor {
	struct arena *keep;
	struct map variables;           /* name -> struct variable * */
	struct str file;                /* $(filename); the caller keeps both up to date */
	unsigned line;                  /* $(lineno) */

	/* The environment as the kernel's Makefile exports it. False: not set. */
	bool (*environment)(void *ctx, struct str name, struct str *value);
	/*
	 * A call of a user's macro, "name,arg,arg", before it is expanded, when `early`; else the text of a
	 * $(shell,...), expanded. True with the answer.
	 */
	bool (*ask)(void *ctx, struct str question, bool early, struct str *answer);
	/* $(info), $(warning-if), $(error-if) and what is wrong with a reference; `file:line` are those above. */
	void (*say)(void *ctx, enum macro_said, const char *message);
	void *ctx;

	struct str calls[MACRO_CALLS];  /* of user's macros under way, "cc-option,-m32", the outermost first */
	unsigned calls_len;             /* may be more than are kept */
	unsigned asked;                 /* grows with every answer that an expansion took from `ask`, directly or not */
	unsigned depth;
	size_t work;
	bool failed;                    /* the expansion under way met an error: its result is empty */
};

void macro_set(struct preprocessor *, struct str name, enum macro_flavor, struct str value);

/* The text with every $(...) replaced. Lives in `keep`. */
struct str macro_expand(struct preprocessor *, struct str text);

/* One reference, `text` beginning behind its '$': the expansion is added to out, the rest returned. */
struct str macro_expand_dollar(struct preprocessor *, struct str text, struct text *out);

/* A token with references: letters, digits, '_', '-' and $(...). What follows it is returned. */
struct str macro_expand_token(struct preprocessor *, struct str text, struct text *out);

#endif
