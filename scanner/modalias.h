// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modalias.h - modaliases as today's kernel spells them.
 *
 * Formats: the kernel's scripts/mod/file2alias.c and the modalias_show functions of the buses.
 */
#ifndef SCANNER_MODALIAS_H
#define SCANNER_MODALIAS_H

#include "base/str.h"

/* Whether it looks like one: "type:..." in printable ASCII, without blanks at its ends, at most 16 KiB. */
bool modalias_valid(struct str);

/* The bus whose devices carry such a modalias: "pci" for "pci:v...", "platform" for "of:", "cpu" for "cpu:". */
struct str modalias_subsystem(struct str modalias);

/*
 * Today's spelling:
 *	usb:...ip01                       -> usb:...ip01in00        (interface number: since 3.5)
 *	hid:b0003v...                     -> hid:b0003g0001v...     (group: since 3.5; generic is what most have)
 *	x86cpu:vendor:0:family:6:model:3C:feature:,... -> cpu:type:x86,ven0000fam0006mod003C:feature:,...
 *	mei:name:uuid:                    -> mei:name:uuid:01:      (version: since 4.3)
 *	of:NfooT<NULL>Cbar                -> of:NfooT(null)Cbar
 * and pci and usb digits in upper case. Anything else is returned as it is.
 */
struct str modalias_normal(struct arena *keep, struct str);

/* "8086:15f3" of a pci or usb modalias; empty for others. */
struct str modalias_id(struct arena *keep, struct str);

/* The identification of a PCI device, as far as it is known. */
struct pci_ids {
	unsigned vendor, device, subvendor, subdevice; /* the latter 0 where there is none, as in the kernel */
	unsigned class;                                /* 24 bits: base, sub, interface */
};
struct str modalias_pci(struct arena *keep, struct pci_ids);

/*
 * The DMI modalias without fields that are no identification of the model: only the fields the kernel knows
 * (drivers/firmware/dmi-id.c), none of which is a serial number.
 */
struct str modalias_dmi(struct arena *keep, struct str);

#endif
