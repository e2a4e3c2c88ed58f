// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check.h - the two things that check looks at: one configuration, or the configurations of many machines.
 */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli/command.h"

int check_config(struct args *);  /* CONFIG */
int check_fleet(struct args *);   /* --dumps DIR */

#endif
