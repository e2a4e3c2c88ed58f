// SPDX-License-Identifier: GPL-2.0-or-later
/* simulate - would nixpkgs' configuration run accept these answers? */
#include <stdio.h>

#include "base/json.h"
#include "cli/args.h"
#include "cli/model.h"
#include "cli/nixsim.h"
#include "nixout/settings.h"

static const struct flag flags[] = {
	{ "answers", 0, "FILE", "answer text ('NAME value' or 'NAME? value' a line) or the JSON of kernel.configfile's kernelConfig or structuredConfig" },
	{ "defconfig", 0, "WORDS", "what the run starts from, as nixpkgs' defconfig argument (default: defconfig)" },
	{ "base", 0, "FILE", "start from this .config instead" },
	{ "seed", 0, "FILE", "lines for the base: KCONFIG_ALLCONFIG's of --defconfig, said anew on top of --base" },
	{ "auto-modules", 0, NULL, "answer m where it is offered (autoModules = true)" },
	{ "prefer-builtin", 0, NULL, "... unless y is the default (preferBuiltin = true)" },
	{ "ignore-errors", 0, NULL, "only warn of answers that did not hold (ignoreConfigErrors = true)" },
	MODEL_FLAGS,
	{ "json", 'j', NULL, "print what it complains of as JSON (docs/formats.md)" },
	{ "output", 'o', "FILE", "write the final .config to FILE, - for standard output" },
	{ 0 },
};

static void
count(struct config *c, size_t *y, size_t *m)
{
	const struct kconfig *k = config_model(c);

	*y = *m = 0;
	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *s = k->symbols[i];
		enum tri v = s->constant || s->is_choice ? TRI_N : config_tri(c, s);

		*y += v == TRI_Y;
		*m += v == TRI_M;
	}
}

static json_t *
problem_json(const struct problem *p)
{
	json_t *o = json_object();
	struct text t = { 0 };

	problem_print(p, &t);
	json_object_set_new(o, "name", json_str(p->name));
	json_object_set_new(o, "line", json_integer(p->line));
	json_object_set_new(o, "fatal", json_boolean(p->fatal));
	json_object_set_new(o, "message", json_str(text_str(&t)));
	text_release(&t);
	return o;
}

/* To standard output; -o is for the .config. */
static int
print_json(const struct args *a, const struct nix_outcome *o)
{
	struct args plain = { .keep = a->keep };
	struct text out = { 0 };
	size_t y, m;
	int r;

	count(o->config, &y, &m);
	text_addf(&out, "{\"format\":\"derpconfig-simulation\",\"version\":1,\"questions\":%zu,\"died\":%s,\"y\":%zu,"
	          "\"m\":%zu,\"problems\":[", o->questions, o->died ? "true" : "false", y, m);
	for (size_t i = 0; i < o->problems.list.len; i++) {
		json_t *j = problem_json(&o->problems.list.at[i]);

		text_add_c(&out, i ? ",\n" : "\n");
		json_text(j, &out);
		json_decref(j);
	}
	text_add_c(&out, "\n]}\n");
	r = output(&plain, text_str(&out));
	text_release(&out);
	return r;
}

/* The problems with the answers' lines, then one line in all. */
static void
report(struct args *a, const struct nix_outcome *o)
{
	struct str file = str_from(args_value(a, "answers"));
	size_t y, m;
	struct text t = { 0 };

	for (size_t i = 0; i < o->problems.list.len; i++) {
		const struct problem *p = &o->problems.list.at[i];

		t.len = 0;
		problem_print(p, &t);
		diag_add(a->diag, p->fatal ? DIAG_ERROR : DIAG_WARNING, file, p->line, "%s", t.at);
	}
	text_release(&t);
	count(o->config, &y, &m);
	fprintf(stderr, "%zu questions, %zu errors, %zu warnings: %zu y, %zu m%s\n", o->questions, o->fatal,
	        o->problems.list.len - o->fatal, y, m, o->died ? ", when the run died" : "");
}

static bool
find_base(struct args *a, const struct model *m, struct str *base)
{
	const char *words = args_value(a, "defconfig"), *file = args_value(a, "base"), *more = args_value(a, "seed");
	struct str seed = STR("");

	if (more && !read_input(a, more, "lines for the base", &seed))
		return false;
	if (!file)
		return nix_base(m->kconfig, m->tree, str_from(words ? words : "defconfig"), seed, a->keep, a->diag, base);
	if (!read_input(a, file, "base", base))
		return false;
	if (seed.len)
		*base = nix_merge(m->kconfig, *base, seed, a->keep);
	return true;
}

static int
simulate(struct args *a, const struct model *m)
{
	struct answers answers = { 0 };
	struct source src = { .name = str_from(args_value(a, "answers")) };
	struct nix_run run = {
		.answers = &answers, .auto_modules = args_has(a, "auto-modules"),
		.prefer_builtin = args_has(a, "prefer-builtin"), .ignore_errors = args_has(a, "ignore-errors"),
	};
	struct nix_outcome o;
	int r = EXIT_FINE;

	if (!read_input(a, args_value(a, "answers"), "answers", &src.text))
		return EXIT_TROUBLE;
	settings_parse(&answers, &src, a->keep, a->diag);
	if (a->diag->errors || !find_base(a, m, &run.base))
		return EXIT_TROUBLE;
	nix_simulate(m->kconfig, &run, a->keep, &o);
	report(a, &o);
	if (args_has(a, "json"))
		r = print_json(a, &o);
	if (r == EXIT_FINE && !o.died && args_value(a, "output"))
		r = output(a, o.dotconfig);
	return r == EXIT_FINE && o.fatal ? EXIT_UNVERIFIED : r;
}

static int
run(struct args *a)
{
	struct model m;
	int r;

	if (!args_value(a, "answers"))
		return usage_error(a, "--answers FILE is missing");
	if (args_has(a, "json") && args_value(a, "output") && str_is(str_from(args_value(a, "output")), "-"))
		return usage_error(a, "--json and -o - would both write to standard output");
	if (!model_open(a, &m))
		return EXIT_TROUBLE;
	r = simulate(a, &m);
	model_close(&m);
	return r;
}

const struct command cmd_simulate = {
	.name = "simulate", .synopsis = "--answers FILE --kernel TREE [--defconfig WORDS]",
	.summary = "Play nixpkgs' kernel configuration run and tell what it would complain of",
	.details = "Two passes of 'make config' answered by name, as nixpkgs' generate-config.pl does, then its final "
	           "check. What costs a build there takes a moment here. Exit 4: the run would fail.",
	.flags = flags, .kernel_options = true, .run = run,
};
