// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cached table is text: a line of magic, rules and hash, then lines of fields parted by tabs:
 *   P path state                                        a directory
 *   D name bus source file line macros state            a driver
 *   F path state                                        a file that was read; these come last
 */
#include "modalias/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/file.h"
#include "modalias/csource.h"

/* The number rises when a source is read otherwise than before; for the tables in csource.c its rules do. */
static const char magic[] = "derpconfig-drivers 3 ";

uint64_t
row_state(struct tree *tree, const struct table_row *r)
{
	const struct driver *d = &r->driver;
	struct str rest = r->macros, path;
	uint64_t h = tree_state(tree, d->source, NULL);

	if (!str_eq(d->file, d->source))
		h = h * 31 + tree_state(tree, d->file, NULL);
	while (str_next_word(&rest, &path))
		h = h * 31 + tree_state(tree, path, NULL);
	return h;
}

/* Which table it is: the archive's content, or the directory's place. NULL `at`: nothing is cached. */
static struct str
cache_path(struct tree *tree, struct arena *keep, bool make)
{
	struct str dir = cache_dir(keep, "drivers", make), path;
	struct hash128 h = { 7, 8 };
	char *real;

	if (!dir.at || tree_is_archive(tree))
		return dir.at && tree_key(tree).len ? str_format(keep, "%.*s/%.*s", STR_ARG(dir), STR_ARG(tree_key(tree)))
		                                    : (struct str){ 0 };
	real = realpath(tree_path(tree), NULL);
	h = bytes_hash(h, str_from(real ? real : tree_path(tree)));
	path = str_format(keep, "%.*s/%016llx%016llx", STR_ARG(dir), (unsigned long long)h.a, (unsigned long long)h.b);
	free(real);
	return path;
}

static void
add_first_line(struct text *out, struct str body)
{
	struct hash128 h = bytes_hash((struct hash128){ 5, 6 }, body);

	text_addf(out, "%s%016llx %016llx%016llx\n", magic, (unsigned long long)csource_rules(), (unsigned long long)h.a,
	          (unsigned long long)h.b);
}

/* ---- writing ---- */

static void
add_row(struct text *out, const struct table_row *r)
{
	const struct driver *d = &r->driver;

	text_addf(out, "D\t%.*s\t%.*s\t%.*s\t%.*s\t%u\t%.*s\t%llx\n", STR_ARG(d->name), STR_ARG(d->bus), STR_ARG(d->source),
	          STR_ARG(d->file), d->line, STR_ARG(r->macros), (unsigned long long)r->state);
}

void
table_store(const struct table *t, struct tree *tree)
{
	struct arena scratch = { 0 };
	struct str path = cache_path(tree, &scratch, true);
	struct text body = { 0 }, all = { 0 };

	for (size_t i = 0; i < t->dirs.len; i++)
		text_addf(&body, "P\t%.*s\t%llx\n", STR_ARG(t->dirs.at[i].path), (unsigned long long)t->dirs.at[i].state);
	for (size_t i = 0; i < t->rows.len; i++)
		add_row(&body, &t->rows.at[i]);
	for (size_t i = 0; i < t->files.len; i++)
		text_addf(&body, "F\t%.*s\t%llx\n", STR_ARG(t->files.at[i].path), (unsigned long long)t->files.at[i].state);
	add_first_line(&all, text_str(&body));
	text_add(&all, text_str(&body));
	if (path.at)
		file_write(path.at, text_str(&all)); /* a full or read-only cache costs time, not the answer */
	text_release(&body);
	text_release(&all);
	arena_release(&scratch);
}

/* ---- reading ---- */

static bool
read_path(struct str line, struct table_path *out)
{
	struct str state;

	return str_next_part(&line, '\t', &out->path) && str_next_part(&line, '\t', &state) &&
	       str_number(state, 16, &out->state);
}

static bool
read_row(struct str line, struct table_row *out)
{
	struct driver *d = &out->driver;
	struct str *const field[] = { &d->name, &d->bus, &d->source, &d->file }, number;
	uint64_t n = 0;

	*out = (struct table_row){ 0 };
	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		if (!str_next_part(&line, '\t', field[i]))
			return false;
	if (!str_next_part(&line, '\t', &number) || !str_number(number, 10, &n) ||
	    !str_next_part(&line, '\t', &out->macros) || !str_next_part(&line, '\t', &number))
		return false;
	d->line = (unsigned)n;
	return str_number(number, 16, &out->state);
}

static bool
read_line(struct table *t, struct arena *keep, struct str line)
{
	struct str rest = str_drop(line, 2);
	struct table_row row;
	struct table_path path;

	if (str_starts(line, STR("D\t"))) {
		if (!read_row(rest, &row))
			return false;
		vec_push(keep, &t->rows, row);
		return true;
	}
	if (!read_path(rest, &path))
		return false;
	if (line.at[0] == 'P')
		vec_push(keep, &t->dirs, path);
	else
		vec_push(keep, &t->files, path);
	return line.at[0] == 'P' || line.at[0] == 'F';
}

static bool
read_all(struct table *t, struct tree *tree, struct arena *keep)
{
	struct str path = cache_path(tree, keep, false), text, line;
	struct text first = { 0 };
	bool ours;

	if (!path.at || file_read(keep, path.at, &text) < 0 || !str_next_line(&text, &line))
		return false;
	add_first_line(&first, text);
	ours = str_eq(str_trim(text_str(&first)), line);
	text_release(&first);
	while (ours && str_next_line(&text, &line))
		ours = read_line(t, keep, line);
	return ours;
}

static bool
are_same(const struct table_path *at, size_t n, struct tree *tree)
{
	for (size_t i = 0; i < n; i++)
		if (tree_state(tree, at[i].path, NULL) != at[i].state)
			return false;
	return true;
}

/* Has a source come or gone? */
static bool
same_sources(const struct table *t, struct tree *tree)
{
	struct arena scratch = { 0 };
	struct path_list now = { .keep = &scratch };
	struct map files = { 0 };
	size_t before = 0, known = 0;

	for (size_t i = 0; i < t->files.len; i++) {
		map_index_put(&files, &scratch, t->files.at[i].path);
		before += t->files.at[i].state && str_ends(t->files.at[i].path, STR(".c"));
	}
	table_sources(tree, &now);
	for (size_t i = 0; i < now.list.len; i++)
		known += map_index(&files, now.list.at[i]) >= 0;
	arena_release(&scratch);
	return known == now.list.len && known == before;
}

/* Directories change when something is built in them; the table may be right all the same. */
static bool
outlives_change(struct table *t, struct tree *tree)
{
	struct table_path *dirs = t->dirs.at;

	for (size_t i = 0; i < t->dirs.len; i++)
		dirs[i].state = tree_state(tree, dirs[i].path, NULL);
	if (!table_is_current(t, tree) || !same_sources(t, tree))
		return false;
	table_store(t, tree);
	return true;
}

enum table_found
table_load(struct table *t, struct tree *tree, struct arena *keep)
{
	if (read_all(t, tree, keep)) {
		if (are_same(t->dirs.at, t->dirs.len, tree))
			return tree_is_archive(tree) ? TABLE_CURRENT : TABLE_LOADED;
		if (outlives_change(t, tree))
			return TABLE_CURRENT;
	}
	*t = (struct table){ 0 };
	return TABLE_NONE;
}

bool
table_is_current(const struct table *t, struct tree *tree)
{
	return are_same(t->files.at, t->files.len, tree);
}
