// SPDX-License-Identifier: GPL-2.0-or-later
/* kconfig/: what the model makes of Kconfig files, its messages, its bounds and its answers about the toolchain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/data.h"
#include "base/file.h"
#include "kconfig/dump.h"

/* ---- a tree of a few files ---- */

struct loaded {
	struct arena a;
	struct diag d;
	struct tree *tree;
	struct kconfig *k;
	char dir[64];
};

static void
put(const char *dir, const char *name, struct str text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write(path, text), 0);
}

static void
load_dir(struct loaded *l, const char *dir, struct kconfig_options o)
{
	l->d = (struct diag){ .keep = &l->a };
	l->tree = tree_open(dir, TREE_NO_CACHE, &l->d);
	assert_non_null(l->tree);
	o.arch = o.arch.len ? o.arch : STR("x86_64");
	l->k = kconfig_load(l->tree, &o, &l->a, &l->d);
	assert_non_null(l->k);
}

static const char *const places[] = { "scripts", "scripts/kconfig" };
static const char *const files[] = { "Makefile", "Kconfig", "Kconfig.more", "scripts/kconfig/util.c" };

/* The files are `Kconfig` and, when not NULL, `Kconfig.more`, which may be sourced more than once, as in 6.12. */
static struct loaded *
load(const char *kconfig, const char *more, struct kconfig_options o)
{
	struct loaded *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	strcpy(l->dir, "/tmp/test-kconfig.XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	for (size_t i = 0; more && i < sizeof(places) / sizeof(*places); i++)
		assert_int_equal(mkdir(str_format(&l->a, "%s/%s", l->dir, places[i]).at, 0777), 0);
	put(l->dir, "Makefile", STR("VERSION = 6\nPATCHLEVEL = 12\n"));
	put(l->dir, "Kconfig", str_from(kconfig));
	if (more) {
		put(l->dir, "Kconfig.more", str_from(more));
		put(l->dir, "scripts/kconfig/util.c", STR(""));
	}
	load_dir(l, l->dir, o);
	return l;
}

static void
release(struct loaded *l)
{
	tree_close(l->tree);
	for (size_t i = 0; l->dir[0] && i < sizeof(files) / sizeof(*files); i++)
		unlink(str_format(&l->a, "%s/%s", l->dir, files[i]).at);
	for (size_t i = sizeof(places) / sizeof(*places); l->dir[0] && i-- > 0;)
		rmdir(str_format(&l->a, "%s/%s", l->dir, places[i]).at);
	if (l->dir[0])
		rmdir(l->dir);
	arena_release(&l->a);
	free(l);
}

static bool
says(const struct loaded *l, const char *text)
{
	for (size_t i = 0; i < l->d.list.len; i++)
		if (str_find(l->d.list.at[i].message, str_from(text)) < l->d.list.at[i].message.len)
			return true;
	return false;
}

/* ---- directories of cases ---- */

static void
compare(const char *dir, const char *name, struct str got)
{
	struct arena a = { 0 };
	struct str want;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (access(path, F_OK) == 0) {
		if (getenv("GOLDEN_ACCEPT"))
			assert_int_equal(file_write(path, got), 0);
		assert_int_equal(file_read(&a, path, &want), 0);
		if (!str_eq(want, got))
			fail_msg("%s differs; wanted\n%.*s\ngot\n%.*s", path, STR_ARG(want), STR_ARG(got));
	}
	arena_release(&a);
}

static void
one_case(const char *dir)
{
	struct loaded *l = calloc(1, sizeof(*l));
	struct text dump = { 0 };

	assert_non_null(l);
	load_dir(l, dir, (struct kconfig_options){ 0 });
	kconfig_dump(l->k, &dump);
	compare(dir, "want.dump", text_str(&dump));
	compare(dir, "want.stdout", l->k->conf_stdout);
	compare(dir, "want.stderr", l->k->conf_stderr);
	text_release(&dump);
	release(l);
}

/* What the dumps and messages hold was compared with those of scripts/kconfig itself where it accepts the files. */
static void
cases(void **state)
{
	DIR *d = opendir("fixtures/kconfig");
	struct dirent *e;
	char dir[512], path[600];
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		snprintf(dir, sizeof(dir), "fixtures/kconfig/%s", e->d_name);
		snprintf(path, sizeof(path), "%s/want.dump", dir);
		if (e->d_name[0] == '.' || access(path, F_OK) != 0)
			continue;
		one_case(dir);
		n++;
	}
	closedir(d);
	assert_true(n >= 16);
}

/* ---- expressions ---- */

static void
conditions(void **state)
{
	static const struct { const char *text, *want; } row[] = {
		{ "B", "B" },
		{ "B && T || S", "B && T || S" },
		{ "B && (T || S)", "B && (T || S)" },
		{ "(B || T) || S", "B || T || S" },
		{ "B || (T || S)", "B || (T || S)" },
		{ "!B && T", "!B && T" },
		{ "!(B && T)", "!B || !T" },
		{ "!(B || T && S)", "!B && (!T || !S)" },
		{ "!!B", "B" },
		{ "B = y", "B" },
		{ "B = n", "!B" },
		{ "B != y", "!B" },               /* conf of 6.12 makes a broken node of it; 6.1 and we do not */
		{ "B != n", "B" },
		{ "T = y", "T=y" },
		{ "!(T = y)", "T!=y" },
		{ "!(I < 5)", "I>=5" },
		{ "I <= 0x10", "I<=0x10" },
		{ "\"a b\" = X", "\"a b\"=X" },
		{ "X = \"q\\\"\\\\\"", "X=\"q\\\"\\\\\"" },
		{ "m", "m && MODULES" },
		{ "T && T", "T" },
		{ "B || !B", "y" },
		{ "T=y || T=m", "T!=n" },
		{ "T=y && T!=y", "n" },
		{ "T!=n && T", "T" },
		{ "y && B", "B" },
		{ "n || T", "T" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct text got = { 0 };
		struct loaded *l;
		const struct symbol *s;

		snprintf(text, sizeof(text), "config MODULES\n\tbool \"x\"\n\tmodules\nconfig B\n\tbool \"b\"\nconfig T\n\ttristate "
		         "\"t\"\nconfig S\n\ttristate \"s\"\nconfig I\n\tint \"i\"\nconfig IT\n\tbool \"it\"\n\tdepends on %s\n",
		         row[i].text);
		l = load(text, NULL, (struct kconfig_options){ 0 });
		assert_int_equal(l->d.errors, 0);
		s = kconfig_find(l->k, STR("IT"));
		expr_print(s->dir_dep, &got);
		if (!str_is(text_str(&got), row[i].want))
			fail_msg("\"%s\": \"%s\", want \"%s\"", row[i].text, got.at, row[i].want);
		if (expr_parse(l->k, text_str(&got)) != s->dir_dep)
			fail_msg("\"%s\" is not read back as the same", got.at);
		text_release(&got);
		release(l);
	}
}

static void
named_symbols(void **state)
{
	static const struct { const char *text, *want; } row[] = {
		{ "B", " B" }, { "!B", " B" }, { "B && (T || !S) && I > 5", " B T S I 5" }, { "T=S || T", " T S T" }, { "y", " y" },
	};
	struct loaded *l = load("config B\n\tbool \"b\"\nconfig T\n\ttristate \"t\"\nconfig S\n\ttristate \"s\"\nconfig I\n\tint \"i\"\n"
	                        "\tdefault 5\n", NULL, (struct kconfig_options){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const struct expr *e = expr_parse(l->k, str_from(row[i].text));
		struct symbol_list named = { 0 };
		struct text got = { 0 };

		assert_non_null(e);
		expr_symbols(e, &l->a, &named);
		for (size_t k = 0; k < named.len; k++)
			text_addf(&got, " %.*s", STR_ARG(named.at[k]->name));
		if (!str_is(text_str(&got), row[i].want))
			fail_msg("\"%s\" names%s, want%s", row[i].text, got.at, row[i].want);
		text_release(&got);
	}
	release(l);
}

static void
malformed_expressions(void **state)
{
	static const char *const text[] = {
		"", "B &&", "&& B", "(B", "B)", "B = ", "!", "B B", "NOBODY", "B = \"no such\"", "B & B", "B = B = B",
	};
	struct loaded *l = load("config B\n\tbool \"b\"\n", NULL, (struct kconfig_options){ 0 });
	size_t symbols = l->k->symbols_len;

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++)
		if (expr_parse(l->k, str_from(text[i])))
			fail_msg("\"%s\" is no expression", text[i]);
	assert_int_equal(l->k->symbols_len, symbols);
	assert_non_null(expr_parse(l->k, STR("B && !(B=n)")));
	release(l);
}

/* ---- bounds ---- */

static void
repeat(struct text *t, size_t n, const char *what)
{
	while (n--)
		text_add_c(t, what);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ends in an error that says this, and soon. */
static void
must_end(const char *kconfig, const char *more, const char *message)
{
	double start = seconds();
	struct loaded *l = load(kconfig, more, (struct kconfig_options){ 0 });

	if (!l->d.errors || !says(l, message))
		fail_msg("no error \"%s\" but %zu others, first \"%.*s\"", message, l->d.errors,
		         l->d.list.len ? (int)l->d.list.at[0].message.len : 0, l->d.list.len ? l->d.list.at[0].message.at : "");
	if (l->a.total > (size_t)300 << 20)
		fail_msg("\"%s\" took %zu MiB", message, l->a.total >> 20);
	if (seconds() - start > 20)
		fail_msg("\"%s\" took %.0f s", message, seconds() - start);
	release(l);
}

static void
deep_parentheses(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_add_c(&t, "config A\n\tbool \"a\"\n\tdepends on ");
	repeat(&t, 100000, "(");
	text_add_c(&t, "A");
	repeat(&t, 100000, ")");
	text_add_c(&t, "\n");
	must_end(t.at, NULL, "expression nested");
	t.len = 0;
	text_add_c(&t, "config A\n\tbool \"a\"\n\tdepends on ");
	repeat(&t, 100000, "!");
	text_add_c(&t, "A\n");
	must_end(t.at, NULL, "expression nested");
	text_release(&t);
}

static void
long_chains(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_add_c(&t, "config A\n\tbool \"a\"\n\tdefault B");
	for (unsigned i = 0; i < 20000; i++)
		text_addf(&t, " && C%u", i);
	must_end(t.at, NULL, "operators deep");
	t.len = 0;
	for (unsigned i = 0; i < 100000; i++)
		text_addf(&t, "config A%u\n\tbool\n\tdefault A%u\n", i, i + 1);
	must_end(t.at, NULL, "in a row");
	t.len = 0;
	for (unsigned i = 0; i < 5000; i++)
		text_addf(&t, "config A%u\n\tbool \"a\"\n\tdepends on A%d\n", i + 1, (int)i);
	must_end(t.at, NULL, "in a row");
	t.len = 0;
	repeat(&t, 100000, "if A\n");
	must_end(t.at, NULL, "nested menus");
	text_release(&t);
}

static void
inclusions(void **state)
{
	struct text t = { 0 };

	(void)state;
	must_end("choice\n\tbool \"one\"\nconfig A\n\tbool \"a\"\nendchoice\n", NULL, "invalid option");
	must_end("source \"Kconfig\"\n", NULL, "recursive inclusion");
	must_end("source \"Kconfig.more\"\n", "source \"Kconfig\"\n", "recursive inclusion");
	must_end("source \"./Kconfig\"\n", NULL, "recursive inclusion");
	must_end("d = ./$(d2)\nsource \"Kconfig.more\"\n", "x = $(x)/.\nsource \"./././Kconfig.more\"\n", "recursive inclusion");
	repeat(&t, 300, "source \"Kconfig.more\"\n");
	{
		struct text big = { 0 };

		repeat(&big, 1 << 16, "# a comment of thirty-two bytes\n");
		must_end(t.at, big.at, "MiB of Kconfig text");
		text_release(&big);
	}
	must_end("source \"../../etc/passwd\"\n", NULL, "can't open file");
	must_end("source \"/etc/passwd\"\n", NULL, "can't open file");
	text_release(&t);
}

static void
macro_bombs(void **state)
{
	struct text t = { 0 };

	(void)state;
	must_end("a = $(b)\nb = $(a)\nconfig $(a)\n", NULL, "references itself");
	must_end("f = $(f,x)\nconfig $(f,x)\n", NULL, "Too deep");
	text_add_c(&t, "a0 = 0123456789\n");
	for (int i = 0; i < 30; i++)
		text_addf(&t, "a%d = $(a%d)$(a%d)\n", i + 1, i, i);
	text_add_c(&t, "config $(a30)\n\tbool\n");
	must_end(t.at, NULL, "bytes");
	t.len = 0;
	text_add_c(&t, "a0 =\n");
	for (int i = 0; i < 30; i++)
		text_addf(&t, "a%d = $(a%d)$(a%d)\n", i + 1, i, i);
	text_add_c(&t, "config A$(a30)\n\tbool\n");
	must_end(t.at, NULL, "too many expansions");
	t.len = 0;
	text_add_c(&t, "x := 0123456789\n");
	repeat(&t, 200, "x += $(x)\nx := $(x)$(x)\n");
	must_end(t.at, NULL, "bytes");
	t.len = 0;
	text_add_c(&t, "config ");
	repeat(&t, 100000, "$(");
	repeat(&t, 100000, ")");
	text_add_c(&t, "\n");
	must_end(t.at, NULL, "too many expansions");
	t.len = 0;
	text_add_c(&t, "config ");
	repeat(&t, 1500, "$(");
	repeat(&t, 1500, ")");
	text_add_c(&t, "\n");
	must_end(t.at, NULL, "Too deep");
	for (int way = 0; way < 2; way++) { /* half a megabyte, copied by each line of a few bytes */
		t.len = 0;
		text_add_c(&t, "b = $(1)$(1)\nk = y\na0 := 0123456789abcdef\n");
		for (int i = 0; i < 15; i++)
			text_addf(&t, "a%d := $(b,$(a%d))\n", i + 1, i);
		text_add_c(&t, "z := $(a15)\n");
		repeat(&t, 2000, way ? "z += x\n" : "y := $(k,$(a15),$(a15))\n");
		must_end(t.at, NULL, "too many expansions");
	}
	text_release(&t);
}

/* ---- the toolchain ---- */

static const char questions[] =
	"if-success = $(shell,{ $(1); } >/dev/null 2>&1 && echo \"$(2)\" || echo \"$(3)\")\n"
	"success = $(if-success,$(1),y,n)\n"
	"failure = $(if-success,$(1),n,y)\n"
	"cc-option = $(success,$(CC) -Werror $(1) -c -x c /dev/null)\n"
	"cc-info := $(shell,$(srctree)/scripts/cc-version.sh $(CC))\n"
	"cc-name := $(shell,set -- $(cc-info) && echo $1)\n"
	"cc-version := $(shell,set -- $(cc-info) && echo $2)\n"
	"$(error-if,$(failure,command -v $(CC)),no compiler)\n"
	"$(error-if,$(success,test -z \"$(cc-info)\"),not supported)\n"
	"config CC_VERSION_TEXT\n\tstring\n\tdefault \"$(CC_VERSION_TEXT)\"\n"
	"config CC_IS_GCC\n\tdef_bool $(success,test \"$(cc-name)\" = GCC)\n"
	"config GCC_VERSION\n\tint\n\tdefault $(cc-version) if CC_IS_GCC\n\tdefault 0\n"
	"config GCC_MAJOR\n\tint\n\tdefault $(shell,expr $(cc-version) / 10000)\n"
	"config PAHOLE_VERSION\n\tint\n\tdefault \"$(PAHOLE_VERSION)\"\n"
	"config CC_HAS_ONE\n\tdef_bool $(cc-option,-one)\n"
	"config CC_LACKS_TWO\n\tdef_bool !$(cc-option,-two) && PLAIN\n"
	"config FLAG\n\tstring\n\tdefault \"-three=5\" if CC_IS_GCC && $(cc-option,-three=5)\n\tdefault \"-three\"\n"
	"config FOUR\n\tbool \"four\"\n\tdepends on $(cc-option,-four)\n"
	"config HIDDEN_FIVE\n\tdef_bool $(cc-option,-five)\n\tdepends on NEVER\n"
	"config PLAIN\n\tbool \"plain\"\n"
	"config NEVER\n\tbool \"never\"\n";

static struct str
answer(const struct kconfig *k, const char *question, struct str *source)
{
	for (size_t i = 0; i < k->answers_len; i++) {
		const struct toolchain_answer *a = &k->answers[i];

		if (str_is(a->question, question) || str_is(a->macro, question)) {
			*source = a->source;
			return a->answer;
		}
	}
	fail_msg("nobody asked \"%s\"", question);
	return STR("");
}

struct expected { const char *question, *answer, *source; };

static void
expect(const struct loaded *l, const struct expected *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str source = STR(""), got = answer(l->k, e[i].question, &source);

		if (!str_is(got, e[i].answer) || !str_is(source, e[i].source))
			fail_msg("%s: \"%.*s\" by %.*s, want \"%s\" by %s", e[i].question, STR_ARG(got), STR_ARG(source), e[i].answer,
			         e[i].source);
	}
}

#define EXPECT(l, ...) do { \
		static const struct expected e_[] = { __VA_ARGS__ }; \
		expect((l), e_, sizeof(e_) / sizeof(*e_)); \
	} while (0)

static void
answers_of_a_config(void **state)
{
	struct kconfig_options o = {
		.fat_config = STR("CONFIG_CC_VERSION_TEXT=\"gcc (X) 11.3.0\"\nCONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=110300\n"
		                  "CONFIG_PAHOLE_VERSION=132\nCONFIG_CC_HAS_ONE=y\nCONFIG_FLAG=\"-three=5\"\nCONFIG_FOUR=y\nCONFIG_PLAIN=y\n"),
	};
	struct loaded *l = load(questions, NULL, o);
	const struct symbol *s;

	(void)state;
	assert_int_equal(l->d.errors, 0);
	EXPECT(l, { "cc-option,-one", "y", "config" },
	       { "cc-option,-two", "y", "config" },       /* inverted: CC_LACKS_TWO is n */
	       { "cc-option,-three=5", "y", "config" },   /* known by the string */
	       { "cc-option,-four", "y", "config" },      /* a prompt, visible and on */
	       { "cc-option,-five", "y", "assumed" },     /* n either way: nothing is known */
	       { "shell,$(srctree)/scripts/cc-version.sh gcc", "GCC 110300", "config" },
	       { "shell,set -- GCC 110300 && echo $2", "110300", "computed" },
	       { "shell,expr 110300 / 10000", "11", "computed" });
	s = kconfig_find(l->k, STR("CC_HAS_ONE"));
	assert_true(s->toolchain && s->props[0].value == l->k->yes);
	s = kconfig_find(l->k, STR("CC_VERSION_TEXT"));
	assert_true(s->toolchain && str_is(s->props[0].value->left->name, "gcc (X) 11.3.0"));
	s = kconfig_find(l->k, STR("GCC_VERSION"));
	assert_true(s->toolchain && str_is(s->props[0].value->left->name, "110300"));
	s = kconfig_find(l->k, STR("PAHOLE_VERSION"));
	assert_true(s->toolchain && str_is(s->props[0].value->left->name, "132"));
	assert_false(kconfig_find(l->k, STR("PLAIN"))->toolchain);
	release(l);
}

static void
answers_of_a_profile(void **state)
{
	struct kconfig_options o = {
		.toolchain = STR("name mine\n# a comment\nCC = my-cc\n[arm64]\ncc-option,-one => y\n[x86_64]\ncc-option,-one => n\n"
		                 "[*]\ncc-option,-t* => y\ncc-option,-two => n\nshell,*cc-version.sh my-cc => Clang 190100\n"
		                 "CC_VERSION_TEXT = clang version 19.1.0 #1\n"),
	};
	struct loaded *l = load(questions, NULL, o);

	(void)state;
	assert_int_equal(l->d.errors, 0);
	EXPECT(l, { "cc-option,-one", "n", "toolchain mine" },
	       { "cc-option,-two", "n", "toolchain mine" },      /* exact before pattern */
	       { "cc-option,-three=5", "y", "toolchain mine" },
	       { "cc-option,-four", "y", "assumed" },
	       { "shell,$(srctree)/scripts/cc-version.sh my-cc", "Clang 190100", "toolchain mine" });
	assert_ptr_equal(kconfig_find(l->k, STR("CC_IS_GCC"))->props[0].value, l->k->no);
	assert_true(str_is(kconfig_find(l->k, STR("CC_VERSION_TEXT"))->props[0].value->left->name, "clang version 19.1.0 1"));
	release(l);
	o.toolchain = STR("nonsense\nlike nobody\n");
	l = load(questions, NULL, o);
	assert_int_equal(l->d.errors, 2);
	release(l);
}

/* Before 5.12 a script each was asked for the versions; a profile that says nonsense of them is answered 0. */
static void
answers_to_old_questions(void **state)
{
	static const char kconfig[] =
		"config GCC\n\tint\n\tdefault $(shell,$(srctree)/scripts/gcc-version.sh $(CC))\n"
		"config CLANG\n\tint\n\tdefault $(shell,$(srctree)/scripts/clang-version.sh $(CC))\n"
		"config LD\n\tint\n\tdefault $(shell,$(LD) --version | $(srctree)/scripts/ld-version.sh)\n"
		"config HERE\n\tdef_bool $(shell,{ echo \"$(CC_VERSION_TEXT)\" | grep -q gcc; } >/dev/null 2>&1 && echo \"y\" || echo \"n\")\n"
		"config GONE\n\tdef_bool $(shell,{ echo \"$(CC_VERSION_TEXT)\" | grep -q clang; } >/dev/null 2>&1 && echo \"y\" || echo \"n\")\n";
	static const struct { const char *config, *profile, *gcc, *ld; } cases[] = {
		{ "CONFIG_GCC_VERSION=110300\nCONFIG_LD_VERSION=24000\n", "", "110300", "240000000" },
		{ "CONFIG_GCC_VERSION=100201\nCONFIG_LD_VERSION=235020000\n", "", "100201", "235020000" },
		{ "", "shell,$(srctree)/scripts/cc-version.sh * => GCC x\n"
		  "shell,$(srctree)/scripts/ld-version.sh * => BFD abc\n", "x", "0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena keep = { 0 };
		struct kconfig_options o = {
			.fat_config = str_format(&keep, "CONFIG_CC_VERSION_TEXT=\"gcc (X) 11\"\n%s", cases[i].config),
			.toolchain = str_from(cases[i].profile),
		};
		struct loaded *l = load(kconfig, NULL, o);
		const char *const want[][2] = {
			{ "shell,$(srctree)/scripts/gcc-version.sh gcc", cases[i].gcc },
			{ "shell,$(srctree)/scripts/clang-version.sh gcc", "0" },
			{ "shell,ld --version | $(srctree)/scripts/ld-version.sh", cases[i].ld },
		};
		struct str source;

		for (size_t k = 0; k < sizeof(want) / sizeof(*want); k++) {
			struct str got = answer(l->k, want[k][0], &source);

			if (!str_is(got, want[k][1]))
				fail_msg("case %zu, %s: \"%.*s\" by %.*s", i, want[k][0], STR_ARG(got), STR_ARG(source));
		}
		assert_ptr_equal(kconfig_find(l->k, STR("HERE"))->props[0].value, l->k->yes);
		assert_ptr_equal(kconfig_find(l->k, STR("GONE"))->props[0].value, l->k->no);
		release(l);
		arena_release(&keep);
	}
}

/* Nothing runs unless asked for; then it does, in a directory that is gone afterwards; and a saved profile replays. */
static void
answers_of_tools(void **state)
{
	static const char kconfig[] =
		"where := $(shell,pwd)\nexpr = $(shell,echo one; echo; echo two; echo)\nenv := $(shell,echo $VARIABLE)\n"
		"config A\n\tstring\n\tdefault \"$(expr)\"\nconfig B\n\tstring\n\tdefault \"$(where)\"\n"
		"config C\n\tstring\n\tdefault \"$(env)\"\n";
	struct str variable = STR("VARIABLE=a value");
	struct kconfig_options o = { .probe = true, .variables = &variable, .variables_len = 1 };
	struct text profile = { 0 };
	struct loaded *l = load(kconfig, NULL, (struct kconfig_options){ 0 });
	struct str where;

	(void)state;
	assert_true(str_is(kconfig_find(l->k, STR("A"))->props[0].value->left->name, ""));
	release(l);
	l = load(kconfig, NULL, o);
	EXPECT(l, { "shell,echo one; echo; echo two; echo", "one  two", "probe" },
	       { "shell,echo $VARIABLE", "a value", "probe" });
	where = kconfig_find(l->k, STR("B"))->props[0].value->left->name;
	assert_true(where.len > 1 && access(str_c(&l->a, where), F_OK) != 0);
	kconfig_profile(l->k, STR("saved"), true, &profile);
	release(l);
	o = (struct kconfig_options){ .toolchain = text_str(&profile) };
	l = load(kconfig, NULL, o);
	EXPECT(l, { "shell,echo one; echo; echo two; echo", "one  two", "toolchain saved" });
	release(l);
	text_release(&profile);
}

/* A profile of commands, as --save-toolchain writes it, comes before what is assumed of the macros. */
static void
commands_before_assumptions(void **state)
{
	struct kconfig_options o = {
		.toolchain = STR("name saved\nCC = gcc\n"
		                 "shell,{ gcc -Werror -one -c -x c /dev/null; } >/dev/null 2>&1 && echo \"y\" || echo \"n\" => n\n"),
	};
	struct loaded *l = load(questions, NULL, o);

	(void)state;
	EXPECT(l, { "cc-option,-one", "n", "toolchain saved" }, { "cc-option,-two", "y", "assumed" });
	assert_ptr_equal(kconfig_find(l->k, STR("CC_HAS_ONE"))->props[0].value, l->k->no);
	release(l);
}

/* Every embedded profile answers everything that the assumptions are for, on each architecture. */
static void
profiles(void **state)
{
	static const char *const arch[] = { "x86_64", "arm64" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < data_files_len; i++) {
		if (!strstr(data_files[i].name, "kconfig/toolchains/"))
			continue;
		n++;
		for (size_t j = 0; j < sizeof(arch) / sizeof(*arch); j++) {
			struct kconfig_options o = { .arch = str_from(arch[j]) };
			struct loaded *l;

			o.toolchain = str_span(data_files[i].begin, data_files[i].end);
			l = load(questions, NULL, o);
			assert_int_equal(l->d.errors, 0);
			for (size_t a = 0; a < l->k->answers_len; a++)
				if (str_starts(l->k->answers[a].question, STR("shell,$(srctree)/")) &&
				    !str_starts(l->k->answers[a].source, STR("toolchain ")))
					fail_msg("%s does not answer %.*s", data_files[i].name, STR_ARG(l->k->answers[a].question));
			assert_true(kconfig_find(l->k, STR("CC_VERSION_TEXT"))->props[0].value->left->name.len > 10);
			release(l);
		}
	}
	assert_true(n >= 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases),
		cmocka_unit_test(conditions),
		cmocka_unit_test(named_symbols),
		cmocka_unit_test(malformed_expressions),
		cmocka_unit_test(deep_parentheses),
		cmocka_unit_test(long_chains),
		cmocka_unit_test(inclusions),
		cmocka_unit_test(macro_bombs),
		cmocka_unit_test(answers_of_a_config),
		cmocka_unit_test(answers_of_a_profile),
		cmocka_unit_test(answers_to_old_questions),
		cmocka_unit_test(answers_of_tools),
		cmocka_unit_test(commands_before_assumptions),
		cmocka_unit_test(profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
