// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { READ_LIMIT = 4 << 20, LIST_LIMIT = 1 << 20 };

int
sysfs_init(struct sysfs *s, const char *root)
{
	s->root = -1;
	if (!root)
		return 0;
	s->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->root < 0 ? -errno : 0;
}

void
sysfs_release(struct sysfs *s)
{
	if (s->root >= 0)
		close(s->root);
	s->root = -1;
}

static int
open_below(const struct sysfs *s, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd;

	if (s->root < 0)
		fd = open(path, flags | O_CLOEXEC);
	else
		fd = (int)syscall(SYS_openat2, s->root, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

static bool
c_path(char *out, size_t size, struct str path)
{
	if (path.len >= size)
		return false;
	memcpy(out, path.at, path.len);
	out[path.len] = '\0';
	return true;
}

static int
read_fd(int fd, struct arena *keep, struct str *out)
{
	struct text t = { 0 };
	char block[8192];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) > 0 && t.len < READ_LIMIT)
		text_add(&t, (struct str){ block, (size_t)n });
	n = n < 0 ? -errno : 0;
	*out = str_copy(keep, str_trim(text_str(&t)));
	text_release(&t);
	return (int)n;
}

int
sysfs_read(const struct sysfs *s, struct arena *keep, struct str path, struct str *out)
{
	char file[PATH_MAX];
	struct stat st;
	int fd, r;

	*out = STR("");
	if (!c_path(file, sizeof(file), path))
		return -ENAMETOOLONG;
	fd = open_below(s, file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	r = fstat(fd, &st) < 0 ? -errno : !S_ISREG(st.st_mode) ? -EINVAL : read_fd(fd, keep, out);
	close(fd);
	return r;
}

struct str
sysfs_get(const struct sysfs *s, struct arena *keep, struct str dir, const char *name)
{
	struct arena_mark mark = arena_mark(keep);
	struct str out;

	if (sysfs_read(s, keep, path_join(keep, dir, str_from(name)), &out) < 0) {
		arena_reset(keep, mark);
		return STR("");
	}
	return out;
}

struct str
sysfs_link(const struct sysfs *s, struct arena *keep, struct str dir, const char *name)
{
	char path[PATH_MAX], to[PATH_MAX];
	ssize_t n;
	int fd;

	if (!c_path(path, sizeof(path), dir))
		return STR("");
	if (s->root < 0) { /* by path: umockdev follows that, not descriptors */
		struct str whole = path_join(keep, dir, str_from(name));

		n = readlink(whole.at, to, sizeof(to));
	} else {
		fd = open_below(s, path, O_PATH | O_DIRECTORY);
		n = fd < 0 ? -1 : readlinkat(fd, name, to, sizeof(to));
		if (fd >= 0)
			close(fd);
	}
	return n <= 0 || n == sizeof(to) ? STR("") : str_copy(keep, (struct str){ to, (size_t)n });
}

struct words
sysfs_list(const struct sysfs *s, struct arena *keep, struct str dir)
{
	VEC(struct str) list = { 0 };
	char path[PATH_MAX];
	struct dirent *e;
	DIR *d = NULL;
	int fd;

	if (!c_path(path, sizeof(path), dir))
		return (struct words){ 0 };
	if (s->root < 0)
		d = opendir(path);
	else if ((fd = open_below(s, path, O_RDONLY | O_DIRECTORY)) >= 0 && !(d = fdopendir(fd)))
		close(fd);
	while (d && (e = readdir(d)) && list.len < LIST_LIMIT)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			vec_push(keep, &list, str_copy(keep, str_from(e->d_name)));
	if (d)
		closedir(d);
	if (list.len > 1)
		qsort(list.at, list.len, sizeof(*list.at), str_qsort);
	return (struct words){ list.at, list.len };
}

bool
sysfs_is_dir(const struct sysfs *s, struct str path, bool follow)
{
	char p[PATH_MAX];
	struct stat st;
	int fd, r;

	if (!c_path(p, sizeof(p), path))
		return false;
	if (s->root < 0)
		return (follow ? stat(p, &st) : lstat(p, &st)) == 0 && S_ISDIR(st.st_mode);
	fd = open_below(s, p, O_PATH | (follow ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return false;
	r = fstat(fd, &st);
	close(fd);
	return r == 0 && S_ISDIR(st.st_mode);
}
