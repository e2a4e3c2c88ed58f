// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.h - KERNEL-OPTIONS resolved: which tree, modules and configuration a command works with.
 *
 * What was given is used; what was not is looked for where distributions put the running kernel's. A missing thing
 * is an error that names what was looked for, where, and how to get it.
 */
#ifndef CLI_KERNEL_H
#define CLI_KERNEL_H

#include "base/tree.h"
#include "cli/command.h"

enum kernel_need { KERNEL_TREE = 1, KERNEL_MODULES = 2, KERNEL_CONFIG = 4 };

struct kernel {
	struct tree *tree;          /* NULL: not needed and not found */
	const char *modules;        /* directory; NULL: likewise */
	struct str config;          /* text, unpacked; empty: likewise */
	struct str config_path;
	struct str arch;            /* "x86_64" */
};

/*
 * `arch` is the machine's, used when --arch was not given; empty: this machine's. `need` must be found, the others are
 * taken when they are there. False: printed to diag.
 */
bool kernel_find(struct args *, unsigned need, struct str arch, struct kernel *);
void kernel_release(struct kernel *);

/* "aarch64" -> "arm64": a machine's name as uname gives it, as ARCH= is called. */
struct str kernel_arch(struct arena *keep, struct str machine);

/* Does a kernel for `arch` run on the machine? One for x86_64 does on what 32-bit systems call i686; an unknown one counts. */
bool kernel_runs(struct str arch, struct str machine, struct arena *scratch);

#endif
