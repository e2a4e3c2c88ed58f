// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/map.h"

#include <string.h>

static uint64_t
eight_bytes(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* All bytes of a text that has less than eight, in one number. */
static uint64_t
few_bytes(const char *at, size_t len)
{
	uint32_t first, last;

	if (len >= sizeof(first)) {
		memcpy(&first, at, sizeof(first));
		memcpy(&last, at + len - sizeof(last), sizeof(last));
		return first | (uint64_t)last << 32;
	}
	return len ? (unsigned char)at[0] | (unsigned)(unsigned char)at[len / 2] << 8 | (unsigned)(unsigned char)at[len - 1] << 16 : 0;
}

/* Eight bytes at a time: keys are looked up far more often than anything else is done with them. The last may overlap. */
uint64_t
map_hash(struct str key)
{
	uint64_t h = key.len * 0x9e3779b97f4a7c15u;
	size_t i = 0;

	for (; i + sizeof(h) < key.len; i += sizeof(h)) {
		h = (h ^ eight_bytes(key.at + i)) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	h ^= key.len >= sizeof(h) ? eight_bytes(key.at + key.len - sizeof(h)) : few_bytes(key.at, key.len);
	h *= 0xc4ceb9fe1a85ec53u;
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
rehash(struct map *m, struct arena *a, size_t slots)
{
	m->slots = slots;
	m->slot = NEW_ARRAY(a, uint32_t, m->slots);
	for (size_t n = 0; n < m->len; n++) {
		size_t i = m->entry[n].hash & (m->slots - 1);

		while (m->slot[i])
			i = (i + 1) & (m->slots - 1);
		m->slot[i] = (uint32_t)n + 1;
	}
}

void
map_reserve(struct map *m, struct arena *a, size_t n)
{
	size_t slots = 16;

	while (slots < 2 * n)
		slots *= 2;
	m->cap = n;
	m->entry = NEW_ARRAY(a, struct map_entry, n);
	rehash(m, a, slots);
}

size_t
map_index_put(struct map *m, struct arena *a, struct str key)
{
	uint64_t hash = map_hash(key);
	size_t i;

	if (m->len * 2 >= m->slots)
		rehash(m, a, m->slots ? m->slots * 4 : 16);
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
