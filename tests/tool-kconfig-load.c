// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tool-kconfig-load TREE ARCH [files | dump | time N]: opens a tree, reads and finalises its Kconfig files, with
 * assumed answers of the toolchain. Prints nothing, the names of the files with entries, the model, or the least
 * milliseconds of CPU and of the clock that N times took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "kconfig/dump.h"

static void
print_files(const struct kconfig *k)
{
	struct arena a = { 0 };
	struct map files = { 0 };

	for (const struct menu *m = k->root->list; m; m = menu_next(m))
		map_put(&files, &a, m->place.file);
	for (size_t i = 0; i < files.len; i++)
		printf("%.*s\n", STR_ARG(files.entry[i].key));
	arena_release(&a);
}

struct loaded {
	struct arena a;
	struct diag d;
	struct tree *tree;
	struct kconfig *k;
};

static bool
load(struct loaded *l, const char *tree, const char *arch)
{
	struct kconfig_options o = { .arch = str_from(arch) };

	*l = (struct loaded){ 0 };
	l->d.keep = &l->a;
	l->tree = tree_open(tree, 0, &l->d);
	l->k = l->tree ? kconfig_load(l->tree, &o, &l->a, &l->d) : NULL;
	if (l->d.errors)
		diag_print(&l->d, stderr);
	return !l->d.errors;
}

static void
release(struct loaded *l)
{
	tree_close(l->tree);
	arena_release(&l->a);
}

static double
cpu_now(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static double
wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool
measure(const char *tree, const char *arch, int n)
{
	double cpu = 1e12, wall = 1e12;

	while (n-- > 0) {
		double c = cpu_now(), w = wall_now();
		struct loaded l;
		bool fine = load(&l, tree, arch);

		release(&l);
		c = cpu_now() - c;
		w = wall_now() - w;
		if (!fine)
			return false;
		cpu = c < cpu ? c : cpu;
		wall = w < wall ? w : wall;
	}
	printf("%.1f %.1f\n", cpu, wall);
	return true;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[3] : "";
	struct text dump = { 0 };
	struct loaded l;
	bool fine;

	if (argc < 3)
		return 2;
	if (argc > 4 && strcmp(what, "time") == 0)
		return measure(argv[1], argv[2], atoi(argv[4])) ? 0 : 1;
	fine = load(&l, argv[1], argv[2]);
	if (fine && strcmp(what, "files") == 0)
		print_files(l.k);
	if (fine && strcmp(what, "dump") == 0) {
		kconfig_dump(l.k, &dump);
		fwrite(dump.at, 1, dump.len, stdout);
		text_release(&dump);
	}
	release(&l);
	return fine ? 0 : 1;
}
