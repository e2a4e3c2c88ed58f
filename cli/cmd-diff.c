// SPDX-License-Identifier: GPL-2.0-or-later
/* derpconfig diff - what hardware changed between two dumps. */
#include "base/json.h"
#include "cli/command.h"
#include "scanner/diff.h"
#include "scanner/dump.h"

static const struct flag flags[] = {
	{ "json", 'j', NULL, "print JSON (docs/formats.md)" },
	{ "output", 'o', "FILE", "where to write (default: standard output)" },
	{ 0 },
};

/* "pci 8086:15f3 Intel Corporation Ethernet Controller I225-V" */
static void
describe(const struct device *d, struct text *out)
{
	struct str shown[] = { d->subsystem, d->id.len ? d->id : d->modalias.len ? d->modalias : path_base(d->path),
		d->vendor, d->product.len ? d->product : d->name };

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		if (shown[i].len)
			text_addf(out, " %.*s", STR_ARG(shown[i]));
}

static void
change_text(const struct change *c, struct text *out)
{
	static const char sign[] = { '+', '-', '~' };

	text_add_char(out, sign[c->kind]);
	if (!c->device) {
		text_addf(out, " %s %.*s\n", c->what, STR_ARG(c->name));
		return;
	}
	describe(c->device, out);
	if (c->count > 1)
		text_addf(out, " (%u times)", c->count);
	if (c->kind == CHANGE_DRIVER)
		text_addf(out, ": driver %.*s -> %.*s", STR_ARG(c->from.len ? c->from : STR("none")),
		          STR_ARG(c->to.len ? c->to : STR("none")));
	else if (c->device->driver.len)
		text_addf(out, ": driver %.*s", STR_ARG(c->device->driver));
	text_add_char(out, '\n');
}

static json_t *
change_json(const struct change *c)
{
	static const char *const word[] = { "added", "removed", "driver" };
	json_t *j = json_object();
	const struct { const char *key; struct str value; } field[] = {
		{ "subsystem", c->device ? c->device->subsystem : STR("") }, { "modalias", c->device ? c->device->modalias : STR("") },
		{ "id", c->device ? c->device->id : STR("") }, { "vendor", c->device ? c->device->vendor : STR("") },
		{ "product", c->device ? c->device->product : STR("") }, { "name", c->device ? c->device->name : c->name },
		{ "driver", c->device && c->kind != CHANGE_DRIVER ? c->device->driver : STR("") },
	};

	json_object_set_new(j, "change", json_string(word[c->kind]));
	json_object_set_new(j, "what", json_string(c->what));
	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		if (field[i].value.len)
			json_object_set_new(j, field[i].key, json_str(field[i].value));
	if (c->kind == CHANGE_DRIVER) {
		json_object_set_new(j, "from", json_str(c->from));
		json_object_set_new(j, "to", json_str(c->to));
	}
	if (c->device)
		json_object_set_new(j, "count", json_integer(c->count));
	return j;
}

static void
show(struct change_list list, bool json, struct text *out)
{
	if (json)
		text_add_c(out, "{\"format\":\"derpconfig-diff\",\"version\":1,\"changes\":[");
	for (size_t i = 0; i < list.len; i++) {
		json_t *j = json ? change_json(&list.at[i]) : NULL;

		if (!json) {
			change_text(&list.at[i], out);
			continue;
		}
		text_add_c(out, i ? ",\n" : "\n");
		json_text(j, out);
		json_decref(j);
	}
	if (json)
		text_add_c(out, list.len ? "\n]}\n" : "]}\n");
}

static int
run(struct args *a)
{
	struct machine *old = machine_load(a->keep, &a->at[0], 1, a->diag);
	struct machine *new = old ? machine_load(a->keep, &a->at[1], 1, a->diag) : NULL;
	struct text out = { 0 };
	struct change_list list;
	int code;

	if (!new)
		return EXIT_TROUBLE;
	list = machine_diff(a->keep, old, new);
	show(list, args_has(a, "json"), &out);
	code = output(a, text_str(&out));
	text_release(&out);
	return code ? code : list.len ? EXIT_DIFFERENT : EXIT_FINE;
}

const struct command cmd_diff = {
	.name = "diff",
	.synopsis = "DUMP DUMP [--json]",
	.summary = "Tell what hardware changed between two dumps",
	.details =
		"Prints nothing and exits 0 when the machines are the same to a kernel; else one line a change, and exits 1:\n"
		"'+' what only the second has, '-' what only the first has, '~' where another driver is bound. Ports, bus\n"
		"numbers and the order in which things were found do not count.",
	.flags = flags,
	.min = 2,
	.max = 2,
	.run = run,
};
