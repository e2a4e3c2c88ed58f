// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/propagate.h"

#include <stdint.h>
#include <stdlib.h>

enum { NO_CLAUSE = -1 };

/* A clause that looks at a literal: `other` holds, then the clause is of no interest. */
struct watch {
	int clause, other;
};

typedef VEC(struct watch) watch_list;

struct variable {
	int reason;          /* the clause that implied it, or NO_CLAUSE */
	unsigned at;         /* place in the trail */
	bool seen;
};

/* An assumption that was made, whether it changed anything or held already. */
struct step {
	int literal;
	size_t before;       /* length of the trail when it was made */
};

struct propagator {
	struct arena *keep;
	VEC(int) store;      /* clauses: a length and the literals; the first two are watched */
	VEC(struct variable) variable;
	VEC(signed char) value; /* by place(): 1: true, -1: false, 0: open */
	VEC(watch_list) watch;  /* by place(): the clauses that watch the literal */
	VEC(int) trail;
	VEC(struct step) steps;
	VEC(int) facts;      /* learned while assumptions stood: to be fixed when they are gone */
	size_t head;         /* of the trail: propagated up to here */
	size_t fixed;        /* of the trail: what holds without assumptions */
	size_t marked;       /* variables seen and not traced yet */
	bool broken;         /* the clauses contradict each other */
};

struct propagator *
propagator_new(struct arena *keep)
{
	struct propagator *p = NEW(keep, struct propagator);

	p->keep = keep;
	return p;
}

static struct variable *
variable(const struct propagator *p, int literal)
{
	return &p->variable.at[abs(literal)];
}

static size_t
place(int literal)
{
	return literal > 0 ? 2 * (size_t)literal : 2 * (size_t)-literal + 1;
}

static int
value(const struct propagator *p, int literal)
{
	return p->value.at[place(literal)];
}

static void
set_value(struct propagator *p, int literal, signed char v)
{
	p->value.at[place(literal)] = v;
	p->value.at[place(-literal)] = (signed char)-v;
}

static watch_list *
watches(struct propagator *p, int literal)
{
	return &p->watch.at[place(literal)];
}

static void
make_room(struct propagator *p, int literal)
{
	while (p->variable.len <= (size_t)abs(literal)) {
		vec_push(p->keep, &p->variable, (struct variable){ 0 });
		for (int i = 0; i < 2; i++) {
			vec_push(p->keep, &p->value, 0);
			vec_push(p->keep, &p->watch, (watch_list){ 0 });
		}
	}
}

int
propagator_fixed(const struct propagator *p, int literal)
{
	if (p->variable.len <= (size_t)abs(literal) || variable(p, literal)->at >= p->fixed)
		return 0;
	return value(p, literal);
}

int
propagator_implied(const struct propagator *p, int literal)
{
	return p->variable.len <= (size_t)abs(literal) ? 0 : value(p, literal);
}

/* ---- the trail ---- */

static void
assign(struct propagator *p, int literal, int reason)
{
	struct variable *v = variable(p, literal);

	set_value(p, literal, 1);
	v->reason = reason;
	v->at = (unsigned)p->trail.len;
	vec_push(p->keep, &p->trail, literal);
}

static void
go_back(struct propagator *p, size_t steps)
{
	size_t to;

	if (steps >= p->steps.len)
		return;
	to = p->steps.at[steps].before;
	while (p->trail.len > to)
		set_value(p, p->trail.at[--p->trail.len], 0);
	p->steps.len = steps;
	if (p->head > to)
		p->head = to;
}

/* What follows from the clause now that `literal`, which it watches, is false. NO_CLAUSE, or the clause when it broke. */
static int
look_at(struct propagator *p, struct watch w, int literal, watch_list *kept)
{
	int *c = &p->store.at[w.clause + 1], n = p->store.at[w.clause];

	if (c[0] == literal) {
		c[0] = c[1];
		c[1] = literal;
	}
	for (int i = 2; i < n && value(p, c[0]) <= 0; i++)
		if (value(p, c[i]) >= 0) {
			c[1] = c[i];
			c[i] = literal;
			w.other = c[0];
			vec_push(p->keep, watches(p, c[1]), w);
			return NO_CLAUSE;
		}
	w.other = c[0];
	kept->at[kept->len++] = w;
	if (value(p, c[0]) < 0)
		return w.clause;
	if (value(p, c[0]) == 0)
		assign(p, c[0], w.clause);
	return NO_CLAUSE;
}

/* NO_CLAUSE, or a clause none of whose literals can hold any more. */
static int
propagate(struct propagator *p)
{
	while (p->head < p->trail.len) {
		int literal = -p->trail.at[p->head++], broken = NO_CLAUSE;
		watch_list *list = watches(p, literal), kept = { list->at, 0, list->cap };

		for (size_t i = 0; i < list->len; i++) {
			struct watch w = list->at[i];

			if (broken != NO_CLAUSE || value(p, w.other) > 0)
				kept.at[kept.len++] = w;
			else
				broken = look_at(p, w, literal, &kept);
		}
		*list = kept;
		if (broken != NO_CLAUSE)
			return broken;
	}
	return NO_CLAUSE;
}

/* ---- clauses ---- */

/* The better a literal is to be watched: open or true first, then what became false last. */
static size_t
rank(const struct propagator *p, int literal)
{
	return value(p, literal) >= 0 ? SIZE_MAX : variable(p, literal)->at;
}

static void
best_first(const struct propagator *p, int *c, size_t n, size_t place)
{
	for (size_t i = place + 1; i < n; i++)
		if (rank(p, c[i]) > rank(p, c[place])) {
			int t = c[i];

			c[i] = c[place];
			c[place] = t;
		}
}

/* What follows without assumptions. */
static void
settle(struct propagator *p)
{
	for (size_t i = 0; i < p->facts.len; i++) {
		int literal = p->facts.at[i];

		if (value(p, literal) < 0)
			p->broken = true;
		else if (value(p, literal) == 0)
			assign(p, literal, NO_CLAUSE);
	}
	p->facts.len = 0;
	p->broken = p->broken || propagate(p) != NO_CLAUSE;
	p->fixed = p->trail.len;
}

/* What was assumed stands where it can: a clause of one literal is why the literal holds meanwhile. */
static void
add_fact(struct propagator *p, int literal)
{
	vec_push(p->keep, &p->facts, literal);
	if (value(p, literal) < 0)
		go_back(p, 0);
	if (!p->steps.len) {
		settle(p);
	} else if (value(p, literal) == 0) {
		vec_push(p->keep, &p->store, 1);
		vec_push(p->keep, &p->store, literal);
		assign(p, literal, (int)p->store.len - 2);
	}
}

void
propagator_clause(struct propagator *p, const int *literals, size_t n)
{
	int at = (int)p->store.len, *c;

	for (size_t i = 0; i < n; i++)
		make_room(p, literals[i]);
	if (n < 2) {
		p->broken = p->broken || !n;
		if (n)
			add_fact(p, literals[0]);
		return;
	}
	vec_push(p->keep, &p->store, (int)n);
	for (size_t i = 0; i < n; i++)
		vec_push(p->keep, &p->store, literals[i]);
	c = &p->store.at[at + 1];
	best_first(p, c, n, 0);
	if (value(p, c[0]) < 0) {
		go_back(p, 0);
		best_first(p, c, n, 0);
	}
	best_first(p, c, n, 1);
	for (int i = 0; i < 2; i++)
		vec_push(p->keep, watches(p, c[i]), ((struct watch){ at, c[1 - i] }));
	if (value(p, c[1]) < 0 && value(p, c[0]) == 0)
		assign(p, c[0], at);
	else if (value(p, c[0]) < 0)
		p->broken = true;
}

/* ---- cores ---- */

static void
mark(struct propagator *p, int literal)
{
	struct variable *v = variable(p, literal);

	if (v->seen || v->at < p->fixed)
		return;
	v->seen = true;
	p->marked++;
}

/* What the clause is made of; `but`: the literal that it implied. */
static void
mark_clause(struct propagator *p, int clause, int but)
{
	const int *c = &p->store.at[clause + 1];

	for (int i = 0; i < p->store.at[clause]; i++)
		if (c[i] != but)
			mark(p, c[i]);
}

/* From what is marked back to the assumptions behind it: marks are left on those alone. */
static void
trace(struct propagator *p)
{
	for (size_t i = p->trail.len; p->marked && i-- > 0;) {
		struct variable *v = variable(p, p->trail.at[i]);

		if (!v->seen)
			continue;
		p->marked--;
		if (v->reason != NO_CLAUSE) {
			v->seen = false;
			mark_clause(p, v->reason, p->trail.at[i]);
		}
	}
}

/* The assumptions that are marked; the last one made is part of it in any case. */
static size_t
collect(struct propagator *p, size_t *core)
{
	size_t n = 0, last = p->steps.len - 1;

	for (size_t i = 0; i <= last; i++) {
		struct variable *v = variable(p, p->steps.at[i].literal);
		bool decided = v->at == p->steps.at[i].before;

		if (i == last || (v->seen && decided))
			core[n++] = i;
	}
	for (size_t i = 0; i < n; i++)
		variable(p, p->steps.at[core[i]].literal)->seen = false;
	go_back(p, last);
	return n;
}

/* Makes the next assumption. 0: it holds, with all that follows from it. */
static size_t
assume(struct propagator *p, int literal, size_t *core)
{
	int clause;

	make_room(p, literal);
	vec_push(p->keep, &p->steps, ((struct step){ literal, p->trail.len }));
	if (value(p, literal) > 0)
		return 0;
	if (value(p, literal) < 0) {
		mark(p, literal);
		trace(p);
		return collect(p, core);
	}
	assign(p, literal, NO_CLAUSE);
	clause = propagate(p);
	if (clause == NO_CLAUSE)
		return 0;
	mark_clause(p, clause, 0);
	trace(p);
	return collect(p, core);
}

size_t
propagator_core(struct propagator *p, const int *assumptions, size_t n, size_t *core)
{
	size_t same = 0, found = 0;

	while (same < n && same < p->steps.len && p->steps.at[same].literal == assumptions[same])
		same++;
	go_back(p, same);
	if (same && propagate(p) != NO_CLAUSE)
		go_back(p, same = 0);
	if (!same)
		settle(p);
	for (size_t i = same; !p->broken && !found && i < n; i++)
		found = assume(p, assumptions[i], core);
	return found;
}

/* ---- a model ---- */

/* Off if it can be, else on. False: neither can be, and what was decided before is to blame. */
static bool
decide(struct propagator *p, int variable)
{
	if (value(p, variable))
		return true;
	vec_push(p->keep, &p->steps, ((struct step){ -variable, p->trail.len }));
	assign(p, -variable, NO_CLAUSE);
	if (propagate(p) == NO_CLAUSE)
		return true;
	go_back(p, p->steps.len - 1);
	assign(p, variable, NO_CLAUSE);
	return propagate(p) == NO_CLAUSE;
}

/* Whether the values of the trail satisfy each clause: what followed from one may have been missed, see add_fact. */
static bool
is_model(const struct propagator *p)
{
	for (size_t i = 0; i < p->facts.len; i++)
		if (value(p, p->facts.at[i]) < 0)
			return false;
	for (size_t i = 0; i < p->store.len; i += (size_t)p->store.at[i] + 1) {
		int left = p->store.at[i];

		while (left && value(p, p->store.at[i + (size_t)left]) < 0)
			left--;
		if (!left)
			return false;
	}
	return true;
}

bool
propagator_model(struct propagator *p, const int *assumptions, size_t n, size_t *core, bool *model, int variables, int first)
{
	bool found = !propagator_core(p, assumptions, n, core) && !p->broken;
	size_t assumed = p->steps.len;

	make_room(p, variables);
	/* a step that assumes nothing: going back to before it takes along what was found to be on */
	vec_push(p->keep, &p->steps, ((struct step){ 0, p->trail.len }));
	for (int i = first; found && i > 0; i--)
		found = decide(p, i);
	for (int i = first + 1; found && i <= variables; i++)
		found = decide(p, i);
	found = found && is_model(p);
	for (int i = 1; found && i <= variables; i++)
		model[i] = value(p, i) > 0;
	go_back(p, assumed);
	return found;
}
