// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * index.h - what the evaluation of a tree gave, kept in a file; within the room.
 *
 * One file a tree and architecture, $XDG_CACHE_HOME/derpconfig/kbuild/HASH.index. It is valid for the program that
 * wrote it (its executable's stamp), for an archive's content (tree_key), and for a directory as long as nothing that
 * the evaluation asked for has another state (tree_state: size, times, inode; files that were missed included). It
 * has a checksum; whatever is wrong with it, it counts as absent. Writers replace it by renaming.
 *
 * Reading it is no more than checking that. Routes, parts, conditions are made when they are asked for: a machine's
 * drivers are few among a tree's.
 */
#ifndef KBUILD_INDEX_H
#define KBUILD_INDEX_H

#include "kbuild/kbuild.h"
#include "kbuild/lookup.h"

struct indexed {
	struct str srcarch;
	const struct route *const *route;
	size_t routes;
	struct lookup by_name;              /* routes by the hash of their names */
	const struct part *part;            /* those of all routes; NULL: not in the index */
	const uint32_t *first;              /* by route: its first part; one more for the end */
	struct lookup by_object;            /* parts by the hash of their paths without suffix */
	struct cost_list costs;             /* with `part` */
	struct name_list files;
	const struct diag_entry *told;
	size_t tolds;
	const struct map *probed;           /* every path that the evaluation asked for */
	const struct states *states;        /* of these; see index_states */
};

struct states { uint64_t *at; size_t len, cap; };

/*
 * Adds the states of the paths that have none yet (none at all for an archive). False when something changed so lately
 * that it could change again with the same times: then nothing is to be written.
 */
bool index_states(struct tree *, const struct map *probed, struct arena *keep, struct states *);

/* Failing to write is no matter. */
void index_write(struct tree *, struct str arch, const struct indexed *);

/* Writes the checksum of what follows into a file's header: the last step of writing, and how tests forge one. */
void index_seal(char *file, size_t len);

struct index;

/* Lives in `keep`. NULL: there is none that holds. */
struct index *index_read(struct tree *, struct str arch, struct cond_pool *, struct arena *keep);

struct str index_srcarch(const struct index *);
struct name_list index_files(struct index *);
void index_tell(const struct index *, struct diag *);

size_t index_routes(const struct index *);
struct str index_route_object(const struct index *, size_t route);
struct route *index_route(struct index *, size_t route);          /* a new one each time */
struct lookup index_by_name(const struct index *);

bool index_has_parts(const struct index *);                             /* else the following are empty */
struct str index_part_object(const struct index *, size_t part);
const uint32_t *index_first(const struct index *);                      /* by route, and the end; ascending */
struct part_list index_parts(struct index *, size_t route);             /* a new list each time */
struct lookup index_by_object(const struct index *);
struct cost_list index_costs(struct index *);

/* Makes `path` and `name` of `object`. */
void route_names(struct arena *, struct route *);

#endif
