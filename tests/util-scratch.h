// SPDX-License-Identifier: GPL-2.0-or-later
/* util-scratch.h - a fuzz target's directory of its own, in memory where that can be, gone when the process ends. */
#ifndef TESTS_UTIL_SCRATCH_H
#define TESTS_UTIL_SCRATCH_H

#include "base/str.h"

/* Made when it is first asked for. What goes wrong with it ends the process. */
const char *scratch_dir(void);

void scratch_put(const char *file, struct str text); /* DIR/file is this; its directory is there */

#endif
