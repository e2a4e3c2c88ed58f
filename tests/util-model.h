// SPDX-License-Identifier: GPL-2.0-or-later
/* util-model.h - a model of a Kconfig file given as text. */
#ifndef TESTS_UTIL_MODEL_H
#define TESTS_UTIL_MODEL_H

#include "kconfig/kconfig.h"

/* What is wrong with the text fails the test. `old`: by the rules of before 6.11. */
struct kconfig *model_of(struct arena *keep, const char *text, bool old);

const struct symbol *symbol_of_name(const struct kconfig *, const char *name);

#endif
