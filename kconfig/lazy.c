// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/lazy.h"

#include "kconfig/values.h"

/* Kconfig files decide how deep it goes; beyond this, where conf's own stack may end, nobody looks. */
enum { DEPTH_MAX = 10000 };

/* Are the members as remembered? Where not, and they were looked at, the rest of the round changes nothing. */
enum likeness { SAME, SETTLED, OPEN };

struct lazy {
	struct config *config;
	uint32_t round;
	uint32_t *symbol_seen, *expr_seen; /* by id: the round of the last look */
	uint8_t *likeness;            /* by choice */
	bool all_same;
	uint64_t open;                /* bits of the choices that are OPEN */
	uint8_t *bit;                 /* by choice: which one it has in `open` and `reach`; some may share one */
	uint64_t *reach;              /* by node of the plan: the choices one gets to from there */
	unsigned depth;
};

static void look_expr(struct lazy *, const struct expr *);
static void look_symbol(struct lazy *, const struct symbol *);

static bool
is_text(const struct symbol *s)
{
	return s->type == SYM_INT || s->type == SYM_HEX || s->type == SYM_STRING;
}

static void
look_parts(struct lazy *l, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_NOT:
		look_expr(l, e->a);
		return;
	case EXPR_AND:
	case EXPR_OR:
		look_expr(l, e->a);
		look_expr(l, e->b);
		return;
	case EXPR_SYMBOL:
		look_symbol(l, e->left);
		return;
	default:
		look_symbol(l, e->left);
		look_symbol(l, e->right);
	}
}

/* Other looks change nothing. */
static bool
leads_somewhere(const struct lazy *l, uint32_t node)
{
	return l->reach[node] & l->open && l->depth < DEPTH_MAX;
}

static void
look_expr(struct lazy *l, const struct expr *e)
{
	if (!e || l->expr_seen[e->id] == l->round || !leads_somewhere(l, e->id))
		return;
	l->expr_seen[e->id] = l->round;
	l->depth++;
	look_parts(l, e);
	l->depth--;
}

/* Up to the first that is active: NULL: none is. */
static const struct prop *
look_active(struct lazy *l, const struct symbol *s, enum prop_kind kind)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].kind == kind) {
			look_expr(l, s->props[i].cond);
			if (config_expr(l->config, s->props[i].cond) != TRI_N)
				return &s->props[i];
		}
	return NULL;
}

static void
look_prompts(struct lazy *l, const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (prop_is_prompt(&s->props[i]))
			look_expr(l, s->props[i].cond);
}

/* ---- choices ---- */

/* sym_calc_visibility of a member */
static void
remember(struct lazy *l, const struct symbol *member)
{
	look_prompts(l, member);
	value_of(l->config, member)->visible = config_visible_now(l->config, member);
}

/* Once it has a line in .config because it was visible, it keeps it for the round, also if another look finds it hidden. */
static void
write_visible(struct lazy *l, const struct symbol *choice)
{
	for (size_t i = 0; i < choice->members_len; i++) {
		struct value *v = value_of(l->config, choice->members[i]);

		if (v->visible != TRI_N)
			v->flags |= VALUE_WRITE;
		else if (l->symbol_seen[choice->members[i]->id] != l->round)
			v->flags &= ~VALUE_WRITE;
	}
}

/* Up to the visible one that was said y. False: there is none, and all are as they are now. */
static bool
remember_in_order(struct lazy *l, const struct symbol *choice)
{
	const struct config *c = l->config;
	const uint32_t *rank = c->rank + c->plan->first_member[c->plan->choice[choice->id]];

	for (size_t i = 0; i < choice->members_len; i++) {
		const struct value *v = &c->value[rank[i]];

		remember(l, c->model->symbols[rank[i]]);
		if (v->visible != TRI_N && v->flags & VALUE_USER && v->user == TRI_Y)
			return true;
	}
	return false;
}

/* sym_choice_default */
static void
look_defaults(struct lazy *l, const struct symbol *choice)
{
	for (size_t i = 0; i < choice->props_len; i++) {
		const struct prop *p = &choice->props[i];

		if (p->kind != PROP_DEFAULT)
			continue;
		look_expr(l, p->cond);
		if (p->value->kind == EXPR_SYMBOL && config_expr(l->config, p->cond) != TRI_N &&
		    value_of(l->config, p->value->left)->visible != TRI_N)
			return;
	}
}

static void
count_likeness(struct lazy *l)
{
	l->all_same = true;
	l->open = 0;
	for (size_t i = 0; i < l->config->model->choices_len; i++) {
		l->all_same &= l->likeness[i] == SAME;
		l->open |= l->likeness[i] == OPEN ? UINT64_C(1) << l->bit[i] : 0;
	}
}

static void
compare(struct lazy *l, const struct symbol *choice, bool looked)
{
	uint8_t *likeness = &l->likeness[l->config->plan->choice[choice->id]], now = SAME;

	for (size_t i = 0; i < choice->members_len && now != OPEN; i++) {
		const struct symbol *s = choice->members[i];

		if (value_of(l->config, s)->visible != config_visible_now(l->config, s))
			now = looked && l->symbol_seen[s->id] == l->round ? SETTLED : OPEN;
	}
	if (now == *likeness)
		return;
	*likeness = now;
	count_likeness(l);
}

static void
look_choice(struct lazy *l, const struct symbol *choice)
{
	if (!remember_in_order(l, choice))
		look_defaults(l, choice);
	for (size_t i = 0; i < choice->members_len; i++)
		if (value_of(l->config, choice->members[i])->visible != TRI_N)
			l->symbol_seen[choice->members[i]->id] = l->round;
	write_visible(l, choice);
	compare(l, choice, true);
}

/* ---- symbols ---- */

/* sym_calc_visibility of what is no member */
static void
look_around(struct lazy *l, const struct symbol *s)
{
	if (s->transitional)
		return;
	look_prompts(l, s);
	look_expr(l, s->dir_dep);
	look_expr(l, s->rev_dep);
	look_expr(l, s->implied);
}

static void
look_default(struct lazy *l, const struct symbol *s)
{
	const struct prop *p = look_active(l, s, PROP_DEFAULT);

	if (!p)
		return;
	if (!is_text(s))
		look_expr(l, p->value);
	else if (p->value->kind == EXPR_SYMBOL)
		look_symbol(l, p->value->left);
}

static void
look_range(struct lazy *l, const struct symbol *s)
{
	const struct prop *p = look_active(l, s, PROP_RANGE);

	if (!p)
		return;
	look_symbol(l, p->low);
	look_symbol(l, p->high);
}

static void
look_value(struct lazy *l, const struct symbol *s)
{
	const struct value *v = value_of(l->config, s);

	look_around(l, s);
	if (!(v->visible != TRI_N && v->flags & VALUE_USER) && !s->is_choice)
		look_default(l, s);
	if (s->type == SYM_INT || s->type == SYM_HEX)
		look_range(l, s);
}

static void
look_symbol(struct lazy *l, const struct symbol *s)
{
	if (l->symbol_seen[s->id] == l->round || !leads_somewhere(l, plan_node(l->config->plan, s)))
		return;
	l->symbol_seen[s->id] = l->round;
	l->depth++;
	if (s->choice) {
		value_of(l->config, s)->flags &= ~VALUE_WRITE;
		remember(l, s);
		look_choice(l, s->choice);
	} else {
		look_value(l, s);
	}
	l->depth--;
}

/* ---- from outside ---- */

/* Most choices' members are read by nobody, and the choice is only reached from itself: one bit does for all these. */
static void
find_reach(struct lazy *l, struct arena *a)
{
	const struct plan *p = l->config->plan;
	unsigned next = 0;

	l->bit = NEW_ARRAY(a, uint8_t, l->config->model->choices_len);
	l->reach = NEW_ARRAY(a, uint64_t, p->nodes);
	for (uint32_t i = 0; i < p->len; i++) {
		uint32_t node = p->order[i], from = p->first_reader[i], to = p->first_reader[i + 1];

		if (node >= p->picks) {
			l->bit[node - p->picks] = (uint8_t)(from < to ? 1 + next++ % 63 : 0);
			l->reach[node] |= UINT64_C(1) << l->bit[node - p->picks];
		}
		for (uint32_t k = from; k < to; k++)
			l->reach[p->order[p->readers[k]]] |= l->reach[node];
	}
}

/* NULL: there is nothing to follow. The first look of a round is at MODULES. */
static struct lazy *
following(struct config *c)
{
	struct lazy *l = c->lazy;

	config_settle(c);
	if (!l || l->all_same)
		return NULL;
	if (c->model->modules)
		look_symbol(l, c->model->modules);
	return l;
}

void
lazy_begin(struct config *c, struct arena *a)
{
	struct lazy *l;

	config_settle(c);
	if (c->model->dialect.old_choice)
		return; /* their members are all worked out with the choice */
	l = NEW(a, struct lazy);
	l->config = c;
	l->round = 1;
	l->symbol_seen = NEW_ARRAY(a, uint32_t, c->model->symbols_len);
	l->expr_seen = NEW_ARRAY(a, uint32_t, c->plan->symbols);
	find_reach(l, a);
	l->likeness = NEW_ARRAY(a, uint8_t, c->model->choices_len);
	l->all_same = true;
	c->lazy = l;
}

void
lazy_end(struct config *c)
{
	for (const struct menu *m = c->model->root->list; m && c->lazy; m = menu_next(m)) {
		if (!m->sym)
			config_menu_visible(c, m);
		else if (!m->sym->is_choice)
			lazy_symbol(c, m->sym);
	}
	c->lazy = NULL;
}

void
lazy_forget(struct config *c)
{
	struct lazy *l = c->lazy;

	if (!l)
		return;
	l->round++;
	for (size_t i = 0; i < c->model->choices_len; i++) {
		write_visible(l, c->model->choices[i]);
		if (l->likeness[i] == SETTLED)
			l->likeness[i] = OPEN;
	}
	count_likeness(l);
}

void
lazy_symbol(struct config *c, const struct symbol *s)
{
	struct lazy *l = following(c);

	if (l)
		look_symbol(l, s);
}

void
lazy_expr(struct config *c, const struct expr *e)
{
	struct lazy *l = following(c);

	if (l)
		look_expr(l, e);
}

void
lazy_choice(struct config *c, const struct symbol *choice)
{
	struct lazy *l = following(c);

	if (l)
		look_choice(l, choice);
}

void
lazy_compare(struct config *c, const struct symbol *choice)
{
	compare(c->lazy, choice, false);
}
