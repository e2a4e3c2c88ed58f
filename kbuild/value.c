// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/value.h"

#include <string.h>

#include "kbuild/logic.h"

enum { WORK_MAX = 1 << 22 };        /* comparisons for one value */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

enum { FEW = 8, STEPS = 64 };

/* The symbols of a small condition; false when it is not. */
static bool
few_symbols(const struct cond *c, const char *symbol[FEW], size_t *n, int *steps)
{
	if (--*steps < 0)
		return false;
	if (c->a)
		return few_symbols(c->a, symbol, n, steps) && (!c->b || few_symbols(c->b, symbol, n, steps));
	for (size_t i = 0; i < *n; i++)
		if (symbol[i] == c->symbol.at)
			return true;
	if (*n == FEW)
		return false;
	symbol[(*n)++] = c->symbol.at;
	return true;
}

/* Is one of them in the condition? Gives up, with true, after some steps. Names are interned. */
static bool
mentions(const struct cond *c, const char *const *symbol, size_t n, int *steps)
{
	if (--*steps < 0)
		return true;
	if (c->a)
		return mentions(c->a, symbol, n, steps) || (c->b && mentions(c->b, symbol, n, steps));
	for (size_t i = 0; i < n; i++)
		if (symbol[i] == c->symbol.at)
			return true;
	return false;
}

bool
may_share(const struct cond *a, const struct cond *b)
{
	const char *symbol[FEW];
	int steps = STEPS;
	size_t n = 0;

	return (a->symbols & b->symbols) &&
	       (!few_symbols(b, symbol, &n, &steps) || mentions(a, symbol, n, &steps));
}

const struct cond *
both(struct values *v, const struct cond *a, const struct cond *b)
{
	const struct cond *c = cond_and(v->pool, a, b);

	if (c == a || c == b || c->kind != COND_AND)
		return c;
	if (c->depth > DEPTH_MAX) {
		v->too_deep = true;
		return a;
	}
	return !may_share(a, b) || logic_possible(v->logic, c) ? c : v->pool->no;
}

const struct cond *
either(struct values *v, const struct cond *a, const struct cond *b)
{
	const struct cond *c = cond_or(v->pool, a, b);

	if (c == a || c == b || c->kind != COND_OR || c->depth <= DEPTH_MAX)
		return c;
	v->too_deep = true;
	return a;
}

void
value_add(struct values *v, struct value *out, struct piece p)
{
	if (p.when == v->pool->no || (!p.text.len && !p.symbol && !p.gap) || v->spent)
		return;
	v->work += 4;
	if (out->len == out->cap) { /* most values have one piece: no room for more at first */
		size_t cap = out->cap ? out->cap * 2 : 1;

		out->at = arena_grow(v->keep, out->at, out->cap * sizeof(p), cap * sizeof(p));
		out->cap = cap;
	}
	out->at[out->len++] = p;
}

void
value_text(struct values *v, struct value *out, struct str text)
{
	value_add(v, out, (struct piece){ .when = v->pool->yes, .text = text });
}

void
value_word(struct values *v, struct value *out, struct alt word)
{
	value_add(v, out, (struct piece){ .when = word.when, .text = word.text, .place = word.place, .gap = true });
}

/* Adds to a list in which equal texts are one. */
static bool
alts_merge(struct values *v, struct alts *list, struct alt a)
{
	if (a.when == v->pool->no)
		return true;
	if ((v->work += list->len) > v->work_limit)
		return false;
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->at[i].text, a.text)) {
			list->at[i].when = either(v, list->at[i].when, a.when);
			return true;
		}
	if (list->len >= ALTS_MAX)
		return false;
	vec_push(v->keep, list, a);
	return true;
}

static struct str
append(struct values *v, struct str a, bool gap, struct str b)
{
	char *p;

	if (!a.len)
		return b;
	if (!b.len && !gap)
		return a;
	if (a.at + a.len == v->keep->at && !gap) { /* the newest text of the arena grows in place */
		p = arena_bytes(v->keep, b.len);
		if (p == a.at + a.len) {
			memcpy(p, b.at, b.len);
			return (struct str){ a.at, a.len + b.len };
		}
	}
	v->work += (a.len + b.len) / 16; /* five hundred alternatives of a long text are much to write */
	p = arena_bytes(v->keep, a.len + gap + b.len);
	memcpy(p, a.at, a.len);
	if (gap)
		p[a.len] = ' ';
	if (b.len)
		memcpy(p + a.len + gap, b.at, b.len);
	return (struct str){ p, a.len + gap + b.len };
}

/* The forms one piece can take: its text, or a symbol's y, m, other content. At most three; absent is not listed. */
static size_t
piece_forms(struct values *v, const struct piece *p, struct alt form[3])
{
	const struct cond *y, *m, *other;

	if (!p->symbol) {
		form[0] = (struct alt){ p->when, p->text, p->place };
		return 1;
	}
	y = cond_is(v->pool, p->text, 'y');
	m = cond_is(v->pool, p->text, 'm');
	other = cond_and(v->pool, cond_set(v->pool, p->text), cond_not(v->pool, cond_or(v->pool, y, m)));
	form[0] = (struct alt){ both(v, p->when, y), STR("y"), p->place };
	form[1] = (struct alt){ both(v, p->when, m), STR("m"), p->place };
	form[2] = (struct alt){ both(v, p->when, other),
	                        str_format(v->keep, "\2%.*s\2", STR_ARG(p->text)), p->place };
	return 3;
}

/* When the piece adds nothing. */
static const struct cond *
piece_absent(struct values *v, const struct piece *p)
{
	const struct cond *there = p->symbol ? both(v, p->when, cond_set(v->pool, p->text)) : p->when;

	return cond_not(v->pool, there);
}

static bool
needs_blank(struct str before, const struct piece *p)
{
	return p->gap && before.len && !is_blank(before.at[before.len - 1]);
}

bool
value_alts(struct values *v, const struct value *val, struct alts *out)
{
	struct alts now = { 0 };

	if (v->spent)
		return false;
	v->work_limit = v->work + WORK_MAX;
	vec_push(v->keep, &now, ((struct alt){ .when = v->pool->yes, .text = STR("") }));
	for (size_t i = 0; i < val->len; i++) {
		const struct piece *p = &val->at[i];
		const struct cond *absent = piece_absent(v, p);
		struct alt form[3];
		size_t forms = piece_forms(v, p, form);
		struct alts next = { 0 };

		for (size_t k = 0; k < now.len; k++) {
			struct alt a = now.at[k];

			for (size_t f = 0; f < forms; f++)
				if (!alts_merge(v, &next, (struct alt){ both(v, a.when, form[f].when),
				                append(v, a.text, needs_blank(a.text, p), form[f].text), form[f].place }))
					return false;
			if (!alts_merge(v, &next, (struct alt){ both(v, a.when, absent), a.text, a.place }))
				return false;
		}
		now = next;
	}
	*out = now;
	return true;
}

/* Ends the words that are open under `when`: they go to `out`; what stays open is under !when. */
static void
words_close(struct values *v, struct alts *open, const struct cond *when, struct alts *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < open->len; i++) {
		struct alt a = open->at[i];
		const struct cond *c = both(v, a.when, when);

		if (c != v->pool->no && a.text.len)
			vec_push(v->keep, out, ((struct alt){ c, a.text, a.place }));
		a.when = when == v->pool->yes ? v->pool->no : both(v, a.when, cond_not(v->pool, when));
		if (a.when != v->pool->no)
			open->at[kept++] = a;
	}
	open->len = kept;
}

/* The open words go on with one form of a piece, where it is there. */
static bool
words_open(struct values *v, struct alts *open, struct alt form)
{
	struct alts next = { 0 };
	const struct cond *not = cond_not(v->pool, form.when);

	for (size_t i = 0; i < open->len; i++) {
		struct alt a = open->at[i];

		if (!alts_merge(v, &next, (struct alt){ both(v, a.when, form.when), append(v, a.text, false, form.text),
		                a.text.len ? a.place : form.place }) ||
		    !alts_merge(v, &next, (struct alt){ both(v, a.when, not), a.text, a.place }))
			return false;
	}
	*open = next;
	return true;
}

/* One unconditional text form of a piece: words end at its blanks. */
static bool
words_form(struct values *v, struct alts *open, struct alt form, struct alts *out)
{
	struct str rest = form.text;
	size_t n = 0;

	while (n < rest.len && !is_blank(rest.at[n]))
		n++;
	if (n && !words_open(v, open, (struct alt){ form.when, str_take(rest, n), form.place }))
		return false;
	if (n == rest.len)
		return true;
	words_close(v, open, form.when, out);
	for (rest = str_drop(rest, n); rest.len; rest = str_drop(rest, n)) {
		while (rest.len && is_blank(*rest.at))
			rest = str_drop(rest, 1);
		for (n = 0; n < rest.len && !is_blank(rest.at[n]);)
			n++;
		if (n && n < rest.len)
			vec_push(v->keep, out, ((struct alt){ form.when, str_take(rest, n), form.place }));
		else if (n && !alts_merge(v, open, (struct alt){ form.when, rest, form.place }))
			return false;
		else if (n == rest.len)
			break;
	}
	/* behind a final blank nothing is open there: the empty text, so that the next piece finds a beginning */
	return n || alts_merge(v, open, (struct alt){ form.when, STR(""), form.place });
}

/* Words of a text that stands alone between gaps. */
static void
words_plain(struct values *v, const struct piece *p, struct alts *out)
{
	const char *at = p->text.at, *end = p->text.len ? at + p->text.len : at;

	while (at < end) {
		const char *from;

		while (at < end && is_blank(*at))
			at++;
		for (from = at; at < end && !is_blank(*at);)
			at++;
		if (at > from)
			vec_push(v->keep, out, ((struct alt){ p->when, str_span(from, at), p->place }));
	}
}

/*
 * Marks the pieces before which every word ends, whatever the configuration: a gap that is always there, or one
 * behind which only gaps follow. Under a condition a gap's neighbours can grow together.
 */
static bool *
find_borders(struct values *v, const struct value *val)
{
	bool *border = NEW_ARRAY(v->keep, bool, val->len + 1);

	border[val->len] = true;
	for (size_t i = val->len; i-- > 0;)
		border[i] = i == 0 || (val->at[i].gap && (val->at[i].when == v->pool->yes || border[i + 1]));
	return border;
}

/* The pieces from..to stand between borders. */
static bool
words_group(struct values *v, const struct piece *from, const struct piece *to, struct alts *out)
{
	struct alts open = { 0 };

	if (from + 1 == to && !from->symbol) {
		words_plain(v, from, out);
		return true;
	}
	vec_push(v->keep, &open, ((struct alt){ .when = v->pool->yes, .text = STR("") }));
	for (const struct piece *p = from; p < to; p++) {
		struct alt form[3];
		size_t forms = piece_forms(v, p, form);

		if (p->gap) {
			words_close(v, &open, p->when, out);
			if (!alts_merge(v, &open, (struct alt){ p->when, STR(""), p->place }))
				return false;
		}
		for (size_t f = 0; f < forms; f++)
			if (form[f].when != v->pool->no && !words_form(v, &open, form[f], out))
				return false;
	}
	words_close(v, &open, v->pool->yes, out);
	return true;
}

bool
value_words(struct values *v, const struct value *val, struct alts *out)
{
	bool *border;

	if (v->spent)
		return false;
	border = find_borders(v, val);
	v->work_limit = v->work + WORK_MAX;
	for (size_t i = 0, end; i < val->len; i = end) {
		for (end = i + 1; !border[end];)
			end++;
		if (!words_group(v, val->at + i, val->at + end, out))
			return false;
	}
	return true;
}

static bool
ends_in_blank(const struct value *val)
{
	const struct piece *last;

	if (!val->len)
		return true;
	last = &val->at[val->len - 1];
	return last->when->kind == COND_TRUE && last->text.len && is_blank(last->text.at[last->text.len - 1]);
}

void
value_branch(struct values *v, struct value *out, const struct cond *when, const struct value *sub)
{
	for (size_t i = 0; i < sub->len; i++) {
		struct piece p = sub->at[i];

		p.when = both(v, when, p.when);
		value_add(v, out, p);
	}
}

bool
value_append(struct values *v, struct value *out, const struct cond *when, const struct value *sub, bool gap)
{
	struct alts forms = { 0 };
	bool alone = sub->len == 1 && !sub->at[0].gap, first_stays;
	size_t i;

	if (!sub->len)
		return true;
	first_stays = sub->at[0].when == v->pool->yes && !sub->at[0].gap && (sub->at[0].text.len || sub->len == 1);
	if (gap && !alone) {
		value_add(v, out, (struct piece){ .when = when, .gap = true });
		gap = false;
	} else if (!gap && !alone && !first_stays && !ends_in_blank(out)) {
		if (!value_alts(v, sub, &forms))
			return false;
		for (i = 0; i < forms.len; i++)
			value_add(v, out, (struct piece){ .when = both(v, when, forms.at[i].when),
			          .text = forms.at[i].text, .place = forms.at[i].place });
		return true;
	}
	i = out->len;
	value_branch(v, out, when, sub);
	if (gap && i < out->len)
		out->at[i].gap = true;
	return true;
}

const struct cond *
value_filled(struct values *v, const struct value *val, bool blank)
{
	const struct cond *c = v->pool->no;

	for (size_t i = 0; i < val->len && c != v->pool->yes; i++) {
		const struct piece *p = &val->at[i];
		const struct cond *there = p->when;

		if (p->symbol)
			there = both(v, there, cond_set(v->pool, p->text));
		else if (!p->text.len || (blank && !str_trim(p->text).len))
			continue;
		if (!p->symbol && p->text.at[0] == MARK_UNKNOWN && str_index(str_drop(p->text, 1), MARK_UNKNOWN) + 2 == p->text.len)
			there = both(v, there, cond_set(v->pool, str_format(v->keep, "?%.*s",
			             (int)p->text.len - 2, p->text.at + 1)));
		c = either(v, c, there);
	}
	return logic_certain(v->logic, c) ? v->pool->yes : c;
}

bool
value_is_constant(const struct value *val)
{
	for (size_t i = 0; i < val->len; i++)
		if (val->at[i].symbol || val->at[i].when->kind != COND_TRUE)
			return false;
	return true;
}

struct str
value_constant(struct values *v, const struct value *val)
{
	struct text t = { 0 };
	struct str s;

	if (val->len == 1)
		return val->at[0].text;
	for (size_t i = 0; i < val->len; i++) {
		if (val->at[i].gap && t.len)
			text_add_char(&t, ' ');
		text_add(&t, val->at[i].text);
	}
	s = str_copy(v->keep, text_str(&t));
	text_release(&t);
	return s;
}

bool
has_mark(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == MARK_UNKNOWN || s.at[i] == MARK_SYMBOL)
			return true;
	return false;
}

/* What stands between the plain beginning and the plain end of a text with marks: from its first mark to its last. */
static struct str
marked_middle(struct str s)
{
	const char *from = s.at, *to = s.at + s.len;

	while (from < to && *from != MARK_UNKNOWN && *from != MARK_SYMBOL)
		from++;
	while (to > from && to[-1] != MARK_UNKNOWN && to[-1] != MARK_SYMBOL)
		to--;
	return str_span(from, to);
}

/* The whole text is one symbol's mark: its name; otherwise empty. */
static struct str
lone_symbol(struct str s)
{
	if (s.len < 3 || s.at[0] != MARK_SYMBOL || str_index(str_drop(s, 1), MARK_SYMBOL) + 2 != s.len)
		return STR("");
	return (struct str){ s.at + 1, s.len - 2 };
}

/* Contents of symbols side by side, each neither empty nor y nor m, and a text of so few bytes that one had to be. */
static bool
too_short(struct str middle, struct str plain)
{
	size_t symbols = 0;

	for (size_t i = 0; i < middle.len; i++)
		if (middle.at[i] == MARK_UNKNOWN)
			return false;
		else
			symbols += middle.at[i] == MARK_SYMBOL;
	symbols /= 2;
	for (size_t i = 0; i < plain.len; i++)
		if (plain.at[i] != 'y' && plain.at[i] != 'm')
			return plain.len < symbols;
	return plain.len <= symbols;
}

/* A text with marks and a plain one. */
static const struct cond *
marked_equal(struct values *v, struct str marked, struct str plain)
{
	struct str middle = marked_middle(marked), name = lone_symbol(middle);
	size_t head = (size_t)(middle.at - marked.at), tail = marked.len - head - middle.len;

	if (plain.len < head + tail || !str_starts(plain, str_take(marked, head)) ||
	    !str_ends(plain, str_drop(marked, marked.len - tail)))
		return v->pool->no;
	plain = str_span(plain.at + head, plain.at + plain.len - tail);
	if (too_short(middle, plain))
		return v->pool->no;
	return name.len ? cond_eq(v->pool, name, plain) : NULL;
}

const struct cond *
texts_equal(struct values *v, struct str a, struct str b)
{
	if (str_eq(a, b))
		return v->pool->yes;
	if (!has_mark(a) && !has_mark(b))
		return v->pool->no;
	if (!has_mark(b))
		return marked_equal(v, a, b);
	return has_mark(a) ? NULL : marked_equal(v, b, a);
}
