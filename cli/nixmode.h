// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixmode.h - what a patch starts from and where it leads: lean, common, subtract.
 *
 * lean: allnoconfig, nothing else. common: allnoconfig and NixOS' common config, to the same configuration with all that
 * the common config adds to it. subtract: the stock kernel's own run (defconfig, common config, autoModules), from which
 * the drivers go that neither the machine nor the goals need.
 */
#ifndef CLI_NIXMODE_H
#define CLI_NIXMODE_H

#include "cli/nixplan.h"
#include "cli/proposal.h"

enum nix_mode { NIX_LEAN, NIX_COMMON, NIX_SUBTRACT };

bool nix_mode_parse(struct str, enum nix_mode *out);

/*
 * The target of mode common: the proposal's solution, and what the common config says where no goal stands against it.
 * Every goal that the solution reaches holds.
 */
struct config *nix_join(const struct proposal *, const struct answers *common, struct arena *keep);

/* Is preferBuiltin what nixpkgs' stock kernel of this ARCH is made with? (lib/systems/platforms.nix) */
bool nix_prefers_builtin(struct str arch);

/*
 * The target of mode subtract: the stock run's outcome without the drivers that are off in the proposal's solution, and
 * with its settings. NULL: the stock run itself dies, or a goal can't be reached from there; in diag.
 */
struct config *nix_subtract(const struct proposal *, const struct answers *common, struct str words,
                            struct arena *keep, struct diag *);

#endif
