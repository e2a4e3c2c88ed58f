// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/encode.h"

#include <string.h>

#include "kconfig/values.h"

static const struct pair FALSE_PAIR = { -SAT_TRUE, -SAT_TRUE };

static bool
is_tri(const struct symbol *s)
{
	return s->type == SYM_BOOL || s->type == SYM_TRISTATE;
}

static struct pair
pair_and(struct encoding *e, struct pair a, struct pair b)
{
	return (struct pair){ sat_and(e->sat, a.on, b.on), sat_and(e->sat, a.yes, b.yes) };
}

static struct pair
pair_or(struct encoding *e, struct pair a, struct pair b)
{
	return (struct pair){ sat_or(e->sat, a.on, b.on), sat_or(e->sat, a.yes, b.yes) };
}

static struct pair
pair_ite(struct encoding *e, int cond, struct pair a, struct pair b)
{
	return (struct pair){ sat_ite(e->sat, cond, a.on, b.on), sat_ite(e->sat, cond, a.yes, b.yes) };
}

static struct pair
pair_bool(int literal)
{
	return (struct pair){ literal, literal };
}

/* ---- comparisons ---- */

/*
 * scripts/kconfig/expr.c, __expr_calc_value: a tristate's word becomes 0, 1, 2 (anything else -1); an int is read in
 * base 10, a hex in base 16, everything else in base 0. Two numbers compare as numbers, everything else as text; two
 * string symbols always as text.
 */
struct operand {
	struct str text;
	bool number, is_unsigned;
	long long value;
};

static bool
read_number(struct str s, int base, long long *out)
{
	bool minus = s.len && s.at[0] == '-';
	uint64_t n;

	if (!str_number(minus ? str_drop(s, 1) : s, base, &n))
		return false;
	*out = minus ? -(long long)n : (long long)n;
	return true;
}

static struct operand
operand(enum symbol_type type, struct str text)
{
	struct operand o = { text, true, type == SYM_HEX, 0 };

	if (type == SYM_BOOL || type == SYM_TRISTATE)
		o.value = str_is(text, "n") ? 0 : str_is(text, "m") ? 1 : str_is(text, "y") ? 2 : -1;
	else
		o.number = read_number(text, type == SYM_INT ? 10 : type == SYM_HEX ? 16 : 0, &o.value);
	return o;
}

static bool
compare(enum expr_kind kind, const struct symbol *l, struct str left, const struct symbol *r, struct str right)
{
	struct operand a = operand(l->type, left), b = operand(r->type, right);
	int c;

	if (!a.number || !b.number || (l->type == SYM_STRING && r->type == SYM_STRING))
		c = str_cmp(left, right);
	else if (a.is_unsigned || b.is_unsigned)
		c = ((uint64_t)a.value > (uint64_t)b.value) - ((uint64_t)a.value < (uint64_t)b.value);
	else
		c = (a.value > b.value) - (a.value < b.value);
	switch (kind) {
	case EXPR_EQ: return c == 0;
	case EXPR_NE: return c != 0;
	case EXPR_LT: return c < 0;
	case EXPR_LE: return c <= 0;
	case EXPR_GT: return c > 0;
	default:      return c >= 0;
	}
}

/* The values a symbol can take in a comparison, each with the literal under which it has it. */
struct choice_value { struct str text; int when; };
enum { VALUES_MAX = 64 };
struct values { struct choice_value at[VALUES_MAX]; size_t len; };

static void
add_value(struct encoding *e, struct values *v, struct str text, int when)
{
	if (when == -SAT_TRUE)
		return;
	for (size_t i = 0; i < v->len; i++)
		if (str_eq(v->at[i].text, text)) {
			v->at[i].when = sat_or(e->sat, v->at[i].when, when);
			return;
		}
	v->at[v->len++] = (struct choice_value){ text, when };
}

static bool number_values(struct encoding *, const struct symbol *, int when, unsigned depth, struct values *);

/* The first default whose condition holds gives the value; no default: zero or empty. */
static bool
default_values(struct encoding *e, const struct symbol *s, int when, unsigned depth, struct values *v)
{
	struct str none = s->type == SYM_INT ? STR("0") : s->type == SYM_HEX ? STR("0x0") : STR("");

	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];
		int active;

		if (p->kind != PROP_DEFAULT)
			continue;
		if (p->value->kind != EXPR_SYMBOL)
			return false;
		active = sat_and(e->sat, when, encode_expr(e, p->cond).on);
		if (!number_values(e, p->value->left, active, depth + 1, v))
			return false;
		when = sat_and(e->sat, when, -active);
		if (v->len >= VALUES_MAX - 4)
			return false;
	}
	add_value(e, v, none, when);
	return true;
}

static bool
number_values(struct encoding *e, const struct symbol *s, int when, unsigned depth, struct values *v)
{
	if (s->constant || s->type == SYM_UNKNOWN) {
		add_value(e, v, s->name, when);
		return true;
	}
	if (is_tri(s)) {
		struct pair p = e->sym[s->id];

		add_value(e, v, STR("y"), sat_and(e->sat, when, p.yes));
		add_value(e, v, STR("m"), sat_and(e->sat, when, sat_and(e->sat, p.on, -p.yes)));
		add_value(e, v, STR("n"), sat_and(e->sat, when, -p.on));
		return true;
	}
	if (depth > 8 || e->numbers || config_has_user(e->base, s, NULL))
		return false;
	return default_values(e, s, when, depth, v);
}

static struct pair
encode_compare(struct encoding *e, const struct expr *x)
{
	struct values l = { .len = 0 }, r = { .len = 0 };
	int out = -SAT_TRUE;

	if (!number_values(e, x->left, SAT_TRUE, 0, &l)) {
		l.len = 0;
		add_value(e, &l, config_text(e->numbers ? e->numbers : e->base, x->left), SAT_TRUE);
	}
	if (!number_values(e, x->right, SAT_TRUE, 0, &r)) {
		r.len = 0;
		add_value(e, &r, config_text(e->numbers ? e->numbers : e->base, x->right), SAT_TRUE);
	}
	for (size_t i = 0; i < l.len; i++)
		for (size_t k = 0; k < r.len; k++)
			if (compare(x->kind, x->left, l.at[i].text, x->right, r.at[k].text))
				out = sat_or(e->sat, out, sat_and(e->sat, l.at[i].when, r.at[k].when));
	return pair_bool(out);
}

/* ---- expressions ---- */

struct pair
encode_expr(struct encoding *e, const struct expr *x)
{
	struct pair p = e->expr[x->id], a;

	if (p.on)
		return p;
	switch (x->kind) {
	case EXPR_SYMBOL:
		p = e->sym[x->left->id];
		break;
	case EXPR_NOT:
		a = encode_expr(e, x->a);
		p = (struct pair){ -a.yes, -a.on };
		break;
	case EXPR_AND:
		p = pair_and(e, encode_expr(e, x->a), encode_expr(e, x->b));
		break;
	case EXPR_OR:
		p = pair_or(e, encode_expr(e, x->a), encode_expr(e, x->b));
		break;
	default:
		p = encode_compare(e, x);
	}
	return e->expr[x->id] = p;
}

/* Known: what is a symbol's pair or a constant. 0: a gate is needed. */
static int
fold_and(int a, int b)
{
	if (a == -SAT_TRUE || b == -SAT_TRUE)
		return -SAT_TRUE;
	return a == SAT_TRUE || a == b ? b : b == SAT_TRUE ? a : 0;
}

/*
 * Most expressions are the same in every configuration of a cone. They are found in one walk over all, rather than each
 * time one is asked for. What is left at 0 is for encode_expr.
 */
static void
fold_exprs(struct encoding *e)
{
	const struct plan *plan = e->base->plan;

	for (uint32_t i = 0; i < plan->symbols; i++) {
		struct expr_parts x = plan->parts[i];
		struct pair *p = &e->expr[i], a, b;

		if (x.kind == EXPR_SYMBOL) {
			*p = e->sym[x.l];
		} else if (x.kind == EXPR_NOT) {
			*p = (struct pair){ -e->expr[x.l].yes, -e->expr[x.l].on };
		} else if (x.kind == EXPR_AND || x.kind == EXPR_OR) {
			int sign = x.kind == EXPR_AND ? 1 : -1;

			a = e->expr[x.l];
			b = e->expr[x.r];
			if (!a.on || !b.on)
				continue;
			*p = (struct pair){ sign * fold_and(sign * a.on, sign * b.on), sign * fold_and(sign * a.yes, sign * b.yes) };
			if (!p->on || !p->yes)
				*p = (struct pair){ 0, 0 };
		}
	}
}

struct pair
encode_visible(struct encoding *e, const struct symbol *s)
{
	struct pair v = FALSE_PAIR;

	for (size_t i = 0; i < s->props_len; i++)
		if (prop_is_prompt(&s->props[i]))
			v = pair_or(e, v, encode_expr(e, s->props[i].cond));
	return s->type == SYM_BOOL ? pair_bool(v.on) : v;
}

/* ---- the rules of a symbol ---- */

/* The literal that switches a rule of a symbol on: always true without groups. */
static int
group(struct encoding *e, const struct symbol *s, enum rule rule)
{
	struct group g = { s, rule, SAT_TRUE };

	if (!e->groups)
		return SAT_TRUE;
	if (e->group.len && e->group.at[e->group.len - 1].sym == s && e->group.at[e->group.len - 1].rule == rule)
		return e->group.at[e->group.len - 1].literal;
	g.literal = sat_var(e->sat);
	vec_push(e->keep, &e->group, g);
	return g.literal;
}

/* group -> (a -> b) */
static void
implies(struct encoding *e, int g, int a, int b)
{
	if (a == -SAT_TRUE || b == SAT_TRUE || a == b)
		return;
	sat_add3(e->sat, -g, -a, b);
}

static void
implies_pair(struct encoding *e, int g, struct pair a, struct pair b)
{
	implies(e, g, a.on, b.on);
	if (a.on != a.yes || b.on != b.yes)
		implies(e, g, a.yes, b.yes);
}

/* What the symbol is without a user value and without selects. */
static struct pair
default_pair(struct encoding *e, const struct symbol *s)
{
	struct pair v = FALSE_PAIR, imp = encode_expr(e, s->implied), weak;

	for (size_t i = s->props_len; i-- > 0;) {
		const struct prop *p = &s->props[i];
		struct pair cond;

		if (p->kind != PROP_DEFAULT)
			continue;
		cond = encode_expr(e, p->cond);
		v = pair_ite(e, cond.on, pair_and(e, encode_expr(e, p->value), cond), v);
	}
	if (imp.on != -SAT_TRUE) {
		weak = pair_and(e, pair_or(e, v, imp), encode_expr(e, s->dir_dep));
		v = pair_ite(e, imp.on, weak, v);
	}
	return s->type == SYM_BOOL ? pair_bool(v.on) : v;
}

/*
 * Visible: between what is selected and what the prompt allows, as the user likes. Invisible: default, imply and
 * select decide (sym_calc_value).
 */
static void
encode_plain(struct encoding *e, const struct symbol *s)
{
	struct pair v = e->sym[s->id], rev = encode_expr(e, s->rev_dep), dir = encode_expr(e, s->dir_dep);
	struct pair vis = encode_visible(e, s), def = default_pair(e, s), limit;
	int g;

	if (rev.on != -SAT_TRUE)
		implies_pair(e, group(e, s, RULE_UNMET), rev, dir);
	if (s->type == SYM_BOOL)
		rev = pair_bool(rev.on);
	if (rev.on != -SAT_TRUE)
		implies_pair(e, group(e, s, RULE_SELECTED), rev, v);
	/* invisible and without a default that can hold: the limit below says it all */
	limit = pair_or(e, rev, def.on == -SAT_TRUE ? vis : pair_ite(e, vis.on, vis, def));
	implies_pair(e, group(e, s, RULE_VISIBLE), v, limit);
	/*
	 * It follows from the others however the symbol is on, but not by propagation. Where a symbol is defined twice, once
	 * without dependencies, its direct dependency is that of the other definition, and it may be on without.
	 */
	if (!e->groups && s->menus_len == 1)
		implies(e, SAT_TRUE, v.on, dir.on);
	if (def.on != -SAT_TRUE) {
		g = group(e, s, RULE_DEFAULT);
		implies(e, g, sat_and(e->sat, -vis.on, def.on), v.on);
		implies(e, g, sat_and(e->sat, -vis.on, def.yes), v.yes);
	}
}

/* Of the visible members exactly one is y; invisible ones are n (sym_calc_choice). */
static void
encode_members(struct encoding *e, const struct symbol *choice, int active)
{
	int any = -SAT_TRUE, some = -active, before = -SAT_TRUE, g = group(e, choice, RULE_CHOICE);

	for (size_t i = 0; i < choice->members_len; i++) {
		const struct symbol *m = choice->members[i];
		struct pair vis = encode_visible(e, m), v = e->sym[m->id];
		int picked = sat_and(e->sat, v.yes, active);

		implies(e, g, v.yes, vis.on);
		implies(e, g, sat_and(e->sat, picked, before), -SAT_TRUE);
		before = sat_or(e->sat, before, picked);
		any = sat_or(e->sat, any, vis.on);
		some = sat_or(e->sat, some, picked);
	}
	implies(e, g, any, some);
}

/* Before 6.11: a choice has a value of its own. Below m its members are free tristates (6.1: sym_calc_choice). */
static void
encode_old_choice(struct encoding *e, const struct symbol *c)
{
	struct pair v = e->sym[c->id], vis = encode_visible(e, c);
	int g = group(e, c, RULE_CHOICE);

	implies_pair(e, g, v, vis);
	if (!c->optional)
		implies(e, g, vis.on, v.on);
	encode_members(e, c, v.yes);
	for (size_t i = 0; i < c->members_len; i++) {
		const struct symbol *m = c->members[i];

		if (m->type == SYM_TRISTATE) {
			implies_pair(e, g, e->sym[m->id], encode_visible(e, m));
			implies(e, g, sat_and(e->sat, v.yes, e->sym[m->id].on), e->sym[m->id].yes);
		} else {
			implies(e, g, e->sym[m->id].on, v.yes);
		}
	}
}

static void
make_pairs(struct encoding *e, const bool *cone)
{
	config_settle(e->base);
	for (size_t i = 0; i < e->model->symbols_len; i++) {
		const struct symbol *s = e->model->symbols[i];
		enum tri t = e->base->value[i].tri;
		struct pair *p = &e->sym[i];

		*p = (struct pair){ t != TRI_N ? SAT_TRUE : -SAT_TRUE, t == TRI_Y ? SAT_TRUE : -SAT_TRUE };
		if ((cone && !cone[i]) || s->constant || !is_tri(s))
			continue;
		p->on = p->yes = sat_var(e->sat);
		if (s->type == SYM_TRISTATE) {
			p->yes = sat_var(e->sat);
			sat_add2(e->sat, -p->yes, p->on);
		}
	}
}

struct encoding *
encode(const struct kconfig *model, const struct encode_options *o, struct sat *sat, struct arena *keep)
{
	struct encoding *e = NEW(keep, struct encoding);
	const bool *cone = o->cone;

	*e = (struct encoding){ .model = model, .base = o->base, .numbers = o->numbers, .sat = sat, .keep = keep,
	                        .bound = o->bound, .groups = o->groups };
	e->sym = NEW_ARRAY(keep, struct pair, model->symbols_len);
	e->expr = NEW_ARRAY(keep, struct pair, model->exprs_len);
	make_pairs(e, cone);
	fold_exprs(e);
	if (model->modules)
		implies(e, group(e, model->modules, RULE_MODULES), SAT_TRUE, e->sym[model->modules->id].yes);
	for (size_t i = 0; i < model->symbols_len; i++) {
		const struct symbol *s = model->symbols[i];

		if ((cone && !cone[i]) || s->constant || !is_tri(s))
			continue;
		if (s->is_choice && model->dialect.old_choice)
			encode_old_choice(e, s);
		else if (s->is_choice)
			encode_members(e, s, SAT_TRUE);
		else if (!s->choice)
			encode_plain(e, s);
	}
	return e;
}

/* ---- conditions and the symbols in them ---- */

static const unsigned BOUND_ATOM = UINT32_MAX, BOUND_NOTHING = UINT32_MAX;

static void
bind(struct binding *b, const struct kconfig *model, const struct cond *c)
{
	struct bound *own = &b->cond[c->id];
	const struct symbol *s;

	if (own->b || c->kind == COND_FALSE || c->kind == COND_TRUE)
		return;
	if (c->a) {
		*own = (struct bound){ c->a->id, c->b ? c->b->id : c->a->id };
		bind(b, model, c->a);
		if (c->b)
			bind(b, model, c->b);
		return;
	}
	s = kconfig_find(model, c->symbol);
	*own = (struct bound){ s ? s->id : BOUND_NOTHING, BOUND_ATOM };
}

struct binding *
binding_make(const struct kconfig *model, const struct cond *const *conds, size_t n, struct arena *keep)
{
	struct binding *b = NEW(keep, struct binding);

	/* the parts of a condition are older than it is */
	for (size_t i = 0; i < n; i++)
		if (conds[i]->id >= b->len)
			b->len = conds[i]->id + (size_t)1;
	b->cond = NEW_ARRAY(keep, struct bound, b->len);
	for (size_t i = 0; i < n; i++)
		bind(b, model, conds[i]);
	return b;
}

bool *
binding_touched(const struct binding *b, const bool *cone, struct arena *keep)
{
	bool *touched = NEW_ARRAY(keep, bool, b->len + 1);

	for (size_t i = 0; i < b->len; i++) {
		struct bound c = b->cond[i];

		if (c.b == BOUND_ATOM)
			touched[i] = c.a != BOUND_NOTHING && cone[c.a];
		else
			touched[i] = touched[c.a] | touched[c.b];
	}
	return touched;
}

static const struct symbol *
find_symbol(const struct encoding *e, const struct cond *c)
{
	if (!e->bound || c->id >= e->bound->len || !e->bound->cond[c->id].b)
		return kconfig_find(e->model, c->symbol);
	return e->bound->cond[c->id].a == BOUND_NOTHING ? NULL : e->model->symbols[e->bound->cond[c->id].a];
}

/* ---- conditions of kbuild and values of goals ---- */

int
encode_value(struct encoding *e, const struct symbol *s, struct str value)
{
	struct pair p;

	if (!is_tri(s))
		return str_eq(config_text(e->base, s), value) ? SAT_TRUE : -SAT_TRUE;
	p = e->sym[s->id];
	if (str_is(value, "y"))
		return p.yes;
	if (str_is(value, "m"))
		return sat_and(e->sat, p.on, -p.yes);
	return str_is(value, "n") ? -p.on : -SAT_TRUE;
}

static int
encode_atom(struct encoding *e, const struct cond *c)
{
	const struct symbol *s = find_symbol(e, c);
	struct str text;

	if (!s || s->type == SYM_UNKNOWN)
		return c->kind == COND_EQ && !c->text.len ? SAT_TRUE : -SAT_TRUE;
	if (c->kind == COND_Y || c->kind == COND_M)
		return encode_value(e, s, c->kind == COND_Y ? STR("y") : STR("m"));
	if (is_tri(s)) {
		if (c->kind == COND_SET)
			return e->sym[s->id].on;
		return encode_value(e, s, c->text.len ? c->text : STR("n"));
	}
	text = config_text(e->base, s);
	return (c->kind == COND_SET ? text.len > 0 : str_eq(text, c->text)) ? SAT_TRUE : -SAT_TRUE;
}

int
encode_cond(struct encoding *e, const struct cond *c)
{
	int lit;

	if (c->id >= e->conds) {
		size_t n = c->id * 2 + 64;

		e->cond = arena_grow(e->keep, e->cond, e->conds * sizeof(int), n * sizeof(int));
		e->conds = n;
	}
	if (e->cond[c->id])
		return e->cond[c->id];
	switch (c->kind) {
	case COND_FALSE: lit = -SAT_TRUE; break;
	case COND_TRUE:  lit = SAT_TRUE; break;
	case COND_NOT:   lit = -encode_cond(e, c->a); break;
	case COND_AND:
		lit = encode_cond(e, c->a);
		lit = sat_and(e->sat, lit, encode_cond(e, c->b));
		break;
	case COND_OR:
		lit = encode_cond(e, c->a);
		lit = sat_or(e->sat, lit, encode_cond(e, c->b));
		break;
	default:
		lit = encode_atom(e, c);
	}
	return e->cond[c->id] = lit;
}

enum tri
encoding_tri(struct encoding *e, const struct symbol *s)
{
	struct pair p = e->sym[s->id];

	if (!sat_value(e->sat, p.on))
		return TRI_N;
	return sat_value(e->sat, p.yes) ? TRI_Y : TRI_M;
}
