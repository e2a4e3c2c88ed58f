// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/proposal.h"

#include <stdio.h>
#include <string.h>

#include "base/data.h"
#include "cli/companions.h"
#include "cli/terminal.h"
#include "kconfig/conflict.h"
#include "kconfig/suggest.h"
#include "scanner/dump.h"
#include "scanner/scan.h"

enum { NAMES_MAX = 4 }; /* of machines, in one line */

struct tree *
proposal_tree(const struct proposal *p)
{
	return p->mapping->kernel.tree;
}

struct str
proposal_machine(const struct proposal *p)
{
	size_t shown = p->parties_len > NAMES_MAX ? NAMES_MAX : p->parties_len;
	struct text t = { 0 };
	struct str s;

	if (p->parties_len == 1)
		return p->parties[0].machine->name.len ? p->parties[0].machine->name : STR("this machine");
	for (size_t i = 0; i < shown; i++)
		text_addf(&t, "%s%.*s", !i ? "" : i + 1 < p->parties_len ? ", " : " and ", STR_ARG(p->parties[i].name));
	if (shown < p->parties_len)
		text_addf(&t, " and %zu more", p->parties_len - shown);
	s = str_copy(p->keep, text_str(&t));
	text_release(&t);
	return s;
}

static void
note(struct proposal *p, struct str text)
{
	vec_push(p->keep, &p->notes, text);
}

/* ---- goals ---- */

/* A proposal being made. */
struct proposer {
	struct proposal *p;
	struct workshop *w;
	struct cond_pool *pool;
	struct arena *keep;
	struct map routes;        /* path -> index into demands + 1 */
	struct map said;          /* goals of baseline and companions that are there already */
};

static void
add_goal(struct proposer *pl, const struct cond *cond, struct str name, struct str reason, struct str group,
         uint64_t worth)
{
	struct goal g = { cond, name, reason, group, worth };

	vec_push(pl->keep, &pl->p->goals, g);
}

/* "laptop: pci 8086:15f3 ...; desktop: pci ..." where there are several machines. */
static struct str
party_reason(struct proposer *pl, const struct party *by, struct str reason)
{
	return pl->p->parties_len == 1 ? reason
	       : str_format(pl->keep, "%.*s: %.*s", STR_ARG(by->name), STR_ARG(reason));
}

static struct demand *
find_demand(struct proposer *pl, const struct route *r)
{
	void **index = map_put(&pl->routes, pl->keep, r->object);
	struct demand d = { .route = r, .when = pl->pool->yes };

	if (!*index) {
		vec_push(pl->keep, &pl->p->demands, d);
		*index = (void *)pl->p->demands.len;
	}
	return &pl->p->demands.at[(size_t)*index - 1];
}

static void
add_party(struct proposer *pl, struct demand *d, const struct party *by)
{
	struct str *names = NEW_ARRAY(pl->keep, struct str, d->parties.len + 1);

	if (d->parties.len)
		memcpy(names, d->parties.at, d->parties.len * sizeof(*names));
	names[d->parties.len] = by->name;
	d->parties = (struct words){ names, d->parties.len + 1 };
}

static void
demands_of(struct proposer *pl, const struct party *by)
{
	for (size_t i = 0; i < by->goals_len; i++) {
		const struct wanted *w = &by->goals[i];
		struct demand *d = find_demand(pl, w->route);
		struct str reason = party_reason(pl, by, w->reason);

		d->reason = !d->reason.len ? reason
		            : str_format(pl->keep, "%.*s; %.*s", STR_ARG(d->reason), STR_ARG(reason));
		d->when = cond_and(pl->pool, d->when, w->when);
		d->hardware |= w->hardware;
		add_party(pl, d, by);
	}
}

/* Boot path, baseline and companions of several machines ask for the same things; once is enough. */
static bool
is_new(struct proposer *pl, struct str group, struct str symbol, struct str value)
{
	struct str key = str_format(pl->keep, "%.*s %.*s=%.*s", STR_ARG(group), STR_ARG(symbol), STR_ARG(value));
	size_t before = pl->said.len;

	map_index_put(&pl->said, pl->keep, key);
	return pl->said.len > before;
}

/* Without an initrd the way to the root file system must be known. */
static void
guess_boot(struct proposer *pl, struct party *by)
{
	bootpath_guess(by->devices, by->devices_len, pl->keep, &by->boot);
	diag_warn(pl->p->diag, STR(""), 0, "%.*s does not show its root file system: all drivers of storage are built in; "
	          "name the file system too, for instance --set EXT4_FS=y", STR_ARG(by->name));
}

/* The way to a root file system: in any form for an initrd, y without one. */
static void
boot_goals(struct proposer *pl, struct party *by)
{
	const char *boot = args_value(pl->w->args, "boot");
	bool builtin = boot && strcmp(boot, "builtin") == 0;

	if (builtin && !by->boot.list.len)
		guess_boot(pl, by);
	for (size_t i = 0; i < by->boot.list.len; i++) {
		const struct boot_step *b = &by->boot.list.at[i];
		const struct route *r = b->route;

		if (!is_new(pl, STR("boot path"), r->path, STR("")))
			continue;
		if (builtin && r->builtin->kind == COND_FALSE)
			diag_warn(pl->p->diag, STR(""), 0, "%.*s cannot be built in; an initrd is needed", STR_ARG(r->name));
		add_goal(pl, builtin && r->builtin->kind != COND_FALSE ? r->builtin : cond_or(pl->pool, r->module, r->builtin),
		         str_format(pl->keep, "%s %.*s", builtin ? "built-in" : "module", STR_ARG(r->name)),
		         party_reason(pl, by, b->reason), STR("boot path"), 0);
	}
}

static void
hardware_goals(struct proposer *pl)
{
	for (size_t i = 0; i < pl->p->parties_len; i++)
		demands_of(pl, &pl->p->parties[i]);
	for (size_t i = 0; i < pl->p->parties_len; i++)
		boot_goals(pl, &pl->p->parties[i]);
	for (size_t i = 0; i < pl->p->demands.len; i++) {
		struct demand *d = &pl->p->demands.at[i];
		const struct route *r = d->route;
		bool can_be_module = r->module->kind != COND_FALSE;

		d->goal = pl->p->goals.len;
		add_goal(pl, cond_and(pl->pool, cond_or(pl->pool, r->module, r->builtin), d->when),
		         str_format(pl->keep, "%s %.*s", can_be_module ? "module" : "built-in",
		                    STR_ARG(can_be_module ? r->name : r->object)),
		         d->reason, d->hardware ? STR("hardware") : STR("loaded modules"), 0);
	}
}

static void
baseline_goals(struct proposer *pl, const struct str *features, size_t len)
{
	struct baseline_rows rows = { 0 };

	baseline_select(&pl->w->baseline, features, len, BASELINE_RECOMMENDED, pl->keep, &rows);
	for (size_t i = 0; i < rows.list.len; i++) {
		const struct baseline_row *r = &rows.list.at[i];
		const struct cond *c = pl->pool->no;

		if (!workshop_defines(pl->w, r->symbol))
			continue;
		for (size_t k = 0; k < r->values.len; k++)
			c = cond_or(pl->pool, c, cond_is(pl->pool, r->symbol, r->values.at[k]));
		add_goal(pl, c, r->symbol, r->reason, STR("NixOS baseline"),
		         r->level == BASELINE_RECOMMENDED ? WORTH_BASELINE : 0);
	}
}

typedef VEC(struct str) feature_list;

/* The features of baseline.csv that a dump itself shows. */
static void
features_of(const struct machine *m, struct arena *keep, feature_list *f)
{
	/* a dump that does not say: without EFI the kernel of most of today's machines does not start */
	if (str_is(m->firmware, "efi") || (!m->firmware.len && str_is(m->arch, "x86_64")))
		vec_push(keep, f, STR("efi"));
	for (size_t i = 0; i < m->blocks.len; i++) {
		if (str_is(m->blocks.at[i].kind, "dm-crypt"))
			vec_push(keep, f, STR("luks"));
		if (str_is(m->blocks.at[i].kind, "lvm"))
			vec_push(keep, f, STR("lvm"));
		if (str_starts(m->blocks.at[i].kind, STR("raid")))
			vec_push(keep, f, STR("raid"));
	}
	for (size_t i = 0; i < m->filesystems.len; i++)
		vec_push(keep, f, m->filesystems.at[i].type);
	if (!m->filesystems.len) /* a dump that does not say: the usual one */
		vec_push(keep, f, STR("ext4"));
}

/* Does it have disks behind SCSI's commands, SATA's among them? */
static bool
has_scsi(const struct party *by)
{
	for (size_t i = 0; i < by->goals_len; i++) {
		struct str object = by->goals[i].route->object;

		if (str_starts(object, STR("drivers/scsi/")) || str_starts(object, STR("drivers/ata/")) ||
		    str_starts(object, STR("drivers/usb/storage/")))
			return true;
	}
	return false;
}

/* What all machines show, then what the user said. */
static feature_list
collect_features(struct proposer *pl)
{
	feature_list f = { 0 };
	bool scsi = false;

	if (str_is(pl->p->model->srcarch, "x86"))
		vec_push(pl->keep, &f, STR("x86"));
	if (str_is(pl->p->model->arch, "x86_64"))
		vec_push(pl->keep, &f, STR("x86_64"));
	for (size_t i = 0; i < pl->p->parties_len; i++) {
		features_of(pl->p->parties[i].machine, pl->keep, &f);
		scsi = scsi || has_scsi(&pl->p->parties[i]);
	}
	if (!scsi)
		vec_push(pl->keep, &f, STR("-scsi"));
	for (size_t i = 0; i < pl->w->features.len; i++)
		vec_push(pl->keep, &f, pl->w->features.at[i]);
	return f;
}

/* A number is no goal but stands before the search, unless the user gave one. False: it is no number. */
static bool
set_number(struct proposer *pl, const struct companion *c)
{
	const struct symbol *s = kconfig_find(pl->p->model, c->symbol);
	struct str *why;

	if (!s || (s->type != SYM_INT && s->type != SYM_HEX))
		return false;
	if (config_has_user(pl->w->base, s, NULL) || map_get(&pl->p->numbers, s->name))
		return true;
	why = NEW(pl->keep, struct str);
	*why = str_format(pl->keep, "%.*s, %.*s", STR_ARG(c->symbol), STR_ARG(c->reason));
	*map_put(&pl->p->numbers, pl->keep, s->name) = why;
	vec_push(pl->keep, &pl->p->presets, ((struct setting){ s, c->value }));
	return true;
}

static void
companions_of(struct proposer *pl, const struct party *by)
{
	struct source rules = { STR("kconfig/companions.rules"), data_find("kconfig/companions.rules") };
	struct companions list = { { 0 } };
	struct map modules = { 0 };

	for (size_t i = 0; i < by->goals_len; i++)
		map_put(&modules, pl->keep, by->goals[i].route->name);
	companions_find(&rules, by->machine, &modules, pl->keep, pl->p->diag, &list);
	for (size_t i = 0; i < list.list.len; i++) {
		const struct companion *c = &list.list.at[i];

		if (set_number(pl, c))
			continue;
		if (workshop_defines(pl->w, c->symbol) && is_new(pl, STR("companions"), c->symbol, c->value))
			add_goal(pl, workshop_symbol(pl->w, c->symbol, c->value), c->symbol,
			         party_reason(pl, by, c->reason), STR("companions"), WORTH_COMPANION);
	}
}

static bool
collect_goals(struct proposer *pl)
{
	hardware_goals(pl);
	for (size_t i = 0; i < pl->w->asked.len; i++)
		vec_push(pl->keep, &pl->p->goals, pl->w->asked.at[i]);
	if (!args_has(pl->w->args, "no-baseline")) {
		feature_list f = collect_features(pl);

		baseline_goals(pl, f.at, f.len);
	}
	for (size_t i = 0; pl->w->level != FEATURES_MINIMAL && i < pl->p->parties_len; i++)
		companions_of(pl, &pl->p->parties[i]);
	pl->p->collected = pl->p->goals.len;
	return !pl->p->diag->errors;
}

/* ---- the search ---- */

static struct solution *
run_solver(struct proposer *pl, bool outline, const struct solution *before)
{
	const struct workshop *w = pl->w;
	const char *prefer = args_value(w->args, "prefer");
	struct solve_request q = {
		.model = w->model, .base = pl->p->base, .goals = pl->p->goals.at, .goals_len = pl->p->goals.len,
		.costs = w->costs, .pins = w->pins.at, .pins_len = w->pins.len,
		.possible = w->possible, .outline = outline,
		.dropped = before ? before->dropped : NULL, .dropped_len = before ? before->dropped_len : 0,
		.fat = w->fat, .prefer_builtin = prefer && strcmp(prefer, "builtin") == 0,
	};

	return solve(&q, pl->keep);
}

/* Sub-options of the drivers that there will be, as the present kernel has them. What told of them; NULL: not asked. */
static const struct solution *
add_features(struct proposer *pl)
{
	enum features level = pl->w->level;
	struct suggestion_list list = { 0 };
	struct solution *outline;

	if (level == FEATURES_MINIMAL || !pl->p->fat)
		return NULL;
	outline = run_solver(pl, true, NULL);
	if (outline->found)
		list = suggest_options(pl->w->deciders, outline->config, pl->p->fat, pl->p->base, pl->keep);
	for (size_t i = 0; i < list.len; i++)
		if (is_new(pl, STR("driver options"), list.at[i].sym->name, STR("y")))
			add_goal(pl, cond_is(pl->pool, list.at[i].sym->name, 'y'), list.at[i].sym->name,
			         str_format(pl->keep, "option of %.*s that the present kernel has",
			                    STR_ARG(list.at[i].driver->name)),
			         STR("driver options"), level == FEATURES_FULL ? WORTH_FULL : WORTH_MATCHING);
	return outline->found ? outline : NULL;
}

/*
 * What the user drops wins over what the hardware asks for: of the goals that contradict each other those of devices
 * become wishes. False: the conflict is another one.
 */
static bool
yield_to_drops(struct proposer *pl)
{
	const struct conflict *c = &pl->p->solution->conflict;
	const struct goal *drop = NULL;
	bool gave_way = false;

	for (size_t i = 0; i < c->goals_len; i++)
		if (str_starts(c->goals[i]->reason, STR("--drop ")))
			drop = c->goals[i];
	for (size_t i = 0; drop && i < pl->p->demands.len; i++) {
		struct goal *g = &pl->p->goals.at[pl->p->demands.at[i].goal];

		for (size_t k = 0; k < c->goals_len && !g->worth; k++)
			if (c->goals[k] == g) {
				g->worth = 1;
				note(pl->p, str_format(pl->keep, "note: left out %.*s (%.*s): %.*s", STR_ARG(g->name),
				                       STR_ARG(g->reason), STR_ARG(drop->reason)));
				gave_way = true;
			}
	}
	return gave_way;
}

static void
search(struct proposer *pl)
{
	do {
		const struct solution *outline = add_features(pl);

		pl->p->solution = run_solver(pl, false, outline);
	} while (!pl->p->solution->found && yield_to_drops(pl));
}

static int
note_failure(struct proposer *pl)
{
	const struct solution *s = pl->p->solution;
	struct text t = { 0 };

	if (s->trouble.len) {
		note(pl->p, str_format(pl->keep, "the answer could not be verified: %.*s", STR_ARG(s->trouble)));
		return EXIT_UNVERIFIED;
	}
	if (!s->conflict.goals_len) {
		note(pl->p, STR("no configuration was found that could be verified"));
		return EXIT_UNVERIFIED;
	}
	conflict_print(&s->conflict, &t);
	note(pl->p, str_trim(str_copy(pl->keep, text_str(&t))));
	text_release(&t);
	return EXIT_NO_SOLUTION;
}

static void
note_left_out(struct proposer *pl)
{
	const struct solution *s = pl->p->solution;

	for (size_t i = 0; i < s->dropped_len; i++) {
		const struct goal *g = s->dropped[i].goal;

		note(pl->p, str_format(pl->keep, "note: %.*s is needed%s%.*s", STR_ARG(s->dropped[i].symbol),
		                       g ? " by " : " by several goals together", g ? (int)g->name.len : 0,
		                       g ? g->name.at : ""));
	}
	for (size_t i = 0; i < pl->p->goals.len; i++)
		if (!s->reached[i] && pl->p->goals.at[i].worth >= WORTH_COMPANION)
			note(pl->p, str_format(pl->keep, "note: left out %.*s: it contradicts the goals, or costs too much here",
			                       STR_ARG(pl->p->goals.at[i].name)));
}

static struct str
final_value(void *ctx, struct str name)
{
	const struct proposal *p = ctx;
	const struct symbol *s = kconfig_find(p->model, name);
	struct str v;

	if (!s || s->type == SYM_UNKNOWN)
		return STR("");
	v = config_text(p->solution->config, s);
	return str_is(v, "n") && (s->type == SYM_BOOL || s->type == SYM_TRISTATE) ? STR("") : v;
}

/* What the Makefiles of these directories (NULL: of all) build with the configuration found. */
static bool
build_forward(struct proposer *pl, const struct map *dirs)
{
	struct proposal *p = pl->p;
	struct built built;

	if (!kbuild_built_in(proposal_tree(p), p->model->arch, dirs, final_value, p, pl->keep, p->diag, &built))
		return false;
	for (size_t i = 0; i < built.modules; i++)
		map_put(&p->built, pl->keep, built.module[i]);
	for (size_t i = 0; i < built.objects; i++)
		map_put(&p->built, pl->keep, built.object[i].object);
	return true;
}

static bool
is_built(const struct proposal *p, const struct route *r)
{
	return map_index(&p->built, r->path) >= 0 || map_index(&p->built, r->object) >= 0;
}

/* The directories of what is demanded; an object may also be listed by another directory, but hardly any is. */
static bool
build_demands(struct proposer *pl)
{
	const struct proposal *p = pl->p;
	struct map dirs = { 0 };

	map_index_put(&dirs, pl->keep, STR(""));
	for (size_t i = 0; i < p->demands.len; i++)
		for (struct str dir = path_dir(p->demands.at[i].route->object); map_index(&dirs, dir) < 0; dir = path_dir(dir))
			map_index_put(&dirs, pl->keep, dir);
	if (!build_forward(pl, &dirs))
		return false;
	for (size_t i = 0; i < p->demands.len; i++)
		if (!is_built(p, p->demands.at[i].route))
			return build_forward(pl, NULL);
	return true;
}

/* The other way round: what do the Makefiles build with this configuration? Every demand must be in it. */
static int
verify_forward(struct proposer *pl)
{
	struct proposal *p = pl->p;

	if (!build_demands(pl))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < p->demands.len; i++) {
		const struct route *r = p->demands.at[i].route;

		if (is_built(p, r) || p->goals.at[p->demands.at[i].goal].worth)
			continue;
		note(p, str_format(pl->keep, "verification failed: the configuration does not build %.*s", STR_ARG(r->path)));
		p->modules_lost++;
	}
	return p->modules_lost ? EXIT_UNVERIFIED : EXIT_FINE;
}

/* ---- the whole ---- */

static void
settle_party(struct pipeline *m, const struct sighting *s, struct arena *keep, struct party *by)
{
	pipeline_settle(m, s);
	by->devices = m->devices.at;
	by->devices_len = m->devices.len;
	by->goals = m->goals.at;
	by->goals_len = m->goals.len;
	by->lost = m->lost.at;
	by->lost_len = m->lost.len;
	by->unmapped = m->unmapped;
	by->foreign = m->foreign;
	by->mapped = true;
	bootpath_find(m, keep, &by->boot);
}

void
proposal_map(struct workshop *w, struct party *parties, size_t n, struct arena *keep)
{
	struct sighting *s = NEW_ARRAY(keep, struct sighting, n + 1);

	for (size_t i = 0; i < n; i++)
		if (!parties[i].mapped)
			pipeline_look(w->rooms, parties[i].machine, &s[i]);
	pipeline_expect(w->rooms, s, n);
	for (size_t i = 0; i < n; i++)
		if (!parties[i].mapped)
			settle_party(w->rooms, &s[i], keep, &parties[i]);
}

int
proposal_collect(struct workshop *w, struct party *parties, size_t n, struct arena *keep, struct diag *diag,
                 struct proposal *p)
{
	struct proposer pl = { .p = p, .w = w, .pool = &w->rooms->pool, .keep = keep };

	*p = (struct proposal){
		.workshop = w, .keep = keep, .diag = diag, .mapping = w->rooms, .parties = parties, .parties_len = n,
		.model = w->model, .fat = w->fat,
	};
	proposal_map(w, parties, n, keep);
	for (size_t i = 0; i < n; i++)
		p->unmapped += parties[i].unmapped;
	return collect_goals(&pl) ? EXIT_FINE : EXIT_TROUBLE;
}

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int
proposal_compare(const struct proposal *a, const struct proposal *b)
{
	int r = compare(b->collected, a->collected);

	if (!r)
		r = compare(b->demands.len, a->demands.len);
	if (!r)
		r = compare(b->presets.len, a->presets.len);
	for (size_t i = 0; !r && i < a->collected; i++) {
		r = compare(a->goals.at[i].cond->id, b->goals.at[i].cond->id);
		r = r ? r : compare(a->goals.at[i].worth, b->goals.at[i].worth);
	}
	for (size_t i = 0; !r && i < a->demands.len; i++)
		r = compare(a->demands.at[i].route->id, b->demands.at[i].route->id);
	for (size_t i = 0; !r && i < a->presets.len; i++) {
		r = compare(a->presets.at[i].sym->id, b->presets.at[i].sym->id);
		r = r ? r : str_cmp(a->presets.at[i].value, b->presets.at[i].value);
	}
	return r;
}

static void
set_base(struct proposal *p)
{
	p->base = config_copy(p->workshop->base, p->keep);
	for (size_t i = 0; i < p->presets.len; i++)
		config_set_raw(p->base, p->presets.at[i].sym, p->presets.at[i].value);
}

/* The other's answer, told of the own goals: they are the same but for who asks. */
static void
borrow_solution(struct proposal *p, const struct proposal *from)
{
	struct solution *s = NEW(p->keep, struct solution);

	for (size_t i = p->collected; i < from->goals.len; i++)
		vec_push(p->keep, &p->goals, from->goals.at[i]);
	*s = *from->solution;
	s->dropped = NEW_ARRAY(p->keep, struct pin_dropped, s->dropped_len + 1);
	for (size_t i = 0; i < s->dropped_len; i++) {
		const struct pin_dropped *d = &from->solution->dropped[i];

		s->dropped[i] = (struct pin_dropped){ d->symbol, d->goal ? &p->goals.at[d->goal - from->goals.at] : NULL };
	}
	p->solution = s;
	p->base = from->base;
	p->built = from->built;
	p->settings = from->settings;
	p->settings_len = from->settings_len;
}

static int
find_solution(struct proposer *pl)
{
	struct proposal *p = pl->p;
	int code;

	set_base(p);
	progress("finding the smallest configuration");
	search(pl);
	if (!p->solution->found)
		return note_failure(pl);
	progress("checking what it builds");
	code = verify_forward(pl);
	if (code == EXIT_FINE)
		solution_settings(p->solution->config, p->base, pl->keep, &p->settings, &p->settings_len);
	return code;
}

int
proposal_solve(struct proposal *p, const struct proposal *like)
{
	struct proposer pl = { .p = p, .w = p->workshop, .pool = &p->mapping->pool, .keep = p->keep };
	int code = EXIT_FINE;

	if (like && like->verified && !proposal_compare(p, like))
		borrow_solution(p, like);
	else
		code = find_solution(&pl);
	if (code != EXIT_FINE)
		return code;
	p->verified = true;
	note_left_out(&pl);
	return p->unmapped ? EXIT_UNMAPPED : EXIT_FINE;
}

int
proposal_for(struct workshop *w, struct party *parties, size_t n, struct arena *keep, struct diag *diag,
             struct proposal *p)
{
	int code = proposal_collect(w, parties, n, keep, diag, p);

	if (code == EXIT_FINE)
		code = proposal_solve(p, NULL);
	if (p->verified)
		p->why = explain(p->model, p->solution->config, p->base, p->goals.at, p->goals.len, keep);
	return code;
}

int
proposal_make(struct args *a, struct proposal *p)
{
	struct machine *m = a->len ? machine_load(a->keep, a->at, a->len, a->diag) : machine_scan(a->keep, NULL, a->diag);
	struct workshop *w = NEW(a->keep, struct workshop);
	struct party *party = NEW(a->keep, struct party);
	struct text report = { 0 };
	int code;

	if (!m || a->diag->errors || !workshop_start(a, m->arch, w))
		return EXIT_TROUBLE;
	*party = (struct party){ .name = m->name, .machine = m };
	proposal_map(w, party, 1, a->keep);
	if (!workshop_finish(w))
		return EXIT_TROUBLE;
	code = proposal_for(w, party, 1, a->keep, a->diag, p);
	progress(NULL);
	proposal_report(p, &report);
	if (report.len)
		fputs(report.at, stderr);
	text_release(&report);
	return code;
}

static void
report_unmapped(const struct proposal *p, const struct party *by, struct text *out)
{
	struct str who = p->parties_len == 1 ? STR("") : str_format(p->keep, "%.*s: ", STR_ARG(by->name));

	for (size_t i = 0; i < by->devices_len; i++) {
		const struct mapped *m = &by->devices[i];

		if (!found_is_mapped(m->found))
			text_addf(out, "derpconfig: not mapped (%s): %.*s%.*s, driver %.*s: %.*s\n", found_word(m->found),
			          STR_ARG(who), STR_ARG(device_label(m->device, p->keep)), STR_ARG(m->device->driver),
			          STR_ARG(m->note));
	}
	for (size_t i = 0; i < by->lost_len; i++)
		text_addf(out, "derpconfig: not mapped (%s): %.*sloaded module %.*s: %.*s\n", found_word(by->lost[i].found),
		          STR_ARG(who), STR_ARG(by->lost[i].module), STR_ARG(by->lost[i].note));
}

void
proposal_report(const struct proposal *p, struct text *out)
{
	for (size_t i = 0; i < p->notes.len; i++)
		text_addf(out, "derpconfig: %.*s\n", STR_ARG(p->notes.at[i]));
	for (size_t i = 0; p->solution && p->solution->found && i < p->parties_len; i++)
		report_unmapped(p, &p->parties[i], out);
}

struct str
proposal_reason(const struct proposal *p, const struct symbol *s, struct arena *a)
{
	struct text t = { 0 };
	const struct why *y = &p->why[s->id];
	const struct str *number = map_get(&p->numbers, s->name);
	struct str out;

	if (!number)
		number = map_get(&p->workshop->numbers, s->name);
	if (number)
		text_add(&t, *number);
	else if (y->kind == WHY_OFF)
		text_add_c(&t, s->type == SYM_BOOL || s->type == SYM_TRISTATE ? "off" : "value");
	else
		why_print_step(y, &t);
	if (y->goal && y->kind != WHY_GOAL)
		text_addf(&t, ", for %.*s", STR_ARG(y->goal->name));
	out = str_copy(a, text_str(&t));
	text_release(&t);
	return out;
}

struct str
proposal_group(const struct proposal *p, const struct symbol *s)
{
	const struct why *y = &p->why[s->id];

	return y->kind == WHY_GOAL ? y->goal->group : STR("dependencies");
}
