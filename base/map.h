// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * map.h - a hash map from strings to pointers.
 *
 * Keys are borrowed: they must outlive the map. Walking `entry[0..len)` gives the keys in the order they
 * were first put, so output never depends on hashing. There is no removal. All-zero is the empty map; the
 * table lives in the arena given to map_put, always the same one.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdint.h>

#include "base/str.h"

struct map_entry {
	struct str key;
	uint64_t hash;
	void *value;
};

struct map {
	struct map_entry *entry;
	uint32_t *slot;        /* index into entry + 1; 0 is free */
	size_t len, cap, slots;
};

/* Room for about so many in an empty one: what growing leaves behind is not given back. */
void map_reserve(struct map *, struct arena *, size_t n);

/* The value's place, made (NULL) if the key is new. Valid until the next put. */
void **map_put(struct map *, struct arena *, struct str key);

/* The value; NULL where there is none. */
void *map_get(const struct map *, struct str key);

/* The index of the key's entry, or -1. map_index_put makes one. Indexes are dense and never change. */
long map_index(const struct map *, struct str key);
long map_index_hashed(const struct map *, struct str key, uint64_t hash); /* hash is map_hash(key) */
uint64_t map_hash(struct str key);
size_t map_index_put(struct map *, struct arena *, struct str key);

#endif
