// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reader.h - one reader per format; within the scanner only. scanner/dump.h is what others use.
 *
 * A reader adds to an empty machine and remembers secrets it came across. False after an error, of which
 * there is one diagnostic.
 */
#ifndef SCANNER_READER_H
#define SCANNER_READER_H

#include <jansson.h>

#include "base/diag.h"
#include "scanner/secret.h"

struct reader {
	struct machine *machine;
	struct secrets *secrets;
	const struct source *source;
	struct diag *diag;
};

bool read_dump(struct reader *, const json_t *);     /* dump.c */
bool read_facter(struct reader *, const json_t *);   /* read-facter.c */
bool read_udev(struct reader *);                     /* read-udev.c */
bool read_lspci_vmm(struct reader *);                /* read-lspci.c */
bool read_lspci(struct reader *);
bool read_lsmod(struct reader *);                    /* read-table.c */
bool read_table(struct reader *);
bool read_modaliases(struct reader *);

/* A copy fit for a dump: valid UTF-8, blanks at the ends gone, control characters turned into blanks. */
struct str tidy(struct arena *keep, struct str);

/* Adds a device: its strings made tidy, its modalias normal, ids, module and subsystem completed. */
void machine_add(struct machine *, struct device);

/* Adds a line to the machine's notes. */
void machine_note(struct machine *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A module's name as the kernel spells it: '_' for '-'. */
struct str tidy_module(struct arena *keep, struct str);

/* Sorted, each once, tidy. */
struct words words_sorted(struct arena *keep, struct words);

/* Splits at any of the characters, leaving out empty parts. */
struct words words_split(struct arena *keep, struct str text, const char *separators);

/* "046d:c52b" of a USB uevent's PRODUCT=46d/c52b/1211. */
struct str usb_product_id(struct arena *keep, struct str product);

/* "dm-crypt" of "CRYPT-LUKS2-...": the prefixes are those cryptsetup, lvm2 and multipath-tools give. */
struct str dm_kind(struct str uuid);

/* A block device's name without what somebody chose ("md_NAME" arrays). */
struct str block_shown(struct str name);

#endif
