// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * index.h - what modules_open read, for the sources of this room only.
 */
#ifndef MODALIAS_INDEX_H
#define MODALIAS_INDEX_H

#include <libkmod.h>

#include "base/map.h"
#include "modalias/modalias.h"

/* One line of modules.alias, or one alias= of modules.builtin.modinfo. */
struct alias {
	struct str pattern;           /* as written; NUL-terminated */
	struct str normal;            /* with '_' for '-' outside brackets; NUL-terminated */
	const struct module *module;
	bool builtin;                 /* where it was read */
};

/* What is known of a module beside what others may see. */
struct entry {
	struct module module;         /* first member: a struct module * is a struct entry * */
	struct str depends;           /* the rest of its modules.dep line */
	VEC(size_t) aliases;          /* indexes into modules.aliases */
};

struct modules {
	struct arena keep;
	char *dir;
	struct str version;
	struct kmod_ctx *kmod;
	struct map names;             /* module name -> struct entry * */
	struct module_list all;       /* sorted by name */
	VEC(struct alias) aliases;    /* files first, then built in */
	size_t files;                 /* how many aliases are of modules.alias */
	size_t *sorted;               /* indexes into aliases, by normal form, then module */
};

/* "snd-hda-intel" -> "snd_hda_intel". */
struct str module_name(struct arena *, struct str);

/* "kernel/drivers/x/y-z.ko.xz" -> "kernel/drivers/x/y-z.ko". */
struct str module_path(struct str);

/* '-' becomes '_' outside brackets, as libkmod's alias_normalize() does; NUL-terminated. */
struct str alias_normal(struct arena *, struct str);

#endif
