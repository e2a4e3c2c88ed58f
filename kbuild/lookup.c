// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild/lookup.h"

struct lookup
lookup_new(struct arena *keep, size_t len, uint64_t (*hash)(const void *ctx, size_t i), const void *ctx)
{
	uint32_t slots = 64, *slot, *next;

	while (slots < len)
		slots *= 2;
	slot = NEW_ARRAY(keep, uint32_t, slots);
	next = NEW_ARRAY(keep, uint32_t, len + 1);
	for (size_t i = len; i-- > 0;) {
		uint32_t *first = &slot[hash(ctx, i) & (slots - 1)];

		next[i] = *first;
		*first = (uint32_t)i + 1;
	}
	return (struct lookup){ slot, next, slots, (uint32_t)len };
}

/* A damaged one ends: candidates ascend. */
static uint32_t
candidate(const struct lookup *l, uint32_t i, uint32_t least)
{
	return i && i - 1 >= least && i - 1 < l->len ? i - 1 : l->len;
}

uint32_t
lookup_first(const struct lookup *l, uint64_t hash)
{
	return l->slots ? candidate(l, l->slot[hash & (l->slots - 1)], 0) : l->len;
}

uint32_t
lookup_next(const struct lookup *l, uint32_t i)
{
	return candidate(l, l->next[i], i + 1);
}
