// SPDX-License-Identifier: GPL-2.0-or-later
/* modalias/: lookups in a modules directory made here, with the text files only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "modalias/index.h"

#define FILE_TEXT(literal) literal, sizeof(literal) - 1 /* may hold NULs */

static const struct { const char *name, *text; size_t len; } files[] = {
	{ "modules.dep", FILE_TEXT("kernel/drivers/net/e1000e.ko.xz: kernel/drivers/ptp/ptp.ko.xz kernel/drivers/pps/pps_core.ko.xz\n"
	                 "kernel/drivers/ptp/ptp.ko.xz: kernel/drivers/pps/pps_core.ko.xz\n"
	                 "kernel/drivers/pps/pps_core.ko.xz:\n"
	                 "kernel/sound/snd-hda-intel.ko:\n"
	                 "kernel/fs/ext4.ko:\n"
	                 "kernel/crypto/crc32c-intel.ko:\n"
	                 "kernel/crypto/crc32c_generic.ko:\n") },
	{ "modules.alias", FILE_TEXT("# a comment\n"
	                   "alias pci:v00008086d000010D3sv*sd*bc*sc*i* e1000e\n"
	                   "alias pci:v00008086d*sv*sd*bc04sc03i00* snd_hda_intel\n"
	                   "alias pci:v*d*sv*sd*bc02sc00i00* ext4\n"
	                   "alias acpi*:INT33A[1-3]:* ext4\n"
	                   "alias dmi:*:svnA-B:* ext4\n"
	                   "alias crypto-crc32c crc32c_generic\n"
	                   "alias crypto-crc32c crc32c_intel\n"
	                   "alias gone nowhere\n") },
	{ "modules.softdep", FILE_TEXT("softdep ext4 pre: crypto-crc32c post: no-such-module\n") },
	{ "modules.builtin", FILE_TEXT("kernel/drivers/tty/serial/8250/8250.ko\nkernel/fs/fuse/fuse.ko\n") },
	{ "modules.builtin.modinfo", FILE_TEXT("fuse.license=GPL\0fuse.alias=pci:v00008086d000010D3sv*sd*bc*sc*i*\0fuse.alias=fs-fuse\0") },
};

static char dir[64];

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/derpconfig-modalias-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct arena a = { 0 };
		struct str text = { files[i].text, files[i].len };

		if (file_write(str_format(&a, "%s/%s", dir, files[i].name).at, text) < 0)
			return -1;
		arena_release(&a);
	}
	return 0;
}

static int
teardown(void **state)
{
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].name);
		unlink(path);
	}
	return rmdir(dir);
}

static struct modules *
open_it(struct arena *a)
{
	struct diag d = { .keep = a };
	struct modules *m = modules_open(dir, &d);

	assert_non_null(m);
	assert_int_equal(d.errors, 0);
	assert_int_equal(d.warnings, 1); /* of "gone", whose module is not there */
	return m;
}

static const char *
names(struct match_list list)
{
	static char buf[512];

	buf[0] = '\0';
	for (size_t i = 0; i < list.len; i++)
		snprintf(buf + strlen(buf), sizeof(buf) - strlen(buf), "%s%.*s%s", i ? " " : "",
		         STR_ARG(list.at[i].module->name), list.at[i].module->builtin ? "+" : "");
	return buf;
}

static void
every_match(void **state)
{
	static const struct { const char *modalias, *want; } cases[] = {
		{ "pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00", "e1000e ext4 fuse+" },
		{ "pci:v00008086d0000A170sv00001028sd000006E4bc04sc03i00", "snd_hda_intel" },
		{ "pci:v00001002d0000A170sv00001028sd000006E4bc04sc03i00", "" },
		{ "acpi:INT33A2:PNP0D80:", "ext4" }, { "acpi:INT33A4:PNP0D80:", "" },
		{ "dmi:x:svnA_B:y", "ext4" },  /* '-' equals '_' */
		{ "fs-fuse", "fuse+" },
		{ "e1000e", "" },              /* a name is no modalias */
		{ "gone", "" }, { "", "" }, { "*", "" },
	};
	struct arena a = { 0 };
	struct modules *m = open_it(&a);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct match_list got = modalias_match(m, str_from(cases[i].modalias), &a);

		if (strcmp(names(got), cases[i].want) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", cases[i].modalias, names(got), cases[i].want);
		for (size_t j = 0; j < got.len; j++)
			assert_true(got.at[j].pattern.len > 0);
	}
	modules_close(m);
	arena_release(&a);
}

static void
by_id(void **state)
{
	struct arena a = { 0 };
	struct modules *m = open_it(&a);

	(void)state;
	assert_string_equal(names(modalias_ids(m, STR("pci:v00008086d000010D3"), &a)), "e1000e fuse+");
	assert_string_equal(names(modalias_ids(m, STR("pci:v00008086d0000FFFF"), &a)), "");
	assert_string_equal(names(module_aliases(m, modules_find(m, STR("snd-hda-intel")), &a)), "snd_hda_intel");
	modules_close(m);
	arena_release(&a);
}

static void
needs(void **state)
{
	struct arena a = { 0 };
	struct modules *m = open_it(&a);
	const struct module *e1000e = modules_find(m, STR("e1000e"));
	struct need_list n = module_needs(m, e1000e, &a);

	(void)state;
	assert_true(str_is(e1000e->path, "kernel/drivers/net/e1000e.ko"));
	assert_int_equal(n.len, 2);
	assert_true(str_is(n.at[0].module->name, "ptp") && n.at[0].kind == NEED_SYMBOLS && n.at[0].by == e1000e);
	assert_true(str_is(n.at[1].module->name, "pps_core"));
	n = module_needs(m, modules_find(m, STR("ext4")), &a);
	assert_int_equal(n.len, 2);
	assert_true(n.at[0].kind == NEED_PRE && n.at[1].kind == NEED_PRE);
	assert_int_equal(module_needs(m, modules_find(m, STR("pps-core")), &a).len, 0);
	assert_null(modules_find(m, STR("nowhere")));
	assert_true(modules_find(m, STR("8250"))->builtin);
	assert_int_equal(modules_all(m).len, 9);
	modules_close(m);
	arena_release(&a);
}

static void
no_directory(void **state)
{
	static const char *const missing[] = { "modules.dep", "modules.alias" };
	struct arena a = { 0 };
	struct diag d = { .keep = &a };

	(void)state;
	assert_null(modules_open("/nonexistent", &d));
	assert_null(modules_open("/dev/null", &d));
	assert_int_equal(d.errors, 2);
	for (size_t i = 0; i < 2; i++) {
		char path[128], aside[128];

		snprintf(path, sizeof(path), "%s/%s", dir, missing[i]);
		snprintf(aside, sizeof(aside), "%s.aside", dir);
		assert_int_equal(rename(path, aside), 0);
		assert_null(modules_open(dir, &d));
		assert_int_equal(d.errors, 3 + i);
		assert_int_equal(rename(aside, path), 0);
	}
	arena_release(&a);
}

/* One file of the directory, with other bytes for a while: how many reasons not to take it, or to doubt it. */
static struct diag
with(struct arena *a, const char *name, const char *text, size_t len)
{
	struct diag d = { .keep = a };
	const char *path = str_format(a, "%s/%s", dir, name).at;
	struct str was;

	assert_int_equal(file_read(a, path, &was), 0);
	assert_int_equal(file_write(path, (struct str){ text, len }), 0);
	modules_close(modules_open(dir, &d));
	assert_int_equal(file_write(path, was), 0);
	return d;
}

/* What was cut in the middle of a line is an error; lines that make no sense are told. */
static void
damage(void **state)
{
	static const struct { const char *name, *text; size_t len; size_t errors, warnings; } cases[] = {
		{ "modules.dep", FILE_TEXT("kernel/a.ko:\nkernel/fs/ex"), 1, 2 },
		{ "modules.dep", FILE_TEXT("kernel/a.ko:\n"), 0, 1 },              /* the aliases' modules are gone */
		{ "modules.dep", FILE_TEXT("kernel/fs/ext4.ko\n"), 0, 2 },
		{ "modules.alias", FILE_TEXT("alias fs-ext4 ext4\nalias fs-"), 1, 1 },
		{ "modules.alias", FILE_TEXT("alias fs-ext4 ext4\n"), 0, 0 },
		{ "modules.alias", FILE_TEXT("alias fs-ext4 ext4\nalia fs-x ext4\nalias y ext4\nalias z\n"), 0, 1 },
		{ "modules.builtin", FILE_TEXT("kernel/fs/fu"), 1, 1 },
		{ "modules.builtin.modinfo", FILE_TEXT("fuse.alias=fs-fuse\0fuse.al"), 1, 1 },
		{ "modules.softdep", FILE_TEXT("softdep ext4 pre: e1000e\nnonsense\n"), 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a = { 0 };
		struct diag d = with(&a, cases[i].name, cases[i].text, cases[i].len);

		if (d.errors != cases[i].errors || d.warnings != cases[i].warnings)
			fail_msg("case %zu: %zu errors, %zu warnings", i, d.errors, d.warnings);
		arena_release(&a);
	}
}

/* A binary index: one key "ab" with the value "e1000e", by a prefix and a child. */
static void
binary(void **state)
{
	static const char good[] = "\xb0\x07\xf4\x57\0\2\0\1\xa0\0\0\x0c" "a\0" "bb" "\x40\0\0\x14"
	                           "\0\0\0\1\0\0\0\7e1000e";
	struct arena a = { 0 };
	struct text out = { 0 };

	(void)state;
	assert_true(index_text((struct str){ good, sizeof(good) }, STR("alias "), true, &out));
	assert_string_equal(out.at, "alias ab e1000e\n");
	for (size_t n = 0; n < sizeof(good); n++) /* any shorter one is refused */
		assert_false(index_text(str_copy(&a, (struct str){ good, n }), STR(""), false, &out));
	for (size_t n = 0; n < sizeof(good) * 8; n++) { /* any flipped bit ends well; one that makes a circle too */
		char *bad = str_c(&a, (struct str){ good, sizeof(good) });

		bad[n / 8] = (char)(bad[n / 8] ^ 1 << n % 8);
		index_text((struct str){ bad, sizeof(good) }, STR(""), false, &out);
	}
	text_release(&out);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_match),
		cmocka_unit_test(by_id),
		cmocka_unit_test(needs),
		cmocka_unit_test(no_directory),
		cmocka_unit_test(damage),
		cmocka_unit_test(binary),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
