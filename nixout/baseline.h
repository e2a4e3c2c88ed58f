// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * baseline.h - what NixOS needs of a kernel: systemd, stage 1, the nix sandbox, the firewall, each with its reason.
 *
 * The rows are data (nixout/data/baseline.csv, embedded): symbol, values, level, features, reason, source. NixOS'
 * own assertions are skipped for kernels made by buildLinux, so this list is the only check before the reboot.
 */
#ifndef NIXOUT_BASELINE_H
#define NIXOUT_BASELINE_H

#include "base/diag.h"
#include "nixout/dotconfig.h"

enum baseline_level {
	BASELINE_REQUIRED,             /* NixOS asserts it, or nothing boots without */
	BASELINE_INITRD,               /* stage 1 or the building of the initrd fails without */
	BASELINE_RECOMMENDED,          /* a unit fails or a usual feature is missing without */
};

const char *baseline_level_name(enum baseline_level); /* "required", "initrd", "recommended" */
bool baseline_level_parse(struct str, enum baseline_level *out);

struct baseline_row {
	struct str symbol;             /* without CONFIG_ */
	struct str values;             /* what is good: some of 'y', 'm', 'n', in order of preference */
	enum baseline_level level;
	struct str features;           /* "systemd", "efi luks": all of them must be on; empty: always */
	struct str reason;
	struct str source;             /* path in nixpkgs or name of the document */
};

struct baseline {
	VEC(struct baseline_row) rows;
	VEC(struct str) features;      /* every feature named, sorted */
};

/* The embedded rows; `extra` (may be NULL) adds rows in the same format. Errors have file:line. */
void baseline_load(struct baseline *, const struct source *extra, struct arena *keep, struct diag *);

/* The features that hold unless taken away with "-NAME": those of an ordinary NixOS. */
bool feature_is_default(struct str feature);
bool baseline_has_feature(const struct baseline *, struct str feature);

/*
 * The rows that apply to a machine with these features ("efi", "-firewall"), of `level` and what is stricter.
 * A symbol stands once, with the values that every applying row allows and the reason of the strictest.
 */
struct baseline_rows { VEC(struct baseline_row) list; };
void baseline_select(const struct baseline *, const struct str *features, size_t len, enum baseline_level,
                     struct arena *keep, struct baseline_rows *out);

/* Which of the rows a configuration does not meet, in their order. */
struct baseline_failure {
	const struct baseline_row *row;
	struct str got;                /* "y", "m", "n" */
};
struct baseline_failures { VEC(struct baseline_failure) list; };
void baseline_check(const struct baseline_rows *, const struct dotconfig *, struct arena *keep,
                    struct baseline_failures *out);

#endif
