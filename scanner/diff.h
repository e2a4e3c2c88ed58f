// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff.h - what hardware changed between two dumps.
 *
 * A device is what it presents (device_key). So
 * another port, another order of discovery (usb bus, SCSI host, input and HID numbers) is no change. Devices
 * with neither modalias nor driver (terminals, block devices, network interfaces) are not compared, nor are
 * file systems that are not needed to get up.
 */
#ifndef SCANNER_DIFF_H
#define SCANNER_DIFF_H

#include "scanner/device.h"

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_DRIVER };

struct change {
	enum change_kind kind;
	const char *what;            /* "device", "module", "filesystem", "firmware" */
	const struct device *device; /* "device": one it happened to; else NULL */
	struct str name;             /* otherwise: "e1000e", "/ ext4 on dm-0 (dm-crypt) on ...", "efi" */
	struct str from, to;         /* CHANGE_DRIVER: the drivers; empty: none */
	unsigned count;              /* "device": how many */
};

struct change_list { struct change *at; size_t len; };

/* Devices first, in the order of their keys, then modules, file systems, firmware. Empty: nothing changed. */
struct change_list machine_diff(struct arena *keep, const struct machine *old, const struct machine *new);

#endif
