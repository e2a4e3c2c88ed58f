// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workshop.h - what every machine's configuration is made with: a kernel, its Makefiles and Kconfig files, what each
 * object costs, and the goals that the flags name. Opened once, used for any number of machines.
 *
 * Everything lives in the args' arena. Processes that were forked after workshop_open go their own ways.
 */
#ifndef CLI_WORKSHOP_H
#define CLI_WORKSHOP_H

#include "cli/loading.h"
#include "cli/pipeline.h"
#include "kconfig/solve.h"
#include "nixout/baseline.h"

enum features { FEATURES_MINIMAL, FEATURES_MATCHING, FEATURES_FULL };

enum {
	WORTH_COMPANION = 60000,  /* 3000 object files: more than AMD's display code; given up only when it contradicts something */
	WORTH_BASELINE = 60000,   /* what is only recommended for NixOS */
	WORTH_MATCHING = 60,      /* a sub-option: two or three object files */
	WORTH_FULL = 2000,
};

struct goals_asked { struct goal *at; size_t len, cap; };

struct workshop {
	struct args *args;
	struct arena *keep;
	struct pipeline *rooms;     /* pipeline_map is called for each machine */
	struct loading *loading;    /* the model until workshop_finish */
	struct kconfig *model;
	struct config *base;        /* allnoconfig with modules, and the user's numbers and strings */
	struct config *fat;         /* the kernel's --config on this model; NULL: not given */
	struct costs costs;
	struct goals_asked asked;   /* of --keep, --drop, --set, --from and --with */
	struct map numbers;         /* by symbol: why the user wants the number or string, a struct str */
	struct baseline baseline;
	VEC(struct str) features;   /* what --nixos says, words that begin with '-' too */
	VEC(struct str) pins;       /* kept off unless a goal cannot do without */
	const bool *possible;       /* by expression id: what may hold with the pins off */
	const struct deciders *deciders; /* suggest.h */
	enum features level;
};

/* `arch` as kernel_find has it: used when neither --arch nor a configuration says it. False: in diag or printed. */
bool workshop_open(struct args *, struct str arch, struct workshop *);

/*
 * The same in two steps. In between a thread reads the Kconfig files, and machines can be mapped already: `rooms`,
 * `costs` and `baseline` are there, what comes from the model is not. Started and not false: it must be finished.
 */
bool workshop_start(struct args *, struct str arch, struct workshop *);
bool workshop_finish(struct workshop *);

/* Does this kernel have the symbol? */
bool workshop_defines(const struct workshop *, struct str symbol);

/* "SYMBOL is on", or has this value. */
const struct cond *workshop_symbol(struct workshop *, struct str symbol, struct str value);

#endif
