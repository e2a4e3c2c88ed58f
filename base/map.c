// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/map.h"

#include <string.h>

/* Eight bytes at a time: keys are looked up far more often than anything else is done with them. */
uint64_t
map_hash(struct str key)
{
	uint64_t h = key.len * 0x9e3779b97f4a7c15u, word;

	for (; key.len >= sizeof(word); key = str_drop(key, sizeof(word))) {
		memcpy(&word, key.at, sizeof(word));
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	word = 0;
	if (key.len)
		memcpy(&word, key.at, key.len);
	h = (h ^ word) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 29;
}

static size_t
find(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = hash & (m->slots - 1);

	while (m->slot[i]) {
		const struct map_entry *e = &m->entry[m->slot[i] - 1];

		if (e->hash == hash && str_eq(e->key, key))
			break;
		i = (i + 1) & (m->slots - 1);
	}
	return i;
}

static void
rehash(struct map *m, struct arena *a)
{
	m->slots = m->slots ? m->slots * 4 : 16;
	m->slot = NEW_ARRAY(a, uint32_t, m->slots);
	for (size_t n = 0; n < m->len; n++) {
		size_t i = m->entry[n].hash & (m->slots - 1);

		while (m->slot[i])
			i = (i + 1) & (m->slots - 1);
		m->slot[i] = (uint32_t)n + 1;
	}
}

size_t
map_index_put(struct map *m, struct arena *a, struct str key)
{
	uint64_t hash = map_hash(key);
	size_t i;

	if (m->len * 2 >= m->slots)
		rehash(m, a);
	i = find(m, key, hash);
	if (!m->slot[i]) {
		struct map_entry e = { key, hash, NULL };

		if (m->len == m->cap)
			m->entry = arena_vec_grow(a, m->entry, &m->cap, sizeof(*m->entry));
		m->entry[m->len++] = e;
		m->slot[i] = (uint32_t)m->len;
	}
	return m->slot[i] - 1;
}

void **
map_put(struct map *m, struct arena *a, struct str key)
{
	size_t i = map_index_put(m, a, key);

	return &m->entry[i].value;
}

long
map_index_hashed(const struct map *m, struct str key, uint64_t hash)
{
	return m->slots ? (long)m->slot[find(m, key, hash)] - 1 : -1;
}

long
map_index(const struct map *m, struct str key)
{
	return m->slots ? map_index_hashed(m, key, map_hash(key)) : -1;
}

void *
map_get(const struct map *m, struct str key)
{
	long i = map_index(m, key);

	return i < 0 ? NULL : m->entry[i].value;
}
