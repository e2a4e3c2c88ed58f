// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct arena_chunk {
	struct arena_chunk *older;
	char *end;
	alignas(max_align_t) char data[];
};

enum { CHUNK_MIN = 64 << 10, CHUNK_MAX = 4 << 20, HUGE = 2 << 20 };

static void
out_of_memory(void)
{
	fputs("derpconfig: out of memory\n", stderr);
	exit(2);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

/* A big chunk lies on huge pages where the system has them: a hundredth of the page faults. */
static struct arena_chunk *
chunk_memory(size_t *size)
{
	size_t all = *size + sizeof(struct arena_chunk);
	void *p;

	if (*size < CHUNK_MAX)
		return xmalloc(all);
	all = (all + HUGE - 1) & ~(size_t)(HUGE - 1);
	p = aligned_alloc(HUGE, all);
	if (!p)
		out_of_memory();
	madvise(p, all, MADV_HUGEPAGE);
	*size = all - sizeof(struct arena_chunk);
	return p;
}

static void
chunk_add(struct arena *a, size_t need)
{
	size_t size = a->total < CHUNK_MIN ? CHUNK_MIN : a->total > CHUNK_MAX ? CHUNK_MAX : a->total;
	struct arena_chunk *c;

	if (need > SIZE_MAX / 2)
		out_of_memory();
	if (size < need)
		size = need;
	c = chunk_memory(&size);
	c->older = a->chunk;
	c->end = c->data + size;
	a->chunk = c;
	a->at = c->data;
	a->end = c->end;
	a->total += size;
}

void
arena_release(struct arena *a)
{
	arena_reset(a, (struct arena_mark){ 0 });
	*a = (struct arena){ 0 };
}

void *
arena_bytes(struct arena *a, size_t size)
{
	char *p;

	if (!a->chunk || (size_t)(a->end - a->at) < size)
		chunk_add(a, size);
	p = a->at;
	a->at += size;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t pad = -(uintptr_t)a->at & (alignof(max_align_t) - 1);
	void *p;

	if (!a->chunk || (size_t)(a->end - a->at) < pad || (size_t)(a->end - a->at) - pad < size)
		chunk_add(a, size);
	else
		a->at += pad;
	p = a->at;
	a->at += size;
	return memset(p, 0, size);
}

void *
arena_alloc_array(struct arena *a, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / 2 / size)
		out_of_memory();
	return arena_alloc(a, n * size);
}

void *
arena_grow(struct arena *a, void *old, size_t old_size, size_t size)
{
	void *p;

	if (old && (char *)old + old_size == a->at && size - old_size <= (size_t)(a->end - a->at)) {
		memset(a->at, 0, size - old_size);
		a->at += size - old_size;
		return old;
	}
	p = arena_alloc(a, size);
	if (old_size)
		memcpy(p, old, old_size);
	return p;
}

void *
arena_vec_grow(struct arena *a, void *at, size_t *cap, size_t size)
{
	size_t now = *cap, next = now ? now * 2 : 8;

	if (next > SIZE_MAX / 2 / size)
		out_of_memory();
	*cap = next;
	return arena_grow(a, at, now * size, next * size);
}

struct arena_mark
arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->at, a->chunk };
}

void
arena_reset(struct arena *a, struct arena_mark m)
{
	while (a->chunk && a->chunk != m.chunk) {
		struct arena_chunk *older = a->chunk->older;

		a->total -= (size_t)(a->chunk->end - a->chunk->data);
		free(a->chunk);
		a->chunk = older;
	}
	a->at = m.at;
	a->end = a->chunk ? a->chunk->end : NULL;
}
