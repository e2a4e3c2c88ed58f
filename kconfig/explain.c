// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/explain.h"

#include "kconfig/values.h"

struct walk {
	const struct kconfig *k;
	struct config *c, *base;
	struct arena *keep;
	struct why *why;
	VEC(const struct symbol *) queue;
};

static bool
is_tri(const struct symbol *s)
{
	return !s->constant && (s->type == SYM_BOOL || s->type == SYM_TRISTATE);
}

static void
reach(struct walk *w, const struct symbol *s, enum why_kind kind, const struct goal *goal, const struct symbol *by,
      struct place place)
{
	struct why *y = &w->why[s->id];

	if (!is_tri(s) || y->kind != WHY_OFF || config_tri(w->c, s) == TRI_N)
		return;
	*y = (struct why){ kind, goal, by, place };
	vec_push(w->keep, &w->queue, s);
}

/* Is the expression met by symbols that were reached already or cost nothing? */
static bool
is_known(struct walk *w, const struct expr *x)
{
	if (x->kind == EXPR_AND)
		return is_known(w, x->a) && is_known(w, x->b);
	if (x->kind == EXPR_OR)
		return (config_expr(w->c, x->a) != TRI_N && is_known(w, x->a)) ||
		       (config_expr(w->c, x->b) != TRI_N && is_known(w, x->b));
	if (x->kind != EXPR_SYMBOL || !is_tri(x->left))
		return true;
	return w->why[x->left->id].kind != WHY_OFF || config_tri(w->base, x->left) != TRI_N;
}

/* The symbols that make the expression hold are needed. */
static void
need(struct walk *w, const struct expr *x, enum why_kind kind, const struct symbol *by, struct place place)
{
	const struct goal *goal = by ? w->why[by->id].goal : NULL;

	switch (x->kind) {
	case EXPR_AND:
		need(w, x->a, kind, by, place);
		need(w, x->b, kind, by, place);
		break;
	case EXPR_OR:
		if (config_expr(w->c, x->a) == TRI_N)
			need(w, x->b, kind, by, place);
		else if (config_expr(w->c, x->b) == TRI_N)
			need(w, x->a, kind, by, place);
		else
			need(w, is_known(w, x->b) && !is_known(w, x->a) ? x->b : x->a, kind, by, place);
		break;
	case EXPR_NOT:
		break;
	default:
		reach(w, x->left, kind, goal, by, place);
		if (x->right)
			reach(w, x->right, kind, goal, by, place);
	}
}

/* Active selectors of a symbol: the symbols in the terms of its rev_dep that hold. Calls need() on one of them. */
static void
need_selector(struct walk *w, const struct symbol *s, const struct expr *x)
{
	while (x->kind == EXPR_OR) {
		if (config_expr(w->c, x->b) != TRI_N && is_known(w, x->b)) {
			x = x->b;
			break;
		}
		x = config_expr(w->c, x->a) != TRI_N ? x->a : x->b;
	}
	if (config_expr(w->c, x) != TRI_N)
		need(w, x, WHY_SELECTOR, s, s->menus_len ? s->menus[0]->place : (struct place){ STR(""), 0 });
}

static void
need_of(struct walk *w, const struct symbol *s)
{
	bool visible = config_visible(w->c, s) != TRI_N;
	bool selected = config_expr(w->c, s->rev_dep) != TRI_N;

	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if (prop_is_prompt(p) && visible && config_expr(w->c, p->cond) != TRI_N) {
			need(w, p->cond, WHY_NEEDED, s, p->place);
			return;
		}
	}
	if (selected) {
		need_selector(w, s, s->rev_dep);
		need(w, s->dir_dep, WHY_NEEDED, s, s->menus_len ? s->menus[0]->place : (struct place){ STR(""), 0 });
		return;
	}
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].kind == PROP_DEFAULT && config_expr(w->c, s->props[i].cond) != TRI_N) {
			need(w, s->props[i].cond, WHY_NEEDED, s, s->props[i].place);
			need(w, s->props[i].value, WHY_NEEDED, s, s->props[i].place);
			return;
		}
}

static void
drag_in(struct walk *w, const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if (p->kind == PROP_SELECT && p->value->kind == EXPR_SYMBOL && config_expr(w->c, p->cond) != TRI_N)
			reach(w, p->value->left, WHY_SELECTED, w->why[s->id].goal, s, p->place);
	}
}

static void
goal_symbols(struct walk *w, const struct goal *g, const struct cond *c)
{
	const struct symbol *s;

	switch (c->kind) {
	case COND_AND:
	case COND_OR:
		goal_symbols(w, g, c->a);
		goal_symbols(w, g, c->b);
		break;
	case COND_Y: case COND_M: case COND_SET: case COND_EQ:
		s = kconfig_find(w->k, c->symbol);
		if (s)
			reach(w, s, WHY_GOAL, g, NULL, s->menus_len ? s->menus[0]->place : (struct place){ STR(""), 0 });
		break;
	default:
		break;
	}
}

/* Something that nobody asked for selects it: it stands first in the first term of rev_dep that holds. */
static bool
is_selected(struct walk *w, const struct symbol *s, struct why *y)
{
	const struct expr *x = s->rev_dep;

	if (config_expr(w->c, x) == TRI_N)
		return false;
	while (x->kind == EXPR_OR || x->kind == EXPR_AND)
		x = x->kind == EXPR_OR && config_expr(w->c, x->a) == TRI_N ? x->b : x->a;
	if (x->kind == EXPR_SYMBOL && !x->left->constant)
		*y = (struct why){ .kind = WHY_SELECTED, .by = x->left };
	return y->kind == WHY_SELECTED;
}

/* What nobody asked for: defaults, choices, and what was there before. */
static void
rest(struct walk *w, const struct symbol *s)
{
	struct why *y = &w->why[s->id];

	if (config_tri(w->base, s) != TRI_N) {
		*y = (struct why){ .kind = WHY_BASE };
	} else if (s->choice) {
		*y = (struct why){ .kind = WHY_CHOICE, .by = s->choice };
	} else if (!is_selected(w, s, y)) {
		y->kind = str_eq(config_default(w->c, s), config_text(w->c, s)) ? WHY_DEFAULT : WHY_SAVES;
		for (size_t i = 0; i < s->props_len; i++)
			if (s->props[i].kind == PROP_DEFAULT && config_expr(w->c, s->props[i].cond) != TRI_N) {
				y->place = s->props[i].place;
				break;
			}
	}
	if (s->menus_len && !y->place.line)
		y->place = s->menus[0]->place;
}

struct why *
explain(const struct kconfig *k, struct config *c, struct config *base, const struct goal *goals, size_t goals_len,
        struct arena *keep)
{
	struct walk w = { .k = k, .c = c, .base = base, .keep = keep };

	w.why = NEW_ARRAY(keep, struct why, k->symbols_len);
	for (size_t i = 0; i < goals_len; i++)
		goal_symbols(&w, &goals[i], goals[i].cond);
	for (size_t i = 0; i < w.queue.len; i++) {
		const struct symbol *s = w.queue.at[i];

		need_of(&w, s);
		drag_in(&w, s);
	}
	config_settle(c);
	for (size_t i = 0; i < k->symbols_len; i++)
		if (c->value[i].tri != TRI_N && w.why[i].kind == WHY_OFF && is_tri(k->symbols[i]))
			rest(&w, k->symbols[i]);
	return w.why;
}

void
why_print_step(const struct why *y, struct text *out)
{
	switch (y->kind) {
	case WHY_OFF:      text_add_c(out, "off"); break;
	case WHY_GOAL:
		text_addf(out, "%.*s", STR_ARG(y->goal->name));
		if (y->goal->reason.len)
			text_addf(out, ", %.*s", STR_ARG(y->goal->reason));
		break;
	case WHY_NEEDED:   text_addf(out, "needed by %.*s", STR_ARG(y->by->name)); break;
	case WHY_SELECTOR: text_addf(out, "selects %.*s, which has no prompt", STR_ARG(y->by->name)); break;
	case WHY_SELECTED: text_addf(out, "selected by %.*s", STR_ARG(y->by->name)); break;
	case WHY_CHOICE:   text_add_c(out, "option picked in a choice"); break;
	case WHY_DEFAULT:  text_add_c(out, "its default"); break;
	case WHY_SAVES:    text_add_c(out, "without it more would be on"); break;
	case WHY_BASE:     text_add_c(out, "on in the base"); break;
	}
}

void
why_print(const struct kconfig *k, const struct why *why, const struct symbol *s, struct text *out)
{
	size_t guard = k->symbols_len;

	text_addf(out, "%.*s", STR_ARG(s->name));
	while (s && guard--) {
		const struct why *y = &why[s->id];

		text_add_c(out, " <- ");
		why_print_step(y, out);
		if (y->place.line)
			text_addf(out, " (%.*s:%u)", STR_ARG(y->place.file), y->place.line);
		s = y->kind == WHY_GOAL || y->kind == WHY_CHOICE ? NULL : y->by;
	}
	text_add_char(out, '\n');
}
