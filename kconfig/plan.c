// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/plan.h"

struct visit {
	uint32_t node, next;
};

struct edge {
	uint32_t read, reader;          /* nodes */
};

/* Working state: what each node that is no expression reads, and a depth-first walk. */
struct planner {
	struct plan *plan;
	struct arena *scratch;
	uint32_t *first_read;           /* by node - plan->symbols, and one more */
	VEC(uint32_t) reads;
	VEC(struct visit) stack;
	VEC(struct edge) edges;
	uint32_t *node;                 /* symbol id -> the node that works it out */
};

uint32_t
plan_node(const struct plan *p, const struct symbol *s)
{
	return s->choice ? p->picks + p->choice[s->choice->id] : p->symbols + s->id;
}

static void
read_expr(struct planner *w, const struct expr *e)
{
	if (e)
		vec_push(w->scratch, &w->reads, e->id);
}

static void
read_symbol(struct planner *w, const struct symbol *s)
{
	if (s)
		vec_push(w->scratch, &w->reads, w->node[s->id]);
}

/* select and imply are in the target's rev_dep and implied. */
static void
read_props(struct planner *w, const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if (p->kind == PROP_SELECT || p->kind == PROP_IMPLY)
			continue;
		read_expr(w, p->cond);
		if (p->kind == PROP_DEFAULT && !s->is_choice) {
			read_expr(w, p->value);
			/* its text may change where the expression, n, does not */
			if (p->value->kind == EXPR_SYMBOL)
				read_symbol(w, p->value->left);
		}
		if (p->kind == PROP_RANGE) {
			read_symbol(w, p->low);
			read_symbol(w, p->high);
		}
	}
}

static void
read_all(struct planner *w, const struct symbol *s)
{
	read_props(w, s);
	read_expr(w, s->dir_dep);
	read_expr(w, s->rev_dep);
	read_expr(w, s->implied);
}

static void
collect_reads(struct planner *w)
{
	const struct kconfig *m = w->plan->model;
	uint32_t *first = w->first_read;

	for (size_t i = 0; i < m->symbols_len; i++) {
		const struct symbol *s = m->symbols[i];

		*first++ = (uint32_t)w->reads.len;
		if (!s->choice && s->type != SYM_UNKNOWN)
			read_all(w, s);
	}
	for (size_t i = 0; i < m->choices_len; i++) {
		const struct symbol *c = m->choices[i];

		*first++ = (uint32_t)w->reads.len;
		vec_push(w->scratch, &w->reads, w->plan->symbols + c->id);
		for (size_t k = 0; k < c->props_len; k++)
			read_expr(w, c->props[k].cond);
		for (size_t k = 0; k < c->members_len; k++)
			read_props(w, c->members[k]);
	}
	*first = (uint32_t)w->reads.len;
}

/* The n-th node that an expression reads; PLAN_NONE when there is none. */
static uint32_t
expr_read(const struct planner *w, const struct expr_parts *e, uint32_t n)
{
	switch (e->kind) {
	case EXPR_SYMBOL:
		return n == 0 ? w->node[e->l] : PLAN_NONE;
	case EXPR_NOT:
		return n == 0 ? e->l : PLAN_NONE;
	case EXPR_AND:
	case EXPR_OR:
		return n == 0 ? e->l : n == 1 ? e->r : PLAN_NONE;
	default:
		return n == 0 ? w->node[e->l] : n == 1 ? w->node[e->r] : PLAN_NONE;
	}
}

static uint32_t
node_read(const struct planner *w, uint32_t node, uint32_t n)
{
	const struct plan *p = w->plan;
	uint32_t at;

	if (node < p->symbols)
		return expr_read(w, &p->parts[node], n);
	at = w->first_read[node - p->symbols] + n;
	return at < w->first_read[node - p->symbols + 1] ? w->reads.at[at] : PLAN_NONE;
}

static const uint32_t UNSEEN = PLAN_NONE, OPEN = PLAN_NONE - 1;

/* Depth first, without recursion: Kconfig files decide how deep it goes. */
static void
visit(struct planner *w, uint32_t node)
{
	struct plan *p = w->plan;

	if (p->place[node] != UNSEEN)
		return;
	p->place[node] = OPEN;
	vec_push(w->scratch, &w->stack, ((struct visit){ node, 0 }));
	while (w->stack.len) {
		struct visit *top = &w->stack.at[w->stack.len - 1];
		uint32_t next = node_read(w, top->node, top->next++);

		if (next == PLAN_NONE) {
			p->place[top->node] = p->len;
			p->order[p->len++] = top->node;
			w->stack.len--;
			continue;
		}
		vec_push(w->scratch, &w->edges, ((struct edge){ next, top->node }));
		if (p->place[next] == UNSEEN) {
			p->place[next] = OPEN;
			vec_push(w->scratch, &w->stack, ((struct visit){ next, 0 }));
		}
	}
}

static void
visit_menus(struct planner *w, const struct menu *m)
{
	for (; m; m = menu_next(m)) {
		if (m->visibility)
			visit(w, m->visibility->id);
		if (m->prompt && m->prompt->cond)
			visit(w, m->prompt->cond->id);
	}
}

/* MODULES first: it decides what every tristate is. */
static void
visit_all(struct planner *w)
{
	const struct kconfig *m = w->plan->model;

	if (m->modules)
		visit(w, plan_node(w->plan, m->modules));
	for (size_t i = 0; i < m->symbols_len; i++)
		if (m->symbols[i]->type != SYM_UNKNOWN)
			visit(w, w->node[i]);
	visit_menus(w, m->root);
}

static void
collect_readers(struct planner *w)
{
	struct plan *p = w->plan;
	uint32_t *fill = NEW_ARRAY(w->scratch, uint32_t, p->len + 1);

	for (size_t i = 0; i < w->edges.len; i++)
		p->first_reader[p->place[w->edges.at[i].read] + 1]++;
	for (uint32_t i = 0; i < p->len; i++) {
		p->first_reader[i + 1] += p->first_reader[i];
		fill[i] = p->first_reader[i];
	}
	for (size_t i = 0; i < w->edges.len; i++)
		p->readers[fill[p->place[w->edges.at[i].read]]++] = p->place[w->edges.at[i].reader];
}

static void
number_symbols(struct plan *p, struct arena *keep)
{
	const struct kconfig *m = p->model;
	uint32_t members = 0;

	p->text = NEW_ARRAY(keep, uint32_t, m->symbols_len);
	p->choice = NEW_ARRAY(keep, uint32_t, m->symbols_len);
	p->first_member = NEW_ARRAY(keep, uint32_t, m->choices_len + 1);
	for (size_t i = 0; i < m->symbols_len; i++) {
		enum symbol_type t = m->symbols[i]->type;

		p->text[i] = t == SYM_INT || t == SYM_HEX || t == SYM_STRING ? p->texts++ : PLAN_NONE;
	}
	for (size_t i = 0; i < m->choices_len; i++) {
		p->choice[m->choices[i]->id] = (uint32_t)i;
		p->first_member[i] = members;
		members += (uint32_t)m->choices[i]->members_len;
	}
	p->first_member[m->choices_len] = members;
}

struct plan *
plan_make(const struct kconfig *m, const struct expr_pool *pool, struct arena *keep)
{
	struct plan *p = NEW(keep, struct plan);
	struct arena scratch = { 0 };
	struct planner w = { .plan = p, .scratch = &scratch };

	p->model = m;
	p->symbols = (uint32_t)m->exprs_len;
	p->picks = p->symbols + (uint32_t)m->symbols_len;
	p->nodes = p->picks + (uint32_t)m->choices_len;
	p->exprs = pool->list.at;
	p->parts = pool->parts.at;
	number_symbols(p, keep);
	vec_reserve(&scratch, &w.edges, 3 * (size_t)p->nodes + 1);
	w.node = NEW_ARRAY(&scratch, uint32_t, m->symbols_len);
	for (size_t i = 0; i < m->symbols_len; i++)
		w.node[i] = plan_node(p, m->symbols[i]);
	w.first_read = NEW_ARRAY(&scratch, uint32_t, m->symbols_len + m->choices_len + 1);
	collect_reads(&w);
	p->order = NEW_ARRAY(keep, uint32_t, p->nodes);
	p->place = NEW_ARRAY(keep, uint32_t, p->nodes);
	for (uint32_t i = 0; i < p->nodes; i++)
		p->place[i] = UNSEEN;
	visit_all(&w);
	p->first_reader = NEW_ARRAY(keep, uint32_t, p->len + 1);
	p->readers = NEW_ARRAY(keep, uint32_t, w.edges.len);
	collect_readers(&w);
	arena_release(&scratch);
	return p;
}
