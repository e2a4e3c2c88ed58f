// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report - a proposal as one HTML page that needs nothing else: no network, no script.
 *
 * What could not be mapped stands first; then what the configuration saves, the devices as the tree that they are in
 * sysfs, and the options with their reasons. Folding is by <details>, so keyboards and screen readers can do it too.
 */
#include <string.h>

#include "base/data.h"
#include "cli/savings.h"
#include "cli/terminal.h"

static const struct flag flags[] = {
	{ "output", 'o', "FILE", "where to write the page (default: standard output)" },
	{ "localmodconfig", 0, "FILE", "what make localmodconfig made, to compare with (default: an estimate)" },
	PROPOSAL_FLAGS,
	{ 0 },
};

enum {
	NESTING = 64,     /* devices deeper than this stand beside their parents */
	LABEL = 80,       /* bytes */
};

struct report {
	const struct proposal *p;
	struct arena *keep;
	struct text *out;
	struct column *column; /* the configurations that are compared */
	bool *shown;      /* by device: it, or one below it, has something to say */
	bool *listed;     /* by device: it has been written */
};

/* ---- HTML ---- */

static void
escape(struct str s, struct text *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c == '&')
			text_add_c(out, "&amp;");
		else if (c == '<')
			text_add_c(out, "&lt;");
		else if (c == '>')
			text_add_c(out, "&gt;");
		else if (c == '"')
			text_add_c(out, "&quot;");
		else
			text_add_char(out, c < ' ' && c != '\n' ? '?' : (char)c);
	}
}

static void
tag(struct report *r, const char *open, struct str content, const char *close)
{
	text_add_c(r->out, open);
	escape(content, r->out);
	text_add_c(r->out, close);
}

/* Without a term it goes on the row before. */
static void
row(struct report *r, const char *term, struct str content, bool code)
{
	if (!content.len)
		return;
	if (*term)
		text_addf(r->out, "<dt>%s</dt>", term);
	text_addf(r->out, "<dd>%s", code ? "<code>" : "");
	escape(content, r->out);
	text_addf(r->out, "%s</dd>\n", code ? "</code>" : "");
}

static struct str
taken(struct report *r, struct text *t)
{
	struct str s = str_copy(r->keep, text_str(t));

	text_release(t);
	return s;
}

/* ---- Figures ---- */

/* A configuration that stands in the comparison. */
struct column {
	const char *name;
	struct config *config;
	struct size size;
	bool there;
};

enum { FAT, LOCALMOD, LEAN, COLUMNS };

/* False: in diag. */
static bool
measure(struct report *r)
{
	const char *given = args_value(r->p->mapping->args, "localmodconfig");

	r->column[FAT] = (struct column){ .name = "The kernel's own", .config = r->p->fat };
	r->column[LOCALMOD] = (struct column){
		.name = given ? "make localmodconfig" : "make localmodconfig, estimated",
		.config = given ? config_of_file(r->p, given) : localmod_estimate(r->p),
	};
	r->column[LEAN] = (struct column){ .name = "For this machine", .config = r->p->solution->config };
	for (size_t i = 0; i < COLUMNS; i++)
		if (r->column[i].config)
			r->column[i].there = size_of(r->p, r->column[i].config, &r->column[i].size);
	return !r->p->diag->errors;
}

static void
number(struct report *r, size_t n)
{
	text_addf(r->out, "<td class=\"n\">%zu</td>", n);
}

/* The time, and a bar that is as long as its part of `whole`. */
static void
time_cell(struct report *r, double seconds, double whole)
{
	struct str s = duration(seconds, r->keep);
	double part = whole > 0 ? seconds / whole * 100 : 0;

	text_addf(r->out, "<td class=\"n\">%.*s<span class=\"bar\" aria-hidden=\"true\"><span style=\"width:%.1f%%\">"
	          "</span></span></td>", STR_ARG(s), part > 100 ? 100 : part);
}

static void
sizes_row(struct report *r, const struct column *c)
{
	double whole = r->column[FAT].there ? r->column[FAT].size.seconds : c->size.seconds;

	text_addf(r->out, "<tr%s><th scope=\"row\">%s</th>", c == &r->column[LEAN] ? " class=\"ours\"" : "", c->name);
	time_cell(r, c->size.seconds, whole);
	number(r, c->size.objects);
	number(r, c->size.modules);
	number(r, c->size.y);
	number(r, c->size.m);
	text_add_c(r->out, "</tr>\n");
}

static void
table_begin(struct report *r, const char *label, const char *text, const char *const *head)
{
	text_addf(r->out, "<p>%s</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
	          "<table aria-label=\"%s\">\n<thead><tr>", text, label, text);
	for (size_t i = 0; head[i]; i++)
		text_addf(r->out, "<th scope=\"col\"%s>%s</th>", i ? " class=\"n\"" : "", head[i]);
	text_add_c(r->out, "</tr></thead>\n<tbody>\n");
}

static void
table_end(struct report *r)
{
	text_add_c(r->out, "</tbody></table></div>\n");
}

static void
directory_row(struct report *r, const struct directory *d, double whole)
{
	text_add_c(r->out, "<tr><th scope=\"row\" class=\"path\"><code>");
	escape(d->name, r->out);
	text_add_c(r->out, "</code></th>");
	number(r, d->from.objects);
	number(r, d->to.objects);
	time_cell(r, d->from.seconds - d->to.seconds, whole);
	text_add_c(r->out, "</tr>\n");
}

/* Where the time goes that is saved: the largest parts of the tree, and the rest together. */
static void
directories(struct report *r)
{
	static const char *const head[] = { "Part of the kernel", "its own: objects", "this machine: objects", "time saved", NULL };
	enum { MOST = 15 };
	struct directory_list list = savings_by_directory(r->p, r->column[FAT].config, r->column[LEAN].config);
	struct directory rest = { .name = STR("all others") };
	double largest = list.len ? list.at[0].from.seconds - list.at[0].to.seconds : 0;

	text_add_c(r->out, "<details><summary>Where the time is saved</summary>\n");
	table_begin(r, "Where the time is saved", "Object files by directory", head);
	for (size_t i = 0; i < list.len; i++) {
		const struct directory *d = &list.at[i];

		if (i < MOST && d->from.seconds > d->to.seconds) {
			directory_row(r, d, largest);
			continue;
		}
		rest.from.objects += d->from.objects;
		rest.to.objects += d->to.objects;
		rest.from.seconds += d->from.seconds;
		rest.to.seconds += d->to.seconds;
	}
	directory_row(r, &rest, largest);
	table_end(r);
	text_add_c(r->out, "</details>\n");
}

static void
savings(struct report *r)
{
	static const char *const head[] = { "Configuration", "time to compile", "object files", "modules", "symbols y",
	                                    "symbols m", NULL };

	text_add_c(r->out, "<section aria-labelledby=\"savings\"><h2 id=\"savings\">What is left out</h2>\n");
	table_begin(r, "What is left out", "What has to be compiled, and the time that one core takes for it", head);
	for (size_t i = 0; i < COLUMNS; i++)
		if (r->column[i].there)
			sizes_row(r, &r->column[i]);
	table_end(r);
	text_add_c(r->out, "<p class=\"small\">The time is estimated from the source files: 0.57 seconds each and 0.0125 "
	           "seconds a KiB, as measured for one core; linking is not in it.");
	if (!r->p->fat)
		text_add_c(r->out, " With <code>--config</code> the present kernel's figures stand beside them.");
	else if (!args_has(r->p->mapping->args, "localmodconfig"))
		text_add_c(r->out, " What <code>make localmodconfig</code> would keep is worked out from the "
		           "loaded modules; with <code>--localmodconfig</code> a configuration that it made is shown.");
	text_add_c(r->out, "</p>\n");
	if (r->column[FAT].there && r->column[LEAN].there)
		directories(r);
	text_add_c(r->out, "</section>\n");
}

static void
figure(struct report *r, const char *term, size_t n)
{
	text_addf(r->out, "<div><dt>%s</dt><dd>%zu</dd></div>\n", term, n);
}

static void
words(struct report *r, const char *term, double seconds)
{
	struct str s = duration(seconds, r->keep);

	text_addf(r->out, "<div><dt>%s</dt><dd>%.*s</dd></div>\n", term, STR_ARG(s));
}

static void
figures(struct report *r)
{
	const struct pipeline *map = r->p->mapping;
	size_t devices = 0, bound = 0, unreached = 0;

	for (size_t i = 0; i < map->devices.len; i++) {
		const struct mapped *m = &map->devices.at[i];

		devices += m->device->count;
		bound += m->device->driver.len ? m->device->count : 0;
	}
	for (size_t i = 0; i < r->p->goals.len; i++)
		unreached += !r->p->solution->reached[i];
	text_add_c(r->out, "<dl class=\"figures\">\n");
	text_addf(r->out, "<div%s><dt>not mapped</dt><dd>%zu</dd></div>\n", map->unmapped ? " class=\"lost\"" : "", map->unmapped);
	figure(r, "devices", devices);
	figure(r, "with a driver", bound);
	figure(r, "drivers wanted", map->goals.len);
	figure(r, "options to set", r->p->settings_len);
	figure(r, "wishes left out", unreached);
	if (r->column[LEAN].there)
		words(r, "to compile on one core", r->column[LEAN].size.seconds);
	text_add_c(r->out, "</dl>\n");
}

/* ---- What is missing ---- */

static void
unmapped(struct report *r)
{
	const struct pipeline *map = r->p->mapping;

	text_addf(r->out, "<section class=\"%s\" aria-labelledby=\"unmapped\"><h2 id=\"unmapped\">Not mapped</h2>\n",
	          map->unmapped ? "lost" : "fine");
	if (!map->unmapped)
		text_add_c(r->out, "<p>Nothing: every driver of this machine was found in the kernel.</p>\n");
	else
		text_add_c(r->out, "<ul>\n");
	for (size_t i = 0; i < map->devices.len; i++) {
		const struct mapped *m = &map->devices.at[i];

		if (found_is_mapped(m->found))
			continue;
		tag(r, "<li>", device_label(m->device, r->keep), ", driver ");
		tag(r, "<code>", m->device->driver, "</code>: ");
		tag(r, "", str_from(found_word(m->found)), m->note.len ? "; " : "");
		tag(r, "", m->note, "</li>\n");
	}
	for (size_t i = 0; i < map->lost.len; i++) {
		tag(r, "<li>loaded module <code>", map->lost.at[i].module, "</code>: ");
		tag(r, "", str_from(found_word(map->lost.at[i].found)), "</li>\n");
	}
	if (map->unmapped)
		text_add_c(r->out, "</ul>\n");
	text_add_c(r->out, "</section>\n");
}

static void
left_out(struct report *r)
{
	bool any = false;

	for (size_t i = 0; i < r->p->goals.len; i++) {
		const struct goal *g = &r->p->goals.at[i];

		if (r->p->solution->reached[i])
			continue;
		if (!any)
			text_add_c(r->out, "<section aria-labelledby=\"left\"><h2 id=\"left\">Wishes left out</h2>\n"
			           "<p>Welcome, but against what must be there, or not worth its price.</p>\n<ul>\n");
		any = true;
		tag(r, "<li><code>", g->name, "</code> ");
		tag(r, "(", g->group, "): ");
		tag(r, "", g->reason, "</li>\n");
	}
	if (any)
		text_add_c(r->out, "</ul></section>\n");
}

/* ---- Devices ---- */

/* How the answer builds it: "y", "m", or empty for not at all. */
static const char *
built_as(struct report *r, const struct route *route)
{
	struct config *c = r->p->solution->config;

	if (cond_eval(route->builtin, symbol_value, c))
		return "y";
	return cond_eval(route->module, symbol_value, c) ? "m" : "";
}

static void
device_state(struct report *r, const struct mapped *m)
{
	const char *how = m->routes_len ? built_as(r, m->routes[0]) : "";

	if (!found_is_mapped(m->found))
		text_add_c(r->out, " <span class=\"state lost\">not mapped</span>");
	else if (*how)
		text_addf(r->out, " <span class=\"state on\">%s</span>", *how == 'y' ? "built in" : "module");
	else if (m->device->driver.len)
		text_add_c(r->out, " <span class=\"state none\">not built</span>");
	else if (m->found == FOUND_MATCHES)
		text_add_c(r->out, " <span class=\"state unneeded\">unbound</span>");
}

/* The chains of the symbols that a route's condition names. */
static void
chains(struct report *r, const struct route *route)
{
	struct map names = { 0 };
	bool any = false;

	cond_symbols(route->module, r->keep, &names);
	cond_symbols(route->builtin, r->keep, &names);
	for (size_t i = 0; i < names.len; i++) {
		const struct symbol *s = kconfig_find(r->p->model, names.entry[i].key);
		struct text t = { 0 };

		if (!s || s->type == SYM_UNKNOWN || r->p->why[s->id].kind == WHY_OFF)
			continue;
		why_print(r->p->model, r->p->why, s, &t);
		row(r, any ? "" : "why", str_trim(taken(r, &t)), true);
		any = true;
	}
}

static void
route_rows(struct report *r, const struct mapped *m, size_t i)
{
	const struct route *route = m->routes[i];
	bool module = *built_as(r, route) == 'm';
	struct text t = { 0 };

	row(r, module ? "module" : "object", module ? route->path : route->object, true);
	cond_print(cond_and(&r->p->mapping->pool, module ? route->module : route->builtin, m->when[i]), &t);
	row(r, "symbols", taken(r, &t), true);
	row(r, "Makefile", str_format(r->keep, "%.*s:%u", STR_ARG(route->makefile), route->line), true);
	chains(r, route);
}

/* A label short enough for a line; the whole modalias stands below it. */
static struct str
short_label(struct report *r, const struct device *d)
{
	struct str label = device_label(d, r->keep);
	size_t n = LABEL;

	if (label.len <= LABEL)
		return label;
	while (n && ((unsigned char)label.at[n] & 0xc0) == 0x80)
		n--;
	return str_format(r->keep, "%.*s...", (int)n, label.at);
}

static void
device_item(struct report *r, const struct mapped *m)
{
	const struct device *d = m->device;

	tag(r, "<details><summary>", short_label(r, d), "");
	if (d->count > 1)
		text_addf(r->out, " (%u)", d->count);
	if (d->driver.len)
		tag(r, " <code>", d->driver, "</code>");
	device_state(r, m);
	text_add_c(r->out, "</summary><dl>\n");
	row(r, "path", d->path, true);
	row(r, "modalias", d->modalias, true);
	row(r, "driver", d->driver, true);
	row(r, "found by", str_from(found_word(m->found)), false);
	row(r, "note", m->note, false);
	for (size_t i = 0; i < m->routes_len; i++)
		route_rows(r, m, i);
	for (size_t i = 0; i < m->matches.len; i++)
		row(r, i ? "" : "claimed by", m->matches.at[i].module->name, true);
	text_add_c(r->out, "</dl></details>\n");
}

/* The devices whose parent is `parent`, and those below them. */
static void
device_list(struct report *r, long parent, unsigned depth)
{
	const struct pipeline *map = r->p->mapping;
	bool any = false;

	for (size_t i = parent < 0 ? 0 : (size_t)parent + 1; i < map->devices.len; i++) {
		const struct mapped *m = &map->devices.at[i];

		if (m->device->parent != parent || !r->shown[i] || r->listed[i])
			continue;
		r->listed[i] = true;
		text_add_c(r->out, any ? "<li>" : parent < 0 ? "<ul class=\"tree\">\n<li>" : "<ul>\n<li>");
		any = true;
		device_item(r, m);
		if (depth < NESTING)
			device_list(r, (long)i, depth + 1);
		text_add_c(r->out, "</li>\n");
	}
	if (any)
		text_add_c(r->out, "</ul>\n");
}

static void
devices(struct report *r)
{
	const struct pipeline *map = r->p->mapping;
	size_t n = map->devices.len, quiet = 0;

	r->shown = NEW_ARRAY(r->keep, bool, n + 1);
	r->listed = NEW_ARRAY(r->keep, bool, n + 1);
	for (size_t i = n; i-- > 0;) {
		const struct mapped *m = &map->devices.at[i];
		long parent = m->device->parent;

		r->shown[i] = r->shown[i] || m->found != FOUND_NOTHING_NEEDED;
		if (r->shown[i] && parent >= 0 && (size_t)parent < i)
			r->shown[parent] = true;
	}
	text_add_c(r->out, "<section aria-labelledby=\"devices\"><h2 id=\"devices\">Devices</h2>\n");
	device_list(r, -1, 0);
	text_add_c(r->out, "<ul class=\"tree\">\n");
	for (size_t i = 0; i < n; i++) {
		quiet += !r->shown[i] ? map->devices.at[i].device->count : 0;
		if (!r->shown[i] || r->listed[i])
			continue;
		text_add_c(r->out, "<li>");
		device_item(r, &map->devices.at[i]);
		text_add_c(r->out, "</li>\n");
	}
	text_addf(r->out, "</ul>\n<details><summary>%zu devices that need no driver of their own</summary><ul>\n", quiet);
	for (size_t i = 0; i < n; i++)
		if (!r->shown[i])
			tag(r, "<li>", device_label(map->devices.at[i].device, r->keep), "</li>\n");
	text_add_c(r->out, "</ul></details></section>\n");
}

/* ---- Options ---- */

static void
option_group(struct report *r, struct str group, bool open)
{
	size_t n = 0;

	for (size_t i = 0; i < r->p->settings_len; i++)
		n += str_eq(proposal_group(r->p, r->p->settings[i].sym), group);
	if (!n)
		return;
	text_addf(r->out, "<details%s><summary>", open ? " open" : "");
	escape(group, r->out);
	text_addf(r->out, " (%zu)</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", n);
	escape(group, r->out);
	text_add_c(r->out, "\"><table><thead><tr><th scope=\"col\">Option</th><th scope=\"col\">Value</th>"
	           "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < r->p->settings_len; i++) {
		const struct setting *s = &r->p->settings[i];

		if (!str_eq(proposal_group(r->p, s->sym), group))
			continue;
		tag(r, "<tr><th scope=\"row\"><code>", s->sym->name, "</code></th>");
		tag(r, "<td><code>", s->value, "</code></td>");
		tag(r, "<td>", proposal_reason(r->p, s->sym, r->keep), "</td></tr>\n");
	}
	text_add_c(r->out, "</tbody></table></div></details>\n");
}

static void
options(struct report *r)
{
	struct map seen = { 0 };

	map_index_put(&seen, r->keep, STR("hardware"));
	for (size_t i = 0; i < r->p->settings_len; i++)
		map_index_put(&seen, r->keep, proposal_group(r->p, r->p->settings[i].sym));
	text_add_c(r->out, "<section aria-labelledby=\"options\"><h2 id=\"options\">Options to set</h2>\n");
	for (size_t i = 0; i < seen.len; i++)
		option_group(r, seen.entry[i].key, i == 0);
	text_add_c(r->out, "</section>\n");
}

static void
page(struct report *r)
{
	struct str name = proposal_machine(r->p);
	const struct kconfig *model = r->p->model;

	text_add_c(r->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	           "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
	tag(r, "<title>", name, " - derpconfig</title>\n<style>\n");
	text_add(r->out, data_find("cli/report.css"));
	text_add_c(r->out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#devices\">To the devices</a>\n<header>\n");
	tag(r, "<h1>", name, "</h1>\n");
	tag(r, "<p>Linux ", tree_version(proposal_tree(r->p)), " for ");
	tag(r, "", model->arch, "; made by derpconfig " VERSION ". ");
	text_addf(r->out, "Verified: every goal holds; the cost is %s.</p>\n",
	          r->p->solution->optimal ? "proven the least" : "not proven the least");
	text_add_c(r->out, "<nav aria-label=\"Parts of the page\"><ul><li><a href=\"#unmapped\">Not mapped</a></li>"
	           "<li><a href=\"#savings\">What is left out</a></li><li><a href=\"#devices\">Devices</a></li>"
	           "<li><a href=\"#options\">Options to set</a></li></ul></nav>\n</header>\n<main>\n");
	figures(r);
	unmapped(r);
	savings(r);
	devices(r);
	options(r);
	left_out(r);
	text_add_c(r->out, "</main>\n</body>\n</html>\n");
}

static int
run(struct args *a)
{
	struct proposal p = { 0 };
	struct text out = { 0 };
	struct report r = { .p = &p, .keep = a->keep, .out = &out, .column = NEW_ARRAY(a->keep, struct column, COLUMNS) };
	int code = proposal_make(a, &p), written;

	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	progress("weighing what it saves");
	if (!measure(&r))
		return EXIT_TROUBLE;
	page(&r);
	written = output(a, text_str(&out));
	text_release(&out);
	return written ? written : code;
}

const struct command cmd_report = {
	.name = "report", .synopsis = "[DUMP...] [KERNEL-OPTIONS] [-o FILE]",
	.summary = "Write one HTML page about a machine, its drivers and the options they need",
	.details = "The page needs no network and no script. What could not be mapped stands first; then what there is to "
	           "compile and how long one core takes for it, beside the kernel's own configuration (--config) and what "
	           "make localmodconfig makes of it; the devices as a tree; and every option with its reason.",
	.flags = flags, .kernel_options = true, .max = 1000, .run = run,
};
