// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as further rows of the baseline: a row or a reason for every line that is neither empty nor a comment; rows
 * given twice change nothing; and a configuration made of what they want fails none of them.
 */
#include <stdlib.h>
#include <string.h>

#include "nixout/baseline.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static size_t
lines_of(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n += line.len && line.at[0] != '#';
	return n;
}

static bool
is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.at[i] | 32) >= 'a' && (s.at[i] | 32) <= 'z') && s.at[i] != '_' && !(s.at[i] >= '0' && s.at[i] <= '9'))
			return false;
	return s.len > 0;
}

/* The first value of every row is always good. */
static void
meet(const struct baseline_rows *rows, struct arena *keep)
{
	struct diag d = { .keep = keep };
	struct baseline_failures bad = { 0 };
	struct dotconfig dc = { 0 };
	struct text config = { 0 };

	for (size_t i = 0; i < rows->list.len; i++) {
		const struct baseline_row *r = &rows->list.at[i];

		if (is_word(r->symbol) && r->values.at[0] == 'n')
			text_addf(&config, "# CONFIG_%.*s is not set\n", STR_ARG(r->symbol));
		else if (is_word(r->symbol))
			text_addf(&config, "CONFIG_%.*s=%c\n", STR_ARG(r->symbol), r->values.at[0]);
	}
	dotconfig_parse(&dc, &(struct source){ STR("config"), text_str(&config) }, keep, &d);
	baseline_check(rows, &dc, keep, &bad);
	for (size_t i = 0; i < bad.list.len; i++)
		if (is_word(bad.list.at[i].row->symbol))
			abort();
	text_release(&config);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena keep = { 0 };
	struct diag own = { .keep = &keep }, one = { .keep = &keep, .limit = 10 }, two = { .keep = &keep, .limit = 10 };
	struct source extra = { STR("extra"), { (const char *)data, size } };
	struct source both = { STR("both"), str_format(&keep, "%.*s\n%.*s\n", STR_ARG(extra.text), STR_ARG(extra.text)) };
	const struct str features[] = { STR("efi"), STR("luks"), STR("-firewall") };
	struct baseline base = { 0 }, more = { 0 }, twice = { 0 };
	struct baseline_rows rows = { 0 }, same = { 0 };

	baseline_load(&base, NULL, &keep, &own);
	baseline_load(&more, &extra, &keep, &one);
	if (more.rows.len - base.rows.len + one.errors != lines_of(extra.text))
		abort();
	baseline_select(&more, features, 3, BASELINE_RECOMMENDED, &keep, &rows);
	meet(&rows, &keep);
	if (!memchr(data, '\0', size) && size) { /* one text of both: NUL ends "%.*s" */
		baseline_load(&twice, &both, &keep, &two);
		baseline_select(&twice, features, 3, BASELINE_RECOMMENDED, &keep, &same);
		if (same.list.len != rows.list.len || two.errors != 2 * one.errors)
			abort();
	}
	arena_release(&keep);
	return 0;
}
