// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tool-map-corpus - many machines against one kernel, which is opened once: a line each, then totals.
 *
 *   tool-map-corpus TREE MODULES CONFIG DUMP...
 *
 * Columns: architecture own or foreign, machine, devices, bound, and how many devices were found in each way. What was
 * not mapped stands on standard error. Exit code 1 when a machine's numbers do not add up, or something is "unmapped"
 * (no class of its own: unexplained).
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/pipeline.h"
#include "scanner/dump.h"

struct row {
	size_t found[FOUND_KINDS], devices, bound, machines;
};

static void
add(struct row *sum, const struct row *r)
{
	for (size_t i = 0; i < FOUND_KINDS; i++)
		sum->found[i] += r->found[i];
	sum->devices += r->devices;
	sum->bound += r->bound;
	sum->machines++;
}

static void
print_totals(const char *title, const struct row *r)
{
	printf("\n%s: %zu machines\n  %-15s %6zu\n  %-15s %6zu\n", title, r->machines, "devices", r->devices, "bound", r->bound);
	for (size_t i = 0; i < FOUND_KINDS; i++)
		printf("  %-15s %6zu  %6.2f %% of %s\n", found_word((enum found)i), r->found[i],
		       100.0 * (double)r->found[i] /
		       (double)(i == FOUND_MATCHES || i == FOUND_NOTHING_NEEDED ? r->devices : r->bound ? r->bound : 1),
		       i == FOUND_MATCHES || i == FOUND_NOTHING_NEEDED ? "devices" : "bound");
}

/* Counts what one machine's mapping says; false when it does not add up with the machine itself. */
static bool
count(const struct pipeline *p, struct row *r)
{
	size_t sum = 0, bound = 0;

	*r = (struct row){ .devices = machine_count(p->machine) };
	for (size_t i = 0; i < p->devices.len; i++) {
		const struct mapped *m = &p->devices.at[i];
		bool is_bound = m->device->driver.len || m->device->module.len;

		r->found[m->found] += m->device->count;
		r->bound += is_bound ? m->device->count : 0;
		if (is_bound && found_is_mapped(m->found) != (m->routes_len > 0))
			return false;
	}
	for (size_t i = 0; i < FOUND_KINDS; i++) {
		sum += r->found[i];
		bound += i == FOUND_MATCHES || i == FOUND_NOTHING_NEEDED ? 0 : r->found[i];
	}
	return sum == r->devices && bound == r->bound;
}

static void
print_row(const struct pipeline *p, struct str name, const struct row *r)
{
	printf("%s\t%.*s\t%zu\t%zu", p->foreign ? "foreign" : "own", STR_ARG(name), r->devices, r->bound);
	for (size_t i = 0; i < FOUND_KINDS; i++)
		printf("\t%zu", r->found[i]);
	putchar('\n');
}

static struct pipeline *
open_kernel(struct args *a, char **argv)
{
	static const struct flag flag[] = { { "kernel", 0, "", "" }, { "modules", 0, "", "" }, { "config", 0, "", "" } };

	for (int i = 0; i < 3; i++)
		vec_push(a->keep, &a->given, ((struct given){ &flag[i], argv[i + 1] }));
	return pipeline_open(a, STR(""));
}

static bool
map_one(struct pipeline *p, const char *path, struct row total[2])
{
	struct machine *m = machine_load(p->keep, &path, 1, p->args->diag);
	struct row r;

	if (!m)
		return false;
	pipeline_map(p, m);
	pipeline_report(p);
	if (!count(p, &r)) {
		fprintf(stderr, "%s: the numbers do not add up\n", path);
		return false;
	}
	print_row(p, path_base(str_from(path)), &r);
	add(&total[p->foreign], &r);
	return r.found[FOUND_UNMAPPED] == 0;
}

int
main(int argc, char **argv)
{
	struct arena keep = { 0 };
	struct diag diag = { .keep = &keep };
	struct args a = { .command = &(struct command){ .name = "tool-map-corpus" }, .keep = &keep, .diag = &diag };
	struct row total[2] = { 0 };
	struct pipeline *p = argc > 4 ? open_kernel(&a, argv) : NULL;
	bool ok = p != NULL;

	for (int i = 4; p && i < argc; i++)
		ok &= map_one(p, argv[i], total);
	print_totals("machines of the kernel's architecture", &total[0]);
	print_totals("machines of others", &total[1]);
	diag.limit = 0;
	if (diag.errors)
		diag_print(&diag, stderr);
	pipeline_release(p);
	arena_release(&keep);
	return ok ? 0 : 1;
}
