// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * values.h - what a configuration is made of; for the files of this room that read, write and ask.
 *
 * User values and computed values stand in arrays by symbol id. A change marks what reads it; the next question
 * works off the marks in the plan's order, and stops where nothing changed.
 */
#ifndef KCONFIG_VALUES_H
#define KCONFIG_VALUES_H

#include "kconfig/config.h"
#include "kconfig/plan.h"

enum value_flags {
	VALUE_USER = 1,               /* has a user value */
	VALUE_WRITE = 2,              /* has a line in .config */
	VALUE_UNMET = 4,              /* selected beyond what it depends on */
};

struct value {
	uint8_t flags;
	uint8_t user;                 /* enum tri: what the user said, if VALUE_USER */
	uint8_t tri;                  /* enum tri, all below; the value of a bool or tristate */
	uint8_t visible;
	uint8_t dir, rev, implied;    /* depends on, select, imply */
};

struct words {
	struct str user, value;       /* of an int, hex or string */
};

/* A choice's memory besides its members' values. */
struct pick {
	uint32_t user;                /* old choices: id of the member that was set to y; PLAN_NONE: none */
	uint32_t chosen;              /* id of the member that is y; PLAN_NONE: none */
};

struct config {
	struct arena *keep;
	const struct kconfig *model;
	const struct plan *plan;
	struct value *value;          /* by symbol id */
	struct words *words;          /* by plan->text[id] */
	struct pick *pick;            /* by choice */
	uint32_t *rank;               /* members' ids, by plan->first_member; first: what the user said last */
	uint8_t *expr;                /* by expression id: enum tri */
	uint64_t *dirty;              /* a bit for each place of the plan's order */
	size_t dirty_words, first_dirty; /* no bit is set in words before first_dirty */
	bool all_dirty;
	struct lazy *lazy;            /* in a dialogue; NULL: members are as visible as they are now */
	bool stale;                   /* see config_drop_text; the next change works out everything again */
	bool modules;                 /* MODULES is not n: tristates are */
	VEC(uint32_t) later;          /* places that change their mind only after the next answer */
	size_t changes;               /* counts computed values that changed: for tests and benchmarks */
};

/* Brings all values up to date. Everything below and all of config.h calls it first. */
void config_settle(struct config *);

/* Sees to it that the symbol is worked out again. */
void config_touch(struct config *, const struct symbol *);
void config_touch_all(struct config *);

/* Moves a member to the front (what the user said last) or the back of its choice's rank. */
void config_rank_first(struct config *, const struct symbol *member);
void config_rank_last(struct config *, const struct symbol *member);

/* After a member was given a user value as a .config gives it: what that says about its choice. */
void config_tell_choice(struct config *, const struct symbol *member);

/* Sets a tristate user value as it is, or a text. */
void config_user_tri(struct config *, const struct symbol *, enum tri);
void config_user_text(struct config *, const struct symbol *, struct str);

/*
 * As 6.1's conf_read does it with texts that are out of range: takes the user value away and works out this symbol
 * only, and expressions. Symbols that read it notice after the next change.
 */
void config_drop_text(struct config *, const struct symbol *);

/* How visible a member is now, where value.visible is what conf remembers (lazy.h). */
enum tri config_visible_now(const struct config *, const struct symbol *member);

/* The default of a choice: the first active default that is visible, else its first visible member; or NULL. */
const struct symbol *config_choice_default(struct config *, const struct symbol *choice);

/* The first active range of an int or hex; NULL: none. */
const struct prop *config_range(struct config *, const struct symbol *);
bool config_in_range(struct config *, const struct symbol *, struct str);

static inline struct value *
value_of(const struct config *c, const struct symbol *s)
{
	return &c->value[s->id];
}

#endif
