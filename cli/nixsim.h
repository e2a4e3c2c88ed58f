// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixsim.h - nixpkgs' configuration run, played: the base, two passes of `make config`, the final check.
 *
 * nixout/answers.h knows what is typed, kconfig/dialogue.h what is asked; this joins them as nixpkgs' generic.nix
 * and generate-config.pl do.
 */
#ifndef CLI_NIXSIM_H
#define CLI_NIXSIM_H

#include "base/tree.h"
#include "kconfig/config.h"
#include "nixout/answers.h"

/*
 * The .config that `make WORDS` leaves: allnoconfig, allyesconfig, allmodconfig, alldefconfig, defconfig,
 * tinyconfig, NAME_defconfig, then NAME.config fragments; KCONFIG_ALLCONFIG=FILE goes with the all*configs.
 * `seed` (may be empty) is .config text read as KCONFIG_ALLCONFIG's file. Errors in diag; the text lives in `keep`.
 */
bool nix_base(const struct kconfig *, struct tree *, struct str words, struct str seed, struct arena *keep,
              struct diag *, struct str *dotconfig);

/*
 * `make defconfig` does not look at KCONFIG_ALLCONFIG, `make alldefconfig` does: the text with which that one comes to
 * the same configuration, lines of `seed` said anew. False: `words` is no defconfig alone.
 */
bool nix_defconfig_seed(const struct kconfig *, struct tree *, struct str words, struct str seed, struct arena *keep,
                        struct str *allconfig);

/* scripts/kconfig/merge_config.sh, then olddefconfig: `lines` are said anew on top of a .config. */
struct str nix_merge(const struct kconfig *, struct str dotconfig, struct str lines, struct arena *keep);

struct nix_run {
	struct str base;               /* .config text to start from */
	const struct answers *answers;
	bool auto_modules, prefer_builtin, ignore_errors;
	const struct config *blank;    /* an untouched config_new of the model, to save making another; NULL: made */
};

struct nix_outcome {
	struct problems problems;      /* of a run that died: the one that killed it */
	size_t fatal;                  /* how many of them fail the build */
	bool died;                     /* no .config came out */
	const struct symbol *culprit;  /* of a run that died: the symbol asked twice */
	struct str typed;              /* ... and what was typed the first time */
	struct config *config;         /* the final configuration; of a run that died, as far as it came */
	struct str dotconfig;          /* its text; empty if it died */
	bool *asked;                   /* by symbol id: was it asked, in any pass? */
	bool *moved;                   /* by symbol id: did its answer change what the script would have got without it? */
	bool *disputed;                /* by symbol id: without an answer nixpkgs' releases would type different things */
	VEC(struct str) mistaken;      /* members of choices not asked that nixpkgs before 25.11 takes for others' */
	size_t questions;              /* in both passes */
};

/* Everything lives in `keep`. */
void nix_simulate(const struct kconfig *, const struct nix_run *, struct arena *keep, struct nix_outcome *);

#endif
