// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as macros: lines are assignments or texts to expand. A result, bounded and repeatable, or a reason. */
#include <stdlib.h>

#include "base/diag.h"
#include "kconfig/preprocess.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct told { unsigned errors, lines; };

static bool
environment(void *ctx, struct str name, struct str *value)
{
	(void)ctx;
	*value = STR("from outside");
	return str_is(name, "ENV");
}

static bool
ask(void *ctx, struct str question, bool early, struct str *answer)
{
	(void)ctx;
	*answer = early ? STR("y") : STR("some words");
	return !early || str_starts(question, STR("cc-option,"));
}

static void
say(void *ctx, enum macro_said what, const char *message)
{
	struct told *t = ctx;

	t->errors += what == MACRO_ERROR;
	t->lines++;
	if (!message)
		abort();
}

static void
expand(struct preprocessor *p, struct told *t, struct str line)
{
	unsigned errors = t->errors;
	struct str once = macro_expand(p, line), twice;

	if (p->failed != (t->errors > errors))
		abort(); /* failed means told, told means failed */
	if (once.len > MACRO_TEXT + line.len + MACRO_TEXT || (p->failed && once.len))
		abort();
	if (p->failed)
		return;
	twice = macro_expand(p, line);
	if (!p->failed && !str_eq(once, twice))
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena a = { 0 };
	struct told t = { 0 };
	struct preprocessor p = { .keep = &a, .file = STR("f"), .environment = environment, .ask = ask, .say = say,
	                          .ctx = &t };
	struct str text = str_copy(&a, (struct str){ (const char *)data, size }), line;
	struct text token = { 0 };

	for (unsigned n = 0; str_next_line(&text, &line) && n < 200; n++) {
		size_t eq = str_index(line, '=');

		p.line = n;
		if (eq < line.len && eq > 0)
			macro_set(&p, str_take(line, eq - 1), line.at[eq - 1] == ':' ? MACRO_SIMPLE : line.at[eq - 1] == '+' ?
			          MACRO_APPEND : MACRO_RECURSIVE, str_drop(line, eq + 1));
		else
			expand(&p, &t, line);
		token.len = 0;
		if (macro_expand_token(&p, line, &token).len > line.len)
			abort();
	}
	text_release(&token);
	arena_release(&a);
	return 0;
}
