// SPDX-License-Identifier: GPL-2.0-or-later
/* modalias/driver.c: names of drivers in small trees made here, the ways the kernel writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "modalias/csource.h"
#include "modalias/driver.h"
#include "modalias/likely.h"

static const struct { const char *path, *text; } files[] = {
	{ "Kconfig", "" }, { "Makefile", "" },
	{ "drivers/a/plain.c",
	  "#include <linux/pci.h>\n"
	  "/* static struct pci_driver x = { .name = \"comment\" }; */\n"
	  "// static struct pci_driver x = { .name = \"line comment\" };\n"
	  "static const char text[] = \"struct pci_driver x = { .name = \\\"quoted\\\" };\";\n"
	  "static struct pci_driver plain_driver = {\n"
	  "\t.id_table = ids,\n\t.err = { .name = \"not this\" },\n"
	  "\t.name\t\t= \"plain\",\n};\n" },
	{ "drivers/a/nested.c",
	  "static struct platform_driver nested __refdata = {\n\t.probe = p,\n"
	  "\t.driver\t= {\n\t\t.pm = X(a, b),\n\t\t.name = \"nested\",\n\t},\n};\n"
	  "static struct i2c_driver dotted = { .driver.name = \"dotted\", };\n"
	  "static struct mmc_driver blk = { .drv = { .name = \"blk\" } };\n"
	  "static struct phy_driver list[] = {\n{ PHY_ID(1), .name = \"Phy One\" },\n{ .name = \"Phy Two\", },\n"
	  "A_PHY(ID(1), \"Phy Three\", \"no name\"), A_PHY(0), { .driver = { F(\"not\") } },\nA_PHY(\"Phy Four\")\n};\n" },
	{ "drivers/a/macro.c",
	  "#include \"macro.h\"\n#define DRV_NAME \"macro\"\n#define LONG DRV_NAME \"-long\"\n"
	  "static struct spi_driver m1 = { .driver = { .name = DRV_NAME } };\n"
	  "static struct spi_driver m2 = { .driver = { .name = LONG } };\n"
	  "static struct spi_driver m3 = { .driver = { .name = HEADER_NAME } };\n"
	  "static struct spi_driver m4 = { .driver = { .name = DEEP } };\n"
	  "static struct spi_driver m5 = { .driver = { .name = NOWHERE } };\n"
	  "static struct spi_driver m6 = { .driver = { .name = LOOP } };\n"
	  "#define LOOP LOOP2\n#define LOOP2 LOOP\n" },
	{ "drivers/a/macro.h",
	  "#include \"../b/deep.h\"\n#define HEADER_NAME \\\n\t\"from-header\"\n"
	  "static struct pnp_driver in_header = { .name = \"in header\" };\n" },
	{ "drivers/b/deep.h", "#include \"../../../../etc/passwd\"\n#include \"../a/macro.h\"\n#define DEEP \"deep\"\n" },
	{ "include/linux/far.h", "#define FAR_NAME \"far\"\n" },
	{ "drivers/b/strings.c",
	  "#include <linux/far.h>\n#include \"deep.h\"\n"
	  "char b_driver_name[] = \"strings\";\nstatic const char *const other = \"other\";\n"
	  "static struct pci_driver s1 = { .name = b_driver_name, };\n"
	  "static struct usb_driver s2 = { .name = (char *)other, };\n"
	  "static struct usb_driver s3 = { .name = FAR_NAME };\n" },
	{ "drivers/b/modname.c",
	  "static struct virtio_driver v = { .driver.name = KBUILD_MODNAME };\nmodule_hda_codec_driver(c);\n" },
	{ "drivers/b/bus.c",
	  "static struct device_driver d1 = { .name = \"onbus\", .bus = &cpu_subsys, };\n"
	  "static struct device_driver d2 = { .bus = &pnp_bus_type, .name = \"before\" };\n"
	  "struct own_driver o = { .driver = { .name = \"own\" } };\n"
	  "static struct drm_driver drm = { .name = \"drm\" };\n"
	  "void f(void) { x->driver.name = \"assigned\"; }\n" },
	{ "drivers/b/named.c",
	  "#define PLAIN(x) .name = #x\n#define TWO(n, vendor, ids) static struct ids x = { 1 }; \\\n"
	  "static struct usb_serial_driver vendor##_device = { \\\n.driver = {\\\n.name =\t#vendor, }, }\n"
	  "#define ONE(vendor, ids) TWO(f(1, 2), vendor, ids)\n#define NONE() TWO(1, fixed, 2)\n"
	  "TWO(F(a, b), second, IDS());\nONE(first, IDS);\nONE(\nPLAIN(plainly);\nNONE();\nONE(lost" },
	{ "drivers/b/faux.c",
	  "#define FAUX_NAME \"from macro\"\n"
	  "struct faux_device *faux_device_create(const char *name, struct device *parent, const struct faux_device_ops *);\n"
	  "int f(void) { dev = faux_device_create(\"reg-dummy\", NULL, &ops);\n"
	  "\tother = faux_device_create_with_groups(FAUX_NAME, NULL, NULL, groups); }\n" },
	{ "include/linux/parts.h",
	  "#include \"more/chain.h\"\n#include \"../../drivers/c/odd.h\"\n#define PART_BEGIN \"far-\"\n#define PART_MIDDLE \"mid\"\n#define PART_END \"-end\"\n"
	  "#define PART_ALL PART_BEGIN PART_END\n#define lower \"lower\"\n" },
	{ "include/linux/more/chain.h", "#define CHAINED PART_ALL\n" },
	{ "drivers/c/odd.h", "#define ODD_NAME \"odd\"\n" },
	{ "drivers/c/parts.c",
	  "#include <linux/parts.h>\n#include \"parts.h\"\n#define EMPTY \"\"\n"
	  "static struct pci_driver p1 = { .name = \"two\" /* \"x\" */ \"-parts\" };\n"
	  "static struct pci_driver p2 = { .name = PART_BEGIN \"own\" };\n"
	  "static struct pci_driver p3 = { .name = PART_BEGIN \"own\" PART_END };\n"
	  "static struct pci_driver p4 = { .name = PART_BEGIN PART_END };\n"
	  "static struct pci_driver p5 = { .name = \"own\" PART_END };\n"
	  "static struct pci_driver p6 = { .name = CHAINED PART_MIDDLE };\n"
	  "static struct pci_driver p7 = { .name = EMPTY \"\" \"emptied\" };\n"
	  "static struct pci_driver p8 = { .name = HEADER_BEGIN \"-tail\" };\n"
	  "static struct pci_driver p9 = { .name = lower };\n"
	  "static struct pci_driver p11 = { .name = \"sla\" \"sh/ed\" };\n"
	  "static struct auxiliary_driver p12 = { .name = PART_MIDDLE };\n"
	  "static struct pci_driver p13 = { .name = ODD_NAME };\n"
	  "static struct pci_driver p14 = { .name = FROM_SOURCE };\n"
	  "static struct pci_driver p10 = { .name = \"open };\n" },
	{ "drivers/c/parts.h", "#\tinclude\t\"deep/begin.h\"\nstatic struct usb_driver in_header = { .name = NAME_OF_SOURCE };\n"
	  "#define FROM_SOURCE NAME_OF_SOURCE \"-s\"\n" },
	{ "drivers/c/deep/begin.h", "#define HEADER_BEGIN \"head\"\n" },
	{ "drivers/c/source.c", "#define NAME_OF_SOURCE \"of source\"\n#include \"parts.h\"\nstruct own_driver x;\n" },
	{ "drivers/b/broken.c", "struct pci_driver x = { .name = \"unterminated }\n{{{{{{{{{{{{{{{{{{{{{ .name = \"deep" },
};
enum { FILES = sizeof(files) / sizeof(*files) };

static char dir[64], tarball[80];

static int
setup(void **state)
{
	char command[256], path[256];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/derpconfig-driver-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(command, sizeof(command), "cd %s && mkdir -p drivers/a drivers/b drivers/c/deep include/linux/more", dir);
	if (system(command))
		return -1;
	for (size_t i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].path);
		if (file_write(path, str_from(files[i].text)) < 0)
			return -1;
	}
	snprintf(tarball, sizeof(tarball), "%s.tar", dir);
	snprintf(command, sizeof(command), "tar -C %s -cf %s .", dir, tarball);
	if (system(command))
		return -1;
	snprintf(path, sizeof(path), "%s-cache", dir);
	return setenv("XDG_CACHE_HOME", path, 1);
}

static int
teardown(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s' '%s.tar' '%s-cache'", dir, dir, dir);
	return system(command);
}

/* Of the directory, or of an archive of it. */
static struct driver_table *
open_table(const char *path, struct arena *a, struct diag *d, struct tree **t)
{
	*d = (struct diag){ .keep = a };
	*t = tree_open(path, 0, d);
	assert_non_null(*t);
	return driver_table_open(*t, d);
}

static const char *
print_list(struct arena *a, struct driver_list list)
{
	struct text s = { 0 };
	const char *printed;

	for (size_t i = 0; i < list.len; i++)
		text_addf(&s, "%s%.*s:%u", i ? " " : "", STR_ARG(list.at[i]->source), list.at[i]->line);
	printed = str_c(a, text_str(&s));
	text_release(&s);
	return printed;
}

enum way { SEARCH, EXPECTED, SINGLE, ARCHIVE, ARCHIVE_CACHED, ARCHIVE_SINGLE, WAYS };

static void
names(void **state)
{
	static const struct { const char *bus, *name, *want; } cases[] = {
		{ "pci", "plain", "drivers/a/plain.c:8" }, { "pci", "not this", "" }, { "pci", "comment", "" },
		{ "pci", "line comment", "" }, { "pci", "quoted", "" }, { "usb", "plain", "" }, { "", "plain", "drivers/a/plain.c:8" },
		{ "platform", "nested", "drivers/a/nested.c:5" }, { "i2c", "dotted", "drivers/a/nested.c:8" },
		{ "mmc", "blk", "drivers/a/nested.c:9" }, { "mdio_bus", "Phy One", "drivers/a/nested.c:11" },
		{ "mdio_bus", "Phy Two", "drivers/a/nested.c:12" }, { "mdio_bus", "Phy Three", "drivers/a/nested.c:13" },
		{ "mdio_bus", "Phy Four", "drivers/a/nested.c:14" }, { "usb-serial", "second", "drivers/b/named.c:8" },
		{ "usb-serial", "first", "drivers/b/named.c:9" },
		{ "", "plainly", "" }, { "", "vendor", "" }, { "", "lost", "" }, { "mdio_bus", "no name", "" }, { "mdio_bus", "not", "" },
		{ "spi", "macro", "drivers/a/macro.c:4" }, { "spi", "macro-long", "drivers/a/macro.c:5" },
		{ "spi", "from-header", "drivers/a/macro.c:6" }, { "spi", "deep", "drivers/a/macro.c:7" },
		{ "pnp", "in header", "drivers/a/macro.c:4 drivers/b/strings.c:4" },
		{ "pci", "strings", "drivers/b/strings.c:5" }, { "usb", "other", "drivers/b/strings.c:6" },
		{ "usb", "far", "drivers/b/strings.c:7" },
		{ "cpu", "onbus", "drivers/b/bus.c:1" }, { "pnp", "before", "drivers/b/bus.c:2" },
		{ "anything", "own", "drivers/b/bus.c:3" }, { "anything", "assigned", "drivers/b/bus.c:5" },
		{ "faux", "reg-dummy", "drivers/b/faux.c:3" }, { "faux", "from macro", "drivers/b/faux.c:4" },
		{ "platform", "reg-dummy", "" }, { "", "reg-dummy", "drivers/b/faux.c:3" }, { "", "name", "" },
		{ "", "drm", "" }, { "", "", "" }, { "", "KBUILD_MODNAME", "" },
		{ "pci", "two-parts", "drivers/c/parts.c:4" }, { "pci", "two", "" }, { "pci", "-parts", "" },
		{ "pci", "far-own", "drivers/c/parts.c:5" }, { "pci", "far-own-end", "drivers/c/parts.c:6" },
		{ "pci", "far--end", "drivers/c/parts.c:7" }, { "pci", "own-end", "drivers/c/parts.c:8" },
		{ "pci", "far--endmid", "drivers/c/parts.c:9" }, { "pci", "emptied", "drivers/c/parts.c:10" },
		{ "pci", "head-tail", "drivers/c/parts.c:11" }, { "pci", "lower", "" }, { "pci", "open };", "" },
		{ "pci", "slash!ed", "drivers/c/parts.c:13" }, { "auxiliary", "some.module.mid", "drivers/c/parts.c:14" },
		{ "pci", "odd", "drivers/c/parts.c:15" }, { "pci", "far-", "" },
		{ "usb", "of source", "drivers/c/source.c:2" }, { "", "of source-s", "" },
	};
	struct driver_query all[sizeof(cases) / sizeof(*cases)];
	struct str sources[FILES];
	size_t n = 0;
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		all[i] = (struct driver_query){ str_from(cases[i].bus), str_from(cases[i].name) };
	for (size_t i = 0; i < FILES; i++)
		if (str_ends(str_from(files[i].path), STR(".c")))
			sources[n++] = str_from(files[i].path);
	for (int way = 0; way < WAYS; way++) {
		struct diag d;
		struct tree *t;
		struct driver_table *table = open_table(way < ARCHIVE ? dir : tarball, &a, &d, &t);

		if (way == EXPECTED)
			driver_expect(table, all, sizeof(all) / sizeof(*all));
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct str bus = str_from(cases[i].bus), name = str_from(cases[i].name);
			bool single = way == SINGLE || way == ARCHIVE_SINGLE;
			const char *got;

			if (single && str_is(name, "KBUILD_MODNAME"))
				continue; /* it means something there */
			if (way < SINGLE && str_is(bus, "usb-serial"))
				continue; /* made of "#vendor", which no text says */
			got = print_list(&a, single ? driver_find_in(table, sources, n, true, bus, name, &a)
			                                        : driver_find(table, bus, name, &a));

			if (strcmp(got, cases[i].want) != 0)
				fail_msg("way %d: %s \"%s\": \"%s\", want \"%s\"", way, cases[i].bus, cases[i].name, got, cases[i].want);
		}
		assert_string_equal(print_list(&a, driver_find(table, STR("spi"), STR(DRIVER_UNREAD), &a)), "");
		if (way == SINGLE || way == ARCHIVE_SINGLE)
			assert_string_equal(print_list(&a, driver_find_in(table, sources, n, true, STR("spi"), STR(DRIVER_UNREAD), &a)),
			                    "drivers/a/macro.c:8 drivers/a/macro.c:9");
		if (way == SINGLE) {
			assert_string_equal(print_list(&a, driver_find_in(table, sources, n, false, STR("pnp"), STR("in header"), &a)), "");
			assert_string_equal(print_list(&a, driver_find_in(table, sources, n, false, STR("spi"), STR("from-header"), &a)),
			                    "drivers/a/macro.c:6");
		}
		assert_int_equal(d.errors, 0);
		driver_table_close(table);
		tree_close(t);
	}
	arena_release(&a);
}

/* Only what is asked for is read, once, and only it answers. */
static void
singles(void **state)
{
	const struct str sources[] = { STR("drivers/a/plain.c"), STR("drivers/a/none.c"), STR("../x.c") };
	struct arena a = { 0 };
	struct diag d;
	struct tree *t;
	struct driver_table *table;

	(void)state;
	for (int archive = 0; archive < 2; archive++) {
		table = open_table(archive ? tarball : dir, &a, &d, &t);
		for (int i = 0; i < 2; i++) {
			assert_string_equal(print_list(&a, driver_find_in(table, sources, 3, true, STR("pci"), STR("plain"), &a)), "drivers/a/plain.c:8");
			assert_int_equal(driver_find_in(table, sources, 3, true, STR(""), STR("dotted"), &a).len, 0);
			assert_int_equal(driver_find_in(table, sources + 1, 2, true, STR(""), STR("plain"), &a).len, 0);
			assert_int_equal(driver_find_in(table, NULL, 0, true, STR(""), STR("plain"), &a).len, 0);
		}
		assert_true(archive || tree_files_read(t) == 1);
		driver_table_close(table);
		tree_close(t);
	}
	arena_release(&a);
}

/* A damaged cache: the archive is read again. */
static void
damages(void **state)
{
	struct arena a = { 0 };
	struct str *found, cache, bytes;
	size_t n;

	(void)state;
	cache = cache_dir(&a, "drivers", false);
	assert_int_equal(dir_files(&a, str_c(&a, cache), &found, &n), 0);
	assert_int_equal(n, 1);
	cache = path_join(&a, cache, found[0]);
	assert_int_equal(file_read(&a, cache.at, &bytes), 0);
	for (size_t i = 0; i < bytes.len; i += 37) {
		char *bad = str_c(&a, bytes);
		struct driver_table *table;
		struct diag d;
		struct tree *t;

		bad[i] ^= 1;
		assert_int_equal(file_write(cache.at, (struct str){ bad, bytes.len }), 0);
		table = open_table(tarball, &a, &d, &t);
		assert_string_equal(print_list(&a, driver_find(table, STR("spi"), STR("deep"), &a)), "drivers/a/macro.c:7");
		driver_table_close(table);
		tree_close(t);
	}
	arena_release(&a);
}

/* What paths say. */
static void
likely(void **state)
{
	const struct str paths[] = {
		STR("drivers/acpi/thermal"), STR("drivers/acpi/ec"), STR("drivers/input/serio/i8042"),
		STR("drivers/input/serio/serio"), STR("drivers/tty/serial/8250/8250_platform"),
		STR("drivers/tty/serial/8250/8250_pci"), STR("drivers/thermal/intel/acpi_x"),
	};
	static const struct { const char *bus, *name; size_t max; const char *want; } cases[] = {
		{ "acpi", "ec", 1, "1" }, { "acpi", "thermal", 3, "0 6 1" }, { "acpi", "thermal", 2, "0 6" }, { "pnp", "I8042 aux", 1, "2" },
		{ "platform", "serial8250", 2, "4 5" }, { "pci", "serial", 1, "5" }, { "", "", 3, "" }, { "none", "such", 3, "" },
		{ "serio", "other", 5, "3 2" }, { "acpi", "ec", 0, "" },
	};
	struct arena a = { 0 };
	struct likely *l = likely_new(paths, sizeof(paths) / sizeof(*paths), &a);
	size_t out[8];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = likely_find(l, str_from(cases[i].bus), str_from(cases[i].name), out, cases[i].max);
		struct text s = { 0 };

		text_add_c(&s, "");
		for (size_t j = 0; j < n; j++)
			text_addf(&s, "%s%zu", j ? " " : "", out[j]);
		if (!str_is(text_str(&s), cases[i].want))
			fail_msg("%s \"%s\": \"%.*s\", want \"%s\"", cases[i].bus, cases[i].name, STR_ARG(text_str(&s)), cases[i].want);
		text_release(&s);
	}
	assert_int_equal(likely_find(likely_new(NULL, 0, &a), STR("a"), STR("b"), out, 8), 0);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(damages),
		cmocka_unit_test(singles),
		cmocka_unit_test(likely),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
