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
	  "static struct phy_driver list[] = {\n{ PHY_ID(1), .name = \"Phy One\" },\n{ .name = \"Phy Two\", },\n};\n" },
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
	{ "drivers/b/faux.c",
	  "#define FAUX_NAME \"from macro\"\n"
	  "struct faux_device *faux_device_create(const char *name, struct device *parent, const struct faux_device_ops *);\n"
	  "int f(void) { dev = faux_device_create(\"reg-dummy\", NULL, &ops);\n"
	  "\tother = faux_device_create_with_groups(FAUX_NAME, NULL, NULL, groups); }\n" },
	{ "drivers/b/broken.c", "struct pci_driver x = { .name = \"unterminated }\n{{{{{{{{{{{{{{{{{{{{{ .name = \"deep" },
};
enum { FILES = sizeof(files) / sizeof(*files) };

static char dir[64];

static int
setup(void **state)
{
	char command[256], path[256];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/derpconfig-driver-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(command, sizeof(command), "mkdir -p %s/drivers/a %s/drivers/b %s/include/linux", dir, dir, dir);
	if (system(command))
		return -1;
	for (size_t i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].path);
		if (file_write(path, str_from(files[i].text)) < 0)
			return -1;
	}
	snprintf(path, sizeof(path), "%s-cache", dir);
	return setenv("XDG_CACHE_HOME", path, 1);
}

static int
teardown(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s' '%s-cache'", dir, dir);
	return system(command);
}

static struct driver_table *
open_table(struct arena *a, struct tree **t)
{
	struct diag d = { .keep = a };
	struct driver_table *table;

	*t = tree_open(dir, 0, &d);
	assert_non_null(*t);
	table = driver_table_open(*t, &d);
	assert_int_equal(d.errors, 0);
	return table;
}

static void
names(void **state)
{
	static const struct { const char *bus, *name, *want; } cases[] = {
		{ "pci", "plain", "drivers/a/plain.c:8" }, { "pci", "not this", "" }, { "pci", "comment", "" },
		{ "pci", "line comment", "" }, { "pci", "quoted", "" }, { "usb", "plain", "" }, { "", "plain", "drivers/a/plain.c:8" },
		{ "platform", "nested", "drivers/a/nested.c:5" }, { "i2c", "dotted", "drivers/a/nested.c:8" },
		{ "mmc", "blk", "drivers/a/nested.c:9" }, { "mdio_bus", "Phy One", "drivers/a/nested.c:11" },
		{ "mdio_bus", "Phy Two", "drivers/a/nested.c:12" },
		{ "spi", "macro", "drivers/a/macro.c:4" }, { "spi", "macro-long", "drivers/a/macro.c:5" },
		{ "spi", "from-header", "drivers/a/macro.c:6" }, { "spi", "deep", "drivers/a/macro.c:7" },
		{ "pnp", "in header", "drivers/a/macro.c:4 drivers/b/strings.c:4" },
		{ "pci", "strings", "drivers/b/strings.c:5" }, { "usb", "other", "drivers/b/strings.c:6" },
		{ "usb", "far", "drivers/b/strings.c:7" },
		{ "cpu", "onbus", "drivers/b/bus.c:1" }, { "pnp", "before", "drivers/b/bus.c:2" },
		{ "anything", "own", "drivers/b/bus.c:3" }, { "anything", "assigned", "drivers/b/bus.c:5" },
		{ "faux", "reg-dummy", "drivers/b/faux.c:3" }, { "faux", "from macro", "drivers/b/faux.c:4" },
		{ "platform", "reg-dummy", "" }, { "", "reg-dummy", "drivers/b/faux.c:3" }, { "", "name", "" },
		{ "", "drm", "" }, { "", "", "" },
	};
	struct arena a = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) { /* scanned, then from the cache */
		struct tree *t;
		struct driver_table *table = open_table(&a, &t);

		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct driver_list got = driver_find(table, str_from(cases[i].bus), str_from(cases[i].name), &a);
			struct text s = { 0 };

			text_add_c(&s, "");
			for (size_t j = 0; j < got.len; j++)
				text_addf(&s, "%s%.*s:%u", j ? " " : "", STR_ARG(got.at[j]->source), got.at[j]->line);
			if (!str_is(text_str(&s), cases[i].want))
				fail_msg("round %d: %s \"%s\": \"%.*s\", want \"%s\"", round, cases[i].bus, cases[i].name,
				         STR_ARG(text_str(&s)), cases[i].want);
			text_release(&s);
		}
		assert_true(round == 0 || tree_files_read(t) == 0);
		driver_table_close(table);
		tree_close(t);
	}
	arena_release(&a);
}

/* A changed header, and a damaged cache: the table is made again. */
static void
changes(void **state)
{
	struct arena a = { 0 };
	struct str header = str_format(&a, "%s/drivers/b/deep.h", dir), cache, bytes;
	struct driver_table *table;
	struct tree *t;
	FILE *find;
	char path[256] = "", command[256];

	(void)state;
	assert_int_equal(file_write(header.at, STR("#define DEEP \"deeper\"\n")), 0);
	table = open_table(&a, &t);
	assert_int_equal(driver_find(table, STR("spi"), STR("deeper"), &a).len, 1);
	assert_int_equal(driver_find(table, STR("spi"), STR("deep"), &a).len, 0);
	driver_table_close(table);
	tree_close(t);
	snprintf(command, sizeof(command), "find %s-cache -type f", dir);
	find = popen(command, "r");
	assert_non_null(find);
	assert_non_null(fgets(path, sizeof(path), find));
	pclose(find);
	path[strcspn(path, "\n")] = '\0';
	cache = str_from(path);
	assert_int_equal(file_read(&a, cache.at, &bytes), 0);
	for (size_t i = 0; i < bytes.len; i += 37) {
		struct str bad = str_copy(&a, bytes);

		memset(a.at - bytes.len - 1 + i, 'x', 1);
		assert_int_equal(file_write(cache.at, bad), 0);
		table = open_table(&a, &t);
		assert_int_equal(driver_find(table, STR("spi"), STR("deeper"), &a).len, 1);
		driver_table_close(table);
		tree_close(t);
	}
	arena_release(&a);
}

/* Overwrites a file where it stands, so that its directory does not change. */
static void
overwrite(struct arena *a, const char *path, const char *text)
{
	FILE *f = fopen(str_format(a, "%s/%s", dir, path).at, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static const struct change {
	const char *about;
	const char *path, *text;      /* text NULL: the file goes */
	bool renamed;                 /* written beside and renamed, as editors do */
	const char *ask, *want;       /* on bus pci */
	bool read;                    /* sources are read again */
} change_list[] = {
	{ "nothing", NULL, NULL, false, "plain", "drivers/a/plain.c:8", false },
	{ "nothing, a name that is not there", NULL, NULL, false, "none", "", false },
	{ "another file is of no concern", "drivers/b/bus.c", "static struct pci_driver x = { .name = \"late\" };\n", false,
	  "plain", "drivers/a/plain.c:8", false },
	{ "a name that was not there", NULL, NULL, false, "late", "drivers/b/bus.c:1", true },
	{ "the driver's own file", "drivers/a/plain.c", "static struct pci_driver x = {\n .name = \"plain\" };\n", false,
	  "plain", "drivers/a/plain.c:2", true },
	{ "its name goes", "drivers/a/plain.c", "static struct pci_driver x = { .name = \"other\" };\n", false,
	  "plain", "", true },
	{ "a macro in a header", "include/linux/far.h", "#define FAR_NAME \"near\"\n", false, "far", "", true },
	{ "the same header", NULL, NULL, false, "near", "drivers/b/strings.c:5", false },
	{ "a file comes", "drivers/a/new.c", "static struct pci_driver x = { .name = \"late\" };\n", true,
	  "late", "drivers/a/new.c:1 drivers/b/bus.c:1", true },
	{ "a file goes", "drivers/a/new.c", NULL, false, "late", "drivers/b/bus.c:1", true },
	{ "an object comes", "drivers/a/plain.o", "object", true, "late", "drivers/b/bus.c:1", false },
};

/* One after the other, each with a table of its own from the cache. */
static void
edits(void **state)
{
	struct arena a = { 0 };

	(void)state;
	/* the name that this test asks of a header, on the bus it asks for */
	overwrite(&a, "drivers/b/strings.c", "#include <linux/far.h>\n\n\n\nstatic struct pci_driver s3 = { .name = FAR_NAME };\n");
	for (size_t i = 0; i < sizeof(change_list) / sizeof(*change_list); i++) {
		const struct change *c = &change_list[i];
		struct driver_table *table;
		struct driver_list got;
		struct text s = { 0 };
		struct tree *t;

		if (!i) { /* the table that all this begins with */
			table = open_table(&a, &t);
			driver_find(table, STR(""), STR("no such name"), &a);
			driver_table_close(table);
			tree_close(t);
		}
		if (c->path && !c->text)
			assert_int_equal(unlink(str_format(&a, "%s/%s", dir, c->path).at), 0);
		else if (c->path && c->renamed)
			assert_int_equal(file_write(str_format(&a, "%s/%s", dir, c->path).at, str_from(c->text)), 0);
		else if (c->path)
			overwrite(&a, c->path, c->text);
		table = open_table(&a, &t);
		got = driver_find(table, STR("pci"), str_from(c->ask), &a);
		text_add_c(&s, "");
		for (size_t j = 0; j < got.len; j++)
			text_addf(&s, "%s%.*s:%u", j ? " " : "", STR_ARG(got.at[j]->source), got.at[j]->line);
		if (!str_is(text_str(&s), c->want))
			fail_msg("%s: \"%.*s\", want \"%s\"", c->about, STR_ARG(text_str(&s)), c->want);
		if ((tree_files_read(t) > 0) != c->read)
			fail_msg("%s: sources were %sread again", c->about, c->read ? "not " : "");
		text_release(&s);
		driver_table_close(table);
		tree_close(t);
	}
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(edits),
		cmocka_unit_test(changes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
