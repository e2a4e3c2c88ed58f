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
		     (child->sym->type == SYM_BOOL || child->sym->type == SYM_TRISTATE) &&
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

/* What the proposal wants and the stock kernel lacks. */
static void
add_settings(struct config *c, const struct proposal *p)
{
	for (size_t i = 0; i < p->settings_len; i++) {
		const struct setting *s = &p->settings[i];
		bool tri = s->sym->type == SYM_BOOL || s->sym->type == SYM_TRISTATE;

		if (tri ? config_tri(c, s->sym) == TRI_N && !str_is(s->value, "n") : p->why[s->sym->id].kind == WHY_GOAL)
			config_set_raw(c, s->sym, s->value);
	}
}

struct config *
nix_subtract(const struct proposal *p, const struct answers *common, struct str words, struct arena *keep,
             struct diag *diag)
{
	struct nix_run run = { .answers = common, .auto_modules = true };
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
	return o.config;
}
