// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded into the program, makes the world another: directories are listed backwards (WORLD_READDIR), and the process dies
 * just before an output gets its name (WORLD_KILL).
 */
#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPEN = 64, NAMES = 100000 };

/* A directory that is being listed: all its entries, of which `left` are still to be given, the last first. */
static struct listing {
	DIR *dir;
	struct dirent *entry;
	size_t left;
} listings[OPEN];

static struct listing *
listing_of(DIR *dir)
{
	for (size_t i = 0; i < OPEN; i++)
		if (listings[i].dir == dir)
			return &listings[i];
	return NULL;
}

struct dirent *
readdir(DIR *dir)
{
	static struct dirent *(*real)(DIR *);
	void *found = dlsym(RTLD_NEXT, "readdir");
	struct listing *l = listing_of(dir);
	struct dirent *e;

	memcpy(&real, &found, sizeof(real));
	if (!getenv("WORLD_READDIR"))
		return real(dir);
	if (!l && !(l = listing_of(NULL)))
		abort();
	if (!l->dir) {
		l->dir = dir;
		l->entry = calloc(NAMES, sizeof(*l->entry));
		while (l->left < NAMES && (e = real(dir)))
			memcpy(&l->entry[l->left++], e, e->d_reclen);
	}
	return l->left ? &l->entry[--l->left] : NULL;
}

int
closedir(DIR *dir)
{
	static int (*real)(DIR *);
	void *found = dlsym(RTLD_NEXT, "closedir");
	struct listing *l = listing_of(dir);

	memcpy(&real, &found, sizeof(real));
	if (l) {
		free(l->entry);
		*l = (struct listing){ 0 };
	}
	return real(dir);
}

/* base/file.c calls it when an output is written and has not its name yet. */
int
fsync(int fd)
{
	static int (*real)(int);
	void *found = dlsym(RTLD_NEXT, "fsync");

	memcpy(&real, &found, sizeof(real));
	if (getenv("WORLD_KILL"))
		kill(getpid(), SIGKILL);
	return real(fd);
}
