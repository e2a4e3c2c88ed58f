// SPDX-License-Identifier: GPL-2.0-or-later
/* conf - what the kernel's scripts/kconfig/conf does, from a directory or a tarball, without building it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/model.h"
#include "kconfig/dialogue.h"

static const struct flag flags[] = {
	{ "allconfig", 0, "FILE", "assignments that go before the mode's own, as KCONFIG_ALLCONFIG" },
	{ "toolchain", 0, "NAME", "what the compiler can do: a profile, gcc-14, clang-19, or a file of one" },
	{ "probe", 0, NULL, "ask this machine's compiler instead; runs commands the tree names" },
	{ "save-toolchain", 0, "FILE", "write what was answered as a profile that --toolchain FILE replays exactly" },
	{ "variable", 0, "NAME=VALUE", "a variable that Kconfig files ask for, CC_VERSION_TEXT for one" },
	{ "seed", 0, "NUMBER", "of randconfig (default: 1)" },
	{ "odds", 0, "PERCENT", "of randconfig, BOOL[:Y:M] as KCONFIG_PROBABILITY (default: 50:33:33)" },
	{ "warn-unknown", 0, NULL, "tell of symbols in a configuration that the tree does not know" },
	{ "warn-changed", 0, NULL, "tell of values that did not hold, as KCONFIG_WARN_CHANGED_INPUT" },
	{ "strict", 0, NULL, "end with an error where there are warnings, as KCONFIG_WERROR" },
	{ "verbatim", 0, NULL, "messages as the kernel's conf gives them, all of them" },
	{ "output", 'o', "FILE", "write the configuration to FILE (default: standard output)" },
	{ 0 },
};

enum kind { FRESH, READS, TALKS, LISTS, SAVES, REWRITES };

static const struct mode {
	const char *name;
	enum kind kind;
	enum config_mode mode;        /* FRESH, and defconfig: what symbols without a value get */
	char from, to;                /* REWRITES: tristates */
} modes[] = {
	{ "allnoconfig", FRESH, MODE_ALLNO, 0, 0 },
	{ "allyesconfig", FRESH, MODE_ALLYES, 0, 0 },
	{ "allmodconfig", FRESH, MODE_ALLMOD, 0, 0 },
	{ "alldefconfig", FRESH, MODE_ALLDEF, 0, 0 },
	{ "randconfig", FRESH, MODE_RAND, 0, 0 },
	{ "defconfig", READS, MODE_ALLDEF, 0, 0 },
	{ "olddefconfig", READS, MODE_OLDDEF, 0, 0 },
	{ "savedefconfig", SAVES, MODE_OLDDEF, 0, 0 },
	{ "listnewconfig", LISTS, MODE_OLDDEF, 0, 0 },
	{ "helpnewconfig", LISTS, MODE_OLDDEF, 0, 0 },
	{ "oldaskconfig", TALKS, MODE_OLDDEF, 0, 0 },
	{ "oldconfig", TALKS, MODE_OLDDEF, 0, 0 },
	{ "yes2modconfig", REWRITES, MODE_OLDDEF, 'y', 'm' },
	{ "mod2yesconfig", REWRITES, MODE_OLDDEF, 'm', 'y' },
	{ "mod2noconfig", REWRITES, MODE_OLDDEF, 'm', 'n' },
};

struct conf {
	struct args *a;
	const struct mode *mode;
	bool verbatim;
	struct tree *tree;
	struct kconfig *model;
	struct config *config;
	struct text out;
	size_t warnings;
};

/* ---- the model ---- */

static bool
find_variables(struct args *a, struct kconfig_options *o)
{
	const char **given;
	size_t n = args_values(a, "variable", &given);
	struct str *list = NEW_ARRAY(a->keep, struct str, n);

	for (size_t i = 0; i < n; i++) {
		list[i] = str_from(given[i]);
		if (!str_has(list[i], '=')) {
			usage_error(a, "--variable %s: no NAME=VALUE", given[i]);
			return false;
		}
	}
	o->variables = list;
	o->variables_len = n;
	return true;
}

static void
put_stream(FILE *f, struct str s)
{
	if (s.len)
		fwrite(s.at, 1, s.len, f);
	fflush(f);
}

/* The answers to the very commands of this tree, under the file's name. */
static bool
save_toolchain(struct args *a, const struct kconfig *k)
{
	const char *path = args_value(a, "save-toolchain");
	struct text profile = { 0 };
	int r;

	if (!path)
		return true;
	kconfig_profile(k, path_base(str_from(path)), true, &profile);
	r = file_write(path, text_str(&profile));
	text_release(&profile);
	if (r < 0)
		diag_error(a->diag, str_from(path), 0, "cannot write the toolchain profile: %s", strerror(-r));
	return r == 0;
}

static bool
load_model(struct conf *c)
{
	struct args *a = c->a;
	struct kconfig_options o = { .arch = str_from(args_value(a, "arch")), .probe = args_has(a, "probe") };
	struct diag notes = { .keep = a->keep };
	const char *tree = args_value(a, "kernel");

	if (!tree) {
		usage_error(a, "which kernel? give --kernel TREE");
		return false;
	}
	if (!read_toolchain(a, &o.toolchain) || !find_variables(a, &o))
		return false;
	if (args_value(a, "config") && !read_input(a, args_value(a, "config"), "configuration", &o.fat_config))
		return false;
	if (!(c->tree = tree_open(tree, 0, a->diag)))
		return false;
	c->model = kconfig_load(c->tree, &o, a->keep, &notes);
	if (c->verbatim && c->model) {
		put_stream(stdout, c->model->conf_stdout);
		put_stream(stderr, c->model->conf_stderr);
	} else {
		diag_print(&notes, stderr);
	}
	if (!c->model || notes.errors || !save_toolchain(a, c->model))
		return false;
	c->config = config_new(c->model, a->keep);
	return true;
}

/* ---- what it starts from ---- */

/* Warnings go out at once: a dialogue comes after them. */
static bool
take_file(struct conf *c, const char *path, bool base)
{
	struct diag d = { .keep = c->a->keep };
	struct source source = { .name = str_from(path) };
	unsigned unknown = args_has(c->a, "warn-unknown") ? CONFIG_READ_UNKNOWN : 0;

	if (!read_input(c->a, path, "configuration", &source.text))
		return false;
	if (base)
		config_load(c->config, &source, unknown, &d);
	else
		config_read(c->config, &source, unknown, &d);
	c->warnings += d.warnings;
	for (size_t i = 0; c->verbatim && i < d.list.len; i++)
		fprintf(stderr, "%.*s:%u:warning: %.*s\n", STR_ARG(d.list.at[i].file), d.list.at[i].line,
		        STR_ARG(d.list.at[i].message));
	if (!c->verbatim)
		diag_print(&d, stderr);
	return true;
}

static bool
take_input(struct conf *c)
{
	bool is_defconfig = strcmp(c->mode->name, "defconfig") == 0;
	const char *file = is_defconfig ? c->a->len > 1 ? c->a->at[1] : NULL : args_value(c->a, "config");

	if (c->mode->kind == FRESH) {
		file = args_value(c->a, "allconfig");
		return !file || take_file(c, file, false);
	}
	if (file)
		return take_file(c, file, true);
	if (c->mode->kind == TALKS || c->mode->kind == LISTS)
		return true;
	usage_error(c->a, is_defconfig ? "defconfig wants a FILE" : "%s wants --config FILE", c->mode->name);
	return false;
}

static bool
percent(const char **at, int *out)
{
	char *end;
	long n = strtol(*at, &end, 10);

	if (end == *at || n < 0 || n > 100 || (*end && *end != ':'))
		return false;
	*out = (int)n;
	*at = *end ? end + 1 : end;
	return true;
}

/* One number: of bools, half of it for each of y and m. Two: of y and m, their sum for bools. Three: all. */
static bool
find_odds(struct args *a, struct config_odds *odds)
{
	const char *at = args_value(a, "odds");
	int p[3], n = 0;

	*odds = (struct config_odds){ 50, 33, 33 };
	if (!at)
		return true;
	while (n < 3 && *at && percent(&at, &p[n]))
		n++;
	if (n == 1)
		*odds = (struct config_odds){ p[0], p[0] - p[0] / 2, p[0] / 2 };
	else if (n == 2)
		*odds = (struct config_odds){ p[0] + p[1], p[0], p[1] };
	else if (n == 3)
		*odds = (struct config_odds){ p[0], p[1], p[2] };
	if (n && !*at && odds->tri_y + odds->tri_m <= 100)
		return true;
	usage_error(a, "--odds %s: not one to three numbers from 0 to 100, y and m at most 100 together",
	            args_value(a, "odds"));
	return false;
}

static bool
randomize(struct conf *c)
{
	const char *given = args_value(c->a, "seed");
	struct config_odds odds;
	uint64_t seed = 1;

	if (given && (!str_number(str_from(given), 0, &seed) || seed > UINT32_MAX)) {
		usage_error(c->a, "--seed %s: no number below 2^32", given);
		return false;
	}
	if (!find_odds(c->a, &odds))
		return false;
	config_randomize(c->config, (uint32_t)seed, odds);
	return true;
}

/* ---- what it does with it ---- */

struct talk {
	struct text said;             /* not yet shown */
	struct str left;              /* of standard input, when it is a file */
	char *line;
	size_t cap;
	bool echo_is_done;            /* a terminal shows what is typed by itself */
	size_t skip;                  /* bytes of the echo */
};

static void
show(struct talk *t)
{
	struct str s = str_drop(text_str(&t->said), t->skip);

	put_stream(stdout, s);
	t->said.len = 0;
	t->skip = 0;
}

static struct str
read_answer(void *ctx, const struct question *q)
{
	struct talk *t = ctx;
	ssize_t n;

	(void)q;
	show(t);
	n = getline(&t->line, &t->cap, stdin);
	if (n < 0)
		return (struct str){ NULL, 0 };
	if (n && t->line[n - 1] == '\n')
		n--;
	if (t->echo_is_done)
		t->skip = (size_t)n + 1;
	return (struct str){ t->line, (size_t)n };
}

static bool
talk(struct conf *c)
{
	struct talk t = { .echo_is_done = isatty(0) && isatty(1) };
	unsigned how = DIALOGUE_END_IS_ENTER | (strcmp(c->mode->name, "oldconfig") == 0 ? DIALOGUE_ONLY_NEW : 0);
	enum dialogue_result r = dialogue_run(c->config, how, read_answer, &t, &t.said);

	show(&t);
	text_release(&t.said);
	free(t.line);
	if (r == DIALOGUE_STUCK)
		diag_error(c->a->diag, STR(""), 0, "the answers ended at a question that has no default");
	return r == DIALOGUE_DONE;
}

static void
list_new(struct conf *c)
{
	bool help = strcmp(c->mode->name, "helpnewconfig") == 0;
	const struct menu *const *list;
	size_t n;

	config_list_new(c->config, c->a->keep, &list, &n);
	for (size_t i = 0; i < n; i++) {
		if (!help) {
			config_write_symbol(c->config, list[i]->sym, true, &c->out);
			continue;
		}
		text_add_c(&c->out, "-----\n\n");
		config_help(c->config, list[i], &c->out);
		text_add_c(&c->out, "\n-----\n");
	}
}

static void
rewrite(struct conf *c)
{
	for (size_t i = 0; i < c->model->symbols_len; i++) {
		const struct symbol *s = c->model->symbols[i];
		struct str user;

		if (config_type(c->config, s) == SYM_TRISTATE && config_has_user(c->config, s, &user) &&
		    user.at[0] == c->mode->from)
			config_set_raw(c->config, s, (struct str){ &c->mode->to, 1 });
	}
}

static bool
apply_mode(struct conf *c)
{
	if (c->mode->kind == TALKS)
		return talk(c);
	if (c->mode->kind == LISTS)
		list_new(c);
	else if (c->mode->kind == REWRITES)
		rewrite(c);
	else if (c->mode->mode == MODE_RAND)
		return randomize(c);
	else
		config_apply_mode(c->config, c->mode->mode);
	return true;
}

static void
check(struct conf *c)
{
	struct text t = { 0 };

	if (!c->verbatim) {
		c->warnings += config_check(c->config, c->a->diag);
		return;
	}
	for (size_t i = 0; i < c->model->symbols_len; i++)
		if (config_is_unmet(c->config, c->model->symbols[i])) {
			config_print_unmet(c->config, c->model->symbols[i], &t);
			c->warnings++;
		}
	put_stream(stderr, text_str(&t));
	text_release(&t);
}

static void
tell_changed(struct conf *c)
{
	struct text t = { 0 };

	if (args_has(c->a, "warn-changed") && c->mode->kind != LISTS)
		config_print_changed(c->config, &t);
	put_stream(stderr, text_str(&t));
	text_release(&t);
}

static bool
is_strict(struct conf *c)
{
	if (!c->warnings || !args_has(c->a, "strict"))
		return false;
	diag_error(c->a->diag, STR(""), 0, "there were %zu warnings, and --strict was given", c->warnings);
	return true;
}

static int
conf(struct conf *c)
{
	int r = EXIT_TROUBLE;

	if (!load_model(c) || !take_input(c) || is_strict(c) || !apply_mode(c))
		return r;
	check(c);
	if (is_strict(c))
		return r;
	if (c->mode->kind == SAVES)
		config_write_minimal(c->config, &c->out);
	else if (c->mode->kind != LISTS)
		config_write(c->config, &c->out);
	tell_changed(c);
	return output(c->a, text_str(&c->out));
}

static int
run(struct args *a)
{
	struct conf c = { .a = a, .verbatim = args_has(a, "verbatim") };
	int r;

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(a->at[0], modes[i].name) == 0)
			c.mode = &modes[i];
	if (!c.mode)
		return usage_error(a, "there is no mode '%s'", a->at[0]);
	if (a->len > 1 && strcmp(c.mode->name, "defconfig") != 0)
		return usage_error(a, "%s takes no FILE; --config names the configuration", c.mode->name);
	if (c.mode->kind == TALKS && !args_value(a, "output"))
		return usage_error(a, "%s asks on standard output; give -o FILE for the configuration", c.mode->name);
	r = conf(&c);
	text_release(&c.out);
	tree_close(c.tree);
	return r;
}

const struct command cmd_conf = {
	.name = "conf", .synopsis = "MODE [FILE] --kernel TREE [--config FILE] [-o FILE]",
	.summary = "Make a configuration as the kernel's own conf does",
	.details = "MODE is one of allnoconfig, allyesconfig, allmodconfig, alldefconfig, randconfig; defconfig FILE;\n"
		"olddefconfig, savedefconfig, listnewconfig, helpnewconfig, oldaskconfig, oldconfig, yes2modconfig,\n"
		"mod2yesconfig, mod2noconfig, which start from --config. The result is the one of the tree's own conf, byte\n"
		"for byte, given the same toolchain.\n"
		"\n"
		"Kconfig files ask what the compiler can do. Nothing is run to answer that: the answers come from --config,\n"
		"which tells what a compiler could do when it was made, then from --toolchain.",
	.flags = flags, .kernel_options = true, .min = 1, .max = 2, .run = run,
};
