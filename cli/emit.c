// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/emit.h"

#include <string.h>

#include "base/json.h"

/* ---- text forms ---- */

static void
add_line(struct text *out, const struct symbol *s, struct str value)
{
	if (s->type != SYM_STRING) {
		text_addf(out, "CONFIG_%.*s=%.*s\n", STR_ARG(s->name), STR_ARG(value));
		return;
	}
	text_addf(out, "CONFIG_%.*s=\"", STR_ARG(s->name));
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '"' || value.at[i] == '\\')
			text_add_char(out, '\\');
		text_add_char(out, value.at[i]);
	}
	text_add_c(out, "\"\n");
}

static void
add_header(const struct proposal *p, const char *what, struct text *out)
{
	const struct solution *s = p->solution;

	text_addf(out, "# %s made by derpconfig " VERSION " for %.*s, kernel %.*s %.*s.\n", what,
	          STR_ARG(proposal_machine(p)), STR_ARG(p->model->arch), STR_ARG(tree_version(proposal_tree(p))));
	text_addf(out, "# Verified: every goal holds. Cost %llu, %s.\n", (unsigned long long)s->cost,
	          s->optimal ? "proven the least" : "not proven the least");
}

/* The groups in order of first appearance, hardware first. */
static size_t
list_groups(const struct proposal *p, struct arena *a, struct str **out)
{
	struct map seen = { 0 };

	map_index_put(&seen, a, STR("hardware"));
	for (size_t i = 0; i < p->settings_len; i++)
		map_index_put(&seen, a, proposal_group(p, p->settings[i].sym));
	*out = NEW_ARRAY(a, struct str, seen.len);
	for (size_t i = 0; i < seen.len; i++)
		(*out)[i] = seen.entry[i].key;
	return seen.len;
}

static void
write_fragment(const struct proposal *p, struct arena *a, struct text *out)
{
	struct str *groups;
	size_t n = list_groups(p, a, &groups);

	add_header(p, "Kconfig fragment", out);
	text_add_c(out, "# Use: make allnoconfig KCONFIG_ALLCONFIG=THIS_FILE\n");
	for (size_t g = 0; g < n; g++) {
		bool any = false;

		for (size_t i = 0; i < p->settings_len; i++) {
			const struct setting *s = &p->settings[i];

			if (!str_eq(proposal_group(p, s->sym), groups[g]))
				continue;
			if (!any)
				text_addf(out, "\n## %.*s\n", STR_ARG(groups[g]));
			any = true;
			text_addf(out, "# %.*s\n", STR_ARG(proposal_reason(p, s->sym, a)));
			add_line(out, s->sym, s->value);
		}
	}
}

/* The whole .config as conf writes it, a reason above every line that was decided for this machine. */
static void
write_dotconfig(const struct proposal *p, struct arena *a, struct text *out)
{
	struct text plain = { 0 };
	struct str rest, line;

	add_header(p, "Configuration", out);
	config_write(p->solution->config, &plain);
	rest = text_str(&plain);
	while (str_next_line(&rest, &line)) {
		if (str_starts(line, STR("CONFIG_"))) {
			struct str name = str_drop(str_take(line, str_index(line, '=')), 7);
			const struct symbol *s = kconfig_find(p->model, name);

			if (s && p->why[s->id].kind != WHY_BASE && p->why[s->id].kind != WHY_OFF)
				text_addf(out, "# %.*s: %.*s\n", STR_ARG(name), STR_ARG(proposal_reason(p, s, a)));
		}
		text_addf(out, "%.*s\n", STR_ARG(line));
	}
	text_release(&plain);
}

/* ---- JSON ---- */

static json_t *
setting_json(const struct proposal *p, const struct setting *s, struct arena *a)
{
	const struct why *y = &p->why[s->sym->id];
	json_t *o = json_object();

	json_object_set_new(o, "symbol", json_str(s->sym->name));
	json_object_set_new(o, "value", json_str(s->value));
	json_object_set_new(o, "group", json_str(proposal_group(p, s->sym)));
	json_object_set_new(o, "reason", json_str(proposal_reason(p, s->sym, a)));
	if (y->by)
		json_object_set_new(o, "for", json_str(y->by->name));
	return o;
}

/* Which of several machines ask for it. */
static void
add_machines(json_t *o, const struct proposal *p, size_t goal)
{
	for (size_t i = 0; p->parties_len > 1 && i < p->demands.len; i++) {
		const struct demand *d = &p->demands.at[i];
		json_t *names = d->goal == goal ? json_array() : NULL;

		for (size_t k = 0; names && k < d->parties.len; k++)
			json_array_append_new(names, json_str(d->parties.at[k]));
		if (names)
			json_object_set_new(o, "machines", names);
	}
}

static json_t *
goal_json(const struct proposal *p, size_t i)
{
	const struct goal *g = &p->goals.at[i];
	struct text cond = { 0 };
	json_t *o = json_object();

	cond_print(g->cond, &cond);
	json_object_set_new(o, "goal", json_str(g->name));
	json_object_set_new(o, "reason", json_str(g->reason));
	json_object_set_new(o, "group", json_str(g->group));
	json_object_set_new(o, "condition", json_str(text_str(&cond)));
	json_object_set_new(o, "required", json_boolean(g->worth == 0));
	json_object_set_new(o, "reached", json_boolean(p->solution->reached[i]));
	add_machines(o, p, i);
	text_release(&cond);
	return o;
}

static void
add_array(struct text *out, const char *name, bool last, size_t n, json_t *(*item)(const struct proposal *, size_t, struct arena *),
          const struct proposal *p, struct arena *a)
{
	text_addf(out, "\"%s\": [", name);
	for (size_t i = 0; i < n; i++) {
		json_t *o = item(p, i, a);

		text_add_c(out, i ? ",\n" : "\n");
		json_text(o, out);
		json_decref(o);
	}
	text_addf(out, "\n]%s\n", last ? "" : ",");
}

static json_t *
nth_setting(const struct proposal *p, size_t i, struct arena *a)
{
	return setting_json(p, &p->settings[i], a);
}

static json_t *
nth_goal(const struct proposal *p, size_t i, struct arena *a)
{
	(void)a;
	return goal_json(p, i);
}

static void
write_json(const struct proposal *p, struct arena *a, struct text *out)
{
	const struct solution *s = p->solution;
	json_t *name = json_str(proposal_machine(p)), *kernel = json_str(tree_version(proposal_tree(p)));

	text_add_c(out, "{\n\"format\": \"derpconfig-plan\",\n\"version\": 1,\n\"machine\": ");
	json_text(name, out);
	text_add_c(out, ",\n\"kernel\": ");
	json_text(kernel, out);
	text_addf(out, ",\n\"arch\": \"%.*s\",\n\"cost\": %llu,\n\"bound\": %llu,\n", STR_ARG(p->model->arch),
	          (unsigned long long)s->cost, (unsigned long long)s->bound);
	add_array(out, "settings", false, p->settings_len, nth_setting, p, a);
	add_array(out, "goals", true, p->goals.len, nth_goal, p, a);
	text_add_c(out, "}\n");
	json_decref(name);
	json_decref(kernel);
}

/* ---- the whole ---- */

static const struct { const char *name; void (*write)(const struct proposal *, struct arena *, struct text *); } forms[] = {
	{ "nix", NULL }, { "kconfig", write_fragment }, { "dotconfig", write_dotconfig }, { "json", write_json },
};
enum { FORMS = sizeof(forms) / sizeof(*forms) };

static size_t
form_of(const struct args *a)
{
	const char *format = args_value(a, "format");

	for (size_t i = 0; format && i < FORMS; i++)
		if (strcmp(format, forms[i].name) == 0)
			return i;
	return format ? FORMS : 0;
}

bool
emit_check(struct args *a)
{
	if (form_of(a) < FORMS)
		return true;
	usage_error(a, "unknown format '%s': nix, kconfig, dotconfig or json", args_value(a, "format"));
	return false;
}

int
emit(struct args *a, const struct proposal *p)
{
	size_t form = form_of(a);
	struct text out = { 0 };
	int code = EXIT_FINE;

	if (forms[form].write)
		forms[form].write(p, a->keep, &out);
	else
		code = nixpatch_write(a, p, &out);
	if (code == EXIT_FINE)
		code = output(a, text_str(&out));
	text_release(&out);
	return code;
}
