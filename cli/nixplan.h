// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixplan.h - the answers with which nixpkgs' run arrives exactly at a solved configuration.
 *
 * Order matters in that run: an m asked before MODULES is fatal, an n is refused while a selector that is asked
 * later still stands at its default. So the answers are found by playing: first with an answer for everything that
 * could be asked, then with those alone that moved something. Where an answer is refused, what stands in its way
 * goes into the base (KCONFIG_ALLCONFIG of allnoconfig), and nothing else. A plan is proven: `outcome` is a run
 * of its own lines, and `missed` says what it does not reach. Numbers that conf spells in another way (0 as 0x0) count as
 * the same.
 */
#ifndef CLI_NIXPLAN_H
#define CLI_NIXPLAN_H

#include "cli/nixsim.h"
#include "nixout/nix.h"

struct nix_target {
	const struct kconfig *model;
	struct tree *tree;
	struct config *solved;         /* where to arrive */
	const bool *goal;              /* by symbol id: has a line of its own in any case; NULL: none */
	struct str words;              /* what make starts from: "allnoconfig" */
	struct str base;               /* .config text to start from instead; empty: `words` */
	const struct answers *common;  /* the common config's answers; NULL: none */
	const struct answers *platform; /* of these, what stands behind any patch's options (nixcommon.h); NULL: none */
	bool auto_modules, prefer_builtin;
	bool everything;               /* keep the lines that move nothing as well */
};

enum line_why {
	LINE_GOAL,                     /* asked for, and nothing else gives it */
	LINE_GOAL_FREE,                /* asked for; the run would give it anyway */
	LINE_VALUE,                    /* needed: without it the run gives another value */
	LINE_ORDER,                    /* a no for what would come on by itself */
	LINE_FORCE,                    /* the common config says otherwise */
	LINE_UNSET,                    /* the common config answers it, and here nobody asks */
	LINE_FREE,                     /* moves nothing; with `everything` only */
};

struct plan_line {
	struct str name;
	const struct symbol *sym;      /* NULL: the common config's, and this kernel has no such symbol */
	struct str value;              /* "y", a number, a string; empty for LINE_UNSET */
	enum line_why why;
	struct str common;             /* LINE_FORCE, LINE_UNSET: what the common config says */
	bool late;                     /* against the platform's answer, so behind it; LINE_UNSET is an optional n there */
};

struct plan_miss {
	const struct symbol *sym;
	struct str wanted, got;        /* lines of .config, "n" where there is none */
};

struct nix_plan {
	VEC(struct plan_line) lines;   /* in the order in which conf would ask */
	struct answers answers;        /* all that the run is given: the lines and what stays of the common config */
	struct str words;              /* what make starts from: the target's, or alldefconfig for a seeded defconfig */
	struct str seed;               /* KCONFIG_ALLCONFIG's file, or the lines that OLD needs; empty: nothing */
	size_t seed_len;               /* how many values of the solution it gives */
	struct nix_outcome outcome;    /* of the run with these answers */
	VEC(struct plan_miss) missed;  /* empty, and outcome.fatal 0: proven */
	size_t simulations;
};

/* True: proven. False: in plan->missed and plan->outcome stands why not. Errors of the base are in diag. */
bool nix_plan(const struct nix_target *, struct arena *keep, struct diag *, struct nix_plan *);

/* The line as a patch says it, without group and reason: among the options, or, when it is late, behind the platform's. */
struct option plan_option(const struct plan_line *);

#endif
