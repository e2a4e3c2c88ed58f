// SPDX-License-Identifier: GPL-2.0-or-later
/* Which modules claim a modalias, by which pattern, and what they bring along. */
#include <fnmatch.h>
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>

#include "modalias/index.h"

static const struct entry *
entry_of(const struct modules *m, const struct module *module)
{
	return map_get(&m->names, module->name);
}

static struct match
match_of(const struct alias *a)
{
	return (struct match){ a->module, a->pattern,
	                       a->builtin ? STR("modules.builtin.modinfo") : STR("modules.alias") };
}

static int
by_module(const void *a, const void *b)
{
	const struct match *x = a, *y = b;
	int r = str_cmp(x->module->name, y->module->name);

	return r ? r : str_cmp(x->pattern, y->pattern);
}

typedef VEC(struct match) matches;

static struct match_list
sorted(matches *found)
{
	if (found->len)
		qsort(found->at, found->len, sizeof(*found->at), by_module);
	return (struct match_list){ found->at, found->len };
}

static bool
has(const matches *found, const struct module *module)
{
	for (size_t i = 0; i < found->len; i++)
		if (found->at[i].module == module)
			return true;
	return false;
}

static int
by_index(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

typedef VEC(size_t) indexes;

/* How much of a pattern is taken literally, at most LITERAL_MAX bytes. */
static size_t
literal(struct str pattern)
{
	size_t n = 0;

	while (n < pattern.len && n < LITERAL_MAX && !strchr("*?[\\", pattern.at[n]))
		n++;
	return n;
}

/* Backwards, so that the aliases that begin alike are found in their order. */
void
index_aliases(struct modules *m)
{
	map_reserve(&m->literals, &m->keep, m->aliases.len / 2);
	m->next = NEW_ARRAY(&m->keep, size_t, m->aliases.len + 1);
	for (size_t i = m->aliases.len; i-- > 0;) {
		struct str begin = str_take(m->aliases.at[i].normal, literal(m->aliases.at[i].normal));
		void **first = map_put(&m->literals, &m->keep, begin);

		m->next[i] = (size_t)(uintptr_t)*first;
		*first = (void *)(uintptr_t)(i + 1);
		m->literal[begin.len] = true;
	}
}

/* Candidates begin literally as the modalias does, so few patterns are tried. What is in files comes before what is built in. */
static void
find_aliases(struct modules *m, struct str normal, struct arena *keep, indexes *out)
{
	for (size_t n = 0; n <= normal.len && n <= LITERAL_MAX; n++) {
		size_t i = m->literal[n] ? (size_t)(uintptr_t)map_get(&m->literals, str_take(normal, n)) : 0;

		for (; i; i = m->next[i - 1])
			if (fnmatch(m->aliases.at[i - 1].normal.at + n, normal.at + n, 0) == 0)
				vec_push(keep, out, i - 1);
	}
	if (out->len)
		qsort(out->at, out->len, sizeof(*out->at), by_index);
}

struct match_list
modalias_match(struct modules *m, struct str modalias, struct arena *keep)
{
	matches found = { 0 };
	indexes list = { 0 };

	/* no kernel makes one longer than a page */
	if (!modalias.len || modalias.len > 4096 || memchr(modalias.at, '\0', modalias.len))
		return (struct match_list){ 0 };
	find_aliases(m, alias_normal(keep, str_copy(keep, modalias)), keep, &list);
	for (size_t i = 0; i < list.len; i++) {
		const struct alias *a = &m->aliases.at[list.at[i]];

		if (!has(&found, a->module))
			vec_push(keep, &found, match_of(a));
	}
	return sorted(&found);
}

static int
by_normal(const void *a, const void *b)
{
	const struct sorted *x = *(const struct sorted *const *)a, *y = *(const struct sorted *const *)b;
	int r = 0;

	for (size_t i = 0; i < 3; i++)
		if (x->begin[i] != y->begin[i])
			return x->begin[i] < y->begin[i] ? -1 : 1;
	r = str_cmp(x->alias->normal, y->alias->normal);
	return r ? r : x->alias < y->alias ? -1 : x->alias > y->alias;
}

static void
sort_aliases(struct modules *m)
{
	size_t n = m->aliases.len;
	struct sorted *all = NEW_ARRAY(&m->keep, struct sorted, n + 1);

	m->sorted = NEW_ARRAY(&m->keep, const struct sorted *, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct str s = m->aliases.at[i].normal;
		unsigned char bytes[24] = { 0 };

		memcpy(bytes, s.at, s.len < sizeof(bytes) ? s.len : sizeof(bytes));
		for (size_t j = 0; j < sizeof(bytes); j++)
			all[i].begin[j / 8] = all[i].begin[j / 8] << 8 | bytes[j];
		all[i].alias = &m->aliases.at[i];
		m->sorted[i] = &all[i];
	}
	qsort(m->sorted, n, sizeof(*m->sorted), by_normal);
}

/* The first of the sorted aliases that is not below `prefix`. */
static size_t
lower_bound(const struct modules *m, struct str prefix)
{
	size_t low = 0, high = m->aliases.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(m->sorted[middle]->alias->normal, prefix) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct match_list
modalias_ids(struct modules *m, struct str prefix, struct arena *keep)
{
	struct str normal = alias_normal(keep, str_copy(keep, prefix));
	matches found = { 0 };

	if (!m->sorted)
		sort_aliases(m);
	for (size_t i = lower_bound(m, normal); i < m->aliases.len; i++) {
		const struct alias *a = m->sorted[i]->alias;

		if (!str_starts(a->normal, normal))
			break;
		vec_push(keep, &found, match_of(a));
	}
	return sorted(&found);
}

struct match_list
module_aliases(struct modules *m, const struct module *module, struct arena *keep)
{
	const struct entry *e = entry_of(m, module);
	matches found = { 0 };

	for (size_t i = 0; e && i < e->aliases.len; i++)
		vec_push(keep, &found, match_of(&m->aliases.at[e->aliases.at[i]]));
	return (struct match_list){ found.at, found.len };
}

typedef VEC(struct need) needs;

static void
need_add(struct arena *keep, needs *list, struct need n, const struct module *asked)
{
	if (!n.module || n.module == asked)
		return;
	for (size_t i = 0; i < list->len; i++)
		if (list->at[i].module == n.module)
			return;
	vec_push(keep, list, n);
}

static void
add_depends(struct modules *m, const struct module *by, struct arena *keep, needs *list, const struct module *asked)
{
	const struct entry *e = entry_of(m, by);
	struct str rest = e ? e->depends : STR(""), path;

	while (str_next_word(&rest, &path)) {
		struct str base = path_base(module_path(path));
		const struct module *other = modules_find(m, str_take(base, base.len - str_ends(base, STR(".ko")) * 3));

		need_add(keep, list, (struct need){ other, by, NEED_SYMBOLS }, asked);
	}
}

/* As modprobe finds them: a module file of the name, else whatever claims the alias. */
static void
add_softdeps(struct modules *m, const struct module *by, struct arena *keep, needs *list, const struct module *asked)
{
	const struct entry *e = entry_of(m, by);

	for (size_t i = 0; e && i < e->softdeps.len; i++) {
		const struct softdep *s = &e->softdeps.at[i];
		const struct module *named = modules_find(m, s->name);
		struct match_list claimed = { 0 };

		if (named)
			need_add(keep, list, (struct need){ named, by, s->kind }, asked);
		else
			claimed = modalias_match(m, s->name, keep);
		for (size_t j = 0; j < claimed.len; j++)
			need_add(keep, list, (struct need){ claimed.at[j].module, by, s->kind }, asked);
	}
}

struct need_list
module_needs(struct modules *m, const struct module *module, struct arena *keep)
{
	needs list = { 0 };

	add_depends(m, module, keep, &list, module);
	add_softdeps(m, module, keep, &list, module);
	for (size_t i = 0; i < list.len; i++) {
		const struct module *by = list.at[i].module;

		add_depends(m, by, keep, &list, module);
		add_softdeps(m, by, keep, &list, module);
	}
	return (struct need_list){ list.at, list.len };
}

typedef VEC(struct str) strings;

static void
no_log(void *data, int priority, const char *file, int line, const char *fn, const char *format, va_list ap)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)ap;
}

/* What a module's own file says. Nothing but that file is read. */
static bool
read_modinfo(const struct modules *m, const struct entry *e, struct arena *keep, strings *out)
{
	const char *no_files[] = { NULL };
	struct kmod_ctx *kmod = kmod_new(m->dir, no_files);
	struct kmod_list *info = NULL, *l;
	struct kmod_module *mod = NULL;
	struct str path = e->file.at[0] == '/' ? e->file : path_join(keep, str_from(m->dir), e->file);
	bool ok = kmod != NULL;

	if (ok)
		kmod_set_log_fn(kmod, no_log, NULL);
	ok = ok && kmod_module_new_from_path(kmod, str_c(keep, path), &mod) >= 0 && kmod_module_get_info(mod, &info) >= 0;
	kmod_list_foreach(l, info) {
		if (str_is(str_from(kmod_module_info_get_key(l)), "firmware"))
			vec_push(keep, out, str_copy(keep, str_from(kmod_module_info_get_value(l))));
	}
	if (info)
		kmod_module_info_free_list(info);
	kmod_module_unref(mod);
	kmod_unref(kmod);
	return ok;
}

bool
module_firmware(struct modules *m, const struct module *module, struct arena *keep, struct firmware_list *out)
{
	const struct entry *e = entry_of(m, module);
	strings files = { 0 };
	size_t kept = 0;
	bool read = true;

	*out = (struct firmware_list){ 0 };
	for (size_t i = 0; e && i < e->firmware.len; i++)
		if (module->builtin)
			vec_push(keep, &files, e->firmware.at[i]);
	if (e && !module->builtin)
		read = read_modinfo(m, e, keep, &files);
	if (files.len)
		qsort(files.at, files.len, sizeof(*files.at), str_qsort);
	for (size_t i = 0; i < files.len; i++)
		if (!kept || !str_eq(files.at[i], files.at[kept - 1]))
			files.at[kept++] = files.at[i];
	*out = (struct firmware_list){ files.at, kept };
	return e && read;
}
