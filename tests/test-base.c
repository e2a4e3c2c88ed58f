// SPDX-License-Identifier: GPL-2.0-or-later
/* base/: strings, paths, maps, conditions, whole files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cond.h"
#include "base/file.h"

static void
paths(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "", "" }, { ".", "" }, { "a/./b//../c", "a/c" }, { "a/..", "" }, { "../a", "../a" },
		{ "a/../../b", "../b" }, { "../../x/..", "../.." }, { "/a/../..", "/" }, { "/../a", "/a" },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str got = path_clean(&a, str_from(cases[i].in));

		if (!str_is(got, cases[i].want))
			fail_msg("\"%s\": \"%.*s\", want \"%s\"", cases[i].in, STR_ARG(got), cases[i].want);
	}
	arena_release(&a);
}

static void
map_keeps_order(void **state)
{
	struct arena a = { 0 };
	struct map m = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 5000; i++)
			assert_int_equal(map_index_put(&m, &a, str_format(&a, "key%zu", i)), i);
	assert_int_equal(m.len, 5000);
	assert_int_equal(map_index(&m, STR("key4999")), 4999);
	assert_int_equal(map_index(&m, STR("key5000")), -1);
	arena_release(&a);
}

static bool
all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* Chunks that were given back and are used again look like fresh ones. */
static void
arena_zeroes(void **state)
{
	static const size_t sizes[] = { 300 << 10, 1 << 20, 5 << 20, 700 << 10, 1 << 20, 40 << 20, 2 << 20 };

	(void)state;
	for (size_t round = 0; round < 4; round++) {
		struct arena a = { 0 };

		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			size_t n = sizes[(i * (round + 1) + round) % (sizeof(sizes) / sizeof(*sizes))], dirt = n / (i + 1);
			unsigned char *p = NEW_ARRAY(&a, unsigned char, n);

			assert_true(all_zero(p, n));
			memset(p, 0xa5, dirt); /* the rest stays as it was */
		}
		arena_release(&a);
	}
}

struct ending { char *said; const char *name; };

static void
say(void *ctx)
{
	const struct ending *e = ctx;

	strcat(e->said, e->name);
}

static void
arena_ends(void **state)
{
	struct arena a = { 0 };
	char said[8] = "";

	(void)state;
	for (const char *n = "abc"; *n; n++) {
		struct ending *e = NEW(*n == 'c' ? arena_child(&a) : &a, struct ending);

		*e = (struct ending){ said, str_c(&a, str_from((char[]){ *n, '\0' })) };
		arena_at_end(&a, say, e);
	}
	arena_release(&a);
	assert_string_equal(said, "cba");
	arena_release(&a);
	assert_string_equal(said, "cba");
}

static void
conditions(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "A", "A" }, { "A=y", "A=y" }, { "A && A", "A" }, { "A && !A", "0" }, { "A || !A", "1" },
		{ "A=m || A=y", "A" }, { "A=y && A=m", "0" }, { "A && (B || C)", "A && (B || C)" },
		{ "(A && B) || C", "A && B || C" }, { "!(A && B)", "!(A && B)" }, { "!!A", "A" },
		{ "A && (A || B)", "A" }, { "A || A && B", "A" }, { "1 && A", "A" }, { "0 && A", "0" },
		{ "A=n", "!A" }, { "A=\"x y\"", "A=\"x y\"" }, { "A!=\"\"", "A!=\"\"" },
		{ "A &&", NULL }, { "(A", NULL }, { "A B", NULL }, { "A=z", NULL }, { "", NULL },
	};
	struct arena a = { 0 };
	struct cond_pool pool;
	struct text t = { 0 };

	(void)state;
	cond_pool_init(&pool, &a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct cond *c = cond_parse(&pool, str_from(cases[i].in), NULL);

		if (!c != !cases[i].want)
			fail_msg("\"%s\": %s", cases[i].in, c ? "parsed" : "refused");
		if (!c)
			continue;
		t.len = 0;
		cond_print(c, &t);
		if (!str_is(text_str(&t), cases[i].want))
			fail_msg("\"%s\": \"%s\", want \"%s\"", cases[i].in, t.at, cases[i].want);
		assert_ptr_equal(cond_parse(&pool, text_str(&t), NULL), c);
	}
	text_release(&t);
	arena_release(&a);
}

static void
file_is_whole_or_absent(void **state)
{
	struct arena a = { 0 };
	char dir[] = "/tmp/derpconfig-test-XXXXXX";
	struct str got, path;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = str_format(&a, "%s/x", dir);
	assert_int_equal(file_write(path.at, STR("one\n")), 0);
	assert_int_equal(file_write(path.at, STR("two\n")), 0);
	assert_int_equal(file_read(&a, path.at, &got), 0);
	assert_true(str_is(got, "two\n"));
	assert_int_equal(file_write("/dev/full", STR("x")), -ENOSPC);
	assert_int_equal(file_write(dir, STR("x")), -EISDIR);
	assert_int_equal(file_read(&a, dir, &got), -EISDIR);
	assert_int_equal(file_read(&a, str_format(&a, "%s/none", dir).at, &got), -ENOENT);
	unlink(path.at);
	assert_int_equal(rmdir(dir), 0); /* no temporary file was left */
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(map_keeps_order), cmocka_unit_test(arena_ends), cmocka_unit_test(arena_zeroes),
		cmocka_unit_test(conditions),
		cmocka_unit_test(file_is_whole_or_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
