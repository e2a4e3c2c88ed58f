// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/solve.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kconfig/cone.h"
#include "kconfig/conflict.h"
#include "kconfig/encode.h"
#include "kconfig/maxsat.h"
#include "kconfig/values.h"

enum {
	ROUNDS_MAX = 60,
	COST_SYMBOL = 4,        /* a symbol that is on and was not in base */
	COST_NOT_IN_FAT = 12,   /* more, when the machine's present kernel does without it */
	COST_LOST = 2,          /* an option of base that goes off */
	COST_CHOICE = 6,        /* a choice member other than the default */
	COST_FORM = 8,          /* y where m would do, or the other way round */
};

struct solver {
	const struct solve_request *q;
	struct arena *keep;
	struct solution *out;
	struct encoding *e;
	struct sat *sat;
	VEC(struct soft) soft;
	bool *pin_off;              /* by pin index: dropped */
	int *goal;                  /* by goal index: its literal; 0: not encoded yet */
	bool *value;                /* by variable: the best model */
	size_t values;
	VEC(struct pin_dropped) dropped;
	const bool *cone;           /* NULL: the whole model */
	struct config *numbers;     /* numbers and strings as the last verification had them; NULL: at first */
	VEC(int) lessons;           /* clauses learned from verification, each ended by 0 */
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
is_tri(const struct symbol *s)
{
	return !s->constant && (s->type == SYM_BOOL || s->type == SYM_TRISTATE);
}

/* By the symbol's id. Asked first in loops over all symbols: the others, nearly all, need not be looked at. */
static bool
in_cone(const struct solver *s, size_t id)
{
	return !s->cone || s->cone[id];
}

struct cond_ctx { const struct kconfig *model; struct config *config; };

static struct str
symbol_text(void *ctx, struct str name)
{
	struct cond_ctx *c = ctx;
	const struct symbol *sym = kconfig_find(c->model, name);
	struct str v;

	if (!sym || sym->type == SYM_UNKNOWN)
		return STR("");
	v = config_text(c->config, sym);
	return str_is(v, "n") && is_tri(sym) ? STR("") : v;
}

/* ---- goals and pins as assumptions ---- */

static int
pin_literal(struct solver *s, size_t i)
{
	const struct symbol *sym = kconfig_find(s->q->model, s->q->pins[i]);

	return sym && is_tri(sym) && config_tri(s->q->base, sym) == TRI_N ? -s->e->sym[sym->id].on : SAT_TRUE;
}

typedef VEC(struct str) names;

static void
add_name(struct arena *keep, names *list, struct str name)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->at[i].at == name.at) /* a pool has one spelling of a name */
			return;
	vec_push(keep, list, name);
}

/* Symbols that are on whenever the condition holds; `budget` bounds the nodes that are looked at. */
static void
needed_on(const struct cond *c, struct arena *keep, int *budget, names *out)
{
	names left = { 0 }, right = { 0 };

	if (--*budget < 0)
		return;
	switch (c->kind) {
	case COND_Y: case COND_M:
		add_name(keep, out, c->symbol);
		break;
	case COND_AND:
		needed_on(c->a, keep, budget, out);
		needed_on(c->b, keep, budget, out);
		break;
	case COND_OR:
		needed_on(c->a, keep, budget, &left);
		needed_on(c->b, keep, budget, &right);
		for (size_t i = 0; i < left.len; i++)
			for (size_t k = 0; k < right.len; k++)
				if (left.at[i].at == right.at[k].at)
					add_name(keep, out, left.at[i]);
		break;
	default:
		break;
	}
}

/*
 * The literal of a goal. "A=m and X=m, or A=y and X=y" says by itself nothing about A; that A is on either way is told, so
 * that propagation sees what a goal brings.
 */
static int
goal_literal(struct solver *s, size_t goal)
{
	const struct cond *cond = s->q->goals[goal].cond;
	int budget = 500;
	names on = { 0 };

	if (s->goal[goal])
		return s->goal[goal];
	s->goal[goal] = encode_cond(s->e, cond);
	needed_on(cond, s->keep, &budget, &on);
	for (size_t i = 0; budget >= 0 && i < on.len; i++) {
		const struct symbol *sym = kconfig_find(s->q->model, on.at[i]);

		if (sym && is_tri(sym))
			sat_add2(s->sat, -s->goal[goal], s->e->sym[sym->id].on);
	}
	return s->goal[goal];
}

static enum sat_result
solve_hard(struct solver *s)
{
	for (size_t i = 0; i < s->q->goals_len; i++)
		if (!s->q->goals[i].worth)
			sat_assume(s->sat, goal_literal(s, i));
	for (size_t i = 0; i < s->q->pins_len; i++)
		if (!s->pin_off[i])
			sat_assume(s->sat, pin_literal(s, i));
	s->out->solves++;
	return sat_solve(s->sat);
}

/* Of the goals that failed together with the pin the first that alone cannot do without it, if there is one. */
static const struct goal *
who_needs(struct solver *s, size_t pin)
{
	size_t *failed = NEW_ARRAY(s->keep, size_t, s->q->goals_len + 1), n = 0;

	for (size_t i = 0; i < s->q->goals_len; i++)
		if (!s->q->goals[i].worth && sat_failed(s->sat, goal_literal(s, i)))
			failed[n++] = i;
	for (size_t i = 0; i < n; i++) {
		sat_assume(s->sat, goal_literal(s, failed[i]));
		sat_assume(s->sat, pin_literal(s, pin));
		if (sat_solve(s->sat) == SAT_NO)
			return &s->q->goals[failed[i]];
	}
	return NULL;
}

static void
drop_pin(struct solver *s, size_t pin, const struct goal *who)
{
	s->pin_off[pin] = true;
	vec_push(s->keep, &s->dropped, ((struct pin_dropped){ s->q->pins[pin], who }));
	s->out->dropped = s->dropped.at;
	s->out->dropped_len = s->dropped.len;
}

/* Gives up pins that contradict the goals, one at a time. False when the goals contradict each other. */
static bool
settle_pins(struct solver *s)
{
	while (solve_hard(s) != SAT_YES) {
		size_t i = 0;

		while (i < s->q->pins_len && (s->pin_off[i] || !sat_failed(s->sat, pin_literal(s, i))))
			i++;
		if (i == s->q->pins_len)
			return false;
		drop_pin(s, i, who_needs(s, i));
	}
	return true;
}

static void
fix_hard(struct solver *s)
{
	for (size_t i = 0; i < s->q->goals_len; i++)
		if (!s->q->goals[i].worth)
			sat_add1(s->sat, goal_literal(s, i));
	for (size_t i = 0; i < s->q->pins_len; i++)
		if (!s->pin_off[i])
			sat_add1(s->sat, pin_literal(s, i));
}

/* ---- the objective ---- */

static void
add_soft(struct solver *s, int literal, uint64_t weight)
{
	if (literal != SAT_TRUE && weight)
		vec_push(s->keep, &s->soft, ((struct soft){ literal, weight }));
}

static uint64_t
symbol_cost(struct solver *s, const struct symbol *sym)
{
	uint64_t cost = COST_SYMBOL;

	if (s->q->fat && config_tri(s->q->fat, sym) == TRI_N)
		cost += COST_NOT_IN_FAT;
	/* of two hidden helpers that do the same, the one that is no helper of anything else is no better: equal */
	return cost;
}

static bool
is_choice_default(struct solver *s, const struct symbol *sym)
{
	return config_tri(s->q->base, sym) == TRI_Y;
}

/* The first default of the choice that some configuration can have. */
static const struct symbol *
choice_default(const struct symbol *choice)
{
	for (size_t i = 0; i < choice->props_len; i++)
		if (choice->props[i].kind == PROP_DEFAULT && choice->props[i].value->kind == EXPR_SYMBOL)
			return choice->props[i].value->left;
	return choice->members_len ? choice->members[0] : NULL;
}

/* A tristate that is on is m rather than y, or the other way round. */
static void
cost_of_form(struct solver *s, const struct symbol *sym)
{
	struct pair p = s->e->sym[sym->id];

	if (sym->type != SYM_TRISTATE)
		return;
	if (s->q->prefer_builtin)
		add_soft(s, -sat_and(s->sat, p.on, -p.yes), COST_FORM);
	else if (config_tri(s->q->base, sym) != TRI_Y)
		add_soft(s, -p.yes, COST_FORM);
}

static void
cost_of_symbols(struct solver *s)
{
	const struct kconfig *k = s->q->model;

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *sym = k->symbols[i];
		int on = s->e->sym[i].on;

		if (!in_cone(s, i) || !is_tri(sym) || sym->is_choice)
			continue;
		cost_of_form(s, sym);
		if (sym->choice) {
			bool base = is_choice_default(s, sym);

			if (!base && sym != choice_default(sym->choice))
				add_soft(s, -on, COST_CHOICE);
			else if (base)
				add_soft(s, on, COST_CHOICE);
		} else if (config_tri(s->q->base, sym) != TRI_N) {
			add_soft(s, on, COST_LOST);
		} else {
			add_soft(s, -on, symbol_cost(s, sym));
		}
	}
}

/* Rounded down to a power of two's quarter, so that few different weights make few cores. */
static uint64_t
round_weight(uint64_t w)
{
	uint64_t unit = 1;

	while (w / unit >= 8)
		unit *= 2;
	return w / unit * unit;
}

static void
cost_of_objects(struct solver *s)
{
	struct cond_ctx base = { s->q->model, s->q->base };
	const struct costs *c = &s->q->costs;
	const bool *touched = s->cone && c->bound ? binding_touched(c->bound, s->cone, s->keep) : NULL;

	for (size_t i = 0; i < c->len; i++) {
		int built = !touched || touched[c->when[i]->id] ? encode_cond(s->e, c->when[i]) : SAT_TRUE;

		/* most are settled outside the cone */
		if (built != SAT_TRUE && built != -SAT_TRUE && !cond_eval(c->when[i], symbol_text, &base))
			add_soft(s, -built, c->weight(c->ctx, i));
	}
}

/* One soft literal for all that hang on it: a symbol and the objects it alone brings are one decision. */
static void
merge_softs(struct solver *s)
{
	size_t n = 2 * (sat_counts(s->sat).variables + 1), kept = 0;
	uint64_t *weight = NEW_ARRAY(s->keep, uint64_t, n);

	for (size_t i = 0; i < s->soft.len; i++) {
		int l = s->soft.at[i].literal;

		weight[l > 0 ? 2 * l : -2 * l + 1] += s->soft.at[i].weight;
	}
	for (size_t i = 0; i < s->soft.len; i++) {
		int l = s->soft.at[i].literal;
		uint64_t *w = &weight[l > 0 ? 2 * l : -2 * l + 1];

		if (*w)
			s->soft.at[kept++] = (struct soft){ l, round_weight(*w) };
		*w = 0;
	}
	s->soft.len = kept;
}

static void
make_objective(struct solver *s)
{
	cost_of_symbols(s);
	cost_of_objects(s);
	merge_softs(s);
	for (size_t i = 0; i < s->q->goals_len; i++)
		if (s->q->goals[i].worth)
			add_soft(s, goal_literal(s, i), s->q->goals[i].worth);
}

/* ---- the model ---- */

static bool
model_has(const struct solver *s, int literal)
{
	return literal > 0 ? s->value[literal] : !s->value[-literal];
}

/* ---- verification ---- */

static enum tri
model_tri(const struct solver *s, const struct symbol *sym)
{
	struct pair p = s->e->sym[sym->id];

	return !model_has(s, p.on) ? TRI_N : model_has(s, p.yes) ? TRI_Y : TRI_M;
}

static const struct str tri_text[] = { { "n", 1 }, { "m", 1 }, { "y", 1 } };

/* A configuration with the model's values as user values. What is outside the cone stays as in the base. */
static struct config *
apply_model(struct solver *s)
{
	const struct kconfig *k = s->q->model;
	struct config *c = config_copy(s->q->base, s->keep);

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *sym = k->symbols[i];

		if (!in_cone(s, i) || !is_tri(sym) || !symbol_has_prompt(sym) || (sym->is_choice && !k->dialect.old_choice))
			continue;
		if (sym->choice && model_tri(s, sym) == TRI_N && !k->dialect.old_choice)
			config_unset(c, sym);
		else
			config_set_raw(c, sym, tri_text[model_tri(s, sym)]);
	}
	return c;
}

struct inputs {
	struct solver *s;
	struct config *c;
	struct symbol_list named;
	VEC(int) clause;
	bool agree;
};

static void
add_input(struct inputs *in, const struct symbol *sym)
{
	struct pair p = in->s->e->sym[sym->id];

	if (!is_tri(sym))
		return;
	if (model_tri(in->s, sym) != config_tri(in->c, sym))
		in->agree = false;
	vec_push(in->s->keep, &in->clause, model_has(in->s, p.on) ? -p.on : p.on);
	if (p.yes != p.on)
		vec_push(in->s->keep, &in->clause, model_has(in->s, p.yes) ? -p.yes : p.yes);
}

static void
name_inputs(struct inputs *in, const struct expr *x)
{
	expr_symbols(x, in->s->keep, &in->named);
}

/*
 * The evaluator gives the symbol another value though everything it is made of agrees: then these inputs and this
 * value never go together.
 */
static bool
learn(struct solver *s, struct config *c, const struct symbol *sym)
{
	struct inputs in = { .s = s, .c = c, .agree = true };

	name_inputs(&in, sym->dir_dep);
	name_inputs(&in, sym->rev_dep);
	name_inputs(&in, sym->implied);
	for (size_t i = 0; i < sym->props_len; i++) {
		name_inputs(&in, sym->props[i].cond);
		if (sym->props[i].kind == PROP_DEFAULT)
			name_inputs(&in, sym->props[i].value);
	}
	for (size_t i = 0; sym->choice && i < sym->choice->members_len; i++)
		for (size_t k = 0; k < sym->choice->members[i]->props_len; k++)
			name_inputs(&in, sym->choice->members[i]->props[k].cond);
	for (size_t i = 0; i < in.named.len; i++)
		add_input(&in, in.named.at[i]);
	if (!in.agree)
		return false;
	add_input(&in, sym);
	for (size_t i = 0; i < in.clause.len; i++)
		vec_push(s->keep, &s->lessons, in.clause.at[i]);
	vec_push(s->keep, &s->lessons, 0);
	return true;
}

static bool
goals_hold(struct solver *s, struct config *c)
{
	struct cond_ctx ctx = { s->q->model, c };
	bool all = true;

	s->out->reached = NEW_ARRAY(s->keep, bool, s->q->goals_len + 1);
	for (size_t i = 0; i < s->q->goals_len; i++) {
		s->out->reached[i] = cond_eval(s->q->goals[i].cond, symbol_text, &ctx);
		all = all && (s->out->reached[i] || s->q->goals[i].worth);
	}
	return all;
}

/* Did a range or a user value make a number another one than the clauses took it for? Then they are taken as they are. */
static bool
numbers_moved(struct solver *s, struct config *c)
{
	const struct kconfig *k = s->q->model;

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *sym = k->symbols[i];

		if (sym->constant || sym->type < SYM_INT)
			continue;
		if (!s->numbers || !str_eq(config_text(s->numbers, sym), config_text(c, sym))) {
			s->numbers = c;
			return true;
		}
	}
	return false;
}

static bool
any_unmet(struct config *c)
{
	config_settle(c);
	for (size_t i = 0; i < c->model->symbols_len; i++)
		if (c->value[i].flags & VALUE_UNMET)
			return true;
	return false;
}

/* True when evaluator and model agree; otherwise clauses were added, or trouble is set. */
static bool
verify(struct solver *s)
{
	const struct kconfig *k = s->q->model;
	struct config *c = apply_model(s);
	size_t differ = 0, learned = 0;
	bool moved = !s->cone && numbers_moved(s, c);
	const struct symbol *first = NULL;
	double t = now();

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *sym = k->symbols[i];

		if (!in_cone(s, i) || !is_tri(sym) || sym->is_choice || config_tri(c, sym) == model_tri(s, sym))
			continue;
		if (!first)
			first = sym;
		differ++;
		learned += !s->cone && !moved && learn(s, c, sym);
	}
	s->out->config = c;
	s->out->seconds_verify += now() - t;
	/* around the cone a hidden helper may be on that the clauses took for off: harmless */
	if (goals_hold(s, c) && !any_unmet(c) && (!differ || s->cone || (!learned && !moved)))
		return true;
	if (!learned && !s->cone && !moved)
		s->out->trouble = str_format(s->keep, "the evaluator disagrees at %.*s", STR_ARG(first ? first->name : STR("a goal")));
	return false;
}

/* ---- the whole ---- */

/* A fresh solver: symbols get the same literals every time, so what was learned still fits. */
static void
restart(struct solver *s)
{
	double t = now();
	size_t from = 0;

	sat_release(s->sat);
	s->sat = sat_new();
	s->e = encode(s->q->model, &(struct encode_options){ s->q->base, s->numbers, s->cone, s->q->costs.bound, false }, s->sat, s->keep);
	s->soft.len = 0;
	memset(s->goal, 0, s->q->goals_len * sizeof(*s->goal));
	for (size_t i = 0; i < s->lessons.len; i++)
		if (!s->lessons.at[i]) {
			sat_clause(s->sat, s->lessons.at + from, i - from);
			from = i + 1;
		}
	s->out->seconds_encode += now() - t;
}

static const bool *
goals_cone(struct solver *s)
{
	const struct cond **conds = NEW_ARRAY(s->keep, const struct cond *, s->q->goals_len + 1);
	struct str *pins = NEW_ARRAY(s->keep, struct str, s->q->pins_len + 1);
	const bool *possible = s->q->possible;
	size_t held = 0;

	for (size_t i = 0; i < s->q->goals_len; i++)
		conds[i] = s->q->goals[i].cond;
	for (size_t i = 0; i < s->q->pins_len; i++)
		if (!s->pin_off[i])
			pins[held++] = s->q->pins[i];
	if (!possible || held < s->q->pins_len)
		possible = cone_possible(s->q->base, pins, held, s->keep);
	return cone_of(s->q->base, conds, s->q->goals_len, possible, s->keep, &s->out->cone);
}

/*
 * Goals and pins become clauses. In the cone the pins are taken as given: when the goals contradict them there, the whole
 * model tells which pins fall, and the cone that knows is the next to be searched. False: no configuration at all.
 */
static bool
settle(struct solver *s, bool narrow)
{
	size_t before = s->dropped.len;

	if (narrow && solve_hard(s) == SAT_YES)
		return fix_hard(s), true;
	if (narrow) {
		s->cone = NULL;
		restart(s);
	}
	if (!settle_pins(s)) {
		conflict_explain(s->q, s->keep, &s->out->conflict);
		return false;
	}
	if (narrow && s->dropped.len > before)
		s->cone = goals_cone(s);
	else if (!narrow)
		fix_hard(s);
	if (narrow && s->cone) {
		restart(s);
		if (solve_hard(s) == SAT_YES)
			return fix_hard(s), true;
		s->cone = NULL;
	}
	return true;
}

/* One search for the cheapest model under what was learned. */
static bool
search(struct solver *s)
{
	struct maxsat_result r;
	double t = now();

	make_objective(s);
	s->values = sat_counts(s->sat).variables + 1;
	s->value = NEW_ARRAY(s->keep, bool, s->values);
	r = maxsat(s->sat, s->soft.at, s->soft.len, s->q->max_solves ? s->q->max_solves : 20000, s->value, s->values,
	           s->keep);
	s->out->cost = r.cost;
	s->out->bound = r.bound;
	s->out->optimal = r.optimal;
	s->out->solves += r.solves;
	s->out->cores += r.cores;
	s->out->seconds_solve += now() - t;
	return r.status == SAT_YES;
}

static int
by_worth(const void *a, const void *b)
{
	const struct goal *x = *(const struct goal *const *)a, *y = *(const struct goal *const *)b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Soft goals that propagation alone knows to contradict the heavier ones are left out. */
static void
outline(struct solver *s)
{
	const struct goal **soft = NEW_ARRAY(s->keep, const struct goal *, s->q->goals_len + 1);
	int *literal = NEW_ARRAY(s->keep, int, s->q->goals_len + 1);
	size_t *core = NEW_ARRAY(s->keep, size_t, s->q->goals_len + 1), n = 0, found;

	for (size_t i = 0; i < s->q->goals_len; i++)
		if (s->q->goals[i].worth)
			soft[n++] = &s->q->goals[i];
	qsort(soft, n, sizeof(*soft), by_worth);
	for (size_t i = 0; i < n; i++)
		literal[i] = goal_literal(s, (size_t)(soft[i] - s->q->goals));
	while ((found = sat_core(s->sat, literal, n, core))) {
		n--;
		for (size_t i = core[found - 1]; i < n; i++)
			literal[i] = literal[i + 1];
	}
	s->values = sat_counts(s->sat).variables + 1;
	s->value = NEW_ARRAY(s->keep, bool, s->values);
	for (size_t i = 1; i < s->values; i++)
		s->value[i] = sat_implied(s->sat, (int)i) > 0;
	s->out->config = apply_model(s);
	s->out->found = true;
}

struct solution *
solve(const struct solve_request *q, struct arena *keep)
{
	struct solver s = { .q = q, .keep = keep };

	s.out = NEW(keep, struct solution);
	s.pin_off = NEW_ARRAY(keep, bool, q->pins_len + 1);
	s.goal = NEW_ARRAY(keep, int, q->goals_len + 1);
	for (size_t i = 0; i < q->dropped_len; i++)
		for (size_t k = 0; k < q->pins_len; k++)
			if (str_eq(q->pins[k], q->dropped[i].symbol))
				drop_pin(&s, k, q->dropped[i].goal);
	s.cone = goals_cone(&s);
	while (!s.out->found && !s.out->trouble.len && s.out->rounds++ < ROUNDS_MAX) {
		bool narrow = s.cone != NULL;

		restart(&s);
		if (!settle(&s, narrow))
			break;
		if (narrow && !s.cone)
			continue;
		if (q->outline) {
			outline(&s);
			break;
		}
		if (!search(&s)) {
			s.out->trouble = STR("the search for a cheapest configuration failed");
			break;
		}
		s.out->found = verify(&s);
		if (!s.out->found)
			s.cone = NULL;
	}
	s.out->variables = sat_counts(s.sat).variables;
	s.out->clauses = sat_counts(s.sat).clauses;
	sat_release(s.sat);
	return s.out;
}

void
solution_settings(struct config *c, struct config *base, struct arena *keep, struct setting **out, size_t *len)
{
	const struct kconfig *k = config_model(c);
	VEC(struct setting) list = { 0 };

	(void)base;
	config_settle(c);
	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *sym = k->symbols[i];
		struct str value, user;

		if (c->value[i].visible == TRI_N || sym->constant || sym->is_choice || !symbol_has_prompt(sym))
			continue;
		value = config_text(c, sym);
		if (is_tri(sym) && (sym->choice ? !str_is(value, "y") : str_is(value, "n")))
			continue;
		if (sym->choice && !k->dialect.old_choice && config_choice_default(c, sym->choice) == sym)
			continue;
		if (!is_tri(sym) && (!config_has_user(c, sym, &user) || str_eq(value, config_default(c, sym))))
			continue;
		vec_push(keep, &list, ((struct setting){ sym, value }));
	}
	*out = list.at;
	*len = list.len;
}
