// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A lib/modules directory from one text, parted by \1: modules.dep, modules.alias, modules.builtin, .softdep,
 * modules.builtin.modinfo. All matches are sorted, each module once, by a pattern that it presents; a pattern without
 * wildcards finds its module; needs are closed; lines given twice change nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "modalias/modalias.h"
#include "tests/util-scratch.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const name[] = { "modules.dep", "modules.alias", "modules.builtin", "modules.softdep",
                                    "modules.builtin.modinfo" };
enum { FILES = sizeof(name) / sizeof(*name), ALIAS = 1 };

static void
put(const char *file, struct str text, int times)
{
	struct text all = { 0 };

	while (times--) {
		text_add(&all, text);
		text_add_char(&all, '\n');
	}
	scratch_put(file, text_str(&all));
	text_release(&all);
}

static bool
presents(struct modules *m, const struct match *match, struct arena *keep)
{
	struct match_list all = module_aliases(m, match->module, keep);

	for (size_t i = 0; i < all.len; i++)
		if (str_eq(all.at[i].pattern, match->pattern) && str_eq(all.at[i].file, match->file))
			return true;
	return false;
}

/* Prints whom a modalias finds. */
static size_t
look_up(struct modules *m, struct str modalias, struct arena *keep, struct text *out)
{
	struct match_list found = modalias_match(m, modalias, keep);

	for (size_t i = 0; i < found.len; i++) {
		if (!presents(m, &found.at[i], keep) || (i && str_cmp(found.at[i - 1].module->name, found.at[i].module->name) >= 0))
			abort();
		text_addf(out, "%.*s ", STR_ARG(found.at[i].module->name));
	}
	return found.len;
}

static void
check_needs(struct modules *m, const struct module *module, struct arena *keep, struct text *out)
{
	struct need_list needs = module_needs(m, module, keep);

	for (size_t i = 0; i < needs.len; i++) {
		if (needs.at[i].module == module || !needs.at[i].by)
			abort();
		for (size_t j = 0; j < i; j++)
			if (needs.at[i].module == needs.at[j].module)
				abort();
		text_addf(out, "%.*s>%.*s ", STR_ARG(needs.at[i].by->name), STR_ARG(needs.at[i].module->name));
	}
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] == 127 || strchr("*?[]\\#\"'", s.at[i]))
			return false;
	return s.len > 0 && s.len < 1000;
}

/* What the directory answers, as a text. */
static void
answer(struct str queries, struct arena *keep, struct text *out)
{
	struct diag d = { .keep = keep };
	struct modules *m = modules_open(scratch_dir(), &d);
	struct text own_words = { 0 };
	struct module_list all;
	struct str query;

	if (!m != !!d.errors)
		abort();
	if (!m)
		return;
	all = modules_all(m);
	for (size_t i = 0; i < all.len && i < 50; i++) {
		struct match_list own = module_aliases(m, all.at[i], keep);

		if (modules_find(m, all.at[i]->name) != all.at[i] || (i && str_cmp(all.at[i - 1]->name, all.at[i]->name) >= 0))
			abort();
		check_needs(m, all.at[i], keep, out);
		for (size_t j = 0; j < own.len && j < 20; j++)
			if (is_plain(own.at[j].pattern) && !look_up(m, own.at[j].pattern, keep, &own_words))
				abort();
	}
	for (unsigned n = 0; n < 20 && str_next_line(&queries, &query); n++)
		look_up(m, query, keep, out);
	text_release(&own_words);
	modules_close(m);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str rest = str_take((struct str){ (const char *)data, size }, 20000), part[FILES + 1] = { 0 };
	struct text once = { 0 }, twice = { 0 };
	struct arena keep = { 0 };

	for (int i = 0; i <= FILES; i++)
		if (!str_next_part(&rest, '\1', &part[i]))
			part[i] = STR("");
	for (int i = 0; i < FILES; i++)
		put(name[i], part[i], 1);
	answer(part[FILES], &keep, &once);
	put(name[ALIAS], part[ALIAS], 2);
	put(name[0], part[0], 2);
	answer(part[FILES], &keep, &twice);
	if (!str_eq(text_str(&once), text_str(&twice)))
		abort();
	text_release(&twice);
	text_release(&once);
	arena_release(&keep);
	return 0;
}
