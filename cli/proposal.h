// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proposal.h - from goals to a verified configuration: what generate, why, check, report and upgrade share.
 *
 *   mapping (devices and modules) + sets + NixOS baseline + the user's flags  -> goals  -> solution  -> why
 *
 * proposal_make does it all. Everything lives in the args' arena; the evidence stays available for explanations.
 */
#ifndef CLI_PROPOSAL_H
#define CLI_PROPOSAL_H

#include "cli/pipeline.h"
#include "kconfig/explain.h"

enum features { FEATURES_MINIMAL, FEATURES_MATCHING, FEATURES_FULL };

struct proposal {
	struct pipeline *mapping;      /* kernel, machine, devices, routes */
	struct kconfig *model;
	struct config *base;           /* allnoconfig, with the user's numbers and strings */
	struct config *fat;            /* the kernel's --config on this model; NULL: not given */
	VEC(struct goal) goals;
	struct cost_table { struct cost *at; size_t len; } costs;
	struct solution *solution;
	struct why *why;               /* by symbol id */
	struct setting *settings;      /* what allnoconfig needs to be told, in menu order */
	size_t settings_len;
	size_t modules_lost;           /* goals that the forward evaluation of the Makefiles did not confirm */
};

/* Flags that proposal_make understands; a command that uses it has them in its table: { PROPOSAL_FLAGS, own..., { 0 } }. */
#define PROPOSAL_FLAGS \
	{ "with", 'w', "SET,...", "goals of these sets too; 'derpconfig sets' lists them" }, \
	{ "nixos", 0, "FEATURE,...", "what NixOS needs for these features (efi, luks, ...; -FEATURE takes one away)" }, \
	{ "no-baseline", 0, NULL, "nothing for NixOS: only what the hardware and the flags ask for" }, \
	{ "features", 'f', "LEVEL", "minimal, matching (default) or full: sub-options the present kernel has" }, \
	{ "keep", 0, "SYMBOL|PATH", "a goal: this symbol, module or source file" }, \
	{ "drop", 0, "SYMBOL|PATH", "never this symbol, module or source file" }, \
	{ "set", 0, "SYMBOL=VALUE", "a goal: this value; numbers and strings too" }, \
	{ "from", 0, "FRAGMENT", "goals: every line of a Kconfig fragment" }, \
	{ "boot", 0, "HOW", "initrd (default) or builtin: drivers of the root file system are y" }, \
	{ "prefer", 0, "HOW", "module (default) or builtin, where both serve" }, \
	{ "no-loaded", 0, NULL, "leave out loaded modules that no device asked for" }, \
	{ "all-matches", 0, NULL, "every module that claims a device, bound or not" }, \
	{ "toolchain", 0, "NAME|FILE", "compiler the answers are for (default: the one in --config)" }, \
	{ "probe", 0, NULL, "run the tree's toolchain tests with $CC, $LD, ...: executes text from the tree" }

/*
 * An exit code: EXIT_FINE, EXIT_UNMAPPED (the plan stands, something could not be mapped and was reported),
 * EXIT_NO_SOLUTION or EXIT_UNVERIFIED (printed), EXIT_TROUBLE (in diag or printed).
 */
int proposal_make(struct args *, struct proposal *);

struct tree *proposal_tree(const struct proposal *);
struct str proposal_machine(const struct proposal *);   /* the dump's name, or "this machine" */

/* A line's reason, "module e1000e, PCI 8086:15f3 Ethernet controller" or "needed by NET"; in the args' arena. */
struct str proposal_reason(const struct proposal *, const struct symbol *, struct arena *);

/* "hardware", "set usb-storage", ..., of the goal a symbol serves; "dependencies" for what serves another symbol. */
struct str proposal_group(const struct proposal *, const struct symbol *);

#endif
