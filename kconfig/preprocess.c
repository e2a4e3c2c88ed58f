// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/preprocess.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct variable {
	struct str value;
	enum macro_flavor flavor;   /* never MACRO_APPEND */
	unsigned running;           /* expansions of it under way */
	unsigned asked;             /* questions its simple value was made from */
};

/* The arguments $(1), $(2)... of the call under way. */
struct arguments {
	size_t len;
	struct str at[MACRO_ARGS];
};

static void expand(struct preprocessor *, struct str, const struct arguments *, struct text *out);

static void __attribute__((format(printf, 3, 4)))
say(struct preprocessor *p, enum macro_said what, const char *format, ...)
{
	char buf[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf, sizeof(buf), format, ap);
	va_end(ap);
	p->failed |= what == MACRO_ERROR;
	if (p->say)
		p->say(p->ctx, what, buf);
}

/* ---- built-in functions ---- */

struct function {
	const char *name;
	size_t args;                /* exactly as many */
	void (*run)(struct preprocessor *, const struct arguments *, struct text *out);
};

static void
do_error_if(struct preprocessor *p, const struct arguments *a, struct text *out)
{
	(void)out;
	if (str_is(a->at[0], "y"))
		say(p, MACRO_ERROR, "%.*s", STR_ARG(a->at[1]));
}

static void
do_filename(struct preprocessor *p, const struct arguments *a, struct text *out)
{
	(void)a;
	text_add(out, p->file);
}

static void
do_info(struct preprocessor *p, const struct arguments *a, struct text *out)
{
	(void)out;
	say(p, MACRO_INFO, "%.*s", STR_ARG(a->at[0]));
}

static void
do_lineno(struct preprocessor *p, const struct arguments *a, struct text *out)
{
	(void)a;
	text_addf(out, "%u", p->line);
}

static void
do_shell(struct preprocessor *p, const struct arguments *a, struct text *out)
{
	struct str answer = STR("");

	if (p->ask && p->ask(p->ctx, a->at[0], false, &answer))
		p->asked++;
	text_add(out, answer);
}

static void
do_warning_if(struct preprocessor *p, const struct arguments *a, struct text *out)
{
	(void)out;
	if (str_is(a->at[0], "y"))
		say(p, MACRO_WARNING, "%.*s", STR_ARG(a->at[1]));
}

static const struct function functions[] = {
	{ "error-if", 2, do_error_if },
	{ "filename", 0, do_filename },
	{ "info", 1, do_info },
	{ "lineno", 0, do_lineno },
	{ "shell", 1, do_shell },
	{ "warning-if", 2, do_warning_if },
};

static bool
call_function(struct preprocessor *p, struct str name, const struct arguments *a, struct text *out)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		const struct function *f = &functions[i];

		if (!str_is(name, f->name))
			continue;
		if (a->len != f->args)
			say(p, MACRO_ERROR, "too %s function arguments passed to '%s'", a->len < f->args ? "few" : "many",
			    f->name);
		else
			f->run(p, a, out);
		return true;
	}
	return false;
}

/* ---- variables and the user's macros ---- */

/* What was made of other text is work by the byte: little text can be told to double, and to be copied, very often. */
static void
add(struct preprocessor *p, struct text *out, struct str s)
{
	p->work += s.len;
	text_add(out, s);
}

/* "name,argument,argument" */
static struct str
call_text(struct preprocessor *p, struct str name, const struct arguments *a)
{
	struct text t = { 0 };
	struct str s;

	text_add(&t, name);
	for (size_t i = 0; i < a->len; i++) {
		text_add_char(&t, ',');
		add(p, &t, a->at[i]);
	}
	s = str_copy(p->keep, text_str(&t));
	text_release(&t);
	return s;
}

static void
expand_variable(struct preprocessor *p, struct variable *v, struct str call, const struct arguments *a,
                struct text *out)
{
	unsigned calls = p->calls_len;

	if (call.len && p->calls_len++ < MACRO_CALLS)
		p->calls[calls] = call;
	p->asked += v->asked;
	v->running++;
	if (v->flavor == MACRO_RECURSIVE)
		expand(p, v->value, a, out);
	else
		add(p, out, v->value);
	v->running--;
	p->calls_len = calls;
}

static bool
call_variable(struct preprocessor *p, struct str name, const struct arguments *a, struct text *out)
{
	struct variable *v = map_get(&p->variables, name);
	struct str call = { 0 }, answer;

	if (!v)
		return false;
	if (!a->len && v->running) {
		say(p, MACRO_ERROR, "Recursive variable '%.*s' references itself (eventually)", STR_ARG(name));
		return true;
	}
	if (v->running > MACRO_DEPTH) {
		say(p, MACRO_ERROR, "Too deep recursive expansion");
		return true;
	}
	if (a->len)
		call = call_text(p, name, a);
	if (a->len && p->ask && p->ask(p->ctx, call, true, &answer)) {
		p->asked++;
		add(p, out, answer);
	} else {
		expand_variable(p, v, call, a, out);
	}
	return true;
}

static struct str
take(struct preprocessor *p, struct text *t)
{
	struct str s = str_copy(p->keep, text_str(t));

	p->work += s.len;
	text_release(t);
	return s;
}

void
macro_set(struct preprocessor *p, struct str name, enum macro_flavor flavor, struct str value)
{
	long at = map_index(&p->variables, name);
	struct variable *v = at < 0 ? NULL : p->variables.entry[at].value;
	bool append = v && flavor == MACRO_APPEND;
	unsigned asked = p->asked;

	if (!v) {
		v = NEW(p->keep, struct variable);
		*map_put(&p->variables, p->keep, str_copy(p->keep, name)) = v;
	}
	if (flavor == MACRO_APPEND)
		flavor = append ? v->flavor : MACRO_RECURSIVE;
	value = flavor == MACRO_SIMPLE ? macro_expand(p, value) : str_copy(p->keep, value);
	if (append && v->value.len + value.len >= MACRO_TEXT) {
		say(p, MACRO_ERROR, "the value of '%.*s' grows beyond %d bytes", STR_ARG(name), MACRO_TEXT);
		return;
	}
	p->work += append ? v->value.len : 0;
	if (p->work > MACRO_WORK) {
		say(p, MACRO_ERROR, "too many expansions");
		return;
	}
	v->asked = append ? v->asked : 0;
	v->asked += p->asked - asked;
	v->flavor = flavor;
	v->value = append ? str_format(p->keep, "%.*s %.*s", STR_ARG(v->value), STR_ARG(value)) : value;
}

/* ---- references ---- */

/* "1", "2"...: the argument of the call under way, if it has so many. */
static bool
positional(struct preprocessor *p, struct str name, const struct arguments *a, struct text *out)
{
	uint64_t n;

	if (!str_number(name, 10, &n) || n < 1 || n > a->len)
		return false;
	add(p, out, a->at[n - 1]);
	return true;
}

/* Splits at the commas outside of parentheses. False: too many parts. */
static bool
split(struct str clause, struct arguments *parts)
{
	const char *from = clause.at;
	unsigned nest = 0;

	for (size_t i = 0; i <= clause.len; i++) {
		char c = i < clause.len ? clause.at[i] : ',';

		if (c == ',' && (!nest || i == clause.len)) {
			if (parts->len == MACRO_ARGS)
				return false;
			parts->at[parts->len++] = str_span(from, clause.at + i);
			from = clause.at + i + 1;
		} else if (c == '(') {
			nest++;
		} else if (c == ')') {
			nest--;
		}
	}
	return true;
}

static struct str
expand_part(struct preprocessor *p, struct str part, const struct arguments *a, struct text *buf)
{
	if (!memchr(part.at, '$', part.len))
		return part;
	expand(p, part, a, buf);
	return text_str(buf);
}

/* What stands between the parentheses: "name" or "name,argument,...". */
static void
expand_clause(struct preprocessor *p, struct str clause, const struct arguments *outer, struct text *out)
{
	struct arguments parts = { 0 }, call = { 0 };
	struct text buf[MACRO_ARGS] = { 0 };
	struct str name, value;

	if (positional(p, clause, outer, out))
		return;
	if (!split(clause, &parts)) {
		say(p, MACRO_ERROR, "too many function arguments");
		return;
	}
	name = expand_part(p, parts.at[0], outer, &buf[0]);
	for (call.len = 0; call.len + 1 < parts.len; call.len++)
		call.at[call.len] = expand_part(p, parts.at[call.len + 1], outer, &buf[call.len + 1]);
	if (!p->failed && !call_variable(p, name, &call, out) && !call_function(p, name, &call, out) && !call.len &&
	    name.len && p->environment && p->environment(p->ctx, name, &value))
		text_add(out, value);
	for (size_t i = 0; i < parts.len; i++)
		text_release(&buf[i]);
}

static bool
too_much(struct preprocessor *p, const struct text *out)
{
	if (p->failed)
		return true;
	if (p->depth > MACRO_DEPTH)
		say(p, MACRO_ERROR, "Too deep recursive expansion");
	else if (out->len > MACRO_TEXT)
		say(p, MACRO_ERROR, "an expansion is longer than %d bytes", MACRO_TEXT);
	else if (p->work > MACRO_WORK)
		say(p, MACRO_ERROR, "too many expansions");
	return p->failed;
}

static struct str
expand_dollar(struct preprocessor *p, struct str text, const struct arguments *a, struct text *out)
{
	unsigned nest = 0;
	size_t i;

	if (!text.len || text.at[0] != '(') {
		text_add_char(out, '$');
		return text;
	}
	for (i = 1; i < text.len; i++)
		if (text.at[i] == '(')
			nest++;
		else if (text.at[i] == ')' && nest-- == 0)
			break;
	p->work += 16 + i;
	if (i == text.len) {
		say(p, MACRO_ERROR, "unterminated reference to '%.*s': missing ')'", STR_ARG(str_drop(text, 1)));
		return str_drop(text, i);
	}
	p->depth++;
	if (!too_much(p, out))
		expand_clause(p, str_span(text.at + 1, text.at + i), a, out);
	p->depth--;
	return str_drop(text, i + 1);
}

/* Up to the end, or to the first byte that is no part of a token. Returns what was not used. */
static struct str
expand_until(struct preprocessor *p, struct str in, bool token, const struct arguments *a, struct text *out)
{
	size_t i = 0;

	while (i < in.len && !too_much(p, out)) {
		char c = in.at[i];

		if (c == '$') {
			text_add(out, str_take(in, i));
			in = expand_dollar(p, str_drop(in, i + 1), a, out);
			i = 0;
		} else if (token && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		                      c == '_' || c == '-')) {
			break;
		} else {
			i++;
		}
	}
	text_add(out, str_take(in, i));
	return str_drop(in, i);
}

static void
expand(struct preprocessor *p, struct str in, const struct arguments *a, struct text *out)
{
	p->work += in.len;
	expand_until(p, in, false, a, out);
}

static const struct arguments no_arguments;

struct str
macro_expand(struct preprocessor *p, struct str text)
{
	struct text out = { 0 };

	p->failed = false;
	expand(p, text, &no_arguments, &out);
	if (p->failed) {
		text_release(&out);
		return STR("");
	}
	return take(p, &out);
}

struct str
macro_expand_dollar(struct preprocessor *p, struct str text, struct text *out)
{
	p->failed = false;
	return expand_dollar(p, text, &no_arguments, out);
}

struct str
macro_expand_token(struct preprocessor *p, struct str text, struct text *out)
{
	struct str rest;

	p->failed = false;
	rest = expand_until(p, text, true, &no_arguments, out);
	return p->failed && rest.at == text.at ? str_drop(rest, 1) : rest; /* whoever asks goes on behind it */
}
