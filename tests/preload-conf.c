// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * preload-conf.so - makes the kernel's own conf quick to ask, without changing it.
 *
 * $CONF_ANSWERS   a file of what shell commands answered: popen takes answers from it, and adds what it had to run.
 * $CONF_SERVE     "IN OUT", two file descriptors. When conf has parsed the Kconfig files and asks for the first
 *                 variable about .config, it serves instead of going on: for every line with a directory that is
 *                 read from IN, a child goes on as conf would have if it had been started in that directory, with
 *                 `stdin` there as standard input (none: empty), `stdout` and `stderr` as the other two, `allconfig`
 *                 as KCONFIG_ALLCONFIG and the number in `seed` for randconfig; the child's exit code is written to OUT as a line.
 *
 * LD_PRELOAD=preload-conf.so conf --allnoconfig Kconfig
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern FILE *popen(const char *command, const char *mode);
extern int pclose(FILE *);
extern char *getenv(const char *name);

enum { ANSWER_MAX = 1 << 16 };

/* libc's own, past the ones below. */
static void
find_real(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found) {
		fprintf(stderr, "preload-conf: no %s\n", name);
		_exit(99);
	}
	memcpy(function, &found, sizeof(found));
}

static char *
real_getenv(const char *name)
{
	static char *(*real)(const char *);

	if (!real)
		find_real(&real, "getenv");
	return real(name);
}

/* ---- answers ---- */

static bool
record_is(FILE *f, size_t len, const char *text)
{
	char *s = malloc(len + 1);
	bool same;

	same = s && fread(s, 1, len, f) == len && len == strlen(text) && memcmp(s, text, len) == 0;
	free(s);
	return same;
}

/* Records are "LENGTH LENGTH\nCOMMAND\nANSWER\n". -1: not there. */
static long
find_answer(const char *command, char *answer)
{
	const char *path = real_getenv("CONF_ANSWERS");
	FILE *f = path ? fopen(path, "r") : NULL;
	size_t command_len, len;
	long found = -1;

	while (f && found < 0 && fscanf(f, "%zu %zu", &command_len, &len) == 2 && fgetc(f) == '\n') {
		bool same = record_is(f, command_len, command);

		fgetc(f);
		if (same && len < ANSWER_MAX && fread(answer, 1, len, f) == len)
			found = (long)len;
		else
			fseek(f, (long)len, SEEK_CUR);
		fgetc(f);
	}
	if (f)
		fclose(f);
	return found;
}

static long
run_command(const char *command, char *answer)
{
	static FILE *(*real_popen)(const char *, const char *);
	static int (*real_pclose)(FILE *);
	const char *path = real_getenv("CONF_ANSWERS");
	FILE *f;
	size_t len;

	if (!real_popen) {
		find_real(&real_popen, "popen");
		find_real(&real_pclose, "pclose");
	}
	f = real_popen(command, "r");
	if (!f)
		return 0;
	len = fread(answer, 1, ANSWER_MAX - 1, f);
	real_pclose(f);
	f = path ? fopen(path, "a") : NULL;
	if (f) {
		fprintf(f, "%zu %zu\n%s\n", strlen(command), len, command);
		fwrite(answer, 1, len, f);
		fputc('\n', f);
		fclose(f);
	}
	return (long)len;
}

FILE *
popen(const char *command, const char *mode)
{
	char *answer = malloc(ANSWER_MAX);
	long len;
	FILE *f;

	(void)mode;
	if (!answer)
		return NULL;
	len = find_answer(command, answer);
	if (len < 0)
		len = run_command(command, answer);
	f = tmpfile();
	if (f) {
		fwrite(answer, 1, (size_t)len, f);
		rewind(f);
	}
	free(answer);
	return f;
}

int
pclose(FILE *f)
{
	return fclose(f);
}

/* ---- serving ---- */

/* conf sows its seed before it reads Kconfig files, so it is done again here. */
static void
use_seed(void)
{
	FILE *f = fopen("seed", "r");
	unsigned seed;

	if (f && fscanf(f, "%u", &seed) == 1)
		srand(seed);
	if (f)
		fclose(f);
}

static void
become_case(const char *dir)
{
	struct rlimit cpu = { 60, 60 }, size = { 64 << 20, 64 << 20 };

	setrlimit(RLIMIT_CPU, &cpu); /* some dialogues never end */
	setrlimit(RLIMIT_FSIZE, &size);
	if (chdir(dir) || !freopen("stdout", "w", stdout) || !freopen("stderr", "w", stderr) ||
	    (!freopen("stdin", "r", stdin) && !freopen("/dev/null", "r", stdin)))
		_exit(98);
	if (access("allconfig", R_OK) == 0)
		setenv("KCONFIG_ALLCONFIG", "allconfig", 1);
	use_seed();
}

static void
serve(int in, int out)
{
	FILE *requests = fdopen(in, "r"), *replies = fdopen(out, "w");
	char dir[4096];
	int status;
	pid_t child;

	fflush(stdout);
	while (requests && replies && fgets(dir, sizeof(dir), requests)) {
		dir[strcspn(dir, "\n")] = '\0';
		child = fork();
		if (child == 0) {
			become_case(dir);
			return;
		}
		if (child < 0 || waitpid(child, &status, 0) != child)
			status = -1;
		fprintf(replies, "%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128);
		fflush(replies);
	}
	_exit(0);
}

char *
getenv(const char *name)
{
	static bool served;
	const char *fds;
	int in, out;

	if (!served && (strcmp(name, "KCONFIG_ALLCONFIG") == 0 || strcmp(name, "KCONFIG_WARN_UNKNOWN_SYMBOLS") == 0)) {
		served = true;
		fds = real_getenv("CONF_SERVE");
		if (fds && sscanf(fds, "%d %d", &in, &out) == 2)
			serve(in, out);
	}
	return real_getenv(name);
}
