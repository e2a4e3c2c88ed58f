// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * answers.h - nixpkgs' answer text, and what its script types when `make config` asks.
 *
 * The rules are those of nixpkgs' pkgs/os-specific/linux/kernel/generate-config.pl (2026), a dialogue by text:
 * conf's output is read up to each place where it waits, and a line is typed. Two complete passes are made,
 * then the .config is compared with the answers. Nothing here knows Kconfig: the text may come from the real
 * conf or from our own dialogue.
 */
#ifndef NIXOUT_ANSWERS_H
#define NIXOUT_ANSWERS_H

#include "base/diag.h"
#include "base/map.h"
#include "nixout/dotconfig.h"

/* `NAME value`; an optional one is `NAME? value`: a warning where a required one is an error. */
struct answer {
	struct str name, value;
	bool optional;
	unsigned line;                 /* where it was read; 0: made */
};

/* Each name once, the last one read; printed in the order in which names first came. All-zero is empty. */
struct answers {
	struct map by_name;            /* name -> struct answer */
};

/*
 * Reads answer text on top of what is there: '#' starts a comment, blank lines are skipped. A malformed line
 * is an error in diag (the script dies of it). Names and values are borrowed from the text.
 */
void answers_parse(struct answers *, const struct source *, struct arena *keep, struct diag *);
void answers_print(const struct answers *, struct text *out);

const struct answer *answers_get(const struct answers *, struct str name); /* NULL: none */
size_t answers_len(const struct answers *);
const struct answer *answers_at(const struct answers *, size_t i);
void answers_set(struct answers *, struct arena *keep, struct str name, struct str value, bool optional);

/*
 * Can the text carry this value, and does conf take it? The text is cut at '#', loses blanks at its ends and can't be
 * empty or hold a line feed; conf reads PATH_MAX bytes a line, and "?" asks for help. NULL: yes; else why not.
 */
const char *answer_unfit(struct str value);

/* One pass of the dialogue. Set the first four, the rest starts all-zero. */
struct flow {
	const struct answers *answers;
	struct arena *keep;
	bool auto_modules;             /* answer m where it is offered and no answer is given */
	bool prefer_builtin;           /* ... unless a capital Y stands among the alternatives */
	struct str prompt, name;       /* the latest question */
	bool asked;
	struct str rival;              /* of FLOW_AMBIGUOUS: the other member answered y */
	struct str otherwise;          /* what would have been typed had there been no answer for it */
	struct map offered;            /* members of the choice that is being asked: name -> number */
	struct map stale;              /* printed since the latest wait, of choices that were not asked */
	bool disputed;                 /* without the answer, nixpkgs before 25.11 would type something else */
	struct str mistaken;           /* a stale member answered y, which they take for one of the choice asked */
};

enum flow_step {
	FLOW_TYPE,                     /* *reply is typed, then a line feed */
	FLOW_REPEATED,                 /* the same question twice in a row: the script dies, no .config is written */
	FLOW_AMBIGUOUS,                /* several offered members are answered y: which one wins is not defined */
};

/*
 * `printed` is all that conf printed since the latest reply, up to where it waits. After FLOW_AMBIGUOUS the
 * dialogue goes on with *reply, the member answered last in the list; flow->name is that member.
 */
enum flow_step flow_answer(struct flow *, struct str printed, struct str *reply);

enum problem_kind {
	PROBLEM_REPEATED, PROBLEM_AMBIGUOUS,
	PROBLEM_ENDLESS,               /* a choice that takes no answer is asked for ever; the script would hang */
	PROBLEM_UNUSED, PROBLEM_WRONG,
};

struct problem {
	enum problem_kind kind;
	bool fatal;                    /* false: the script only warns */
	struct str name;
	struct str wanted, got;        /* PROBLEM_WRONG; of PROBLEM_REPEATED and _ENDLESS `wanted` is the prompt, of
	                                  _AMBIGUOUS the other member */
	unsigned line;                 /* of the answer; 0: none */
};

struct problems { VEC(struct problem) list; };

/*
 * What the script finds when both passes are done: answers without any line in the .config, and values that
 * differ. Sorted by name. An empty value or "0" in the .config is never compared, as the script's truth has it.
 */
void flow_check(const struct answers *, const struct dotconfig *, bool ignore_errors, struct arena *keep,
                struct problems *);

/* "unused option: NAME", "option not set correctly: NAME (wanted 'y', got 'm')", ... without a line feed. */
void problem_print(const struct problem *, struct text *out);

#endif
