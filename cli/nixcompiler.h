// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixcompiler.h - which options are only offered because of what the compiler can do.
 *
 * A patch is found with one toolchain's answers and used with another's: that of the user's nixpkgs. A required answer for
 * an option that isn't offered there would fail the build, so such lines are written as optional ones.
 */
#ifndef CLI_NIXCOMPILER_H
#define CLI_NIXCOMPILER_H

#include "kconfig/config.h"

/*
 * By symbol id: is it offered in this configuration by the grace of the compiler, linker or another tool? What a
 * tool answered counts as unknown; of what follows from it the worst is taken. Approximate on the safe side.
 */
bool *compiler_bound(struct config *, struct arena *keep);

#endif
