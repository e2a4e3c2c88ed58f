// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file.h - whole files in, whole files out.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/str.h"

enum { FILE_LIMIT = 256 << 20 }; /* bytes; a larger input file is refused with -EFBIG */

/*
 * Reads a whole file into the arena; out->at[out->len] is NUL. gzip, xz and zstd are undone when `unpack`.
 * "-" is standard input. Returns 0 or -errno (-EISDIR for a directory, -EBADMSG for a damaged archive).
 */
int file_read(struct arena *keep, const char *path, struct str *out);
int file_read_unpacked(struct arena *keep, const char *path, struct str *out);

/*
 * Writes all or nothing: a temporary file beside `path`, fsync, rename. "-" is standard output, flushed.
 * A path that exists and is no regular file (/dev/full, a pipe) is written in place. 0 or -errno.
 */
int file_write(const char *path, struct str content);

/* The same for what can be made again, and is checked when it is read: does not wait for the disk. */
int file_cache(const char *path, struct str content);

/* The names of a directory's regular files (and links to them), sorted. 0 or -errno. */
int dir_files(struct arena *keep, const char *dir, struct str **names, size_t *n);

/*
 * $XDG_CACHE_HOME/derpconfig/NAME, or ~/.cache/derpconfig/NAME; made when `make`. NULL `at` when there is no home or
 * it cannot be made: then nothing is cached.
 */
struct str cache_dir(struct arena *keep, const char *name, bool make);

#endif
