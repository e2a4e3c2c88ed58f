// SPDX-License-Identifier: GPL-2.0-or-later
/* nixout/answers: the answer text, the script's replies, its final check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "nixout/answers.h"

static struct arena keep;

static void
read_answers(struct answers *a, const char *text, struct diag *d)
{
	struct source src = { STR("answers"), str_from(text) };

	*a = (struct answers){ 0 };
	*d = (struct diag){ .keep = &keep };
	answers_parse(a, &src, &keep, d);
}

static void
text_is_read(void **state)
{
	static const struct { const char *in, *want; size_t errors; } cases[] = {
		{ "A y\nB? m\n", "A y\nB? m\n", 0 },
		{ "  A\t y  # why\r\n\n# all\n", "A y\n", 0 },
		{ "S /a b/c\n", "S /a b/c\n", 0 },
		{ "A y\nB n\nA m\n", "A m\nB n\n", 0 },      /* the last one wins */
		{ "64BIT y\n", "64BIT y\n", 0 },
		{ "A\n", "", 1 }, { "A?y\n", "", 1 }, { "A-B y\n", "", 1 }, { "A= y\n", "", 1 }, { "? y", "", 1 },
		{ "S a#b\n", "S a\n", 0 },                   /* the script knows no quoting */
		{ "S #b\n", "", 1 },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct answers a;
		struct diag d;

		read_answers(&a, cases[i].in, &d);
		t.len = 0;
		answers_print(&a, &t);
		if (!str_is(text_str(&t), cases[i].want) || d.errors != cases[i].errors)
			fail_msg("\"%s\": \"%.*s\", %zu errors", cases[i].in, STR_ARG(text_str(&t)), d.errors);
	}
	text_release(&t);
}

static void
values_the_text_cannot_carry(void **state)
{
	static const struct { const char *value; bool fit; } cases[] = {
		{ "y", true }, { "a b", true }, { "\"", true }, { "0", true },
		{ "", false }, { "a#b", false }, { " a", false }, { "a\t", false }, { "a\nb", false },
		{ "?", false }, { "?x", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (!answer_unfit(str_from(cases[i].value)) != cases[i].fit)
			fail_msg("\"%s\"", cases[i].value);
}

/* flags: a = autoModules, b = preferBuiltin */
static const struct { const char *answers, *flags, *printed, *want; } replies[] = {
	{ "A y", "", "Alpha (A) [N/y/?] ", "y" },
	{ "A y", "", "Beta (B) [N/y/?] ", "" },
	{ "A y", "a", "Beta (B) [N/y/?] ", "" },
	{ "A y", "a", "Beta (B) [N/m/y/?] ", "m" },
	{ "A y", "a", "Beta (B) [M/n/y/?] (NEW) ", "" },       /* M is the default already: not "/m" */
	{ "A y", "ab", "Beta (B) [Y/n/m/?] ", "" },
	{ "A y", "a", "Beta (B) [Y/n/m/?] ", "m" },
	{ "A y", "ab", "Beta (B) [N/m/y/?] ", "m" },
	{ "B n", "a", "Beta (B) [N/m/y/?] ", "n" },
	{ "X y", "a", "Path (P) [/sbin/modprobe] ", "" },      /* letters only: a path is no list of alternatives */
	{ "X y", "a", "Path (P) [a/m/?] ", "m" },              /* ... this is one, by the looks of it */
	{ "X y", "a", "Path (P) [ab/m/?] ", "" },
	{ "X y", "a", "Path (P) [m/y/?] ", "" },
	{ "P /x", "a", "Path (P) [/sbin/modprobe] ", "/x" },
	{ "A y", "", "Odd (A) [x] prompt (B) [N/y/?] ", "" },  /* the last name in parentheses */
	{ "B y", "", "Odd (A) [x] prompt (B) [N/y/?] ", "y" },
	{ "S v", "", "Text (S) [a [b] c] (NEW) ", "v" },
	{ "S v", "", "*\n* Menu\n*\n  Text (S) [] ", "v" },
	{ "A y", "", "Alpha [N/y/?] ", "" },
	{ "B y", "", "Pick\n> 1. One (A)\n  2. Two (B)\nchoice[1-2?]: ", "2" },
	{ "B y", "", "Pick\n> 1. One (A) (NEW)\n  2. Two (B) (NEW)\nchoice[1-2?]: ", "2" },
	{ "B m", "", "Pick\n> 1. One (A)\n  2. Two (B)\nchoice[1-2?]: ", "" },
	{ "C y", "a", "Pick\n> 1. One (A)\n  2. Two (B)\nchoice[1-2?]: ", "" },
	{ "A y", "", "Pick\n> 1. One (see text) (A)\n  2. Two (B)\nchoice[1-2?]: ", "1" },
	{ "A y\nB y", "", "Pick\n> 1. One (A)\n  2. Two (B)\nchoice[1-2?]: ", "ambiguous" },
	/* a choice of one member is printed, not asked, and forgotten at the next line */
	{ "A y\nC y", "", "P\n> 1. One (A)\nchoice[1]: 1\nQ\n> 1. B (B)\n  2. C (C)\nchoice[1-2?]: ", "2, A mistaken" },
	{ "A y", "", "P\n> 1. One (A)\nchoice[1]: 1\nQ\n  1. B (B)\n> 2. C (C)\nchoice[1-2?]: ", ", A mistaken" },
	{ "A y", "", "P\n> 1. One (A)\nchoice[1]: 1\nBeta (B) [N/y/?] ", "" },
	{ "B y", "", "P\n> 1. One (A)\nchoice[1]: 1\nQ\n> 1. A (A)\n  2. B (B)\nchoice[1-2?]: ", "2" },
};

static void
script_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
		struct answers a;
		struct diag d;
		struct flow f = { .answers = &a, .keep = &keep };
		struct str got;
		enum flow_step step;

		read_answers(&a, replies[i].answers, &d);
		f.auto_modules = str_has(str_from(replies[i].flags), 'a');
		f.prefer_builtin = str_has(str_from(replies[i].flags), 'b');
		step = flow_answer(&f, str_from(replies[i].printed), &got);
		if (step == FLOW_AMBIGUOUS)
			got = STR("ambiguous");
		if (f.mistaken.len)
			got = str_format(&keep, "%.*s, %.*s mistaken", STR_ARG(got), STR_ARG(f.mistaken));
		if (!str_is(got, replies[i].want))
			fail_msg("\"%s\" on \"%s\": \"%.*s\", want \"%s\"", replies[i].answers, replies[i].printed,
			         STR_ARG(got), replies[i].want);
	}
}

static void
repetition_is_fatal(void **state)
{
	static const struct { const char *a, *b, *c; enum flow_step want; } cases[] = {
		{ "A (A) [N/y/?] ", "y\nA (A) [N/y/?] ", NULL, FLOW_REPEATED },
		{ "A (A) [N/y/?] ", "y\n  A (A) [N/y/?] ", NULL, FLOW_TYPE },   /* another entry, deeper in the tree */
		{ "A (A) [N/y/?] ", "y\nA (B) [N/y/?] ", NULL, FLOW_TYPE },
		{ "A (A) [N/y/?] ", "B (B) [N/y/?] ", "A (A) [N/y/?] ", FLOW_TYPE },
		{ "A (A) [N/y/?] ", "> 1. X (X)\n  2. Z (Z)\nchoice[1-2?]: ", "A (A) [N/y/?] ", FLOW_REPEATED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct answers a;
		struct diag d;
		struct flow f = { .answers = &a, .keep = &keep };
		struct str got;
		enum flow_step step;

		read_answers(&a, "A y\nX y\n", &d);
		step = flow_answer(&f, str_from(cases[i].a), &got);
		assert_int_equal(step, FLOW_TYPE);
		step = flow_answer(&f, str_from(cases[i].b), &got);
		if (cases[i].c)
			step = flow_answer(&f, str_from(cases[i].c), &got);
		if (step != cases[i].want)
			fail_msg("case %zu: step %d", i, (int)step);
	}
}

static void
final_check(void **state)
{
	static const struct { const char *answers, *config, *want; } cases[] = {
		{ "A y", "CONFIG_A=y\n", "" },
		{ "A n", "# CONFIG_A is not set\n", "" },
		{ "A n", "", "!unused option: A\n" },
		{ "A? n", "", "unused option: A\n" },
		{ "A y", "CONFIG_A=m\n", "!option not set correctly: A (wanted 'y', got 'm')\n" },
		{ "B y\nA y", "", "!unused option: A\n!unused option: B\n" },      /* by name */
		{ "N 5", "CONFIG_N=0\n", "" },                                       /* 0 is never compared */
		{ "S x", "CONFIG_S=\"\"\n", "" },
		{ "S a\"b\\c", "CONFIG_S=\"a\\\"b\\\\c\"\n", "" },
		{ "S \"a\"", "CONFIG_S=\"a\"\n", "!option not set correctly: S (wanted '\"a\"', got 'a')\n" },
		{ "H 0x10", "CONFIG_H=0x10\n", "" },
		{ "H 16", "CONFIG_H=0x10\n", "!option not set correctly: H (wanted '16', got '0x10')\n" },
		{ "A y", "CONFIG_A=m\nCONFIG_A=y\n", "" },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct answers a;
		struct diag d;
		struct dotconfig dc = { 0 };
		struct problems p = { 0 };
		struct source src = { STR(".config"), str_from(cases[i].config) };

		read_answers(&a, cases[i].answers, &d);
		dotconfig_parse(&dc, &src, &keep, &d);
		flow_check(&a, &dc, false, &keep, &p);
		t.len = 0;
		for (size_t j = 0; j < p.list.len; j++) {
			text_add_c(&t, p.list.at[j].fatal ? "!" : "");
			problem_print(&p.list.at[j], &t);
			text_add_char(&t, '\n');
		}
		if (!str_is(text_str(&t), cases[i].want))
			fail_msg("case %zu: \"%.*s\"", i, STR_ARG(text_str(&t)));
		for (size_t j = 0; j < p.list.len; j++)
			assert_true(p.list.at[j].line > 0);
	}
	text_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_read), cmocka_unit_test(values_the_text_cannot_carry),
		cmocka_unit_test(script_replies), cmocka_unit_test(repetition_is_fatal),
		cmocka_unit_test(final_check),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&keep);
	return failed;
}
