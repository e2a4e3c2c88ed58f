// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config.h - values for a model: user values in, computed values out, .config files read and written.
 *
 * Two configurations of one model are two arrays. A user value is what a .config or an answer says; the value
 * is what the rules make of it (scripts/kconfig/symbol.c: sym_calc_value). Values are computed when asked for
 * and remembered until a user value changes.
 */
#ifndef KCONFIG_CONFIG_H
#define KCONFIG_CONFIG_H

#include "kconfig/kconfig.h"

struct config;

struct config *config_new(const struct kconfig *, struct arena *keep);
/* A copy costs some 400 KiB of memcpy for a whole kernel. It borrows texts of the original and must not outlive it. */
struct config *config_copy(const struct config *, struct arena *keep);
void config_recompute(struct config *);  /* works out everything again; nothing changes by it, which tests check */
const struct kconfig *config_model(const struct config *);

/* The computed value. config_text: "y", "m", "n", a number or a string without quotes. Borrowed. */
enum tri config_tri(struct config *, const struct symbol *);
struct str config_text(struct config *, const struct symbol *);
enum tri config_visible(struct config *, const struct symbol *);  /* upper bound for a user value; n: not asked */
enum tri config_expr(struct config *, const struct expr *);
bool config_is_written(struct config *, const struct symbol *);   /* does it have a line in .config? */
/* What it would be without its own user value: the default, imply and select. */
struct str config_default(struct config *, const struct symbol *);

enum symbol_type config_type(const struct config *, const struct symbol *); /* without MODULES a tristate is a bool */
bool config_is_changeable(struct config *, const struct symbol *); /* would conf ask for it? */
bool config_may_be(struct config *, const struct symbol *, enum tri); /* would conf take this answer? */
bool config_is_unmet(struct config *, const struct symbol *);      /* selected though its dependencies are not met */
const struct symbol *config_picked(struct config *, const struct symbol *choice); /* the member that is y, or NULL */
bool config_menu_visible(struct config *, const struct menu *);

/*
 * Sets or removes a user value. False when conf would refuse it: not visible enough, below what is selected, no
 * number, out of range, unknown word. A choice member set to y makes it the choice's latest pick.
 */
bool config_set(struct config *, const struct symbol *, struct str value);
bool config_set_raw(struct config *, const struct symbol *, struct str value); /* as reading a .config: not checked */
void config_unset(struct config *, const struct symbol *);
void config_unset_all(struct config *);
bool config_has_user(const struct config *, const struct symbol *, struct str *value);

/*
 * .config text into user values, on top of what is there (config_read), or instead of it and with conf's second
 * look at what was read (config_load: conf_read, for all modes that start from a .config). Messages as conf gives
 * them, with file:line; CONFIG_READ_UNKNOWN adds one for each symbol the model does not know.
 */
enum config_read_flags { CONFIG_READ_UNKNOWN = 1 };
void config_read(struct config *, const struct source *, unsigned flags, struct diag *);
void config_load(struct config *, const struct source *, unsigned flags, struct diag *);

/* The .config text, header comment included, as conf writes it; and savedefconfig's minimal one. */
void config_write(struct config *, struct text *out);
void config_write_minimal(struct config *, struct text *out);

/* One line as .config has it: `CONFIG_X=y`, `# CONFIG_X is not set`; with plain_n `CONFIG_X=n` instead. */
void config_write_symbol(struct config *, const struct symbol *, bool plain_n, struct text *out);

enum config_mode { MODE_ALLNO, MODE_ALLYES, MODE_ALLMOD, MODE_ALLDEF, MODE_OLDDEF, MODE_RAND };

/* Gives every symbol without user value the one the mode calls for (conf --allnoconfig etc.), read after allconfig. */
void config_apply_mode(struct config *, enum config_mode);

/*
 * randconfig. The same seed gives the same configuration everywhere; for kernels since 6.11 the one their own conf
 * gives with KCONFIG_SEED on glibc. Probabilities in per cent, as KCONFIG_PROBABILITY's three.
 */
struct config_odds { int bool_y, tri_y, tri_m; };
void config_randomize(struct config *, uint32_t seed, struct config_odds);

/* Entries of visible symbols that could be asked for and have no user value, in menu order (listnewconfig). */
void config_list_new(struct config *, struct arena *, const struct menu *const **out, size_t *len);

/*
 * Selected though their direct dependencies are not met: conf warns and keeps the value. One warning each in diag,
 * with the selectors and places. Returns their number.
 */
size_t config_check(struct config *, struct diag *);

/* User values that did not hold, as conf tells of them with KCONFIG_WARN_CHANGED_INPUT (7.2). Returns their number. */
size_t config_print_changed(struct config *, struct text *out);

/* conf's own paragraph about one of them. */
void config_print_unmet(struct config *, const struct symbol *, struct text *out);

/* The text conf shows for '?' at this entry: the help, where it is defined, what it depends on and who selects it. */
void config_help(struct config *, const struct menu *, struct text *out);

/* An expression with the values of its symbols, "A [=y] && B [=n]". */
void config_print_expr(struct config *, const struct expr *, struct text *out);

/*
 * Why a symbol has its value. The strongest first: what decides is `kind`; the rest says what else had a say.
 */
enum reason_kind {
	REASON_NOTHING,               /* nothing gives it a value: n, 0, empty */
	REASON_USER,                  /* its user value */
	REASON_DEFAULT,               /* `prop`: the first default whose condition holds */
	REASON_IMPLIED,               /* raised by imply: `by` */
	REASON_SELECTED,              /* raised by select above what it would be: `by` */
	REASON_CHOICE,                /* its choice is or is not set to it: `picked` */
	REASON_RANGE,                 /* `prop`: clamped to a bound of this range */
};

struct reason_by {
	const struct symbol *symbol;  /* who selects or implies */
	const struct prop *prop;      /* the select or imply, with its place and condition */
	enum tri value;               /* how high it lifts */
};

struct reason {
	enum reason_kind kind;
	const struct prop *prop;
	const struct symbol *picked;  /* of a choice member: the member that is y */
	const struct reason_by *by;   /* all active selectors (or, for REASON_IMPLIED, implying symbols), in file order */
	size_t by_len;
	bool user_ignored;            /* it has a user value that does not hold: not visible, or below what is selected */
	enum tri visible, dir, rev, implied; /* prompt, depends on, select, imply */
};
struct reason config_reason(struct config *, const struct symbol *, struct arena *keep);

#endif
