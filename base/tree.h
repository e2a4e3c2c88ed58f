// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tree.h - a kernel source tree: a directory or a tarball, read in place.
 *
 * Paths are relative to the tree's top, cleaned, '/'-separated; a path that leaves the top ("../x", "/etc/x",
 * or a link out of the tree) does not exist. Contents live as long as the tree and end in a NUL; reading the
 * same path twice gives the same pointer.
 *
 * A tarball (gzip, xz, zstd, bzip2 or plain tar, with or without a top directory) is read front to back once, when it is
 * opened: the files that configure a kernel (Kconfig*, Kbuild*, Makefile*, *.include, defconfigs, scripts/) are
 * kept, of all others the size. What was kept is cached below $XDG_CACHE_HOME/derpconfig/trees under a hash of the
 * whole archive (0.1 s for 150 MB); a damaged cache is rebuilt. C sources are not kept: tree_each passes them by.
 *
 * One thread, one tree.
 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include "base/diag.h"
#include "base/map.h"

enum tree_flags { TREE_NO_CACHE = 2 };

struct tree;

/* NULL, with a diagnostic that says what to do, when `path` is no kernel tree (no Kconfig and Makefile). */
struct tree *tree_open(const char *path, unsigned flags, struct diag *);
struct tree *tree_again(const struct tree *);  /* the same directory, for another thread; NULL: an archive, or no descriptor */
void tree_close(struct tree *);

const char *tree_path(const struct tree *);   /* as given */
bool tree_is_archive(const struct tree *);
struct str tree_key(const struct tree *);     /* names an archive's content; empty for a directory */

/* The content. False when there is no such file (or, in an archive, its content was not kept). */
bool tree_read(struct tree *, struct str path, struct str *out);
bool tree_fetch(struct tree *, struct arena *, struct str path, struct str *out); /* the same into an arena, once */
bool tree_exists(struct tree *, struct str path);      /* file or directory */
bool tree_is_dir(struct tree *, struct str path);
long tree_size(struct tree *, struct str path);        /* bytes; -1 when there is no such file */

/* Names in a directory, sorted by bytes, without "." and ".."; valid while the tree is. False: no directory. */
struct name_list { struct str *at; size_t len; };
bool tree_list(struct tree *, struct str dir, struct name_list *out);

/*
 * Calls `file` for every regular file whose path `want` accepts; the text is valid during the call. An archive is read
 * through once more, in its order (seconds); a directory's files come sorted. False: an error was told.
 */
struct tree_sink {
	bool (*want)(void *ctx, struct str path);
	void (*file)(void *ctx, struct str path, struct str text);
	void *ctx;
	bool (*enter)(void *ctx, struct str dir);   /* of a directory's directories: false passes by what is below; may be NULL */
};
bool tree_each(struct tree *, const struct tree_sink *, struct diag *);

/*
 * A number that changes when the file or directory does: made of its kind, size, inode and times; 0 where there is
 * none. Of what tree_read read it is the state in which it was read. *newest, when given, becomes the later of itself
 * and the last change, in seconds: what changed just now could change again unseen. For an archive, whose content
 * tree_key names, only whether there is something.
 */
uint64_t tree_state(struct tree *, struct str path, int64_t *newest);

/* VERSION.PATCHLEVEL.SUBLEVEL EXTRAVERSION from the top Makefile, as "make kernelversion" prints it. */
struct str tree_version(struct tree *);

/* Bytes of content read so far, and files: for progress and benchmarks. */
size_t tree_bytes_read(const struct tree *);
size_t tree_files_read(const struct tree *);

#endif
