// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arena.h - memory by lifetime.
 *
 * An arena hands out zeroed memory that is given back all at once. Functions that take `struct arena *keep`
 * put their results there; a function that needs scratch space takes a mark and resets to it on return.
 * Arenas are not thread-safe: one thread, one arena. Running out of memory ends the process with exit code 2
 * and one line on stderr, so no caller tests for NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;
struct arena_end;

struct arena {
	char *at, *end;             /* free space of the newest chunk */
	struct arena_chunk *chunk;  /* newest first */
	size_t total;               /* bytes taken from the system so far */
	struct arena *children, *sibling;
	struct arena_end *ends;     /* newest first */
};

/* A position to reset to. Valid until the arena is reset to an earlier one. */
struct arena_mark {
	char *at;
	struct arena_chunk *chunk;
};

/* An all-zero arena is an empty one. */
void arena_release(struct arena *);

void *arena_alloc(struct arena *, size_t size);                     /* zeroed, aligned for any type */
void *arena_bytes(struct arena *, size_t size);                     /* not zeroed, unaligned: for text */
void *arena_grow(struct arena *, void *old, size_t old_size, size_t size);

struct arena_mark arena_mark(const struct arena *);
void arena_reset(struct arena *, struct arena_mark);

/* An arena of its own, for another thread, that is released when `a` is. `a` is not reset to before that. */
struct arena *arena_child(struct arena *a);

/* Calls `end` when `a` is released, before anything in it goes. `a` is not reset to before that. */
void arena_at_end(struct arena *a, void (*end)(void *ctx), void *ctx);

/* malloc's family for what does not live in an arena; the same promise: never NULL. */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);

#define NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define NEW_ARRAY(arena, type, n) ((type *)arena_alloc_array((arena), (n), sizeof(type)))
void *arena_alloc_array(struct arena *, size_t n, size_t size);

/*
 * A growing array in an arena:   VEC(struct device) list = {0};  vec_push(arena, &list, dev);
 * Growing copies, so pointers into `at` do not survive a push; indexes do.
 */
#define VEC(type) struct { type *at; size_t len, cap; }

#define vec_push(arena, vec, item) \
	(((vec)->len == (vec)->cap \
	  ? (void)((vec)->at = arena_vec_grow((arena), (vec)->at, &(vec)->cap, sizeof(*(vec)->at))) \
	  : (void)0), \
	 (vec)->at[(vec)->len++] = (item))
void *arena_vec_grow(struct arena *, void *at, size_t *cap, size_t size);

/* Room for about so many in an empty one: what growing leaves behind is not given back. */
#define vec_reserve(arena, vec, n) \
	((vec)->cap = (n), (vec)->at = arena_alloc_array((arena), (vec)->cap, sizeof(*(vec)->at)), (void)0)

#endif
