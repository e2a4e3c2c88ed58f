// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/dialogue.h"

#include "kconfig/lazy.h"
#include "kconfig/values.h"

struct talk {
	struct config *config;
	bool old;                     /* choices of before 6.11 */
	unsigned flags;
	bool ask_all;                 /* the first round of oldaskconfig */
	answer_fn answer;
	void *ctx;
	struct text *out;             /* NULL: nobody listens */
	struct arena scratch;
	int indent;                   /* from 1 */
	const struct menu *top;       /* the menu that is being gone through; others are only searched for news */
	size_t restarts;
	bool over;                    /* no answers any more: unwind, or take Enter */
	enum dialogue_result result;  /* not DIALOGUE_DONE: unwind */
};

/* A line of input; `end`: there was none. */
struct reply {
	struct str text;
	bool end;
};

static void
say_text(struct talk *t, struct str s)
{
	if (t->out)
		text_add(t->out, s);
}

static void
say(struct talk *t, const char *words)
{
	say_text(t, str_from(words));
}

static void
say_indented(struct talk *t, const char *words)
{
	for (int i = 1; i < t->indent; i++)
		say(t, " ");
	say(t, words);
}

static void
say_number(struct talk *t, const char *before, size_t n, const char *behind)
{
	if (t->out)
		text_addf(t->out, "%s%zu%s", before, n, behind);
}

static void
say_help(struct talk *t, const struct menu *m)
{
	if (!t->out)
		return;
	text_add_char(t->out, '\n');
	config_help(t->config, m, t->out);
	text_add_char(t->out, '\n');
}

static bool
is_new(const struct talk *t, const struct symbol *s)
{
	return !config_has_user(t->config, s, NULL);
}

static struct reply
ask(struct talk *t, const struct question *q)
{
	struct reply r = { STR(""), false };

	if (!t->over) {
		r.text = t->answer(t->ctx, q);
		t->over = !r.text.at;
	}
	if (!t->over) {
		say_text(t, r.text);
		say(t, "\n");
		return r;
	}
	r = (struct reply){ STR(""), true };
	if (!(t->flags & DIALOGUE_END_IS_ENTER))
		t->result = DIALOGUE_ENDED;
	return r;
}

/* At the end of the answers asking again would never end. */
static bool
may_ask_again(struct talk *t)
{
	if (t->over && t->result == DIALOGUE_DONE)
		t->result = DIALOGUE_STUCK;
	return t->result == DIALOGUE_DONE;
}

/* What follows the brackets. True when there is an answer, in *r. */
static bool
ask_value(struct talk *t, const struct question *q, struct reply *r)
{
	bool fresh = is_new(t, q->sym);

	if (fresh)
		say(t, "(NEW) ");
	if (!config_is_changeable(t->config, q->sym) || (!t->ask_all && !fresh)) {
		say_text(t, config_text(t->config, q->sym));
		say(t, "\n");
		return false;
	}
	*r = ask(t, q);
	if (r->end && t->result == DIALOGUE_DONE)
		say(t, "\n");
	return t->result == DIALOGUE_DONE;
}

static void
say_prompt(struct talk *t, const struct question *q)
{
	say_indented(t, "");
	say_text(t, q->prompt);
	say(t, " ");
	if (q->name.len) {
		say(t, "(");
		say_text(t, q->name);
		say(t, ") ");
	}
	say(t, "[");
	say_text(t, q->alternatives);
	say(t, "] ");
}

static struct question
question_about(struct talk *t, const struct menu *m)
{
	return (struct question){
		.sym = m->sym, .prompt = m->prompt->text, .name = m->sym->name, .is_choice = m->sym->is_choice,
		.initial = config_text(t->config, m->sym), .is_new = is_new(t, m->sym),
	};
}

/* ---- int, hex, string ---- */

static void
conf_string(struct talk *t, const struct menu *m)
{
	struct reply r;

	do {
		struct question q = question_about(t, m);

		q.alternatives = q.initial;
		say_prompt(t, &q);
		if (!ask_value(t, &q, &r))
			return;
		if (str_is(r.text, "?"))
			say_help(t, m);
		else if (config_set(t->config, m->sym, r.text.len ? r.text : q.initial))
			return;
	} while (may_ask_again(t));
}

/* ---- bool, tristate ---- */

/* "N/m/y/?": the value in capitals, then what else may be answered. */
static struct str
alternatives(struct talk *t, const struct symbol *s)
{
	enum tri now = config_tri(t->config, s);
	char *a = arena_bytes(&t->scratch, 8), *to = a;

	*to++ = "NMY"[now];
	for (enum tri v = TRI_N; v <= TRI_Y; v++)
		if (v != now && config_may_be(t->config, s, v)) {
			*to++ = '/';
			*to++ = "nmy"[v];
		}
	*to++ = '/';
	*to++ = '?';
	return str_span(a, to);
}

enum understood { ANSWER_VALUE, ANSWER_HELP, ANSWER_NONSENSE };

/* n, no, m, y, yes, with a first letter of any case. */
static enum understood
understand(struct str a, struct str *value)
{
	struct str rest = str_drop(a, 1);

	if (!a.len)
		return ANSWER_VALUE;
	switch (a.at[0]) {
	case 'n': case 'N':
		*value = STR("n");
		return !rest.len || str_is(rest, "o") ? ANSWER_VALUE : ANSWER_NONSENSE;
	case 'm': case 'M':
		*value = STR("m");
		return !rest.len ? ANSWER_VALUE : ANSWER_NONSENSE;
	case 'y': case 'Y':
		*value = STR("y");
		return !rest.len || str_is(rest, "es") ? ANSWER_VALUE : ANSWER_NONSENSE;
	case '?':
		return ANSWER_HELP;
	}
	return ANSWER_NONSENSE;
}

static void
conf_sym(struct talk *t, const struct menu *m)
{
	struct reply r;

	do {
		struct question q = question_about(t, m);
		struct str value = q.initial;
		enum understood u;

		q.alternatives = alternatives(t, m->sym);
		say_prompt(t, &q);
		if (!ask_value(t, &q, &r))
			return;
		u = understand(str_trim(r.text), &value);
		if (u == ANSWER_VALUE && config_set(t->config, m->sym, value))
			return;
		if (u != ANSWER_NONSENSE)
			say_help(t, m);
	} while (may_ask_again(t));
}

/* ---- choices ---- */

struct offer {
	VEC(const struct menu *) list; /* visible members, numbered from 1 */
	size_t initial;               /* from 1; 0: none */
	bool has_new;
};

static void
say_member(struct talk *t, const struct menu *m, size_t number, bool picked)
{
	say_indented(t, picked ? ">" : " ");
	say_number(t, " ", number, ". ");
	say_text(t, m->prompt->text);
	if (m->sym->name.len) {
		say(t, " (");
		say_text(t, m->sym->name);
		say(t, ")");
	}
	if (is_new(t, m->sym))
		say(t, " (NEW)");
	say(t, "\n");
}

static void
say_offer(struct talk *t, const struct menu *choice, struct offer *o)
{
	const struct symbol *picked = config_picked(t->config, choice->sym);

	lazy_choice(t->config, choice->sym);
	*o = (struct offer){ 0 };
	for (const struct menu *m = choice->list; m; m = m->next) {
		if (!config_menu_visible(t->config, m))
			continue;
		if (!m->sym) {
			say_indented(t, "* ");
			say_text(t, m->prompt->text);
			say(t, "\n");
			continue;
		}
		vec_push(&t->scratch, &o->list, m);
		if (m->sym == picked)
			o->initial = o->list.len;
		o->has_new |= is_new(t, m->sym);
		say_member(t, m, o->list.len, m->sym == picked);
	}
}

static struct reply
ask_choice(struct talk *t, const struct menu *choice, const struct offer *o)
{
	struct question q = question_about(t, choice);
	const struct symbol **members = NEW_ARRAY(&t->scratch, const struct symbol *, o->list.len);
	struct reply r;

	for (size_t i = 0; i < o->list.len; i++)
		members[i] = o->list.at[i]->sym;
	q.members = members;
	q.members_len = o->list.len;
	q.initial_member = o->initial;
	q.is_new = t->old ? q.is_new : o->has_new;
	q.alternatives = str_format(&t->scratch, "1-%zu?", o->list.len);
	q.initial = str_format(&t->scratch, "%zu", o->initial);
	r = ask(t, &q);
	r.text = str_trim(r.text);
	return r;
}

/* The number an answer starts with, as atoi reads it. False: asks for something else. */
static bool
number_in(struct str a, size_t initial, size_t *n)
{
	if (!a.len) {
		*n = initial;
		return true;
	}
	if (a.at[0] < '0' || a.at[0] > '9')
		return false;
	*n = 0;
	for (size_t i = 0; i < a.len && a.at[i] >= '0' && a.at[i] <= '9' && *n < 1000000; i++)
		*n = *n * 10 + (size_t)(a.at[i] - '0');
	return true;
}

/* One round of question and answer; the member that was picked, or NULL: ask again. */
static const struct menu *
conf_choice_once(struct talk *t, const struct menu *choice, bool was_new)
{
	struct reply r = { STR(""), false };
	struct offer o;
	size_t n;

	say_indented(t, "");
	say_text(t, choice->prompt->text);
	say(t, "\n");
	say_offer(t, choice, &o);
	say_indented(t, "choice");
	if (o.list.len == 1) {
		say(t, "[1]: 1\n");
		return o.list.at[0];
	}
	say_number(t, "[1-", o.list.len, "?]: ");
	if (t->ask_all || (t->old ? was_new : o.has_new)) {
		r = ask_choice(t, choice, &o);
		if (t->result != DIALOGUE_DONE)
			return NULL;
	} else {
		say_number(t, "", o.initial, "\n");
		if (!o.initial)
			t->result = DIALOGUE_STUCK; /* nothing to pick, and nobody asked */
	}
	if (r.text.len && r.text.at[0] == '?')
		say_help(t, choice);
	if (!number_in(r.text, o.initial, &n) || n < 1 || n > o.list.len)
		return NULL;
	if (!str_ends(r.text, STR("?")))
		return o.list.at[n - 1];
	say_help(t, o.list.at[n - 1]);
	return NULL;
}

static void conf(struct talk *, const struct menu *);

static void
conf_members(struct talk *t, const struct menu *choice)
{
	bool was_new = is_new(t, choice->sym);
	const struct menu *picked;

	while (!(picked = conf_choice_once(t, choice, was_new)))
		if (!may_ask_again(t))
			return;
	if (t->result != DIALOGUE_DONE)
		return;
	config_set(t->config, picked->sym, STR("y"));
	if (!t->old)
		return;
	t->indent += 2;
	for (const struct menu *m = picked->list; m && t->result == DIALOGUE_DONE; m = m->next)
		conf(t, m);
	t->indent -= 2;
}

/* Old choices are asked for themselves when they may be n or m. */
static void
conf_choice(struct talk *t, const struct menu *m)
{
	bool asked = t->old && config_is_changeable(t->config, m->sym);

	if (asked)
		conf_sym(t, m);
	if (t->result != DIALOGUE_DONE)
		return;
	if (t->old && config_tri(t->config, m->sym) != TRI_Y) {
		if (!asked && config_tri(t->config, m->sym) == TRI_M) {
			say_indented(t, "");
			say_text(t, m->prompt->text);
			say(t, "\n");
		}
		return;
	}
	conf_members(t, m);
}

/* ---- through the menus ---- */

static void check_conf(struct talk *, const struct menu *);

static void
say_heading(struct talk *t, const struct menu *m)
{
	say_indented(t, "*\n");
	say_indented(t, "* ");
	say_text(t, m->prompt->text);
	say(t, "\n");
	say_indented(t, "*\n");
}

static void
conf_entry(struct talk *t, const struct menu *m)
{
	struct arena_mark mark = arena_mark(&t->scratch);

	if (m->sym->is_choice)
		conf_choice(t, m);
	else if (m->sym->type == SYM_INT || m->sym->type == SYM_HEX || m->sym->type == SYM_STRING)
		conf_string(t, m);
	else
		conf_sym(t, m);
	arena_reset(&t->scratch, mark);
}

static void
conf(struct talk *t, const struct menu *m)
{
	if (t->result != DIALOGUE_DONE || !config_menu_visible(t->config, m))
		return;
	if (m->prompt->kind == PROP_MENU && !t->ask_all && t->top != m) {
		check_conf(t, m);
		return;
	}
	if (m->prompt->kind == PROP_MENU || m->prompt->kind == PROP_COMMENT)
		say_heading(t, m);
	if (m->sym) {
		conf_entry(t, m);
		if (m->sym->is_choice && (!t->old || config_tri(t->config, m->sym) != TRI_M))
			return;
		t->indent += 2;
	}
	for (const struct menu *k = m->list; k; k = k->next)
		conf(t, k);
	if (m->sym)
		t->indent -= 2;
}

static const struct menu *
parent_menu(const struct talk *t, const struct menu *m)
{
	while (m != t->config->model->root && !(m->prompt && m->prompt->kind == PROP_MENU))
		m = m->parent;
	return m;
}

static bool
is_news(struct talk *t, const struct symbol *s)
{
	if (!s || !is_new(t, s))
		return false;
	return config_is_changeable(t->config, s) ||
	       (t->old && s->is_choice && config_tri(t->config, s) == TRI_Y);
}

/* Looks for symbols without user value; finding one goes through the menu it is in. */
static void
check_conf(struct talk *t, const struct menu *m)
{
	if (t->result != DIALOGUE_DONE || !config_menu_visible(t->config, m))
		return;
	if (is_news(t, m->sym)) {
		if (!t->restarts++)
			say(t, "*\n* Restart config...\n*\n");
		t->top = parent_menu(t, m);
		conf(t, t->top);
	}
	for (const struct menu *k = m->list; k; k = k->next)
		check_conf(t, k);
}

enum dialogue_result
dialogue_run(struct config *c, unsigned flags, answer_fn answer, void *ctx, struct text *transcript)
{
	struct talk t = {
		.config = c, .old = c->model->dialect.old_choice, .flags = flags, .ask_all = !(flags & DIALOGUE_ONLY_NEW),
		.answer = answer, .ctx = ctx, .out = transcript, .indent = 1, .top = c->model->root,
	};

	lazy_begin(c, &t.scratch);
	if (t.ask_all)
		conf(&t, c->model->root);
	t.ask_all = false;
	do {
		t.restarts = 0;
		check_conf(&t, c->model->root);
	} while (t.restarts && t.result == DIALOGUE_DONE);
	lazy_end(c);
	arena_release(&t.scratch);
	return t.result;
}
