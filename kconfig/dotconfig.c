// SPDX-License-Identifier: GPL-2.0-or-later
/* A .config as texts, without a model: enough to ask a fat kernel's config about the toolchain. */
#include "kconfig/toolchain.h"

enum { BYTES_A_LINE = 26 }; /* about */

static struct str
unquoted(struct str s, struct arena *keep)
{
	char *out;
	size_t n = 0;

	if (s.len < 2 || s.at[0] != '"' || s.at[s.len - 1] != '"')
		return s;
	s = str_take(str_drop(s, 1), s.len - 2);
	out = arena_bytes(keep, s.len + 1);
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\' && i + 1 < s.len)
			i++;
		out[n++] = s.at[i];
	}
	return (struct str){ out, n };
}

void
dotconfig_read(struct map *m, struct str text, struct arena *keep)
{
	struct str line, name, value;

	map_reserve(m, keep, text.len / BYTES_A_LINE);
	while (str_next_line(&text, &line)) {
		size_t eq = str_index(line, '=');

		if (str_starts(line, STR("# CONFIG_")) && str_ends(line, STR(" is not set"))) {
			name = str_take(str_drop(line, 9), line.len - 9 - 11);
			value = STR("n");
		} else if (str_starts(line, STR("CONFIG_")) && eq < line.len) {
			name = str_take(str_drop(line, 7), eq - 7);
			value = unquoted(str_drop(line, eq + 1), keep);
		} else {
			continue;
		}
		struct str *v = NEW(keep, struct str);
		*v = value;
		*map_put(m, keep, name) = v;
	}
}
