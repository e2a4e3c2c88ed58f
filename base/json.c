// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/json.h"

#include <stdlib.h>

/* Length of the UTF-8 sequence at s, 0 if it is none (RFC 3629: no surrogates, no overlong forms). */
static size_t
utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.at;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	if (n > s.len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

struct str
json_clean(struct arena *keep, struct str s)
{
	struct text clean = { 0 };
	size_t valid = 0, n;

	while (valid < s.len && (n = utf8(str_drop(s, valid))))
		valid += n;
	if (valid == s.len)
		return s;
	while (s.len) {
		n = utf8(s);
		text_add(&clean, n ? str_take(s, n) : STR("\xef\xbf\xbd"));
		s = str_drop(s, n ? n : 1);
	}
	s = str_copy(keep, text_str(&clean));
	text_release(&clean);
	return s;
}

json_t *
json_str(struct str s)
{
	struct arena once = { 0 };
	json_t *j;

	if (!s.len)
		return json_string("");
	j = json_stringn(s.at, s.len);
	if (j)
		return j;
	s = json_clean(&once, s);
	j = json_stringn(s.at, s.len);
	arena_release(&once);
	return j;
}

struct str
json_get_str(const json_t *object, const char *key)
{
	const json_t *j = json_object_get(object, key);

	if (!json_is_string(j))
		return STR("");
	return (struct str){ json_string_value(j), json_string_length(j) };
}

static int
append(const char *buffer, size_t size, void *data)
{
	text_add(data, (struct str){ buffer, size });
	return 0;
}

void
json_text(const json_t *j, struct text *out)
{
	json_dump_callback(j, append, out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
}
