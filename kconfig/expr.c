// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/expr.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kconfig/lexer.h"

/* ---- making ---- */

static uint64_t
hash(const struct expr_parts *e)
{
	uint64_t h = ((uint64_t)e->l << 32 | e->r) * 0x9e3779b97f4a7c15u + e->kind;

	h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
	return h ^ h >> 32;
}

static void
table_grow(struct expr_pool *p)
{
	p->slots = p->slots ? p->slots * 2 : 1 << 14;
	p->table = NEW_ARRAY(p->keep, struct expr_slot, p->slots);
	for (size_t i = 0; i < p->parts.len; i++) {
		uint64_t h = hash(&p->parts.at[i]);
		size_t at = h & (p->slots - 1);

		while (p->table[at].at)
			at = (at + 1) & (p->slots - 1);
		p->table[at] = (struct expr_slot){ (uint32_t)(h >> 32), (uint32_t)i + 1 };
	}
}

/* Room for index `at` in an array from malloc, new room zeroed. */
static void *
room(void *array, size_t *cap, size_t at, size_t size)
{
	size_t n = *cap ? *cap : 1 << 10;

	if (at < *cap)
		return array;
	while (n <= at)
		n *= 2;
	array = xrealloc(array, n * size);
	memset((char *)array + *cap * size, 0, (n - *cap) * size);
	*cap = n;
	return array;
}

static struct expr_memo *
memo(struct expr_pool *p, const struct expr *e)
{
	if (e->id >= p->memo_cap)
		p->memo = room(p->memo, &p->memo_cap, e->id, sizeof(*p->memo));
	return &p->memo[e->id];
}

/* The one expression with these parts. */
static const struct expr *
make(struct expr_pool *p, const struct expr *want, unsigned l, unsigned r)
{
	struct expr_parts parts = { want->kind, l, r };
	uint64_t h = hash(&parts);
	struct expr *e;
	size_t at;

	if (p->list.len * 3 >= p->slots * 2)
		table_grow(p);
	for (at = h & (p->slots - 1); p->table[at].at; at = (at + 1) & (p->slots - 1)) {
		const struct expr_slot *slot = &p->table[at];

		if (slot->tag == (uint32_t)(h >> 32) && memcmp(&p->parts.at[slot->at - 1], &parts, sizeof(parts)) == 0)
			return p->list.at[slot->at - 1];
	}
	e = NEW(p->keep, struct expr);
	*e = *want;
	e->id = (unsigned)p->list.len;
	vec_push(p->keep, &p->list, e);
	vec_push(p->keep, &p->parts, parts);
	p->table[at] = (struct expr_slot){ (uint32_t)(h >> 32), (uint32_t)p->list.len };
	return e;
}

const struct expr *
expr_symbol(struct expr_pool *p, const struct symbol *s)
{
	p->of_symbol = room(p->of_symbol, &p->of_symbol_cap, s->id, sizeof(*p->of_symbol));
	if (!p->of_symbol[s->id])
		p->of_symbol[s->id] = make(p, &(struct expr){ .kind = EXPR_SYMBOL, .left = s }, s->id, 0);
	return p->of_symbol[s->id];
}

const struct expr *
expr_compare(struct expr_pool *p, enum expr_kind kind, const struct symbol *l, const struct symbol *r)
{
	return make(p, &(struct expr){ .kind = kind, .left = l, .right = r }, l->id, r->id);
}

static unsigned
depth(const struct expr_pool *p, const struct expr *e)
{
	return e && e->id < p->depth_cap ? p->depth[e->id] : 0;
}

static const struct expr *
make_node(struct expr_pool *p, enum expr_kind kind, const struct expr *a, const struct expr *b)
{
	unsigned da = depth(p, a), db = depth(p, b), d = (da > db ? da : db) + 1;
	const struct expr *e;

	if (d > EXPR_DEPTH_MAX) {
		p->cut++;
		return a;
	}
	e = make(p, &(struct expr){ .kind = kind, .a = a, .b = b }, a->id, b ? b->id : 0);
	p->depth = room(p->depth, &p->depth_cap, e->id, sizeof(*p->depth));
	p->depth[e->id] = (uint16_t)d;
	return e;
}

const struct expr *
expr_not(struct expr_pool *p, const struct expr *a)
{
	return make_node(p, EXPR_NOT, a, NULL);
}

const struct expr *
expr_two(struct expr_pool *p, enum expr_kind kind, const struct expr *a, const struct expr *b)
{
	return make_node(p, kind, a, b);
}

const struct expr *
expr_and(struct expr_pool *p, const struct expr *a, const struct expr *b)
{
	return !a ? b : !b ? a : expr_two(p, EXPR_AND, a, b);
}

const struct expr *
expr_or(struct expr_pool *p, const struct expr *a, const struct expr *b)
{
	return !a ? b : !b ? a : expr_two(p, EXPR_OR, a, b);
}

void
expr_pool_init(struct expr_pool *p, struct arena *keep, const struct symbol *y, const struct symbol *m,
               const struct symbol *n)
{
	*p = (struct expr_pool){ .keep = keep, .y = y, .m = m, .n = n };
	p->yes = expr_symbol(p, y);
	p->mod = expr_symbol(p, m);
	p->no = expr_symbol(p, n);
}

void
expr_pool_forget(struct expr_pool *p)
{
	if (p->memo)
		memset(p->memo, 0, p->memo_cap * sizeof(*p->memo));
}

void
expr_pool_done(struct expr_pool *p)
{
	free(p->memo);
	free(p->depth);
	free(p->of_symbol);
	p->memo = NULL;
	p->depth = NULL;
	p->of_symbol = NULL;
	p->memo_cap = p->depth_cap = p->of_symbol_cap = 0;
}

/* ---- questions ---- */

static bool
is_compare(const struct expr *e)
{
	return e->kind >= EXPR_EQ;
}

void
expr_symbols(const struct expr *e, struct arena *keep, struct symbol_list *out)
{
	if (e->kind == EXPR_SYMBOL || is_compare(e)) {
		vec_push(keep, out, e->left);
		if (e->right)
			vec_push(keep, out, e->right);
		return;
	}
	expr_symbols(e->a, keep, out);
	if (e->b)
		expr_symbols(e->b, keep, out);
}

bool
expr_mentions(const struct expr *e, const struct symbol *s)
{
	for (; e; e = e->a) {
		if (e->kind == EXPR_SYMBOL || is_compare(e))
			return e->left == s || e->right == s;
		if (e->b && expr_mentions(e->b, s))
			return true;
	}
	return false;
}

static bool
is_word(const struct symbol *s, char c)
{
	return s->constant && s->name.len == 1 && s->name.at[0] == c;
}

bool
expr_needs(const struct expr *e, const struct symbol *s)
{
	for (; e && e->kind == EXPR_AND; e = e->a)
		if (expr_needs(e->b, s))
			return true;
	if (!e || e->left != s)
		return false;
	return e->kind == EXPR_SYMBOL || (e->kind == EXPR_EQ && (is_word(e->right, 'y') || is_word(e->right, 'm'))) ||
	       (e->kind == EXPR_NE && is_word(e->right, 'n'));
}

/* ---- rewriting ---- */

const struct expr *
expr_with_modules(struct expr_pool *p, const struct expr *e)
{
	const struct expr *r = e;

	if (!e)
		return NULL;
	if (e == p->mod)
		return expr_and(p, e, expr_symbol(p, p->modules));
	if (!e->a)
		return e;
	if (memo(p, e)->with_modules)
		return memo(p, e)->with_modules;
	if (e->kind == EXPR_NOT)
		r = expr_not(p, expr_with_modules(p, e->a));
	else
		r = expr_two(p, e->kind, expr_with_modules(p, e->a), expr_with_modules(p, e->b));
	return memo(p, e)->with_modules = r;
}

/* A bool needs no comparison with y and n, and is never m. */
static const struct expr *
transform_compare(struct expr_pool *p, const struct expr *e)
{
	bool equal = e->kind == EXPR_EQ;

	if ((!equal && e->kind != EXPR_NE) || e->left->type != SYM_BOOL)
		return e;
	if (e->right == p->m) {
		if (p->told_m)
			p->told_m(p->ctx, e->left, equal ? "n" : "y");
		return equal ? p->no : p->yes;
	}
	if (e->right == p->y)
		return equal ? expr_symbol(p, e->left) : expr_not(p, expr_symbol(p, e->left));
	if (e->right == p->n)
		return equal ? expr_not(p, expr_symbol(p, e->left)) : expr_symbol(p, e->left);
	return e;
}

static const struct expr *
transform_not(struct expr_pool *p, const struct expr *e)
{
	static const enum expr_kind opposite[] = {
		[EXPR_EQ] = EXPR_NE, [EXPR_NE] = EXPR_EQ, [EXPR_LT] = EXPR_GE, [EXPR_GE] = EXPR_LT,
		[EXPR_LE] = EXPR_GT, [EXPR_GT] = EXPR_LE,
	};
	const struct expr *a = e->a;

	switch (a->kind) {
	case EXPR_NOT:
		return a->a;
	case EXPR_AND:
	case EXPR_OR:
		return expr_transform(p, expr_two(p, a->kind == EXPR_AND ? EXPR_OR : EXPR_AND,
		                                  expr_not(p, a->a), expr_not(p, a->b)));
	case EXPR_SYMBOL:
		return a == p->yes ? p->no : a == p->mod ? p->mod : a == p->no ? p->yes : e;
	default:
		return expr_compare(p, opposite[a->kind], a->left, a->right);
	}
}

const struct expr *
expr_transform(struct expr_pool *p, const struct expr *e)
{
	const struct expr *r = e;

	if (!e || e->kind == EXPR_SYMBOL)
		return e;
	if (memo(p, e)->transformed)
		return memo(p, e)->transformed;
	if (is_compare(e)) {
		r = transform_compare(p, e);
	} else if (e->kind == EXPR_NOT) {
		r = expr_not(p, expr_transform(p, e->a));
		if (r->kind == EXPR_NOT)
			r = transform_not(p, r);
	} else {
		r = expr_two(p, e->kind, expr_transform(p, e->a), expr_transform(p, e->b));
	}
	return memo(p, e)->transformed = r;
}

/* y and n as operands vanish. From 6.12 on operands further down are looked at, but only the top is rebuilt. */
static const struct expr *
remove_yn(struct expr_pool *p, const struct expr *e)
{
	const struct expr *zero, *one, *l, *r;

	if (e->kind != EXPR_AND && e->kind != EXPR_OR)
		return e;
	zero = e->kind == EXPR_AND ? p->no : p->yes;  /* decides the value */
	one = e->kind == EXPR_AND ? p->yes : p->no;   /* has no influence */
	l = remove_yn(p, e->a);
	if (l == zero)
		return l;
	r = remove_yn(p, e->b);
	if (l == one)
		return r;
	return r == zero ? r : r == one ? l : p->old ? expr_two(p, e->kind, l, r) : e;
}

static bool equal(struct expr_pool *, const struct expr *, const struct expr *);

static void
remove_common(struct expr_pool *p, enum expr_kind kind, const struct expr **e1, const struct expr **e2)
{
	const struct expr *l, *r;

	if ((*e1)->kind == kind) {
		l = (*e1)->a;
		r = (*e1)->b;
		remove_common(p, kind, &l, e2);
		remove_common(p, kind, &r, e2);
		if (l != (*e1)->a || r != (*e1)->b)
			*e1 = expr_two(p, kind, l, r);
	} else if ((*e2)->kind == kind) {
		l = (*e2)->a;
		r = (*e2)->b;
		remove_common(p, kind, e1, &l);
		remove_common(p, kind, e1, &r);
		if (l != (*e2)->a || r != (*e2)->b)
			*e2 = expr_two(p, kind, l, r);
	} else if (!(*e1 == *e2 && (*e1 == p->yes || *e1 == p->no)) && equal(p, *e1, *e2)) {
		*e1 = *e2 = kind == EXPR_OR ? p->no : p->yes;
	}
}

void
expr_remove_common(struct expr_pool *p, const struct expr **e1, const struct expr **e2)
{
	enum expr_kind kind = (*e1)->kind;

	if (kind == EXPR_AND || kind == EXPR_OR)
		remove_common(p, kind, e1, e2);
	assert(*e1 && *e2);
	kind = (*e2)->kind;
	if ((*e1)->kind != kind && (kind == EXPR_AND || kind == EXPR_OR))
		remove_common(p, kind, e1, e2);
	*e1 = remove_yn(p, *e1);
	*e2 = remove_yn(p, *e2);
}

/* The same operands, in any order, at every level. */
static bool
equal(struct expr_pool *p, const struct expr *e1, const struct expr *e2)
{
	if (e1 == e2)
		return true;
	if (e1->kind != e2->kind)
		return false;
	if (e1->kind == EXPR_NOT)
		return equal(p, e1->a, e2->a);
	if (e1->kind != EXPR_AND && e1->kind != EXPR_OR)
		return false;
	expr_remove_common(p, &e1, &e2);
	return e1 == e2 && e1->kind == EXPR_SYMBOL;
}

/* The symbol an operand is about, if it is simple enough to be joined with another about the same one. */
static const struct symbol *
about(const struct expr *e, bool first)
{
	if (e->kind == EXPR_NOT) {
		e = e->a;
		if (e->kind != EXPR_SYMBOL && !(first && (e->kind == EXPR_EQ || e->kind == EXPR_NE)))
			return NULL;
	}
	return e->kind == EXPR_SYMBOL || e->kind == EXPR_EQ || e->kind == EXPR_NE ? e->left : NULL;
}

/* Both operands compare by `kind`, the one with a, the other with b. */
static bool
pair(const struct expr *e1, const struct expr *e2, enum expr_kind kind, const struct symbol *a,
     const struct symbol *b)
{
	return e1->kind == kind && e2->kind == kind &&
	       ((e1->right == a && e2->right == b) || (e1->right == b && e2->right == a));
}

static bool
is_not_symbol(const struct expr *e)
{
	return e->kind == EXPR_NOT && e->a->kind == EXPR_SYMBOL;
}

static const struct expr *
join_or(struct expr_pool *p, const struct expr *e1, const struct expr *e2)
{
	const struct symbol *s;

	if (equal(p, e1, e2))
		return e1;
	s = about(e1, true);
	if (!s || about(e2, false) != s)
		return NULL;
	if (s->type == SYM_TRISTATE) {
		if (pair(e1, e2, EXPR_EQ, p->y, p->m))
			return expr_compare(p, EXPR_NE, s, p->n);
		if (pair(e1, e2, EXPR_EQ, p->y, p->n))
			return expr_compare(p, EXPR_NE, s, p->m);
		if (pair(e1, e2, EXPR_EQ, p->m, p->n))
			return expr_compare(p, EXPR_NE, s, p->y);
	}
	if (s->type == SYM_BOOL && ((is_not_symbol(e1) && e2->kind == EXPR_SYMBOL) ||
	                            (is_not_symbol(e2) && e1->kind == EXPR_SYMBOL)))
		return p->yes;
	return NULL;
}

/* The symbol alone and its comparison with `right`. */
static bool
alone_and(const struct expr *e1, const struct expr *e2, enum expr_kind kind, const struct symbol *right)
{
	return (e1->kind == EXPR_SYMBOL && e2->kind == kind && e2->right == right) ||
	       (e2->kind == EXPR_SYMBOL && e1->kind == kind && e1->right == right);
}

static const struct expr *
join_and_tristate(struct expr_pool *p, const struct symbol *s, const struct expr *e1, const struct expr *e2)
{
	const struct expr *eq = e1->kind == EXPR_EQ ? e1 : e2, *ne = e1->kind == EXPR_EQ ? e2 : e1;

	if (eq->kind == EXPR_EQ && ne->kind == EXPR_NE && eq->right->constant && ne->right->constant)
		return eq->right != ne->right ? expr_compare(p, EXPR_EQ, s, eq->right) : p->no;
	if (pair(e1, e2, EXPR_NE, p->y, p->n))
		return expr_compare(p, EXPR_EQ, s, p->m);
	if (pair(e1, e2, EXPR_NE, p->y, p->m))
		return expr_compare(p, EXPR_EQ, s, p->n);
	if (pair(e1, e2, EXPR_NE, p->m, p->n))
		return expr_compare(p, EXPR_EQ, s, p->y);
	return NULL;
}

static const struct expr *
join_and(struct expr_pool *p, const struct expr *e1, const struct expr *e2)
{
	const struct symbol *s;

	if (equal(p, e1, e2))
		return e1;
	s = about(e1, true);
	if (!s || about(e2, false) != s || (s->type != SYM_BOOL && s->type != SYM_TRISTATE))
		return NULL;
	if (alone_and(e1, e2, EXPR_EQ, p->y) || alone_and(e1, e2, EXPR_NE, p->m))
		return expr_compare(p, EXPR_EQ, s, p->y);
	if (alone_and(e1, e2, EXPR_NE, p->n))
		return expr_symbol(p, s);
	return s->type == SYM_TRISTATE ? join_and_tristate(p, s, e1, e2) : NULL;
}

/* Joins what can be joined between the operands of the one and of the other. Did anything change? */
static bool
join_operands(struct expr_pool *p, enum expr_kind kind, const struct expr **e1, const struct expr **e2)
{
	const struct expr *l, *r;
	bool changed;

	if ((*e1)->kind == kind) {
		l = (*e1)->a;
		r = (*e1)->b;
		changed = join_operands(p, kind, &l, e2);
		changed |= join_operands(p, kind, &r, e2);
		if (l != (*e1)->a || r != (*e1)->b)
			*e1 = expr_two(p, kind, l, r);
		return changed;
	}
	if ((*e2)->kind == kind) {
		l = (*e2)->a;
		r = (*e2)->b;
		changed = join_operands(p, kind, e1, &l);
		changed |= join_operands(p, kind, e1, &r);
		if (l != (*e2)->a || r != (*e2)->b)
			*e2 = expr_two(p, kind, l, r);
		return changed;
	}
	r = kind == EXPR_OR ? join_or(p, *e1, *e2) : join_and(p, *e1, *e2);
	if (!r)
		return false;
	*e1 = kind == EXPR_OR ? p->no : p->yes;
	*e2 = r;
	return true;
}

/* ---- the same before 6.12 ---- */

struct leaves {
	const struct expr **at;
	size_t len;
};

static size_t
count_leaves(const struct expr *e, enum expr_kind kind)
{
	return e->kind == kind ? count_leaves(e->a, kind) + count_leaves(e->b, kind) : 1;
}

static void
get_leaves(const struct expr *e, enum expr_kind kind, struct leaves *l)
{
	if (e->kind == kind) {
		get_leaves(e->a, kind, l);
		get_leaves(e->b, kind, l);
	} else {
		l->at[l->len++] = e;
	}
}

static const struct expr *
put_leaves(struct expr_pool *p, const struct expr *e, enum expr_kind kind, struct leaves *l)
{
	const struct expr *a;

	if (e->kind != kind)
		return l->at[l->len++];
	a = put_leaves(p, e->a, kind, l);
	return expr_two(p, kind, a, put_leaves(p, e->b, kind, l));
}

/* Every operand with every other one, in both orders. */
static const struct expr *
join_all(struct expr_pool *p, const struct expr *e, bool *changed)
{
	size_t n = count_leaves(e, e->kind);
	struct leaves l = { xmalloc(n * sizeof(*l.at)), 0 };
	const struct expr *r;

	get_leaves(e, e->kind, &l);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			if (i == j)
				continue;
			if (l.at[i]->kind == EXPR_AND || l.at[i]->kind == EXPR_OR)
				l.at[i] = join_all(p, l.at[i], changed);
			r = e->kind == EXPR_OR ? join_or(p, l.at[i], l.at[j]) : join_and(p, l.at[i], l.at[j]);
			if (!r)
				continue;
			l.at[i] = e->kind == EXPR_OR ? p->no : p->yes;
			l.at[j] = r;
			*changed = true;
		}
	l.len = 0;
	r = put_leaves(p, e, e->kind, &l);
	free(l.at);
	return r;
}

static const struct expr *
old_dedup(struct expr_pool *p, const struct expr *e)
{
	const struct expr *from = e;

	for (bool changed = true; changed && (e->kind == EXPR_AND || e->kind == EXPR_OR);) {
		changed = false;
		e = join_all(p, e, &changed);
		if (changed)
			e = remove_yn(p, e);
	}
	return memo(p, from)->deduped = e;
}

const struct expr *
expr_dedup(struct expr_pool *p, const struct expr *e)
{
	const struct expr *from = e, *l, *r;
	bool changed = true;

	if (!e || (e->kind != EXPR_AND && e->kind != EXPR_OR))
		return e;
	if (memo(p, e)->deduped)
		return memo(p, e)->deduped;
	if (p->old)
		return old_dedup(p, e);
	while (changed) {
		changed = false;
		if (e->kind == EXPR_AND || e->kind == EXPR_OR) {
			l = expr_dedup(p, e->a);
			r = expr_dedup(p, e->b);
			changed = join_operands(p, e->kind, &l, &r);
			e = expr_two(p, e->kind, l, r);
		}
		e = remove_yn(p, e);
	}
	return memo(p, from)->deduped = e;
}

/* conf's expr_trans_compare(e, equal ? E_EQUAL : E_UNEQUAL, n). */
static const struct expr *
compare_n(struct expr_pool *p, const struct expr *e, bool equal_n)
{
	const struct expr *r;

	if (!e)
		return equal_n ? p->no : expr_not(p, p->no);
	if (e->kind == EXPR_NOT)
		return compare_n(p, e->a, !equal_n);
	if (e->kind == EXPR_SYMBOL)
		return expr_compare(p, equal_n ? EXPR_EQ : EXPR_NE, e->left, p->n);
	if (is_compare(e))
		return equal_n ? expr_not(p, e) : e;
	if (!equal_n && memo(p, e)->differs_from_n)
		return memo(p, e)->differs_from_n;
	r = expr_two(p, e->kind == EXPR_AND ? EXPR_OR : EXPR_AND, compare_n(p, e->a, true), compare_n(p, e->b, true));
	if (equal_n)
		return r;
	r = expr_not(p, r);
	return memo(p, e)->differs_from_n = r;
}

const struct expr *
expr_differs_from_n(struct expr_pool *p, const struct expr *e)
{
	return compare_n(p, e, false);
}

const struct expr *
expr_equals_n(struct expr_pool *p, const struct expr *e)
{
	return compare_n(p, e, true);
}

static const struct symbol *
replaced(const struct symbol *s, const struct symbol *const *from, const struct symbol *const *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (from[i] == s)
			return to[i];
	return s;
}

const struct expr *
expr_replace(struct expr_pool *p, const struct expr *e, const struct symbol *const *from,
             const struct symbol *const *to, size_t n)
{
	if (!e || !n)
		return e;
	if (e->kind == EXPR_SYMBOL)
		return expr_symbol(p, replaced(e->left, from, to, n));
	if (is_compare(e))
		return expr_compare(p, e->kind, replaced(e->left, from, to, n), replaced(e->right, from, to, n));
	if (e->kind == EXPR_NOT)
		return expr_not(p, expr_replace(p, e->a, from, to, n));
	return expr_two(p, e->kind, expr_replace(p, e->a, from, to, n), expr_replace(p, e->b, from, to, n));
}

/* ---- text ---- */

struct printer {
	struct text *out;
	expr_name_fn name;
	void *ctx;
	bool exact;        /* parens where conf leaves the grouping open */
};

static void
print(const struct printer *o, const struct expr *e)
{
	static const char *const sign[] = {
		[EXPR_AND] = " && ", [EXPR_OR] = " || ", [EXPR_EQ] = "=", [EXPR_NE] = "!=",
		[EXPR_LT] = "<", [EXPR_LE] = "<=", [EXPR_GT] = ">", [EXPR_GE] = ">=",
	};

	if (e->kind == EXPR_NOT) {
		bool parens = e->a->kind == EXPR_AND || e->a->kind == EXPR_OR;

		text_add_c(o->out, parens ? "!(" : "!");
		print(o, e->a);
		text_add_c(o->out, parens ? ")" : "");
	} else if (e->kind == EXPR_AND || e->kind == EXPR_OR) {
		for (int i = 0; i < 2; i++) {
			const struct expr *x = i ? e->b : e->a;
			bool parens = (e->kind == EXPR_AND && x->kind == EXPR_OR) || (o->exact && i && x->kind == e->kind);

			text_add_c(o->out, parens ? "(" : "");
			print(o, x);
			text_add_c(o->out, parens ? ")" : "");
			text_add_c(o->out, i ? "" : sign[e->kind]);
		}
	} else {
		o->name(o->ctx, e->left, o->out);
		if (e->kind != EXPR_SYMBOL) {
			text_add_c(o->out, sign[e->kind]);
			o->name(o->ctx, e->right, o->out);
		}
	}
}

static void
plain_name(void *ctx, const struct symbol *s, struct text *out)
{
	(void)ctx;
	text_add(out, s->is_choice && !s->name.len ? STR("<choice>") : s->name);
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void
quoted_name(void *ctx, const struct symbol *s, struct text *out)
{
	bool word = s->name.len > 0;

	for (size_t i = 0; word && i < s->name.len; i++)
		word = is_word_byte(s->name.at[i]);
	if ((!s->constant && word) || is_word(s, 'y') || is_word(s, 'm') || is_word(s, 'n') || s->is_choice) {
		plain_name(ctx, s, out);
		return;
	}
	text_add_char(out, '"');
	for (size_t i = 0; i < s->name.len; i++) {
		if (s->name.at[i] == '"' || s->name.at[i] == '\\')
			text_add_char(out, '\\');
		text_add_char(out, s->name.at[i]);
	}
	text_add_char(out, '"');
}

void
expr_print(const struct expr *e, struct text *out)
{
	print(&(struct printer){ out, quoted_name, NULL, true }, e);
}

void
expr_print_conf(const struct expr *e, struct text *out, expr_name_fn name, void *ctx)
{
	print(&(struct printer){ out, name ? name : plain_name, ctx, false }, e);
}
