// SPDX-License-Identifier: GPL-2.0-or-later
/* live.h - the parts of a scan; within the scanner only. Each adds to the machine, and notes what it could not read. */
#ifndef SCANNER_LIVE_H
#define SCANNER_LIVE_H

#include "scanner/reader.h"
#include "scanner/sysfs.h"

struct scan {
	struct machine *machine;
	struct secrets secrets;
	struct sysfs fs;
	bool live;             /* this machine, not another root */
};

void scan_devices(struct scan *);  /* scan-devices.c: sysfs, libudev */
void scan_names(struct scan *);    /* scan-names.c: libpci's names for PCI devices */
void scan_usb(struct scan *);      /* scan-usb.c: libusb's descriptors */
void scan_modules(struct scan *);  /* scan-modules.c: libkmod, /sys/module */
void scan_system(struct scan *);   /* scan-system.c: kernel, processor, firmware */
void scan_boot(struct scan *);     /* scan-boot.c: file systems and what they lie on */

#endif
