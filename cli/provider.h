// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * provider.h - which objects of the tree serve a bound device: the rules, from the surest to the weakest.
 */
#ifndef CLI_PROVIDER_H
#define CLI_PROVIDER_H

#include "cli/pipeline.h"

/* Fills found, routes and note of a bound device whose matches are there. Looks at nothing but this device. */
void provider_find(struct pipeline *, struct mapped *);

/* A driver or module that the kernel's tree never had, by the machine's own word or by its name: "nvidia". */
bool is_out_of_tree(const struct machine *, struct str name);

#endif
