// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * command.h - the commands, as one table that makes --help, the man page's synopsis and the completions.
 *
 * A command is a file cli/cmd-NAME.c with a `const struct command cmd_NAME`; cli/commands.c lists them all.
 * main parses the command line against `flags` before `run` sees it, so a command only asks what was given.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/diag.h"

/* Stable: scripts rely on them. The highest that applies is returned. */
enum exit_code {
	EXIT_FINE = 0,
	EXIT_DIFFERENT = 1,    /* differences found */
	EXIT_TROUBLE = 2,      /* usage, input or output */
	EXIT_NO_SOLUTION = 3,  /* no configuration satisfies the goals */
	EXIT_UNVERIFIED = 4,   /* the answer failed its verification */
	EXIT_UNMAPPED = 5,     /* something could not be mapped; output was written all the same */
};

struct flag {
	const char *name;      /* long name without "--" */
	char letter;           /* short name, 0: none */
	const char *value;     /* what follows, "FILE"; NULL: a switch */
	const char *help;      /* one line, no full stop */
};

struct given {             /* one flag as given; repeated flags stand several times, in order */
	const struct flag *flag;
	const char *value;
};

struct args {
	const struct command *command;
	const char **at;       /* what is no flag */
	size_t len;
	VEC(struct given) given;
	struct arena *keep;
	struct diag *diag;
};

struct command {
	const char *name;
	const char *synopsis;  /* "[DUMP...] KERNEL-OPTIONS" */
	const char *summary;   /* one line */
	const char *details;   /* paragraphs for --help and the man page; may be NULL */
	const struct flag *flags; /* ends with an all-zero one */
	bool kernel_options;   /* takes --kernel, --modules, --config, --arch too */
	size_t min, max;       /* number of arguments that are no flags; max 0 with min 0: none */
	int (*run)(struct args *);
};

extern const struct command *const commands[];  /* ends with NULL; in the order help shows them */

bool args_has(const struct args *, const char *flag);
const char *args_value(const struct args *, const char *flag);          /* the last one; NULL: not given */
size_t args_values(const struct args *, const char *flag, const char ***out); /* all, in order */

/* Prints "derpconfig: message" for a usage error and returns EXIT_TROUBLE. */
int usage_error(const struct args *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the output to -o FILE, or standard output when not given: whole or not at all. Returns an exit code. */
int output(const struct args *, struct str text);

#endif
