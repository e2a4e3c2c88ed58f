// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/toolchain.h"

#include <string.h>

#include "base/data.h"

void
book_add(struct book *b, struct str question, struct str answer, struct arena *keep)
{
	struct book_line line = { str_copy(keep, question), str_copy(keep, answer) };
	void **at;

	if (str_has(question, '*')) {
		vec_push(keep, &b->patterns, line);
		return;
	}
	at = map_put(&b->exact, keep, line.question);
	if (!*at) {
		struct str *a = NEW(keep, struct str);

		*a = line.answer;
		*at = a;
	}
}

/* '*' stands for any text. Linear: after a mismatch only the last '*' takes more. */
static bool
matches(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = pattern.len, from = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.at[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.len && pattern.at[p] == text.at[t]) {
			p++;
			t++;
		} else if (star < pattern.len) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}

bool
book_answer(const struct book *b, struct str question, struct str *answer)
{
	const struct str *a = map_get(&b->exact, question);

	if (a) {
		*answer = *a;
		return true;
	}
	for (size_t i = 0; i < b->patterns.len; i++)
		if (matches(b->patterns.at[i].question, question)) {
			*answer = b->patterns.at[i].answer;
			return true;
		}
	return false;
}

bool
book_variable(const struct book *b, struct str name, struct str *value)
{
	char key[64];
	const struct str *v;

	if (name.len + 2 > sizeof(key))
		return false;
	memcpy(key, name.at, name.len);
	key[name.len] = '=';
	v = map_get(&b->exact, (struct str){ key, name.len + 1 });
	if (v)
		*value = *v;
	return v;
}

static bool
is_variable(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.at[i] >= 'A' && s.at[i] <= 'Z') || (s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '_'))
			return false;
	return s.len > 0;
}

/* Behind the last " => ", as commands may contain one. */
static size_t
arrow(struct str line)
{
	for (size_t i = line.len; i-- > 0;)
		if (str_starts(str_drop(line, i), STR(" =>")) && (i + 3 == line.len || line.at[i + 3] == ' '))
			return i;
	return line.len;
}

static void read_lines(struct book *, struct str, struct str arch, struct arena *, struct diag *, unsigned depth);

enum { LIKE_MAX = 8 };

/* An embedded profile goes on where this one has nothing to say. */
static bool
like(struct book *b, struct str name, struct str arch, struct arena *keep, struct diag *d, unsigned depth)
{
	struct str text = data_find(str_c(keep, str_format(keep, "kconfig/toolchains/%.*s.toolchain", STR_ARG(name))));

	if (!text.at || depth == LIKE_MAX)
		return false;
	read_lines(b, text, arch, keep, d, depth + 1);
	return true;
}

static void
book_line(struct book *b, struct str line, const struct source *src, struct arena *keep, struct diag *d)
{
	size_t at = arrow(line), eq = str_index(line, '=');

	if (at < line.len)
		book_add(b, str_take(line, at), str_drop(line, at + 3 + (at + 3 < line.len)), keep);
	else if (str_starts(line, STR("name ")))
		b->name = b->name.len ? b->name : str_format(keep, "toolchain %.*s", STR_ARG(str_trim(str_drop(line, 5))));
	else if (eq < line.len && is_variable(str_trim(str_take(line, eq))))
		book_add(b, str_format(keep, "%.*s=", STR_ARG(str_trim(str_take(line, eq)))), str_trim(str_drop(line, eq + 1)),
		         keep);
	else
		diag_error_at(d, src, line.at, "no line of a toolchain profile; write \"QUESTION => ANSWER\", "
		              "\"VARIABLE = VALUE\", \"name NAME\" or \"[ARCH]\"");
}

static void
read_lines(struct book *b, struct str text, struct str arch, struct arena *keep, struct diag *d, unsigned depth)
{
	struct source src = { STR("toolchain profile"), text };
	struct str line, base = { 0 };
	bool mine = true;

	while (str_next_line(&text, &line)) {
		if (!str_trim(line).len || line.at[0] == '#')
			continue;
		if (line.at[0] == '[' && line.at[line.len - 1] == ']') {
			line = str_take(str_drop(line, 1), line.len - 2);
			mine = str_is(line, "*") || str_eq(line, arch);
		} else if (str_starts(line, STR("like "))) {
			base = str_trim(str_drop(line, 5));
		} else if (mine) {
			book_line(b, line, &src, keep, d);
		}
	}
	if (base.len && !like(b, base, arch, keep, d, depth))
		diag_error(d, src.name, 0, "\"like %.*s\": no such profile; \"derpconfig help\" names them", STR_ARG(base));
}

void
book_read(struct book *b, struct str text, struct str arch, struct arena *keep, struct diag *d)
{
	read_lines(b, text, arch, keep, d, 0);
	if (!b->name.len)
		b->name = STR("toolchain");
}
