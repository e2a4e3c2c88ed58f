// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dump.h - machines from files, and to files.
 *
 * Our dump is JSON, one device a line, in a stable order, so that git's diffs are readable:
 *
 *	{
 *	"format": "derpconfig-dump",
 *	"version": 1,
 *	"arch": "x86_64",
 *	...
 *	"devices": [
 *	{"path":"/devices/pci0000:00/0000:00:1f.6","subsystem":"pci","modalias":"pci:v...","driver":"e1000e"},
 *	...
 *	]
 *	}
 *
 * Empty members are left out. Writing and reading again is the identity.
 */
#ifndef SCANNER_DUMP_H
#define SCANNER_DUMP_H

#include "base/diag.h"
#include "scanner/device.h"

/*
 * Reads one machine from the inputs, merged in their order. Each may be our dump, `udevadm info --export-db`, a
 * facter.json, `lspci -vmmnnk`, `lspci -nnk`, lsmod or /proc/modules, a table of devices with the columns
 * "bus modalias driver modules name count", or a list of modaliases; the format is recognised by content.
 * A device of one input is that of another when subsystem and last path part agree and neither modalias nor driver
 * contradict; the earlier input's facts win. NULL, with at least one error in the diagnostics, when an input cannot be understood.
 */
struct machine *machine_read(struct arena *keep, const struct source *inputs, size_t n, struct diag *);

/* The same from files; packed ones are unpacked; "-" is standard input. */
struct machine *machine_load(struct arena *keep, const char *const *paths, size_t n, struct diag *);

void machine_write(const struct machine *, struct text *out);

#endif
