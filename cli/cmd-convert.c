// SPDX-License-Identifier: GPL-2.0-or-later
/* convert - the difference of two configurations as options of nixpkgs, and the way back. */
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/model.h"
#include "cli/nixcommon.h"
#include "cli/nixplan.h"
#include "nixout/nix.h"
#include "nixout/settings.h"

static const struct flag flags[] = {
	{ "from", 0, "FORM", "config (.config, savedefconfig, config.gz) or nix-answers, as text or JSON (default: by looking)" },
	{ "format", 0, "FORM", "options (structuredExtraConfig; default), module (a NixOS module), answers, plan (base and answers), config" },
	{ "defconfig", 0, "WORDS", "with one file: the configuration it is compared with (default: allnoconfig)" },
	{ "common", 0, "FILE|NIXPKGS", "NixOS' common config, which the options stand beside: answers, or a nixpkgs to ask" },
	{ "linux", 0, "ATTR", "the kernel's attribute below pkgs (default: linux_MAJOR_MINOR of the tree)" },
	{ "auto-modules", 0, NULL, "the options are for a run with autoModules = true" },
	{ "all", 0, NULL, "write the options that change nothing as well" },
	{ "nixpkgs", 0, "RELEASE", "24.11, 25.05, 25.11, ... or unstable: how the attribute is named (default: unstable)" },
	MODEL_FLAGS,
	{ "output", 'o', "FILE", "write to FILE" },
	{ 0 },
};

enum form { FORM_CONFIG, FORM_ANSWERS };

/* A configuration as it was given. */
struct given_config {
	struct source src;
	enum form form;
	struct dotconfig config;
	struct answers answers;
};

/* "CONFIG_" or "# CONFIG_" in front of some line makes it a .config. */
static enum form
form_of(struct str text)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (str_starts(line, STR("CONFIG_")) || str_starts(line, STR("# CONFIG_")))
			return FORM_CONFIG;
	return FORM_ANSWERS;
}

static bool
read_given(struct args *a, const char *path, struct given_config *g)
{
	const char *from = args_value(a, "from");

	*g = (struct given_config){ .src.name = str_from(path) };
	if (from && strcmp(from, "config") != 0 && strcmp(from, "nix-answers") != 0)
		return usage_error(a, "--from is config or nix-answers, not '%s'", from), false;
	if (!read_input(a, path, "configuration", &g->src.text))
		return false;
	g->form = !from ? form_of(g->src.text) : strcmp(from, "config") == 0 ? FORM_CONFIG : FORM_ANSWERS;
	if (g->form == FORM_CONFIG)
		dotconfig_parse(&g->config, &g->src, a->keep, a->diag);
	else
		settings_parse(&g->answers, &g->src, a->keep, a->diag);
	return a->diag->errors == 0;
}

/* The answers as .config lines: what looks like a number or tristate is one, the rest are strings. */
static void
print_as_config(const struct answers *answers, struct text *out)
{
	for (size_t i = 0; i < answers_len(answers); i++) {
		const struct answer *an = answers_at(answers, i);
		uint64_t number;
		bool plain = str_is(an->value, "y") || str_is(an->value, "m") || str_number(an->value, 0, &number);

		if (str_is(an->value, "n")) {
			text_addf(out, "# CONFIG_%.*s is not set\n", STR_ARG(an->name));
			continue;
		}
		text_addf(out, "CONFIG_%.*s=%s", STR_ARG(an->name), plain ? "" : "\"");
		for (size_t j = 0; j < an->value.len; j++) {
			if (!plain && (an->value.at[j] == '"' || an->value.at[j] == '\\'))
				text_add_char(out, '\\');
			text_add_char(out, an->value.at[j]);
		}
		text_add_c(out, plain ? "\n" : "\"\n");
	}
}

/* .config text of either form. */
static struct str
config_text_of(struct args *a, const struct given_config *g)
{
	struct text t = { 0 };
	struct str s;

	if (g->form == FORM_CONFIG)
		return g->src.text;
	print_as_config(&g->answers, &t);
	s = str_copy(a->keep, text_str(&t));
	text_release(&t);
	return s;
}

/* ---- without a tree: the lines that differ ---- */

struct option_list { VEC(struct option) list, late; }; /* late: of --format module, behind the platform's answers */

static void
add_option(struct args *a, struct option_list *out, struct str name, struct str value, bool optional)
{
	bool tri = str_is(value, "y") || str_is(value, "m") || str_is(value, "n");

	vec_push(a->keep, &out->list, ((struct option){
		.name = name, .value = value, .type = tri ? OPTION_TRISTATE : OPTION_VALUE, .optional = optional }));
}

static void
options_of_answers(struct args *a, const struct answers *answers, struct option_list *out)
{
	for (size_t i = 0; i < answers_len(answers); i++) {
		const struct answer *an = answers_at(answers, i);

		add_option(a, out, an->name, an->value, an->optional);
	}
}

static void
diff_lines(struct args *a, const struct dotconfig *old, const struct dotconfig *new, struct option_list *out)
{
	for (size_t i = 0; i < dotconfig_len(new); i++) {
		const struct dotconfig_line *l = dotconfig_at(new, i);

		if (!str_eq(dotconfig_value(old, l->name), l->value))
			add_option(a, out, l->name, l->value, false);
	}
	for (size_t i = 0; i < dotconfig_len(old); i++) {
		const struct dotconfig_line *l = dotconfig_at(old, i);

		if (!dotconfig_get(new, l->name) && (str_is(l->value, "y") || str_is(l->value, "m")))
			add_option(a, out, l->name, STR("n"), true);
	}
}

/* ---- with a tree: what the run needs to get from one to the other ---- */

/* `told`: where messages about its lines go; also about symbols that this tree does not have. */
static struct config *
load_config(struct args *a, const struct kconfig *k, const struct given_config *g, struct diag *told)
{
	struct config *c = config_new(k, a->keep);
	struct source src = { g->src.name, config_text_of(a, g) };

	config_load(c, &src, CONFIG_READ_UNKNOWN, told);
	config_apply_mode(c, MODE_OLDDEF);
	return c;
}

static struct str
written(struct args *a, struct config *c)
{
	struct text t = { 0 };
	struct str s;

	config_write(c, &t);
	s = str_copy(a->keep, text_str(&t));
	text_release(&t);
	return s;
}

static const char *
why_text(const struct plan_line *l)
{
	switch (l->why) {
	case LINE_GOAL: case LINE_GOAL_FREE: return "asked for";
	case LINE_ORDER: return "on by default";
	case LINE_FORCE: return l->late ? "the platform says otherwise" : "the common config says otherwise";
	case LINE_UNSET: return "nobody asks for it here";
	case LINE_VALUE: case LINE_FREE: break;
	}
	return "";
}

static void
options_of_plan(struct args *a, const struct nix_plan *plan, struct option_list *out)
{
	for (size_t i = 0; i < plan->lines.len; i++) {
		struct option o = plan_option(&plan->lines.at[i]);

		o.reason = str_from(why_text(&plan->lines.at[i]));
		if (plan->lines.at[i].late)
			vec_push(a->keep, &out->late, o);
		else
			vec_push(a->keep, &out->list, o);
	}
}

static void
tell_plan(struct args *a, const struct nix_plan *plan)
{
	struct text t = { 0 };

	for (size_t i = 0; i < plan->missed.len && i < 20; i++)
		diag_warn(a->diag, STR(""), 0, "%.*s becomes %.*s, not %.*s", STR_ARG(plan->missed.at[i].sym->name),
		          STR_ARG(plan->missed.at[i].got), STR_ARG(plan->missed.at[i].wanted));
	for (size_t i = 0; i < plan->outcome.problems.list.len; i++) {
		t.len = 0;
		problem_print(&plan->outcome.problems.list.at[i], &t);
		diag_warn(a->diag, STR(""), 0, "%s", t.at);
	}
	text_release(&t);
}

static int
convert_with_tree(struct args *a, const struct model *m, const struct given_config *old,
                  const struct given_config *new, struct nix_plan *plan)
{
	const char *words = args_value(a, "defconfig"), *common = args_value(a, "common"), *format = args_value(a, "format");
	struct diag ignored = { .keep = a->keep };
	struct answers beside = { 0 }, platform = { 0 };
	struct nix_target t = { .auto_modules = args_has(a, "auto-modules"), .everything = args_has(a, "all") };
	bool proven;

	if (common && !nixcommon_read(a, m->tree, m->kconfig->arch, &beside))
		return EXIT_TROUBLE;
	t.model = m->kconfig;
	t.tree = m->tree;
	t.words = str_from(words ? words : "allnoconfig");
	t.solved = load_config(a, m->kconfig, new, a->diag);
	t.base = old ? written(a, load_config(a, m->kconfig, old, &ignored)) : STR("");
	if (format && strcmp(format, "module") == 0)
		nixcommon_platform(m->kconfig->arch, a->keep, &platform, &beside);
	t.common = &beside;
	t.platform = &platform;
	proven = nix_plan(&t, a->keep, a->diag, plan);
	if (!proven)
		tell_plan(a, plan);
	fprintf(stderr, "%zu options, %zu lines in the base, %zu simulations\n", plan->lines.len, plan->seed_len,
	        plan->simulations);
	return proven ? EXIT_FINE : EXIT_UNVERIFIED;
}

/* ---- output ---- */

/* For scripts: the lines of the base, "---", the answers. */
static void
write_plan(const struct nix_module *m, struct text *out)
{
	text_add(out, m->seed);
	text_add_c(out, "---\n");
	nix_write_answers(m->options, m->options_len, out);
}

/* What the answers can't reach alone has to stand in OLD already. */
static void
note_seed(struct str seed, struct text *out)
{
	struct str line;

	if (!seed.len)
		return;
	text_add_c(out, "# These lines have to be in the base configuration; the run would refuse an answer otherwise:\n");
	while (str_next_line(&seed, &line))
		text_addf(out, "#   %.*s\n", STR_ARG(line));
}

static int
write_out(struct args *a, const struct option_list *options, struct str seed)
{
	const char *format = args_value(a, "format"), *release = args_value(a, "nixpkgs");
	struct nix_module m = { .options = options->list.at, .options_len = options->list.len, .seed = seed,
	                        .late = options->late.at, .late_len = options->late.len,
	                        .defconfig = STR("allnoconfig"), .kernel = STR("linux") };
	struct text out = { 0 };
	int r = EXIT_TROUBLE;

	if (!nixpkgs_release(str_from(release ? release : "unstable"), &m.release))
		return usage_error(a, "--nixpkgs is a release like 25.11 or unstable, not '%s'", release);
	if (format && strcmp(format, "answers") == 0) {
		nix_write_answers(m.options, m.options_len, &out);
	} else if (format && strcmp(format, "plan") == 0) {
		write_plan(&m, &out);
	} else if (format && strcmp(format, "module") == 0) {
		nix_write(&m, &out, a->diag);
	} else if (!format || strcmp(format, "options") == 0) {
		note_seed(seed, &out);
		text_add_c(&out, "with lib.kernel; {\n");
		nix_write_options(m.options, m.options_len, 2, &out, a->diag);
		text_add_c(&out, "}\n");
	} else {
		return usage_error(a, "--format is options, module, answers, plan or config, not '%s'", format);
	}
	if (a->diag->errors == 0)
		r = output(a, text_str(&out));
	text_release(&out);
	return r;
}

static int
convert(struct args *a, const struct model *m, const struct given_config *old, const struct given_config *new)
{
	const char *format = args_value(a, "format");
	struct option_list options = { 0 };
	struct nix_plan plan = { 0 };
	int r = EXIT_FINE, w;

	if (old && format && strcmp(format, "module") == 0)
		return usage_error(a, "--format module goes with one configuration: a module starts from what make makes");
	if (format && strcmp(format, "config") == 0)
		return output(a, m->kconfig ? written(a, load_config(a, m->kconfig, new, a->diag)) : config_text_of(a, new));
	if (m->kconfig) {
		r = convert_with_tree(a, m, old, new, &plan);
		options_of_plan(a, &plan, &options);
	} else if (old && old->form == FORM_CONFIG && new->form == FORM_CONFIG) {
		diff_lines(a, &old->config, &new->config, &options);
	} else if (!old && new->form == FORM_ANSWERS) {
		options_of_answers(a, &new->answers, &options);
	} else {
		return usage_error(a, "give OLD and NEW as .config, or --kernel TREE");
	}
	if (r == EXIT_TROUBLE)
		return r;
	w = write_out(a, &options, plan.seed);
	return w > r ? w : r;
}

static int
run(struct args *a)
{
	struct given_config first, second;
	struct model m = { 0 };
	bool two = a->len == 2;
	int r;

	if (!read_given(a, a->at[0], &first) || (two && !read_given(a, a->at[1], &second)))
		return EXIT_TROUBLE;
	if (args_value(a, "kernel") && !model_open(a, &m))
		return EXIT_TROUBLE;
	r = convert(a, &m, two ? &first : NULL, two ? &second : &first);
	model_close(&m);
	return r;
}

const struct command cmd_convert = {
	.name = "convert", .synopsis = "[OLD] NEW [--kernel TREE]",
	.summary = "Turn a configuration, or the difference of two, into nixpkgs options, and back",
	.details = "With --kernel the options are found by playing nixpkgs' run: applied to OLD (or to what --defconfig "
	           "makes) they give NEW exactly; exit 4 where they can't. Without a tree the lines that differ are "
	           "written. Files are .config, savedefconfig, config.gz, or nixpkgs' answer text.",
	.flags = flags, .kernel_options = true, .min = 1, .max = 2, .run = run,
};
