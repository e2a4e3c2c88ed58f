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
	return sat_solve(s->e->sat) == SAT_NO;
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

static void
add_lines(struct search *s, struct conflict *c)
{
	VEC(struct conflict_line) lines = { 0 };

	for (size_t i = 0; i < s->e->group.len; i++) {
		const struct group *g = &s->e->group.at[i];
		struct conflict_line line = { g->sym, (int)g->rule, { STR(""), 0 } };

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
	struct encode_options o = { .base = q->base, .groups = true };
	struct search s = { encode(q->model, &o, sat, keep), keep, { 0 } };
	VEC(const struct goal *) goals = { 0 };

	first_core(&s, q);
	for (size_t i = 0; i < q->goals_len; i++)
		if (!q->goals[i].worth && in_core(&s, encode_cond(s.e, q->goals[i].cond)))
			vec_push(keep, &goals, &q->goals[i]);
	c->model = q->model;
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

/* Is the symbol one that the conflict speaks of? */
static bool
is_mentioned(const struct conflict *c, const struct symbol *s)
{
	struct arena scratch = { 0 };
	struct map names = { 0 };
	bool found = false;

	for (size_t i = 0; i < c->lines_len && !found; i++)
		found = c->lines[i].sym == s;
	for (size_t i = 0; i < c->goals_len && !found; i++)
		cond_symbols(c->goals[i]->cond, &scratch, &names);
	found = found || map_index(&names, s->name) >= 0;
	arena_release(&scratch);
	return found;
}

/* " by A (file:line) and B (file:line)": the selectors that take part. */
static void
print_selectors(const struct conflict *c, const struct symbol *s, struct text *out)
{
	const char *between = " by ";

	for (size_t i = 0; i < c->model->symbols_len; i++) {
		const struct symbol *by = c->model->symbols[i];

		for (size_t k = 0; k < by->props_len; k++) {
			const struct prop *p = &by->props[k];

			if (p->kind != PROP_SELECT || p->value->left != s || !is_mentioned(c, by))
				continue;
			text_addf(out, "%s%.*s (%.*s:%u)", between, STR_ARG(by->name), STR_ARG(p->place.file), p->place.line);
			between = " and ";
		}
	}
}

static void
print_expr(const char *before, const struct expr *x, struct text *out)
{
	text_add_c(out, before);
	expr_print(x, out);
}

static void
print_members(const struct symbol *choice, struct text *out)
{
	text_add_c(out, "has one option that is y, of");
	for (size_t i = 0; i < choice->members_len; i++)
		text_addf(out, " %.*s", STR_ARG(choice->members[i]->name));
}

static bool
has_default(const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].kind == PROP_DEFAULT)
			return true;
	return false;
}

/* Why the symbol cannot be higher: no prompt, or what the prompt depends on. */
static void
print_limit(const struct conflict *c, const struct symbol *s, struct text *out)
{
	if (symbol_has_prompt(s))
		print_expr("depends on ", s->dir_dep, out);
	else if (s->rev_dep == c->model->no && !has_default(s))
		text_add_c(out, "has no prompt, no default, and nothing selects it");
	else if (s->rev_dep == c->model->no)
		text_add_c(out, "has no prompt and is on by its default only");
	else
		print_expr("has no prompt: it needs ", s->rev_dep, out);
}

static void
print_line(const struct conflict *c, const struct conflict_line *l, struct text *out)
{
	struct str name = l->sym->name.len ? l->sym->name : choice_name(l->sym);

	text_addf(out, "  %.*s:%u: %.*s ", STR_ARG(l->place.file), l->place.line, STR_ARG(name));
	switch ((enum rule)l->rule) {
	case RULE_VISIBLE:
		print_limit(c, l->sym, out);
		break;
	case RULE_SELECTED:
		text_add_c(out, "is selected");
		print_selectors(c, l->sym, out);
		break;
	case RULE_DEFAULT:
		text_add_c(out, "has no prompt here, so its default decides");
		break;
	case RULE_UNMET:
		text_add_c(out, "is selected");
		print_selectors(c, l->sym, out);
		print_expr(", but depends on ", l->sym->dir_dep, out);
		break;
	case RULE_CHOICE:
		print_members(l->sym, out);
		break;
	default:
		text_add_c(out, "is y: NixOS needs loadable modules");
	}
	text_add_char(out, '\n');
}

void
conflict_print(const struct conflict *c, struct text *out)
{
	text_add_c(out, c->goals_len == 1 ? "no configuration has " : "no configuration has all of these:\n  ");
	for (size_t i = 0; i < c->goals_len; i++) {
		text_add_c(out, i ? "\n  " : "");
		print_goal(c->goals[i], out);
	}
	text_add_c(out, c->goals_len == 1 ? ", because\n" : "\nbecause\n");
	for (size_t i = 0; i < c->lines_len; i++)
		print_line(c, &c->lines[i], out);
	if (c->goals_len > 1)
		text_add_c(out, "give up any one of them\n");
}
