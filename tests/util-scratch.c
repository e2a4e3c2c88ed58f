// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/util-scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[64];

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
clean(void)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
scratch_dir(void)
{
	if (dir[0])
		return dir;
	snprintf(dir, sizeof(dir), "%s/derpconfig-fuzz.XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (!mkdtemp(dir))
		exit(2);
	atexit(clean);
	return dir;
}

void
scratch_put(const char *file, struct str text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", scratch_dir(), file);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || write(fd, text.at, text.len) != (ssize_t)text.len)
		exit(2);
	close(fd);
}
