// SPDX-License-Identifier: GPL-2.0-or-later
/* merge - one configuration for several machines. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/emit.h"
#include "cli/fleet.h"
#include "scanner/dump.h"

static const struct flag flags[] = {
	EMIT_FLAGS,
	PROPOSAL_FLAGS,
	{ 0 },
};

/* Each dump is a machine; called as its file. */
static bool
load(struct args *a, struct party *parties)
{
	for (size_t i = 0; i < a->len; i++) {
		parties[i].name = dump_name(path_base(str_from(a->at[i])));
		parties[i].machine = machine_load(a->keep, &a->at[i], 1, a->diag);
		if (!parties[i].machine)
			return false;
		for (size_t k = 0; k < i; k++)
			if (str_eq(parties[k].name, parties[i].name)) {
				diag_error(a->diag, str_from(a->at[i]), 0, "%s is called the same; rename one of them", a->at[k]);
				return false;
			}
	}
	return true;
}

/* One kernel runs on one architecture. */
static bool
check_arch(struct args *a, const struct workshop *w, const struct party *parties)
{
	struct str kernel = w->rooms->kernel.arch;

	for (size_t i = 0; i < a->len; i++) {
		struct str arch = parties[i].machine->arch;

		if (!kernel_runs(kernel, arch, a->keep))
			diag_error(a->diag, str_from(a->at[i]), 0, "the machine is %.*s, the kernel %.*s; merge machines that can run "
			           "the same kernel", STR_ARG(arch), STR_ARG(kernel));
	}
	return a->diag->errors == 0;
}

static int
run(struct args *a)
{
	struct party *parties = NEW_ARRAY(a->keep, struct party, a->len);
	struct workshop w;
	struct proposal p;
	struct text report = { 0 };
	int code, written;

	if (!emit_check(a) || !load(a, parties) || !workshop_open(a, parties[0].machine->arch, &w) ||
	    !check_arch(a, &w, parties))
		return EXIT_TROUBLE;
	code = proposal_for(&w, parties, a->len, a->keep, a->diag, &p);
	proposal_report(&p, &report);
	if (report.len)
		fputs(report.at, stderr);
	text_release(&report);
	if (code != EXIT_FINE && code != EXIT_UNMAPPED)
		return code;
	written = emit(a, &p);
	return written ? written : code;
}

const struct command cmd_merge = {
	.name = "merge", .synopsis = "DUMP DUMP... [KERNEL-OPTIONS]",
	.summary = "Write one configuration for several machines",
	.details = "Each DUMP is a machine of its own (generate takes several as parts of one). The kernel has the drivers of them "
	           "all, and every reason says which machine asks. For one machine over time, keep a history with "
	           "'scan --record DIR' and generate from that: a device once seen stays.",
	.flags = flags, .kernel_options = true, .min = 1, .max = 1000, .run = run,
};
