// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * driver.h - which source file registers a driver of a given name: for the drivers that no alias finds.
 *
 * sysfs names a device's driver ("pcieport", "i8042 aux") but not where a built-in one comes from. The kernel's
 * sources say it: a `struct pci_driver` with `.name = "pcieport"` in drivers/pci/pcie/portdrv.c, which kbuild makes
 * drivers/pci/pcie/portdrv.o from. This is a scanner of C text, not a compiler: it reads initializers of
 * structures whose type ends in "driver" (and the few other types that become drivers), and string macros defined in the
 * file or in headers it includes from the tree. A driver that is named KBUILD_MODNAME is called as its module, and in the
 * table DRIVER_MODNAME; one whose name could not be read (some sixty of a tree), DRIVER_UNREAD. Nothing is executed or
 * preprocessed, so a driver under a false #if is listed too; whoever asks has the configuration and checks that the object
 * is built.
 */
#ifndef MODALIAS_DRIVER_H
#define MODALIAS_DRIVER_H

#include "base/tree.h"

#define DRIVER_MODNAME "KBUILD_MODNAME"
#define DRIVER_UNREAD  "KBUILD_UNREAD"

struct driver {
	struct str name;      /* pcieport; as in /sys/bus/BUS/drivers/NAME */
	struct str bus;       /* pci; as in /sys/bus/BUS; empty: the source does not tell */
	struct str source;    /* drivers/pci/pcie/portdrv.c: what is compiled */
	struct str file;      /* where it stands: the source, or a header that it includes */
	unsigned line;        /* in `file` */
};

struct driver_list {
	const struct driver **at;
	size_t len;
};

struct driver_table;

/*
 * Opening reads nothing. The tree must stay open as long as the table. What cannot be read registers nothing.
 *
 * A directory is asked for single sources, each read once. For the whole of it the texts of all .c files are searched for
 * the names that are asked for, by several threads, and those in which something stands are read closely (not names that a
 * macro makes of words, "#vendor"); nothing is kept for another run. An archive is read as a whole whatever is asked for,
 * and what was found is cached under its content's name below $XDG_CACHE_HOME/derpconfig/drivers.
 */
struct driver_table *driver_table_open(struct tree *, struct diag *);
void driver_table_close(struct driver_table *);

/*
 * Drivers of a name on a bus, sorted by source and line: first those of exactly this bus, then those whose bus is
 * unknown, and none of others. An empty `bus` asks for all. In sysfs '/' is spelled '!', and a driver of
 * the auxiliary bus "MODULE.NAME": both spellings are found. The two words are no names here. The drivers live as long as
 * the table.
 */
struct driver_list driver_find(struct driver_table *, struct str bus, struct str name, struct arena *keep);

/*
 * The same among what these .c files register; the two words find those that are called so. Nearly always a source says it
 * itself; with `headers` those beside it are read, too, which are many. An archive's headers count either way.
 */
struct driver_list driver_find_in(struct driver_table *, const struct str *sources, size_t n, bool headers, struct str bus,
                                  struct str name, struct arena *keep);

/* driver_expect will come: what takes a moment and needs no names is begun by a thread of its own. */
void driver_prepare(struct driver_table *);

/* driver_find will be asked for these: all of a directory is searched for them once, not every time (a second at most). */
struct driver_query { struct str bus, name; };
void driver_expect(struct driver_table *, const struct driver_query *, size_t n);

#endif
