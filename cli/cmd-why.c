// SPDX-License-Identifier: GPL-2.0-or-later
/* why - what brought a symbol, module or device in, and what it brings in. */
#include <string.h>

#include "base/json.h"
#include "cli/proposal.h"

static const struct flag flags[] = {
	{ "dump", 'd', "DUMP", "the machine (may be given several times; default: this machine)" },
	{ "json", 'j', NULL, "JSON" },
	{ "output", 'o', "FILE", "write to FILE" },
	PROPOSAL_FLAGS,
	{ 0 },
};

/* The symbols that a word names: a symbol, or those of a module's or source's conditions. */
static void
symbols_of(const struct proposal *p, struct str word, struct arena *a, struct map *out)
{
	const struct symbol *s;
	struct route_list routes;

	if (str_starts(word, STR("CONFIG_")))
		word = str_drop(word, 7);
	s = kconfig_find(p->model, word);
	if (s && s->type != SYM_UNKNOWN) {
		map_put(out, a, s->name);
		return;
	}
	routes = str_has(word, '/') ? kbuild_by_source(p->mapping->kbuild, word)
	                            : kbuild_by_name(p->mapping->kbuild, word);
	for (size_t i = 0; i < routes.len; i++) {
		cond_symbols(routes.at[i]->module, a, out);
		cond_symbols(routes.at[i]->builtin, a, out);
	}
	if (out->len)
		return;
	/* a device: by id, modalias, driver or path; what serves it */
	for (size_t i = 0; i < p->mapping->devices.len; i++) {
		const struct mapped *m = &p->mapping->devices.at[i];
		const struct device *d = m->device;

		if (!str_eq(d->id, word) && !str_eq(d->modalias, word) && !str_eq(d->driver, word) && !str_eq(d->path, word))
			continue;
		for (size_t k = 0; k < m->routes_len; k++)
			cond_symbols(cond_or(&p->mapping->pool, m->routes[k]->module, m->routes[k]->builtin), a, out);
	}
}

/* What stands directly on the symbol: whatever says "needed by", "selected by" it. */
static void
brings_in(const struct proposal *p, const struct symbol *s, struct text *out)
{
	size_t n = 0;

	for (size_t i = 0; i < p->model->symbols_len; i++) {
		if (p->why[i].by != s || p->why[i].kind == WHY_OFF)
			continue;
		text_addf(out, "%s%.*s", n++ ? " " : "  brings in: ", STR_ARG(p->model->symbols[i]->name));
	}
	if (n)
		text_add_char(out, '\n');
}

static void
explain_symbol(const struct proposal *p, const struct symbol *s, struct text *out)
{
	struct str value = config_text(p->solution->config, s);

	text_addf(out, "%.*s=%.*s\n  ", STR_ARG(s->name), STR_ARG(value));
	why_print(p->model, p->why, s, out);
	if (p->why[s->id].kind == WHY_OFF && s->menus_len) {
		text_addf(out, "  defined at %.*s:%u; nothing asks for it\n", STR_ARG(s->menus[0]->place.file),
		          s->menus[0]->place.line);
	}
	brings_in(p, s, out);
}

static json_t *
symbol_json(const struct proposal *p, const struct symbol *s)
{
	json_t *o = json_object(), *chain = json_array(), *brings = json_array();
	const struct symbol *at = s;

	json_object_set_new(o, "symbol", json_str(s->name));
	json_object_set_new(o, "value", json_str(config_text(p->solution->config, s)));
	for (size_t guard = p->model->symbols_len; at && guard; guard--) {
		const struct why *y = &p->why[at->id];
		struct text step = { 0 };
		json_t *link = json_object();

		why_print_step(y, &step);
		json_object_set_new(link, "symbol", json_str(at->name));
		json_object_set_new(link, "why", json_str(text_str(&step)));
		json_object_set_new(link, "file", json_str(y->place.file));
		json_object_set_new(link, "line", json_integer(y->place.line));
		json_array_append_new(chain, link);
		text_release(&step);
		at = y->kind == WHY_GOAL || y->kind == WHY_CHOICE ? NULL : y->by;
	}
	for (size_t i = 0; i < p->model->symbols_len; i++)
		if (p->why[i].by == s && p->why[i].kind != WHY_OFF)
			json_array_append_new(brings, json_str(p->model->symbols[i]->name));
	json_object_set_new(o, "chain", chain);
	json_object_set_new(o, "brings_in", brings);
	return o;
}

static int
write_all(struct args *a, const struct proposal *p, const char **words, size_t n)
{
	bool json = args_has(a, "json");
	struct text out = { 0 };
	bool first = true;
	int code = EXIT_FINE;

	if (json)
		text_add_c(&out, "{\"format\":\"derpconfig-why\",\"version\":1,\"symbols\":[\n");
	for (size_t i = 0; i < n; i++) {
		struct map names = { 0 };

		symbols_of(p, str_from(words[i]), a->keep, &names);
		if (!names.len) {
			diag_error(a->diag, STR(""), 0, "%s: no symbol, module, source or device of this name", words[i]);
			code = EXIT_TROUBLE;
		}
		for (size_t k = 0; k < names.len; k++) {
			const struct symbol *s = kconfig_find(p->model, names.entry[k].key);

			if (!s || s->type == SYM_UNKNOWN)
				continue;
			if (json) {
				json_t *o = symbol_json(p, s);

				text_add_c(&out, first ? "" : ",\n");
				json_text(o, &out);
				json_decref(o);
			} else {
				explain_symbol(p, s, &out);
			}
			first = false;
		}
	}
	if (json)
		text_add_c(&out, "\n]}\n");
	if (code == EXIT_FINE)
		code = output(a, text_str(&out));
	text_release(&out);
	return code;
}

static int
run(struct args *a)
{
	const char **words = a->at, **dumps;
	size_t n = a->len;
	struct proposal p = { 0 };
	int code;

	a->len = args_values(a, "dump", &dumps);
	a->at = dumps;
	code = proposal_make(a, &p);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	code = write_all(a, &p, words, n);
	return code;
}

const struct command cmd_why = {
	.name = "why", .synopsis = "NAME... [--dump DUMP] [KERNEL-OPTIONS]",
	.summary = "Explain what brought a symbol, module or device in, and what it brings in",
	.details = "NAME is a symbol, a module, a source file, or a device's id, modalias, driver or path.",
	.flags = flags, .kernel_options = true, .min = 1, .max = 1000, .run = run,
};
