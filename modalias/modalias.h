// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modalias.h - which modules claim a device, read from any lib/modules/VERSION directory.
 *
 * Module names are spelled with '_' ("snd_hda_intel"), as the kernel shows them; a query may use '-'. Patterns
 * match as modprobe does it ("*", "?", "[a-f]", '-' equals '_' outside brackets). No
 * configuration of the running system (/etc/modprobe.d) is read, so a directory gives the same answers anywhere.
 *
 * Strings in results live as long as the `struct modules`; arrays live in `keep`.
 * One thread, one struct modules.
 */
#ifndef MODALIAS_MODALIAS_H
#define MODALIAS_MODALIAS_H

#include "base/diag.h"

struct modules;

/*
 * NULL, with a diagnostic that says what to do, when `dir` is no modules directory: it does not exist, or it
 * lacks modules.dep or modules.alias (text or .bin; depmod writes them). modules.builtin and
 * modules.builtin.modinfo may be absent: then no driver is known to be in the image, and a warning says so.
 */
struct modules *modules_open(const char *dir, struct diag *);
void modules_close(struct modules *);

const char *modules_dir(const struct modules *);      /* as given */
struct str modules_version(const struct modules *);   /* the directory's last part, links followed: "6.12.3" */

/* A module of the directory. */
struct module {
	struct str name;      /* e1000e */
	struct str path;      /* kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko: no .xz, .gz or .zst */
	bool builtin;         /* in modules.builtin: its code is in the image */
};

struct module_list {
	const struct module **at;
	size_t len;
};

/* NULL where there is none. A name that is both a file and built in (a stale file) is the file. */
const struct module *modules_find(const struct modules *, struct str name);

/* All of them, sorted by name, files and built-in ones. */
struct module_list modules_all(const struct modules *);

/* A module that claims a modalias. */
struct match {
	const struct module *module;
	struct str pattern;   /* pci:v00008086d000010D3sv*sd*bc*sc*i* */
	struct str file;      /* where the pattern was read: "modules.alias" or "modules.builtin.modinfo" */
};

struct match_list {
	struct match *at;
	size_t len;
};

/*
 * All modules that claim `modalias`, sorted by module name, each once. An empty list is an ordinary answer.
 * An alias of a module that is not in the directory is left out (depmod never writes one).
 */
struct match_list modalias_match(struct modules *, struct str modalias, struct arena *keep);

/*
 * Every pattern that names a device by its id: `prefix` is the beginning of a modalias up to the id's last
 * field ("pci:v00008086d000015F3", "usb:v046DpC52B"). Sorted by module, then pattern; a module may come with
 * several. Patterns that would match by class alone ("pci:v*d*sv*sd*bc03*") are not ids and not listed.
 */
struct match_list modalias_ids(struct modules *, struct str prefix, struct arena *keep);

/* The patterns a module presents, in the order of modules.alias, each with its file. */
struct match_list module_aliases(struct modules *, const struct module *, struct arena *keep);

/* Why a module brings another one. */
enum need_kind {
	NEED_SYMBOLS,         /* uses its exported symbols (modules.dep) */
	NEED_PRE, NEED_POST,  /* softdep: wants it loaded before or after (modules.softdep) */
};

struct need {
	const struct module *module;  /* what is needed */
	const struct module *by;      /* who needs it: the asked module or one of its needs */
	enum need_kind kind;
};

struct need_list {
	struct need *at;
	size_t len;
};

/*
 * What a module needs to work, without itself: dependencies to any depth (modules.dep is closed already), then
 * softdeps and what these depend on. Each module once, with the first reason. Softdeps that name no module of
 * the directory are left out: they are wishes ("pre: crypto-aes-ni").
 */
struct need_list module_needs(struct modules *, const struct module *, struct arena *keep);

/*
 * The firmware files a module names (modinfo's "firmware", paths below /lib/firmware), sorted, each once. For a module
 * file its own data is read, packed or not; for a built-in one modules.builtin.modinfo. False: the file cannot be read.
 */
struct firmware_list { struct str *at; size_t len; };
bool module_firmware(struct modules *, const struct module *, struct arena *keep, struct firmware_list *out);

#endif
