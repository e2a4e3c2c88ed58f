// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device.h - a machine as the scanner knows it: devices, loaded modules, what it boots from.
 *
 * Plain structs in an arena. An empty string or list means "the source does not say". Nothing here holds a
 * serial number, MAC address, host name or UUID of a particular machine: see scanner/secret.h.
 */
#ifndef SCANNER_DEVICE_H
#define SCANNER_DEVICE_H

#include "base/str.h"

struct words { struct str *at; size_t len; };

enum { COUNT_LIMIT = 1000000 }; /* of devices alike; more is as much as this */

/*
 * One device; or several alike (`count`), when the source gives no paths, or when siblings differ in their
 * number only (tty0..tty63, cpu0..cpu15).
 */
struct device {
	struct str path;      /* below /sys: "/devices/pci0000:00/0000:00:1f.6"; or its last part alone ("0000:00:1f.6")
	                         where only that is known; or empty */
	struct str subsystem; /* bus or class: "pci", "usb", "input" */
	struct str modalias;  /* in today's spelling (scanner/modalias.h); empty: has none */
	struct str driver;    /* as Linux bound it: "pcieport"; empty: unbound */
	struct str module;    /* the driver's module: from sysfs driver/module, or the only one recorded for a bound
	                         device. Built in when it is not in machine.modules and those are known */
	struct words modules; /* modules the source names as fitting, bound or not (lspci "Kernel modules") */
	struct words also;    /* further modaliases that descriptors imply: USB alternate settings, other configurations */
	struct str id;        /* "8086:15f3", "046d:c52b": PCI and USB devices */
	struct str name;      /* what a person would call it, or the name on its bus */
	struct str vendor;    /* "Intel Corporation" */
	struct str product;   /* "Ethernet Controller I225-V" */
	struct str class;     /* "Ethernet controller" */
	unsigned count;       /* at least 1 */
	long parent;          /* index of the nearest device above it by path; -1: none. Not stored, see machine_settle */
};

/* A loaded module. */
struct loaded {
	struct str name;      /* as the kernel spells it, with '_' */
	struct words users;   /* modules that use it ("holders"), sorted */
	struct words drivers; /* "pci:e1000e": bus and name of the drivers it registered */
	bool out_of_tree;     /* the kernel says that it was not built with it: taint flag O of /sys/module/NAME/taint */
	bool device;          /* a device is bound to one of its drivers. Not stored, see machine_settle */
};

/* A mounted file system, or swap. */
struct filesystem {
	struct str role;      /* "root", "boot", "swap", "system" (needed to get up: /nix, /usr, /var ...), "other" */
	struct str mount;     /* "/", "/boot"; empty for swap and "other", whose paths are nobody's business */
	struct str type;      /* "ext4"; swap: "partition", "file" */
	struct str block;     /* name in machine.blocks: "dm-0"; empty: none (tmpfs, network) */
};

/* A block device that carries a file system or swap, or lies below one. */
struct block {
	struct str name;      /* "nvme0n1p2", "dm-0", "md127" */
	struct str kind;      /* "disk", "partition", "dm-crypt", "lvm", "dm-mpath", "dm", "raid1", "zram", "loop" */
	struct str table;     /* partition table of a disk: "gpt", "dos" */
	struct words on;      /* names of what it lies on, sorted */
};

struct cpu {
	struct str vendor;    /* "GenuineIntel" */
	struct str name;      /* "Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz" */
	struct str family, model, stepping; /* decimal, as /proc/cpuinfo has them */
	struct words flags;   /* in the kernel's order */
	unsigned count;       /* logical processors; 0: not known */
};

struct machine {
	struct arena *keep;   /* holds everything */
	struct str name;      /* a label the source gave; never the host name */
	struct str source, licence, form; /* where a recorded machine comes from; "laptop" */
	struct str arch;      /* as uname -m: "x86_64" */
	struct str kernel;    /* release: "6.12.43+deb12-amd64" */
	struct str firmware;  /* "efi", "bios", "devicetree" */
	struct cpu cpu;
	bool modules_known;   /* whether `modules` is what is loaded; false: the source says nothing about modules */
	VEC(struct device) devices;         /* sorted: path, subsystem, modalias, driver, ... The cpu and dmi modaliases
	                                       are devices too, of subsystem "cpu" and "dmi" */
	VEC(struct loaded) modules;         /* sorted by name */
	VEC(struct filesystem) filesystems; /* sorted by mount, role, type */
	VEC(struct block) blocks;           /* sorted by name */
	VEC(struct str) notes;              /* what could not be read, and why; sorted */
};

/* Sorts everything, joins path-less devices that are alike, computes what is not stored. Idempotent. */
void machine_settle(struct machine *);

/* Devices counted with their `count`. */
size_t machine_count(const struct machine *);

/*
 * What the device presents to a kernel, wherever it is plugged in: bus and modalias, or, without one, bus, ids and its
 * name with numbers left out ("2-1.3" and "hidraw12" only say in which order things were found).
 */
struct str device_key(struct arena *keep, const struct device *);

#endif
