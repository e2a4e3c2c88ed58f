// SPDX-License-Identifier: GPL-2.0-or-later
/* The main of a fuzz target without a fuzzer: replays the files of the directories given. What fails, dies. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static size_t
replay(const char *dir)
{
	struct arena a = { 0 };
	DIR *d = opendir(dir);
	struct dirent *e;
	struct str text;
	size_t n = 0;

	while (d && (e = readdir(d))) {
		char *path = str_c(&a, path_join(&a, str_from(dir), str_from(e->d_name)));

		if (e->d_name[0] == '.' || file_read(&a, path, &text) < 0)
			continue;
		printf("%s\n", path);
		fflush(stdout);
		LLVMFuzzerTestOneInput((const unsigned char *)text.at, text.len);
		n++;
	}
	if (d)
		closedir(d);
	arena_release(&a);
	return n;
}

int
main(int argc, char **argv)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%zu files replayed\n", n);
	return n == 0;
}
