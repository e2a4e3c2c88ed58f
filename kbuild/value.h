// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * value.h - text that depends on the configuration.
 *
 * A value is a row of pieces; each is there under its condition, and the text is what is there, joined. So
 * "head_$(BITS).o" is "head_", "32" when X86_32=y, "64" when not, ".o". A symbol's piece stands for whatever
 * the symbol holds. A piece with a gap has a blank before it when anything stands before it: that is what +=
 * and list functions make. A piece without text and with a gap is such a blank alone.
 *
 * What cannot be known travels inside the text: MARK_UNKNOWN number MARK_UNKNOWN for a $(shell ...), MARK_SYMBOL
 * name MARK_SYMBOL for the content of a symbol that is neither y nor m nor empty. Files with such bytes are
 * refused before they are read.
 */
#ifndef KBUILD_VALUE_H
#define KBUILD_VALUE_H

#include "base/cond.h"
#include "base/diag.h"

enum { MARK_UNKNOWN = 1, MARK_SYMBOL = 2 };
enum { ALTS_MAX = 512 };            /* alternatives of one text; more are refused */
enum { DEPTH_MAX = 1000 };          /* of a condition: "a || b || c" is two deep */

struct piece {
	const struct cond *when;
	struct str text;            /* a symbol's name without CONFIG_ when `symbol` */
	unsigned place;             /* source_place: where it was written */
	bool symbol, gap;
	bool raw;                   /* in a variable: still to be expanded */
};

struct value { struct piece *at; size_t len, cap; };

/* One of the texts a value can be, or one of its words. */
struct alt {
	const struct cond *when;
	struct str text;
	unsigned place;
};

struct alts { struct alt *at; size_t len, cap; };

struct logic;                       /* decides whether a condition can hold; see logic.h */

struct values {                     /* what all of these functions need */
	struct cond_pool *pool;
	struct arena *keep;
	struct logic *logic;
	size_t work, work_limit;    /* comparisons so far; where the present value must end */
	bool too_deep;              /* a condition was cut off at DEPTH_MAX; the owner reports and resets */
	bool spent;                 /* the owner's limits are reached: nothing more is worked out */
};

/* Could the two name the same symbol? False is certain. */
bool may_share(const struct cond *a, const struct cond *b);

/* a && b, constant false when no configuration satisfies it; a || b. */
const struct cond *both(struct values *, const struct cond *a, const struct cond *b);
const struct cond *either(struct values *, const struct cond *a, const struct cond *b);

void value_add(struct values *, struct value *, struct piece);
void value_text(struct values *, struct value *, struct str text);  /* unconditional */
void value_word(struct values *, struct value *, struct alt);       /* with a gap */

/*
 * `sub` goes on at the end of `out`, where `when` holds; its gaps are within itself only. `gap`: with one in
 * front. False when it takes more than ALTS_MAX alternatives to say so.
 */
bool value_append(struct values *, struct value *out, const struct cond *when, const struct value *sub, bool gap);

/* The same where nothing else that `out` already holds is there under `when`: one of several branches. */
void value_branch(struct values *, struct value *out, const struct cond *when, const struct value *sub);

/* Every text the value can be; equal texts are one. False when there are more than ALTS_MAX. */
bool value_alts(struct values *, const struct value *, struct alts *out);

/*
 * The words, in order: in every configuration, those whose condition holds are its words. False when one word
 * has more than ALTS_MAX forms.
 */
bool value_words(struct values *, const struct value *, struct alts *out);

/* The value is not empty; `blank`: and not only blanks. */
const struct cond *value_filled(struct values *, const struct value *, bool blank);

bool value_is_constant(const struct value *);  /* every piece unconditional text */
struct str value_constant(struct values *, const struct value *);

bool has_mark(struct str);
/* When the two texts are equal; NULL: that is not known. A symbol's content is compared with a plain text. */
const struct cond *texts_equal(struct values *, struct str a, struct str b);

#endif
