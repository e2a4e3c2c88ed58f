// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.h - aligned columns for people. Cells are cut to their column's limit, between characters; the last column is
 * never cut. Control bytes are shown as '?'.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/str.h"

enum { TABLE_COLUMNS = 6 };

struct table {
	struct arena *keep;
	const char *head[TABLE_COLUMNS];    /* NULL ends */
	size_t limit[TABLE_COLUMNS];        /* characters; 0: none */
	VEC(struct str) cells;              /* row by row */
};

size_t table_columns(const struct table *);
void table_row(struct table *, const struct str *cells); /* as many as there are columns; borrowed */
void table_print(const struct table *, struct text *out); /* nothing when there are no rows */

#endif
