// SPDX-License-Identifier: GPL-2.0-or-later
/* derpconfig which - device, alias, module, source, symbol: from any of them to the others, offline. */
#include <string.h>

#include "base/json.h"
#include "cli/pipeline.h"
#include "cli/table.h"
#include "kconfig/kconfig.h"

static const struct flag flags[] = {
	{ "details", 'd', NULL, "tell about the symbols too, even for more than 20 IDs: prompt, place, dependencies" },
	{ "json", 'j', NULL, "print JSON (docs/formats.md)" },
	{ "output", 'o', "FILE", "where to write (default: standard output)" },
	{ 0 },
};

/* What an ID turned out to be. */
enum id_kind { ID_MODALIAS, ID_PCI, ID_USB, ID_MODULE, ID_SOURCE, ID_SYMBOL, ID_DRIVER, ID_UNKNOWN };

static const char *const kind_word[] = { "modalias", "pci", "usb", "module", "source", "symbol", "driver", "unknown" };

/* One answer: an object of the tree, by what it was found. */
struct answer {
	const struct route *route;   /* NULL: the tree does not list the module */
	const struct cond *when;     /* of the part asked for */
	const struct module *module; /* NULL: no module of the directory */
	struct match_list patterns;  /* those that matched; of a module all it has */
};

/* What the answers are shown with. */
struct shown {
	struct args *args;
	struct pipeline *p;
	struct kconfig *model;       /* NULL: nobody needed it */
	bool details;                /* of every answer */
	struct map symbols;          /* route's path -> struct str *, its condition as text; many ids share a module */
	const struct reply *replies;
	size_t len;
};

struct reply {
	struct str id;
	enum id_kind kind;
	const struct symbol *symbol; /* that no object's own line names, but Kconfig has it; else NULL */
	VEC(struct answer) answers;
};

static void
answer_add(struct pipeline *p, struct reply *r, struct answer a)
{
	for (size_t i = 0; i < r->answers.len; i++)
		if (r->answers.at[i].route == a.route && r->answers.at[i].module == a.module)
			return;
	if (!a.when)
		a.when = p->pool.yes;
	vec_push(p->keep, &r->answers, a);
}

/* Matches sorted by module become one answer a module. */
static bool
answer_matches(struct pipeline *p, struct reply *r, enum id_kind kind, struct match_list list)
{
	for (size_t i = 0, n; i < list.len; i += n) {
		const struct module *m = list.at[i].module;

		for (n = 1; i + n < list.len && list.at[i + n].module == m;)
			n++;
		answer_add(p, r, (struct answer){ pipeline_route(p, m), NULL, m, { &list.at[i], n } });
	}
	r->kind = list.len ? kind : r->kind;
	return list.len > 0;
}

static void
answer_route(struct pipeline *p, struct reply *r, enum id_kind kind, const struct route *route, const struct cond *when)
{
	const struct module *m = modules_find(p->modules, route->name);
	struct match_list patterns = { 0 };

	if (m && !str_eq(m->path, route->path))
		m = NULL;
	if (m)
		patterns = module_aliases(p->modules, m, p->keep);
	answer_add(p, r, (struct answer){ route, when, m, patterns });
	r->kind = kind;
}

static bool
hex4(struct str s, char out[5])
{
	uint64_t n;

	if (s.len != 4 || !str_number(s, 16, &n))
		return false;
	snprintf(out, 5, "%04X", (unsigned)n);
	return true;
}

/* What claims a USB id: drivers of its interfaces, and of the HID device that such an interface becomes. */
static bool
ask_usb(struct pipeline *p, struct reply *r, const char *vendor, const char *product)
{
	/* groups of include/linux/hid.h; most drivers take any */
	static const char *const group[] = { "*", "0000", "0001", "0002", "0003", "0004", "0005", "0006", "0101", "0102", "0103" };

	answer_matches(p, r, ID_USB, modalias_ids(p->modules, str_format(p->keep, "usb:v%sp%s", vendor, product), p->keep));
	for (size_t i = 0; i < sizeof(group) / sizeof(*group); i++)
		answer_matches(p, r, ID_USB, modalias_ids(p->modules, str_format(p->keep, "hid:b0003g%sv0000%sp0000%s", group[i],
		                                                                vendor, product), p->keep));
	return r->answers.len > 0;
}

/* "8086:15f3" after "pci:", "usb:" or nothing. */
static bool
ask_id(struct pipeline *p, struct reply *r)
{
	bool pci = str_starts(r->id, STR("pci:")), usb = str_starts(r->id, STR("usb:"));
	struct str rest = str_drop(r->id, (pci || usb) * 4);
	char vendor[5], product[5];

	if (rest.len != 9 || !hex4(str_take(rest, 4), vendor) || rest.at[4] != ':' || !hex4(str_drop(rest, 5), product))
		return false;
	r->kind = usb ? ID_USB : ID_PCI;
	if (!usb && answer_matches(p, r, ID_PCI, modalias_ids(p->modules, str_format(p->keep, "pci:v0000%sd0000%s", vendor,
	                                                                            product), p->keep)))
		return true;
	if (!pci)
		ask_usb(p, r, vendor, product);
	return true;
}

static bool
ask_module(struct pipeline *p, struct reply *r)
{
	const struct module *m = modules_find(p->modules, r->id);
	struct route_list list = kbuild_by_name(p->kbuild, r->id);

	for (size_t i = 0; i < list.len; i++)
		answer_route(p, r, ID_MODULE, list.at[i], NULL);
	if (m && !r->answers.len) {
		answer_add(p, r, (struct answer){ NULL, NULL, m, module_aliases(p->modules, m, p->keep) });
		r->kind = ID_MODULE;
	}
	return r->answers.len > 0;
}

/* "drivers/x/y.c", "drivers/x/y.o", "kernel/drivers/x/y.ko". */
static bool
ask_source(struct pipeline *p, struct reply *r)
{
	const struct route *route = kbuild_by_path(p->kbuild, r->id);
	struct route_list list = { 0 };
	struct str stem = str_take(r->id, str_rindex(r->id, '.'));

	if (route)
		answer_route(p, r, ID_SOURCE, route, NULL);
	else if (str_has(r->id, '/'))
		list = kbuild_by_source(p->kbuild, path_clean(p->keep, r->id));
	for (size_t i = 0; i < list.len; i++) {
		struct part_list parts = kbuild_parts(p->kbuild, list.at[i]);
		const struct cond *when = NULL;

		for (size_t j = 0; j < parts.len; j++)
			if (str_eq(str_take(parts.at[j].object, str_rindex(parts.at[j].object, '.')), stem))
				when = parts.at[j].when;
		answer_route(p, r, ID_SOURCE, list.at[i], when);
	}
	return r->answers.len > 0;
}

/* Symbol -> routes whose own Makefile line names it; made when the first symbol is asked for. */
typedef VEC(const struct route *) routes;

static struct map *
symbol_index(struct pipeline *p)
{
	struct route_list list = kbuild_routes(p->kbuild);
	struct map *index = NEW(p->keep, struct map);

	for (size_t i = 0; i < list.len; i++) {
		struct map names = { 0 };

		cond_symbols(list.at[i]->own, p->keep, &names);
		for (size_t j = 0; j < names.len; j++) {
			void **slot = map_put(index, p->keep, names.entry[j].key);
			routes *some = *slot ? *slot : (*slot = NEW(p->keep, routes));

			vec_push(p->keep, some, list.at[i]);
		}
	}
	return index;
}

static struct str
without_prefix(struct str id)
{
	return str_starts(id, STR("CONFIG_")) ? str_drop(id, 7) : id;
}

static bool
ask_symbol(struct pipeline *p, struct map **index, struct reply *r)
{
	struct str name = without_prefix(r->id);
	const routes *list;

	if (!*index)
		*index = symbol_index(p);
	list = map_get(*index, name);
	for (size_t i = 0; list && i < list->len; i++)
		answer_route(p, r, ID_SYMBOL, list->at[i], NULL);
	return r->answers.len > 0;
}

/* The last resort: a driver's name as sysfs shows it. The first that comes to this has all ids looked for at once. */
static bool
ask_driver(struct pipeline *p, struct reply *r)
{
	struct driver_list list;

	if (!p->drivers) {
		struct driver_query *all = NEW_ARRAY(p->keep, struct driver_query, p->args->len);

		for (size_t i = 0; i < p->args->len; i++)
			all[i].name = str_from(p->args->at[i]);
		driver_expect(pipeline_drivers(p), all, p->args->len);
	}
	list = driver_find(p->drivers, STR(""), r->id, p->keep);
	for (size_t i = 0; i < list.len; i++) {
		struct route_list found = kbuild_by_source(p->kbuild, list.at[i]->source);

		for (size_t j = 0; j < found.len; j++)
			answer_route(p, r, ID_DRIVER, found.at[j], NULL);
	}
	return r->answers.len > 0;
}

static struct reply
ask(struct pipeline *p, struct map **index, struct str id)
{
	struct reply r = { .id = id, .kind = ID_UNKNOWN };

	if (ask_id(p, &r))
		return r;
	if (str_has(id, ':') && answer_matches(p, &r, ID_MODALIAS, modalias_match(p->modules, id, p->keep)))
		return r;
	if (ask_source(p, &r) || ask_module(p, &r) || ask_symbol(p, index, &r) ||
	    answer_matches(p, &r, ID_MODALIAS, modalias_match(p->modules, id, p->keep)))
		return r;
	ask_driver(p, &r);
	return r;
}

static struct str
printed(struct pipeline *p, const struct answer *a)
{
	struct text t = { 0 };
	struct str s;

	cond_print(pipeline_needs(p, a->route, a->when), &t);
	s = str_copy(p->keep, text_str(&t));
	text_release(&t);
	return s;
}

static struct str
symbols(struct shown *s, const struct answer *a)
{
	struct str **slot;

	if (!a->route)
		return STR("-");
	if (a->when != s->p->pool.yes)
		return printed(s->p, a);
	slot = (struct str **)map_put(&s->symbols, s->p->keep, a->route->path);
	if (!*slot) {
		*slot = NEW(s->p->keep, struct str);
		**slot = printed(s->p, a);
	}
	return **slot;
}

static struct str
shown_patterns(struct pipeline *p, const struct answer *a)
{
	if (!a->patterns.len)
		return STR("-");
	if (a->patterns.len == 1)
		return a->patterns.at[0].pattern;
	return str_format(p->keep, "%.*s and %zu more", STR_ARG(a->patterns.at[0].pattern), a->patterns.len - 1);
}

static const char *
state_word(const struct pipeline *p, const struct answer *a)
{
	static const char *const word[] = { "off", "module", "builtin", "-" };

	return a->route ? word[pipeline_state(p, a->route)] : a->module->builtin ? "builtin" : "module";
}

/* Kconfig's side of a symbol. */
struct detail {
	const struct symbol *symbol;
	struct str prompt, depends, selected, value;
	struct place place;
};

static struct str
expression(struct pipeline *p, const struct expr *e)
{
	struct text t = { 0 };
	struct str s;

	expr_print(e, &t);
	s = str_copy(p->keep, text_str(&t));
	text_release(&t);
	return s;
}

static bool
detail_of(struct pipeline *p, const struct kconfig *model, struct str name, struct detail *d)
{
	*d = (struct detail){ .symbol = kconfig_find(model, name), .prompt = STR("") };
	if (!d->symbol || !d->symbol->menus_len)
		return false;
	d->place = d->symbol->menus[0]->place;
	for (size_t i = 0; i < d->symbol->menus_len && !d->prompt.len; i++)
		if (d->symbol->menus[i]->prompt) {
			d->prompt = str_trim(d->symbol->menus[i]->prompt->text);
			d->place = d->symbol->menus[i]->place;
		}
	if (d->symbol->dir_dep != model->yes)
		d->depends = expression(p, d->symbol->dir_dep);
	if (!d->prompt.len && d->symbol->rev_dep != model->no)
		d->selected = expression(p, d->symbol->rev_dep);
	if (p->has_config)
		d->value = dotconfig_value(&p->config, name);
	if (p->has_config && !d->value.len)
		d->value = STR("n");
	return true;
}

/* The firmware that an answer's module names; empty as well where its file cannot be read. */
static struct firmware_list
firmware_of(struct pipeline *p, const struct answer *a)
{
	const struct module *m = a->module ? a->module : a->route ? modules_find(p->modules, a->route->name) : NULL;
	struct firmware_list list = { 0 };

	if (m)
		module_firmware(p->modules, m, p->keep, &list);
	return list;
}

/* The symbols that an answer's own Makefile line, and that of the part asked for, name. */
static struct map
own_symbols(struct pipeline *p, const struct answer *a)
{
	struct map names = { 0 };

	if (a->route)
		cond_symbols(a->route->own, p->keep, &names);
	if (a->route)
		cond_symbols(a->when, p->keep, &names);
	return names;
}

/* A long expression or list is cut: JSON has it whole. */
static void
print_line(const char *what, struct str text, struct text *out)
{
	enum { ENOUGH = 400 };
	size_t n = text.len;

	if (!n)
		return;
	if (n > ENOUGH)
		n = str_rindex(str_take(text, ENOUGH), ' ');
	text_addf(out, "  %s%.*s%s\n", what, (int)n, text.at, n < text.len ? " ..." : "");
}

static void
print_symbol(struct shown *s, struct str name, struct text *out)
{
	struct detail d;

	if (!detail_of(s->p, s->model, name, &d))
		return;
	text_addf(out, "%s%.*s", out->len ? "\n" : "", STR_ARG(name));
	if (d.prompt.len)
		text_addf(out, " \"%.*s\"", STR_ARG(d.prompt));
	text_addf(out, "\n  defined at %.*s:%u\n", STR_ARG(d.place.file), d.place.line);
	print_line("depends on ", d.depends, out);
	if (!d.prompt.len)
		text_addf(out, "  has no prompt: %s\n", d.selected.len ? "what selects it decides" : "its default decides");
	print_line("selected by ", d.selected, out);
	print_line("this kernel: ", d.value, out);
}

static void
print_firmware(struct shown *s, const struct answer *a, struct map *done, struct text *out)
{
	struct str name = a->route ? a->route->name : a->module->name;
	void **slot = map_put(done, s->p->keep, name);
	struct firmware_list list = { 0 };

	if (!*slot)
		list = firmware_of(s->p, a);
	*slot = *slot ? *slot : s;
	if (!list.len)
		return;
	text_addf(out, "\nfirmware of %.*s\n", STR_ARG(name));
	print_line("", str_join(s->p->keep, list.at, list.len, STR(" ")), out);
}

static void
print_details(struct shown *s, struct text *out)
{
	struct map done = { 0 }, loaded = { 0 };

	for (size_t i = 0; i < s->len; i++) {
		if (s->replies[i].symbol)
			map_put(&done, s->p->keep, s->replies[i].symbol->name);
		for (size_t j = 0; s->details && j < s->replies[i].answers.len; j++) {
			struct map names = own_symbols(s->p, &s->replies[i].answers.at[j]);

			for (size_t k = 0; k < names.len; k++)
				map_put(&done, s->p->keep, names.entry[k].key);
		}
	}
	for (size_t i = 0; i < done.len; i++)
		print_symbol(s, done.entry[i].key, out);
	for (size_t i = 0; s->details && i < s->len; i++)
		for (size_t j = 0; j < s->replies[i].answers.len; j++)
			print_firmware(s, &s->replies[i].answers.at[j], &loaded, out);
}

static enum paint
state_paint(struct str state)
{
	return str_is(state, "off") ? PAINT_DOUBT : str_is(state, "-") ? PAINT_NONE : PAINT_GOOD;
}

static void
print_text(struct shown *s, struct text *out)
{
	struct pipeline *p = s->p;
	struct table t = { .keep = p->keep, .head = { "ID", "MODULE", "STATE", "PATH", "ALIAS", "SYMBOLS" },
	                   .limit = { 80, 0, 0, 0, 60, 0 }, .terminal = terminal_of(s->args),
	                   .painted = 2, .paint = state_paint };

	for (size_t i = 0; i < s->len; i++)
		for (size_t j = 0; j < s->replies[i].answers.len; j++) {
			const struct answer *a = &s->replies[i].answers.at[j];

			table_row(&t, (struct str[]){ s->replies[i].id, a->route ? a->route->name : a->module->name,
				str_from(state_word(p, a)), a->route ? a->route->path : a->module->path, shown_patterns(p, a),
				symbols(s, a) });
		}
	table_print(&t, out);
	print_details(s, out);
}

static json_t *
symbol_json(struct shown *s, struct str name)
{
	json_t *o = json_object();
	struct detail d;

	json_object_set_new(o, "symbol", json_str(name));
	if (!detail_of(s->p, s->model, name, &d))
		return o;
	json_object_set_new(o, "prompt", json_str(d.prompt));
	json_object_set_new(o, "file", json_str(d.place.file));
	json_object_set_new(o, "line", json_integer(d.place.line));
	json_object_set_new(o, "depends", json_str(d.depends));
	json_object_set_new(o, "selected_by", json_str(d.selected));
	json_object_set_new(o, "value", json_str(d.value));
	return o;
}

static void
details_json(struct shown *s, const struct answer *a, json_t *answer)
{
	struct firmware_list list = firmware_of(s->p, a);
	json_t *symbols = json_array(), *firmware = json_array();
	struct map names = own_symbols(s->p, a);

	for (size_t i = 0; i < names.len; i++)
		json_array_append_new(symbols, symbol_json(s, names.entry[i].key));
	for (size_t i = 0; i < list.len; i++)
		json_array_append_new(firmware, json_str(list.at[i]));
	json_object_set_new(answer, "kconfig", symbols);
	json_object_set_new(answer, "firmware", firmware);
}

static json_t *
answer_json(struct shown *s, const struct answer *a)
{
	struct pipeline *p = s->p;
	json_t *o = json_object(), *aliases = json_array();

	json_object_set_new(o, "module", json_str(a->route ? a->route->name : a->module->name));
	json_object_set_new(o, "path", json_str(a->route ? a->route->path : a->module->path));
	json_object_set_new(o, "state", json_string(state_word(p, a)));
	if (a->route) {
		json_object_set_new(o, "object", json_str(a->route->object));
		json_object_set_new(o, "symbols", json_str(symbols(s, a)));
		json_object_set_new(o, "makefile", json_str(a->route->makefile));
		json_object_set_new(o, "line", json_integer(a->route->line));
	}
	for (size_t i = 0; i < a->patterns.len; i++)
		json_array_append_new(aliases, json_str(a->patterns.at[i].pattern));
	json_object_set_new(o, "aliases", aliases);
	if (s->details)
		details_json(s, a, o);
	return o;
}

static void
print_json(struct shown *s, struct text *out)
{
	const struct reply *r = s->replies;

	text_add_c(out, "{\n\"format\":\"derpconfig-which\",\n\"version\":1,\n\"ids\":[");
	for (size_t i = 0; i < s->len; i++) {
		json_t *o = json_object(), *answers = json_array();

		json_object_set_new(o, "id", json_str(r[i].id));
		json_object_set_new(o, "kind", json_string(kind_word[r[i].kind]));
		for (size_t j = 0; j < r[i].answers.len; j++)
			json_array_append_new(answers, answer_json(s, &r[i].answers.at[j]));
		json_object_set_new(o, "answers", answers);
		if (r[i].symbol)
			json_object_set_new(o, "kconfig", symbol_json(s, r[i].symbol->name));
		text_add_c(out, i ? ",\n" : "\n");
		json_text(o, out);
		json_decref(o);
	}
	text_add_c(out, "\n]\n}\n");
}

static void
load_model(struct shown *s)
{
	struct pipeline *p = s->p;
	struct kconfig_options o = { .arch = p->kernel.arch, .fat_config = p->kernel.config };
	struct diag quiet = { .keep = p->keep };

	if (!s->model)
		s->model = kconfig_load(p->kernel.tree, &o, p->keep, &quiet);
}

static bool
looks_like_symbol(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", s.at[i]))
			return false;
	return s.len > 0;
}

/* A symbol that builds nothing by itself. The Kconfig files take longer to read than all the rest. */
static void
ask_kconfig(struct shown *s, struct reply *r)
{
	struct str name = without_prefix(r->id);
	const struct symbol *found;

	if (r->answers.len || !looks_like_symbol(name))
		return;
	load_model(s);
	found = s->model ? kconfig_find(s->model, name) : NULL;
	if (!found || !found->menus_len)
		return;
	r->symbol = found;
	r->kind = ID_SYMBOL;
}

/* How many there were no answers for; said on standard error. */
static size_t
report_missing(const struct shown *s)
{
	size_t missing = 0;

	for (size_t i = 0; i < s->len; i++) {
		const struct reply *r = &s->replies[i];
		bool id = r->kind == ID_PCI || r->kind == ID_USB;

		if (!r->answers.len && !r->symbol && ++missing)
			fprintf(stderr, "derpconfig: nothing in kernel %.*s answers to '%.*s'%s\n",
			        STR_ARG(tree_version(s->p->kernel.tree)), STR_ARG(r->id),
			        id ? " by its id; give the device's modalias, which has its class too" : "");
	}
	return missing;
}

static int
answer_all(struct args *a, struct pipeline *p)
{
	enum { FEW = 20 };
	struct reply *r = NEW_ARRAY(a->keep, struct reply, a->len);
	struct shown s = { .args = a, .p = p, .replies = r, .len = a->len };
	struct map *index = NULL;
	struct text out = { 0 };
	int code;

	s.details = a->len <= FEW || args_has(a, "details");
	if (s.details)
		load_model(&s);
	s.details = s.model != NULL;
	for (size_t i = 0; i < a->len; i++) {
		r[i] = ask(p, &index, str_from(a->at[i]));
		ask_kconfig(&s, &r[i]);
	}
	if (args_has(a, "json"))
		print_json(&s, &out);
	else
		print_text(&s, &out);
	code = output(a, text_str(&out));
	text_release(&out);
	if (report_missing(&s) && !code)
		code = EXIT_UNMAPPED;
	return code;
}

static int
run(struct args *a)
{
	struct pipeline *p = pipeline_open(a, STR(""));
	int code;

	if (!p)
		return EXIT_TROUBLE;
	code = answer_all(a, p);
	pipeline_release(p);
	return code;
}

const struct command cmd_which = {
	.name = "which",
	.synopsis = "ID... KERNEL-OPTIONS [--json]",
	.summary = "Tell which module and symbols serve a device, and the other way round",
	.details =
		"An ID is a modalias, a PCI or USB id (8086:15f3, pci:8086:15f3, usb:046d:c52b), a module (e1000e), a source,\n"
		"object or module path of the tree (drivers/net/ethernet/intel/e1000e/netdev.c), a Kconfig symbol (E1000E), or\n"
		"the name of a driver (pcieport). STATE tells whether this kernel has it as a module, in the image (builtin),\n"
		"or not at all (off). For up to 20 IDs, or with --details, Kconfig's prompt, place and dependencies of the symbols,\n"
		"their values in the kernel's configuration, and the firmware that the module names are told as well. Exit\n"
		"code 5 when something answers to no name.",
	.flags = flags,
	.kernel_options = true,
	.min = 1,
	.max = 100000,
	.run = run,
};
