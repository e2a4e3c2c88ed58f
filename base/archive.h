// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * archive.h - a tarball of untrusted origin as a sorted list of entries, and that list as a cache file.
 *
 * For base/tree.c only. Everything is bounded: an archive that is larger than any kernel's is refused with an error,
 * names that lead out of the top are left out with a warning, links are kept as text and never followed here.
 */
#ifndef BASE_ARCHIVE_H
#define BASE_ARCHIVE_H

#include "base/diag.h"

enum tree_kind {
	TREE_DIR = 'd',
	TREE_KEPT = 'f',      /* a file whose content is there */
	TREE_SIZED = 's',     /* a file of which only the size is known */
	TREE_LINK = 'l',      /* symbolic link: `text` is where to, relative to its directory */
	TREE_SAME = 'h',      /* hard link: `text` is the path of the other name */
};

struct tree_entry {
	struct str path;      /* clean, below the top */
	enum tree_kind kind;
	uint64_t size;
	struct str text;      /* content or target; ends in a NUL */
};

/* Sorted by path, each path once, every directory above an entry there too (the top itself is not). */
struct tree_index {
	struct tree_entry *at;
	size_t len;
	struct str top;       /* the directory all names share in the archive: "linux-6.12"; may be empty */
};

/*
 * Reads the archive front to back, tar in gzip, xz, zstd, bzip2 or nothing; shows progress when stderr is a terminal.
 * False with one error when it is damaged, truncated or too large.
 */
bool archive_index(struct arena *keep, const char *path, bool (*wanted)(struct str path), struct tree_index *,
                   struct diag *);

/* Calls `file` for every regular file that `want` accepts, in the archive's order; the text is valid meanwhile. */
struct tree_sink;
bool archive_each(const char *path, struct str top, const struct tree_sink *, struct diag *);

/* 32 hex digits that identify the file's content (not its name or age); empty when it cannot be read. */
struct str archive_key(struct arena *keep, const char *path);

/* The index as bytes, and back. False when the bytes are not what pack_write made for this key. */
void pack_write(const struct tree_index *, struct str key, struct text *out);
bool pack_read(struct arena *keep, struct str bytes, struct str key, struct tree_index *);

/* Writes the hash of what follows into the pack's header: pack_write's last step. Shorter than a header: nothing. */
void pack_seal(char *pack, size_t len);

/* A fast hash of many bytes; not for secrets. */
struct hash128 { uint64_t a, b; };
struct hash128 bytes_hash(struct hash128 seed, struct str bytes);

#endif
