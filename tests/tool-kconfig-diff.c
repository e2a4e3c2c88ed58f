// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tool-kconfig-diff - the tree's own conf as the second opinion: the same input to both, every byte compared.
 *
 *   tool-kconfig-diff CONF-DIR PRELOAD [modes] [defconfigs] [debian=FILE] [random=N] [fragments=N] [dialogues=N]
 *                     [seed=N] [keep=DIR] [only=N]
 *
 * CONF-DIR is what kernel-conf.sh prints, PRELOAD is preload-conf.so, under which conf parses once for each mode and
 * then answers each case in a child of its own. Every case has a number; with `seed`, `only=N` runs that one alone.
 * A case that differs is made small and kept below `keep`. Exit code 1 when any differ.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "kconfig/dialogue.h"

enum mode {
	ALLNO, ALLYES, ALLMOD, ALLDEF, RAND, DEFCONFIG, OLDDEF, SAVEDEF, LISTNEW, OLDASK, OLD, MODES
};

static const struct {
	const char *flag;
	const char *input;            /* where conf reads the case's configuration */
	const char *output;
} modes[] = {
	[ALLNO] = { "--allnoconfig", "allconfig", ".config" },
	[ALLYES] = { "--allyesconfig", "allconfig", ".config" },
	[ALLMOD] = { "--allmodconfig", "allconfig", ".config" },
	[ALLDEF] = { "--alldefconfig", "allconfig", ".config" },
	[RAND] = { "--randconfig", "allconfig", ".config" },
	[DEFCONFIG] = { "--defconfig=in", "in", ".config" },
	[OLDDEF] = { "--olddefconfig", ".config", ".config" },
	[SAVEDEF] = { "--savedefconfig=out", ".config", "out" },
	[LISTNEW] = { "--listnewconfig", ".config", "stdout" },
	[OLDASK] = { "--oldaskconfig", ".config", ".config" },
	[OLD] = { "--oldconfig", ".config", ".config" },
};

struct job {
	enum mode mode;
	struct str config;            /* at == NULL: none */
	struct str answers;           /* of a dialogue */
	uint32_t seed;                /* of randconfig */
};

struct result {
	struct str config, talk, warnings;
	bool endless;                 /* Enter would never do: conf had to be stopped, or gave up */
};

static struct {
	struct arena keep;
	const char *dir, *preload, *work, *keep_dir;
	struct str env;
	struct tree *tree;
	struct kconfig *model;
	struct config *base;
	struct server { pid_t pid; FILE *in, *out; } server[MODES];
	size_t cases, different, kept;
	uint64_t seed;
	long only;
} test;

static void __attribute__((noreturn))
give_up(const char *what, const char *name)
{
	fprintf(stderr, "tool-kconfig-diff: %s %s: %s\n", what, name, strerror(errno));
	exit(2);
}

/* ---- random numbers ---- */

static uint64_t
random64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned
below(uint64_t *state, unsigned n)
{
	return (unsigned)(random64(state) % n);
}

/* ---- the tree's conf ---- */

static void
set_environment(void)
{
	struct str rest = test.env, entry;

	clearenv();
	while (str_next_part(&rest, '\0', &entry))
		if (entry.len)
			putenv(str_c(&test.keep, entry));
}

static void
start_server(enum mode m)
{
	struct server *s = &test.server[m];
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		give_up("cannot make", "a pipe");
	s->pid = fork();
	if (s->pid == 0) {
		struct str conf = str_format(&test.keep, "%s/conf", test.dir);

		if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout))
			_exit(97);
		dup2(in[0], 60);
		dup2(out[1], 61);
		putenv(str_c(&test.keep, str_format(&test.keep, "LD_PRELOAD=%s", test.preload)));
		putenv(str_c(&test.keep, str_format(&test.keep, "CONF_ANSWERS=%s/answers", test.dir)));
		putenv(str_c(&test.keep, STR("CONF_SERVE=60 61")));
		putenv(str_c(&test.keep, STR("KCONFIG_AUTOCONFIG=/dev/null"))); /* it exists: so nothing is written there */
		unsetenv("ASAN_OPTIONS");
		execl(conf.at, "conf", modes[m].flag, "Kconfig", NULL);
		_exit(96);
	}
	close(in[0]);
	close(out[1]);
	s->in = fdopen(in[1], "w");
	s->out = fdopen(out[0], "r");
}

static struct str
read_or_empty(struct arena *a, const char *name)
{
	struct str s = STR("");

	if (file_read(a, name, &s))
		return STR("");
	return s;
}

static void
put(const char *name, struct str content)
{
	int r = content.at ? file_write(name, content) : 0;

	if (!content.at)
		unlink(name);
	if (r) {
		errno = -r;
		give_up("cannot write", name);
	}
}

static struct str
lines_with(struct arena *a, struct str text, struct str word)
{
	struct text out = { 0 };
	struct str line, found;

	while (str_next_line(&text, &line))
		if (str_find(line, word) < line.len) {
			text_add(&out, line);
			text_add_char(&out, '\n');
		}
	found = str_copy(a, text_str(&out));
	text_release(&out);
	return found;
}

/* What conf says at the end of every run is no part of the dialogue. */
static struct str
without_ending(struct str talk)
{
	static const char *const ending[] = { "#\n# configuration written to .config\n#\n", "#\n# No change to .config\n#\n" };

	for (size_t i = 0; i < 2; i++)
		if (str_ends(talk, str_from(ending[i])))
			return str_take(talk, talk.len - str_from(ending[i]).len);
	return talk;
}

static struct result
run_conf(const struct job *j, struct arena *a)
{
	struct server *s = &test.server[j->mode];
	struct result r;
	int status = -1;

	if (!s->in)
		start_server(j->mode);
	put(".config", (struct str){ 0 });
	put("allconfig", (struct str){ 0 });
	put(modes[j->mode].input, j->config);
	put("stdin", j->answers);
	put("seed", str_format(a, "%u\n", j->seed));
	fprintf(s->in, "%s\n", test.work);
	fflush(s->in);
	if (fscanf(s->out, "%d", &status) != 1)
		give_up("conf died:", modes[j->mode].flag);
	r.endless = j->mode >= OLDASK && (status == 128 || status == 1); /* stopped; newer ones notice some cases */
	r.config = status ? str_format(a, "exit code %d\n", status) : read_or_empty(a, modes[j->mode].output);
	r.talk = j->mode >= OLDASK ? without_ending(read_or_empty(a, "stdout")) : STR("");
	r.warnings = lines_with(a, read_or_empty(a, "stderr"), STR(":warning: "));
	return r;
}

/* ---- ours ---- */

struct script {
	struct str rest;
};

static struct str
next_answer(void *ctx, const struct question *q)
{
	struct script *s = ctx;
	struct str line;

	(void)q;
	return str_next_line(&s->rest, &line) ? line : (struct str){ NULL, 0 };
}

static void
list_new(struct config *c, struct arena *a, struct text *out)
{
	const struct menu *const *list;
	size_t n;

	config_list_new(c, a, &list, &n);
	for (size_t i = 0; i < n; i++)
		config_write_symbol(c, list[i]->sym, true, out);
}

static void
read_input(struct config *c, const struct job *j, struct diag *d)
{
	struct source source = { str_from(modes[j->mode].input), j->config };

	if (!j->config.at)
		return;
	if (j->mode < DEFCONFIG)
		config_read(c, &source, 0, d);
	else
		config_load(c, &source, 0, d);
}

static void
apply(struct config *c, const struct job *j)
{
	static const enum config_mode mode[] = { MODE_ALLNO, MODE_ALLYES, MODE_ALLMOD, MODE_ALLDEF };

	if (j->mode == RAND)
		config_randomize(c, j->seed, (struct config_odds){ 50, 33, 33 });
	else if (j->mode <= ALLDEF)
		config_apply_mode(c, mode[j->mode]);
	else if (j->mode == DEFCONFIG)
		config_apply_mode(c, MODE_ALLDEF);
}

static void
write_output(struct config *c, const struct job *j, struct arena *a, struct text *out)
{
	if (j->mode == SAVEDEF)
		config_write_minimal(c, out);
	else if (j->mode == LISTNEW)
		list_new(c, a, out);
	else
		config_write(c, out);
}

static struct str
take(struct arena *a, struct text *t)
{
	struct str s = str_copy(a, text_str(t));

	text_release(t);
	return s;
}

static struct result
run_ours(const struct job *j, struct arena *a)
{
	struct config *c = config_copy(test.base, a);
	struct diag d = { .keep = a, .limit = 100000 };
	struct text out = { 0 }, talk = { 0 }, warnings = { 0 };
	struct script script = { j->answers };
	enum dialogue_result stuck = DIALOGUE_DONE;

	read_input(c, j, &d);
	apply(c, j);
	if (j->mode >= OLDASK)
		stuck = dialogue_run(c, DIALOGUE_END_IS_ENTER | (j->mode == OLD ? DIALOGUE_ONLY_NEW : 0), next_answer, &script,
		                     &talk);
	if (stuck == DIALOGUE_DONE)
		write_output(c, j, a, &out);
	for (size_t i = 0; i < d.list.len; i++)
		text_addf(&warnings, "%.*s:%u:warning: %.*s\n", STR_ARG(d.list.at[i].file), d.list.at[i].line,
		          STR_ARG(d.list.at[i].message));
	return (struct result){ take(a, &out), take(a, &talk), take(a, &warnings), stuck != DIALOGUE_DONE };
}

/* ---- comparing ---- */

/*
 * Help texts show values as "X [=y]". conf takes those of symbols that it has not worked out again since the last
 * answer from before it; ours are always those of now. So they are left out.
 */
static struct str
without_marks(struct arena *a, struct str talk)
{
	char *out = arena_bytes(a, talk.len + 1), *to = out;

	for (size_t i = 0; i < talk.len; i++) {
		if (talk.len - i > 3 && memcmp(talk.at + i, " [=", 3) == 0)
			i += str_index(str_drop(talk, i), ']');
		else
			*to++ = talk.at[i];
	}
	return str_span(out, to);
}

static const char *
difference(const struct job *j, struct arena *a, struct result *theirs, struct result *ours)
{
	*theirs = run_conf(j, a);
	*ours = run_ours(j, a);
	theirs->talk = without_marks(a, theirs->talk);
	ours->talk = without_marks(a, ours->talk);
	if (theirs->endless || ours->endless)
		return theirs->endless && ours->endless ? NULL : "one does not end";
	if (!str_eq(theirs->talk, ours->talk))
		return "dialogue";
	if (!str_eq(theirs->config, ours->config))
		return "configuration";
	return str_eq(theirs->warnings, ours->warnings) ? NULL : "warnings";
}

static bool
differs(const struct job *j)
{
	struct arena a = { 0 };
	struct result theirs, ours;
	bool r = difference(j, &a, &theirs, &ours) != NULL;

	arena_release(&a);
	return r;
}

/* The text without lines [from, to). */
static struct str
cut_lines(struct arena *a, struct str text, size_t from, size_t to)
{
	struct text out = { 0 };
	struct str line;

	for (size_t i = 0; str_next_line(&text, &line); i++)
		if (i < from || i >= to) {
			text_add(&out, line);
			text_add_char(&out, '\n');
		}
	return take(a, &out);
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

/* Takes lines out as long as there still is a difference. */
static void
make_small(struct job *j, struct str *text)
{
	size_t n = count_lines(*text), tries = 0;

	for (size_t step = n / 2; step && tries < 300; step = step > 1 ? (step + 1) / 2 : 0)
		for (size_t at = 0; at < n && tries < 300; tries++) {
			struct str whole = *text;

			*text = cut_lines(&test.keep, whole, at, at + step);
			if (differs(j)) {
				n = count_lines(*text);
			} else {
				*text = whole;
				at += step;
			}
		}
}

static struct str
first_difference(struct arena *a, struct str theirs, struct str ours)
{
	struct str t, o, before = STR("");
	bool more_t, more_o;

	for (;;) {
		more_t = str_next_line(&theirs, &t);
		more_o = str_next_line(&ours, &o);
		if (!more_t && !more_o)
			return STR("   (line ends only)\n");
		if (!more_t || !more_o || !str_eq(t, o))
			return str_format(a, "     %.*s\n   - %.*s\n   + %.*s\n", STR_ARG(before),
			                  STR_ARG(more_t ? t : STR("(end)")), STR_ARG(more_o ? o : STR("(end)")));
		before = t;
	}
}

static void
keep_case(const struct job *j, const char *name, struct result *theirs)
{
	struct arena a = { 0 };
	struct str dir = str_format(&a, "%s/%s", test.keep_dir, name);

	if (mkdir(dir.at, 0777) && errno != EEXIST)
		give_up("cannot make", dir.at);
	put(str_format(&a, "%s/mode", dir.at).at, str_format(&a, "%s %u\n", modes[j->mode].flag, j->seed));
	put(str_format(&a, "%s/config", dir.at).at, j->config.at ? j->config : STR(""));
	if (j->answers.at)
		put(str_format(&a, "%s/answers", dir.at).at, j->answers);
	put(str_format(&a, "%s/want.config", dir.at).at, theirs->config);
	arena_release(&a);
}

static void
say_difference(const char *what, struct arena *a, const struct result *theirs, const struct result *ours)
{
	if (*what == 'd')
		fputs(first_difference(a, theirs->talk, ours->talk).at, stdout);
	else if (*what == 'c')
		fputs(first_difference(a, theirs->config, ours->config).at, stdout);
	else
		fputs(first_difference(a, theirs->warnings, ours->warnings).at, stdout);
	fflush(stdout);
}

/* Small cases are what people can read; the first few are made so. */
static void
keep_small(struct job *j, const char *name)
{
	struct arena a = { 0 };
	struct result theirs, ours;
	const char *what;

	if (j->answers.at)
		make_small(j, &j->answers);
	if (j->config.at)
		make_small(j, &j->config);
	what = difference(j, &a, &theirs, &ours);
	if (what) {
		printf("   smaller:\n");
		say_difference(what, &a, &theirs, &ours);
	}
	keep_case(j, name, &theirs);
	arena_release(&a);
}

static void
report(struct job *j, const char *name, const char *what, const struct result *theirs, const struct result *ours)
{
	struct arena a = { 0 };

	if (++test.different > 20)
		return;
	printf("DIFFERENT %s %s (%s, seed %llu, case %zu)\n", modes[j->mode].flag, name, what,
	       (unsigned long long)test.seed, test.cases);
	say_difference(what, &a, theirs, ours);
	arena_release(&a);
	if (test.keep_dir && test.kept++ < 5)
		keep_small(j, name);
}

static void
check(struct job j, const char *name)
{
	struct arena a = { 0 };
	struct result theirs, ours;
	const char *what;

	test.cases++;
	if (test.only && (size_t)test.only != test.cases)
		return;
	what = difference(&j, &a, &theirs, &ours);
	if (what)
		report(&j, name, what, &theirs, &ours);
	arena_release(&a);
}

/* ---- cases ---- */

static void
random_text(uint64_t *s, const struct symbol *sym, struct text *out)
{
	static const char *const texts[] = { "\"\"", "\"a b\"", "\"x\\\"y\\\\z\"", "\"open", "plain", "\"/sbin/init\"", "" };
	static const char *const numbers[] = { "0", "1", "-1", "7", "00", "64", "4096", "x", "9999999999999999999", "" };

	if (sym->type == SYM_STRING)
		text_add_c(out, texts[below(s, 7)]);
	else if (sym->type == SYM_HEX && below(s, 4))
		text_addf(out, "0x%llx", (unsigned long long)random64(s) >> below(s, 64));
	else if (below(s, 3))
		text_addf(out, "%u", below(s, 1u << below(s, 20)));
	else
		text_add_c(out, numbers[below(s, 10)]);
}

/* How often a symbol is mentioned, and how often a mentioned one is y and m, in per mille. */
struct taste {
	unsigned mention, y, m, hidden;
};

static void
random_line(uint64_t *s, const struct symbol *sym, const struct taste *t, struct text *out)
{
	unsigned n = below(s, 1000);
	bool on = n < t->y + t->m;

	if (sym->type != SYM_BOOL && sym->type != SYM_TRISTATE) {
		text_addf(out, "CONFIG_%.*s=", STR_ARG(sym->name));
		random_text(s, sym, out);
		text_add_char(out, '\n');
	} else if (on) {
		text_addf(out, "CONFIG_%.*s=%c\n", STR_ARG(sym->name),
		          n >= t->y && (sym->type == SYM_TRISTATE || !below(s, 200)) ? 'm' : 'y');
	} else if (below(s, 8)) {
		text_addf(out, "# CONFIG_%.*s is not set\n", STR_ARG(sym->name));
	} else {
		text_addf(out, "CONFIG_%.*s=n\n", STR_ARG(sym->name));
	}
}

static void
random_noise(uint64_t *s, struct text *out)
{
	static const char *const noise[] = {
		"\n", "# a comment\n", "CONFIG_NO_SUCH_SYMBOL=y\n", "CONFIG_MODULES\n", "nonsense\n", "# CONFIG_SMP is not set yet\n",
		"#CONFIG_SMP is not set\n", "CONFIG_SMP=maybe\n", "CONFIG_SMP=y\r\n", " CONFIG_SMP=y\n", "CONFIG_=y\n", "CONFIG_y=n\n",
		"CONFIG_64BIT=yes\n", "CONFIG_LOCALVERSION=\"-x\" \n",
	};

	text_add_c(out, noise[below(s, sizeof(noise) / sizeof(*noise))]);
}

static struct str
random_config(struct arena *a, uint64_t *s, const struct taste *t)
{
	struct text out = { 0 };

	if (below(s, 4))
		text_add_c(&out, "CONFIG_MODULES=y\n");
	for (size_t i = 0; i < test.model->symbols_len; i++) {
		const struct symbol *sym = test.model->symbols[i];

		if (sym->type == SYM_UNKNOWN || sym->constant || sym->is_choice ||
		    below(s, 1000) >= (symbol_has_prompt(sym) ? t->mention : t->hidden))
			continue;
		random_line(s, sym, t, &out);
		if (!below(s, 400))
			random_line(s, sym, t, &out);
		if (!below(s, 400))
			random_noise(s, &out);
	}
	return take(a, &out);
}

static struct taste
random_taste(uint64_t *s, bool fragment)
{
	static const unsigned mention[] = { 2, 10, 50, 200, 600, 900, 1000 };
	struct taste t;

	t.mention = mention[below(s, fragment ? 4 : 7)];
	t.y = below(s, 1000);
	t.m = below(s, 1001 - t.y);
	t.hidden = below(s, 3) ? 0 : t.mention / 2;
	return t;
}

static struct str
random_answers(struct arena *a, uint64_t *s)
{
	static const char *const answer[] = { "y", "n", "m", "1", "2", "3", "?", "Y", "no", "yes", "0x10", "17", "abc", " y ", "2?", "9" };
	unsigned n = below(s, 6000), enter = below(s, 100), plain = 50 + below(s, 51);
	struct text out = { 0 };

	while (n--) {
		if (below(s, 100) >= enter)
			text_add_c(&out, answer[below(s, below(s, 100) < plain ? 3 : sizeof(answer) / sizeof(*answer))]);
		text_add_char(&out, '\n');
	}
	return take(a, &out);
}

static void
check_random(size_t n)
{
	static const enum mode through[] = { OLDDEF, OLDDEF, OLDDEF, SAVEDEF, DEFCONFIG, LISTNEW };
	struct arena a = { 0 };

	for (size_t i = 0; i < n; i++) {
		uint64_t s = test.seed * 1000003 + i;
		struct taste t = random_taste(&s, false);
		struct job j = { .mode = through[i % 6], .config = random_config(&a, &s, &t) };

		check(j, str_format(&a, "random-%zu", i).at);
	}
	arena_release(&a);
}

static void
check_fragments(size_t n)
{
	static const enum mode through[] = { ALLNO, ALLNO, ALLYES, ALLMOD, ALLDEF, RAND };
	struct arena a = { 0 };

	for (size_t i = 0; i < n; i++) {
		uint64_t s = test.seed * 2000003 + i;
		struct taste t = random_taste(&s, true);
		struct job j = { .mode = through[i % 6], .config = random_config(&a, &s, &t), .seed = (uint32_t)i + 1 };

		if (j.mode == RAND && test.model->dialect.old_choice)
			j.mode = ALLNO; /* old conf rolls its dice in the order of its hash table */
		check(j, str_format(&a, "fragment-%zu", i).at);
	}
	arena_release(&a);
}

static void
check_dialogues(size_t n)
{
	struct arena a = { 0 };

	for (size_t i = 0; i < n; i++) {
		uint64_t s = test.seed * 3000017 + i;
		struct taste t = random_taste(&s, true);
		struct job j = { .mode = i % 4 == 3 ? OLD : OLDASK, .config = STR("") };

		if (i % 3)
			j.config = random_config(&a, &s, &t);
		j.answers = random_answers(&a, &s);
		check(j, str_format(&a, "dialogue-%zu", i).at);
	}
	arena_release(&a);
}

static void
check_modes(void)
{
	for (enum mode m = ALLNO; m <= ALLDEF; m++)
		check((struct job){ .mode = m }, modes[m].flag + 2);
	for (uint32_t seed = 1; seed <= 3 && !test.model->dialect.old_choice; seed++)
		check((struct job){ .mode = RAND, .seed = seed }, "randconfig");
	check((struct job){ .mode = OLDDEF, .config = STR("") }, "empty");
}

static void
check_defconfigs(void)
{
	struct str dir = str_format(&test.keep, "arch/%.*s/configs", STR_ARG(test.model->srcarch)), text;
	struct name_list names;

	if (!tree_list(test.tree, dir, &names))
		give_up("cannot list", dir.at);
	for (size_t i = 0; i < names.len; i++)
		if (str_ends(names.at[i], STR("defconfig")) && tree_read(test.tree, path_join(&test.keep, dir, names.at[i]), &text))
			check((struct job){ .mode = DEFCONFIG, .config = text }, str_c(&test.keep, names.at[i]));
}

static void
check_file(const char *name)
{
	struct str text;

	if (file_read(&test.keep, name, &text))
		give_up("cannot read", name);
	check((struct job){ .mode = OLDDEF, .config = text }, "given-olddefconfig");
	check((struct job){ .mode = SAVEDEF, .config = text }, "given-savedefconfig");
	check((struct job){ .mode = OLD, .config = text }, "given-oldconfig");
	check((struct job){ .mode = ALLNO, .config = text }, "given-allnoconfig");
}

static void
load_model(void)
{
	VEC(struct str) variables = { 0 };
	struct diag d = { .keep = &test.keep };
	struct kconfig_options o = { .probe = true };
	struct str rest = test.env, entry;

	while (str_next_part(&rest, '\0', &entry)) {
		if (str_starts(entry, STR("ARCH=")))
			o.arch = str_drop(entry, 5);
		if (entry.len)
			vec_push(&test.keep, &variables, entry);
	}
	o.variables = variables.at;
	o.variables_len = variables.len;
	test.tree = tree_open(str_format(&test.keep, "%s/source", test.dir).at, 0, &d);
	if (test.tree)
		test.model = kconfig_load(test.tree, &o, &test.keep, &d);
	diag_print(&d, stderr);
	if (!test.model)
		exit(2);
	test.base = config_new(test.model, &test.keep);
}

static const char *
argument(int argc, char **argv, const char *name)
{
	size_t len = strlen(name);

	for (int i = 3; i < argc; i++)
		if (strncmp(argv[i], name, len) == 0)
			return argv[i] + len;
	return NULL;
}

static size_t
number(int argc, char **argv, const char *name)
{
	const char *s = argument(argc, argv, name);

	return s ? strtoul(s, NULL, 10) : 0;
}

static void
end_servers(void)
{
	static const char *const files[] = {
		".config", ".config.old", "allconfig", "in", "out", "seed", "stdin", "stdout", "stderr",
	};

	for (enum mode m = 0; m < MODES; m++)
		if (test.server[m].in) {
			fclose(test.server[m].in);
			waitpid(test.server[m].pid, NULL, 0);
		}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(files[i]);
	if (chdir("/") || rmdir(test.work))
		fprintf(stderr, "tool-kconfig-diff: %s is left behind\n", test.work);
}

int
main(int argc, char **argv)
{
	char work[] = "/tmp/kconfig-diff.XXXXXX";

	if (argc < 4) {
		fprintf(stderr, "usage: see the head of tests/tool-kconfig-diff.c\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	test.dir = argv[1];
	test.preload = argv[2];
	test.keep_dir = argument(argc, argv, "keep=");
	test.seed = argument(argc, argv, "seed=") ? number(argc, argv, "seed=") : (uint64_t)getpid();
	test.only = (long)number(argc, argv, "only=");
	if (file_read(&test.keep, str_format(&test.keep, "%s/env", test.dir).at, &test.env))
		give_up("cannot read the environment in", test.dir);
	if (!(test.work = mkdtemp(work)) || chdir(work))
		give_up("cannot make", work);
	set_environment();
	load_model();
	if (argument(argc, argv, "modes"))
		check_modes();
	if (argument(argc, argv, "defconfigs"))
		check_defconfigs();
	if (argument(argc, argv, "debian="))
		check_file(argument(argc, argv, "debian="));
	check_random(number(argc, argv, "random="));
	check_fragments(number(argc, argv, "fragments="));
	check_dialogues(number(argc, argv, "dialogues="));
	end_servers();
	printf("%zu cases, %zu different (seed %llu)\n", test.cases, test.different, (unsigned long long)test.seed);
	return test.different ? 1 : 0;
}
