// SPDX-License-Identifier: GPL-2.0-or-later
#include "nixout/initrd.h"

#include <stdlib.h>
#include <string.h>

#include "nixout/nix.h"

/* nixos/modules/system/boot/luksroot.nix */
const char *const initrd_luks_modules[] = { "dm_mod", "dm_crypt", "cryptd", "input_leds", NULL };
const char *const initrd_luks_ciphers[] = {
	"aes", "aes_generic", "xts", "ecb", "cbc", "lrw", "sha1", "sha256", "sha512", "blowfish", "twofish", "serpent",
	"af_alg", "algif_skcipher", NULL,
};

static bool
is_listed(const struct initrd_module *m, bool at_once)
{
	return m->state == INITRD_FILE && m->at_once == at_once;
}

static void
write_list(const struct initrd *in, const char *option, bool at_once, struct text *out)
{
	bool any = false;

	for (size_t i = 0; i < in->modules.len; i++)
		any |= is_listed(&in->modules.at[i], at_once);
	if (!any)
		return;
	text_addf(out, "  boot.initrd.%s = [\n", option);
	for (size_t i = 0; i < in->modules.len; i++) {
		const struct initrd_module *m = &in->modules.at[i];

		if (!is_listed(m, at_once))
			continue;
		text_add_c(out, "    ");
		nix_string(m->name, out);
		if (m->reason.len)
			text_addf(out, " # %.*s", STR_ARG(m->reason));
		text_add_char(out, '\n');
	}
	text_add_c(out, "  ];\n");
}

static void
write_builtin(const struct initrd *in, struct text *out)
{
	const char *before = "  # built in: ";

	for (size_t i = 0; i < in->modules.len; i++) {
		if (in->modules.at[i].state != INITRD_BUILTIN)
			continue;
		text_addf(out, "%s%.*s", before, STR_ARG(in->modules.at[i].name));
		before = ", ";
	}
	if (before[0] == ',')
		text_add_char(out, '\n');
}

/* NixOS adds "ecb" itself where "xts" is named. */
static void
write_luks(const struct initrd *in, struct text *out)
{
	text_add_c(out, "  boot.initrd.luks.cryptoModules = [");
	for (size_t i = 0; i < in->ciphers.len; i++) {
		const struct initrd_module *m = &in->ciphers.at[i];

		if (m->state == INITRD_MISSING || str_is(m->name, "ecb"))
			continue;
		text_add_char(out, ' ');
		nix_string(m->name, out);
	}
	text_add_c(out, " ];\n");
}

static bool
has_cipher(const struct initrd *in, const char *name)
{
	for (size_t i = 0; i < in->ciphers.len; i++)
		if (str_is(in->ciphers.at[i].name, name))
			return in->ciphers.at[i].state != INITRD_MISSING;
	return false;
}

static void
check(const struct initrd *in, struct diag *diag)
{
	for (size_t i = 0; i < in->modules.len; i++)
		if (in->modules.at[i].state == INITRD_MISSING)
			diag_error(diag, STR(""), 0, "the initrd needs the module %.*s (%.*s), which this configuration does not "
			           "build; add it with --keep %.*s", STR_ARG(in->modules.at[i].name),
			           STR_ARG(in->modules.at[i].reason), STR_ARG(in->modules.at[i].name));
	if (in->luks && has_cipher(in, "xts") && !has_cipher(in, "ecb"))
		diag_error(diag, STR(""), 0, "NixOS adds the module ecb to the initrd where xts is used, and this "
		           "configuration does not build it; add it with --keep CRYPTO_ECB");
	if (in->luks && !has_cipher(in, "aes") && !has_cipher(in, "aes_generic"))
		diag_error(diag, STR(""), 0, "a LUKS volume has to be opened and no AES is built; add it with "
		           "--with encrypted-root");
}

void
initrd_write(const struct initrd *in, struct text *out, struct diag *diag)
{
	check(in, diag);
	text_add_c(out, "  # The initrd has what stands before the root file system, and nothing by default.\n"
	           "  boot.initrd.includeDefaultModules = false;\n");
	write_list(in, "availableKernelModules", false, out);
	write_list(in, "kernelModules", true, out);
	write_builtin(in, out);
	if (in->luks)
		write_luks(in, out);
	if (!in->tpm)
		text_add_c(out, "  boot.initrd.systemd.tpm2.enable = false; # it names tpm-tis and tpm-crb\n");
}

void
firmware_write(const struct str *files, size_t len, struct text *out)
{
	struct str *sorted = len ? xmalloc(len * sizeof(*sorted)) : NULL;

	if (!len)
		return;
	memcpy(sorted, files, len * sizeof(*sorted));
	qsort(sorted, len, sizeof(*sorted), str_qsort);
	text_add_c(out, "  # Firmware files the modules may ask for (not all are for this machine):\n");
	for (size_t i = 0; i < len; i++)
		if (!i || !str_eq(sorted[i], sorted[i - 1]))
			text_addf(out, "  #   %.*s\n", STR_ARG(sorted[i]));
	text_add_c(out, "  hardware.enableRedistributableFirmware = true;\n");
	free(sorted);
}
