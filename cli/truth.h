// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * truth.h - is what Linux bound to each device built by the configuration found?
 */
#ifndef CLI_TRUTH_H
#define CLI_TRUTH_H

#include "cli/proposal.h"

/* What became of a bound device's driver. */
enum truth {
	TRUTH_MODULE,        /* the configuration builds it as a module */
	TRUTH_BUILTIN,       /* it is linked into the image */
	TRUTH_ADDED,         /* built, though the kernel at hand leaves it out */
	TRUTH_GONE,          /* the tree has no driver of that name: removed or renamed since, newer, or from elsewhere */
	TRUTH_OUT_OF_TREE,
	TRUTH_OTHER_ARCH,
	TRUTH_UNEXPLAINED,   /* our mistake, or modules and tree that do not belong together */
	TRUTHS,
};

const char *truth_word(enum truth);
enum truth truth_of(const struct proposal *, const struct mapped *);

/* 'm', 'y' or 'n': how the Makefiles build the object with the configuration found. */
char truth_built(const struct proposal *, const struct route *);

/* Members of a JSON object: "truth", the count of bound devices by class, and "devices", a list of them. */
struct str truth_json(const struct proposal *, struct arena *keep);

#endif
