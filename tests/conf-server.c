// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * conf-server.c - runs the kernel's own conf many times for the price of one parse.
 *
 * Linked with the unmodified objects of a tree's conf and -Wl,--wrap=conf_parse. After the parse it reads lines
 * "ALLCONFIG OUT" from the file named by $CONF_JOBS; for each it forks, and the child goes on as conf would with
 * KCONFIG_ALLCONFIG=ALLCONFIG and KCONFIG_CONFIG=OUT, its messages in OUT.log. The parent ends when all are done;
 * its exit code is 1 if any child's was not 0.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void __real_conf_parse(const char *name);
void __wrap_conf_parse(const char *name);

/* In the child: true. */
static int
start(const char *allconfig, const char *out)
{
	char log[4096];
	int fd;

	if (fork() != 0)
		return 0;
	snprintf(log, sizeof(log), "%s.log", out);
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	dup2(fd, 1);
	dup2(fd, 2);
	setenv("KCONFIG_ALLCONFIG", allconfig, 1);
	setenv("KCONFIG_CONFIG", out, 1);
	return 1;
}

/* The whole list, before any fork: a child that exits would move the file's position under the parent. */
static char *
read_jobs(void)
{
	const char *path = getenv("CONF_JOBS");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *text = size < 0 ? NULL : malloc((size_t)size + 1);

	if (!text || pread(fd, text, (size_t)size, 0) != size) {
		perror("conf-server: CONF_JOBS");
		exit(2);
	}
	close(fd);
	text[size] = '\0';
	return text;
}

void
__wrap_conf_parse(const char *name)
{
	char *line, *jobs, *space;
	int status, bad = 0;

	__real_conf_parse(name);
	jobs = read_jobs();
	for (line = strtok(jobs, "\n"); line; line = strtok(NULL, "\n")) {
		space = strchr(line, ' ');
		if (!space)
			continue;
		*space = '\0';
		if (start(line, space + 1))
			return;
		wait(&status);
		bad |= status != 0;
	}
	exit(bad);
}
