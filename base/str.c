// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.at, b.at, n) : 0;

	return c ? c : (a.len > b.len) - (a.len < b.len);
}

int
str_qsort(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* FNV-1a with a final mix: short keys, no attacker-chosen worst case matters beyond slow. */
uint64_t
str_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.at[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

size_t
str_find(struct str s, struct str needle)
{
	const char *p;

	if (!needle.len)
		return 0;
	p = s.len ? memmem(s.at, s.len, needle.at, needle.len) : NULL;
	return p ? (size_t)(p - s.at) : s.len;
}

size_t
str_rindex(struct str s, char c)
{
	const char *p = s.len ? memrchr(s.at, c, s.len) : NULL;

	return p ? (size_t)(p - s.at) : s.len;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
	while (s.len && is_blank(s.at[0]))
		s = str_drop(s, 1);
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool
str_next_line(struct str *rest, struct str *line)
{
	size_t n = str_index(*rest, '\n');

	if (!rest->len)
		return false;
	*line = str_take(*rest, n);
	*rest = str_drop(*rest, n + 1);
	if (line->len && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool
str_next_word(struct str *rest, struct str *word)
{
	size_t n = 0;

	while (rest->len && is_blank(rest->at[0]))
		*rest = str_drop(*rest, 1);
	while (n < rest->len && !is_blank(rest->at[n]))
		n++;
	*word = str_take(*rest, n);
	*rest = str_drop(*rest, n);
	return n > 0;
}

bool
str_next_part(struct str *rest, char separator, struct str *part)
{
	size_t n;

	if (!rest->at)
		return false;
	n = str_index(*rest, separator);
	*part = str_take(*rest, n);
	*rest = n < rest->len ? str_drop(*rest, n + 1) : (struct str){ NULL, 0 };
	return true;
}

bool
str_number(struct str s, int base, uint64_t *out)
{
	char buf[72], *end;

	if (!s.len || s.len >= sizeof(buf) || is_blank(s.at[0]) || s.at[0] == '-' || s.at[0] == '+')
		return false;
	memcpy(buf, s.at, s.len);
	buf[s.len] = '\0';
	*out = strtoull(buf, &end, base);
	return end == buf + s.len;
}

struct str
str_copy(struct arena *a, struct str s)
{
	return (struct str){ str_c(a, s), s.len };
}

char *
str_c(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.len + 1);

	if (s.len)
		memcpy(p, s.at, s.len);
	p[s.len] = '\0';
	return p;
}

struct str
str_format(struct arena *a, const char *format, ...)
{
	char small[256], *p;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(small, sizeof(small), format, ap);
	va_end(ap);
	if (n < 0)
		return STR("");
	p = arena_bytes(a, (size_t)n + 1);
	if ((size_t)n < sizeof(small)) {
		memcpy(p, small, (size_t)n + 1);
	} else {
		va_start(ap, format);
		vsnprintf(p, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	return (struct str){ p, (size_t)n };
}

struct str
str_join(struct arena *a, const struct str *parts, size_t n, struct str between)
{
	size_t len = 0;
	char *p, *to;

	for (size_t i = 0; i < n; i++)
		len += parts[i].len + (i ? between.len : 0);
	p = to = arena_bytes(a, len + 1);
	for (size_t i = 0; i < n; i++) {
		if (i && between.len)
			to = (char *)memcpy(to, between.at, between.len) + between.len;
		if (parts[i].len)
			to = (char *)memcpy(to, parts[i].at, parts[i].len) + parts[i].len;
	}
	*to = '\0';
	return (struct str){ p, len };
}

struct str
path_join(struct arena *a, struct str dir, struct str name)
{
	struct str parts[2] = { dir, name };

	if (!dir.len || str_is(dir, "."))
		return str_copy(a, name);
	if (!name.len)
		return str_copy(a, dir);
	return str_join(a, parts, 2, dir.at[dir.len - 1] == '/' ? STR("") : STR("/"));
}

struct str
path_dir(struct str path)
{
	size_t n = str_rindex(path, '/');

	return n < path.len ? str_take(path, n) : str_take(path, 0);
}

struct str
path_base(struct str path)
{
	size_t n = str_rindex(path, '/');

	return n < path.len ? str_drop(path, n + 1) : path;
}

struct str
path_clean(struct arena *a, struct str path)
{
	char *out = arena_bytes(a, path.len + 1);
	size_t len = 0, floor = 0;  /* floor: what ".." may not eat */
	struct str rest = path, part;

	if (path.len && path.at[0] == '/')
		out[len++] = '/', floor = 1;
	while (str_next_part(&rest, '/', &part)) {
		if (!part.len || str_is(part, ".") || (str_is(part, "..") && len == 1 && out[0] == '/'))
			continue;
		if (str_is(part, "..") && len > floor) {
			struct str dir = path_dir((struct str){ out, len });

			len = dir.len < floor ? floor : dir.len;
			continue;
		}
		if (len && out[len - 1] != '/')
			out[len++] = '/';
		memcpy(out + len, part.at, part.len);
		len += part.len;
		if (str_is(part, ".."))
			floor = len;
	}
	out[len] = '\0';
	return (struct str){ out, len };
}

void
text_room(struct text *t, size_t n)
{
	size_t cap = t->cap ? t->cap : 256;

	while (cap - t->len <= n)
		cap *= 2;
	if (cap != t->cap) {
		t->at = xrealloc(t->at, cap);
		t->cap = cap;
	}
}

void
text_release(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}

void
text_add_number(struct text *t, unsigned long n)
{
	char digits[24], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	text_add(t, str_span(p, digits + sizeof(digits)));
}

void
text_addf(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	text_room(t, 80); /* most fit at the first try */
	va_start(ap, format);
	n = vsnprintf(t->at + t->len, t->cap - t->len, format, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= t->cap - t->len) {
		text_room(t, (size_t)n);
		va_start(ap, format);
		vsnprintf(t->at + t->len, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	t->len += (size_t)n;
	t->at[t->len] = '\0';
}

struct str
text_str(const struct text *t)
{
	return (struct str){ t->at ? t->at : "", t->len };
}
