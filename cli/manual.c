// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/manual.h"

#include <ctype.h>
#include <string.h>

#include "base/data.h"
#include "cli/args.h"

/* A word of a macro line: quoted, so that no blank ends it and no macro's name is taken for one. */
static void
quoted(struct str word, struct text *out)
{
	text_add_char(out, '"');
	for (size_t i = 0; i < word.len; i++)
		if (word.at[i] == '\\')
			text_add_c(out, "\\e");
		else if (word.at[i] == '"')
			text_add_c(out, "\\(dq");
		else
			text_add_char(out, word.at[i]);
	text_add_char(out, '"');
}

static void
escaped(struct str text, struct text *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\\')
			text_add_c(out, "\\e");
		else
			text_add_char(out, text.at[i]);
}

static bool
ends_sentence(struct str word, struct str rest)
{
	rest = str_trim(rest);
	return word.len > 1 && strchr(".?!", word.at[word.len - 1]) && rest.len && isupper((unsigned char)rest.at[0]);
}

/* Filled text; `after` stands at its end. A sentence ends its line, as mdoc wants it; lines stay below 80 bytes. */
static void
prose_line(struct str line, const char *after, struct text *out)
{
	struct str word;
	size_t start = out->len;

	while (str_next_word(&line, &word)) {
		if (out->len > start && out->len - start + word.len > 76) {
			out->at[out->len - 1] = '\n';
			start = out->len;
		}
		if (out->len == start && strchr(".'", word.at[0]))
			text_add_c(out, "\\&");
		escaped(word, out);
		text_add_c(out, !str_trim(line).len ? after : ends_sentence(word, line) ? "\n" : " ");
		if (out->at[out->len - 1] == '\n')
			start = out->len;
	}
	text_add_char(out, '\n');
}

static void
literal_line(struct str line, struct text *out)
{
	text_add_c(out, "\\&");
	escaped(line, out);
	text_add_char(out, '\n');
}

/* Paragraphs are parted by empty lines; what is indented stays as it is. */
static void
prose(struct str text, struct text *out)
{
	struct str line;
	bool literal = false, fresh = true;

	while (str_next_line(&text, &line)) {
		bool indented = line.len && strchr(" \t", line.at[0]);

		if (literal && !indented) {
			text_add_c(out, ".Ed\n");
			literal = false;
			fresh = line.len > 0;
		}
		if (!line.len) {
			fresh = true;
		} else if (indented) {
			if (!literal)
				text_add_c(out, ".Bd -literal -offset indent\n");
			literal = true;
			literal_line(line, out);
		} else {
			if (fresh)
				text_add_c(out, ".Pp\n");
			fresh = false;
			prose_line(line, "", out);
		}
	}
	if (literal)
		text_add_c(out, ".Ed\n");
}

static void
flag_list(const struct flag *f, struct text *out)
{
	text_add_c(out, ".Bl -tag -width Ds\n");
	for (; f && f->name; f++) {
		text_add_c(out, ".It");
		if (f->letter)
			text_addf(out, " Fl %c ,", f->letter);
		text_addf(out, " Fl -%s", f->name);
		if (f->value) {
			text_add_c(out, " Ar ");
			quoted(str_from(f->value), out);
		}
		text_add_char(out, '\n');
		prose_line(str_from(f->help), "", out);
	}
	text_add_c(out, ".El\n");
}

static void
command_section(const struct command *c, struct text *out)
{
	text_addf(out, ".Ss derpconfig %s\n.Bd -filled -offset indent -compact\n.Nm derpconfig Cm ", c->name);
	quoted(str_from(c->name), out);
	text_add_c(out, "\n");
	literal_line(str_from(c->synopsis), out);
	text_add_c(out, ".Ed\n.Pp\n");
	prose_line(str_from(c->summary), ".", out);
	if (c->details)
		prose(str_from(c->details), out);
	if (c->flags && c->flags->name)
		flag_list(c->flags, out);
}

void
manual(struct text *out)
{
	struct str page = data_find("docs/derpconfig.1.in"), line;

	while (str_next_line(&page, &line)) {
		if (str_is(line, "@COMMANDS@")) {
			for (size_t i = 0; commands[i]; i++)
				command_section(commands[i], out);
		} else if (str_is(line, "@KERNEL-OPTIONS@")) {
			flag_list(kernel_flags, out);
		} else {
			text_add(out, line);
			text_add_char(out, '\n');
		}
	}
}
