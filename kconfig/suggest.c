// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/suggest.h"

#include "kconfig/values.h"

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

/* Ciphers, certificates and library code: what a driver needs of them it selects. */
static bool
is_library(struct str file)
{
	return str_starts(file, STR("crypto/")) || str_starts(file, STR("certs/")) || str_starts(file, STR("lib/")) ||
	       (str_starts(file, STR("arch/")) && str_find(file, STR("/crypto/")) < file.len);
}

/* What stands in the "if" of an entry's select. */
struct decider { const struct symbol *sym, *by; };
struct deciders {
	VEC(struct decider) list;
	bool *any;                    /* by symbol id: is it one? */
};

static void
add_deciders(struct deciders *d, const struct symbol *by, const struct expr *x, struct arena *keep)
{
	if (x->kind == EXPR_AND) {
		add_deciders(d, by, x->a, keep);
		add_deciders(d, by, x->b, keep);
	} else if (x->kind == EXPR_SYMBOL && !needs(by->dir_dep, x->left)) {
		d->any[x->left->id] = true;
		vec_push(keep, &d->list, ((struct decider){ x->left, by }));
	}
}

const struct deciders *
deciders_find(const struct kconfig *k, struct arena *keep)
{
	struct deciders *d = NEW(keep, struct deciders);

	d->any = NEW_ARRAY(keep, bool, k->symbols_len);
	for (size_t i = 0; i < k->symbols_len; i++)
		for (size_t n = 0; n < k->symbols[i]->props_len; n++) {
			const struct symbol *by = k->symbols[i];
			const struct prop *p = &by->props[n];

			if (p->kind == PROP_SELECT && p->cond != by->dir_dep)
				add_deciders(d, by, p->cond, keep);
		}
	return d;
}

/* By symbol id: those that decide what an entry selects that is on. Helpers without a prompt are nobody's drivers. */
static bool *
decides_ours(const struct deciders *d, struct config *solved, struct arena *keep)
{
	bool *ours = NEW_ARRAY(keep, bool, config_model(solved)->symbols_len);

	for (size_t i = 0; i < d->list.len; i++) {
		struct decider x = d->list.at[i];

		ours[x.sym->id] |= config_tri(solved, x.by) != TRI_N && symbol_has_prompt(x.by);
	}
	return ours;
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
is_candidate(const struct symbol *s)
{
	return !s->constant && !s->is_choice && !s->choice && s->type == SYM_BOOL && s->menus_len &&
	       symbol_has_prompt(s) && !is_for_developers(s->name) && !is_library(s->menus[0]->place.file) &&
	       !is_gate(s->menus[0], s);
}

struct suggestion_list
suggest_options(const struct deciders *deciders, struct config *solved, struct config *fat, struct config *base,
                struct arena *keep)
{
	const struct kconfig *k = config_model(solved);
	const bool *ours = decides_ours(deciders, solved, keep);
	VEC(struct suggestion) list = { 0 };

	config_settle(solved);
	config_settle(fat);
	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *s = k->symbols[i], *driver;

		/* what few are first: nearly all symbols need not be looked at */
		if (solved->value[i].tri != TRI_N || solved->value[i].visible == TRI_N || fat->value[i].tri != TRI_Y)
			continue;
		/* MEDIA_SUBDRV_AUTOSELECT brings a television card its tuner, and to a webcam all tuners */
		if (deciders->any[i] && !ours[i])
			continue;
		if (is_candidate(s) && (driver = driver_above(s->menus[0], solved, base)))
			vec_push(keep, &list, ((struct suggestion){ s, driver }));
	}
	return (struct suggestion_list){ list.at, list.len };
}
