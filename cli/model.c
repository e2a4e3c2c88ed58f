// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/model.h"

#include <stdio.h>
#include <string.h>

#include "base/data.h"
#include "base/file.h"

bool
read_input(struct args *a, const char *path, const char *what, struct str *out)
{
	int r = file_read_unpacked(a->keep, path, out);

	if (r < 0)
		diag_error(a->diag, str_from(path), 0, "cannot read the %s: %s", what, strerror(-r));
	else
		source_check_end(&(struct source){ str_from(path), *out }, a->diag);
	return r == 0;
}

bool
read_toolchain(struct args *a, struct str *profile)
{
	const char *name = args_value(a, "toolchain");

	if (!name)
		return true;
	*profile = data_find(str_format(a->keep, "kconfig/toolchains/%s.toolchain", name).at);
	return profile->at || read_input(a, name, "toolchain profile (no known one has this name)", profile);
}

static bool
load(struct args *a, struct model *m)
{
	const char *config = args_value(a, "config");
	struct kconfig_options o = {
		.arch = str_from(args_value(a, "arch")), .file = str_from(args_value(a, "kconfig")),
		.probe = args_has(a, "probe"),
	};
	struct diag notes = { .keep = a->keep };

	if (config && !read_input(a, config, "configuration", &o.fat_config))
		return false;
	if (!read_toolchain(a, &o.toolchain))
		return false;
	m->kconfig = kconfig_load(m->tree, &o, a->keep, &notes);
	if (notes.errors)
		diag_print(&notes, stderr);
	return notes.errors == 0;
}

bool
model_open(struct args *a, struct model *m)
{
	const char *path = args_value(a, "kernel");

	*m = (struct model){ 0 };
	if (!path) {
		usage_error(a, "--kernel TREE is missing");
		return false;
	}
	m->tree = tree_open(path, 0, a->diag);
	if (m->tree && load(a, m))
		return true;
	model_close(m);
	return false;
}

void
model_close(struct model *m)
{
	if (m->tree)
		tree_close(m->tree);
	*m = (struct model){ 0 };
}
