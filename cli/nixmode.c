// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixmode.h"

bool
nix_mode_parse(struct str s, enum nix_mode *out)
{
	static const char *const names[] = { "lean", "common", "subtract" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (str_is(s, names[i])) {
			*out = (enum nix_mode)i;
			return true;
		}
	}
	return false;
}

static bool
is_tri(const struct symbol *s)
{
	return s->type == SYM_BOOL || s->type == SYM_TRISTATE;
}

static struct str
value_of(void *ctx, struct str name)
{
	struct config *c = ctx;
	const struct symbol *s = kconfig_find(config_model(c), name);
	struct str text = s && s->type != SYM_UNKNOWN ? config_text(c, s) : STR("");

	return s && is_tri(s) && str_is(text, "n") ? STR("") : text;
}

/* Does every goal that the solution reaches hold? The first that doesn't, or NULL. */
static const struct goal *
failing_goal(const struct proposal *p, struct config *c)
{
	for (size_t i = 0; i < p->goals.len; i++)
		if (p->solution->reached[i] && !cond_eval(p->goals.at[i].cond, value_of, c))
			return &p->goals.at[i];
	return NULL;
}

/* A choice's other members are off then. */
static void
say(struct config *c, const struct symbol *s, struct str value)
{
	for (size_t i = 0; s->choice && str_is(value, "y") && i < s->choice->members_len; i++)
		if (s->choice->members[i] != s)
			config_set_raw(c, s->choice->members[i], STR("n"));
	config_set_raw(c, s, value);
}

/* ---- common ---- */

struct join {
	const struct proposal *p;
	struct config *c;              /* so far */
	const struct answers *common;
	const struct symbol **list;    /* whose answers are taken */
	size_t len;
	struct arena *keep;
};

static enum tri
tri_of(struct str s)
{
	return str_is(s, "y") ? TRI_Y : str_is(s, "m") ? TRI_M : TRI_N;
}

/* What the common config says, but where the solution has more: something needs that. */
static void
list_joining(struct join *j)
{
	for (size_t i = 0; i < answers_len(j->common); i++) {
		const struct answer *an = answers_at(j->common, i);
		const struct symbol *s = kconfig_find(config_model(j->c), an->name);

		if (!s || s->constant || s->is_choice || !s->menus_len)
			continue;
		if (is_tri(s) && tri_of(an->value) < config_tri(j->c, s))
			continue;
		j->list[j->len++] = s;
	}
}

/* All of them where the goals bear it, else as many as they bear. */
static void
join(struct join *j, size_t from, size_t to)
{
	struct config *before = config_copy(j->c, j->keep);

	if (from == to)
		return;
	for (size_t i = from; i < to; i++)
		say(j->c, j->list[i], answers_get(j->common, j->list[i]->name)->value);
	if (!failing_goal(j->p, j->c))
		return;
	j->c = before;
	if (to - from == 1)
		return;
	join(j, from, from + (to - from) / 2);
	join(j, from + (to - from) / 2, to);
}

struct config *
nix_join(const struct proposal *p, const struct answers *common, struct arena *keep)
{
	size_t n = answers_len(common) + 1;
	struct join j = {
		.p = p, .c = config_copy(p->solution->config, keep), .common = common, .keep = keep,
		.list = NEW_ARRAY(keep, const struct symbol *, n),
	};

	list_joining(&j);
	join(&j, 0, j.len);
	return j.c;
}

/* ---- subtract ---- */

/* Drivers are what stands below drivers/ and sound/; the rest is what systems are made of. */
static bool
is_driver(const struct symbol *s)
{
	return s->menus_len && (str_starts(s->menus[0]->place.file, STR("drivers/")) ||
	                        str_starts(s->menus[0]->place.file, STR("sound/")));
}

static bool
may_go(struct config *c, struct config *solved, const struct symbol *s)
{
	return !s->constant && !s->is_choice && !s->choice && is_driver(s) && config_tri(c, s) != TRI_N &&
	       config_tri(solved, s) == TRI_N && config_visible(c, s) != TRI_N;
}

/* Is anything on below this entry? */
static bool
has_on_child(struct config *c, const struct menu *m)
{
	for (const struct menu *child = m->list; child; child = child->next)
		if ((child->sym && !child->sym->is_choice &&
		     is_tri(child->sym) &&
		     config_tri(c, child->sym) != TRI_N) || has_on_child(c, child))
			return true;
	return false;
}

/* Booleans that only offered what is off now, the innermost first. */
static void
drop_empty_menus(struct config *c, struct config *solved, const struct menu *m)
{
	for (const struct menu *child = m->list; child; child = child->next) {
		drop_empty_menus(c, solved, child);
		if (child->sym && child->sym->type == SYM_BOOL && child->list && may_go(c, solved, child->sym) &&
		    !has_on_child(c, child))
			config_set_raw(c, child->sym, STR("n"));
	}
}

static void
drop_drivers(struct config *c, struct config *solved)
{
	const struct kconfig *k = config_model(c);

	for (size_t i = 0; i < k->symbols_len; i++)
		if (k->symbols[i]->type == SYM_TRISTATE && may_go(c, solved, k->symbols[i]))
			config_set_raw(c, k->symbols[i], STR("n"));
	drop_empty_menus(c, solved, k->root);
}

struct giver {
	const struct proposal *p;
	struct config *c;
	bool *given;                   /* by symbol id */
	struct arena *keep;
};

enum { DEPTH_MAX = 100 };

static void give(struct giver *, const struct symbol *, unsigned depth);

/* What holds the symbol above its value in the solution by selecting it, and does not there. */
static void
give_selectors(struct giver *g, const struct symbol *s, unsigned depth)
{
	struct reason r = { 0 };

	if (is_tri(s) && config_tri(g->c, s) > config_tri(g->p->solution->config, s))
		r = config_reason(g->c, s, g->keep);
	for (size_t i = 0; i < r.by_len; i++)
		give(g, r.by[i].symbol, depth + 1);
}

/*
 * The symbol gets the value it has in the solution, and so does what its dependencies name while they are not met, and
 * what selects it.
 */
static void
give(struct giver *g, const struct symbol *s, unsigned depth)
{
	struct config *solved = g->p->solution->config;
	struct symbol_list named = { 0 };

	if (s->constant || s->is_choice || !s->menus_len || g->given[s->id] || depth > DEPTH_MAX ||
	    str_eq(config_text(g->c, s), config_text(solved, s)))
		return;
	g->given[s->id] = true;
	say(g->c, s, config_text(solved, s));
	if (config_expr(g->c, s->dir_dep) < config_expr(solved, s->dir_dep))
		expr_symbols(s->dir_dep, g->keep, &named);
	for (size_t i = 0; i < named.len; i++)
		give(g, named.at[i], depth + 1);
	give_selectors(g, s, depth);
}

/* A goal that allnoconfig meets by itself is none of the settings, and the stock kernel may have what stands against it. */
static void
give_goal(struct giver *g, const struct goal *goal)
{
	struct map names = { 0 };

	cond_symbols(goal->cond, g->keep, &names);
	for (size_t i = 0; i < names.len; i++) {
		const struct symbol *s = kconfig_find(g->p->model, names.entry[i].key);

		if (s)
			give(g, s, 0);
	}
}

/* What the proposal wants and the stock kernel lacks, or has as a module where it must be built in. */
static void
add_settings(struct config *c, const struct proposal *p)
{
	for (size_t i = 0; i < p->settings_len; i++) {
		const struct setting *s = &p->settings[i];

		if (is_tri(s->sym) ? tri_of(s->value) > config_tri(c, s->sym) : p->why[s->sym->id].kind == WHY_GOAL)
			say(c, s->sym, s->value);
	}
}

bool
nix_prefers_builtin(struct str arch)
{
	return str_is(arch, "arm64");
}

struct config *
nix_subtract(const struct proposal *p, const struct answers *common, struct str words, struct arena *keep,
             struct diag *diag)
{
	struct nix_run run = { .answers = common, .auto_modules = true,
	                       .prefer_builtin = nix_prefers_builtin(p->model->arch) };
	const struct goal *lost;
	struct giver giver;
	struct nix_outcome o;
	struct text t = { 0 };

	if (!nix_base(p->model, proposal_tree(p), words, STR(""), keep, diag, &run.base))
		return NULL;
	nix_simulate(p->model, &run, keep, &o);
	if (o.died) {
		problem_print(&o.problems.list.at[o.problems.list.len - 1], &t);
		diag_error(diag, STR(""), 0, "the common config alone ends the run: %s", t.at);
		text_release(&t);
		return NULL;
	}
	drop_drivers(o.config, p->solution->config);
	add_settings(o.config, p);
	giver = (struct giver){ p, o.config, NEW_ARRAY(keep, bool, p->model->symbols_len), keep };
	for (size_t i = 0; i < p->goals.len && (lost = failing_goal(p, o.config)); i++)
		give_goal(&giver, lost);
	lost = failing_goal(p, o.config);
	if (lost)
		diag_error(diag, STR(""), 0, "%.*s cannot be had on top of the stock kernel; take --mode lean or common",
		           STR_ARG(lost->name));
	return lost ? NULL : o.config;
}
