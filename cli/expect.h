// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expect.h - what a kernel is expected to have for a machine, as a text that git's diffs show well.
 *
 * One fact a line, sorted by bytes, so that the order never changes and two files compare like sets:
 *
 *	# derpconfig check 1
 *	driver drivers/ata/ahci.ko m                what must be built, and how the configuration builds it
 *	left-out X86_AMD_PSTATE                     a wish of baseline or companions that was given up
 *	symbol SATA_AHCI=m                          what allnoconfig has to be told
 *	unmapped platform:dcdbas gone               a bound driver that this kernel cannot serve, and why
 *	unmapped module:nvidia out-of-tree
 *	unsolved module e1000e                      goals that contradict each other, when there is no configuration
 */
#ifndef CLI_EXPECT_H
#define CLI_EXPECT_H

#include "cli/proposal.h"

/* The facts of a proposal, whatever came out of it. */
void expect_write(const struct proposal *, struct text *out);

/*
 * Adds a unified diff of two such texts, as sorted lists of lines, with the names in its head. Returns the number of
 * lines that differ; with none nothing is added. Of a text that is not sorted the line numbers are those of the sorted one.
 */
size_t expect_diff(struct str old, struct str new, struct str old_name, struct str new_name, struct arena *scratch,
                   struct text *out);

#endif
