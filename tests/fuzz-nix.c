// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as options of a patch ("FLAGS NAME=VALUE # reason" lines, group by group): what is written is read back by
 * our reader of patches as the same, and its strings end where they should by Nix's rules. And any bytes as a patch.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/patchfile.h"
#include "nixout/answers.h"
#include "nixout/nix.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

typedef VEC(struct option) options;

/* The first byte of a line says what kind of option it is; a line that begins with '-' is the heading of those below. */
static void
read_options(struct str text, struct arena *keep, options *out)
{
	struct str line, group = STR("");

	while (out->len < 200 && str_next_line(&text, &line)) {
		struct option o = { .group = group };
		unsigned flags = line.len ? (unsigned char)line.at[0] : 0;
		size_t equal, hash;

		line = str_drop(line, 1);
		if (flags == '-') {
			group = str_trim(line);
			continue;
		}
		equal = str_index(line, '=');
		hash = str_find(line, STR(" # "));
		hash = hash < equal ? line.len : hash;
		o.name = str_take(line, equal);
		o.value = equal < hash ? str_span(line.at + equal + 1, line.at + hash) : STR("");
		o.reason = str_trim(str_drop(line, hash + 3));
		o.type = flags & 1 ? OPTION_VALUE : flags & 2 ? OPTION_UNSET : OPTION_TRISTATE;
		o.force = flags & 4;
		o.optional = flags & 8;
		vec_push(keep, out, o);
	}
}

/* A string literal by Nix's lexer; what it stands for. Dies where it ends early or late, or has an interpolation. */
static struct str
nix_value(struct str s, struct arena *keep)
{
	char *out = arena_bytes(keep, s.len);
	size_t n = 0, i = 1;

	if (s.len < 2 || s.at[0] != '"')
		abort();
	for (; i + 1 < s.len; i++) {
		if (s.at[i] == '"' || (s.at[i] == '$' && s.at[i + 1] == '{'))
			abort();
		if (s.at[i] == '\\') {
			char c = s.at[++i];

			out[n++] = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
		} else {
			out[n++] = s.at[i];
		}
	}
	if (i + 1 != s.len || s.at[i] != '"')
		abort();
	return (struct str){ out, n };
}

static void
check_string(struct str s, struct arena *keep)
{
	struct text t = { 0 };

	nix_string(s, &t);
	if (!str_eq(nix_value(text_str(&t), keep), s))
		abort();
	text_release(&t);
}

/* The options that were written, in the order of the text: group by group, those without one first. */
static void
written(const options *in, const struct patch_lines *out)
{
	size_t found = 0;

	for (size_t i = 0; i < in->len; i++)
		for (size_t j = 0; j < out->list.len; j++) {
			const struct option *o = &in->at[i];
			const struct patch_line *l = &out->list.at[j];
			struct str want = o->type == OPTION_UNSET ? STR("") : o->value;

			if (!str_eq(o->name, l->symbol) || !str_eq(want, l->value) || o->group.len != l->group.len ||
			    o->reason.len != l->reason.len)
				continue;
			found++;
			break;
		}
	if (found < out->list.len)
		abort(); /* a line that no option made */
}

static void
round_trip(const options *in, struct arena *keep)
{
	struct nix_module m = { .options = in->at, .options_len = in->len };
	struct diag wrote = { .keep = keep }, read = { .keep = keep };
	struct text nix = { 0 }, answers = { 0 };
	struct patch_lines lines = { 0 };
	struct answers parsed = { 0 };

	nix_write(&m, &nix, &wrote);
	patch_parse(&(struct source){ STR("nix"), text_str(&nix) }, keep, &read, &lines);
	if (read.errors || read.warnings || lines.list.len + wrote.errors != in->len)
		abort(); /* each is written once, or there is a reason */
	written(in, &lines);
	nix_write_answers(in->at, in->len, &answers);
	answers_parse(&parsed, &(struct source){ STR("answers"), text_str(&answers) }, keep, &read);
	if (read.errors || answers_len(&parsed) > lines.list.len)
		abort();
	text_release(&nix);
	text_release(&answers);
}

static void
as_patch(struct str text, struct arena *keep)
{
	struct diag d = { .keep = keep };
	struct patch_lines lines = { 0 };

	patch_parse(&(struct source){ STR("patch"), text }, keep, &d, &lines);
	if (lines.list.len && !patch_is(text))
		abort();
	for (size_t i = 0; i < lines.list.len; i++)
		if (!lines.list.at[i].symbol.len || !lines.list.at[i].line)
			abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena keep = { 0 };
	options list = { 0 };

	read_options(text, &keep, &list);
	check_string(text, &keep);
	round_trip(&list, &keep);
	as_patch(text, &keep);
	arena_release(&keep);
	return 0;
}
