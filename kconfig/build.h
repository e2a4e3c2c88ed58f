// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * build.h - the model while it is being made (private to the room).
 *
 * parser.c fills it from the files, finalise.c turns it into what scripts/kconfig/menu.c calls finalised,
 * model.c copies it out into the const structs of kconfig.h. The builder's structs hold the public ones, so that
 * pointers to them are final from the start.
 */
#ifndef KCONFIG_BUILD_H
#define KCONFIG_BUILD_H

#include "kconfig/expr.h"
#include "kconfig/lexer.h"
#include "kconfig/toolchain.h"

enum {
	BLOCKS_MAX = 400,               /* nested if, menu and choice */
	SOURCES_MAX = 200,              /* nested source */
	PARENS_MAX = 500,               /* nested parentheses and ! */
	MENUS_MAX = 2000000,
	PROPS_MAX = 8000000,
	BYTES_MAX = 64 << 20,           /* text read, a file counted each time it is sourced */
	CHAIN_MAX = 2000,               /* automatic menus in each other */
	CHECK_CHAIN_MAX = 20000,        /* symbols that depend on each other in a row */
};

/* A property before it is copied out. cond may be NULL. There are many: keep it small. */
struct prop_build {
	struct prop_build *next;
	struct menu_build *menu;
	unsigned char kind;             /* enum prop_kind */
	bool toolchain;                 /* a question stands in its line */
	unsigned line;
	const struct str *file;
	const struct expr *cond;
	const struct expr *value;       /* PROP_DEFAULT, PROP_SELECT, PROP_IMPLY; otherwise NULL */
	union {
		struct str text;        /* PROP_PROMPT, PROP_MENU, PROP_COMMENT */
		const struct symbol *bound[2]; /* PROP_RANGE */
	};
};

static inline bool
prop_has_text(const struct prop_build *p)
{
	return p->kind == PROP_PROMPT || p->kind == PROP_MENU || p->kind == PROP_COMMENT;
}

struct menu_build {
	struct menu m;
	struct menu_build *parent, *next, *list;
	struct symbol_build *sym;
	struct prop_build *prompt;
	const struct expr *dep, *visibility;  /* may be NULL */
	bool toolchain;                 /* a question stands in "depends on" or "if" */
	bool is_if;
};

struct symbol_build {
	struct symbol s;
	struct prop_build *props, **props_end;
	size_t props_len;
	VEC(struct menu_build *) menus;
	VEC(struct symbol_build *) members;
	const struct expr *dir_dep, *rev_dep, *implied; /* NULL: none yet */
	struct symbol_build *old_choice; /* before 6.11: the choice it became a value of */
	bool checked;                   /* its properties, and what they warn of */
};

/* A word that is an answer, y or n, which the fat config may know better. `word` stands for it until then. */
struct open_question {
	struct symbol_build *word;
	size_t answer;                  /* index into the answers */
	int value;                      /* y 1, n 0; -1: not known */
};

struct builder {
	struct kconfig k;               /* first: what kconfig_load returns */
	struct arena *keep;
	struct diag *diag;
	struct tree *tree;
	struct expr_pool pool;
	struct lexer lex;
	struct preprocessor macros;
	struct toolchain tools;
	VEC(struct symbol_build *) syms;  /* by id */
	struct map constants, choice_names;
	struct map sourced;             /* file -> struct place * that sourced it first */
	VEC(struct open_question) questions;
	VEC(struct symbol_build *) choices;
	struct symbol_build *y, *m, *n, *modules;
	struct menu_build root;
	const struct str *file;         /* the lexer's, kept */
	struct menu_build *menu, *entry, *choice;  /* current_menu, current_entry, current_choice of conf */
	struct menu_build **menu_end;
	size_t props_len, menus_len, bytes;
	bool gave_up;                   /* conf would have ended: it prints nothing more */
	bool loaded;                    /* nothing new may be made: words and constants are looked up */
	bool full;                      /* a bound was hit: reading stops */
	struct text out, err;           /* conf_stdout, conf_stderr */
};

/* ---- messages: to diag, and as conf prints them ---- */

/* conf says "FILE:LINE: message"; of the marked kinds with "error: " or "note: " before, warnings with theirs. */
enum say { SAY_ERROR, SAY_MARKED_ERROR, SAY_NOTE, SAY_MARKED_NOTE, SAY_WARNING, SAY_GLUED_WARNING };
void say(struct builder *, enum say, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void say_raw(struct builder *, const char *format, ...) __attribute__((format(printf, 2, 3))); /* conf_stderr only */
void give_up(struct builder *);

/* ---- parser.c ---- */

void parse(struct builder *, struct str file);
bool source_read(struct builder *, struct str name, struct str *text);
const struct expr *parse_expression(struct builder *, struct str text); /* expr_parse */

/* ---- symbols, menus and properties (model.c) ---- */

struct symbol_build *symbol_of(const struct builder *, const struct symbol *);
struct symbol_build *symbol_get(struct builder *, struct str name);
struct symbol_build *word_symbol(struct builder *);    /* of the current token */
struct symbol_build *word_find(const struct builder *, struct str name);     /* NULL: there is none */
struct symbol_build *quoted_find(const struct builder *, struct str text);   /* the constant, or an oddly named symbol */
struct symbol_build *constant_get(struct builder *, struct str text);
struct symbol_build *symbol_new(struct builder *, struct str name);
struct menu_build *menu_add(struct builder *, struct symbol_build *);   /* becomes the current entry */
struct prop_build *prop_add(struct builder *, enum prop_kind, const struct expr *value, const struct expr *cond);
void set_type(struct builder *, enum symbol_type);
const char *type_name(enum symbol_type);

/* ---- infer.c ---- */

struct symbol_build *open_question(struct builder *);   /* for the current token; NULL: it is none */
void infer_answers(struct builder *);

/* ---- finalise.c ---- */

void finalise(struct builder *);
/* The choice that the symbol is a member of, as conf finds it; NULL: none. */
struct menu_build *choice_of(const struct symbol_build *);
struct menu_build *menu_walk(struct menu_build *, const struct menu_build *top); /* depth first; NULL: the end */

/* ---- check.c ---- */

void check_dependencies(struct builder *);

#endif
