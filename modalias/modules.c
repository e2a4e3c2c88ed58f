// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a lib/modules/VERSION directory: what modules there are, what they need, what they claim. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "modalias/index.h"

struct str
module_name(struct arena *keep, struct str name)
{
	char *copy = str_c(keep, name);

	for (size_t i = 0; i < name.len; i++)
		if (copy[i] == '-')
			copy[i] = '_';
	return (struct str){ copy, name.len };
}

struct str
module_path(struct str path)
{
	size_t base = path.len - path_base(path).len, ko = base + str_find(str_drop(path, base), STR(".ko"));

	return ko < path.len ? str_take(path, ko + 3) : path;
}

/* The module's name from its path: "kernel/drivers/x/y-z.ko.xz" -> "y_z". */
static struct str
name_of_path(struct arena *keep, struct str path)
{
	struct str base = path_base(module_path(path));

	return module_name(keep, str_ends(base, STR(".ko")) ? str_take(base, base.len - 3) : base);
}

struct str
alias_normal(struct arena *keep, struct str pattern)
{
	char *copy;
	bool bracket = false;

	if (!str_has(pattern, '-') && !pattern.at[pattern.len])
		return pattern;
	copy = str_c(keep, pattern);
	for (size_t i = 0; i < pattern.len; i++) {
		if (copy[i] == '[')
			bracket = true;
		else if (copy[i] == ']')
			bracket = false;
		else if (copy[i] == '-' && !bracket)
			copy[i] = '_';
	}
	return (struct str){ copy, pattern.len };
}

/* One of libkmod's binary indexes as the text that depmod would have written. */
static int
read_index(struct modules *m, enum kmod_index which, struct str *out)
{
	int fd = memfd_create("index", MFD_CLOEXEC), r;
	char *path;

	if (fd < 0)
		return -errno;
	r = kmod_dump_index(m->kmod, which, fd);
	if (r >= 0) {
		path = str_c(&m->keep, str_format(&m->keep, "/proc/self/fd/%d", fd));
		r = file_read(&m->keep, path, out);
	}
	close(fd);
	return r < 0 ? r : 0;
}

static int
read_text(struct modules *m, const char *name, struct str *out)
{
	return file_read(&m->keep, str_format(&m->keep, "%s/%s", m->dir, name).at, out);
}

/* The text file that depmod wrote or, where only the binary one was installed, that one's content. */
static bool
read_table(struct modules *m, const char *name, enum kmod_index which, struct str *out, struct diag *d)
{
	int r = read_text(m, name, out);

	if (r < 0 && read_index(m, which, out) == 0 && out->len)
		return true;
	if (r < 0)
		diag_error(d, str_from(m->dir), 0, "no usable %s: %s; give a lib/modules/VERSION directory to --modules, "
		           "or run 'depmod -b ROOT VERSION' where the modules are freshly unpacked", name, strerror(-r));
	return r == 0;
}

static struct entry *
entry_add(struct modules *m, struct str path, bool builtin)
{
	struct str name = name_of_path(&m->keep, path);
	void **slot;
	struct entry *e;

	if (!name.len)
		return NULL;
	slot = map_put(&m->names, &m->keep, name);
	if (*slot)
		return NULL;
	*slot = e = NEW(&m->keep, struct entry);
	e->module = (struct module){ name, str_copy(&m->keep, module_path(path)), builtin };
	return e;
}

/* Under a name as it is, or with '_' for '-'. */
static struct entry *
entry_find(const struct modules *m, struct str name)
{
	struct entry *e = map_get(&m->names, name);
	char spelled[NAME_MAX + 1];

	if (e || name.len > NAME_MAX || !str_has(name, '-'))
		return e;
	for (size_t i = 0; i < name.len; i++)
		spelled[i] = name.at[i] == '-' ? '_' : name.at[i];
	return map_get(&m->names, (struct str){ spelled, name.len });
}

/* modules.dep: "path: dependency dependency..." */
static void
parse_dep(struct modules *m, struct str text)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		size_t colon = str_index(line, ':');
		struct entry *e;

		if (!line.len || line.at[0] == '#' || colon == line.len)
			continue;
		e = entry_add(m, str_trim(str_take(line, colon)), false);
		if (e)
			e->depends = str_trim(str_drop(line, colon + 1));
	}
}

static void
parse_builtin(struct modules *m, struct str text)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (line.len && line.at[0] != '#')
			entry_add(m, line, true);
	}
}

static void
alias_add(struct modules *m, struct str pattern, struct str name, bool builtin)
{
	struct entry *e = entry_find(m, name);
	struct alias a = { { 0 }, { 0 }, e ? &e->module : NULL, builtin };

	if (!e || !pattern.len || memchr(pattern.at, '\0', pattern.len))
		return;
	a.pattern = str_copy(&m->keep, pattern);
	a.normal = alias_normal(&m->keep, a.pattern);
	vec_push(&m->keep, &e->aliases, m->aliases.len);
	vec_push(&m->keep, &m->aliases, a);
}

/* modules.alias: "alias PATTERN MODULE"; a pattern may hold blanks, the name may not. */
static void
parse_alias(struct modules *m, struct str text)
{
	struct str line, word;

	while (str_next_line(&text, &line)) {
		size_t blank;

		if (!str_next_word(&line, &word) || !str_is(word, "alias"))
			continue;
		line = str_trim(line);
		blank = str_rindex(line, ' ');
		if (blank < line.len)
			alias_add(m, str_trim(str_take(line, blank)), str_drop(line, blank + 1), false);
	}
	m->files = m->aliases.len;
}

/* modules.builtin.modinfo: "module.key=value" entries that end in NUL. */
static void
parse_modinfo(struct modules *m, struct str text)
{
	struct str entry;

	while (str_next_part(&text, '\0', &entry)) {
		size_t equals = str_index(entry, '='), dot = str_index(entry, '.');

		if (dot < equals && str_eq(str_take(str_drop(entry, dot + 1), equals - dot - 1), STR("alias")))
			alias_add(m, str_drop(entry, equals + 1), str_take(entry, dot), true);
	}
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp((*(const struct module *const *)a)->name, (*(const struct module *const *)b)->name);
}

static void
sort_modules(struct modules *m)
{
	size_t n = m->names.len;

	m->all.at = NEW_ARRAY(&m->keep, const struct module *, n);
	m->all.len = n;
	for (size_t i = 0; i < n; i++)
		m->all.at[i] = &((struct entry *)m->names.entry[i].value)->module;
	if (n)
		qsort(m->all.at, n, sizeof(*m->all.at), by_name);
}

static void
no_log(void *data, int priority, const char *file, int line, const char *fn, const char *format, va_list ap)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)ap;
}

/*
 * A context that knows only this directory. Where depmod's binary alias index is missing, the text stands in for it as
 * a configuration file, which libkmod searches line by line.
 */
static struct kmod_ctx *
context_new(struct modules *m)
{
	struct str bin = str_format(&m->keep, "%s/modules.alias.bin", m->dir);
	struct str soft = str_format(&m->keep, "%s/modules.softdep", m->dir);
	struct str text = str_format(&m->keep, "%s/modules.alias", m->dir);
	const char *paths[] = { soft.at, access(bin.at, R_OK) == 0 ? NULL : text.at, NULL };
	struct kmod_ctx *c = kmod_new(m->dir, paths);

	if (c) {
		kmod_set_log_fn(c, no_log, NULL);
		kmod_load_resources(c); /* what is missing is read without an index, or reported by read_table */
	}
	return c;
}

/* "/run/booted-system/kernel-modules/lib/modules/6.12.3" -> "6.12.3" */
static struct str
version_of(struct modules *m)
{
	char *real = realpath(m->dir, NULL);
	struct str version = real ? str_copy(&m->keep, path_base(str_from(real))) : path_base(str_from(m->dir));

	free(real);
	return version;
}

static bool
load(struct modules *m, struct diag *d)
{
	struct str dep, alias, text;

	if (!read_table(m, "modules.dep", KMOD_INDEX_MODULES_DEP, &dep, d) ||
	    !read_table(m, "modules.alias", KMOD_INDEX_MODULES_ALIAS, &alias, d))
		return false;
	parse_dep(m, dep);
	if (read_text(m, "modules.builtin", &text) == 0)
		parse_builtin(m, text);
	else
		diag_warn(d, str_from(m->dir), 0, "no modules.builtin: drivers in the image cannot be told from missing ones");
	parse_alias(m, alias);
	if (read_text(m, "modules.builtin.modinfo", &text) == 0)
		parse_modinfo(m, text);
	sort_modules(m);
	return true;
}

struct modules *
modules_open(const char *dir, struct diag *d)
{
	struct modules *m;
	struct stat st;

	int r = stat(dir, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;

	if (r) {
		diag_error(d, str_from(dir), 0, "cannot read the modules directory: %s; "
		           "give a lib/modules/VERSION directory to --modules", strerror(r));
		return NULL;
	}
	m = xmalloc(sizeof(*m));
	*m = (struct modules){ 0 };
	m->dir = str_c(&m->keep, str_from(dir));
	m->version = version_of(m);
	m->kmod = context_new(m);
	if (!m->kmod)
		diag_error(d, str_from(dir), 0, "libkmod cannot read the modules directory");
	if (!m->kmod || !load(m, d)) {
		modules_close(m);
		return NULL;
	}
	return m;
}

void
modules_close(struct modules *m)
{
	if (!m)
		return;
	kmod_unref(m->kmod);
	arena_release(&m->keep);
	free(m);
}

const char *
modules_dir(const struct modules *m)
{
	return m->dir;
}

struct str
modules_version(const struct modules *m)
{
	return m->version;
}

struct module_list
modules_all(const struct modules *m)
{
	return m->all;
}

const struct module *
modules_find(const struct modules *m, struct str name)
{
	struct entry *e = entry_find(m, name);

	return e ? &e->module : NULL;
}
