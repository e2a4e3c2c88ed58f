// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two texts parted by NUL: a toolchain profile and a .config to infer from. Every exact line of a profile is answered as
 * it says, the first that speaks of a question stands, and the same question has the same answer twice.
 */
#include <stdlib.h>

#include "kconfig/toolchain.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
ask(const struct book *b, struct str question)
{
	struct str one = { 0 }, two = { 0 };
	bool known = book_answer(b, question, &one);

	if (known != book_answer(b, question, &two) || (known && !str_eq(one, two)))
		abort();
}

static void
as_profile(struct str text, struct arena *keep)
{
	struct diag d = { .keep = keep };
	struct book b = { 0 };
	struct str line, value;

	book_read(&b, text, STR("x86_64"), keep, &d);
	if (!b.name.len)
		abort();
	for (size_t i = 0; i < b.exact.len; i++) {
		struct str *answer = b.exact.entry[i].value, got;

		if (!book_answer(&b, b.exact.entry[i].key, &got) || !str_eq(got, *answer))
			abort();
	}
	for (unsigned n = 0; n < 100 && str_next_line(&text, &line); n++) {
		ask(&b, line);
		book_variable(&b, line, &value);
	}
}

static void
as_config(struct str text, struct arena *keep)
{
	struct map values = { 0 }, again = { 0 };
	struct text out = { 0 };

	dotconfig_read(&values, text, keep);
	for (size_t i = 0; i < values.len; i++) {
		struct str *v = values.entry[i].value;

		if (str_has(*v, '\n') || str_has(*v, '"') || str_has(*v, '\\') || str_has(*v, '\r') ||
		    str_has(values.entry[i].key, '='))
			continue;
		text_addf(&out, "CONFIG_%.*s=\"%.*s\"\n", STR_ARG(values.entry[i].key), STR_ARG(*v));
	}
	dotconfig_read(&again, text_str(&out), keep);
	for (size_t i = 0; i < again.len; i++) {
		const struct str *was = map_get(&values, again.entry[i].key), *is = again.entry[i].value;

		if (!was || !str_eq(*was, *is))
			abort();
	}
	text_release(&out);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str rest = { (const char *)data, size }, profile = STR("");
	struct arena keep = { 0 };

	str_next_part(&rest, '\0', &profile);
	as_profile(profile, &keep);
	if (!str_has(rest, '\0'))
		as_config(rest, &keep);
	arena_release(&keep);
	return 0;
}
