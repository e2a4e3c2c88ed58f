// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/patchfile.h"

static bool
opens_options(struct str line)
{
	return (str_find(line, STR("structuredExtraConfig")) < line.len ||
	        str_find(line, STR("extraStructuredConfig")) < line.len) && str_has(line, '{');
}

static bool
is_fragment_line(struct str line)
{
	return str_starts(line, STR("CONFIG_")) || str_starts(line, STR("# CONFIG_"));
}

bool
patch_is(struct str text)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (is_fragment_line(line) || opens_options(line))
			return true;
	return false;
}

/* Headings are comments of their own line; in a fragment those with two marks. */
static bool
follows(struct str group)
{
	return str_is(group, "dependencies") || str_starts(group, STR("order")) || str_starts(group, STR("unset"));
}

static struct str
unquoted(struct str s)
{
	return s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"' ? (struct str){ s.at + 1, s.len - 2 } : s;
}

/* Without quotes, and without the backslashes before what they protect: .config has \\ and \", Nix also \$, \n, \r, \t. */
static struct str
unescaped(struct arena *keep, struct str s, bool nix)
{
	char *out;
	size_t n = 0;

	s = unquoted(s);
	if (!str_has(s, '\\'))
		return s;
	out = arena_bytes(keep, s.len);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c == '\\' && i + 1 < s.len && (nix || s.at[i + 1] == '\\' || s.at[i + 1] == '"')) {
			c = s.at[++i];
			if (nix)
				c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
		}
		out[n++] = c;
	}
	return (struct str){ out, n };
}

/* ---- Kconfig fragments ---- */

static bool
fragment_line(struct str line, struct arena *keep, struct patch_line *l)
{
	static const char off[] = " is not set";

	if (str_starts(line, STR("# CONFIG_")) && str_ends(line, STR(" is not set"))) {
		l->symbol = str_drop(str_take(line, line.len - (sizeof(off) - 1)), sizeof("# CONFIG_") - 1);
		l->value = STR("n");
		return l->symbol.len > 0;
	}
	if (!str_starts(line, STR("CONFIG_")) || !str_has(line, '='))
		return false;
	l->symbol = str_drop(str_take(line, str_index(line, '=')), sizeof("CONFIG_") - 1);
	l->value = unescaped(keep, str_drop(line, str_index(line, '=') + 1), false);
	return l->symbol.len > 0;
}

static void
parse_fragment(const struct source *src, struct arena *keep, struct patch_lines *out)
{
	struct str rest = src->text, line, group = STR(""), reason = STR("");
	unsigned number = 0;

	while (str_next_line(&rest, &line)) {
		struct patch_line l = { .line = ++number, .group = group, .reason = reason, .follows = follows(group) };

		if (fragment_line(line, keep, &l)) {
			vec_push(keep, &out->list, l);
			reason = STR("");
		} else if (str_starts(line, STR("## "))) {
			group = str_trim(str_drop(line, 3));
		} else if (str_starts(line, STR("# "))) {
			reason = str_trim(str_drop(line, 2));
		}
	}
}

/* ---- NixOS modules ---- */

/* The value without what is wrapped around it: "lib.mkForce (option yes)" -> "yes". */
static struct str
unwrapped(struct str v)
{
	static const char *const wraps[] = { "lib.kernel.", "lib.mkForce", "mkForce", "option", "lib.", "(" };
	size_t i = 0;

	v = str_trim(v);
	while (i < sizeof(wraps) / sizeof(*wraps))
		if (str_starts(v, str_from(wraps[i]))) {
			v = str_trim(str_drop(v, str_from(wraps[i]).len));
			i = 0;
		} else {
			i++;
		}
	while (str_ends(v, STR(")")))
		v = str_trim(str_take(v, v.len - 1));
	return v;
}

static bool
nix_value(struct str v, struct arena *keep, struct str *out)
{
	v = unwrapped(v);
	if (str_is(v, "yes"))
		*out = STR("y");
	else if (str_is(v, "module"))
		*out = STR("m");
	else if (str_is(v, "no"))
		*out = STR("n");
	else if (str_is(v, "unset"))
		*out = STR("");
	else if (str_starts(v, STR("freeform")))
		*out = unescaped(keep, str_trim(str_drop(v, sizeof("freeform") - 1)), true);
	else
		return false;
	return true;
}

/* NAME = VALUE; # reason */
static bool
nix_line(struct str line, struct arena *keep, struct patch_line *l)
{
	size_t equal = str_index(line, '='), end = line.len, comment = str_find(line, STR("; #"));

	if (comment < line.len) {
		end = comment;
		l->reason = str_trim(str_drop(line, comment + 3));
	} else if (str_ends(line, STR(";"))) {
		end = line.len - 1;
	}
	l->symbol = unquoted(str_trim(str_take(line, equal)));
	return end < line.len && equal < end && l->symbol.len && !str_has(l->symbol, ' ') &&
	       nix_value((struct str){ line.at + equal + 1, end - equal - 1 }, keep, &l->value);
}

static void
parse_nix(const struct source *src, struct arena *keep, struct diag *diag, struct patch_lines *out)
{
	struct str rest = src->text, line, group = STR("");
	unsigned number = 0;
	bool inside = false;

	while (str_next_line(&rest, &line)) {
		struct patch_line l = { .line = ++number, .group = group, .follows = follows(group) };

		line = str_trim(line);
		if (!inside) {
			inside = opens_options(line);
		} else if (str_starts(line, STR("}"))) {
			inside = false;
		} else if (str_starts(line, STR("#"))) {
			group = str_trim(str_drop(line, 1));
		} else if (line.len && nix_line(line, keep, &l)) {
			vec_push(keep, &out->list, l);
		} else if (line.len) {
			diag_warn(diag, src->name, number, "not an option as derpconfig writes them, passed over: %.*s", STR_ARG(line));
		}
	}
}

void
patch_parse(const struct source *src, struct arena *keep, struct diag *diag, struct patch_lines *out)
{
	struct str rest = src->text, line;

	while (str_next_line(&rest, &line))
		if (opens_options(line)) {
			parse_nix(src, keep, diag, out);
			return;
		}
	parse_fragment(src, keep, out);
}
