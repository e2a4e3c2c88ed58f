// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/workshop.h"

#include <stdlib.h>
#include <string.h>

#include "base/data.h"
#include "base/file.h"
#include "cli/terminal.h"
#include "kconfig/sets.h"

enum { UNIT = 46 * 1024 / 20 }; /* bytes of kbuild's weight in one unit of solve.h's cost */

/* Kept off unless a goal cannot do without: they change what the rest of the configuration means, or cost speed. */
static const char *const pins[] = {
	"EXPERT", "EMBEDDED", "COMPILE_TEST", "BROKEN", "BROKEN_ON_SMP", "DEBUG_KERNEL", "STAGING", "KASAN", "KCSAN", "KMSAN",
	"UBSAN", "LOCKDEP", "PROVE_LOCKING", "DEBUG_SPINLOCK", "DEBUG_MUTEXES", "DEBUG_INFO", "GCOV_KERNEL", "KCOV",
	"KUNIT", "RUNTIME_TESTING_MENU", "FAULT_INJECTION", "MODULE_FORCE_LOAD", "DEBUG_OBJECTS", "PAGE_POISONING",
	"DEBUG_PAGEALLOC", "SLUB_DEBUG_ON", "DEBUG_KMEMLEAK", "PREEMPT_RT", "WERROR", "TCP_CONG_ADVANCED",
};

bool
workshop_defines(const struct workshop *w, struct str symbol)
{
	const struct symbol *s = kconfig_find(w->model, symbol);

	return s && s->type != SYM_UNKNOWN;
}

const struct cond *
workshop_symbol(struct workshop *w, struct str symbol, struct str value)
{
	struct cond_pool *pool = &w->rooms->pool;

	if (!value.len)
		return cond_on(pool, symbol);
	if (value.len == 1 && str_has(STR("ymn"), value.at[0]))
		return cond_is(pool, symbol, value.at[0]);
	return cond_eq(pool, symbol, value);
}

/* ---- goals that the flags name ---- */

static void
add_goal(struct workshop *w, const struct cond *cond, struct str name, struct str reason, const char *group,
         uint64_t worth)
{
	struct goal g = { cond, name, reason, str_from(group), worth };

	vec_push(w->keep, &w->asked, g);
}

/* The embedded sets and the user's own: $XDG_CONFIG_HOME/derpconfig/sets, or ~/.config/... */
static const char *
user_sets(struct workshop *w)
{
	const char *dir = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (dir && *dir)
		return str_format(w->keep, "%s/derpconfig/sets", dir).at;
	return home && *home ? str_format(w->keep, "%s/.config/derpconfig/sets", home).at : NULL;
}

static bool
set_line_goal(struct workshop *w, const struct set_line *l)
{
	const char *group = str_format(w->keep, "set %.*s", STR_ARG(l->set)).at;
	uint64_t worth = l->kind == SET_MAYBE ? WORTH_COMPANION : 0;
	struct route_list routes = { 0 };
	const struct cond *c = w->rooms->pool.no;

	if (l->kind == SET_MODULE) {
		routes = kbuild_by_name(w->rooms->kbuild, l->name);
		for (size_t i = 0; i < routes.len; i++)
			c = cond_or(&w->rooms->pool, c, cond_or(&w->rooms->pool, routes.at[i]->module, routes.at[i]->builtin));
	} else if (workshop_defines(w, l->name)) {
		c = workshop_symbol(w, l->name, l->value);
	}
	if (c->kind == COND_FALSE && worth)
		return true;
	if (c->kind == COND_FALSE) {
		diag_error(w->args->diag, l->file, l->line, "this kernel has no %.*s; leave the set out or override it",
		           STR_ARG(l->name));
		return false;
	}
	if (l->value.len)
		add_goal(w, c, str_format(w->keep, "%.*s=%.*s", STR_ARG(l->name), STR_ARG(l->value)), l->reason, group, worth);
	else
		add_goal(w, c, l->name, l->reason, group, worth);
	return true;
}

static bool
set_goals_of_sets(struct workshop *w)
{
	struct set_index index = { 0 };
	struct set_lines lines = { 0 };
	VEC(struct str) names = { 0 };
	const char **given;
	size_t n = args_values(w->args, "with", &given);

	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(given[i]), part;

		while (str_next_part(&rest, ',', &part))
			vec_push(w->keep, &names, part);
	}
	if (!names.len)
		return true;
	sets_load(&index, user_sets(w), w->keep, w->args->diag);
	sets_expand(&index, names.at, names.len, w->keep, w->args->diag, &lines);
	for (size_t i = 0; i < lines.list.len; i++)
		set_line_goal(w, &lines.list.at[i]);
	return !w->args->diag->errors;
}

/* ---- flags: --keep, --drop, --set, --from ---- */

/* A symbol, a module's name, or a source file. NULL: nothing of that name. */
static const struct cond *
thing_cond(struct workshop *w, struct str name)
{
	struct route_list routes;
	const struct cond *c = w->rooms->pool.no;

	if (workshop_defines(w, name))
		return cond_on(&w->rooms->pool, name);
	routes = str_has(name, '/') ? kbuild_by_source(w->rooms->kbuild, name)
	                            : kbuild_by_name(w->rooms->kbuild, name);
	for (size_t i = 0; i < routes.len; i++)
		c = cond_or(&w->rooms->pool, c, cond_or(&w->rooms->pool, routes.at[i]->module, routes.at[i]->builtin));
	return routes.len ? c : NULL;
}

static bool
named_goals(struct workshop *w, const char *flag, bool negate)
{
	const char **given;
	size_t n = args_values(w->args, flag, &given);

	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(given[i]), part;

		while (str_next_part(&rest, ',', &part)) {
			const struct cond *c = thing_cond(w, part);

			if (!c) {
				usage_error(w->args, "--%s: this kernel has no symbol, module or source '%.*s'", flag, STR_ARG(part));
				return false;
			}
			add_goal(w, negate ? cond_not(&w->rooms->pool, c) : c,
			         str_format(w->keep, "%s%.*s", negate ? "no " : "", STR_ARG(part)),
			         str_format(w->keep, "--%s %.*s", flag, STR_ARG(part)), "asked for", 0);
		}
	}
	return true;
}

/* A tristate becomes a goal; numbers and strings are user values of the base. False: no such symbol or value. */
static bool
set_value(struct workshop *w, struct str name, struct str value, struct str from)
{
	const struct symbol *s = kconfig_find(w->model, name);
	struct str *why;

	if (!s || s->type == SYM_UNKNOWN || s->constant)
		return false;
	if (value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = (struct str){ value.at + 1, value.len - 2 };
	if (s->type == SYM_BOOL || s->type == SYM_TRISTATE) {
		if (value.len != 1 || !str_has(STR("ymn"), value.at[0]))
			return false;
		add_goal(w, cond_is(&w->rooms->pool, s->name, value.at[0]),
		         str_format(w->keep, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)), from, "asked for", 0);
		return true;
	}
	config_set_raw(w->base, s, str_copy(w->keep, value));
	why = NEW(w->keep, struct str);
	*why = from;
	*map_put(&w->numbers, w->keep, s->name) = why;
	return true;
}

static bool
set_goals(struct workshop *w)
{
	const char **given;
	size_t n = args_values(w->args, "set", &given);

	for (size_t i = 0; i < n; i++) {
		struct str text = str_from(given[i]), name = str_take(text, str_index(text, '='));

		if (name.len == text.len ||
		    !set_value(w, name, str_drop(text, name.len + 1), str_format(w->keep, "--set %s", given[i]))) {
			usage_error(w->args, "--set %s: no such symbol in this kernel, or no value for its type", given[i]);
			return false;
		}
	}
	return true;
}

static void
fragment_line(struct workshop *w, struct str file, unsigned line, struct str text)
{
	struct str name, value = STR("n");

	if (str_starts(text, STR("# CONFIG_")) && str_ends(text, STR(" is not set"))) {
		name = str_drop(str_take(text, text.len - 11), 9);
	} else if (str_starts(text, STR("CONFIG_")) && str_has(text, '=')) {
		name = str_drop(str_take(text, str_index(text, '=')), 7);
		value = str_drop(text, str_index(text, '=') + 1);
	} else {
		if (text.len && text.at[0] != '#')
			diag_error(w->args->diag, file, line, "not a line of a Kconfig fragment; write CONFIG_X=value");
		return;
	}
	if (!set_value(w, name, value, str_format(w->keep, "%.*s:%u", STR_ARG(file), line)))
		diag_error(w->args->diag, file, line, "this kernel has no %.*s, or the value is not of its type", STR_ARG(name));
}

static bool
fragment_goals(struct workshop *w)
{
	const char **given;
	size_t n = args_values(w->args, "from", &given);

	for (size_t i = 0; i < n; i++) {
		struct str text, line, file = str_from(given[i]);
		int r = file_read_unpacked(w->keep, given[i], &text);
		unsigned number = 0;

		if (r < 0) {
			diag_error(w->args->diag, file, 0, "cannot read: %s", strerror(-r));
			return false;
		}
		while (str_next_line(&text, &line))
			fragment_line(w, file, ++number, str_trim(line));
	}
	return !w->args->diag->errors;
}

/* ---- what stands beside the model ---- */

static uint64_t
object_weight(void *kbuild, size_t i)
{
	return kbuild_weight(kbuild, i) / UNIT;
}

static void
collect_costs(struct workshop *w)
{
	struct cost_list list = kbuild_costs(w->rooms->kbuild);
	const struct cond **when = NEW_ARRAY(w->keep, const struct cond *, list.len + 1);

	for (size_t i = 0; i < list.len; i++)
		when[i] = list.at[i].when;
	pipeline_tell(w->rooms);
	w->costs = (struct costs){ .when = when, .len = list.len, .weight = object_weight, .ctx = w->rooms->kbuild };
	loading_give(w->loading, when, list.len);
}

/* ---- the whole ---- */

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
check_words(struct args *a)
{
	const char *boot = args_value(a, "boot"), *prefer = args_value(a, "prefer");

	if (boot && strcmp(boot, "initrd") != 0 && strcmp(boot, "builtin") != 0)
		usage_error(a, "--boot %s: initrd or builtin", boot);
	else if (prefer && strcmp(prefer, "module") != 0 && strcmp(prefer, "builtin") != 0)
		usage_error(a, "--prefer %s: module or builtin", prefer);
	else
		return true;
	return false;
}

static void
load_baseline(struct workshop *w)
{
	const char **given;
	size_t n = args_values(w->args, "nixos", &given);

	if (args_has(w->args, "no-baseline"))
		return;
	baseline_load(&w->baseline, NULL, w->keep, w->args->diag);
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_from(given[i]), part;

		while (str_next_part(&rest, ',', &part))
			vec_push(w->keep, &w->features, part);
	}
}

bool
workshop_start(struct args *a, struct str arch, struct workshop *w)
{
	struct loaded_model dropped;

	*w = (struct workshop){ .args = a, .keep = a->keep };
	for (size_t i = 0; i < sizeof(pins) / sizeof(*pins); i++)
		vec_push(w->keep, &w->pins, str_from(pins[i]));
	if (!read_level(a, &w->level) || !check_words(a))
		return false;
	progress("reading the kernel's Makefiles and Kconfig files");
	w->rooms = pipeline_begin(a, arch);
	w->loading = w->rooms ? loading_start(a, w->rooms, w->pins.at, w->pins.len) : NULL;
	if (!w->loading)
		return false;
	if (pipeline_makefiles(w->rooms)) {
		load_baseline(w);
		collect_costs(w);
		if (pipeline_modules(w->rooms))
			return true;
	}
	loading_wait(w->loading, &dropped);
	return false;
}

bool
workshop_finish(struct workshop *w)
{
	struct loaded_model m;

	if (!loading_wait(w->loading, &m))
		return false;
	w->model = m.model;
	w->base = m.base;
	w->fat = m.fat;
	w->possible = m.possible;
	w->deciders = m.deciders;
	w->costs.bound = m.bound;
	return named_goals(w, "keep", false) && named_goals(w, "drop", true) && set_goals(w) && fragment_goals(w) &&
	       set_goals_of_sets(w) && !w->args->diag->errors;
}

bool
workshop_open(struct args *a, struct str arch, struct workshop *w)
{
	return workshop_start(a, arch, w) && workshop_finish(w);
}
