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

/* Sources read one by one, each once. NULL for an archive, which is read as a whole. */
struct reader;
struct reader *reader_new(struct tree *, struct arena *keep);
void reader_release(struct reader *);

/* The drivers of a source and of the headers beside it; none where it cannot be read. They live as long as the reader. */
const struct table *reader_source(struct reader *, struct str path);

/* Reads all sources, a directory's by several threads: by source, in byte order. Everything is copied into `keep`. */
void table_scan(struct table *, struct tree *, struct arena *keep, struct diag *);

/* The cache of an archive's table, under its content's name. False: nothing was written by these rules for it. */
bool table_load(struct table *, struct tree *, struct arena *keep);
void table_store(const struct table *, struct tree *);

#endif
