// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.h"

extern const struct command cmd_built;
extern const struct command cmd_check;
extern const struct command cmd_conf;
extern const struct command cmd_convert;
extern const struct command cmd_diff;
extern const struct command cmd_firmware;
extern const struct command cmd_generate;
extern const struct command cmd_help;
extern const struct command cmd_map;
extern const struct command cmd_merge;
extern const struct command cmd_report;
extern const struct command cmd_scan;
extern const struct command cmd_sets;
extern const struct command cmd_simulate;
extern const struct command cmd_upgrade;
extern const struct command cmd_which;
extern const struct command cmd_why;

const struct command *const commands[] = {
	&cmd_help,                          /* main knows that it is the first */
	/* a machine */
	&cmd_scan, &cmd_diff,
	/* its drivers */
	&cmd_map, &cmd_which, &cmd_firmware,
	/* its configuration */
	&cmd_generate, &cmd_why, &cmd_report, &cmd_sets, &cmd_check, &cmd_merge, &cmd_upgrade,
	/* the parts by themselves */
	&cmd_convert, &cmd_simulate, &cmd_conf, &cmd_built,
	NULL,
};
