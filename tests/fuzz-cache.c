// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Damaged cache files of a small tree: the map of modules, and the drivers of its archive. The first byte says which
 * (1: drivers), whether the hash is made to fit (2) and whether the rest is the file (4) or changes of a good one, four
 * bytes each. Without a fitting hash the answer is the fresh one; with one, there is some answer.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/archive.h"
#include "base/file.h"
#include "kbuild/index.h"
#include "modalias/driver.h"
#include "tests/util-scratch.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const dirs[] = { "tree", "tree/arch", "tree/arch/toy", "tree/drivers", "cache" };
static const struct { const char *path, *text; } files[] = {
	{ "tree/Kconfig", "" },
	{ "tree/Makefile", "VERSION = 6\n" },
	{ "tree/arch/toy/Makefile", "" },
	{ "tree/Kbuild", "obj-y += drivers/\nlib-$(CONFIG_L) += lib.o\n" },
	{ "tree/drivers/Makefile", "obj-$(CONFIG_A) += a.o\nobj-$(CONFIG_B) += b.o\nb-y := c.o\nb-$(CONFIG_C) += a.o\n"
	                           "ifneq ($(CONFIG_D),m)\nobj-m += d.o\nendif\nobj-$(shell id) += e.o\n" },
	{ "tree/drivers/a.c", "#include \"a.h\"\nstatic struct pci_driver x = { .name = NAME, };\n" },
	{ "tree/drivers/a.h", "#define NAME \"the name\"\n" },
	{ "tree/drivers/c.c", "static struct platform_driver y = {\n\t.driver = { .name = \"c\" },\n};\n" },
};

static const char *top;
static struct str good[2];       /* index, drivers */
static char *cached[2];          /* where they are */
static struct text fresh[2];
static struct arena forever;

/* An hour ahead, so that files made just now count as settled. */
time_t
time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += 3600;
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

static void
print_cond(const struct cond *c, struct text *out)
{
	text_add_char(out, ' ');
	cond_print(c, out);
}

static void
print_parts(struct kbuild *k, struct text *out)
{
	struct route_list routes = kbuild_routes(k), found[] = { kbuild_by_name(k, STR("b")), kbuild_by_source(k, STR("drivers/a.c")) };
	struct cost_list costs = kbuild_costs(k);

	for (size_t i = 0; i < routes.len; i++) {
		struct part_list parts = kbuild_parts(k, routes.at[i]);

		for (size_t p = 0; p < parts.len; p++) {
			text_addf(out, "%.*s part %.*s", STR_ARG(routes.at[i]->name), STR_ARG(parts.at[p].object));
			print_cond(parts.at[p].when, out);
		}
	}
	for (int i = 0; i < 2; i++)
		for (size_t n = 0; n < found[i].len; n++)
			text_addf(out, "found %.*s\n", STR_ARG(found[i].at[n]->path));
	for (size_t i = 0; i < costs.len; i++) {
		text_addf(out, "%.*s costs %zu", STR_ARG(costs.at[i].object), kbuild_weight(k, i));
		print_cond(costs.at[i].when, out);
	}
}

static void
print_map(struct tree *t, bool from_cache, struct text *out)
{
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct cond_pool pool;
	struct route_list routes;
	struct kbuild *k;

	cond_pool_init(&pool, &a);
	k = from_cache ? kbuild_open(t, STR("toy"), &pool, &a, &d) : kbuild_evaluate(t, STR("toy"), &pool, &a, &d);
	if (!k)
		abort();
	routes = kbuild_routes(k);
	for (size_t i = 0; i < routes.len; i++) {
		const struct route *r = routes.at[i];

		text_addf(out, "%.*s %.*s:%u", STR_ARG(r->path), STR_ARG(r->makefile), r->line);
		print_cond(r->module, out);
		print_cond(r->builtin, out);
		text_add_char(out, '\n');
	}
	print_parts(k, out);
	for (size_t i = 0; i < d.list.len; i++)
		text_addf(out, "%.*s\n", STR_ARG(d.list.at[i].message));
	arena_release(&a);
}

static void
print_drivers(struct tree *t, struct text *out)
{
	static const char *const names[] = { "the name", "c", "other" };
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct driver_table *table = driver_table_open(t, &d);

	for (size_t i = 0; i < 3; i++) {
		struct driver_list list = driver_find(table, STR(""), str_from(names[i]), &a);

		for (size_t j = 0; j < list.len; j++)
			text_addf(out, "%.*s %.*s %.*s:%u\n", STR_ARG(list.at[j]->name), STR_ARG(list.at[j]->bus),
			          STR_ARG(list.at[j]->file), list.at[j]->line);
	}
	driver_table_close(table);
	arena_release(&a);
}

static void
print(int which, bool from_cache, struct text *out)
{
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct tree *t = tree_open(str_c(&a, str_format(&a, "%s/tree%s", top, which ? ".tar" : "")), 0, &d);

	if (!t)
		abort();
	if (which)
		print_drivers(t, out);
	else
		print_map(t, from_cache, out);
	tree_close(t);
	arena_release(&a);
}

/* The only file of a directory of the cache. */
static char *
only_file(const char *name)
{
	struct str dir = cache_dir(&forever, name, false), *names;
	size_t n;

	if (dir_files(&forever, str_c(&forever, dir), &names, &n) < 0 || n != 1)
		abort();
	return str_c(&forever, path_join(&forever, dir, names[0]));
}

static void
setup(void)
{
	char *command;

	top = scratch_dir();
	setenv("XDG_CACHE_HOME", str_c(&forever, str_format(&forever, "%s/cache", top)), 1);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		mkdir(str_format(&forever, "%s/%s", top, dirs[i]).at, 0777);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (file_write(str_format(&forever, "%s/%s", top, files[i].path).at, str_from(files[i].text)) < 0)
			exit(2);
	command = str_c(&forever, str_format(&forever, "tar -C '%s' -cf '%s/tree.tar' tree", top, top));
	if (system(command))
		abort();
	for (int i = 0; i < 2; i++) {
		struct text again = { 0 };

		print(i, false, &fresh[i]);
		print(i, true, &again);
		cached[i] = only_file(i ? "drivers" : "kbuild");
		if (!str_eq(text_str(&fresh[i]), text_str(&again)) || file_read(&forever, cached[i], &good[i]) < 0 ||
		    fresh[i].len < 20)
			abort();
		text_release(&again);
	}
}

/* Four bytes a change: what, where (two), with what. */
static void
change(struct text *t, const unsigned char *c)
{
	size_t at = t->len ? (c[1] | (size_t)c[2] << 8) % t->len : 0;

	if (!t->len)
		return;
	switch (c[0] % 4) {
	case 0: t->at[at] = (char)(t->at[at] ^ c[3]); break;
	case 1: t->len = at; break;
	case 2: for (size_t i = 0; i < 4 && at + i < t->len; i++) t->at[at + i] = (char)(i ? c[3] >> 7 ? -1 : 0 : c[3]); break;
	case 3: for (size_t i = 0; at + i < t->len && i <= c[3]; i++) t->at[at + i] = t->at[i]; break;
	}
}

/* The table of drivers has its hash at the end of its first line. */
static void
seal(int which, struct text *t)
{
	size_t line = str_index(text_str(t), '\n');
	struct hash128 h;
	char hash[33];

	if (!which) {
		index_seal(t->at, t->len);
	} else if (line >= 32 && line < t->len) {
		h = bytes_hash((struct hash128){ 5, 6 }, str_drop(text_str(t), line + 1));
		snprintf(hash, sizeof(hash), "%016llx%016llx", (unsigned long long)h.a, (unsigned long long)h.b);
		memcpy(t->at + line - 32, hash, 32);
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct text file = { 0 }, got = { 0 };
	int which;

	if (!top)
		setup();
	if (!size)
		return 0;
	which = data[0] & 1;
	text_add(&file, data[0] & 4 ? (struct str){ (const char *)data + 1, size - 1 } : good[which]);
	for (size_t i = 1; !(data[0] & 4) && i + 4 <= size; i += 4)
		change(&file, data + i);
	if (data[0] & 2)
		seal(which, &file);
	if (file_write(cached[which], text_str(&file)) < 0)
		abort();
	print(which, true, &got);
	if (!(data[0] & 2) && !str_eq(text_str(&got), text_str(&fresh[which])))
		abort();
	text_release(&file);
	text_release(&got);
	return 0;
}
