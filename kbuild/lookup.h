// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lookup.h - numbers 0..len-1 found by a hash of whatever they have; within the room.
 *
 * Plain arrays, so that it can stand in a file as it is. It knows no keys: what it gives for a hash are candidates, in
 * ascending order, which the caller compares.
 */
#ifndef KBUILD_LOOKUP_H
#define KBUILD_LOOKUP_H

#include "base/arena.h"

#include <stdint.h>

struct lookup {
	const uint32_t *slot;         /* by the hash's low bits: the first candidate + 1; 0: none */
	const uint32_t *next;         /* by number: the next candidate + 1 */
	uint32_t slots, len;          /* slots is a power of two; 0: there is no lookup */
};

struct lookup lookup_new(struct arena *keep, size_t len, uint64_t (*hash)(const void *ctx, size_t i), const void *ctx);

/* for (i = lookup_first(l, hash); i < l->len; i = lookup_next(l, i)) */
uint32_t lookup_first(const struct lookup *, uint64_t hash);
uint32_t lookup_next(const struct lookup *, uint32_t i);

#endif
