// SPDX-License-Identifier: GPL-2.0-or-later
/* help - what the program can do. */
#include <string.h>

#include "cli/args.h"

static int
run(struct args *a)
{
	struct text t = { 0 };
	const struct command *c = NULL;
	int r;

	for (size_t i = 0; a->len && commands[i]; i++)
		if (strcmp(commands[i]->name, a->at[0]) == 0)
			c = commands[i];
	if (a->len && !c)
		return usage_error(a, "there is no command '%s'", a->at[0]);
	if (c)
		command_help(c, &t);
	else
		general_help(&t);
	r = output(a, text_str(&t));
	text_release(&t);
	return r;
}

const struct command cmd_help = {
	.name = "help", .synopsis = "[COMMAND]", .summary = "Show what the program, or one command, can do",
	.flags = (const struct flag[]){ { 0 } }, .max = 1, .run = run,
};
