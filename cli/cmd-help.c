// SPDX-License-Identifier: GPL-2.0-or-later
/* help - what the program can do: for people, as a man page, as the shells' completions. */
#include <string.h>

#include "cli/args.h"
#include "cli/manual.h"

static const struct flag flags[] = {
	{ "man", 0, NULL, "print the man page, in mdoc" },
	{ "completion", 0, "bash|zsh|fish", "print the completion script for a shell" },
	{ 0 },
};

/* False: a message was printed. */
static bool
write_help(struct args *a, struct text *out)
{
	const char *shell = args_value(a, "completion");

	if (args_has(a, "man")) {
		manual(out);
		return true;
	}
	if (shell && !completion(shell, out))
		return usage_error(a, "there is no completion for '%s', only for bash, zsh and fish", shell), false;
	if (shell)
		return true;
	for (size_t i = 0; a->len && commands[i]; i++) {
		if (strcmp(commands[i]->name, a->at[0]) != 0)
			continue;
		command_help(commands[i], out);
		return true;
	}
	if (a->len)
		return usage_error(a, "there is no command '%s'", a->at[0]), false;
	general_help(out);
	return true;
}

static int
run(struct args *a)
{
	struct text t = { 0 };
	int r = write_help(a, &t) ? output(a, text_str(&t)) : EXIT_TROUBLE;

	text_release(&t);
	return r;
}

const struct command cmd_help = {
	.name = "help", .synopsis = "[COMMAND]", .summary = "Show what the program, or one command, can do",
	.flags = flags, .max = 1, .run = run,
};
