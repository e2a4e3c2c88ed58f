// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * driver.h - which source file registers a driver of a given name: for the drivers that no alias finds.
 *
 * sysfs names a device's driver ("pcieport", "i8042 aux") but not where a built-in one comes from. The kernel's
 * sources say it: a `struct pci_driver` with `.name = "pcieport"` in drivers/pci/pcie/portdrv.c, which kbuild makes
 * drivers/pci/pcie/portdrv.o from. This is a scanner of C text, not a compiler: it reads initializers of
 * structures whose type ends in "driver" (and the few other types that become drivers), string macros defined in the
 * file or in headers it includes from the tree, and KBUILD_MODNAME. Nothing is executed or preprocessed, so a driver
 * under a false #if is listed too; whoever asks has the configuration and checks that the object is built.
 */
#ifndef MODALIAS_DRIVER_H
#define MODALIAS_DRIVER_H

#include "base/tree.h"

struct driver {
	struct str name;      /* pcieport; as in /sys/bus/BUS/drivers/NAME */
	struct str bus;       /* pci; as in /sys/bus/BUS; empty: the source does not tell */
	struct str source;    /* drivers/pci/pcie/portdrv.c: what is compiled */
	struct str file;      /* where it stands: the source, or a header that it includes */
	unsigned line;        /* in `file` */
	bool modname;         /* the name is KBUILD_MODNAME: that of the module the object goes to; `name` is empty */
};

struct driver_list {
	const struct driver **at;
	size_t len;
};

struct driver_table;

/*
 * Scans the sources given (paths of .c files in the tree; all below the tree when `sources` is NULL, and always in an
 * archive). The table is cached below $XDG_CACHE_HOME/derpconfig/drivers and read from there while the archive, or
 * size and time of every file it came from, are the same. Never NULL: sources that do not exist or cannot be read are
 * not in it. The tree must stay open only during the call.
 */
struct driver_table *driver_table_open(struct tree *, const struct str *sources, size_t n, struct diag *);
void driver_table_close(struct driver_table *);

/*
 * Drivers of a name on a bus, sorted by source and line: first those of exactly this bus, then those whose bus is
 * unknown, and none of others. An empty `bus` asks for all. In sysfs '/' is spelled '!', and a driver of
 * the auxiliary bus "MODULE.NAME": both spellings are found.
 */
struct driver_list driver_find(const struct driver_table *, struct str bus, struct str name, struct arena *keep);

/* All drivers a source registers. */
struct driver_list driver_of_source(const struct driver_table *, struct str source, struct arena *keep);

#endif
