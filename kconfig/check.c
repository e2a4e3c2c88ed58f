// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Symbols that depend on themselves (scripts/kconfig/symbol.c, sym_check_deps), and members of choices that make
 * no sense. conf recurses; here the steps that are still to do are a stack of their own, so that no input can
 * exhaust ours.
 */
#include "kconfig/build.h"
#include "kconfig/oldhash.h"

enum { RUNNING = 1, DONE = 2 };

enum via { VIA_PROMPT, VIA_DEPENDS, VIA_SELECT, VIA_IMPLY, VIA_VALUE };

/* A symbol under way, and which of its expressions is being followed. */
struct link {
	struct symbol_build *s;
	const struct prop_build *prop;
	enum via via;
};

enum step_kind { STEP_ENTER, STEP_EXPR, STEP_EXPR_DONE, STEP_VIA, STEP_OWN, STEP_LEAVE, STEP_DONE, STEP_CHOICE_DONE };

struct step {
	enum step_kind kind;
	enum via via;
	struct symbol_build *s;
	const struct expr *e;
	const struct prop_build *prop;
};

struct checker {
	struct builder *b;
	struct arena mem;
	VEC(struct step) todo;
	VEC(struct link) chain;
	unsigned char *state;  /* by symbol id: RUNNING, DONE */
	bool *expr_done;       /* by id: all of its symbols are done */
	struct symbol_build **choice; /* by id: of a member */
};

static void
push(struct checker *c, struct step step)
{
	vec_push(&c->mem, &c->todo, step);
}

/* ---- the report ---- */

static struct str
name_of(const struct symbol_build *s)
{
	return s->s.name.len ? s->s.name : STR("<choice>");
}

static const char *
prop_name(const struct prop_build *p)
{
	static const char *const name[] = {
		[PROP_PROMPT] = "prompt", [PROP_MENU] = "menu", [PROP_COMMENT] = "comment",
		[PROP_DEFAULT] = "default", [PROP_SELECT] = "select", [PROP_IMPLY] = "imply", [PROP_RANGE] = "range",
	};

	return p ? name[p->kind] : "unknown";
}

static void
describe(const struct checker *c, const struct link *l, const struct symbol_build *next, struct text *out)
{
	struct str name = name_of(l->s), to = name_of(next);
	bool old = c->b->k.dialect.old_choice;

	if (old && l->s->s.is_choice) {
		text_addf(out, "choice %.*s contains symbol %.*s", STR_ARG(name), STR_ARG(to));
	} else if (old && l->s->old_choice) {
		text_addf(out, "symbol %.*s is part of choice %.*s", STR_ARG(name), STR_ARG(to));
	} else if (!old && next->s.is_choice && next->menus.len) {
		const struct place *at = &next->menus.at[0]->m.place;

		text_addf(out, "symbol %.*s is part of choice block at %.*s:%u", STR_ARG(name), STR_ARG(at->file), at->line);
	} else if (l->via == VIA_VALUE) {
		text_addf(out, "symbol %.*s %s value contains %.*s", STR_ARG(name), prop_name(l->prop), STR_ARG(to));
	} else if (l->via == VIA_PROMPT) {
		text_addf(out, "symbol %.*s %s is visible depending on %.*s", STR_ARG(name), prop_name(l->prop),
		          STR_ARG(to));
	} else {
		static const char *const verb[] = {
			[VIA_DEPENDS] = "depends on", [VIA_SELECT] = "is selected by", [VIA_IMPLY] = "is implied by",
		};

		text_addf(out, "symbol %.*s %s %.*s", STR_ARG(name), verb[l->via], STR_ARG(to));
	}
}

static struct place
place_of(const struct link *l)
{
	if (l->prop)
		return (struct place){ *l->prop->file, l->prop->line };
	return l->s->menus.len ? l->s->menus.at[0]->m.place : (struct place){ 0 };
}

static void
report_link(struct checker *c, size_t i, size_t first, const struct symbol_build *last)
{
	const struct link *l = &c->chain.at[i];
	const struct symbol_build *next = i + 1 < c->chain.len ? c->chain.at[i + 1].s : last;
	struct place at = place_of(l);
	struct text line = { 0 };

	describe(c, l, next, &line);
	if (i == first)
		diag_error(c->b->diag, at.file, at.line, "recursive dependency: %.*s; conf refuses it",
		           STR_ARG(text_str(&line)));
	else
		diag_add(c->b->diag, DIAG_NOTE, at.file, at.line, "%.*s", STR_ARG(text_str(&line)));
	if (c->b->k.dialect.old_choice) {
		if (l->s == last)
			say_raw(c->b, "%.*s:%u:error: recursive dependency detected!\n", STR_ARG(at.file), at.line);
		say_raw(c->b, "%.*s:%u:\t%.*s\n", STR_ARG(at.file), at.line, STR_ARG(text_str(&line)));
	} else {
		if (l->s == last)
			say_raw(c->b, "error: recursive dependency detected!\n");
		say_raw(c->b, "\t%.*s\n", STR_ARG(text_str(&line)));
	}
	text_release(&line);
}

static struct symbol_build *
choice_symbol(const struct checker *c, const struct symbol_build *s)
{
	return c->choice[s->s.id];
}

static void
report(struct checker *c, struct symbol_build *last)
{
	struct symbol_build *choice = choice_symbol(c, last);
	size_t first = c->chain.len;

	if (choice) {
		struct link member = { last, NULL, VIA_PROMPT };

		vec_push(&c->mem, &c->chain, member);
		last = choice;
		first++;
	}
	while (first > 0 && c->chain.at[first - 1].s != last)
		first--;
	if (!first--) {
		diag_error(c->b->diag, STR(""), 0, "recursive dependency of %.*s", STR_ARG(name_of(last)));
		say_raw(c->b, "unexpected recursive dependency error\n");
		return;
	}
	for (size_t i = first; i < c->chain.len; i++)
		report_link(c, i, first, last);
	say_raw(c->b, "For a resolution refer to Documentation/kbuild/kconfig-language.rst\n"
	        "subsection \"Kconfig recursive dependency limitations\"\n\n");
}

/* ---- the walk ---- */

/* Is there nothing left to follow in it? */
static bool
is_done(const struct checker *c, const struct expr *e)
{
	if (!e->left)
		return c->expr_done[e->id];
	return c->state[e->left->id] == DONE && (!e->right || c->state[e->right->id] == DONE);
}

static void
own(struct checker *c, enum via via, const struct expr *e, const struct prop_build *prop)
{
	if (e && e != c->b->pool.yes && !is_done(c, e))
		push(c, (struct step){ .kind = STEP_VIA, .via = via, .e = e, .prop = prop });
}

/* The symbol's expressions, in conf's order. The stack wants them in reverse. */
static void
follow(struct checker *c, struct symbol_build *s)
{
	struct link l = { s, NULL, VIA_PROMPT };
	size_t from;

	vec_push(&c->mem, &c->chain, l);
	push(c, (struct step){ .kind = STEP_LEAVE });
	from = c->todo.len;
	own(c, VIA_DEPENDS, s->dir_dep, NULL);
	own(c, VIA_SELECT, s->rev_dep, NULL);
	own(c, VIA_IMPLY, s->implied, NULL);
	for (const struct prop_build *p = s->props; p; p = p->next) {
		if (p->kind == PROP_SELECT || p->kind == PROP_IMPLY)
			continue;
		own(c, VIA_PROMPT, p->cond, p);
		if (p->kind == PROP_DEFAULT && !s->s.is_choice)
			own(c, VIA_VALUE, p->value, p);
	}
	for (size_t i = from, j = c->todo.len; i + 1 < j; i++) {
		struct step t = c->todo.at[i];

		c->todo.at[i] = c->todo.at[--j];
		c->todo.at[j] = t;
	}
}

static void
enter_symbol(struct checker *c, struct symbol_build *s)
{
	c->state[s->s.id] = RUNNING | DONE;
	push(c, (struct step){ .kind = STEP_DONE, .s = s });
	follow(c, s);
}

static size_t
choice_members(struct checker *c, const struct symbol_build *choice, struct symbol_build ***out)
{
	VEC(struct symbol_build *) list = { 0 };

	if (!c->b->k.dialect.old_choice && choice->menus.len)
		for (struct menu_build *m = menu_walk(choice->menus.at[0], choice->menus.at[0]); m;
		     m = menu_walk(m, choice->menus.at[0]))
			if (m->sym)
				vec_push(&c->mem, &list, m->sym);
	*out = c->b->k.dialect.old_choice ? choice->members.at : list.at;
	return c->b->k.dialect.old_choice ? choice->members.len : list.len;
}

/* First the choice itself, then each member, all of them under way until the last is done. */
static void
enter_choice(struct checker *c, struct symbol_build *choice)
{
	struct link l = { choice, NULL, VIA_PROMPT };
	struct symbol_build **member;
	size_t n = choice_members(c, choice, &member);

	vec_push(&c->mem, &c->chain, l);
	push(c, (struct step){ .kind = STEP_LEAVE });
	push(c, (struct step){ .kind = STEP_CHOICE_DONE, .s = choice });
	for (size_t i = n; i-- > 0;) {
		c->state[member[i]->s.id] = RUNNING | DONE;
		push(c, (struct step){ .kind = STEP_OWN, .s = member[i] });
	}
	c->state[choice->s.id] = RUNNING | DONE;
	push(c, (struct step){ .kind = STEP_DONE, .s = choice });
	push(c, (struct step){ .kind = STEP_OWN, .s = choice });
}

static void
choice_done(struct checker *c, const struct symbol_build *choice)
{
	struct symbol_build **member;
	size_t n = choice_members(c, choice, &member);

	for (size_t i = 0; i < n; i++)
		c->state[member[i]->s.id] &= DONE;
}

/* False: the symbol depends on itself. */
static bool
enter(struct checker *c, struct symbol_build *s)
{
	struct symbol_build *choice;

	if (c->state[s->s.id] & RUNNING) {
		report(c, s);
		return false;
	}
	if (c->state[s->s.id] & DONE)
		return true;
	choice = choice_symbol(c, s);
	if (choice) {
		struct link l = { s, NULL, VIA_PROMPT };

		vec_push(&c->mem, &c->chain, l);
		push(c, (struct step){ .kind = STEP_LEAVE });
		push(c, (struct step){ .kind = STEP_ENTER, .s = choice });
	} else if (s->s.is_choice) {
		enter_choice(c, s);
	} else {
		enter_symbol(c, s);
	}
	return true;
}

static void
enter_later(struct checker *c, const struct symbol *s)
{
	if (c->state[s->id] != DONE)
		push(c, (struct step){ .kind = STEP_ENTER, .s = symbol_of(c->b, s) });
}

/* Pushed in reverse. What is done once is done: its symbols cannot be under way again. */
static void
expression(struct checker *c, const struct expr *e)
{
	if (e->left) {
		if (e->right)
			enter_later(c, e->right);
		enter_later(c, e->left);
	} else if (!c->expr_done[e->id]) {
		push(c, (struct step){ .kind = STEP_EXPR_DONE, .e = e });
		if (e->b && !is_done(c, e->b))
			push(c, (struct step){ .kind = STEP_EXPR, .e = e->b });
		if (!is_done(c, e->a))
			push(c, (struct step){ .kind = STEP_EXPR, .e = e->a });
	}
}

static bool
check(struct checker *c, struct symbol_build *top)
{
	bool fine = true;

	c->todo.len = c->chain.len = 0;
	push(c, (struct step){ .kind = STEP_ENTER, .s = top });
	while (c->todo.len && fine) {
		struct step step = c->todo.at[--c->todo.len];

		switch (step.kind) {
		case STEP_ENTER: fine = enter(c, step.s); break;
		case STEP_EXPR: expression(c, step.e); break;
		case STEP_EXPR_DONE: c->expr_done[step.e->id] = true; break;
		case STEP_OWN: follow(c, step.s); break;
		case STEP_LEAVE: c->chain.len--; break;
		case STEP_DONE: c->state[step.s->s.id] &= DONE; break;
		case STEP_CHOICE_DONE: choice_done(c, step.s); break;
		case STEP_VIA:
			c->chain.at[c->chain.len - 1].via = step.via;
			c->chain.at[c->chain.len - 1].prop = step.prop;
			push(c, (struct step){ .kind = STEP_EXPR, .e = step.e });
			break;
		}
		if (c->chain.len > CHECK_CHAIN_MAX && fine) {
			diag_error(c->b->diag, place_of(&c->chain.at[0]).file, place_of(&c->chain.at[0]).line,
			           "%.*s depends on more than %d symbols in a row", STR_ARG(name_of(top)), CHECK_CHAIN_MAX);
			fine = false;
		}
	}
	if (!fine)
		for (size_t i = 0; i < c->b->syms.len; i++)
			c->state[i] &= DONE;
	return fine;
}

/* ---- members of choices ---- */

static void
check_member(struct builder *b, const struct menu_build *m)
{
	for (const struct prop_build *p = m->sym->props; p; p = p->next) {
		if (p->kind == PROP_DEFAULT)
			say(b, SAY_MARKED_ERROR, *p->file, p->line, "defaults for choice values not supported");
		if (p->menu == m || p->kind != PROP_PROMPT)
			continue;
		if (!b->k.dialect.member_prompts)
			say(b, SAY_MARKED_ERROR, *p->file, p->line, "choice value must not have a prompt in another entry");
		else if (p->menu->parent != m->parent)
			say(b, SAY_MARKED_ERROR, *p->file, p->line, "choice value has a prompt outside its choice group");
	}
}

/* What only carries an old value over has no say of its own (6.18, transitional_check_sanity). */
static void
check_transitional(struct builder *b, const struct menu_build *m)
{
	const struct prop_build *p = m->sym->props;

	if (!m->sym->s.transitional)
		return;
	if (!expr_is_yes(&b->pool, m->dep) || !expr_is_yes(&b->pool, m->visibility))
		say(b, SAY_MARKED_ERROR, m->m.place.file, m->m.place.line, "transitional symbols can only have help sections");
	else if (p)
		say(b, SAY_MARKED_ERROR, *p->file, p->line, "transitional symbols can only have help sections");
}

/* choice_of for all symbols at once, from the choices' side. */
static void
find_members(struct checker *c, struct symbol_build *choice)
{
	struct symbol_build **member;
	size_t n = choice_members(c, choice, &member);

	for (size_t i = 0; i < n; i++) {
		const struct menu_build *m = choice_of(member[i]);

		if (c->b->k.dialect.old_choice ? member[i]->old_choice == choice : m && m->sym == choice)
			c->choice[member[i]->s.id] = choice;
	}
}

enum { RECURSIONS_MAX = 100 };

/* Old conf goes through its hash table. */
static uint32_t *
hash_order(struct checker *c)
{
	struct str *names = NEW_ARRAY(&c->mem, struct str, c->b->syms.len);

	for (size_t i = 0; i < c->b->syms.len; i++)
		names[i] = c->b->syms.at[i]->s.name;
	return oldhash_order(names, c->b->syms.len, &c->mem);
}

void
check_dependencies(struct builder *b)
{
	struct checker c = { .b = b };
	size_t bad = 0;

	c.state = NEW_ARRAY(&c.mem, unsigned char, b->syms.len);
	c.expr_done = NEW_ARRAY(&c.mem, bool, b->pool.list.len);
	c.choice = NEW_ARRAY(&c.mem, struct symbol_build *, b->syms.len);
	for (size_t i = 0; i < b->choices.len; i++)
		find_members(&c, b->choices.at[i]);
	if (b->k.dialect.old_choice) {
		const uint32_t *order = hash_order(&c);

		for (size_t i = 0; i < b->syms.len && bad < RECURSIONS_MAX; i++)
			bad += !check(&c, b->syms.at[order[i]]);
	} else {
		for (struct menu_build *m = menu_walk(&b->root, NULL); m && bad < RECURSIONS_MAX; m = menu_walk(m, NULL)) {
			if (!m->sym)
				continue;
			bad += !check(&c, m->sym);
			check_transitional(b, m);
			if (m->sym->s.is_choice)
				for (struct menu_build *in = menu_walk(m, m); in; in = menu_walk(in, m))
					if (in->sym)
						check_member(b, in);
		}
	}
	arena_release(&c.mem);
}
