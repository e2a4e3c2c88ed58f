// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An archive's table is text: a line of magic, rules and hash, then a line a driver, its fields parted by tabs:
 *   name bus source file line
 * It stands below $XDG_CACHE_HOME/derpconfig/drivers.
 */
#include "modalias/table.h"

#include "base/archive.h"
#include "base/file.h"
#include "modalias/csource.h"

/* The number rises when a source is read otherwise than before; for the tables in csource.c its rules do. */
static const char magic[] = "derpconfig-drivers 6 ";

/* NULL `at`: nothing is cached. */
static struct str
cache_path(struct tree *tree, struct arena *keep, bool make)
{
	struct str dir = cache_dir(keep, "drivers", make), key = tree_key(tree);

	return dir.at && key.len ? path_join(keep, dir, key) : (struct str){ 0 };
}

static void
add_first_line(struct text *out, struct str body)
{
	struct hash128 h = bytes_hash((struct hash128){ 5, 6 }, body);

	text_addf(out, "%s%016llx %016llx%016llx\n", magic, (unsigned long long)csource_rules(), (unsigned long long)h.a,
	          (unsigned long long)h.b);
}

void
table_store(const struct table *t, struct tree *tree)
{
	struct arena scratch = { 0 };
	struct str path = cache_path(tree, &scratch, true);
	struct text body = { 0 }, all = { 0 };

	for (size_t i = 0; i < t->rows.len; i++) {
		const struct driver *d = &t->rows.at[i];

		text_addf(&body, "%.*s\t%.*s\t%.*s\t%.*s\t%u\n", STR_ARG(d->name), STR_ARG(d->bus), STR_ARG(d->source),
		          STR_ARG(d->file), d->line);
	}
	add_first_line(&all, text_str(&body));
	text_add(&all, text_str(&body));
	if (path.at)
		file_write(path.at, text_str(&all)); /* a full or read-only cache costs time, not the answer */
	text_release(&body);
	text_release(&all);
	arena_release(&scratch);
}

static bool
read_row(struct str line, struct driver *d)
{
	struct str *const field[] = { &d->name, &d->bus, &d->source, &d->file };
	uint64_t n = 0;

	*d = (struct driver){ 0 };
	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		if (!str_next_part(&line, '\t', field[i]))
			return false;
	if (!str_number(line, 10, &n))
		return false;
	d->line = (unsigned)n;
	return true;
}

bool
table_load(struct table *t, struct tree *tree, struct arena *keep)
{
	struct str path = cache_path(tree, keep, false), text, line;
	struct text first = { 0 };
	struct driver d;
	bool ours;

	*t = (struct table){ 0 };
	if (!path.at || file_read(keep, path.at, &text) < 0 || !str_next_line(&text, &line))
		return false;
	add_first_line(&first, text);
	ours = str_eq(str_trim(text_str(&first)), line);
	text_release(&first);
	while (ours && str_next_line(&text, &line)) {
		ours = read_row(line, &d);
		vec_push(keep, &t->rows, d);
	}
	if (!ours)
		*t = (struct table){ 0 };
	return ours;
}
