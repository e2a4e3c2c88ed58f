// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The evaluator. What a value is: scripts/kconfig/symbol.c (sym_calc_visibility, sym_calc_value, sym_calc_choice)
 * and expr.c (expr_calc_value). conf forgets everything after each answer; here only what an answer reaches is
 * worked out again, and only as far as values change.
 */
#include "kconfig/values.h"

#include <assert.h>
#include <string.h>

#include "kconfig/lazy.h"
#include "kconfig/number.h"

static const struct str tri_names[] = { { "n", 1 }, { "m", 1 }, { "y", 1 } };

static bool
is_logic(enum symbol_type t)
{
	return t == SYM_BOOL || t == SYM_TRISTATE;
}

static bool
has_user(const struct value *v)
{
	return v->flags & VALUE_USER;
}

/* A choice of before 6.11 without visible member is n, whatever it would be else. */
static enum tri
tri_of_symbol(const struct config *c, const struct symbol *s)
{
	bool empty = s->is_choice && c->model->dialect.old_choice && c->pick[c->plan->choice[s->id]].chosen == PLAN_NONE;

	return empty && value_of(c, s)->tri == TRI_Y ? TRI_N : value_of(c, s)->tri;
}

/* ---- expressions ---- */

static struct str
symbol_text(const struct config *c, const struct symbol *s)
{
	if (is_logic(s->type))
		return tri_names[tri_of_symbol(c, s)];
	return s->type == SYM_UNKNOWN ? s->name : c->words[c->plan->text[s->id]].value;
}

static int
compare_text(const struct config *c, const struct symbol *l, const struct symbol *r)
{
	struct str left = symbol_text(c, l), right = symbol_text(c, r);
	struct number a = { NUMBER_NONE, 0 }, b = a;

	if (l->type != SYM_STRING || r->type != SYM_STRING) {
		a = number_of(left, l->type);
		b = number_of(right, r->type);
	}
	if (!a.kind || !b.kind)
		return str_cmp(left, right);
	if (a.kind == NUMBER_UNSIGNED || b.kind == NUMBER_UNSIGNED)
		return (a.bits > b.bits) - (a.bits < b.bits);
	return ((long long)a.bits > (long long)b.bits) - ((long long)a.bits < (long long)b.bits);
}

static enum tri
compare(const struct config *c, const struct expr *e)
{
	int r;

	if (is_logic(e->left->type) && is_logic(e->right->type))
		r = value_of(c, e->left)->tri - value_of(c, e->right)->tri;
	else
		r = compare_text(c, e->left, e->right);
	switch (e->kind) {
	case EXPR_EQ:
		return r == 0 ? TRI_Y : TRI_N;
	case EXPR_NE:
		return r != 0 ? TRI_Y : TRI_N;
	case EXPR_LT:
		return r < 0 ? TRI_Y : TRI_N;
	case EXPR_LE:
		return r <= 0 ? TRI_Y : TRI_N;
	case EXPR_GT:
		return r > 0 ? TRI_Y : TRI_N;
	default:
		return r >= 0 ? TRI_Y : TRI_N;
	}
}

/* From the parts' values, which are known. */
static enum tri
expr_step(const struct config *c, uint32_t id)
{
	struct expr_parts e = c->plan->parts[id];

	switch (e.kind) {
	case EXPR_SYMBOL:
		return c->value[e.l].tri;
	case EXPR_NOT:
		return TRI_Y - c->expr[e.l];
	case EXPR_AND:
		return tri_min(c->expr[e.l], c->expr[e.r]);
	case EXPR_OR:
		return tri_max(c->expr[e.l], c->expr[e.r]);
	default:
		return compare(c, c->plan->exprs[id]);
	}
}

static bool
is_planned(const struct config *c, const struct expr *e)
{
	return e->id < c->plan->symbols && c->plan->place[e->id] != PLAN_NONE;
}

/* Any expression of the model; one that was parsed later than the plan was made is worked out as it stands. */
static enum tri
expr_value(const struct config *c, const struct expr *e)
{
	if (!e)
		return TRI_Y;
	if (is_planned(c, e))
		return c->expr[e->id];
	switch (e->kind) {
	case EXPR_SYMBOL:
		return value_of(c, e->left)->tri;
	case EXPR_NOT:
		return TRI_Y - expr_value(c, e->a);
	case EXPR_AND:
		return tri_min(expr_value(c, e->a), expr_value(c, e->b));
	case EXPR_OR:
		return tri_max(expr_value(c, e->a), expr_value(c, e->b));
	default:
		return compare(c, e);
	}
}

/* ---- symbols ---- */

enum symbol_type
config_type(const struct config *c, const struct symbol *s)
{
	if (s->type != SYM_TRISTATE)
		return s->type;
	if (s->choice && c->model->dialect.old_choice && value_of(c, s)->visible == TRI_Y)
		return SYM_BOOL;
	return c->modules ? SYM_TRISTATE : SYM_BOOL;
}

static enum tri
no_m(enum tri t, bool is_bool)
{
	return is_bool && t == TRI_M ? TRI_Y : t;
}

/* Members of an old tristate choice that may only be m are hidden while the choice is y. */
static enum tri
prompt_value(const struct config *c, const struct symbol *s, const struct prop *p)
{
	enum tri t = expr_value(c, p->cond);

	if (t == TRI_M && s->choice && c->model->dialect.old_choice && s->type == SYM_TRISTATE &&
	    value_of(c, s->choice)->tri == TRI_Y)
		return TRI_N;
	return t;
}

static enum tri
visibility(const struct config *c, const struct symbol *s)
{
	enum tri t = s->transitional ? TRI_Y : TRI_N;

	for (size_t i = 0; i < s->props_len && t != TRI_Y; i++)
		if (prop_is_prompt(&s->props[i]))
			t = tri_max(t, prompt_value(c, s, &s->props[i]));
	return no_m(t, s->type != SYM_TRISTATE || !c->modules);
}

static void
look_around(const struct config *c, const struct symbol *s, struct value *v)
{
	bool is_bool;

	v->visible = visibility(c, s);
	if (s->choice || s->transitional)
		return; /* a member's own dependencies and selectors do not count */
	is_bool = config_type(c, s) == SYM_BOOL;
	v->dir = no_m(expr_value(c, s->dir_dep), is_bool);
	v->rev = no_m(expr_value(c, s->rev_dep), is_bool);
	v->implied = no_m(expr_value(c, s->implied), is_bool);
}

static const struct prop *
first_active(const struct config *c, const struct symbol *s, enum prop_kind kind)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].kind == kind && expr_value(c, s->props[i].cond) != TRI_N)
			return &s->props[i];
	return NULL;
}

/* Returns the default that counted; NULL: none. */
static const struct prop *
value_default(const struct config *c, const struct symbol *s, struct value *v)
{
	const struct prop *p = first_active(c, s, PROP_DEFAULT);

	if (p) {
		v->tri = tri_min(expr_value(c, p->value), expr_value(c, p->cond));
		if (v->tri != TRI_N)
			v->flags |= VALUE_WRITE;
	}
	if (v->implied != TRI_N) {
		v->flags |= VALUE_WRITE;
		v->tri = tri_min(tri_max(v->tri, v->implied), v->dir);
	}
	return p;
}

/* A bool or tristate that no choice decides. Returns the default that counted. */
static const struct prop *
value_logic(const struct config *c, const struct symbol *s, struct value *v)
{
	const struct prop *p = NULL;

	v->tri = TRI_N;
	if (v->visible != TRI_N && has_user(v)) {
		v->tri = tri_min(v->user, v->visible);
	} else {
		if (v->rev != TRI_N)
			v->flags |= VALUE_WRITE;
		if (!s->is_choice)
			p = value_default(c, s, v);
	}
	if (v->dir < v->rev)
		v->flags |= VALUE_UNMET;
	v->tri = no_m(tri_max(v->tri, v->rev), config_type(c, s) == SYM_BOOL);
	return p;
}

/* The text as a default, a range's bound: a bool's is "n" whatever its value (curr.val is not kept up to date). */
static struct str
stored_text(const struct config *c, const struct symbol *s)
{
	if (is_logic(s->type))
		return s->constant ? s->name : tri_names[TRI_N];
	return symbol_text(c, s);
}

static long long
bound(const struct config *c, const struct symbol *s, int base)
{
	base = s->type == SYM_INT ? 10 : s->type == SYM_HEX ? 16 : base;
	return number_prefix(stored_text(c, s), base);
}

static struct str
clamp(const struct config *c, const struct symbol *s, struct str text)
{
	const struct prop *p = first_active(c, s, PROP_RANGE);
	int base = s->type == SYM_HEX ? 16 : 10;
	long long n;

	if (!p)
		return text;
	n = number_prefix(text, base);
	if (n < bound(c, p->low, base))
		return stored_text(c, p->low);
	if (n > bound(c, p->high, base))
		return stored_text(c, p->high);
	return text;
}

static struct str
empty_text(const struct config *c, const struct symbol *s)
{
	if (s->type == SYM_STRING || c->model->dialect.old_empty_number)
		return STR("");
	return s->type == SYM_HEX ? STR("0x0") : STR("0");
}

/* Not clamped. *p is the default that counted. */
static struct str
value_text(const struct config *c, const struct symbol *s, struct value *v, const struct prop **p)
{
	v->tri = TRI_N;
	*p = NULL;
	if (v->visible != TRI_N && has_user(v))
		return c->words[c->plan->text[s->id]].user;
	*p = first_active(c, s, PROP_DEFAULT);
	if (!*p || (*p)->value->kind != EXPR_SYMBOL)
		return empty_text(c, s);
	v->flags |= VALUE_WRITE;
	return stored_text(c, (*p)->value->left);
}

/* A default that comes from a transitional symbol's user value is a user value (6.18, sym_calc_value). */
static bool
is_handed_on(const struct config *c, const struct prop *p)
{
	const struct symbol *from = p && p->value->kind == EXPR_SYMBOL ? p->value->left : NULL;

	return from && from->transitional && has_user(value_of(c, from));
}

/* True when the value is another one than before. */
static bool
symbol_step(struct config *c, const struct symbol *s)
{
	struct value *v = value_of(c, s);
	enum tri was = v->tri;
	const struct prop *p;
	struct words *kept;
	struct str text;
	bool changed;

	if (s->constant || s->type == SYM_UNKNOWN)
		return false;
	look_around(c, s, v);
	v->flags &= VALUE_USER;
	if (v->visible != TRI_N)
		v->flags |= VALUE_WRITE;
	if (is_logic(s->type)) {
		p = value_logic(c, s, v);
		if (s->is_choice || s->transitional)
			v->flags &= ~VALUE_WRITE;
		if (!has_user(v) && is_handed_on(c, p)) {
			v->user = v->tri;
			v->flags |= VALUE_USER;
		}
		return v->tri != was;
	}
	kept = &c->words[c->plan->text[s->id]];
	text = value_text(c, s, v, &p);
	if (!has_user(v) && is_handed_on(c, p)) {
		kept->user = text;
		v->flags |= VALUE_USER;
	}
	if (s->transitional || s->defconfig_list)
		v->flags &= ~VALUE_WRITE;
	text = s->type == SYM_STRING ? text : clamp(c, s, text);
	changed = !str_eq(text, kept->value);
	kept->value = text;
	return changed;
}

/* ---- choices ---- */

/* A member's, and that of a symbol which a choice has for a default though it is none. */
enum tri
config_visible_now(const struct config *c, const struct symbol *s)
{
	return s->choice ? visibility(c, s) : value_of(c, s)->visible;
}

static bool
is_in_sight(const struct config *c, const struct symbol *s)
{
	return config_visible_now(c, s) != TRI_N;
}

static const struct symbol *
choice_default(const struct config *c, const struct symbol *choice)
{
	for (size_t i = 0; i < choice->props_len; i++) {
		const struct prop *p = &choice->props[i];

		if (p->kind == PROP_DEFAULT && p->value->kind == EXPR_SYMBOL && expr_value(c, p->cond) != TRI_N &&
		    is_in_sight(c, p->value->left))
			return p->value->left;
	}
	for (size_t i = 0; i < choice->members_len; i++)
		if (is_in_sight(c, choice->members[i]))
			return choice->members[i];
	return NULL;
}

static const struct symbol *
pick_from_user(const struct config *c, const uint32_t *rank, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct symbol *s = c->model->symbols[rank[i]];

		if (has_user(value_of(c, s)) && value_of(c, s)->user == TRI_Y && is_in_sight(c, s))
			return s;
	}
	return NULL;
}

/* Everything visible was refused, or the default was: the first nobody spoke of, else what was refused first. */
static const struct symbol *
pick_leftover(const struct config *c, const struct symbol *choice, const uint32_t *rank)
{
	for (size_t i = 0; i < choice->members_len; i++)
		if (!has_user(value_of(c, choice->members[i])) && is_in_sight(c, choice->members[i]))
			return choice->members[i];
	for (size_t i = choice->members_len; i-- > 0;)
		if (is_in_sight(c, c->model->symbols[rank[i]]))
			return c->model->symbols[rank[i]];
	return NULL;
}

/* Since 6.11. */
static const struct symbol *
pick_new(const struct config *c, const struct symbol *choice)
{
	const uint32_t *rank = c->rank + c->plan->first_member[c->plan->choice[choice->id]];
	const struct symbol *s = pick_from_user(c, rank, choice->members_len);

	if (s)
		return s;
	s = choice_default(c, choice);
	if (s && !(has_user(value_of(c, s)) && value_of(c, s)->user == TRI_N))
		return s;
	return pick_leftover(c, choice, rank);
}

/* Before 6.11. The choice forgets that it was answered when a visible member was not; that counts from the next answer on. */
static const struct symbol *
pick_old(struct config *c, const struct symbol *choice)
{
	struct value *v = value_of(c, choice);
	struct pick *pick = &c->pick[c->plan->choice[choice->id]];

	if (v->tri != TRI_Y)
		return NULL;
	for (size_t i = 0; i < choice->members_len; i++) {
		const struct value *m = value_of(c, choice->members[i]);

		if (m->visible != TRI_N && !has_user(m) && has_user(v)) {
			v->flags &= ~VALUE_USER;
			vec_push(c->keep, &c->later, c->plan->place[c->plan->symbols + choice->id]);
		}
	}
	if (pick->user != PLAN_NONE && c->value[pick->user].visible != TRI_N)
		return c->model->symbols[pick->user];
	return choice_default(c, choice);
}

static void
member_value(const struct config *c, const struct symbol *s, bool chosen)
{
	struct value *v = value_of(c, s);

	if (!c->lazy)
		v->flags = (v->flags & VALUE_USER) | (v->visible != TRI_N ? VALUE_WRITE : 0);
	if (!c->model->dialect.old_choice || v->visible == TRI_Y)
		v->tri = chosen ? TRI_Y : TRI_N;
	else
		value_logic(c, s, v);
}

static bool
pick_step(struct config *c, const struct symbol *choice)
{
	const struct symbol *chosen;
	bool changed = false;

	for (size_t i = 0; i < choice->members_len && !c->lazy; i++)
		look_around(c, choice->members[i], value_of(c, choice->members[i]));
	if (c->lazy)
		lazy_compare(c, choice);
	chosen = c->model->dialect.old_choice ? pick_old(c, choice) : pick_new(c, choice);
	c->pick[c->plan->choice[choice->id]].chosen = chosen ? chosen->id : PLAN_NONE;
	for (size_t i = 0; i < choice->members_len; i++) {
		enum tri was = value_of(c, choice->members[i])->tri;

		member_value(c, choice->members[i], choice->members[i] == chosen);
		changed |= value_of(c, choice->members[i])->tri != was;
	}
	return changed;
}

/* ---- in order ---- */

/* Works out one node. True when those who read it must look again. */
static bool
node_step(struct config *c, uint32_t node)
{
	const struct plan *p = c->plan;
	enum tri was;

	if (node >= p->picks)
		return pick_step(c, c->model->choices[node - p->picks]);
	if (node >= p->symbols)
		return symbol_step(c, c->model->symbols[node - p->symbols]);
	was = c->expr[node];
	return (c->expr[node] = expr_step(c, node)) != was;
}

static void
mark(struct config *c, uint32_t place)
{
	c->dirty[place / 64] |= UINT64_C(1) << place % 64;
	if (place / 64 < c->first_dirty)
		c->first_dirty = place / 64;
}

static void
mark_readers(struct config *c, uint32_t place)
{
	const struct plan *p = c->plan;

	c->changes++;
	for (uint32_t i = p->first_reader[place]; i < p->first_reader[place + 1]; i++)
		if (p->readers[i] > place) /* else: a circle */
			mark(c, p->readers[i]);
}

/* Tristates are something else now; MODULES itself stands at the front of the order. */
static bool
modules_changed(struct config *c)
{
	const struct symbol *m = c->model->modules;
	bool now = m && value_of(c, m)->tri != TRI_N;
	bool changed = now != c->modules;

	c->modules = now;
	return changed;
}

static void
settle_all(struct config *c)
{
	const struct plan *p = c->plan;
	uint32_t modules = c->model->modules ? p->place[plan_node(p, c->model->modules)] : PLAN_NONE;

	for (uint32_t i = 0; i < p->len; i++) {
		node_step(c, p->order[i]);
		if (i == modules)
			modules_changed(c);
	}
	memset(c->dirty, 0, c->dirty_words * sizeof(*c->dirty));
	c->first_dirty = c->dirty_words;
	c->all_dirty = false;
}

/* The lowest marked place, its mark taken off; PLAN_NONE: none. */
static uint32_t
next_dirty(struct config *c)
{
	for (size_t *w = &c->first_dirty; *w < c->dirty_words; ++*w)
		if (c->dirty[*w]) {
			unsigned bit = (unsigned)__builtin_ctzll(c->dirty[*w]);

			c->dirty[*w] &= c->dirty[*w] - 1;
			return (uint32_t)(*w * 64 + bit);
		}
	return PLAN_NONE;
}

void
config_settle(struct config *c)
{
	uint32_t i;

	if (c->all_dirty)
		settle_all(c);
	while ((i = next_dirty(c)) != PLAN_NONE) {
		if (!node_step(c, c->plan->order[i]))
			continue;
		mark_readers(c, i);
		if (c->model->modules && c->plan->order[i] == plan_node(c->plan, c->model->modules) &&
		    modules_changed(c))
			settle_all(c);
	}
}

void
config_touch_all(struct config *c)
{
	c->all_dirty = true;
	c->stale = false;
	c->later.len = 0;
}

void
config_recompute(struct config *c)
{
	config_settle(c);
	memset(c->expr, 0, c->plan->symbols);
	c->all_dirty = true;
	config_settle(c);
}

void
config_touch(struct config *c, const struct symbol *s)
{
	const struct plan *p = c->plan;

	if (c->stale)
		config_touch_all(c);
	while (c->later.len)
		mark(c, c->later.at[--c->later.len]);
	if (p->place[plan_node(p, s)] != PLAN_NONE)
		mark(c, p->place[plan_node(p, s)]);
	if (s->choice)
		mark(c, p->place[p->symbols + s->choice->id]);
}

/* ---- user values ---- */

static void
rank_move(struct config *c, const struct symbol *member, bool to_front)
{
	uint32_t k = c->plan->choice[member->choice->id];
	uint32_t *rank = c->rank + c->plan->first_member[k];
	size_t n = member->choice->members_len, at = 0;

	while (rank[at] != member->id)
		at++;
	if (to_front)
		memmove(rank + 1, rank, at * sizeof(*rank));
	else
		memmove(rank + at, rank + at + 1, (n - at - 1) * sizeof(*rank));
	rank[to_front ? 0 : n - 1] = member->id;
	config_touch(c, member);
}

void
config_rank_first(struct config *c, const struct symbol *member)
{
	rank_move(c, member, true);
}

void
config_rank_last(struct config *c, const struct symbol *member)
{
	rank_move(c, member, false);
}

void
config_user_tri(struct config *c, const struct symbol *s, enum tri t)
{
	struct value *v = value_of(c, s);

	v->user = t;
	v->flags |= VALUE_USER;
	config_touch(c, s);
}

void
config_user_text(struct config *c, const struct symbol *s, struct str text)
{
	struct str *user = &c->words[c->plan->text[s->id]].user;

	if (!has_user(value_of(c, s)) || !str_eq(*user, text))
		*user = str_copy(c->keep, text);
	value_of(c, s)->flags |= VALUE_USER;
	config_touch(c, s);
}

void
config_unset(struct config *c, const struct symbol *s)
{
	struct value *v = value_of(c, s);

	v->flags &= ~VALUE_USER;
	v->user = TRI_N;
	if (s->choice && c->pick[c->plan->choice[s->choice->id]].user == s->id)
		c->pick[c->plan->choice[s->choice->id]].user = PLAN_NONE;
	config_touch(c, s);
}

void
config_unset_all(struct config *c)
{
	for (size_t i = 0; i < c->model->symbols_len; i++) {
		c->value[i].flags &= ~VALUE_USER;
		c->value[i].user = TRI_N;
	}
	for (size_t i = 0; i < c->model->choices_len; i++)
		c->pick[i].user = PLAN_NONE;
	config_touch_all(c);
}

bool
config_has_user(const struct config *c, const struct symbol *s, struct str *value)
{
	const struct value *v = value_of(c, s);

	if (!has_user(v))
		return false;
	if (value)
		*value = c->plan->text[s->id] == PLAN_NONE ? tri_names[v->user] : c->words[c->plan->text[s->id]].user;
	return true;
}

/* Brings expressions up to date that read the symbol, and nothing else. */
static void
settle_exprs(struct config *c, const struct symbol *s)
{
	const struct plan *p = c->plan;
	uint32_t i;

	mark_readers(c, p->place[plan_node(p, s)]);
	while ((i = next_dirty(c)) != PLAN_NONE)
		if (p->order[i] < p->symbols && node_step(c, p->order[i]))
			mark_readers(c, i);
}

void
config_drop_text(struct config *c, const struct symbol *s)
{
	value_of(c, s)->flags &= ~VALUE_USER;
	if (symbol_step(c, s))
		settle_exprs(c, s);
	c->stale = true;
}

/* ---- setting as an answer does ---- */

static bool
tri_allowed(const struct config *c, const struct symbol *s, enum tri t)
{
	const struct value *v = value_of(c, s);

	if (t == TRI_M && config_type(c, s) == SYM_BOOL)
		return false;
	if (v->visible == TRI_N || v->visible <= v->rev)
		return false;
	if (s->choice && c->model->dialect.old_choice && v->visible == TRI_Y)
		return t == TRI_Y;
	return t >= v->rev && t <= v->visible;
}

bool
config_may_be(struct config *c, const struct symbol *s, enum tri t)
{
	config_settle(c);
	return is_logic(s->type) && tri_allowed(c, s, t);
}

/* choice_set_value of 6.11 and later: every visible member was spoken of, in menu order, the picked one said y. */
static void
pick_set_new(struct config *c, const struct symbol *member)
{
	const struct symbol *choice = member->choice;
	bool changed = false;

	for (size_t i = 0; i < choice->members_len; i++) {
		const struct symbol *s = choice->members[i];
		enum tri t = s == member ? TRI_Y : TRI_N;

		if (value_of(c, s)->visible == TRI_N)
			continue;
		changed |= value_of(c, s)->tri != t;
		config_user_tri(c, s, t);
		config_rank_first(c, s);
	}
	if (changed)
		lazy_forget(c);
}

/* The part of sym_set_tristate_value that older kernels have for choices. */
static void
pick_set_old(struct config *c, const struct symbol *member)
{
	const struct symbol *choice = member->choice;

	c->pick[c->plan->choice[choice->id]].user = member->id;
	value_of(c, choice)->flags |= VALUE_USER;
	for (size_t i = 0; i < choice->members_len; i++)
		if (value_of(c, choice->members[i])->visible != TRI_N)
			value_of(c, choice->members[i])->flags |= VALUE_USER;
}

static bool
set_tri(struct config *c, const struct symbol *s, enum tri t)
{
	bool old = c->model->dialect.old_choice, same = tri_of_symbol(c, s) == t;

	if (!(old && same) && !tri_allowed(c, s, t))
		return false;
	if (s->choice && t == TRI_Y && !old) {
		pick_set_new(c, s);
		return true;
	}
	if (s->choice && t == TRI_Y)
		pick_set_old(c, s);
	if (old && same) {
		/* nothing changes: conf works out nothing again, and what it forgot about choices is still to come */
		value_of(c, s)->user = t;
		value_of(c, s)->flags |= VALUE_USER;
		return true;
	}
	if (!same)
		lazy_forget(c);
	config_user_tri(c, s, t);
	return true;
}

/* The first letter decides, as in sym_set_string_value. False: no letter for a tristate. */
static bool
tri_of(struct str text, enum tri *t)
{
	switch (text.len ? text.at[0] | 32 : 0) {
	case 'y':
		*t = TRI_Y;
		return true;
	case 'm':
		*t = TRI_M;
		return true;
	case 'n':
		*t = TRI_N;
		return true;
	}
	return false;
}

bool
config_in_range(struct config *c, const struct symbol *s, struct str text)
{
	const struct prop *p;
	int base = s->type == SYM_HEX ? 16 : 10;
	long long n;

	config_settle(c);
	if (!number_valid(text, s->type))
		return false;
	if (s->type == SYM_STRING || !(p = first_active(c, s, PROP_RANGE)))
		return true;
	n = number_prefix(text, base);
	return n >= bound(c, p->low, base) && n <= bound(c, p->high, base);
}

static bool
has_0x(struct str s)
{
	return s.len > 1 && s.at[0] == '0' && (s.at[1] | 32) == 'x';
}

bool
config_set(struct config *c, const struct symbol *s, struct str text)
{
	struct str before = { 0 };
	enum tri t;

	config_settle(c);
	if (is_logic(s->type))
		return tri_of(text, &t) && set_tri(c, s, t);
	if (!config_in_range(c, s, text))
		return false;
	if (!config_has_user(c, s, &before) || !str_eq(before, text))
		lazy_forget(c);
	if (s->type == SYM_HEX && !has_0x(text))
		text = str_format(c->keep, "0x%.*s", STR_ARG(text));
	config_user_text(c, s, text);
	return true;
}

/* What a member's user value says about its choice. */
void
config_tell_choice(struct config *c, const struct symbol *member)
{
	struct value *choice = value_of(c, member->choice);
	enum tri said = value_of(c, member)->user;

	if (!c->model->dialect.old_choice) {
		config_rank_first(c, member);
		return;
	}
	choice->user = tri_max(choice->user, said);
	if (said == TRI_Y)
		c->pick[c->plan->choice[member->choice->id]].user = member->id;
}

bool
config_set_raw(struct config *c, const struct symbol *s, struct str text)
{
	enum tri t;

	if (!is_logic(s->type)) {
		config_user_text(c, s, text);
		return true;
	}
	if (!tri_of(text, &t))
		return false;
	config_user_tri(c, s, t);
	if (s->choice) {
		if (c->model->dialect.old_choice)
			value_of(c, s->choice)->flags |= VALUE_USER;
		config_tell_choice(c, s);
	}
	return true;
}

/* ---- questions ---- */

enum tri
config_tri(struct config *c, const struct symbol *s)
{
	config_settle(c);
	return tri_of_symbol(c, s);
}

struct str
config_text(struct config *c, const struct symbol *s)
{
	config_settle(c);
	return symbol_text(c, s);
}

enum tri
config_visible(struct config *c, const struct symbol *s)
{
	config_settle(c);
	return value_of(c, s)->visible;
}

enum tri
config_expr(struct config *c, const struct expr *e)
{
	config_settle(c);
	return expr_value(c, e);
}

bool
config_is_written(struct config *c, const struct symbol *s)
{
	config_settle(c);
	return value_of(c, s)->flags & VALUE_WRITE;
}

bool
config_is_changeable(struct config *c, const struct symbol *s)
{
	const struct value *v = value_of(c, s);

	config_settle(c);
	return v->visible > v->rev && (!s->is_choice || c->model->dialect.old_choice);
}

bool
config_is_unmet(struct config *c, const struct symbol *s)
{
	config_settle(c);
	return value_of(c, s)->flags & VALUE_UNMET;
}

const struct symbol *
config_picked(struct config *c, const struct symbol *choice)
{
	uint32_t id;

	config_settle(c);
	id = c->pick[c->plan->choice[choice->id]].chosen;
	return id == PLAN_NONE ? NULL : c->model->symbols[id];
}

const struct symbol *
config_choice_default(struct config *c, const struct symbol *choice)
{
	config_settle(c);
	return choice_default(c, choice);
}

const struct prop *
config_range(struct config *c, const struct symbol *s)
{
	config_settle(c);
	return first_active(c, s, PROP_RANGE);
}

static struct str
text_default(const struct config *c, const struct symbol *s, const struct prop *p)
{
	struct str text = STR("");

	if (p && p->value->kind == EXPR_SYMBOL)
		text = stored_text(c, p->value->left);
	return text.len ? text : empty_text(c, s);
}

/* sym_get_string_default. */
struct str
config_default(struct config *c, const struct symbol *s)
{
	const struct value *v = value_of(c, s);
	const struct prop *p;
	enum tri t = TRI_N;

	config_settle(c);
	p = first_active(c, s, PROP_DEFAULT);
	if (!is_logic(s->type))
		return text_default(c, s, p);
	if (p)
		t = tri_min(expr_value(c, p->value), expr_value(c, p->cond));
	t = tri_max(t, v->rev);
	t = no_m(t, s->type == SYM_BOOL || (!s->choice && !c->modules));
	return tri_names[tri_max(t, v->implied)];
}

static size_t
count_prompts(const struct symbol *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->props_len; i++)
		n += prop_is_prompt(&s->props[i]);
	return n;
}

/*
 * A symbol's prompt as it was when the symbol was worked out, which matters only while that is not of now. Of several
 * prompts it is not known which one was visible then: as they are now.
 */
static enum tri
prompt_visible(const struct config *c, const struct menu *m)
{
	if (m->sym && (c->stale || (c->lazy && m->sym->choice)) && count_prompts(m->sym) == 1)
		return value_of(c, m->sym)->visible;
	return m->sym ? prompt_value(c, m->sym, m->prompt) : expr_value(c, m->prompt->cond);
}

/*
 * menu_is_visible. In old kernels a hidden symbol that is on and has something visible below counts as answered
 * from then on.
 */
bool
config_menu_visible(struct config *c, const struct menu *m)
{
	config_settle(c);
	if (!m->prompt)
		return false;
	lazy_expr(c, m->visibility);
	if (expr_value(c, m->visibility) == TRI_N)
		return false;
	if (m->sym)
		lazy_symbol(c, m->sym);
	else
		lazy_expr(c, m->prompt->cond);
	if (prompt_visible(c, m) != TRI_N)
		return true;
	if (!m->sym || tri_of_symbol(c, m->sym) == TRI_N)
		return false;
	for (const struct menu *k = m->list; k; k = k->next)
		if (config_menu_visible(c, k)) {
			if (c->model->dialect.old_choice)
				value_of(c, m->sym)->flags |= VALUE_USER;
			return true;
		}
	return false;
}

/* ---- making one ---- */

static void
set_constants(struct config *c)
{
	value_of(c, c->model->sym_y)->tri = TRI_Y;
	value_of(c, c->model->sym_m)->tri = TRI_M;
	value_of(c, c->model->sym_n)->tri = TRI_N;
}

static void
set_ranks(struct config *c)
{
	uint32_t *rank = c->rank;

	for (size_t i = 0; i < c->model->choices_len; i++) {
		c->pick[i] = (struct pick){ PLAN_NONE, PLAN_NONE };
		for (size_t k = 0; k < c->model->choices[i]->members_len; k++)
			*rank++ = c->model->choices[i]->members[k]->id;
	}
}

static struct config *
config_empty(const struct kconfig *m, struct arena *keep)
{
	const struct plan *p = m->plan;
	struct config *c = NEW(keep, struct config);

	c->keep = keep;
	c->model = m;
	c->plan = p;
	c->value = NEW_ARRAY(keep, struct value, m->symbols_len);
	c->words = NEW_ARRAY(keep, struct words, p->texts);
	c->pick = NEW_ARRAY(keep, struct pick, m->choices_len);
	c->rank = NEW_ARRAY(keep, uint32_t, p->first_member[m->choices_len]);
	c->expr = NEW_ARRAY(keep, uint8_t, p->symbols);
	c->dirty_words = p->len / 64 + 1;
	c->first_dirty = c->dirty_words;
	c->dirty = NEW_ARRAY(keep, uint64_t, c->dirty_words);
	return c;
}

struct config *
config_new(const struct kconfig *m, struct arena *keep)
{
	struct config *c = config_empty(m, keep);

	set_constants(c);
	set_ranks(c);
	c->all_dirty = true;
	return c;
}

struct config *
config_copy(const struct config *from, struct arena *keep)
{
	const struct kconfig *m = from->model;
	const struct plan *p = from->plan;
	struct config *c = config_empty(m, keep);

	memcpy(c->value, from->value, m->symbols_len * sizeof(*c->value));
	memcpy(c->words, from->words, p->texts * sizeof(*c->words));
	memcpy(c->pick, from->pick, m->choices_len * sizeof(*c->pick));
	memcpy(c->rank, from->rank, p->first_member[m->choices_len] * sizeof(*c->rank));
	memcpy(c->expr, from->expr, p->symbols);
	memcpy(c->dirty, from->dirty, c->dirty_words * sizeof(*c->dirty));
	c->first_dirty = from->first_dirty;
	c->all_dirty = from->all_dirty || from->lazy;
	c->modules = from->modules;
	c->stale = from->stale;
	for (size_t i = 0; i < from->later.len; i++)
		vec_push(keep, &c->later, from->later.at[i]);
	return c;
}

const struct kconfig *
config_model(const struct config *c)
{
	return c->model;
}
