// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as Kconfig files, parted by NUL: "Kconfig", "Kconfig.1", "Kconfig.2"... A finalised model that is a
 * tree and whose expressions survive printing and parsing, or reasons with a place.
 */
#include <stdlib.h>
#include <string.h>

#include "kconfig/dump.h"
#include "tests/util-scratch.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { FILES = 4 };

static const char *const name[FILES] = { "Kconfig", "Kconfig.1", "Kconfig.2", "Kconfig.3" };

static void
make_tree(const unsigned char *data, size_t size)
{
	scratch_put("Makefile", STR("VERSION = 6\n"));
	for (int i = 0; i < FILES; i++) {
		const unsigned char *end = size ? memchr(data, '\0', size) : NULL;
		size_t n = end && i + 1 < FILES ? (size_t)(end - data) : size;

		scratch_put(name[i], (struct str){ (const char *)data, n });
		data += n;
		size -= n;
		if (size) {
			data++;
			size--;
		}
	}
}

/* Choices have no name, and macros make names that no word can be: these print as nothing that reads as the same. */
static bool
has_word(const struct symbol *s)
{
	for (size_t i = 0; i < s->name.len; i++) {
		char c = s->name.at[i];

		if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && !strchr("_-./", c))
			return false;
	}
	return s->name.len > 0;
}

static bool
is_readable(const struct expr *e)
{
	for (; e; e = e->a)
		if ((e->left && !e->left->constant && !has_word(e->left)) || (e->right && !e->right->constant && !has_word(e->right)) ||
		    (e->b && !is_readable(e->b)))
			return false;
	return true;
}

static void
same_again(struct kconfig *k, const struct expr *e)
{
	struct text t = { 0 };

	expr_print(e, &t);
	if (is_readable(e) && expr_parse(k, text_str(&t)) != e)
		abort();
	text_release(&t);
}

static void
check_symbol(struct kconfig *k, const struct symbol *s)
{
	for (size_t i = 0; i < s->props_len; i++) {
		const struct prop *p = &s->props[i];

		if (p->menu->sym != s || !p->cond || (p->kind == PROP_DEFAULT && !p->value))
			abort();
		same_again(k, p->cond);
		if (p->value)
			same_again(k, p->value);
	}
	same_again(k, s->dir_dep);
	same_again(k, s->rev_dep);
	same_again(k, s->implied);
}

static size_t
check_menu(struct kconfig *k, const struct menu *m, const struct menu *parent, unsigned depth)
{
	size_t n = 1;

	if (m->parent != parent || depth > 5000 || m->id >= k->menus_len)
		abort();
	same_again(k, m->dep);
	for (const struct menu *in = m->list; in; in = in->next)
		n += check_menu(k, in, m, depth + 1);
	return n;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct kconfig_options o = { .arch = STR("x86_64") };
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct text dump = { 0 };
	struct tree *t;
	struct kconfig *k;

	make_tree(data, size);
	t = tree_open(scratch_dir(), TREE_NO_CACHE, &d);
	k = t ? kconfig_load(t, &o, &a, &d) : NULL;
	if (!k)
		abort();
	for (size_t i = 0; i < d.list.len; i++)
		if (!d.list.at[i].message.len)
			abort();
	if (!d.errors) {
		size_t symbols = k->symbols_len;

		if (check_menu(k, k->root, NULL, 0) > k->menus_len)
			abort();
		for (size_t i = 0; i < symbols; i++)
			check_symbol(k, k->symbols[i]);
		if (k->symbols_len != symbols)
			abort();
	}
	kconfig_dump(k, &dump);
	text_release(&dump);
	tree_close(t);
	arena_release(&a);
	return 0;
}
