// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a Makefile. It ends, and where nothing was wrong with it the symbolic evaluation says for each of some
 * configurations what the forward one does. Symbols are tristates: contents with blanks are one word symbolically.
 */
#include <stdlib.h>
#include <string.h>

#include "kbuild/logic.h"
#include "kbuild/make.h"
#include "tests/util-scratch.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const configs[][3] = { { "y", "m", "" }, { "m", "", "y" }, { "", "y", "m" }, { "", "", "" }, { "y", "y", "y" } };
enum { CONFIGS = sizeof(configs) / sizeof(*configs) };

static struct str
value_of(void *ctx, struct str name)
{
	const char *const *config = ctx;

	return name.len == 1 && *name.at >= 'A' && *name.at <= 'C' ? str_from(config[*name.at - 'A']) : STR("");
}

/* A tree with two files to include, made once. */
static struct tree *
small_tree(void)
{
	static struct tree *tree;
	static struct arena keep;
	static struct diag diag;
	static const char *const names[] = { "Kconfig", "Makefile", "inc.mk", "loop.mk" };
	static const char *const texts[] = { "", "", "Y-$(CONFIG_A) += inc.o\n", "X += l\ninclude loop.mk\n" };

	if (tree)
		return tree;
	diag.keep = &keep;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		scratch_put(names[i], str_from(texts[i]));
	tree = tree_open(scratch_dir(), 0, &diag);
	return tree;
}

enum { WORDS_MAX = 200 }; /* with conditions as large as can be, more take the sanitizers seconds to compare */

/* The words of everything interesting; false when something was wrong, or is not known. */
static bool
evaluate(struct arena *keep, struct str input, const char *const *config, struct make *m, struct alts *words)
{
	struct cond_pool *pool = NEW(keep, struct cond_pool);
	struct diag *diag = NEW(keep, struct diag);
	struct scope *scope = NEW(keep, struct scope);
	struct value value = { 0 };

	diag->keep = keep;
	cond_pool_init(pool, keep);
	make_init(m, small_tree(), pool, keep, diag);
	m->values.logic = logic_new(pool, keep);
	if (config) {
		m->symbol = value_of;
		memcpy(&m->ctx, &config, sizeof(config));
	}
	make_begin(m, scope);
	variable_set(m, STR("obj-y"), STR(""), false);
	variable_set(m, STR("obj-m"), STR(""), false);
	make_text(m, input);
	expand(m, STR("$(obj-y) | $(obj-m) | $(X) | $(X-y) | $(filter-out $(obj-y),$(obj-m))"), &value);
	if (!value_words(&m->values, &value, words))
		return false;
	for (size_t i = 0; i < words->len; i++)
		if (str_has(words->at[i].text, MARK_UNKNOWN))
			return false;
	if (m->values.spent && !diag->errors)
		abort(); /* never without a reason */
	return diag->errors + diag->warnings == 0 && m->unknown.len == 0;
}

static void
print_words(struct make *m, const struct alts *words, const char *const *config, struct text *out)
{
	void *ctx;

	memcpy(&ctx, &config, sizeof(config));
	(void)m;
	for (size_t i = 0; i < words->len; i++)
		if (cond_eval(words->at[i].when, value_of, ctx)) {
			text_add(out, words->at[i].text);
			text_add_char(out, ' ');
		}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena keep = { 0 };
	struct str input = { (const char *)data, size };
	struct make symbolic, forward;
	struct alts all = { 0 };
	bool fine;

	if (memchr(data, '\1', size) || memchr(data, '\2', size) || memchr(data, '\0', size))
		return 0;
	input = str_copy(&keep, input);
	fine = evaluate(&keep, input, NULL, &symbolic, &all) && all.len <= WORDS_MAX;
	for (size_t c = 0; fine && c < CONFIGS; c++) {
		struct alts words = { 0 };
		struct text a = { 0 }, b = { 0 };

		if (evaluate(&keep, input, configs[c], &forward, &words)) {
			print_words(&symbolic, &all, configs[c], &a);
			print_words(&forward, &words, configs[c], &b);
			if (!str_eq(text_str(&a), text_str(&b))) {
				fprintf(stderr, "configuration %zu: symbolically \"%s\", forwards \"%s\"\n", c, a.at, b.at);
				abort();
			}
		}
		text_release(&a);
		text_release(&b);
	}
	arena_release(&keep);
	return 0;
}
