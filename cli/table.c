// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/table.h"

size_t
table_columns(const struct table *t)
{
	size_t n = 0;

	while (n < TABLE_COLUMNS && t->head[n])
		n++;
	return n;
}

void
table_row(struct table *t, const struct str *cells)
{
	for (size_t i = 0, n = table_columns(t); i < n; i++)
		vec_push(t->keep, &t->cells, cells[i]);
}

/* UTF-8 continuation bytes take no place of their own. */
static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t
width(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += !continues(s.at[i]);
	return n;
}

/* At most `limit` characters; what was cut ends in "~". */
static struct str
cut(struct str s, size_t limit, bool *was_cut)
{
	size_t n = 0, i = 0;

	*was_cut = limit && width(s) > limit;
	if (!*was_cut)
		return s;
	while (i < s.len && (n < limit - 1 || continues(s.at[i]))) {
		n += !continues(s.at[i]);
		i++;
	}
	while (i && i < s.len && continues(s.at[i]))
		i--;
	return str_take(s, i);
}

static void
cell_print(struct str s, size_t limit, size_t pad, struct text *out)
{
	bool was_cut;
	struct str shown = cut(s, limit, &was_cut);
	size_t used = width(shown) + was_cut;

	for (size_t i = 0; i < shown.len; i++) {
		unsigned char c = (unsigned char)shown.at[i];

		text_add_char(out, c < ' ' || c == 0x7f ? '?' : shown.at[i]);
	}
	if (was_cut)
		text_add_char(out, '~');
	for (; used < pad; used++)
		text_add_char(out, ' ');
}

static size_t
column_width(const struct table *t, size_t column, size_t columns)
{
	size_t most = width(str_from(t->head[column]));

	for (size_t i = column; i < t->cells.len; i += columns) {
		size_t n = width(t->cells.at[i]);

		n = t->limit[column] && n > t->limit[column] ? t->limit[column] : n;
		most = n > most ? n : most;
	}
	return most;
}

void
table_print(const struct table *t, struct text *out)
{
	size_t columns = table_columns(t), pad[TABLE_COLUMNS];

	if (!t->cells.len)
		return;
	for (size_t c = 0; c < columns; c++)
		pad[c] = c + 1 < columns ? column_width(t, c, columns) + 2 : 0;
	for (size_t c = 0; c < columns; c++)
		cell_print(str_from(t->head[c]), 0, pad[c], out);
	text_add_char(out, '\n');
	for (size_t i = 0; i < t->cells.len; i++) {
		size_t c = i % columns;

		cell_print(t->cells.at[i], t->limit[c], pad[c], out);
		if (c + 1 == columns) {
			while (out->len && out->at[out->len - 1] == ' ')
				out->at[--out->len] = '\0';
			text_add_char(out, '\n');
		}
	}
}
