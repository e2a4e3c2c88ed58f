// SPDX-License-Identifier: GPL-2.0-or-later
/* generate - the configuration this machine needs, as a Nix patch, a Kconfig fragment, a .config or JSON. */
#include "cli/emit.h"

static const struct flag flags[] = {
	EMIT_FLAGS,
	PROPOSAL_FLAGS,
	{ 0 },
};

static int
run(struct args *a)
{
	struct proposal p = { 0 };
	int code, written;

	if (!emit_check(a))
		return EXIT_TROUBLE;
	code = proposal_make(a, &p);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	written = emit(a, &p);
	return written ? written : code;
}

const struct command cmd_generate = {
	.name = "generate", .synopsis = "[DUMP...] [KERNEL-OPTIONS]",
	.summary = "Write the configuration this machine needs",
	.details = "Without a DUMP this machine is scanned. The answer is the cheapest configuration over allnoconfig in\n"
	           "which every goal holds: the driver of every bound device, loaded modules, what NixOS needs, and the\n"
	           "sets and symbols asked for. It is verified before it is written; every line has its reason.",
	.flags = flags, .kernel_options = true, .max = 1000, .run = run,
};
