// SPDX-License-Identifier: GPL-2.0-or-later
#include "nixout/answers.h"

#include <stdlib.h>

enum { CONF_LINE_MAX = 4096 - 2 }; /* scripts/kconfig/conf.c: line[PATH_MAX], with the line feed */

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The word at the front, taken off. */
static struct str
take_word(struct str *s)
{
	size_t n = 0;
	struct str word;

	while (n < s->len && is_word_char(s->at[n]))
		n++;
	word = str_take(*s, n);
	*s = str_drop(*s, n);
	return word;
}

static bool
take_char(struct str *s, char c)
{
	if (!s->len || s->at[0] != c)
		return false;
	*s = str_drop(*s, 1);
	return true;
}

static struct str
drop_blanks(struct str s)
{
	while (s.len && is_blank(s.at[0]))
		s = str_drop(s, 1);
	return s;
}

/* NAME value | NAME? value */
static bool
answer_line(struct str text, struct answer *out)
{
	out->name = take_word(&text);
	out->optional = take_char(&text, '?');
	out->value = str_trim(text);
	return out->name.len && out->value.len && is_blank(text.at[0]);
}

void
answers_parse(struct answers *a, const struct source *src, struct arena *keep, struct diag *diag)
{
	struct str rest = src->text, text;

	for (unsigned line = 1; str_next_line(&rest, &text); line++) {
		struct answer read = { .line = line }, *entry;
		void **place;

		text = str_trim(str_take(text, str_index(text, '#')));
		if (!text.len)
			continue;
		if (!answer_line(text, &read)) {
			diag_error(diag, src->name, line,
			           "no answer: '%.*s'; write 'NAME value', or 'NAME? value' for an optional one",
			           STR_ARG(text));
			continue;
		}
		place = map_put(&a->by_name, keep, read.name);
		entry = *place ? *place : NEW(keep, struct answer);
		*entry = read;
		*place = entry;
	}
}

void
answers_print(const struct answers *a, struct text *out)
{
	for (size_t i = 0; i < answers_len(a); i++) {
		const struct answer *an = answers_at(a, i);

		text_addf(out, "%.*s%s %.*s\n", STR_ARG(an->name), an->optional ? "?" : "", STR_ARG(an->value));
	}
}

const struct answer *
answers_get(const struct answers *a, struct str name)
{
	return map_get(&a->by_name, name);
}

size_t
answers_len(const struct answers *a)
{
	return a->by_name.len;
}

const struct answer *
answers_at(const struct answers *a, size_t i)
{
	return a->by_name.entry[i].value;
}

void
answers_set(struct answers *a, struct arena *keep, struct str name, struct str value, bool optional)
{
	void **place = map_put(&a->by_name, keep, name);
	struct answer *entry = *place ? *place : NEW(keep, struct answer);

	*entry = (struct answer){ .name = name, .value = value, .optional = optional };
	*place = entry;
}

const char *
answer_unfit(struct str value)
{
	if (!value.len)
		return "the answer text has no way to say an empty string";
	if (str_has(value, '#'))
		return "the answer text is cut at '#'";
	if (str_has(value, '\n') || str_has(value, '\0'))
		return "an answer is one line";
	if (is_blank(value.at[0]) || is_blank(value.at[value.len - 1]))
		return "the answer text loses blanks at both ends";
	if (str_is(value, "?"))
		return "conf prints its help for a '?'";
	if (value.len > CONF_LINE_MAX)
		return "conf takes lines of 4094 characters";
	return NULL;
}

/* "... (WORD)": WORD and what stands before the parenthesis. */
static bool
last_in_parentheses(struct str s, struct str *before, struct str *word)
{
	size_t open = str_rindex(s, '(');
	struct str inner;

	if (open == s.len || s.at[s.len - 1] != ')')
		return false;
	inner = *word = str_span(s.at + open + 1, s.at + s.len - 1);
	*before = str_take(s, open);
	return take_word(&inner).len && !inner.len;
}

/* "> 2. Prompt (NAME)" or "  2. Prompt (NAME) (NEW)" */
static bool
member_line(struct str line, struct str *number, struct str *name)
{
	struct str s = drop_blanks(line), before, word;
	const char *at;

	if (take_char(&s, '>'))
		s = drop_blanks(s);
	for (at = s.at; s.len && s.at[0] >= '0' && s.at[0] <= '9';)
		s = str_drop(s, 1);
	*number = str_span(at, s.at);
	if (!number->len || !take_char(&s, '.') || !s.len || !is_blank(s.at[0]) ||
	    !last_in_parentheses(str_trim(s), &before, name))
		return false;
	if (str_is(*name, "NEW") && before.len && is_blank(before.at[before.len - 1]) &&
	    last_in_parentheses(str_trim(before), &before, &word))
		*name = word;
	return true;
}

/* "Prompt (NAME) [alternatives] (NEW) ": the last " (NAME) [" that has a "]" behind it. */
static bool
question_line(struct str line, struct str *prompt, struct str *name, struct str *alternatives)
{
	size_t end = str_rindex(line, ']');

	for (size_t i = end == line.len ? 0 : end; i-- > 0;) {
		struct str s = str_drop(line, i), word;

		if (!take_char(&s, ' ') || !take_char(&s, '('))
			continue;
		word = take_word(&s);
		if (!word.len || !take_char(&s, ')') || !take_char(&s, ' ') || !take_char(&s, '[') ||
		    s.at > line.at + end)
			continue;
		*prompt = str_take(line, i);
		*name = word;
		*alternatives = str_span(s.at, line.at + end);
		return true;
	}
	return false;
}

static bool
is_answered_yes(const struct flow *f, struct str name)
{
	const struct answer *an = answers_get(f->answers, name);

	return an && str_is(an->value, "y");
}

/* The number of the offered member that is answered y; empty for none. */
static enum flow_step
choose(struct flow *f, struct str *reply)
{
	enum flow_step step = FLOW_TYPE;

	*reply = STR("");
	for (size_t i = 0; i < f->offered.len; i++) {
		const struct str *number = f->offered.entry[i].value;

		if (!is_answered_yes(f, f->offered.entry[i].key))
			continue;
		if (reply->len && !str_eq(*reply, *number)) {
			step = FLOW_AMBIGUOUS;
			f->rival = f->name;
		}
		*reply = *number;
		f->name = f->offered.entry[i].key;
	}
	for (size_t i = 0; i < f->stale.len; i++)
		if (is_answered_yes(f, f->stale.entry[i].key) && map_get(&f->offered, f->stale.entry[i].key) == NULL)
			f->mistaken = f->stale.entry[i].key;
	return step;
}

/* "N/m/y/?": single letters, m among them but not in front, and the question mark. */
static bool
offers_module(struct str alternatives)
{
	bool found = false;

	while (alternatives.len > 1) {
		if (!is_word_char(alternatives.at[0]) || alternatives.at[1] != '/')
			return false;
		alternatives = str_drop(alternatives, 2);
		found |= str_starts(alternatives, STR("m/"));
	}
	return found && str_is(alternatives, "?");
}

/* Perl's truth: neither "" nor "0". */
static bool
is_true(struct str s)
{
	return s.len && !str_is(s, "0");
}

static enum flow_step
reply_to(struct flow *f, struct str prompt, struct str name, struct str alternatives, struct str *reply)
{
	const struct answer *an = answers_get(f->answers, name);
	bool repeated = f->asked && is_true(f->prompt) && str_eq(f->prompt, prompt) && str_eq(f->name, name);

	*reply = STR("");
	if (f->auto_modules && !(f->prefer_builtin && str_has(alternatives, 'Y'))) {
		if (offers_module(alternatives))
			*reply = STR("m");
		/* up to 25.05 any "/m" would do, "/sbin/modprobe" too */
		f->disputed = !reply->len && str_find(alternatives, STR("/m")) < alternatives.len;
	}
	f->otherwise = *reply;
	if (an)
		*reply = an->value;
	f->asked = true;
	f->prompt = str_copy(f->keep, prompt);
	f->name = an ? an->name : str_copy(f->keep, name);
	return repeated ? FLOW_REPEATED : FLOW_TYPE;
}

/* A line that is no member ends the list of a choice that was not asked, having one member only. */
static void
offer(struct flow *f, struct str line)
{
	struct str number, name;

	if (member_line(line, &number, &name)) {
		struct str *kept = NEW(f->keep, struct str);

		*kept = str_copy(f->keep, number);
		*map_put(&f->offered, f->keep, str_copy(f->keep, name)) = kept;
		return;
	}
	for (size_t i = 0; i < f->offered.len; i++)
		map_put(&f->stale, f->keep, f->offered.entry[i].key);
	f->offered = (struct map){ 0 };
}

enum flow_step
flow_answer(struct flow *f, struct str printed, struct str *reply)
{
	struct str prompt, name, alternatives;
	enum flow_step step = FLOW_TYPE;
	size_t end;

	f->offered = f->stale = (struct map){ 0 };
	f->otherwise = f->mistaken = STR("");
	f->disputed = false;
	while ((end = str_index(printed, '\n')) < printed.len) {
		offer(f, str_take(printed, end));
		printed = str_drop(printed, end + 1);
	}
	*reply = STR("");
	if (question_line(printed, &prompt, &name, &alternatives))
		return reply_to(f, prompt, name, alternatives, reply);
	if (str_find(printed, STR("choice[")) < printed.len && str_ends(printed, STR("]: "))) {
		struct str latest = f->name;

		step = choose(f, reply);
		if (step == FLOW_TYPE)
			f->name = latest; /* a choice does not count as a question */
	}
	return step;
}

static int
by_name(const void *a, const void *b)
{
	const struct answer *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

static void
check_one(const struct answer *an, const struct dotconfig_line *l, bool ignore, struct arena *keep,
          struct problems *out)
{
	struct problem p = { .name = an->name, .wanted = an->value, .line = an->line,
	                     .fatal = !an->optional && !ignore };

	if (!l) {
		p.kind = PROBLEM_UNUSED;
		vec_push(keep, &out->list, p);
	} else if (is_true(l->value) && !str_eq(l->value, an->value)) {
		p.kind = PROBLEM_WRONG;
		p.got = l->value;
		vec_push(keep, &out->list, p);
	}
}

void
flow_check(const struct answers *a, const struct dotconfig *dc, bool ignore_errors, struct arena *keep,
           struct problems *out)
{
	size_t n = answers_len(a);
	const struct answer **sorted = NEW_ARRAY(keep, const struct answer *, n);

	for (size_t i = 0; i < n; i++)
		sorted[i] = answers_at(a, i);
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++)
		check_one(sorted[i], dotconfig_get(dc, sorted[i]->name), ignore_errors, keep, out);
}

void
problem_print(const struct problem *p, struct text *out)
{
	switch (p->kind) {
	case PROBLEM_REPEATED:
		text_addf(out, "repeated question: %.*s (%.*s)", STR_ARG(p->wanted), STR_ARG(p->name));
		break;
	case PROBLEM_AMBIGUOUS:
		text_addf(out, "two members of one choice are answered y: %.*s %.*s", STR_ARG(p->wanted),
		          STR_ARG(p->name));
		break;
	case PROBLEM_ENDLESS:
		text_addf(out, "asked for ever: %.*s", STR_ARG(p->wanted));
		break;
	case PROBLEM_UNUSED:
		text_addf(out, "unused option: %.*s", STR_ARG(p->name));
		break;
	case PROBLEM_WRONG:
		text_addf(out, "option not set correctly: %.*s (wanted '%.*s', got '%.*s')", STR_ARG(p->name),
		          STR_ARG(p->wanted), STR_ARG(p->got));
		break;
	}
}
