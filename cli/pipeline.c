// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/pipeline.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cli/provider.h"
#include "scanner/dump.h"
#include "scanner/scan.h"

const char *
found_word(enum found f)
{
	static const char *const word[FOUND_KINDS] = {
		"alias", "sibling", "dependency", "link", "table", "name", "renamed", "matches", "nothing-needed",
		"out-of-tree", "gone", "other-arch", "unmapped",
	};

	return word[f];
}

bool
found_is_mapped(enum found f)
{
	return f < FOUND_OUT_OF_TREE;
}

struct str
config_value(void *ctx, struct str symbol)
{
	const struct dotconfig_line *line = dotconfig_get(ctx, symbol);

	return !line || (!line->string && str_is(line->value, "n")) ? STR("") : line->value;
}

/* The modules directory knows best; for what is in the image without a module's name the configuration decides. */
enum route_state
pipeline_state(const struct pipeline *p, const struct route *r)
{
	const struct module *m = modules_find(p->modules, r->name);
	struct dotconfig config = p->config;

	if (m && str_eq(m->path, r->path))
		return m->builtin ? ROUTE_BUILTIN : ROUTE_MODULE;
	if (!p->has_config)
		return ROUTE_UNKNOWN;
	return cond_eval(r->builtin, config_value, &config) ? ROUTE_BUILTIN
	       : cond_eval(r->module, config_value, &config) ? ROUTE_MODULE : ROUTE_OFF;
}

const struct route *
pipeline_route(const struct pipeline *p, const struct module *m)
{
	const struct route *r = kbuild_by_path(p->kbuild, m->path);
	struct route_list list;

	if (r)
		return r;
	list = kbuild_by_name(p->kbuild, m->name);
	return list.len == 1 ? list.at[0] : NULL;
}

const struct cond *
pipeline_needs(struct pipeline *p, const struct route *r, const struct cond *when)
{
	bool image = pipeline_state(p, r) == ROUTE_BUILTIN || r->module->kind == COND_FALSE;

	return cond_and(&p->pool, image ? r->builtin : r->module, when);
}

struct str
device_label(const struct device *d, struct arena *keep)
{
	struct str id = d->id.len ? d->id : d->modalias.len ? d->modalias : path_base(d->path);
	struct str name = d->product.len ? d->product : d->name;

	return str_format(keep, "%.*s%s%.*s%s%.*s", STR_ARG(d->subsystem), d->subsystem.len ? " " : "", STR_ARG(id),
	                  name.len ? " " : "", STR_ARG(name));
}

/* Matching. */

static int
by_module(const void *a, const void *b)
{
	return str_cmp(((const struct match *)a)->module->name, ((const struct match *)b)->module->name);
}

/* Machines have much in common, so each modalias is looked up once. */
static struct match_list
match_alias(struct pipeline *p, struct str modalias)
{
	void **slot = map_put(&p->matched, p->keep, modalias);

	if (!*slot) {
		struct match_list *list = NEW(p->keep, struct match_list);

		*list = modalias_match(p->modules, modalias, p->keep);
		*slot = list;
	}
	return *(const struct match_list *)*slot;
}

/* Every module that claims one of the device's modaliases, each once. */
static struct match_list
match_device(struct pipeline *p, const struct device *d)
{
	struct match_list all = match_alias(p, d->modalias);
	VEC(struct match) list = { 0 };

	if (!d->also.len)
		return all;
	for (size_t i = 0; i <= d->also.len; i++) {
		struct match_list some = i ? match_alias(p, d->also.at[i - 1]) : all;

		for (size_t j = 0; j < some.len; j++) {
			size_t k = 0;

			while (k < list.len && list.at[k].module != some.at[j].module)
				k++;
			if (k == list.len)
				vec_push(p->keep, &list, some.at[j]);
		}
	}
	if (list.len)
		qsort(list.at, list.len, sizeof(*list.at), by_module);
	return (struct match_list){ list.at, list.len };
}

/* False: what serves it is not near, see provider.h. */
static bool
map_device(struct pipeline *p, struct mapped *m)
{
	const struct device *d = m->device;

	m->matches = match_device(p, d);
	if (d->driver.len || d->module.len)
		return provider_find(p, m);
	m->found = m->matches.len ? FOUND_MATCHES : FOUND_NOTHING_NEEDED;
	return true;
}

static void
turn_to(struct pipeline *p, struct machine *machine)
{
	p->machine = machine;
	p->foreign = machine->arch.len && !str_eq(kernel_arch(p->keep, machine->arch), p->kernel.arch);
}

void
pipeline_look(struct pipeline *p, struct machine *machine, struct sighting *s)
{
	*s = (struct sighting){ .machine = machine };
	turn_to(p, machine);
	for (size_t i = 0; i < machine->devices.len; i++) {
		struct mapped m = { .device = &machine->devices.at[i] };

		if (!map_device(p, &m)) {
			vec_push(p->keep, &s->far, i);
			driver_prepare(pipeline_drivers(p));
		}
		vec_push(p->keep, &s->devices, m);
	}
}

void
pipeline_expect(struct pipeline *p, const struct sighting *s, size_t n)
{
	VEC(struct driver_query) asked = { 0 };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].far.len; k++) {
			const struct device *d = s[i].devices.at[s[i].far.at[k]].device;

			vec_push(p->keep, &asked, ((struct driver_query){ d->subsystem, d->driver }));
		}
	if (asked.len)
		driver_expect(pipeline_drivers(p), asked.at, asked.len);
}

/* Goals. */

typedef VEC(struct wanted) wanted_list;

struct goals {
	struct pipeline *p;
	long *index;          /* by route->id: index into the list + 1 */
	wanted_list list;
};

static void
goal_add(struct goals *g, const struct route *r, const struct cond *when, const struct device *d, struct str reason)
{
	struct wanted *w;

	if (!g->index[r->id]) {
		struct wanted new = { .route = r, .when = g->p->pool.yes, .state = pipeline_state(g->p, r), .reason = reason,
		                      .device = d, .hardware = d != NULL };

		vec_push(g->p->keep, &g->list, new);
		g->index[r->id] = (long)g->list.len;
	}
	w = &g->list.at[g->index[r->id] - 1];
	w->when = cond_and(&g->p->pool, w->when, when);
	w->devices += d ? d->count : 0;
}

static struct goals
goals_new(struct pipeline *p, struct arena *scratch)
{
	return (struct goals){ .p = p, .index = NEW_ARRAY(scratch, long, kbuild_route_count(p->kbuild)) };
}

static int
by_path(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	int r = str_cmp(x->route->path, y->route->path);

	return r ? r : x->route->id < y->route->id ? -1 : x->route->id > y->route->id;
}

static bool
serves(const struct mapped *m, const struct route *r)
{
	for (size_t i = 0; i < m->routes_len; i++)
		if (m->routes[i] == r)
			return true;
	return false;
}

/* What devices are bound to; with `all` what claims them, too. */
static void
device_goals(struct goals *g, struct goals *extra, bool all)
{
	struct pipeline *p = g->p;

	for (size_t i = 0; i < p->devices.len; i++) {
		const struct mapped *m = &p->devices.at[i];
		struct str label = device_label(m->device, p->keep);

		for (size_t j = 0; j < m->routes_len; j++)
			goal_add(g, m->routes[j], m->when[j], m->device, label);
		for (size_t j = 0; j < m->matches.len; j++) {
			const struct route *r = pipeline_route(p, m->matches.at[j].module);

			if (r && !serves(m, r))
				goal_add(all ? g : extra, r, p->pool.yes, m->device, label);
		}
	}
}

/* Modules that come along with the goals found so far: a map of names. */
static struct map
needed(struct goals *g)
{
	struct pipeline *p = g->p;
	struct map names = { 0 };

	for (size_t i = 0; i < g->list.len; i++) {
		const struct module *m = modules_find(p->modules, g->list.at[i].route->name);
		struct need_list list = m ? module_needs(p->modules, m, p->keep) : (struct need_list){ 0 };

		for (size_t j = 0; j < list.len; j++) {
			void **by = map_put(&names, p->keep, list.at[j].module->name);

			if (!*by)
				*by = NEW(p->keep, struct need);
			*(struct need *)*by = list.at[j];
		}
	}
	return names;
}

/* Which of the devices' modules are found by another device's alias, or come along with another goal? */
static void
find_company(struct pipeline *p, const struct map *along)
{
	struct map claimed = { 0 };

	for (size_t i = 0; i < p->devices.len; i++)
		for (size_t j = 0; j < p->devices.at[i].matches.len; j++)
			map_put(&claimed, p->keep, p->devices.at[i].matches.at[j].module->name);
	for (size_t i = 0; i < p->devices.len; i++) {
		struct mapped *m = &p->devices.at[i];

		if ((m->found != FOUND_LINK && m->found != FOUND_TABLE && m->found != FOUND_NAME) || !m->routes_len ||
		    pipeline_state(p, m->routes[0]) != ROUTE_MODULE)
			continue;
		if (map_index(&claimed, m->routes[0]->name) >= 0)
			m->found = FOUND_SIBLING;
		else if (map_index(along, m->routes[0]->name) >= 0)
			m->found = FOUND_DEPENDENCY;
	}
}

static void
lose(struct pipeline *p, struct str name)
{
	bool foreign = is_out_of_tree(p->machine, name);
	struct lost l = { name, foreign ? FOUND_OUT_OF_TREE : FOUND_GONE, { 0 } };

	l.note = foreign ? str_format(p->keep, "%.*s is not part of the kernel", STR_ARG(name))
	                 : str_format(p->keep, "%.*s has no module %.*s: removed or renamed since, newer, or from elsewhere",
	                              STR_ARG(tree_version(p->kernel.tree)), STR_ARG(name));
	vec_push(p->keep, &p->lost, l);
}

static const struct route *
route_of_loaded(struct pipeline *p, struct str name)
{
	const struct module *m = modules_find(p->modules, name);
	struct route_list list = kbuild_by_name(p->kbuild, name);

	return m ? pipeline_route(p, m) : list.len ? list.at[0] : NULL;
}

static const struct device *
claimed_device(struct pipeline *p, struct str name)
{
	for (size_t i = 0; i < p->devices.len; i++)
		for (size_t j = 0; j < p->devices.at[i].matches.len; j++)
			if (str_eq(p->devices.at[i].matches.at[j].module->name, name))
				return p->devices.at[i].device;
	return NULL;
}

/* Loaded modules: those that claim a device are that device's; of the others those that nothing else brings. */
static void
loaded_goals(struct goals *g, const struct map *along)
{
	struct pipeline *p = g->p;

	for (size_t i = 0; i < p->machine->modules.len; i++) {
		const struct loaded *l = &p->machine->modules.at[i];
		const struct route *r = route_of_loaded(p, l->name);
		const struct device *d = r && !g->index[r->id] ? claimed_device(p, l->name) : NULL;

		if (!r)
			lose(p, l->name);
		else if (d)
			goal_add(g, r, p->pool.yes, d, str_format(p->keep, "loaded for %.*s", STR_ARG(device_label(d, p->keep))));
		else if (!g->index[r->id] && map_index(along, l->name) < 0)
			goal_add(g, r, p->pool.yes, NULL, STR("loaded, no device asked for it"));
	}
}

static void
store_goals(struct pipeline *p, struct goals *g, struct goals *extra)
{
	p->goals.at = g->list.at;
	p->goals.len = g->list.len;
	p->extra.len = 0;
	for (size_t i = 0; i < extra->list.len; i++)
		if (!g->index[extra->list.at[i].route->id])
			vec_push(p->keep, &p->extra, extra->list.at[i]);
	if (p->goals.len)
		qsort(p->goals.at, p->goals.len, sizeof(*p->goals.at), by_path);
	if (p->extra.len)
		qsort(p->extra.at, p->extra.len, sizeof(*p->extra.at), by_path);
}

static bool
binds_nothing(const struct machine *m)
{
	for (size_t i = 0; i < m->devices.len; i++)
		if (m->devices.at[i].driver.len || m->devices.at[i].module.len)
			return false;
	return m->devices.len > 0;
}

void
pipeline_settle(struct pipeline *p, const struct sighting *s)
{
	struct arena scratch = { 0 };
	struct goals g = goals_new(p, &scratch), extra = goals_new(p, &scratch);
	struct map along;

	turn_to(p, s->machine);
	p->devices = s->devices;
	p->lost = (__typeof__(p->lost)){ 0 };
	p->unmapped = 0;
	p->unbound = binds_nothing(s->machine);
	for (size_t i = 0; i < s->far.len; i++)
		provider_find_anywhere(p, &p->devices.at[s->far.at[i]]);
	device_goals(&g, &extra, p->unbound || args_has(p->args, "all-matches"));
	along = needed(&g);
	find_company(p, &along);
	if (!args_has(p->args, "no-loaded"))
		loaded_goals(&g, &along);
	store_goals(p, &g, &extra);
	for (size_t i = 0; i < p->devices.len; i++)
		p->unmapped += !found_is_mapped(p->devices.at[i].found);
	p->unmapped += p->lost.len;
	arena_release(&scratch);
}

void
pipeline_map(struct pipeline *p, struct machine *machine)
{
	struct sighting s;

	pipeline_look(p, machine, &s);
	pipeline_expect(p, &s, 1);
	pipeline_settle(p, &s);
}

/* The modules' directory, read by the first who comes. */
struct reading {
	struct modules *modules;
	struct diag said;
	atomic_flag begun;
	sem_t done;
};

static struct reading *
reading_new(struct arena *keep)
{
	struct reading *r = NEW(keep, struct reading);

	r->said.keep = arena_child(keep);
	atomic_flag_clear(&r->begun);
	sem_init(&r->done, 0, 0);
	return r;
}

void
pipeline_read_modules(struct pipeline *p)
{
	struct reading *r = p->reading;

	if (atomic_flag_test_and_set(&r->begun))
		return;
	r->modules = modules_open(p->kernel.modules, &r->said);
	sem_post(&r->done);
}

bool
pipeline_modules(struct pipeline *p)
{
	pipeline_read_modules(p);
	sem_wait(&p->reading->done);
	p->modules = p->reading->modules;
	diag_merge(p->args->diag, &p->reading->said, DIAG_NOTE);
	return p->modules && !p->args->diag->errors;
}

struct pipeline *
pipeline_begin(struct args *a, struct str arch)
{
	struct pipeline *p = NEW(a->keep, struct pipeline);

	p->args = a;
	p->keep = a->keep;
	p->said = (struct diag){ .keep = a->keep };
	p->reading = reading_new(p->keep);
	if (kernel_find(a, KERNEL_TREE | KERNEL_MODULES, arch, &p->kernel))
		return p;
	pipeline_release(p);
	return NULL;
}

/* What kbuild notes about lists that no driver stands in (built-in firmware) is for `derpconfig built` to say. */
void
pipeline_tell(struct pipeline *p)
{
	diag_merge(p->args->diag, &p->said, DIAG_WARNING);
	p->said.list.len = 0;
}

bool
pipeline_makefiles(struct pipeline *p)
{
	struct args *a = p->args;
	struct source config = { p->kernel.config_path, p->kernel.config };

	p->has_config = p->kernel.config.len > 0;
	if (p->has_config)
		dotconfig_parse(&p->config, &config, a->keep, a->diag);
	cond_pool_init(&p->pool, a->keep);
	p->kbuild = kbuild_open(p->kernel.tree, p->kernel.arch, &p->pool, a->keep, &p->said);
	pipeline_tell(p);
	return p->kbuild && !a->diag->errors;
}

bool
pipeline_rooms(struct pipeline *p)
{
	return pipeline_makefiles(p) && pipeline_modules(p);
}

struct driver_table *
pipeline_drivers(struct pipeline *p)
{
	if (!p->drivers)
		p->drivers = driver_table_open(p->kernel.tree, p->args->diag);
	return p->drivers;
}

struct likely *
pipeline_likely(struct pipeline *p)
{
	struct str *paths;
	size_t n;

	if (p->likely)
		return p->likely;
	n = kbuild_part_count(p->kbuild);
	paths = NEW_ARRAY(p->keep, struct str, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct str object = kbuild_part_object(p->kbuild, i);

		paths[i] = str_take(object, str_rindex(object, '.'));
	}
	return p->likely = likely_new(paths, n, p->keep);
}

struct pipeline *
pipeline_open(struct args *a, struct str arch)
{
	struct pipeline *p = pipeline_begin(a, arch);

	if (!p || pipeline_rooms(p))
		return p;
	pipeline_release(p);
	return NULL;
}

struct pipeline *
pipeline_run(struct args *a)
{
	struct machine *m = a->len ? machine_load(a->keep, a->at, a->len, a->diag) : machine_scan(a->keep, NULL, a->diag);
	struct pipeline *p = m && !a->diag->errors ? pipeline_open(a, m->arch) : NULL;

	if (p)
		pipeline_map(p, m);
	return p;
}

void
pipeline_report(const struct pipeline *p)
{
	for (size_t i = 0; i < p->devices.len; i++) {
		const struct mapped *m = &p->devices.at[i];

		if (!found_is_mapped(m->found))
			fprintf(stderr, "derpconfig: not mapped (%s): %.*s, driver %.*s: %.*s\n", found_word(m->found),
			        STR_ARG(device_label(m->device, p->keep)), STR_ARG(m->device->driver), STR_ARG(m->note));
	}
	for (size_t i = 0; i < p->lost.len; i++)
		fprintf(stderr, "derpconfig: not mapped (%s): loaded module %.*s: %.*s\n", found_word(p->lost.at[i].found),
		        STR_ARG(p->lost.at[i].module), STR_ARG(p->lost.at[i].note));
}

void
pipeline_release(struct pipeline *p)
{
	if (!p)
		return;
	pipeline_tell(p);
	if (p->kbuild)
		kbuild_close(p->kbuild);
	driver_table_close(p->drivers);
	modules_close(p->modules);
	kernel_release(&p->kernel);
}
