// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/likely.h"

#include <stdint.h>
#include <string.h>

/* Paths from `first` on, `len` of them, have a word: in the file's name, or all of a directory in the directory's. */
struct place {
	uint32_t hash, first, len;
	bool own;
};

typedef VEC(struct place) places;

struct likely {
	struct arena *keep;
	size_t len;                   /* paths */
	struct place *at;             /* by the low bits of their hashes */
	uint32_t *begin;              /* where the places of each of these stand; and the end */
	uint32_t *score;              /* by path; zero between questions */
};

enum { BUCKETS = 1 << 13, COMMON = 4000, SCALE = 1 << 16 };

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The next word as a hash: letters, whatever their case, or digits. */
static bool
next_word(struct str *rest, uint32_t *hash)
{
	size_t i = 0;
	bool letters;

	while (i < rest->len && !is_letter(rest->at[i]) && !is_digit(rest->at[i]))
		i++;
	if (i == rest->len)
		return false;
	letters = is_letter(rest->at[i]);
	for (*hash = 2166136261u; i < rest->len && (letters ? is_letter(rest->at[i]) : is_digit(rest->at[i])); i++)
		*hash = (*hash ^ (unsigned char)(rest->at[i] | 0x20)) * 16777619u;
	*hash ^= *hash >> 15;
	*rest = str_drop(*rest, i);
	return true;
}

static void
add_words(struct likely *l, places *list, struct str text, struct place p)
{
	while (next_word(&text, &p.hash))
		vec_push(l->keep, list, p);
}

/* Sorted by bucket, otherwise as they are. */
static void
sort_places(struct likely *l, const places *list)
{
	uint32_t sum = 0;

	l->at = NEW_ARRAY(l->keep, struct place, list->len + 1);
	l->begin = NEW_ARRAY(l->keep, uint32_t, BUCKETS + 1);
	for (size_t i = 0; i < list->len; i++)
		l->begin[list->at[i].hash % BUCKETS]++;
	for (size_t b = 0; b <= BUCKETS; b++) {
		uint32_t here = l->begin[b];

		l->begin[b] = sum;
		sum += here;
	}
	for (size_t i = 0; i < list->len; i++)
		l->at[l->begin[list->at[i].hash % BUCKETS]++] = list->at[i];
	memmove(l->begin + 1, l->begin, BUCKETS * sizeof(*l->begin)); /* every one has become the next one's */
	l->begin[0] = 0;
}

struct likely *
likely_new(const struct str *paths, size_t n, struct arena *keep)
{
	struct likely *l = NEW(keep, struct likely);
	places list = { 0 };
	struct str dir = { 0 };
	uint32_t first = 0;

	l->keep = keep;
	l->len = n;
	l->score = NEW_ARRAY(keep, uint32_t, n + 1);
	vec_reserve(keep, &list, 4 * n + 1);
	for (uint32_t i = 0; i <= n; i++) {
		struct str now = i < n ? path_dir(paths[i]) : (struct str){ 0 };

		if (i && (i == n || !str_eq(now, dir))) {
			add_words(l, &list, dir, (struct place){ .first = first, .len = i - first });
			first = i;
		}
		dir = now;
		if (i < n)
			add_words(l, &list, str_drop(paths[i], dir.len), (struct place){ .first = i, .len = 1, .own = true });
	}
	sort_places(l, &list);
	return l;
}

typedef VEC(uint32_t) numbers;

/* Paths that have the text's words get points, more for a file's own; words that are everywhere say nothing. */
static void
count_words(struct likely *l, struct str text, uint32_t weight, numbers *seen)
{
	uint32_t hash;

	while (next_word(&text, &hash)) {
		const struct place *p = l->at + l->begin[hash % BUCKETS], *end = l->at + l->begin[hash % BUCKETS + 1];
		size_t paths = 0;

		for (const struct place *q = p; q < end; q++)
			paths += q->hash == hash ? q->len : 0;
		for (; paths < COMMON && p < end; p++)
			for (uint32_t i = 0; p->hash == hash && i < p->len; i++) {
				uint32_t *score = &l->score[p->first + i];

				if (!*score)
					vec_push(l->keep, seen, p->first + i);
				*score += weight * (p->own ? 2 : 1) * (uint32_t)(SCALE / (paths + 8));
			}
	}
}

size_t
likely_find(struct likely *l, struct str bus, struct str name, size_t *out, size_t max)
{
	struct arena_mark mark = arena_mark(l->keep);
	numbers seen = { 0 };
	size_t n = 0;

	count_words(l, name, 2, &seen);
	count_words(l, bus, 1, &seen);
	for (size_t i = 0; i < seen.len; i++) {
		uint32_t path = seen.at[i], score = l->score[path];
		size_t k = n;

		for (; k > 0 && (l->score[out[k - 1]] < score || (l->score[out[k - 1]] == score && out[k - 1] > path)); k--)
			if (k < max)
				out[k] = out[k - 1];
		if (k < max) {
			out[k] = path;
			n += n < max;
		}
	}
	for (size_t i = 0; i < seen.len; i++)
		l->score[seen.at[i]] = 0;
	arena_reset(l->keep, mark);
	return n;
}
