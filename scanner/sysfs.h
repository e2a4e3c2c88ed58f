// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sysfs.h - small files of /sys and /proc, of this machine or below another root; within the scanner only.
 *
 * Below another root no path leaves it, whatever its links say (openat2, RESOLVE_IN_ROOT).
 */
#ifndef SCANNER_SYSFS_H
#define SCANNER_SYSFS_H

#include "scanner/device.h"

struct sysfs {
	int root;  /* directory; -1: this machine */
};

int sysfs_init(struct sysfs *, const char *root); /* NULL: this machine. 0 or -errno */
void sysfs_release(struct sysfs *);

/* The content without blanks at its ends, 4 MiB at most. 0 or -errno. */
int sysfs_read(const struct sysfs *, struct arena *keep, struct str path, struct str *out);

/* The same of dir "/" name; empty when it cannot be read. */
struct str sysfs_get(const struct sysfs *, struct arena *keep, struct str dir, const char *name);

/* Where a link leads, as written; empty when it is none. */
struct str sysfs_link(const struct sysfs *, struct arena *keep, struct str dir, const char *name);

/* Names in a directory, sorted; empty when there is none. */
struct words sysfs_list(const struct sysfs *, struct arena *keep, struct str dir);

bool sysfs_is_dir(const struct sysfs *, struct str path, bool follow);

#endif
