// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The grammar of scripts/kconfig/parser.y, top down: files, statements, options, expressions. A line that makes
 * no sense is reported and skipped; the entry it stands in goes on.
 */
#include "kconfig/build.h"

#include <stdlib.h>
#include <string.h>

struct block {
	enum token kind;              /* TOK_IF, TOK_MENU, TOK_CHOICE */
	struct menu_build *entry;
};

struct parser {
	struct builder *b;
	struct lexer *x;
	struct block block[BLOCKS_MAX];
	size_t depth;
	unsigned nested;              /* parentheses */
	unsigned asked;               /* questions asked before this statement */
	bool expression_ok;
};

/* ---- lines ---- */

static bool
asked_here(const struct parser *p)
{
	return p->b->macros.asked != p->asked;
}

static void
next_statement(struct parser *p)
{
	p->asked = p->b->macros.asked;
	lexer_statement(p->x);
}

static void
bad_line(struct parser *p, const char *what)
{
	say(p->b, SAY_ERROR, p->x->file, p->x->statement, "%s", what);
	lexer_skip_line(p->x);
}

/* The statement is over. What is left of the line is an error. */
static bool
end_of_line(struct parser *p)
{
	if (p->x->token == TOK_EOL)
		return true;
	bad_line(p, "invalid statement");
	return false;
}

static bool
accept(struct parser *p, enum token t)
{
	if (p->x->token != t)
		return false;
	lexer_next(p->x);
	return true;
}

/* ---- expressions ---- */

static const struct expr *or_expr(struct parser *);

/* symbol = word | "quoted" */
static const struct symbol *
symbol(struct parser *p)
{
	const struct symbol_build *b = NULL;

	if (p->x->token == TOK_QUOTED)
		b = p->b->loaded ? quoted_find(p->b, p->x->text) : constant_get(p->b, p->x->text);
	else if (p->x->token == TOK_WORD)
		b = p->b->loaded ? word_find(p->b, p->x->text) : word_symbol(p->b);
	if (b)
		lexer_next(p->x);
	return b ? &b->s : NULL;
}

static const struct expr *
comparison(struct parser *p)
{
	static const enum expr_kind kind[] = {
		[TOK_EQ] = EXPR_EQ, [TOK_NE] = EXPR_NE, [TOK_LT] = EXPR_LT, [TOK_LE] = EXPR_LE,
		[TOK_GT] = EXPR_GT, [TOK_GE] = EXPR_GE,
	};
	const struct symbol *l = symbol(p), *r;
	enum token t = p->x->token;

	if (!l || t < TOK_EQ || t > TOK_GE)
		return l ? expr_symbol(&p->b->pool, l) : NULL;
	lexer_next(p->x);
	r = symbol(p);
	return r ? expr_compare(&p->b->pool, kind[t], l, r) : NULL;
}

/* primary = "!" primary | "(" or-expr ")" | comparison */
static const struct expr *
primary(struct parser *p)
{
	const struct expr *e;

	if (p->x->token != TOK_NOT && p->x->token != TOK_OPEN)
		return comparison(p);
	if (p->nested >= PARENS_MAX) {
		if (!p->b->loaded)
			say(p->b, SAY_ERROR, p->x->file, p->x->statement, "expression nested more than %d deep", PARENS_MAX);
		return NULL;
	}
	p->nested++;
	if (accept(p, TOK_NOT)) {
		e = primary(p);
		e = e ? expr_not(&p->b->pool, e) : NULL;
	} else {
		lexer_next(p->x);
		e = or_expr(p);
		e = e && accept(p, TOK_CLOSE) ? e : NULL;
	}
	p->nested--;
	return e;
}

/* and-expr = primary ("&&" primary)* */
static const struct expr *
and_expr(struct parser *p)
{
	const struct expr *e = primary(p), *b;

	while (e && accept(p, TOK_AND)) {
		b = primary(p);
		e = b ? expr_two(&p->b->pool, EXPR_AND, e, b) : NULL;
	}
	return e;
}

/* or-expr = and-expr ("||" and-expr)* */
static const struct expr *
or_expr(struct parser *p)
{
	const struct expr *e = and_expr(p), *b;

	while (e && accept(p, TOK_OR)) {
		b = and_expr(p);
		e = b ? expr_two(&p->b->pool, EXPR_OR, e, b) : NULL;
	}
	return e;
}

/* if-expr = ("if" or-expr)?; *cond is NULL without one. False: malformed. */
static bool
if_expr(struct parser *p, const struct expr **cond)
{
	*cond = NULL;
	return !accept(p, TOK_IF) || (*cond = or_expr(p));
}

/* ---- options ---- */

static void
mark(struct parser *p, struct prop_build *prop)
{
	if (prop && asked_here(p))
		prop->toolchain = true;
}

/* Leading blanks do not count; the conditions of the menus around apply to prompts. */
static struct prop_build *
add_prompt(struct parser *p, enum prop_kind kind, struct str text, const struct expr *cond)
{
	struct builder *b = p->b;
	struct prop_build *prop = prop_add(b, kind, NULL, cond);
	struct str trimmed = text;

	while (trimmed.len && (trimmed.at[0] == ' ' || (trimmed.at[0] >= '\t' && trimmed.at[0] <= '\r')))
		trimmed = str_drop(trimmed, 1);
	if (trimmed.len != text.len)
		say(b, SAY_GLUED_WARNING, *prop->file, prop->line, "leading whitespace ignored");
	if (b->entry->prompt)
		say(b, SAY_GLUED_WARNING, *prop->file, prop->line, "prompt redefined");
	if (kind == PROP_PROMPT)
		for (struct menu_build *m = b->entry->parent; m; m = m->parent)
			if (m->visibility)
				prop->cond = expr_and(&b->pool, prop->cond, m->visibility);
	prop->text = trimmed;
	b->entry->prompt = prop;
	mark(p, prop);
	return prop;
}

/* "text" if-expr */
static bool
prompt(struct parser *p)
{
	struct str text = p->x->text;
	const struct expr *cond;

	if (!accept(p, TOK_QUOTED) || !if_expr(p, &cond) || !end_of_line(p))
		return false;
	add_prompt(p, PROP_PROMPT, text, cond);
	return true;
}

/* type "text"? if-expr */
static bool
typed(struct parser *p, enum symbol_type type)
{
	lexer_next(p->x);
	if (p->x->token == TOK_QUOTED ? !prompt(p) : !end_of_line(p))
		return false;
	set_type(p->b, type);
	return true;
}

/* default, def_bool, def_tristate: or-expr if-expr */
static bool
default_value(struct parser *p, enum symbol_type type)
{
	const struct expr *value, *cond;

	lexer_next(p->x);
	if (!(value = or_expr(p)) || !if_expr(p, &cond) || !end_of_line(p))
		return false;
	mark(p, prop_add(p->b, PROP_DEFAULT, value, cond));
	if (type != SYM_UNKNOWN)
		set_type(p->b, type);
	return true;
}

/* select, imply, and a choice's default: word if-expr */
static bool
target(struct parser *p, enum prop_kind kind)
{
	const struct expr *cond, *value;

	if (lexer_next(p->x) != TOK_WORD)
		return false;
	value = expr_symbol(&p->b->pool, symbol(p));
	if (!if_expr(p, &cond) || !end_of_line(p))
		return false;
	mark(p, prop_add(p->b, kind, value, cond));
	return true;
}

static bool
range(struct parser *p)
{
	const struct symbol *low, *high;
	const struct expr *cond;
	struct prop_build *prop;

	lexer_next(p->x);
	if (!(low = symbol(p)) || !(high = symbol(p)) || !if_expr(p, &cond) || !end_of_line(p))
		return false;
	prop = prop_add(p->b, PROP_RANGE, NULL, cond);
	prop->bound[0] = low;
	prop->bound[1] = high;
	mark(p, prop);
	return true;
}

static bool
modules(struct parser *p)
{
	struct builder *b = p->b;

	lexer_next(p->x);
	if (!end_of_line(p))
		return false;
	if (b->modules)
		say(b, SAY_ERROR, p->x->file, p->x->statement,
		    "symbol '%.*s' redefines option 'modules' already defined by symbol '%.*s'",
		    STR_ARG(b->entry->sym->s.name), STR_ARG(b->modules->s.name));
	b->modules = b->entry->sym;
	return true;
}

/* "depends on" or-expr if-expr; "A if B" is A || B=n (6.19: menu_add_dep) */
static bool
depends(struct parser *p)
{
	struct expr_pool *pool = &p->b->pool;
	const struct expr *e, *cond;

	if (lexer_next(p->x) != TOK_ON)
		return false;
	lexer_next(p->x);
	if (!(e = or_expr(p)) || !if_expr(p, &cond) || !end_of_line(p))
		return false;
	if (cond)
		e = expr_or(pool, e, expr_equals_n(pool, cond));
	p->b->entry->dep = expr_and(pool, p->b->entry->dep, e);
	p->b->entry->toolchain |= asked_here(p);
	return true;
}

static bool
visible(struct parser *p)
{
	const struct expr *cond;

	lexer_next(p->x);
	if (!if_expr(p, &cond) || !end_of_line(p))
		return false;
	p->b->entry->visibility = expr_and(&p->b->pool, p->b->entry->visibility, cond);
	return true;
}

/* How conf takes what is doubtful. */
static enum say
doubt(const struct builder *b)
{
	return b->k.dialect.lenient ? SAY_WARNING : SAY_ERROR;
}

static bool
help(struct parser *p)
{
	struct builder *b = p->b;
	struct menu_build *e = b->entry;
	struct str name = e->sym && e->sym->s.name.len ? e->sym->s.name : STR("<choice>"), text;

	lexer_next(p->x);
	if (!end_of_line(p))
		return false;
	text = lexer_help(p->x);
	if (e->m.help.at)
		say(b, doubt(b), p->x->file, p->x->statement, "'%.*s' defined with more than one help text%s", STR_ARG(name),
		    b->k.dialect.lenient ? " -- only the last one will be used" : "");
	if (!str_trim(text).len)
		say(b, doubt(b), p->x->file, p->x->statement, "'%.*s' defined with blank help text", STR_ARG(name));
	e->m.help = text;
	return true;
}

static bool
flag(struct parser *p, bool *out)
{
	lexer_next(p->x);
	if (!end_of_line(p))
		return false;
	*out = true;
	return true;
}

/* Before 5.13: "option modules", "option defconfig_list", "option allnoconfig_y" (parser.y of 5.10). */
static bool
old_option(struct parser *p)
{
	struct symbol *s = &p->b->entry->sym->s;

	if (lexer_next(p->x) == TOK_MODULES)
		return modules(p);
	if (p->x->token != TOK_WORD)
		return false;
	if (str_is(p->x->text, "defconfig_list"))
		return flag(p, &s->defconfig_list);
	return str_is(p->x->text, "allnoconfig_y") && flag(p, &s->allnoconfig_y);
}

/* An option of config and menuconfig. -1: the statement is none. */
static int
config_option(struct parser *p)
{
	switch (p->x->token) {
	case TOK_BOOL: return typed(p, SYM_BOOL);
	case TOK_TRISTATE: return typed(p, SYM_TRISTATE);
	case TOK_INT: return typed(p, SYM_INT);
	case TOK_HEX: return typed(p, SYM_HEX);
	case TOK_STRING: return typed(p, SYM_STRING);
	case TOK_PROMPT: lexer_next(p->x); return prompt(p);
	case TOK_DEFAULT: return default_value(p, SYM_UNKNOWN);
	case TOK_DEF_BOOL: return default_value(p, SYM_BOOL);
	case TOK_DEF_TRISTATE: return default_value(p, SYM_TRISTATE);
	case TOK_SELECT: return target(p, PROP_SELECT);
	case TOK_IMPLY: return target(p, PROP_IMPLY);
	case TOK_RANGE: return range(p);
	case TOK_MODULES: return modules(p);
	case TOK_OPTION: return old_option(p);
	case TOK_TRANSITIONAL: return flag(p, &p->b->entry->sym->s.transitional);
	case TOK_DEPENDS: return depends(p);
	case TOK_HELP: return help(p);
	default: return -1;
	}
}

/* Choices before 6.11 have a type, with or without a prompt; then bool went with a prompt, now it does not go at all. */
static int
choice_type(struct parser *p, enum symbol_type type)
{
	const struct dialect *d = &p->b->k.dialect;

	if (d->old_choice)
		return typed(p, type);
	if (!d->choice_bool || type != SYM_BOOL)
		return -1;
	lexer_next(p->x);
	return prompt(p);
}

static int
choice_option(struct parser *p)
{
	switch (p->x->token) {
	case TOK_PROMPT: lexer_next(p->x); return prompt(p);
	case TOK_BOOL: return choice_type(p, SYM_BOOL);
	case TOK_TRISTATE: return choice_type(p, SYM_TRISTATE);
	case TOK_OPTIONAL: return flag(p, &p->b->entry->sym->s.optional);
	case TOK_DEFAULT: return target(p, PROP_DEFAULT);
	case TOK_DEPENDS: return depends(p);
	case TOK_HELP: return help(p);
	default: return -1;
	}
}

static int
menu_option(struct parser *p)
{
	switch (p->x->token) {
	case TOK_VISIBLE: return visible(p);
	case TOK_DEPENDS: return depends(p);
	default: return -1;
	}
}

static int
comment_option(struct parser *p)
{
	return p->x->token == TOK_DEPENDS ? depends(p) : -1;
}

static bool
is_option(enum token t)
{
	return t >= TOK_BOOL && t != TOK_CHOICE && t != TOK_COMMENT && t != TOK_CONFIG && t != TOK_ENDCHOICE &&
	       t != TOK_ENDIF && t != TOK_ENDMENU && t != TOK_IF && t != TOK_MAINMENU && t != TOK_MENU &&
	       t != TOK_MENUCONFIG && t != TOK_SOURCE;
}

/* All options of the entry. A malformed or misplaced one is reported, and the entry goes on. */
static void
options(struct parser *p, int (*option)(struct parser *))
{
	for (;;) {
		size_t errors = p->b->diag->errors;
		int ok;

		next_statement(p);
		ok = option(p);
		if (ok < 0 && !is_option(p->x->token))
			return;
		if (ok <= 0 && p->b->diag->errors == errors)
			bad_line(p, "invalid option");
		lexer_skip_line(p->x);
	}
}

/* ---- entries ---- */

static bool
open_block(struct parser *p, enum token kind)
{
	struct builder *b = p->b;

	if (p->depth == BLOCKS_MAX) {
		say(b, SAY_ERROR, p->x->file, p->x->statement, "more than %d nested menus, choices and ifs", BLOCKS_MAX);
		b->full = true;
		return false;
	}
	p->block[p->depth++] = (struct block){ kind, b->entry };
	b->menu_end = &b->entry->list;
	b->menu = b->entry;
	return true;
}

static void
close_block(struct parser *p)
{
	struct menu_build *m = p->block[--p->depth].entry;

	p->b->menu_end = &m->next;
	p->b->menu = m->parent;
	if (p->block[p->depth].kind == TOK_CHOICE)
		p->b->choice = NULL;
}

/* A member of a choice has a prompt and is bool (since 6.11). */
static void
choice_member(struct builder *b, struct menu_build *e)
{
	struct menu_build *c = b->choice;

	if (!e->prompt)
		say(b, SAY_MARKED_ERROR, e->m.place.file, e->m.place.line, "choice member must have a prompt");
	if (e->sym->s.type != SYM_BOOL)
		say(b, SAY_MARKED_ERROR, e->m.place.file, e->m.place.line, "choice member must be bool");
	for (size_t i = 0; i < c->sym->members.len; i++)
		if (c->sym->members.at[i] == e->sym)
			return;
	vec_push(b->keep, &c->sym->members, e->sym);
}

static void
config(struct parser *p, bool menuconfig)
{
	struct builder *b = p->b;
	struct symbol_build *s;

	if (lexer_next(p->x) != TOK_WORD) {
		bad_line(p, "invalid statement");
		next_statement(p);
		return;
	}
	s = symbol_get(b, p->x->text);
	lexer_next(p->x);
	end_of_line(p);
	menu_add(b, s);
	options(p, config_option);
	if (menuconfig && b->entry->prompt)
		b->entry->prompt->kind = PROP_MENU;
	else if (menuconfig)
		say(b, doubt(b), p->x->file, p->x->statement, "menuconfig statement without prompt");
	else if (b->choice && !b->k.dialect.old_choice)
		choice_member(b, b->entry);
}

static void
choice(struct parser *p)
{
	struct builder *b = p->b;
	struct symbol_build *s = NULL;

	lexer_next(p->x);
	if (b->k.dialect.old_choice && p->x->token == TOK_WORD) {
		void **named = map_put(&b->choice_names, b->keep, str_copy(b->keep, p->x->text));

		s = *named ? *named : (*named = symbol_new(b, p->x->text));
		lexer_next(p->x);
	}
	end_of_line(p);
	s = s ? s : symbol_new(b, STR(""));
	if (!s->s.is_choice) {
		s->s.is_choice = true;
		vec_push(b->keep, &b->choices, s);
	}
	menu_add(b, s);
	if (!b->k.dialect.old_choice)
		set_type(b, SYM_BOOL);
	options(p, choice_option);
	if (!b->entry->prompt && !b->k.dialect.old_choice)
		say(b, SAY_MARKED_ERROR, b->entry->m.place.file, b->entry->m.place.line, "choice must have a prompt");
	if (open_block(p, TOK_CHOICE))
		b->choice = b->entry;
}

static void
if_block(struct parser *p)
{
	struct builder *b = p->b;
	const struct expr *cond;

	lexer_next(p->x);
	cond = or_expr(p);
	if (!cond && p->x->token == TOK_EOL)
		bad_line(p, "invalid statement");
	end_of_line(p);
	menu_add(b, NULL);
	b->entry->is_if = true;
	b->entry->dep = cond;
	b->entry->toolchain = asked_here(p);
	open_block(p, TOK_IF);
	next_statement(p);
}

/* menu and comment: "text" */
static bool
titled(struct parser *p, enum prop_kind kind)
{
	struct str text;

	lexer_next(p->x);
	text = p->x->text;
	if (!accept(p, TOK_QUOTED)) {
		bad_line(p, "invalid statement");
		text = STR("");
	}
	end_of_line(p);
	menu_add(p->b, NULL);
	add_prompt(p, kind, text, NULL);
	return true;
}

static void
end_block(struct parser *p)
{
	static const char *const name[] = { [TOK_IF] = "if", [TOK_MENU] = "menu", [TOK_CHOICE] = "choice" };
	enum token kind = p->x->token == TOK_ENDIF ? TOK_IF : p->x->token == TOK_ENDMENU ? TOK_MENU : TOK_CHOICE;
	const struct block *open;

	if (!p->depth) {
		bad_line(p, "invalid statement");
		next_statement(p);
		return;
	}
	open = &p->block[p->depth - 1];
	lexer_next(p->x);
	end_of_line(p);
	if (open->kind != kind) {
		say(p->b, SAY_ERROR, p->x->file, p->x->statement, "unexpected '%s' within %s block", name[kind],
		    name[open->kind]);
	} else if (!str_eq(open->entry->m.place.file, p->x->file)) {
		say(p->b, SAY_ERROR, p->x->file, p->x->statement, "'%s' in different file than '%s'", name[kind],
		    name[open->kind]);
		say(p->b, SAY_NOTE, open->entry->m.place.file, open->entry->m.place.line, "location of the '%s'",
		    name[open->kind]);
	}
	close_block(p);
	next_statement(p);
}

/* ---- files ---- */

static void
recursive_inclusion(struct parser *p, struct str name)
{
	struct builder *b = p->b;
	struct lexer *x = p->x;

	diag_error(b->diag, x->file, x->statement, "recursive inclusion of \"%.*s\"; remove this line or break the "
	           "circle at one of the places below", STR_ARG(name));
	say_raw(b, "Recursive inclusion detected.\nInclusion path:\n  current file : %.*s\n", STR_ARG(name));
	say_raw(b, "  included from: %.*s:%u\n", STR_ARG(x->file), x->statement);
	for (size_t i = x->files.len; i-- > 0;) {
		diag_add(b->diag, DIAG_NOTE, x->files.at[i].name, x->files.at[i].from_line, "included from here");
		say_raw(b, "  included from: %.*s:%u\n", STR_ARG(x->files.at[i].name), x->files.at[i].from_line);
	}
	give_up(b);
}

static bool
is_open(const struct lexer *x, struct str name)
{
	bool open = str_eq(x->file, name);

	for (size_t i = 0; i < x->files.len && !open; i++)
		open = str_eq(x->files.at[i].name, name);
	return open;
}

/* Has the file been read already, where that is an error? If not, now it has. */
static bool
repeated_inclusion(struct parser *p, struct str name)
{
	struct builder *b = p->b;
	struct place here = { p->x->file, p->x->statement }, *first;
	void **at;

	if (b->k.dialect.repeats)
		return false;
	at = map_put(&b->sourced, b->keep, name);
	if ((first = *at)) {
		say(b, SAY_MARKED_ERROR, here.file, here.line, "repeated inclusion of %.*s", STR_ARG(name));
		say(b, SAY_MARKED_NOTE, first->file, first->line, "location of first inclusion of %.*s", STR_ARG(name));
		give_up(b);
		return true;
	}
	*at = first = NEW(b->keep, struct place);
	*first = here;
	return false;
}

static void
source(struct parser *p)
{
	struct builder *b = p->b;
	struct str name, text;

	lexer_next(p->x);
	name = p->x->text;
	if (!accept(p, TOK_QUOTED) || p->x->token != TOK_EOL) {
		bad_line(p, "invalid statement");
	} else if (!source_read(b, name, &text)) {
		say(b, SAY_ERROR, p->x->file, p->x->statement, "can't open file \"%.*s\"", STR_ARG(name));
		give_up(b);
	} else if (is_open(p->x, name)) {
		recursive_inclusion(p, name);
	} else if (repeated_inclusion(p, name)) {
		; /* goes on behind it */
	} else if (p->x->files.len >= SOURCES_MAX) {
		say(b, SAY_ERROR, p->x->file, p->x->statement, "more than %d files include each other", SOURCES_MAX);
		give_up(b);
	} else if (b->bytes > BYTES_MAX) {
		say(b, SAY_ERROR, p->x->file, p->x->statement, "more than %d MiB of Kconfig text", BYTES_MAX >> 20);
		b->full = true;
	} else {
		lexer_enter(p->x, name, text);
	}
	next_statement(p);
}

static void
mainmenu(struct parser *p)
{
	struct str text;

	lexer_next(p->x);
	text = p->x->text;
	if (!accept(p, TOK_QUOTED) || p->x->token != TOK_EOL)
		bad_line(p, "invalid statement");
	else
		add_prompt(p, PROP_MENU, text, NULL);
	next_statement(p);
}

/* NAME = value, or nothing that is known. */
static void
assignment(struct parser *p)
{
	struct str name = p->x->text, value;
	enum token op = lexer_next(p->x);

	if (op == TOK_EQ || op == TOK_COLON_EQ || op == TOK_PLUS_EQ) {
		value = lexer_rest(p->x);
		p->b->macros.file = p->x->file;
		p->b->macros.line = p->x->line;
		macro_set(&p->b->macros, name, op == TOK_EQ ? MACRO_RECURSIVE : op == TOK_COLON_EQ ? MACRO_SIMPLE : MACRO_APPEND,
		          value);
	} else {
		say(p->b, SAY_ERROR, p->x->file, p->x->statement, "unknown statement \"%.*s\"", STR_ARG(name));
		lexer_skip_line(p->x);
	}
	next_statement(p);
}

static void
statement(struct parser *p)
{
	bool in_choice = p->b->choice != NULL;

	switch (p->x->token) {
	case TOK_CONFIG: config(p, false); return;
	case TOK_IF: if_block(p); return;
	case TOK_COMMENT: titled(p, PROP_COMMENT); options(p, comment_option); return;
	case TOK_ENDIF: case TOK_ENDMENU: case TOK_ENDCHOICE: end_block(p); return;
	case TOK_MENUCONFIG: if (in_choice) break; config(p, true); return;
	case TOK_CHOICE: if (in_choice) break; choice(p); return;
	case TOK_MENU: if (in_choice) break; titled(p, PROP_MENU); options(p, menu_option); open_block(p, TOK_MENU); return;
	case TOK_SOURCE: if (in_choice) break; source(p); return;
	case TOK_WORD: if (in_choice) break; assignment(p); return;
	default: break;
	}
	bad_line(p, "invalid statement");
	next_statement(p);
}

void
parse(struct builder *b, struct str file)
{
	struct parser p = { .b = b, .x = &b->lex };
	struct str text;

	if (!source_read(b, file, &text)) {
		diag_error(b->diag, file, 0, "cannot read it; give the kernel tree's top directory");
		say_raw(b, "can't find file %.*s\n", STR_ARG(file));
		give_up(b);
		return;
	}
	b->entry = b->menu = &b->root;
	b->menu_end = &b->root.list;
	lexer_enter(p.x, file, text);
	next_statement(&p);
	if (p.x->token == TOK_MAINMENU)
		mainmenu(&p);
	while (p.x->token != TOK_END && !b->full)
		statement(&p);
	for (; p.depth; close_block(&p)) {
		const struct place *at = &p.block[p.depth - 1].entry->m.place;

		say(b, SAY_ERROR, at->file, at->line, "missing end statement for this entry");
	}
}

/* The text of one expression, all of whose symbols are known. */
const struct expr *
parse_expression(struct builder *b, struct str text)
{
	struct lexer saved = b->lex;
	struct parser *p = xmalloc(sizeof(*p));
	size_t cut = b->pool.cut;
	const struct expr *e;

	*p = (struct parser){ .b = b, .x = &b->lex };
	lexer_init(&b->lex, b->keep, b->k.dialect.old_choice ? WORDS_OPTIONAL : 0);
	lexer_enter(&b->lex, STR("expression"), str_copy(b->keep, text));
	lexer_next(&b->lex);
	e = or_expr(p);
	if ((b->lex.token != TOK_EOL && b->lex.token != TOK_END) || b->pool.cut > cut)
		e = NULL;
	free(p);
	b->lex = saved;
	return e;
}
