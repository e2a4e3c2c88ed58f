// SPDX-License-Identifier: GPL-2.0-or-later
#include "nixout/baseline.h"

#include <stdlib.h>

#include "base/data.h"

static const char *const level_names[] = { "required", "initrd", "recommended" };

/* What an ordinary NixOS has: the defaults of its options. */
static const char *const default_features[] = {
	"console", "firewall", "hardening", "ikconfig", "initrd", "iptables", "nix-sandbox", "scsi", "systemd",
};

bool
feature_is_default(struct str feature)
{
	for (size_t i = 0; i < sizeof(default_features) / sizeof(*default_features); i++)
		if (str_is(feature, default_features[i]))
			return true;
	return false;
}

/* One field of a line: plain up to a comma, or in quotes with "" for a quote. */
static bool
csv_field(struct str *rest, struct arena *keep, struct str *out)
{
	char *text;
	size_t n = 0, i = 1;

	if (!rest->at)
		return false;
	if (!rest->len || rest->at[0] != '"') {
		size_t end = str_index(*rest, ',');

		*out = str_take(*rest, end);
		*rest = end < rest->len ? str_drop(*rest, end + 1) : (struct str){ 0 };
		return true;
	}
	text = arena_bytes(keep, rest->len);
	for (; i < rest->len && (rest->at[i] != '"' || (i + 1 < rest->len && rest->at[i + 1] == '"')); i++) {
		i += rest->at[i] == '"';
		text[n++] = rest->at[i];
	}
	*out = (struct str){ text, n };
	if (i >= rest->len || (i + 1 < rest->len && rest->at[i + 1] != ','))
		return false;
	*rest = i + 1 < rest->len ? str_drop(*rest, i + 2) : (struct str){ 0 };
	return true;
}

bool
baseline_level_parse(struct str s, enum baseline_level *out)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(*level_names); i++) {
		if (str_is(s, level_names[i])) {
			*out = (enum baseline_level)i;
			return true;
		}
	}
	return false;
}

static bool
values_are_good(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != 'y' && s.at[i] != 'm' && s.at[i] != 'n')
			return false;
	return s.len > 0;
}

static bool
read_row(struct str line, struct arena *keep, struct baseline_row *row)
{
	struct str level;

	return csv_field(&line, keep, &row->symbol) && csv_field(&line, keep, &row->values) &&
	       csv_field(&line, keep, &level) && csv_field(&line, keep, &row->features) &&
	       csv_field(&line, keep, &row->reason) && csv_field(&line, keep, &row->source) && !line.at &&
	       row->symbol.len && values_are_good(row->values) && baseline_level_parse(level, &row->level);
}

static void
read_rows(struct baseline *b, const struct source *src, struct arena *keep, struct diag *diag)
{
	struct str rest = src->text, line;

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		struct baseline_row row = { 0 };

		if (!line.len || line.at[0] == '#')
			continue;
		if (read_row(line, keep, &row))
			vec_push(keep, &b->rows, row);
		else
			diag_error(diag, src->name, n, "no row of the baseline; write SYMBOL,values (of y, m, n),"
			           "required|initrd|recommended,features,reason,source");
	}
}

static void
collect_features(struct baseline *b, struct arena *keep)
{
	struct map seen = { 0 };

	for (size_t i = 0; i < b->rows.len; i++) {
		struct str rest = b->rows.at[i].features, word;

		while (str_next_word(&rest, &word))
			map_index_put(&seen, keep, word);
	}
	b->features.len = 0;
	for (size_t i = 0; i < seen.len; i++)
		vec_push(keep, &b->features, seen.entry[i].key);
	if (b->features.len)
		qsort(b->features.at, b->features.len, sizeof(*b->features.at), str_qsort);
}

void
baseline_load(struct baseline *b, const struct source *extra, struct arena *keep, struct diag *diag)
{
	struct source own = { STR("nixout/data/baseline.csv"), data_find("nixout/data/baseline.csv") };

	read_rows(b, &own, keep, diag);
	if (extra)
		read_rows(b, extra, keep, diag);
	collect_features(b, keep);
}

bool
baseline_has_feature(const struct baseline *b, struct str feature)
{
	for (size_t i = 0; i < b->features.len; i++)
		if (str_eq(b->features.at[i], feature))
			return true;
	return false;
}

/* Is the feature on? The last word about it counts, then the default. */
static bool
feature_is_on(struct str feature, const struct str *features, size_t len)
{
	while (len-- > 0) {
		bool off = str_starts(features[len], STR("-"));

		if (str_eq(str_drop(features[len], off), feature))
			return !off;
	}
	return feature_is_default(feature);
}

static bool
row_applies(const struct baseline_row *row, const struct str *features, size_t len)
{
	struct str rest = row->features, word;

	while (str_next_word(&rest, &word))
		if (!feature_is_on(word, features, len))
			return false;
	return true;
}

/* The values both rows allow, in the order of the stricter one; where none is left, the stricter row's. */
static void
merge_row(struct baseline_row *have, const struct baseline_row *more, struct arena *keep)
{
	struct baseline_row strict = more->level < have->level ? *more : *have;
	struct str other = more->level < have->level ? have->values : more->values;
	char *both = arena_bytes(keep, strict.values.len);
	size_t n = 0;

	for (size_t i = 0; i < strict.values.len; i++)
		if (str_has(other, strict.values.at[i]))
			both[n++] = strict.values.at[i];
	if (n)
		strict.values = (struct str){ both, n };
	*have = strict;
}

void
baseline_select(const struct baseline *b, const struct str *features, size_t len, enum baseline_level level,
                struct arena *keep, struct baseline_rows *out)
{
	struct map seen = { 0 };

	for (size_t i = 0; i < b->rows.len; i++) {
		const struct baseline_row *row = &b->rows.at[i];
		long at;

		if (row->level > level || !row_applies(row, features, len))
			continue;
		at = map_index(&seen, row->symbol);
		if (at >= 0) {
			merge_row(&out->list.at[at], row, keep);
		} else {
			map_index_put(&seen, keep, row->symbol);
			vec_push(keep, &out->list, *row);
		}
	}
}

void
baseline_check(const struct baseline_rows *rows, const struct dotconfig *dc, struct arena *keep,
               struct baseline_failures *out)
{
	for (size_t i = 0; i < rows->list.len; i++) {
		struct baseline_failure f = { .row = &rows->list.at[i] };

		f.got = dotconfig_value(dc, f.row->symbol);
		if (f.got.len != 1 || !str_has(f.row->values, f.got.at[0]))
			vec_push(keep, &out->list, f);
	}
}

const char *
baseline_level_name(enum baseline_level level)
{
	return level_names[level];
}
