// SPDX-License-Identifier: GPL-2.0-or-later
/* kconfig/solve: small models, goals in, what is on out. Each row is a Kconfig file, its goals and the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "kconfig/conflict.h"
#include "kconfig/explain.h"
#include "kconfig/solve.h"

#define MODULES "config MODULES\n\tbool \"modules\"\n\tmodules\n"

struct row {
	const char *about;
	const char *kconfig;
	const char *goals;   /* conditions, separated by ';'. A leading '?' makes one soft, worth 20 */
	const char *want;    /* "A=y B=m": everything on that is not in the base, by name; NULL: a conflict */
	const char *core;    /* of a conflict: names of the goals in it, in order */
	const char *words;   /* of a conflict: what its explanation says among other things */
};

static const struct row rows[] = {
	{ "a dependency comes along",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on B\nconfig B\n\tbool \"b\"\n",
	  "A", "A=m B=y MODULES=y", NULL, NULL },
	{ "a select comes along, and what it needs",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on C\n\tselect B\nconfig B\n\ttristate\n\tdepends on C\nconfig C\n\tbool \"c\"\n",
	  "A=m", "A=m B=m C=y MODULES=y", NULL, NULL },
	{ "a hidden symbol is reached through a selector",
	  MODULES "config H\n\ttristate\nconfig S1\n\ttristate \"s1\"\n\tselect H\n\tselect BIG\nconfig BIG\n\tbool\n"
	  "config S2\n\ttristate \"s2\"\n\tselect H\n",
	  "H", "H=m MODULES=y S2=m", NULL, NULL },
	{ "a hidden symbol is reached through its default",
	  MODULES "config H\n\tdef_tristate A && B\nconfig A\n\tbool \"a\"\nconfig B\n\ttristate \"b\"\n",
	  "H", "A=y B=m H=m MODULES=y", NULL, NULL },
	{ "a negative dependency: N keeps A away",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on !N\nconfig N\n\tbool\n\tdefault y if !W\nconfig W\n\tbool \"w\"\n",
	  "A", "A=m MODULES=y W=y", NULL, NULL },
	{ "X || !X: built in needs X built in or off",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on X || !X\nconfig X\n\ttristate \"x\"\n",
	  "A=y; X", "A=y MODULES=y X=y", NULL, NULL },
	{ "X || !X: m with m",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on X || !X\nconfig X\n\ttristate \"x\"\n",
	  "A; X=m", "A=m MODULES=y X=m", NULL, NULL },
	{ "a choice: the member asked for",
	  MODULES "choice\n\tprompt \"c\"\n\tdefault C1\nconfig C1\n\tbool \"c1\"\nconfig C2\n\tbool \"c2\"\nendchoice\n"
	  "config A\n\tbool \"a\"\n\tdepends on C2\n",
	  "A", "A=y C2=y MODULES=y", NULL, NULL },
	{ "a choice keeps its default when nobody cares",
	  MODULES "choice\n\tprompt \"c\"\n\tdefault C2\nconfig C1\n\tbool \"c1\"\nconfig C2\n\tbool \"c2\"\n\tselect H\nendchoice\n"
	  "config H\n\tbool\nconfig A\n\tbool \"a\"\n",
	  "A", "A=y MODULES=y", NULL, NULL },
	{ "the cheaper of two ways",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on P || Q\nconfig P\n\tbool \"p\"\n\tselect P1\n\tselect P2\n"
	  "config P1\n\tbool\nconfig P2\n\tbool\nconfig Q\n\tbool \"q\"\n",
	  "A", "A=m MODULES=y Q=y", NULL, NULL },
	{ "imply may be refused", MODULES "config A\n\tbool \"a\"\n\timply B\nconfig B\n\tbool \"b\"\n",
	  "A", "A=y MODULES=y", NULL, NULL },
	{ "an implied symbol without prompt comes along",
	  MODULES "config A\n\tbool \"a\"\n\timply B\nconfig B\n\tbool\n", "A", "A=y B=y MODULES=y", NULL, NULL },
	{ "a default below a prompt that is not visible",
	  MODULES "config E\n\tbool \"e\"\n\tselect EH\nconfig EH\n\tbool\nconfig A\n\tbool \"a\" if E\n\tdefault y\n\tdepends on B\nconfig B\n\tbool \"b\"\n",
	  "B", "A=y B=y MODULES=y", NULL, NULL },
	{ "a comparison with a number",
	  MODULES "config N\n\tint\n\tdefault 4 if B\n\tdefault 2\nconfig A\n\tbool \"a\"\n\tdepends on N > 3\nconfig B\n\tbool \"b\"\n",
	  "A", "A=y B=y MODULES=y", NULL, NULL },
	{ "a soft goal that is cheap comes along, a dear one does not",
	  MODULES "config A\n\tbool \"a\"\nconfig S\n\tbool \"s\"\nconfig D\n\tbool \"d\"\n\tselect D1\n\tselect D2\n\tselect D3\n"
	  "\tselect D4\n\tselect D5\nconfig D1\n\tbool\nconfig D2\n\tbool\nconfig D3\n\tbool\nconfig D4\n\tbool\nconfig D5\n\tbool\n",
	  "A; ?S; ?D", "A=y MODULES=y S=y", NULL, NULL },
	{ "two members of one choice",
	  MODULES "choice\n\tprompt \"c\"\nconfig C1\n\tbool \"c1\"\nconfig C2\n\tbool \"c2\"\nendchoice\nconfig A\n\tbool \"a\"\n",
	  "A; C1; C2", NULL, "C1 C2", "Kconfig:4: c has one option that is y, of C1 C2" },
	{ "nothing defines it", MODULES "config A\n\tbool \"a\"\n\tdepends on NOWHERE\n", "A", NULL, "A",
	  "no configuration has A, because\n  Kconfig:4: A depends on NOWHERE" },
	{ "one excludes the other",
	  MODULES "config A\n\tbool \"a\"\n\tdepends on !B\nconfig B\n\tbool \"b\"\nconfig C\n\tbool \"c\"\n",
	  "C; A; B", NULL, "A B", "Kconfig:4: A depends on !B" },
	{ "a selector forces what another goal forbids",
	  MODULES "config A\n\tbool \"a\"\n\tselect H\nconfig H\n\tbool\nconfig B\n\tbool \"b\"\n\tdepends on !H\n",
	  "B; A", NULL, "B A", "Kconfig:7: H is selected by A (Kconfig:6)" },
	{ "m only",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on m\n", "A=y", NULL, "A=y", "A depends on m" },
	{ "a selector that needs what is forbidden",
	  MODULES "config A\n\tbool \"a\"\n\tselect S\nconfig S\n\tbool\n\tdepends on D\nconfig D\n\tbool \"d\"\n",
	  "A; !D", NULL, "A !D", "S is selected by A (Kconfig:6), but depends on D" },
	{ "a hidden symbol that nothing switches on",
	  MODULES "config H\n\tbool\n", "H", NULL, "H", "H has no prompt, no default, and nothing selects it" },
	{ "a hidden symbol whose default cannot hold",
	  MODULES "config H\n\tdef_bool A && !A\nconfig A\n\tbool \"a\"\n", "H", NULL, "H", "H has no prompt and is on by its default only" },
	{ "a hidden symbol whose selectors are both refused",
	  MODULES "config H\n\tbool\nconfig A\n\tbool \"a\"\n\tselect H\nconfig B\n\tbool \"b\"\n\tselect H\n",
	  "!A; H; !B", NULL, "!A H !B", "H has no prompt: it needs A || B" },
	{ "a default that cannot be refused",
	  MODULES "config H\n\tdef_bool A\nconfig A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\n\tdepends on !H\n",
	  "A; B", NULL, "A B", "H has no prompt here, so its default decides" },
	{ "a chain of three",
	  MODULES "config A\n\tbool \"a\"\n\tdepends on B\nconfig B\n\tbool \"b\"\n\tdepends on C\nconfig C\n\tbool \"c\"\n",
	  "!C; A", NULL, "!C A", "B depends on C" },
	{ "a tristate below m cannot be y",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on B\nconfig B\n\ttristate \"b\"\n", "B=m; A=y", NULL, "B=m A=y", "A depends on B" },
	{ "X || !X: y with m",
	  MODULES "config A\n\ttristate \"a\"\n\tdepends on X || !X\nconfig X\n\ttristate \"x\"\n",
	  "X=m; A=y", NULL, "X=m A=y", "A depends on X || !X" },
	{ "select lifts to y what is wanted m",
	  MODULES "config A\n\tbool \"a\"\n\tselect T\nconfig T\n\ttristate \"t\"\n", "A; T=m", NULL, "A T=m", "T is selected by A" },
	{ "a comparison that no value meets",
	  MODULES "config N\n\tint\n\tdefault 2\nconfig A\n\tbool \"a\"\n\tdepends on N > 3\n", "A", NULL, "A", "A depends on N>3" },
	{ "a choice that is not there",
	  MODULES "choice\n\tprompt \"c\"\n\tdepends on V\nconfig C1\n\tbool \"c1\"\nconfig C2\n\tbool \"c2\"\nendchoice\nconfig V\n\tbool \"v\"\n",
	  "C2; !V", NULL, "C2 !V", "c has one option that is y" },
	{ "of two choices' members",
	  MODULES "choice\n\tprompt \"c\"\nconfig C1\n\tbool \"c1\"\nconfig C2\n\tbool \"c2\"\n\tdepends on D1\nendchoice\n"
	  "choice\n\tprompt \"d\"\nconfig D1\n\tbool \"d1\"\nconfig D2\n\tbool \"d2\"\nendchoice\n",
	  "C2; D2", NULL, "C2 D2", "d has one option that is y, of D1 D2" },
	{ "an OR with both sides refused",
	  MODULES "config A\n\tbool \"a\"\n\tdepends on P || Q\nconfig P\n\tbool \"p\"\nconfig Q\n\tbool \"q\"\n",
	  "!P; A; !Q", NULL, "!P A !Q", "A depends on P || Q" },
	{ "modules must stay",
	  MODULES "config A\n\tbool \"a\"\n\tdepends on !MODULES\n", "A", NULL, "A", "MODULES is y: NixOS needs loadable modules" },
	{ "two that select against each other",
	  MODULES "config A\n\tbool \"a\"\n\tselect P\nconfig B\n\tbool \"b\"\n\tselect Q\nconfig P\n\tbool\n\tdepends on !Q\nconfig Q\n\tbool\n",
	  "A; B", NULL, "A B", "P is selected by A (Kconfig:6), but depends on !Q" },
};

struct job {
	struct arena keep;
	struct diag diag;
	struct tree *tree;
	struct kconfig *model;
	struct config *base;
	struct cond_pool pool;
	struct goal goal[8];
	size_t goals;
	char dir[64];
};

static void
job_open(struct job *j, const struct row *row)
{
	struct kconfig_options options = { .arch = STR("x86_64") };
	const struct symbol *modules;
	struct str rest = str_from(row->goals), part;

	snprintf(j->dir, sizeof(j->dir), "/tmp/derpconfig-solve-XXXXXX");
	assert_non_null(mkdtemp(j->dir));
	assert_int_equal(file_write(str_format(&j->keep, "%s/Kconfig", j->dir).at, str_from(row->kconfig)), 0);
	assert_int_equal(file_write(str_format(&j->keep, "%s/Makefile", j->dir).at,
	                            STR("VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n")), 0);
	j->diag.keep = &j->keep;
	j->tree = tree_open(j->dir, TREE_NO_CACHE, &j->diag);
	assert_non_null(j->tree);
	j->model = kconfig_load(j->tree, &options, &j->keep, &j->diag);
	assert_non_null(j->model);
	j->base = config_new(j->model, &j->keep);
	config_apply_mode(j->base, MODE_ALLNO);
	modules = kconfig_find(j->model, STR("MODULES"));
	assert_non_null(modules);
	cond_pool_init(&j->pool, &j->keep);
	while (str_next_part(&rest, ';', &part)) {
		struct goal *g = &j->goal[j->goals++];

		part = str_trim(part);
		*g = (struct goal){ .name = part };
		if (part.at[0] == '?') {
			part = str_drop(part, 1);
			g->worth = 20;
		}
		g->cond = cond_parse(&j->pool, part, NULL);
		assert_non_null(g->cond);
	}
}

static void
job_close(struct job *j)
{
	struct arena *a = &j->keep;

	unlink(str_format(a, "%s/Kconfig", j->dir).at);
	unlink(str_format(a, "%s/Makefile", j->dir).at);
	rmdir(j->dir);
	tree_close(j->tree);
	arena_release(&j->keep);
}

/* "A=y B=m", sorted by name: what is on and was not in the base, and choice members other than the base's. */
static struct str
what_is_on(struct job *j, struct config *c)
{
	VEC(struct str) names = { 0 };

	for (size_t i = 0; i < j->model->symbols_len; i++) {
		const struct symbol *s = j->model->symbols[i];

		if (s->constant || s->is_choice || (s->type != SYM_BOOL && s->type != SYM_TRISTATE))
			continue;
		if (config_tri(c, s) != TRI_N && config_tri(j->base, s) == TRI_N)
			vec_push(&j->keep, &names, str_format(&j->keep, "%.*s=%.*s", STR_ARG(s->name),
			                                      STR_ARG(config_text(c, s))));
	}
	qsort(names.at, names.len, sizeof(*names.at), str_qsort);
	return str_join(&j->keep, names.at, names.len, STR(" "));
}

static void
check_row(const struct row *row)
{
	struct job j = { 0 };
	struct solve_request q;
	struct solution *s;
	struct text said = { 0 };

	job_open(&j, row);
	q = (struct solve_request){ .model = j.model, .base = j.base, .goals = j.goal, .goals_len = j.goals };
	s = solve(&q, &j.keep);
	if (s->trouble.len)
		fail_msg("%s: %.*s", row->about, STR_ARG(s->trouble));
	if (s->found != !!row->want)
		fail_msg("%s: %s", row->about, s->found ? "a solution was found" : "no solution was found");
	if (s->found) {
		struct str got = what_is_on(&j, s->config);
		struct why *why = explain(j.model, s->config, j.base, j.goal, j.goals, &j.keep);

		if (!str_is(got, row->want))
			fail_msg("%s: \"%.*s\", want \"%s\"", row->about, STR_ARG(got), row->want);
		for (size_t i = 0; i < j.model->symbols_len; i++)
			assert_true(j.model->symbols[i]->constant || why[i].kind != WHY_OFF ||
			            config_tri(s->config, j.model->symbols[i]) == TRI_N ||
			            j.model->symbols[i]->is_choice);
		assert_true(s->optimal && s->cost == s->bound);
	} else {
		struct str names[8], got;

		for (size_t i = 0; i < s->conflict.goals_len; i++)
			names[i] = s->conflict.goals[i]->name;
		got = str_join(&j.keep, names, s->conflict.goals_len, STR(" "));
		if (!str_is(got, row->core))
			fail_msg("%s: core \"%.*s\", want \"%s\"", row->about, STR_ARG(got), row->core);
		conflict_print(&s->conflict, &said);
		if (str_find(text_str(&said), str_from(row->words)) == said.len)
			fail_msg("%s: it says\n%s", row->about, said.at);
		text_release(&said);
	}
	job_close(&j);
}

static void
solve_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(solve_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
