// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * terminal.h - what may be done for people: colours, and lines no longer than the window, where standard output is a
 * terminal. Elsewhere the output is the same everywhere.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/command.h"

struct terminal {
	size_t width;     /* columns; 0: not a terminal, lines are as long as they are */
	bool colour;      /* false with NO_COLOR (not empty) and on a dumb terminal as well */
};

/* Where the command's output() goes. */
struct terminal terminal_of(const struct args *);

/*
 * What is being done, in one line on standard error that the next one, and the end of the work (NULL), take away again.
 * Shown only on a terminal, and only when the program has run for a second.
 */
void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
