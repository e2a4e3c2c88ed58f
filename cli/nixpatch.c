// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixpatch.h"

#include <stdio.h>
#include <string.h>

#include "cli/nixcommon.h"
#include "cli/nixcompiler.h"
#include "cli/nixinitrd.h"
#include "cli/nixmode.h"
#include "nixout/nix.h"

struct patch {
	struct args *args;
	const struct proposal *p;
	enum nix_mode mode;
	struct config *target;
	struct nix_plan plan;
	struct answers platform;       /* nixpkgs' own for the architecture */
	struct option *options, *late; /* the plan's lines: those that go into the attribute set, and the others */
	size_t options_len, late_len;
	const bool *bound;             /* by symbol id: offered by the grace of the compiler */
};

static struct str
line_group(const struct proposal *p, const struct plan_line *l)
{
	switch (l->why) {
	case LINE_ORDER:
		return STR("order: these would come on by themselves");
	case LINE_UNSET:
		return STR("unset: the common config answers what nobody asks here");
	case LINE_GOAL: case LINE_GOAL_FREE: case LINE_VALUE: case LINE_FORCE: case LINE_FREE:
		break;
	}
	return proposal_group(p, l->sym);
}

static struct str
base_reason(const struct patch *x, const struct plan_line *l)
{
	struct arena *keep = x->args->keep;
	struct str why;

	if (l->why == LINE_ORDER)
		return STR("");
	if (l->why == LINE_UNSET)
		return str_format(keep, "was %.*s", STR_ARG(l->common));
	if (l->why == LINE_FORCE && str_eq(l->value, l->common))
		return l->late ? STR("as the platform says") : STR("as the common config says");
	why = proposal_reason(x->p, l->sym, keep);
	if (str_starts(why, l->name) && str_starts(str_drop(why, l->name.len), STR(", ")))
		why = str_drop(why, l->name.len + 2); /* a goal named after its symbol */
	if (str_is(why, "value"))
		why = STR("its default, which the run would not keep by itself");
	if (l->why == LINE_FORCE)
		return str_format(keep, "%.*s; the %s says %.*s", STR_ARG(why), l->late ? "platform" : "common config",
		                  STR_ARG(l->common));
	return why;
}

/* --explain-lines: what the run has to do with it. */
static const char *
role(enum line_why why)
{
	switch (why) {
	case LINE_GOAL: return "[goal]";
	case LINE_GOAL_FREE: return "[goal, comes by itself]";
	case LINE_VALUE: return "[needed]";
	case LINE_ORDER: return "[needed: on by default]";
	case LINE_FORCE: return "[needed: against the common config]";
	case LINE_UNSET: return "[needed: not asked here]";
	case LINE_FREE: break;
	}
	return "[comes by itself]";
}

static struct str
line_reason(const struct patch *x, const struct plan_line *l)
{
	struct arena *keep = x->args->keep;
	struct str why = base_reason(x, l);

	if (l->sym && x->bound[l->sym->id])
		why = str_format(keep, "%.*s%swhere the compiler can", STR_ARG(why), why.len ? "; " : "");
	if (args_has(x->args, "explain-lines"))
		why = str_format(keep, "%.*s%s%s", STR_ARG(why), why.len ? " " : "", role(l->why));
	return why;
}

/* Hardware first, then what was asked for, what these need, and last what only the run's order calls for. */
static const char *const group_order[] = {
	"hardware", "loaded", "set", "", "NixOS", "dependencies", "order", "unset",
};
enum { GROUP_RANKS = sizeof(group_order) / sizeof(*group_order), GROUP_OTHER = 3 };

static int
group_rank(struct str group)
{
	for (int i = 0; i < GROUP_RANKS; i++)
		if (i != GROUP_OTHER && str_starts(group, str_from(group_order[i])))
			return i;
	return GROUP_OTHER;
}

static struct option
line_option(const struct patch *x, const struct plan_line *l)
{
	struct option o = plan_option(l);

	o.group = line_group(x->p, l);
	o.reason = line_reason(x, l);
	o.optional |= l->sym && x->bound[l->sym->id];
	return o;
}

static void
list_options(struct patch *x)
{
	const struct plan_line *lines = x->plan.lines.at;
	size_t len = x->plan.lines.len;

	x->options = NEW_ARRAY(x->args->keep, struct option, len + 1);
	x->late = NEW_ARRAY(x->args->keep, struct option, len + 1);
	for (int rank = 0; rank < GROUP_RANKS; rank++)
		for (size_t i = 0; i < len; i++)
			if (!lines[i].late && group_rank(line_group(x->p, &lines[i])) == rank)
				x->options[x->options_len++] = line_option(x, &lines[i]);
	for (size_t i = 0; i < len; i++)
		if (lines[i].late)
			x->late[x->late_len++] = line_option(x, &lines[i]);
}

static bool *
mark_goals(const struct proposal *p, struct arena *keep)
{
	bool *goal = NEW_ARRAY(keep, bool, p->model->symbols_len);

	for (size_t i = 0; i < p->settings_len; i++)
		goal[p->settings[i].sym->id] = p->why[p->settings[i].sym->id].kind == WHY_GOAL;
	return goal;
}

static void
tell_failure(struct args *a, const struct nix_plan *plan)
{
	struct text t = { 0 };

	for (size_t i = 0; i < plan->outcome.problems.list.len; i++) {
		t.len = 0;
		problem_print(&plan->outcome.problems.list.at[i], &t);
		if (plan->outcome.problems.list.at[i].fatal)
			diag_error(a->diag, STR(""), 0, "nixpkgs' run would end with: %s", t.at);
	}
	for (size_t i = 0; i < plan->missed.len && i < 20; i++)
		diag_error(a->diag, STR(""), 0, "nixpkgs' run leads to %.*s=%.*s instead of %.*s",
		           STR_ARG(plan->missed.at[i].sym->name), STR_ARG(plan->missed.at[i].got),
		           STR_ARG(plan->missed.at[i].wanted));
	text_release(&t);
}

/* What the common config requires and another compiler may not offer is forced to be optional. */
static void
soften_common(struct patch *x, const struct answers *common)
{
	for (size_t i = 0; i < answers_len(common); i++) {
		const struct answer *an = answers_at(common, i), *given = answers_get(&x->plan.answers, an->name);
		const struct symbol *s = kconfig_find(x->p->model, an->name);
		struct plan_line l = { .name = an->name, .sym = s, .value = an->value, .why = LINE_FORCE, .common = an->value,
		                       .late = answers_get(&x->platform, an->name) };

		if (s && x->bound[s->id] && given && !given->optional && str_eq(given->value, an->value))
			vec_push(x->args->keep, &x->plan.lines, l);
	}
}

/* Plays nixpkgs' run until it comes to the solution. */
static int
find_lines(struct patch *x)
{
	struct args *a = x->args;
	struct answers common = { 0 };
	struct nix_target t = {
		.model = x->p->model, .tree = proposal_tree(x->p), .goal = mark_goals(x->p, a->keep),
		.words = STR("allnoconfig"), .common = &common, .platform = &x->platform,
	};

	if (args_value(a, "common") && !nixcommon_read(a, t.tree, t.model->arch, &common))
		return EXIT_TROUBLE;
	nixcommon_platform(t.model->arch, a->keep, &x->platform, &common);
	x->target = x->mode == NIX_COMMON ? nix_join(x->p, &common, a->keep) : x->p->solution->config;
	if (x->mode == NIX_SUBTRACT) {
		t.words = STR("defconfig");
		t.auto_modules = true;
		t.prefer_builtin = nix_prefers_builtin(t.model->arch);
		x->target = nix_subtract(x->p, &common, t.words, a->keep, a->diag);
	}
	t.solved = x->target;
	if (!t.solved)
		return EXIT_UNVERIFIED;
	x->bound = compiler_bound(t.solved, a->keep);
	if (nix_plan(&t, a->keep, a->diag, &x->plan)) {
		soften_common(x, &common);
		return EXIT_FINE;
	}
	tell_failure(a, &x->plan);
	return EXIT_UNVERIFIED;
}

static bool
find_mode(struct patch *x)
{
	const char *mode = args_value(x->args, "mode");

	x->mode = args_value(x->args, "common") ? NIX_COMMON : NIX_LEAN;
	if (mode && !nix_mode_parse(str_from(mode), &x->mode)) {
		usage_error(x->args, "--mode %s: lean, common or subtract", mode);
		return false;
	}
	if (x->mode == NIX_LEAN && args_value(x->args, "common")) {
		usage_error(x->args, "--mode lean does without the common config; leave --common out");
		return false;
	}
	if (x->mode == NIX_COMMON && !args_value(x->args, "common")) {
		usage_error(x->args, "--mode common needs the common config's answers: --common FILE");
		return false;
	}
	return true;
}

static struct str
title(const struct patch *x)
{
	const struct nix_plan *plan = &x->plan;
	size_t count[LINE_FREE + 1] = { 0 };

	for (size_t i = 0; i < plan->lines.len; i++)
		count[plan->lines.at[i].why]++;
	return str_format(x->args->keep,
	                  "Kernel options for %.*s, kernel %.*s, made by derpconfig " VERSION "\n"
	                  "%zu lines: %zu asked for, %zu they need, %zu against defaults, %zu forced, %zu unset. Proven by "
	                  "playing\nnixpkgs' configuration run: %zu questions, 0 errors, exactly the configuration meant.",
	                  STR_ARG(proposal_machine(x->p)), STR_ARG(tree_version(proposal_tree(x->p))), plan->lines.len,
	                  count[LINE_GOAL] + count[LINE_GOAL_FREE], count[LINE_VALUE], count[LINE_ORDER],
	                  count[LINE_FORCE], count[LINE_UNSET], plan->outcome.questions);
}

int
nixpatch_write(struct args *a, const struct proposal *p, struct text *out)
{
	const char *release = args_value(a, "nixpkgs"), *tune = args_value(a, "tune");
	struct patch x = { .args = a, .p = p };
	struct text more = { 0 };
	struct nix_module m = {
		.kernel = nixcommon_kernel(a, proposal_tree(p)), .llvm = args_has(a, "llvm"), .tuning = str_from(tune),
	};
	int r;

	if (!nixpkgs_release(str_from(release ? release : "unstable"), &m.release))
		return usage_error(a, "--nixpkgs %s: a release like 24.11 or 25.05, or unstable", release);
	if (!find_mode(&x))
		return EXIT_TROUBLE;
	if ((r = find_lines(&x)) != EXIT_FINE)
		return r;
	m.common_config = x.mode != NIX_LEAN;
	m.auto_modules = x.mode == NIX_SUBTRACT;
	m.prefer_builtin = m.auto_modules && nix_prefers_builtin(p->model->arch);
	m.defconfig = x.plan.words;
	if (x.mode == NIX_SUBTRACT && !x.plan.seed.len && !m.llvm && !m.tuning.len && !m.prefer_builtin)
		m.kernel = STR(""); /* the stock kernel's arguments are right as they are */
	list_options(&x);
	m.options = x.options;
	m.options_len = x.options_len;
	m.late = x.late;
	m.late_len = x.late_len;
	m.seed = x.plan.seed;
	m.title = title(&x);
	if (!args_has(a, "no-initrd"))
		nixinitrd_write(p, x.target, a->keep, &more, a->diag);
	m.more = text_str(&more);
	nix_write(&m, out, a->diag);
	text_release(&more);
	return a->diag->errors ? EXIT_TROUBLE : EXIT_FINE;
}
