// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * provider.h - which objects of the tree serve a bound device: the rules, from the surest to the weakest.
 */
#ifndef CLI_PROVIDER_H
#define CLI_PROVIDER_H

#include "cli/pipeline.h"

/*
 * Fills found, routes and note of a bound device whose matches are there. Looks at nothing but this device; what was found
 * for one that is alike is remembered. False: nothing claims it, and no source looks like its driver; then it is gone, most
 * likely, and to be sure all sources are asked: by the second, after driver_expect was told of all devices that got so far,
 * so that they are searched once.
 */
bool provider_find(struct pipeline *, struct mapped *);
void provider_find_anywhere(struct pipeline *, struct mapped *);

/* A driver or module that the kernel's tree never had, by the machine's own word or by its name: "nvidia". */
bool is_out_of_tree(const struct machine *, struct str name);

#endif
