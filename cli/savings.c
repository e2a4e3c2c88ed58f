// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/savings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

struct str
symbol_value(void *ctx, struct str symbol)
{
	struct config *c = ctx;
	const struct symbol *s = kconfig_find(config_model(c), symbol);
	struct str v = s && s->type != SYM_UNKNOWN ? config_text(c, s) : STR("");

	return str_is(v, "n") ? STR("") : v;
}

static double
seconds_of(const struct proposal *p, size_t cost)
{
	return (double)kbuild_weight(p->mapping->kbuild, cost) / 1024 * SECONDS_PER_KIB;
}

bool
size_of(const struct proposal *p, struct config *c, struct size *out)
{
	struct cost_list costs = kbuild_costs(p->mapping->kbuild);
	struct built built;

	*out = (struct size){ 0 };
	for (size_t i = 0; i < p->model->symbols_len; i++) {
		const struct symbol *s = p->model->symbols[i];

		if (s->type != SYM_BOOL && s->type != SYM_TRISTATE)
			continue;
		out->y += config_tri(c, s) == TRI_Y;
		out->m += config_tri(c, s) == TRI_M;
	}
	if (!kbuild_built(proposal_tree(p), p->model->arch, symbol_value, c, p->keep, p->diag, &built))
		return false;
	out->modules = built.modules;
	for (size_t i = 0; i < costs.len; i++) {
		if (!cond_eval(costs.at[i].when, symbol_value, c))
			continue;
		out->objects++;
		out->seconds += seconds_of(p, i);
	}
	return true;
}

/* ---- By directory ---- */

/* "drivers/gpu/drm/i915/x.o" -> "drivers/gpu"; "fs/ext4/x.o" -> "fs". Some directories are as large as the others together. */
static struct str
part_of_tree(struct str object)
{
	size_t one = str_index(object, '/'), two;

	if (one == object.len)
		return STR(".");
	if (!str_starts(object, STR("drivers/")) && !str_starts(object, STR("sound/")))
		return str_take(object, one);
	two = str_index(str_drop(object, one + 1), '/');
	return one + 1 + two < object.len ? str_take(object, one + 1 + two) : str_take(object, one);
}

static int
by_saving(const void *a, const void *b)
{
	const struct directory *x = a, *y = b;
	double d = (x->from.seconds - x->to.seconds) - (y->from.seconds - y->to.seconds);

	return d > 0 ? -1 : d < 0 ? 1 : str_cmp(x->name, y->name);
}

struct directory_list
savings_by_directory(const struct proposal *p, struct config *from, struct config *to)
{
	struct cost_list costs = kbuild_costs(p->mapping->kbuild);
	VEC(struct directory) all = { 0 };
	struct map names = { 0 };

	for (size_t i = 0; i < costs.len; i++) {
		bool before = cond_eval(costs.at[i].when, symbol_value, from), after = cond_eval(costs.at[i].when, symbol_value, to);
		struct str name = part_of_tree(costs.at[i].object);
		size_t at;

		if (!before && !after)
			continue;
		at = map_index_put(&names, p->keep, name);
		if (at == all.len)
			vec_push(p->keep, &all, ((struct directory){ .name = name }));
		assert(at < all.len);
		all.at[at].from.objects += before;
		all.at[at].to.objects += after;
		all.at[at].from.seconds += before ? seconds_of(p, i) : 0;
		all.at[at].to.seconds += after ? seconds_of(p, i) : 0;
	}
	if (all.len)
		qsort(all.at, all.len, sizeof(*all.at), by_saving);
	return (struct directory_list){ all.at, all.len };
}

/* ---- localmodconfig ---- */

struct localmod {
	const struct proposal *p;
	bool *kept;                    /* by symbol id */
	VEC(const struct symbol *) todo;
	VEC(const struct symbol *) promptless; /* kept, to be selected by something */
	const struct symbol ***selectors; /* by symbol id, ends with NULL; in the order of the files */
};

static enum tri
own_value(const struct localmod *l, const struct symbol *s)
{
	struct str v = dotconfig_value(&l->p->mapping->config, s->name);

	return str_is(v, "y") ? TRI_Y : str_is(v, "m") ? TRI_M : TRI_N;
}

static void
keep(struct localmod *l, const struct symbol *s)
{
	if (!s || s->constant || s->type == SYM_UNKNOWN || l->kept[s->id])
		return;
	l->kept[s->id] = true;
	vec_push(l->p->keep, &l->todo, s);
}

/* Every module that the expression names, whatever it says of it. */
static void
keep_modules_in(struct localmod *l, const struct expr *e)
{
	if (!e)
		return;
	if (e->left && own_value(l, e->left) == TRI_M)
		keep(l, e->left);
	if (e->right && !e->right->constant && own_value(l, e->right) == TRI_M)
		keep(l, e->right);
	keep_modules_in(l, e->a);
	keep_modules_in(l, e->b);
}

static void
keep_route(struct localmod *l, const struct route *r)
{
	struct map names = { 0 };

	cond_symbols(r->own, l->p->keep, &names);
	for (size_t i = 0; i < names.len; i++)
		keep(l, kconfig_find(l->p->model, names.entry[i].key));
}

static void
keep_module(struct localmod *l, struct str name)
{
	struct route_list list = kbuild_by_name(l->p->mapping->kbuild, name);

	for (size_t i = 0; i < list.len; i++)
		keep_route(l, list.at[i]);
}

static void
keep_loaded(struct localmod *l)
{
	const struct pipeline *m = l->p->mapping;

	for (size_t i = 0; i < m->machine->modules.len; i++)
		keep_module(l, m->machine->modules.at[i].name);
	for (size_t i = 0; !m->machine->modules_known && i < m->goals.len; i++) {
		const struct wanted *w = &m->goals.at[i];
		const struct module *module = w->state == ROUTE_MODULE ? modules_find(m->modules, w->route->name) : NULL;
		struct need_list needs = { 0 };

		if (!module)
			continue;
		needs = module_needs(m->modules, module, l->p->keep);
		keep_module(l, module->name);
		for (size_t j = 0; j < needs.len; j++)
			if (needs.at[j].kind == NEED_SYMBOLS)
				keep_module(l, needs.at[j].module->name);
	}
}

static void
find_selectors(struct localmod *l)
{
	const struct kconfig *model = l->p->model;
	size_t *n = NEW_ARRAY(l->p->keep, size_t, model->symbols_len);

	l->selectors = NEW_ARRAY(l->p->keep, const struct symbol **, model->symbols_len);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < model->symbols_len; i++)
			for (size_t j = 0; j < model->symbols[i]->props_len; j++) {
				const struct prop *p = &model->symbols[i]->props[j];
				const struct symbol *s = p->kind == PROP_SELECT ? p->value->left : NULL;

				if (!s || s->constant)
					continue;
				if (pass && !l->selectors[s->id])
					l->selectors[s->id] = NEW_ARRAY(l->p->keep, const struct symbol *, n[s->id] + 1);
				if (pass)
					l->selectors[s->id][--n[s->id]] = model->symbols[i];
				else
					n[s->id]++;
			}
}

/* Something that selects it has to stay: built in, kept already, or else the first of the modules. */
static void
keep_a_selector(struct localmod *l, const struct symbol *s)
{
	const struct symbol *first = NULL;

	for (const struct symbol **by = l->selectors[s->id]; by && *by; by++) {
		enum tri value = own_value(l, *by);

		if (value == TRI_Y || (value == TRI_M && l->kept[(*by)->id]))
			return;
		if (value == TRI_M)
			first = *by; /* the list is backwards */
	}
	keep(l, first);
}

static void
keep_needed(struct localmod *l)
{
	while (l->todo.len) {
		const struct symbol *s = l->todo.at[--l->todo.len];

		if (own_value(l, s) == TRI_M) {
			keep_modules_in(l, s->dir_dep);
			for (size_t i = 0; i < s->props_len; i++)
				if (s->props[i].kind == PROP_DEFAULT)
					keep_modules_in(l, s->props[i].cond);
			if (!symbol_has_prompt(s))
				vec_push(l->p->keep, &l->promptless, s);
		}
		for (size_t i = 0; !l->todo.len && i < l->promptless.len; i++)
			keep_a_selector(l, l->promptless.at[i]);
	}
}

struct config *
localmod_estimate(const struct proposal *p)
{
	const struct kconfig *model = p->model;
	struct localmod l = { .p = p };
	struct config *c;

	if (!p->fat || !p->mapping->machine)
		return NULL;
	l.kept = NEW_ARRAY(p->keep, bool, model->symbols_len);
	find_selectors(&l);
	keep_loaded(&l);
	keep_needed(&l);
	c = config_copy(p->fat, p->keep);
	for (size_t i = 0; i < model->symbols_len; i++)
		if (model->symbols[i]->type == SYM_TRISTATE && !l.kept[i] && own_value(&l, model->symbols[i]) == TRI_M)
			config_set_raw(c, model->symbols[i], STR("n"));
	config_apply_mode(c, MODE_OLDDEF);
	return c;
}

struct config *
config_of_file(const struct proposal *p, const char *path)
{
	struct source src = { str_from(path), { 0 } };
	struct diag ignored = { .keep = p->keep };
	int r = file_read_unpacked(p->keep, path, &src.text);
	struct config *c;

	if (r < 0) {
		diag_error(p->diag, src.name, 0, "cannot read the configuration: %s", strerror(-r));
		return NULL;
	}
	source_check_end(&src, p->diag);
	c = config_new(p->model, p->keep);
	config_read(c, &src, 0, &ignored);
	config_apply_mode(c, MODE_OLDDEF);
	return c;
}

struct str
duration(double seconds, struct arena *keep)
{
	unsigned long s = (unsigned long)(seconds + 0.5), minutes = (s + 30) / 60;

	if (s < 100)
		return str_format(keep, "%lu s", s);
	if (minutes < 100)
		return str_format(keep, "%lu min", minutes);
	return str_format(keep, "%lu h %02lu min", minutes / 60, minutes % 60);
}
