// SPDX-License-Identifier: GPL-2.0-or-later
/* References: $(NAME), ${NAME}, $N, $(NAME:a=b), $(function args). */
#include <stdlib.h>
#include <string.h>

#include "kbuild/make.h"

enum { EXPAND_DEPTH_MAX = 200 };

struct str
unknown_meant(struct make *m, struct str text)
{
	struct str rest = str_drop(text, str_index(text, MARK_UNKNOWN) + 1);
	size_t i = (size_t)strtoul(str_c(m->values.keep, rest), NULL, 10);

	return i < m->unknown.len ? m->unknown.at[i].what : STR("");
}

struct str
unknown_text(struct make *m, const char *what, struct str detail)
{
	struct str one = str_has(detail, MARK_UNKNOWN) ? unknown_meant(m, detail) : str_take(detail, 60);

	vec_push(m->values.keep, &m->unknown, ((struct unknown){ m->place,
	         str_format(m->values.keep, "%s: %.*s", what, STR_ARG(one)), false }));
	return str_format(m->values.keep, "\1%zu\1", m->unknown.len - 1);
}

struct alts
expand_alts(struct make *m, struct str text)
{
	struct value value = { 0 };
	struct alts out = { 0 };

	expand(m, text, &value);
	if (value_is_constant(&value)) {
		vec_push(m->values.keep, &out, ((struct alt){ m->values.pool->yes, value_constant(&m->values, &value), m->place }));
		return out;
	}
	if (value_alts(&m->values, &value, &out))
		return out;
	make_error(m, m->place, "too many alternatives to follow");
	m->values.spent = true;
	return (struct alts){ 0 };
}

/* The symbols that stand in a text that was found equal to another, which is not empty, are tristates. */
static void
note_tristates(struct make *m, const struct value *value)
{
	for (size_t i = 0; i < value->len; i++)
		if (value->at[i].symbol)
			make_tristate(m, cond_is(m->values.pool, value->at[i].text, 'y'));
}

/* One symbol and a plain text: the commonest comparison. */
static const struct cond *
symbol_equals(struct make *m, const struct value *value, struct str text)
{
	struct cond_pool *pool = m->values.pool;
	struct str symbol = value->at[0].text;

	if (!text.len)
		return cond_not(pool, cond_set(pool, symbol));
	if (!str_is(text, "y") && !str_is(text, "m")) {
		map_put(&m->text, m->values.keep, symbol);
		return cond_eq(pool, symbol, text);
	}
	note_tristates(m, value);
	return cond_is(pool, symbol, *text.at);
}

static bool
is_one_symbol(const struct value *value)
{
	return value->len == 1 && value->at[0].symbol && value->at[0].when->kind == COND_TRUE;
}

static bool
all_alts(struct make *m, const struct value *value, struct alts *out)
{
	if (value_alts(&m->values, value, out))
		return true;
	make_error(m, m->place, "too many alternatives to follow");
	return !(m->values.spent = true);
}

/* Every pair of texts the two sides can be that could be equal. */
static const struct cond *
pairs_equal(struct make *m, const struct value *va, const struct value *vb)
{
	struct values *vs = &m->values;
	struct alts as = { 0 }, bs = { 0 };
	const struct cond *c = vs->pool->no;
	bool equal = false;

	if (!all_alts(m, va, &as) || !all_alts(m, vb, &bs))
		return c;
	for (size_t i = 0; i < as.len; i++)
		for (size_t k = 0; k < bs.len; k++) {
			const struct cond *same = texts_equal(vs, as.at[i].text, bs.at[k].text);

			if (!same) {
				struct str mark = unknown_text(m, "a comparison", as.at[i].text);

				same = cond_set(vs->pool, str_format(vs->keep, "?%.*s", (int)mark.len - 2, mark.at + 1));
			} else if (same->kind == COND_EQ) {
				map_put(&m->text, vs->keep, same->symbol);
			}
			equal |= same == vs->pool->yes && as.at[i].text.len;
			if (same != vs->pool->no)
				c = either(vs, c, both(vs, both(vs, as.at[i].when, bs.at[k].when), same));
		}
	if (equal) {
		note_tristates(m, va);
		note_tristates(m, vb);
	}
	return c;
}

const struct cond *
values_equal(struct make *m, struct str a, struct str b)
{
	struct value va = { 0 }, vb = { 0 };

	expand(m, a, &va);
	expand(m, b, &vb);
	if (is_one_symbol(&va) && value_is_constant(&vb))
		return symbol_equals(m, &va, value_constant(&m->values, &vb));
	if (is_one_symbol(&vb) && value_is_constant(&va))
		return symbol_equals(m, &vb, value_constant(&m->values, &va));
	return pairs_equal(m, &va, &vb);
}

void
variable_value(struct make *m, struct variable *v, struct value *out)
{
	const struct cond *outer = m->when;

	if (v->expanding) {
		make_error(m, m->place, "variable '%.*s' refers to itself", STR_ARG(v->name));
		return;
	}
	for (size_t i = 0; i < v->value.len && make_step(m); i++) {
		struct piece p = v->value.at[i];
		struct value sub = { 0 };

		if (!p.raw) {
			value_add(&m->values, out, p);
			continue;
		}
		m->when = both(&m->values, outer, p.when);
		if (m->when == m->values.pool->no)
			continue;
		v->expanding = true;
		expand(m, p.text, &sub);
		v->expanding = false;
		if (!value_append(&m->values, out, p.when, &sub, p.gap))
			make_error(m, m->place, "too many alternatives for this value");
	}
	m->when = outer;
}

static void
symbol_value(struct make *m, struct str symbol, struct value *out)
{
	if (m->symbol)
		value_text(&m->values, out, m->symbol(m->ctx, symbol));
	else
		value_add(&m->values, out, (struct piece){ .when = m->values.pool->yes, .symbol = true,
		          .place = m->place, .text = str_copy(m->values.keep, symbol) });
}

void
expand_variable(struct make *m, struct str name, struct value *out)
{
	struct variable *v = variable_find(m, name);

	if (v)
		variable_value(m, v, out);
	else if (str_starts(name, STR("CONFIG_")) && name.len > 7)
		symbol_value(m, str_drop(name, 7), out);
}

/* $(NAME:a=b) is $(patsubst a,b,$(NAME)), where a and b without a '%' are suffixes. */
static void
substitution(struct make *m, struct str name, struct str from, struct str to, struct value *out)
{
	bool pattern = str_has(from, '%');
	struct text args = { 0 };

	text_addf(&args, "%s%.*s,%s%.*s,$(%.*s)", pattern ? "" : "%", STR_ARG(from), pattern ? "" : "%", STR_ARG(to),
	          STR_ARG(name));
	function_call(m, STR("patsubst"), str_copy(m->values.keep, text_str(&args)), out);
	text_release(&args);
}

static size_t
index_outside(struct str s, char c)
{
	int depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '(' || s.at[i] == '{')
			depth++;
		else if (s.at[i] == ')' || s.at[i] == '}')
			depth--;
		else if (s.at[i] == c && depth <= 0)
			return i;
	}
	return s.len;
}

/* The variables a computed name can stand for. */
static void
computed_name(struct make *m, struct str name, struct value *out)
{
	struct alts names = expand_alts(m, name);
	const struct cond *outer = m->when;

	for (size_t i = 0; i < names.len; i++) {
		struct value sub = { 0 };

		m->when = both(&m->values, outer, names.at[i].when);
		if (str_has(names.at[i].text, MARK_UNKNOWN))
			value_text(&m->values, &sub, unknown_text(m, "a variable whose name is not known", name));
		else
			expand_variable(m, names.at[i].text, &sub);
		value_branch(&m->values, out, names.at[i].when, &sub);
	}
	m->when = outer;
}

/* What stands between the brackets. */
static void
reference(struct make *m, struct str inner, struct value *out)
{
	size_t colon, equals, n = 0;
	struct str rest;

	while (n < inner.len && ((inner.at[n] >= 'a' && inner.at[n] <= 'z') || inner.at[n] == '-'))
		n++;
	if (n && n < inner.len && (inner.at[n] == ' ' || inner.at[n] == '\t') &&
	    function_call(m, str_take(inner, n), str_drop(inner, n), out))
		return;
	colon = index_outside(inner, ':');
	rest = str_drop(inner, colon + 1);
	equals = index_outside(rest, '=');
	if (colon < inner.len && equals < rest.len)
		substitution(m, str_take(inner, colon), str_take(rest, equals), str_drop(rest, equals + 1), out);
	else if (memchr(inner.at, '$', inner.len))
		computed_name(m, inner, out);
	else
		expand_variable(m, inner, out);
}

static size_t
reference_end(struct str s, size_t i)
{
	char open = s.at[i + 1], close = open == '(' ? ')' : '}';
	int depth = 1;

	for (i += 2; i < s.len; i++) {
		depth += s.at[i] == open ? 1 : s.at[i] == close ? -1 : 0;
		if (!depth)
			return i;
	}
	return s.len;
}

/* One reference at s[i] == '$'; the index behind it. */
static size_t
expand_one(struct make *m, struct str s, size_t i, struct value *out)
{
	struct value sub = { 0 };
	size_t end = i + 2;

	if (i + 1 >= s.len)
		return s.len;
	if (s.at[i + 1] == '$') {
		value_text(&m->values, out, STR("$"));
		return end;
	}
	if (s.at[i + 1] == '(' || s.at[i + 1] == '{') {
		end = reference_end(s, i);
		if (end == s.len) {
			make_error(m, m->place, "a reference without its closing bracket");
			return end;
		}
		reference(m, str_span(s.at + i + 2, s.at + end), &sub);
		end++;
	} else {
		expand_variable(m, str_take(str_drop(s, i + 1), 1), &sub);
	}
	if (!value_append(&m->values, out, m->values.pool->yes, &sub, false))
		make_error(m, m->place, "too many alternatives for this value");
	return end;
}

void
expand(struct make *m, struct str text, struct value *out)
{
	size_t i = 0;

	if (m->depth >= EXPAND_DEPTH_MAX) {
		make_error(m, m->place, "references nest deeper than %d", EXPAND_DEPTH_MAX);
		m->values.spent = true;
		return;
	}
	m->depth++;
	while (i < text.len) {
		const char *dollar = memchr(text.at + i, '$', text.len - i);
		size_t at = dollar ? (size_t)(dollar - text.at) : text.len;

		value_text(&m->values, out, str_span(text.at + i, text.at + at));
		if (at == text.len || !make_step(m))
			break;
		i = expand_one(m, text, at, out);
	}
	m->depth--;
}
