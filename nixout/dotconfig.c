// SPDX-License-Identifier: GPL-2.0-or-later
#include "nixout/dotconfig.h"

static bool
is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return s.len > 0;
}

/* \\ and \" become \ and "; other backslashes stay, as in the script. */
static struct str
unescape(struct arena *keep, struct str s)
{
	char *out;
	size_t n = 0;

	if (!str_has(s, '\\'))
		return s;
	out = arena_bytes(keep, s.len);
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\' && i + 1 < s.len && (s.at[i + 1] == '\\' || s.at[i + 1] == '"'))
			i++;
		out[n++] = s.at[i];
	}
	return (struct str){ out, n };
}

/* CONFIG_NAME=value */
static bool
assignment(struct str line, struct arena *keep, struct dotconfig_line *out)
{
	size_t eq = str_index(line, '=');
	struct str value = str_drop(line, eq + 1);

	if (!str_starts(line, STR("CONFIG_")) || eq == line.len)
		return false;
	out->name = str_drop(str_take(line, eq), 7);
	out->string = value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"';
	out->value = out->string ? unescape(keep, str_span(value.at + 1, value.at + value.len - 1)) : value;
	return is_word(out->name);
}

/* # CONFIG_NAME is not set */
static bool
not_set(struct str line, struct dotconfig_line *out)
{
	const struct str head = STR("# CONFIG_"), tail = STR(" is not set");

	if (!str_starts(line, head) || !str_ends(line, tail) || line.len < head.len + tail.len)
		return false;
	out->name = str_span(line.at + head.len, line.at + line.len - tail.len);
	out->value = STR("n");
	out->string = false;
	return is_word(out->name);
}

void
dotconfig_parse(struct dotconfig *dc, const struct source *src, struct arena *keep, struct diag *diag)
{
	struct str rest = src->text, text;

	for (unsigned line = 1; str_next_line(&rest, &text); line++) {
		struct dotconfig_line read = { .line = line }, *entry;
		void **place;

		if (!assignment(text, keep, &read) && !not_set(text, &read)) {
			if (str_starts(text, STR("CONFIG_")))
				diag_warn(diag, src->name, line, "no assignment to a symbol: '%.*s'; the line is passed over",
				          STR_ARG(text));
			continue;
		}
		place = map_put(&dc->by_name, keep, read.name);
		entry = *place ? *place : NEW(keep, struct dotconfig_line);
		*entry = read;
		*place = entry;
	}
}

const struct dotconfig_line *
dotconfig_get(const struct dotconfig *dc, struct str name)
{
	return map_get(&dc->by_name, name);
}

size_t
dotconfig_len(const struct dotconfig *dc)
{
	return dc->by_name.len;
}

const struct dotconfig_line *
dotconfig_at(const struct dotconfig *dc, size_t i)
{
	return dc->by_name.entry[i].value;
}

struct str
dotconfig_value(const struct dotconfig *dc, struct str name)
{
	const struct dotconfig_line *l = dotconfig_get(dc, name);

	return l ? l->value : STR("n");
}
