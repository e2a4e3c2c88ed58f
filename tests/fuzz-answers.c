// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three texts parted by NUL: answers, what conf prints, a .config. Printed answers are read again as the same, a reply is
 * one line that was known before, and the final comparison speaks of answers only.
 */
#include <stdlib.h>

#include "nixout/answers.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
print_again(struct answers *a, struct arena *keep)
{
	struct text one = { 0 }, two = { 0 };
	struct diag d = { .keep = keep };
	struct answers again = { 0 };

	answers_print(a, &one);
	answers_parse(&again, &(struct source){ STR("printed"), text_str(&one) }, keep, &d);
	answers_print(&again, &two);
	if (d.errors || answers_len(a) != answers_len(&again) || !str_eq(text_str(&one), text_str(&two)))
		abort();
	for (size_t i = 0; i < answers_len(a); i++)
		if (answer_unfit(answers_at(a, i)->value) && !str_is(answers_at(a, i)->value, "?"))
			abort(); /* what was read can be said */
	text_release(&one);
	text_release(&two);
}

/* The text comes in pieces that end where conf waits. */
static void
talk(const struct answers *a, struct arena *keep, struct str printed)
{
	struct flow f = { .answers = a, .keep = keep, .auto_modules = true };
	struct str piece, reply;

	for (unsigned n = 0; n < 50 && str_next_part(&printed, '\1', &piece); n++) {
		const struct answer *an;
		enum flow_step step = flow_answer(&f, piece, &reply);

		if (str_has(reply, '\n') || (step == FLOW_REPEATED && !f.asked))
			abort();
		an = f.asked ? answers_get(a, f.name) : NULL;
		if (!str_is(reply, "") && !str_is(reply, "m") && !(an && str_eq(reply, an->value)) && !f.offered.len)
			abort(); /* an answer, m, nothing, or the number of a member */
	}
}

static void
compare(const struct answers *a, struct arena *keep, struct str config)
{
	struct diag d = { .keep = keep };
	struct dotconfig dc = { 0 };
	struct problems found = { 0 };
	struct text t = { 0 };

	dotconfig_parse(&dc, &(struct source){ STR("config"), config }, keep, &d);
	if (d.errors)
		abort(); /* foreign lines are passed over */
	flow_check(a, &dc, false, keep, &found);
	if (found.list.len > answers_len(a))
		abort();
	for (size_t i = 0; i < found.list.len; i++) {
		const struct problem *p = &found.list.at[i];
		const struct answer *an = answers_get(a, p->name);

		if (!an || p->fatal == an->optional || (p->kind == PROBLEM_UNUSED) != !dotconfig_get(&dc, p->name))
			abort();
		if (i && str_cmp(found.list.at[i - 1].name, p->name) >= 0)
			abort();
		problem_print(p, &t);
	}
	text_release(&t);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str rest = { (const char *)data, size }, part[3] = { STR(""), STR(""), STR("") };
	struct arena keep = { 0 };
	struct diag d = { .keep = &keep };
	struct answers a = { 0 };

	for (size_t i = 0; i < 2 && str_next_part(&rest, '\0', &part[i]); i++)
		;
	part[2] = rest;
	answers_parse(&a, &(struct source){ STR("answers"), part[0] }, &keep, &d);
	for (size_t i = 0; i < d.list.len; i++)
		if (!d.list.at[i].line)
			abort(); /* every reason has its place */
	print_again(&a, &keep);
	talk(&a, &keep, part[1]);
	compare(&a, &keep, part[2]);
	arena_release(&keep);
	return 0;
}
