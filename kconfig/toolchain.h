// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * toolchain.h - what a Kconfig tree asks the world outside, and who answers (private to the room).
 *
 * Questions are texts: "cc-option,-m32" for a call of a macro, "shell,COMMAND" for what a macro ends in, with the
 * kernel tree's path written as $(srctree). They are put to books of answers, in this order: what the fat
 * config says, the named profile, the real tools if the user allowed it, and what is assumed of any toolchain.
 * What can be worked out from the text alone (test "GCC" = GCC) is worked out.
 *
 * A profile is a text of lines:
 *	name gcc-14              how answers from it are called
 *	like gcc-12              an embedded profile that answers what this one does not
 *	[x86_64]                 the lines below are for this ARCH only; [*]: for all
 *	CC = gcc-12              a variable of the environment, as the kernel's Makefile exports it
 *	cc-option,-m32 => y      an answer; '*' in the question stands for any text. An exact question is found
 *	                         first, then the first pattern that fits.
 */
#ifndef KCONFIG_TOOLCHAIN_H
#define KCONFIG_TOOLCHAIN_H

#include "kconfig/kconfig.h"
#include "kconfig/preprocess.h"

/* ---- book.c ---- */

struct book_line { struct str question, answer; };

struct book {
	struct str name;                   /* "config", "toolchain gcc-12", "assumed" */
	struct map exact;                  /* question -> struct str *; variables as "NAME=" */
	VEC(struct book_line) patterns;
};

void book_read(struct book *, struct str text, struct str arch, struct arena *keep, struct diag *);
void book_add(struct book *, struct str question, struct str answer, struct arena *keep);
bool book_answer(const struct book *, struct str question, struct str *answer);
bool book_variable(const struct book *, struct str name, struct str *value);

/* ---- dotconfig.c: a .config as texts ---- */

/* CONFIG_NAME=value lines: NAME -> struct str *, strings without quotes; "is not set" gives "n". */
void dotconfig_read(struct map *, struct str text, struct arena *keep);

/* ---- probe.c: the real tools ---- */

struct probe {
	struct arena *keep;
	struct tree *tree;
	struct str srctree;                /* absolute; empty in an archive */
	struct map known;                  /* question -> struct str *, read from the cache */
	struct text fresh;                 /* lines to add to the cache */
	char *cache, *dir;                 /* the cache's file; where commands run, made when first needed */
	char **environment;                /* of the commands */
};

void probe_init(struct probe *, struct tree *, const struct map *variables, struct arena *keep);
void probe_environment(struct probe *, const struct map *variables); /* from now on */
/* What the command prints, as conf's $(shell,...) has it. `question` has $(srctree). False: it could not be run. */
bool probe_run(struct probe *, struct str question, struct str command, struct str *answer);
void probe_done(struct probe *);

/* ---- toolchain.c ---- */

struct toolchain {
	struct arena *keep;
	struct map variables;              /* the environment: name -> struct str * */
	struct str srctree;
	struct map fat;                    /* the fat config's values */
	struct book config, profile, assumed;
	struct probe probe;
	bool has_profile, probing;
	VEC(struct toolchain_answer) answers;
	struct map asked;                  /* question -> index into answers + 1 */
	size_t last;                       /* the answer given last */
};

void toolchain_init(struct toolchain *, struct tree *, const struct kconfig_options *, const struct kconfig *,
                    struct arena *keep, struct diag *);
void toolchain_done(struct toolchain *);

/* A variable as the kernel's top Makefile exports it. */
bool toolchain_variable(const struct toolchain *, struct str name, struct str *value);

/* See preprocess.h: `ask`. What is assumed is only looked up for a command, by the calls that it comes from. */
bool toolchain_ask(struct toolchain *, struct str question, bool early, const struct preprocessor *, struct str *answer);

void toolchain_profile(const struct toolchain *, struct str name, bool exact, struct text *out);

#endif
