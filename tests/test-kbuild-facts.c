// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kbuild/ backwards against facts measured on Debian's 6.12: for each module the condition in its own Makefile and
 * the gates above it. Equal as functions of the symbols' values, not as spelled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "kbuild/kbuild.h"
#include "kbuild/logic.h"

/* "A | B=y & !C~ || (D)" as the facts have it: "|" and "&" within, "||" between alternatives; "~" says nothing here. */
static const struct cond *
fact(struct cond_pool *pool, struct str s)
{
	struct text t = { 0 };
	const struct cond *c;
	const char *end = NULL;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '~')
			continue;
		text_add_char(&t, s.at[i]);
		if (s.at[i] == '&' || s.at[i] == '|') {
			if (i + 1 < s.len && s.at[i + 1] == s.at[i])
				i++;
			text_add_char(&t, s.at[i]);
		}
	}
	c = cond_parse(pool, text_str(&t), &end);
	if (!c)
		fail_msg("cannot read \"%s\" at \"%s\"", t.at, end ? end : "");
	text_release(&t);
	return c;
}

static void
differs(const char *what, struct str path, struct str want, const struct cond *got)
{
	struct text t = { 0 };

	cond_print(got, &t);
	print_message("%.*s: %s is \"%s\", want \"%.*s\"\n", STR_ARG(path), what, t.at ? t.at : "", STR_ARG(want));
	text_release(&t);
}

struct facts {
	struct arena keep;
	struct cond_pool pool;
	struct logic *logic;
	struct kbuild *kbuild;
	size_t modules, wrong;
};

/*
 * The facts give `own` for itself; ours may leave out what the gates say already. A literal obj-m (own is 1) needs
 * its directory's symbol to be m, where the facts, taken from a configuration with m, say no more than "on".
 */
static bool
equals_fact(struct facts *f, const struct route *r, struct str own, struct str gates)
{
	const struct cond *o = fact(&f->pool, own), *g = fact(&f->pool, gates), *m = f->pool.yes;

	if (str_is(own, "1")) {
		size_t last = str_rindex(gates, ' ');

		m = cond_not(&f->pool, cond_is(&f->pool, str_drop(gates, last + 1), 'y'));
	}
	return logic_equal(f->logic, cond_and(&f->pool, m, r->gates), cond_and(&f->pool, m, g)) &&
	       logic_equal(f->logic, cond_and(&f->pool, r->own, r->gates), cond_and(&f->pool, o, r->gates));
}

static void
check_line(struct facts *f, struct str line)
{
	struct str path, name, own, gates;
	const struct route *r;

	if (!line.len || *line.at == '#')
		return;
	str_next_part(&line, '\t', &path);
	str_next_part(&line, '\t', &name);
	str_next_part(&line, '\t', &own);
	str_next_part(&line, '\t', &gates);
	f->modules++;
	r = kbuild_by_path(f->kbuild, path);
	if (!r || !str_eq(r->name, name)) {
		print_message("%.*s: no route\n", STR_ARG(path));
		f->wrong++;
	} else if (!equals_fact(f, r, own, gates)) {
		differs("own", path, own, r->own);
		differs("gates", path, gates, r->gates);
		f->wrong++;
	}
}

static void
facts_hold(void **state)
{
	const char *const *given = *state;
	struct facts f = { 0 };
	struct diag diag = { .keep = &f.keep };
	struct tree *tree;
	struct str text, line;

	if (file_read(&f.keep, given[0], &text) < 0)
		skip();
	tree = tree_open(given[1], 0, &diag);
	assert_non_null(tree);
	cond_pool_init(&f.pool, &f.keep);
	f.logic = logic_new(&f.pool, &f.keep);
	f.kbuild = kbuild_evaluate(tree, STR("x86_64"), &f.pool, &f.keep, &diag);
	assert_non_null(f.kbuild);
	assert_int_equal(diag.errors, 0);
	while (str_next_line(&text, &line))
		check_line(&f, line);
	print_message("%zu of %zu modules\n", f.modules - f.wrong, f.modules);
	assert_int_equal(f.wrong, 0);
	assert_int_equal(f.modules, 4230);
	tree_close(tree);
	arena_release(&f.keep);
}

int
main(void)
{
	static const char *given[2];
	static char facts[4096], tree[4096];
	const char *shared = getenv("DERPCONFIG_SHARED"), *kernels = getenv("DERPCONFIG_KERNELS"), *home = getenv("HOME");
	const struct CMUnitTest tests[] = { cmocka_unit_test_prestate(facts_hold, given) };

	snprintf(facts, sizeof(facts), "%s/facts/module-symbols-6.12.tsv", shared ? shared : "../shared");
	snprintf(tree, sizeof(tree), "%s%s/6.12-amd64/source", kernels ? kernels : home ? home : "",
	         kernels ? "" : "/.cache/derpconfig/kernels");
	given[0] = facts;
	given[1] = tree;
	if (access(facts, R_OK) != 0 || access(tree, R_OK) != 0) {
		printf("%s is not there\n", access(facts, R_OK) != 0 ? facts : tree);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
