// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/expect.h"

#include <stdlib.h>

#include "cli/truth.h"

enum { CONTEXT = 3 };

/* ---- facts ---- */

typedef VEC(struct str) lines;

static void
driver_lines(const struct proposal *p, lines *out)
{
	for (size_t i = 0; i < p->demands.len; i++) {
		const struct route *r = p->demands.at[i].route;
		char as = truth_built(p, r);

		/* "kernel/drivers/ata/ahci.ko" without what every module has in front */
		vec_push(p->keep, out, as == 'm'
		         ? str_format(p->keep, "driver %.*s m", STR_ARG(str_drop(r->path, sizeof("kernel/") - 1)))
		         : str_format(p->keep, "driver %.*s %c", STR_ARG(r->object), as));
	}
}

static void
symbol_lines(const struct proposal *p, lines *out)
{
	for (size_t i = 0; i < p->settings_len; i++) {
		const struct setting *s = &p->settings[i];

		vec_push(p->keep, out, str_format(p->keep, s->sym->type == SYM_STRING ? "symbol %.*s=\"%.*s\"" : "symbol %.*s=%.*s",
		                                  STR_ARG(s->sym->name), STR_ARG(s->value)));
	}
	for (size_t i = 0; p->solution->found && i < p->goals.len; i++)
		if (!p->solution->reached[i] && p->goals.at[i].worth >= WORTH_COMPANION)
			vec_push(p->keep, out, str_format(p->keep, "left-out %.*s", STR_ARG(p->goals.at[i].name)));
	for (size_t i = 0; !p->solution->found && i < p->solution->conflict.goals_len; i++)
		vec_push(p->keep, out, str_format(p->keep, "unsolved %.*s", STR_ARG(p->solution->conflict.goals[i]->name)));
}

/* Devices that differ in number only are one line. */
static void
unmapped_lines(const struct proposal *p, lines *out)
{
	struct map count = { 0 };

	for (size_t k = 0; k < p->parties_len; k++) {
		const struct party *by = &p->parties[k];

		for (size_t i = 0; i < by->devices_len; i++) {
			const struct mapped *m = &by->devices[i];
			void **n;

			if (found_is_mapped(m->found))
				continue;
			n = map_put(&count, p->keep, str_format(p->keep, "unmapped %.*s:%.*s %s", STR_ARG(m->device->subsystem),
			                                        STR_ARG(m->device->driver), found_word(m->found)));
			*n = (void *)((size_t)*n + m->device->count);
		}
		for (size_t i = 0; i < by->lost_len; i++)
			vec_push(p->keep, out, str_format(p->keep, "unmapped module:%.*s %s", STR_ARG(by->lost[i].module),
			                                  found_word(by->lost[i].found)));
	}
	for (size_t i = 0; i < count.len; i++) {
		size_t n = (size_t)count.entry[i].value;

		vec_push(p->keep, out, n == 1 ? count.entry[i].key
		         : str_format(p->keep, "%.*s x%zu", STR_ARG(count.entry[i].key), n));
	}
}

void
expect_write(const struct proposal *p, struct text *out)
{
	lines list = { 0 };

	driver_lines(p, &list);
	if (p->solution)
		symbol_lines(p, &list);
	unmapped_lines(p, &list);
	if (list.len)
		qsort(list.at, list.len, sizeof(*list.at), str_qsort);
	text_add_c(out, "# derpconfig check 1\n");
	for (size_t i = 0; i < list.len; i++)
		if (!i || !str_eq(list.at[i], list.at[i - 1]))
			text_addf(out, "%.*s\n", STR_ARG(list.at[i]));
}

/* ---- differences ---- */

/* One line of both files; `sign` is ' ', '-' or '+'. */
struct step {
	struct str line;
	char sign;
};

struct comparison {
	VEC(struct step) steps;
	size_t differ;
};

static lines
sorted_lines(struct str text, struct arena *scratch)
{
	lines list = { 0 };
	struct str line;

	while (str_next_line(&text, &line))
		vec_push(scratch, &list, line);
	if (list.len)
		qsort(list.at, list.len, sizeof(*list.at), str_qsort);
	return list;
}

/* Both are sorted, so one walk finds what only one has. */
static void
compare(const lines *a, const lines *b, struct arena *scratch, struct comparison *out)
{
	size_t i = 0, j = 0;

	while (i < a->len || j < b->len) {
		int r = i == a->len ? 1 : j == b->len ? -1 : str_cmp(a->at[i], b->at[j]);
		struct step s = { r <= 0 ? a->at[i] : b->at[j], r == 0 ? ' ' : r < 0 ? '-' : '+' };

		vec_push(scratch, &out->steps, s);
		out->differ += r != 0;
		i += r <= 0;
		j += r >= 0;
	}
}

/* From the first step that differs at or after `from`, with its context, to where nothing differs for two contexts. */
static bool
find_hunk(const struct comparison *c, size_t from, size_t *begin, size_t *end)
{
	size_t i = from, last;

	while (i < c->steps.len && c->steps.at[i].sign == ' ')
		i++;
	if (i == c->steps.len)
		return false;
	*begin = i - from > CONTEXT ? i - CONTEXT : from;
	for (last = i; i < c->steps.len && i - last <= 2 * CONTEXT; i++)
		if (c->steps.at[i].sign != ' ')
			last = i;
	*end = last + 1 + CONTEXT < c->steps.len ? last + 1 + CONTEXT : c->steps.len;
	return true;
}

/* Lines of one side in a range of steps. */
static size_t
count_side(const struct comparison *c, size_t from, size_t to, char sign)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += c->steps.at[i].sign == ' ' || c->steps.at[i].sign == sign;
	return n;
}

static void
print_range(const struct comparison *c, size_t begin, size_t end, char sign, struct text *out)
{
	size_t before = count_side(c, 0, begin, sign), n = count_side(c, begin, end, sign);

	text_addf(out, " %c%zu,%zu", sign, n ? before + 1 : before, n);
}

size_t
expect_diff(struct str old, struct str new, struct str old_name, struct str new_name, struct arena *scratch,
            struct text *out)
{
	lines a = sorted_lines(old, scratch), b = sorted_lines(new, scratch);
	struct comparison c = { .differ = 0 };
	size_t begin, end = 0;

	compare(&a, &b, scratch, &c);
	if (!c.differ)
		return 0;
	text_addf(out, "--- %.*s\n+++ %.*s\n", STR_ARG(old_name), STR_ARG(new_name));
	while (find_hunk(&c, end, &begin, &end)) {
		text_add_c(out, "@@");
		print_range(&c, begin, end, '-', out);
		print_range(&c, begin, end, '+', out);
		text_add_c(out, " @@\n");
		for (size_t i = begin; i < end; i++)
			text_addf(out, "%c%.*s\n", c.steps.at[i].sign, STR_ARG(c.steps.at[i].line));
	}
	return c.differ;
}
