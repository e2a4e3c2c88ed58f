// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/logic.h"

#include <string.h>

enum { NO, YES, FIRST };            /* diagrams 0 and 1 are the constants */
enum { NODES_MAX = 1 << 20, COMBINED_MAX = 1 << 23 };
enum value { EMPTY, Y, M, OTHER, VALUES };
enum operation { AND, OR };

struct node {
	uint32_t variable;
	uint32_t branch[VALUES];
};

struct logic {
	struct cond_pool *pool;
	struct arena *keep;
	struct map variables;       /* symbol, or symbol=text */
	VEC(struct node) node;
	VEC(uint32_t) negated;      /* by node; 0: not known yet */
	uint32_t *table;            /* hash -> node */
	size_t slots, combined;     /* combined: calls of combine so far */
	uint32_t *known;            /* cond id -> diagram + 1 */
	size_t knowns;
	struct { uint64_t key; uint32_t result; } *memo; /* direct mapped, and so is: */
	struct shortened *shortened;
};

enum { MEMO = 1 << 14, MEMO_SHORT = 1 << 10 };

struct logic *
logic_new(struct cond_pool *pool, struct arena *keep)
{
	struct logic *l = NEW(keep, struct logic);

	l->pool = pool;
	l->keep = keep;
	vec_push(keep, &l->node, (struct node){ .variable = UINT32_MAX });
	vec_push(keep, &l->node, (struct node){ .variable = UINT32_MAX });
	return l;
}

/* Limits are reached: from here on nothing is certain. */
static bool
is_full(const struct logic *l)
{
	return l->node.len > NODES_MAX || l->combined > COMBINED_MAX;
}

static size_t
node_hash(const struct node *n)
{
	uint64_t h = n->variable;

	for (int i = 0; i < VALUES; i++)
		h = (h ^ n->branch[i]) * 0x9e3779b97f4a7c15u;
	return (size_t)(h ^ h >> 31);
}

static void
table_grow(struct logic *l)
{
	l->slots = l->slots ? l->slots * 4 : 1024;
	l->table = NEW_ARRAY(l->keep, uint32_t, l->slots);
	for (size_t i = FIRST; i < l->node.len; i++) {
		size_t at = node_hash(&l->node.at[i]) & (l->slots - 1);

		while (l->table[at])
			at = (at + 1) & (l->slots - 1);
		l->table[at] = (uint32_t)i;
	}
}

static uint32_t
node(struct logic *l, struct node want)
{
	size_t at;

	if (want.branch[0] == want.branch[1] && want.branch[0] == want.branch[2] && want.branch[0] == want.branch[3])
		return want.branch[0];
	if (l->node.len * 2 >= l->slots)
		table_grow(l);
	for (at = node_hash(&want) & (l->slots - 1); l->table[at]; at = (at + 1) & (l->slots - 1))
		if (memcmp(&l->node.at[l->table[at]], &want, sizeof(want)) == 0)
			return l->table[at];
	l->table[at] = (uint32_t)l->node.len;
	vec_push(l->keep, &l->node, want);
	return l->table[at];
}

static uint32_t
combine(struct logic *l, enum operation op, uint32_t a, uint32_t b)
{
	uint32_t absorbing = op == AND ? NO : YES;
	struct node na, nb, out;
	uint64_t key;
	size_t at;

	if (a == absorbing || b == absorbing)
		return absorbing;
	if (a == b || b < FIRST)
		return a;
	if (a < FIRST)
		return b;
	if (a > b) {
		uint32_t t = a;

		a = b;
		b = t;
	}
	if (!l->memo)
		l->memo = arena_alloc_array(l->keep, MEMO, sizeof(*l->memo));
	key = ((uint64_t)a << 33 | (uint64_t)b << 1 | op) + 1;
	at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 40) & (MEMO - 1);
	if (l->memo[at].key == key)
		return l->memo[at].result;
	l->combined++;
	na = l->node.at[a];
	nb = l->node.at[b];
	out.variable = na.variable < nb.variable ? na.variable : nb.variable;
	for (int i = 0; i < VALUES; i++) {
		if (is_full(l))
			return YES;
		out.branch[i] = combine(l, op, na.variable == out.variable ? na.branch[i] : a,
		                        nb.variable == out.variable ? nb.branch[i] : b);
	}
	l->memo[at].key = key;
	return l->memo[at].result = node(l, out);
}

static uint32_t
negate(struct logic *l, uint32_t a)
{
	struct node n;

	if (a < FIRST)
		return a == NO ? YES : NO;
	while (l->negated.len <= a)
		vec_push(l->keep, &l->negated, 0);
	if (l->negated.at[a])
		return l->negated.at[a];
	n = l->node.at[a];
	for (int i = 0; i < VALUES; i++) {
		if (is_full(l))
			return YES;
		n.branch[i] = negate(l, n.branch[i]);
	}
	return l->negated.at[a] = node(l, n);
}

static uint32_t
atom(struct logic *l, struct str variable, uint32_t empty, uint32_t y, uint32_t m, uint32_t other)
{
	uint32_t v = (uint32_t)map_index_put(&l->variables, l->keep, variable);

	return node(l, (struct node){ v, { empty, y, m, other } });
}

/* "X equals TEXT": X holds some other text, and it is this one. */
static uint32_t
equals(struct logic *l, const struct cond *c)
{
	if (!c->text.len)
		return atom(l, c->symbol, YES, NO, NO, NO);
	if (str_is(c->text, "y"))
		return atom(l, c->symbol, NO, YES, NO, NO);
	if (str_is(c->text, "m"))
		return atom(l, c->symbol, NO, NO, YES, NO);
	return combine(l, AND, atom(l, c->symbol, NO, NO, NO, YES),
	               atom(l, str_format(l->keep, "%.*s=%.*s", STR_ARG(c->symbol), STR_ARG(c->text)), NO, YES, YES, YES));
}

static uint32_t diagram(struct logic *, const struct cond *);

static uint32_t
build(struct logic *l, const struct cond *c)
{
	switch (c->kind) {
	case COND_FALSE: return NO;
	case COND_TRUE:  return YES;
	case COND_Y:     return atom(l, c->symbol, NO, YES, NO, NO);
	case COND_M:     return atom(l, c->symbol, NO, NO, YES, NO);
	case COND_SET:   return atom(l, c->symbol, NO, YES, YES, YES);
	case COND_EQ:    return equals(l, c);
	case COND_NOT:   return negate(l, diagram(l, c->a));
	case COND_AND:   return combine(l, AND, diagram(l, c->a), diagram(l, c->b));
	case COND_OR:    return combine(l, OR, diagram(l, c->a), diagram(l, c->b));
	}
	return YES;
}

static uint32_t
diagram(struct logic *l, const struct cond *c)
{
	uint32_t d;

	if (c->id >= l->knowns) {
		size_t n = l->pool->len + l->pool->len / 2 + 64;

		l->known = arena_grow(l->keep, l->known, l->knowns * sizeof(*l->known), n * sizeof(*l->known));
		l->knowns = n;
	}
	if (l->known[c->id])
		return l->known[c->id] - 1;
	d = build(l, c);
	l->known[c->id] = d + 1;
	return d;
}

bool
logic_possible(struct logic *l, const struct cond *c)
{
	return diagram(l, c) != NO || is_full(l);
}

bool
logic_certain(struct logic *l, const struct cond *c)
{
	return !is_full(l) && diagram(l, c) == YES;
}

bool
logic_equal(struct logic *l, const struct cond *a, const struct cond *b)
{
	return a == b || (!is_full(l) && diagram(l, a) == diagram(l, b));
}

bool
logic_implies(struct logic *l, const struct cond *a, const struct cond *b)
{
	return combine(l, AND, diagram(l, a), negate(l, diagram(l, b))) == NO && !is_full(l);
}

/* ---- short forms -------------------------------------------------------------------------------------- */

enum { SHORT = 3 /* X=y || X=m */, COUNT_MAX = 4096, STEPS_MAX = 4096 };

static size_t
count(const struct cond *c, size_t limit)
{
	size_t n = 1;

	if (c->a && n < limit)
		n += count(c->a, limit - n);
	if (c->b && n < limit)
		n += count(c->b, limit - n);
	return n;
}

struct shortener {
	struct logic *l;
	size_t steps;
	bool failed;
};

/* Sets of a tristate's values, as bits of `enum value`; those with fewer values first. */
static const unsigned value_sets[] = { 1 << Y, 1 << M, 1 << EMPTY, 1 << Y | 1 << M, 1 << EMPTY | 1 << M,
                                       1 << EMPTY | 1 << Y, 1 << EMPTY | 1 << Y | 1 << M };
enum { SETS = sizeof(value_sets) / sizeof(*value_sets), TRISTATE = M + 1 };

static const struct cond *
literal(struct cond_pool *p, struct str symbol, unsigned set)
{
	switch (set) {
	case 1 << Y:              return cond_is(p, symbol, 'y');
	case 1 << M:              return cond_is(p, symbol, 'm');
	case 1 << EMPTY:          return cond_is(p, symbol, 'n');
	case 1 << Y | 1 << M:     return cond_on(p, symbol);
	case 1 << EMPTY | 1 << M: return cond_not(p, cond_is(p, symbol, 'y'));
	case 1 << EMPTY | 1 << Y: return cond_not(p, cond_is(p, symbol, 'm'));
	default:                  return p->yes;
	}
}

/* What is allowed (or, with OR, what is asked for) at every (any) of the values. */
static uint32_t
over(struct logic *l, enum operation op, const uint32_t *branch, unsigned set)
{
	uint32_t d = op == AND ? YES : NO;

	for (int i = 0; i < TRISTATE; i++)
		if (set & 1u << i)
			d = combine(l, op, d, branch[i]);
	return d;
}

static void
branches(const struct logic *l, uint32_t d, uint32_t variable, uint32_t out[TRISTATE])
{
	for (int i = 0; i < TRISTATE; i++)
		out[i] = d >= FIRST && l->node.at[d].variable == variable ? l->node.at[d].branch[i] : d;
}

/* What each of the sets of values allows, and what a larger one allows; by value_sets' order. */
struct allowed { uint32_t own[SETS], larger[SETS]; };

static void
allow(struct logic *l, const uint32_t highs[TRISTATE], struct allowed *out)
{
	for (size_t k = 0; k < SETS; k++) {
		out->own[k] = over(l, AND, highs, value_sets[k]);
		out->larger[k] = NO;
	}
	for (size_t k = 0; k < SETS; k++)
		for (size_t n = k + 1; n < SETS && out->own[k] != NO; n++)
			if ((value_sets[n] & value_sets[k]) == value_sets[k])
				out->larger[k] = combine(l, OR, out->larger[k], out->own[n]);
}

/*
 * A condition that holds wherever `low` does and nowhere but where `high` does: irredundant sums of products
 * (Minato 1992), for variables with three values. *covers becomes its diagram. A product with a set of values is
 * asked to cover only what no product with a larger set can.
 */
static const struct cond *
cover(struct shortener *s, uint32_t low, uint32_t high, uint32_t *covers)
{
	struct logic *l = s->l;
	const struct cond *out = l->pool->no;
	uint32_t lows[TRISTATE], highs[TRISTATE], variable;
	struct allowed may;
	struct str symbol;

	*covers = low == NO ? NO : YES;
	if (low == NO || high == YES)
		return low == NO ? l->pool->no : l->pool->yes;
	variable = l->node.at[low].variable < l->node.at[high].variable ? l->node.at[low].variable : l->node.at[high].variable;
	symbol = l->variables.entry[variable].key;
	if (s->failed || ++s->steps > STEPS_MAX || str_has(symbol, '=') || str_has(symbol, '?')) {
		s->failed = true;
		return l->pool->no;
	}
	branches(l, low, variable, lows);
	branches(l, high, variable, highs);
	allow(l, highs, &may);
	*covers = NO;
	for (size_t k = 0; k < SETS; k++) {
		unsigned set = value_sets[k];
		uint32_t ask = NO, got, lit;

		if (may.own[k] == NO)
			continue;
		for (int i = 0; i < TRISTATE; i++)
			if (set & 1u << i)
				ask = combine(l, OR, ask, lows[i]);
		if (ask != NO)
			ask = combine(l, AND, combine(l, AND, ask, negate(l, may.larger[k])), may.own[k]);
		if (ask == NO)
			continue;
		out = cond_or(l->pool, out, cond_and(l->pool, literal(l->pool, symbol, set), cover(s, ask, may.own[k], &got)));
		for (int i = 0; i < TRISTATE; i++)
			if (set & 1u << i)
				lows[i] = combine(l, AND, lows[i], negate(l, got));
		lit = node(l, (struct node){ variable, { set & 1 << EMPTY ? YES : NO, set & 1 << Y ? YES : NO,
		                             set & 1 << M ? YES : NO, set & 1 << M ? YES : NO } });
		*covers = combine(l, OR, *covers, combine(l, AND, lit, got));
	}
	return out;
}

/* The same is asked again for the directories below. */
static struct shortened { const struct cond *c, *given, *out; } *
shortened(struct logic *l, const struct cond *c, const struct cond *given)
{
	if (!l->shortened)
		l->shortened = arena_alloc_array(l->keep, MEMO_SHORT, sizeof(*l->shortened));
	return &l->shortened[(c->id * 31u + given->id) % MEMO_SHORT];
}

static const struct cond *
shorten(struct logic *l, const struct cond *c, const struct cond *given, size_t now)
{
	struct shortener s = { .l = l };
	uint32_t d = diagram(l, c), g = diagram(l, given), got;
	const struct cond *out = cover(&s, combine(l, AND, d, g), combine(l, OR, d, negate(l, g)), &got);

	return !s.failed && !is_full(l) && count(out, COUNT_MAX) < now ? out : c;
}

const struct cond *
logic_shorten_given(struct logic *l, const struct cond *c, const struct cond *given)
{
	size_t now = count(c, COUNT_MAX);
	struct shortened *memo;

	if (now <= SHORT || is_full(l))
		return c;
	memo = shortened(l, c, given);
	if (memo->c != c || memo->given != given)
		*memo = (struct shortened){ c, given, shorten(l, c, given, now) };
	return memo->out;
}

const struct cond *
logic_shorten(struct logic *l, const struct cond *c)
{
	return logic_shorten_given(l, c, l->pool->yes);
}
