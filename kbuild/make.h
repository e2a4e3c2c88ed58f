// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make.h - evaluates GNU make's language as far as Kbuild files use it.
 *
 * One evaluator for both questions: symbols are pieces of a value (value.h), or plain text when `symbol` is
 * set. Under ifdef and friends every assignment happens under the condition of the place, `when`. Rules and
 * recipes are skipped. Nothing is executed: $(shell ...) makes an unknown (see value.h), and so do the probes
 * of scripts/Makefile.compiler and right sides of compiler-flag variables that are not plain text.
 *
 * Rules follow GNU make 4.3's manual; where it is silent, its read.c, expand.c, function.c.
 */
#ifndef KBUILD_MAKE_H
#define KBUILD_MAKE_H

#include "base/tree.h"
#include "kbuild/value.h"

struct variable {
	struct str name;
	struct value value;
	const struct cond *defined;  /* when it has been assigned */
	const struct cond *simple;   /* when it is expanded on assignment (:=), so that += expands too */
	bool exported, locked;       /* locked: keeps its value whatever a Makefile says, as a command line's does */
	bool expanding;              /* right now: another reference is a loop */
};

/* Variables by name; what is missing is looked for in `next`, there only among exported ones if `inherits`. */
struct scope {
	struct map variables;
	struct scope *next, *environment;
};

struct unknown { unsigned place; struct str what; bool reported; };

struct make {
	struct values values;
	struct tree *tree;
	struct diag *diag;
	struct str (*symbol)(void *ctx, struct str name); /* forwards; NULL: symbolic */
	void *ctx;

	struct scope *scope;
	const struct cond *when;
	VEC(struct unknown) unknown;
	VEC(struct str) file;        /* every file read, by the number in a place */
	struct map probed;           /* every path of the tree that was asked for */
	VEC(bool) tristate;          /* by the id of "symbol is y": it is used like a tristate */
	struct map text;             /* symbols whose content names objects, or is compared with a text */
	struct map assigned;         /* CONFIG_ variables that a Makefile assigns, without CONFIG_ */

	unsigned place;              /* of the line being evaluated */
	unsigned depth, includes;
	size_t steps, work;          /* spent on the current directory; values.work when it began */
	size_t bytes, tree_bytes;    /* what the arena held when the directory, the tree began */
};

void make_init(struct make *, struct tree *, struct cond_pool *, struct arena *keep, struct diag *);

/* Starts a directory: a scope of its own, fresh budgets. */
void make_begin(struct make *, struct scope *);

/* Evaluates a file of the tree under `when`. False when there is none. */
bool make_file(struct make *, struct str path);
void make_text(struct make *, struct str text); /* what $(eval) does */

void make_tristate(struct make *, const struct cond *y);   /* notes that the symbol that is y is used like a tristate */
bool is_tristate(struct make *, struct str symbol);

void make_probe(struct make *, struct str path);  /* notes a path in `probed` */

struct variable *variable_find(struct make *, struct str name);  /* NULL: undefined */
void variable_set(struct make *, struct str name, struct str text, bool locked);

/* Expands a text; the result's conditions are those of the variables used, not `when`. */
void expand(struct make *, struct str text, struct value *out);
void expand_variable(struct make *, struct str name, struct value *out);
struct alts expand_alts(struct make *, struct str text); /* empty when there were too many */

/* Expands text of a variable's place: raw pieces one by one. */
void variable_value(struct make *, struct variable *, struct value *out);

/* A mark for something that cannot be known; `what` is for the message. */
struct str unknown_text(struct make *, const char *what, struct str detail);

/* What the first mark of a text stands for, in words. */
struct str unknown_meant(struct make *, struct str text);
const struct cond *values_equal(struct make *, struct str a, struct str b);

unsigned place_line(unsigned place);
struct str place_file(const struct make *, unsigned place);
void make_warn(struct make *, unsigned place, const char *format, ...) __attribute__((format(printf, 3, 4)));
void make_error(struct make *, unsigned place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* One step of work; false, with a diagnostic, when the directory's budget is spent. */
bool make_step(struct make *);

/* For functions.c: runs `$(name args)`; false when there is no such function. */
bool function_call(struct make *, struct str name, struct str args, struct value *out);

#endif
