// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.h - what driver.h answers from: single sources that are read when they are asked for, or all of a tree. For this
 * room only.
 */
#ifndef MODALIAS_TABLE_H
#define MODALIAS_TABLE_H

#include "base/map.h"
#include "modalias/driver.h"

struct table { VEC(struct driver) rows; };
struct source_list { struct str *at; size_t len, cap; };

enum { INCLUDE_DEPTH = 4 };   /* how far #include "x.h" is followed */

/* Is the file one of the sources that "all" means? Are there any in this directory of the tree's top? */
bool table_has_source(struct str path);
bool table_has_dir(struct str top);

/* Is a name looked up below include/? Variables and parameters are not, which no header there has. */
bool table_is_macro(struct str name);

/* Sources read one by one, each once. NULL for an archive, which is read as a whole. */
struct reader;
struct reader *reader_new(struct tree *, struct arena *keep);
void reader_release(struct reader *);

/*
 * The drivers of a source, and with those of the headers beside it; none where it cannot be read. They live as long as the
 * reader.
 */
const struct table *reader_own(struct reader *, struct str path);
const struct table *reader_source(struct reader *, struct str path);

/* Reads all sources of an archive: by source, in byte order. Everything is copied into `keep`. */
void table_scan(struct table *, struct tree *archive, struct arena *keep, struct diag *);

/* The files of a directory, listed by a thread of its own while the caller does something else. */
struct listing;
struct listing *listing_start(struct tree *, struct arena *keep);
void listing_close(struct listing *);

/*
 * A directory's sources that may register a driver of one of these names, in byte order: all that do, and some others.
 * Every source is read for it, by several threads, but not closely.
 */
void table_seek(struct tree *, struct listing *, const struct str *names, size_t n, struct arena *keep, struct source_list *out);

/* The cache of an archive's table, under its content's name. False: nothing was written by these rules for it. */
bool table_load(struct table *, struct tree *, struct arena *keep);
void table_store(const struct table *, struct tree *);

#endif
