// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a C file that may register drivers. Lines lie in the file and never go back; a blank line put before moves
 * every claim by one and changes nothing else; names are strings or there is none.
 */
#include <stdlib.h>

#include "modalias/csource.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct str
lookup(void *ctx, struct str name)
{
	const struct facts *f = ctx;

	for (size_t i = 0; i < f->defines.len; i++)
		if (str_eq(f->defines.at[i].name, name))
			return f->defines.at[i].body;
	return (struct str){ 0 };
}

static void
same(struct arena *keep, struct facts *f, struct facts *moved)
{
	if (f->claims.len != moved->claims.len || f->defines.len != moved->defines.len ||
	    f->includes.len != moved->includes.len)
		abort();
	for (size_t i = 0; i < f->claims.len; i++) {
		const struct claim *a = &f->claims.at[i], *b = &moved->claims.at[i];
		struct str one = { 0 }, two = { 0 };
		bool modname = false, also = false;

		if (a->line + 1 != b->line || !str_eq(a->bus, b->bus) || !str_eq(a->value, b->value))
			abort();
		if (csource_string(keep, a->value, lookup, f, &one, &modname) !=
		    csource_string(keep, b->value, lookup, moved, &two, &also) || modname != also || !str_eq(one, two))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena keep = { 0 };
	struct facts facts = { 0 }, moved = { 0 };
	struct text text = { 0 };
	unsigned lines = 1;

	text_add_char(&text, '\n');
	text_add(&text, (struct str){ (const char *)data, size });
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	csource_scan(&keep, str_drop(text_str(&text), 1), &facts);
	csource_scan(&keep, text_str(&text), &moved);
	for (size_t i = 0; i < facts.claims.len; i++)
		if (!facts.claims.at[i].line || facts.claims.at[i].line > lines)
			abort();
	same(&keep, &facts, &moved);
	text_release(&text);
	arena_release(&keep);
	return 0;
}
