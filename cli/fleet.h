// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fleet.h - the same work for many machines, spread over the cores.
 *
 * What is loaded before is shared: every worker is a forked process that takes the next job until none is left. A job's
 * result is a text, so nothing but bytes comes back.
 */
#ifndef CLI_FLEET_H
#define CLI_FLEET_H

#include "base/diag.h"

/* The files of a directory that are machines. */
struct dump_file {
	struct str name;   /* the file's name without its ending: "laptop"; distinct */
	const char *path;
};
struct dump_files { VEC(struct dump_file) list; };

/* "laptop.json.xz" -> "laptop" */
struct str dump_name(struct str file);

/*
 * All files of the directory, sorted by name, but for hidden ones, *.md, *.expect, and what is called INDEX, README,
 * LICENSE or COPYING with or without an ending. False, in diag: the directory cannot be read, has none, or two are called
 * the same.
 */
bool dump_files(const char *dir, struct arena *keep, struct diag *, struct dump_files *out);

/*
 * results[i] is what work(ctx, i) added to its text, for i from 0 to n - 1; its `at` is NULL when the worker died at it.
 * `jobs` 0: as many as this process may use cores; 1: no process is forked.
 */
void fleet_run(size_t n, size_t jobs, void (*work)(void *ctx, size_t i, struct text *out), void *ctx,
               struct arena *keep, struct str *results);

#endif
