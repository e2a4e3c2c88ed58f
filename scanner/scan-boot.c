// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What must work before the system is up: file systems, swap, and the stack of block devices below them.
 *
 * Paths are kept only where they say what a file system is for; where others are mounted is private.
 */
#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "scanner/live.h"

struct boot {
	struct scan *scan;
	struct arena scratch;
	struct map seen;      /* file systems, then block devices, that are listed already */
};

static const struct { const char *mount, *role; } roles[] = {
	{ "/", "root" }, { "/boot", "boot" }, { "/boot/efi", "boot" }, { "/efi", "boot" }, { "/boot/firmware", "boot" },
	{ "/nix", "system" }, { "/nix/store", "system" }, { "/usr", "system" }, { "/var", "system" }, { "/var/lib", "system" },
	{ "/var/log", "system" }, { "/var/lib/nixos", "system" }, { "/etc", "system" }, { "/home", "system" },
};

static struct str
block_attribute(struct boot *b, struct str name, const char *attribute)
{
	struct str dir = str_format(&b->scratch, "/sys/class/block/%.*s", STR_ARG(name));

	return sysfs_get(&b->scan->fs, &b->scratch, dir, attribute);
}

static bool
is_block(struct boot *b, struct str name)
{
	return name.len && !str_has(name, '/') &&
	       sysfs_is_dir(&b->scan->fs, str_format(&b->scratch, "/sys/class/block/%.*s", STR_ARG(name)), true);
}

/* The kernel's name of a device-mapper device, by the name it was given. */
static struct str
mapped(struct boot *b, struct str given)
{
	struct words all = sysfs_list(&b->scan->fs, &b->scratch, STR("/sys/class/block"));

	for (size_t i = 0; i < all.len; i++)
		if (str_starts(all.at[i], STR("dm-")) && str_eq(block_attribute(b, all.at[i], "dm/name"), given))
			return all.at[i];
	return STR("");
}

/* "/dev/nvme0n1p2", "/dev/mapper/crypt", "/dev/vg/root" -> kernel name; empty when it is no block device. */
static struct str
block_of(struct boot *b, struct str source, struct str number)
{
	struct str link = sysfs_link(&b->scan->fs, &b->scratch, STR("/sys/dev/block"), str_c(&b->scratch, number));
	struct str name = str_drop(source, strlen("/dev/"));

	if (link.len)
		return path_base(link);
	if (!str_starts(source, STR("/dev/")))
		return STR("");
	if (str_starts(name, STR("mapper/")))
		return mapped(b, str_drop(name, strlen("mapper/")));
	return is_block(b, name) ? name : STR("");
}

static struct str
kind_of(struct boot *b, struct str name)
{
	struct str level = block_attribute(b, name, "md/level");
	struct str dir = str_format(&b->scratch, "/sys/class/block/%.*s", STR_ARG(name));

	if (str_starts(name, STR("dm-")))
		return dm_kind(block_attribute(b, name, "dm/uuid"));
	if (level.len)
		return level;
	if (block_attribute(b, name, "partition").len)
		return STR("partition");
	if (str_starts(name, STR("zram")))
		return STR("zram");
	if (str_starts(name, STR("loop")))
		return STR("loop");
	if (str_starts(name, STR("bcache")) || sysfs_is_dir(&b->scan->fs, path_join(&b->scratch, dir, STR("bcache/cache")), true))
		return STR("bcache");
	return STR("disk");
}

/* udev's word on the partition table: /run/udev/data/b8:0 */
static struct str
table_of(struct boot *b, struct str name)
{
	struct str number = block_attribute(b, name, "dev"), line;
	struct str data = sysfs_get(&b->scan->fs, &b->scratch, STR("/run/udev/data"),
	                            str_c(&b->scratch, str_format(&b->scratch, "b%.*s", STR_ARG(number))));

	while (str_next_line(&data, &line))
		if (str_starts(line, STR("E:ID_PART_TABLE_TYPE=")))
			return str_drop(line, strlen("E:ID_PART_TABLE_TYPE="));
	return STR("");
}

/* The disk a partition is part of: the directory its own lies in. */
static struct str
disk_of(struct boot *b, struct str name)
{
	struct str link = sysfs_link(&b->scan->fs, &b->scratch, STR("/sys/class/block"), str_c(&b->scratch, name));

	return path_base(path_dir(link));
}

static void
add_block(struct boot *b, struct str name, unsigned depth)
{
	struct machine *m = b->scan->machine;
	struct str dir = str_format(&b->scratch, "/sys/class/block/%.*s/slaves", STR_ARG(name));
	struct words below = sysfs_list(&b->scan->fs, m->keep, dir);
	struct block k = { .kind = tidy(m->keep, kind_of(b, name)) };
	struct str key = str_format(&b->scratch, "block %.*s", STR_ARG(name));

	if (depth > 16 || map_index(&b->seen, key) >= 0)
		return;
	map_index_put(&b->seen, &b->scratch, key);
	k.name = tidy(m->keep, block_shown(name));
	if (str_is(k.kind, "partition") && !below.len) {
		below.at = NEW(m->keep, struct str);
		below.at[below.len++] = disk_of(b, name);
	}
	if (str_is(k.kind, "disk"))
		k.table = tidy(m->keep, table_of(b, name));
	for (size_t i = 0; i < below.len; i++)
		if (is_block(b, below.at[i]))
			add_block(b, below.at[i], depth + 1);
	for (size_t i = 0; i < below.len; i++)
		below.at[i] = block_shown(below.at[i]);
	k.on = words_sorted(m->keep, below);
	vec_push(m->keep, &m->blocks, k);
	if (str_is(k.kind, "dm-crypt"))
		machine_note(m, "%.*s: which ciphers it uses takes privileges to read", STR_ARG(k.name));
}

static void
add_filesystem(struct boot *b, struct str role, struct str mount, struct str type, struct str block)
{
	struct machine *m = b->scan->machine;
	struct str key = str_format(&b->scratch, "%.*s %.*s %.*s %.*s", STR_ARG(role), STR_ARG(mount), STR_ARG(type),
	                            STR_ARG(block));
	struct filesystem f = { str_copy(m->keep, role), str_copy(m->keep, mount), tidy(m->keep, type),
		tidy(m->keep, block_shown(block)) };

	if (map_index(&b->seen, key) >= 0)
		return;
	map_index_put(&b->seen, &b->scratch, key);
	vec_push(m->keep, &m->filesystems, f);
	if (block.len)
		add_block(b, block, 0);
}

/* proc/self/mountinfo: ID PARENT MAJOR:MINOR ROOT MOUNT OPTIONS [TAGS...] - TYPE SOURCE OPTIONS */
static void
mount_line(struct boot *b, struct str line)
{
	size_t dash = str_find(line, STR(" - "));
	struct str head = str_take(line, dash), tail = str_drop(line, dash + 3), word[5] = { 0 }, type, source = STR("");
	struct str role = STR("other"), mount = STR("");

	for (size_t i = 0; i < 5; i++)
		if (!str_next_word(&head, &word[i]))
			return;
	if (!str_next_word(&tail, &type))
		return;
	str_next_word(&tail, &source);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (str_is(word[4], roles[i].mount)) {
			role = str_from(roles[i].role);
			mount = str_from(roles[i].mount);
		}
	add_filesystem(b, role, mount, type, block_of(b, source, word[2]));
}

/* proc/swaps: FILENAME TYPE SIZE USED PRIORITY, below a header */
static void
swap_line(struct boot *b, struct str line)
{
	struct str source, type;

	if (!str_next_word(&line, &source) || str_is(source, "Filename") || !str_next_word(&line, &type))
		return;
	add_filesystem(b, STR("swap"), STR(""), type, str_is(type, "partition") ? block_of(b, source, STR("none")) : STR(""));
}

static void
lines(struct boot *b, const char *path, void (*each)(struct boot *, struct str))
{
	struct machine *m = b->scan->machine;
	struct str text, line;
	int r = sysfs_read(&b->scan->fs, m->keep, str_from(path), &text);

	if (r < 0)
		machine_note(m, "%s cannot be read: %s", path, strerror(-r));
	while (str_next_line(&text, &line))
		each(b, line);
}

void
scan_boot(struct scan *s)
{
	struct boot b = { .scan = s };

	lines(&b, "/proc/self/mountinfo", mount_line);
	lines(&b, "/proc/swaps", swap_line);
	arena_release(&b.scratch);
}
