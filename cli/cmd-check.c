// SPDX-License-Identifier: GPL-2.0-or-later
/* check - is a configuration fit for NixOS; is what a kernel has for many machines what it was? */
#include <string.h>

#include "cli/check.h"
#include "cli/proposal.h"

static const struct flag flags[] = {
	{ "dumps", 'd', "DIR", "the machines: every dump in DIR" },
	{ "expect", 'e', "DIR", "what is expected of each, DIR/MACHINE.expect" },
	{ "update", 'u', NULL, "write what came out into these files instead of comparing" },
	{ "json", 'j', NULL, "JSON; with --dumps every bound device and what serves it" },
	{ "junit", 0, "FILE", "write JUnit's XML to FILE, too" },
	{ "jobs", 0, "N", "processes that work at once (default: one a core)" },
	{ "level", 0, "LEVEL", "required, initrd or recommended: the least strict rows CONFIG is checked for (default: recommended)" },
	{ "baseline", 0, "FILE", "for CONFIG: further rows, in the form of nixout/data/baseline.csv" },
	{ "output", 'o', "FILE", "write to FILE" },
	PROPOSAL_FLAGS,
	{ 0 },
};

/* The first flag given that a CONFIG has no use for; NULL: none. */
static const char *
flag_for_dumps(const struct args *a)
{
	static const char *const config_flags[] = { "level", "baseline", "nixos", "output", "json" };

	for (size_t i = 0; i < a->given.len; i++) {
		const char *name = a->given.at[i].flag->name;
		bool known = false;

		for (size_t k = 0; k < sizeof(config_flags) / sizeof(*config_flags); k++)
			known = known || strcmp(config_flags[k], name) == 0;
		if (!known)
			return name;
	}
	return NULL;
}

static int
run(struct args *a)
{
	const char *other;

	if (args_has(a, "dumps"))
		return a->len ? usage_error(a, "CONFIG and --dumps exclude each other") : check_fleet(a);
	if (args_has(a, "expect") || args_has(a, "update") || args_has(a, "junit"))
		return usage_error(a, "--expect, --update and --junit go with --dumps DIR");
	if (a->len && (other = flag_for_dumps(a)))
		return usage_error(a, "--%s goes with --dumps DIR", other);
	return a->len ? check_config(a) : usage_error(a, "give a CONFIG, or --dumps DIR");
}

const struct command cmd_check = {
	.name = "check", .synopsis = "[--nixos FEATURE]... CONFIG | --dumps DIR [--expect DIR] [KERNEL-OPTIONS]",
	.summary = "Check a configuration for NixOS, or what a kernel has for many machines",
	.details =
		"CONFIG: what would NixOS, systemd and the initrd miss in it? Kernels made by nixpkgs' buildLinux skip NixOS' own "
		"assertions, so a kernel without what systemd needs is only found out at boot. Exit 1: a required row, or one for "
		"the initrd, does not hold.\n\n"
		"--dumps DIR: makes the configuration of every machine whose dump is in DIR, in any format that scan --from reads, "
		"and compares drivers, symbols and what could not be mapped with DIR/MACHINE.expect of --expect: a unified diff for "
		"each machine and a line of totals; exit 1 when anything differs. The kernel is read once. Machines of another "
		"architecture than the kernel's are named and not checked.",
	.flags = flags, .kernel_options = true, .max = 1, .run = run,
};
