// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * savings.h - what configurations cost to build, side by side: the kernel's own, what `make localmodconfig` would make
 * of it for this machine, and a proposal.
 */
#ifndef CLI_SAVINGS_H
#define CLI_SAVINGS_H

#include "cli/proposal.h"

/*
 * Compiling one object file took 0.57 s and 0.0125 s for each KiB of its source, measured over Debian's 6.12 on one core
 * with gcc 12 (r = 0.91); so the headers count as 46 KiB, as in kbuild's weights.
 */
#define SECONDS_PER_KIB 0.0125

struct size {
	size_t y, m;           /* bool and tristate symbols */
	size_t modules, objects; /* modules that are made, object files that are compiled for them and for the image */
	double seconds;        /* of one core, without linking */
};

/* A symbol's value in a `struct config *`, as cond_eval asks for it. */
struct str symbol_value(void *config, struct str symbol);

/* False: the Makefiles could not be evaluated; in the proposal's diag. */
bool size_of(const struct proposal *, struct config *, struct size *out);

/* A part of the tree: "drivers/gpu", "fs". */
struct directory {
	struct str name;
	struct { size_t objects; double seconds; } from, to;
};
struct directory_list { struct directory *at; size_t len; };

/* Where `to` differs from `from`, what saves most first. */
struct directory_list savings_by_directory(const struct proposal *, struct config *from, struct config *to);

/*
 * What localmodconfig keeps of the kernel's own configuration (scripts/kconfig/streamline_config.pl): all that is built
 * in, and of the modules those that are loaded, what their symbols' dependencies name, and for symbols without prompt the
 * first that selects them. The dump's loaded modules, or where it has none those of the bound drivers and what these need.
 * An estimate, for here conditions are exact where the script takes every word, and Makefiles are evaluated where it
 * looks for lines. NULL without --config.
 */
struct config *localmod_estimate(const struct proposal *);

/* The proposal's model with a .config file. NULL: in diag. */
struct config *config_of_file(const struct proposal *, const char *path);

/* "3 h 20 min", "45 s". */
struct str duration(double seconds, struct arena *keep);

#endif
