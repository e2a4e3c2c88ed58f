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
struct config *config_copy(const struct config *, struct arena *keep);
const struct kconfig *config_model(const struct config *);

/* The computed value. config_text: "y", "m", "n", a number or a string without quotes. Borrowed. */
enum tri config_tri(struct config *, const struct symbol *);
struct str config_text(struct config *, const struct symbol *);
enum tri config_visible(struct config *, const struct symbol *);  /* upper bound for a user value; n: not asked */
enum tri config_expr(struct config *, const struct expr *);
bool config_is_written(struct config *, const struct symbol *);   /* does it have a line in .config? */
/* What it would be without its own user value: the default, imply and select. */
struct str config_default(struct config *, const struct symbol *);

/*
 * Sets or removes a user value. False when conf would refuse it: not visible enough, below what is selected, no
 * number, out of range, unknown word. A choice member set to y makes it the choice's latest pick.
 */
bool config_set(struct config *, const struct symbol *, struct str value);
bool config_set_raw(struct config *, const struct symbol *, struct str value); /* as reading a .config: not checked */
void config_unset(struct config *, const struct symbol *);
bool config_has_user(const struct config *, const struct symbol *, struct str *value);

/* .config text into user values, on top of what is there. Messages as conf gives them, with file:line. */
void config_read(struct config *, const struct source *, struct diag *);

/* The .config text, header comment included, as conf writes it; and savedefconfig's minimal one. */
void config_write(struct config *, struct text *out);
void config_write_minimal(struct config *, struct text *out);

enum config_mode { MODE_ALLNO, MODE_ALLYES, MODE_ALLMOD, MODE_ALLDEF, MODE_OLDDEF };

/* Gives every symbol without user value the one the mode calls for (conf --allnoconfig etc.), read after allconfig. */
void config_apply_mode(struct config *, enum config_mode);

/* Promptable, visible symbols without a user value, in menu order (listnewconfig). */
void config_list_new(struct config *, struct arena *, const struct symbol ***out, size_t *len);

/*
 * Selected though their direct dependencies are not met: conf warns and keeps the value. One warning each in diag,
 * with the selectors and places. Returns their number.
 */
size_t config_check(struct config *, struct diag *);

#endif
