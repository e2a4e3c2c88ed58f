// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/dump.h"

#include "kconfig/lexer.h"

static const char *const type[] = {
	[SYM_UNKNOWN] = "unknown", [SYM_BOOL] = "bool", [SYM_TRISTATE] = "tristate", [SYM_INT] = "integer",
	[SYM_HEX] = "hex", [SYM_STRING] = "string",
};

static const char *const kind[] = {
	[PROP_PROMPT] = "prompt", [PROP_MENU] = "menu", [PROP_COMMENT] = "comment", [PROP_DEFAULT] = "default",
	[PROP_SELECT] = "select", [PROP_IMPLY] = "imply", [PROP_RANGE] = "range",
};

static void
add_name(struct text *out, const struct symbol *s)
{
	text_add(out, s->name.len || !s->is_choice ? s->name : STR("<choice>"));
}

static void
add_expr(struct text *out, const char *what, const struct expr *e, const struct expr *silent)
{
	if (e == silent)
		return;
	text_addf(out, "  %s ", what);
	expr_print_conf(e, out, NULL, NULL);
	text_add_char(out, '\n');
}

static void
dump_prop(const struct kconfig *k, const struct prop *p, struct text *out)
{
	text_addf(out, "  %s", kind[p->kind]);
	if (p->text.at)
		text_addf(out, " \"%.*s\"", STR_ARG(p->text));
	if (p->value) {
		text_add_char(out, ' ');
		expr_print_conf(p->value, out, NULL, NULL);
	}
	if (p->low) {
		text_addf(out, " [%.*s %.*s]", STR_ARG(p->low->name), STR_ARG(p->high->name));
	}
	if (p->cond != k->yes) {
		text_add_c(out, " if ");
		expr_print_conf(p->cond, out, NULL, NULL);
	}
	text_addf(out, " @%.*s:%u\n", STR_ARG(p->place.file), p->place.line);
}

static void
dump_symbol(const struct kconfig *k, const struct symbol *s, struct text *out)
{
	text_addf(out, "  type %s\n", type[s->type]);
	for (size_t i = 0; i < s->props_len; i++)
		dump_prop(k, &s->props[i], out);
	add_expr(out, "depends", s->dir_dep, k->yes);
	add_expr(out, "selected", s->rev_dep, k->no);
	add_expr(out, "implied", s->implied, k->no);
	if (s->choice) {
		text_add_c(out, "  member of ");
		add_name(out, s->choice);
		text_addf(out, "@%.*s:%u\n", STR_ARG(s->choice->menus[0]->place.file), s->choice->menus[0]->place.line);
	}
	for (size_t i = 0; i < s->members_len; i++)
		text_addf(out, "  member %.*s\n", STR_ARG(s->members[i]->name));
}

static void
dump_help(struct str help, struct text *out)
{
	struct text text = { 0 };
	struct str rest, line;

	lexer_help_text(help, &text);
	rest = text_str(&text);
	text_add_c(out, "  help\n");
	while (str_next_part(&rest, '\n', &line))
		text_addf(out, "   |%.*s\n", STR_ARG(line));
	text_release(&text);
}

static void
dump_menu(const struct kconfig *k, const struct menu *m, unsigned depth, struct text *out)
{
	text_addf(out, "%u %.*s:%u", depth, STR_ARG(m->place.file), m->place.line);
	if (m->sym) {
		text_add_char(out, ' ');
		add_name(out, m->sym);
	}
	text_add_char(out, '\n');
	if (m->prompt && !m->sym)
		dump_prop(k, m->prompt, out);
	add_expr(out, "visible", m->visibility, k->yes);
	add_expr(out, "dep", m->dep, k->yes);
	if (m->help.at)
		dump_help(m->help, out);
	if (m->sym && m->sym->menus[0] == m)
		dump_symbol(k, m->sym, out);
}

void
kconfig_dump(const struct kconfig *k, struct text *out)
{
	const struct menu *m = k->root;
	unsigned depth = 0;

	while (m) {
		dump_menu(k, m, depth, out);
		if (m->list) {
			m = m->list;
			depth++;
			continue;
		}
		while (m && !m->next) {
			m = m->parent;
			depth--;
		}
		m = m ? m->next : NULL;
	}
}
