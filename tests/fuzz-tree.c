// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a tarball, and as the cache file of one. A tarball is a tree or one error. A cache file whose hash fits
 * (it is made to fit here) is refused, or writing what was read gives the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/tree.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char key[] = "0123456789abcdef0123456789abcdef";

static void
as_pack(struct arena *a, struct str input)
{
	char *bytes = str_c(a, input);
	struct tree_index x;
	struct text out = { 0 };

	if (input.len >= 40)
		memcpy(bytes + 8, key, 32);
	pack_seal(bytes, input.len);
	if (pack_read(a, (struct str){ bytes, input.len }, str_from(key), &x)) {
		pack_write(&x, str_from(key), &out);
		if (out.len != input.len || memcmp(out.at, bytes, out.len) != 0)
			abort();
	}
	text_release(&out);
}

/* Everything below a directory can be asked for. */
static void
walk(struct tree *t, struct arena *a, struct str dir, int *left)
{
	struct name_list list;
	struct str text;

	if (!tree_list(t, dir, &list))
		abort();
	for (size_t i = 0; i < list.len && --*left > 0; i++) {
		struct str path = path_join(a, dir, list.at[i]);

		if (i && str_cmp(list.at[i - 1], list.at[i]) >= 0)
			abort(); /* sorted, each once */
		if (tree_read(t, path, &text) && (text.at[text.len] || (long)text.len != tree_size(t, path)))
			abort();
		if (tree_is_dir(t, path))
			walk(t, a, path, left);
	}
}

static void
as_tarball(struct arena *a, struct str input)
{
	struct diag d = { .keep = a };
	int fd = memfd_create("tar", 0), left = 2000;
	char path[32];
	struct tree *t;

	if (fd < 0 || write(fd, input.at, input.len) != (ssize_t)input.len)
		exit(2);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	t = tree_open(path, TREE_NO_CACHE, &d);
	if (!t != !!d.errors || d.errors > 1)
		abort(); /* no tree without one reason, no reason with a tree */
	if (t)
		walk(t, a, STR(""), &left);
	tree_close(t);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str input = { (const char *)data, size };
	struct arena a = { 0 };

	as_pack(&a, input);
	as_tarball(&a, input);
	arena_release(&a);
	return 0;
}
