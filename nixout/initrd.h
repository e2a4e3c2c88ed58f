// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * initrd.h - the initrd of a lean kernel: only the modules on the way to the root file system.
 *
 * nixpkgs fails the system's build when the initrd names a module that is neither a .ko nor built in
 * (makeModulesClosure), and names about thirty by default. So the defaults go, and each name is checked.
 * Options: nixos/modules/system/boot/kernel.nix, luksroot.nix, systemd/tpm2.nix.
 */
#ifndef NIXOUT_INITRD_H
#define NIXOUT_INITRD_H

#include "base/diag.h"

enum initrd_state { INITRD_FILE, INITRD_BUILTIN, INITRD_MISSING };

struct initrd_module {
	struct str name;               /* as modprobe takes it: "nvme" */
	struct str reason;             /* "root file system", "nvme0n1" */
	enum initrd_state state;
	bool at_once;                  /* loaded always, not when a device asks */
};

struct initrd {
	VEC(struct initrd_module) modules;
	bool luks;                     /* there is a LUKS device on the way */
	VEC(struct initrd_module) ciphers; /* what boot.initrd.luks.cryptoModules may name */
	bool tpm;                      /* tpm-tis and tpm-crb are there, as the systemd initrd wants */
};

/*
 * The names NixOS adds by itself for LUKS, whatever the options say; missing ones fail the build. `luksroot.nix`.
 * Ends with NULL.
 */
extern const char *const initrd_luks_modules[], *const initrd_luks_ciphers[];

/*
 * Attributes of a NixOS module, two blanks indented. What is missing is an error in diag that says what to do; what is
 * built in needs no mention and stands in a comment.
 */
void initrd_write(const struct initrd *, struct text *out, struct diag *);

/* The firmware files that modules name (modinfo's "firmware"), sorted and without doubles, as comments, and the option
 * that brings linux-firmware. Nothing for an empty list. */
void firmware_write(const struct str *files, size_t len, struct text *out);

#endif
