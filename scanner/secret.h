// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * secret.h - what must not get into a dump: serial numbers, MAC addresses, host names, UUIDs.
 *
 * Readers copy named fields only, never whole property lists. Paths and names can still carry a secret
 * ("hid-aa:bb:cc:dd:ee:ff-battery", "enx001122334455", "Alice's AirPods"). Two nets catch them: patterns that are
 * secret wherever they stand, and values that were seen in a place that is secret by its nature (ID_SERIAL,
 * HID_UNIQ, a network card's address, the host name), which are then removed everywhere.
 */
#ifndef SCANNER_SECRET_H
#define SCANNER_SECRET_H

#include "scanner/device.h"

struct secrets { VEC(struct str) list; struct arena *keep; };

/* Remembers a value. What is short, all alike, or a PCI address (root hubs have it as "serial") is no secret. */
void secret_add(struct secrets *, struct str value);

/* A network interface's name, unless it is one of those the kernel or udev's slot scheme gives ("eth0", "enp3s0"). */
void secret_add_interface(struct secrets *, struct str name);

/* Whether a property or attribute of this name holds a secret: "ID_SERIAL_SHORT", "serial", "address". */
bool secret_key(struct str key);

/*
 * The text without MAC addresses, UUIDs, world wide names, long hexadecimal numbers and known secrets, each
 * replaced by "*". `ids` keeps UUIDs, for buses where they name a kind of device (wmi, mei, tee, ishtp).
 */
struct str secret_scrub(const struct secrets *, struct arena *keep, struct str text, bool ids);

/* Scrubs every field of every device, and drops names people give (Bluetooth devices, network interfaces). */
void secret_clean(const struct secrets *, struct machine *);

#endif
