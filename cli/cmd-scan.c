// SPDX-License-Identifier: GPL-2.0-or-later
/* derpconfig scan - this machine, another root, or foreign input, as a dump. */
#include "cli/command.h"
#include "scanner/dump.h"
#include "scanner/scan.h"

static const struct flag flags[] = {
	{ "root", 'r', "DIR", "scan the machine whose /sys and /proc lie below DIR" },
	{ "from", 'f', "FILE", "read a machine from FILE instead (repeated: merged); '-' is standard input" },
	{ "output", 'o', "DUMP", "where to write the dump (default: standard output)" },
	{ 0 },
};

static int
run(struct args *a)
{
	const char **from, *root = args_value(a, "root");
	size_t n = args_values(a, "from", &from);
	struct text out = { 0 };
	struct machine *m;
	int code;

	if (n && root)
		return usage_error(a, "--root and --from exclude each other");
	m = n ? machine_load(a->keep, from, n, a->diag) : machine_scan(a->keep, root, a->diag);
	if (!m)
		return EXIT_TROUBLE;
	machine_write(m, &out);
	code = output(a, text_str(&out));
	text_release(&out);
	return code;
}

const struct command cmd_scan = {
	.name = "scan",
	.synopsis = "[--root DIR | --from FILE...] [-o DUMP]",
	.summary = "Write what hardware this machine has, as a dump",
	.details =
		"Lists every device with its modalias and driver, the loaded modules, and what the machine boots from.\n"
		"Reads only, and needs no privileges; what it may not read is noted in the dump. A dump holds no serial\n"
		"numbers, MAC addresses, host names or UUIDs.\n\n"
		"--from takes, recognised by content: a dump, 'udevadm info --export-db', a facter.json, 'lspci -vmmnnk',\n"
		"'lspci -nnk', lsmod or /proc/modules, a table with the columns bus, modalias, driver, modules, name and\n"
		"count parted by tabs, or a list of modaliases.",
	.flags = flags,
	.run = run,
};
