// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/sets.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/data.h"
#include "base/file.h"

enum { DEPTH_MAX = 64 };

static const struct { const char *word; enum set_kind kind; } kinds[] = {
	{ "want", SET_WANT }, { "maybe", SET_MAYBE }, { "module", SET_MODULE }, { "include", SET_INCLUDE },
};

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return s.len > 0;
}

/* KIND NAME[=VALUE] [# REASON] */
static bool
read_line(struct str word, struct str rest, struct set_line *out)
{
	size_t hash = str_index(rest, '#'), eq;
	struct str what = str_trim(str_take(rest, hash));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!str_is(word, kinds[i].word))
			continue;
		eq = str_index(what, '=');
		out->kind = kinds[i].kind;
		out->name = str_take(what, eq);
		out->value = str_drop(what, eq + 1);
		out->reason = str_trim(str_drop(rest, hash + 1));
		return is_name(out->name) && (eq == what.len || (out->value.len && out->kind <= SET_MAYBE));
	}
	return false;
}

static void
set_parse(struct set *set, const struct source *src, struct arena *keep, struct diag *diag)
{
	struct str rest = src->text, line, word;

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		struct set_line l = { .set = set->name, .file = set->file, .line = n };

		if (!str_next_word(&line, &word) || word.at[0] == '#')
			continue;
		if (str_is(word, "about"))
			set->about = str_trim(line);
		else if (str_is(word, "name") && !str_eq(str_trim(line), set->name))
			diag_error(diag, src->name, n, "the set is named '%.*s' but its file '%.*s'; rename one",
			           STR_ARG(str_trim(line)), STR_ARG(set->name));
		else if (!str_is(word, "name") && !read_line(word, line, &l))
			diag_error(diag, src->name, n, "no line of a set; write 'want SYMBOL[=VALUE] # reason', 'maybe', "
			           "'module NAME', 'include SET', 'about TEXT' or 'name SET'");
		else if (!str_is(word, "name"))
			vec_push(keep, &set->lines, l);
	}
}

static void
add_set(struct map *sets, struct str path, struct str text, struct arena *keep, struct diag *diag)
{
	struct str file = path_base(path);
	struct set *set = NEW(keep, struct set);
	struct source src = { path, text };

	set->name = str_take(file, file.len - 4); /* without .set */
	set->file = path;
	set_parse(set, &src, keep, diag);
	*map_put(sets, keep, set->name) = set;
}

static void
add_embedded(struct map *sets, struct arena *keep, struct diag *diag)
{
	for (size_t i = 0; i < data_files_len; i++) {
		struct str name = str_from(data_files[i].name);

		if (str_starts(name, STR("kconfig/sets/")) && str_ends(name, STR(".set")))
			add_set(sets, name, str_span(data_files[i].begin, data_files[i].end), keep, diag);
	}
}

static void
add_users(struct map *sets, const char *dir, struct arena *keep, struct diag *diag)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, NULL);

	if (n < 0 && errno != ENOENT)
		diag_error(diag, str_from(dir), 0, "cannot list the sets: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		struct str name = str_from(list[i]->d_name), text;
		struct str path = path_join(keep, str_from(dir), name);

		if (name.at[0] != '.' && str_ends(name, STR(".set"))) {
			int r = file_read(keep, str_c(keep, path), &text);

			if (r < 0)
				diag_error(diag, path, 0, "cannot read the set: %s", strerror(-r));
			else
				add_set(sets, path, text, keep, diag);
			if (r == 0)
				source_check_end(&(struct source){ path, text }, diag);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static int
by_name(const void *a, const void *b)
{
	const struct set *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

/* A walk from one set; `path` holds the sets above it. False once an error was told. */
static bool
check_includes(const struct set_index *sets, const struct set *set, const struct set **path, size_t depth,
               struct map *done, struct arena *keep, struct diag *diag)
{
	if (map_index(done, set->name) >= 0)
		return true;
	path[depth] = set;
	for (size_t i = 0; i < set->lines.len; i++) {
		const struct set_line *l = &set->lines.at[i];
		const struct set *next = l->kind == SET_INCLUDE ? set_find(sets, l->name) : NULL;

		if (l->kind == SET_INCLUDE && !next) {
			diag_error(diag, l->file, l->line, "there is no set '%.*s'; 'derpconfig sets' lists them",
			           STR_ARG(l->name));
			return false;
		}
		for (size_t j = 0; next && j <= depth; j++) {
			if (path[j] == next || depth + 1 == DEPTH_MAX) {
				diag_error(diag, l->file, l->line, "the set '%.*s' includes itself; take a line away",
				           STR_ARG(l->name));
				return false;
			}
		}
		if (next && !check_includes(sets, next, path, depth + 1, done, keep, diag))
			return false;
	}
	map_index_put(done, keep, set->name);
	return true;
}

void
sets_load(struct set_index *sets, const char *user_dir, struct arena *keep, struct diag *diag)
{
	const struct set *path[DEPTH_MAX];
	struct map all = { 0 }, done = { 0 };
	struct set **sorted;

	add_embedded(&all, keep, diag);
	if (user_dir)
		add_users(&all, user_dir, keep, diag);
	sorted = NEW_ARRAY(keep, struct set *, all.len + 1);
	for (size_t i = 0; i < all.len; i++)
		sorted[i] = all.entry[i].value;
	qsort(sorted, all.len, sizeof(*sorted), by_name);
	for (size_t i = 0; i < all.len; i++)
		*map_put(&sets->by_name, keep, sorted[i]->name) = sorted[i];
	for (size_t i = 0; i < all.len; i++)
		if (!check_includes(sets, sorted[i], path, 0, &done, keep, diag))
			break;
}

const struct set *
set_find(const struct set_index *sets, struct str name)
{
	return map_get(&sets->by_name, name);
}

/* `have` and `more` are about the same thing: the stronger of both stays. */
static void
merge_line(struct set_line *have, const struct set_line *more, struct diag *diag)
{
	if (have->value.len && more->value.len && !str_eq(have->value, more->value)) {
		diag_error(diag, more->file, more->line, "%.*s=%.*s is wanted here, %.*s at %.*s:%u; the sets '%.*s' and "
		           "'%.*s' don't go together", STR_ARG(more->name), STR_ARG(more->value), STR_ARG(have->value),
		           STR_ARG(have->file), have->line, STR_ARG(more->set), STR_ARG(have->set));
		return;
	}
	if (more->value.len)
		have->value = more->value;
	if (more->kind == SET_WANT)
		have->kind = SET_WANT;
}

struct expansion {
	const struct set_index *sets;
	struct arena *keep;
	struct diag *diag;
	struct set_lines *out;
	struct map visited, symbols, modules;
};

static void
expand(struct expansion *e, const struct set *set, unsigned depth)
{
	if (map_index(&e->visited, set->name) >= 0 || depth == DEPTH_MAX)
		return;
	map_index_put(&e->visited, e->keep, set->name);
	for (size_t i = 0; i < set->lines.len; i++) {
		const struct set_line *l = &set->lines.at[i];
		const struct set *next = l->kind == SET_INCLUDE ? set_find(e->sets, l->name) : NULL;
		struct map *seen = l->kind == SET_MODULE ? &e->modules : &e->symbols;
		size_t *at;

		if (next)
			expand(e, next, depth + 1);
		if (l->kind == SET_INCLUDE)
			continue;
		if ((at = map_get(seen, l->name))) {
			merge_line(&e->out->list.at[*at], l, e->diag);
			continue;
		}
		at = NEW(e->keep, size_t);
		*at = e->out->list.len;
		*map_put(seen, e->keep, l->name) = at;
		vec_push(e->keep, &e->out->list, *l);
	}
}

void
sets_expand(const struct set_index *sets, const struct str *names, size_t len, struct arena *keep,
            struct diag *diag, struct set_lines *out)
{
	struct expansion e = { .sets = sets, .keep = keep, .diag = diag, .out = out };

	for (size_t i = 0; i < len; i++) {
		const struct set *set = set_find(sets, names[i]);

		if (set)
			expand(&e, set, 0);
		else
			diag_error(diag, STR(""), 0, "there is no set '%.*s'; 'derpconfig sets' lists them",
			           STR_ARG(names[i]));
	}
}
