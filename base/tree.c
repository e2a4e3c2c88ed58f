// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/file.h"

struct tree {
	struct arena keep;
	char *path;
	int dir;               /* descriptor of the top; -1: an archive */
	struct tree_index index; /* of an archive */
	struct str key;
	struct map content;    /* path -> struct content * */
	struct map listing;    /* path -> struct name_list * */
	struct str version;
	size_t bytes, files;
};

/* A file that was asked for, and what it was like when it was. */
struct content {
	struct str text;
	bool there, stated;    /* stated: `state` and `changed` are known, see tree_state */
	uint64_t state;
	int64_t changed;
};

/* Is the path inside the tree by its spelling? */
static bool
is_inside(struct str path)
{
	return !(path.len && path.at[0] == '/') && !str_is(path, "..") && !str_starts(path, STR("../")) &&
	       !memchr(path.at, '\0', path.len);
}

/* A directory: the kernel resolves the path, and refuses to leave the top. */

static int
open_beneath_slowly(struct tree *t, const char *path, int flags)
{
	char *top = realpath(t->path, NULL), *real = NULL;
	struct arena scratch = { 0 };
	int fd = -1;

	errno = ENOENT;
	if (top)
		real = realpath(path_join(&scratch, str_from(top), str_from(path)).at, NULL);
	if (real && str_starts(str_from(real), str_from(top)) && strchr("/", real[strlen(top)]))
		fd = open(real, flags);
	free(real);
	free(top);
	arena_release(&scratch);
	return fd;
}

/* -1 when there is no such file below the top, or a link on the way leads out. */
static int
open_beneath(struct tree *t, struct str path, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags | O_CLOEXEC, .resolve = RESOLVE_BENEATH };
	struct arena_mark mark = arena_mark(&t->keep);
	struct str clean = path_clean(&t->keep, path);
	const char *name = clean.len ? clean.at : ".";
	int fd = -1;

	errno = EXDEV;
	if (is_inside(clean)) {
		fd = (int)syscall(SYS_openat2, t->dir, name, &how, sizeof(how));
		if (fd < 0 && (errno == ENOSYS || errno == EPERM)) /* before Linux 5.6, or in a sandbox */
			fd = open_beneath_slowly(t, name, flags | O_CLOEXEC);
	}
	arena_reset(&t->keep, mark);
	return fd;
}

/* See tree_state. */
static uint64_t
state_of(const struct stat *st)
{
	const uint64_t part[] = { st->st_mode & S_IFMT, (uint64_t)st->st_size, st->st_dev, st->st_ino,
		(uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec, (uint64_t)st->st_ctim.tv_sec,
		(uint64_t)st->st_ctim.tv_nsec };
	uint64_t h = 0;

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		h = (h ^ part[i]) * 0x9e3779b97f4a7c15u, h ^= h >> 29;
	return h + (h == 0);
}

/* As much as there is of the `size` bytes. */
static struct str
read_bytes(int fd, size_t size, struct arena *keep)
{
	char *buf = arena_bytes(keep, size + 1);
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (struct str){ buf, len };
}

static struct content
dir_read(struct tree *t, struct str path, struct arena *keep)
{
	int fd = open_beneath(t, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct content c = { 0 };
	struct stat st;

	if (fd < 0) {
		c.stated = errno == ENOENT || errno == ENOTDIR;
		return c;
	}
	if (fstat(fd, &st) == 0) {
		c.stated = true;
		c.state = state_of(&st);
		c.changed = st.st_ctim.tv_sec;
		c.there = S_ISREG(st.st_mode) && st.st_size <= FILE_LIMIT;
	}
	if (c.there)
		c.text = read_bytes(fd, (size_t)st.st_size, keep);
	close(fd);
	return c;
}

/* In the byte before a name stands what readdir said of its type. */
static struct name_list *
dir_list(struct tree *t, struct str path)
{
	int fd = open_beneath(t, path, O_RDONLY | O_DIRECTORY);
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
			vec_push(&t->keep, &names, str_drop(str_format(&t->keep, "%c%s", e->d_type, e->d_name), 1));
	closedir(dir);
	if (names.len)
		qsort(names.at, names.len, sizeof(*names.at), str_qsort);
	list = NEW(&t->keep, struct name_list);
	*list = (struct name_list){ names.at, names.len };
	return list;
}

/* An archive: entries sorted by path, links followed here. */

/* The index of the first entry that is not below `path`. */
static size_t
lower_bound(const struct tree_index *x, struct str path)
{
	size_t low = 0, high = x->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(x->at[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct tree_entry *
entry_at(const struct tree_index *x, struct str path)
{
	size_t i = lower_bound(x, path);

	return i < x->len && str_eq(x->at[i].path, path) ? &x->at[i] : NULL;
}

static bool
is_link(const struct tree_entry *e)
{
	return e->kind == TREE_LINK || e->kind == TREE_SAME;
}

/* Where the link `e` and what stands behind it in the path lead. */
static struct str
link_target(struct tree *t, const struct tree_entry *e, struct str behind)
{
	struct str base = e->kind == TREE_SAME ? e->text : path_join(&t->keep, path_dir(e->path), e->text);

	if (e->text.len && e->text.at[0] == '/')
		return STR("..");
	return path_clean(&t->keep, str_format(&t->keep, "%.*s%.*s", STR_ARG(base), STR_ARG(behind)));
}

static const struct tree_entry top_entry = { .kind = TREE_DIR };

/* The entry that the path means, no link; NULL: there is none. The first link on the way is followed, then again. */
static const struct tree_entry *
entry_find(struct tree *t, struct str path)
{
	path = path_clean(&t->keep, path);
	for (int hops = 0; hops < 40 && is_inside(path); hops++) {
		const struct tree_entry *e = entry_at(&t->index, path);
		size_t end = 0;

		if (!path.len)
			return &top_entry;
		if (e && !is_link(e))
			return e;
		do {
			end += str_index(str_drop(path, end), '/');
			e = entry_at(&t->index, str_take(path, end));
		} while (e && !is_link(e) && end++ < path.len);
		if (!e || !is_link(e))
			return NULL;
		path = link_target(t, e, str_drop(path, end));
	}
	return NULL;
}

static struct name_list *
entry_list(struct tree *t, struct str path)
{
	const struct tree_entry *e = entry_find(t, path);
	const struct tree_index *x = &t->index;
	VEC(struct str) names = { 0 };
	struct name_list *list;
	struct str prefix;

	if (!e || e->kind != TREE_DIR)
		return NULL;
	prefix = e->path.len ? str_format(&t->keep, "%.*s/", STR_ARG(e->path)) : STR("");
	for (size_t i = lower_bound(x, prefix); i < x->len && str_starts(x->at[i].path, prefix);) {
		struct str rest = str_drop(x->at[i].path, prefix.len), name = str_take(rest, str_index(rest, '/'));

		if (name.len == rest.len) {
			vec_push(&t->keep, &names, name);
			i++;
		} else { /* inside a directory that was listed: over it; '0' comes after '/' */
			i = lower_bound(x, str_format(&t->keep, "%.*s%.*s0", STR_ARG(prefix), STR_ARG(name)));
		}
	}
	list = NEW(&t->keep, struct name_list);
	*list = (struct name_list){ names.at, names.len };
	return list;
}

/* The files that configure a kernel. */
static bool
is_kept(struct str path)
{
	static const char *const prefix[] = { "Kconfig", "Kbuild", "Makefile", "Platform" };
	static const char *const suffix[] = { ".include", "_defconfig", "defconfig", ".config", ".mk" };
	struct str base = path_base(path);

	for (size_t i = 0; i < sizeof(prefix) / sizeof(*prefix); i++)
		if (str_starts(base, str_from(prefix[i])))
			return true;
	for (size_t i = 0; i < sizeof(suffix) / sizeof(*suffix); i++)
		if (str_ends(base, str_from(suffix[i])))
			return true;
	return str_starts(path, STR("scripts/"));
}

/* Paths in the archive still have the top directory. */
static bool
is_wanted(struct str path)
{
	return is_kept(path) || is_kept(str_drop(path, str_index(path, '/') + 1));
}

/* Where the cache of this archive is; NULL at: nowhere. */
static struct str
pack_path(struct tree *t, bool make)
{
	struct str dir = cache_dir(&t->keep, "trees", make);

	return dir.at && t->key.len ? str_format(&t->keep, "%.*s/%.*s.pack", STR_ARG(dir), STR_ARG(t->key)) : dir;
}

static bool
open_archive(struct tree *t, unsigned flags, struct diag *d)
{
	bool cached = !(flags & TREE_NO_CACHE);
	struct text pack = { 0 };
	struct str path, bytes;

	t->key = archive_key(&t->keep, t->path);
	path = cached ? pack_path(t, false) : (struct str){ 0 };
	if (path.at && file_read(&t->keep, path.at, &bytes) == 0 && pack_read(&t->keep, bytes, t->key, &t->index))
		return true;
	if (!archive_index(&t->keep, t->path, is_wanted, &t->index, d))
		return false;
	path = cached && entry_at(&t->index, STR("Kconfig")) ? pack_path(t, true) : (struct str){ 0 };
	if (path.at) {
		pack_write(&t->index, t->key, &pack);
		file_cache(path.at, text_str(&pack)); /* a full or read-only cache costs time, not the answer */
		text_release(&pack);
	}
	return true;
}

static bool
open_any(struct tree *t, unsigned flags, struct diag *d)
{
	struct stat st;

	t->dir = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir < 0 && errno == ENOTDIR && stat(t->path, &st) == 0 && S_ISREG(st.st_mode))
		return open_archive(t, flags, d);
	if (t->dir < 0)
		diag_error(d, str_from(t->path), 0, "cannot open the kernel tree: %s; "
		           "give the kernel's source directory or its tarball to --kernel", strerror(errno));
	return t->dir >= 0;
}

struct tree *
tree_open(const char *path, unsigned flags, struct diag *d)
{
	struct tree *t = xmalloc(sizeof(*t));
	bool ok;

	*t = (struct tree){ .dir = -1 };
	t->path = str_c(&t->keep, str_from(path));
	ok = open_any(t, flags, d);
	if (ok && (!tree_exists(t, STR("Kconfig")) || !tree_exists(t, STR("Makefile")))) {
		diag_error(d, str_from(path), 0, "not a kernel tree: it has no %s; "
		           "give the kernel's source directory or its tarball to --kernel",
		           tree_exists(t, STR("Kconfig")) ? "Makefile" : "Kconfig");
		ok = false;
	}
	if (ok)
		return t;
	tree_close(t);
	return NULL;
}

struct tree *
tree_again(const struct tree *t)
{
	int dir = t->dir < 0 ? -1 : openat(t->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct tree *again = dir < 0 ? NULL : xmalloc(sizeof(*again));

	if (!again)
		return NULL;
	*again = (struct tree){ .dir = dir };
	again->path = str_c(&again->keep, str_from(t->path));
	return again;
}

void
tree_close(struct tree *t)
{
	if (!t)
		return;
	if (t->dir >= 0)
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
	return t->dir < 0;
}

struct str
tree_key(const struct tree *t)
{
	return t->key;
}

static struct content
entry_content(struct tree *t, struct str path)
{
	const struct tree_entry *e = entry_find(t, path);

	if (!e || e->kind != TREE_KEPT)
		return (struct content){ 0 };
	return (struct content){ .text = e->text, .there = true };
}

static struct content
content(struct tree *t, struct str path, struct arena *keep)
{
	struct content c = t->dir < 0 ? entry_content(t, path) : dir_read(t, path, keep);

	t->bytes += c.text.len;
	t->files += c.there;
	return c;
}

bool
tree_read(struct tree *t, struct str path, struct str *out)
{
	struct content *c = map_get(&t->content, path);

	if (!c) {
		c = NEW(&t->keep, struct content);
		*c = content(t, path, &t->keep);
		*map_put(&t->content, &t->keep, str_copy(&t->keep, path)) = c;
	}
	if (c->there)
		*out = c->text;
	return c->there;
}

bool
tree_fetch(struct tree *t, struct arena *keep, struct str path, struct str *out)
{
	struct content c = content(t, path, keep);

	if (c.there)
		*out = c.text;
	return c.there;
}

/* The kind of file and its size; false: nothing there. */
static bool
status(struct tree *t, struct str path, mode_t *type, long *size)
{
	const struct tree_entry *e;
	struct stat st;
	int fd, r;

	if (t->dir < 0) {
		struct arena_mark mark = arena_mark(&t->keep);

		e = entry_find(t, path);
		arena_reset(&t->keep, mark);
		*type = e && e->kind == TREE_DIR ? S_IFDIR : S_IFREG;
		*size = e ? (long)e->size : -1;
		return e != NULL;
	}
	fd = open_beneath(t, path, O_PATH);
	if (fd < 0)
		return false;
	r = fstat(fd, &st);
	close(fd);
	*type = st.st_mode & S_IFMT;
	*size = (long)st.st_size;
	return r == 0;
}

uint64_t
tree_state(struct tree *t, struct str path, int64_t *newest)
{
	const struct content *c = map_get(&t->content, path);
	struct arena_mark mark = arena_mark(&t->keep);
	struct content now = { 0 };
	struct str clean;
	struct stat st;

	if (t->dir < 0)
		return tree_exists(t, path);
	if (!c || !c->stated) {
		clean = path_clean(&t->keep, path);
		c = &now;
		/* nothing is read through it: links do no harm */
		if (is_inside(clean) && fstatat(t->dir, clean.len ? clean.at : ".", &st, 0) == 0)
			now = (struct content){ .state = state_of(&st), .changed = st.st_ctim.tv_sec };
		arena_reset(&t->keep, mark);
	}
	if (newest && c->state && c->changed > *newest)
		*newest = c->changed;
	return c->state;
}

bool
tree_exists(struct tree *t, struct str path)
{
	mode_t type;
	long size;

	return status(t, path, &type, &size);
}

bool
tree_is_dir(struct tree *t, struct str path)
{
	mode_t type;
	long size;

	return status(t, path, &type, &size) && S_ISDIR(type);
}

/*
 * One call for a plain file, which nearly all are; only what is a link itself is looked at with care. A size read
 * through a directory that is a link out of the tree harms nobody: the content cannot be read.
 */
static bool
plain_size(struct tree *t, struct str path, long *size)
{
	struct arena_mark mark = arena_mark(&t->keep);
	struct str clean = path_clean(&t->keep, path);
	struct stat st;
	bool plain = t->dir >= 0 && clean.len && is_inside(clean) &&
	             fstatat(t->dir, clean.at, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);

	arena_reset(&t->keep, mark);
	*size = plain ? (long)st.st_size : -1;
	return plain;
}

long
tree_size(struct tree *t, struct str path)
{
	mode_t type;
	long size;

	if (plain_size(t, path, &size))
		return size;
	return status(t, path, &type, &size) && S_ISREG(type) ? size : -1;
}

bool
tree_list(struct tree *t, struct str dir, struct name_list *out)
{
	long i = map_index(&t->listing, dir);
	struct name_list *list;

	if (i >= 0) {
		list = t->listing.entry[i].value;
	} else {
		list = t->dir < 0 ? entry_list(t, dir) : dir_list(t, dir);
		*map_put(&t->listing, &t->keep, str_copy(&t->keep, dir)) = list;
	}
	if (list)
		*out = *list;
	return list != NULL;
}

/* Of a name that dir_list gave; some file systems do not say it there. */
static unsigned char
dir_type(struct tree *t, struct str path, struct str name)
{
	struct stat st;

	if (name.at[-1] != DT_UNKNOWN)
		return (unsigned char)name.at[-1];
	if (fstatat(t->dir, path.at, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_UNKNOWN;
	return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_LNK;
}

/* Depth first, in the order of names; links are not followed, so that every file comes once. */
static void
dir_each(struct tree *t, struct str dir, int depth, const struct tree_sink *sink)
{
	struct name_list list;

	if (depth > 64 || !tree_list(t, dir, &list))
		return;
	for (size_t i = 0; i < list.len; i++) {
		struct str path = path_join(&t->keep, dir, list.at[i]);
		unsigned char type = dir_type(t, path, list.at[i]);

		if (type == DT_DIR && (!sink->enter || sink->enter(sink->ctx, path)))
			dir_each(t, path, depth + 1, sink);
		if (type == DT_REG && sink->want(sink->ctx, path)) {
			struct arena once = { 0 };
			struct content c = dir_read(t, path, &once);

			if (c.there)
				sink->file(sink->ctx, path, c.text);
			arena_release(&once);
		}
	}
}

bool
tree_each(struct tree *t, const struct tree_sink *sink, struct diag *d)
{
	if (t->dir < 0)
		return archive_each(t->path, t->index.top, sink, d);
	dir_each(t, STR(""), 0, sink);
	return true;
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
