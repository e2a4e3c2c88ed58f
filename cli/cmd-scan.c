// SPDX-License-Identifier: GPL-2.0-or-later
/* derpconfig scan - this machine, another root, or foreign input, as a dump. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "scanner/dump.h"
#include "scanner/history.h"
#include "scanner/scan.h"

static const struct flag flags[] = {
	{ "root", 'r', "DIR", "scan the machine whose /sys and /proc lie below DIR" },
	{ "from", 'f', "FILE", "read a machine from FILE instead (repeated: merged); '-' is standard input" },
	{ "record", 'R', "DIR", "add to the history DIR/machine.json: what was seen once stays" },
	{ "output", 'o', "DUMP", "where to write the dump (default: standard output, nowhere with --record)" },
	{ 0 },
};

/* Reads DIR/machine.json, if there is one, adds what is there no more, writes it again. */
static int
record(struct args *a, const char *dir, struct machine *m)
{
	const char *path = str_c(a->keep, path_join(a->keep, str_from(dir), STR("machine.json")));
	size_t seen = machine_count(m), added = 0;
	struct machine *before = NULL;
	struct text out = { 0 };
	int r;

	if (access(path, F_OK) == 0 && !(before = machine_load(a->keep, &path, 1, a->diag)))
		return EXIT_TROUBLE;
	if (before)
		added = machine_remember(m, before);
	machine_write(m, &out);
	r = mkdir(dir, 0777) < 0 && errno != EEXIST ? -errno : file_write(path, text_str(&out));
	text_release(&out);
	if (r < 0) {
		diag_error(a->diag, str_from(path), 0, "cannot write: %s", strerror(-r));
		return EXIT_TROUBLE;
	}
	diag_add(a->diag, DIAG_NOTE, str_from(path), 0, "%zu devices now, %zu remembered from before", seen, added);
	return EXIT_FINE;
}

static int
run(struct args *a)
{
	const char **from, *root = args_value(a, "root"), *history = args_value(a, "record");
	size_t n = args_values(a, "from", &from);
	struct text out = { 0 };
	struct machine *m;
	int code = EXIT_FINE;

	if (n && root)
		return usage_error(a, "--root and --from exclude each other");
	m = n ? machine_load(a->keep, from, n, a->diag) : machine_scan(a->keep, root, a->diag);
	if (!m)
		return EXIT_TROUBLE;
	machine_write(m, &out);
	if (!history || args_has(a, "output"))
		code = output(a, text_str(&out));
	text_release(&out);
	return code == EXIT_FINE && history ? record(a, history, m) : code;
}

const struct command cmd_scan = {
	.name = "scan",
	.synopsis = "[--root DIR | --from FILE...] [--record DIR] [-o DUMP]",
	.summary = "Write what hardware this machine has, as a dump",
	.details =
		"Lists every device with its modalias and driver, the loaded modules, and what the machine boots from.\n"
		"Reads only, and needs no privileges; what it may not read is noted in the dump. A dump holds no serial\n"
		"numbers, MAC addresses, host names or UUIDs.\n\n"
		"--from takes, recognised by content: a dump, 'udevadm info --export-db', a facter.json, 'lspci -vmmnnk',\n"
		"'lspci -nnk', lsmod or /proc/modules, a table with the columns bus, modalias, driver, modules, name and\n"
		"count parted by tabs, or a list of modaliases.\n\n"
		"--record keeps a dump in DIR to which each scan adds: a stick that is plugged in now and then stays in it.",
	.flags = flags,
	.run = run,
};
