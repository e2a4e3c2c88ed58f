// SPDX-License-Identifier: GPL-2.0-or-later
/* base/tree.c: directories and tarballs made here, hostile ones included, and the cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/file.h"
#include "base/tree.h"

/* What an archive or a directory is made of. */
struct item {
	const char *path;
	char kind;            /* 'f', 'd', 'l' symbolic link, 'h' hard link */
	const char *text;     /* content or target */
};

static const struct item kernel[] = {
	{ "k", 'd', NULL },
	{ "k/Makefile", 'f', "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION = -rc1\n" },
	{ "k/Kconfig", 'f', "mainmenu \"x\"\n" },
	{ "k/drivers/net-x/Kconfig", 'f', "net-x" },
	{ "k/drivers/net/Kconfig", 'f', "net" },
	{ "k/drivers/net/a.c", 'f', "int a;\n" },
	{ "k/drivers/net.c", 'f', "int n;\n" },
	{ "k/scripts/up", 'l', "../drivers" },
	{ "k/scripts/out", 'l', "../../etc" },
	{ "k/scripts/abs", 'l', "/etc/passwd" },
	{ "k/scripts/loop", 'l', "loop" },
	{ "k/scripts/same", 'h', "k/drivers/net/Kconfig" },
	{ "k/scripts/run.sh", 'f', "echo\n" },
};
enum { KERNEL = sizeof(kernel) / sizeof(*kernel) };

static char dir[64];

static char *
in_dir(const char *name)
{
	static char path[4][1024];
	static int turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(*path), "%s/%s", dir, name);
	return p;
}

static void
add(struct archive *a, const struct item *it)
{
	struct archive_entry *e = archive_entry_new();
	size_t len = it->kind == 'f' ? strlen(it->text) : 0;

	archive_entry_set_pathname(e, it->path);
	archive_entry_set_mode(e, it->kind == 'd' ? S_IFDIR | 0755 : it->kind == 'l' ? S_IFLNK | 0777 : S_IFREG | 0644);
	archive_entry_set_size(e, (int64_t)len);
	if (it->kind == 'l')
		archive_entry_set_symlink(e, it->text);
	if (it->kind == 'h')
		archive_entry_set_hardlink(e, it->text);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	if (len)
		assert_int_equal(archive_write_data(a, it->text, len), len);
	archive_entry_free(e);
}

/* An archive of the kernel above and some more. */
static char *
make_archive(const char *name, int filter, const struct item *more, size_t n)
{
	struct archive *a = archive_write_new();
	char *path = in_dir(name);

	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter(a, filter);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	for (size_t i = 0; i < KERNEL; i++)
		add(a, &kernel[i]);
	for (size_t i = 0; i < n; i++)
		add(a, &more[i]);
	archive_write_close(a);
	archive_write_free(a);
	return path;
}

/* Makes the header of one file of a plain tar claim eight gigabytes. */
static void
claim_huge(const char *path, const char *name)
{
	struct arena a = { 0 };
	struct str all;
	unsigned sum = 0;
	char *block;

	assert_int_equal(file_read(&a, path, &all), 0);
	block = str_c(&a, all) + str_find(all, str_from(name));
	memcpy(block + 124, "77777777777", 12);
	memset(block + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	assert_int_equal(file_write(path, (struct str){ block - str_find(all, str_from(name)), all.len }), 0);
	arena_release(&a);
}

/* The same below a real directory; missing parents are made. */
static char *
make_directory(const char *name)
{
	char *top = in_dir(name), path[512], command[1024];

	mkdir(top, 0755);
	for (size_t i = 0; i < KERNEL; i++) {
		snprintf(path, sizeof(path), "%s/%s", top, kernel[i].path);
		snprintf(command, sizeof(command), "mkdir -p '%.*s'", (int)(strrchr(path, '/') - path), path);
		assert_int_equal(system(command), 0);
		if (kernel[i].kind == 'f')
			assert_int_equal(file_write(path, str_from(kernel[i].text)), 0);
		else if (kernel[i].kind == 'l')
			assert_int_equal(symlink(kernel[i].text, path), 0);
		else if (kernel[i].kind == 'h')
			assert_int_equal(file_write(path, STR("net")), 0);
	}
	snprintf(path, sizeof(path), "%s/k", name);
	return in_dir(path);
}

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/derpconfig-tree-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	return setenv("XDG_CACHE_HOME", in_dir("cache"), 1);
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static const char *
joined(struct name_list list)
{
	static char buf[512];

	buf[0] = '\0';
	for (size_t i = 0; i < list.len; i++)
		snprintf(buf + strlen(buf), sizeof(buf) - strlen(buf), "%s%.*s", i ? " " : "", STR_ARG(list.at[i]));
	return buf;
}

static void
collect(void *ctx, struct str path, struct str text)
{
	text_addf(ctx, "%.*s=%.*s", STR_ARG(path), STR_ARG(text));
}

static bool
is_source(void *ctx, struct str path)
{
	(void)ctx;
	return str_ends(path, STR(".c"));
}

/* Closes it. */
static void
check_tree(struct tree *t, const char *path)
{
	static const struct { const char *path, *text; } reads[] = {
		{ "Kconfig", "mainmenu \"x\"\n" }, { "./drivers//net/Kconfig", "net" }, { "drivers/x/../net-x/Kconfig", "net-x" },
		{ "scripts/up/net/Kconfig", "net" }, { "scripts/same", "net" }, { "scripts/run.sh", "echo\n" },
		{ "scripts/out/passwd", NULL }, { "scripts/abs", NULL }, { "scripts/loop", NULL }, { "scripts/loop/x", NULL },
		{ "../k/Kconfig", NULL }, { "/etc/passwd", NULL }, { "drivers", NULL }, { "none", NULL }, { "Kconfig/x", NULL },
		{ "", NULL },
	};
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct tree_sink sink = { is_source, collect, &(struct text){ 0 }, NULL };
	struct name_list list;
	struct str got, again;

	assert_true(str_is(tree_version(t), "6.12.3-rc1"));
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		bool there = tree_read(t, str_from(reads[i].path), &got);

		if (there != !!reads[i].text || (there && !str_is(got, reads[i].text)))
			fail_msg("%s: \"%s\": %s", path, reads[i].path, there ? got.at : "not there");
		if (there && tree_read(t, str_from(reads[i].path), &again))
			assert_ptr_equal(got.at, again.at);
	}
	assert_true(tree_list(t, STR(""), &list));
	assert_string_equal(joined(list), "Kconfig Makefile drivers scripts");
	assert_true(tree_list(t, STR("drivers/"), &list));
	assert_string_equal(joined(list), "net net-x net.c");
	assert_true(tree_list(t, STR("scripts/up/net"), &list));
	assert_string_equal(joined(list), "Kconfig a.c");
	assert_false(tree_list(t, STR("Kconfig"), &list) || tree_list(t, STR("scripts/out"), &list));
	assert_true(tree_is_dir(t, STR("drivers/net")) && tree_is_dir(t, STR("")) && !tree_is_dir(t, STR("Kconfig")));
	assert_true(tree_exists(t, STR("drivers/net/a.c")) && !tree_exists(t, STR("scripts/abs")));
	assert_int_equal(tree_size(t, STR("drivers/net/a.c")), 7);
	assert_int_equal(tree_size(t, STR("drivers/net")), -1);
	assert_true(tree_each(t, &sink, &d));
	assert_true(str_find(text_str(sink.ctx), STR("drivers/net/a.c=int a;\n")) < ((struct text *)sink.ctx)->len);
	assert_int_equal(((struct text *)sink.ctx)->len, strlen("drivers/net/a.c=int a;\ndrivers/net.c=int n;\n"));
	text_release(sink.ctx);
	tree_close(t);
	arena_release(&a);
}

static void
check_kernel(const char *path, unsigned flags)
{
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct tree *t = tree_open(path, flags, &d), *again;

	diag_print(&d, stderr);
	assert_non_null(t);
	assert_int_equal(d.errors, 0);
	again = tree_again(t);
	assert_true(!again == tree_is_archive(t));
	check_tree(t, path);
	if (again)
		check_tree(again, path); /* the other one is gone */
	arena_release(&a);
}

static void
same_answers(void **state)
{
	static const struct { const char *name; int filter; } packed[] = {
		{ "k.tar", ARCHIVE_FILTER_NONE }, { "k.tar.gz", ARCHIVE_FILTER_GZIP },
		{ "k.tar.xz", ARCHIVE_FILTER_XZ }, { "k.tar.zst", ARCHIVE_FILTER_ZSTD },
	};

	(void)state;
	check_kernel(make_directory("plain"), 0);
	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++) {
		char *path = make_archive(packed[i].name, packed[i].filter, NULL, 0);

		check_kernel(path, TREE_NO_CACHE);
		check_kernel(path, 0); /* makes the cache */
		check_kernel(path, 0); /* reads it */
	}
}

/* Returns the errors and warnings; the tree's answer to one path is compared. */
static struct diag
try_open(const char *path, const char *ask, const char *want)
{
	static struct arena a;
	struct diag d = { .keep = &a };
	struct tree *t = tree_open(path, TREE_NO_CACHE, &d);
	struct str got = { 0 };

	if (!t != !!d.errors)
		fail_msg("%s: %zu errors", path, d.errors);
	if (t && ask && (tree_read(t, str_from(ask), &got) != !!want || (want && !str_is(got, want))))
		fail_msg("%s: \"%s\" is %s", path, ask, got.at ? got.at : "not there");
	tree_close(t);
	return d;
}

static void
hostile(void **state)
{
	char deep[2100];
	struct item outside[] = { { "../evil/Kconfig", 'f', "x" }, { "k/../../evil/Kconfig", 'f', "x" },
	                          { "/etc/Kconfig", 'f', "x" }, { deep, 'f', "x" } };
	struct item huge[] = { { "k/Kconfig.huge", 'f', "x" } };
	char *path;
	struct item twice[] = { { "k/Kconfig", 'f', "second\n" }, { "k/drivers", 'l', "/etc" } };
	struct item other[] = { { "pax/x", 'f', "" } };
	struct diag d;

	(void)state;
	memset(deep, 'd', sizeof(deep));
	for (size_t i = 1; i < sizeof(deep); i += 2)
		deep[i] = '/';
	strcpy(deep + sizeof(deep) - 2, "x");
	d = try_open(make_archive("outside.tar.gz", ARCHIVE_FILTER_GZIP, outside, 4), "../evil/Kconfig", NULL);
	assert_int_equal(d.errors, 0);
	assert_int_equal(d.warnings, 1); /* four entries, one line */
	path = make_archive("huge.tar", ARCHIVE_FILTER_NONE, huge, 1);
	claim_huge(path, "k/Kconfig.huge");
	assert_int_equal(try_open(path, NULL, NULL).errors, 1);
	try_open(make_archive("twice.tar", ARCHIVE_FILTER_NONE, twice, 2), "Kconfig", "second\n");
	try_open(make_archive("twice.tar", ARCHIVE_FILTER_NONE, twice, 2), "drivers/net/Kconfig", "net");
	d = try_open(make_archive("other.tar", ARCHIVE_FILTER_NONE, other, 1), NULL, NULL);
	assert_int_equal(d.errors, 1); /* two top directories */
}

/* A Kconfig of zeros: 30 MB in a file of a few kB. */
static void
bomb(void **state)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	static char zeros[1 << 20];
	char *path = in_dir("bomb.tar.zst");

	(void)state;
	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter_zstd(a);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	archive_entry_set_pathname(e, "k/Kconfig");
	archive_entry_set_mode(e, S_IFREG | 0644);
	archive_entry_set_size(e, 30 << 20);
	archive_write_header(a, e);
	for (int i = 0; i < 30; i++)
		archive_write_data(a, zeros, sizeof(zeros));
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);
	assert_int_equal(try_open(path, NULL, NULL).errors, 1);
}

static void
damaged(void **state)
{
	char *path = make_archive("whole.tar.xz", ARCHIVE_FILTER_XZ, NULL, 0), *cut = in_dir("cut.tar.xz");
	struct arena a = { 0 };
	struct str whole;

	(void)state;
	assert_int_equal(file_read(&a, path, &whole), 0);
	for (size_t n = 0; n + 8 < whole.len; n += 13) {
		assert_int_equal(file_write(cut, str_take(whole, n)), 0);
		assert_int_equal(try_open(cut, NULL, NULL).errors, 1);
	}
	assert_int_equal(file_write(cut, STR("\x7f" "ELF no archive at all")), 0);
	assert_int_equal(try_open(cut, NULL, NULL).errors, 1);
	assert_int_equal(try_open("/nonexistent", NULL, NULL).errors, 1);
	assert_int_equal(try_open("/dev/null", NULL, NULL).errors, 1);
	assert_int_equal(try_open("/etc", NULL, NULL).errors, 1);
	arena_release(&a);
}

/* Every byte of the cache file wrong in turn: each is noticed, and the answer stays right. */
static void
damaged_cache(void **state)
{
	struct arena a = { 0 };
	char *path = make_archive("cached.tar", ARCHIVE_FILTER_NONE, NULL, 0);
	struct str key = archive_key(&a, path), bytes, pack;
	struct tree_index x;

	(void)state;
	check_kernel(path, 0);
	pack = str_format(&a, "%s/derpconfig/trees/%.*s.pack", in_dir("cache"), STR_ARG(key));
	assert_int_equal(file_read(&a, pack.at, &bytes), 0);
	assert_true(pack_read(&a, bytes, key, &x));
	assert_false(pack_read(&a, bytes, STR("0123456789abcdef0123456789abcdef"), &x));
	for (size_t i = 0; i < bytes.len; i++) {
		struct str bad = str_copy(&a, bytes);
		char *at = a.at - bytes.len - 1;

		at[i] ^= 0x10;
		if (bad.at != at || pack_read(&a, bad, key, &x))
			fail_msg("byte %zu is not noticed", i);
	}
	assert_int_equal(file_write(pack.at, str_take(bytes, bytes.len / 2)), 0);
	check_kernel(path, 0);
	assert_int_equal(file_read(&a, pack.at, &pack), 0);
	assert_true(str_eq(pack, bytes)); /* made again */
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_answers),
		cmocka_unit_test(hostile),
		cmocka_unit_test(bomb),
		cmocka_unit_test(damaged),
		cmocka_unit_test(damaged_cache),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
