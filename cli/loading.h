// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loading.h - the Kconfig side of a kernel, read by a thread of its own while the caller reads Makefiles; the modules are
 * read by whichever is done first.
 *
 * The thread has its own arena, diagnostics and view of the tree. Nothing of it may be looked at before loading_wait.
 */
#ifndef CLI_LOADING_H
#define CLI_LOADING_H

#include "base/cond.h"
#include "cli/pipeline.h"
#include "kconfig/config.h"
#include "kconfig/kconfig.h"

struct loaded_model {
	struct kconfig *model;
	struct config *base;        /* allnoconfig with modules */
	struct config *fat;         /* the kernel's --config; NULL: there is none */
	const bool *possible;       /* by expression id: what may hold with the pins off (cone.h) */
	struct binding *bound;      /* of the conditions of loading_give */
	const struct deciders *deciders; /* suggest.h */
};

struct loading;

/* The flags --toolchain and --probe count. NULL: in diag or printed. What is given lives until loading_wait. */
struct loading *loading_start(struct args *, struct pipeline *, const struct str *pins, size_t pins_len);

/* These conditions are bound to the model as soon as it is there. Once at most; they live until loading_wait. */
void loading_give(struct loading *, const struct cond *const *when, size_t len);

/* Waits until it is done. False: in diag. The results live as long as the args' arena. */
bool loading_wait(struct loading *, struct loaded_model *out);

#endif
