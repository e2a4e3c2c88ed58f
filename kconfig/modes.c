// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What conf --allnoconfig and its sisters do to user values: scripts/kconfig/conf.c (conf_set_all_new_symbols,
 * randomize_choice_values).
 */
#include "kconfig/values.h"

static bool
is_logic(const struct symbol *s)
{
	return s->type == SYM_BOOL || s->type == SYM_TRISTATE;
}

static bool
is_new(const struct config *c, const struct symbol *s)
{
	return is_logic(s) && !s->constant && !config_has_user(c, s, NULL);
}

/* ---- random numbers: glibc's random(), so that a seed means the same as to a conf built there ---- */

struct dice {
	uint32_t r[34];
	unsigned at;
};

static uint32_t
dice_step(struct dice *d)
{
	uint32_t *r = d->r, i = d->at;

	r[i % 34] = r[(i + 34 - 31) % 34] + r[(i + 34 - 3) % 34];
	d->at = i + 1;
	return r[i % 34] >> 1;
}

static void
dice_seed(struct dice *d, uint32_t seed)
{
	int64_t v = (int32_t)(seed ? seed : 1);

	d->r[0] = (uint32_t)v;
	for (d->at = 1; d->at < 31; d->at++) {
		v = 16807 * v % 2147483647;
		if (v < 0)
			v += 2147483647;
		d->r[d->at] = (uint32_t)v;
	}
	for (; d->at < 34; d->at++)
		d->r[d->at] = d->r[d->at - 31];
	for (int i = 0; i < 310; i++)
		dice_step(d);
}

/* ---- what each symbol without a user value gets ---- */

struct wish {
	enum config_mode mode;
	struct dice *dice;
	struct config_odds odds;
};

static enum tri
random_tri(struct wish *w, const struct symbol *s)
{
	int n = (int)(dice_step(w->dice) % 100);

	if (s->type == SYM_BOOL)
		return n < w->odds.bool_y ? TRI_Y : TRI_N;
	return n < w->odds.tri_y ? TRI_Y : n < w->odds.tri_y + w->odds.tri_m ? TRI_M : TRI_N;
}

static enum tri
wished(struct wish *w, const struct symbol *s)
{
	switch (w->mode) {
	case MODE_ALLYES:
		return TRI_Y;
	case MODE_ALLMOD:
		return TRI_M;
	case MODE_RAND:
		return random_tri(w, s);
	default:
		return s->allnoconfig_y ? TRI_Y : TRI_N;
	}
}

static bool
sets_values(enum config_mode mode)
{
	return mode != MODE_ALLDEF && mode != MODE_OLDDEF;
}

/* The entry of a choice, or of one of those below it, that is the n-th whose symbol nobody spoke of; NULL: *n are less. */
static const struct menu *
unspoken(const struct config *c, const struct menu *choice, size_t *n)
{
	const struct menu *end = menu_past(choice);
	size_t seen = 0;

	for (const struct menu *m = menu_next(choice); m != end; m = menu_next(m))
		if (m->sym && m->sym->choice && !config_has_user(c, m->sym, NULL) && seen++ == *n)
			return m;
	*n = seen;
	return NULL;
}

/*
 * A random order of those members nobody spoke of: all are said y, the first to be drawn ranks highest. A member with
 * two entries counts twice, until it is drawn; conf goes on throwing for the one that is left over.
 */
static void
shuffle_choice(struct config *c, const struct menu *choice, struct dice *d)
{
	size_t n = SIZE_MAX;

	for (unspoken(c, choice, &n); n; n--) {
		size_t x = dice_step(d) % n;
		const struct menu *m = unspoken(c, choice, &x);

		if (!m)
			continue;
		config_user_tri(c, m->sym, TRI_Y);
		config_rank_last(c, m->sym);
	}
}

static void
apply_new(struct config *c, struct wish *w)
{
	for (const struct menu *m = c->model->root; m; m = menu_next(m)) {
		const struct symbol *s = m->sym;

		if (!s || !m->prompt || s->choice || !is_logic(s))
			continue;
		if (s->is_choice && w->mode == MODE_RAND)
			shuffle_choice(c, m, w->dice);
		else if (!s->is_choice && sets_values(w->mode) && is_new(c, s))
			config_user_tri(c, s, wished(w, s));
	}
}

/* ---- before 6.11: every symbol, with or without a prompt; a choice has a value of its own ---- */

static bool
pick_random(struct config *c, const struct symbol *choice, struct dice *d)
{
	size_t x;

	if (config_tri(c, choice) != TRI_Y || !choice->members_len)
		return false;
	x = dice_step(d) % choice->members_len;
	for (size_t i = 0; i < choice->members_len; i++)
		config_user_tri(c, choice->members[i], i == x ? TRI_Y : TRI_N);
	c->pick[c->plan->choice[choice->id]].user = choice->members[x]->id;
	value_of(c, choice)->flags |= VALUE_USER;
	config_touch(c, choice);
	return true;
}

static void
set_all_old(struct config *c, struct wish *w)
{
	for (size_t i = 0; i < c->model->symbols_len; i++) {
		const struct symbol *s = c->model->symbols[i];

		if (!is_new(c, s) || !sets_values(w->mode))
			continue;
		if (s->is_choice && w->mode == MODE_RAND)
			value_of(c, s)->user = wished(w, s);
		else
			config_user_tri(c, s, wished(w, s));
	}
	config_touch_all(c);
}

static bool
settle_choices_old(struct config *c, struct wish *w)
{
	bool changed = false;

	for (size_t i = 0; i < c->model->choices_len; i++) {
		const struct symbol *s = c->model->choices[i];

		if (config_has_user(c, s, NULL))
			continue;
		if (w->mode == MODE_RAND) {
			changed |= pick_random(c, s, w->dice);
		} else {
			value_of(c, s)->flags |= VALUE_USER;
			config_touch(c, s);
		}
	}
	return changed;
}

static void
apply_old(struct config *c, struct wish *w)
{
	set_all_old(c, w);
	while (settle_choices_old(c, w) && w->mode == MODE_RAND)
		;
}

static void
apply(struct config *c, struct wish *w)
{
	if (c->model->dialect.old_choice)
		apply_old(c, w);
	else
		apply_new(c, w);
	config_touch_all(c);
}

void
config_apply_mode(struct config *c, enum config_mode mode)
{
	struct wish w = { .mode = mode };

	if (mode == MODE_RAND)
		config_randomize(c, 1, (struct config_odds){ 50, 33, 33 });
	else if (mode != MODE_OLDDEF)
		apply(c, &w);
}

void
config_randomize(struct config *c, uint32_t seed, struct config_odds odds)
{
	struct dice dice;
	struct wish w = { MODE_RAND, &dice, odds };

	dice_seed(&dice, seed);
	apply(c, &w);
}

static bool
is_asked_for(struct config *c, const struct menu *m)
{
	const struct symbol *s = m->sym;

	return s && !s->is_choice && !config_has_user(c, s, NULL) && config_is_changeable(c, s);
}

/* Children of what is hidden are not looked at (check_conf). */
void
config_list_new(struct config *c, struct arena *keep, const struct menu *const **out, size_t *len)
{
	VEC(const struct menu *) list = { 0 };

	for (const struct menu *m = c->model->root; m;) {
		bool visible = config_menu_visible(c, m);

		if (visible && is_asked_for(c, m))
			vec_push(keep, &list, m);
		m = visible ? menu_next(m) : menu_past(m);
	}
	*out = list.at;
	*len = list.len;
}
