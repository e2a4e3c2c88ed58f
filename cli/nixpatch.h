// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixpatch.h - a plan as a NixOS module.
 */
#ifndef CLI_NIXPATCH_H
#define CLI_NIXPATCH_H

#include "cli/proposal.h"

#define NIXPATCH_FLAGS \
	{ "nixpkgs", 0, "RELEASE", "24.11, 25.05, 25.11, ... or unstable (default): how the attributes are called" }, \
	{ "linux", 0, "ATTR", "the kernel's attribute below pkgs (default: linux_MAJOR_MINOR of the tree)" }, \
	{ "llvm", 0, NULL, "build the kernel with clang and lld" }, \
	{ "tune", 0, "FLAGS", "compiler flags for this processor, \"-march=native\" and the like" }

/* An exit code; EXIT_FINE when the text is complete. */
int nixpatch_write(struct args *, const struct proposal *, struct text *out);

#endif
