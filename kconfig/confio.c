// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * .config files. Rules: scripts/kconfig/confdata.c (conf_read_simple, conf_read, conf_write, conf_write_defconfig).
 */
#include "kconfig/values.h"

#include <string.h>

#include "kconfig/number.h"
#include "kconfig/oldhash.h"

/* ---- reading ---- */

struct reader {
	struct config *config;
	const struct source *source;
	struct diag *diag;
	struct arena scratch;
	unsigned line, flags;
	bool old;
	uint8_t constant_seen[3];     /* CONFIG_y=... is odd, but only the second time */
};

struct assignment {
	struct str name, value;
};

#define WARN(r, ...) diag_warn((r)->diag, (r)->source->name, (r)->line, __VA_ARGS__)

/* A C string to the kernel: it ends at a NUL. */
static struct str
until_nul(struct str s)
{
	return str_take(s, str_index(s, '\0'));
}

/* "# CONFIG_X is not set". Old kernels look no further than "not set". */
static bool
parse_unset(const struct reader *r, struct str line, struct assignment *a)
{
	struct str rest;
	size_t space;

	if (!str_starts(line, STR("# CONFIG_")))
		return false;
	a->name = str_drop(line, STR("# CONFIG_").len);
	space = str_index(a->name, ' ');
	rest = str_drop(a->name, space + 1);
	a->name = str_take(a->name, space);
	a->value = STR("n");
	return r->old ? str_starts(rest, STR("is not set")) : str_is(rest, "is not set");
}

static bool
parse_set(struct reader *r, struct str line, struct assignment *a)
{
	size_t equal;

	if (!str_starts(line, STR("CONFIG_"))) {
		WARN(r, "unexpected data: %.*s", STR_ARG(line));
		return false;
	}
	a->name = str_drop(line, STR("CONFIG_").len);
	equal = str_index(a->name, '=');
	if (equal == a->name.len) {
		if (!r->old)
			WARN(r, "unexpected data: %.*s", STR_ARG(line));
		return false;
	}
	a->value = str_drop(a->name, equal + 1);
	a->name = str_take(a->name, equal);
	return true;
}

static bool
parse_line(struct reader *r, struct str line, struct assignment *a)
{
	if (!line.len)
		return false;
	if (line.at[0] == '#')
		return parse_unset(r, line, a);
	return parse_set(r, line, a);
}

/* From after the opening quote to the closing one, escapes undone. */
static bool
unquote(struct arena *scratch, struct str s, struct str *out)
{
	char *to = arena_bytes(scratch, s.len + 1);

	out->at = to;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"') {
			out->len = (size_t)(to - out->at);
			return true;
		}
		if (s.at[i] == '\\' && ++i == s.len)
			break;
		*to++ = s.at[i];
	}
	return false;
}

/* False when it could not be taken; no user value is changed then. */
static bool
take_tri(struct reader *r, const struct symbol *s, struct str value)
{
	char first = value.len ? value.at[0] : '\0';

	if (first == 'm' && s->type == SYM_TRISTATE)
		config_user_tri(r->config, s, TRI_M);
	else if (first == 'y' || first == 'n')
		config_user_tri(r->config, s, first == 'y' ? TRI_Y : TRI_N);
	else
		return false;
	return true;
}

static bool
take_text(struct reader *r, const struct symbol *s, struct str value)
{
	if (s->type == SYM_STRING) {
		if (!value.len || value.at[0] != '"')
			return true; /* not a string: silently nothing */
		if (!unquote(&r->scratch, str_drop(value, 1), &value)) {
			WARN(r, "invalid string found");
			return false;
		}
	}
	if (!number_valid(value, s->type)) {
		WARN(r, "symbol value '%.*s' invalid for %.*s", STR_ARG(value), STR_ARG(s->name));
		return false;
	}
	config_user_text(r->config, s, value);
	return true;
}

static bool
take_value(struct reader *r, const struct symbol *s, struct str value)
{
	switch (s->type) {
	case SYM_BOOL:
	case SYM_TRISTATE:
		if (take_tri(r, s, value))
			return true;
		WARN(r, "symbol value '%.*s' invalid for %.*s", STR_ARG(value), STR_ARG(s->name));
		return false;
	case SYM_UNKNOWN:
		return true;
	default:
		return take_text(r, s, value);
	}
}

/* Before 6.11 members' lines can contradict each other. */
static void
warn_old_choice(struct reader *r, const struct symbol *s)
{
	struct value *choice = value_of(r->config, s->choice);
	enum tri said = value_of(r->config, s)->user;

	if (said == TRI_M && choice->user == TRI_Y) {
		WARN(r, "%.*s creates inconsistent choice state", STR_ARG(s->name));
		choice->flags &= ~VALUE_USER;
	}
	if (said == TRI_Y && choice->user != TRI_N)
		WARN(r, "override: %.*s changes choice state", STR_ARG(s->name));
}

/* y, m and n are found by name like any symbol, and are not changed. */
static bool
is_constant(struct reader *r, struct str name)
{
	const struct symbol *const constant[] = {
		r->config->model->sym_n, r->config->model->sym_m, r->config->model->sym_y,
	};

	for (size_t i = 0; i < 3; i++)
		if (str_eq(name, constant[i]->name)) {
			if (r->constant_seen[i]++)
				WARN(r, "override: reassigning to symbol %.*s", STR_ARG(name));
			return true;
		}
	return false;
}

static void
assign(struct reader *r, const struct assignment *a)
{
	const struct symbol *s;

	if (is_constant(r, a->name))
		return;
	s = map_get(&r->config->model->names, a->name);
	if (!s) {
		if (r->flags & CONFIG_READ_UNKNOWN)
			WARN(r, "unknown symbol: %.*s", STR_ARG(a->name));
		return;
	}
	if (value_of(r->config, s)->flags & VALUE_USER)
		WARN(r, "override: reassigning to symbol %.*s", STR_ARG(s->name));
	if (!take_value(r, s, a->value) || !s->choice)
		return;
	if (r->old)
		warn_old_choice(r, s);
	config_tell_choice(r->config, s);
}

void
config_read(struct config *c, const struct source *source, unsigned flags, struct diag *diag)
{
	struct reader r = { .config = c, .source = source, .diag = diag, .flags = flags };
	struct str rest = source->text, line;
	struct assignment a;

	r.old = c->model->dialect.old_choice;
	for (size_t i = 0; r.old && i < c->model->choices_len; i++)
		value_of(c, c->model->choices[i])->flags |= VALUE_USER;
	while (str_next_line(&rest, &line)) {
		struct arena_mark mark = arena_mark(&r.scratch);

		r.line++;
		if (parse_line(&r, until_nul(line), &a))
			assign(&r, &a);
		arena_reset(&r.scratch, mark);
	}
	arena_release(&r.scratch);
	config_touch_all(c);
}

static bool
same_as_read(struct config *c, const struct symbol *s)
{
	const struct value *v = value_of(c, s);
	struct str user;

	if (!config_has_user(c, s, &user))
		return !(v->flags & VALUE_WRITE);
	return v->flags & VALUE_WRITE && str_eq(user, config_text(c, s));
}

static uint32_t *
hash_order(const struct kconfig *m, struct arena *a)
{
	struct str *names = NEW_ARRAY(a, struct str, m->symbols_len);

	for (size_t i = 0; i < m->symbols_len; i++)
		names[i] = m->symbols[i]->name;
	return oldhash_order(names, m->symbols_len, a);
}

static bool
is_all_as_read(struct config *c)
{
	const struct kconfig *m = c->model;

	for (size_t i = 0; i < m->symbols_len; i++)
		if (!m->symbols[i]->is_choice && !m->symbols[i]->constant && !same_as_read(c, m->symbols[i]))
			return false;
	return true;
}

/*
 * Older kernels, after reading: hidden symbols become new again if all else is as it was read; texts out of range
 * are dropped, so that the default comes back instead of the bound. Ranges are looked up as they are by then.
 */
static void
look_again(struct config *c)
{
	const struct kconfig *m = c->model;
	struct arena scratch = { 0 };
	const uint32_t *order = hash_order(m, &scratch);
	bool saved = is_all_as_read(c);
	struct str user;

	for (size_t i = 0; i < m->symbols_len; i++) {
		const struct symbol *s = m->symbols[order[i]];

		if (s->choice || !config_has_user(c, s, &user))
			continue;
		if (value_of(c, s)->visible == TRI_N && saved)
			value_of(c, s)->flags &= ~VALUE_USER;
		if (s->type != SYM_BOOL && s->type != SYM_TRISTATE && !config_in_range(c, s, user)) {
			config_drop_text(c, s);
			saved = false;
		}
	}
	arena_release(&scratch);
}

void
config_load(struct config *c, const struct source *source, unsigned flags, struct diag *diag)
{
	config_unset_all(c);
	config_read(c, source, flags, diag);
	if (c->model->dialect.old_range_read)
		look_again(c);
}

/* ---- writing ---- */

static void
write_quoted(struct str s, struct text *out)
{
	text_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"' || s.at[i] == '\\')
			text_add_char(out, '\\');
		text_add_char(out, s.at[i]);
	}
	text_add_char(out, '"');
}

void
config_write_symbol(struct config *c, const struct symbol *s, bool plain_n, struct text *out)
{
	struct str value = config_text(c, s);

	if (s->type == SYM_UNKNOWN)
		return;
	if ((s->type == SYM_BOOL || s->type == SYM_TRISTATE) && !plain_n && str_is(value, "n")) {
		text_add_c(out, "# CONFIG_");
		text_add(out, s->name);
		text_add_c(out, " is not set\n");
		return;
	}
	text_add_c(out, "CONFIG_");
	text_add(out, s->name);
	text_add_char(out, '=');
	if (s->type == SYM_STRING)
		write_quoted(value, out);
	else
		text_add(out, value);
	text_add_char(out, '\n');
}

struct writer {
	struct config *config;
	struct text *out;
	uint8_t *written;             /* by symbol id */
	bool need_newline;
};

static bool
is_heading(const struct menu *m)
{
	return !m->sym;
}

static void
write_entry(struct writer *w, const struct menu *m)
{
	if (is_heading(m)) {
		if (!config_menu_visible(w->config, m))
			return;
		text_add_c(w->out, "\n#\n# ");
		text_add(w->out, m->prompt->text);
		text_add_c(w->out, "\n#\n");
		w->need_newline = false;
		return;
	}
	if (m->sym->is_choice || w->written[m->sym->id] || !config_is_written(w->config, m->sym))
		return;
	if (w->need_newline)
		text_add_char(w->out, '\n');
	w->need_newline = false;
	w->written[m->sym->id] = 1;
	config_write_symbol(w->config, m->sym, false, w->out);
}

static void
write_end(struct writer *w, const struct menu *m)
{
	if (!is_heading(m) || !m->prompt || m->prompt->kind != PROP_MENU || !config_menu_visible(w->config, m))
		return;
	text_add_c(w->out, "# end of ");
	text_add(w->out, m->prompt->text);
	text_add_char(w->out, '\n');
	w->need_newline = true;
}

static void
write_entries(struct writer *w, const struct menu *root)
{
	const struct menu *m = root->list;

	while (m) {
		write_entry(w, m);
		if (m->list) {
			m = m->list;
			continue;
		}
		if (!w->config->model->dialect.old_menu_end)
			write_end(w, m);
		while (!m->next) {
			m = m->parent;
			if (m == root)
				return;
			write_end(w, m);
		}
		m = m->next;
	}
}

void
config_write(struct config *c, struct text *out)
{
	struct arena scratch = { 0 };
	struct writer w = { .config = c, .out = out };

	w.written = NEW_ARRAY(&scratch, uint8_t, c->model->symbols_len);
	text_add_c(out, "#\n# Automatically generated file; DO NOT EDIT.\n# ");
	text_add(out, c->model->mainmenu);
	text_add_c(out, "\n#\n");
	write_entries(&w, c->model->root);
	arena_release(&scratch);
}

/* ---- what was asked for and is not so ---- */

static bool
is_changed(struct config *c, const struct symbol *s, struct str *user)
{
	return !s->is_choice && !s->constant && s->type != SYM_UNKNOWN && config_has_user(c, s, user) &&
	       !str_eq(*user, config_text(c, s));
}

size_t
config_print_changed(struct config *c, struct text *out)
{
	struct arena scratch = { 0 };
	uint8_t *seen = NEW_ARRAY(&scratch, uint8_t, c->model->symbols_len);
	struct str user;
	size_t n = 0;

	for (const struct menu *m = c->model->root; m; m = menu_next(m)) {
		if (!m->sym || seen[m->sym->id]++ || !is_changed(c, m->sym, &user))
			continue;
		if (!n++)
			text_add_c(out, "warning: user-provided values changed by Kconfig:\n");
		text_addf(out, "  CONFIG_%.*s: %.*s -> %.*s\n", STR_ARG(m->sym->name), STR_ARG(user),
		          STR_ARG(config_text(c, m->sym)));
	}
	arena_release(&scratch);
	return n;
}

/* ---- what savedefconfig keeps ---- */

/* Would its choice be set to it without a word? */
static bool
is_default_pick(struct config *c, const struct symbol *s)
{
	if (!s->choice || s != config_choice_default(c, s->choice) || config_tri(c, s) != TRI_Y)
		return false;
	return !c->model->dialect.old_choice || (!s->choice->optional && s->type == SYM_BOOL);
}

static bool
is_worth_saving(struct config *c, const struct symbol *s)
{
	return config_is_written(c, s) && config_is_changeable(c, s) &&
	       !str_eq(config_text(c, s), config_default(c, s)) && !is_default_pick(c, s);
}

void
config_write_minimal(struct config *c, struct text *out)
{
	struct arena scratch = { 0 };
	uint8_t *seen = NEW_ARRAY(&scratch, uint8_t, c->model->symbols_len);

	if (c->model->dialect.old_choice)
		config_touch_all(c); /* where what is read and what is written can differ; see config_drop_text */
	for (const struct menu *m = c->model->root; m; m = menu_next(m))
		if (m->sym && !m->sym->is_choice && !seen[m->sym->id]++ && is_worth_saving(c, m->sym))
			config_write_symbol(c, m->sym, false, out);
	arena_release(&scratch);
}
