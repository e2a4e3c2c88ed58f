// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixcompiler.h"

enum { DEPTH_MAX = 200 };

enum mark { MARK_NONE, MARK_BUSY, MARK_DONE };

struct floors {
	struct config *c;
	unsigned char *mark;           /* by symbol id: enum mark */
	unsigned char *value;          /* by symbol id: the lowest value with any toolchain */
	unsigned depth;
};

static enum tri floor_of(struct floors *, const struct symbol *);

/* The highest value: what a tool said n to may be y elsewhere. */
static enum tri
ceiling_expr(struct floors *f, const struct expr *e)
{
	if (e->kind == EXPR_AND)
		return tri_min(ceiling_expr(f, e->a), ceiling_expr(f, e->b));
	if (e->kind == EXPR_OR)
		return tri_max(ceiling_expr(f, e->a), ceiling_expr(f, e->b));
	if (e->kind != EXPR_NOT && (e->left->toolchain || (e->kind != EXPR_SYMBOL && e->right->toolchain)))
		return TRI_Y;
	return config_expr(f->c, e);
}

static enum tri
floor_expr(struct floors *f, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_AND:
		return tri_min(floor_expr(f, e->a), floor_expr(f, e->b));
	case EXPR_OR:
		return tri_max(floor_expr(f, e->a), floor_expr(f, e->b));
	case EXPR_NOT:
		return (enum tri)(TRI_Y - ceiling_expr(f, e->a));
	case EXPR_SYMBOL:
		return floor_of(f, e->left);
	default:
		return e->left->toolchain || e->right->toolchain ? TRI_N : config_expr(f->c, e);
	}
}

/* Of a symbol that is offered: by any of its prompts. */
static enum tri
floor_offered(struct floors *f, const struct symbol *s)
{
	enum tri most = TRI_N;

	for (size_t i = 0; i < s->props_len; i++)
		if (prop_is_prompt(&s->props[i]))
			most = tri_max(most, floor_expr(f, s->props[i].cond));
	return most;
}

/* Of a symbol without a prompt: the first default that holds, below its dependencies. */
static enum tri
floor_default(struct floors *f, const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if (p->kind == PROP_DEFAULT && p->value && config_expr(f->c, p->cond) != TRI_N)
			return tri_min(floor_expr(f, p->value), tri_min(floor_expr(f, p->cond), floor_expr(f, s->dir_dep)));
	}
	return TRI_N;
}

static enum tri
work_out(struct floors *f, const struct symbol *s)
{
	enum tri value = config_tri(f->c, s), low;

	if (value == TRI_N || s->toolchain)
		return TRI_N;
	low = config_visible(f->c, s) != TRI_N ? floor_offered(f, s) : floor_default(f, s);
	return tri_min(value, tri_max(low, floor_expr(f, s->rev_dep)));
}

static enum tri
floor_of(struct floors *f, const struct symbol *s)
{
	if (s->constant || s->type == SYM_UNKNOWN || f->depth > DEPTH_MAX || f->mark[s->id] == MARK_BUSY)
		return config_tri(f->c, s);
	if (f->mark[s->id] == MARK_NONE) {
		f->mark[s->id] = MARK_BUSY;
		f->depth++;
		f->value[s->id] = (unsigned char)work_out(f, s);
		f->depth--;
		f->mark[s->id] = MARK_DONE;
	}
	return (enum tri)f->value[s->id];
}

bool *
compiler_bound(struct config *c, struct arena *keep)
{
	const struct kconfig *k = config_model(c);
	struct floors f = {
		.c = c, .mark = NEW_ARRAY(keep, unsigned char, k->symbols_len), .value = NEW_ARRAY(keep, unsigned char, k->symbols_len),
	};
	bool *bound = NEW_ARRAY(keep, bool, k->symbols_len);

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *s = k->symbols[i];

		if (s->constant || s->type == SYM_UNKNOWN || s->is_choice || !s->menus_len)
			continue;
		if (config_visible(c, s) != TRI_N)
			bound[s->id] = s->toolchain || floor_offered(&f, s) == TRI_N;
	}
	return bound;
}
