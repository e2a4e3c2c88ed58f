// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/arena.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct arena_chunk {
	struct arena_chunk *older;
	char *end;
	char *dirty;                 /* from here to the end nothing has been written: all zero */
	size_t mapped;               /* 0: from malloc */
	alignas(max_align_t) char data[];
};

struct arena_end {
	struct arena_end *older;
	void (*end)(void *ctx);
	void *ctx;
};

enum { CHUNK_MIN = 64 << 10, CHUNK_MAPPED = 256 << 10, CHUNK_MAX = 4 << 20, HUGE = 2 << 20 };

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

/* Fresh pages, which are zero; many of them at a huge page's border, so that they are huge pages where there are any. */
static char *
map_pages(size_t size)
{
	size_t extra = size < CHUNK_MAX ? 0 : HUGE, before;
	char *p = mmap(NULL, size + extra, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		out_of_memory();
	if (!extra)
		return p;
	before = -(uintptr_t)p & (HUGE - 1);
	if (before)
		munmap(p, before);
	if (extra - before)
		munmap(p + before + size, extra - before);
	madvise(p + before, size, MADV_HUGEPAGE);
	return p + before;
}

/*
 * Mapped chunks that were given back: fresh pages cost many times what clearing does. Under a sanitizer there are none, so
 * that who uses one that was given back is caught.
 */
#ifdef __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
enum { SPARE_MAX = 0 };
#else
enum { SPARE_MAX = 32 << 20 };
#endif

static struct {
	pthread_mutex_t lock;
	struct arena_chunk *first;
	size_t bytes;
} spare = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
spare_put(struct arena_chunk *c)
{
	bool room;

	pthread_mutex_lock(&spare.lock);
	room = c->mapped <= SPARE_MAX - spare.bytes;
	if (room) {
		c->older = spare.first;
		spare.first = c;
		spare.bytes += c->mapped;
	}
	pthread_mutex_unlock(&spare.lock);
	return room;
}

/* The smallest that has room and is not far too large; NULL: none. */
static struct arena_chunk *
spare_take(size_t mapped)
{
	struct arena_chunk **best = NULL, *c = NULL;

	pthread_mutex_lock(&spare.lock);
	for (struct arena_chunk **at = &spare.first; *at; at = &(*at)->older)
		if ((*at)->mapped >= mapped && (*at)->mapped <= 4 * mapped && (!best || (*at)->mapped < (*best)->mapped))
			best = at;
	if (best) {
		c = *best;
		*best = c->older;
		spare.bytes -= c->mapped;
	}
	pthread_mutex_unlock(&spare.lock);
	return c;
}

static struct arena_chunk *
chunk_new(size_t size)
{
	size_t all = size + sizeof(struct arena_chunk), unit = all < CHUNK_MAX ? 4096 : HUGE, mapped = 0;
	struct arena_chunk *c;

	if (all >= CHUNK_MAPPED) {
		all = mapped = (all + unit - 1) & ~(unit - 1);
		if ((c = spare_take(mapped)))
			return c;
	}
	c = mapped ? (struct arena_chunk *)(void *)map_pages(mapped) : xmalloc(all);
	c->mapped = mapped;
	c->end = (char *)c + all;
	c->dirty = mapped ? c->data : c->end;
	return c;
}

static void
chunk_free(struct arena_chunk *c)
{
	if (!c->mapped)
		free(c);
	else if (!spare_put(c))
		munmap(c, c->mapped);
}

static void
chunk_add(struct arena *a, size_t need)
{
	size_t size = a->total < CHUNK_MIN ? CHUNK_MIN : a->total >= CHUNK_MAX / 8 ? CHUNK_MAX : a->total;
	struct arena_chunk *c;

	if (need > SIZE_MAX / 2)
		out_of_memory();
	if (size < need)
		size = need;
	c = chunk_new(size);
	c->older = a->chunk;
	a->chunk = c;
	a->at = c->data;
	a->end = c->end;
	a->total += (size_t)(c->end - c->data);
}

void
arena_release(struct arena *a)
{
	for (const struct arena_end *e = a->ends; e; e = e->older)
		e->end(e->ctx);
	for (struct arena *c = a->children; c;) {
		struct arena *next = c->sibling; /* the child itself lies in `a` */

		arena_release(c);
		c = next;
	}
	arena_reset(a, (struct arena_mark){ 0 });
	*a = (struct arena){ 0 };
}

/* The next bytes, which the caller writes. */
static char *
take(struct arena *a, size_t size)
{
	char *p = a->at;

	a->at += size;
	if (a->at > a->chunk->dirty)
		a->chunk->dirty = a->at;
	return p;
}

/* The next bytes, zeroed where they have been written before. */
static char *
take_zeroed(struct arena *a, size_t size)
{
	char *dirty = a->chunk->dirty, *p = take(a, size);

	if (p < dirty)
		memset(p, 0, p + size < dirty ? size : (size_t)(dirty - p));
	return p;
}

void *
arena_bytes(struct arena *a, size_t size)
{
	if (!a->chunk || (size_t)(a->end - a->at) < size)
		chunk_add(a, size);
	return take(a, size);
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t pad = -(uintptr_t)a->at & (alignof(max_align_t) - 1);

	if (!a->chunk || (size_t)(a->end - a->at) < pad || (size_t)(a->end - a->at) - pad < size)
		chunk_add(a, size);
	else
		a->at += pad;
	return take_zeroed(a, size);
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
		take_zeroed(a, size - old_size);
		return old;
	}
	p = arena_alloc(a, size);
	if (old)
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
		chunk_free(a->chunk);
		a->chunk = older;
	}
	a->at = m.at;
	a->end = a->chunk ? a->chunk->end : NULL;
}

struct arena *
arena_child(struct arena *a)
{
	struct arena *child = NEW(a, struct arena);

	child->sibling = a->children;
	a->children = child;
	return child;
}

void
arena_at_end(struct arena *a, void (*end)(void *ctx), void *ctx)
{
	struct arena_end *e = NEW(a, struct arena_end);

	*e = (struct arena_end){ a->ends, end, ctx };
	a->ends = e;
}
