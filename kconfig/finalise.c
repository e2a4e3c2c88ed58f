// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What scripts/kconfig/menu.c (menu_finalize) makes of the entries once all files are read: the dependencies of
 * the blocks around reach the entries and their properties, select and imply reach their targets, entries that
 * depend on the one before become its sub-menu, and "if" blocks dissolve. The order of the steps is part of the
 * result.
 */
#include "kconfig/build.h"

#include <string.h>

struct menu_build *
menu_walk(struct menu_build *m, const struct menu_build *top)
{
	if (m->list)
		return m->list;
	while (m != top && m && !m->next)
		m = m->parent;
	return m == top || !m ? NULL : m->next;
}

/* The first entry with a prompt lies in the choice, whatever menus are between (v6.12 sym_get_choice_menu). */
struct menu_build *
choice_of(const struct symbol_build *s)
{
	struct menu_build *m = NULL;

	for (size_t i = 0; i < s->menus.len && !m; i++)
		if (s->menus.at[i]->prompt)
			m = s->menus.at[i];
	if (!m)
		return NULL;
	do
		m = m->parent;
	while (m && !m->sym);
	return m && m->sym->s.is_choice ? m : NULL;
}

/* ---- what the properties say makes sense ---- */

static bool
is_number(enum symbol_type type, struct str s)
{
	size_t i = 0, digits = 0;

	if (type == SYM_HEX && s.len > 1 && s.at[0] == '0' && (s.at[1] == 'x' || s.at[1] == 'X'))
		i = 2;
	else if (type == SYM_INT && s.len && s.at[0] == '-')
		i = 1;
	if (type == SYM_INT && s.len > i + 1 && s.at[i] == '0')
		return false;
	for (; i < s.len; i++, digits++)
		if (!(s.at[i] >= '0' && s.at[i] <= '9') &&
		    !(type == SYM_HEX && ((s.at[i] >= 'a' && s.at[i] <= 'f') || (s.at[i] >= 'A' && s.at[i] <= 'F'))))
			return false;
	return digits > 0;
}

/* sym_string_valid */
static bool
is_valid(enum symbol_type type, struct str s)
{
	if (type == SYM_BOOL || type == SYM_TRISTATE)
		return s.len && strchr("yYmMnN", s.at[0]);
	return type == SYM_STRING || ((type == SYM_INT || type == SYM_HEX) && is_number(type, s));
}

static bool
is_number_symbol(const struct symbol *for_sym, const struct symbol *s)
{
	return s->type == SYM_INT || s->type == SYM_HEX || (s->type == SYM_UNKNOWN && is_valid(for_sym->type, s->name));
}

static bool
in_choice(const struct builder *b, const struct symbol_build *member, const struct symbol_build *choice)
{
	const struct menu_build *c;

	if (b->k.dialect.old_choice)
		return member->old_choice == choice;
	c = choice_of(member);
	return c && c->sym == choice;
}

#define PROP_SAY(b, p, ...) say((b), SAY_GLUED_WARNING, *(p)->file, (p)->line, __VA_ARGS__)

static void
check_default(struct builder *b, const struct symbol_build *s, const struct prop_build *p)
{
	const struct symbol *value;
	enum symbol_type t = s->s.type;

	if (p->value->kind != EXPR_SYMBOL) {
		if (t == SYM_STRING || t == SYM_INT || t == SYM_HEX)
			PROP_SAY(b, p, "default for config symbol '%.*s' must be a single symbol", STR_ARG(s->s.name));
		return;
	}
	value = p->value->left;
	if ((t == SYM_HEX || t == SYM_INT) && !is_number_symbol(&s->s, value))
		PROP_SAY(b, p, "'%.*s': number is invalid", STR_ARG(s->s.name));
	if (s->s.is_choice && !in_choice(b, symbol_of(b, value), s))
		PROP_SAY(b, p, "choice default symbol '%.*s' is not contained in the choice", STR_ARG(value->name));
}

static void
check_select(struct builder *b, const struct symbol_build *s, const struct prop_build *p)
{
	const char *use = p->kind == PROP_SELECT ? "select" : "imply";
	const struct symbol *to = p->value->left;

	if (s->s.type != SYM_BOOL && s->s.type != SYM_TRISTATE)
		PROP_SAY(b, p, "config symbol '%.*s' uses %s, but is not bool or tristate", STR_ARG(s->s.name), use);
	else if (to->type != SYM_UNKNOWN && to->type != SYM_BOOL && to->type != SYM_TRISTATE)
		PROP_SAY(b, p, "'%.*s' has wrong type. '%s' only accept arguments of bool and tristate type",
		         STR_ARG(to->name), use);
}

static void
check_props(struct builder *b, struct menu_build *m)
{
	struct symbol_build *s = m->sym;

	if (s->s.type == SYM_UNKNOWN)
		say(b, SAY_GLUED_WARNING, m->m.place.file, m->m.place.line, "config symbol defined without type");
	if (b->k.dialect.old_choice && s->s.is_choice && !m->prompt)
		say(b, SAY_GLUED_WARNING, m->m.place.file, m->m.place.line, "choice must have a prompt");
	for (const struct prop_build *p = s->props; p; p = p->next) {
		if (p->kind == PROP_DEFAULT)
			check_default(b, s, p);
		else if (p->kind == PROP_SELECT || p->kind == PROP_IMPLY)
			check_select(b, s, p);
		else if (p->kind == PROP_RANGE && s->s.type != SYM_INT && s->s.type != SYM_HEX)
			PROP_SAY(b, p, "range is only allowed for int or hex symbols");
		if (p->kind == PROP_RANGE &&
		    (!is_number_symbol(&s->s, p->bound[0]) || !is_number_symbol(&s->s, p->bound[1])))
			PROP_SAY(b, p, "range is invalid");
	}
	s->checked = true;
}

/* ---- dependencies, from the outside inwards ---- */

/* cond && what it says itself, rewritten */
static const struct expr *
with_own(struct expr_pool *p, const struct expr *outer, const struct expr *own)
{
	return expr_dedup(p, expr_and(p, outer, expr_transform(p, expr_with_modules(p, own))));
}

static void
reach_target(struct builder *b, const struct symbol *selector, const struct prop_build *p)
{
	struct symbol_build *to = symbol_of(b, p->value->left);
	const struct expr **dep = p->kind == PROP_SELECT ? &to->rev_dep : &to->implied;

	*dep = expr_or(&b->pool, *dep, expr_and(&b->pool, expr_symbol(&b->pool, selector), p->cond));
}

static void
reach_props(struct builder *b, struct menu_build *m)
{
	for (struct prop_build *p = m->sym ? m->sym->props : m->prompt; p; p = p->next) {
		if (p->menu != m)
			continue;
		p->cond = with_own(&b->pool, m->dep, p->cond);
		if (p->kind == PROP_SELECT || p->kind == PROP_IMPLY)
			reach_target(b, &m->sym->s, p);
	}
}

/* Before 6.11 a choice without type takes that of its first member with one, and gives it to those without. */
static void
choice_types(struct builder *b, struct menu_build *choice)
{
	struct symbol *c = &choice->sym->s;

	if (c->type == SYM_UNKNOWN) {
		b->entry = choice;
		for (struct menu_build *m = choice->list; m; m = m->next)
			if (m->sym && m->sym->s.type != SYM_UNKNOWN) {
				set_type(b, m->sym->s.type);
				break;
			}
	}
	for (struct menu_build *m = choice->list; m; m = m->next)
		if (m->sym && m->sym->s.type == SYM_UNKNOWN) {
			b->entry = m;
			set_type(b, c->type);
			expr_pool_forget(&b->pool);
		}
}

static void
reach_children(struct builder *b, struct menu_build *parent)
{
	const struct expr *dep = parent->dep;

	if (parent->sym && parent->sym->s.is_choice && b->k.dialect.old_choice) {
		choice_types(b, parent);
		dep = expr_symbol(&b->pool, &parent->sym->s);
	}
	for (struct menu_build *m = parent->list; m; m = m->next) {
		m->toolchain |= parent->toolchain;
		m->dep = with_own(&b->pool, dep, m->dep);
		reach_props(b, m);
	}
}

/* ---- automatic sub-menus ---- */

static void finalise_menu(struct builder *, struct menu_build *, bool inside_choice, unsigned depth);

static const struct expr *
made_comparable(struct expr_pool *p, const struct expr *e)
{
	return expr_dedup(p, expr_transform(p, expr_differs_from_n(p, e)));
}

/* Is the entry's prompt shown wherever `dep` is met, so that what has this dependency can stand below it? */
static bool
belongs_below(struct expr_pool *p, const struct expr *dep, const struct menu_build *entry)
{
	const struct expr *base;

	if (expr_needs(dep, &entry->sym->s))
		return true;
	base = made_comparable(p, entry->prompt ? entry->prompt->cond : NULL);
	dep = made_comparable(p, dep);
	if (dep && base)
		expr_remove_common(p, &dep, &base);
	return expr_is_yes(p, base);
}

static void
collect_below(struct builder *b, struct menu_build *parent, unsigned depth)
{
	struct menu_build *last = NULL;

	for (struct menu_build *m = parent->next; m; m = m->next) {
		const struct expr *dep = m->prompt ? m->prompt->cond : m->dep;

		if (!expr_mentions(dep, &parent->sym->s) || !belongs_below(&b->pool, dep, parent))
			break;
		finalise_menu(b, m, false, depth + 1);
		m->parent = parent;
		last = m;
	}
	if (last) {
		parent->list = parent->next;
		parent->next = last->next;
		last->next = NULL;
	}
}

/* What stands below an "if" or an entry without a prompt moves up beside it. */
static void
move_up(struct menu_build *parent, struct menu_build *m)
{
	struct menu_build *last;

	if (!m->list || (m->prompt))
		return;
	for (last = m->list;; last = last->next) {
		last->parent = parent;
		if (!last->next)
			break;
	}
	last->next = m->next;
	m->next = m->list;
	m->list = NULL;
}

/* ---- choices before 6.11 ---- */

static void
old_member(struct builder *b, struct menu_build *choice, struct menu_build *m)
{
	struct symbol_build *c = choice->sym, *s = m->sym;
	const struct expr *is_y;

	if (!s || s->old_choice)
		return;
	if (!m->prompt)
		say(b, SAY_GLUED_WARNING, m->m.place.file, m->m.place.line, "choice value must have a prompt");
	for (const struct prop_build *p = s->props; p; p = p->next) {
		if (p->kind == PROP_DEFAULT)
			PROP_SAY(b, p, "defaults for choice values not supported");
		if (p->menu != m && p->kind == PROP_PROMPT && p->menu->parent->sym != c)
			PROP_SAY(b, p, "choice value used outside its choice group");
	}
	if (c->s.type == SYM_TRISTATE && s->s.type != SYM_TRISTATE) {
		is_y = expr_compare(&b->pool, EXPR_EQ, &c->s, &b->y->s);
		m->dep = expr_and(&b->pool, is_y, m->dep);
		for (struct prop_build *p = s->props; p; p = p->next)
			if (p->menu == m)
				p->cond = expr_and(&b->pool, is_y, p->cond);
	}
	s->old_choice = c;
	vec_push(b->keep, &c->members, s);
}

/* A choice that is not optional is at least m where it is visible. */
static void
old_obligation(struct builder *b, struct menu_build *m)
{
	struct symbol_build *s = m->sym;

	if (s && s->s.is_choice && !s->s.optional && m->prompt)
		s->rev_dep = expr_or(&b->pool, s->rev_dep, expr_and(&b->pool, m->prompt->cond, b->pool.mod));
}

/* ---- all together ---- */

static void
finalise_menu(struct builder *b, struct menu_build *parent, bool inside_choice, unsigned depth)
{
	struct symbol_build *s = parent->sym;
	bool old = b->k.dialect.old_choice, is_choice = s && s->s.is_choice;

	if (depth > CHAIN_MAX) {
		if (!b->full)
			say(b, SAY_ERROR, parent->m.place.file, parent->m.place.line,
			    "more than %d entries depend on each other in a row", CHAIN_MAX);
		b->full = true;
		return;
	}
	if (parent->list) {
		reach_children(b, parent);
		for (struct menu_build *m = parent->list; m; m = m->next)
			finalise_menu(b, m, is_choice && !old, depth + 1);
	} else if (!inside_choice && s) {
		collect_below(b, parent, depth);
		s->dir_dep = expr_or(&b->pool, s->dir_dep, parent->dep);
	}
	for (struct menu_build *m = parent->list; m; m = m->next) {
		if (is_choice && old)
			old_member(b, parent, m);
		move_up(parent, m);
	}
	if (s && !s->checked)
		check_props(b, parent);
	if (old)
		old_obligation(b, parent);
}

void
finalise(struct builder *b)
{
	finalise_menu(b, &b->root, false, 0);
}
