// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diag.h - what is wrong with the input, collected.
 *
 * Input problems go here with a place, are counted, and the reader carries on where it can. System problems
 * are returned as -errno and become a diagnostic at the room's edge, where the path is known. A caller looks
 * at `errors` afterwards; cli/ prints the list and chooses the exit code. Messages are "what; what to do",
 * without a full stop or line feed.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/* A text with a name. Positions are pointers into `text`; line and column are counted when wanted. */
struct source {
	struct str name;
	struct str text;
};

enum severity { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

struct diag_entry {
	enum severity severity;
	struct str file;       /* empty: no file */
	unsigned line, column; /* from 1; 0: not known */
	struct str message;
};

struct diag {
	struct arena *keep;    /* holds the messages; set by the owner */
	VEC(struct diag_entry) list;
	size_t errors, warnings;
	size_t limit;          /* entries kept; further ones are only counted. 0 means 1000 */
};

void diag_add(struct diag *, enum severity, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void diag_error(struct diag *, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void diag_warn(struct diag *, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* An error at a pointer into a source; gives line and column. */
void diag_error_at(struct diag *, const struct source *, const char *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds what `from` holds that is at least this severe. */
void diag_merge(struct diag *, const struct diag *from, enum severity least);

/* Whoever writes text ends its last line; one that does not end may be cut, which is a warning. JSON ends by itself. */
void source_check_end(const struct source *, struct diag *);

unsigned source_line(const struct source *, const char *at);   /* from 1 */
unsigned source_column(const struct source *, const char *at); /* from 1, bytes */

/* One line an entry: "derpconfig: FILE:LINE:COLUMN: what"; of many errors in one file the first ten. Control bytes are shown as '?'. */
void diag_print(const struct diag *, FILE *);

#endif
