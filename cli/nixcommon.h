// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixcommon.h - NixOS' common config as answers: from a file, or from a nixpkgs that the user named.
 */
#ifndef CLI_NIXCOMMON_H
#define CLI_NIXCOMMON_H

#include "base/tree.h"
#include "cli/command.h"
#include "nixout/answers.h"

/* The attribute below pkgs: --linux, or after the tree's version: "6.12.43" -> "linux_6_12". */
struct str nixcommon_kernel(struct args *, struct tree *);

/*
 * --common's value. A file is answer text or what `nix eval --json` prints (nixout/settings.h). A directory or <nixpkgs>
 * is evaluated by nix-instantiate: the kernel's configfile.kernelConfig, which is not built. `arch` is make's ARCH.
 * False: printed, or in diag.
 */
bool nixcommon_read(struct args *, struct tree *, struct str arch, struct answers *out);

/*
 * What nixpkgs answers for an architecture whatever else is configured: lib/systems/platforms.nix has it as
 * linux-kernel.extraConfig, pkgs/os-specific/linux/kernel/generic.nix puts it behind the options of all patches, the common
 * config's or not, and before the extraConfig of patches. Of an answer given twice the last one holds, so
 * it is put into `common` as well.
 */
void nixcommon_platform(struct str arch, struct arena *keep, struct answers *out, struct answers *common);

#endif
