// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sets.h - hotplug and feature sets: what a kernel should have although no device asks for it now.
 *
 * A set is a file NAME.set, embedded (kconfig/sets/) or the user's own; a user's set takes the place of an
 * embedded one of that name. Lines:
 *
 *   name usb-storage
 *   about USB sticks and disks
 *   include fat
 *   want USB_STORAGE        # reason: on, as a module where that is possible
 *   want PARTITION_ADVANCED=y # reason
 *   maybe MMC_SDHCI_ACPI    # reason: where this kernel and machine have it; not an error elsewhere
 *   module usb_storage      # reason: whatever symbols lead to the module
 */
#ifndef KCONFIG_SETS_H
#define KCONFIG_SETS_H

#include "base/diag.h"
#include "base/map.h"

enum set_kind { SET_WANT, SET_MAYBE, SET_MODULE, SET_INCLUDE };

struct set_line {
	enum set_kind kind;
	struct str name;               /* symbol without CONFIG_, module or set */
	struct str value;              /* what stands behind '='; empty: on */
	struct str reason;
	struct str set;                /* the set it stands in */
	struct str file;
	unsigned line;
};

struct set {
	struct str name, about, file;
	VEC(struct set_line) lines;
};

struct set_index {
	struct map by_name;            /* name -> struct set, sorted by name once loaded */
};

/*
 * The embedded sets and, if `user_dir` is not NULL and exists, the user's *.set files. All errors have file:line:
 * malformed lines, unknown names after include, cycles.
 */
void sets_load(struct set_index *, const char *user_dir, struct arena *keep, struct diag *);

/* NULL: no such set. */
const struct set *set_find(const struct set_index *, struct str name);

/*
 * The wants of some sets and all they include, each symbol or module once, in the order of the files. A value
 * beats none, `want` beats `maybe`. Unknown names and two different values for a symbol are errors.
 */
struct set_lines { VEC(struct set_line) list; };
void sets_expand(const struct set_index *, const struct str *names, size_t len, struct arena *keep, struct diag *,
                 struct set_lines *out);

#endif
