// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dotconfig.h - a configuration as text: .config, a savedefconfig, /proc/config.gz once unpacked.
 *
 * Read as nixpkgs' script reads it: `CONFIG_X=value` and `# CONFIG_X is not set`, everything else is passed
 * over; the last line about a symbol wins.
 */
#ifndef NIXOUT_DOTCONFIG_H
#define NIXOUT_DOTCONFIG_H

#include "base/diag.h"
#include "base/map.h"

struct dotconfig_line {
	struct str name;               /* without CONFIG_ */
	struct str value;              /* "n" for "is not set"; strings without quotes, \\ and \" undone */
	bool string;                   /* it stood in quotes */
	unsigned line;
};

struct dotconfig {
	struct map by_name;            /* name -> struct dotconfig_line, in the order of the file */
};

/* Lines about CONFIG_ that have no known form are warnings. Names and plain values are borrowed. */
void dotconfig_parse(struct dotconfig *, const struct source *, struct arena *keep, struct diag *);

/* NULL: no line. */
const struct dotconfig_line *dotconfig_get(const struct dotconfig *, struct str name);
size_t dotconfig_len(const struct dotconfig *);
const struct dotconfig_line *dotconfig_at(const struct dotconfig *, size_t i);

/* "y", "m", a number, a string; "n" where there is no line. */
struct str dotconfig_value(const struct dotconfig *, struct str name);

#endif
