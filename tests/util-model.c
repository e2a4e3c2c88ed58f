// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/util-model.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static void
put(struct arena *a, const char *dir, const char *name, const char *content)
{
	if (file_write(str_format(a, "%s/%s", dir, name).at, str_from(content)) < 0)
		abort();
}

/* A conf is known by its sources. */
static void
put_dialect(struct arena *a, const char *dir, bool old)
{
	if (mkdir(str_format(a, "%s/scripts", dir).at, 0777) || mkdir(str_format(a, "%s/scripts/kconfig", dir).at, 0777))
		abort();
	put(a, dir, "scripts/kconfig/expr.h", old ? "SYMBOL_CHOICEVAL\n" : "\n");
	put(a, dir, "scripts/kconfig/symbol.c", old ? "symbol_empty\n" : "\n");
	put(a, dir, "scripts/kconfig/confdata.c", old ? "sym_string_within_range\n" : "\n");
}

static void
clean(struct arena *a, const char *dir)
{
	static const char *const files[] = { "Kconfig", "Makefile", "scripts/kconfig/expr.h", "scripts/kconfig/symbol.c",
	                                     "scripts/kconfig/confdata.c" };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(str_format(a, "%s/%s", dir, files[i]).at);
	rmdir(str_format(a, "%s/scripts/kconfig", dir).at);
	rmdir(str_format(a, "%s/scripts", dir).at);
	rmdir(dir);
}

struct kconfig *
model_of(struct arena *keep, const char *text, bool old)
{
	char dir[] = "/tmp/derpconfig-model-XXXXXX";
	struct diag d = { .keep = keep };
	struct tree *t;
	struct kconfig *k;

	if (!mkdtemp(dir))
		abort();
	put(keep, dir, "Kconfig", text);
	put(keep, dir, "Makefile", "");
	put_dialect(keep, dir, old);
	t = tree_open(dir, TREE_NO_CACHE, &d);
	k = t ? kconfig_load(t, &(struct kconfig_options){ 0 }, keep, &d) : NULL;
	clean(keep, dir);
	diag_print(&d, stderr);
	if (!k || d.errors)
		abort();
	return k;
}

const struct symbol *
symbol_of_name(const struct kconfig *k, const char *name)
{
	const struct symbol *s = kconfig_find(k, str_from(name));

	if (!s) {
		fprintf(stderr, "no symbol %s\n", name);
		abort();
	}
	return s;
}
