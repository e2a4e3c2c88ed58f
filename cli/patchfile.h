// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * patchfile.h - the options of a patch that exists: a NixOS module's structuredExtraConfig, or a Kconfig fragment.
 *
 * Not a reader of Nix: of a module it takes lines like those that nix.h writes, one option a line, between the line with
 * structuredExtraConfig (or extraStructuredConfig) and the closing brace. yes, module, no, unset, freeform "...",
 * option and mkForce are understood; any other line there is a warning. Lines under the headings "dependencies", "order" and
 * "unset" say what followed from the others, and are marked.
 */
#ifndef CLI_PATCHFILE_H
#define CLI_PATCHFILE_H

#include "base/diag.h"

struct patch_line {
	struct str symbol;
	struct str value;     /* as in .config: "y", "m", "n", a number, a string without quotes; empty: unset */
	struct str group;     /* the heading it stands under */
	struct str reason;    /* the comment */
	unsigned line;
	bool follows;         /* from other lines */
};

struct patch_lines { VEC(struct patch_line) list; };

/* Is the text one of the two? A dump, for example, is not. */
bool patch_is(struct str text);

/* In the order of the file. Borrows from the text. */
void patch_parse(const struct source *, struct arena *keep, struct diag *, struct patch_lines *out);

#endif
