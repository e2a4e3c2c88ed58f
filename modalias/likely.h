// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * likely.h - which sources look as if they registered a driver, by their paths alone.
 *
 * A driver is mostly called as its file or directory: "i8042 kbd" stands in drivers/input/serio/i8042.c, the "thermal" of
 * the bus acpi in drivers/acpi/thermal.c. Words of the name and of the bus are looked for among the words of the paths;
 * the rarer a word among all paths, the more it says. A guess where to look first, no answer.
 */
#ifndef MODALIAS_LIKELY_H
#define MODALIAS_LIKELY_H

#include "base/arena.h"
#include "base/str.h"

struct likely;

/* `paths` are borrowed; files of one directory best stand together. */
struct likely *likely_new(const struct str *paths, size_t n, struct arena *keep);

/* Indexes of up to `max` paths into `out`, the likeliest first, of equals the first; how many. */
size_t likely_find(struct likely *, struct str bus, struct str name, size_t *out, size_t max);

#endif
