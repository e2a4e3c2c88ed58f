// SPDX-License-Identifier: GPL-2.0-or-later
/* built - what would `make` build for a configuration? */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/args.h"
#include "kbuild/kbuild.h"
#include "nixout/dotconfig.h"

static const struct flag flags[] = {
	{ "builtin", 'b', NULL, "built-in objects too, with their sources: OBJECT TAB SOURCE..." },
	{ "map", 0, NULL, "no configuration: every object the tree can build, and when" },
	{ "files", 0, NULL, "no configuration: the Makefiles that say so" },
	{ "json", 'j', NULL, "print JSON (docs/formats.md)" },
	{ "output", 'o', "FILE", "write to FILE" },
	{ 0 },
};

/* ARCH= for a machine, as scripts/subarch.include has it. */
static const char *
machine_arch(struct arena *keep)
{
	static const char *const names[][2] = {
		{ "aarch64", "arm64" }, { "arm", "arm" }, { "i?86", "i386" }, { "loongarch", "loongarch" }, { "mips", "mips" },
		{ "parisc", "parisc" }, { "ppc", "powerpc" }, { "riscv", "riscv" }, { "s390", "s390" }, { "sa110", "arm" },
		{ "sh", "sh" }, { "sparc", "sparc" }, { "sun4u", "sparc64" },
	};
	struct utsname u;

	if (uname(&u) < 0)
		return "x86_64";
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strncmp(u.machine, names[i][0], strlen(names[i][0])) == 0)
			return names[i][1];
	return str_c(keep, str_from(u.machine));
}

static struct str
symbol_value(void *ctx, struct str symbol)
{
	struct str v = dotconfig_value(ctx, symbol);

	return str_is(v, "n") ? STR("") : v;
}

/* One member of an array a line. */
static void
item(struct text *out, size_t i, json_t *j)
{
	text_add_c(out, i ? ",\n" : "\n");
	json_text(j, out);
	json_decref(j);
}

static json_t *
object_json(const struct built_object *o)
{
	json_t *j = json_object(), *parts = json_array();

	for (size_t i = 0; i < o->parts.len; i++)
		if (o->parts.at[i].when->kind == COND_TRUE)
			json_array_append_new(parts, json_str(o->parts.at[i].object));
	json_object_set_new(j, "object", json_str(o->object));
	json_object_set_new(j, "parts", parts);
	return j;
}

static void
built_json(const struct built *b, bool builtin, struct text *out)
{
	text_add_c(out, "{\"format\":\"derpconfig-built\",\"version\":1,\n\"modules\":[");
	for (size_t i = 0; i < b->modules; i++)
		item(out, i, json_str(b->module[i]));
	if (builtin)
		text_add_c(out, "\n],\n\"objects\":[");
	for (size_t i = 0; builtin && i < b->objects; i++)
		item(out, i, object_json(&b->object[i]));
	text_add_c(out, "\n]}\n");
}

static void
print_object(const struct built_object *o, struct text *out)
{
	text_add(out, o->object);
	for (size_t i = 0; i < o->parts.len; i++) {
		const struct part *p = &o->parts.at[i];

		if (p->when->kind == COND_TRUE)
			text_addf(out, "%s%.*s", i ? " " : "\t", STR_ARG(p->object));
	}
	text_add_char(out, '\n');
}

static int
print_built(struct args *a, struct tree *tree, struct str arch, struct text *out)
{
	const char *path = args_value(a, "config");
	struct source src = { .name = str_from(path) };
	struct dotconfig dc = { 0 };
	struct built built;
	int r = file_read_unpacked(a->keep, path, &src.text);

	if (r < 0) {
		diag_error(a->diag, src.name, 0, "cannot read the configuration: %s", strerror(-r));
		return EXIT_TROUBLE;
	}
	source_check_end(&src, a->diag);
	dotconfig_parse(&dc, &src, a->keep, a->diag);
	if (!kbuild_built(tree, arch, symbol_value, &dc, a->keep, a->diag, &built))
		return EXIT_TROUBLE;
	if (args_has(a, "json")) {
		built_json(&built, args_has(a, "builtin"), out);
		return EXIT_FINE;
	}
	for (size_t i = 0; i < built.modules; i++)
		text_addf(out, "%.*s\n", STR_ARG(built.module[i]));
	for (size_t i = 0; args_has(a, "builtin") && i < built.objects; i++)
		print_object(&built.object[i], out);
	return EXIT_FINE;
}

static void
print_files(struct kbuild *k, struct text *out)
{
	struct name_list files = kbuild_files(k);

	for (size_t i = 0; i < files.len; i++)
		text_addf(out, "%.*s\n", STR_ARG(files.at[i]));
}

/* PATH OWN GATES MODULE BUILTIN FILE:LINE, one object a line */
static void
print_map(struct kbuild *k, struct text *out)
{
	struct route_list routes = kbuild_routes(k);

	for (size_t i = 0; i < routes.len; i++) {
		const struct route *r = routes.at[i];
		const struct cond *const c[] = { r->own, r->gates, r->module, r->builtin };

		text_add(out, r->path);
		for (size_t n = 0; n < sizeof(c) / sizeof(*c); n++) {
			text_add_char(out, '\t');
			cond_print(c[n], out);
		}
		text_add_char(out, '\t');
		text_add(out, r->makefile);
		text_add_char(out, ':');
		text_add_number(out, r->line);
		text_add_char(out, '\n');
	}
}

static json_t *
route_json(const struct route *r)
{
	static const char *const word[] = { "own", "gates", "module", "builtin" };
	const struct cond *const c[] = { r->own, r->gates, r->module, r->builtin };
	json_t *j = json_object();

	json_object_set_new(j, "path", json_str(r->path));
	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct text t = { 0 };

		cond_print(c[i], &t);
		json_object_set_new(j, word[i], json_str(text_str(&t)));
		text_release(&t);
	}
	json_object_set_new(j, "makefile", json_str(r->makefile));
	json_object_set_new(j, "line", json_integer(r->line));
	return j;
}

static void
symbolic_json(struct kbuild *k, bool map, struct text *out)
{
	struct route_list routes = kbuild_routes(k);
	struct name_list files = kbuild_files(k);

	text_addf(out, "{\"format\":\"derpconfig-built\",\"version\":1,\n\"%s\":[", map ? "routes" : "files");
	for (size_t i = 0; i < (map ? routes.len : files.len); i++)
		item(out, i, map ? route_json(routes.at[i]) : json_str(files.at[i]));
	text_add_c(out, "\n]}\n");
}

static int
print_symbolic(struct args *a, struct tree *tree, struct str arch, struct text *out)
{
	struct cond_pool pool;
	struct kbuild *k;

	cond_pool_init(&pool, a->keep);
	if (!(k = kbuild_open(tree, arch, &pool, a->keep, a->diag)))
		return EXIT_TROUBLE;
	if (args_has(a, "json"))
		symbolic_json(k, args_has(a, "map"), out);
	else if (args_has(a, "map"))
		print_map(k, out);
	else
		print_files(k, out);
	kbuild_close(k);
	return EXIT_FINE;
}

static int
run(struct args *a)
{
	const char *kernel = args_value(a, "kernel"), *arch = args_value(a, "arch");
	struct text t = { 0 };
	struct tree *tree;
	bool symbolic;
	int code;

	if (!kernel)
		return usage_error(a, "--kernel TREE is missing");
	symbolic = args_has(a, "map") || args_has(a, "files");
	if (!args_value(a, "config") && !symbolic)
		return usage_error(a, "--config FILE is missing");
	if (!(tree = tree_open(kernel, 0, a->diag)))
		return EXIT_TROUBLE;
	if (!arch)
		arch = machine_arch(a->keep);
	code = symbolic ? print_symbolic(a, tree, str_from(arch), &t) : print_built(a, tree, str_from(arch), &t);
	if (code == EXIT_FINE && !a->diag->errors) /* what is malformed could hide the rest */
		code = output(a, text_str(&t));
	tree_close(tree);
	text_release(&t);
	return code;
}

const struct command cmd_built = {
	.name = "built", .synopsis = "[--builtin | --map | --files] KERNEL-OPTIONS", .summary = "List what a kernel tree builds",
	.details = "Evaluates the tree's Makefiles for --config, without make and without running anything, and prints the\n"
	           "modules as paths in modules.order's order.",
	.flags = flags, .kernel_options = true, .run = run,
};
