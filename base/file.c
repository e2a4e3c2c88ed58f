// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
read_all(struct arena *keep, int fd, size_t guess, struct str *out)
{
	size_t cap = guess + 1, len = 0;
	char *buf = arena_bytes(keep, cap);
	ssize_t n;

	for (;;) {
		if (len + 1 == cap) {
			char probe;

			/* the guess is nearly always right: look for the end before growing */
			n = read(fd, &probe, 1);
			if (n == 0)
				break;
			if (n == 1) {
				char *wider = arena_bytes(keep, cap * 2 + 4096);

				memcpy(wider, buf, len);
				buf = wider;
				cap = cap * 2 + 4096;
				buf[len++] = probe;
			}
		} else {
			n = read(fd, buf + len, cap - 1 - len);
			if (n == 0)
				break;
			len += n > 0 ? (size_t)n : 0;
		}
		if (n < 0 && errno != EINTR)
			return -errno;
		if (len > FILE_LIMIT)
			return -EFBIG;
	}
	buf[len] = '\0';
	*out = (struct str){ buf, len };
	return 0;
}

int
file_read(struct arena *keep, const char *path, struct str *out)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (st.st_size > FILE_LIMIT)
		r = -EFBIG;
	else
		r = read_all(keep, fd, S_ISREG(st.st_mode) && st.st_size ? (size_t)st.st_size : 4096, out);
	if (fd != STDIN_FILENO)
		close(fd);
	return r;
}

static bool
is_packed(struct str s)
{
	return str_starts(s, STR("\x1f\x8b")) || str_starts(s, STR("\xfd" "7zXZ")) ||
	       str_starts(s, STR("\x28\xb5\x2f\xfd"));
}

int
file_read_unpacked(struct arena *keep, const char *path, struct str *out)
{
	struct text plain = { 0 };
	struct archive_entry *entry;
	struct archive *a;
	struct str packed = { 0 };
	char block[16384];
	ssize_t n = -1;
	int r = file_read(keep, path, &packed);

	if (r < 0 || !is_packed(packed)) {
		*out = packed;
		return r;
	}
	a = archive_read_new();
	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, packed.at, packed.len) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK)
		while ((n = archive_read_data(a, block, sizeof(block))) > 0 && plain.len <= FILE_LIMIT)
			text_add(&plain, (struct str){ block, (size_t)n });
	archive_read_free(a);
	r = n < 0 ? -EBADMSG : n > 0 ? -EFBIG : 0;
	if (!r)
		*out = str_copy(keep, text_str(&plain));
	text_release(&plain);
	return r;
}

static int
write_all(int fd, struct str s)
{
	while (s.len) {
		ssize_t n = write(fd, s.at, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		s = str_drop(s, (size_t)n);
	}
	return 0;
}

static int
write_in_place(const char *path, struct str content)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, content);
	if (close(fd) < 0 && !r)
		r = -errno;
	return r;
}

static int
replace(const char *path, struct str content, bool wait)
{
	struct arena scratch = { 0 };
	mode_t mask;
	struct stat st;
	char *temp;
	int fd, r;

	if (strcmp(path, "-") == 0) {
		fflush(stdout);
		return write_all(STDOUT_FILENO, content);
	}
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return -EISDIR;
		if (!S_ISREG(st.st_mode))
			return write_in_place(path, content);
	}
	temp = str_c(&scratch, str_format(&scratch, "%s.XXXXXX", path));
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		arena_release(&scratch);
		return r;
	}
	umask(mask = umask(0));
	r = write_all(fd, content);
	if (!r && (fchmod(fd, 0666 & ~mask) < 0 || (wait && fsync(fd) < 0)))
		r = -errno;
	if (close(fd) < 0 && !r)
		r = -errno;
	if (!r && rename(temp, path) < 0)
		r = -errno;
	if (r)
		unlink(temp);
	arena_release(&scratch);
	return r;
}

int
file_write(const char *path, struct str content)
{
	return replace(path, content, true);
}

int
file_cache(const char *path, struct str content)
{
	return replace(path, content, false);
}

int
dir_files(struct arena *keep, const char *dir, struct str **names, size_t *n)
{
	VEC(struct str) list = { 0 };
	DIR *d = opendir(dir);
	struct dirent *e;
	struct stat st;

	if (!d)
		return -errno;
	while ((e = readdir(d)))
		if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 && S_ISREG(st.st_mode))
			vec_push(keep, &list, str_copy(keep, str_from(e->d_name)));
	closedir(d);
	if (list.len)
		qsort(list.at, list.len, sizeof(*list.at), str_qsort);
	*names = list.at;
	*n = list.len;
	return 0;
}

static bool
make_dirs(struct arena *keep, struct str path)
{
	for (size_t i = 1; i <= path.len; i++)
		if (i == path.len || path.at[i] == '/')
			if (mkdir(str_c(keep, str_take(path, i)), 0777) < 0 && errno != EEXIST)
				return false;
	return true;
}

struct str
cache_dir(struct arena *keep, const char *name, bool make)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct str dir;

	if (xdg && xdg[0] == '/')
		dir = str_format(keep, "%s/derpconfig/%s", xdg, name);
	else if (home && home[0] == '/')
		dir = str_format(keep, "%s/.cache/derpconfig/%s", home, name);
	else
		return (struct str){ 0 };
	return !make || make_dirs(keep, dir) ? dir : (struct str){ 0 };
}
