// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded into the program, tries when it writes its output what an attacker in it would: to write elsewhere, run a
 * program, reach the network. Tells on standard error what succeeded. EVIL_FILE is a file that exists, outside.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
change(const char *file)
{
	return open(file, O_WRONLY);
}

static int
cut(const char *file)
{
	return truncate(file, 0);
}

static int
make(const char *file)
{
	char beside[4096];

	snprintf(beside, sizeof(beside), "%s.evil", file);
	return open(beside, O_WRONLY | O_CREAT, 0666);
}

static int
make_dir(const char *file)
{
	char beside[4096];

	snprintf(beside, sizeof(beside), "%s.dir", file);
	return mkdir(beside, 0777);
}

/* Did it exit with 0? */
static int
wait_for(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int
run(const char *file)
{
	pid_t pid = fork();

	(void)file;
	if (pid == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	return wait_for(pid);
}

static int
net(const char *file)
{
	(void)file;
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
net6(const char *file)
{
	(void)file;
	return socket(AF_INET6, SOCK_DGRAM, 0);
}

static int
trace(const char *file)
{
	pid_t pid = fork();

	(void)file;
	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0);
	return wait_for(pid);
}

static const struct { const char *name; int (*act)(const char *file); } acts[] = {
	{ "open for writing", change }, { "truncate", cut }, { "create", make }, { "mkdir", make_dir }, { "unlink", unlink },
	{ "exec", run }, { "socket inet", net }, { "socket inet6", net6 }, { "ptrace", trace },
};

/* base/file.c calls it before an output gets its name. */
int
fsync(int fd)
{
	static int (*real)(int);
	void *found = dlsym(RTLD_NEXT, "fsync");
	const char *file = getenv("EVIL_FILE");

	memcpy(&real, &found, sizeof(real));
	for (size_t i = 0; file && i < sizeof(acts) / sizeof(*acts); i++)
		fprintf(stderr, "evil: %s: %s\n", acts[i].name, acts[i].act(file) >= 0 ? "SUCCEEDED" : "failed");
	unsetenv("EVIL_FILE");
	return real(fd);
}
