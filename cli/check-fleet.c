// SPDX-License-Identifier: GPL-2.0-or-later
/* check --dumps - the configurations of many machines against what is expected of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/beside.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/check.h"
#include "cli/expect.h"
#include "cli/fleet.h"
#include "cli/terminal.h"
#include "cli/truth.h"
#include "scanner/dump.h"

/* Machines that ask for the same are worked at by one process, so that the answer is found once; so many at most. */
enum { ALIKE_MAX = 32 };

/* What came out for a machine. */
enum state {
	STATE_SAME,
	STATE_DIFFERENT,
	STATE_NEW,        /* nothing is expected of it yet */
	STATE_MADE,       /* no --expect: it has a verified configuration */
	STATE_FOREIGN,    /* of another architecture: not looked at */
	STATE_FAILED,     /* unreadable, no solution, or not verified */
	STATES,
};

static const char *const state_word[STATES] = { "same", "different", "new", "made", "foreign", "failed" };

/* A machine that runs this kernel, until its result is there. */
struct candidate {
	size_t index;           /* among the dumps */
	struct arena *keep;
	struct diag diag;
	struct proposal proposal;
	int code;               /* of proposal_collect */
};

/* Candidates that follow each other. */
struct group { struct candidate *const *at; size_t len; };

struct check {
	struct args *args;
	struct workshop workshop;
	struct dump_files dumps;
	const char *expect;     /* directory; NULL: none */
	bool json;
	struct result *results;
	struct candidate *candidates;
	size_t candidates_len;
	VEC(struct group) groups;
	size_t count[STATES];
	struct words orphans;   /* *.expect files of no machine */
};

struct result {
	enum state state;
	int code;
	size_t differ;          /* lines */
	struct str arch;
	struct str facts;       /* for MACHINE.expect */
	struct str diff;
	struct str report;      /* errors and notes, for people */
	struct str json;        /* members of the machine's object; empty: not asked for */
};

/* ---- results as bytes, from the worker to its parent ---- */

static void
pack_number(struct text *out, size_t n)
{
	text_add(out, (struct str){ (const char *)&n, sizeof(n) });
}

static void
pack(const struct result *r, struct text *out)
{
	const struct str parts[] = { r->arch, r->facts, r->diff, r->report, r->json };

	pack_number(out, r->state);
	pack_number(out, (size_t)r->code);
	pack_number(out, r->differ);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		pack_number(out, parts[i].len);
		text_add(out, parts[i]);
	}
}

static size_t
unpack_number(struct str *from)
{
	size_t n = 0;

	if (from->len >= sizeof(n))
		memcpy(&n, from->at, sizeof(n));
	*from = str_drop(*from, sizeof(n));
	return n;
}

/* The next one. */
static struct result
unpack(struct str *from)
{
	struct result r = { .state = STATE_FAILED, .code = EXIT_UNVERIFIED, .report = STR("the process that worked at it died") };
	struct str *const parts[] = { &r.arch, &r.facts, &r.diff, &r.report, &r.json };

	if (!from->at)
		return r;
	r.state = (enum state)unpack_number(from);
	r.code = (int)unpack_number(from);
	r.differ = unpack_number(from);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t len = unpack_number(from);

		*parts[i] = str_take(*from, len);
		*from = str_drop(*from, len);
	}
	return r;
}

/* ---- one machine ---- */

static const char *
expect_path(const struct check *c, struct str machine, struct arena *keep)
{
	return str_format(keep, "%s/%.*s.expect", c->expect, STR_ARG(machine)).at;
}

static void
compare(const struct check *c, struct str name, struct arena *keep, struct result *r)
{
	const char *path = c->expect ? expect_path(c, name, keep) : NULL;
	struct text diff = { 0 };
	struct str old;
	int e;

	r->state = STATE_MADE;
	if (!path)
		return;
	e = file_read(keep, path, &old);
	if (e < 0 && e != -ENOENT) {
		r->state = STATE_FAILED;
		r->code = EXIT_TROUBLE;
		r->report = str_format(keep, "%s: cannot read: %s", path, strerror(-e));
		return;
	}
	r->state = STATE_NEW;
	if (e < 0)
		return;
	r->differ = expect_diff(old, r->facts, str_from(path), name, keep, &diff);
	r->diff = str_copy(keep, text_str(&diff));
	r->state = r->differ ? STATE_DIFFERENT : STATE_SAME;
	text_release(&diff);
}

static struct str
errors_of(const struct diag *diag, struct arena *keep)
{
	char *at = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&at, &len);
	struct str s;

	if (!f)
		return STR("");
	diag_print(diag, f);
	fclose(f);
	s = str_trim(str_copy(keep, (struct str){ at, len }));
	free(at);
	return s;
}

static struct str
notes_of(const struct proposal *p, struct arena *keep)
{
	return str_join(keep, p->notes.at, p->notes.len, STR("\n"));
}

static void
check_machine(struct check *c, struct candidate *m, const struct proposal *like, struct result *r)
{
	const struct proposal *p = &m->proposal;
	struct text facts = { 0 };

	r->code = m->code == EXIT_FINE ? proposal_solve(&m->proposal, like) : m->code;
	if (r->code == EXIT_UNMAPPED)
		r->code = EXIT_FINE;
	expect_write(p, &facts);
	r->facts = str_copy(m->keep, text_str(&facts));
	text_release(&facts);
	r->report = m->diag.errors ? errors_of(&m->diag, m->keep) : notes_of(p, m->keep);
	if (c->json)
		r->json = truth_json(p, m->keep);
	compare(c, c->dumps.list.at[m->index].name, m->keep, r);
	if (r->code != EXIT_FINE)
		r->state = STATE_FAILED;
}

/* The first one's answer is the others' too. */
static void
check_group(void *ctx, size_t i, struct text *out)
{
	struct check *c = ctx;
	const struct group *g = &c->groups.at[i];

	for (size_t k = 0; k < g->len; k++) {
		struct result r = { .arch = g->at[k]->proposal.parties->machine->arch };

		check_machine(c, g->at[k], k ? &g->at[0]->proposal : NULL, &r);
		pack(&r, out);
	}
	for (size_t k = 0; k < g->len; k++)
		arena_reset(g->at[k]->keep, (struct arena_mark){ 0 });
}

/* ---- all machines before they are worked at ---- */

/* The dumps, read by a thread of its own while the kernel is. */
struct loads {
	const struct dump_files *dumps;
	struct candidate *candidates;   /* by dump: where what is read lives, and what was wrong with it */
	struct machine **machines;      /* by dump; NULL: it could not be read */
	struct beside work;
};

static void *
load_machines(void *ctx)
{
	struct loads *l = ctx;

	for (size_t i = 0; i < l->dumps->list.len; i++)
		l->machines[i] = machine_load(l->candidates[i].keep, &l->dumps->list.at[i].path, 1, &l->candidates[i].diag);
	return NULL;
}

static void
loads_start(struct check *c, struct loads *l)
{
	size_t n = c->dumps.list.len;
	struct arena *keep = c->args->keep;

	*l = (struct loads){ .dumps = &c->dumps, .candidates = NEW_ARRAY(keep, struct candidate, n),
	                     .machines = NEW_ARRAY(keep, struct machine *, n) };
	for (size_t i = 0; i < n; i++) {
		struct arena *own = arena_child(keep);

		l->candidates[i] = (struct candidate){ .index = i, .keep = own, .diag = { .keep = own } };
	}
	beside_start(&l->work, load_machines, l);
}

/* False: there is a result already. */
static bool
accept(struct check *c, const struct candidate *at, const struct machine *m)
{
	if (m && kernel_runs(c->workshop.rooms->kernel.arch, m->arch, at->keep))
		return true;
	c->results[at->index] = m ? (struct result){ .state = STATE_FOREIGN, .arch = m->arch }
	                          : (struct result){ .state = STATE_FAILED, .code = EXIT_TROUBLE, .report = errors_of(&at->diag, at->keep) };
	return false;
}

/* They are loaded and mapped while a thread reads the Kconfig files, and say what they ask for when it has done so. */
static bool
collect_all(struct check *c, struct str arch)
{
	struct args *a = c->args;
	size_t n = 0, dumps = c->dumps.list.len;
	struct party *parties = NEW_ARRAY(a->keep, struct party, dumps);
	struct loads loads;
	bool started;

	c->results = NEW_ARRAY(a->keep, struct result, dumps);
	loads_start(c, &loads);
	started = workshop_start(a, arch, &c->workshop);
	beside_wait(&loads.work);
	if (!started)
		return false;
	c->candidates = loads.candidates;
	for (size_t i = 0; i < dumps; i++)
		if (accept(c, &loads.candidates[i], loads.machines[i])) {
			parties[n] = (struct party){ .name = c->dumps.list.at[i].name, .machine = loads.machines[i] };
			c->candidates[n++] = loads.candidates[i];
		}
	proposal_map(&c->workshop, parties, n, a->keep);
	if (!workshop_finish(&c->workshop))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct candidate *m = &c->candidates[i];

		m->code = proposal_collect(&c->workshop, &parties[i], 1, m->keep, &m->diag, &m->proposal);
	}
	c->candidates_len = n;
	return !a->diag->errors;
}

static int
by_what_is_asked(const void *a, const void *b)
{
	const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;
	int r = proposal_compare(&x->proposal, &y->proposal);

	return r ? r : x->index < y->index ? -1 : x->index > y->index;
}

/* What takes longest comes first, so that all processes are busy to the end. */
static void
make_groups(struct check *c)
{
	struct candidate **order = NEW_ARRAY(c->args->keep, struct candidate *, c->candidates_len + 1);

	for (size_t i = 0; i < c->candidates_len; i++)
		order[i] = &c->candidates[i];
	qsort(order, c->candidates_len, sizeof(*order), by_what_is_asked);
	for (size_t i = 0; i < c->candidates_len; i++) {
		struct group *g = i ? &c->groups.at[c->groups.len - 1] : NULL;

		if (g && g->len < ALIKE_MAX && !proposal_compare(&g->at[0]->proposal, &order[i]->proposal))
			g->len++;
		else
			vec_push(c->args->keep, &c->groups, ((struct group){ &order[i], 1 }));
	}
}

/* ---- what is expected of machines that are not there ---- */

static int
find_orphans(struct check *c)
{
	struct arena *keep = c->args->keep;
	struct map names = { 0 };
	VEC(struct str) list = { 0 };
	struct str *files;
	size_t n;
	int r;

	if (!c->expect)
		return 0;
	r = dir_files(keep, c->expect, &files, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < c->dumps.list.len; i++)
		map_index_put(&names, keep, c->dumps.list.at[i].name);
	for (size_t i = 0; i < n; i++)
		if (str_ends(files[i], STR(".expect")) && map_index(&names, str_take(files[i], files[i].len - 7)) < 0)
			vec_push(keep, &list, files[i]);
	c->orphans = (struct words){ list.at, list.len };
	return 0;
}

/* ---- reports ---- */

static void
print_summary(const struct check *c, struct text *out)
{
	const struct pipeline *k = c->workshop.rooms;
	bool first = true;

	text_addf(out, "%zu machines on %.*s %.*s:", c->dumps.list.len, STR_ARG(tree_version(k->kernel.tree)),
	          STR_ARG(k->kernel.arch));
	for (int s = 0; s < STATES; s++) {
		static const char *const shown[STATES] = {
			"the same", "different", "new", "made", "of another architecture", "failed",
		};

		if (!c->count[s])
			continue;
		text_addf(out, "%s %zu %s", first ? "" : ",", c->count[s], shown[s]);
		first = false;
	}
	if (c->orphans.len)
		text_addf(out, ", %zu expected and not there", c->orphans.len);
	text_add_char(out, '\n');
}

/* Each line of a report with the machine in front. */
static void
print_report(struct str name, struct str report, struct text *out)
{
	struct str line;

	while (str_next_line(&report, &line))
		text_addf(out, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(line));
}

static void
print_text(const struct check *c, struct text *out)
{
	for (size_t i = 0; i < c->dumps.list.len; i++) {
		const struct result *r = &c->results[i];
		struct str name = c->dumps.list.at[i].name;

		text_add(out, r->diff);
		if (r->state == STATE_FOREIGN)
			text_addf(out, "%.*s: of another architecture (%.*s), not checked\n", STR_ARG(name), STR_ARG(r->arch));
		if (r->state == STATE_NEW)
			text_addf(out, "%.*s: nothing was expected of it%s\n", STR_ARG(name),
			          args_has(c->args, "update") ? "" : "; --update writes what came out");
		if (r->state == STATE_FAILED)
			print_report(name, r->report, out);
	}
	for (size_t i = 0; i < c->orphans.len; i++)
		text_addf(out, "%s/%.*s: expected, but no such machine is among the dumps; delete it\n", c->expect,
		          STR_ARG(c->orphans.at[i]));
	print_summary(c, out);
}

static void
add_member(struct text *out, const char *name, struct str value)
{
	json_t *v = json_str(value);

	text_addf(out, ",\"%s\":", name);
	json_text(v, out);
	json_decref(v);
}

static void
machine_json(const struct check *c, size_t i, struct text *out)
{
	const struct result *r = &c->results[i];
	json_t *name = json_str(c->dumps.list.at[i].name);

	text_add_c(out, i ? ",\n{\"machine\":" : "\n{\"machine\":");
	json_text(name, out);
	json_decref(name);
	text_addf(out, ",\"state\":\"%s\",\"differ\":%zu", state_word[r->state], r->differ);
	add_member(out, "arch", r->arch);
	if (r->diff.len)
		add_member(out, "diff", r->diff);
	if (r->report.len)
		add_member(out, "report", r->report);
	if (r->json.len)
		text_addf(out, ",\n%.*s", STR_ARG(r->json));
	text_add_char(out, '}');
}

static void
print_json(const struct check *c, struct text *out)
{
	const struct pipeline *k = c->workshop.rooms;

	text_add_c(out, "{\n\"format\":\"derpconfig-check\",\"version\":1");
	add_member(out, "kernel", tree_version(k->kernel.tree));
	add_member(out, "arch", k->kernel.arch);
	for (int s = 0; s < STATES; s++)
		text_addf(out, ",\"%s\":%zu", state_word[s], c->count[s]);
	text_add_c(out, ",\n\"orphans\":[");
	for (size_t i = 0; i < c->orphans.len; i++) {
		json_t *name = json_str(c->orphans.at[i]);

		text_add_c(out, i ? "," : "");
		json_text(name, out);
		json_decref(name);
	}
	text_add_c(out, "],\n\"machines\":[");
	for (size_t i = 0; i < c->dumps.list.len; i++)
		machine_json(c, i, out);
	text_add_c(out, "\n]}\n");
}

/* XML 1.0 has no control characters but these three. */
static void
add_xml(struct text *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c == '<')
			text_add_c(out, "&lt;");
		else if (c == '>')
			text_add_c(out, "&gt;");
		else if (c == '&')
			text_add_c(out, "&amp;");
		else if (c == '"')
			text_add_c(out, "&quot;");
		else
			text_add_char(out, (c < ' ' && c != '\n' && c != '\t') || c >= 0x7f ? '?' : (char)c);
	}
}

static void
junit_case(const struct check *c, size_t i, struct text *out)
{
	const struct result *r = &c->results[i];

	text_add_c(out, "<testcase classname=\"derpconfig\" name=\"");
	add_xml(out, c->dumps.list.at[i].name);
	text_add_c(out, "\">");
	switch (r->state) {
	case STATE_SAME: case STATE_MADE: case STATES:
		break;
	case STATE_FOREIGN:
		text_add_c(out, "<skipped message=\"of another architecture\"/>");
		break;
	case STATE_DIFFERENT: case STATE_NEW:
		text_addf(out, r->state == STATE_NEW ? "<failure message=\"nothing was expected of it\">"
		                                     : "<failure message=\"%zu lines differ\">", r->differ);
		add_xml(out, r->diff);
		text_add_c(out, "</failure>");
		break;
	case STATE_FAILED:
		text_add_c(out, "<error message=\"no verified configuration\">");
		add_xml(out, r->report);
		text_add_c(out, "</error>");
		break;
	}
	text_add_c(out, "</testcase>\n");
}

static int
write_junit(const struct check *c, const char *path)
{
	struct text t = { 0 };
	int e;

	text_addf(&t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"derpconfig check %.*s\" tests=\"%zu\" "
	          "failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", STR_ARG(tree_version(c->workshop.rooms->kernel.tree)),
	          c->dumps.list.len + c->orphans.len, c->count[STATE_DIFFERENT] + c->count[STATE_NEW] + c->orphans.len,
	          c->count[STATE_FAILED], c->count[STATE_FOREIGN]);
	for (size_t i = 0; i < c->dumps.list.len; i++)
		junit_case(c, i, &t);
	for (size_t i = 0; i < c->orphans.len; i++) {
		text_add_c(&t, "<testcase classname=\"derpconfig\" name=\"");
		add_xml(&t, c->orphans.at[i]);
		text_add_c(&t, "\"><failure message=\"no such machine among the dumps\"/></testcase>\n");
	}
	text_add_c(&t, "</testsuite>\n");
	e = file_write(path, text_str(&t));
	text_release(&t);
	if (e < 0)
		diag_error(c->args->diag, str_from(path), 0, "cannot write: %s", strerror(-e));
	return e < 0 ? EXIT_TROUBLE : EXIT_FINE;
}

/* ---- the whole ---- */

/* Writes what differs into the files of --expect; afterwards it is the same. */
static int
update(struct check *c)
{
	for (size_t i = 0; i < c->dumps.list.len; i++) {
		struct result *r = &c->results[i];
		const char *path = expect_path(c, c->dumps.list.at[i].name, c->args->keep);
		int e;

		if (r->state != STATE_DIFFERENT && r->state != STATE_NEW)
			continue;
		e = file_write(path, r->facts);
		if (e < 0) {
			diag_error(c->args->diag, str_from(path), 0, "cannot write: %s", strerror(-e));
			return EXIT_TROUBLE;
		}
	}
	return EXIT_FINE;
}

static bool
prepare(struct check *c)
{
	struct args *a = c->args;
	bool named = args_has(a, "arch") || args_has(a, "config");
	struct machine *first;
	int e;

	if (!dump_files(args_value(a, "dumps"), a->keep, a->diag, &c->dumps))
		return false;
	if (c->expect && args_has(a, "update") && mkdir(c->expect, 0777) < 0 && errno != EEXIST) {
		diag_error(a->diag, str_from(c->expect), 0, "cannot make the directory: %s", strerror(errno));
		return false;
	}
	e = find_orphans(c);
	if (e < 0) {
		diag_error(a->diag, str_from(c->expect), 0, "cannot read the directory: %s; make it with --update", strerror(-e));
		return false;
	}
	first = named ? NULL : machine_load(a->keep, &c->dumps.list.at[0].path, 1, a->diag);
	if (a->diag->errors || !collect_all(c, first ? first->arch : STR("")))
		return false;
	make_groups(c);
	return true;
}

static int
run_all(struct check *c, size_t jobs)
{
	struct str *packed = NEW_ARRAY(c->args->keep, struct str, c->groups.len + 1);
	int code = c->orphans.len ? EXIT_DIFFERENT : EXIT_FINE;

	progress("working on %zu machines", c->candidates_len);
	fleet_run(c->groups.len, jobs, check_group, c, c->args->keep, packed);
	for (size_t i = 0; i < c->groups.len; i++)
		for (size_t k = 0; k < c->groups.at[i].len; k++)
			c->results[c->groups.at[i].at[k]->index] = unpack(&packed[i]);
	for (size_t i = 0; i < c->dumps.list.len; i++) {
		const struct result *r = &c->results[i];
		int own;

		own = r->state == STATE_DIFFERENT || r->state == STATE_NEW ? EXIT_DIFFERENT : r->code;
		c->count[r->state]++;
		code = own > code ? own : code;
	}
	return code;
}

static int
report(struct check *c, int code)
{
	const char *junit = args_value(c->args, "junit");
	struct text out = { 0 };
	int r;

	if (c->json)
		print_json(c, &out);
	else
		print_text(c, &out);
	r = output(c->args, text_str(&out));
	text_release(&out);
	if (r == EXIT_FINE && junit)
		r = write_junit(c, junit);
	if (r == EXIT_FINE && args_has(c->args, "update"))
		r = update(c);
	if (r == EXIT_FINE && args_has(c->args, "update") && code == EXIT_DIFFERENT)
		return c->orphans.len ? EXIT_DIFFERENT : EXIT_FINE;
	return r > code ? r : code;
}

int
check_fleet(struct args *a)
{
	struct check c = { .args = a, .expect = args_value(a, "expect"), .json = args_has(a, "json") };
	const char *jobs = args_value(a, "jobs");
	uint64_t n = 0;

	if (jobs && (!str_number(str_from(jobs), 10, &n) || !n))
		return usage_error(a, "--jobs %s: a number from 1", jobs);
	if (args_has(a, "update") && !c.expect)
		return usage_error(a, "--update needs --expect DIR");
	if (!prepare(&c))
		return EXIT_TROUBLE;
	return report(&c, run_all(&c, (size_t)n));
}
