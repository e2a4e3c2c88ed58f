// SPDX-License-Identifier: GPL-2.0-or-later
/* derpconfig - which kernel options does this machine need? The entry point: finds the command and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/confine.h"
#include "cli/terminal.h"

static int
run(const struct command *c, int argc, char **argv)
{
	struct arena keep = { 0 };
	struct diag diag = { .keep = &keep };
	struct args a = { .command = c, .keep = &keep, .diag = &diag };
	struct text help = { 0 };
	int code = EXIT_TROUBLE;

	switch (args_parse(&a, argc, argv)) {
	case ARGS_RUN:
#ifndef UNCONFINED /* a build that counts coverage writes its counts at the end */
		confine(&a);
#endif
		code = c->run(&a);
		progress(NULL);
		diag_print(&diag, stderr);
		if (diag.errors && code == EXIT_FINE)
			code = EXIT_TROUBLE;
		break;
	case ARGS_HELP:
		command_help(c, &help);
		code = output(&a, text_str(&help));
		text_release(&help);
		break;
	case ARGS_BAD:
		break;
	}
	arena_release(&keep);
	return code;
}

int
main(int argc, char **argv)
{
	const char *near;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report, not a death */
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return run(commands[0], 0, argv);
	if (strcmp(argv[1], "--version") == 0) {
		struct str v = STR("derpconfig " VERSION "\n");

		return output(&(struct args){ 0 }, v);
	}
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, argv[1]) == 0)
			return run(commands[i], argc - 2, argv + 2);
	near = nearest_command(argv[1]);
	fprintf(stderr, "derpconfig: there is no command '%s'%s%s%s; see 'derpconfig --help'\n", argv[1],
	        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return EXIT_TROUBLE;
}
