// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixinitrd.h - the initrd part of a patch: the boot path's modules, checked against what the kernel of a configuration builds.
 */
#ifndef CLI_NIXINITRD_H
#define CLI_NIXINITRD_H

#include "cli/proposal.h"

/* Attributes for nix_module.more. What is missing is an error in diag. */
void nixinitrd_write(const struct proposal *, struct config *, struct arena *keep, struct text *out, struct diag *);

#endif
