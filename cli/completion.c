// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cli/args.h"
#include "cli/manual.h"

/* What stands where a value or an argument is wanted. */
enum kind { KIND_OTHER, KIND_FILE, KIND_DIRECTORY, KIND_WORDS, KIND_COMMAND };

static enum kind
kind_of(struct str value)
{
	static const char *const files[] = {
		"ANSWERS", "CONFIG", "DUMP", "FILE", "FRAGMENT", "NEW", "OLD", "PATCH", "TREE", "TREE1", "TREE2",
	};

	if (str_has(value, '|') && value.at[0] >= 'a')
		return KIND_WORDS;
	if (str_is(value, "DIR"))
		return KIND_DIRECTORY;
	if (str_is(value, "COMMAND"))
		return KIND_COMMAND;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (str_is(value, files[i]))
			return KIND_FILE;
	return KIND_OTHER;
}

/* The kind of the arguments that are no flags: the synopsis' first such word that says one. */
static enum kind
arguments_kind(const struct command *c)
{
	struct str rest = str_from(c->synopsis), word;
	bool value = false;

	while (str_next_word(&rest, &word)) {
		bool flag;
		enum kind kind;

		while (word.len && strchr("[(", word.at[0]))
			word = str_drop(word, 1);
		flag = word.len && word.at[0] == '-';
		while (word.len && strchr("]).", word.at[word.len - 1]))
			word.len--;
		kind = flag || value ? KIND_OTHER : kind_of(word);
		if (kind == KIND_FILE || kind == KIND_DIRECTORY || kind == KIND_COMMAND)
			return kind;
		value = flag && !str_has(word, '=');
	}
	return KIND_OTHER;
}

/* "nix|json" as "nix json". */
static void
add_words(const char *value, struct text *out)
{
	for (; *value; value++)
		text_add_char(out, *value == '|' ? ' ' : *value);
}

static void
add_escaped(const char *text, const char *special, const char *before, struct text *out)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			text_add_c(out, before);
		text_add_char(out, *text);
	}
}

/* Inside '...' of a shell. */
static void
add_single_quoted(struct str text, struct text *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\'')
			text_add_c(out, "'\\''");
		else
			text_add_char(out, text.at[i]);
}

static void
command_names(struct text *out)
{
	for (size_t i = 0; commands[i]; i++)
		text_addf(out, "%s%s", i ? " " : "", commands[i]->name);
}

/* Calls `each` for all flags of a command: its own, the kernel's, --help. */
static void
each_flag(const struct command *c, void (*each)(const struct command *, const struct flag *, struct text *),
          struct text *out)
{
	static const struct flag help = { "help", 'h', NULL, "show this help" };

	for (const struct flag *f = c->flags; f && f->name; f++)
		each(c, f, out);
	for (const struct flag *f = kernel_flags; c->kernel_options && f->name; f++)
		each(c, f, out);
	each(c, &help, out);
}

/* bash */

static void
bash_action(enum kind kind, const char *value, struct text *out)
{
	switch (kind) {
	case KIND_FILE:
		text_add_c(out, "_derpconfig_paths -f");
		break;
	case KIND_DIRECTORY:
		text_add_c(out, "_derpconfig_paths -d");
		break;
	case KIND_COMMAND:
		text_add_c(out, "_derpconfig_words \"$commands\"");
		break;
	case KIND_WORDS:
		text_add_c(out, "_derpconfig_words '");
		add_words(value, out);
		text_add_c(out, "'");
		break;
	case KIND_OTHER:
		text_add_c(out, ":");
		break;
	}
}

static void
bash_value(const struct command *c, const struct flag *f, struct text *out)
{
	if (!f->value)
		return;
	text_addf(out, "\t'%s --%s'", c->name, f->name);
	if (f->letter)
		text_addf(out, " | '%s -%c'", c->name, f->letter);
	text_add_c(out, ") ");
	bash_action(kind_of(str_from(f->value)), f->value, out);
	text_add_c(out, "; return ;;\n");
}

static void
bash_flag(const struct command *c, const struct flag *f, struct text *out)
{
	(void)c;
	text_addf(out, " --%s", f->name);
	if (f->letter)
		text_addf(out, " -%c", f->letter);
}

static void
bash(struct text *out)
{
	text_add_c(out, "# bash completion for derpconfig; made by 'derpconfig help --completion bash'\n\n"
	           "_derpconfig_paths() {\n"
	           "\tcompopt -o filenames 2> /dev/null\n"
	           "\tmapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
	           "}\n\n"
	           "_derpconfig_words() {\n"
	           "\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
	           "}\n\n"
	           "_derpconfig() {\n"
	           "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
	           "\tlocal flags= commands='");
	command_names(out);
	text_add_c(out, "'\n\tCOMPREPLY=()\n"
	           "\t[ \"$cur\" != = ] || cur=\n"
	           "\t[ \"$prev\" != = ] || prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	           "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	           "\t\t_derpconfig_words \"$commands --help --version\"\n\t\treturn\n\tfi\n"
	           "\tcase \"$command $prev\" in\n");
	for (size_t i = 0; commands[i]; i++)
		each_flag(commands[i], bash_value, out);
	text_add_c(out, "\tesac\n\tcase $command in\n");
	for (size_t i = 0; commands[i]; i++) {
		text_addf(out, "\t%s) flags='", commands[i]->name);
		each_flag(commands[i], bash_flag, out);
		text_add_c(out, "' ;;\n");
	}
	text_add_c(out, "\tesac\n"
	           "\tif [ \"${cur:0:1}\" = - ]; then\n\t\t_derpconfig_words \"$flags\"\n\t\treturn\n\tfi\n"
	           "\tcase $command in\n");
	for (size_t i = 0; commands[i]; i++) {
		enum kind kind = arguments_kind(commands[i]);

		if (kind == KIND_OTHER)
			continue;
		text_addf(out, "\t%s) ", commands[i]->name);
		bash_action(kind, "", out);
		text_add_c(out, " ;;\n");
	}
	text_add_c(out, "\tesac\n}\ncomplete -F _derpconfig derpconfig\n");
}

/* zsh */

static void
zsh_action(enum kind kind, const char *value, struct text *out)
{
	switch (kind) {
	case KIND_FILE:
		text_add_c(out, "_files");
		break;
	case KIND_DIRECTORY:
		text_add_c(out, "_files -/");
		break;
	case KIND_COMMAND:
		text_add_char(out, '(');
		command_names(out);
		text_add_char(out, ')');
		break;
	case KIND_WORDS:
		text_add_char(out, '(');
		add_words(value, out);
		text_add_char(out, ')');
		break;
	case KIND_OTHER:
		text_add_char(out, ' ');
		break;
	}
}

/* '*'{-o,--output}'[help]:FILE:_files' */
static void
zsh_flag(const struct command *c, const struct flag *f, struct text *out)
{
	struct text help = { 0 };

	(void)c;
	text_add_c(out, " \\\n\t\t\t'*'");
	text_addf(out, f->letter ? "{-%c,--%s}" : "%c--%s", f->letter ? f->letter : '\'', f->name);
	text_add_c(out, f->letter ? "'[" : "[");
	add_escaped(f->help, "[]:\\", "\\", &help);
	add_single_quoted(text_str(&help), out);
	text_add_char(out, ']');
	if (f->value) {
		text_add_char(out, ':');
		help.len = 0;
		add_escaped(f->value, ":\\", "\\", &help);
		add_single_quoted(text_str(&help), out);
		text_add_char(out, ':');
		zsh_action(kind_of(str_from(f->value)), f->value, out);
	}
	text_add_char(out, '\'');
	text_release(&help);
}

static void
zsh(struct text *out)
{
	text_add_c(out, "#compdef derpconfig\n# made by 'derpconfig help --completion zsh'\n\n"
	           "_derpconfig() {\n"
	           "\tlocal context state line\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; commands[i]; i++) {
		text_addf(out, "\t\t'%s:", commands[i]->name);
		add_single_quoted(str_from(commands[i]->summary), out);
		text_add_c(out, "'\n");
	}
	text_add_c(out, "\t)\n\t_arguments -C '1: :->command' '*:: :->argument'\n"
	           "\tcase $state in\n"
	           "\tcommand) _describe command commands ;;\n"
	           "\targument)\n\t\tcase $line[1] in\n");
	for (size_t i = 0; commands[i]; i++) {
		enum kind kind = arguments_kind(commands[i]);

		text_addf(out, "\t\t%s) _arguments", commands[i]->name);
		each_flag(commands[i], zsh_flag, out);
		if (kind != KIND_OTHER) {
			text_add_c(out, " \\\n\t\t\t'*:argument:");
			zsh_action(kind, "", out);
			text_add_char(out, '\'');
		}
		text_add_c(out, " ;;\n");
	}
	text_add_c(out, "\t\tesac ;;\n\tesac\n}\n\n_derpconfig \"$@\"\n");
}

/* fish */

static void
fish_action(enum kind kind, const char *value, struct text *out)
{
	switch (kind) {
	case KIND_FILE:
		text_add_c(out, " -F");
		break;
	case KIND_DIRECTORY:
		text_add_c(out, " -a '(__fish_complete_directories)'");
		break;
	case KIND_COMMAND:
		text_add_c(out, " -a '");
		command_names(out);
		text_add_c(out, "'");
		break;
	case KIND_WORDS:
		text_add_c(out, " -a '");
		add_words(value, out);
		text_add_c(out, "'");
		break;
	case KIND_OTHER:
		break;
	}
}

static void
fish_line(const struct command *c, struct text *out)
{
	text_addf(out, "complete -c derpconfig -n '__fish_seen_subcommand_from %s'", c->name);
}

static void
fish_flag(const struct command *c, const struct flag *f, struct text *out)
{
	fish_line(c, out);
	if (f->letter)
		text_addf(out, " -s %c", f->letter);
	text_addf(out, " -l %s", f->name);
	if (f->value) {
		enum kind kind = kind_of(str_from(f->value));

		text_add_c(out, kind == KIND_FILE ? " -r" : " -x");
		fish_action(kind, f->value, out);
	}
	text_add_c(out, " -d '");
	add_escaped(f->help, "'\\", "\\", out);
	text_add_c(out, "'\n");
}

static void
fish(struct text *out)
{
	text_add_c(out, "# made by 'derpconfig help --completion fish'\n\n"
	           "complete -c derpconfig -f\n"
	           "complete -c derpconfig -n __fish_use_subcommand -l version -d 'print the version'\n");
	for (size_t i = 0; commands[i]; i++) {
		enum kind kind = arguments_kind(commands[i]);

		text_addf(out, "complete -c derpconfig -n __fish_use_subcommand -a %s -d '", commands[i]->name);
		add_escaped(commands[i]->summary, "'\\", "\\", out);
		text_add_c(out, "'\n");
		each_flag(commands[i], fish_flag, out);
		if (kind != KIND_OTHER) {
			fish_line(commands[i], out);
			fish_action(kind, "", out);
			text_add_char(out, '\n');
		}
	}
}

bool
completion(const char *shell, struct text *out)
{
	static const struct {
		const char *name;
		void (*write)(struct text *);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		shells[i].write(out);
		return true;
	}
	return false;
}
