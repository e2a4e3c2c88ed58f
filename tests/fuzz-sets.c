// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two texts parted by NUL: a user's set and rules for companions. A set without complaints expands to each thing once,
 * twice the same; rules given twice want everything twice. Every complaint has its line.
 */
#include <stdlib.h>

#include "cli/companions.h"
#include "kconfig/sets.h"
#include "scanner/device.h"
#include "tests/util-scratch.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
have_places(const struct diag *d)
{
	for (size_t i = 0; i < d->list.len; i++)
		if (!d->list.at[i].line || !d->list.at[i].file.len)
			abort();
}

static void
check_once(const struct set_lines *lines)
{
	for (size_t i = 0; i < lines->list.len; i++)
		for (size_t j = 0; j < i; j++) {
			const struct set_line *a = &lines->list.at[i], *b = &lines->list.at[j];

			if (a->kind == SET_INCLUDE || ((a->kind == SET_MODULE) == (b->kind == SET_MODULE) && str_eq(a->name, b->name)))
				abort();
		}
}

static void
as_set(struct str text, struct arena *keep)
{
	struct diag d = { .keep = keep };
	struct set_index index = { 0 };
	const struct str twice[] = { STR("mine"), STR("mine") };
	struct set_lines once = { 0 }, again = { 0 };

	scratch_put("mine.set", text);
	sets_load(&index, scratch_dir(), keep, &d);
	have_places(&d);
	if (!set_find(&index, twice[0]))
		abort();
	if (d.errors)
		return;
	sets_expand(&index, twice, 1, keep, &d, &once);
	sets_expand(&index, twice, 2, keep, &d, &again);
	have_places(&d);
	if (once.list.len != again.list.len)
		abort();
	check_once(&once);
}

static struct machine *
some_machine(struct arena *keep)
{
	struct machine *m = NEW(keep, struct machine);

	m->keep = keep;
	m->arch = STR("x86_64");
	m->firmware = STR("efi");
	vec_push(keep, &m->devices, ((struct device){ .subsystem = STR("pci"), .driver = STR("e1000e"),
	         .modalias = STR("pci:v00008086d000010D3sv00008086sd00000000bc02sc00i00"), .count = 1 }));
	return m;
}

static void
as_rules(struct str text, struct arena *keep)
{
	struct str both = str_format(keep, "%.*s\n%.*s\n", STR_ARG(text), STR_ARG(text));
	struct diag one = { .keep = keep }, two = { .keep = keep };
	struct companions once = { 0 }, twice = { 0 };
	struct machine *m = some_machine(keep);
	struct map modules = { 0 };

	map_index_put(&modules, keep, STR("e1000e"));
	companions_find(&(struct source){ STR("rules"), text }, m, &modules, keep, &one, &once);
	companions_find(&(struct source){ STR("rules"), both }, m, &modules, keep, &two, &twice);
	have_places(&one);
	if (2 * once.list.len != twice.list.len || 2 * one.errors != two.errors)
		abort();
	for (size_t i = 0; i < once.list.len; i++)
		if (!once.list.at[i].reason.len || !once.list.at[i].place.line)
			abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str rest = { (const char *)data, size }, set = STR("");
	struct arena keep = { 0 };

	str_next_part(&rest, '\0', &set);
	as_set(set, &keep);
	if (rest.len < 4096 && !str_has(rest, '\0'))
		as_rules(str_copy(&keep, rest), &keep);
	arena_release(&keep);
	return 0;
}
