// SPDX-License-Identifier: GPL-2.0-or-later
/* check CONFIG - would NixOS run on this configuration? */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/check.h"
#include "nixout/baseline.h"

/* The features given, behind those that the configuration itself shows. */
static bool
collect_features(struct args *a, const struct baseline *b, const struct dotconfig *dc, struct str **out, size_t *len)
{
	const char **given;
	size_t n = args_values(a, "nixos", &given);

	*out = NEW_ARRAY(a->keep, struct str, n + 4);
	*len = 0;
	if (str_is(dotconfig_value(dc, STR("X86")), "y"))
		(*out)[(*len)++] = STR("x86");
	if (str_is(dotconfig_value(dc, STR("X86_64")), "y"))
		(*out)[(*len)++] = STR("x86_64");
	for (size_t i = 0; i < n; i++) {
		struct str f = str_from(given[i]);

		if (!baseline_has_feature(b, str_drop(f, str_starts(f, STR("-"))))) {
			struct str all = str_join(a->keep, b->features.at, b->features.len, STR(" "));

			usage_error(a, "NixOS feature '%s' is not known, use some of: %.*s", given[i], STR_ARG(all));
			return false;
		}
		(*out)[(*len)++] = f;
	}
	return true;
}

static bool
read_config(struct args *a, const char *path, struct dotconfig *dc)
{
	struct source src = { .name = str_from(path) };
	int r = file_read_unpacked(a->keep, path, &src.text);

	if (r < 0) {
		diag_error(a->diag, src.name, 0, "cannot read the configuration: %s", strerror(-r));
		return false;
	}
	source_check_end(&src, a->diag);
	dotconfig_parse(dc, &src, a->keep, a->diag);
	if (dotconfig_len(dc) == 0)
		diag_error(a->diag, src.name, 0, "no line sets a symbol; give a .config, a savedefconfig or config.gz");
	return dotconfig_len(dc) > 0;
}

static bool
load_baseline(struct args *a, struct baseline *b)
{
	const char *path = args_value(a, "baseline");
	struct source extra = { .name = str_from(path) };
	int r = path ? file_read(a->keep, path, &extra.text) : 0;

	if (r < 0)
		diag_error(a->diag, extra.name, 0, "cannot read the rows: %s", strerror(-r));
	else
		baseline_load(b, path ? &extra : NULL, a->keep, a->diag);
	source_check_end(&extra, a->diag);
	return a->diag->errors == 0;
}

static void
print_failure(const struct baseline_failure *f, struct text *out)
{
	const struct baseline_row *row = f->row;

	text_addf(out, "%s: %.*s is %.*s, wanted ", baseline_level_name(row->level), STR_ARG(row->symbol),
	          STR_ARG(f->got));
	for (size_t i = 0; i < row->values.len; i++)
		text_addf(out, "%s%c", i ? " or " : "", row->values.at[i]);
	text_addf(out, ": %.*s (%.*s)\n", STR_ARG(row->reason), STR_ARG(row->source));
}

static json_t *
failure_json(const struct baseline_failure *f)
{
	const struct baseline_row *row = f->row;
	json_t *o = json_object(), *values = json_array();

	for (size_t i = 0; i < row->values.len; i++)
		json_array_append_new(values, json_str((struct str){ &row->values.at[i], 1 }));
	json_object_set_new(o, "level", json_string(baseline_level_name(row->level)));
	json_object_set_new(o, "symbol", json_str(row->symbol));
	json_object_set_new(o, "value", json_str(f->got));
	json_object_set_new(o, "wanted", values);
	json_object_set_new(o, "reason", json_str(row->reason));
	json_object_set_new(o, "source", json_str(row->source));
	return o;
}

static void
print_json(const struct baseline_rows *rows, const struct baseline_failures *bad, struct text *out)
{
	text_addf(out, "{\"format\":\"derpconfig-check-config\",\"version\":1,\"rows\":%zu,\"missing\":[", rows->list.len);
	for (size_t i = 0; i < bad->list.len; i++) {
		json_t *o = failure_json(&bad->list.at[i]);

		text_add_c(out, i ? ",\n" : "\n");
		json_text(o, out);
		json_decref(o);
	}
	text_add_c(out, "\n]}\n");
}

static int
report(struct args *a, const struct baseline_rows *rows, const struct baseline_failures *bad)
{
	struct text out = { 0 };
	bool json = args_has(a, "json");
	size_t count[3] = { 0 };
	int r;

	for (size_t i = 0; i < bad->list.len; i++) {
		if (!json)
			print_failure(&bad->list.at[i], &out);
		count[bad->list.at[i].row->level]++;
	}
	if (json)
		print_json(rows, bad, &out);
	else
		text_addf(&out, "%zu of %zu rows hold; %zu required, %zu for the initrd, %zu recommended missing\n",
		          rows->list.len - bad->list.len, rows->list.len, count[BASELINE_REQUIRED], count[BASELINE_INITRD],
		          count[BASELINE_RECOMMENDED]);
	r = output(a, text_str(&out));
	text_release(&out);
	if (r != EXIT_FINE)
		return r;
	return count[BASELINE_REQUIRED] || count[BASELINE_INITRD] ? EXIT_DIFFERENT : EXIT_FINE;
}

int
check_config(struct args *a)
{
	struct baseline b = { 0 };
	struct baseline_rows rows = { 0 };
	struct baseline_failures bad = { 0 };
	struct dotconfig dc = { 0 };
	const char *word = args_value(a, "level");
	enum baseline_level level = BASELINE_RECOMMENDED;
	struct str *features;
	size_t n;

	if (word && !baseline_level_parse(str_from(word), &level))
		return usage_error(a, "--level is required, initrd or recommended, not '%s'", word);
	if (!load_baseline(a, &b) || !read_config(a, a->at[0], &dc) || !collect_features(a, &b, &dc, &features, &n))
		return EXIT_TROUBLE;
	baseline_select(&b, features, n, level, a->keep, &rows);
	baseline_check(&rows, &dc, a->keep, &bad);
	return report(a, &rows, &bad);
}
