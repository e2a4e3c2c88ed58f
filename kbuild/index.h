// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * index.h - what the evaluation of a tree gave, kept in a file; within the room.
 *
 * One file a tree and architecture, $XDG_CACHE_HOME/derpconfig/kbuild/HASH.index. It is valid for the program that
 * wrote it (its executable's stamp), for an archive's content (tree_key), and for a directory as long as nothing that
 * the evaluation asked for has another stamp (tree_state: size, times, inode; files that were missed included). It
 * ends in a checksum; whatever is wrong with it, it counts as absent. Writers replace it by renaming.
 */
#ifndef KBUILD_INDEX_H
#define KBUILD_INDEX_H

#include "kbuild/kbuild.h"

struct library { struct str object; const struct cond *when; };

struct indexed {
	struct str srcarch;
	struct route *route;
	size_t routes;
	struct part_list *parts;      /* by route; NULL: not in the index */
	struct library *library;      /* objects of lib-y; with `parts` */
	size_t libraries;
	struct str *file;
	size_t files;
	struct diag_entry *told;
	size_t tolds;
};

bool index_read(struct tree *, struct str arch, struct cond_pool *, struct arena *keep, struct indexed *out);

/* `probed` has every path that the evaluation asked for. Failing to write is no matter. */
void index_write(struct tree *, struct str arch, const struct map *probed, const struct indexed *);

/* Writes the checksum of what follows into a file's header: the last step of writing, and how tests forge one. */
void index_seal(char *file, size_t len);

#endif
