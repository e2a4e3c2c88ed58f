// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The functions of GNU make. Three kinds: those that take words one by one, those that need whole texts and are
 * tried for every combination of texts their arguments can be, and those that choose what to expand.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "kbuild/make.h"

enum { ARGS_MAX = 32 };

/* ---- arguments ---------------------------------------------------------------------------------------- */

struct arguments { struct str at[ARGS_MAX]; size_t len; };

/* The place of the next comma that is not within brackets. */
static size_t
find_comma(struct str s)
{
	int depth = 0, braces = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '$' && i + 1 < s.len && s.at[i + 1] == '{')
			braces++, i++;
		else if (s.at[i] == '}' && braces)
			braces--;
		else if (s.at[i] == '(')
			depth++;
		else if (s.at[i] == ')')
			depth--;
		else if (s.at[i] == ',' && depth <= 0 && !braces)
			return i;
	}
	return s.len;
}

static void
split_arguments(struct str s, size_t max, struct arguments *out)
{
	out->len = 0;
	while (s.len && (*s.at == ' ' || *s.at == '\t'))
		s = str_drop(s, 1);
	for (;;) {
		size_t n = out->len + 1 < max ? find_comma(s) : s.len;

		out->at[out->len++] = str_take(s, n);
		if (n == s.len)
			return;
		s = str_drop(s, n + 1);
	}
}

/* The words of an argument; too many forms of one are an error. */
static struct alts
argument_words(struct make *m, struct str text)
{
	struct value value = { 0 };
	struct alts words = { 0 };

	expand(m, text, &value);
	if (!value_words(&m->values, &value, &words)) {
		make_error(m, m->place, "too many alternatives for one word");
		words.len = 0;
	}
	make_step(m);
	return words;
}

/* ---- functions of whole texts ------------------------------------------------------------------------- */

struct texts {
	struct make *m;
	struct str arg[ARGS_MAX];    /* plain, or with marks where `marks_pass` */
	size_t len;
	struct text out;
};

struct function {
	const char *name;
	size_t min, max;
	void (*run)(struct make *, const struct function *, const struct arguments *, struct value *out);
	void (*text)(struct texts *);
	bool (*word)(struct make *, struct str a, struct str b, struct str word, struct str *out);
	bool marks_pass;             /* what is not known goes through unchanged */
};

static bool
any_mark(const struct texts *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (has_mark(t->arg[i]))
			return true;
	return false;
}

/* Runs f->text for the chosen forms of the first `at` arguments and every form of the others. */
static bool
each_text(struct make *m, const struct function *f, struct texts *t, const struct alts *form, size_t at,
          const struct cond *when, struct value *out)
{
	struct values *vs = &m->values;

	if (when == vs->pool->no)
		return true;
	if (at == t->len) {
		struct str result;

		if (!make_step(m) || out->len > ALTS_MAX)
			return false;
		t->out.len = 0;
		if (any_mark(t) && !f->marks_pass)
			result = unknown_text(m, "a function of something unknown", str_from(f->name));
		else
			f->text(t), result = str_copy(vs->keep, text_str(&t->out));
		value_add(vs, out, (struct piece){ .when = when, .text = result, .place = m->place });
		return make_step(m);
	}
	for (size_t i = 0; i < form[at].len; i++) {
		t->arg[at] = form[at].at[i].text;
		if (!each_text(m, f, t, form, at + 1, both(vs, when, form[at].at[i].when), out))
			return false;
	}
	return true;
}

static void
run_text(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct alts form[ARGS_MAX];
	struct texts t = { .m = m, .len = args->len };

	for (size_t i = 0; i < args->len; i++)
		form[i] = expand_alts(m, args->at[i]);
	if (!each_text(m, f, &t, form, 0, m->values.pool->yes, out) && !m->values.spent)
		make_error(m, m->place, "$(%s) has too many alternatives to follow", f->name);
	text_release(&t.out);
}

static void
replace_all(struct str s, struct str from, struct str to, struct text *out)
{
	if (!from.len) {
		text_add(out, s);
		text_add(out, to);
		return;
	}
	for (;;) {
		size_t n = str_find(s, from);

		text_add(out, str_take(s, n));
		if (n == s.len)
			return;
		text_add(out, to);
		s = str_drop(s, n + from.len);
	}
}

static void
do_subst(struct texts *t)
{
	replace_all(t->arg[2], t->arg[0], t->arg[1], &t->out);
}

static void
do_findstring(struct texts *t)
{
	if (!t->arg[0].len || str_find(t->arg[1], t->arg[0]) < t->arg[1].len)
		text_add(&t->out, t->arg[0]);
}

static void
add_word(struct texts *t, struct str word)
{
	if (t->out.len)
		text_add_char(&t->out, ' ');
	text_add(&t->out, word);
}

static void
some_words(struct texts *t, uint64_t first, uint64_t last, struct str list)
{
	struct str word;

	for (uint64_t n = 1; n <= last && str_next_word(&list, &word); n++)
		if (n >= first)
			add_word(t, word);
}

static void
do_word(struct texts *t)
{
	uint64_t n;

	if (str_number(str_trim(t->arg[0]), 10, &n) && n > 0)
		some_words(t, n, n, t->arg[1]);
	else
		make_error(t->m, t->m->place, "the first argument of $(word) must be a number above 0");
}

static void
do_wordlist(struct texts *t)
{
	uint64_t from, to;

	if (str_number(str_trim(t->arg[0]), 10, &from) && from > 0 && str_number(str_trim(t->arg[1]), 10, &to))
		some_words(t, from, to, t->arg[2]);
	else
		make_error(t->m, t->m->place, "the first arguments of $(wordlist) must be numbers above 0");
}

static void
do_words(struct texts *t)
{
	struct str word;
	size_t n = 0;

	while (str_next_word(&t->arg[0], &word))
		n++;
	text_addf(&t->out, "%zu", n);
}

static void
do_join(struct texts *t)
{
	struct str a, b;
	bool has_a = true, has_b = true;

	for (;;) {
		has_a = has_a && str_next_word(&t->arg[0], &a);
		has_b = has_b && str_next_word(&t->arg[1], &b);
		if (!has_a && !has_b)
			return;
		add_word(t, has_a ? a : STR(""));
		text_add(&t->out, has_b ? b : STR(""));
	}
}

/* -1, 0, 1 for two decimal numbers of any length; a sign is allowed */
static int
compare_numbers(struct str a, struct str b)
{
	bool minus = str_starts(a, STR("-")), other = str_starts(b, STR("-"));
	int r;

	if (minus != other)
		return minus ? -1 : 1;
	while (a.len && (*a.at == '-' || *a.at == '+' || *a.at == '0'))
		a = str_drop(a, 1);
	while (b.len && (*b.at == '-' || *b.at == '+' || *b.at == '0'))
		b = str_drop(b, 1);
	r = a.len != b.len ? (a.len < b.len ? -1 : 1) : str_cmp(a, b);
	r = r < 0 ? -1 : r > 0;
	return minus ? -r : r;
}

/* $(intcmp a,b[,less[,equal[,more]]]), of make 4.4 */
static void
do_intcmp(struct texts *t)
{
	int r = compare_numbers(str_trim(t->arg[0]), str_trim(t->arg[1]));
	struct str equal = t->len > 3 ? t->arg[3] : STR(""), more = t->len > 4 ? t->arg[4] : equal;

	if (t->len == 2 && r == 0)
		text_add(&t->out, str_trim(t->arg[0]));
	else if (t->len > 2)
		text_add(&t->out, r < 0 ? t->arg[2] : r == 0 ? equal : more);
}

/* test-ge and its like of scripts/Kbuild.include, which older trees leave to the shell; a "0" goes behind both. */
static void
do_test(struct texts *t)
{
	struct str a = str_trim(t->arg[1]), b = str_trim(t->arg[2]);
	int r = compare_numbers(a.len ? a : STR("0"), b.len ? b : STR("0"));
	struct str op = str_drop(t->arg[0], 5);

	if (str_is(op, "ge") ? r >= 0 : str_is(op, "gt") ? r > 0 : str_is(op, "le") ? r <= 0 : r < 0)
		text_add_c(&t->out, "y");
}

/* What a variable is, without expanding it. */
static void
do_origin(struct texts *t)
{
	const struct variable *v = variable_find(t->m, str_trim(t->arg[0]));
	bool symbol = t->m->symbol && str_starts(t->arg[0], STR("CONFIG_")) &&
	              t->m->symbol(t->m->ctx, str_drop(t->arg[0], 7)).len;

	text_add_c(&t->out, (v && v->defined != t->m->values.pool->no) || symbol ? "file" : "undefined");
}

static void
do_flavor(struct texts *t)
{
	const struct variable *v = variable_find(t->m, str_trim(t->arg[0]));

	text_add_c(&t->out, !v || v->defined == t->m->values.pool->no ? "undefined"
	                    : v->simple != t->m->values.pool->no ? "simple" : "recursive");
}

static void
do_value(struct texts *t)
{
	const struct variable *v = variable_find(t->m, str_trim(t->arg[0]));

	for (size_t i = 0; v && i < v->value.len; i++) {
		const struct piece *p = &v->value.at[i];

		if (p->when != t->m->values.pool->yes || p->symbol) {
			t->out.len = 0;
			text_add(&t->out, unknown_text(t->m, "$(value) of a variable with alternatives", v->name));
			return;
		}
		if (p->gap && t->out.len)
			text_add_char(&t->out, ' ');
		text_add(&t->out, p->text);
	}
}

/* ---- functions of words ------------------------------------------------------------------------------- */

/*
 * Does the word match the pattern, in which the first '%' stands for anything? The part it stood for goes
 * to *stem. "\%" is a plain '%'.
 */
static bool
pattern_match(struct str pattern, struct str word, struct str *stem)
{
	size_t percent = str_index(pattern, '%');
	struct str tail = str_drop(pattern, percent + 1);

	*stem = STR("");
	if (percent && percent < pattern.len && pattern.at[percent - 1] == '\\')
		return word.len + 1 == pattern.len && str_starts(word, str_take(pattern, percent - 1)) &&
		       str_ends(word, str_drop(pattern, percent));
	if (percent == pattern.len)
		return str_eq(pattern, word);
	if (word.len < pattern.len - 1 || !str_starts(word, str_take(pattern, percent)) || !str_ends(word, tail))
		return false;
	*stem = str_span(word.at + percent, word.at + word.len - tail.len);
	return true;
}

static bool
do_patsubst(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	size_t percent = str_index(b, '%');
	struct str stem;

	*out = word;
	if (!pattern_match(str_trim(a), word, &stem))
		return true;
	if (!str_has(a, '%') || percent == b.len)
		*out = b;
	else
		*out = str_format(m->values.keep, "%.*s%.*s%.*s", (int)percent, b.at, STR_ARG(stem),
		                  STR_ARG(str_drop(b, percent + 1)));
	return true;
}

static bool
do_addprefix(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)b;
	*out = str_format(m->values.keep, "%.*s%.*s", STR_ARG(a), STR_ARG(word));
	return true;
}

static bool
do_addsuffix(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)b;
	*out = str_format(m->values.keep, "%.*s%.*s", STR_ARG(word), STR_ARG(a));
	return true;
}

static bool
do_word_subst(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	struct text t = { 0 };

	replace_all(word, a, b, &t);
	*out = str_copy(m->values.keep, text_str(&t));
	text_release(&t);
	return true;
}

static bool
do_notdir(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)m, (void)a, (void)b;
	*out = path_base(word);
	return out->len > 0;
}

static bool
do_dir(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	size_t slash = str_rindex(word, '/');

	(void)m, (void)a, (void)b;
	*out = slash < word.len ? str_take(word, slash + 1) : STR("./");
	return true;
}

static size_t
find_suffix(struct str word)
{
	size_t slash = str_rindex(word, '/'), dot = str_rindex(word, '.');

	return dot < word.len && (slash == word.len || dot > slash) ? dot : word.len;
}

static bool
do_basename(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)m, (void)a, (void)b;
	*out = str_take(word, find_suffix(word));
	return out->len > 0;
}

static bool
do_suffix(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)m, (void)a, (void)b;
	*out = str_drop(word, find_suffix(word));
	return out->len > 0;
}

static bool
do_strip(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)m, (void)a, (void)b;
	*out = word;
	return true;
}

static bool
do_abspath(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	(void)a, (void)b;
	*out = path_clean(m->values.keep, word);
	if (!out->len)
		*out = STR(".");
	return true;
}

static bool
path_exists(struct make *m, struct str path)
{
	make_probe(m, path);
	return tree_exists(m->tree, path);
}

static bool
do_realpath(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	return do_abspath(m, a, b, word, out) && path_exists(m, *out);
}

static bool
do_wildcard(struct make *m, struct str a, struct str b, struct str word, struct str *out)
{
	struct str dir = path_dir(word), found;
	struct name_list names;
	struct text t = { 0 };

	(void)a, (void)b;
	*out = word;
	if (!str_has(word, '*') && !str_has(word, '?') && !str_has(word, '['))
		return !has_mark(word) && path_exists(m, path_clean(m->values.keep, word));
	make_probe(m, path_clean(m->values.keep, dir));
	if (tree_list(m->tree, path_clean(m->values.keep, dir), &names))
		for (size_t i = 0; i < names.len; i++) {
			const char *pattern = str_c(m->values.keep, path_base(word));

			if (fnmatch(pattern, str_c(m->values.keep, names.at[i]), FNM_PERIOD) != 0)
				continue;
			found = str_eq(path_base(word), word) ? names.at[i] : path_join(m->values.keep, dir, names.at[i]);
			text_addf(&t, "%s%.*s", t.len ? " " : "", STR_ARG(found));
		}
	*out = str_copy(m->values.keep, text_str(&t));
	text_release(&t);
	return out->len > 0;
}

/* The last argument's words, each with every form of the arguments before. */
static void
run_words(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct values *vs = &m->values;
	struct alts words = argument_words(m, args->at[args->len - 1]), a = { 0 }, b = { 0 };
	struct alt none = { .when = vs->pool->yes, .text = STR("") };

	if (args->len > 1)
		a = expand_alts(m, args->at[0]);
	else
		vec_push(vs->keep, &a, none);
	if (args->len > 2)
		b = expand_alts(m, args->at[1]);
	else
		vec_push(vs->keep, &b, none);
	for (size_t w = 0; w < words.len; w++)
		for (size_t i = 0; i < a.len; i++)
			for (size_t k = 0; k < b.len; k++) {
				const struct cond *when = both(vs, words.at[w].when, both(vs, a.at[i].when, b.at[k].when));
				struct alt word = { .when = when, .place = words.at[w].place };

				if (when == vs->pool->no || !make_step(m))
					continue;
				if (f->word(m, a.at[i].text, b.at[k].text, words.at[w].text, &word.text))
					value_word(vs, out, word);
			}
}

/* $(subst) works on texts; on long lists with alternatives it works on words, which is the same but for blanks. */
static void
run_subst(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct value list = { 0 }, from = { 0 };

	expand(m, args->at[2], &list);
	expand(m, args->at[0], &from);
	if (list.len > 6 && value_is_constant(&from) && !value_is_constant(&list) && from.len &&
	    !str_has(value_constant(&m->values, &from), ' '))
		run_words(m, f, args, out);
	else
		run_text(m, f, args, out);
}

/* filter, filter-out: when a word matches one of the patterns. What is not known stays, to be noticed later. */
static void
run_filter(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct values *vs = &m->values;
	struct alts patterns = argument_words(m, args->at[0]), words = argument_words(m, args->at[1]);
	bool keep = str_is(str_from(f->name), "filter");

	for (size_t w = 0; w < words.len; w++) {
		struct alt word = words.at[w];
		const struct cond *match = vs->pool->no;
		struct str stem;

		if (!make_step(m))
			return;
		for (size_t i = 0; i < patterns.len; i++)
			if (pattern_match(patterns.at[i].text, word.text, &stem))
				match = either(vs, match, patterns.at[i].when);
		m->steps += patterns.len / 16;
		if (!has_mark(word.text))
			word.when = both(vs, word.when, keep ? match : cond_not(vs->pool, match));
		value_word(vs, out, word);
	}
}

static int
alt_compare(const void *a, const void *b)
{
	return str_cmp(((const struct alt *)a)->text, ((const struct alt *)b)->text);
}

static void
run_sort(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct alts words = argument_words(m, args->at[0]);

	(void)f;
	if (words.len)
		qsort(words.at, words.len, sizeof(*words.at), alt_compare);
	for (size_t i = 0; i < words.len; i++) {
		struct alt word = words.at[i];

		for (; i + 1 < words.len && str_eq(words.at[i + 1].text, word.text); i++)
			word.when = either(&m->values, word.when, words.at[i + 1].when);
		value_word(&m->values, out, word);
	}
}

/* firstword, lastword: each word where none stands before (behind) it. */
static void
run_end_word(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct values *vs = &m->values;
	struct alts words = argument_words(m, args->at[0]);
	const struct cond *none = vs->pool->yes;
	bool first = str_is(str_from(f->name), "firstword");

	for (size_t i = 0; i < words.len && none != vs->pool->no && make_step(m); i++) {
		struct alt word = words.at[first ? i : words.len - 1 - i];
		const struct cond *when = both(vs, none, word.when);

		none = both(vs, none, cond_not(vs->pool, word.when));
		value_add(vs, out, (struct piece){ .when = when, .text = word.text, .place = word.place });
	}
}

/* ---- functions that choose ---------------------------------------------------------------------------- */

/* Expands where `when` holds too; the result is a branch of `out`. */
static void
expand_branch(struct make *m, const struct cond *when, struct str text, struct value *out)
{
	const struct cond *outer = m->when;
	struct value sub = { 0 };

	m->when = both(&m->values, outer, when);
	if (m->when != m->values.pool->no) {
		expand(m, text, &sub);
		value_branch(&m->values, out, when, &sub);
	}
	m->when = outer;
}

static void
run_if(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct value test = { 0 };
	const struct cond *c;

	(void)f;
	expand(m, str_trim(args->at[0]), &test);
	c = value_filled(&m->values, &test, true);
	expand_branch(m, c, args->at[1], out);
	if (args->len > 2)
		expand_branch(m, cond_not(m->values.pool, c), args->at[2], out);
}

static void
run_or(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct values *vs = &m->values;
	const struct cond *none = vs->pool->yes, *outer = m->when;

	(void)f;
	for (size_t i = 0; i < args->len && none != vs->pool->no; i++) {
		struct value sub = { 0 };

		m->when = both(vs, outer, none);
		expand(m, str_trim(args->at[i]), &sub);
		value_branch(vs, out, none, &sub);
		none = both(vs, none, cond_not(vs->pool, value_filled(vs, &sub, true)));
	}
	m->when = outer;
}

static void
run_and(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct values *vs = &m->values;
	const struct cond *all = vs->pool->yes, *outer = m->when;

	(void)f;
	for (size_t i = 0; i < args->len && all != vs->pool->no; i++) {
		struct value sub = { 0 };

		m->when = both(vs, outer, all);
		expand(m, str_trim(args->at[i]), &sub);
		if (i + 1 == args->len)
			value_branch(vs, out, all, &sub);
		all = both(vs, all, value_filled(vs, &sub, true));
	}
	m->when = outer;
}

/* Puts a variable in place of the one so named, if any, which is returned. */
static struct variable *
bind(struct make *m, struct str name, const struct value *value)
{
	struct variable *v = NEW(m->values.keep, struct variable), *old = map_get(&m->scope->variables, name);

	*v = (struct variable){ .name = name, .value = *value, .defined = m->values.pool->yes, .simple = m->values.pool->yes };
	*map_put(&m->scope->variables, m->values.keep, name) = v;
	return old;
}

static void
unbind(struct make *m, struct str name, struct variable *old)
{
	*map_put(&m->scope->variables, m->values.keep, name) = old;
}

static void
run_foreach(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct values *vs = &m->values;
	struct alts names = expand_alts(m, args->at[0]), words = argument_words(m, args->at[1]);
	const struct cond *outer = m->when;
	struct str name;
	struct variable *old;

	(void)f;
	if (names.len != 1) {
		make_error(m, m->place, "the variable of $(foreach) has alternatives");
		return;
	}
	name = str_copy(vs->keep, str_trim(names.at[0].text));
	old = map_get(&m->scope->variables, name);
	for (size_t i = 0; i < words.len && make_step(m); i++) {
		struct value value = { 0 }, sub = { 0 };

		m->when = both(vs, outer, words.at[i].when);
		if (m->when == vs->pool->no)
			continue;
		value_text(vs, &value, words.at[i].text);
		bind(m, name, &value);
		expand(m, args->at[2], &sub);
		if (!value_append(vs, out, words.at[i].when, &sub, true))
			make_error(m, m->place, "too many alternatives for this value");
	}
	m->when = outer;
	unbind(m, name, old);
}

/* Functions of scripts/Makefile.compiler and Kbuild.include that ask the compiler. */
static bool
is_probe(struct str name)
{
	static const char *const probes[] = { "as-instr", "as-option", "cc-cross-prefix", "cc-disable-warning",
		"cc-ifversion", "cc-ldoption", "cc-option", "cc-option-yn", "cc-version", "clang-ifversion", "__cc-option",
		"gcc-ifversion", "hostcc-option", "ld-ifversion", "ld-option", "ld-version", "read-file", "rustc-option",
		"rustc-option-yn", "__rustc-option", "try-run", "try-run-cached" };

	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
		if (str_is(name, probes[i]))
			return true;
	return false;
}

static bool
is_test(struct str name)
{
	return str_is(name, "test-ge") || str_is(name, "test-gt") || str_is(name, "test-le") || str_is(name, "test-lt");
}

/* Expands the variable with its arguments as $1, $2, ...; a function may call itself. */
static void
call_variable(struct make *m, struct str name, const struct arguments *args, struct value *out)
{
	static const char digits[][3] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15" };
	enum { PARAMETERS = sizeof(digits) / sizeof(*digits) };
	struct variable *v = variable_find(m, name), *old[PARAMETERS];
	struct value value[PARAMETERS] = { 0 };
	bool expanding;

	if (!v)
		return;
	value_text(&m->values, &value[0], name);
	for (size_t i = 1; i < args->len && i < PARAMETERS; i++)
		expand(m, args->at[i], &value[i]);
	for (size_t i = 0; i < PARAMETERS; i++)
		old[i] = bind(m, str_from(digits[i]), &value[i]);
	expanding = v->expanding;
	v->expanding = false;
	variable_value(m, v, out);
	v->expanding = expanding;
	for (size_t i = 0; i < PARAMETERS; i++)
		unbind(m, str_from(digits[i]), old[i]);
}

static void
run_call(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	static const struct function test = { .name = "test", .text = do_test };
	struct alts names = expand_alts(m, str_trim(args->at[0]));
	const struct cond *outer = m->when;

	for (size_t i = 0; i < names.len; i++) {
		struct str name = str_copy(m->values.keep, str_trim(names.at[i].text));
		struct value sub = { 0 };

		m->when = both(&m->values, outer, names.at[i].when);
		if (has_mark(name) || is_probe(name))
			value_text(&m->values, &sub, unknown_text(m, "the compiler is not asked", name));
		else if (is_test(name) && args->len == 3)
			run_text(m, &test, args, &sub);
		else
			call_variable(m, name, args, &sub);
		value_branch(&m->values, out, names.at[i].when, &sub);
	}
	m->when = outer;
	(void)f;
}

static void
run_eval(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	struct alts texts = expand_alts(m, args->at[0]);
	const struct cond *outer = m->when;

	(void)f, (void)out;
	for (size_t i = 0; i < texts.len; i++) {
		m->when = both(&m->values, outer, texts.at[i].when);
		if (m->when != m->values.pool->no)
			make_text(m, texts.at[i].text);
	}
	m->when = outer;
}

static void
run_unknown(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	value_text(&m->values, out, unknown_text(m, str_is(str_from(f->name), "shell")
	           ? "commands are not run" : "files outside the tree are not read", args->at[0]));
}

static void
run_nothing(struct make *m, const struct function *f, const struct arguments *args, struct value *out)
{
	(void)m, (void)f, (void)args, (void)out;
}

static const struct function functions[] = {
	/* name        min max  how            whole texts      words */
	{ "abspath",    1, 1, run_words,    NULL,          do_abspath,    true },
	{ "addprefix",  2, 2, run_words,    NULL,          do_addprefix,  true },
	{ "addsuffix",  2, 2, run_words,    NULL,          do_addsuffix,  true },
	{ "and",        1, ARGS_MAX, run_and, NULL,        NULL,          true },
	{ "basename",   1, 1, run_words,    NULL,          do_basename,   true },
	{ "call",       1, ARGS_MAX, run_call, NULL,       NULL,          true },
	{ "dir",        1, 1, run_words,    NULL,          do_dir,        true },
	{ "error",      1, 1, run_nothing,  NULL,          NULL,          true },
	{ "eval",       1, 1, run_eval,     NULL,          NULL,          true },
	{ "file",       1, 2, run_unknown,  NULL,          NULL,          true },
	{ "filter",     2, 2, run_filter,   NULL,          NULL,          true },
	{ "filter-out", 2, 2, run_filter,   NULL,          NULL,          true },
	{ "findstring", 2, 2, run_text,     do_findstring, NULL,          false },
	{ "firstword",  1, 1, run_end_word, NULL,          NULL,          true },
	{ "flavor",     1, 1, run_text,     do_flavor,     NULL,          false },
	{ "foreach",    3, 3, run_foreach,  NULL,          NULL,          true },
	{ "if",         2, 3, run_if,       NULL,          NULL,          true },
	{ "info",       1, 1, run_nothing,  NULL,          NULL,          true },
	{ "intcmp",     2, 5, run_text,     do_intcmp,     NULL,          false },
	{ "join",       2, 2, run_text,     do_join,       NULL,          false },
	{ "lastword",   1, 1, run_end_word, NULL,          NULL,          true },
	{ "notdir",     1, 1, run_words,    NULL,          do_notdir,     true },
	{ "or",         1, ARGS_MAX, run_or, NULL,         NULL,          true },
	{ "origin",     1, 1, run_text,     do_origin,     NULL,          false },
	{ "patsubst",   3, 3, run_words,    NULL,          do_patsubst,   true },
	{ "realpath",   1, 1, run_words,    NULL,          do_realpath,   true },
	{ "shell",      1, 1, run_unknown,  NULL,          NULL,          true },
	{ "sort",       1, 1, run_sort,     NULL,          NULL,          true },
	{ "strip",      1, 1, run_words,    NULL,          do_strip,      true },
	{ "subst",      3, 3, run_subst,    do_subst,      do_word_subst, true },
	{ "suffix",     1, 1, run_words,    NULL,          do_suffix,     true },
	{ "value",      1, 1, run_text,     do_value,      NULL,          false },
	{ "warning",    1, 1, run_nothing,  NULL,          NULL,          true },
	{ "wildcard",   1, 1, run_words,    NULL,          do_wildcard,   true },
	{ "word",       2, 2, run_text,     do_word,       NULL,          false },
	{ "wordlist",   3, 3, run_text,     do_wordlist,   NULL,          false },
	{ "words",      1, 1, run_text,     do_words,      NULL,          false },
};

bool
function_call(struct make *m, struct str name, struct str args, struct value *out)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		const struct function *f = &functions[i];
		struct arguments split;

		if (!str_is(name, f->name))
			continue;
		split_arguments(args, f->max, &split);
		if (split.len < f->min)
			make_error(m, m->place, "$(%s) needs %zu arguments", f->name, f->min);
		else
			f->run(m, f, &split, out);
		return true;
	}
	return false;
}
