// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is said about a symbol: conf's answer to '?', its warning about unmet dependencies, and why a value is as it
 * is. Layouts: scripts/kconfig/menu.c (menu_get_ext_help, get_symbol_str), expr.c (expr_print), symbol.c.
 */
#include "kconfig/lazy.h"
#include "kconfig/lexer.h"
#include "kconfig/values.h"

#include <assert.h>

/* ---- expressions ---- */

static void
print_symbol(void *config, const struct symbol *s, struct text *out)
{
	if (!s->name.len && s->is_choice) {
		text_add_c(out, "<choice>");
		return;
	}
	text_add(out, s->name);
	if (s->type != SYM_UNKNOWN) {
		text_add_c(out, " [=");
		text_add(out, config_text(config, s));
		text_add_char(out, ']');
	}
}

void
config_print_expr(struct config *c, const struct expr *e, struct text *out)
{
	expr_print_conf(e, out, print_symbol, c);
}

static void
print_term(struct config *c, const struct expr *e, enum tri value, const char **title, struct text *out)
{
	if (config_expr(c, e) != value)
		return;
	if (*title)
		text_add_c(out, *title);
	*title = NULL;
	text_add_c(out, "  - ");
	config_print_expr(c, e, out);
	text_add_char(out, '\n');
}

/* The OR's terms that have the value, one a line; the title only before the first. */
static void
print_terms(struct config *c, const struct expr *e, enum tri value, const char **title, struct text *out)
{
	struct arena scratch = { 0 };
	VEC(const struct expr *) todo = { 0 };

	vec_push(&scratch, &todo, e);
	while (todo.len) {
		e = todo.at[--todo.len];
		if (e->kind != EXPR_OR) {
			print_term(c, e, value, title, out);
			continue;
		}
		vec_push(&scratch, &todo, e->b);
		vec_push(&scratch, &todo, e->a);
	}
	arena_release(&scratch);
}

static void
print_reverse(struct config *c, const struct expr *e, enum tri value, const char *title, struct text *out)
{
	if (e != c->model->no)
		print_terms(c, e, value, &title, out);
}

/* ---- help ---- */

static void
print_dep(struct config *c, const struct expr *e, const char *title, struct text *out)
{
	if (e == c->model->yes)
		return;
	text_add_c(out, title);
	config_print_expr(c, e, out);
	text_add_char(out, '\n');
}

static struct str
menu_title(const struct menu *m)
{
	return m->prompt ? m->prompt->text : m->sym->name;
}

/* At most eight entries, the innermost ones. */
static void
print_location(struct config *c, const struct menu *m, struct text *out)
{
	const struct menu *path[8];
	int n = 0;

	for (bool found = false; m != c->model->root && n < 8; m = m->parent) {
		path[n++] = m;
		found = found || config_menu_visible(c, m); /* conf looks for the first that is, which shows in lazy.h */
	}
	text_add_c(out, "  Location:\n");
	for (int indent = 4; n-- > 0; indent += 2) {
		text_addf(out, "%*c-> %.*s", indent, ' ', STR_ARG(menu_title(path[n])));
		if (path[n]->sym) {
			bool named = path[n]->sym->name.len;

			text_addf(out, " (%.*s [=%.*s])", STR_ARG(named ? path[n]->sym->name : STR("<choice>")),
			          STR_ARG(config_text(c, path[n]->sym)));
		}
		text_add_char(out, '\n');
	}
}

/* The terms of a chain of one operator. */
static size_t
terms(const struct expr *e, enum expr_kind kind, struct arena *a, const struct expr ***out)
{
	VEC(const struct expr *) todo = { 0 }, list = { 0 };

	vec_push(a, &todo, e);
	while (todo.len) {
		e = todo.at[--todo.len];
		if (e->kind != kind) {
			vec_push(a, &list, e);
			continue;
		}
		vec_push(a, &todo, e->b);
		vec_push(a, &todo, e->a);
	}
	*out = list.at;
	return list.len;
}

static bool is_same(const struct expr *, const struct expr *);

static bool
has_all(const struct expr **in, size_t in_len, const struct expr **of, size_t of_len)
{
	for (size_t i = 0; i < of_len; i++) {
		size_t k = 0;

		while (k < in_len && !is_same(in[k], of[i]))
			k++;
		if (k == in_len)
			return false;
	}
	return true;
}

/* The same, terms in whatever order (expr.c: expr_eq). */
static bool
is_same(const struct expr *x, const struct expr *y)
{
	struct arena scratch = { 0 };
	const struct expr **xs, **ys;
	size_t nx, ny;
	bool same;

	if (x == y || x->kind != y->kind)
		return x == y;
	if (x->kind == EXPR_NOT)
		return is_same(x->a, y->a);
	if (x->kind != EXPR_AND && x->kind != EXPR_OR)
		return false;
	nx = terms(x, x->kind, &scratch, &xs);
	ny = terms(y, y->kind, &scratch, &ys);
	same = nx < 1000 && ny < 1000 && has_all(xs, nx, ys, ny) && has_all(ys, ny, xs, nx);
	arena_release(&scratch);
	return same;
}

static void
print_definition(struct config *c, const struct menu *m, struct text *out)
{
	text_addf(out, "Defined at %.*s:%u\n", STR_ARG(m->place.file), m->place.line);
	if (!m->prompt) {
		print_dep(c, m->dep, "  Depends on: ", out);
		return;
	}
	text_addf(out, "  Prompt: %.*s\n", STR_ARG(m->prompt->text));
	print_dep(c, m->dep, "  Depends on: ", out);
	if (!is_same(m->dep, m->prompt->cond))
		print_dep(c, m->prompt->cond, "  Visible if: ", out);
	print_location(c, m, out);
}

static void
print_targets(struct config *c, const struct symbol *s, enum prop_kind kind, const char *title, struct text *out)
{
	const char *before = title;

	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].kind == kind) {
			text_add_c(out, before);
			config_print_expr(c, s->props[i].value, out);
			before = " && ";
		}
	if (before != title)
		text_add_char(out, '\n');
}

static void
print_type(struct config *c, const struct symbol *s, struct text *out)
{
	static const char *const type[] = {
		[SYM_UNKNOWN] = "unknown", [SYM_BOOL] = "bool", [SYM_TRISTATE] = "tristate", [SYM_INT] = "integer",
		[SYM_HEX] = "hex", [SYM_STRING] = "string",
	};
	const struct prop *range;

	text_addf(out, "Symbol: %.*s [=%.*s]\nType  : %s\n", STR_ARG(s->name), STR_ARG(config_text(c, s)), type[s->type]);
	if ((s->type != SYM_INT && s->type != SYM_HEX) || !(range = config_range(c, s)))
		return;
	text_add_c(out, "Range : [");
	print_symbol(c, range->low, out);
	text_add_char(out, ' ');
	print_symbol(c, range->high, out);
	text_add_c(out, "]\n");
}

static void
print_relations(struct config *c, const struct symbol *s, struct text *out)
{
	if (s->name.len)
		print_type(c, s, out);
	for (size_t i = 0; i < s->menus_len; i++)
		if (s->menus[i]->prompt)
			print_definition(c, s->menus[i], out);
	for (size_t i = 0; i < s->menus_len; i++)
		if (!s->menus[i]->prompt)
			print_definition(c, s->menus[i], out);
	print_targets(c, s, PROP_SELECT, "Selects: ", out);
	lazy_expr(c, s->rev_dep);
	print_reverse(c, s->rev_dep, TRI_Y, "Selected by [y]:\n", out);
	print_reverse(c, s->rev_dep, TRI_M, "Selected by [m]:\n", out);
	print_reverse(c, s->rev_dep, TRI_N, "Selected by [n]:\n", out);
	print_targets(c, s, PROP_IMPLY, "Implies: ", out);
	lazy_expr(c, s->implied);
	print_reverse(c, s->implied, TRI_Y, "Implied by [y]:\n", out);
	print_reverse(c, s->implied, TRI_M, "Implied by [m]:\n", out);
	print_reverse(c, s->implied, TRI_N, "Implied by [n]:\n", out);
	text_add_c(out, "\n\n");
}

void
config_help(struct config *c, const struct menu *m, struct text *out)
{
	if (m->help.at && m->sym && m->sym->name.len)
		text_addf(out, "CONFIG_%.*s:\n\n", STR_ARG(m->sym->name));
	if (m->help.at)
		lexer_help_text(m->help, out);
	else
		text_add_c(out, "There is no help available for this option.");
	text_add_char(out, '\n');
	if (m->sym)
		print_relations(c, m->sym, out);
}

/* ---- unmet dependencies ---- */

void
config_print_unmet(struct config *c, const struct symbol *s, struct text *out)
{
	enum tri dir;

	config_settle(c);
	dir = value_of(c, s)->dir;
	text_addf(out, "\nWARNING: unmet direct dependencies detected for %.*s\n  Depends on [%c]: ", STR_ARG(s->name),
	          dir == TRI_M ? 'm' : 'n');
	config_print_expr(c, s->dir_dep, out);
	text_add_char(out, '\n');
	print_reverse(c, s->rev_dep, TRI_Y, "  Selected by [y]:\n", out);
	print_reverse(c, s->rev_dep, TRI_M, "  Selected by [m]:\n", out);
}

/* ---- reasons ---- */

static bool
acts_on(const struct prop *p, enum prop_kind kind, const struct symbol *target)
{
	return p->kind == kind && p->value->kind == EXPR_SYMBOL && p->value->left == target;
}

static void
collect_by(struct config *c, const struct symbol *target, enum prop_kind kind, struct arena *keep, struct reason *r)
{
	VEC(struct reason_by) list = { 0 };

	for (size_t i = 0; i < c->model->symbols_len; i++) {
		const struct symbol *s = c->model->symbols[i];
		enum tri own = value_of(c, s)->tri;

		for (size_t k = 0; own != TRI_N && k < s->props_len; k++) {
			enum tri cond;

			if (!acts_on(&s->props[k], kind, target))
				continue;
			cond = config_expr(c, s->props[k].cond);
			if (cond != TRI_N)
				vec_push(keep, &list, ((struct reason_by){ s, &s->props[k], own < cond ? own : cond }));
		}
	}
	r->by = list.at;
	r->by_len = list.len;
}

static const struct prop *
active_default(struct config *c, const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++)
		if (s->props[i].kind == PROP_DEFAULT && config_expr(c, s->props[i].cond) != TRI_N)
			return &s->props[i];
	return NULL;
}

static void
reason_logic(struct config *c, const struct symbol *s, struct arena *keep, struct reason *r)
{
	const struct value *v = value_of(c, s);
	bool user = v->flags & VALUE_USER && v->visible != TRI_N;
	enum tri without = TRI_N;

	r->prop = active_default(c, s);
	if (user) {
		r->kind = REASON_USER;
		without = v->user < v->visible ? v->user : v->visible;
	} else if (r->prop) {
		enum tri cond = config_expr(c, r->prop->cond);

		without = config_expr(c, r->prop->value);
		without = without < cond ? without : cond;
		r->kind = without != TRI_N ? REASON_DEFAULT : REASON_NOTHING;
	}
	if (!user && v->implied > without && v->dir > without) {
		r->kind = REASON_IMPLIED;
		without = v->implied < v->dir ? v->implied : v->dir;
		collect_by(c, s, PROP_IMPLY, keep, r);
	}
	if (v->rev > without)
		r->kind = REASON_SELECTED;
	if (v->rev != TRI_N && r->kind != REASON_IMPLIED)
		collect_by(c, s, PROP_SELECT, keep, r);
	r->user_ignored = v->flags & VALUE_USER && v->user != v->tri;
}

static void
reason_text(struct config *c, const struct symbol *s, struct reason *r)
{
	struct str user = { 0 }, value = config_text(c, s), free_value;
	bool has = config_has_user(c, s, &user);
	const struct prop *range = config_range(c, s);

	r->prop = active_default(c, s);
	r->kind = has && r->visible != TRI_N ? REASON_USER : r->prop ? REASON_DEFAULT : REASON_NOTHING;
	r->user_ignored = has && !str_eq(user, value);
	free_value = r->kind == REASON_USER ? user : config_default(c, s);
	if (range && !str_eq(free_value, value)) {
		r->kind = REASON_RANGE;
		r->prop = range;
	}
}

struct reason
config_reason(struct config *c, const struct symbol *s, struct arena *keep)
{
	const struct value *v = value_of(c, s);
	struct reason r = { 0 };

	config_settle(c);
	r.visible = v->visible;
	r.dir = v->dir;
	r.rev = v->rev;
	r.implied = v->implied;
	if (s->constant || s->type == SYM_UNKNOWN)
		return r;
	if (s->choice && (!c->model->dialect.old_choice || v->visible == TRI_Y)) {
		r.kind = v->visible == TRI_N ? REASON_NOTHING : REASON_CHOICE;
		r.picked = config_picked(c, s->choice);
		r.user_ignored = v->flags & VALUE_USER && v->user != v->tri;
	} else if (s->type == SYM_BOOL || s->type == SYM_TRISTATE) {
		reason_logic(c, s, keep, &r);
	} else {
		reason_text(c, s, &r);
	}
	return r;
}

/* One line for each; the selectors' places are in the reason. */
size_t
config_check(struct config *c, struct diag *diag)
{
	struct text t = { 0 };
	struct arena scratch = { 0 };
	size_t n = 0;

	config_settle(c);
	for (size_t i = 0; i < c->model->symbols_len; i++) {
		const struct symbol *s = c->model->symbols[i];
		struct reason r;

		if (s->choice || !(c->value[i].flags & VALUE_UNMET))
			continue;
		n++;
		r = config_reason(c, s, &scratch);
		t.len = 0;
		for (size_t k = 0; k < r.by_len; k++)
			text_addf(&t, "%s%.*s (%.*s:%u)", k ? ", " : "", STR_ARG(r.by[k].symbol->name),
			          STR_ARG(r.by[k].prop->place.file), r.by[k].prop->place.line);
		text_add_c(&t, "; it depends on ");
		config_print_expr(c, s->dir_dep, &t);
		diag_warn(diag, s->menus_len ? s->menus[0]->place.file : STR(""), s->menus_len ? s->menus[0]->place.line : 0,
		          "%.*s is selected though its dependencies are not met: by %.*s", STR_ARG(s->name),
		          STR_ARG(text_str(&t)));
	}
	text_release(&t);
	arena_release(&scratch);
	return n;
}
