// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a .config: what is written after reading is read again without a word, and writes the same. */
#include <stdlib.h>

#include "kconfig/config.h"
#include "tests/util-model.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char machine[] =
	"config MODULES\n\tbool \"modules\"\n\tmodules\n\tdefault y\n"
	"config A\n\ttristate \"a\"\n"
	"config B\n\tbool \"b\"\n\tdepends on A\n"
	"config S\n\tstring \"s\"\n"
	"config I\n\tint \"i\"\n\trange 4 100\n\tdefault 99\n"
	"config H\n\thex \"h\"\n"
	"menu \"m\"\nchoice\n\tprompt \"pick\"\n"
	"config ONE\n\tbool \"one\"\nconfig TWO\n\tbool \"two\"\n\tdepends on A\nendchoice\nendmenu\n";

static void
read_write(const struct config *empty, struct arena *a, struct str text, struct diag *d, struct text *out)
{
	struct config *c = config_copy(empty, a);

	config_load(c, &(struct source){ STR("x"), text }, CONFIG_READ_UNKNOWN, d);
	config_write(c, out);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct arena keep;
	static const struct config *empty[2];
	struct str input = { (const char *)data, size };

	for (int old = 0; old < 2; old++) {
		struct arena a = { 0 };
		struct diag first = { .keep = &a }, second = { .keep = &a };
		struct text one = { 0 }, two = { 0 };

		if (!empty[old])
			empty[old] = config_new(model_of(&keep, machine, old), &keep);
		read_write(empty[old], &a, input, &first, &one);
		read_write(empty[old], &a, text_str(&one), &second, &two);
		if (first.errors || second.errors || (second.warnings && !old) || !str_eq(text_str(&one), text_str(&two)))
			abort();
		text_release(&one);
		text_release(&two);
		arena_release(&a);
	}
	return 0;
}
