// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model.h - the Kconfig model a command works with, from --kernel, --arch, --config, --probe and --kconfig.
 */
#ifndef CLI_MODEL_H
#define CLI_MODEL_H

#include "cli/command.h"
#include "kconfig/config.h"

/* The flags besides kernel_options, for a command's table. */
#define MODEL_FLAGS \
	{ "probe", 0, NULL, "ask this machine's compiler, as make does; runs commands the tree names" }, \
	{ "toolchain", 0, "NAME|FILE", "what the compiler can do, where --config doesn't tell: gcc-14, clang-19, ..." }, \
	{ "kconfig", 0, "FILE", "top Kconfig file (default: Kconfig)" }

struct model {
	struct tree *tree;
	struct kconfig *kconfig;
};

/* False: printed to diag or stderr. */
bool model_open(struct args *, struct model *);
void model_close(struct model *);

/* A whole file, unpacked; `what` names it in the message: "answers". */
bool read_input(struct args *, const char *path, const char *what, struct str *out);

/* The profile that --toolchain names: one of ours, or a file. Left alone without the flag. False: in diag. */
bool read_toolchain(struct args *, struct str *profile);

#endif
