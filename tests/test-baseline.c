// SPDX-License-Identifier: GPL-2.0-or-later
/* nixout/baseline: the embedded rows, which of them apply, what a configuration misses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "nixout/baseline.h"

static struct arena keep;

static void
embedded_rows_are_good(void **state)
{
	struct baseline b = { 0 };
	struct diag d = { .keep = &keep };

	(void)state;
	baseline_load(&b, NULL, &keep, &d);
	if (d.errors)
		fail_msg("line %u: %.*s", d.list.at[0].line, STR_ARG(d.list.at[0].message));
	assert_true(b.rows.len > 200);
	for (size_t i = 0; i < b.rows.len; i++)
		if (!b.rows.at[i].reason.len || !b.rows.at[i].source.len)
			fail_msg("%.*s has no reason or source", STR_ARG(b.rows.at[i].symbol));
}

static const char rows[] =
	"# a comment\n"
	"A,y,required,,\"a, \"\"quoted\"\" reason\",x.nix\n"
	"B,my,recommended,efi,by efi,x.nix\n"
	"B,y,required,luks,by luks,y.nix\n"
	"C,my,recommended,efi luks,both,x.nix\n"
	"D,n,recommended,firewall,off,x.nix\n"
	"E,m,required,zram,must be m,x.nix\n"
	"E,ym,recommended,efi,either,x.nix\n";

/* "A=y A=my": symbols with their values, in order */
static void
selection(void **state)
{
	static const struct { const char *features; enum baseline_level level; const char *want; } cases[] = {
		{ "", BASELINE_RECOMMENDED, "A=y D=n " },
		{ "-firewall", BASELINE_RECOMMENDED, "A=y " },
		{ "-firewall firewall", BASELINE_RECOMMENDED, "A=y D=n " },
		{ "efi", BASELINE_RECOMMENDED, "A=y B=my D=n E=ym " },
		{ "efi luks", BASELINE_RECOMMENDED, "A=y B=y C=my D=n E=ym " },
		{ "efi luks", BASELINE_REQUIRED, "A=y B=y " },
		{ "efi zram", BASELINE_RECOMMENDED, "A=y B=my D=n E=m " },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct source src = { STR("rows"), str_from(rows) };
		struct baseline b = { 0 };
		struct baseline_rows got = { 0 };
		struct diag d = { .keep = &keep };
		struct str rest = str_from(cases[i].features), features[8];
		size_t n = 0;

		baseline_load(&b, &src, &keep, &d);
		assert_int_equal(d.errors, 0);
		b.rows.at += b.rows.len - 7; /* these seven alone */
		b.rows.len = 7;
		while (str_next_word(&rest, &features[n]))
			n++;
		baseline_select(&b, features, n, cases[i].level, &keep, &got);
		t.len = 0;
		text_add_c(&t, "");
		for (size_t j = 0; j < got.list.len; j++)
			text_addf(&t, "%.*s=%.*s ", STR_ARG(got.list.at[j].symbol), STR_ARG(got.list.at[j].values));
		if (!str_is(text_str(&t), cases[i].want))
			fail_msg("\"%s\": \"%.*s\"", cases[i].features, STR_ARG(text_str(&t)));
	}
	text_release(&t);
}

static void
bad_rows_have_a_line(void **state)
{
	static const char *const cases[] = {
		"A,y,required,,reason\n", "A,y,required,,reason,source,more\n", "A,x,required,,r,s\n", "A,,required,,r,s\n",
		",y,required,,r,s\n", "A,y,sometimes,,r,s\n", "A,y,required,,\"r,s\n", "A,y,required,,\"r\"x,s\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct source src = { STR("rows"), str_from(cases[i]) };
		struct baseline b = { 0 };
		struct diag d = { .keep = &keep };

		baseline_load(&b, &src, &keep, &d);
		if (d.errors != 1 || d.list.at[0].line != 1)
			fail_msg("\"%s\": %zu errors", cases[i], d.errors);
	}
}

static void
check(void **state)
{
	struct source src = { STR(".config"), STR("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=\"y\"\n") };
	struct baseline_row row[] = {
		{ .symbol = STR("A"), .values = STR("y") }, { .symbol = STR("B"), .values = STR("y") },
		{ .symbol = STR("B"), .values = STR("my") }, { .symbol = STR("C"), .values = STR("n") },
		{ .symbol = STR("E"), .values = STR("n") }, { .symbol = STR("E"), .values = STR("ym") },
	};
	struct baseline_rows want = { { row, sizeof(row) / sizeof(*row), 0 } };
	struct baseline_failures bad = { 0 };
	struct dotconfig dc = { 0 };
	struct diag d = { .keep = &keep };

	(void)state;
	dotconfig_parse(&dc, &src, &keep, &d);
	baseline_check(&want, &dc, &keep, &bad);
	assert_int_equal(bad.list.len, 2);
	assert_ptr_equal(bad.list.at[0].row, &row[1]);
	assert_true(str_is(bad.list.at[0].got, "m"));
	assert_ptr_equal(bad.list.at[1].row, &row[5]);
	assert_true(str_is(bad.list.at[1].got, "n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(embedded_rows_are_good), cmocka_unit_test(selection),
		cmocka_unit_test(bad_rows_have_a_line), cmocka_unit_test(check),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&keep);
	return failed;
}
