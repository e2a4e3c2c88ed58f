// SPDX-License-Identifier: GPL-2.0-or-later
/* upgrade - a machine's configuration for another kernel, and what changed on the way, with the evidence. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/emit.h"
#include "cli/fleet.h"
#include "cli/patchfile.h"
#include "cli/rename.h"
#include "scanner/dump.h"

static const struct flag flags[] = {
	{ "from", 0, "TREE", "the kernel it is for now: source directory or tarball" },
	{ "from-modules", 0, "DIR", "its lib/modules/VERSION directory" },
	{ "from-config", 0, "FILE", "its configuration" },
	{ "to", 0, "TREE", "the kernel it shall be for" },
	{ "to-modules", 0, "DIR", "its lib/modules/VERSION directory (default: that of --from)" },
	{ "to-config", 0, "FILE", "its configuration (default: that of --from)" },
	{ "arch", 'a', "ARCH", "architecture, as ARCH= of make has it (default: from the configuration)" },
	{ "changes", 0, "FILE", "write what changed to FILE (default: standard error)" },
	{ "json", 'j', NULL, "what changed as JSON" },
	EMIT_FLAGS,
	PROPOSAL_FLAGS_BUT_FROM,
	{ 0 },
};

/* Soft, but given up for nothing but a contradiction: what an old patch asks for may be impossible now. */
enum { WORTH_PATCH = 1 << 30 };

enum kind {
	CHANGE_RENAMED,      /* a symbol: `to` is its name now */
	CHANGE_REMOVED,      /* the new kernel has no such symbol, and none that took its place was found */
	CHANGE_UNNEEDED,     /* it is there, but nothing has to say it any more */
	CHANGE_REQUIRED,     /* the new kernel has to be told */
	CHANGE_VALUE,
	CHANGE_GIVEN_UP,     /* of a patch: it contradicts the rest in the new kernel */
	CHANGE_MOVED,        /* a device is served by another object */
	CHANGE_LOST,         /* nothing of the new kernel serves it */
	CHANGE_FOUND,        /* nothing of the old kernel did */
	CHANGE_KINDS,
};

static const char *const kind_word[CHANGE_KINDS] = {
	"renamed", "removed", "unneeded", "required", "value", "given-up", "moved", "lost", "found",
};

struct upgrade_change {
	enum kind kind;
	struct str what;     /* symbol, or device */
	struct str from, to; /* names, values or objects */
	struct str evidence;
};

/* One of the two kernels. */
struct side {
	struct args args;
	struct workshop workshop;
	struct proposal proposal;
};

struct upgrade {
	struct args *args;
	struct arena *keep;
	struct side old, new;
	struct patch_lines lines;  /* of a PATCH */
	struct map old_symbols;    /* what was told to the old kernel; its names */
	struct map renamed;        /* symbols of the new kernel that took another's place */
	VEC(struct upgrade_change) changes;
	size_t by_itself;          /* told to the old kernel; the new one has them like that anyway */
};

static void
add_change(struct upgrade *u, enum kind kind, struct str what, struct str from, struct str to, struct str evidence)
{
	vec_push(u->keep, &u->changes, ((struct upgrade_change){ kind, what, from, to, evidence }));
}

/* ---- the two kernels ---- */

static const struct flag tree_flag = { "kernel", 0, "TREE", "" }, modules_flag = { "modules", 0, "DIR", "" },
                         config_flag = { "config", 0, "FILE", "" };

static void
give(struct upgrade *u, struct side *s, const struct flag *flag, const char *value)
{
	if (value)
		vec_push(u->keep, &s->args.given, ((struct given){ flag, value }));
}

/* The arguments as a command with --kernel, --modules and --config would have them. */
static void
derive_args(struct upgrade *u, struct side *s, bool new)
{
	static const char *const ours[] = { "from", "to", "from-modules", "to-modules", "from-config", "to-config" };
	struct args *a = u->args;
	const char *modules = args_value(a, "to-modules"), *config = args_value(a, "to-config");

	s->args = *a;
	s->args.given = (__typeof__(s->args.given)){ 0 };
	for (size_t i = 0; i < a->given.len; i++) {
		size_t k = 0;

		while (k < sizeof(ours) / sizeof(*ours) && strcmp(a->given.at[i].flag->name, ours[k]) != 0)
			k++;
		if (k == sizeof(ours) / sizeof(*ours))
			vec_push(u->keep, &s->args.given, a->given.at[i]);
	}
	give(u, s, &tree_flag, args_value(a, new ? "to" : "from"));
	give(u, s, &modules_flag, new && modules ? modules : args_value(a, "from-modules"));
	give(u, s, &config_flag, new && config ? config : args_value(a, "from-config"));
}

static bool
open_sides(struct upgrade *u, struct str arch)
{
	derive_args(u, &u->old, false);
	derive_args(u, &u->new, true);
	return workshop_open(&u->old.args, arch, &u->old.workshop) && workshop_open(&u->new.args, arch, &u->new.workshop);
}

static void
print_report(const struct proposal *p)
{
	struct text t = { 0 };

	proposal_report(p, &t);
	if (t.len)
		fputs(t.at, stderr);
	text_release(&t);
}

/* EXIT_FINE or EXIT_UNMAPPED when it has a solution. */
static int
propose(struct upgrade *u, struct side *s, struct str name, struct machine *m)
{
	struct party *party = NEW(u->keep, struct party);

	*party = (struct party){ .name = name, .machine = m };
	return proposal_for(&s->workshop, party, 1, u->keep, u->args->diag, &s->proposal);
}

/* ---- what changed: symbols ---- */

static struct str
why_text(struct upgrade *u, struct side *s, const struct symbol *sym)
{
	struct text t = { 0 };
	struct str out;

	why_print(s->proposal.model, s->proposal.why, sym, &t);
	out = str_trim(str_copy(u->keep, text_str(&t)));
	text_release(&t);
	return out;
}

static const struct setting *
setting_of(const struct proposal *p, struct str name)
{
	for (size_t i = 0; i < p->settings_len; i++)
		if (str_eq(p->settings[i].sym->name, name))
			return &p->settings[i];
	return NULL;
}

/* A symbol that the new kernel does not have. `reason`: what it was for. */
static void
missing_symbol(struct upgrade *u, const struct symbol *was, struct str name, struct str reason)
{
	struct rename r = rename_find(&u->old.workshop, &u->new.workshop, name, u->keep);
	struct str place = symbol_place(was, u->keep);

	if (!r.to) {
		add_change(u, CHANGE_REMOVED, name, STR(""), STR(""), place.len
		           ? str_format(u->keep, "was at %.*s; %.*s", STR_ARG(place), STR_ARG(reason))
		           : str_format(u->keep, "neither kernel has it; %.*s", STR_ARG(reason)));
		return;
	}
	map_index_put(&u->renamed, u->keep, r.to->name);
	add_change(u, CHANGE_RENAMED, name, name, r.to->name,
	           str_format(u->keep, "was at %.*s, is at %.*s: %.*s; %.*s", STR_ARG(place),
	                      STR_ARG(symbol_place(r.to, u->keep)), STR_ARG(r.evidence), STR_ARG(reason)));
}

/* A symbol that both kernels have, told to the old one only. */
static void
unneeded_symbol(struct upgrade *u, const struct setting *s)
{
	const struct proposal *p = &u->new.proposal;
	const struct symbol *now = kconfig_find(p->model, s->sym->name);
	struct str value = config_text(p->solution->config, now);
	bool off = str_is(value, "n") || !value.len;
	enum why_kind why = p->why[now->id].kind;

	if (str_eq(value, s->value) && (why == WHY_BASE || why == WHY_CHOICE)) {
		u->by_itself++; /* older kernels are told which option of a choice is the default */
		return;
	}
	add_change(u, CHANGE_UNNEEDED, s->sym->name, s->value, value,
	           str_format(u->keep, "at %.*s; was: %.*s; now: %.*s", STR_ARG(symbol_place(now, u->keep)),
	                      STR_ARG(why_text(u, &u->old, s->sym)), STR_ARG(off ? STR("nothing asks for it") : why_text(u, &u->new, now))));
}

static void
old_symbols(struct upgrade *u)
{
	const struct proposal *p = &u->old.proposal;

	for (size_t i = 0; i < p->settings_len; i++) {
		const struct setting *s = &p->settings[i], *now = setting_of(&u->new.proposal, s->sym->name);

		map_index_put(&u->old_symbols, u->keep, s->sym->name);
		if (!workshop_defines(&u->new.workshop, s->sym->name))
			missing_symbol(u, s->sym, s->sym->name,
			               str_format(u->keep, "for %.*s", STR_ARG(why_text(u, &u->old, s->sym))));
		else if (!now)
			unneeded_symbol(u, s);
		else if (!str_eq(now->value, s->value))
			add_change(u, CHANGE_VALUE, s->sym->name, s->value, now->value,
			           str_format(u->keep, "at %.*s; %.*s", STR_ARG(symbol_place(now->sym, u->keep)),
			                      STR_ARG(why_text(u, &u->new, now->sym))));
	}
}

static void
required_symbols(struct upgrade *u)
{
	const struct proposal *p = &u->new.proposal;

	for (size_t i = 0; i < p->settings_len; i++) {
		const struct setting *s = &p->settings[i];

		if (map_index(&u->old_symbols, s->sym->name) >= 0 || map_index(&u->renamed, s->sym->name) >= 0)
			continue;
		add_change(u, CHANGE_REQUIRED, s->sym->name, STR(""), s->value,
		           str_format(u->keep, "at %.*s%s; %.*s", STR_ARG(symbol_place(s->sym, u->keep)),
		                      workshop_defines(&u->old.workshop, s->sym->name) ? "" : ", new in this kernel",
		                      STR_ARG(why_text(u, &u->new, s->sym))));
	}
}

/* ---- what changed: devices ---- */

static struct str
objects_of(struct upgrade *u, const struct mapped *m)
{
	struct text t = { 0 };
	struct str s;

	for (size_t i = 0; i < m->routes_len; i++)
		text_addf(&t, "%s%.*s", i ? " " : "", STR_ARG(m->routes[i]->object));
	s = str_copy(u->keep, text_str(&t));
	text_release(&t);
	return s;
}

static void
device_change(struct upgrade *u, const struct mapped *was, const struct mapped *now)
{
	struct str a = objects_of(u, was), b = objects_of(u, now);
	struct str driver = was->device->driver, label = device_label(was->device, u->keep);

	if (str_eq(a, b))
		return;
	add_change(u, !b.len ? CHANGE_LOST : !a.len ? CHANGE_FOUND : CHANGE_MOVED, label, a, b,
	           str_format(u->keep, "driver %.*s; was found by %s, now by %s%s%.*s", STR_ARG(driver), found_word(was->found),
	                      found_word(now->found), now->note.len ? ": " : "", STR_ARG(now->note)));
}

/* Both kernels looked at the same machine, so its devices are in the same order. */
static void
device_changes(struct upgrade *u)
{
	const struct party *a = u->old.proposal.parties, *b = u->new.proposal.parties;

	for (size_t i = 0; i < a->devices_len && i < b->devices_len; i++)
		device_change(u, &a->devices[i], &b->devices[i]);
}

/* ---- a patch instead of a dump ---- */

static struct str
line_reason(struct upgrade *u, const struct patch_line *l)
{
	return str_format(u->keep, "line %u%s%.*s", l->line, l->reason.len ? ": " : "", STR_ARG(l->reason));
}

static void
ask_for(struct upgrade *u, const struct symbol *s, const struct patch_line *l)
{
	struct workshop *w = &u->new.workshop;
	bool tri = s->type == SYM_BOOL || s->type == SYM_TRISTATE;
	struct goal g = { NULL, s->name, line_reason(u, l), l->group.len ? l->group : STR("from the patch"), WORTH_PATCH };

	if (!tri) {
		config_set_raw(w->base, s, l->value);
		return;
	}
	g.cond = str_is(l->value, "n") ? cond_not(&w->rooms->pool, cond_on(&w->rooms->pool, s->name))
	         : str_is(l->value, "y") ? cond_is(&w->rooms->pool, s->name, 'y') : cond_on(&w->rooms->pool, s->name);
	vec_push(w->keep, &w->asked, g);
}

/* A line as a goal for the new kernel, under the name it has there. What only follows from others is left to the search. */
static void
take_line(struct upgrade *u, const struct patch_line *l)
{
	const struct symbol *was = kconfig_find(u->old.workshop.model, l->symbol), *now = kconfig_find(u->new.workshop.model, l->symbol);
	bool there = workshop_defines(&u->new.workshop, l->symbol);

	map_index_put(&u->old_symbols, u->keep, l->symbol);
	if (!l->value.len || (l->follows && there) || (str_is(l->value, "n") && !there))
		return;
	if (!workshop_defines(&u->old.workshop, l->symbol))
		diag_warn(u->args->diag, str_from(u->args->at[0]), l->line, "%.*s: the kernel of --from has no such symbol",
		          STR_ARG(l->symbol));
	if (!there) {
		missing_symbol(u, was, l->symbol, line_reason(u, l));
		now = u->changes.at[u->changes.len - 1].kind == CHANGE_RENAMED
		      ? kconfig_find(u->new.workshop.model, u->changes.at[u->changes.len - 1].to) : NULL;
	}
	if (now)
		ask_for(u, now, l);
}

/* A number or string that the new kernel does not ask for, or not with this value. */
static void
check_value(struct upgrade *u, const struct patch_line *l)
{
	struct proposal *p = &u->new.proposal;
	const struct symbol *s = kconfig_find(p->model, l->symbol);
	struct str value;

	if (!l->value.len || !s || s->type == SYM_UNKNOWN || s->type == SYM_BOOL || s->type == SYM_TRISTATE)
		return;
	value = config_text(p->solution->config, s);
	if (!config_is_written(p->solution->config, s) || !str_eq(value, l->value))
		add_change(u, CHANGE_GIVEN_UP, s->name, l->value, config_is_written(p->solution->config, s) ? value : STR(""),
		           str_format(u->keep, "at %.*s; not asked for, or out of range; %.*s",
		                      STR_ARG(symbol_place(s, u->keep)), STR_ARG(line_reason(u, l))));
}

static void
given_up(struct upgrade *u)
{
	const struct proposal *p = &u->new.proposal;

	for (size_t i = 0; i < u->lines.list.len; i++)
		check_value(u, &u->lines.list.at[i]);
	for (size_t i = 0; i < p->goals.len; i++) {
		const struct goal *g = &p->goals.at[i];
		const struct symbol *s = kconfig_find(p->model, g->name);

		if (g->worth == WORTH_PATCH && !p->solution->reached[i])
			add_change(u, CHANGE_GIVEN_UP, g->name, STR(""), config_text(p->solution->config, s),
			           str_format(u->keep, "at %.*s; %.*s", STR_ARG(symbol_place(s, u->keep)), STR_ARG(g->reason)));
	}
}

static int
upgrade_patch(struct upgrade *u, const struct source *src)
{
	struct machine *none = NEW(u->keep, struct machine);
	int code;

	none->keep = u->keep;
	none->name = dump_name(path_base(src->name));
	patch_parse(src, u->keep, u->args->diag, &u->lines);
	if (!open_sides(u, STR("")))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < u->lines.list.len; i++)
		take_line(u, &u->lines.list.at[i]);
	code = propose(u, &u->new, none->name, none);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	given_up(u);
	required_symbols(u);
	return code;
}

static int
upgrade_dump(struct upgrade *u)
{
	struct args *a = u->args;
	struct machine *m = machine_load(u->keep, a->at, a->len, a->diag);
	int code;

	if (!m || !open_sides(u, m->arch))
		return EXIT_TROUBLE;
	code = propose(u, &u->old, m->name, m);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED) {
		print_report(&u->old.proposal);
		return code;
	}
	code = propose(u, &u->new, m->name, m);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	device_changes(u);
	old_symbols(u);
	required_symbols(u);
	return code;
}

/* ---- the report ---- */

static void
print_change(const struct upgrade_change *c, struct text *out)
{
	text_addf(out, "%-8s  %.*s", kind_word[c->kind], STR_ARG(c->what));
	if (c->kind == CHANGE_RENAMED)
		text_addf(out, " -> %.*s", STR_ARG(c->to));
	else if (c->from.len || c->to.len)
		text_addf(out, ": %.*s -> %.*s", c->from.len ? (int)c->from.len : 1, c->from.len ? c->from.at : "-",
		          c->to.len ? (int)c->to.len : 1, c->to.len ? c->to.at : "-");
	text_addf(out, "\n          %.*s\n", STR_ARG(c->evidence));
}

static void
print_changes(const struct upgrade *u, struct text *out)
{
	size_t count[CHANGE_KINDS] = { 0 };

	for (int k = 0; k < CHANGE_KINDS; k++)
		for (size_t i = 0; i < u->changes.len; i++)
			if (u->changes.at[i].kind == (enum kind)k) {
				print_change(&u->changes.at[i], out);
				count[k]++;
			}
	text_addf(out, "%.*s -> %.*s:", STR_ARG(tree_version(u->old.workshop.rooms->kernel.tree)),
	          STR_ARG(tree_version(u->new.workshop.rooms->kernel.tree)));
	for (int k = 0; k < CHANGE_KINDS; k++)
		text_addf(out, "%s %zu %s", k ? "," : "", count[k], kind_word[k]);
	if (u->by_itself)
		text_addf(out, "; %zu need no line any more", u->by_itself);
	text_add_char(out, '\n');
}

static void
json_changes(const struct upgrade *u, struct text *out)
{
	text_addf(out, "{\"format\":\"derpconfig-upgrade\",\"version\":1,\"from\":\"%.*s\",\"to\":\"%.*s\",\"changes\":[",
	          STR_ARG(tree_version(u->old.workshop.rooms->kernel.tree)),
	          STR_ARG(tree_version(u->new.workshop.rooms->kernel.tree)));
	for (size_t i = 0; i < u->changes.len; i++) {
		const struct upgrade_change *c = &u->changes.at[i];
		json_t *o = json_object();

		json_object_set_new(o, "change", json_string(kind_word[c->kind]));
		json_object_set_new(o, c->kind >= CHANGE_MOVED ? "device" : "symbol", json_str(c->what));
		if (c->from.len)
			json_object_set_new(o, "from", json_str(c->from));
		if (c->to.len)
			json_object_set_new(o, "to", json_str(c->to));
		json_object_set_new(o, "evidence", json_str(c->evidence));
		text_add_c(out, i ? ",\n" : "\n");
		json_text(o, out);
		json_decref(o);
	}
	text_add_c(out, "\n]}\n");
}

static int
tell(struct upgrade *u)
{
	const char *path = args_value(u->args, "changes");
	struct text out = { 0 };
	int r = 0;

	if (args_has(u->args, "json"))
		json_changes(u, &out);
	else
		print_changes(u, &out);
	if (path)
		r = file_write(path, text_str(&out));
	else
		fputs(out.at, stderr);
	text_release(&out);
	if (r < 0)
		diag_error(u->args->diag, str_from(path), 0, "cannot write: %s", strerror(-r));
	return r < 0 ? EXIT_TROUBLE : EXIT_FINE;
}

static int
run(struct args *a)
{
	struct upgrade u = { .args = a, .keep = a->keep };
	struct source src = { .name = str_from(a->at[0]) };
	int code, r;

	if (!emit_check(a))
		return EXIT_TROUBLE;
	r = file_read_unpacked(a->keep, a->at[0], &src.text);
	if (r < 0) {
		diag_error(a->diag, src.name, 0, "cannot read: %s", strerror(-r));
		return EXIT_TROUBLE;
	}
	source_check_end(&src, a->diag);
	if (!args_has(a, "from") || !args_has(a, "to"))
		return usage_error(a, "--from TREE and --to TREE are needed");
	if (patch_is(src.text) && a->len > 1)
		return usage_error(a, "one PATCH at a time");
	code = patch_is(src.text) ? upgrade_patch(&u, &src) : upgrade_dump(&u);
	print_report(&u.new.proposal);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	r = tell(&u);
	if (r == EXIT_FINE)
		r = emit(&u.new.args, &u.new.proposal);
	return r != EXIT_FINE ? r : code;
}

const struct command cmd_upgrade = {
	.name = "upgrade", .synopsis = "--from TREE --to TREE DUMP...|PATCH",
	.summary = "Write a machine's configuration for another kernel, and what changed",
	.details =
		"Makes the configuration of the machine for both kernels, writes that for the second as generate does, and tells "
		"which symbols were renamed, removed, are unneeded or newly required, and which devices another object serves: each "
		"with the Kconfig place and what asks for it. PATCH is a NixOS module or Kconfig fragment that derpconfig wrote: its "
		"symbols are goals for the second kernel, under their new names; those that contradict the rest there are given up "
		"and named.",
	.flags = flags, .min = 1, .max = 1000, .run = run,
};
