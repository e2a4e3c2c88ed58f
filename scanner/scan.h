// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scan.h - the live machine, or one whose /sys and /proc lie below another root.
 *
 * Reads only, works as an ordinary user, has no side effects. What cannot be read becomes a note in the machine.
 */
#ifndef SCANNER_SCAN_H
#define SCANNER_SCAN_H

#include "base/diag.h"
#include "scanner/device.h"

/*
 * `root` is NULL for this machine (libudev, libpci, libusb and libkmod are asked), else a directory with sys/,
 * proc/ (files read directly). NULL with a diagnostic when there is no sysfs at all.
 */
struct machine *machine_scan(struct arena *keep, const char *root, struct diag *);

#endif
