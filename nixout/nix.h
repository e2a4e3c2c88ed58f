// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nix.h - the patch: a NixOS module with boot.kernelPatches and the kernel override it was proven with.
 *
 * Shapes follow nixpkgs: lib/kernel.nix (yes, no, module, unset, option, freeform),
 * nixos/modules/system/boot/kernel.nix (kernelPatches), pkgs/os-specific/linux/kernel/generic.nix (defconfig,
 * autoModules, enableCommonConfig, extraMakeFlags, stdenv).
 */
#ifndef NIXOUT_NIX_H
#define NIXOUT_NIX_H

#include "base/diag.h"

enum option_type {
	OPTION_TRISTATE,               /* y, m, n: yes, module, no */
	OPTION_VALUE,                  /* numbers, hex and strings: freeform */
	OPTION_UNSET,                  /* unset: takes an answer of the common config away; value is not used */
};

/* One line of the patch. */
struct option {
	struct str name;               /* without CONFIG_ */
	struct str value;              /* as in .config, strings without quotes */
	enum option_type type;
	struct str group;              /* a heading; lines of a group stand together, in the order given */
	struct str reason;             /* the comment; may be empty */
	bool force;                    /* lib.mkForce */
	bool optional;                 /* option (...) */
};

/* How nixpkgs names the attribute, by release. */
enum nixpkgs_release { NIXPKGS_OLD, NIXPKGS_NEW };

/* "24.11", "25.05", "25.11", "26.05", "unstable". False: no such form. 25.05 and before have the old name. */
bool nixpkgs_release(struct str text, enum nixpkgs_release *out);

struct nix_module {
	const struct option *options;
	size_t options_len;
	const struct option *late;     /* tristates that are said behind the platform's own answers (extraConfig) */
	size_t late_len;               /* may be 0 */
	struct str title;              /* first comment line: which machine, which kernel */
	struct str patch_name;         /* kernelPatches' name; empty: "derpconfig" */
	enum nixpkgs_release release;
	struct str kernel;             /* attribute below pkgs: "linux_6_12"; empty: no override is written */
	struct str defconfig;          /* "allnoconfig", ...; empty: the platform's */
	struct str seed;               /* .config lines for KCONFIG_ALLCONFIG; empty: none */
	bool auto_modules;             /* false: autoModules = false */
	bool prefer_builtin;           /* true: preferBuiltin = true */
	bool common_config;            /* false: enableCommonConfig = false */
	bool llvm;                     /* clang and lld instead of gcc */
	struct str tuning;             /* KCFLAGS, "-march=znver3"; empty: none */
	struct str more;               /* further attributes of the module, two blanks indented; may be empty */
};

/*
 * The whole file. An option that can't be said (a value the answer text can't carry, a name that is no symbol)
 * is an error in diag and left out; nothing else is dropped.
 */
void nix_write(const struct nix_module *, struct text *out, struct diag *);

/* Only the attribute set `{ ... }` of options, indented by `indent` blanks. */
void nix_write_options(const struct option *, size_t len, unsigned indent, struct text *out, struct diag *);

/* The answer text that nixpkgs makes of the options (kernel_config.nix: generateNixKConf), sorted by name. */
void nix_write_answers(const struct option *, size_t len, struct text *out);

/* Nix lexical parts: an attribute name, quoted where it is no identifier; a string literal. */
void nix_name(struct str, struct text *out);
void nix_string(struct str, struct text *out);

#endif
