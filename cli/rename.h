// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rename.h - what an older kernel's symbol is called in a newer one.
 *
 * Kernels keep no list of renames, so evidence is looked for: an object that the symbol's own Makefile line builds in the
 * old tree and that another symbol's line builds in the new one; or the same prompt. Only a symbol that the old tree does
 * not have can be the new name, and only where there is no second one.
 */
#ifndef CLI_RENAME_H
#define CLI_RENAME_H

#include "cli/workshop.h"

struct rename {
	const struct symbol *to;       /* in the new model; NULL: none found */
	struct str evidence;           /* "both build drivers/x/y.o", "the prompt is \"...\" in both" */
};

struct rename rename_find(struct workshop *old, struct workshop *new, struct str symbol, struct arena *keep);

/* "drivers/net/Kconfig:12"; empty for a symbol that no file defines. */
struct str symbol_place(const struct symbol *, struct arena *keep);

#endif
