// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a fat kernel's config tells about the compiler that built it.
 *
 * "config CC_HAS_X, def_bool $(cc-option,-x)" and CONFIG_CC_HAS_X=y: the answer was y. In general an answer is known
 * when only one of y and n makes the symbols that ask it come out as they stand in the config, everything else
 * being as it says. Symbols that come out the same either way tell nothing.
 */
#include "kconfig/build.h"

#include <stdlib.h>

enum { TOGETHER_MAX = 4 }; /* open questions of one symbol that are tried together */

struct symbol_build *
open_question(struct builder *b)
{
	const struct toolchain_answer *a;
	struct open_question q = { NULL, b->tools.last, -1 };

	if (!b->tools.fat.len || b->lex.asked != 1)
		return NULL;
	a = &b->tools.answers.at[b->tools.last];
	if (!str_eq(b->lex.text, a->answer) || !(str_is(a->answer, "y") || str_is(a->answer, "n")) ||
	    str_is(a->source, "computed") || str_is(a->source, "config"))
		return NULL;
	for (size_t i = 0; i < b->questions.len; i++)
		if (b->questions.at[i].answer == q.answer)
			return b->questions.at[i].word;
	q.word = symbol_new(b, STR("?"));
	q.word->s.constant = true;
	vec_push(b->keep, &b->questions, q);
	return q.word;
}

/* ---- values as the config has them ---- */

static struct open_question *
question_of(const struct builder *b, const struct symbol *s)
{
	for (size_t i = 0; i < b->questions.len; i++)
		if (&b->questions.at[i].word->s == s)
			return &b->questions.at[i];
	return NULL;
}

static struct str
text_of(const struct builder *b, const struct symbol *s)
{
	const struct open_question *q = s->constant ? question_of(b, s) : NULL;
	const struct str *v;

	if (q)
		return q->value == 1 ? STR("y") : STR("n");
	if (s->constant || s->type == SYM_UNKNOWN)
		return s->name;
	v = map_get(&b->tools.fat, s->name);
	return v ? *v : s->type == SYM_BOOL || s->type == SYM_TRISTATE ? STR("n") : STR("");
}

static enum tri
tri_of(struct str s)
{
	return str_is(s, "y") ? TRI_Y : str_is(s, "m") ? TRI_M : TRI_N;
}

static int
compare_texts(struct str a, struct str b)
{
	uint64_t x, y;

	if (str_number(a, 0, &x) && str_number(b, 0, &y))
		return (x > y) - (x < y);
	return str_cmp(a, b);
}

static enum tri
value(const struct builder *b, const struct expr *e)
{
	enum tri l, r;
	int c;

	if (!e)
		return TRI_Y;
	switch (e->kind) {
	case EXPR_SYMBOL:
		return tri_of(text_of(b, e->left));
	case EXPR_NOT:
		return (enum tri)(TRI_Y - value(b, e->a));
	case EXPR_AND:
	case EXPR_OR:
		l = value(b, e->a);
		r = value(b, e->b);
		return (l < r) == (e->kind == EXPR_AND) ? l : r;
	default:
		break;
	}
	c = compare_texts(text_of(b, e->left), text_of(b, e->right));
	return (e->kind == EXPR_EQ ? c == 0 : e->kind == EXPR_NE ? c != 0 : e->kind == EXPR_LT ? c < 0 :
	        e->kind == EXPR_LE ? c <= 0 : e->kind == EXPR_GT ? c > 0 : c >= 0) ? TRI_Y : TRI_N;
}

static enum tri
met(const struct builder *b, const struct prop_build *p)
{
	enum tri v = value(b, p->cond), dep;

	for (const struct menu_build *m = p->menu; m; m = m->parent) {
		dep = value(b, m->dep);
		v = v < dep ? v : dep;
	}
	return v;
}

/* ---- do the values agree with a guess? ---- */

static bool
has_prompt(const struct symbol_build *s)
{
	for (const struct prop_build *p = s->props; p; p = p->next)
		if (prop_has_text(p))
			return true;
	return false;
}

static struct str
predicted(const struct builder *b, const struct symbol_build *s)
{
	bool logic = s->s.type == SYM_BOOL || s->s.type == SYM_TRISTATE;

	for (const struct prop_build *p = s->props; p; p = p->next) {
		enum tri c = p->kind == PROP_DEFAULT ? met(b, p) : TRI_N, v;

		if (c == TRI_N)
			continue;
		if (!logic)
			return p->value->kind == EXPR_SYMBOL ? text_of(b, p->value->left) : STR("");
		v = value(b, p->value);
		v = v < c ? v : c;
		return v == TRI_N ? STR("n") : v == TRI_M && s->s.type == SYM_TRISTATE ? STR("m") : STR("y");
	}
	return logic ? STR("n") : STR("");
}

/* A symbol with a prompt can have any value, but a value above n only where it is visible. */
static bool
agrees(const struct builder *b, const struct symbol_build *s)
{
	struct str real = text_of(b, &s->s);

	if (!has_prompt(s))
		return str_eq(predicted(b, s), real);
	if (!map_get(&b->tools.fat, s->s.name))
		return true;
	for (const struct prop_build *p = s->props; p; p = p->next)
		if (prop_has_text(p) && met(b, p) != TRI_N)
			return true;
	return false;
}

static void
add_question(const struct builder *b, const struct symbol *s, struct open_question **q, size_t *n)
{
	struct open_question *asked = s && s->constant ? question_of(b, s) : NULL;

	if (!asked || asked->value >= 0)
		return;
	for (size_t i = 0; i < *n && i < TOGETHER_MAX; i++)
		if (q[i] == asked)
			return;
	if (*n < TOGETHER_MAX)
		q[*n] = asked;
	++*n;
}

static void
find_questions(const struct builder *b, const struct expr *e, struct open_question **q, size_t *n)
{
	for (; e; e = e->a) {
		add_question(b, e->left, q, n);
		add_question(b, e->right, q, n);
		find_questions(b, e->b, q, n);
	}
}

static size_t
questions_of(const struct builder *b, const struct symbol_build *s, struct open_question **q)
{
	size_t n = 0;

	for (const struct prop_build *p = s->props; p; p = p->next)
		if (p->toolchain) {
			find_questions(b, p->value, q, &n);
			find_questions(b, p->cond, q, &n);
		}
	for (size_t i = 0; i < s->menus.len; i++)
		if (s->menus.at[i]->toolchain)
			find_questions(b, s->menus.at[i]->dep, q, &n);
	return n;
}

/* Tries all answers to the symbol's open questions. Those that are the same wherever it agrees are known. */
static bool
infer_from(struct builder *b, const struct symbol_build *s)
{
	struct open_question *q[TOGETHER_MAX];
	size_t n = questions_of(b, s, q);
	unsigned ones = 0, zeros = 0;
	bool learned = false;

	if (!n || n > TOGETHER_MAX)
		return false;
	for (unsigned guess = 0; guess < 1u << n; guess++) {
		for (size_t i = 0; i < n; i++)
			q[i]->value = guess >> i & 1;
		if (agrees(b, s)) {
			ones |= guess;
			zeros |= ~guess;
		}
	}
	for (size_t i = 0; i < n; i++) {
		bool one = ones >> i & 1, zero = zeros >> i & 1;

		q[i]->value = one == zero ? -1 : one;
		learned |= one != zero;
	}
	return learned;
}

static bool
asks(const struct symbol_build *s)
{
	for (const struct prop_build *p = s->props; p; p = p->next)
		if (p->toolchain)
			return true;
	for (size_t i = 0; i < s->menus.len; i++)
		if (s->menus.at[i]->toolchain)
			return true;
	return false;
}

/* ---- putting the answers where the questions stand ---- */

static void
replace(struct builder *b, const struct symbol *const *from, const struct symbol *const *to)
{
	size_t n = b->questions.len;

	for (size_t i = 0; i < b->syms.len; i++)
		for (struct prop_build *p = b->syms.at[i]->props; p; p = p->next)
			if (p->toolchain) {
				p->value = expr_replace(&b->pool, p->value, from, to, n);
				p->cond = expr_replace(&b->pool, p->cond, from, to, n);
			}
	for (struct menu_build *m = &b->root; m; m = menu_walk(m, NULL))
		if (m->toolchain)
			m->dep = expr_replace(&b->pool, m->dep, from, to, n);
}

void
infer_answers(struct builder *b)
{
	VEC(const struct symbol *) from = { 0 }, to = { 0 };
	VEC(struct symbol_build *) asking = { 0 };
	bool learned = b->questions.len > 0;

	for (size_t i = 0; i < b->syms.len && learned; i++)
		if (asks(b->syms.at[i]))
			vec_push(b->keep, &asking, b->syms.at[i]);
	while (learned) {
		learned = false;
		for (size_t i = 0; i < asking.len; i++)
			learned |= infer_from(b, asking.at[i]);
	}
	for (size_t i = 0; i < b->questions.len; i++) {
		struct open_question *q = &b->questions.at[i];
		struct toolchain_answer *a = &b->tools.answers.at[q->answer];

		if (q->value >= 0) {
			a->answer = q->value ? STR("y") : STR("n");
			a->source = STR("config");
		}
		vec_push(b->keep, &from, &q->word->s);
		vec_push(b->keep, &to, str_is(a->answer, "y") ? &b->y->s : &b->n->s);
	}
	if (from.len)
		replace(b, from.at, to.at);
}
