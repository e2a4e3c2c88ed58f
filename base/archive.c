// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/tree.h"

/* A kernel has some 90,000 files, 1.5 GB, the largest file 25 MB (a register header), 15 levels. */
enum {
	ENTRIES_MAX = 2000000,
	DEPTH_MAX = 64,
	FILE_MAX = 256 << 20,  /* any one file */
	KEPT_MAX = 16 << 20,   /* a file whose content is kept */
	KEPT_TOTAL = 512 << 20,
};
static const uint64_t total_max = (uint64_t)16 << 30;

/* An archive being read. */
struct pass {
	const char *path;
	struct archive *in;
	struct archive_entry *entry;
	struct diag *diag;
	uint64_t total, kept;         /* bytes of files seen, and kept */
	size_t entries, outside;
	off_t size;                   /* of the archive file, for the progress */
	bool terminal, showing;
	time_t shown;
};

static bool
refuse(struct pass *p, const char *what)
{
	diag_error(p->diag, str_from(p->path), 0, "%s; give an intact kernel tarball or an unpacked tree", what);
	return false;
}

static void
not_archive(struct pass *p)
{
	const char *why = archive_error_string(p->in);

	diag_error(p->diag, str_from(p->path), 0, "neither a kernel tree nor a tarball: %s; "
	           "give the kernel's source directory or its tarball to --kernel", why ? why : "unknown error");
}

static bool
pass_open(struct pass *p, const char *path, struct diag *d)
{
	struct stat st;

	*p = (struct pass){ .path = path, .diag = d, .terminal = isatty(STDERR_FILENO) };
	p->size = stat(path, &st) == 0 ? st.st_size : 0;
	p->shown = time(NULL);
	p->in = archive_read_new();
	/* named one by one: "all" would include filters that run programs */
	archive_read_support_filter_gzip(p->in);
	archive_read_support_filter_xz(p->in);
	archive_read_support_filter_zstd(p->in);
	archive_read_support_filter_bzip2(p->in);
	archive_read_support_format_tar(p->in);
	if (archive_read_open_filename(p->in, path, 1 << 18) == ARCHIVE_OK)
		return true;
	not_archive(p);
	archive_read_free(p->in);
	return false;
}

/* At most once a second, so that short reads show nothing. */
static void
show(struct pass *p)
{
	time_t now = p->terminal ? time(NULL) : p->shown;

	if (now == p->shown)
		return;
	fprintf(stderr, "\rreading %s: %d%%", p->path,
	        p->size ? (int)(archive_filter_bytes(p->in, -1) * 100 / p->size) : 0);
	p->showing = true;
	p->shown = now;
}

static void
pass_close(struct pass *p)
{
	if (p->showing)
		fprintf(stderr, "\r\033[K");
	archive_read_free(p->in);
	if (p->outside)
		diag_warn(p->diag, str_from(p->path), 0, "%zu entr%s out of the tree, or too deep, and left out",
		          p->outside, p->outside == 1 ? "y leads" : "ies lead");
}

/* The next header. False at the end and on errors; these are told. */
static bool
pass_next(struct pass *p, bool *ok)
{
	int r = archive_read_next_header(p->in, &p->entry);
	int64_t size;

	*ok = r == ARCHIVE_EOF;
	if (r == ARCHIVE_EOF)
		return false;
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN && !p->entries) {
		not_archive(p);
		return false;
	}
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
		const char *why = archive_error_string(p->in);

		diag_error(p->diag, str_from(p->path), 0, "the archive is damaged or truncated: %s; fetch it again",
		           why ? why : "unknown error");
		return false;
	}
	size = archive_entry_size(p->entry);
	p->total += size > 0 ? (uint64_t)size : 0;
	if (++p->entries > ENTRIES_MAX || size > FILE_MAX || p->total > total_max)
		return refuse(p, "the archive is larger than any kernel's");
	show(p);
	return true;
}

/* The entry's clean path; false when it leads out of the top or is the top. */
static bool
entry_path(struct pass *p, struct arena *keep, struct str *out)
{
	const char *raw = archive_entry_pathname(p->entry);
	size_t depth = 1;

	if (!raw)
		raw = archive_entry_pathname_utf8(p->entry);
	*out = raw ? path_clean(keep, str_from(raw)) : STR("..");
	if (!out->len)
		return false;
	for (size_t i = 0; i < out->len; i++)
		depth += out->at[i] == '/';
	if (out->at[0] != '/' && !str_is(*out, "..") && !str_starts(*out, STR("../")) && depth <= DEPTH_MAX)
		return true;
	p->outside++;
	return false;
}

/* The current file's content. */
static bool
entry_text(struct pass *p, struct arena *keep, struct str *out)
{
	size_t size = (size_t)archive_entry_size(p->entry), len = 0;
	char *buf = arena_bytes(keep, size + 1);

	while (len < size) {
		ssize_t n = archive_read_data(p->in, buf + len, size - len);

		if (n <= 0)
			return refuse(p, "the archive is damaged or truncated");
		len += (size_t)n;
	}
	buf[len] = '\0';
	*out = (struct str){ buf, len };
	return true;
}

static bool
entry_read(struct pass *p, struct arena *keep, bool (*wanted)(struct str), struct tree_entry *e)
{
	const char *link = archive_entry_hardlink(p->entry);
	mode_t type = archive_entry_filetype(p->entry);
	int64_t size = archive_entry_size(p->entry);

	e->text = STR("");
	e->size = size > 0 ? (uint64_t)size : 0;
	if (link || type == AE_IFLNK) {
		e->kind = link ? TREE_SAME : TREE_LINK;
		link = link ? link : archive_entry_symlink(p->entry);
		e->text = str_copy(keep, str_take(str_from(link ? link : ""), 4096));
		return true;
	}
	if (type == AE_IFDIR) {
		e->kind = TREE_DIR;
		return true;
	}
	e->kind = TREE_SIZED;
	if (type != AE_IFREG || !wanted(e->path))
		return true;
	p->kept += e->size;
	if (e->size > KEPT_MAX || p->kept > KEPT_TOTAL)
		return refuse(p, "a file that configures the kernel is larger than any kernel's");
	e->kind = TREE_KEPT;
	return entry_text(p, keep, &e->text);
}

typedef VEC(struct tree_entry) entries;

/* Tarballs may leave directories out. `known` holds those that were seen. */
static void
add_parents(struct arena *keep, entries *list, struct map *known, struct str path)
{
	for (struct str dir = path_dir(path); dir.len; dir = path_dir(dir)) {
		void **seen = map_put(known, keep, dir);

		if (*seen)
			return;
		*seen = known;
		vec_push(keep, list, ((struct tree_entry){ dir, TREE_DIR, 0, STR("") }));
	}
}

/* By path; of equal ones the later last. */
static int
by_path(const void *a, const void *b)
{
	const struct tree_entry *const *x = a, *const *y = b;
	int r = str_cmp((*x)->path, (*y)->path);

	return r ? r : *x < *y ? -1 : *x > *y;
}

/* The first part of all paths when it is the same directory, else "". */
static struct str
shared_top(const entries *list)
{
	struct str top = { 0 };

	for (size_t i = 0; i < list->len; i++) {
		const struct tree_entry *e = &list->at[i];
		struct str first = str_take(e->path, str_index(e->path, '/'));

		if (!top.len)
			top = first;
		if (!str_eq(top, first) || (first.len == e->path.len && e->kind != TREE_DIR))
			return STR("");
	}
	return top;
}

/* Sorted; of one path the last stands, as when unpacking, but a directory stays one. */
static void
sort_entries(struct arena *keep, entries *list, struct tree_index *out)
{
	const struct tree_entry **order = xmalloc(list->len * sizeof(*order));
	size_t cut;

	out->top = shared_top(list);
	cut = out->top.len ? out->top.len + 1 : 0;
	out->at = NEW_ARRAY(keep, struct tree_entry, list->len);
	for (size_t i = 0; i < list->len; i++)
		order[i] = &list->at[i];
	if (list->len)
		qsort(order, list->len, sizeof(*order), by_path);
	for (size_t i = 0; i < list->len; i++) {
		struct tree_entry e = *order[i], *last = out->len ? &out->at[out->len - 1] : NULL;

		if (e.path.len < cut)
			continue;
		e.path = str_drop(e.path, cut);
		if (e.kind == TREE_SAME)
			e.text = str_drop(path_clean(keep, e.text), cut);
		if (!last || !str_eq(last->path, e.path))
			out->at[out->len++] = e;
		else if (last->kind != TREE_DIR)
			*last = e;
	}
	free(order);
}

bool
archive_index(struct arena *keep, const char *path, bool (*wanted)(struct str), struct tree_index *out,
              struct diag *d)
{
	struct arena scratch = { 0 };
	struct map known = { 0 };
	entries list = { 0 };
	struct pass p;
	bool ok = true;

	if (!pass_open(&p, path, d))
		return false;
	while (pass_next(&p, &ok)) {
		struct tree_entry e;

		if (!entry_path(&p, keep, &e.path))
			continue;
		ok = entry_read(&p, keep, wanted, &e);
		if (!ok)
			break;
		add_parents(&scratch, &list, &known, e.path);
		if (e.kind == TREE_DIR)
			*map_put(&known, &scratch, e.path) = &known;
		vec_push(&scratch, &list, e);
	}
	pass_close(&p);
	if (ok)
		sort_entries(keep, &list, out);
	arena_release(&scratch);
	return ok;
}

bool
archive_each(const char *path, struct str top, const struct tree_sink *sink, struct diag *d)
{
	struct pass p;
	bool ok = true;

	if (!pass_open(&p, path, d))
		return false;
	while (ok && pass_next(&p, &ok)) {
		struct arena once = { 0 };
		struct str name, text;

		ok = true;
		if (entry_path(&p, &once, &name) && archive_entry_filetype(p.entry) == AE_IFREG &&
		    !archive_entry_hardlink(p.entry) && name.len > top.len + !!top.len) {
			name = str_drop(name, top.len + !!top.len);
			if (sink->want(sink->ctx, name) && (ok = entry_text(&p, &once, &text)))
				sink->file(sink->ctx, name, text);
		}
		arena_release(&once);
	}
	pass_close(&p);
	return ok;
}

/* As much as there is, up to a block; -1 on an error. */
static ssize_t
read_block(int fd, char *buf, size_t block)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < block && n) {
		n = read(fd, buf + len, block - len);
		if (n < 0 && errno != EINTR)
			return -1;
		len += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)len;
}

struct str
archive_key(struct arena *keep, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct hash128 h = { 3, 4 };
	size_t block = 1 << 20;
	char *buf;
	ssize_t n;

	if (fd < 0)
		return STR("");
	buf = xmalloc(block);
	while ((n = read_block(fd, buf, block)) > 0)
		h = bytes_hash(h, (struct str){ buf, (size_t)n });
	free(buf);
	close(fd);
	return n ? STR("") : str_format(keep, "%016llx%016llx", (unsigned long long)h.a, (unsigned long long)h.b);
}
