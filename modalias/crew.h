// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crew.h - threads that read one tree: work comes in numbered pieces, so that what comes out of it can be put in order
 * whoever did it. For this room only.
 */
#ifndef MODALIAS_CREW_H
#define MODALIAS_CREW_H

#include "base/tree.h"

enum { CREW_MAX = 8 };

/*
 * Handles of a directory for as many members as there are cores and pieces, at least one; the first is `tree` itself.
 */
size_t crew_open(struct tree *tree, size_t pieces, struct tree *handle[CREW_MAX]);
void crew_close(struct tree *const handle[CREW_MAX], size_t n);

/* Calls `work` once for every piece, each member in a thread of its own, the first in this one. */
void crew_run(void *const member[CREW_MAX], size_t n, size_t pieces, void (*work)(void *member, size_t piece));

#endif
