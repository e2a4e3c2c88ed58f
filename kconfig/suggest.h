// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * suggest.h - the sub-options a driver should have: what the machine's present kernel has switched on below it.
 *
 * A driver is more than its module: BT without BT_LE, IWLWIFI without debugfs, EXT4_FS without ACLs. An option is
 * suggested when it is a bool with a prompt, visible and n in the solved configuration, y in the fat one, and stands
 * in the menu below a tristate that the goals brought in. Debugging and self-tests are left out, what only opens a menu,
 * ciphers and certificates, and what only decides what other machines' drivers select.
 */
#ifndef KCONFIG_SUGGEST_H
#define KCONFIG_SUGGEST_H

#include "kconfig/config.h"

struct suggestion {
	const struct symbol *sym;
	const struct symbol *driver;  /* the tristate above it */
};

struct suggestion_list { const struct suggestion *at; size_t len; };

/* What the entries' selects hang on, found once for a model. */
struct deciders;
const struct deciders *deciders_find(const struct kconfig *, struct arena *keep);

/* In menu order. `base` is what nobody asked for. */
struct suggestion_list suggest_options(const struct deciders *, struct config *solved, struct config *fat,
                                       struct config *base, struct arena *);

#endif
