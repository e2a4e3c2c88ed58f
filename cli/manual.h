// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manual.h - the man page and the shells' completions, made from the table of commands.
 *
 * Nothing about a command is written down twice: what --help prints, these say in another language.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/command.h"

/* The page in mdoc(7): docs/derpconfig.1.in with the commands and the kernel options in their places. */
void manual(struct text *out);

/* The completion script for "bash", "zsh" or "fish". False: another shell. */
bool completion(const char *shell, struct text *out);

#endif
