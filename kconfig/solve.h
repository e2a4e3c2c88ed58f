// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * solve.h - from goals to the cheapest configuration in which every goal really comes out, or the reason why there
 * is none.
 *
 * Every answer is verified: the evaluator (config.h) computes the whole configuration from the user values found, and
 * it must be the same one and meet every goal; where the clauses were only an approximation a mismatch becomes a new
 * clause and the search goes on. An answer that could not be verified is not returned.
 *
 * Cost is what a kernel costs to build, relative to `base`: what base has on is free, switching one of its options off
 * costs a little, a symbol that is on costs 1, and every object file it brings costs its weight. Among equally cheap
 * answers hardware drivers are modules, unless `prefer_builtin`.
 */
#ifndef KCONFIG_SOLVE_H
#define KCONFIG_SOLVE_H

#include <stdint.h>

#include "base/cond.h"
#include "kconfig/config.h"

struct goal {
	const struct cond *cond;   /* what must hold */
	struct str name;           /* "module e1000e", "EXT4_FS" */
	struct str reason;         /* who wants it, for people: "device 8086:15f3 Ethernet controller" */
	struct str group;          /* where the output shows it: "hardware", "set usb-storage", "baseline", ... */
	uint64_t worth;            /* 0: must hold. Else: given up when it costs more than this */
};

/* What object files cost. The weight, in the unit of a symbol's own cost, 1, is asked for only where goals could bring it. */
struct costs {
	const struct cond *const *when;    /* built, as a module or not, when this holds */
	size_t len;                        /* may be 0 */
	uint64_t (*weight)(void *ctx, size_t i);
	void *ctx;
	const struct binding *bound;       /* binding_make(model, when, len) of encode.h; may be NULL */
};

struct pin_dropped {
	struct str symbol;
	const struct goal *goal;           /* one that needs it; NULL when several together do */
};

struct solve_request {
	const struct kconfig *model;
	struct config *base;               /* evaluated; what costs nothing. User values of numbers and strings hold */
	const struct goal *goals;
	size_t goals_len;
	struct costs costs;
	const struct str *pins;            /* symbols kept off unless a goal cannot do without */
	size_t pins_len;
	const struct pin_dropped *dropped; /* pins that an earlier solution found to fall for the same hard goals */
	size_t dropped_len;
	const bool *possible;              /* cone_possible(base, pins) where it is at hand; NULL: worked out */
	struct config *fat;                /* may be NULL: what it lacks costs more */
	const struct cond *const *builtin; /* for these symbols' sake: prefer y (see prefer_builtin) */
	bool prefer_builtin;
	size_t max_solves;                 /* 0: 20000 */
	/*
	 * Only what the goals imply by themselves, without a search for the cheapest way to the rest: for a look at which
	 * drivers there will be. Nothing is verified, and `reached`, `cost` and `bound` are not set.
	 */
	bool outline;
};

/* A line of Kconfig that takes part in a conflict. */
struct conflict_line {
	const struct symbol *sym;
	int rule;                  /* enum rule of encode.h: what about it takes part */
	struct place place;
};

struct conflict {
	const struct kconfig *model;
	const struct goal **goals;         /* contradict each other; without any one of them the others agree */
	size_t goals_len;
	struct conflict_line *lines;
	size_t lines_len;
};

struct solution {
	bool found;
	struct config *config;             /* evaluated; its user values are the answer. In the request's arena */
	/*
	 * bound == cost: proven optimal, among the configurations that leave what is outside the goals' cone (cone.h) as in
	 * the base.
	 */
	uint64_t cost, bound;
	bool optimal;
	bool *reached;                     /* by goal index; a soft one may be false */
	size_t rounds;                     /* verifications until one agreed; 1: at once */
	struct pin_dropped *dropped;
	size_t dropped_len;
	struct conflict conflict;          /* when not found */
	struct str trouble;                /* when neither: what went wrong (verification failed) */
	size_t cone;                       /* symbols that could have a say */
	size_t variables, clauses, solves, cores;
	double seconds_encode, seconds_solve, seconds_verify;
};

struct solution *solve(const struct solve_request *, struct arena *keep);

/*
 * The user values that `make allnoconfig KCONFIG_ALLCONFIG=` needs to arrive at the configuration, in menu order:
 * what is on and asked for, choices other than their default, numbers and strings that differ.
 */
struct setting {
	const struct symbol *sym;
	struct str value;
};
void solution_settings(struct config *, struct config *base, struct arena *, struct setting **out, size_t *len);

#endif
