// SPDX-License-Identifier: GPL-2.0-or-later
#include "nixout/nix.h"

#include <stdlib.h>

#include "base/map.h"
#include "nixout/answers.h"

bool
nixpkgs_release(struct str text, enum nixpkgs_release *out)
{
	uint64_t year, month;
	size_t dot = str_index(text, '.');

	*out = NIXPKGS_NEW;
	if (str_is(text, "unstable"))
		return true;
	if (dot != 2 || text.len != 5 || !str_number(str_take(text, 2), 10, &year) ||
	    !str_number(str_drop(text, 3), 10, &month))
		return false;
	if (year * 100 + month <= 2505)
		*out = NIXPKGS_OLD;
	return true;
}

enum { SEED_INLINE = 2 }; /* lines of a base that stand in the line of the defconfig */

static bool
is_keyword(struct str s)
{
	static const char *const words[] = {
		"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_is(s, words[i]))
			return true;
	return false;
}

static bool
is_symbol(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return s.len > 0;
}

void
nix_string(struct str s, struct text *out)
{
	text_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c == '\n')
			text_add_c(out, "\\n");
		else if (c == '\r')
			text_add_c(out, "\\r");
		else if (c == '\t')
			text_add_c(out, "\\t");
		else if (c == '"' || c == '\\' || (c == '$' && i + 1 < s.len && s.at[i + 1] == '{'))
			text_addf(out, "\\%c", c);
		else
			text_add_char(out, c);
	}
	text_add_char(out, '"');
}

void
nix_name(struct str s, struct text *out)
{
	if (is_symbol(s) && !(s.at[0] >= '0' && s.at[0] <= '9') && !is_keyword(s))
		text_add(out, s);
	else
		nix_string(s, out);
}

/* A comment is one line; what would end it or hide in it is shown as '?'. */
static void
comment(struct str s, struct text *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		text_add_char(out, c < 32 || c == 127 ? '?' : (char)c);
	}
}

static void
indent_by(unsigned n, struct text *out)
{
	while (n--)
		text_add_char(out, ' ');
}

/* Why an option can't be said; NULL: it can. */
static const char *
unfit(const struct option *o)
{
	if (!is_symbol(o->name))
		return "no name of a symbol";
	if (o->type == OPTION_VALUE)
		return answer_unfit(o->value);
	if (o->type == OPTION_TRISTATE && !str_is(o->value, "y") && !str_is(o->value, "m") && !str_is(o->value, "n"))
		return "not y, m or n";
	return NULL;
}

static void
write_value(const struct option *o, struct text *out)
{
	if (o->type == OPTION_UNSET) {
		text_add_c(out, "unset");
	} else if (o->type == OPTION_VALUE) {
		text_add_c(out, "freeform ");
		nix_string(o->value, out);
	} else {
		text_add_c(out, str_is(o->value, "y") ? "yes" : str_is(o->value, "m") ? "module" : "no");
	}
}

/* lib.mkForce (option (freeform "x")), with parentheses only where a call stands inside a call */
static void
write_option(const struct option *o, unsigned indent, struct text *out)
{
	bool call = o->type == OPTION_VALUE, optional = o->optional && o->type != OPTION_UNSET;

	indent_by(indent, out);
	nix_name(o->name, out);
	text_add_c(out, " = ");
	if (o->force)
		text_add_c(out, optional || call ? "lib.mkForce (" : "lib.mkForce ");
	if (optional)
		text_add_c(out, call ? "option (" : "option ");
	write_value(o, out);
	if (optional && call)
		text_add_char(out, ')');
	if (o->force && (optional || call))
		text_add_char(out, ')');
	text_add_char(out, ';');
	if (o->reason.len) {
		text_add_c(out, " # ");
		comment(o->reason, out);
	}
	text_add_char(out, '\n');
}

/* The groups in the order in which they first come; lines without one stand before all headings. */
static void
list_groups(const struct option *o, size_t len, struct arena *scratch, struct map *groups)
{
	map_index_put(groups, scratch, STR(""));
	for (size_t i = 0; i < len; i++)
		map_index_put(groups, scratch, o[i].group);
}

/* Tells what can't be said and marks it in `skip`. */
static void
find_unfit(const struct option *o, size_t len, bool *skip, struct arena *scratch, struct diag *diag)
{
	struct map seen = { 0 };

	for (size_t i = 0; i < len; i++) {
		const char *why = unfit(&o[i]);

		if (!why && map_index(&seen, o[i].name) >= 0)
			why = "it is given twice";
		skip[i] = why;
		if (why)
			diag_error(diag, STR(""), 0, "the option %.*s = '%.*s' can't be written: %s", STR_ARG(o[i].name),
			           STR_ARG(o[i].value), why);
		else
			map_index_put(&seen, scratch, o[i].name);
	}
}

void
nix_write_options(const struct option *o, size_t len, unsigned indent, struct text *out, struct diag *diag)
{
	struct arena scratch = { 0 };
	struct map groups = { 0 };
	bool *skip = NEW_ARRAY(&scratch, bool, len + 1);

	find_unfit(o, len, skip, &scratch, diag);
	list_groups(o, len, &scratch, &groups);
	for (size_t g = 0, written = 0; g < groups.len; g++) {
		struct str name = groups.entry[g].key;

		if (name.len) {
			text_add_c(out, written ? "\n" : "");
			indent_by(indent, out);
			text_add_c(out, "# ");
			comment(name, out);
			text_add_char(out, '\n');
		}
		for (size_t i = 0; i < len; i++) {
			if (!skip[i] && str_eq(o[i].group, name)) {
				write_option(&o[i], indent, out);
				written++;
			}
		}
	}
	arena_release(&scratch);
}

static int
by_name(const void *a, const void *b)
{
	const struct option *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

void
nix_write_answers(const struct option *o, size_t len, struct text *out)
{
	struct arena scratch = { 0 };
	const struct option **sorted = NEW_ARRAY(&scratch, const struct option *, len + 1);
	struct map seen = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (o[i].type == OPTION_UNSET || unfit(&o[i]) || map_index(&seen, o[i].name) >= 0)
			continue;
		map_index_put(&seen, &scratch, o[i].name);
		sorted[n++] = &o[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++)
		text_addf(out, "%.*s%s %.*s\n", STR_ARG(sorted[i]->name), sorted[i]->optional ? "?" : "",
		          STR_ARG(sorted[i]->value));
	arena_release(&scratch);
}

/* Lines as an indented string: each stands on a line of its own. */
static void
lines_string(struct str s, unsigned indent, struct text *out)
{
	struct str line;

	text_add_c(out, "''\n");
	while (str_next_line(&s, &line)) {
		indent_by(line.len ? indent + 2 : 0, out);
		for (size_t i = 0; i < line.len; i++) {
			struct str rest = str_drop(line, i);

			if (str_starts(rest, STR("''")) || str_starts(rest, STR("${"))) {
				text_add_c(out, rest.at[0] == '$' ? "''${" : "'''");
				i++;
			} else {
				text_add_char(out, line.at[i]);
			}
		}
		text_add_char(out, '\n');
	}
	indent_by(indent, out);
	text_add_c(out, "''");
}

static size_t
count_lines(struct str s)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&s, &line))
		n++;
	return n;
}

static void
write_defconfig(const struct nix_module *m, struct text *out)
{
	if (!m->defconfig.len && !m->seed.len)
		return;
	text_add_c(out, "      defconfig = ");
	if (m->seed.len) {
		text_addf(out, "\"%.*s KCONFIG_ALLCONFIG=${pkgs.writeText \"kconfig-seed\" ",
		          STR_ARG(m->defconfig.len ? m->defconfig : STR("allnoconfig")));
		if (count_lines(m->seed) > SEED_INLINE)
			lines_string(m->seed, 6, out);
		else
			nix_string(m->seed, out);
		text_add_c(out, "}\"");
	} else {
		nix_string(m->defconfig, out);
	}
	text_add_c(out, ";\n");
}

/* Each word a flag of its own: nixpkgs splits the flags at blanks in one of the two places that use them. */
static void
write_make_flags(const struct nix_module *m, struct text *out)
{
	struct str rest = m->tuning, word;
	struct arena scratch = { 0 };
	const char *assign = "=";

	if (!m->llvm && !str_trim(m->tuning).len)
		return;
	text_add_c(out, "      extraMakeFlags = [");
	if (m->llvm)
		text_add_c(out, " \"LLVM=1\"");
	for (; str_next_word(&rest, &word); assign = "+=") {
		text_add_char(out, ' ');
		nix_string(str_format(&scratch, "KCFLAGS%s%.*s", assign, STR_ARG(word)), out);
	}
	text_add_c(out, " ];\n");
	arena_release(&scratch);
}

static void
write_override(const struct nix_module *m, struct text *out)
{
	if (!m->kernel.len)
		return;
	text_add_c(out, "  boot.kernelPackages = pkgs.linuxPackagesFor (\n    pkgs.");
	nix_name(m->kernel, out);
	text_add_c(out, ".override {\n");
	write_defconfig(m, out);
	if (!m->auto_modules)
		text_add_c(out, "      autoModules = false;\n");
	if (m->prefer_builtin)
		text_add_c(out, "      preferBuiltin = true;\n");
	if (!m->common_config)
		text_add_c(out, "      enableCommonConfig = false;\n");
	if (m->llvm)
		text_add_c(out,
		           "      stdenv = pkgs.overrideCC pkgs.llvmPackages.stdenv (\n"
		           "        pkgs.llvmPackages.stdenv.cc.override { inherit (pkgs.llvmPackages) bintools; }\n"
		           "      );\n");
	write_make_flags(m, out);
	text_add_c(out, "    }\n  );\n\n");
}

/* nixpkgs puts the platform's answers behind all options, and the patches' extraConfig behind these. */
static void
write_late(const struct nix_module *m, struct text *out, struct diag *diag)
{
	struct arena scratch = { 0 };
	bool *skip = NEW_ARRAY(&scratch, bool, m->late_len + 1);

	find_unfit(m->late, m->late_len, skip, &scratch, diag);
	if (m->late_len)
		text_add_c(out, "      # behind the platform's own answers, of which these do not fit\n"
		                "      extraConfig = lib.concatStringsSep \"\\n\" [\n");
	for (size_t i = 0; i < m->late_len; i++) {
		const struct option *o = &m->late[i];

		if (skip[i])
			continue;
		indent_by(8, out);
		nix_string(str_format(&scratch, "%.*s%s %.*s", STR_ARG(o->name), o->optional ? "?" : "", STR_ARG(o->value)), out);
		text_add_c(out, o->reason.len ? " # " : "");
		comment(o->reason, out);
		text_add_char(out, '\n');
	}
	text_add_c(out, m->late_len ? "      ];\n" : "");
	arena_release(&scratch);
}

void
nix_write(const struct nix_module *m, struct text *out, struct diag *diag)
{
	struct str rest = m->title, line;

	while (str_next_line(&rest, &line)) {
		text_add_c(out, line.len ? "# " : "#");
		comment(line, out);
		text_add_char(out, '\n');
	}
	text_add_c(out, "{ lib, pkgs, ... }:\n\n{\n");
	write_override(m, out);
	text_add_c(out, "  boot.kernelPatches = [\n    {\n      name = ");
	nix_string(m->patch_name.len ? m->patch_name : STR("derpconfig"), out);
	text_addf(out, ";\n      patch = null;\n      %s = with lib.kernel; {\n",
	          m->release == NIXPKGS_OLD ? "extraStructuredConfig" : "structuredExtraConfig");
	nix_write_options(m->options, m->options_len, 8, out, diag);
	text_add_c(out, "      };\n");
	write_late(m, out, diag);
	text_add_c(out, "    }\n  ];\n");
	if (m->more.len) {
		text_add_char(out, '\n');
		text_add(out, m->more);
	}
	text_add_c(out, "}\n");
}
