// SPDX-License-Identifier: GPL-2.0-or-later
/* kconfig/sets: the embedded sets load, includes are a DAG, wants merge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "kconfig/sets.h"

static struct arena keep;

static void
embedded_sets_load(void **state)
{
	struct set_index sets = { 0 };
	struct diag d = { .keep = &keep };

	(void)state;
	sets_load(&sets, NULL, &keep, &d);
	if (d.errors)
		fail_msg("%.*s:%u: %.*s", STR_ARG(d.list.at[0].file), d.list.at[0].line, STR_ARG(d.list.at[0].message));
	assert_true(sets.by_name.len >= 30);
	for (size_t i = 0; i < sets.by_name.len; i++) {
		const struct set *s = sets.by_name.entry[i].value;
		struct set_lines all = { 0 };

		assert_true(s->about.len > 0);
		for (size_t j = 0; j < s->lines.len; j++)
			if (s->lines.at[j].kind != SET_INCLUDE && !s->lines.at[j].reason.len)
				fail_msg("%.*s: %.*s has no reason", STR_ARG(s->name), STR_ARG(s->lines.at[j].name));
		sets_expand(&sets, &s->name, 1, &keep, &d, &all);
		assert_true(all.list.len > 0);
	}
	if (d.errors)
		fail_msg("%.*s", STR_ARG(d.list.at[0].message));
}

/* files "a: text|b: text"; what to expand; "A=y B" or "!LINE:part of the message" */
static const struct { const char *files, *expand, *want; } cases[] = {
	{ "a: want A # r", "a", "A " },
	{ "a: want A=y # r\nwant S=a=b", "a", "A=y S=a=b " },
	{ "a: include b\nwant A|b: want B=m", "a", "B=m A " },
	{ "a: include b\nwant B=y|b: maybe B", "a", "B=y " },
	{ "a: include b\ninclude c|b: include d|c: include d|d: want D", "a", "D " },
	{ "a: maybe A|b: want A", "a b", "A " },
	{ "a: maybe A", "a", "?A " },
	{ "a: module usb_storage\nwant usb_storage", "a", "%usb_storage usb_storage " },
	{ "usb-storage: want MINE", "usb-storage", "MINE " },        /* instead of the embedded one */
	{ "a: want A=y|b: want A=m", "a b", "!1:A=m is wanted here, y at" },
	{ "a: include nowhere", "a", "!1:there is no set 'nowhere'" },
	{ "a: want A\ninclude b|b: include a", "a", "!1:the set 'a' includes itself" },
	{ "a: include a", "a", "!1:the set 'a' includes itself" },
	{ "a: wish A", "a", "!1:no line of a set" },
	{ "a: want", "a", "!1:no line of a set" },
	{ "a: want A=", "a", "!1:no line of a set" },
	{ "a: want A B", "a", "!1:no line of a set" },
	{ "a: module a=y", "a", "!1:no line of a set" },
	{ "a: \n\nname b", "a", "!3:the set is named 'b'" },
	{ "a: want A", "c", "!0:there is no set 'c'" },
};

static struct str
print_lines(const struct set_lines *all, struct text *t)
{
	t->len = 0;
	text_add_c(t, "");
	for (size_t i = 0; i < all->list.len; i++) {
		const struct set_line *l = &all->list.at[i];

		text_addf(t, "%s%.*s%s%.*s ", l->kind == SET_MODULE ? "%" : l->kind == SET_MAYBE ? "?" : "",
		          STR_ARG(l->name), l->value.len ? "=" : "", STR_ARG(l->value));
	}
	return text_str(t);
}

static void
write_files(const char *dir, const char *files)
{
	struct str rest = str_from(files), one;

	while (str_next_part(&rest, '|', &one)) {
		size_t colon = str_index(one, ':');
		struct str path = str_format(&keep, "%s/%.*s.set", dir, (int)colon, one.at);

		assert_int_equal(file_write(path.at, str_format(&keep, "%.*s\n", STR_ARG(str_drop(one, colon + 2)))), 0);
	}
}

static void
users_sets(void **state)
{
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char dir[] = "/tmp/derpconfig-sets-XXXXXX";
		struct set_index sets = { 0 };
		struct diag d = { .keep = &keep };
		struct set_lines all = { 0 };
		struct str rest = str_from(cases[i].expand), names[4], got;
		size_t n = 0;

		assert_non_null(mkdtemp(dir));
		write_files(dir, cases[i].files);
		sets_load(&sets, dir, &keep, &d);
		while (str_next_word(&rest, &names[n]))
			n++;
		if (!d.errors)
			sets_expand(&sets, names, n, &keep, &d, &all);
		got = print_lines(&all, &t);
		if (d.errors)
			got = str_format(&keep, "!%u:%.*s", d.list.at[0].line, STR_ARG(d.list.at[0].message));
		if (!str_starts(got, str_from(cases[i].want)) || (!d.errors && !str_is(got, cases[i].want)))
			fail_msg("\"%s\": \"%.*s\"", cases[i].files, STR_ARG(got));
		assert_int_equal(system(str_format(&keep, "rm -r %s", dir).at), 0);
	}
	text_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(embedded_sets_load), cmocka_unit_test(users_sets),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&keep);
	return failed;
}
