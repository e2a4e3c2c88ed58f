// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * str.h - strings that borrow, and text that is being built.
 *
 * A `struct str` points into memory somebody else owns and need not end in a NUL. Bytes, not characters;
 * comparisons are plain byte order in every locale. The empty string has len 0 and any `at`; a NULL `at` is
 * "no string" where a function says so.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct str {
	const char *at;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_ARG(s) (int)(s).len, (s).at   /* for "%.*s" */

static inline struct str str_from(const char *c_string);  /* NULL gives the empty string */
static inline struct str str_span(const char *begin, const char *end);

static inline bool str_eq(struct str, struct str);
static inline bool str_is(struct str, const char *c_string);
int str_cmp(struct str, struct str);
int str_qsort(const void *a, const void *b); /* str_cmp for qsort over an array of struct str */
static inline bool str_starts(struct str, struct str prefix);
static inline bool str_ends(struct str, struct str suffix);
static inline bool str_has(struct str, char);
uint64_t str_hash(struct str);

/* The place of the first occurrence, or s.len where there is none. */
size_t str_find(struct str, struct str needle);
static inline size_t str_index(struct str, char);
size_t str_rindex(struct str, char);

static inline struct str str_drop(struct str, size_t n); /* without the first n bytes; n beyond the end gives empty */
static inline struct str str_take(struct str, size_t n); /* the first n bytes at most */
struct str str_trim(struct str);           /* without blanks at both ends: space, tab, CR, LF, VT, FF */

/* Takes one part off the front of *rest. False when nothing is left. */
bool str_next_line(struct str *rest, struct str *line); /* the line without its LF (and CR before it) */
bool str_next_word(struct str *rest, struct str *word); /* words are parted by blanks */
bool str_next_part(struct str *rest, char separator, struct str *part); /* "a,,b" has three parts */

/* The whole string as a number, base 0 as strtoull has it (10, 16 or 0 for "0x" and octal). */
bool str_number(struct str, int base, uint64_t *out);

struct str str_copy(struct arena *, struct str);
char *str_c(struct arena *, struct str);    /* a copy that ends in a NUL */
struct str str_format(struct arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str str_join(struct arena *, const struct str *parts, size_t n, struct str between);

/* dir "/" name, with "." and empty dir left out; no ".." handling. */
struct str path_join(struct arena *, struct str dir, struct str name);
struct str path_dir(struct str path);        /* "a/b.c" -> "a"; "b.c" -> "" */
struct str path_base(struct str path);       /* "a/b.c" -> "b.c" */
/* "a/./b//../c" -> "a/c"; a ".." that would leave the top is kept at the front, so that callers can refuse it. */
struct str path_clean(struct arena *, struct str path);

/* A text that grows; at[len] is always NUL. All-zero is the empty text. */
struct text {
	char *at;
	size_t len, cap;
};

void text_release(struct text *);
static inline void text_add(struct text *, struct str);
static inline void text_add_c(struct text *, const char *c_string);
static inline void text_add_char(struct text *, char);
void text_room(struct text *, size_t n);    /* for n bytes more and the NUL */
void text_add_number(struct text *, unsigned long);
void text_addf(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str text_str(const struct text *);   /* borrows: valid until the text changes */

/* ---- the smallest, open to the compiler: most of their calls have a literal in them ---- */

static inline struct str
str_from(const char *s)
{
	return s ? (struct str){ s, strlen(s) } : (struct str){ "", 0 };
}

static inline struct str
str_span(const char *begin, const char *end)
{
	return (struct str){ begin, (size_t)(end - begin) };
}

static inline struct str
str_take(struct str s, size_t n)
{
	return (struct str){ s.at, n < s.len ? n : s.len };
}

static inline struct str
str_drop(struct str s, size_t n)
{
	if (n > s.len)
		n = s.len;
	return (struct str){ n ? s.at + n : s.at, s.len - n };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool
str_is(struct str a, const char *b)
{
	return str_eq(a, str_from(b));
}

static inline bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_take(s, prefix.len), prefix);
}

static inline bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_drop(s, s.len - suffix.len), suffix);
}

static inline size_t
str_index(struct str s, char c)
{
	const char *p = s.len ? memchr(s.at, c, s.len) : NULL;

	return p ? (size_t)(p - s.at) : s.len;
}

static inline bool
str_has(struct str s, char c)
{
	return str_index(s, c) < s.len;
}

static inline void
text_add(struct text *t, struct str s)
{
	if (t->cap - t->len <= s.len)
		text_room(t, s.len);
	if (s.len)
		memcpy(t->at + t->len, s.at, s.len);
	t->len += s.len;
	t->at[t->len] = '\0';
}

static inline void
text_add_c(struct text *t, const char *s)
{
	text_add(t, str_from(s));
}

static inline void
text_add_char(struct text *t, char c)
{
	text_add(t, (struct str){ &c, 1 });
}

#endif
