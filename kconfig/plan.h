// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan.h - in which order a model's values are worked out, and who must look again when one changes.
 *
 * Three kinds of nodes have values: expressions, symbols (choices too), and picks. A pick is what a choice's
 * members are: their values depend on each other, so they are worked out together. Nodes are numbered
 * [expressions by id | symbols by id | picks by choice]. In `order` every node stands after those it reads; where
 * Kconfig files make a circle (an error, reported by the model's loader) one arrow of it is left out. Only what a
 * defined symbol or a menu needs is in the order. Const once made, shared by all configurations of the model.
 */
#ifndef KCONFIG_PLAN_H
#define KCONFIG_PLAN_H

#include "kconfig/expr.h"

#define PLAN_NONE UINT32_MAX

struct plan {
	const struct kconfig *model;
	uint32_t symbols, picks, nodes; /* first node of the kind; number of nodes */
	const struct expr *const *exprs; /* by id */
	const struct expr_parts *parts; /* by id, the same close together; parts are older than the whole */
	uint32_t *order;                /* node numbers */
	uint32_t len;
	uint32_t *place;                /* node -> index in order, or PLAN_NONE */
	uint32_t *first_reader;         /* by place, and one more: into `readers` */
	uint32_t *readers;              /* places */
	uint32_t *text;                 /* symbol id -> index of its text, or PLAN_NONE: int, hex and string have one */
	uint32_t texts;
	uint32_t *choice;               /* id of a choice symbol -> index in model->choices */
	uint32_t *first_member;         /* by choice, and one more: its part of a list of all members */
};

struct plan *plan_make(const struct kconfig *, const struct expr_pool *, struct arena *keep);

/* The node that works out the symbol's value: its own, or its choice's pick. */
uint32_t plan_node(const struct plan *, const struct symbol *);

#endif
