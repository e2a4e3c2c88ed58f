// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lexer.h - Kconfig text as tokens (private to the room).
 *
 * A token's text borrows from the file, or from the arena where escapes or macros changed it. Files are entered
 * by lexer_enter and left by themselves at their end, which gives TOK_EOL; TOK_END is the end of the first file.
 * Rules: scripts/kconfig/lexer.l.
 */
#ifndef KCONFIG_LEXER_H
#define KCONFIG_LEXER_H

#include "base/diag.h"
#include "kconfig/preprocess.h"

enum token {
	TOK_END, TOK_EOL, TOK_WORD, TOK_QUOTED,
	TOK_OPEN, TOK_CLOSE, TOK_NOT, TOK_AND, TOK_OR,
	TOK_EQ, TOK_NE, TOK_LT, TOK_LE, TOK_GT, TOK_GE,
	TOK_COLON_EQ, TOK_PLUS_EQ,
	TOK_BOOL, TOK_CHOICE, TOK_COMMENT, TOK_CONFIG, TOK_DEF_BOOL, TOK_DEF_TRISTATE, TOK_DEFAULT, TOK_DEPENDS,
	TOK_ENDCHOICE, TOK_ENDIF, TOK_ENDMENU, TOK_HELP, TOK_HEX, TOK_IF, TOK_IMPLY, TOK_INT, TOK_MAINMENU,
	TOK_MENU, TOK_MENUCONFIG, TOK_MODULES, TOK_ON, TOK_OPTION, TOK_OPTIONAL, TOK_PROMPT, TOK_RANGE, TOK_SELECT,
	TOK_SOURCE, TOK_STRING, TOK_TRANSITIONAL, TOK_TRISTATE, TOK_VISIBLE,
};

enum { KEYWORDS_MAX = 128 };

struct lexer_file {
	struct str name;
	const char *at, *end;
	unsigned line;         /* where it goes on */
	unsigned from_line;    /* of the statement that left it */
};

struct lexer {
	struct arena *keep;
	struct preprocessor *macros;    /* NULL: '$' is literal */
	struct str file;
	const char *at, *end;           /* *end is NUL */
	unsigned line;                  /* of `at` */
	unsigned statement;             /* line of the statement's first token */
	enum token token;
	struct str text;                /* TOK_WORD, TOK_QUOTED */
	unsigned asked;                 /* questions that the text came from */
	VEC(struct lexer_file) files;   /* those that include this one */
	unsigned char keyword[KEYWORDS_MAX]; /* index into the keywords + 1, by hash */
	void (*warn)(void *ctx, struct str file, unsigned line, const char *message); /* may be NULL */
	void *ctx;
};

/* Words that are keywords for some kernels only: an OR of these. */
enum lexer_words { WORDS_OPTION = 1, WORDS_OPTIONAL = 2, WORDS_TRANSITIONAL = 4 };

void lexer_init(struct lexer *, struct arena *keep, unsigned words);
void lexer_enter(struct lexer *, struct str name, struct str text);

enum token lexer_next(struct lexer *);
enum token lexer_statement(struct lexer *);   /* the first token of the next statement, empty lines skipped */
struct str lexer_rest(struct lexer *);        /* of an assignment: the value, up to the line's end */
struct str lexer_help(struct lexer *);        /* behind the line with "help": the text as it stands there */
void lexer_help_text(struct str help, struct text *out); /* the same without its indentation */
void lexer_skip_line(struct lexer *);         /* until the current token is TOK_EOL or TOK_END */

#endif
