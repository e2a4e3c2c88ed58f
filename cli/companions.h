// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * companions.h - what a machine or a driver needs beside its modules: soft goals from kconfig/companions.rules.
 */
#ifndef CLI_COMPANIONS_H
#define CLI_COMPANIONS_H

#include "base/diag.h"
#include "base/map.h"
#include "scanner/device.h"

struct companion {
	struct str symbol, value;   /* value empty: on, y or m */
	struct str reason;
	struct place_in_rules { struct str file; unsigned line; } place;
};

struct companions { VEC(struct companion) list; };

/*
 * The wants of every rule that holds for the machine, in the order of the rules. `modules` holds the names of
 * modules that are goals. Malformed rules are errors in diag, with their line.
 */
void companions_find(const struct source *rules, const struct machine *, const struct map *modules,
                     struct arena *keep, struct diag *, struct companions *out);

#endif
