// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.h - what driver.h answers from: made by a scan of the tree, or read from the cache. For this room only.
 */
#ifndef MODALIAS_TABLE_H
#define MODALIAS_TABLE_H

#include "base/map.h"
#include "modalias/driver.h"

/* A driver, and what was read to learn of it. */
struct table_row {
	struct driver driver;
	struct str macros;    /* files beside source and file that its name comes from, parted by spaces */
	uint64_t state;       /* of all these files together, see row_state */
	bool current;         /* they were looked at since */
};

/* What a table was made from: the directories, and every file that was read. */
struct table_path {
	struct str path;
	uint64_t state;
};

struct table {
	VEC(struct table_row) rows;        /* by source, in byte order */
	VEC(struct table_path) files;      /* of an archive none */
	VEC(struct table_path) dirs;
};

uint64_t row_state(struct tree *, const struct table_row *);

/* The .c files of a directory, in byte order. */
struct path_list { struct arena *keep; VEC(struct str) list; };
void table_sources(struct tree *, struct path_list *);

/* Reads all sources. Everything is copied into `keep`. */
void table_scan(struct table *, struct tree *, struct arena *keep, struct diag *);

/*
 * The cache. TABLE_NONE: nothing was written by these rules for this tree, or a source has come or gone, or changed
 * together with a directory. TABLE_LOADED: the directories are as they were, the files were not looked at, which
 * table_is_current does. TABLE_CURRENT: an archive, or all files were looked at because directories had changed.
 */
enum table_found { TABLE_NONE, TABLE_LOADED, TABLE_CURRENT };
enum table_found table_load(struct table *, struct tree *, struct arena *keep);
void table_store(const struct table *, struct tree *);
bool table_is_current(const struct table *, struct tree *);

#endif
