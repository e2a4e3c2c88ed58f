// SPDX-License-Identifier: GPL-2.0-or-later
/* firmware - the files that a machine's drivers load from /lib/firmware. */
#include <stdlib.h>

#include "base/json.h"
#include "cli/pipeline.h"
#include "nixout/initrd.h"

static const struct flag flags[] = {
	{ "nix", 'n', NULL, "as part of a NixOS module" },
	{ "json", 'j', NULL, "JSON: which module names which files" },
	{ "output", 'o', "FILE", "write to FILE" },
	{ "no-loaded", 0, NULL, "leave out loaded modules that no device asked for" },
	{ "all-matches", 0, NULL, "every module that claims a device, bound or not" },
	{ 0 },
};

struct job {
	struct args *a;
	struct pipeline *p;
	VEC(struct str) files;
	json_t *modules;
	size_t unread;
};

static void
add_module(struct job *j, const struct route *r)
{
	const struct module *m = modules_find(j->p->modules, r->name);
	struct firmware_list list;
	json_t *names;

	if (!m)
		return;
	if (!module_firmware(j->p->modules, m, j->a->keep, &list)) {
		diag_warn(j->a->diag, m->path, 0, "the module's own data cannot be read; its firmware is not listed");
		j->unread++;
	}
	if (!list.len)
		return;
	names = json_array();
	for (size_t i = 0; i < list.len; i++) {
		vec_push(j->a->keep, &j->files, list.at[i]);
		json_array_append_new(names, json_str(list.at[i]));
	}
	json_object_set_new(j->modules, str_c(j->a->keep, m->name), names);
}

/* Sorted, each once: several modules name the same file. */
static void
settle(struct job *j)
{
	size_t kept = 0;

	if (j->files.len)
		qsort(j->files.at, j->files.len, sizeof(*j->files.at), str_qsort);
	for (size_t i = 0; i < j->files.len; i++)
		if (!kept || !str_eq(j->files.at[i], j->files.at[kept - 1]))
			j->files.at[kept++] = j->files.at[i];
	j->files.len = kept;
}

static void
write_text(struct job *j, struct text *out)
{
	if (args_has(j->a, "json")) {
		text_add_c(out, "{\"format\":\"derpconfig-firmware\",\"version\":1,\"modules\":");
		json_text(j->modules, out);
		text_add_c(out, "}\n");
	} else if (args_has(j->a, "nix")) {
		firmware_write(j->files.at, j->files.len, out);
	} else {
		for (size_t i = 0; i < j->files.len; i++)
			text_addf(out, "%.*s\n", STR_ARG(j->files.at[i]));
	}
}

static int
run(struct args *a)
{
	struct job j = { .a = a, .p = pipeline_run(a) };
	struct text out = { 0 };
	int code;

	if (!j.p)
		return EXIT_TROUBLE;
	j.modules = json_object();
	for (size_t i = 0; i < j.p->goals.len; i++)
		add_module(&j, j.p->goals.at[i].route);
	settle(&j);
	write_text(&j, &out);
	code = output(a, text_str(&out));
	json_decref(j.modules);
	text_release(&out);
	pipeline_release(j.p);
	return code != EXIT_FINE ? code : j.unread ? EXIT_UNMAPPED : EXIT_FINE;
}

const struct command cmd_firmware = {
	.name = "firmware", .synopsis = "[DUMP...] [KERNEL-OPTIONS]",
	.summary = "List the firmware files that a machine's drivers load",
	.details = "What the modules themselves say (modinfo), for devices and loaded modules; sorted, paths below /lib/firmware.\n"
	           "A driver names the files of all its devices: a machine needs some of them.",
	.flags = flags, .kernel_options = true, .max = 1000, .run = run,
};
