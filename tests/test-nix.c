// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nixout/nix: the patch, as golden directories below fixtures/nixout. `options` has a line an option (NAME, value,
 * type, flags, group, reason, parted by tabs), `late`, where there is one, those behind the platform's answers, and
 * `module` has `key = value` lines; want.nix, want.answers and
 * want.stderr are compared. GOLDEN_ACCEPT=1 rewrites them. check-nix.sh evaluates want.nix.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "nixout/nix.h"

static struct arena keep;

static void
read_options(struct str text, struct option *out, size_t *len)
{
	struct str line;

	for (*len = 0; str_next_line(&text, &line);) {
		struct option o = { 0 };
		struct str type, flags;

		if (!line.len || line.at[0] == '#')
			continue;
		assert_true(str_next_part(&line, '\t', &o.name));
		assert_true(str_next_part(&line, '\t', &o.value));
		assert_true(str_next_part(&line, '\t', &type));
		assert_true(str_next_part(&line, '\t', &flags));
		if (!str_next_part(&line, '\t', &o.group) || !str_next_part(&line, '\t', &o.reason))
			o.reason = STR("");
		o.type = str_is(type, "value") ? OPTION_VALUE : str_is(type, "unset") ? OPTION_UNSET : OPTION_TRISTATE;
		o.force = str_find(flags, STR("force")) < flags.len;
		o.optional = str_find(flags, STR("optional")) < flags.len;
		out[(*len)++] = o;
	}
}

static void
read_module(struct str text, struct nix_module *m)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		size_t eq = str_index(line, '=');
		struct str key = str_trim(str_take(line, eq)), value = str_trim(str_drop(line, eq + 1));

		if (str_is(key, "title"))
			m->title = value;
		else if (str_is(key, "kernel"))
			m->kernel = value;
		else if (str_is(key, "defconfig"))
			m->defconfig = value;
		else if (str_is(key, "seed"))
			m->seed = str_format(&keep, "%.*s\n", STR_ARG(value));
		else if (str_is(key, "tuning"))
			m->tuning = value;
		else if (str_is(key, "patch"))
			m->patch_name = value;
		else if (str_is(key, "llvm"))
			m->llvm = true;
		else if (str_is(key, "common"))
			m->common_config = true;
		else if (str_is(key, "auto"))
			m->auto_modules = true;
		else if (str_is(key, "nixpkgs"))
			assert_true(nixpkgs_release(value, &m->release));
		else
			fail_msg("unknown key %.*s", STR_ARG(key));
	}
}

static void
compare(const char *dir, const char *name, struct str got)
{
	struct str want, path = str_format(&keep, "%s/%s", dir, name);

	if (getenv("GOLDEN_ACCEPT"))
		assert_int_equal(file_write(path.at, got), 0);
	if (file_read(&keep, path.at, &want) != 0 || !str_eq(want, got))
		fail_msg("%s differs; got:\n%.*s", path.at, STR_ARG(got));
}

static void
golden_directory(const char *dir)
{
	struct option options[100], late[10];
	struct nix_module m = { .release = NIXPKGS_NEW, .options = options, .late = late };
	struct diag d = { .keep = &keep };
	struct str text;
	struct text out = { 0 };

	assert_int_equal(file_read(&keep, str_format(&keep, "%s/options", dir).at, &text), 0);
	read_options(text, options, &m.options_len);
	if (file_read(&keep, str_format(&keep, "%s/late", dir).at, &text) == 0)
		read_options(text, late, &m.late_len);
	assert_int_equal(file_read(&keep, str_format(&keep, "%s/module", dir).at, &text), 0);
	read_module(text, &m);
	nix_write(&m, &out, &d);
	compare(dir, "want.nix", text_str(&out));
	out.len = 0;
	nix_write_answers(options, m.options_len, &out);
	nix_write_answers(late, m.late_len, &out);
	compare(dir, "want.answers", text_str(&out));
	out.len = 0;
	for (size_t i = 0; i < d.list.len; i++)
		text_addf(&out, "%.*s\n", STR_ARG(d.list.at[i].message));
	compare(dir, "want.stderr", text_str(&out));
	text_release(&out);
}

static void
golden(void **state)
{
	struct dirent **list;
	int n = scandir("fixtures/nixout", &list, NULL, alphasort), seen = 0;

	(void)state;
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.') {
			golden_directory(str_format(&keep, "fixtures/nixout/%s", list[i]->d_name).at);
			seen++;
		}
		free(list[i]);
	}
	free(n >= 0 ? list : NULL);
	assert_true(seen > 0);
}

static void
names_and_strings(void **state)
{
	static const struct { const char *in, *name, *string; } cases[] = {
		{ "USB", "USB", "\"USB\"" },
		{ "64BIT", "\"64BIT\"", "\"64BIT\"" },
		{ "or", "\"or\"", "\"or\"" },
		{ "_x", "_x", "\"_x\"" },
		{ "a-b", "\"a-b\"", "\"a-b\"" },
		{ "a\"b\\", "\"a\\\"b\\\\\"", "\"a\\\"b\\\\\"" },
		{ "${x} $x $${", "\"\\${x} $x $\\${\"", "\"\\${x} $x $\\${\"" },
		{ "a\nb\tc", "\"a\\nb\\tc\"", "\"a\\nb\\tc\"" },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		t.len = 0;
		nix_name(str_from(cases[i].in), &t);
		assert_string_equal(t.at, cases[i].name);
		t.len = 0;
		nix_string(str_from(cases[i].in), &t);
		assert_string_equal(t.at, cases[i].string);
	}
	text_release(&t);
}

static void
releases(void **state)
{
	static const struct { const char *in; bool good; enum nixpkgs_release want; } cases[] = {
		{ "24.11", true, NIXPKGS_OLD }, { "25.05", true, NIXPKGS_OLD }, { "25.11", true, NIXPKGS_NEW },
		{ "26.05", true, NIXPKGS_NEW }, { "unstable", true, NIXPKGS_NEW },
		{ "25", false, 0 }, { "", false, 0 }, { "25.5", false, 0 }, { "2x.05", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum nixpkgs_release got;
		bool good = nixpkgs_release(str_from(cases[i].in), &got);

		if (good != cases[i].good || (good && got != cases[i].want))
			fail_msg("\"%s\"", cases[i].in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden), cmocka_unit_test(names_and_strings), cmocka_unit_test(releases),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&keep);
	return failed;
}
