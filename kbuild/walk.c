// SPDX-License-Identifier: GPL-2.0-or-later
/* Descends like scripts/Makefile.build; the lists are understood as scripts/Makefile.lib does. */
#include "kbuild/walk.h"

#include <stdlib.h>
#include <string.h>

#include "kbuild/logic.h"

enum { DIRS_DEEP = 100 };

static const struct cond *
either_of(struct walk *w, const struct cond *a, const struct cond *b)
{
	return either(&w->make.values, a, b);
}

static const struct cond *
both_of(struct walk *w, const struct cond *a, const struct cond *b)
{
	return both(&w->make.values, a, b);
}

/* ---- the lists of one directory ----------------------------------------------------------------------- */

static struct item *
item_find(struct walk *w, struct dir *d, struct str name, bool sub, unsigned place)
{
	struct map *map = sub ? &d->sub_name : &d->object_name;
	const struct cond *no = w->make.values.pool->no;
	size_t i = map_index_put(map, w->make.values.keep, name);
	struct item item = { .name = name, .y = no, .m = no, .lib = no, .place = place };

	if (sub) {
		if (i == d->sub.len)
			vec_push(w->make.values.keep, &d->sub, item);
		return &d->sub.at[i];
	}
	if (i == d->object.len)
		vec_push(w->make.values.keep, &d->object, item);
	return &d->object.at[i];
}

/* A word that holds what cannot be known. */
static void
marked_word(struct walk *w, const struct alt *word, const char *list)
{
	struct make *m = &w->make;
	size_t i = str_index(word->text, MARK_SYMBOL);
	struct str rest = str_drop(word->text, i + 1), symbol = str_take(rest, str_index(rest, MARK_SYMBOL));

	if (i < word->text.len) {
		if (map_index(&m->text, symbol) < 0)
			diag_add(m->diag, DIAG_NOTE, place_file(m, word->place), place_line(word->place),
			         "%s has objects that the content of CONFIG_%.*s names; they are left out", list, STR_ARG(symbol));
		map_put(&m->text, m->values.keep, symbol);
		return;
	}
	make_warn(m, word->place, "%s holds something that is not known (%.*s); it counts as empty", list,
	          STR_ARG(unknown_meant(m, word->text)));
}

enum list { LIST_Y, LIST_M, LIST_LIB, LIST_SUB };

static void
list_word(struct walk *w, struct dir *d, enum list list, const char *name, struct alt word)
{
	bool sub = list == LIST_SUB || str_ends(word.text, STR("/"));
	struct order *order = list == LIST_Y ? &d->y : list == LIST_M ? &d->m : &d->lib;
	struct item *item;
	const struct cond **when;

	if (has_mark(word.text)) {
		marked_word(w, &word, name);
		return;
	}
	while (sub && word.text.len > 1 && word.text.at[word.text.len - 1] == '/')
		word.text.len--;
	if (!sub && !str_ends(word.text, STR(".o"))) {
		bool content = !w->make.symbol && (str_is(word.text, "y") || str_is(word.text, "m")); /* of a symbol; see marked_word */

		if (!content && !str_ends(word.text, STR(".a"))) /* made by a rule of the directory's own */
			make_warn(&w->make, word.place, "%s holds '%.*s', neither an object nor a directory; it is ignored",
			          name, STR_ARG(word.text));
		return;
	}
	if (list == LIST_LIB && sub)
		return;
	item = item_find(w, d, word.text, sub, word.place);
	when = list == LIST_Y ? &item->y : list == LIST_M ? &item->m : &item->lib;
	if (*when == w->make.values.pool->no && list != LIST_SUB)
		vec_push(w->make.values.keep, order,
		         (uint32_t)((sub ? item - d->sub.at : item - d->object.at) * 2 + sub));
	*when = either_of(w, *when, word.when);
}

/* A variable's value and its words, where the last one's were. */
static void
read_words(struct walk *w, const struct dir *d, struct variable *v)
{
	w->value.len = w->words.len = 0;
	variable_value(&w->make, v, &w->value);
	if (!value_words(&w->make.values, &w->value, &w->words) && !w->make.values.spent)
		diag_error(w->make.diag, d->path, 0, "too many alternatives for one word of %.*s", STR_ARG(v->name));
}

static void
read_list(struct walk *w, struct dir *d, enum list list, const char *name)
{
	struct make *m = &w->make;
	struct variable *v = variable_find(m, str_from(name));

	if (!v)
		return;
	read_words(w, d, v);
	for (size_t i = 0; i < w->words.len; i++)
		if (make_step(m))
			list_word(w, d, list, name, w->words.at[i]);
}

/* "When an object is listed to be built compiled-in and modular, only build the compiled-in version" */
static void
only_builtin(struct walk *w, struct item *item)
{
	if (both_of(w, item->m, item->y) != w->make.values.pool->no)
		item->m = both_of(w, item->m, cond_not(w->make.values.pool, item->y));
}

static void
read_lists(struct walk *w, struct dir *d)
{
	read_list(w, d, LIST_Y, "obj-y");
	read_list(w, d, LIST_M, "obj-m");
	read_list(w, d, LIST_LIB, "lib-y");
	read_list(w, d, LIST_LIB, "lib-m");
	read_list(w, d, LIST_SUB, "subdir-y");
	read_list(w, d, LIST_SUB, "subdir-m");
	for (size_t i = 0; i < d->object.len; i++) {
		struct item *item = &d->object.at[i];

		only_builtin(w, item);
		if (item->lib != w->make.values.pool->no)
			item->lib = both_of(w, item->lib, cond_not(w->make.values.pool, item->y));
	}
	if (w->make.values.too_deep)
		diag_error(w->make.diag, d->path, 0, "too many conditions stand on one object");
	w->make.values.too_deep = false;
}

/* ---- directories -------------------------------------------------------------------------------------- */

struct dir *
walk_dir(const struct walk *w, struct str path)
{
	return map_get(&w->dirs, path);
}

static struct str
sub_path(const struct walk *w, const struct dir *d, const struct item *item)
{
	return path_clean(w->make.values.keep, path_join(w->make.values.keep, d->path, item->name));
}

struct str
walk_object_path(const struct walk *w, const struct dir *d, const struct item *item)
{
	struct str path = path_join(w->make.values.keep, d->path, item->name);

	return str_has(item->name, '/') ? path_clean(w->make.values.keep, path) : path;
}

static struct dir *
dir_new(struct walk *w, struct str path)
{
	struct arena *keep = w->make.values.keep;
	struct dir *d = NEW(keep, struct dir);

	d->path = str_copy(keep, path);
	d->scope = NEW(keep, struct scope);
	d->scope->next = w->base;
	d->scope->environment = w->top;
	d->builtin = d->module = d->visited = d->gates = w->make.values.pool->no;
	*map_put(&w->dirs, keep, d->path) = d;
	return d;
}

/* Evaluates the directory's Kbuild file, or its Makefile. */
static void
evaluate(struct walk *w, struct dir *d)
{
	struct arena *keep = w->make.values.keep;
	struct str obj = d->path.len ? d->path : STR(".");

	make_begin(&w->make, d->scope);
	variable_set(&w->make, STR("obj"), obj, false);
	variable_set(&w->make, STR("src"), obj, false);
	if (!make_file(&w->make, path_join(keep, d->path, STR("Kbuild"))) &&
	    !make_file(&w->make, path_join(keep, d->path, STR("Makefile"))))
		diag_warn(w->make.diag, d->path, 0, "a directory that is to be built has no Kbuild and no Makefile");
	read_lists(w, d);
}

static void
visit(struct walk *w, struct dir *d, int deep)
{
	const struct cond *no = w->make.values.pool->no;

	d->walking = true;
	d->entered = NEW_ARRAY(w->make.values.keep, struct dir *, d->sub.len);
	for (size_t i = 0; i < d->sub.len; i++) {
		struct item *item = &d->sub.at[i];
		struct dir *sub;
		struct str path;

		if (item->y == no && item->m == no && item->lib == no)
			continue;
		path = sub_path(w, d, item);
		sub = walk_dir(w, path);
		if (sub && sub->walking) {
			make_error(&w->make, item->place, "'%.*s' leads back to itself; it is ignored", STR_ARG(item->name));
			item->y = item->m = item->lib = no;
		} else if (deep >= DIRS_DEEP) {
			make_error(&w->make, item->place, "directories nest deeper than %d", DIRS_DEEP);
			item->y = item->m = item->lib = no;
		} else if (!sub && (!w->only || map_index(w->only, path) >= 0)) {
			sub = dir_new(w, path);
			evaluate(w, sub);
			visit(w, sub, deep + 1);
		}
		d->entered[i] = sub;
	}
	d->walking = false;
	vec_push(w->make.values.keep, &w->order, d); /* children first; turned round at the end */
}

/* What reaches a directory reaches its sub-directories under the items' conditions. */
static void
reach(struct walk *w, const struct dir *d)
{
	for (size_t i = 0; i < d->sub.len; i++) {
		const struct item *item = &d->sub.at[i];
		struct dir *sub = d->entered[i];
		const struct cond *y = walk_final(w, item->y), *listed = either_of(w, y, walk_final(w, item->m)), *any;

		if (!sub)
			continue;
		any = either_of(w, listed, walk_final(w, item->lib));
		sub->builtin = either_of(w, sub->builtin, both_of(w, d->builtin, y));
		sub->module = either_of(w, sub->module, both_of(w, d->module, listed));
		sub->gates = either_of(w, sub->gates, both_of(w, d->gates, listed));
		sub->visited = either_of(w, sub->visited, both_of(w, d->visited, any));
	}
}

/* ---- the top ------------------------------------------------------------------------------------------ */

static void
set_locked(struct walk *w, const char *name, const char *text)
{
	variable_set(&w->make, str_from(name), str_from(text), true);
	variable_find(&w->make, str_from(name))->exported = true;
}

/* The top Makefile as `make ARCH=arch` in the tree reads it, its first pass done. */
static bool
evaluate_top(struct walk *w)
{
	static const char *const given[][2] = {
		{ "srctree", "." }, { "objtree", "." }, { "srcroot", "." }, { "abs_srctree", "/" }, { "abs_objtree", "/" },
		{ "abs_output", "/" }, { "CURDIR", "/" }, { "VPATH", "" }, { "KBUILD_EXTMOD", "" }, { "MAKECMDGOALS", "" },
		{ "sub_make_done", "1" }, { "need-sub-make", "" }, { "building_out_of_srctree", "" },
		{ "MAKEFLAGS", "--no-print-directory" }, { "MAKE_VERSION", "4.4" },
		{ ".FEATURES", "target-specific order-only second-expansion else-if undefine output-sync" },
		{ "MAKEFILE_LIST", "Makefile" }, { "KBUILD_VERBOSE", "0" }, { "MAKE", "make" },
	};
	struct make *m = &w->make;
	struct variable *v;
	struct value value = { 0 };
	struct str path;

	w->top = NEW(m->values.keep, struct scope);
	make_begin(m, w->top);
	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		set_locked(w, given[i][0], given[i][1]);
	variable_set(m, STR("ARCH"), w->arch, true);
	variable_find(m, STR("ARCH"))->exported = true;
	make_file(m, STR("Makefile"));
	v = variable_find(m, STR("SRCARCH"));
	if (v)
		variable_value(m, v, &value);
	if (v && value_is_constant(&value))
		w->srcarch = str_trim(value_constant(&m->values, &value));
	if (!w->srcarch.len)
		w->srcarch = w->arch;
	path = str_format(m->values.keep, "arch/%.*s/Makefile", STR_ARG(w->srcarch));
	make_probe(m, path);
	if (!str_has(w->srcarch, '/') && tree_exists(m->tree, path))
		return true;
	diag_error(m->diag, str_from(tree_path(m->tree)), 0, "the tree has no architecture '%.*s' (arch/%.*s/Makefile); "
	           "give the name that ARCH= takes to --arch", STR_ARG(w->arch), STR_ARG(w->srcarch));
	return false;
}

/* What scripts/Makefile.build has before every Kbuild file: empty lists, and the definitions that it includes. */
static void
evaluate_base(struct walk *w)
{
	static const char *const lists[] = { "obj-y", "obj-m", "lib-y", "lib-m", "subdir-y", "subdir-m" };

	w->base = NEW(w->make.values.keep, struct scope);
	w->base->environment = w->top;
	make_begin(&w->make, w->base);
	make_file(&w->make, STR("scripts/Kbuild.include"));
	make_file(&w->make, STR("scripts/Makefile.compiler"));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		variable_set(&w->make, str_from(lists[i]), STR(""), false);
}

/*
 * Before 5.18 the top Makefile listed the directories itself, in core-y, libs-y, drivers-y, in an order that changed. It
 * is that of the modules.order files it joins: $(subdir-modorder), before 5.0 awk's arguments, made of $(vmlinux-dirs).
 * Every one was asked for built-in.a.
 */
static void
read_old_top(struct walk *w, struct dir *d)
{
	static const char *const lists[] = { "subdir-modorder", "vmlinux-dirs" };
	const struct str file = STR("/modules.order");
	struct variable *v = NULL;
	size_t i;

	make_begin(&w->make, w->top);
	for (i = 0; !v && i < sizeof(lists) / sizeof(*lists); i++)
		v = variable_find(&w->make, str_from(lists[i]));
	if (!v)
		return;
	read_words(w, d, v);
	for (size_t k = 0; k < w->words.len; k++) {
		struct alt *word = &w->words.at[k];
		struct str dir = { word->text.at, word->text.len - (str_ends(word->text, file) ? file.len : 0) };

		word->text = str_format(w->make.values.keep, "%.*s/", STR_ARG(dir));
		list_word(w, d, LIST_Y, lists[i - 1], *word);
	}
}

bool
walk_tree(struct walk *w, struct tree *tree, struct str arch, const struct map *only, struct cond_pool *pool,
          struct arena *keep, struct diag *diag, struct str (*symbol)(void *ctx, struct str name), void *ctx)
{
	struct dir *top;
	struct variable *core;

	*w = (struct walk){ .arch = arch, .only = only };
	make_init(&w->make, tree, pool, keep, diag);
	w->make.values.logic = logic_new(pool, keep);
	w->make.symbol = symbol;
	w->make.ctx = ctx;
	if (!evaluate_top(w))
		return false;
	core = variable_find(&w->make, STR("ARCH_CORE"));
	evaluate_base(w);
	top = dir_new(w, STR(""));
	evaluate(w, top);
	if (!core)
		read_old_top(w, top);
	visit(w, top, 0);
	top->builtin = top->module = top->visited = top->gates = pool->yes;
	for (size_t i = 0; i < w->order.len / 2; i++) {
		struct dir *d = w->order.at[i];

		w->order.at[i] = w->order.at[w->order.len - 1 - i];
		w->order.at[w->order.len - 1 - i] = d;
	}
	for (size_t i = 0; i < w->order.len; i++) {
		struct dir *d = w->order.at[i];

		d->builtin = walk_final(w, d->builtin);
		d->module = walk_final(w, d->module);
		d->visited = walk_final(w, d->visited);
		d->gates = walk_final(w, d->gates);
		reach(w, d);
	}
	return true;
}

/* ---- conditions as the room gives them out ------------------------------------------------------------ */

static const struct cond *
final_unknown(struct walk *w, struct str symbol)
{
	struct make *m = &w->make;
	size_t i = (size_t)strtoul(str_c(m->values.keep, str_drop(symbol, 1)), NULL, 10);

	if (i < m->unknown.len && !m->unknown.at[i].reported) {
		m->unknown.at[i].reported = true;
		make_warn(m, m->unknown.at[i].place, "what is built depends on something that is not known (%.*s); "
		          "it counts as empty", STR_ARG(m->unknown.at[i].what));
	}
	return m->values.pool->no;
}

static bool
is_unknown(const struct cond *c)
{
	return c->symbol.len && c->symbol.at[0] == '?';
}

/*
 * What an atom means, now that every use of its symbol has been seen. A symbol that is only asked whether it is
 * empty is taken for a tristate: those with texts are compared with them, or name something.
 */
static const struct cond *
typed_atom(struct walk *w, const struct cond *c)
{
	struct cond_pool *pool = w->make.values.pool;
	bool text;

	if (is_unknown(c))
		return c;
	if (c->kind == COND_EQ)
		return is_tristate(&w->make, c->symbol) ? pool->no : c;
	text = map_index(&w->make.text, c->symbol) >= 0 && !is_tristate(&w->make, c->symbol);
	if (c->kind == COND_SET)
		return text ? c : cond_on(pool, c->symbol);
	return text ? pool->no : c;
}

/* Two passes: first the types, which makes most comparisons with unknown contents impossible; then what is left of these. */
enum pass { TYPES, UNKNOWNS };

static const struct cond *final(struct walk *, enum pass, const struct cond *);

static const struct cond *
final_node(struct walk *w, enum pass pass, const struct cond *c)
{
	switch (c->kind) {
	case COND_FALSE: case COND_TRUE: return c;
	case COND_NOT: return cond_not(w->make.values.pool, final(w, pass, c->a));
	case COND_AND: return both_of(w, final(w, pass, c->a), final(w, pass, c->b));
	case COND_OR:  return either_of(w, final(w, pass, c->a), final(w, pass, c->b));
	default:       return pass == TYPES ? typed_atom(w, c) : is_unknown(c) ? final_unknown(w, c->symbol) : c;
	}
}

static const struct cond *
final(struct walk *w, enum pass pass, const struct cond *c)
{
	struct memo *memo = &w->final[pass];

	if (c->id >= memo->len) {
		size_t n = w->make.values.pool->len * 2 + 64;

		memo->at = arena_grow(w->make.values.keep, memo->at, memo->len * sizeof(*memo->at), n * sizeof(*memo->at));
		memo->len = n;
	}
	if (!memo->at[c->id]) {
		const struct cond *f = final_node(w, pass, c);

		memo->at[c->id] = f;
	}
	return memo->at[c->id];
}

static const struct cond *
both_passes(struct walk *w, const struct cond *c)
{
	return final(w, UNKNOWNS, final(w, TYPES, c));
}

const struct cond *
walk_final(struct walk *w, const struct cond *c)
{
	c = both_passes(w, c);
	return c->once ? c : logic_shorten(w->make.values.logic, c);
}

/* ---- parts -------------------------------------------------------------------------------------------- */

struct collector {
	struct walk *w;
	const struct dir *dir;
	struct map seen;
	VEC(struct part) part;
};

static void
add_part(struct collector *k, struct str name, const struct cond *when, unsigned place)
{
	struct arena *keep = k->w->make.values.keep;
	struct item item = { .name = name };
	struct str path;
	size_t i;

	if (has_mark(name) || !str_ends(name, STR(".o"))) {
		if (has_mark(name))
			marked_word(k->w, &(struct alt){ when, name, place }, "the list of an object's parts");
		return;
	}
	if (when == k->w->make.values.pool->no)
		return;
	path = walk_object_path(k->w, k->dir, &item);
	i = map_index_put(&k->seen, keep, path);
	if (i == k->part.len)
		vec_push(keep, &k->part, ((struct part){ .object = path, .when = when }));
	else
		k->part.at[i].when = either_of(k->w, k->part.at[i].when, when);
}

/* NAME-SUFFIX; NULL: undefined. */
static struct variable *
list_of_parts(struct make *m, struct str name, const char *suffix)
{
	struct arena_mark mark = arena_mark(m->values.keep);
	struct str parts[] = { name, str_from(suffix) };
	struct variable *v = variable_find(m, str_join(m->values.keep, parts, 2, STR("-")));

	arena_reset(m->values.keep, mark);
	return v;
}

/* Is there any of the lists? Most objects have none. */
static bool
has_lists(struct make *m, struct str name)
{
	static const struct str suffix[] = { { "-objs", 5 }, { "-y", 2 }, { "-m", 2 }, { "-", 1 } };
	struct arena_mark mark = arena_mark(m->values.keep);
	char *full = arena_bytes(m->values.keep, name.len + suffix[0].len);
	bool found = false;

	memcpy(full, name.at, name.len);
	for (size_t i = 0; i < sizeof(suffix) / sizeof(*suffix) && !found; i++) {
		memcpy(full + name.len, suffix[i].at, suffix[i].len);
		found = variable_find(m, (struct str){ full, name.len + suffix[i].len }) != NULL;
	}
	arena_reset(m->values.keep, mark);
	return found;
}

/* The words of NAME-SUFFIX, each under its condition and `when`; returns when there are any. */
static const struct cond *
add_parts(struct collector *k, struct str name, const char *suffix, const struct cond *when)
{
	struct make *m = &k->w->make;
	struct variable *v = list_of_parts(m, name, suffix);
	const struct alts *words = &k->w->words;

	if (!v)
		return m->values.pool->no;
	read_words(k->w, k->dir, v);
	if (when)
		for (size_t i = 0; i < words->len; i++)
			add_part(k, words->at[i].text, both_of(k->w, when, words->at[i].when), words->at[i].place);
	return value_filled(&m->values, &k->w->value, true);
}

struct part_list
walk_parts(struct walk *w, const struct dir *d, struct str name, struct str path, const struct cond *module,
           const struct cond *builtin)
{
	struct collector k = { .w = w, .dir = d };
	struct cond_pool *pool = w->make.values.pool;
	struct str stem = str_take(name, name.len - 2);
	const struct cond *composite, *m, *single;

	make_begin(&w->make, d->scope);
	if (!has_lists(&w->make, stem)) {
		struct part *part = NEW(w->make.values.keep, struct part);

		*part = (struct part){ path, pool->yes };
		return (struct part_list){ part, 1 };
	}
	composite = add_parts(&k, stem, "objs", pool->yes);
	composite = either_of(w, composite, add_parts(&k, stem, "y", pool->yes));
	composite = either_of(w, composite, add_parts(&k, stem, "", NULL));
	m = either_of(w, composite, add_parts(&k, stem, "m", module));
	if (composite == pool->no && m == pool->no) {
		add_part(&k, name, pool->yes, 0);
	} else {
		single = either_of(w, both_of(w, builtin, cond_not(pool, composite)), both_of(w, module, cond_not(pool, m)));
		if (logic_possible(w->make.values.logic, both_passes(w, single)))
			add_part(&k, name, single, 0);
	}
	for (size_t i = 0; i < k.part.len; i++)
		k.part.at[i].when = walk_final(w, k.part.at[i].when);
	return (struct part_list){ k.part.at, k.part.len };
}
