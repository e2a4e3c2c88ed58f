// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * emit.h - a proposal written as --format says: what generate, merge and upgrade end with.
 */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include "cli/nixpatch.h"
#include "cli/proposal.h"

#define EMIT_FLAGS \
	{ "format", 'F', "FORMAT", "nix (default), kconfig (for KCONFIG_ALLCONFIG), dotconfig or json" }, \
	{ "output", 'o', "FILE", "write to FILE" }, \
	NIXPATCH_FLAGS

/* Is --format known? False: printed. */
bool emit_check(struct args *);

/* To -o FILE or standard output, whole or not at all. An exit code. */
int emit(struct args *, const struct proposal *);

#endif
