// SPDX-License-Identifier: GPL-2.0-or-later
/* cli/table: what people see, on paper and on terminals of any width; nothing of a dump reaches the terminal as a command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"

static const struct { const char *text; size_t width; } widths[] = {
	{ "", 0 }, { "abc", 3 }, { "Grüße", 5 }, { "日本", 4 }, { "a日b", 4 }, { "한국", 4 }, { "😀", 2 },
	{ "e\xcc\x81", 1 },                       /* a combining accent */
	{ "\xff\xfe", 2 }, { "\xc0\x80", 2 },     /* no UTF-8; an overlong NUL */
	{ "\xed\xa0\x80", 1 },                    /* a surrogate */
	{ "\x1b[2J", 4 }, { "\xc2\x9b", 1 },      /* escape sequences, of 7 and 8 bits */
	{ "\xe6\x97", 2 },                        /* cut short */
};

static void
characters_have_their_width(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++)
		if (text_width(str_from(widths[i].text)) != widths[i].width)
			fail_msg("%zu: %zu instead of %zu", i, text_width(str_from(widths[i].text)), widths[i].width);
}

struct row { const char *cell[3]; };

static enum paint
bad_is_red(struct str cell)
{
	return str_is(cell, "bad") ? PAINT_BAD : PAINT_NONE;
}

static const struct {
	const char *name;
	struct terminal terminal;
	size_t limit[3];
	struct row row[3];
	const char *want;
} tables[] = {
	{ "paper", { 0 }, { 0, 0, 0 }, { { { "1", "two", "a long last one" } }, { { "eleven", "", "" } } },
	  "A       B    C\n" "1       two  a long last one\n" "eleven\n" },
	{ "wide characters", { 0 }, { 0, 0, 0 }, { { { "日本", "x", "y" } }, { { "abcde", "x", "y" } } },
	  "A      B  C\n" "日本   x  y\n" "abcde  x  y\n" },
	{ "cut between characters", { 0 }, { 4, 0, 0 }, { { { "日本語", "x", "y" } }, { { "abcdef", "x", "y" } } },
	  "A     B  C\n" "日~   x  y\n" "abc~  x  y\n" },
	{ "nothing that moves the cursor", { 0 }, { 0, 0, 0 }, { { { "a\x1b[1mb", "\xe2\x80\xae", "c\nd\xc2\x9bz" } } },
	  "A       B  C\n" "a?[1mb  ?  c?d?z\n" },
	{ "it fits", { 40, false }, { 0, 0, 0 }, { { { "one", "two", "three" } } }, "A    B    C\n" "one  two  three\n" },
	{ "the last stands below", { 20, false }, { 0, 0, 0 },
	  { { { "one", "two", "aaaa bbbb cccc dddd eeee" } }, { { "1", "2", "-" } } },
	  "A    B\n" "one  two\n" "    C  aaaa bbbb\n" "       cccc dddd\n" "       eeee\n" "1    2\n" },
	{ "limits give way first", { 24, false }, { 16, 0, 0 }, { { { "0123456789abcdef", "second", "x" } } },
	  "A               B\n" "0123456789abc~  second\n" "    C  x\n" },
	{ "colours", { 40, true }, { 0, 0, 0 }, { { { "1", "bad", "z" } }, { { "2", "fine", "z" } } },
	  "\033[1mA  B     C\033[0m\n" "1  \033[31mbad\033[0m   z\n" "2  fine  z\n" },
};

static void
tables_look_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct arena keep = { 0 };
		struct table t = { .keep = &keep, .terminal = tables[i].terminal, .head = { "A", "B", "C" }, .painted = 1,
		                   .paint = bad_is_red };
		struct text out = { 0 };

		memcpy(t.limit, tables[i].limit, sizeof(tables[i].limit));
		for (const struct row *r = tables[i].row; r < tables[i].row + 3 && r->cell[0]; r++)
			table_row(&t, (struct str[]){ str_from(r->cell[0]), str_from(r->cell[1]), str_from(r->cell[2]) });
		table_print(&t, &out);
		if (!str_is(text_str(&out), tables[i].want))
			fail_msg("%s:\n%s\ninstead of\n%s", tables[i].name, out.at, tables[i].want);
		text_release(&out);
		arena_release(&keep);
	}
}

static void
no_rows_no_head(void **state)
{
	struct table t = { .head = { "A" } };
	struct text out = { 0 };

	(void)state;
	table_print(&t, &out);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_their_width),
		cmocka_unit_test(tables_look_right),
		cmocka_unit_test(no_rows_no_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
