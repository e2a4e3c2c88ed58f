// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/build.h"
#include "kconfig/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* ---- messages ---- */

void
say(struct builder *b, enum say kind, struct str file, unsigned line, const char *format, ...)
{
	static const char *const before[] = {
		[SAY_ERROR] = " ", [SAY_MARKED_ERROR] = " error: ", [SAY_NOTE] = " ", [SAY_MARKED_NOTE] = " note: ",
		[SAY_WARNING] = " warning: ", [SAY_GLUED_WARNING] = "warning: ",
	};
	static const enum severity severity[] = {
		[SAY_ERROR] = DIAG_ERROR, [SAY_MARKED_ERROR] = DIAG_ERROR, [SAY_NOTE] = DIAG_NOTE,
		[SAY_MARKED_NOTE] = DIAG_NOTE,
		[SAY_WARNING] = DIAG_WARNING, [SAY_GLUED_WARNING] = DIAG_WARNING,
	};
	char buf[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf, sizeof(buf), format, ap);
	va_end(ap);
	diag_add(b->diag, severity[kind], file, line, "%s", buf);
	say_raw(b, "%.*s:%u:%s%s\n", STR_ARG(file), line, before[kind], buf);
}

enum { TRANSCRIPT_MAX = 4 << 20 };

void
say_raw(struct builder *b, const char *format, ...)
{
	char buf[2048];
	va_list ap;

	if (b->gave_up || b->err.len > TRANSCRIPT_MAX)
		return;
	va_start(ap, format);
	vsnprintf(buf, sizeof(buf), format, ap);
	va_end(ap);
	text_add_c(&b->err, buf);
}

void
give_up(struct builder *b)
{
	b->gave_up = true;
}

static void
lexer_warning(void *ctx, struct str file, unsigned line, const char *message)
{
	say(ctx, SAY_GLUED_WARNING, file, line, "%s", message);
}

/* Files may say nothing at all; a diagnostic says at least that. */
static void
macro_says(void *ctx, enum macro_said what, const char *message)
{
	static const enum severity severity[] = {
		[MACRO_INFO] = DIAG_NOTE, [MACRO_WARNING] = DIAG_WARNING, [MACRO_ERROR] = DIAG_ERROR,
	};
	struct builder *b = ctx;

	diag_add(b->diag, severity[what], b->macros.file, b->macros.line, "%s", *message ? message : "(an empty message)");
	if (what != MACRO_INFO)
		say_raw(b, "%.*s:%u: %s\n", STR_ARG(b->macros.file), b->macros.line, message);
	else if (!b->gave_up && b->out.len < TRANSCRIPT_MAX)
		text_addf(&b->out, "%s\n", message);
	if (what == MACRO_ERROR)
		give_up(b);
}

static bool
macro_environment(void *ctx, struct str name, struct str *value)
{
	struct builder *b = ctx;

	if (str_is(name, "CC_VERSION_TEXT") || str_is(name, "RUSTC_VERSION_TEXT") || str_is(name, "PAHOLE_VERSION"))
		b->macros.asked++;
	return toolchain_variable(&b->tools, name, value);
}

static bool
macro_asks(void *ctx, struct str question, bool early, struct str *answer)
{
	struct builder *b = ctx;

	return toolchain_ask(&b->tools, question, early, &b->macros, answer);
}

static void
tested_for_m(void *ctx, const struct symbol *s, const char *forced)
{
	struct builder *b = ctx;

	diag_warn(b->diag, STR(""), 0, "boolean symbol %.*s tested for 'm'? test forced to '%s'", STR_ARG(s->name), forced);
	if (!b->gave_up && b->out.len < TRANSCRIPT_MAX)
		text_addf(&b->out, "boolean symbol %.*s tested for 'm'? test forced to '%s'\n", STR_ARG(s->name), forced);
}

/* ---- symbols ---- */

struct symbol_build *
symbol_of(const struct builder *b, const struct symbol *s)
{
	(void)b;
	return (struct symbol_build *)(uintptr_t)s; /* it is the first member */
}

struct symbol_build *
symbol_new(struct builder *b, struct str name)
{
	struct symbol_build *s = NEW(b->keep, struct symbol_build);

	s->s.id = (unsigned)b->syms.len;
	s->s.name = name;
	s->props_end = &s->props;
	vec_push(b->keep, &b->syms, s);
	return s;
}

static struct symbol_build *
one_letter(const struct builder *b, struct str name)
{
	if (name.len != 1)
		return NULL;
	return name.at[0] == 'y' ? b->y : name.at[0] == 'm' ? b->m : name.at[0] == 'n' ? b->n : NULL;
}

struct symbol_build *
symbol_get(struct builder *b, struct str name)
{
	struct symbol_build *s = one_letter(b, name);
	void **at;

	if (s)
		return s;
	at = map_put(&b->k.names, b->keep, name);
	if (!*at)
		*at = symbol_new(b, name);
	return *at;
}

struct symbol_build *
constant_get(struct builder *b, struct str text)
{
	struct symbol_build *s = one_letter(b, text);
	void **at;

	if (s)
		return s;
	at = map_put(&b->constants, b->keep, text);
	if (!*at) {
		*at = s = symbol_new(b, text);
		s->s.constant = true;
	}
	return *at;
}

struct symbol_build *
word_find(const struct builder *b, struct str name)
{
	struct symbol_build *s = one_letter(b, name);

	return s ? s : map_get(&b->k.names, name);
}

struct symbol_build *
quoted_find(const struct builder *b, struct str text)
{
	struct symbol_build *s = one_letter(b, text);

	if (!s)
		s = map_get(&b->constants, text);
	return s ? s : map_get(&b->k.names, text);
}

struct symbol_build *
word_symbol(struct builder *b)
{
	struct symbol_build *open = b->lex.asked ? open_question(b) : NULL;

	return open ? open : symbol_get(b, b->lex.text);
}

static struct symbol_build *
tristate_constant(struct builder *b, const char *name)
{
	struct symbol_build *s = symbol_new(b, str_from(name));

	s->s.constant = true;
	s->s.type = SYM_TRISTATE;
	return s;
}

const char *
type_name(enum symbol_type t)
{
	static const char *const name[] = {
		[SYM_UNKNOWN] = "unknown", [SYM_BOOL] = "bool", [SYM_TRISTATE] = "tristate", [SYM_INT] = "integer",
		[SYM_HEX] = "hex", [SYM_STRING] = "string",
	};

	return name[t];
}

/* ---- menus and properties ---- */

struct menu_build *
menu_add(struct builder *b, struct symbol_build *s)
{
	struct menu_build *m = NEW(b->keep, struct menu_build);

	if (++b->menus_len > MENUS_MAX && !b->full) {
		say(b, SAY_ERROR, b->lex.file, b->lex.statement, "more than %d entries", MENUS_MAX);
		b->full = true;
	}
	m->m.id = (unsigned)b->menus_len;
	m->sym = s;
	m->parent = b->menu;
	m->m.place = (struct place){ b->lex.file, b->lex.statement };
	*b->menu_end = m;
	b->menu_end = &m->next;
	b->entry = m;
	if (s)
		vec_push(b->keep, &s->menus, m);
	return m;
}

/* The current file's name, as long as it is the same. */
static const struct str *
file_name(struct builder *b)
{
	if (!b->file || b->file->at != b->lex.file.at) {
		struct str *name = NEW(b->keep, struct str);

		*name = b->lex.file;
		b->file = name;
	}
	return b->file;
}

struct prop_build *
prop_add(struct builder *b, enum prop_kind kind, const struct expr *value, const struct expr *cond)
{
	struct prop_build *p = NEW(b->keep, struct prop_build);
	struct symbol_build *s = b->entry->sym;

	if (++b->props_len > PROPS_MAX && !b->full) {
		say(b, SAY_ERROR, b->lex.file, b->lex.statement, "more than %d options", PROPS_MAX);
		b->full = true;
	}
	p->kind = (unsigned char)kind;
	p->value = value;
	p->cond = cond;
	p->menu = b->entry;
	p->file = file_name(b);
	p->line = b->lex.statement;
	if (s) {
		*s->props_end = p;
		s->props_end = &p->next;
		s->props_len++;
	}
	return p;
}

void
set_type(struct builder *b, enum symbol_type type)
{
	struct symbol *s = &b->entry->sym->s;

	if (s->type == type)
		return;
	if (s->type == SYM_UNKNOWN)
		s->type = type;
	else
		say(b, SAY_GLUED_WARNING, b->entry->m.place.file, b->entry->m.place.line,
		    "ignoring type redefinition of '%.*s' from '%s' to '%s'",
		    STR_ARG(s->name.len ? s->name : STR("<choice>")), type_name(s->type), type_name(type));
}

/* ---- out of the builder, into the model ---- */

static const struct expr *
or_yes(const struct builder *b, const struct expr *e)
{
	return e ? e : b->pool.yes;
}

static void
prop_out(struct builder *b, struct prop *out, const struct prop_build *p)
{
	out->kind = (enum prop_kind)p->kind;
	out->value = p->value;
	out->cond = or_yes(b, p->cond);
	out->menu = &p->menu->m;
	out->place = (struct place){ *p->file, p->line };
	if (p->kind == PROP_RANGE) {
		out->low = p->bound[0];
		out->high = p->bound[1];
	} else if (prop_has_text(p)) {
		out->text = p->text;
		if (p->menu->prompt == p)
			p->menu->m.prompt = out;
	}
}

static bool
symbol_asked(const struct symbol_build *s)
{
	bool asked = false;

	for (const struct prop_build *p = s->props; p && !asked; p = p->next)
		asked = p->toolchain;
	for (size_t i = 0; i < s->menus.len && !asked; i++)
		asked = s->menus.at[i]->toolchain;
	return asked;
}

static void
symbol_out(struct builder *b, struct symbol_build *s)
{
	struct prop *props = NEW_ARRAY(b->keep, struct prop, s->props_len);
	const struct menu **menus = NEW_ARRAY(b->keep, const struct menu *, s->menus.len);
	const struct symbol **members = NEW_ARRAY(b->keep, const struct symbol *, s->members.len);
	struct menu_build *choice = b->k.dialect.old_choice ? NULL : choice_of(s);
	size_t n = 0;

	for (struct prop_build *p = s->props; p; p = p->next)
		prop_out(b, &props[n++], p);
	for (size_t i = 0; i < s->menus.len; i++)
		menus[i] = &s->menus.at[i]->m;
	for (size_t i = 0; i < s->members.len; i++)
		members[i] = &s->members.at[i]->s;
	s->s.props = props;
	s->s.props_len = n;
	s->s.menus = menus;
	s->s.menus_len = s->menus.len;
	s->s.members = members;
	s->s.members_len = s->members.len;
	s->s.choice = s->old_choice ? &s->old_choice->s : choice ? &choice->sym->s : NULL;
	s->s.dir_dep = or_yes(b, s->dir_dep);
	s->s.rev_dep = s->rev_dep ? s->rev_dep : b->pool.no;
	s->s.implied = s->implied ? s->implied : b->pool.no;
	s->s.toolchain = symbol_asked(s);
}

/* An "if" has given its children away, unless it is empty. */
static struct menu_build *
without_ifs(struct menu_build *m)
{
	while (m && m->is_if && !m->list)
		m = m->next;
	return m;
}

static void
menu_out(struct builder *b, struct menu_build *m)
{
	struct menu_build *next = without_ifs(m->next), *list = without_ifs(m->list);

	m->m.parent = m->parent ? &m->parent->m : NULL;
	m->m.next = next ? &next->m : NULL;
	m->m.list = list ? &list->m : NULL;
	m->m.sym = m->sym ? &m->sym->s : NULL;
	m->m.visibility = or_yes(b, m->visibility);
	m->m.dep = or_yes(b, m->dep);
	if (m->prompt && !m->sym)
		prop_out(b, NEW(b->keep, struct prop), m->prompt);
}

static void
model_out(struct builder *b)
{
	struct kconfig *k = &b->k;
	const struct symbol **symbols = NEW_ARRAY(b->keep, const struct symbol *, b->syms.len);
	const struct symbol **choices = NEW_ARRAY(b->keep, const struct symbol *, b->choices.len);

	for (size_t i = 0; i < b->syms.len; i++) {
		symbol_out(b, b->syms.at[i]);
		symbols[i] = &b->syms.at[i]->s;
	}
	for (size_t i = 0; i < b->choices.len; i++)
		choices[i] = &b->choices.at[i]->s;
	for (struct menu_build *m = &b->root; m; m = menu_walk(m, NULL))
		menu_out(b, m);
	k->keep = b->keep;
	k->symbols = symbols;
	k->symbols_len = b->syms.len;
	k->choices = choices;
	k->choices_len = b->choices.len;
	k->exprs_len = b->pool.list.len;
	k->root = &b->root.m;
	k->menus_len = b->menus_len + 1;
	k->modules = b->modules ? &b->modules->s : NULL;
	k->mainmenu = b->root.prompt->text;
	k->answers = b->tools.answers.at;
	k->answers_len = b->tools.answers.len;
	k->conf_stdout = str_copy(b->keep, text_str(&b->out));
	k->conf_stderr = str_copy(b->keep, text_str(&b->err));
}

/* ---- loading ---- */

bool
source_read(struct builder *b, struct str name, struct str *text)
{
	if (!tree_read(b->tree, name, text))
		return false;
	b->bytes += text->len + 64;
	return true;
}

struct str
kconfig_srcarch(struct str arch)
{
	static const char *const table[][2] = {  /* as the top Makefile has it */
		{ "i386", "x86" }, { "x86_64", "x86" }, { "sparc32", "sparc" }, { "sparc64", "sparc" },
		{ "parisc64", "parisc" }, { "sh64", "sh" }, { "tilepro", "tile" }, { "tilegx", "tile" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (str_is(arch, table[i][0]))
			return str_from(table[i][1]);
	return arch;
}

/* This machine, as the kernel names it (scripts/subarch.include); x86_64 stays what it is. */
static struct str
host_arch(struct arena *keep)
{
	static const char *const table[][2] = {
		{ "aarch64", "arm64" }, { "arm", "arm" }, { "ppc", "powerpc" }, { "s390x", "s390" },
		{ "riscv", "riscv" }, { "loongarch", "loongarch" }, { "mips", "mips" }, { "sh", "sh" },
		{ "sun4u", "sparc64" }, { "sa110", "arm" }, { "parisc", "parisc" },
	};
	struct utsname u;

	if (uname(&u) < 0)
		return STR("x86_64");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strncmp(u.machine, table[i][0], strlen(table[i][0])) == 0)
			return str_from(table[i][1]);
	return str_copy(keep, str_from(u.machine));
}

static bool
tree_says(struct tree *t, const char *path, const char *word)
{
	struct str text;

	return tree_read(t, str_from(path), &text) && str_find(text, str_from(word)) < text.len;
}

/* Looks at the conf that the tree brings along. Without one: the newest. */
static void
find_dialect(struct builder *b)
{
	struct dialect *d = &b->k.dialect;

	d->old_choice = tree_says(b->tree, "scripts/kconfig/expr.h", "SYMBOL_CHOICEVAL");
	d->old_empty_number = tree_says(b->tree, "scripts/kconfig/symbol.c", "symbol_empty");
	d->old_range_read = tree_says(b->tree, "scripts/kconfig/confdata.c", "sym_string_within_range");
	d->old_menu_end = tree_exists(b->tree, STR("scripts/kconfig/confdata.c")) &&
	                  !tree_says(b->tree, "scripts/kconfig/confdata.c", "end_check");
	d->lenient = tree_says(b->tree, "scripts/kconfig/parser.y", "zconfprint(\"warning");
	d->choice_bool = tree_says(b->tree, "scripts/kconfig/parser.y", "choice_option: T_BOOL");
	d->member_prompts = tree_says(b->tree, "scripts/kconfig/parser.y", "prompt outside its choice group");
	d->repeats = tree_exists(b->tree, STR("scripts/kconfig/util.c")) &&
	             !tree_says(b->tree, "scripts/kconfig/util.c", "repeated inclusion");
}

static unsigned
keywords_of(struct builder *b)
{
	unsigned words = b->k.dialect.old_choice ? WORDS_OPTIONAL : 0;

	if (!tree_exists(b->tree, STR("scripts/kconfig/lexer.l")) ||
	    tree_says(b->tree, "scripts/kconfig/lexer.l", "\"transitional\""))
		words |= WORDS_TRANSITIONAL;
	return words | (tree_says(b->tree, "scripts/kconfig/lexer.l", "\"option\"") ? WORDS_OPTION : 0);
}

static struct builder *
builder_new(struct tree *t, const struct kconfig_options *o, struct arena *keep, struct diag *d)
{
	struct builder *b = NEW(keep, struct builder);

	b->keep = keep;
	b->diag = d;
	b->tree = t;
	b->k.arch = o->arch.len ? str_copy(keep, o->arch) : host_arch(keep);
	b->k.srcarch = kconfig_srcarch(b->k.arch);
	find_dialect(b);
	lexer_init(&b->lex, keep, keywords_of(b));
	b->lex.macros = &b->macros;
	b->lex.warn = lexer_warning;
	b->lex.ctx = b;
	b->macros = (struct preprocessor){ .keep = keep, .environment = macro_environment, .ask = macro_asks,
	                                   .say = macro_says, .ctx = b };
	toolchain_init(&b->tools, t, o, &b->k, keep, d);
	b->y = tristate_constant(b, "y");
	b->m = tristate_constant(b, "m");
	b->n = tristate_constant(b, "n");
	expr_pool_init(&b->pool, keep, &b->y->s, &b->m->s, &b->n->s);
	b->pool.old = tree_says(t, "scripts/kconfig/expr.h", "expr_copy");
	b->pool.told_m = tested_for_m;
	b->pool.ctx = b;
	b->k.sym_y = &b->y->s;
	b->k.sym_m = &b->m->s;
	b->k.sym_n = &b->n->s;
	b->k.yes = b->pool.yes;
	b->k.mod = b->pool.mod;
	b->k.no = b->pool.no;
	b->root.m.flags = MENU_ROOT;
	b->root.m.place.file = o->file;
	return b;
}

static void
root_prompt(struct builder *b)
{
	if (b->root.prompt)
		return;
	b->entry = &b->root;
	b->root.prompt = prop_add(b, PROP_MENU, NULL, NULL);
	b->root.prompt->text = STR("Main menu");
}

struct kconfig *
kconfig_load(struct tree *t, const struct kconfig_options *o, struct arena *keep, struct diag *d)
{
	struct builder *b = builder_new(t, o, keep, d);
	size_t errors = d->errors;

	parse(b, o->file.len ? str_copy(keep, o->file) : STR("Kconfig"));
	infer_answers(b);
	b->pool.modules = b->modules ? &b->modules->s : &b->n->s;
	if (d->errors > errors)
		give_up(b);
	root_prompt(b);
	finalise(b);
	check_dependencies(b);
	if (b->pool.cut)
		diag_error(d, STR(""), 0, "%zu expressions are more than %d operators deep", b->pool.cut, EXPR_DEPTH_MAX);
	model_out(b);
	b->k.plan = plan_make(&b->k, &b->pool, keep);
	toolchain_done(&b->tools);
	expr_pool_done(&b->pool);
	text_release(&b->out);
	text_release(&b->err);
	return &b->k;
}

void
kconfig_profile(const struct kconfig *k, struct str name, bool exact, struct text *out)
{
	toolchain_profile(&((const struct builder *)k)->tools, name, exact, out);
}

const struct expr *
expr_parse(struct kconfig *k, struct str text)
{
	struct builder *b = (struct builder *)k;
	const struct expr *e;

	b->loaded = true;
	e = parse_expression(b, text);
	k->exprs_len = b->pool.list.len;
	expr_pool_done(&b->pool);
	return e;
}

const struct symbol *
kconfig_find(const struct kconfig *k, struct str name)
{
	return map_get(&k->names, name);
}

bool
symbol_has_prompt(const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].text.at)
			return true;
	return false;
}
