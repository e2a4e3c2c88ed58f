// SPDX-License-Identifier: GPL-2.0-or-later
/* kconfig/: values one by one; what configurations as a whole are like is in fixtures/kconfig/values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kconfig/dialogue.h"
#include "kconfig/number.h"
#include "tests/util-model.h"

static const char machine[] =
	"config MODULES\n\tbool \"modules\"\n\tmodules\n\tdefault y\n"
	"config A\n\ttristate \"a\"\n"
	"config B\n\tbool \"b\"\n\tdepends on A\n"
	"config HIDDEN\n\ttristate\n\tdefault A\n"
	"config SEL\n\ttristate \"sel\"\n\tselect TARGET if B\n"
	"config TARGET\n\ttristate \"target\"\n"
	"config NEEDS\n\tbool\n\tdepends on A\n"
	"config BREAKS\n\tbool \"breaks\"\n\tselect NEEDS\n"
	"config IMP\n\ttristate \"imp\"\n\timply SOFT\n"
	"config SOFT\n\ttristate \"soft\"\n\tdepends on A\n"
	"config COUNT\n\tint \"count\"\n\trange 4 LIMIT\n\tdefault 99\n"
	"config LIMIT\n\tint \"limit\"\n\tdefault 8\n"
	"config CHAIN\n\tint\n\tdefault COUNT\n"
	"config ADDRESS\n\thex \"address\"\n\tdefault 0x10\n"
	"config TEXT\n\tstring \"text\"\n\tdefault \"quote\"\n"
	"choice\n\tprompt \"pick\"\n\tdefault TWO\n"
	"config ONE\n\tbool \"one\"\nconfig TWO\n\tbool \"two\"\nconfig THREE\n\tbool \"three\"\n\tdepends on A\nendchoice\n"
	"config SAME\n\tbool\n\tdefault y if TEXT = \"quote\" && COUNT < LIMIT\n"
	"config NOT_SAME\n\tbool\n\tdefault y if UNDEFINED = n\n"
	"config NAMED\n\tbool\n\tdefault y if UNDEFINED = \"UNDEFINED\" && ADDRESS = 16\n";

/* Answers, "NAME=value" parted by blanks, '!' before one that is refused; then what follows. */
static const struct row {
	const char *set, *want;
} rows[] = {
	{ "", "MODULES=y A=n HIDDEN=n COUNT=8 LIMIT=8 ADDRESS=0x10 TEXT=quote ONE=n TWO=y THREE=n SAME=n" },
	{ "A=m", "A=m HIDDEN=m" },
	{ "!B=y", "B=n" },                              /* not visible */
	{ "A=m B=y", "B=y" },                           /* a bool that depends on m */
	{ "!B=m A=y !B=m", "B=n" },                     /* a bool is never m */
	{ "SEL=m", "TARGET=n" },
	{ "A=y B=y SEL=m", "TARGET=m" },
	{ "A=y B=y SEL=m !TARGET=n TARGET=y", "TARGET=y" },
	{ "A=y B=y SEL=y !TARGET=m", "TARGET=y" },
	{ "A=m MODULES=n", "A=y HIDDEN=y" },            /* without modules m becomes y */
	{ "MODULES=n !A=m A=y", "A=y" },
	{ "IMP=y", "SOFT=n" },
	{ "A=m IMP=y", "SOFT=m" },                      /* imply goes as far as dependencies */
	{ "A=y IMP=y SOFT=n", "SOFT=n" },               /* ... and the user is stronger */
	{ "BREAKS=y", "NEEDS=y" },                      /* select does not ask */
	{ "!COUNT=3 !COUNT=9 COUNT=4", "COUNT=4 SAME=y" },
	{ "LIMIT=200", "COUNT=99 CHAIN=99" },
	{ "COUNT=5", "CHAIN=5" },                       /* the expression COUNT stays n */
	{ "LIMIT=200 COUNT=150 LIMIT=100", "COUNT=100 SAME=n" },
	{ "!COUNT=04 !COUNT= !COUNT=x", "COUNT=8" },
	{ "ADDRESS=ff !ADDRESS=xyz", "ADDRESS=0xff" },
	{ "ADDRESS=0Xff", "ADDRESS=0Xff" },
	{ "TEXT=any:thing", "TEXT=any:thing SAME=n" },
	{ "ONE=y", "ONE=y TWO=n" },
	{ "!THREE=y A=y THREE=y", "ONE=n TWO=n THREE=y" },
	{ "A=y THREE=y A=n", "TWO=n ONE=y THREE=n" },   /* TWO was said n, as was ONE, and that earlier */
	{ "A=y THREE=y A=n A=y", "THREE=y" },           /* ... but not forgotten */
	{ "", "NOT_SAME=n NAMED=y" },
};

static void
answer_all(struct config *c, struct str text, size_t row)
{
	struct str word;

	while (str_next_word(&text, &word)) {
		bool refused = word.at[0] == '!', taken;
		struct arena a = { 0 };
		size_t eq = str_index(word, '=');
		const char *name = str_c(&a, str_drop(str_take(word, eq), refused));

		taken = config_set(c, symbol_of_name(config_model(c), name), str_drop(word, eq + 1));
		if (taken == refused)
			fail_msg("row %zu: %.*s was %s", row, STR_ARG(word), taken ? "taken" : "refused");
		arena_release(&a);
	}
}

static void
expect_all(struct config *c, struct str text, size_t row)
{
	struct str word;

	while (str_next_word(&text, &word)) {
		struct arena a = { 0 };
		size_t eq = str_index(word, '=');
		struct str got = config_text(c, symbol_of_name(config_model(c), str_c(&a, str_take(word, eq))));

		if (!str_eq(got, str_drop(word, eq + 1)))
			fail_msg("row %zu: want %.*s, is %.*s", row, STR_ARG(word), STR_ARG(got));
		arena_release(&a);
	}
}

static void
answers(void **state)
{
	struct arena a = { 0 };
	struct kconfig *k = model_of(&a, machine, false);
	struct config *empty = config_new(k, &a);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct config *c = config_copy(empty, &a);

		answer_all(c, str_from(rows[i].set), i);
		expect_all(c, str_from(rows[i].want), i);
	}
	arena_release(&a);
}

static uint64_t
next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	return *s ^= *s << 17;
}

static void
assert_same(struct config *a, struct config *b, uint64_t seed)
{
	const struct kconfig *k = config_model(a);

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *s = k->symbols[i];

		if (!str_eq(config_text(a, s), config_text(b, s)) || config_visible(a, s) != config_visible(b, s) ||
		    config_is_written(a, s) != config_is_written(b, s))
			fail_msg("%.*s differs, seed %llu", STR_ARG(s->name), (unsigned long long)seed);
	}
}

/* Working out only what changed gives what working out everything gives. */
static void
changes_are_followed(void **state)
{
	static const char *const values[] = { "n", "m", "y", "5", "0x20", "quote" };
	struct arena a = { 0 };

	(void)state;
	for (int old = 0; old < 2; old++) {
		struct kconfig *k = model_of(&a, machine, old);
		uint64_t s = 88172645463325252;
		struct config *c = config_new(k, &a);

		for (int i = 0; i < 3000; i++) {
			const struct symbol *sym = k->symbols[next_random(&s) % k->symbols_len];
			struct config *fresh;

			if (sym->constant || sym->type == SYM_UNKNOWN || sym->is_choice)
				continue;
			if (next_random(&s) % 5)
				config_set(c, sym, str_from(values[next_random(&s) % 6]));
			else if (!old)
				config_unset(c, sym);
			if (i % 7)
				continue;
			fresh = config_copy(c, &a);
			config_recompute(fresh);
			assert_same(c, fresh, s);
		}
	}
	arena_release(&a);
}

static void
copies_are_independent(void **state)
{
	struct arena a = { 0 };
	struct kconfig *k = model_of(&a, machine, false);
	struct config *one = config_new(k, &a), *two;

	(void)state;
	assert_true(config_set(one, symbol_of_name(k, "A"), STR("y")));
	two = config_copy(one, &a);
	assert_true(config_set(two, symbol_of_name(k, "A"), STR("m")));
	assert_int_equal(config_tri(one, symbol_of_name(k, "HIDDEN")), TRI_Y);
	assert_int_equal(config_tri(two, symbol_of_name(k, "HIDDEN")), TRI_M);
	arena_release(&a);
}

static void
reasons(void **state)
{
	static const struct { const char *set, *name; enum reason_kind kind; const char *by; } cases[] = {
		{ "", "A", REASON_NOTHING, NULL },
		{ "A=m", "A", REASON_USER, NULL },
		{ "A=m", "HIDDEN", REASON_DEFAULT, NULL },
		{ "A=y B=y SEL=m", "TARGET", REASON_SELECTED, "SEL" },
		{ "A=y B=y TARGET=y SEL=m", "TARGET", REASON_USER, "SEL" },
		{ "A=y IMP=m", "SOFT", REASON_IMPLIED, "IMP" },
		{ "BREAKS=y", "NEEDS", REASON_SELECTED, "BREAKS" },
		{ "", "COUNT", REASON_RANGE, NULL },
		{ "COUNT=6", "COUNT", REASON_USER, NULL },
		{ "LIMIT=200", "COUNT", REASON_DEFAULT, NULL },
		{ "", "ONE", REASON_CHOICE, NULL },
	};
	struct arena a = { 0 };
	struct kconfig *k = model_of(&a, machine, false);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config *c = config_new(k, &a);
		struct reason r;

		answer_all(c, str_from(cases[i].set), i);
		r = config_reason(c, symbol_of_name(k, cases[i].name), &a);
		if (r.kind != cases[i].kind)
			fail_msg("case %zu: kind %d, want %d", i, (int)r.kind, (int)cases[i].kind);
		if (cases[i].by && (r.by_len != 1 || !str_is(r.by[0].symbol->name, cases[i].by)))
			fail_msg("case %zu: not by %s", i, cases[i].by);
	}
	arena_release(&a);
}

static void
unmet_dependencies_are_told(void **state)
{
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct kconfig *k = model_of(&a, machine, false);
	struct config *c = config_new(k, &a);

	(void)state;
	assert_int_equal(config_check(c, &d), 0);
	answer_all(c, STR("BREAKS=y"), 0);
	assert_int_equal(config_check(c, &d), 1);
	assert_int_equal(d.warnings, 1);
	assert_true(str_find(d.list.at[0].message, STR("by BREAKS (Kconfig:")) < d.list.at[0].message.len);
	arena_release(&a);
}

static void
warnings_of_a_config(void **state)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "CONFIG_A=y\n", "" },
		{ "CONFIG_A=y\nCONFIG_A=m\n", "2 override: reassigning to symbol A" },
		{ "CONFIG_B=m\n", "1 symbol value 'm' invalid for B" },
		{ "\nnonsense\n", "2 unexpected data: nonsense" },
		{ "CONFIG_A\n", "1 unexpected data: CONFIG_A" },
		{ "CONFIG_COUNT=07\n", "1 symbol value '07' invalid for COUNT" },
		{ "CONFIG_TEXT=\"x\n", "1 invalid string found" },
		{ "CONFIG_TEXT=x\n", "" },
		{ "CONFIG_NO_SUCH=y\n", "1 unknown symbol: NO_SUCH" },
		{ "# CONFIG_A is not set yet\n#CONFIG_A=y\n# other\n", "" },
		{ "CONFIG_A=y\r\n\r\n", "" },
	};
	struct arena a = { 0 };
	struct kconfig *k = model_of(&a, machine, false);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct diag d = { .keep = &a };
		struct source source = { STR("x"), str_from(cases[i].text) };
		struct str got = STR("");

		config_load(config_new(k, &a), &source, CONFIG_READ_UNKNOWN, &d);
		if (d.list.len)
			got = str_format(&a, "%u %.*s", d.list.at[0].line, STR_ARG(d.list.at[0].message));
		if (!str_is(got, cases[i].want))
			fail_msg("case %zu: \"%.*s\", want \"%s\"", i, STR_ARG(got), cases[i].want);
	}
	arena_release(&a);
}

static void
what_did_not_hold(void **state)
{
	static const char text[] = "CONFIG_B=y\nCONFIG_COUNT=9\nCONFIG_TEXT=\"same\"\nCONFIG_THREE=y\nCONFIG_HIDDEN=m\n";
	struct arena a = { 0 };
	struct source source = { STR("x"), str_from(text) };
	struct config *c = config_new(model_of(&a, machine, false), &a);
	struct diag d = { .keep = &a };
	struct text out = { 0 };

	(void)state;
	assert_int_equal(config_print_changed(c, &out), 0);
	assert_int_equal(out.len, 0);
	config_load(c, &source, 0, &d);
	assert_int_equal(config_print_changed(c, &out), 4);
	text_add_char(&out, '\0');
	assert_string_equal(out.at, "warning: user-provided values changed by Kconfig:\n  CONFIG_B: y -> n\n"
	                    "  CONFIG_HIDDEN: m -> n\n  CONFIG_COUNT: 9 -> 8\n  CONFIG_THREE: y -> n\n");
	text_release(&out);
	arena_release(&a);
}

/* 6.18: what only carries an old name's value over. */
static void
transitional(void **state)
{
	static const char renamed[] =
		"config NEW\n\tbool \"new\"\n\tdefault OLD\n"
		"config OLD\n\tbool\n\ttransitional\n"
		"config NEW_TEXT\n\tstring \"text\"\n\tdefault OLD_TEXT\n"
		"config OLD_TEXT\n\tstring\n\ttransitional\n"
		"config NEW_SET\n\tint \"set\"\n\tdefault OLD_SET\n"
		"config OLD_SET\n\tint\n\ttransitional\n"
		"config OTHER\n\tbool \"other\"\n\tdefault OLD_OTHER if NEW_SET = 4\n"
		"config OLD_OTHER\n\tbool\n\ttransitional\n";
	static const char input[] =
		"CONFIG_OLD=y\nCONFIG_OLD_TEXT=\"x\"\nCONFIG_OLD_SET=4\nCONFIG_NEW_SET=5\nCONFIG_OLD_OTHER=y\n";
	static const char want[] =
		"#\n# Automatically generated file; DO NOT EDIT.\n# Main menu\n#\n"
		"CONFIG_NEW=y\nCONFIG_NEW_TEXT=\"x\"\nCONFIG_NEW_SET=5\n# CONFIG_OTHER is not set\n";
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct kconfig *k = model_of(&a, renamed, false);
	struct config *c = config_new(k, &a);
	struct text out = { 0 };

	(void)state;
	config_load(c, &(struct source){ STR("x"), str_from(input) }, 0, &d);
	config_write(c, &out);
	assert_string_equal(out.at, want);
	assert_true(config_has_user(c, symbol_of_name(k, "NEW"), NULL)); /* so nobody asks */
	assert_true(config_has_user(c, symbol_of_name(k, "NEW_TEXT"), NULL));
	assert_false(config_has_user(c, symbol_of_name(k, "OTHER"), NULL));
	text_release(&out);
	arena_release(&a);
}

static void
numbers(void **state)
{
	static const struct { const char *text; int base; long long want; } prefix[] = {
		{ "12abc", 10, 12 }, { "", 10, 0 }, { " -7", 10, -7 }, { "0x1f", 16, 31 }, { "1F", 16, 31 }, { "0x", 16, 0 },
		{ "010", 0, 8 }, { "0x10", 0, 16 }, { "9223372036854775808", 10, INT64_MAX },
		{ "-9223372036854775809", 10, INT64_MIN }, { "-9223372036854775808", 10, INT64_MIN },
	};
	static const struct { const char *text; enum symbol_type type; enum number_kind want; } kind[] = {
		{ "12", SYM_INT, NUMBER_SIGNED }, { "12 ", SYM_INT, NUMBER_NONE }, { "0x1", SYM_HEX, NUMBER_UNSIGNED },
		{ "", SYM_INT, NUMBER_NONE }, { "08", SYM_UNKNOWN, NUMBER_NONE }, { "07", SYM_UNKNOWN, NUMBER_SIGNED },
		{ "99999999999999999999", SYM_INT, NUMBER_NONE }, { "maybe", SYM_BOOL, NUMBER_SIGNED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(prefix) / sizeof(*prefix); i++)
		if (number_prefix(str_from(prefix[i].text), prefix[i].base) != prefix[i].want)
			fail_msg("\"%s\": %lld", prefix[i].text, number_prefix(str_from(prefix[i].text), prefix[i].base));
	for (size_t i = 0; i < sizeof(kind) / sizeof(*kind); i++)
		if (number_of(str_from(kind[i].text), kind[i].type).kind != kind[i].want)
			fail_msg("\"%s\": another kind", kind[i].text);
}

/* ---- the dialogue ---- */

struct script {
	const char *const *answer;
	size_t asked;
	struct arena *keep;
	struct text names;
};

static struct str
next(void *ctx, const struct question *q)
{
	struct script *s = ctx;

	text_addf(&s->names, "%s%.*s", s->asked ? " " : "", STR_ARG(q->is_choice ? STR("<choice>") : q->name));
	s->asked++;
	return *s->answer ? str_from(*s->answer++) : (struct str){ NULL, 0 };
}

static void
questions(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const some[] = { "y", "m", "y", "m", "m", NULL };
	struct arena a = { 0 };
	struct kconfig *k = model_of(&a, machine, false);
	struct config *c = config_new(k, &a);
	struct script s = { .answer = none, .keep = &a };

	(void)state;
	assert_int_equal(dialogue_run(c, DIALOGUE_END_IS_ENTER, next, &s, NULL), DIALOGUE_DONE);
	assert_true(str_is(text_str(&s.names), "MODULES")); /* nobody to ask any more */
	s.names.len = s.asked = 0;
	s.answer = some;
	assert_int_equal(dialogue_run(config_new(k, &a), 0, next, &s, NULL), DIALOGUE_ENDED);
	/* B is bool: m is refused and asked again */
	assert_true(str_is(text_str(&s.names), "MODULES A B SEL TARGET BREAKS"));
	text_release(&s.names);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(changes_are_followed),
		cmocka_unit_test(copies_are_independent),
		cmocka_unit_test(reasons),
		cmocka_unit_test(unmet_dependencies_are_told),
		cmocka_unit_test(warnings_of_a_config),
		cmocka_unit_test(what_did_not_hold),
		cmocka_unit_test(transitional),
		cmocka_unit_test(numbers),
		cmocka_unit_test(questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
