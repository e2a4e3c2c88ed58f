// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/terminal.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 20, SOON = 1 /* second */ };

struct terminal
terminal_of(const struct args *a)
{
	const char *path = args_value(a, "output"), *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size = { 0 };

	if ((path && strcmp(path, "-") != 0) || !isatty(STDOUT_FILENO))
		return (struct terminal){ 0 };
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < NARROWEST)
		size.ws_col = 80;
	return (struct terminal){ size.ws_col, !(no_color && *no_color) && term && strcmp(term, "dumb") != 0 };
}

/* ---- Progress: the one thing here that a signal handler has to find ---- */

static struct {
	char line[128];
	volatile size_t len;    /* 0 while the line is being written */
	volatile bool due;      /* a second has passed */
	pid_t owner;            /* processes that were forked from it say nothing */
} shown;

static void
draw(void)
{
	size_t n = shown.len;
	ssize_t ignored = n ? write(STDERR_FILENO, shown.line, n) : 0;

	(void)ignored;
}

static void
on_alarm(int sig)
{
	(void)sig;
	shown.due = true;
	draw();
}

static void
start(void)
{
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	shown.owner = getpid();
	sigemptyset(&act.sa_mask);
	sigaction(SIGALRM, &act, NULL);
	alarm(SOON);
}

static void
finish(void)
{
	static const char erase[] = "\r\033[K";

	alarm(0);
	if (shown.due && shown.len) {
		memcpy(shown.line, erase, sizeof(erase));
		shown.len = sizeof(erase) - 1;
		draw();
	}
	shown.len = 0;
	shown.due = false;
	shown.owner = 0;
}

void
progress(const char *format, ...)
{
	enum { EDGE = 8 }; /* bytes around the text */
	va_list ap;
	int n;

	if (shown.owner ? shown.owner != getpid() : !format || !isatty(STDERR_FILENO))
		return;
	if (!format) {
		finish();
		return;
	}
	if (!shown.owner)
		start();
	shown.len = 0;
	va_start(ap, format);
	n = vsnprintf(shown.line + 4, sizeof(shown.line) - EDGE, format, ap);
	va_end(ap);
	memcpy(shown.line, "\r\033[K", 4);
	n = n < 0 ? 0 : (size_t)n < sizeof(shown.line) - EDGE ? n : (int)(sizeof(shown.line) - EDGE - 1);
	memcpy(shown.line + 4 + n, "...\r", 4);
	shown.len = (size_t)n + EDGE;
	if (shown.due)
		draw();
}
