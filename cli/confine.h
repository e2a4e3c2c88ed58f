// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * confine.h - what a command never needs is taken from the process before it reads any input.
 *
 * Trees, dumps and archives come from anywhere. Once the command line is known, the process can write below its outputs'
 * directories and its cache only, run no program and open no socket (scan: no internet socket): Landlock and seccomp,
 * each where the kernel has it, silently without where not. A command that was asked to run programs (--probe, --common
 * with a nixpkgs) is not confined. Reading is not restricted: the user names the files.
 */
#ifndef CLI_CONFINE_H
#define CLI_CONFINE_H

#include "cli/command.h"

enum confined { CONFINED_NOTHING = 0, CONFINED_FILES = 1, CONFINED_CALLS = 2 };

/* What could be taken: bits of enum confined. For this thread and those it starts, for good. */
unsigned confine(const struct args *);

#endif
