// SPDX-License-Identifier: GPL-2.0-or-later
/* sets - the hotplug and feature sets, and what is in them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/args.h"
#include "kconfig/sets.h"

static const struct flag flags[] = {
	{ "sets", 0, "DIR", "a directory of own *.set files (default: $XDG_CONFIG_HOME/derpconfig/sets)" },
	{ "json", 'j', NULL, "print JSON (docs/formats.md)" },
	{ "output", 'o', "FILE", "write to FILE" },
	{ 0 },
};

/* The directory given, or the user's; NULL without a home. */
static const char *
sets_dir(const struct args *a)
{
	const char *given = args_value(a, "sets"), *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (given)
		return given;
	if (base && *base)
		return str_format(a->keep, "%s/derpconfig/sets", base).at;
	return home && *home ? str_format(a->keep, "%s/.config/derpconfig/sets", home).at : NULL;
}

static void
print_overview(const struct set_index *sets, struct text *out)
{
	for (size_t i = 0; i < sets->by_name.len; i++) {
		const struct set *s = sets->by_name.entry[i].value;

		text_addf(out, "%-20.*s %.*s\n", STR_ARG(s->name), STR_ARG(s->about));
	}
}

static const char *const kind_word[] = { "want", "maybe", "module", "include" };

static void
print_line(const struct set_line *l, struct text *out)
{
	size_t start = out->len;

	text_addf(out, "%s %.*s%s%.*s", kind_word[l->kind], STR_ARG(l->name), l->value.len ? "=" : "", STR_ARG(l->value));
	while (out->len - start < 40)
		text_add_char(out, ' ');
	text_addf(out, " # %.*s (%.*s)\n", STR_ARG(l->reason), STR_ARG(l->set));
}

static void
print_sets(struct args *a, const struct set_index *sets, struct text *out)
{
	struct set_lines lines = { 0 };
	struct str *names = NEW_ARRAY(a->keep, struct str, a->len);

	for (size_t i = 0; i < a->len; i++)
		names[i] = str_from(a->at[i]);
	sets_expand(sets, names, a->len, a->keep, a->diag, &lines);
	for (size_t i = 0; i < lines.list.len; i++)
		print_line(&lines.list.at[i], out);
}

static json_t *
line_json(const struct set_line *l)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind", json_string(kind_word[l->kind]));
	json_object_set_new(o, "name", json_str(l->name));
	if (l->value.len)
		json_object_set_new(o, "value", json_str(l->value));
	json_object_set_new(o, "reason", json_str(l->reason));
	json_object_set_new(o, "set", json_str(l->set));
	return o;
}

/* Sets by their names: with what they include when some were asked for, else just what they are about. */
static void
print_json(struct args *a, const struct set_index *sets, struct text *out)
{
	json_t *all = json_object();

	for (size_t i = 0; i < (a->len ? a->len : sets->by_name.len); i++) {
		struct str name = a->len ? str_from(a->at[i]) : sets->by_name.entry[i].key;
		const struct set *s = map_get(&sets->by_name, name);
		json_t *o = json_object(), *list = json_array();
		struct set_lines lines = { 0 };

		if (a->len)
			sets_expand(sets, &name, 1, a->keep, a->diag, &lines);
		json_object_set_new(o, "about", json_str(s ? s->about : STR("")));
		for (size_t j = 0; j < lines.list.len; j++)
			json_array_append_new(list, line_json(&lines.list.at[j]));
		if (a->len)
			json_object_set(o, "lines", list);
		json_decref(list);
		json_object_set_new(all, str_c(a->keep, name), o);
	}
	text_add_c(out, "{\"format\":\"derpconfig-sets\",\"version\":1,\"sets\":");
	json_text(all, out);
	text_add_c(out, "}\n");
	json_decref(all);
}

static int
run(struct args *a)
{
	struct set_index sets = { 0 };
	struct text out = { 0 };
	const char *given = args_value(a, "sets");
	int r = EXIT_TROUBLE;

	if (given && access(given, R_OK | X_OK) != 0) {
		fprintf(stderr, "derpconfig: %s: cannot read: %s\n", given, strerror(errno));
		return EXIT_TROUBLE;
	}
	sets_load(&sets, sets_dir(a), a->keep, a->diag);
	if (args_has(a, "json"))
		print_json(a, &sets, &out);
	else if (a->len)
		print_sets(a, &sets, &out);
	else
		print_overview(&sets, &out);
	if (a->diag->errors == 0)
		r = output(a, text_str(&out));
	text_release(&out);
	return r;
}

const struct command cmd_sets = {
	.name = "sets", .synopsis = "[SET]...", .summary = "List the hotplug and feature sets, or what is in some of them",
	.details = "A set names what a kernel should have although no device asks for it now. Own sets are files "
	           "NAME.set; they take the place of the built-in ones of that name.",
	.flags = flags, .max = 100, .run = run,
};
