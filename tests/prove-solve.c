// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prove-solve.c - the solver on a whole tree, for tests/prove-solve.sh.
 *
 *	prove-solve solve TREE ARCH CONFIG MODULES.ORDER OUT each [FROM STEP]|random LISTS SIZE SEED [FROM]
 *		solves each module alone, or LISTS random lists of SIZE modules; writes OUT/N.goals (module paths),
 *		OUT/N.fragment; prints a row each and totals
 *	prove-solve check TREE ARCH MODULES.ORDER OUT
 *		reads OUT/N.config, which the kernel's own conf made of the fragments, and checks every goal on it:
 *		the condition of its route, and for every 50th one that kbuild's forward evaluation builds the module
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "kbuild/kbuild.h"
#include "kconfig/cone.h"
#include "kconfig/conflict.h"
#include "kconfig/encode.h"
#include "kconfig/solve.h"

static const char *const pins[] = {
	"EXPERT", "EMBEDDED", "COMPILE_TEST", "BROKEN", "DEBUG_KERNEL", "TCP_CONG_ADVANCED",
};
enum { PINS = sizeof(pins) / sizeof(*pins) };

struct job {
	struct arena keep;
	struct diag diag;
	struct tree *tree;
	struct cond_pool pool;
	struct kbuild *kbuild;
	struct kconfig *model;
	struct config *base, *fat;
	VEC(const struct route *) modules;
	struct costs costs;
	struct str pin[PINS];
	const bool *possible;
	const char *out;
	bool check_removable;       /* random lists: slow for thousands of single ones */
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(struct job *j, const char *what)
{
	diag_print(&j->diag, stderr);
	fprintf(stderr, "prove-solve: %s\n", what);
	exit(2);
}

static void
read_modules(struct job *j, const char *order)
{
	struct str text, line;

	if (file_read(&j->keep, order, &text) < 0)
		die(j, "cannot read modules.order");
	while (str_next_line(&text, &line)) {
		struct str path = str_copy(&j->keep, line);
		const struct route *r;

		if (str_ends(path, STR(".o")))
			path = str_format(&j->keep, "kernel/%.*s.ko", (int)path.len - 2, path.at);
		r = kbuild_by_path(j->kbuild, path);
		if (!r)
			printf("no route: %.*s\n", STR_ARG(path));
		else
			vec_push(&j->keep, &j->modules, r);
	}
}

static void
open_tree(struct job *j, const char *tree, const char *arch, const char *order)
{
	j->diag.keep = &j->keep;
	j->tree = tree_open(tree, 0, &j->diag);
	if (!j->tree)
		die(j, "no tree");
	cond_pool_init(&j->pool, &j->keep);
	j->kbuild = kbuild_open(j->tree, str_from(arch), &j->pool, &j->keep, &j->diag);
	if (!j->kbuild)
		die(j, "no Makefiles");
	read_modules(j, order);
}

static uint64_t
object_weight(void *kbuild, size_t i)
{
	return kbuild_weight(kbuild, i) / (46 * 1024 / 20);
}

static void
load_model(struct job *j, const char *arch, const char *config)
{
	struct kconfig_options options = { .arch = str_from(arch) };
	struct source fat = { str_from(config), { 0 } };
	struct cost_list list = kbuild_costs(j->kbuild);
	const struct cond **when;

	if (file_read(&j->keep, config, &fat.text) < 0)
		die(j, "cannot read the config");
	options.fat_config = fat.text;
	j->model = kconfig_load(j->tree, &options, &j->keep, &j->diag);
	if (!j->model)
		die(j, "no model");
	j->base = config_new(j->model, &j->keep);
	config_apply_mode(j->base, MODE_ALLNO);
	j->fat = config_new(j->model, &j->keep);
	config_read(j->fat, &fat, 0, &j->diag);
	when = NEW_ARRAY(&j->keep, const struct cond *, list.len + 1);
	for (size_t i = 0; i < list.len; i++)
		when[i] = list.at[i].when;
	j->costs = (struct costs){ when, list.len, object_weight, j->kbuild, binding_make(j->model, when, list.len, &j->keep) };
	for (size_t i = 0; i < PINS; i++)
		j->pin[i] = str_from(pins[i]);
	j->possible = cone_possible(j->base, j->pin, PINS, &j->keep);
}

static void
write_file(struct job *j, const char *dir, size_t n, const char *suffix, const struct text *t)
{
	struct str path = str_format(&j->keep, "%s/%zu.%s", dir, n, suffix);

	if (file_write(path.at, text_str(t)) < 0)
		die(j, path.at);
}

/* One list of goals. Counts are added up. */
struct totals { size_t lists, goals, missed, conflicts, not_optimal, rounds, removable; double seconds, worst; };

static void
print_counts(struct job *j, struct config *c)
{
	size_t y = 0, m = 0;

	for (size_t i = 0; i < j->model->symbols_len; i++) {
		const struct symbol *s = j->model->symbols[i];

		if (s->constant || s->is_choice || (s->type != SYM_BOOL && s->type != SYM_TRISTATE))
			continue;
		y += config_tri(c, s) == TRI_Y;
		m += config_tri(c, s) == TRI_M;
	}
	printf(" y=%zu m=%zu", y, m);
}

static void
write_fragment(struct job *j, size_t n, struct config *c, struct arena *a)
{
	struct setting *set;
	struct text t = { 0 };
	size_t len;

	solution_settings(c, j->base, a, &set, &len);
	for (size_t i = 0; i < len; i++) {
		bool quote = set[i].sym->type == SYM_STRING;

		text_addf(&t, "CONFIG_%.*s=%s%.*s%s\n", STR_ARG(set[i].sym->name), quote ? "\"" : "",
		          STR_ARG(set[i].value), quote ? "\"" : "");
	}
	write_file(j, j->out, n, "fragment", &t);
	text_release(&t);
}

struct looked_up { struct job *j; struct config *c; };

static struct str
config_text_of(void *ctx, struct str name)
{
	struct looked_up *l = ctx;
	const struct symbol *s = kconfig_find(l->j->model, name);
	struct str v;

	if (!s || s->type == SYM_UNKNOWN)
		return STR("");
	v = config_text(l->c, s);
	return str_is(v, "n") && (s->type == SYM_BOOL || s->type == SYM_TRISTATE) ? STR("") : v;
}

static bool
goals_hold(struct job *j, struct config *c, const struct goal *goals, size_t len)
{
	struct looked_up l = { j, c };

	for (size_t i = 0; i < len; i++)
		if (!cond_eval(goals[i].cond, config_text_of, &l))
			return false;
	return true;
}

static size_t
count_on(struct job *j, struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < j->model->symbols_len; i++)
		n += config_tri(c, j->model->symbols[i]) != TRI_N;
	return n;
}

/* How many enabled user-set symbols could be switched off, alone, for fewer symbols on, every goal met, nothing unmet? */
static size_t
count_removable(struct job *j, struct config *solved, const struct goal *goals, size_t len, struct arena *a)
{
	struct setting *set;
	size_t n, removable = 0, on = count_on(j, solved);
	struct config *c = config_copy(solved, a);

	solution_settings(solved, j->base, a, &set, &n);
	for (size_t i = 0; i < n; i++) {
		const struct symbol *s = set[i].sym;

		if ((s->type != SYM_BOOL && s->type != SYM_TRISTATE) || s->choice || config_tri(j->base, s) != TRI_N)
			continue;
		config_set_raw(c, s, STR("n"));
		if (config_tri(c, s) == TRI_N && count_on(j, c) < on && goals_hold(j, c, goals, len) && !config_check(c, &(struct diag){ .keep = a })) {
			printf("removable: %.*s\n", STR_ARG(s->name));
			removable++;
		}
		config_set_raw(c, s, set[i].value);
	}
	return removable;
}

static void
solve_list(struct job *j, size_t n, const struct route **routes, size_t len, struct totals *t)
{
	struct arena a = { 0 };
	struct goal *goals = NEW_ARRAY(&a, struct goal, len);
	struct solve_request q = { .model = j->model, .base = j->base, .goals = goals, .goals_len = len, .pins = j->pin,
	                           .pins_len = PINS, .possible = j->possible, .fat = j->fat, .costs = j->costs };
	struct text names = { 0 }, words = { 0 };
	struct solution *s;
	double start = now(), took;

	for (size_t i = 0; i < len; i++) {
		goals[i] = (struct goal){ .cond = routes[i]->module, .name = routes[i]->name };
		text_addf(&names, "%.*s\n", STR_ARG(routes[i]->path));
	}
	s = solve(&q, &a);
	took = now() - start;
	t->lists++;
	t->goals += len;
	t->seconds += took;
	t->worst = took > t->worst ? took : t->worst;
	if (!s->found) {
		t->conflicts++;
		t->missed += len;
		if (s->trouble.len)
			text_addf(&words, "trouble: %.*s\n", STR_ARG(s->trouble));
		else
			conflict_print(&s->conflict, &words);
		printf("%zu FAILED %.*s: %s", n, STR_ARG(routes[0]->name), words.at);
	} else {
		t->not_optimal += !s->optimal;
		t->rounds += s->rounds;
		printf("%zu %.*s goals=%zu cost=%llu bound=%llu rounds=%zu cores=%zu solves=%zu cone=%zu ms=%.0f enc=%.0f sol=%.0f ver=%.0f", n,
		       STR_ARG(routes[0]->name), len, (unsigned long long)s->cost, (unsigned long long)s->bound, s->rounds,
		       s->cores, s->solves, s->cone, took * 1000, s->seconds_encode * 1000, s->seconds_solve * 1000, s->seconds_verify * 1000);
		print_counts(j, s->config);
		for (size_t i = 0; i < s->dropped_len; i++)
			printf(" needs %.*s", STR_ARG(s->dropped[i].symbol));
		putchar('\n');
		if (j->check_removable)
			t->removable += count_removable(j, s->config, goals, len, &a);
		write_file(j, j->out, n, "goals", &names);
		write_fragment(j, n, s->config, &a);
	}
	fflush(stdout);
	text_release(&names);
	text_release(&words);
	arena_release(&a);
}

static uint64_t
next_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	uint64_t z = *state;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static int
run_solve(struct job *j, char **arg, int n)
{
	struct totals t = { 0 };

	if (strcmp(arg[0], "each") == 0) {
		size_t from = n > 1 ? strtoul(arg[1], NULL, 10) : 0, step = n > 2 ? strtoul(arg[2], NULL, 10) : 1;

		for (size_t i = from; i < j->modules.len; i += step)
			solve_list(j, i, &j->modules.at[i], 1, &t);
	} else {
		size_t lists = strtoul(arg[1], NULL, 10), size = strtoul(arg[2], NULL, 10);
		uint64_t seed = strtoull(arg[3], NULL, 10);

		j->check_removable = true;

		for (size_t l = 0; l < lists; l++) {
			const struct route **pick = NEW_ARRAY(&j->keep, const struct route *, size);

			for (size_t i = 0; i < size; i++)
				pick[i] = j->modules.at[next_random(&seed) % j->modules.len];
			if (n < 5 || l >= strtoul(arg[4], NULL, 10))
				solve_list(j, l, pick, size, &t);
		}
	}
	printf("lists=%zu goals=%zu missed=%zu failed_lists=%zu not_optimal=%zu extra_rounds=%zu removable=%zu mean_ms=%.0f "
	       "worst_ms=%.0f\n",
	       t.lists, t.goals, t.missed, t.conflicts, t.not_optimal, t.rounds - (t.lists - t.conflicts), t.removable,
	       t.seconds / (double)t.lists * 1000, t.worst * 1000);
	return t.conflicts ? 1 : 0;
}

/* ---- the second opinion ---- */

struct values { struct map map; };

static struct str
value_of(void *ctx, struct str name)
{
	struct str *v = map_get(&((struct values *)ctx)->map, name);

	return v ? *v : STR("");
}

static void
read_config(struct arena *a, struct str text, struct values *v)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		size_t eq = str_index(line, '=');
		struct str *value;

		if (!str_starts(line, STR("CONFIG_")) || eq == line.len)
			continue;
		value = NEW(a, struct str);
		*value = str_drop(line, eq + 1);
		if (value->len > 1 && value->at[0] == '"')
			*value = (struct str){ value->at + 1, value->len - 2 };
		*map_put(&v->map, a, str_drop(str_take(line, eq), 7)) = value;
	}
}

static size_t
check_one(struct job *j, size_t n, const char *arch, struct str goals, struct values *v)
{
	size_t missed = 0;
	struct built built = { 0 };
	struct arena a = { 0 };
	struct str line;
	bool forward = n % 50 == 0;

	if (forward && !kbuild_built(j->tree, str_from(arch), value_of, v, &a, &j->diag, &built))
		die(j, "no forward answer");
	while (str_next_line(&goals, &line)) {
		const struct route *r = kbuild_by_path(j->kbuild, line);
		bool there = r && cond_eval(r->module, value_of, v), seen = !forward;

		for (size_t i = 0; i < built.modules && !seen; i++)
			seen = str_eq(built.module[i], line);
		if (!there || !seen) {
			printf("%zu: %.*s is not built%s\n", n, STR_ARG(line), there ? " (forward)" : "");
			missed++;
		}
	}
	arena_release(&a);
	return missed;
}

static int
run_check(struct job *j, const char *arch, size_t max)
{
	size_t checked = 0, missed = 0, warned = 0;

	for (size_t n = 0; n < max; n++) {
		struct arena a = { 0 };
		struct str goals, config, log;
		struct values v = { { 0 } };

		if (file_read(&a, str_format(&a, "%s/%zu.goals", j->out, n).at, &goals) == 0) {
			if (file_read(&a, str_format(&a, "%s/%zu.config", j->out, n).at, &config) < 0)
				die(j, "conf made no config");
			read_config(&a, config, &v);
			missed += check_one(j, n, arch, goals, &v);
			if (file_read(&a, str_format(&a, "%s/%zu.config.log", j->out, n).at, &log) == 0 &&
			    str_find(log, STR("WARNING")) < log.len) {
				printf("%zu: conf warns: %.*s\n", n, STR_ARG(str_take(log, 300)));
				warned++;
			}
			checked++;
		}
		arena_release(&a);
	}
	printf("conf: configs=%zu goals_missed=%zu with_warnings=%zu\n", checked, missed, warned);
	return missed || warned || !checked;
}

int
main(int argc, char **argv)
{
	struct job j = { .out = "" };

	if (argc >= 8 && strcmp(argv[1], "solve") == 0) {
		open_tree(&j, argv[2], argv[3], argv[5]);
		load_model(&j, argv[3], argv[4]);
		j.out = argv[6];
		return run_solve(&j, argv + 7, argc - 7);
	}
	if (argc == 6 && strcmp(argv[1], "check") == 0) {
		open_tree(&j, argv[2], argv[3], argv[4]);
		j.out = argv[5];
		return run_check(&j, argv[3], 100000);
	}
	fputs("usage: see the top of tests/prove-solve.c\n", stderr);
	return 2;
}
