// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as input of the scanner's readers: a machine or a reason, and a machine survives our dump. */
#include <stdio.h>
#include <stdlib.h>

#include "scanner/diff.h"
#include "scanner/dump.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct machine *
read_back(struct arena *a, struct str text, struct text *out)
{
	struct diag d = { .keep = a };
	struct machine *m = machine_read(a, &(struct source){ STR("dump"), text }, 1, &d);

	if (!m != !!d.errors || d.errors > 1)
		abort(); /* no machine without one reason, no reason with a machine */
	if (m)
		machine_write(m, out);
	return m;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena a = { 0 };
	struct text one = { 0 }, two = { 0 };
	struct str input = str_copy(&a, (struct str){ (const char *)data, size });
	struct machine *m = read_back(&a, input, &one), *again;

	if (m) {
		again = read_back(&a, text_str(&one), &two);
		if (!again || !str_eq(text_str(&one), text_str(&two)))
			abort(); /* writing and reading is the identity */
		if (machine_diff(&a, m, again).len || machine_count(m) != machine_count(again))
			abort();
	}
	text_release(&one);
	text_release(&two);
	arena_release(&a);
	return 0;
}
