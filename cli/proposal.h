// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proposal.h - from goals to a verified configuration: what generate, why, check, merge and upgrade share.
 *
 *   mapping (devices and modules) + flags and sets + NixOS baseline + companions  -> goals  -> solution  -> why
 *
 * proposal_make does it all for one machine; proposal_for makes one for any machine, or for several together, with what a
 * workshop has loaded once. The evidence stays available for explanations.
 */
#ifndef CLI_PROPOSAL_H
#define CLI_PROPOSAL_H

#include "cli/bootpath.h"
#include "cli/workshop.h"
#include "kbuild/kbuild.h"
#include "kconfig/explain.h"

/* One of the machines, and what the kernel has for it. */
struct party {
	struct str name;               /* distinct among the parties of a proposal */
	struct machine *machine;
	struct mapped *devices;        /* as in struct pipeline */
	size_t devices_len;
	struct wanted *goals;
	size_t goals_len;
	struct lost *lost;
	size_t lost_len;
	struct boot_path boot;
	size_t unmapped;
	bool foreign;
	bool mapped;                   /* what follows the machine is there, by proposal_map */
};

/* An object that must be built, for whichever party. */
struct demand {
	const struct route *route;
	const struct cond *when;       /* besides, the parts of it that devices need */
	struct str reason;
	struct words parties;          /* names of those that ask */
	bool hardware;                 /* false: loaded, and no device asked for it */
	size_t goal;                   /* index into goals */
};

struct proposal {
	struct workshop *workshop;
	struct arena *keep;
	struct diag *diag;
	struct pipeline *mapping;      /* kernel, and the last party's devices and routes */
	struct party *parties;
	size_t parties_len;
	struct kconfig *model;
	VEC(struct setting) presets;   /* the companions' numbers, which stand before the search */
	struct config *base;           /* allnoconfig, with the user's numbers and strings, then the presets; NULL: no search yet */
	struct config *fat;            /* the kernel's --config on this model; NULL: not given */
	struct map numbers;            /* why a number is what it is, struct str by symbol: the companions' */
	VEC(struct demand) demands;    /* in the order the goals are in */
	VEC(struct goal) goals;
	size_t collected;              /* goals that were there before the search, which adds options of drivers */
	struct solution *solution;
	bool verified;                 /* the Makefiles build with it what is demanded */
	struct why *why;               /* by symbol id; NULL: not asked for */
	struct setting *settings;      /* what allnoconfig needs to be told, in menu order */
	size_t settings_len;
	struct map built;              /* paths of what the Makefiles build with it, in the demands' directories at least */
	size_t modules_lost;           /* demands that are not among them */
	VEC(struct str) notes;         /* for people: what was left out, dropped or failed */
	size_t unmapped;               /* of all parties */
};

/* Flags that proposal_make understands; a command that uses it has them in its table: { PROPOSAL_FLAGS, own..., { 0 } }. */
#define PROPOSAL_FLAGS \
	{ "from", 0, "FRAGMENT", "goals: every line of a Kconfig fragment" }, \
	PROPOSAL_FLAGS_BUT_FROM

#define PROPOSAL_FLAGS_BUT_FROM \
	{ "with", 'w', "SET,...", "goals of these sets too; 'derpconfig sets' lists them" }, \
	{ "nixos", 0, "FEATURE,...", "what NixOS needs for these features (efi, luks, ...; -FEATURE takes one away)" }, \
	{ "no-baseline", 0, NULL, "nothing for NixOS: only what the hardware and the flags ask for" }, \
	{ "features", 'f', "LEVEL", "minimal, matching (default) or full: sub-options the present kernel has" }, \
	{ "keep", 0, "SYMBOL|PATH", "a goal: this symbol, module or source file" }, \
	{ "drop", 0, "SYMBOL|PATH", "never this symbol, module or source file" }, \
	{ "set", 0, "SYMBOL=VALUE", "a goal: this value; numbers and strings too" }, \
	{ "boot", 0, "HOW", "initrd (default) or builtin: drivers of the root file system are y" }, \
	{ "prefer", 0, "HOW", "module (default) or builtin, where both serve" }, \
	{ "no-loaded", 0, NULL, "leave out loaded modules that no device asked for" }, \
	{ "all-matches", 0, NULL, "every module that claims a device, bound or not" }, \
	{ "toolchain", 0, "NAME|FILE", "compiler the answers are for (default: the one in --config)" }, \
	{ "probe", 0, NULL, "run the tree's toolchain tests with $CC, $LD, ...: executes text from the tree" }

/*
 * For the machine that the dumps among the args are (this machine when there are none). Prints notes and what could
 * not be mapped. An exit code: EXIT_FINE, EXIT_UNMAPPED (the plan stands, something could not be mapped and was reported),
 * EXIT_NO_SOLUTION or EXIT_UNVERIFIED (printed), EXIT_TROUBLE (in diag or printed).
 */
int proposal_make(struct args *, struct proposal *);

/*
 * One configuration for all parties, whose names and machines are given. Prints nothing: see proposal_report.
 * The results are in `keep` and in the workshop's arena; problems of the input go to `diag`.
 */
int proposal_for(struct workshop *, struct party *, size_t n, struct arena *keep, struct diag *, struct proposal *);

/*
 * Its halves, for many machines one by one, and without `why`. proposal_solve takes over the answer of `like`, another one
 * of the workshop that was solved, where both are equal; NULL: there is none. `like` must live as long then.
 */
int proposal_collect(struct workshop *, struct party *, size_t n, struct arena *keep, struct diag *, struct proposal *);
int proposal_solve(struct proposal *, const struct proposal *like);

/* An order of what proposal_collect made, most goals first. 0: the same is asked for, and so the same comes out. */
int proposal_compare(const struct proposal *, const struct proposal *);

/*
 * What is not mapped of the parties, with one search of all sources; `rooms` has the last one's. It may be done between
 * workshop_start and workshop_finish.
 */
void proposal_map(struct workshop *, struct party *, size_t n, struct arena *keep);

/* The notes and what could not be mapped, as lines for people. */
void proposal_report(const struct proposal *, struct text *out);

struct tree *proposal_tree(const struct proposal *);
struct str proposal_machine(const struct proposal *);   /* the name, "this machine", or "A and B" */

/* A line's reason, "module e1000e, PCI 8086:15f3 Ethernet controller" or "needed by NET"; in the args' arena. */
struct str proposal_reason(const struct proposal *, const struct symbol *, struct arena *);

/* "hardware", "set usb-storage", ..., of the goal a symbol serves; "dependencies" for what serves another symbol. */
struct str proposal_group(const struct proposal *, const struct symbol *);

#endif
