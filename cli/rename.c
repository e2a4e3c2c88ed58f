// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/rename.h"

struct str
symbol_place(const struct symbol *s, struct arena *keep)
{
	if (!s || !s->menus_len)
		return STR("");
	return str_format(keep, "%.*s:%u", STR_ARG(s->menus[0]->place.file), s->menus[0]->place.line);
}

/* A symbol that came between the two kernels. */
static const struct symbol *
newcomer(struct workshop *old, struct workshop *new, struct str name)
{
	return workshop_defines(new, name) && !workshop_defines(old, name) ? kconfig_find(new->model, name) : NULL;
}

static bool
names_symbol(const struct cond *c, struct str symbol, struct arena *scratch)
{
	struct arena_mark mark = arena_mark(scratch);
	struct map names = { 0 };
	bool has;

	cond_symbols(c, scratch, &names);
	has = map_index(&names, symbol) >= 0;
	arena_reset(scratch, mark);
	return has;
}

/* The only newcomer among the symbols of the condition. */
static const struct symbol *
only_newcomer(struct workshop *old, struct workshop *new, const struct cond *c, struct arena *scratch)
{
	const struct symbol *found = NULL;
	struct map names = { 0 };

	cond_symbols(c, scratch, &names);
	for (size_t i = 0; i < names.len; i++) {
		const struct symbol *s = newcomer(old, new, names.entry[i].key);

		if (s && found)
			return NULL;
		found = s ? s : found;
	}
	return found;
}

static const struct route *
same_object(struct workshop *new, const struct route *r)
{
	const struct route *same = kbuild_by_path(new->rooms->kbuild, r->path);
	struct route_list list;

	if (same)
		return same;
	list = kbuild_by_name(new->rooms->kbuild, r->name);
	return list.len == 1 ? list.at[0] : NULL;
}

static struct rename
by_object(struct workshop *old, struct workshop *new, struct str symbol, struct arena *keep)
{
	struct route_list all = kbuild_routes(old->rooms->kbuild);

	for (size_t i = 0; i < all.len; i++) {
		const struct route *now;
		const struct symbol *to;

		if (!names_symbol(all.at[i]->own, symbol, keep))
			continue;
		now = same_object(new, all.at[i]);
		to = now ? only_newcomer(old, new, now->own, keep) : NULL;
		if (to)
			return (struct rename){ to, str_format(keep, "%.*s:%u builds %.*s", STR_ARG(now->makefile), now->line,
			                                       STR_ARG(now->object)) };
	}
	return (struct rename){ NULL, STR("") };
}

static struct str
prompt_of(const struct symbol *s)
{
	for (size_t i = 0; i < s->menus_len; i++)
		if (s->menus[i]->prompt)
			return s->menus[i]->prompt->text;
	return STR("");
}

static struct rename
by_prompt(struct workshop *old, struct workshop *new, const struct symbol *was, struct arena *keep)
{
	struct str prompt = prompt_of(was);
	const struct symbol *found = NULL;

	for (size_t i = 0; prompt.len && i < new->model->symbols_len; i++) {
		const struct symbol *s = new->model->symbols[i];

		if (s->constant || s->is_choice || s->type != was->type || !str_eq(prompt_of(s), prompt) ||
		    !newcomer(old, new, s->name))
			continue;
		if (found)
			return (struct rename){ NULL, STR("") };
		found = s;
	}
	return (struct rename){ found, found ? str_format(keep, "has its prompt \"%.*s\"", STR_ARG(prompt)) : STR("") };
}

struct rename
rename_find(struct workshop *old, struct workshop *new, struct str symbol, struct arena *keep)
{
	const struct symbol *was = kconfig_find(old->model, symbol);
	struct rename r;

	if (!was || !workshop_defines(old, symbol))
		return (struct rename){ NULL, STR("") };
	r = by_object(old, new, was->name, keep);
	return r.to ? r : by_prompt(old, new, was, keep);
}
