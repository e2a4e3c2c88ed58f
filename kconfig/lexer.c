// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/lexer.h"

#include <stdio.h>
#include <string.h>

#define K(name, token) { { name, sizeof(name) - 1 }, token }
static const struct keyword {
	struct str name;
	enum token token;
} keywords[] = {
	K("bool", TOK_BOOL), K("choice", TOK_CHOICE), K("comment", TOK_COMMENT), K("config", TOK_CONFIG),
	K("def_bool", TOK_DEF_BOOL), K("def_tristate", TOK_DEF_TRISTATE), K("default", TOK_DEFAULT),
	K("depends", TOK_DEPENDS), K("endchoice", TOK_ENDCHOICE), K("endif", TOK_ENDIF),
	K("endmenu", TOK_ENDMENU), K("help", TOK_HELP), K("hex", TOK_HEX), K("if", TOK_IF),
	K("imply", TOK_IMPLY), K("int", TOK_INT), K("mainmenu", TOK_MAINMENU), K("menu", TOK_MENU),
	K("menuconfig", TOK_MENUCONFIG), K("modules", TOK_MODULES), K("on", TOK_ON),
	K("prompt", TOK_PROMPT), K("range", TOK_RANGE), K("select", TOK_SELECT), K("source", TOK_SOURCE),
	K("string", TOK_STRING), K("tristate", TOK_TRISTATE), K("visible", TOK_VISIBLE),
	K("option", TOK_OPTION), K("optional", TOK_OPTIONAL), K("transitional", TOK_TRANSITIONAL),
};
#undef K

enum class { OTHER, WORD, BLANK, DOLLAR, QUOTE, PUNCT };

#define W WORD
static const unsigned char class_of[256] = {
	['0'] = W, ['1'] = W, ['2'] = W, ['3'] = W, ['4'] = W, ['5'] = W, ['6'] = W, ['7'] = W, ['8'] = W, ['9'] = W,
	['A'] = W, ['B'] = W, ['C'] = W, ['D'] = W, ['E'] = W, ['F'] = W, ['G'] = W, ['H'] = W, ['I'] = W, ['J'] = W,
	['K'] = W, ['L'] = W, ['M'] = W, ['N'] = W, ['O'] = W, ['P'] = W, ['Q'] = W, ['R'] = W, ['S'] = W, ['T'] = W,
	['U'] = W, ['V'] = W, ['W'] = W, ['X'] = W, ['Y'] = W, ['Z'] = W,
	['a'] = W, ['b'] = W, ['c'] = W, ['d'] = W, ['e'] = W, ['f'] = W, ['g'] = W, ['h'] = W, ['i'] = W, ['j'] = W,
	['k'] = W, ['l'] = W, ['m'] = W, ['n'] = W, ['o'] = W, ['p'] = W, ['q'] = W, ['r'] = W, ['s'] = W, ['t'] = W,
	['u'] = W, ['v'] = W, ['w'] = W, ['x'] = W, ['y'] = W, ['z'] = W, ['_'] = W, ['-'] = W,
	[' '] = BLANK, ['\t'] = BLANK, ['$'] = DOLLAR, ['"'] = QUOTE, ['\''] = QUOTE,
	['\n'] = PUNCT, ['#'] = PUNCT, ['\\'] = PUNCT, ['('] = PUNCT, [')'] = PUNCT, ['!'] = PUNCT, ['='] = PUNCT,
	['<'] = PUNCT, ['>'] = PUNCT, ['&'] = PUNCT, ['|'] = PUNCT, [':'] = PUNCT, ['+'] = PUNCT,
};
#undef W

static enum class
class(char c)
{
	return class_of[(unsigned char)c];
}

static size_t
keyword_hash(const char *at, size_t len)
{
	return ((unsigned char)at[0] * 5u + (unsigned char)at[len - 1] * 3u + len * 17u) % KEYWORDS_MAX;
}

static bool
is_keyword(enum token t, unsigned words)
{
	return t == TOK_OPTION ? words & WORDS_OPTION : t == TOK_OPTIONAL ? words & WORDS_OPTIONAL :
	       t != TOK_TRANSITIONAL || words & WORDS_TRANSITIONAL;
}

void
lexer_init(struct lexer *x, struct arena *keep, unsigned words)
{
	*x = (struct lexer){ .keep = keep, .line = 1 };
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
		size_t h = keyword_hash(keywords[i].name.at, keywords[i].name.len);

		if (!is_keyword(keywords[i].token, words))
			continue;
		while (x->keyword[h])
			h = (h + 1) % KEYWORDS_MAX;
		x->keyword[h] = (unsigned char)(i + 1);
	}
}

static enum token
word_token(const struct lexer *x, struct str word)
{
	size_t h;

	if (word.at[0] < 'a' || word.len < 2 || word.len > 12)
		return TOK_WORD;
	for (h = keyword_hash(word.at, word.len); x->keyword[h]; h = (h + 1) % KEYWORDS_MAX) {
		const struct keyword *k = &keywords[x->keyword[h] - 1];

		if (str_eq(k->name, word))
			return k->token;
	}
	return TOK_WORD;
}

void
lexer_enter(struct lexer *x, struct str name, struct str text)
{
	if (x->at) {
		struct lexer_file f = { x->file, x->at, x->end, x->line, x->statement };

		vec_push(x->keep, &x->files, f);
	}
	x->file = name;
	x->at = text.at;
	x->end = text.at + text.len;
	x->line = 1;
}

static void
warn(const struct lexer *x, unsigned line, const char *message)
{
	if (x->warn)
		x->warn(x->ctx, x->file, line, message);
}

/* ---- tokens with macros ---- */

static const char *
line_end(const char *from, const char *end)
{
	const char *nl = memchr(from, '\n', (size_t)(end - from));

	return nl ? nl : end;
}

static struct str
rest_of_line(const struct lexer *x, const char *from)
{
	return str_span(from, line_end(from, x->end));
}

static void
macros_at(struct lexer *x)
{
	x->macros->file = x->file;
	x->macros->line = x->line;
}

/* A word that has a '$' in it. False: nothing is left of it. */
static bool
expanded_word(struct lexer *x, const char *from)
{
	struct text out = { 0 };
	unsigned asked;

	if (!x->macros) {
		while (class(*x->at) == WORD || class(*x->at) == DOLLAR)
			x->at++;
		x->text = str_span(from, x->at);
		return true;
	}
	macros_at(x);
	asked = x->macros->asked;
	x->at = macro_expand_token(x->macros, rest_of_line(x, from), &out).at;
	x->text = str_copy(x->keep, text_str(&out));
	x->asked = x->macros->asked - asked;
	text_release(&out);
	return x->text.len > 0;
}

/* ---- quoted strings ---- */

/* The rest of a string with escapes or macros in it; what is plain up to here is from `begin`. */
static void
slow_string(struct lexer *x, char quote, const char *begin)
{
	struct text out = { 0 };

	text_add(&out, str_span(begin, x->at));
	while (x->at < x->end && *x->at != '\n' && *x->at != quote) {
		if (*x->at == '\\') {
			if (++x->at < x->end && *x->at != '\n')
				text_add_char(&out, *x->at++);
		} else if (*x->at == '$' && x->macros) {
			macros_at(x);
			x->at = macro_expand_dollar(x->macros, rest_of_line(x, x->at + 1), &out).at;
		} else {
			text_add_char(&out, *x->at++);
		}
	}
	x->text = str_copy(x->keep, text_str(&out));
	text_release(&out);
}

static enum token
string(struct lexer *x)
{
	char quote = *x->at++;
	const char *begin = x->at;

	while (x->at < x->end && *x->at != quote && *x->at != '\n' && *x->at != '\\' && *x->at != '$')
		x->at++;
	if (x->at < x->end && (*x->at == '\\' || *x->at == '$'))
		slow_string(x, quote, begin);
	else
		x->text = str_span(begin, x->at);
	if (x->at < x->end && *x->at == quote)
		x->at++;
	else if (x->at < x->end)
		warn(x, x->statement, "multi-line strings not supported");
	return x->token = TOK_QUOTED;
}

/* ---- everything else ---- */

static enum token
two(struct lexer *x, char second, enum token both, enum token one)
{
	x->at++;
	if (*x->at != second)
		return one;
	x->at++;
	return both;
}

static void
ignore(struct lexer *x)
{
	char message[64];

	snprintf(message, sizeof(message), "ignoring unsupported character '%c'", *x->at++);
	warn(x, x->line, message);
}

/* TOK_END for what is no token of its own (comments, continued lines, unknown characters). */
static enum token
punctuation(struct lexer *x)
{
	switch (*x->at) {
	case '#':
		x->at = line_end(x->at, x->end);
		return TOK_END;
	case '\\':
		if (x->at[1] != '\n')
			break;
		x->at += 2;
		x->line++;
		return TOK_END;
	case '\n': x->at++; x->line++; return TOK_EOL;
	case '(': x->at++; return TOK_OPEN;
	case ')': x->at++; return TOK_CLOSE;
	case '=': x->at++; return TOK_EQ;
	case '!': return two(x, '=', TOK_NE, TOK_NOT);
	case '<': return two(x, '=', TOK_LE, TOK_LT);
	case '>': return two(x, '=', TOK_GE, TOK_GT);
	case '&': if (x->at[1] == '&') return two(x, '&', TOK_AND, TOK_END); break;
	case '|': if (x->at[1] == '|') return two(x, '|', TOK_OR, TOK_END); break;
	case ':': if (x->at[1] == '=') return two(x, '=', TOK_COLON_EQ, TOK_END); break;
	case '+': if (x->at[1] == '=') return two(x, '=', TOK_PLUS_EQ, TOK_END); break;
	}
	ignore(x);
	return TOK_END;
}

/* At the end of a file: on with the one that included it. */
static enum token
leave(struct lexer *x)
{
	struct lexer_file *f;

	if (x->token != TOK_EOL && x->token != TOK_END)
		warn(x, x->line, "no new line at end of file");
	if (!x->files.len)
		return x->token = x->token != TOK_EOL && x->token != TOK_END ? TOK_EOL : TOK_END;
	f = &x->files.at[--x->files.len];
	x->file = f->name;
	x->at = f->at;
	x->end = f->end;
	x->line = f->line;
	return x->token = TOK_EOL;
}

enum token
lexer_next(struct lexer *x)
{
	enum token token;

	x->asked = 0;
	for (;;) {
		const char *from = x->at, *to = from + 1;

		switch (class(*from)) {
		case BLANK:
			while (class(*to) == BLANK)
				to++;
			x->at = to;
			break;
		case WORD:
			while (class(*to) == WORD)
				to++;
			x->at = to;
			if (*to == '$') {
				if (expanded_word(x, from))
					return x->token = TOK_WORD;
				break;
			}
			x->text = str_span(from, to);
			return x->token = word_token(x, x->text);
		case DOLLAR:
			if (expanded_word(x, from))
				return x->token = TOK_WORD;
			break;
		case QUOTE:
			return string(x);
		case PUNCT:
			token = punctuation(x);
			if (token != TOK_END)
				return x->token = token;
			break;
		case OTHER:
			if (from == x->end)
				return leave(x);
			ignore(x);
			break;
		}
	}
}

enum token
lexer_statement(struct lexer *x)
{
	while (lexer_next(x) == TOK_EOL)
		;
	x->statement = x->line;
	return x->token;
}

struct str
lexer_rest(struct lexer *x)
{
	struct str line;

	while (class(*x->at) == BLANK)
		x->at++;
	line = rest_of_line(x, x->at);
	x->at += line.len;
	lexer_next(x);
	return line;
}

void
lexer_skip_line(struct lexer *x)
{
	while (x->token != TOK_EOL && x->token != TOK_END)
		lexer_next(x);
}

/* ---- help ---- */

/* The column the line's blanks reach. */
static unsigned
indentation(const char **at)
{
	const char *p = *at;
	unsigned column = 0;

	for (; class(*p) == BLANK; p++)
		column = *p == '\t' ? (column & ~7u) + 8 : column + 1;
	*at = p;
	return column;
}

static void
help_line(struct text *out, unsigned pad, const char *begin, const char *end)
{
	while (end > begin && class(end[-1]) == BLANK)
		end--;
	for (; pad; pad--)
		text_add_char(out, ' ');
	text_add(out, str_span(begin, end));
}

/*
 * The first line with text gives the indentation; a line with less ends the help. The blanks of that line are
 * used up, and so is the empty line before one that is not indented at all. Gives the end, which is a line feed only
 * before that line; `out` and `lines` may be NULL.
 */
static const char *
help_walk(const char *at, const char *end, struct text *out, unsigned *lines)
{
	unsigned indent = 0;

	for (;;) {
		const char *p = at;
		unsigned column = indentation(&p);

		if (p >= end || (*p != '\n' && column < indent))
			return p < end ? p : end;
		if (*p == '\n') {
			at = p + 1;
			if (at < end && *at != '\n' && class(*at) != BLANK)
				return p;
			if (lines)
				++*lines;
			if (out)
				text_add_char(out, '\n');
			continue;
		}
		at = line_end(p, end);
		if (out)
			help_line(out, indent ? column - indent : 0, p, at);
		indent = indent ? indent : column;
	}
}

struct str
lexer_help(struct lexer *x)
{
	const char *from = x->at, *end = help_walk(from, x->end, NULL, &x->line);

	x->at = end;
	if (end < x->end && *end == '\n') {
		x->at++;
		x->line++;
	}
	x->statement = x->line;
	x->token = TOK_EOL;
	return str_span(from, end);
}

void
lexer_help_text(struct str help, struct text *out)
{
	help_walk(help.at, help.at + help.len, out, NULL);
}
