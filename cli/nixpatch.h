// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixpatch.h - a proposal as a NixOS module that nixpkgs' configuration run accepts: nixplan.h finds the lines.
 */
#ifndef CLI_NIXPATCH_H
#define CLI_NIXPATCH_H

#include "cli/proposal.h"

#define NIXPATCH_FLAGS \
	{ "nixpkgs", 0, "RELEASE", "24.11, 25.05, 25.11, ... or unstable (default): how the attributes are called" }, \
	{ "linux", 0, "ATTR", "the kernel's attribute below pkgs (default: linux_MAJOR_MINOR of the tree)" }, \
	{ "llvm", 0, NULL, "build the kernel with clang and lld" }, \
	{ "mode", 0, "MODE", "lean (default), common (with --common) or subtract: drivers taken from the stock kernel" }, \
	{ "common", 0, "FILE|NIXPKGS", "NixOS' common config: answers, or a nixpkgs to ask; what does not fit is forced or unset" }, \
	{ "no-initrd", 0, NULL, "leave boot.initrd as it is" }, \
	{ "explain-lines", 0, NULL, "say of every line what it is for in the run: [goal], [needed], [goal, comes by itself], ..." }, \
	{ "tune", 0, "FLAGS", "compiler flags for this processor, \"-march=native\" and the like" }

/* An exit code: EXIT_FINE when the text is complete, EXIT_UNVERIFIED when the run can't come to the solution. */
int nixpatch_write(struct args *, const struct proposal *, struct text *out);

#endif
