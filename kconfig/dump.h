// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dump.h - a model as text, for tests: everything that the files say and finalising makes of it.
 */
#ifndef KCONFIG_DUMP_H
#define KCONFIG_DUMP_H

#include "kconfig/kconfig.h"

/*
 * The menu tree, an entry a line, indented by its depth; below each entry that is a symbol's first the symbol with
 * its properties and dependencies, as conf prints expressions.
 */
void kconfig_dump(const struct kconfig *, struct text *out);

#endif
