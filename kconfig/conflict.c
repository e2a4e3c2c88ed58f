// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/conflict.h"

#include "kconfig/encode.h"

struct search {
	struct encoding *e;
	struct arena *keep;
	VEC(int) core;      /* assumptions that contradict each other */
};

static bool
contradict(struct search *s, const int *lits, size_t n, size_t without)
{
	for (size_t i = 0; i < n; i++)
		if (i != without)
			sat_assume(s->e->sat, lits[i]);
	return sat_solve(s->e->sat, -1) == SAT_NO;
}

/* Leaves out, one after the other, what the contradiction can do without. */
static void
minimise(struct search *s)
{
	for (size_t i = 0; i < s->core.len;) {
		size_t kept = 0;

		if (!contradict(s, s->core.at, s->core.len, i)) {
			i++;
			continue;
		}
		for (size_t k = 0; k < s->core.len; k++)
			if (k < i || (k > i && sat_failed(s->e->sat, s->core.at[k])))
				s->core.at[kept++] = s->core.at[k];
		s->core.len = kept;
	}
}

static void
first_core(struct search *s, const struct solve_request *q)
{
	VEC(int) all = { 0 };

	/* goals last: they are what one would rather keep in the core */
	for (size_t i = 0; i < q->goals_len; i++)
		if (!q->goals[i].worth)
			vec_push(s->keep, &all, encode_cond(s->e, q->goals[i].cond));
	for (size_t i = 0; i < s->e->group.len; i++)
		vec_push(s->keep, &all, s->e->group.at[i].literal);
	if (!contradict(s, all.at, all.len, all.len))
		return;
	for (size_t i = 0; i < all.len; i++)
		if (sat_failed(s->e->sat, all.at[i]))
			vec_push(s->keep, &s->core, all.at[i]);
	minimise(s);
}

static bool
in_core(const struct search *s, int literal)
{
	for (size_t i = 0; i < s->core.len; i++)
		if (s->core.at[i] == literal)
			return true;
	return false;
}

static const char *const rule_text[RULES] = {
	[RULE_VISIBLE] = "can only be set when its prompt is visible, a default holds or something selects it",
	[RULE_SELECTED] = "is selected",
	[RULE_DEFAULT] = "has no prompt here, so its default decides",
	[RULE_UNMET] = "is selected, which needs its own dependencies too",
	[RULE_CHOICE] = "is a choice: exactly one of its visible options is y",
	[RULE_MODULES] = "is y, as NixOS needs loadable modules",
};

static void
add_lines(struct search *s, struct conflict *c)
{
	VEC(struct conflict_line) lines = { 0 };

	for (size_t i = 0; i < s->e->group.len; i++) {
		const struct group *g = &s->e->group.at[i];
		struct conflict_line line = { g->sym, rule_text[g->rule], { STR(""), 0 } };

		if (!in_core(s, g->literal))
			continue;
		if (g->sym->menus_len)
			line.place = g->sym->menus[0]->place;
		vec_push(s->keep, &lines, line);
	}
	c->lines = lines.at;
	c->lines_len = lines.len;
}

void
conflict_explain(const struct solve_request *q, struct arena *keep, struct conflict *c)
{
	struct sat *sat = sat_new();
	struct search s = { encode(q->model, q->base, NULL, true, sat, keep), keep, { 0 } };
	VEC(const struct goal *) goals = { 0 };

	first_core(&s, q);
	for (size_t i = 0; i < q->goals_len; i++)
		if (!q->goals[i].worth && in_core(&s, encode_cond(s.e, q->goals[i].cond)))
			vec_push(keep, &goals, &q->goals[i]);
	c->goals = goals.at;
	c->goals_len = goals.len;
	add_lines(&s, c);
	sat_release(sat);
}

static struct str
choice_name(const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].text.len)
			return s->props[i].text;
	return STR("a choice");
}

static void
print_goal(const struct goal *g, struct text *out)
{
	text_addf(out, "%.*s", STR_ARG(g->name));
	if (g->reason.len)
		text_addf(out, " (wanted by %.*s)", STR_ARG(g->reason));
}

void
conflict_print(const struct conflict *c, struct text *out)
{
	text_add_c(out, c->goals_len == 1 ? "no configuration has " : "no configuration has all of these:\n  ");
	for (size_t i = 0; i < c->goals_len; i++) {
		text_add_c(out, i ? "\n  " : "");
		print_goal(c->goals[i], out);
	}
	text_add_c(out, "\nbecause:\n");
	for (size_t i = 0; i < c->lines_len; i++) {
		const struct conflict_line *l = &c->lines[i];
		struct str name = l->sym->name.len ? l->sym->name : choice_name(l->sym);

		text_addf(out, "  %.*s:%u: %.*s %s", STR_ARG(l->place.file), l->place.line, STR_ARG(name), l->rule);
		if (!l->sym->is_choice && l->sym->menus_len && l->sym->dir_dep->kind != EXPR_SYMBOL) {
			text_add_c(out, "; it depends on ");
			expr_print(l->sym->dir_dep, out);
		}
		text_add_char(out, '\n');
	}
	if (c->goals_len > 1)
		text_add_c(out, "dropping any one of them resolves it\n");
}
