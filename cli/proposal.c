// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/proposal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/data.h"
#include "base/file.h"
#include "cli/bootpath.h"
#include "cli/companions.h"
#include "kconfig/conflict.h"
#include "kconfig/sets.h"
#include "kconfig/suggest.h"
#include "nixout/baseline.h"

enum {
	WORTH_COMPANION = 4000,   /* about 200 object files: given up only when it contradicts something */
	WORTH_BASELINE = 20000,   /* what is only recommended for NixOS */
	WORTH_MATCHING = 60,      /* a sub-option: two or three object files */
	WORTH_FULL = 2000,
	UNIT = 46 * 1024 / 20,    /* bytes of kbuild's weight in one unit of solve.h's cost */
};

/* Kept off unless a goal cannot do without: they change what the rest of the configuration means, or cost speed. */
static const char *const pins[] = {
	"EXPERT", "EMBEDDED", "COMPILE_TEST", "BROKEN", "BROKEN_ON_SMP", "DEBUG_KERNEL", "STAGING", "KASAN", "KCSAN", "KMSAN",
	"UBSAN", "LOCKDEP", "PROVE_LOCKING", "DEBUG_SPINLOCK", "DEBUG_MUTEXES", "DEBUG_INFO", "GCOV_KERNEL", "KCOV",
	"KUNIT", "RUNTIME_TESTING_MENU", "FAULT_INJECTION", "MODULE_FORCE_LOAD", "DEBUG_OBJECTS", "PAGE_POISONING",
	"DEBUG_PAGEALLOC", "SLUB_DEBUG_ON", "DEBUG_KMEMLEAK", "PREEMPT_RT", "WERROR",
};

struct tree *
proposal_tree(const struct proposal *p)
{
	return p->mapping->kernel.tree;
}

struct str
proposal_machine(const struct proposal *p)
{
	return p->mapping->machine->name.len ? p->mapping->machine->name : STR("this machine");
}

/* ---- goals ---- */

struct proposer {
	struct args *a;
	struct proposal *p;
	struct cond_pool *pool;
	struct arena *keep;
	struct map modules;       /* names of modules that are goals */
	VEC(struct str) pins;
};

static void
add_goal(struct proposer *pl, const struct cond *cond, struct str name, struct str reason, const char *group,
         uint64_t worth)
{
	struct goal g = { cond, name, reason, str_from(group), worth };

	vec_push(pl->keep, &pl->p->goals, g);
}

/* "SYMBOL is on", or has this value. */
static const struct cond *
symbol_cond(struct proposer *pl, struct str symbol, struct str value)
{
	if (!value.len)
		return cond_on(pl->pool, symbol);
	if (value.len == 1 && str_has(STR("ymn"), value.at[0]))
		return cond_is(pl->pool, symbol, value.at[0]);
	return cond_eq(pl->pool, symbol, value);
}

static bool
is_defined(struct proposer *pl, struct str symbol)
{
	const struct symbol *s = kconfig_find(pl->p->model, symbol);

	return s && s->type != SYM_UNKNOWN;
}

static void
baseline_goals(struct proposer *pl, const struct str *features, size_t len)
{
	struct baseline base = { 0 };
	struct baseline_rows rows = { 0 };

	baseline_load(&base, NULL, pl->keep, pl->a->diag);
	baseline_select(&base, features, len, BASELINE_RECOMMENDED, pl->keep, &rows);
	for (size_t i = 0; i < rows.list.len; i++) {
		const struct baseline_row *r = &rows.list.at[i];
		const struct cond *c = pl->pool->no;

		if (!is_defined(pl, r->symbol))
			continue;
		for (size_t k = 0; k < r->values.len; k++)
			c = cond_or(pl->pool, c, cond_is(pl->pool, r->symbol, r->values.at[k]));
		add_goal(pl, c, r->symbol, r->reason, "NixOS baseline",
		         r->level == BASELINE_RECOMMENDED ? WORTH_BASELINE : 0);
	}
}

/* The features of baseline.csv that the dump itself shows, then those given. */
static size_t
collect_features(struct proposer *pl, struct str **out)
{
	const struct machine *m = pl->p->mapping->machine;
	VEC(struct str) f = { 0 };
	const char **given;
	size_t n = args_values(pl->a, "nixos", &given);

	if (str_is(pl->p->model->srcarch, "x86"))
		vec_push(pl->keep, &f, STR("x86"));
	if (str_is(pl->p->model->arch, "x86_64"))
		vec_push(pl->keep, &f, STR("x86_64"));
	if (str_is(m->firmware, "efi"))
		vec_push(pl->keep, &f, STR("efi"));
	for (size_t i = 0; i < m->blocks.len; i++) {
		if (str_is(m->blocks.at[i].kind, "dm-crypt"))
			vec_push(pl->keep, &f, STR("luks"));
		if (str_is(m->blocks.at[i].kind, "lvm"))
			vec_push(pl->keep, &f, STR("lvm"));
		if (str_starts(m->blocks.at[i].kind, STR("raid")))
			vec_push(pl->keep, &f, STR("raid"));
	}
	for (size_t i = 0; i < m->filesystems.len; i++)
		vec_push(pl->keep, &f, m->filesystems.at[i].type);
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(given[i]), part;

		while (str_next_part(&rest, ',', &part))
			vec_push(pl->keep, &f, part);
	}
	*out = f.at;
	return f.len;
}

static void
companion_goals(struct proposer *pl)
{
	struct source rules = { STR("kconfig/companions.rules"), data_find("kconfig/companions.rules") };
	struct companions list = { { 0 } };

	companions_find(&rules, pl->p->mapping->machine, &pl->modules, pl->keep, pl->a->diag, &list);
	for (size_t i = 0; i < list.list.len; i++) {
		const struct companion *c = &list.list.at[i];

		if (is_defined(pl, c->symbol))
			add_goal(pl, symbol_cond(pl, c->symbol, c->value), c->symbol, c->reason, "companions",
			         WORTH_COMPANION);
	}
}

/* The embedded sets and the user's own: $XDG_CONFIG_HOME/derpconfig/sets, or ~/.config/... */
static const char *
user_sets(struct proposer *pl)
{
	const char *dir = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (dir && *dir)
		return str_format(pl->keep, "%s/derpconfig/sets", dir).at;
	return home && *home ? str_format(pl->keep, "%s/.config/derpconfig/sets", home).at : NULL;
}

static bool
set_line_goal(struct proposer *pl, const struct set_line *l)
{
	const char *group = str_format(pl->keep, "set %.*s", STR_ARG(l->set)).at;
	uint64_t worth = l->kind == SET_MAYBE ? WORTH_COMPANION : 0;
	struct route_list routes = { 0 };
	const struct cond *c = pl->pool->no;

	if (l->kind == SET_MODULE) {
		routes = kbuild_by_name(pl->p->mapping->kbuild, l->name);
		for (size_t i = 0; i < routes.len; i++)
			c = cond_or(pl->pool, c, cond_or(pl->pool, routes.at[i]->module, routes.at[i]->builtin));
	} else if (is_defined(pl, l->name)) {
		c = symbol_cond(pl, l->name, l->value);
	}
	if (c->kind == COND_FALSE && worth)
		return true;
	if (c->kind == COND_FALSE) {
		diag_error(pl->a->diag, l->file, l->line, "this kernel has no %.*s; leave the set out or override it",
		           STR_ARG(l->name));
		return false;
	}
	if (l->value.len)
		add_goal(pl, c, str_format(pl->keep, "%.*s=%.*s", STR_ARG(l->name), STR_ARG(l->value)), l->reason, group, worth);
	else
		add_goal(pl, c, l->name, l->reason, group, worth);
	return true;
}

static bool
set_goals_of_sets(struct proposer *pl)
{
	struct set_index index = { 0 };
	struct set_lines lines = { 0 };
	VEC(struct str) names = { 0 };
	const char **given;
	size_t n = args_values(pl->a, "with", &given);

	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(given[i]), part;

		while (str_next_part(&rest, ',', &part))
			vec_push(pl->keep, &names, part);
	}
	if (!names.len)
		return true;
	sets_load(&index, user_sets(pl), pl->keep, pl->a->diag);
	sets_expand(&index, names.at, names.len, pl->keep, pl->a->diag, &lines);
	for (size_t i = 0; i < lines.list.len; i++)
		set_line_goal(pl, &lines.list.at[i]);
	return !pl->a->diag->errors;
}

/* ---- flags: --keep, --drop, --set, --from ---- */

/* A symbol, a module's name, or a source file. NULL: nothing of that name. */
static const struct cond *
thing_cond(struct proposer *pl, struct str name)
{
	struct route_list routes;
	const struct cond *c = pl->pool->no;

	if (is_defined(pl, name))
		return cond_on(pl->pool, name);
	routes = str_has(name, '/') ? kbuild_by_source(pl->p->mapping->kbuild, name)
	                            : kbuild_by_name(pl->p->mapping->kbuild, name);
	for (size_t i = 0; i < routes.len; i++)
		c = cond_or(pl->pool, c, cond_or(pl->pool, routes.at[i]->module, routes.at[i]->builtin));
	return routes.len ? c : NULL;
}

static bool
named_goals(struct proposer *pl, const char *flag, bool negate)
{
	const char **given;
	size_t n = args_values(pl->a, flag, &given);

	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(given[i]), part;

		while (str_next_part(&rest, ',', &part)) {
			const struct cond *c = thing_cond(pl, part);

			if (!c) {
				usage_error(pl->a, "--%s: this kernel has no symbol, module or source '%.*s'", flag, STR_ARG(part));
				return false;
			}
			add_goal(pl, negate ? cond_not(pl->pool, c) : c,
			         str_format(pl->keep, "%s%.*s", negate ? "no " : "", STR_ARG(part)),
			         str_format(pl->keep, "--%s %.*s", flag, STR_ARG(part)), "asked for", 0);
		}
	}
	return true;
}

/* A tristate becomes a goal; numbers and strings are user values of the base. False: no such symbol or value. */
static bool
set_value(struct proposer *pl, struct str name, struct str value, struct str from)
{
	const struct symbol *s = kconfig_find(pl->p->model, name);

	if (!s || s->type == SYM_UNKNOWN || s->constant)
		return false;
	if (value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = (struct str){ value.at + 1, value.len - 2 };
	if (s->type == SYM_BOOL || s->type == SYM_TRISTATE) {
		if (value.len != 1 || !str_has(STR("ymn"), value.at[0]))
			return false;
		add_goal(pl, cond_is(pl->pool, s->name, value.at[0]),
		         str_format(pl->keep, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)), from, "asked for", 0);
		return true;
	}
	config_set_raw(pl->p->base, s, str_copy(pl->keep, value));
	return true;
}

static bool
set_goals(struct proposer *pl)
{
	const char **given;
	size_t n = args_values(pl->a, "set", &given);

	for (size_t i = 0; i < n; i++) {
		struct str text = str_from(given[i]), name = str_take(text, str_index(text, '='));

		if (name.len == text.len ||
		    !set_value(pl, name, str_drop(text, name.len + 1), str_format(pl->keep, "--set %s", given[i]))) {
			usage_error(pl->a, "--set %s: no such symbol in this kernel, or no value for its type", given[i]);
			return false;
		}
	}
	return true;
}

static void
fragment_line(struct proposer *pl, struct str file, unsigned line, struct str text)
{
	struct str name, value = STR("n");

	if (str_starts(text, STR("# CONFIG_")) && str_ends(text, STR(" is not set"))) {
		name = str_drop(str_take(text, text.len - 11), 9);
	} else if (str_starts(text, STR("CONFIG_")) && str_has(text, '=')) {
		name = str_drop(str_take(text, str_index(text, '=')), 7);
		value = str_drop(text, str_index(text, '=') + 1);
	} else {
		if (text.len && text.at[0] != '#')
			diag_error(pl->a->diag, file, line, "not a line of a Kconfig fragment; write CONFIG_X=value");
		return;
	}
	if (!set_value(pl, name, value, str_format(pl->keep, "%.*s:%u", STR_ARG(file), line)))
		diag_error(pl->a->diag, file, line, "this kernel has no %.*s, or the value is not of its type", STR_ARG(name));
}

static bool
fragment_goals(struct proposer *pl)
{
	const char **given;
	size_t n = args_values(pl->a, "from", &given);

	for (size_t i = 0; i < n; i++) {
		struct str text, line, file = str_from(given[i]);
		int r = file_read_unpacked(pl->keep, given[i], &text);
		unsigned number = 0;

		if (r < 0) {
			diag_error(pl->a->diag, file, 0, "cannot read: %s", strerror(-r));
			return false;
		}
		while (str_next_line(&text, &line))
			fragment_line(pl, file, ++number, str_trim(line));
	}
	return !pl->a->diag->errors;
}

/* ---- the model and what stands beside it ---- */

static void
collect_costs(struct proposer *pl)
{
	struct cost_list list = kbuild_costs(pl->p->mapping->kbuild);
	struct cost *at = NEW_ARRAY(pl->keep, struct cost, list.len + 1);

	for (size_t i = 0; i < list.len; i++)
		at[i] = (struct cost){ list.at[i].when, list.at[i].weight / UNIT };
	pl->p->costs = (struct cost_table){ at, list.len };
}

static bool
load_toolchain(struct proposer *pl, struct kconfig_options *o)
{
	const char *name = args_value(pl->a, "toolchain");
	int r;

	o->probe = args_has(pl->a, "probe");
	if (!name)
		return true;
	o->toolchain = data_find(str_format(pl->keep, "kconfig/toolchains/%s.toolchain", name).at);
	if (o->toolchain.at)
		return true;
	r = file_read(pl->keep, name, &o->toolchain);
	if (r < 0)
		usage_error(pl->a, "--toolchain %s: neither a known profile nor a file that can be read (%s)", name, strerror(-r));
	return r == 0;
}

static bool
load_model(struct proposer *pl)
{
	struct proposal *p = pl->p;
	const struct kernel *k = &p->mapping->kernel;
	struct kconfig_options o = { .arch = k->arch, .fat_config = k->config };
	struct source fat = { k->config_path, k->config };
	struct diag ignored = { .keep = pl->keep };
	const struct symbol *modules;

	if (!load_toolchain(pl, &o))
		return false;
	p->model = kconfig_load(k->tree, &o, pl->keep, pl->a->diag);
	if (!p->model || pl->a->diag->errors)
		return false;
	p->base = config_new(p->model, pl->keep);
	config_apply_mode(p->base, MODE_ALLNO);
	modules = p->model->modules;
	if (modules)
		config_set_raw(p->base, modules, STR("y"));
	if (k->config.len) {
		p->fat = config_new(p->model, pl->keep);
		config_read(p->fat, &fat, 0, &ignored);
	}
	return true;
}

/* ---- the search ---- */

static void
run_solver(struct proposer *pl)
{
	const char *prefer = args_value(pl->a, "prefer");
	struct solve_request q = {
		.model = pl->p->model, .base = pl->p->base, .goals = pl->p->goals.at, .goals_len = pl->p->goals.len,
		.costs = pl->p->costs.at, .costs_len = pl->p->costs.len, .pins = pl->pins.at, .pins_len = pl->pins.len,
		.fat = pl->p->fat, .prefer_builtin = prefer && strcmp(prefer, "builtin") == 0,
	};

	pl->p->solution = solve(&q, pl->keep);
}

/* Sub-options of the drivers found, as the present kernel has them: a second, larger question. */
static void
add_features(struct proposer *pl, enum features level)
{
	struct suggestion_list list;

	if (level == FEATURES_MINIMAL || !pl->p->fat || !pl->p->solution->found)
		return;
	list = suggest_options(pl->p->solution->config, pl->p->fat, pl->p->base, pl->keep);
	for (size_t i = 0; i < list.len; i++)
		add_goal(pl, cond_is(pl->pool, list.at[i].sym->name, 'y'), list.at[i].sym->name,
		         str_format(pl->keep, "option of %.*s that the present kernel has",
		                    STR_ARG(list.at[i].driver->name)),
		         "driver options", level == FEATURES_FULL ? WORTH_FULL : WORTH_MATCHING);
	if (list.len)
		run_solver(pl);
}

static int
report_failure(struct proposer *pl)
{
	const struct solution *s = pl->p->solution;
	struct text t = { 0 };

	if (s->trouble.len) {
		fprintf(stderr, "derpconfig: the answer could not be verified: %.*s\n", STR_ARG(s->trouble));
		return EXIT_UNVERIFIED;
	}
	if (!s->conflict.goals_len) {
		fputs("derpconfig: no configuration was found that could be verified\n", stderr);
		return EXIT_UNVERIFIED;
	}
	conflict_print(&s->conflict, &t);
	fprintf(stderr, "derpconfig: %s", t.at);
	text_release(&t);
	return EXIT_NO_SOLUTION;
}

static void
report_notes(struct proposer *pl)
{
	const struct solution *s = pl->p->solution;

	for (size_t i = 0; i < s->dropped_len; i++) {
		const struct goal *g = s->dropped[i].goal;

		fprintf(stderr, "derpconfig: note: %.*s is needed%s%.*s\n", STR_ARG(s->dropped[i].symbol),
		        g ? " by " : " by several goals together", g ? (int)g->name.len : 0, g ? g->name.at : "");
	}
	for (size_t i = 0; i < pl->p->goals.len; i++)
		if (!s->reached[i] && pl->p->goals.at[i].worth >= WORTH_COMPANION)
			fprintf(stderr, "derpconfig: note: left out %.*s: it contradicts the goals, or costs too much here\n",
			        STR_ARG(pl->p->goals.at[i].name));
}

static struct str
final_value(void *ctx, struct str name)
{
	const struct proposal *p = ctx;
	const struct symbol *s = kconfig_find(p->model, name);
	struct str v;

	if (!s || s->type == SYM_UNKNOWN)
		return STR("");
	v = config_text(p->solution->config, s);
	return str_is(v, "n") && (s->type == SYM_BOOL || s->type == SYM_TRISTATE) ? STR("") : v;
}

/* The other way round: what do the Makefiles build with this configuration? Every module goal must be in it. */
static int
verify_forward(struct proposer *pl)
{
	struct built built;
	struct map have = { 0 };

	if (!kbuild_built(proposal_tree(pl->p), pl->p->model->arch, final_value, pl->p, pl->keep, pl->a->diag, &built))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < built.modules; i++)
		map_put(&have, pl->keep, built.module[i]);
	for (size_t i = 0; i < built.objects; i++)
		map_put(&have, pl->keep, built.object[i].object);
	for (size_t i = 0; i < pl->p->mapping->goals.len; i++) {
		const struct route *r = pl->p->mapping->goals.at[i].route;

		if (map_index(&have, r->path) >= 0 || map_index(&have, r->object) >= 0)
			continue;
		fprintf(stderr, "derpconfig: verification failed: the configuration does not build %.*s\n", STR_ARG(r->path));
		pl->p->modules_lost++;
	}
	return pl->p->modules_lost ? EXIT_UNVERIFIED : EXIT_FINE;
}

/* ---- the whole ---- */

/* The way to the root file system: in any form for an initrd, y without one. */
static void
boot_goals(struct proposer *pl)
{
	const char *boot = args_value(pl->a, "boot");
	bool builtin = boot && strcmp(boot, "builtin") == 0;
	struct boot_path path = { { 0 } };

	bootpath_find(pl->p->mapping, pl->keep, &path);
	for (size_t i = 0; i < path.list.len; i++) {
		const struct boot_step *b = &path.list.at[i];
		const struct route *r = b->route;

		if (builtin && r->builtin->kind == COND_FALSE)
			diag_warn(pl->a->diag, STR(""), 0, "%.*s cannot be built in; an initrd is needed", STR_ARG(r->name));
		add_goal(pl, builtin && r->builtin->kind != COND_FALSE ? r->builtin : cond_or(pl->pool, r->module, r->builtin),
		         str_format(pl->keep, "%s %.*s", builtin ? "built-in" : "module", STR_ARG(r->name)),
		         b->reason, "boot path", 0);
	}
}

static bool
hardware_goals(struct proposer *pl)
{
	const char *boot = args_value(pl->a, "boot");
	struct pipeline *m = pl->p->mapping;

	if (boot && strcmp(boot, "initrd") != 0 && strcmp(boot, "builtin") != 0) {
		usage_error(pl->a, "--boot %s: initrd or builtin", boot);
		return false;
	}
	boot_goals(pl);
	for (size_t i = 0; i < m->goals.len; i++) {
		const struct wanted *w = &m->goals.at[i];
		const struct route *r = w->route;
		bool can_be_module = r->module->kind != COND_FALSE;

		map_put(&pl->modules, pl->keep, r->name);
		add_goal(pl, cond_or(pl->pool, r->module, r->builtin),
		         str_format(pl->keep, "%s %.*s", can_be_module ? "module" : "built-in",
		                    STR_ARG(can_be_module ? r->name : r->object)),
		         w->reason, w->hardware ? "hardware" : "loaded modules", 0);
	}
	return true;
}

static bool
read_level(struct args *a, enum features *level)
{
	const char *text = args_value(a, "features");

	*level = FEATURES_MATCHING;
	if (!text || strcmp(text, "matching") == 0)
		return true;
	*level = strcmp(text, "full") == 0 ? FEATURES_FULL : FEATURES_MINIMAL;
	if (*level == FEATURES_FULL || strcmp(text, "minimal") == 0)
		return true;
	usage_error(a, "--features %s: minimal, matching or full", text);
	return false;
}

static bool
collect_goals(struct proposer *pl, enum features level)
{
	struct str *features;
	size_t len;

	if (!hardware_goals(pl) || !named_goals(pl, "keep", false) || !named_goals(pl, "drop", true) || !set_goals(pl) ||
	    !fragment_goals(pl) || !set_goals_of_sets(pl))
		return false;
	if (!args_has(pl->a, "no-baseline")) {
		len = collect_features(pl, &features);
		baseline_goals(pl, features, len);
	}
	if (level != FEATURES_MINIMAL)
		companion_goals(pl);
	for (size_t i = 0; i < sizeof(pins) / sizeof(*pins); i++)
		vec_push(pl->keep, &pl->pins, str_from(pins[i]));
	return !pl->a->diag->errors;
}

int
proposal_make(struct args *a, struct proposal *p)
{
	struct proposer pl = { .a = a, .p = p, .keep = a->keep };
	enum features level;
	int code;

	if (!read_level(a, &level))
		return EXIT_TROUBLE;
	p->mapping = pipeline_run(a);
	if (!p->mapping)
		return EXIT_TROUBLE;
	pl.pool = &p->mapping->pool;
	if (!load_model(&pl) || !collect_goals(&pl, level))
		return EXIT_TROUBLE;
	collect_costs(&pl);
	run_solver(&pl);
	add_features(&pl, level);
	if (!p->solution->found)
		return report_failure(&pl);
	code = verify_forward(&pl);
	if (code != EXIT_FINE)
		return code;
	report_notes(&pl);
	p->why = explain(p->model, p->solution->config, p->base, p->goals.at, p->goals.len, a->keep);
	solution_settings(p->solution->config, p->base, a->keep, &p->settings, &p->settings_len);
	pipeline_report(p->mapping);
	return p->mapping->unmapped ? EXIT_UNMAPPED : EXIT_FINE;
}

struct str
proposal_reason(const struct proposal *p, const struct symbol *s, struct arena *a)
{
	struct text t = { 0 };
	const struct why *y = &p->why[s->id];
	struct str out;

	if (y->kind == WHY_OFF)
		text_add_c(&t, s->type == SYM_BOOL || s->type == SYM_TRISTATE ? "off" : "value");
	else
		why_print_step(y, &t);
	if (y->goal && y->kind != WHY_GOAL)
		text_addf(&t, ", for %.*s", STR_ARG(y->goal->name));
	out = str_copy(a, text_str(&t));
	text_release(&t);
	return out;
}

struct str
proposal_group(const struct proposal *p, const struct symbol *s)
{
	const struct why *y = &p->why[s->id];

	return y->kind == WHY_GOAL ? y->goal->group : STR("dependencies");
}
