// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct tree {
	struct arena keep;
	char *path;
	int dir;               /* descriptor of the top */
	struct map content;    /* path -> struct str *, NULL value: looked for, not there */
	struct map listing;    /* path -> struct name_list * */
	struct str version;
	size_t bytes, files;
};

/* Is the path inside the tree by its spelling? */
static bool
is_inside(struct str path)
{
	return !(path.len && path.at[0] == '/') && !str_is(path, "..") && !str_starts(path, STR("../")) &&
	       !memchr(path.at, '\0', path.len);
}

static const char *
c_path(struct tree *t, struct str path)
{
	struct str clean = path_clean(&t->keep, path);

	if (!is_inside(clean))
		return NULL;
	return clean.len ? clean.at : ".";
}

struct tree *
tree_open(const char *path, unsigned flags, struct diag *d)
{
	struct tree *t;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)flags;
	if (fd < 0) {
		diag_error(d, str_from(path), 0, "cannot open the kernel tree: %s; "
		           "give the kernel's source directory or its tarball to --kernel", strerror(errno));
		return NULL;
	}
	t = xmalloc(sizeof(*t));
	*t = (struct tree){ .dir = fd };
	t->path = str_c(&t->keep, str_from(path));
	if (!tree_exists(t, STR("Kconfig")) || !tree_exists(t, STR("Makefile"))) {
		diag_error(d, str_from(path), 0, "not a kernel tree: it has no %s; "
		           "give the kernel's source directory or its tarball to --kernel",
		           tree_exists(t, STR("Kconfig")) ? "Makefile" : "Kconfig");
		tree_close(t);
		return NULL;
	}
	return t;
}

void
tree_close(struct tree *t)
{
	if (!t)
		return;
	close(t->dir);
	arena_release(&t->keep);
	free(t);
}

const char *
tree_path(const struct tree *t)
{
	return t->path;
}

bool
tree_is_archive(const struct tree *t)
{
	(void)t;
	return false;
}

static struct str *
read_file(struct tree *t, const char *path)
{
	int fd = openat(t->dir, path, O_RDONLY | O_CLOEXEC);
	struct str *s = NULL;
	struct stat st;
	size_t len = 0;
	char *buf;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_LIMIT) {
		buf = arena_bytes(&t->keep, (size_t)st.st_size + 1);
		while (len < (size_t)st.st_size) {
			ssize_t n = read(fd, buf + len, (size_t)st.st_size - len);

			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0)
				break;
			len += (size_t)n;
		}
		buf[len] = '\0';
		s = NEW(&t->keep, struct str);
		*s = (struct str){ buf, len };
		t->bytes += len;
		t->files++;
	}
	close(fd);
	return s;
}

bool
tree_read(struct tree *t, struct str path, struct str *out)
{
	long i = map_index(&t->content, path);
	struct str *s;

	if (i >= 0) {
		s = t->content.entry[i].value;
	} else {
		const char *name = c_path(t, path);

		s = name ? read_file(t, name) : NULL;
		*map_put(&t->content, &t->keep, str_copy(&t->keep, path)) = s;
	}
	if (s)
		*out = *s;
	return s != NULL;
}

static bool
status(struct tree *t, struct str path, struct stat *st)
{
	const char *name = c_path(t, path);

	return name && fstatat(t->dir, name, st, 0) == 0;
}

bool
tree_exists(struct tree *t, struct str path)
{
	struct stat st;

	return status(t, path, &st);
}

bool
tree_is_dir(struct tree *t, struct str path)
{
	struct stat st;

	return status(t, path, &st) && S_ISDIR(st.st_mode);
}

long
tree_size(struct tree *t, struct str path)
{
	struct stat st;

	return status(t, path, &st) && S_ISREG(st.st_mode) ? (long)st.st_size : -1;
}

static struct name_list *
read_dir(struct tree *t, const char *path)
{
	int fd = openat(t->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	VEC(struct str) names = { 0 };
	struct name_list *list;
	struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			vec_push(&t->keep, &names, str_copy(&t->keep, str_from(e->d_name)));
	closedir(dir);
	if (names.len)
		qsort(names.at, names.len, sizeof(*names.at), str_qsort);
	list = NEW(&t->keep, struct name_list);
	*list = (struct name_list){ names.at, names.len };
	return list;
}

bool
tree_list(struct tree *t, struct str dir, struct name_list *out)
{
	long i = map_index(&t->listing, dir);
	struct name_list *list;

	if (i >= 0) {
		list = t->listing.entry[i].value;
	} else {
		const char *name = c_path(t, dir);

		list = name ? read_dir(t, name) : NULL;
		*map_put(&t->listing, &t->keep, str_copy(&t->keep, dir)) = list;
	}
	if (list)
		*out = *list;
	return list != NULL;
}

/* One "NAME = value" of the top Makefile. */
static struct str
make_value(struct str text, struct str name)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (str_starts(line, name)) {
			struct str rest = str_trim(str_drop(line, name.len));

			if (rest.len && rest.at[0] == '=')
				return str_trim(str_drop(rest, 1));
		}
	return STR("");
}

struct str
tree_version(struct tree *t)
{
	struct str text, sub, patch;

	if (t->version.len || !tree_read(t, STR("Makefile"), &text))
		return t->version;
	text = str_take(text, 4096);
	patch = make_value(text, STR("PATCHLEVEL"));
	sub = make_value(text, STR("SUBLEVEL"));
	t->version = str_format(&t->keep, "%.*s%s%.*s%s%.*s%.*s", STR_ARG(make_value(text, STR("VERSION"))),
	                        patch.len ? "." : "", STR_ARG(patch), sub.len ? "." : "", STR_ARG(sub),
	                        STR_ARG(make_value(text, STR("EXTRAVERSION"))));
	return t->version;
}

size_t
tree_bytes_read(const struct tree *t)
{
	return t->bytes;
}

size_t
tree_files_read(const struct tree *t)
{
	return t->files;
}
