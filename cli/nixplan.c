// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixplan.h"

#include <string.h>

enum { ROUNDS_MAX = 100, DEPTH_MAX = 200, TRIM_MIN = 2, TRIM_MAX = 24, TRIM_QUESTIONS = 10000 };

struct planner {
	const struct nix_target *t;
	struct arena *keep;
	struct diag *diag;
	struct nix_plan *plan;
	struct config *blank;
	struct config *base;           /* what the runs start from, evaluated */
	struct str goal_text;          /* the solved .config */
	const struct symbol **order;   /* every defined symbol that is no choice, in menu order */
	size_t order_len;
	size_t *place;                 /* by symbol id: where it stands in `order` */
	bool *seeded, *blamed, *needed; /* by symbol id; the last two are of one walk */
	bool *dropped;                  /* by symbol id: gets no line */
	const bool *moved, *disputed;   /* by symbol id, of the run that was given all answers; NULL before it */
	size_t seeds;
};

/* ---- the model in menu order ---- */

static void
list_symbols(struct planner *p)
{
	bool *seen = NEW_ARRAY(p->keep, bool, p->t->model->symbols_len);

	p->order = NEW_ARRAY(p->keep, const struct symbol *, p->t->model->symbols_len);
	p->place = NEW_ARRAY(p->keep, size_t, p->t->model->symbols_len);
	for (const struct menu *m = p->t->model->root; m; m = menu_next(m)) {
		if (!m->sym || m->sym->is_choice || seen[m->sym->id])
			continue;
		seen[m->sym->id] = true;
		p->place[m->sym->id] = p->order_len;
		p->order[p->order_len++] = m->sym;
	}
}

static bool
is_tri(const struct symbol *s)
{
	return s->type == SYM_BOOL || s->type == SYM_TRISTATE;
}

static struct str
solved_text(struct planner *p, const struct symbol *s)
{
	return config_text(p->t->solved, s);
}

static bool
is_goal(const struct planner *p, const struct symbol *s)
{
	return p->t->goal && p->t->goal[s->id];
}

/* Is it asked in the solved configuration? What only carries an old value over (transitional) never is. */
static bool
is_settable(struct planner *p, const struct symbol *s)
{
	return !s->constant && !s->is_choice && symbol_has_prompt(s) && config_visible(p->t->solved, s) != TRI_N;
}

/*
 * conf spells a hex number that was asked for with 0x, also where its default has none (scripts/kconfig/symbol.c:
 * sym_set_string_value). Both mean the same.
 */
static void
spell_numbers(struct planner *p)
{
	for (size_t i = 0; i < p->order_len; i++) {
		const struct symbol *s = p->order[i];
		struct str text;

		if (s->type != SYM_HEX || !is_settable(p, s))
			continue;
		text = solved_text(p, s);
		if (text.len && !str_starts(text, STR("0x")) && !str_starts(text, STR("0X")))
			config_set_raw(p->t->solved, s, str_format(p->keep, "0x%.*s", STR_ARG(text)));
	}
}

/* ---- the base ---- */

static void seed_with_needs(struct planner *, const struct symbol *, unsigned depth);

static void
needs_of_expr(struct planner *p, const struct expr *e, unsigned depth)
{
	struct symbol_list named = { 0 };

	expr_symbols(e, p->keep, &named);
	for (size_t i = 0; i < named.len; i++)
		seed_with_needs(p, named.at[i], depth);
}

/* The base gets the symbol's solved value, and what has to stand there for it to be offered at all. */
static void
seed_with_needs(struct planner *p, const struct symbol *s, unsigned depth)
{
	if (s->constant || p->needed[s->id] || depth > DEPTH_MAX)
		return;
	p->needed[s->id] = true;
	if (is_settable(p, s)) {
		p->seeds += !p->seeded[s->id];
		p->seeded[s->id] = true;
		for (size_t i = 0; i < s->props_len; i++)
			if (prop_is_prompt(&s->props[i]))
				needs_of_expr(p, s->props[i].cond, depth + 1);
	} else if (is_tri(s) && config_tri(p->t->solved, s) != TRI_N) {
		struct reason r = config_reason(p->t->solved, s, p->keep);

		if (r.by_len)
			seed_with_needs(p, r.by[0].symbol, depth + 1);
		else if (r.prop)
			needs_of_expr(p, r.prop->cond, depth + 1);
	}
}

static void blame(struct planner *, struct config *at, const struct symbol *, unsigned depth);

static void
blame_expr(struct planner *p, struct config *at, const struct expr *e, unsigned depth)
{
	struct symbol_list named = { 0 };

	expr_symbols(e, p->keep, &named);
	for (size_t i = 0; i < named.len; i++)
		if (!str_eq(config_text(at, named.at[i]), solved_text(p, named.at[i])))
			blame(p, at, named.at[i], depth);
}

/* Seeds what stands otherwise in `at` than in the solution and has a say in the symbol's value or bounds. */
static void
blame(struct planner *p, struct config *at, const struct symbol *s, unsigned depth)
{
	if (s->constant || p->blamed[s->id] || depth > DEPTH_MAX)
		return;
	p->blamed[s->id] = true;
	if (is_settable(p, s) && !str_eq(config_text(at, s), solved_text(p, s)))
		seed_with_needs(p, s, 0);
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *pr = &s->props[i];

		if (!prop_is_prompt(pr) && pr->kind != PROP_DEFAULT)
			continue;
		blame_expr(p, at, pr->cond, depth + 1);
		if (pr->kind == PROP_DEFAULT && pr->value)
			blame_expr(p, at, pr->value, depth + 1);
	}
	blame_expr(p, at, s->rev_dep, depth + 1);
	blame_expr(p, at, s->implied, depth + 1);
}

/* allnoconfig says n by itself, other bases have to be told. */
static bool
is_allno(const struct planner *p)
{
	return !p->t->base.len && str_starts(p->t->words, STR("allnoconfig"));
}

/* An m is refused before MODULES is asked, and all of an architecture's symbols are. */
static void
seed_modules(struct planner *p)
{
	const struct symbol *modules = p->t->model->modules;

	for (size_t i = 0; modules && i < p->order_len && p->order[i] != modules; i++) {
		if (is_settable(p, p->order[i]) && str_is(solved_text(p, p->order[i]), "m")) {
			seed_with_needs(p, modules, 0);
			return;
		}
	}
}

static void
seed_everything(struct planner *p)
{
	for (size_t i = 0; i < p->order_len; i++) {
		const struct symbol *s = p->order[i];

		if (!p->seeded[s->id] && is_settable(p, s) && (!is_allno(p) || !str_is(solved_text(p, s), "n"))) {
			p->seeded[s->id] = true;
			p->seeds++;
		}
	}
}

static struct str
seed_text(struct planner *p)
{
	struct text t = { 0 };
	struct str s;

	text_add_c(&t, "");
	for (size_t i = 0; i < p->order_len; i++)
		if (p->seeded[p->order[i]->id] &&
		    !(p->order[i]->choice && str_is(solved_text(p, p->order[i]), "n")))
			config_write_symbol(p->t->solved, p->order[i], false, &t);
	s = str_copy(p->keep, text_str(&t));
	text_release(&t);
	return s;
}

static struct config *
load(struct planner *p, struct str dotconfig)
{
	struct config *c = config_copy(p->blank, p->keep);
	struct source src = { STR("base"), dotconfig };

	config_load(c, &src, 0, &(struct diag){ .keep = p->keep });
	return c;
}

/* The .config to start from. A given base gets the seed as a fragment, allnoconfig as KCONFIG_ALLCONFIG. */
static bool
make_base(struct planner *p, struct str *base)
{
	struct diag said_anew = { .keep = p->keep };
	struct diag *diag = p->seeds ? &said_anew : p->diag; /* a seed may say lines of a defconfig anew */

	p->plan->seed = seed_text(p);
	p->plan->seed_len = p->seeds;
	p->plan->words = p->t->words;
	*base = p->t->base;
	if (p->seeds && nix_defconfig_seed(p->t->model, p->t->tree, p->t->words, p->plan->seed, p->keep, &p->plan->seed))
		p->plan->words = STR("alldefconfig");
	if (!p->t->base.len &&
	    !nix_base(p->t->model, p->t->tree, p->plan->words, p->plan->seed, p->keep, diag, base))
		return false;
	if (p->t->base.len && p->seeds)
		*base = nix_merge(p->t->model, p->t->base, p->plan->seed, p->keep);
	p->base = load(p, *base);
	return true;
}

/* ---- the answers ---- */

/* A choice with one member left is not asked. */
static bool
is_lone(struct planner *p, const struct symbol *s)
{
	size_t offered = 0;

	for (size_t i = 0; s->choice && i < s->choice->members_len; i++)
		offered += config_visible(p->t->solved, s->choice->members[i]) != TRI_N;
	return s->choice && offered < 2;
}

/* The value the solution has for it, where the text can carry it. A member that is not picked has none. */
static bool
fit_value(struct planner *p, const struct symbol *s, struct str *value)
{
	*value = solved_text(p, s);
	if (p->dropped[s->id])
		return false;
	if (!is_settable(p, s) && !(is_goal(p, s) && config_is_written(p->t->solved, s)))
		return false;
	return !(s->choice && str_is(*value, "n")) && !is_lone(p, s) && !answer_unfit(*value);
}

static void
add_line(struct planner *p, const struct symbol *s, struct str name, struct str value, enum line_why why,
         struct str common)
{
	bool late = common.len && p->t->platform && answers_get(p->t->platform, name);
	struct plan_line l = { .name = name, .sym = s, .value = value, .why = why, .common = common, .late = late };

	vec_push(p->keep, &p->plan->lines, l);
}

/* What the common config says and the solution agrees with stays; the rest is forced or unset. */
static void
settle_common(struct planner *p)
{
	for (size_t i = 0; p->t->common && i < answers_len(p->t->common); i++) {
		const struct answer *an = answers_at(p->t->common, i);
		const struct symbol *s = kconfig_find(p->t->model, an->name);
		bool written = s && s->menus_len && config_is_written(p->t->solved, s);
		struct str value = written ? solved_text(p, s) : STR("");

		if (written && str_eq(value, an->value)) {
			answers_set(&p->plan->answers, p->keep, an->name, an->value, an->optional);
		} else if (written && !answer_unfit(value)) {
			add_line(p, s, an->name, value, LINE_FORCE, an->value);
			answers_set(&p->plan->answers, p->keep, an->name, value, false);
		} else if (!an->optional || written) {
			add_line(p, s, an->name, STR(""), LINE_UNSET, an->value);
			if (p->plan->lines.at[p->plan->lines.len - 1].late)
				answers_set(&p->plan->answers, p->keep, an->name, STR("n"), true);
		} else {
			answers_set(&p->plan->answers, p->keep, an->name, an->value, true);
		}
	}
}

/* Common's part, then an answer for everything that could be asked, or, once that is known, for what moved something. */
static void
make_answers(struct planner *p)
{
	struct nix_plan *plan = p->plan;

	plan->answers = (struct answers){ 0 };
	plan->lines.len = 0;
	settle_common(p);
	for (size_t i = 0; i < p->order_len; i++) {
		const struct symbol *s = p->order[i];
		bool moves = p->moved && p->moved[s->id];
		struct str value;
		enum line_why why = LINE_FREE;

		if (p->t->common && answers_get(p->t->common, s->name))
			continue;
		if (!fit_value(p, s, &value))
			continue;
		if (is_goal(p, s))
			why = moves ? LINE_GOAL : LINE_GOAL_FREE;
		else if (moves)
			why = str_is(value, "n") ? LINE_ORDER : LINE_VALUE;
		if (p->moved && why == LINE_FREE && !p->t->everything)
			continue;
		add_line(p, s, s->name, value, why, STR(""));
		answers_set(&plan->answers, p->keep, s->name, value, false);
	}
}

/* ---- playing ---- */

static void
play(struct planner *p, struct str base)
{
	struct nix_run run = {
		.base = base, .answers = &p->plan->answers,
		.auto_modules = p->t->auto_modules, .prefer_builtin = p->t->prefer_builtin, .blank = p->blank,
	};

	nix_simulate(p->t->model, &run, p->keep, &p->plan->outcome);
	p->plan->simulations++;
}

static bool
arrived(const struct planner *p)
{
	const struct nix_outcome *o = &p->plan->outcome;

	return !o->died && !o->fatal && str_eq(o->dotconfig, p->goal_text);
}

static bool
differs(struct planner *p, const struct symbol *s)
{
	struct config *c = p->plan->outcome.config;

	return !str_eq(config_text(c, s), solved_text(p, s)) ||
	       config_is_written(c, s) != config_is_written(p->t->solved, s);
}

/*
 * Older releases of the script keep the members of a choice in mind that was printed but not asked, having one member
 * only, and mistake an answer for that member for one to the next choice. The choice doesn't need it.
 */
static bool
drop_mistaken(struct planner *p)
{
	const struct nix_outcome *o = &p->plan->outcome;
	bool any = false;

	for (size_t i = 0; i < o->mistaken.len; i++) {
		const struct symbol *s = kconfig_find(p->t->model, o->mistaken.at[i]);

		if (s && !p->dropped[s->id])
			p->dropped[s->id] = any = true;
	}
	return any;
}

/*
 * An n was refused, as something asked later still selects the symbol. The same awaits the symbols behind it: all that
 * would be refused so goes into the base at once.
 */
static void
blame_selectors(struct planner *p, struct config *at, const struct symbol *culprit)
{
	for (size_t i = p->place[culprit->id]; i < p->order_len; i++) {
		const struct symbol *s = p->order[i];
		struct reason r;

		if (!is_tri(s) || !is_settable(p, s) || config_expr(at, s->rev_dep) <= config_tri(p->t->solved, s))
			continue;
		r = config_reason(at, s, p->keep);
		for (size_t k = 0; k < r.by_len; k++)
			if (p->place[r.by[k].symbol->id] > i && r.by[k].value > config_tri(p->t->solved, s))
				blame(p, at, r.by[k].symbol, 0);
	}
}

/* After a run that did not arrive: more of the solution goes into the base. False: there is nothing more to put. */
static bool
learn(struct planner *p)
{
	struct nix_outcome *o = &p->plan->outcome;
	size_t before = p->seeds;

	memset(p->blamed, 0, p->t->model->symbols_len * sizeof(*p->blamed));
	memset(p->needed, 0, p->t->model->symbols_len * sizeof(*p->needed));
	if (o->died) {
		if (str_is(o->typed, "m") && p->t->model->modules && differs(p, p->t->model->modules))
			seed_with_needs(p, p->t->model->modules, 0);
		else
			blame(p, o->config, o->culprit, 0);
		if (!o->culprit->is_choice)
			blame_selectors(p, o->config, o->culprit);
	} else {
		for (size_t i = 0; i < p->order_len; i++)
			if (differs(p, p->order[i]))
				blame(p, o->config, p->order[i], 0);
	}
	/* a seed that did not come out in the base has something in its way there */
	memset(p->blamed, 0, p->t->model->symbols_len * sizeof(*p->blamed));
	for (size_t i = 0; i < p->order_len; i++)
		if (p->seeded[p->order[i]->id] &&
		    !str_eq(config_text(p->base, p->order[i]), solved_text(p, p->order[i])))
			blame(p, p->base, p->order[i], 0);
	if (p->seeds == before)
		seed_everything(p);
	return p->seeds > before;
}

static void
list_misses(struct planner *p)
{
	for (size_t i = 0; i < p->order_len; i++) {
		const struct symbol *s = p->order[i];
		struct config *c = p->plan->outcome.config;
		struct plan_miss m = { s, STR("n"), STR("n") };

		if (!differs(p, s))
			continue;
		if (config_is_written(p->t->solved, s))
			m.wanted = solved_text(p, s);
		if (config_is_written(c, s))
			m.got = config_text(c, s);
		vec_push(p->keep, &p->plan->missed, m);
	}
}

/* ---- fewer lines ---- */

static void
set_dropped(struct planner *p, const struct symbol *const *list, size_t len, bool dropped)
{
	for (size_t i = 0; i < len; i++)
		p->dropped[list[i]->id] = dropped;
}

/* What came out as it should goes to the front; how many these are. */
static size_t
partition(struct planner *p, const struct symbol **list, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const struct symbol *s = list[i];

		if (differs(p, s))
			continue;
		memmove(list + n + 1, list + n, (i - n) * sizeof(*list));
		list[n++] = s;
	}
	return n;
}

/* Tries to do without the symbols' lines; where that leads elsewhere, without some of them, while there are tries. */
static void
trim(struct planner *p, const struct symbol **list, size_t len, struct str base, unsigned *tries)
{
	size_t good;

	if (!len || !*tries)
		return;
	--*tries;
	set_dropped(p, list, len, true);
	make_answers(p);
	play(p, base);
	if (arrived(p))
		return;
	set_dropped(p, list, len, false);
	if (len == 1)
		return;
	good = partition(p, list, len);
	if (!good || good == len)
		good = len / 2;
	trim(p, list, good, base, tries);
	trim(p, list + good, len - good, base, tries);
}

/*
 * A line that moved something at its moment may be made up for later, by a select asked behind it. Such are those
 * whose symbol would have its solved value without being set. A big model gets fewer tries.
 */
static void
trim_lines(struct planner *p, struct str base)
{
	const struct symbol **list = NEW_ARRAY(p->keep, const struct symbol *, p->plan->lines.len + 1);
	unsigned tries = TRIM_QUESTIONS / (unsigned)(p->plan->outcome.questions + 1);
	size_t n = 0;

	tries = tries < TRIM_MIN ? TRIM_MIN : tries > TRIM_MAX ? TRIM_MAX : tries;
	for (size_t i = 0; i < p->plan->lines.len; i++) {
		const struct plan_line *l = &p->plan->lines.at[i];

		if ((l->why == LINE_VALUE || l->why == LINE_ORDER) && !p->disputed[l->sym->id] &&
		    str_eq(config_default(p->t->solved, l->sym), l->value))
			list[n++] = l->sym;
	}
	trim(p, list, n, base, &tries);
	if (arrived(p))
		return;
	make_answers(p);
	play(p, base);
}

bool
nix_plan(const struct nix_target *t, struct arena *keep, struct diag *diag, struct nix_plan *plan)
{
	size_t n = t->model->symbols_len;
	struct nix_target own = *t;
	struct planner p = {
		.t = &own, .keep = keep, .diag = diag, .plan = plan, .seeded = NEW_ARRAY(keep, bool, n),
		.blamed = NEW_ARRAY(keep, bool, n), .needed = NEW_ARRAY(keep, bool, n),
		.dropped = NEW_ARRAY(keep, bool, n),
	};
	struct text text = { 0 };
	struct str base;

	*plan = (struct nix_plan){ 0 };
	list_symbols(&p);
	p.blank = config_new(t->model, keep);
	own.solved = config_copy(t->solved, keep);
	spell_numbers(&p);
	config_write(own.solved, &text);
	p.goal_text = str_copy(keep, text_str(&text));
	text_release(&text);
	if (is_allno(&p))
		seed_modules(&p);
	for (size_t round = 0;; round++) {
		if (!make_base(&p, &base))
			return false;
		make_answers(&p);
		play(&p, base);
		if (drop_mistaken(&p))
			continue;
		if (arrived(&p))
			break;
		if (round == ROUNDS_MAX) {
			seed_everything(&p);
		} else if (round > ROUNDS_MAX || !learn(&p)) {
			list_misses(&p);
			return false;
		}
	}
	p.moved = plan->outcome.moved;
	p.disputed = plan->outcome.disputed;
	make_answers(&p);
	play(&p, base);
	if (arrived(&p) && !t->everything)
		trim_lines(&p, base);
	if (arrived(&p))
		return true;
	list_misses(&p);
	return false;
}

struct option
plan_option(const struct plan_line *l)
{
	bool tri = l->sym && (l->sym->type == SYM_BOOL || l->sym->type == SYM_TRISTATE), unset = l->why == LINE_UNSET;

	if (l->late)
		return (struct option){ .name = l->name, .value = unset ? STR("n") : l->value, .type = OPTION_TRISTATE,
		                        .optional = unset };
	return (struct option){
		.name = l->name, .value = l->value, .force = unset || l->why == LINE_FORCE,
		.type = unset ? OPTION_UNSET : tri ? OPTION_TRISTATE : OPTION_VALUE,
	};
}
