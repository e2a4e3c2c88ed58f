// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * data.h - the project's data files, embedded at build time: sets, toolchain profiles, the NixOS baseline.
 *
 * Names are paths in the project, "kconfig/sets/usb-storage.set". Which files is decided by DATA in the
 * Makefile. The table is sorted by name.
 */
#ifndef BASE_DATA_H
#define BASE_DATA_H

#include "base/str.h"

struct data_file {
	const char *name;
	const char *begin, *end;
};

extern const struct data_file data_files[];
extern const size_t data_files_len;

/* The content; at == NULL when there is no such file. */
struct str data_find(const char *name);

#endif
