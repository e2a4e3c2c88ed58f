// SPDX-License-Identifier: GPL-2.0-or-later
/* Which modules claim a modalias, by which pattern, and what they bring along. */
#include <fnmatch.h>
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

/* The first byte that is not taken literally. */
static size_t
literal(struct str pattern)
{
	size_t n = 0;

	while (n < pattern.len && !strchr("*?[\\", pattern.at[n]))
		n++;
	return n;
}

static bool
alias_matches(const struct alias *a, struct str normal)
{
	size_t n = literal(a->normal);

	/* nearly all patterns fail here */
	if (n > normal.len || memcmp(a->normal.at, normal.at, n) != 0)
		return false;
	return fnmatch(a->normal.at, normal.at, 0) == 0;
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

/* libkmod names the modules; the pattern is the evidence. */
static void
match_files(struct modules *m, struct str modalias, struct arena *keep, matches *found)
{
	struct arena_mark mark = arena_mark(&m->keep);
	struct str normal = alias_normal(&m->keep, modalias);
	struct kmod_list *list = NULL, *l;

	if (kmod_module_new_from_lookup(m->kmod, modalias.at, &list) < 0)
		list = NULL;
	kmod_list_foreach(l, list) {
		struct kmod_module *mod = kmod_module_get_module(l);
		const struct entry *e = map_get(&m->names, str_from(kmod_module_get_name(mod)));

		kmod_module_unref(mod);
		if (!e || has(found, &e->module))
			continue;
		for (size_t i = 0; i < e->aliases.len; i++) {
			const struct alias *a = &m->aliases.at[e->aliases.at[i]];

			if (!a->builtin && alias_matches(a, normal)) {
				vec_push(keep, found, match_of(a));
				break;
			}
		}
	}
	kmod_module_unref_list(list);
	arena_reset(&m->keep, mark);
}

/* libkmod looks here only when modules.alias has nothing; a device may want both. */
static void
match_builtin(struct modules *m, struct str modalias, struct arena *keep, matches *found)
{
	struct arena_mark mark = arena_mark(&m->keep);
	struct str normal = alias_normal(&m->keep, modalias);

	for (size_t i = m->files; i < m->aliases.len; i++) {
		const struct alias *a = &m->aliases.at[i];

		if (alias_matches(a, normal) && !has(found, a->module))
			vec_push(keep, found, match_of(a));
	}
	arena_reset(&m->keep, mark);
}

struct match_list
modalias_match(struct modules *m, struct str modalias, struct arena *keep)
{
	matches found = { 0 };

	/* libkmod's index search recurses by byte; no kernel makes one longer than a page */
	if (!modalias.len || modalias.len > 4096 || memchr(modalias.at, '\0', modalias.len))
		return (struct match_list){ 0 };
	modalias = str_copy(keep, modalias);
	match_files(m, modalias, keep, &found);
	match_builtin(m, modalias, keep, &found);
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

static void
add_softdeps(struct modules *m, const struct module *by, struct arena *keep, needs *list, const struct module *asked)
{
	struct kmod_list *side[2] = { NULL, NULL }, *l;
	struct kmod_module *mod;

	if (kmod_module_new_from_name(m->kmod, str_c(keep, by->name), &mod) < 0)
		return;
	if (kmod_module_get_softdeps(mod, &side[0], &side[1]) < 0)
		side[0] = side[1] = NULL;
	for (int i = 0; i < 2; i++) {
		kmod_list_foreach(l, side[i]) {
			struct kmod_module *other = kmod_module_get_module(l);
			const struct module *found = modules_find(m, str_from(kmod_module_get_name(other)));

			need_add(keep, list, (struct need){ found, by, i ? NEED_POST : NEED_PRE }, asked);
			kmod_module_unref(other);
		}
		kmod_module_unref_list(side[i]);
	}
	kmod_module_unref(mod);
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

bool
module_firmware(struct modules *m, const struct module *module, struct arena *keep, struct firmware_list *out)
{
	VEC(struct str) files = { 0 };
	struct kmod_list *info = NULL, *l;
	struct kmod_module *mod;
	size_t kept = 0;
	bool read;

	*out = (struct firmware_list){ 0 };
	if (kmod_module_new_from_name(m->kmod, str_c(keep, module->name), &mod) < 0)
		return false;
	read = kmod_module_get_info(mod, &info) >= 0;
	kmod_list_foreach(l, info) {
		if (str_is(str_from(kmod_module_info_get_key(l)), "firmware"))
			vec_push(keep, &files, str_copy(keep, str_from(kmod_module_info_get_value(l))));
	}
	if (info)
		kmod_module_info_free_list(info);
	kmod_module_unref(mod);
	if (files.len)
		qsort(files.at, files.len, sizeof(*files.at), str_qsort);
	for (size_t i = 0; i < files.len; i++)
		if (!kept || !str_eq(files.at[i], files.at[kept - 1]))
			files.at[kept++] = files.at[i];
	*out = (struct firmware_list){ files.at, kept };
	return read;
}
