// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/suggest.h"

/* Words in a symbol's name, between underscores, that mark what only a developer of the driver wants. */
static bool
is_for_developers(struct str name)
{
	static const char *const words[] = {
		"DEBUG", "DBG", "DEBUGFS", "TEST", "TESTS", "SELFTEST", "SELFTESTS", "KUNIT", "TRACE", "TRACING", "TRACEPOINTS",
		"INJECT", "INJECTION", "VERBOSE", "WERROR", "STATISTICS", "EXPERIMENTAL", "DANGEROUS", "LOGGING",
	};
	struct str part;

	while (str_next_part(&name, '_', &part))
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (str_is(part, words[i]))
				return true;
	return false;
}

/* The nearest tristate above an entry that is on and was not in the base. */
static const struct symbol *
driver_above(const struct menu *m, struct config *solved, struct config *base)
{
	for (m = m->parent; m; m = m->parent)
		if (m->sym && m->sym->type == SYM_TRISTATE && config_tri(solved, m->sym) != TRI_N)
			return config_tri(base, m->sym) == TRI_N ? m->sym : NULL;
	return NULL;
}

/* Does the expression hold only where the symbol is on? */
static bool
needs(const struct expr *x, const struct symbol *s)
{
	switch (x->kind) {
	case EXPR_SYMBOL: return x->left == s;
	case EXPR_AND:    return needs(x->a, s) || needs(x->b, s);
	case EXPR_OR:     return needs(x->a, s) && needs(x->b, s);
	default:          return false;
	}
}

/* An option that only opens a menu of further drivers brings nothing: SND_USB, SND_SOC_SOF_TOPLEVEL. */
static bool
is_gate(const struct menu *m, const struct symbol *s)
{
	for (m = m->list; m; m = m->next)
		if ((m->sym && m->sym->type == SYM_TRISTATE && !m->sym->is_choice && needs(m->dep, s)) || is_gate(m, s))
			return true;
	return false;
}

static bool
is_candidate(const struct symbol *s, struct config *solved, struct config *fat)
{
	return !s->constant && !s->is_choice && !s->choice && s->type == SYM_BOOL && s->menus_len &&
	       symbol_has_prompt(s) && config_tri(solved, s) == TRI_N && config_tri(fat, s) == TRI_Y &&
	       config_visible(solved, s) != TRI_N && !is_for_developers(s->name) && !is_gate(s->menus[0], s);
}

struct suggestion_list
suggest_options(struct config *solved, struct config *fat, struct config *base, struct arena *keep)
{
	const struct kconfig *k = config_model(solved);
	VEC(struct suggestion) list = { 0 };

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *s = k->symbols[i], *driver;

		if (is_candidate(s, solved, fat) && (driver = driver_above(s->menus[0], solved, base)))
			vec_push(keep, &list, ((struct suggestion){ s, driver }));
	}
	return (struct suggestion_list){ list.at, list.len };
}
