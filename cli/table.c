// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/table.h"

enum { GAP = 2, INDENT = 4 };

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

/* ---- Characters ---- */

struct range { uint32_t first, last; };

/* Of Unicode's East Asian Wide and Fullwidth the blocks that are all of that kind (EastAsianWidth.txt), and emoji. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0x4dbf }, { 0x4e00, 0xa4cf }, { 0xa960, 0xa97c }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6b }, { 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd }, { 0 }
};

/* Marks that stand on the character before them, and joiners. */
static const struct range narrow[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x200b, 0x200d },
	{ 0x20d0, 0x20f0 }, { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0 }
};

/* What could move the cursor, or turn the direction of what follows. */
static const struct range unsafe[] = {
	{ 0, 0x1f }, { 0x7f, 0x9f }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfff9, 0xfffb }, { 0 }
};

static bool
within(const struct range *r, uint32_t c)
{
	do
		if (c >= r->first && c <= r->last)
			return true;
	while ((++r)->last);
	return false;
}

/* The first character: its length in bytes, how wide it is, and whether it may be shown. */
struct character { size_t bytes, width; bool shown; };

static struct character
first_character(struct str s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s.at[0];
	size_t n = c < 0x80 ? 1 : c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
	uint32_t code = n == 1 ? c : n ? c & (0x7fu >> n) : 0;

	for (size_t i = 1; i < n; i++) {
		if (i >= s.len || ((unsigned char)s.at[i] & 0xc0) != 0x80)
			n = 0;
		else
			code = code << 6 | ((unsigned char)s.at[i] & 0x3f);
	}
	if (!n || code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || within(unsafe, code))
		return (struct character){ n ? n : 1, 1, false };
	return (struct character){ n, code < 0x300 ? 1 : within(narrow, code) ? 0 : within(wide, code) ? 2 : 1, true };
}

/* The bytes at the beginning that are plain ASCII: one column each. */
static size_t
plain(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] >= ' ' && s.at[n] < 0x7f)
		n++;
	return n;
}

size_t
text_width(struct str s)
{
	size_t n = 0;

	while (s.len) {
		size_t ascii = plain(s);
		struct character c;

		n += ascii;
		s = str_drop(s, ascii);
		if (!s.len)
			break;
		c = first_character(s);
		n += c.width;
		s = str_drop(s, c.bytes);
	}
	return n;
}

/* At most `limit` columns of s; returns how many it took. */
static size_t
add_shown(struct str s, size_t limit, struct text *out)
{
	size_t n = 0;

	while (s.len) {
		size_t ascii = plain(s);
		struct character c;

		ascii = ascii > limit - n ? limit - n : ascii;
		text_add(out, str_take(s, ascii));
		n += ascii;
		s = str_drop(s, ascii);
		if (!s.len)
			break;
		c = first_character(s);
		if (n + c.width > limit)
			break;
		text_add(out, c.shown ? str_take(s, c.bytes) : STR("?"));
		n += c.width;
		s = str_drop(s, c.bytes);
	}
	return n;
}

static void
blanks(size_t n, struct text *out)
{
	static const char some[] = "                                ";

	for (size_t part; n; n -= part) {
		part = n < sizeof(some) - 1 ? n : sizeof(some) - 1;
		text_add(out, (struct str){ some, part });
	}
}

/* ---- Rows ---- */

struct layout {
	const struct table *t;
	size_t columns, beside;      /* how many stand in one line; the others are below it */
	size_t width[TABLE_COLUMNS]; /* without the gap behind it */
	size_t named;                /* the width of the names of those below */
};

static size_t
column_width(const struct table *t, size_t column, size_t columns)
{
	size_t most = text_width(str_from(t->head[column]));

	for (size_t i = column; i < t->cells.len; i += columns) {
		size_t n = text_width(t->cells.at[i]);

		n = t->limit[column] && n > t->limit[column] ? t->limit[column] : n;
		most = n > most ? n : most;
	}
	return most;
}

/* Columns with a limit give up to half of it, the widest one first, until all but the last have room. */
static void
shrink(struct layout *l)
{
	size_t used = GAP * (l->columns - 1), most = l->t->terminal.width;

	for (size_t c = 0; c + 1 < l->columns; c++)
		used += l->width[c];
	while (used > most) {
		size_t widest = l->columns, spare;

		for (size_t c = 0; c + 1 < l->columns; c++)
			if (l->width[c] > l->t->limit[c] / 2 && l->t->limit[c] &&
			    (widest == l->columns || l->width[c] > l->width[widest]))
				widest = c;
		if (widest == l->columns)
			return;
		spare = l->width[widest] - l->t->limit[widest] / 2;
		spare = spare < used - most ? spare : used - most;
		l->width[widest] -= spare;
		used -= spare;
	}
}

static struct layout
lay_out(const struct table *t)
{
	struct layout l = { .t = t, .columns = table_columns(t) };
	size_t used = 0;

	for (size_t c = 0; c < l.columns; c++)
		l.width[c] = c + 1 < l.columns || t->terminal.width ? column_width(t, c, l.columns) : 0;
	if (t->terminal.width)
		shrink(&l);
	for (; l.beside < l.columns; l.beside++) {
		used += l.width[l.beside];
		if (t->terminal.width && used > t->terminal.width && l.beside)
			break;
		used += GAP;
	}
	for (size_t c = l.beside; c < l.columns; c++)
		l.named = text_width(str_from(t->head[c])) > l.named ? text_width(str_from(t->head[c])) : l.named;
	return l;
}

static const char *
colour(const struct table *t, size_t column, struct str cell)
{
	static const char *const code[] = { "", "\033[32m", "\033[33m", "\033[31m" };

	return t->terminal.colour && t->paint && column == t->painted ? code[t->paint(cell)] : "";
}

static void
cell_print(const struct layout *l, size_t column, struct str s, struct text *out)
{
	const char *begin = colour(l->t, column, s);
	size_t limit = column + 1 < l->columns ? l->width[column] : SIZE_MAX, used;

	text_add_c(out, begin);
	if (text_width(s) > limit) {
		used = add_shown(s, limit - 1, out) + 1;
		text_add_char(out, '~');
	} else {
		used = add_shown(s, SIZE_MAX, out);
	}
	text_add_c(out, *begin ? "\033[0m" : "");
	if (column + 1 < l->beside)
		blanks(l->width[column] + GAP - used, out);
}

/* Words that fill lines of the terminal, indented; a word that is too long stays whole. */
static void
wrapped(const struct layout *l, struct str s, size_t indent, struct text *out)
{
	size_t used = indent;
	struct str word;

	while (str_next_part(&s, ' ', &word)) {
		size_t n = text_width(word);

		if (used > indent && used + 1 + n > l->t->terminal.width) {
			text_add_char(out, '\n');
			blanks(indent, out);
			used = indent;
		} else if (used > indent) {
			text_add_char(out, ' ');
			used++;
		}
		used += add_shown(word, SIZE_MAX, out);
	}
}

static void
row_print(const struct layout *l, const struct str *cell, struct text *out)
{
	const struct table *t = l->t;

	for (size_t c = 0; c < l->beside; c++)
		cell_print(l, c, cell[c], out);
	while (out->len && out->at[out->len - 1] == ' ')
		out->at[--out->len] = '\0';
	text_add_char(out, '\n');
	for (size_t c = l->beside; c < l->columns; c++) {
		if (!cell[c].len || str_is(cell[c], "-"))
			continue;
		blanks(INDENT, out);
		text_addf(out, "%s%-*s%s", t->terminal.colour ? "\033[2m" : "", (int)l->named + GAP, t->head[c],
		          t->terminal.colour ? "\033[0m" : "");
		wrapped(l, cell[c], INDENT + l->named + GAP, out);
		text_add_char(out, '\n');
	}
}

static void
head_print(const struct layout *l, struct text *out)
{
	text_add_c(out, l->t->terminal.colour ? "\033[1m" : "");
	for (size_t c = 0; c < l->beside; c++)
		text_addf(out, "%-*s", c + 1 < l->beside ? (int)l->width[c] + GAP : 0, l->t->head[c]);
	text_add_c(out, l->t->terminal.colour ? "\033[0m\n" : "\n");
}

void
table_print(const struct table *t, struct text *out)
{
	struct layout l = lay_out(t);

	if (!t->cells.len)
		return;
	head_print(&l, out);
	for (size_t i = 0; i < t->cells.len; i += l.columns)
		row_print(&l, &t->cells.at[i], out);
}
