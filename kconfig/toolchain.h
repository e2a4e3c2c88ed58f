// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * toolchain.h - what a Kconfig tree asks the world outside, and who answers (private to the room).
 */
#ifndef KCONFIG_TOOLCHAIN_H
#define KCONFIG_TOOLCHAIN_H

#include "kconfig/kconfig.h"

struct toolchain {
	struct arena *keep;
	struct map variables;              /* the environment: name -> struct str * */
	VEC(struct toolchain_answer) answers;
	struct map asked;                  /* question -> index into answers + 1 */
};

void toolchain_init(struct toolchain *, struct tree *, const struct kconfig_options *, const struct kconfig *,
                    struct arena *keep, struct diag *);

/* A variable as the kernel's top Makefile exports it. */
bool toolchain_variable(void *toolchain, struct str name, struct str *value);

/* See preprocess.h: `ask`. */
bool toolchain_ask(struct toolchain *, struct str question, bool early, struct place, struct str *answer);

#endif
