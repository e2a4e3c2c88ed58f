// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a lib/modules/VERSION directory: what modules there are, what they need, what they claim. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "modalias/index.h"

enum { BYTES_AN_ALIAS = 64 }; /* a line of modules.alias, about */

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

/* A binary index as the text that depmod would have written. */
static int
read_index(struct modules *m, const char *name, struct str *out)
{
	bool alias = strcmp(name, "modules.alias") == 0;
	struct text text = { 0 };
	struct str bin;
	int r = file_read(&m->keep, str_format(&m->keep, "%s/%s.bin", m->dir, name).at, &bin);

	if (r == 0 && !index_text(bin, alias ? STR("alias ") : STR(""), alias, &text))
		r = -EBADMSG;
	*out = str_copy(&m->keep, text_str(&text));
	text_release(&text);
	return r;
}

static int
read_text(struct modules *m, const char *name, struct str *out)
{
	return file_read(&m->keep, str_format(&m->keep, "%s/%s", m->dir, name).at, out);
}

/* depmod's files end in a line feed (or NUL, where lines do); one that does not was cut. */
static void
check_end(struct modules *m, const char *name, struct str text, char end, struct diag *d)
{
	if (text.len && text.at[text.len - 1] != end)
		diag_error(d, path_join(&m->keep, str_from(m->dir), str_from(name)), 0,
		           "the file ends in the middle of a line: it is truncated; run 'depmod -b ROOT VERSION', or copy it again");
}

/* The text file that depmod wrote or, where only the binary one was installed, that one's content. */
static bool
read_table(struct modules *m, const char *name, struct str *out, struct diag *d)
{
	int r = read_text(m, name, out);
	int bin = r < 0 ? read_index(m, name, out) : r;

	if (bin == 0) {
		check_end(m, name, *out, '\n', d);
		return true;
	}
	diag_error(d, str_from(m->dir), 0, "no usable %s: %s; give a lib/modules/VERSION directory to --modules, "
	           "or run 'depmod -b ROOT VERSION' where the modules are freshly unpacked", name,
	           strerror(bin == -ENOENT ? -r : -bin));
	return false;
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
	e->file = builtin ? STR("") : str_copy(&m->keep, path);
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

/* Lines that make no sense: how many, and the first. */
struct bad { size_t n; struct str first; };

static void
bad_add(struct bad *bad, struct str line)
{
	if (!bad->n++)
		bad->first = line;
}

static void
bad_tell(struct modules *m, const struct bad *bad, const char *name, const char *what, struct diag *d)
{
	if (bad->n)
		diag_warn(d, path_join(&m->keep, str_from(m->dir), str_from(name)), 0, "%zu line%s %s passed over, the first: "
		          "'%.*s'; run 'depmod -b ROOT VERSION', or copy the directory again", bad->n,
		          bad->n == 1 ? "" : "s", what, STR_ARG(str_take(bad->first, 200)));
}

/* modules.dep: "path: dependency dependency..." */
static void
parse_dep(struct modules *m, struct str text, struct bad *bad)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		size_t colon = str_index(line, ':');
		struct entry *e;

		if (!line.len || line.at[0] == '#')
			continue;
		if (colon == line.len) {
			bad_add(bad, line);
			continue;
		}
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

/* False: there is no such module. */
static bool
alias_add(struct modules *m, struct str pattern, struct str name, bool builtin)
{
	struct entry *e = entry_find(m, name);
	struct alias a = { { 0 }, { 0 }, e ? &e->module : NULL, builtin };

	if (!e || !pattern.len || memchr(pattern.at, '\0', pattern.len))
		return false;
	a.pattern = str_copy(&m->keep, pattern);
	a.normal = alias_normal(&m->keep, a.pattern);
	vec_push(&m->keep, &e->aliases, m->aliases.len);
	vec_push(&m->keep, &m->aliases, a);
	return true;
}

/* modules.alias: "alias PATTERN MODULE"; a pattern may hold blanks, the name may not. */
static void
parse_alias(struct modules *m, struct str text, struct bad *bad, struct bad *foreign)
{
	struct str whole, word;

	vec_reserve(&m->keep, &m->aliases, text.len / BYTES_AN_ALIAS);
	while (str_next_line(&text, &whole)) {
		struct str line = whole;
		size_t blank;

		if (!str_next_word(&line, &word) || word.at[0] == '#')
			continue;
		line = str_trim(line);
		blank = str_rindex(line, ' ');
		if (!str_is(word, "alias") || blank == line.len)
			bad_add(bad, whole);
		else if (!alias_add(m, str_trim(str_take(line, blank)), str_drop(line, blank + 1), false))
			bad_add(foreign, whole);
	}
	m->files = m->aliases.len;
}

/* modules.softdep: "softdep MODULE pre: NAME... post: NAME..." */
static void
parse_softdep(struct modules *m, struct str text, struct bad *bad)
{
	struct str whole, word;

	while (str_next_line(&text, &whole)) {
		struct softdep s = { .kind = NEED_SYMBOLS };
		struct str line = whole;
		struct entry *e;

		if (!str_next_word(&line, &word) || word.at[0] == '#')
			continue;
		if (!str_is(word, "softdep") || !str_next_word(&line, &word)) {
			bad_add(bad, whole);
			continue;
		}
		e = entry_find(m, word);
		while (e && str_next_word(&line, &s.name))
			if (str_is(s.name, "pre:") || str_is(s.name, "post:"))
				s.kind = str_is(s.name, "pre:") ? NEED_PRE : NEED_POST;
			else if (s.kind != NEED_SYMBOLS)
				vec_push(&m->keep, &e->softdeps, s);
	}
}

/* modules.builtin.modinfo: "module.key=value" entries that end in NUL. */
static void
parse_modinfo(struct modules *m, struct str text)
{
	struct str entry;

	while (str_next_part(&text, '\0', &entry)) {
		size_t equals = str_index(entry, '='), dot = str_index(entry, '.');
		struct str key = dot < equals ? str_take(str_drop(entry, dot + 1), equals - dot - 1) : STR("");
		struct str name = str_take(entry, dot), value = str_drop(entry, equals + 1);
		struct entry *e;

		if (str_is(key, "alias"))
			alias_add(m, value, name, true);
		else if (str_is(key, "firmware") && (e = entry_find(m, name)))
			vec_push(&m->keep, &e->firmware, value);
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

/* "/run/booted-system/kernel-modules/lib/modules/6.12.3" -> "6.12.3" */
static struct str
version_of(struct modules *m)
{
	char *real = realpath(m->dir, NULL);
	struct str version = real ? str_copy(&m->keep, path_base(str_from(real))) : path_base(str_from(m->dir));

	free(real);
	return version;
}

/* What depmod may have left out. */
static void
load_more(struct modules *m, struct diag *d)
{
	struct bad softdep = { 0 };
	struct str text;

	if (read_text(m, "modules.softdep", &text) == 0) {
		check_end(m, "modules.softdep", text, '\n', d);
		parse_softdep(m, text, &softdep);
	}
	if (read_text(m, "modules.builtin.modinfo", &text) == 0) {
		check_end(m, "modules.builtin.modinfo", text, '\0', d);
		parse_modinfo(m, text);
	}
	bad_tell(m, &softdep, "modules.softdep", "not understood and", d);
}

static bool
load(struct modules *m, struct diag *d)
{
	struct bad dep_bad = { 0 }, alias_bad = { 0 }, foreign = { 0 };
	struct str dep, alias, text;

	if (!read_table(m, "modules.dep", &dep, d) || !read_table(m, "modules.alias", &alias, d))
		return false;
	parse_dep(m, dep, &dep_bad);
	if (read_text(m, "modules.builtin", &text) == 0) {
		check_end(m, "modules.builtin", text, '\n', d);
		parse_builtin(m, text);
	} else {
		diag_warn(d, str_from(m->dir), 0, "no modules.builtin: drivers in the image cannot be told from missing ones");
	}
	parse_alias(m, alias, &alias_bad, &foreign);
	load_more(m, d);
	bad_tell(m, &dep_bad, "modules.dep", "not understood and", d);
	bad_tell(m, &alias_bad, "modules.alias", "not understood and", d);
	bad_tell(m, &foreign, "modules.alias", "of modules that modules.dep does not have", d);
	sort_modules(m);
	index_aliases(m);
	return !d->errors;
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
	if (!load(m, d)) {
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
