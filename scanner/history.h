// SPDX-License-Identifier: GPL-2.0-or-later
/* history.h - a machine over time: what was there once stays. */
#ifndef SCANNER_HISTORY_H
#define SCANNER_HISTORY_H

#include "scanner/device.h"

/*
 * Adds to `now` what `before` had and `now` has not: devices with a modalias or driver (as many as were there at
 * once), loaded modules, and types of file systems, these with the role "other" unless `now` knows no file
 * systems at all. Facts of `now` win. Returns how many devices were added. `now` is settled afterwards, and must
 * not outlive `before`.
 */
size_t machine_remember(struct machine *now, const struct machine *before);

#endif
