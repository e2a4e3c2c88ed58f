// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/cone.h"

#include "kconfig/values.h"

enum standing { OUTSIDE, TOUCHED, WANTED };

struct cone {
	struct config *base;
	struct arena *keep;
	unsigned char *standing;           /* by symbol id */
	unsigned char *expr;               /* by expression id: bits of `1 << positive` that were walked */
	const bool *possible;              /* by expression id: may it ever hold? */
	VEC(const struct symbol *) queue;  /* a symbol stands in it again when it rises from touched to wanted */
	VEC(struct settled { const struct expr *x; bool positive; }) settled; /* passed over so far */
};

/* ---- what can be on at all, with the pins off ---- */

/* What is known so far while it is found out what may be on: by expression id and by symbol id. */
struct hopes {
	bool *expr, *symbol;
	const bool *pinned;
};

static bool
expr_hope(const struct hopes *h, const struct expr_parts *x)
{
	switch (x->kind) {
	case EXPR_SYMBOL: return h->symbol[x->l];
	case EXPR_AND:    return h->expr[x->l] && h->expr[x->r];
	case EXPR_OR:     return h->expr[x->l] || h->expr[x->r];
	default:          return true;
	}
}

static bool
may_be_on(const bool *expr, const struct symbol *s)
{
	if (expr[s->rev_dep->id] || expr[s->implied->id])
		return true;
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if ((prop_is_prompt(p) || p->kind == PROP_DEFAULT) &&
		    expr[p->cond->id] && (p->kind != PROP_DEFAULT || expr[p->value->id]))
			return true;
	}
	return false;
}

/* True: it may be on, which was not known before. */
static bool
symbol_hope(struct hopes *h, const struct symbol *s)
{
	if (s->constant || h->symbol[s->id] || h->pinned[s->id] || (s->type != SYM_BOOL && s->type != SYM_TRISTATE))
		return false;
	return h->symbol[s->id] = may_be_on(h->expr, s);
}

/* Likewise. */
static bool
node_hope(struct hopes *h, const struct plan *plan, uint32_t node)
{
	bool any = false;

	if (node < plan->symbols)
		return !h->expr[node] && (h->expr[node] = expr_hope(h, &plan->parts[node]));
	if (node < plan->picks)
		return symbol_hope(h, plan->model->symbols[node - plan->symbols]);
	for (size_t i = 0; i < plan->model->choices[node - plan->picks]->members_len; i++)
		any |= symbol_hope(h, plan->model->choices[node - plan->picks]->members[i]);
	return any;
}

bool *
cone_possible(struct config *base, const struct str *pins, size_t len, struct arena *keep)
{
	const struct kconfig *k = config_model(base);
	const struct plan *plan = base->plan;
	bool *pinned = NEW_ARRAY(keep, bool, k->symbols_len);
	struct hopes h = { NEW_ARRAY(keep, bool, plan->symbols), NEW_ARRAY(keep, bool, k->symbols_len), pinned };
	bool changed = true;

	for (size_t i = 0; i < len; i++) {
		const struct symbol *s = kconfig_find(k, pins[i]);

		if (s && config_tri(base, s) == TRI_N)
			pinned[s->id] = true;
	}
	for (uint32_t i = 0; i < plan->symbols; i++) /* what selects a choice's member, for one: nothing reads it */
		h.expr[i] = plan->place[i] == PLAN_NONE;
	h.symbol[k->sym_y->id] = h.symbol[k->sym_m->id] = true;
	while (changed) { /* in the plan's order only a circle takes more than two rounds */
		changed = false;
		for (uint32_t i = 0; i < plan->len; i++)
			changed |= node_hope(&h, plan, plan->order[i]);
	}
	for (uint32_t i = 0; i < plan->symbols; i++) /* parts are older than the whole */
		if (plan->place[i] == PLAN_NONE)
			h.expr[i] = expr_hope(&h, &plan->parts[i]);
	return h.expr;
}

/* ---- growing ---- */

static void
add(struct cone *c, const struct symbol *s, enum standing standing)
{
	if (s->constant || c->standing[s->id] >= standing)
		return;
	c->standing[s->id] = (unsigned char)standing;
	vec_push(c->keep, &c->queue, s);
}

/*
 * Does the base settle it: on (`positive`) or off, whatever becomes of the cone? What is on there stays on; what is off
 * stays off while it is outside.
 */
static bool
is_settled(struct cone *c, const struct expr *x, bool positive)
{
	switch (x->kind) {
	case EXPR_SYMBOL:
		return positive ? config_tri(c->base, x->left) == TRI_Y
		       : config_tri(c->base, x->left) == TRI_N && c->standing[x->left->id] == OUTSIDE;
	case EXPR_NOT:
		return is_settled(c, x->a, !positive);
	case EXPR_AND:
	case EXPR_OR:
		if ((x->kind == EXPR_AND) == positive)
			return is_settled(c, x->a, positive) && is_settled(c, x->b, positive);
		return is_settled(c, x->a, positive) || is_settled(c, x->b, positive);
	default:
		return config_expr(c->base, x) == (positive ? TRI_Y : TRI_N);
	}
}

/* What the expression mentions: wanted where it should hold, touched below a NOT. */
static void
add_expr(struct cone *c, const struct expr *x, bool positive)
{
	if (c->expr[x->id] & 1 << positive)
		return;
	c->expr[x->id] |= (unsigned char)(1 << positive);
	if (positive && !c->possible[x->id])
		return;
	if (is_settled(c, x, positive)) {
		vec_push(c->keep, &c->settled, ((struct settled){ x, positive }));
		return;
	}
	switch (x->kind) {
	case EXPR_NOT:
		add_expr(c, x->a, !positive);
		break;
	case EXPR_AND:
	case EXPR_OR:
		add_expr(c, x->a, positive);
		add_expr(c, x->b, positive);
		break;
	case EXPR_SYMBOL:
		add(c, x->left, positive ? WANTED : TOUCHED);
		break;
	default:
		add(c, x->left, WANTED);
		add(c, x->right, WANTED);
	}
}

/* Can the user switch it on wherever its dependencies hold? */
static bool
is_free(const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (prop_is_prompt(&s->props[i]) && s->props[i].cond == s->dir_dep)
			return true;
	return false;
}

static void
grow_ways(struct cone *c, const struct symbol *s)
{
	if (!is_free(s) && config_tri(c->base, s) != TRI_Y)
		add_expr(c, s->rev_dep, true);
	if (!symbol_has_prompt(s))
		add_expr(c, s->implied, true);
	for (size_t i = 0; i < s->props_len; i++)
		if (prop_is_prompt(&s->props[i]))
			add_expr(c, s->props[i].cond, true);
}

static void
grow(struct cone *c, const struct symbol *s)
{
	bool wanted = c->standing[s->id] == WANTED;

	add_expr(c, s->dir_dep, true);
	if (wanted)
		grow_ways(c, s);
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if (p->kind == PROP_DEFAULT) {
			add_expr(c, p->cond, wanted);
			add_expr(c, p->value, wanted);
		} else if (p->kind == PROP_SELECT) {
			add_expr(c, p->cond, false);
			add(c, p->value->left, TOUCHED);
		}
	}
	if (s->choice)
		add(c, s->choice, WANTED);
	for (size_t i = 0; i < s->members_len; i++)
		add(c, s->members[i], TOUCHED);
}

/* "(ACPI && COMMON_CLK) || !ACPI" was settled until ACPI came in. True when there is something to grow. */
static bool
look_again(struct cone *c)
{
	size_t n = c->settled.len, kept = 0, before = c->queue.len;

	for (size_t i = 0; i < n; i++) {
		struct settled e = c->settled.at[i];

		if (is_settled(c, e.x, e.positive)) {
			c->settled.at[kept++] = e;
			continue;
		}
		c->expr[e.x->id] &= (unsigned char)~(1 << e.positive);
		add_expr(c, e.x, e.positive);
	}
	while (n < c->settled.len)
		c->settled.at[kept++] = c->settled.at[n++];
	c->settled.len = kept;
	return c->queue.len > before;
}

bool *
cone_of(struct config *base, const struct cond *const *goals, size_t len, const bool *possible, struct arena *keep,
        size_t *size)
{
	const struct kconfig *k = config_model(base);
	struct cone c = { .base = base, .keep = keep };
	struct map names = { 0 };
	bool *in = NEW_ARRAY(keep, bool, k->symbols_len);

	c.standing = NEW_ARRAY(keep, unsigned char, k->symbols_len);
	c.expr = NEW_ARRAY(keep, unsigned char, k->exprs_len);
	c.possible = possible;
	for (size_t i = 0; i < len; i++)
		cond_symbols(goals[i], keep, &names);
	for (size_t i = 0; i < names.len; i++) {
		const struct symbol *s = kconfig_find(k, names.entry[i].key);

		if (s)
			add(&c, s, WANTED);
	}
	if (k->modules)
		add(&c, k->modules, WANTED);
	for (size_t i = 0; i < c.queue.len || look_again(&c); i++)
		grow(&c, c.queue.at[i]);
	*size = 0;
	for (size_t i = 0; i < k->symbols_len; i++) {
		in[i] = c.standing[i] != OUTSIDE;
		*size += in[i];
	}
	return in;
}
