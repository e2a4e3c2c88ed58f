// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.h"

extern const struct command cmd_built, cmd_check;
extern const struct command cmd_conf;
extern const struct command cmd_diff, cmd_scan;
extern const struct command cmd_generate;
extern const struct command cmd_convert;
extern const struct command cmd_help;
extern const struct command cmd_map, cmd_merge, cmd_which;
extern const struct command cmd_report;
extern const struct command cmd_sets;
extern const struct command cmd_simulate;
extern const struct command cmd_why;

const struct command *const commands[] = {
	&cmd_help,
	&cmd_check,
	&cmd_scan,
	&cmd_convert,
	&cmd_diff,
	&cmd_map,
	&cmd_which,
	&cmd_generate,
	&cmd_merge,
	&cmd_why,
	&cmd_report,
	&cmd_sets,
	&cmd_simulate,
	&cmd_conf,
	&cmd_built,
	NULL,
};
