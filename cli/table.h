// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.h - aligned columns for people. Cells are cut to their column's limit, between characters; the last column is
 * never cut. On a terminal too narrow for all columns, those that do not fit stand below their row, each on a line of its
 * own, under its name. What is no text (control characters, broken UTF-8, marks that turn the direction) is shown as '?'.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/str.h"
#include "cli/terminal.h"

enum { TABLE_COLUMNS = 6 };

enum paint { PAINT_NONE, PAINT_GOOD, PAINT_DOUBT, PAINT_BAD };

struct table {
	struct arena *keep;
	struct terminal terminal;
	const char *head[TABLE_COLUMNS];    /* NULL ends */
	size_t limit[TABLE_COLUMNS];        /* columns of the terminal; 0: none */
	size_t painted;                     /* the column that `paint` is asked about */
	enum paint (*paint)(struct str cell); /* NULL: no colours but for the head */
	VEC(struct str) cells;              /* row by row */
};

size_t table_columns(const struct table *);
void table_row(struct table *, const struct str *cells); /* as many as there are columns; borrowed */
void table_print(const struct table *, struct text *out); /* nothing when there are no rows */

/* How many columns of a terminal the text takes. */
size_t text_width(struct str);

#endif
