// SPDX-License-Identifier: GPL-2.0-or-later
/* nixout/initrd: the modules' lists, what is missing, firmware. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "nixout/initrd.h"

static struct arena keep;

/* "nvme dm_mod! -ext4 ?xhci": ! at once, - built in, ? missing */
static void
read_modules(struct initrd *in, const char *text, bool ciphers)
{
	struct str rest = str_from(text), word;

	while (str_next_word(&rest, &word)) {
		struct initrd_module m = { .state = INITRD_FILE };

		if (word.at[0] == '-' || word.at[0] == '?') {
			m.state = word.at[0] == '-' ? INITRD_BUILTIN : INITRD_MISSING;
			word = str_drop(word, 1);
		}
		m.at_once = str_ends(word, STR("!"));
		m.name = str_take(word, word.len - m.at_once);
		m.reason = STR("why");
		if (ciphers)
			vec_push(&keep, &in->ciphers, m);
		else
			vec_push(&keep, &in->modules, m);
	}
}

static const struct { const char *modules, *ciphers; bool luks, tpm; const char *has, *error; } cases[] = {
	{ "nvme dm_mod! -ext4", "", false, true, "availableKernelModules = [\n    \"nvme\" # why\n  ];\n"
	  "  boot.initrd.kernelModules = [\n    \"dm_mod\" # why\n  ];\n  # built in: ext4\n", NULL },
	{ "", "", false, false, "includeDefaultModules = false;\n  boot.initrd.systemd.tpm2.enable = false;", NULL },
	{ "?xhci_pci", "", false, true, "includeDefaultModules = false;", "needs the module xhci_pci (why)" },
	{ "dm_crypt", "aes xts ecb ?cbc -sha256", true, true, "cryptoModules = [ \"aes\" \"xts\" \"sha256\" ];\n", NULL },
	{ "dm_crypt", "aes xts ?ecb", true, true, "cryptoModules", "adds the module ecb" },
	{ "dm_crypt", "?aes", true, true, "cryptoModules = [ ];", "no AES" },
};

static void
lists(void **state)
{
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct initrd in = { .luks = cases[i].luks, .tpm = cases[i].tpm };
		struct diag d = { .keep = &keep };

		read_modules(&in, cases[i].modules, false);
		read_modules(&in, cases[i].ciphers, true);
		t.len = 0;
		initrd_write(&in, &t, &d);
		if (str_find(text_str(&t), str_from(cases[i].has)) == t.len)
			fail_msg("case %zu:\n%s", i, t.at);
		if (d.errors != (cases[i].error ? 1u : 0u))
			fail_msg("case %zu: %zu errors", i, d.errors);
		if (d.errors && str_find(d.list.at[0].message, str_from(cases[i].error)) == d.list.at[0].message.len)
			fail_msg("case %zu: %.*s", i, STR_ARG(d.list.at[0].message));
	}
	text_release(&t);
}

static void
firmware(void **state)
{
	struct str files[] = { STR("rtl_nic/b.fw"), STR("iwl/a.ucode"), STR("rtl_nic/b.fw") };
	struct text t = { 0 };

	(void)state;
	firmware_write(files, 0, &t);
	assert_int_equal(t.len, 0);
	firmware_write(files, 3, &t);
	assert_true(str_ends(text_str(&t), STR("  #   iwl/a.ucode\n  #   rtl_nic/b.fw\n"
	                                       "  hardware.enableRedistributableFirmware = true;\n")));
	text_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lists), cmocka_unit_test(firmware) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&keep);
	return failed;
}
