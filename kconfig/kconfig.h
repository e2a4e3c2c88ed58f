// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kconfig.h - the model: what a tree's Kconfig files say, after parsing and finalising.
 *
 * The model is const once loaded and knows no values; a configuration of it is an array beside it (config.h).
 * Everything lives in the arena given to kconfig_load; texts borrow from the tree, which must stay open. Symbols,
 * expressions and menus have dense ids, so that tables about them are arrays. Semantics: scripts/kconfig/{parser.y,menu.c,expr.c} of the tree; the few places
 * where kernels differ are in `struct dialect`, found by looking at the tree itself.
 */
#ifndef KCONFIG_KCONFIG_H
#define KCONFIG_KCONFIG_H

#include "base/diag.h"
#include "base/map.h"
#include "base/tree.h"

enum tri { TRI_N, TRI_M, TRI_Y };

static inline enum tri
tri_min(enum tri a, enum tri b)
{
	return a < b ? a : b;
}

static inline enum tri
tri_max(enum tri a, enum tri b)
{
	return a > b ? a : b;
}

enum symbol_type { SYM_UNKNOWN, SYM_BOOL, SYM_TRISTATE, SYM_INT, SYM_HEX, SYM_STRING };

struct symbol;
struct menu;

/*
 * Equal expressions of one model are one pointer. The value of an expression is a tristate: a symbol's value,
 * AND is the minimum, OR the maximum, NOT is y minus, a comparison is n or y. Never NULL: "no condition" is
 * model->yes.
 */
enum expr_kind {
	EXPR_SYMBOL,                                              /* left */
	EXPR_NOT,                                                 /* a */
	EXPR_AND, EXPR_OR,                                        /* a, b */
	EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE,     /* left, right */
};

struct expr {
	enum expr_kind kind;
	unsigned id;
	const struct expr *a, *b;
	const struct symbol *left, *right;
};

/* Where a line of Kconfig stands. */
struct place {
	struct str file;
	unsigned line;
};

enum prop_kind { PROP_PROMPT, PROP_MENU, PROP_COMMENT, PROP_DEFAULT, PROP_SELECT, PROP_IMPLY, PROP_RANGE };

/* One property of a symbol, conditions of the enclosing blocks already ANDed in. In the order of the files. */
struct prop {
	enum prop_kind kind;
	struct str text;              /* PROP_PROMPT, PROP_MENU, PROP_COMMENT */
	const struct expr *value;     /* PROP_DEFAULT: any expression; PROP_SELECT, PROP_IMPLY: the target's symbol */
	const struct symbol *low, *high; /* PROP_RANGE */
	const struct expr *cond;      /* "if ..." and all that encloses it; yes: always */
	const struct menu *menu;      /* the entry it was written in */
	struct place place;
};

/* Is the symbol asked by it? A menuconfig's prompt is a PROP_MENU. */
static inline bool
prop_is_prompt(const struct prop *p)
{
	return p->kind == PROP_PROMPT || p->kind == PROP_MENU;
}

struct symbol {
	unsigned id;
	struct str name;              /* without CONFIG_; of a constant its text; empty for an unnamed choice */
	enum symbol_type type;        /* SYM_UNKNOWN: used somewhere, defined nowhere; its value is its own name */
	bool constant;                /* y, m, n and quoted words */
	bool is_choice;               /* a choice itself; `members` are its values */
	bool optional;                /* choices of old kernels: may stay n */
	bool transitional;            /* read from .config, never written */
	bool defconfig_list;          /* before 5.13: its defaults are files to begin from; never written */
	bool allnoconfig_y;           /* before 5.13: on in allnoconfig too */
	const struct symbol *choice;  /* of a member: the choice; else NULL */
	const struct symbol *const *members; /* of a choice, in menu order */
	size_t members_len;
	const struct prop *props;
	size_t props_len;
	const struct menu *const *menus; /* every entry that defines it, in order */
	size_t menus_len;
	const struct expr *dir_dep;   /* OR over its entries of what they depend on; yes if none */
	const struct expr *rev_dep;   /* OR over its selectors of (selector && condition); model->no if none */
	const struct expr *implied;   /* the same for imply */
	/*
	 * True when some default, prompt or dependency asked the toolchain ($(cc-option,...) and the like):
	 * its value was answered, not known. See kconfig_options.
	 */
	bool toolchain;
};

enum menu_flags { MENU_ROOT = 1 };

/* An entry of the menu tree, in the order of the files: config, menuconfig, choice, menu, comment; `if` is gone. */
struct menu {
	unsigned id;
	const struct menu *parent, *next, *list; /* list: first child */
	const struct symbol *sym;     /* NULL for menu and comment */
	const struct prop *prompt;    /* NULL: none */
	const struct expr *visibility; /* "visible if"; yes if none */
	const struct expr *dep;       /* everything the entry depends on */
	struct str help;              /* as it stands in the file, indented; empty `at`: none */
	struct place place;
	unsigned flags;
};

/* What comes behind an entry and all that is below it, in the order of the files; NULL: it was the last. */
static inline const struct menu *
menu_past(const struct menu *m)
{
	while (m && !m->next)
		m = m->parent;
	return m ? m->next : NULL;
}

/* The same with what is below it first: from the root through all. */
static inline const struct menu *
menu_next(const struct menu *m)
{
	return m->list ? m->list : menu_past(m);
}

struct dialect {
	bool old_choice;              /* before 6.11: a choice is a symbol with a value, may be tristate, members depend on it */
	bool old_empty_number;        /* 6.1: an int or hex without default is written empty, not 0 */
	bool old_menu_end;            /* 5.10: the end of an empty menu is not written to .config */
	bool old_range_read;          /* 6.1: out-of-range numbers in .config are dropped when read */
	bool lenient;                 /* 6.12: a menuconfig without prompt, a second or blank help are only warned of */
	bool repeats;                 /* 6.12: a file may be sourced more than once */
	bool choice_bool;             /* 6.12: a choice's prompt may be written as bool "prompt" */
	bool member_prompts;          /* 6.12: a choice's member may have several prompts in the choice */
};

struct kconfig {
	struct arena *keep;
	const struct symbol *const *symbols; /* by id; constants and choices are among them */
	size_t symbols_len;
	struct map names;             /* name -> const struct symbol *; constants are not in it */
	size_t exprs_len;             /* expression ids are below this */
	const struct menu *root;
	size_t menus_len;
	const struct symbol *const *choices; /* is_choice, in menu order */
	size_t choices_len;
	const struct symbol *modules; /* the symbol with "modules"; NULL: tristates are bools */
	const struct symbol *sym_y, *sym_m, *sym_n;
	const struct expr *yes, *mod, *no;
	struct str mainmenu;
	struct dialect dialect;
	struct str arch, srcarch;     /* x86_64, x86 */
	/* The questions to the toolchain: question, answer, where the answer came from. In the order asked. */
	const struct toolchain_answer *answers;
	size_t answers_len;
	const struct plan *plan;      /* in which order values are worked out (plan.h) */
	/* What conf would have printed while reading these files, byte for byte; it stops where conf gives up. */
	struct str conf_stdout, conf_stderr;
};

struct toolchain_answer {
	struct str question;          /* "cc-option,-m32", "shell,COMMAND"; macros expanded, the tree as $(srctree) */
	struct str macro;             /* of "shell,COMMAND": the call it comes from, "cc-option,-m32"; empty: none */
	struct str answer;
	struct str source;            /* "config", "toolchain gcc-14", "probe", "assumed"; "computed": needs no tool */
	struct place place;           /* first asked here */
};

struct kconfig_options {
	struct str arch;              /* as `make ARCH=`: x86_64, x86, i386, arm64, ...; empty: this machine's */
	struct str file;              /* top Kconfig; empty: "Kconfig" */
	struct str fat_config;        /* text of a .config that answers toolchain questions; empty: none */
	struct str toolchain;         /* a profile's text (kconfig/toolchains/, kconfig/toolchain.h); empty: none */
	bool probe;                   /* run the questions as conf does, with CC, LD, ... of the environment */
	/* variables like CC_VERSION_TEXT, KERNELVERSION or PAHOLE that replace what would be worked out: "NAME=value" */
	const struct str *variables;
	size_t variables_len;
};

/* NULL only when nothing could be loaded; errors in the files are in `diag` and leave a partial model. */
struct kconfig *kconfig_load(struct tree *, const struct kconfig_options *, struct arena *keep, struct diag *);

/*
 * The answers as a profile: what was asked of the tools in the words of the macros, or `exact`, every command that
 * conf runs, so that reading the same tree again gets the same answers. The variables are those of the tools.
 */
void kconfig_profile(const struct kconfig *, struct str name, bool exact, struct text *out);

/* NULL when no such symbol is defined or mentioned. */
const struct symbol *kconfig_find(const struct kconfig *, struct str name);

/* SRCARCH for ARCH as the kernel's top Makefile derives it; x86_64 and i386 give x86. */
struct str kconfig_srcarch(struct str arch);

/*
 * "A && (B || !C)", constants other than y, m and n in quotes. expr_parse reads it back: the same pointer. NULL:
 * malformed, or a symbol that the model does not know.
 */
void expr_print(const struct expr *, struct text *out);
const struct expr *expr_parse(struct kconfig *, struct str text);

/*
 * As conf prints it in its messages: nothing is quoted, and no parentheses where && stands in && or || in ||.
 * `name` writes a symbol (conf adds " [=y]" in some places); NULL: its name.
 */
typedef void (*expr_name_fn)(void *ctx, const struct symbol *, struct text *out);
void expr_print_conf(const struct expr *, struct text *out, expr_name_fn name, void *ctx);

/* The symbols that an expression names, from left to right, as often as it does. */
struct symbol_list { const struct symbol **at; size_t len, cap; };
void expr_symbols(const struct expr *, struct arena *keep, struct symbol_list *out);

/* Has the symbol a prompt anywhere? */
bool symbol_has_prompt(const struct symbol *);

#endif
