// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/args.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/terminal.h"

const struct flag kernel_flags[] = {
	{ "kernel", 'k', "TREE", "kernel source: a directory, or linux-*.tar.{xz,gz,zst} read in place" },
	{ "modules", 'm', "DIR", "a lib/modules/VERSION directory" },
	{ "config", 'c', "FILE", "configuration of the kernel that the machine runs (the fat one)" },
	{ "arch", 'a', "ARCH", "architecture (default: the dump's, else this machine's)" },
	{ 0 },
};

static const struct flag common_flags[] = {
	{ "help", 'h', NULL, "show this help" },
	{ 0 },
};

static const struct flag *
find_in(const struct flag *f, struct str name, char letter)
{
	for (; f && f->name; f++)
		if (letter ? f->letter == letter : str_is(name, f->name))
			return f;
	return NULL;
}

static const struct flag *
find_flag(const struct command *c, struct str name, char letter)
{
	const struct flag *f = find_in(c->flags, name, letter);

	if (!f && c->kernel_options)
		f = find_in(kernel_flags, name, letter);
	return f ? f : find_in(common_flags, name, letter);
}

int
usage_error(const struct args *a, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "derpconfig: %s: ", a->command->name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "; see 'derpconfig %s --help'\n", a->command->name);
	return EXIT_TROUBLE;
}

/* Handles argv[i], which starts with '-'. Returns how many words it took, 0 on an error. */
static int
take_flag(struct args *a, int argc, char **argv, int i)
{
	bool is_long = argv[i][1] == '-';
	struct str word = str_from(argv[i] + (is_long ? 2 : 1)), name;
	const char *value = NULL;
	const struct flag *f;
	struct given g;

	if (is_long) {
		name = str_take(word, str_index(word, '='));
		value = name.len < word.len ? name.at + name.len + 1 : NULL;
		f = find_flag(a->command, name, 0);
	} else {
		f = find_flag(a->command, STR(""), argv[i][1]);
		value = f && f->value && argv[i][2] ? argv[i] + 2 : NULL;
		if (f && !f->value && argv[i][2])
			return usage_error(a, "'%s': give one short flag at a time", argv[i]), 0;
	}
	if (!f)
		return usage_error(a, "unknown flag '%s'", argv[i]), 0;
	if (!f->value && value)
		return usage_error(a, "--%s takes no value", f->name), 0;
	g = (struct given){ f, value };
	if (f->value && !value) {
		if (i + 1 >= argc)
			return usage_error(a, "--%s wants a value: %s", f->name, f->value), 0;
		g.value = argv[i + 1];
	}
	vec_push(a->keep, &a->given, g);
	return f->value && !value ? 2 : 1;
}

enum args_result
args_parse(struct args *a, int argc, char **argv)
{
	const struct command *c = a->command;
	bool flags = true;

	a->at = NEW_ARRAY(a->keep, const char *, (size_t)argc + 1);
	for (int i = 0, n = 1; i < argc; i += n, n = 1) {
		if (flags && strcmp(argv[i], "--") == 0)
			flags = false;
		else if (flags && argv[i][0] == '-' && argv[i][1] && !(n = take_flag(a, argc, argv, i)))
			return ARGS_BAD;
		else if (!flags || argv[i][0] != '-' || !argv[i][1])
			a->at[a->len++] = argv[i];
		if (args_has(a, "help"))
			return ARGS_HELP;
	}
	if (a->len < c->min || a->len > c->max) {
		usage_error(a, a->len < c->min ? "an argument is missing: %s" : "too many arguments: %s", c->synopsis);
		return ARGS_BAD;
	}
	return ARGS_RUN;
}

bool
args_has(const struct args *a, const char *flag)
{
	for (size_t i = 0; i < a->given.len; i++)
		if (strcmp(a->given.at[i].flag->name, flag) == 0)
			return true;
	return false;
}

const char *
args_value(const struct args *a, const char *flag)
{
	for (size_t i = a->given.len; i-- > 0;)
		if (strcmp(a->given.at[i].flag->name, flag) == 0)
			return a->given.at[i].value;
	return NULL;
}

size_t
args_values(const struct args *a, const char *flag, const char ***out)
{
	size_t n = 0;

	*out = NEW_ARRAY(a->keep, const char *, a->given.len + 1);
	for (size_t i = 0; i < a->given.len; i++)
		if (strcmp(a->given.at[i].flag->name, flag) == 0)
			(*out)[n++] = a->given.at[i].value;
	return n;
}

int
output(const struct args *a, struct str text)
{
	const char *path = args_value(a, "output");
	int r;

	progress(NULL);
	r = file_write(path ? path : "-", text);

	if (r < 0) {
		fprintf(stderr, "derpconfig: %s: cannot write: %s\n", path ? path : "standard output", strerror(-r));
		return EXIT_TROUBLE;
	}
	return EXIT_FINE;
}

/* Adds the words of a line to text that stands at `column`, with line breaks before column 100. */
static size_t
add_words(struct str line, unsigned indent, size_t column, struct text *out)
{
	struct str word;

	while (str_next_word(&line, &word)) {
		if (column > indent && column + 1 + word.len > 100) {
			text_addf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			text_add_char(out, ' ');
			column++;
		}
		text_add(out, word);
		column += word.len;
	}
	return column;
}

/* Paragraphs, filled from column `indent` on; empty lines part them, indented lines stay as they are. */
static void
filled(struct str text, unsigned indent, struct text *out)
{
	struct str line;
	size_t column = indent;

	while (str_next_line(&text, &line)) {
		bool stays = !line.len || line.at[0] == ' ' || line.at[0] == '\t';

		if (!stays) {
			column = add_words(line, indent, column, out);
			continue;
		}
		if (column > indent)
			text_add_char(out, '\n');
		text_add(out, line);
		text_add_char(out, '\n');
		column = indent;
	}
	if (column > indent)
		text_add_char(out, '\n');
}

static void
flags_help(const struct flag *f, struct text *out)
{
	for (; f && f->name; f++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s--%s%s%s", f->letter ? '-' : ' ', f->letter ? f->letter : ' ',
		         f->letter ? ", " : "  ", f->name, f->value ? " " : "", f->value ? f->value : "");
		text_addf(out, "  %-26s ", left);
		filled(str_from(f->help), 29, out);
	}
}

void
command_help(const struct command *c, struct text *out)
{
	text_addf(out, "usage: derpconfig %s %s\n\n%s.\n", c->name, c->synopsis, c->summary);
	if (c->details) {
		text_add_char(out, '\n');
		filled(str_from(c->details), 0, out);
	}
	text_add_c(out, "\n");
	flags_help(c->flags, out);
	if (c->kernel_options) {
		text_add_c(out, "\nKERNEL-OPTIONS, found for the running kernel when not given:\n");
		flags_help(kernel_flags, out);
		text_add_c(out, "\n");
	}
	flags_help(common_flags, out);
}

void
general_help(struct text *out)
{
	text_add_c(out, "usage: derpconfig COMMAND ...\n\n"
	           "Which kernel options does this machine need? Scans a machine, maps its devices to kernel\n"
	           "modules and Kconfig symbols, and writes a configuration that builds.\n\n");
	for (size_t i = 0; commands[i]; i++)
		text_addf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	text_add_c(out, "\n'derpconfig COMMAND --help' tells about one command.\n"
	           "Exit codes: 0 fine; 1 differences found; 2 usage, input or output; 3 no configuration satisfies\n"
	           "the goals; 4 verification failed; 5 something could not be mapped (output written all the same).\n");
}

static size_t
distance(struct str a, struct str b)
{
	size_t row[64];

	if (a.len >= 63 || b.len >= 63)
		return 64;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t above = row[j], best = corner + (a.at[i - 1] != b.at[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = above;
			row[j] = best;
		}
	}
	return row[b.len];
}

const char *
nearest_command(const char *word)
{
	const char *best = NULL;
	size_t least = 4;

	for (size_t i = 0; commands[i]; i++) {
		size_t n = distance(str_from(word), str_from(commands[i]->name));

		if (n < least) {
			least = n;
			best = commands[i]->name;
		}
	}
	return best;
}
