// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a Makefile line by line: conditionals, assignments, includes. */
#include "kbuild/make.h"

#include <stdarg.h>
#include <string.h>

enum { STEPS_MAX = 1 << 20, BYTES_MAX = 128 << 20, TREE_BYTES_MAX = 384 << 20, INCLUDES_MAX = 64, NESTING_MAX = 256 };

struct conditional {
	const struct cond *outer;    /* the condition around it */
	const struct cond *taken;    /* one of the branches so far */
	bool in_else;
};

struct reader {
	struct make *m;
	struct str rest;
	unsigned line, next_line;
	unsigned file;
	const struct cond *in_rule;  /* when lines with a tab are a recipe's */
	bool evaluated;              /* the text of an $(eval): all of it stands where that stands */
	VEC(struct conditional) nest;
};

unsigned
place_line(unsigned place)
{
	return place & 0xffff;
}

struct str
place_file(const struct make *m, unsigned place)
{
	return place >> 16 < m->file.len ? m->file.at[place >> 16] : STR("");
}

void
make_warn(struct make *m, unsigned place, const char *format, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	diag_warn(m->diag, place_file(m, place), place_line(place), "%s", what);
}

void
make_error(struct make *m, unsigned place, const char *format, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	diag_error(m->diag, place_file(m, place), place_line(place), "%s", what);
}

bool
make_step(struct make *m)
{
	size_t bytes = m->values.keep->total;

	m->steps++;
	if (m->values.spent)
		return false;
	if (m->steps + (m->values.work - m->work) / 16 <= STEPS_MAX && bytes - m->bytes <= BYTES_MAX &&
	    bytes - m->tree_bytes <= TREE_BYTES_MAX)
		return true;
	make_error(m, m->place, "this Makefile takes too many steps or too much memory to evaluate; "
	           "its remaining lines are ignored");
	m->values.spent = true;
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* NEXT_TOKEN of makeint.h: a vertical tab or a form feed is skipped, too, though it does not end a name. */
static struct str
skip_spaces(struct str s)
{
	while (s.len && (*s.at == ' ' || (*s.at >= '\t' && *s.at <= '\r')))
		s = str_drop(s, 1);
	return s;
}

static struct str
drop_blanks_behind(struct str s)
{
	while (s.len && (is_blank(s.at[s.len - 1]) || s.at[s.len - 1] == '\r'))
		s.len--;
	return s;
}

/* Where the reference that starts at s[i] == '$' ends: the index behind it. */
static size_t
skip_reference(struct str s, size_t i)
{
	char open, close;
	int depth = 1;

	if (i + 1 >= s.len)
		return s.len;
	open = s.at[i + 1];
	if (open != '(' && open != '{')
		return i + 2;
	close = open == '(' ? ')' : '}';
	for (i += 2; i < s.len && depth; i++)
		depth += s.at[i] == open ? 1 : s.at[i] == close ? -1 : 0;
	return i;
}

/* ---- lines -------------------------------------------------------------------------------------------- */

static bool
ends_in_backslash(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.at[s.len - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

/* A line and what backslashes join to it, as one; the blanks around a join are one blank. */
static bool
next_line(struct reader *r, struct str *out)
{
	struct str line, more;
	struct text t = { 0 };

	r->line = r->next_line;
	if (!str_next_line(&r->rest, &line))
		return false;
	r->next_line++;
	*out = line;
	if (!ends_in_backslash(line))
		return true;
	for (;;) {
		line.len--;
		line = drop_blanks_behind(line);
		text_add(&t, line);
		if (!str_next_line(&r->rest, &more))
			break;
		r->next_line++;
		line = skip_spaces(more);
		if (t.len && line.len)
			text_add_char(&t, ' ');
		if (!ends_in_backslash(line)) {
			text_add(&t, line);
			break;
		}
	}
	*out = str_copy(r->m->values.keep, text_str(&t));
	text_release(&t);
	return true;
}

/* Without the comment; "\#" is a plain '#', and a '#' inside a reference is no comment. */
static struct str
without_comment(struct reader *r, struct str s)
{
	struct text t = { 0 };

	if (!memchr(s.at, '#', s.len))
		return s;
	for (size_t i = 0; i < s.len;) {
		size_t end;

		if (s.at[i] == '#')
			break;
		end = s.at[i] == '$' ? skip_reference(s, i) : i + 1;
		if (s.at[i] == '\\' && i + 1 < s.len && s.at[i + 1] == '#')
			i++, end = i + 1;
		text_add(&t, str_span(s.at + i, s.at + end));
		i = end;
	}
	s = str_copy(r->m->values.keep, text_str(&t));
	text_release(&t);
	return s;
}

/* ---- variables ---------------------------------------------------------------------------------------- */

static struct variable *
scope_find(const struct scope *s, struct str name, uint64_t hash)
{
	long i = map_index_hashed(&s->variables, name, hash);

	return i < 0 ? NULL : s->variables.entry[i].value;
}

/* What is seen from elsewhere: definitions included before, and exported variables of the top. */
static struct variable *
seen_find(const struct scope *scope, struct str name, uint64_t hash)
{
	struct variable *v;

	for (const struct scope *s = scope->next; s; s = s->next)
		if ((v = scope_find(s, name, hash)))
			return v;
	for (const struct scope *s = scope->environment; s; s = s->environment)
		if ((v = scope_find(s, name, hash)) && v->exported)
			return v;
	return NULL;
}

struct variable *
variable_find(struct make *m, struct str name)
{
	uint64_t hash = map_hash(name);
	struct variable *v = scope_find(m->scope, name, hash);

	return v ? v : seen_find(m->scope, name, hash);
}

/* The variable of the current scope; one that is seen from elsewhere is copied first. */
static struct variable *
variable_own(struct make *m, struct str name)
{
	uint64_t hash = map_hash(name);
	struct variable *v = scope_find(m->scope, name, hash), *seen;

	if (v)
		return v;
	seen = seen_find(m->scope, name, hash);
	v = NEW(m->values.keep, struct variable);
	*v = (struct variable){ .defined = m->values.pool->no, .simple = m->values.pool->no };
	if (seen) {
		*v = *seen;
		v->expanding = false;
		v->value = (struct value){ 0 };
		for (size_t i = 0; i < seen->value.len; i++)
			value_add(&m->values, &v->value, seen->value.at[i]);
	}
	v->name = str_copy(m->values.keep, name);
	*map_put(&m->scope->variables, m->values.keep, v->name) = v;
	return v;
}

void
variable_set(struct make *m, struct str name, struct str text, bool locked)
{
	struct variable *v = variable_own(m, name);

	v->value.len = 0;
	value_text(&m->values, &v->value, text);
	v->defined = v->simple = m->values.pool->yes;
	v->locked = locked;
}

enum flavor { RECURSIVE = '=', SIMPLE = ':', DEFAULT = '?', APPEND = '+', SHELL = '!' };

/* Compiler flags, commands and the like: nothing there decides what is built. */
static bool
is_flags(struct str name)
{
	static const char *const starts[] = { "cmd_", "quiet_cmd_", "targets", "always-", "hostprogs", "extra-",
	                                      "PHONY", "clean-files", "KBUILD_USERHOST" };

	if (str_starts(name, STR("obj-"))) /* the commonest */
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (str_starts(name, str_from(starts[i])))
			return true;
	return str_find(name, STR("flags")) < name.len || str_find(name, STR("FLAGS")) < name.len;
}

static void
push_raw(struct make *m, struct variable *v, const struct cond *when, struct str text, bool gap)
{
	value_add(&m->values, &v->value, (struct piece){
		.when = when, .text = text, .place = m->place, .gap = gap,
		.raw = memchr(text.at, '$', text.len) != NULL });
}

static void
push_expanded(struct make *m, struct variable *v, const struct cond *when, const struct value *value, bool gap)
{
	size_t from = v->value.len;

	if (!value_append(&m->values, &v->value, when, value, gap))
		make_error(m, m->place, "too many alternatives for this value");
	for (size_t i = from; i < v->value.len; i++)
		v->value.at[i].place = m->place;
	make_step(m);
}

/* Under `when` the variable has nothing from now on. */
static void
clear(struct make *m, struct variable *v, const struct cond *when)
{
	const struct cond *not = cond_not(m->values.pool, when);
	size_t kept = 0;

	if (when == m->values.pool->yes)
		v->value.len = 0;
	for (size_t i = 0; i < v->value.len; i++) {
		struct piece p = v->value.at[i];

		p.when = both(&m->values, p.when, not);
		if (p.when != m->values.pool->no)
			v->value.at[kept++] = p;
	}
	v->value.len = kept;
}

struct assignment {
	enum flavor flavor;
	struct str text;
	bool flags;                  /* see is_flags */
	bool expanded;               /* `value` is made */
	struct value value;
};

static const struct value *
assigned_value(struct make *m, struct assignment *a)
{
	if (!a->expanded) {
		a->expanded = true;
		if (a->flags && memchr(a->text.at, '$', a->text.len))
			value_text(&m->values, &a->value, unknown_text(m, "compiler flags are not followed", a->text));
		else
			expand(m, a->text, &a->value);
	}
	return &a->value;
}

static void
assign_simple(struct make *m, struct variable *v, const struct cond *when, struct assignment *a, bool gap)
{
	if (memchr(a->text.at, '$', a->text.len))
		push_expanded(m, v, when, assigned_value(m, a), gap);
	else
		push_raw(m, v, when, a->text, gap);
}

/* `name op text` under `when` (which includes m->when). */
static void
assign(struct make *m, struct str name, const struct cond *when, struct assignment *a)
{
	struct values *vs = &m->values;
	struct variable *v = variable_own(m, name);
	const struct cond *simple;

	if (v->locked)
		return;
	switch (a->flavor) {
	case DEFAULT:
		when = both(vs, when, cond_not(vs->pool, v->defined));
		if (when == vs->pool->no)
			return;
		push_raw(m, v, when, a->text, false);
		break;
	case APPEND:
		simple = both(vs, when, v->simple);
		if (!memchr(a->text.at, '$', a->text.len)) {
			push_raw(m, v, when, a->text, true);
			break;
		}
		if (simple != vs->pool->no)
			assign_simple(m, v, simple, a, true);
		if (simple != when)
			push_raw(m, v, both(vs, when, cond_not(vs->pool, v->simple)),
			         a->flags ? unknown_text(m, "compiler flags are not followed", a->text) : a->text, true);
		break;
	case SIMPLE: case SHELL:
		assigned_value(m, a); /* before the old value goes: A := $(A) x */
		clear(m, v, when);
		assign_simple(m, v, when, a, false);
		v->simple = either(vs, v->simple, when);
		break;
	case RECURSIVE:
		clear(m, v, when);
		push_raw(m, v, when, a->text, false);
		v->simple = both(vs, v->simple, cond_not(vs->pool, when));
		break;
	}
	v->defined = either(vs, v->defined, when);
}

/* "prefix-$(CONFIG_X)" or "prefix-${CONFIG_X}": the commonest names, taken apart without further ado. */
static bool
name_with_symbol(struct make *m, struct str name, struct str *prefix, struct str *symbol)
{
	size_t i = str_index(name, '$');
	struct str ref = str_drop(name, i);

	if (m->symbol || ref.len < 11 || (ref.at[1] != '(' && ref.at[1] != '{') ||
	    !str_starts(str_drop(ref, 2), STR("CONFIG_")) || ref.at[ref.len - 1] != (ref.at[1] == '(' ? ')' : '}'))
		return false;
	*prefix = str_take(name, i);
	*symbol = str_take(str_drop(ref, 9), ref.len - 10);
	for (size_t k = 0; k < symbol->len; k++)
		if (!((symbol->at[k] >= 'A' && symbol->at[k] <= 'Z') || (symbol->at[k] >= 'a' && symbol->at[k] <= 'z') ||
		      (symbol->at[k] >= '0' && symbol->at[k] <= '9') || symbol->at[k] == '_'))
			return false;
	return map_index(&m->assigned, *symbol) < 0;
}

static struct str
name_with(struct make *m, struct str prefix, char suffix)
{
	char *p;

	if (str_is(prefix, "obj-"))
		return suffix == 'y' ? STR("obj-y") : STR("obj-m");
	p = arena_bytes(m->values.keep, prefix.len + 1);
	memcpy(p, prefix.at, prefix.len);
	p[prefix.len] = suffix;
	return (struct str){ p, prefix.len + 1 };
}

/* A mark in a name: the symbol's other contents or an unknown decide which variable it is. */
static void
assign_marked(struct make *m, struct str name, bool flags)
{
	if (str_has(name, MARK_UNKNOWN) && !flags)
		make_warn(m, m->place, "the name of the variable assigned here is not known; the line is ignored");
}

/* Also notes that a symbol whose value is part of a name is used as a tristate. */
static void
assign_named(struct make *m, struct str name, struct assignment *a)
{
	struct values *vs = &m->values;
	struct str prefix, symbol;
	struct alts names;

	if (!memchr(name.at, '$', name.len)) {
		assign(m, name, m->when, a);
		return;
	}
	if (name_with_symbol(m, name, &prefix, &symbol)) {
		const struct cond *on = cond_on(vs->pool, symbol), *y = on->a, *mod = on->b;

		make_tristate(m, y);
		assign(m, name_with(m, prefix, 'y'), both(vs, m->when, y), a);
		assign(m, name_with(m, prefix, 'm'), both(vs, m->when, mod), a);
		if (!str_is(prefix, "obj-") && !a->flags)
			assign(m, prefix, both(vs, m->when, cond_not(vs->pool, on)), a);
		return;
	}
	names = expand_alts(m, name);
	for (size_t i = 0; i < names.len; i++) {
		const struct cond *when = both(vs, m->when, names.at[i].when);
		struct map used = { 0 };

		cond_symbols(names.at[i].when, vs->keep, &used);
		for (size_t k = 0; k < used.len; k++)
			make_tristate(m, cond_is(vs->pool, used.entry[k].key, 'y'));
		if (when == vs->pool->no)
			continue;
		if (has_mark(names.at[i].text))
			assign_marked(m, names.at[i].text, a->flags);
		else
			assign(m, str_trim(names.at[i].text), when, a);
	}
}

/*
 * Takes a line apart as an assignment: NAME [blanks] OP TEXT, where OP is =, :=, ::=, ?=, += or !=. References
 * in the name are skipped as wholes. parse_variable_definition of variable.c.
 */
static bool
parse_assignment(struct str line, struct str *name, struct assignment *a)
{
	size_t i = 0, end;

	while (i < line.len && line.at[i] != '=' && line.at[i] != ':' && !is_blank(line.at[i])) {
		if ((line.at[i] == '+' || line.at[i] == '?' || line.at[i] == '!') && i + 1 < line.len && line.at[i + 1] == '=')
			break;
		i = line.at[i] == '$' ? skip_reference(line, i) : i + 1;
	}
	end = i;
	while (i < line.len && is_blank(line.at[i]))
		i++;
	if (i >= line.len || end == 0)
		return false;
	a->flavor = (enum flavor)line.at[i];
	if (line.at[i] == ':')
		while (i + 1 < line.len && line.at[i + 1] == ':')
			i++;
	if (a->flavor != RECURSIVE) {
		if (!str_has(STR(":?+!"), line.at[i]) || i + 1 >= line.len || line.at[i + 1] != '=')
			return false;
		i++;
	}
	*name = str_take(line, end);
	a->text = skip_spaces(str_drop(line, i + 1));
	return true;
}

static void
assignment(struct reader *r, struct str name, struct assignment *a)
{
	struct make *m = r->m;

	a->flags = is_flags(name);
	if (str_starts(name, STR("CONFIG_")))
		map_put(&m->assigned, m->values.keep, str_copy(m->values.keep, str_drop(name, 7)));
	if (a->flavor == SHELL)
		a->text = unknown_text(m, "a command's output", a->text);
	assign_named(m, name, a);
}

/* ---- conditionals ------------------------------------------------------------------------------------- */

/* When a variable's unexpanded value is not empty: what ifdef asks. */
static const struct cond *
is_defined(struct make *m, struct str name)
{
	struct variable *v = variable_find(m, name);
	struct value value = { 0 };

	if (str_starts(name, STR("CONFIG_")) && !v) {
		expand_variable(m, name, &value);
		return value_filled(&m->values, &value, false);
	}
	return v ? value_filled(&m->values, &v->value, false) : m->values.pool->no;
}

static const struct cond *
ifdef(struct make *m, struct str text)
{
	struct alts names = expand_alts(m, str_trim(text));
	const struct cond *c = m->values.pool->no;

	for (size_t i = 0; i < names.len; i++)
		c = either(&m->values, c, both(&m->values, names.at[i].when, is_defined(m, str_trim(names.at[i].text))));
	return c;
}

/* The two sides of ifeq: (a,b), "a" "b", 'a' 'b'. conditional_line of read.c. */
static bool
two_sides(struct str s, struct str *a, struct str *b)
{
	int depth = 0;
	size_t i;

	s = str_trim(s);
	if (s.len < 2)
		return false;
	if (*s.at == '"' || *s.at == '\'') {
		char q = *s.at;

		s = str_drop(s, 1);
		*a = str_take(s, str_index(s, q));
		s = skip_spaces(str_drop(s, a->len + 1));
		if (!s.len || (*s.at != '"' && *s.at != '\''))
			return false;
		*b = str_take(str_drop(s, 1), str_index(str_drop(s, 1), *s.at));
		return b->len + 1 < s.len;
	}
	if (*s.at != '(')
		return false;
	for (i = 1; i < s.len && !(s.at[i] == ',' && depth <= 0); i++)
		depth += s.at[i] == '(' ? 1 : s.at[i] == ')' ? -1 : 0;
	if (i >= s.len)
		return false;
	*a = drop_blanks_behind(str_take(str_drop(s, 1), i - 1));
	s = skip_spaces(str_drop(s, i + 1));
	for (i = 0, depth = 0; i < s.len && !(s.at[i] == ')' && depth <= 0); i++)
		depth += s.at[i] == '(' ? 1 : s.at[i] == ')' ? -1 : 0;
	*b = str_take(s, i);
	return i < s.len;
}

static const struct cond *
condition(struct reader *r, struct str keyword, struct str text)
{
	struct make *m = r->m;
	const struct cond *c;
	struct str a, b;
	bool negated = str_starts(keyword, STR("ifn"));

	if (str_ends(keyword, STR("def"))) {
		c = ifdef(m, text);
	} else if (!two_sides(text, &a, &b)) {
		make_error(m, m->place, "malformed %.*s; expected (A,B) or two quoted texts", STR_ARG(keyword));
		return m->values.pool->no;
	} else {
		c = values_equal(m, a, b);
	}
	return negated ? cond_not(m->values.pool, c) : c;
}

static bool
is_condition(struct str word)
{
	return str_is(word, "ifeq") || str_is(word, "ifneq") || str_is(word, "ifdef") || str_is(word, "ifndef");
}

/* Takes a branch: from here on `m->when` is the conditional's surroundings, no branch before, and this one. */
static void
branch(struct reader *r, struct conditional *c, struct str keyword, struct str text)
{
	struct make *m = r->m;
	const struct cond *open = both(&m->values, c->outer, cond_not(m->values.pool, c->taken)), *own;

	if (open == m->values.pool->no) {
		m->when = open;
		return;
	}
	m->when = open;
	own = keyword.len ? condition(r, keyword, text) : m->values.pool->yes;
	m->when = both(&m->values, open, own);
	c->taken = either(&m->values, c->taken, own);
}

static void
else_branch(struct reader *r, struct str text)
{
	struct conditional *c = r->nest.len ? &r->nest.at[r->nest.len - 1] : NULL;
	struct str word, rest = text;

	if (!c || c->in_else) {
		make_error(r->m, r->m->place, c ? "a second 'else'" : "'else' without an 'if'");
		return;
	}
	if (str_next_word(&rest, &word) && is_condition(word)) {
		branch(r, c, word, rest);
	} else {
		c->in_else = true;
		branch(r, c, STR(""), STR(""));
	}
}

/* True when the line was a conditional. */
static bool
conditional(struct reader *r, struct str line)
{
	struct make *m = r->m;
	struct str word, rest = line;

	if (!line.len || (line.at[0] != 'i' && line.at[0] != 'e') || !str_next_word(&rest, &word))
		return false;
	if (str_starts(word, STR("ifeq(")) || str_starts(word, STR("ifneq("))) { /* make wants a blank; say so */
		make_error(m, m->place, "a blank is missing behind 'ifeq' or 'ifneq'");
		return true;
	}
	if (is_condition(word)) {
		struct conditional c = { .outer = m->when, .taken = m->values.pool->no };

		if (r->nest.len >= NESTING_MAX) {
			make_error(m, m->place, "conditionals nest deeper than %d", NESTING_MAX);
			return true;
		}
		branch(r, &c, word, rest);
		vec_push(m->values.keep, &r->nest, c);
	} else if (str_is(word, "else")) {
		else_branch(r, rest);
	} else if (str_is(word, "endif")) {
		if (r->nest.len)
			m->when = r->nest.at[--r->nest.len].outer;
		else
			make_error(m, m->place, "'endif' without an 'if'");
	} else {
		return false;
	}
	return true;
}

/* ---- other directives --------------------------------------------------------------------------------- */

/* The path in the tree; $(srctree), $(objtree) are ".". */
static void
include_file(struct make *m, struct str path, bool optional)
{
	path = path_clean(m->values.keep, path);
	if (m->includes >= INCLUDES_MAX) {
		make_error(m, m->place, "includes nest deeper than %d: an include loop?", INCLUDES_MAX);
		m->values.spent = true;
		return;
	}
	/* made by the build; the configuration is known otherwise */
	if (str_starts(path, STR("include/config/")) || str_starts(path, STR("include/generated/")))
		return;
	m->includes++;
	if (!make_file(m, path) && !optional)
		make_warn(m, m->place, "included file '%.*s' is not in the tree; it is ignored", STR_ARG(path));
	m->includes--;
}

static void
include(struct reader *r, struct str text, bool optional)
{
	struct make *m = r->m;
	const struct cond *outer = m->when;
	unsigned place = m->place;
	struct value value = { 0 };
	struct alts words = { 0 };

	expand(m, text, &value);
	if (!value_words(&m->values, &value, &words))
		make_error(m, place, "too many alternatives for the included files");
	for (size_t i = 0; i < words.len && !m->values.spent; i++) {
		m->when = both(&m->values, outer, words.at[i].when);
		m->place = place;
		if (m->when == m->values.pool->no)
			continue;
		if (!has_mark(words.at[i].text))
			include_file(m, words.at[i].text, optional);
		else if (!optional)
			make_warn(m, place, "the name of the included file is not known; it is ignored");
	}
	m->when = outer;
	m->place = place;
}

/* define NAME [=|:=|...] ... endef; may nest */
static void
define(struct reader *r, struct str text)
{
	struct assignment a = { .flavor = RECURSIVE };
	struct str name = str_trim(text), line, body = STR("");
	const char *from = r->rest.at, *to = from;
	int depth = 1;

	if (parse_assignment(text, &name, &a))
		name = str_trim(name);
	while (depth && str_next_line(&r->rest, &line)) {
		struct str word, rest = line;

		r->next_line++;
		if (line.len && line.at[0] != '\t' && str_next_word(&rest, &word))
			depth += str_is(word, "define") ? 1 : str_is(word, "endef") ? -1 : 0;
		if (depth)
			to = line.at + line.len;
	}
	if (depth)
		make_error(r->m, r->m->place, "'define' without 'endef'");
	if (to > from)
		body = str_span(from, to);
	a.text = body;
	a.flags = is_flags(name);
	assign_named(r->m, name, &a);
}

static void
export(struct reader *r, struct str text)
{
	struct make *m = r->m;
	struct assignment a = { 0 };
	struct str name = text, word;

	if (parse_assignment(text, &name, &a)) {
		assignment(r, name, &a);
		text = name;
	}
	while (str_next_word(&text, &word))
		if (!memchr(word.at, '$', word.len))
			variable_own(m, word)->exported = true;
}

static void
undefine(struct make *m, struct str text)
{
	struct alts names = expand_alts(m, str_trim(text));

	for (size_t i = 0; i < names.len; i++) {
		struct variable *v = variable_own(m, str_trim(names.at[i].text));
		const struct cond *when = both(&m->values, m->when, names.at[i].when);

		if (v->locked)
			continue;
		clear(m, v, when);
		v->defined = both(&m->values, v->defined, cond_not(m->values.pool, when));
		v->simple = both(&m->values, v->simple, cond_not(m->values.pool, when));
	}
}

/* A line that is no directive and no assignment: a rule, or references that are there for what they do. */
static void
other_line(struct reader *r, struct str line)
{
	struct make *m = r->m;
	struct value value = { 0 };
	size_t i = 0;

	while (i < line.len && line.at[i] != ':')
		i = line.at[i] == '$' ? skip_reference(line, i) : i + 1;
	if (i < line.len) {
		r->in_rule = either(&m->values, r->in_rule, m->when);
		return;
	}
	if (line.at[0] != '$') {
		make_error(m, m->place, "neither an assignment nor a rule nor a directive");
		return;
	}
	expand(m, line, &value);
	for (i = 0; i < value.len; i++)
		if (str_has(value.at[i].text, ':'))
			return; /* the name of a rule */
	if (value_filled(&m->values, &value, true) != m->values.pool->no)
		make_warn(m, m->place, "this line expands to something that is no rule; it is ignored");
}

/* Assignments and directives end a rule. */
static void
leave_rule(struct reader *r)
{
	const struct cond *not = cond_not(r->m->values.pool, r->m->when);

	if (r->in_rule != r->m->values.pool->no)
		r->in_rule = both(&r->m->values, r->in_rule, not);
}

static bool
directive(struct reader *r, struct str line)
{
	struct str word, rest = line;

	if (!str_next_word(&rest, &word))
		return true;
	rest = skip_spaces(rest);
	if (str_is(word, "include"))
		include(r, rest, false);
	else if (str_is(word, "-include") || str_is(word, "sinclude"))
		include(r, rest, true);
	else if (str_is(word, "define"))
		define(r, rest);
	else if (str_is(word, "export"))
		export(r, rest);
	else if (str_is(word, "undefine"))
		undefine(r->m, rest);
	else if (!str_is(word, "unexport") && !str_is(word, "vpath"))
		return false;
	leave_rule(r);
	return true;
}

/* "override define X", "private X = y", "override X = y": without the word in front */
static struct str
without_modifiers(struct str line)
{
	struct str word, rest = line;

	while (str_next_word(&rest, &word) && (str_is(word, "override") || str_is(word, "private")))
		line = skip_spaces(rest);
	return line;
}

static void
statement(struct reader *r, struct str line)
{
	struct assignment a = { 0 };
	struct str name;

	line = without_comment(r, line);
	if (!line.len || (line.at[0] >= 'o' && line.at[0] <= 'p'))
		line = without_modifiers(line);
	if (!drop_blanks_behind(line).len)
		return;
	if (parse_assignment(line, &name, &a)) {
		leave_rule(r);
		assignment(r, name, &a);
	} else if (!directive(r, line)) {
		other_line(r, line);
	}
}

/* One line, where it is read at all. */
static void
one_line(struct reader *r, struct str line)
{
	struct make *m = r->m;

	if (line.at[0] == 'i' || line.at[0] == 'e') {
		struct str plain = without_comment(r, line), name;
		struct assignment a = { 0 };

		if (!parse_assignment(plain, &name, &a) && conditional(r, plain))
			return;
	}
	if (m->when != m->values.pool->no)
		statement(r, line);
}

/* A line with a tab is a recipe's in a rule; where only some configurations are in one, it counts for the others. */
static void
tab_line(struct reader *r, struct str line)
{
	struct make *m = r->m;
	const struct cond *outer = m->when, *rest = both(&m->values, outer, cond_not(m->values.pool, r->in_rule));

	if (outer == m->values.pool->no || rest == outer) {
		one_line(r, line);
	} else if (rest != m->values.pool->no) {
		m->when = rest;
		statement(r, line);
		m->when = outer;
	}
}

static void
read_lines(struct reader *r)
{
	struct make *m = r->m;
	struct str line;

	while (next_line(r, &line)) {
		bool tab = line.len && line.at[0] == '\t';

		if (!r->evaluated)
			m->place = r->file << 16 | (r->line < 0xffff ? r->line : 0xffff);
		if ((tab && r->in_rule == m->values.pool->yes) || !make_step(m))
			continue;
		line = skip_spaces(line);
		if (!line.len || line.at[0] == '#')
			continue;
		if (tab && r->in_rule != m->values.pool->no)
			tab_line(r, line);
		else
			one_line(r, line);
		if (m->values.too_deep) {
			m->values.too_deep = false;
			make_error(m, m->place, "too many conditions stand on one value; this line is not followed");
		}
	}
}

static void
read_text(struct make *m, struct str text, unsigned file, bool evaluated)
{
	struct reader r = { .m = m, .rest = text, .next_line = 1, .file = file, .evaluated = evaluated,
	                    .in_rule = m->values.pool->no };
	const struct cond *outer = m->when;
	unsigned place = m->place;

	read_lines(&r);
	if (r.nest.len && !m->values.spent)
		make_error(m, m->place, "%zu 'endif' missing at the end", r.nest.len);
	m->when = outer;
	m->place = place;
}

void
make_text(struct make *m, struct str text)
{
	if (m->depth > 200) {
		make_error(m, m->place, "$(eval) nests too deep");
		return;
	}
	m->depth++;
	if (make_step(m))
		read_text(m, text, m->place >> 16, true);
	m->depth--;
}

void
make_tristate(struct make *m, const struct cond *y)
{
	while (m->tristate.len <= y->id)
		vec_push(m->values.keep, &m->tristate, false);
	m->tristate.at[y->id] = true;
}

bool
is_tristate(struct make *m, struct str symbol)
{
	unsigned id = cond_is(m->values.pool, symbol, 'y')->id;

	return id < m->tristate.len && m->tristate.at[id];
}

void
make_probe(struct make *m, struct str path)
{
	if (map_index(&m->probed, path) < 0)
		map_put(&m->probed, m->values.keep, str_copy(m->values.keep, path));
}

bool
make_file(struct make *m, struct str path)
{
	struct str text;

	make_probe(m, path);
	if (!tree_read(m->tree, path, &text))
		return false;
	if (m->file.len < 0xffff)
		vec_push(m->values.keep, &m->file, str_copy(m->values.keep, path));
	if (!make_step(m))
		return true;
	if (memchr(text.at, MARK_UNKNOWN, text.len) || memchr(text.at, MARK_SYMBOL, text.len)) {
		make_error(m, (unsigned)(m->file.len - 1) << 16, "the file holds control bytes; it is not read");
		return true;
	}
	read_text(m, text, (unsigned)(m->file.len - 1), false);
	return true;
}

void
make_init(struct make *m, struct tree *tree, struct cond_pool *pool, struct arena *keep, struct diag *diag)
{
	*m = (struct make){ .values = { .pool = pool, .keep = keep }, .tree = tree, .diag = diag, .when = pool->yes,
	                    .tree_bytes = keep->total };
}

void
make_begin(struct make *m, struct scope *scope)
{
	m->scope = scope;
	m->when = m->values.pool->yes;
	m->steps = 0;
	m->work = m->values.work;
	m->bytes = m->values.keep->total;
	m->depth = m->includes = 0;
	m->values.spent = false;
}
