// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * args.h - parses a command line against a command's flags. GNU conventions: --name value, --name=value, -x,
 * -xvalue, "--" ends the flags, flags and arguments may be mixed; unambiguous prefixes are not accepted.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/command.h"

extern const struct flag kernel_flags[];  /* ends with an all-zero one */

enum args_result { ARGS_RUN, ARGS_HELP, ARGS_BAD };

/* ARGS_BAD: a message was printed. */
enum args_result args_parse(struct args *, int argc, char **argv);

void command_help(const struct command *, struct text *out);
void general_help(struct text *out);

/* The known name nearest to `word` (edit distance at most 3), or NULL. */
const char *nearest_command(const char *word);

#endif
