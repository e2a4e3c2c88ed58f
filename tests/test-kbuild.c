// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kbuild/: the make language, row by row, in three opinions. Each row is evaluated forwards for three configurations
 * and once symbolically, whose answer for the same configurations must be the same; and GNU make must agree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/file.h"
#include "kbuild/kbuild.h"
#include "kbuild/logic.h"
#include "kbuild/make.h"

/* The configurations: what CONFIG_A, CONFIG_B, CONFIG_C and CONFIG_TEXT hold. */
static const char *const configs[][4] = {
	{ "y", "m", "", "some text" },
	{ "m", "", "y", "" },
	{ "", "y", "m", "7" },
};
enum { CONFIGS = sizeof(configs) / sizeof(*configs) };

/* `line feed` separated lines; the answer is $(X)'s words in each configuration; NULL: as in the first */
static const struct { const char *text, *want[CONFIGS]; } rows[] = {
	/* assignments */
	{ "X = a", { "a" } },
	{ "X := a\nX += b", { "a b" } },
	{ "\vX := \fa\n\fifeq (a,a)\nX += b\n\vendif\n\voverride \vX += c", { "a b c" } },
	{ "X += a\nX += b", { "a b" } },
	{ "X ?= a\nX ?= b", { "a" } },
	{ "Y = 1\nX = $(Y)\nY = 2", { "2" } },
	{ "Y = 1\nX := $(Y)\nY = 2", { "1" } },
	{ "Y = 1\nX := a\nX += $(Y)\nY = 2", { "a 1" } },
	{ "Y = 1\nX = a\nX += $(Y)\nY = 2", { "a 2" } },
	{ "X ::= a", { "a" } },
	{ "X = a\\\n   b \\\n\tc", { "a b c" } },
	{ "X = a # comment\nX += b\\#c", { "a b#c" } },
	{ "Y-x = 1\nX = $(Y-x)${Y-x}", { "11" } },
	{ "X = a$$b", { "a$b" } },
	{ "override X = a", { "a" } },
	{ "X = a\nundefine X", { "" } },
	{ "export X := a", { "a" } },
	{ "N = X\n$(N) = a", { "a" } },
	{ "N = Y\n$(N)-1 = a\nX = $($(N)-1)", { "a" } },
	{ "define X\na\nb\nendef", { "a b" } },
	{ "define Y =\nb $(1)\nendef\nX = $(call Y,c)", { "b c" } },
	{ "define X\na\nendef\nifdef X\nY = d\nendif\nX += $(Y)", { "a d" } },
	/* symbols */
	{ "X = $(CONFIG_A)", { "y", "m", "" } },
	{ "X = ${CONFIG_B}", { "m", "", "y" } },
	{ "X = $(CONFIG_TEXT)", { "some text", "", "7" } },
	{ "X-$(CONFIG_A) += a\nX-$(CONFIG_B) += b\nX-$(CONFIG_C) += c\nX = $(X-y):$(X-m):$(X-)", { "a:b:c", "c:a:b", "b:c:a" } },
	{ "X-y = 1\nX-$(CONFIG_A) += a\nX := $(X-y)", { "1 a", "1", "1" } },
	{ "X-y := 1\nX-$(CONFIG_A) := a\nX := $(X-y)", { "a", "1", "1" } },
	{ "X-$(subst m,y,$(CONFIG_A)) += a\nX = $(X-y)", { "a", "a", "" } },
	{ "X-$(subst y,$(CONFIG_A),$(CONFIG_B)) += a\nX = $(X-y)/$(X-m)", { "/a", "/", "/" } },
	{ "X-${CONFIG_A} += a\nX = $(X-y)", { "a", "", "" } },
	{ "B-$(CONFIG_A) := 64\nX = head_$(B-y).o", { "head_64.o", "head_.o", "head_.o" } },
	{ "L-$(CONFIG_A) = a b\nX = 1$(L-y)2", { "1a b2", "12", "12" } },
	{ "L-$(CONFIG_A) += a\nL-$(CONFIG_B) += b\nX = 1$(L-y)2 3$(L-m)4", { "1a2 3b4", "12 3a4", "1b2 34" } },
	{ "L-y += x\nL-$(CONFIG_A) += a\nL-$(CONFIG_C) += c\nX = 1$(L-y)2", { "1x a2", "1x c2", "1x2" } },
	/* conditionals */
	{ "ifdef CONFIG_A\nX = a\nelse\nX = b\nendif", { "a", "a", "b" } },
	{ "ifndef CONFIG_A\nX = a\nelse\nX = b\nendif", { "b", "b", "a" } },
	{ "ifeq ($(CONFIG_A),y)\nX = a\nelse ifeq ($(CONFIG_A),m)\nX = b\nelse\nX = c\nendif", { "a", "b", "c" } },
	{ "ifeq ($(CONFIG_A)$(CONFIG_B),ym)\nX = a\nendif", { "a", "", "" } },
	{ "ifneq ($(CONFIG_A),)\nX = a\nendif", { "a", "a", "" } },
	{ "ifneq ($(CONFIG_A)$(CONFIG_B),)\nX = a\nendif", { "a", "a", "a" } },
	{ "ifeq ($(CONFIG_A), y)\nX = a\nendif", { "a", "", "" } },
	{ "ifeq \"$(CONFIG_A)\" 'y'\nX = a\nendif", { "a", "", "" } },
	{ "ifeq ($(CONFIG_TEXT),7)\nX = a\nendif", { "", "", "a" } },
	{ "ifeq ($(CONFIG_TEXT),some text)\nX = a\nendif", { "a", "", "" } },
	{ "ifeq ($(CONFIG_A)_$(CONFIG_B),y_m)\nX = a\nendif", { "a", "", "" } },
	{ "ifdef CONFIG_A\nifdef CONFIG_B\nX = a\nelse\nX = b\nendif\nendif", { "a", "b", "" } },
	{ "ifdef CONFIG_A\nelse ifdef CONFIG_B\nX = b\nelse\nX = c\nendif", { "", "", "b" } },
	{ "X = 1\nifdef CONFIG_A\nX += a\nelse\nX := b\nX += c\nendif", { "1 a", "1 a", "b c" } },
	{ "ifdef CONFIG_A\nX := 1\nendif\nX += $(Y)\nY = z", { "1", "1", "z" } },
	{ "ifdef CONFIG_A\nX ?= 1\nendif\nX ?= 2", { "1", "1", "2" } },
	{ "ifeq ($(Y),)\nX = a\nendif\nifdef Y\nX = b\nendif", { "a" } },
	{ "Y-$(CONFIG_A) := z\nifdef Y-y\nX = b\nendif", { "b", "", "" } },
	{ "Y = $(CONFIG_A)\nifeq ($(Y),m)\nX = b\nendif", { "", "b", "" } },
	{ "    ifdef CONFIG_A # why\n\tX = a\n    endif # CONFIG_A", { "a", "a", "" } },
	/* rules are passed over */
	{ "X = a\nrule: x\n\tX = b\n\t@ifdef\nX += c", { "a c" } },
	{ "X = a\nx y: private X = b\nz: ; @:\nX += c", { "a c" } },
	{ "X = a\nrule:\n\techo\nifdef CONFIG_A\n\techo b\nX += d\nendif\n\tX += c", { "a d c", "a d c", "a" } },
	{ "X = a\n$(X).o: b\n\tX = c", { "a" } },
	/* functions */
	{ "X = $(subst a,b,banana)", { "bbnbnb" } },
	{ "X = $(subst ee,EE,feet $(CONFIG_A))", { "fEEt y", "fEEt m", "fEEt" } },
	{ "X = $(patsubst %.c,%.o,x.c.c bar.c h)", { "x.c.o bar.o h" } },
	{ "X = $(patsubst a,b,a aa)", { "b aa" } },
	{ "Y = a.c b.c\nX = $(Y:.c=.o) $(Y:%.c=d/%.o)", { "a.o b.o d/a.o d/b.o" } },
	{ "X = $(filter %.o %/,a.o b/ c.c) $(filter-out a%,ab b)", { "a.o b/ b" } },
	{ "L-$(CONFIG_A) += a\nX = $(filter-out $(L-y),a b)", { "b", "a b", "a b" } },
	{ "X = $(addprefix p/,a b) $(addsuffix .o,a $(CONFIG_B))", { "p/a p/b a.o m.o", "p/a p/b a.o", "p/a p/b a.o y.o" } },
	{ "X = $(sort c a b a)", { "a b c" } },
	{ "X = $(word 2,a b c) $(words a b c) $(wordlist 2,3,a b c)", { "b 3 b c" } },
	{ "X = $(firstword $(CONFIG_A) a b) $(lastword a b $(CONFIG_A))", { "y y", "m m", "a b" } },
	{ "X = $(dir a/b c) $(notdir a/b c/ d) $(basename a/b.c d.e/f) $(suffix a.c b)", { "a/ ./ b d a/b d.e/f .c" } },
	{ "X = $(strip  a   b )|$(findstring a,bab)|$(findstring a,b)", { "a b|a|" } },
	{ "X = $(join a b,1 2 3)", { "a1 b2 3" } },
	{ "X = $(if $(CONFIG_A),a,b)$(if ,c)", { "a", "a", "b" } },
	{ "X = $(or $(CONFIG_A),$(CONFIG_B),z) $(and $(CONFIG_A),b)", { "y b", "m b", "y" } },
	{ "X = $(foreach v,a b,$(v)1)", { "a1 b1" } },
	{ "L-$(CONFIG_A) += a\nX = $(foreach v,$(L-y) b,$(v)1)", { "a1 b1", "b1", "b1" } },
	{ "v = keep\nX = $(foreach v,a,$(v)) $(v)", { "a keep" } },
	{ "f = $(2)-$(1)\nX = $(call f,a,b,c)", { "b-a" } },
	{ "r = $(if $(1),$(firstword $(1)) $(call r,$(wordlist 2,9,$(1))))\nX = $(call r,a b c)", { "a b c" } },
	{ "$(eval X := a)", { "a" } },
	{ "define T\n$(1)-y := $(1)\nX-$(2) += $(1)\nendef\nL-$(CONFIG_A) += a\nL-$(CONFIG_B) += b\n"
	  "$(foreach v,$(L-y),$(eval $(call T,$(v),y)))\n$(foreach v,$(L-m),$(eval $(call T,$(v),m)))\n"
	  "X = $(X-y)/$(X-m)/$(a-y)$(b-y)", { "a/b/ab", "/a/a", "b//b" } },
	{ "Y = 1\nX = $(origin Y) $(origin Z) $(flavor Y) $(flavor Z)", { "file undefined recursive undefined" } },
	{ "Y = $(Z)\nX = $(subst $$,D,$(value Y))", { "D(Z)" } },
	{ "X = $(wildcard here.c gone.c) $(notdir $(wildcard *.c))", { "here.c here.c" } },
	{ "comma := ,\nempty :=\nspace := $(empty) $(empty)\nX = $(subst $(comma),$(space),a,b)", { "a b" } },
	{ "X = $(error no)$(info )$(warning )", { NULL } },   /* not shown to make */
	{ "include inc.mk\nX = $(Y)", { "from inc" } },
	{ "-include gone.mk\nX = a", { "a" } },
	{ "ifdef CONFIG_A\ninclude inc.mk\nendif\nX = $(Y)", { "from inc", "from inc", "" } },
	{ "# a comment \\\nX = a\nX += b", { "b" } },
	{ "X = (a,b) {c}\nX += $(subst (,[,x(y)", { "(a,b) {c} $(subst (,[,x(y)" } },  /* not shown to make */
};

struct world {
	struct arena keep;
	struct diag diag;
	struct tree *tree;
	char dir[64];
};

static void
put(struct world *w, const char *name, const char *text)
{
	struct str path = str_format(&w->keep, "%s/%s", w->dir, name);

	assert_int_equal(file_write(path.at, str_from(text)), 0);
}

static int
world_init(void **state)
{
	struct world *w = xmalloc(sizeof(*w));

	*w = (struct world){ .dir = "/tmp/derpconfig-kbuild-XXXXXX" };
	assert_non_null(mkdtemp(w->dir));
	put(w, "Kconfig", "");
	put(w, "Makefile", "");
	put(w, "here.c", "");
	put(w, "inc.mk", "Y = from inc\n");
	put(w, "loop.mk", "include loop.mk\n");
	w->diag.keep = &w->keep;
	w->tree = tree_open(w->dir, 0, &w->diag);
	assert_non_null(w->tree);
	*state = w;
	return 0;
}

static int
world_release(void **state)
{
	static const char *const names[] = { "Kconfig", "Makefile", "here.c", "inc.mk", "loop.mk", "row.mk" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(str_format(&w->keep, "%s/%s", w->dir, names[i]).at);
	rmdir(w->dir);
	tree_close(w->tree);
	arena_release(&w->keep);
	free(w);
	return 0;
}

static struct str
symbol_value(void *ctx, struct str name)
{
	static const char *const names[] = { "A", "B", "C", "TEXT" };
	const char *const *config = ctx;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(name, names[i]))
			return str_from(config[i]);
	return STR("");
}

static struct str
atom_value(void *ctx, struct str name)
{
	return symbol_value(ctx, name);
}

/* The words of X where the configuration is `config`; symbolic or not. */
static struct str
words_of_x(struct world *w, const char *text, const char *const *config, bool symbolic)
{
	struct make m;
	struct cond_pool pool;
	struct scope scope = { 0 };
	struct value value = { 0 };
	struct alts words = { 0 };
	struct text out = { 0 };
	struct str s;

	cond_pool_init(&pool, &w->keep);
	make_init(&m, w->tree, &pool, &w->keep, &w->diag);
	m.values.logic = logic_new(&pool, &w->keep);
	m.symbol = symbolic ? NULL : symbol_value;
	memcpy(&m.ctx, &config, sizeof(config));
	make_begin(&m, &scope);
	make_text(&m, str_from(text));
	expand(&m, STR("$(X)"), &value);
	assert_true(value_words(&m.values, &value, &words));
	for (size_t i = 0; i < words.len; i++) {
		struct str word = words.at[i].text;

		if (!cond_eval(words.at[i].when, atom_value, m.ctx))
			continue;
		text_add_c(&out, out.len ? " " : "");
		for (size_t k = 0; k < word.len; k++) /* a symbol's content */
			if (word.at[k] == MARK_SYMBOL) {
				struct str name = str_take(str_drop(word, k + 1), str_index(str_drop(word, k + 1), MARK_SYMBOL));

				text_add(&out, symbol_value(m.ctx, name));
				k += name.len + 1;
			} else {
				text_add_char(&out, word.at[k]);
			}
	}
	s = str_copy(&w->keep, text_str(&out));
	text_release(&out);
	return s;
}

/* What GNU make says; false where there is no make. */
static bool
ask_make(struct world *w, const char *text, const char *const *config, struct str *out)
{
	struct str row = str_format(&w->keep, "CONFIG_A := %s\nCONFIG_B := %s\nCONFIG_C := %s\nCONFIG_TEXT := %s\n%s\n"
	                            "$(info [$(strip $(X))])\n.PHONY: all-done\nall-done: ; @:\n",
	                            config[0], config[1], config[2], config[3], text);
	struct str command = str_format(&w->keep, "cd %s && env -i PATH=\"$PATH\" make -rRs -f row.mk all-done 2>&1", w->dir);
	char line[4096] = "";
	FILE *f;

	put(w, "row.mk", row.at);
	f = popen(command.at, "r");
	if (!f || !fgets(line, sizeof(line), f)) {
		if (f)
			pclose(f);
		return false;
	}
	pclose(f);
	*out = str_trim(str_from(line));
	if (out->len < 2 || *out->at != '[')
		fail_msg("make says \"%s\" about \"%s\"", line, text);
	*out = str_copy(&w->keep, str_take(str_drop(*out, 1), out->len - 2));
	return true;
}

/* Without make's pickiness about files that are missing, and about what would stop it. */
static bool
can_ask(const char *text)
{
	return !strstr(text, "$(error") && !strstr(text, "(subst (,[");
}

static void
rows_hold(void **state)
{
	struct world *w = *state;
	bool has_make = system("make --version > /dev/null 2>&1") == 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t c = 0; c < CONFIGS; c++) {
			const char *want = rows[i].want[c] ? rows[i].want[c] : rows[i].want[0] && !rows[i].want[1] ? rows[i].want[0] : "";
			struct str forward = words_of_x(w, rows[i].text, configs[c], false), make;
			struct str symbolic = words_of_x(w, rows[i].text, configs[c], true);

			if (can_ask(rows[i].text) && !str_is(forward, want))
				fail_msg("row %zu, configuration %zu: \"%.*s\", want \"%s\":\n%s", i, c, STR_ARG(forward), want, rows[i].text);
			if (!str_eq(symbolic, forward))
				fail_msg("row %zu, configuration %zu: symbolically \"%.*s\", want \"%.*s\":\n%s", i, c, STR_ARG(symbolic),
				         STR_ARG(forward), rows[i].text);
			if (has_make && can_ask(rows[i].text) && ask_make(w, rows[i].text, configs[c], &make) && !str_eq(make, forward))
				fail_msg("row %zu, configuration %zu: make says \"%.*s\", ours is \"%.*s\":\n%s", i, c, STR_ARG(make),
				         STR_ARG(forward), rows[i].text);
		}
}

/* What must end in a diagnostic, and soon. */
static const struct { const char *text, *want; } bad[] = {
	{ "X = $(X)", "'X' refers to itself" },
	{ "X = $(Y)\nY = $(X)", "refers to itself" },
	{ "X := $(X\n", "closing bracket" },
	{ "include loop.mk", "include loop" },
	{ "include gone.mk", "not in the tree" },
	{ "f = $(call f,$(1)x)\nX := $(call f,a)", "nest deeper" },
	{ "X := $(eval $(value Z))\ndefine Z\n$(eval $(value Z))\nendef\n$(eval $(value Z))", "nest" },
	{ "a := xxxxxxxxxxxxxxxx\n"
	  "a := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\n"
	  "a := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\n"
	  "a := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\na := $(a)$(a)$(a)$(a)\nX := $(a)", "too much" },
	{ "a = $(b)$(b)$(b)$(b)$(b)$(b)$(b)$(b)\nb = $(c)$(c)$(c)$(c)$(c)$(c)$(c)$(c)\nc = $(d)$(d)$(d)$(d)$(d)$(d)$(d)$(d)\n"
	  "d = $(e)$(e)$(e)$(e)$(e)$(e)$(e)$(e)\ne = $(f)$(f)$(f)$(f)$(f)$(f)$(f)$(f)\nf = $(g)$(g)$(g)$(g)$(g)$(g)$(g)$(g)\n"
	  "g = $(h)$(h)$(h)$(h)$(h)$(h)$(h)$(h)\nh = 12345678\nX := $(a)", "too much" },
	{ "X := $(foreach a,1 2 3 4 5 6 7 8 9 0,$(foreach b,1 2 3 4 5 6 7 8 9 0,$(foreach c,1 2 3 4 5 6 7 8 9 0,"
	  "$(foreach d,1 2 3 4 5 6 7 8 9 0,$(foreach e,1 2 3 4 5 6 7 8 9 0,$(foreach f,1 2 3 4 5 6 7 8 9 0,"
	  "$(foreach g,1 2 3 4 5 6 7 8 9 0,$(a)$(b)$(c))))))))", "too much" },
	{ "X := $(subst x,$(CONFIG_A)$(CONFIG_B)$(CONFIG_C)$(CONFIG_D)$(CONFIG_E)$(CONFIG_F)$(CONFIG_G),x)", "too many" },
	{ "r = $(CONFIG_A)if $(1),$(firstword $(1)) $(call r,aaaaaaaaaaa(wordlist 3,9,$(1))bbbbbbbbb))\nX = $(call r,a b)", "nest deeper" },
	{ "r = $(CONFIG_xxxxxxxxxxxxxxxxxxif $(1),$(firstword $(1)) $(call r,aaaaaaaaaaaaaaaa(wordlist 3,9,$(1))bbbbbbbbbbb))\n"
	  "X = $(call r,a b'c)", "" },
	{ "ifdef X\n", "'endif' missing" },
	{ "endif", "'endif' without" },
	{ "else", "'else' without" },
	{ "ifdef X\nelse\nelse\nendif", "second 'else'" },
	{ "ifeq x y\nendif", "malformed ifeq" },
	{ "ifeq(a,b)\nendif", "blank is missing" },
	{ "define X\n", "without 'endef'" },
	{ "what is this", "neither an assignment" },
	{ "X = $(word x,a)\nY := $(X)", "must be a number" },
	{ "$(CONFIG_A)", "expands to something" },
	{ "X-$(shell ls) = a", "name of the variable" },
};

static void
bad_rows_are_told(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		for (int symbolic = 0; symbolic < 2; symbolic++) {
			struct arena keep = { 0 };
			struct make m;
			struct cond_pool pool;
			struct scope scope = { 0 };
			struct value value = { 0 };
			struct diag diag = { .keep = &keep };
			bool told = false;
			clock_t start = clock();

			cond_pool_init(&pool, &keep);
			make_init(&m, w->tree, &pool, &keep, &diag);
			m.values.logic = logic_new(&pool, &keep);
			if (!symbolic) {
				const char *const *config = configs[0];

				m.symbol = symbol_value;
				memcpy(&m.ctx, &config, sizeof(config));
			}
			make_begin(&m, &scope);
			make_text(&m, str_from(bad[i].text));
			expand(&m, STR("$(X)"), &value);
			for (size_t k = 0; k < diag.list.len; k++)
				told |= str_find(diag.list.at[k].message, str_from(bad[i].want)) < diag.list.at[k].message.len;
			if (!told && (symbolic || !strstr(bad[i].text, "$(CONFIG_A)$(CONFIG_B)")))
				fail_msg("row %zu%s: nothing like \"%s\" is said about:\n%s", i, symbolic ? ", symbolic" : "", bad[i].want,
				         bad[i].text);
			if (keep.total > 256u << 20 || clock() - start > 10 * CLOCKS_PER_SEC)
				fail_msg("row %zu took %zu bytes and %g s", i, keep.total, (double)(clock() - start) / CLOCKS_PER_SEC);
			arena_release(&keep);
		}
}

/* Directories that nest too deep end in an error, and in nothing else. */
static void
deep_directories_are_told(void **state)
{
	struct world *w = *state;
	struct cond_pool pool;
	struct text path = { 0 };

	cond_pool_init(&pool, &w->keep);
	text_addf(&path, "%s/arch", w->dir);
	mkdir(path.at, 0777);
	text_add_c(&path, "/x86");
	mkdir(path.at, 0777);
	put(w, "arch/x86/Makefile", "obj-y += d/\n");
	for (int i = 0; i < 105; i++) {
		text_add_c(&path, "/d");
		mkdir(path.at, 0777);
		assert_int_equal(file_write(str_format(&w->keep, "%s/Makefile", path.at).at, STR("obj-y += d/\n")), 0);
	}
	put(w, "Makefile", "SRCARCH := x86\nobj-y += arch/x86/\n");
	assert_non_null(kbuild_evaluate(w->tree, STR("x86"), &pool, &w->keep, &w->diag));
	assert_int_equal(w->diag.errors, 1);
	text_release(&path);
	assert_int_equal(system(str_format(&w->keep, "rm -r %s/arch", w->dir).at), 0);
}

/* Before 5.18 the top Makefile named the directories itself, in an order of its own; what the compiler decides is told. */
static void
old_tops_are_read(void **state)
{
	static const struct { const char *text, *want; } tops[] = {
		{ "vmlinux-dirs := $(patsubst %/,%,$(core-y) $(drivers-y) $(libs-y))\n"
		  "subdir-modorder := $(addsuffix /modules.order,$(vmlinux-dirs))\n", "abc" },
		{ "subdir-modorder := $(addsuffix modules.order,$(core-y) $(libs-y) $(drivers-y))\n", "acb" },
		{ "vmlinux-dirs := $(patsubst %/,%,$(drivers-y) $(core-y) $(libs-y))\n", "bac" },
	};
	struct world *w = *state;

	assert_int_equal(system(str_format(&w->keep, "mkdir -p %s/arch/x86; cd %s; mkdir a b c d", w->dir, w->dir).at), 0);
	put(w, "arch/x86/Makefile", "");
	for (const char *d = "abcd"; *d; d++)
		put(w, str_format(&w->keep, "%c/Makefile", *d).at, str_format(&w->keep, "obj-m += %c.o\n", *d).at);
	for (size_t i = 0; i < sizeof(tops) / sizeof(*tops); i++) {
		struct diag diag = { .keep = &w->keep };
		struct text got = { 0 }, said = { 0 };
		struct cond_pool pool;
		struct route_list routes;
		struct kbuild *k;

		cond_pool_init(&pool, &w->keep);
		put(w, "Makefile", str_format(&w->keep, "SRCARCH := x86\ncore-y := a/\ndrivers-y := b/\nlibs-y := c/\n"
		    "odd := $(call try-run,x,y,n)\nifeq ($(odd),y)\nlibs-y += d/\nendif\n%s", tops[i].text).at);
		tree_close(w->tree);
		w->tree = tree_open(w->dir, 0, &diag);
		k = kbuild_evaluate(w->tree, STR("x86"), &pool, &w->keep, &diag);
		assert_non_null(k);
		routes = kbuild_routes(k);
		for (size_t r = 0; r < routes.len; r++)
			if (routes.at[r]->module != pool.no)
				text_add_char(&got, routes.at[r]->object.at[0]);
		assert_string_equal(got.at, tops[i].want);
		text_release(&got);
		for (size_t d = 0; d < diag.list.len; d++)
			text_addf(&said, "%.*s\n", STR_ARG(diag.list.at[d].message));
		assert_string_equal(said.at, "what is built depends on something that is not known (a comparison: the compiler is "
		                             "not asked: try-run); it counts as empty\n");
		text_release(&said);
	}
	assert_int_equal(system(str_format(&w->keep, "rm -r %s/arch %s/[abcd]", w->dir, w->dir).at), 0);
}

/* Conditions: equal ones are found equal, and the shorter form is the same condition. */
static void
logic_decides(void **state)
{
	static const struct { const char *a, *b, *given; bool equal; } cases[] = {
		{ "A && B || A && !B", "A", "1", true },
		{ "A=y || A=m", "A", "1", true },
		{ "A=y", "A", "1", false },
		{ "A!=\"\" && !A=y", "A=m", "1", false },  /* A may hold another text */
		{ "A=m && A=y", "0", "1", true },
		{ "A!=\"\"", "A", "1", false },
		{ "(A || B) && (A || C)", "A || B && C", "1", true },
		{ "A=\"x\" && A=y", "0", "1", true },
		{ "A=\"x\" && A!=\"\"", "A=\"x\"", "1", true },
		{ "L=y && P=m || L=m && (P=y || P=m) || L=y && P=y", "L && P", "1", true },
		{ "P=m || P && L", "P", "L", true },
	};
	struct arena keep = { 0 };
	struct cond_pool pool;
	struct logic *l;

	(void)state;
	cond_pool_init(&pool, &keep);
	l = logic_new(&pool, &keep);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct cond *a = cond_parse(&pool, str_from(cases[i].a), NULL), *b = cond_parse(&pool, str_from(cases[i].b), NULL);
		const struct cond *given = cond_parse(&pool, str_from(cases[i].given), NULL), *s;

		if (logic_equal(l, cond_and(&pool, a, given), cond_and(&pool, b, given)) != cases[i].equal)
			fail_msg("\"%s\" and \"%s\": %s", cases[i].a, cases[i].b, cases[i].equal ? "differ" : "are equal");
		s = logic_shorten_given(l, a, given);
		if (cases[i].equal && !str_has(str_from(cases[i].a), '"') && s != a &&
		    !logic_equal(l, cond_and(&pool, s, given), cond_and(&pool, b, given)))
			fail_msg("\"%s\" became another condition", cases[i].a);
	}
	arena_release(&keep);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_hold, world_init, world_release),
		cmocka_unit_test_setup_teardown(bad_rows_are_told, world_init, world_release),
		cmocka_unit_test_setup_teardown(deep_directories_are_told, world_init, world_release),
		cmocka_unit_test_setup_teardown(old_tops_are_read, world_init, world_release),
		cmocka_unit_test(logic_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
