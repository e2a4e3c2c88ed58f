// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * index.h - what modules_open read, for the sources of this room only.
 */
#ifndef MODALIAS_INDEX_H
#define MODALIAS_INDEX_H

#include "base/map.h"
#include "modalias/modalias.h"

enum { LITERAL_MAX = 256 };

/* One line of modules.alias, or one alias= of modules.builtin.modinfo. */
struct alias {
	struct str pattern;           /* as written; NUL-terminated */
	struct str normal;            /* with '_' for '-' outside brackets; NUL-terminated */
	const struct module *module;
	bool builtin;                 /* where it was read */
};

/* What a module wants loaded beside it: a module's name, or an alias. */
struct softdep {
	struct str name;
	enum need_kind kind;
};

/* What is known of a module beside what others may see. */
struct entry {
	struct module module;         /* first member: a struct module * is a struct entry * */
	struct str file;              /* where it is, below the directory: with .xz; empty: built in */
	struct str depends;           /* the rest of its modules.dep line */
	VEC(struct softdep) softdeps;
	VEC(struct str) firmware;     /* of a built-in one; a file says it itself */
	VEC(size_t) aliases;          /* indexes into modules.aliases */
};

/* An alias where it stands in the order of normal forms, of which most are told apart by their beginnings. */
struct sorted {
	uint64_t begin[3];            /* the first bytes as big-endian numbers */
	const struct alias *alias;
};

struct modules {
	struct arena keep;
	char *dir;
	struct str version;
	struct map names;             /* module name -> struct entry * */
	struct module_list all;       /* sorted by name */
	VEC(struct alias) aliases;    /* files first, then built in */
	size_t files;                 /* how many aliases are of modules.alias */
	const struct sorted **sorted; /* aliases by normal form; NULL until modalias_ids wants them */
	struct map literals;          /* what a pattern begins with, up to a wildcard -> the first alias that does: its index + 1 */
	size_t *next;                 /* alias -> the next one that begins alike, + 1; 0: none */
	bool literal[LITERAL_MAX + 1]; /* there are patterns whose beginning is this long; longer ones are cut */
};

/* "snd-hda-intel" -> "snd_hda_intel". */
struct str module_name(struct arena *, struct str);

/* "kernel/drivers/x/y-z.ko.xz" -> "kernel/drivers/x/y-z.ko". */
struct str module_path(struct str);

/* For modalias_match; once, when all aliases are there. */
void index_aliases(struct modules *);

/*
 * A binary index of depmod as lines, each `before`, the key where `keys`, and a value. False: it is damaged.
 */
bool index_text(struct str file, struct str before, bool keys, struct text *out);

/*
 * '-' becomes '_' outside brackets, as libkmod's alias_normalize() does; NUL-terminated. `pattern` has a byte behind its
 * end that may be read; when that is NUL and nothing changes, it comes back itself.
 */
struct str alias_normal(struct arena *, struct str);

#endif
