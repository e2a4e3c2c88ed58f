// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tool-kconfig-load TREE ARCH [files | dump]: reads and finalises a tree's Kconfig files, with no question to the
 * toolchain but assumed answers. Prints nothing, the names of the files with entries, or the model.
 */
#include <stdio.h>
#include <string.h>

#include "kconfig/dump.h"

static void
print_files(const struct kconfig *k)
{
	struct arena a = { 0 };
	struct map files = { 0 };

	for (const struct menu *m = k->root->list; m;) {
		map_put(&files, &a, m->place.file);
		if (m->list) {
			m = m->list;
			continue;
		}
		while (m && !m->next)
			m = m->parent;
		m = m ? m->next : NULL;
	}
	for (size_t i = 0; i < files.len; i++)
		printf("%.*s\n", STR_ARG(files.entry[i].key));
	arena_release(&a);
}

int
main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct tree *t = argc > 2 ? tree_open(argv[1], 0, &d) : NULL;
	struct kconfig_options o = { .arch = str_from(argc > 2 ? argv[2] : "") };
	const struct kconfig *k = t ? kconfig_load(t, &o, &a, &d) : NULL;
	struct text dump = { 0 };

	if (!k || d.errors) {
		diag_print(&d, stderr);
		return 2;
	}
	if (argc > 3 && strcmp(argv[3], "files") == 0)
		print_files(k);
	if (argc > 3 && strcmp(argv[3], "dump") == 0) {
		kconfig_dump(k, &dump);
		fwrite(dump.at, 1, dump.len, stdout);
		text_release(&dump);
	}
	tree_close(t);
	arena_release(&a);
	return 0;
}
