// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kbuild/ on whole kernel trees. Forwards: Debian's configuration gives the package's modules.order. Then both
 * directions against each other: on random configurations every route's conditions say what the forward run built.
 * KBUILD_SEEDS in the environment: how many configurations a tree (default 4).
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

struct kernel { const char *name, *arch; size_t modules; }; /* modules 0: no package to compare with */

static const struct kernel kernels[] = {
	{ "6.12-amd64", "x86_64", 4230 },
	{ "6.1-amd64", "x86_64", 4023 },
	{ "6.12-arm64", "arm64", 4351 },
	{ "7.2-amd64", "x86_64", 4216 },
	{ "fixtures/kbuild", "toy64", 0 },
};

struct run {
	struct arena keep;
	struct diag diag;
	struct tree *tree;
	const struct kernel *kernel;
	struct str dir, config;
	struct cond_pool pool;
	struct kbuild *kbuild;
};

static struct str
value(void *ctx, struct str symbol)
{
	struct str *s = map_get(ctx, symbol);

	return s ? *s : STR("");
}

static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* The lines of a .config; with a seed, some y and m are left out and some change places. */
static void
read_config(struct run *r, uint64_t seed, struct arena *keep, struct map *out)
{
	struct str text = r->config, line;
	uint64_t random = seed, stay = 50 + next_random(&random) % 51;

	while (str_next_line(&text, &line)) {
		size_t equals = str_index(line, '=');
		struct str *v;

		if (!str_starts(line, STR("CONFIG_")) || equals == line.len)
			continue;
		v = NEW(keep, struct str);
		*v = str_drop(line, equals + 1);
		if (seed && v->len == 1 && (*v->at == 'y' || *v->at == 'm')) {
			uint64_t dice = next_random(&random) % 100, flip = next_random(&random) % 12;

			if (dice >= (*v->at == 'y' && seed % 2 ? 97 : stay))
				continue;
			if (!flip)
				*v = *v->at == 'y' ? STR("m") : STR("y");
		}
		if (v->len > 1 && *v->at == '"')
			*v = str_take(str_drop(*v, 1), v->len - 2);
		*map_put(out, keep, str_take(str_drop(line, 7), equals - 7)) = v;
	}
}

static void
build(struct run *r, struct arena *keep, struct map *config, struct built *out)
{
	if (!kbuild_built(r->tree, str_from(r->kernel->arch), value, config, keep, &r->diag, out))
		fail_msg("%s: cannot be evaluated", r->kernel->name);
}

/* 1. The package's modules.order, line by line. */
static void
check_order(struct run *r)
{
	struct str path = str_format(&r->keep, "%.*s/modules/modules.order", STR_ARG(r->dir)), text, line;
	struct map config = { 0 };
	struct built built;
	size_t n = 0;

	assert_int_equal(file_read(&r->keep, path.at, &text), 0);
	read_config(r, 0, &r->keep, &config);
	build(r, &r->keep, &config, &built);
	while (str_next_line(&text, &line)) {
		line = str_take(line, line.len - (str_ends(line, STR(".o")) ? 2 : 3));
		if (n >= built.modules || !str_eq(str_take(built.module[n], built.module[n].len - 3), line))
			fail_msg("%s: line %zu: %.*s, want %.*s", r->kernel->name, n + 1, n < built.modules ? (int)built.module[n].len : 0,
			         n < built.modules ? built.module[n].at : "", STR_ARG(line));
		n++;
	}
	assert_int_equal(n, built.modules);
	assert_int_equal(n, r->kernel->modules);
}

static void
wrong(const struct run *r, uint64_t seed, const char *what, struct str name, const struct cond *c)
{
	struct text t = { 0 };

	if (c)
		cond_print(c, &t);
	fail_msg("%s, seed %llu: %s %.*s: %s", r->kernel->name, (unsigned long long)seed, what, STR_ARG(name), t.at ? t.at : "");
}

/* 2. The routes' conditions for a configuration, and what it builds. */
static void
check_seed(struct run *r, uint64_t seed)
{
	struct arena keep = { 0 };
	struct map config = { 0 }, module = { 0 }, object = { 0 };
	struct route_list routes = kbuild_routes(r->kbuild);
	struct cost_list costs = kbuild_costs(r->kbuild);
	struct built built;
	size_t compiled = 0;

	read_config(r, seed, &keep, &config);
	build(r, &keep, &config, &built);
	for (size_t i = 0; i < built.modules; i++)
		*map_put(&module, &keep, built.module[i]) = &module;
	for (size_t i = 0; i < built.objects; i++)
		for (size_t p = 0; p < built.object[i].parts.len; p++)
			if (built.object[i].parts.at[p].when->kind == COND_TRUE)
				*map_put(&object, &keep, built.object[i].parts.at[p].object) = &object;
	for (size_t i = 0; i < routes.len; i++) {
		const struct route *o = routes.at[i];
		bool m = cond_eval(o->module, value, &config), b = cond_eval(o->builtin, value, &config);
		bool on = cond_eval(o->own, value, &config) && cond_eval(o->gates, value, &config);
		struct part_list parts = kbuild_parts(r->kbuild, o);

		if (m != !!map_get(&module, o->path))
			wrong(r, seed, m ? "not built after all:" : "built after all:", o->path, o->module);
		if ((m || b) && !on)
			wrong(r, seed, "own and gates do not hold for", o->path, o->own);
		if (m && b)
			wrong(r, seed, "both a module and built in:", o->path, o->builtin);
		for (size_t p = 0; b && p < parts.len; p++)
			if (cond_eval(parts.at[p].when, value, &config) && !map_get(&object, parts.at[p].object))
				wrong(r, seed, "not linked after all:", parts.at[p].object, parts.at[p].when);
		for (size_t p = 0; m && p < parts.len; p++)
			if (cond_eval(parts.at[p].when, value, &config))
				map_put(&object, &keep, parts.at[p].object);
	}
	for (size_t i = 0; i < built.modules; i++)
		if (!kbuild_by_path(r->kbuild, built.module[i]))
			wrong(r, seed, "no route for", built.module[i], NULL);
	for (size_t i = 0; i < costs.len; i++) {
		bool now = cond_eval(costs.at[i].when, value, &config);

		compiled += now;
		if (now != (map_index(&object, costs.at[i].object) >= 0))
			wrong(r, seed, now ? "costs, but is not compiled:" : "costs nothing, but is compiled:", costs.at[i].object, costs.at[i].when);
	}
	assert_int_equal(compiled, object.len);
	arena_release(&keep);
}

/* 3. What the lists can be asked. */
static void
check_lookups(struct run *r)
{
	struct route_list list = kbuild_by_name(r->kbuild, STR("snd-hda-intel"));

	assert_int_equal(list.len, 1);
	assert_true(str_is(list.at[0]->name, "snd_hda_intel"));
	list = kbuild_by_source(r->kbuild, STR("drivers/net/ethernet/intel/e1000e/netdev.c"));
	assert_int_equal(list.len, 1);
	assert_true(str_is(list.at[0]->path, "kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko"));
	assert_true(str_is(kbuild_source(r->kbuild, STR("drivers/net/ethernet/intel/e1000e/netdev.o")),
	                   "drivers/net/ethernet/intel/e1000e/netdev.c"));
	assert_int_equal(kbuild_by_name(r->kbuild, STR("no-such-module")).len, 0);
}

static void
tree_holds(void **state)
{
	struct run r = { .kernel = *state };
	const char *top = getenv("DERPCONFIG_KERNELS"), *home = getenv("HOME"), *seeds = getenv("KBUILD_SEEDS");
	struct str path;

	r.diag.keep = &r.keep;
	if (!r.kernel->modules)
		r.dir = str_from(r.kernel->name);
	else
		r.dir = str_format(&r.keep, "%s%s/%s", top ? top : home ? home : "", top ? "" : "/.cache/derpconfig/kernels", r.kernel->name);
	path = str_format(&r.keep, "%.*s/config", STR_ARG(r.dir));
	if (access(path.at, R_OK) != 0) {
		print_message("%s is not there\n", path.at);
		skip();
	}
	assert_int_equal(file_read(&r.keep, path.at, &r.config), 0);
	r.tree = tree_open(str_format(&r.keep, "%.*s%s", STR_ARG(r.dir),
	                   r.kernel->modules ? "/source" : "").at, 0, &r.diag);
	assert_non_null(r.tree);
	if (r.kernel->modules)
		check_order(&r);
	cond_pool_init(&r.pool, &r.keep);
	r.kbuild = kbuild_evaluate(r.tree, str_from(r.kernel->arch), &r.pool, &r.keep, &r.diag);
	assert_non_null(r.kbuild);
	if (r.kernel->modules)
		check_lookups(&r);
	for (uint64_t seed = 1; seed <= (seeds ? strtoul(seeds, NULL, 10) : r.kernel->modules ? 4 : 100); seed++)
		check_seed(&r, seed);
	for (size_t i = 0; i < r.diag.list.len; i++)
		if (r.diag.list.at[i].severity != DIAG_NOTE)
			fail_msg("%.*s:%u: %.*s", STR_ARG(r.diag.list.at[i].file), r.diag.list.at[i].line, STR_ARG(r.diag.list.at[i].message));
	tree_close(r.tree);
	arena_release(&r.keep);
}

int
main(void)
{
	struct CMUnitTest tests[sizeof(kernels) / sizeof(*kernels)];
	static struct kernel copy[sizeof(kernels) / sizeof(*kernels)];

	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++) {
		copy[i] = kernels[i];
		tests[i] = (struct CMUnitTest){ .name = kernels[i].name, .test_func = tree_holds, .initial_state = &copy[i] };
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
