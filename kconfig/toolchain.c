// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/toolchain.h"

#include <stdlib.h>
#include <string.h>

#include "base/data.h"

/* What no profile knows: the flags and instructions that kernels ask for are mostly there, Rust is not. */
static const char guesses[] =
	"cc-option-bit,-m32 => -m32\n"
	"cc-option-bit,-m64 => -m64\n"
	"cc-option,* => y\n"
	"as-instr,* => y\n"
	"as-instr64,* => y\n"
	"ld-option,* => y\n"
	"rustc-option,* => n\n"
	"success,*rust* => n\n"
	"success,* => y\n"
	"failure,* => n\n"
	"if-success,*,y,n => y\n"
	"if-success,*,n,y => n\n"
	"shell,$(srctree)/scripts/rustc* => 0\n"
	"shell,$(srctree)/scripts/pahole-version.sh * => 0\n"
	"shell,* => \n";

/* ---- variables ---- */

static void
set(struct toolchain *t, const char *name, struct str value)
{
	struct str *v = NEW(t->keep, struct str);

	*v = str_copy(t->keep, value);
	*map_put(&t->variables, t->keep, str_from(name)) = v;
}

bool
toolchain_variable(const struct toolchain *t, struct str name, struct str *value)
{
	const struct str *v = map_get(&t->variables, name);

	if (v)
		*value = *v;
	return v;
}

static struct str
get(const struct toolchain *t, const char *name)
{
	struct str v = STR("");

	toolchain_variable(t, str_from(name), &v);
	return v;
}

/* LLVM=1 takes LLVM's tools; LLVM=-18 and LLVM=/dir/ those so named. Otherwise CROSS_COMPILE stands before each. */
static void
set_tools(struct toolchain *t)
{
	static const struct { const char *name, *gnu, *llvm; } tool[] = {
		{ "CC", "gcc", "clang" }, { "LD", "ld", "ld.lld" }, { "AR", "ar", "llvm-ar" }, { "NM", "nm", "llvm-nm" },
		{ "OBJCOPY", "objcopy", "llvm-objcopy" }, { "OBJDUMP", "objdump", "llvm-objdump" },
		{ "READELF", "readelf", "llvm-readelf" }, { "STRIP", "strip", "llvm-strip" },
	};
	static const char *const other[][2] = {
		{ "RUSTC", "rustc" }, { "BINDGEN", "bindgen" }, { "PAHOLE", "pahole" }, { "PYTHON3", "python3" },
		{ "PERL", "perl" }, { "AWK", "awk" },
	};
	struct str llvm = get(t, "LLVM"), cross = get(t, "CROSS_COMPILE");
	bool slash = llvm.len && llvm.at[llvm.len - 1] == '/', dash = llvm.len && llvm.at[0] == '-';

	for (size_t i = 0; i < sizeof(tool) / sizeof(*tool); i++)
		if (!llvm.len)
			set(t, tool[i].name, str_format(t->keep, "%.*s%s", STR_ARG(cross), tool[i].gnu));
		else
			set(t, tool[i].name, str_format(t->keep, "%.*s%s%.*s", slash ? (int)llvm.len : 0, llvm.at, tool[i].llvm,
			                                dash ? (int)llvm.len : 0, llvm.at));
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		set(t, other[i][0], str_from(other[i][1]));
}

/* ":= value" of a line of the tree's scripts/Makefile.clang. */
static struct str
clang_line(struct str text, struct str name)
{
	struct str line, word;

	while (str_next_line(&text, &line))
		if (str_next_word(&line, &word) && str_eq(word, name) && str_next_word(&line, &word) && str_is(word, ":="))
			return str_trim(line);
	return STR("");
}

/* CLANG_FLAGS as scripts/Makefile.clang puts them together. */
static void
set_clang_flags(struct toolchain *t, struct tree *tree)
{
	static const char *const error[] = {
		"unknown-warning-option", "ignored-optimization-argument", "option-ignored", "unused-command-line-argument",
	};
	struct str file = STR(""), srcarch = get(t, "SRCARCH"), target, cross = path_base(get(t, "CROSS_COMPILE"));
	struct text flags = { 0 };

	tree_read(tree, STR("scripts/Makefile.clang"), &file);
	target = clang_line(file, str_format(t->keep, "CLANG_TARGET_FLAGS_%.*s", STR_ARG(srcarch)));
	if (cross.len && str_find(file, STR("CROSS_COMPILE:%-=%")) < file.len)
		target = str_take(cross, cross.len - (cross.at[cross.len - 1] == '-'));
	if (target.len)
		text_addf(&flags, "--target=%.*s ", STR_ARG(target));
	text_add_c(&flags, str_is(get(t, "LLVM_IAS"), "0") ? "-fno-integrated-as" : "-fintegrated-as");
	for (size_t i = 0; i < sizeof(error) / sizeof(*error); i++)
		if (str_find(file, str_from(error[i])) < file.len)
			text_addf(&flags, " -Werror=%s", error[i]);
	set(t, "CLANG_FLAGS", text_str(&flags));
	text_release(&flags);
}

/* The first line of $(CC) --version; '#' is taken out by the Makefile. */
static struct str
version_text(struct toolchain *t, const char *name, const char *pattern)
{
	struct str command = str_format(t->keep, pattern, STR_ARG(get(t, name))), text = STR("");

	if (t->probing)
		probe_run(&t->probe, str_format(t->keep, "shell,%.*s", STR_ARG(command)), command, &text);
	return text;
}

static void
set_version_texts(struct toolchain *t)
{
	static const struct { const char *name, *config, *tool, *command; } text[] = {
		{ "CC_VERSION_TEXT", "CC_VERSION_TEXT", "CC", "LC_ALL=C %.*s --version 2>/dev/null | head -n 1" },
		{ "RUSTC_VERSION_TEXT", "RUSTC_VERSION_TEXT", "RUSTC", "%.*s --version 2>/dev/null" },
	};

	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		const struct str *fat = map_get(&t->fat, str_from(text[i].config));
		struct str v = STR(""), name = str_from(text[i].name), out = STR("");
		char *p;

		if (fat)
			v = *fat;
		else if (!book_variable(&t->profile, name, &v) && t->probing)
			v = version_text(t, text[i].tool, text[i].command);
		else if (!v.len)
			book_variable(&t->assumed, name, &v);
		p = str_c(t->keep, v);
		for (size_t j = 0; j < v.len; j++)
			if (v.at[j] != '#')
				p[out.len++] = v.at[j];
		set(t, text[i].name, (struct str){ p, out.len });
	}
}

static bool
ask_books(const struct toolchain *t, struct str question, struct str *answer, struct str *source)
{
	const struct book *books[] = { &t->config, &t->profile };

	for (size_t i = 0; i < sizeof(books) / sizeof(*books); i++)
		if (book_answer(books[i], question, answer)) {
			*source = books[i]->name;
			return true;
		}
	return false;
}

/* Newer Makefiles ask for it themselves, and Kconfig files take it from the environment. */
static void
set_pahole_version(struct toolchain *t)
{
	static const char script[] = "scripts/pahole-version.sh";
	struct str pahole = get(t, "PAHOLE"), answer = STR(""), source;
	struct str question = str_format(t->keep, "shell,$(srctree)/%s %.*s", script, STR_ARG(pahole));
	struct str command = str_format(t->keep, "%.*s/%s %.*s", STR_ARG(t->srctree), script, STR_ARG(pahole));

	if (toolchain_variable(t, STR("PAHOLE_VERSION"), &answer))
		return;
	if (!ask_books(t, question, &answer, &source) &&
	    !(t->probing && probe_run(&t->probe, question, command, &answer)))
		book_answer(&t->assumed, question, &answer);
	set(t, "PAHOLE_VERSION", answer);
}

static void
set_given(struct toolchain *t, const struct kconfig_options *o)
{
	for (size_t i = 0; i < o->variables_len; i++) {
		struct str v = o->variables[i];
		size_t eq = str_index(v, '=');

		set(t, str_c(t->keep, str_take(v, eq)), str_drop(v, eq + 1));
	}
}

static void
set_profile(struct toolchain *t)
{
	for (size_t i = 0; i < t->profile.exact.len; i++) {
		const struct map_entry *e = &t->profile.exact.entry[i];

		if (e->key.len && e->key.at[e->key.len - 1] == '=')
			set(t, str_c(t->keep, str_take(e->key, e->key.len - 1)), *(const struct str *)e->value);
	}
}

/* ---- the fat config as a book ---- */

static struct str
fat(const struct toolchain *t, const char *name)
{
	const struct str *v = map_get(&t->fat, str_from(name));

	return v ? *v : STR("");
}

static void
config_says(struct toolchain *t, const char *script, const char *kind, struct str version)
{
	struct str q = str_format(t->keep, "shell,$(srctree)/scripts/%s *", script);

	if (version.len)
		book_add(&t->config, q, str_format(t->keep, "%s%.*s", kind, STR_ARG(version)), t->keep);
}

/* Before 5.12 ld 2.40 was 240000000, since then it is 24000. */
enum { OLD_LD = 10000 };

static struct str
ld_version(struct toolchain *t, struct str version)
{
	uint64_t n;

	if (!str_number(version, 10, &n) || n / OLD_LD < 10000)
		return version;
	return str_format(t->keep, "%llu", (unsigned long long)n / OLD_LD);
}

/* "GCC 120200": the version, where it is one of that kind. */
static struct str
version_of(struct str both, const char *kind)
{
	struct str word;

	return str_next_word(&both, &word) && str_is(word, kind) && str_next_word(&both, &word) ? word : STR("0");
}

/* What a book says of the compiler and the linker, for the questions asked before 5.12: a script for each kind. */
static void
say_old_versions(struct toolchain *t, struct book *b)
{
	struct str cc = STR(""), ld = STR("");
	uint64_t n = 0;

	if (!book_answer(b, STR("shell,$(srctree)/scripts/cc-version.sh cc"), &cc) ||
	    !book_answer(b, STR("shell,$(srctree)/scripts/ld-version.sh ld"), &ld))
		return;
	str_number(version_of(ld, "BFD"), 10, &n);
	book_add(b, STR("shell,$(srctree)/scripts/gcc-version.sh *"), version_of(cc, "GCC"), t->keep);
	book_add(b, STR("shell,$(srctree)/scripts/clang-version.sh *"), version_of(cc, "Clang"), t->keep);
	book_add(b, STR("shell,$(srctree)/scripts/lld-version.sh *"), version_of(ld, "LLD"), t->keep);
	book_add(b, STR("shell,* --version | $(srctree)/scripts/ld-version.sh"),
	         str_format(t->keep, "%llu", (unsigned long long)n * OLD_LD), t->keep);
	book_add(b, STR("success,* -v | head -n 1 | grep -q LLD"), str_starts(ld, STR("LLD")) ? STR("y") : STR("n"), t->keep);
	book_add(b, STR("success,* -v | grep -q gold"), STR("n"), t->keep);
}

static void
read_config(struct toolchain *t, struct str text)
{
	bool clang, llvm_as, lld;

	t->config.name = STR("config");
	dotconfig_read(&t->fat, text, t->keep);
	clang = str_is(fat(t, "CC_IS_CLANG"), "y");
	llvm_as = str_is(fat(t, "AS_IS_LLVM"), "y");
	lld = str_is(fat(t, "LD_IS_LLD"), "y");
	config_says(t, "cc-version.sh", clang ? "Clang " : "GCC ", fat(t, clang ? "CLANG_VERSION" : "GCC_VERSION"));
	config_says(t, "as-version.sh", llvm_as ? "LLVM " : "GNU ", fat(t, "AS_VERSION"));
	config_says(t, "ld-version.sh", lld ? "LLD " : "BFD ", ld_version(t, fat(t, lld ? "LLD_VERSION" : "LD_VERSION")));
	config_says(t, "pahole-version.sh", "", fat(t, "PAHOLE_VERSION"));
	config_says(t, "rustc-version.sh", "", fat(t, "RUSTC_VERSION"));
	config_says(t, "rustc-llvm-version.sh", "", fat(t, "RUSTC_LLVM_VERSION"));
	if (fat(t, "BINDGEN_VERSION_TEXT").len)
		book_add(&t->config, STR("shell,*bindgen --version *"), fat(t, "BINDGEN_VERSION_TEXT"), t->keep);
	say_old_versions(t, &t->config);
}

/* The embedded profile of that compiler that is nearest in age. */
static struct str
nearest_profile(const char *compiler, uint64_t version)
{
	struct str prefix = STR("kconfig/toolchains/"), best = { 0 };
	uint64_t best_off = UINT64_MAX, n, off;

	for (size_t i = 0; i < data_files_len; i++) {
		struct str name = str_from(data_files[i].name);

		if (!str_starts(name, prefix))
			continue;
		name = str_drop(name, prefix.len);
		if (!str_starts(name, str_from(compiler)) || name.at[strlen(compiler)] != '-')
			continue;
		name = str_drop(name, strlen(compiler) + 1);
		if (!str_number(str_take(name, str_index(name, '.')), 10, &n))
			continue;
		off = n > version ? n - version : version - n;
		if (off < best_off) {
			best_off = off;
			best = str_span(data_files[i].begin, data_files[i].end);
		}
	}
	return best;
}

/* Assumed is what the compiler would answer that built the fat kernel, or a GCC of today. */
static void
read_assumed(struct toolchain *t, struct str arch, struct diag *d)
{
	bool clang = str_is(fat(t, "CC_IS_CLANG"), "y");
	struct str version = fat(t, clang ? "CLANG_VERSION" : "GCC_VERSION");
	uint64_t n = 140000;

	str_number(version, 10, &n);
	book_read(&t->assumed, nearest_profile(clang ? "clang" : "gcc", n / 10000), arch, t->keep, d);
	say_old_versions(t, &t->assumed);
	book_read(&t->assumed, (struct str){ guesses, sizeof(guesses) - 1 }, arch, t->keep, d);
	t->assumed.name = STR("assumed");
}

void
toolchain_init(struct toolchain *t, struct tree *tree, const struct kconfig_options *o, const struct kconfig *k,
               struct arena *keep, struct diag *d)
{
	char *real = tree_is_archive(tree) ? NULL : realpath(tree_path(tree), NULL);

	*t = (struct toolchain){ .keep = keep, .probing = o->probe };
	t->srctree = real ? str_copy(keep, str_from(real)) : STR("/srctree");
	free(real);
	if (o->toolchain.len)
		book_read(&t->profile, o->toolchain, k->arch, keep, d);
	say_old_versions(t, &t->profile);
	if (o->fat_config.len)
		read_config(t, o->fat_config);
	read_assumed(t, k->arch, d);
	set_given(t, o);    /* LLVM and CROSS_COMPILE decide about tools */
	set_tools(t);
	set_profile(t);
	set(t, "ARCH", k->arch);
	set(t, "SRCARCH", k->srcarch);
	set(t, "KERNELVERSION", tree_version(tree));
	set(t, "srctree", t->srctree);
	set_given(t, o);
	if (t->probing)
		probe_init(&t->probe, tree, &t->variables, keep);
	set_version_texts(t);
	set_pahole_version(t);
	if (str_find(get(t, "CC_VERSION_TEXT"), STR("clang")) < get(t, "CC_VERSION_TEXT").len)
		set_clang_flags(t, tree);
	set_given(t, o);
	if (t->probing)
		probe_environment(&t->probe, &t->variables);
}

void
toolchain_done(struct toolchain *t)
{
	if (t->probing)
		probe_done(&t->probe);
}

/* ---- what needs no tool ---- */

/* A word without anything that a shell would look at twice; quotes around it go. */
static bool
plain_word(struct str *rest, struct str *word)
{
	bool quoted = rest->len && rest->at[0] == '"';
	size_t end;

	*rest = quoted ? str_drop(*rest, 1) : *rest;
	end = quoted ? str_index(*rest, '"') : str_index(*rest, ' ');
	if (quoted && end == rest->len)
		return false;
	*word = str_take(*rest, end);
	*rest = str_drop(*rest, end + quoted);
	for (size_t i = 0; i < word->len; i++)
		if (strchr(quoted ? "$`\\\"" : "$`\\\"'|&;<>(){}*?[]~#!", word->at[i]) || word->at[i] == '\0')
			return false;
	if (rest->len && rest->at[0] != ' ')
		return false;
	*rest = str_drop(*rest, 1);
	return true;
}

/* echo "text" | grep -q word */
static int
computed_grep(struct str command)
{
	struct str text, word;

	if (command.at[0] != '"' || !plain_word(&command, &text) || str_starts(text, STR("-")) ||
	    !str_starts(command, STR("| grep -q ")))
		return -1;
	command = str_drop(command, 10);
	if (!plain_word(&command, &word) || command.len || !word.len)
		return -1;
	for (size_t i = 0; i < word.len; i++)
		if (strchr(".*[]^", word.at[i]))
			return -1; /* a pattern */
	return str_find(text, word) < text.len;
}

/* test -z "text", test "text" = word, or computed_grep's. -1: something else. */
static int
computed_test(struct str command)
{
	struct str a, op, b;

	if (str_starts(command, STR("echo \"")))
		return computed_grep(str_drop(command, 5));
	if (!str_starts(command, STR("test ")))
		return -1;
	command = str_drop(command, 5);
	if (str_starts(command, STR("-z \""))) {
		command = str_drop(command, 3);
		return plain_word(&command, &a) && !command.len ? !a.len : -1;
	}
	if (!command.len || command.at[0] != '"' || !plain_word(&command, &a) || !plain_word(&command, &op) ||
	    !str_is(op, "=") || !plain_word(&command, &b) || command.len || !b.len)
		return -1;
	return str_eq(a, b);
}

/* set -- words && echo $2 */
static bool
computed_word(struct str command, struct str *answer)
{
	struct str words, word;
	size_t end = str_find(command, STR(" && echo $"));
	char digit;

	if (!str_starts(command, STR("set -- ")) || end + 11 != command.len)
		return false;
	digit = command.at[command.len - 1];
	words = str_take(str_drop(command, 7), end < 7 ? 0 : end - 7);
	*answer = STR("");
	for (char i = '1'; i <= digit && i <= '9' && plain_word(&words, &word); i++)
		if (i == digit)
			*answer = word;
	return digit >= '1' && digit <= '9';
}

/* expr 220102 / 10000 */
static bool
computed_number(struct toolchain *t, struct str command, struct str *answer)
{
	struct str word, op;
	uint64_t a, b;

	if (!str_next_word(&command, &word) || !str_is(word, "expr") || !str_next_word(&command, &word) ||
	    !str_number(word, 10, &a) || !str_next_word(&command, &op) || !str_next_word(&command, &word) ||
	    !str_number(word, 10, &b) || str_next_word(&command, &word) || a > INT64_MAX || !b)
		return false;
	if (str_is(op, "/"))
		a /= b;
	else if (str_is(op, "%"))
		a %= b;
	else
		return false;
	*answer = str_format(t->keep, "%llu", (unsigned long long)a);
	return true;
}

/* { command; } >/dev/null 2>&1 && echo "y" || echo "n" */
static bool
split_success(struct str command, struct str *test, struct str *yes, struct str *no)
{
	struct str middle = STR("; } >/dev/null 2>&1 && echo \""), between = STR("\" || echo \"");
	size_t at = str_find(command, middle), or;

	if (!str_starts(command, STR("{ ")) || at == command.len || at < 2)
		return false;
	*test = str_take(str_drop(command, 2), at - 2);
	command = str_drop(command, at + middle.len);
	or = str_find(command, between);
	if (or == command.len)
		return false;
	*yes = str_take(command, or);
	*no = str_drop(command, or + between.len);
	if (!no->len || no->at[no->len - 1] != '"')
		return false;
	no->len--;
	return !str_has(*yes, '"') && !str_has(*no, '"') && !str_has(*yes, '$') && !str_has(*no, '$');
}

static bool
computed(struct toolchain *t, struct str command, struct str *answer)
{
	struct str test, yes, no;
	int met;

	if (computed_word(command, answer) || computed_number(t, command, answer))
		return true;
	if (!split_success(command, &test, &yes, &no) || (met = computed_test(test)) < 0)
		return false;
	*answer = met ? yes : no;
	return true;
}

/* ---- asking ---- */

static struct str
normalised(struct toolchain *t, struct str prefix, struct str question)
{
	struct text out = { 0 };
	struct str result;
	size_t at;

	text_add(&out, prefix);
	while ((at = str_find(question, t->srctree)) < question.len) {
		text_add(&out, str_take(question, at));
		text_add_c(&out, "$(srctree)");
		question = str_drop(question, at + t->srctree.len);
	}
	text_add(&out, question);
	result = str_copy(t->keep, text_str(&out));
	text_release(&out);
	return result;
}

/* Remembers the answer; the caller's becomes the copy that lasts. */
static bool
record(struct toolchain *t, struct str question, struct str macro, struct str *answer, struct str source,
       struct place at)
{
	struct toolchain_answer a = { question, normalised(t, STR(""), macro), str_copy(t->keep, *answer), source, at };

	*map_put(&t->asked, t->keep, question) = (void *)(uintptr_t)(t->answers.len + 1);
	t->last = t->answers.len;
	vec_push(t->keep, &t->answers, a);
	*answer = a.answer;
	return true;
}

/* By the outermost call that the book knows, else by the command. */
static void
assume(struct toolchain *t, struct str question, const struct preprocessor *p, struct str *answer)
{
	for (unsigned i = 0; i < p->calls_len && i < MACRO_CALLS; i++)
		if (book_answer(&t->assumed, normalised(t, STR(""), p->calls[i]), answer))
			return;
	if (!book_answer(&t->assumed, question, answer))
		*answer = STR("");
}

/* A call of success, failure or if-success whose command needs no tool is left to be expanded. */
static bool
is_computable(struct str question)
{
	struct str command = str_drop(question, str_index(question, ',') + 1);

	return (str_starts(question, STR("success,")) || str_starts(question, STR("failure,")) ||
	        str_starts(question, STR("if-success,"))) && computed_test(str_take(command, str_index(command, ','))) >= 0;
}

bool
toolchain_ask(struct toolchain *t, struct str text, bool early, const struct preprocessor *p, struct str *answer)
{
	struct str question = normalised(t, early ? STR("") : STR("shell,"), text), source = STR("computed");
	struct str macro = p->calls_len ? p->calls[0] : STR("");
	struct place at = { p->file, p->line };
	uintptr_t known = (uintptr_t)map_get(&t->asked, question);

	if (known) {
		t->last = known - 1;
		*answer = t->answers.at[known - 1].answer;
		return true;
	}
	if (early)
		return !is_computable(question) && ask_books(t, question, answer, &source) &&
		       record(t, question, STR(""), answer, source, at);
	if (computed(t, text, answer) || ask_books(t, question, answer, &source))
		return record(t, question, macro, answer, source, at);
	if (t->probing && probe_run(&t->probe, question, text, answer))
		return record(t, question, macro, answer, STR("probe"), at);
	assume(t, question, p, answer);
	return record(t, question, macro, answer, STR("assumed"), at);
}

/* ---- writing a profile ---- */

void
toolchain_profile(const struct toolchain *t, struct str name, bool exact, struct text *out)
{
	static const char *const variable[] = {
		"CC", "LD", "AR", "NM", "OBJCOPY", "PAHOLE", "RUSTC", "BINDGEN", "PYTHON3", "CC_VERSION_TEXT",
		"RUSTC_VERSION_TEXT", "PAHOLE_VERSION", "CLANG_FLAGS",
	};
	struct str v;

	text_addf(out, "name %.*s\n[%.*s]\n", STR_ARG(name), STR_ARG(get(t, "ARCH")));
	for (size_t i = 0; i < sizeof(variable) / sizeof(*variable); i++)
		if (toolchain_variable(t, str_from(variable[i]), &v))
			text_addf(out, "%s = %.*s\n", variable[i], STR_ARG(v));
	for (size_t i = 0; i < t->answers.len; i++) {
		const struct toolchain_answer *a = &t->answers.at[i];

		if (!exact && str_is(a->source, "computed"))
			continue;
		text_add(out, exact || !a->macro.len ? a->question : a->macro);
		text_add_c(out, " => ");
		text_add(out, a->answer);
		text_add_char(out, '\n');
	}
}
