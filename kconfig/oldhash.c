// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/oldhash.h"

#include <stdlib.h>

enum { BUCKETS = 9973 };

struct hashed {
	uint32_t bucket, id;
};

static int
by_bucket(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;

	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return x->id > y->id ? -1 : 1;
}

/* A symbol without name, a choice, is in the first. */
static uint32_t
bucket_of(struct str name)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (uint32_t)name.at[i]) * 0x01000193;
	return name.len ? h % BUCKETS : 0;
}

uint32_t *
oldhash_order(const struct str *names, size_t n, struct arena *keep)
{
	struct arena scratch = { 0 };
	struct hashed *list = NEW_ARRAY(&scratch, struct hashed, n);
	uint32_t *order = NEW_ARRAY(keep, uint32_t, n);

	for (size_t i = 0; i < n; i++)
		list[i] = (struct hashed){ bucket_of(names[i]), (uint32_t)i };
	if (n)
		qsort(list, n, sizeof(*list), by_bucket);
	for (size_t i = 0; i < n; i++)
		order[i] = list[i].id;
	arena_release(&scratch);
	return order;
}
