// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bootpath.h - what stands between the kernel and its root file system: file systems, the block stack below them, and
 * the drivers of the disks and of everything above those in the device tree.
 *
 * An initrd loads all that as modules; a kernel that boots without one has it built in.
 */
#ifndef CLI_BOOTPATH_H
#define CLI_BOOTPATH_H

#include "cli/pipeline.h"

struct boot_step {
	const struct route *route;
	struct str reason;          /* "root file system", "dm-crypt below the root file system", "nvme0n1" */
};

struct boot_path { VEC(struct boot_step) list; };

/* Each route once, file systems first. Empty where the dump does not say what is mounted. */
void bootpath_find(const struct pipeline *, struct arena *keep, struct boot_path *);

/* For a dump that shows no root file system: the drivers of whatever storage there is. */
void bootpath_guess(const struct mapped *devices, size_t n, struct arena *keep, struct boot_path *out);

#endif
