// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/cone.h"

struct cone {
	const struct kconfig *k;
	struct arena *keep;
	bool *in;
	bool *expr;                        /* by expression id: walked */
	VEC(const struct symbol *) queue;
};

static void
add(struct cone *c, const struct symbol *s)
{
	if (s->constant || c->in[s->id])
		return;
	c->in[s->id] = true;
	vec_push(c->keep, &c->queue, s);
}

static void
add_expr(struct cone *c, const struct expr *x)
{
	if (c->expr[x->id])
		return;
	c->expr[x->id] = true;
	if (x->kind == EXPR_NOT || x->kind == EXPR_AND || x->kind == EXPR_OR) {
		add_expr(c, x->a);
		if (x->kind != EXPR_NOT)
			add_expr(c, x->b);
		return;
	}
	add(c, x->left);
	if (x->right)
		add(c, x->right);
}

/* Can the user switch it on wherever its dependencies hold? */
static bool
is_free(const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if ((s->props[i].kind == PROP_PROMPT || s->props[i].kind == PROP_MENU) && s->props[i].cond == s->dir_dep)
			return true;
	return false;
}

/* The terms of a rev_dep whose selector is itself decided by others: they come without being asked for. */
static void
add_hidden_selectors(struct cone *c, const struct expr *x)
{
	while (x->kind == EXPR_OR) {
		add_hidden_selectors(c, x->b);
		x = x->a;
	}
	while (x->kind == EXPR_AND)
		x = x->a;
	if (x->kind == EXPR_SYMBOL && !symbol_has_prompt(x->left))
		add(c, x->left);
}

static void
grow(struct cone *c, const struct symbol *s)
{
	add_expr(c, s->dir_dep);
	if (is_free(s))
		add_hidden_selectors(c, s->rev_dep);
	else
		add_expr(c, s->rev_dep);
	if (!symbol_has_prompt(s))
		add_expr(c, s->implied);
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		add_expr(c, p->cond);
		if (p->kind == PROP_DEFAULT || p->kind == PROP_SELECT)
			add_expr(c, p->value);
	}
	if (s->choice)
		add(c, s->choice);
	for (size_t i = 0; i < s->members_len; i++)
		add(c, s->members[i]);
}

bool *
cone_of(const struct kconfig *k, const struct cond *const *goals, size_t len, struct arena *keep, size_t *size)
{
	struct cone c = { .k = k, .keep = keep };
	struct map names = { 0 };

	c.in = NEW_ARRAY(keep, bool, k->symbols_len);
	c.expr = NEW_ARRAY(keep, bool, k->exprs_len);
	for (size_t i = 0; i < len; i++)
		cond_symbols(goals[i], keep, &names);
	for (size_t i = 0; i < names.len; i++) {
		const struct symbol *s = kconfig_find(k, names.entry[i].key);

		if (s)
			add(&c, s);
	}
	if (k->modules)
		add(&c, k->modules);
	for (size_t i = 0; i < c.queue.len; i++)
		grow(&c, c.queue.at[i]);
	*size = c.queue.len;
	return c.in;
}
