// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/toolchain.h"

static void
set(struct toolchain *t, const char *name, struct str value)
{
	struct str *v = NEW(t->keep, struct str);

	*v = str_copy(t->keep, value);
	*map_put(&t->variables, t->keep, str_from(name)) = v;
}

void
toolchain_init(struct toolchain *t, struct tree *tree, const struct kconfig_options *o, const struct kconfig *k,
               struct arena *keep, struct diag *d)
{
	(void)d;
	*t = (struct toolchain){ .keep = keep };
	set(t, "ARCH", k->arch);
	set(t, "SRCARCH", k->srcarch);
	set(t, "KERNELVERSION", tree_version(tree));
	set(t, "srctree", str_from(tree_path(tree)));
	for (size_t i = 0; i < o->variables_len; i++) {
		struct str v = o->variables[i];
		size_t eq = str_index(v, '=');

		set(t, str_c(keep, str_take(v, eq)), str_drop(v, eq + 1));
	}
}

bool
toolchain_variable(void *toolchain, struct str name, struct str *value)
{
	struct toolchain *t = toolchain;
	struct str *v = map_get(&t->variables, name);

	if (v)
		*value = *v;
	return v;
}

bool
toolchain_ask(struct toolchain *t, struct str question, bool early, struct place at, struct str *answer)
{
	if (early)
		return false;
	if (map_index(&t->asked, question) < 0) {
		struct toolchain_answer a = { str_copy(t->keep, question), STR("y"), STR("assumed"), at };

		map_index_put(&t->asked, t->keep, a.question);
		if (str_find(question, STR("echo \"y\" || echo \"n\"")) == question.len)
			a.answer = STR("0");
		if (str_find(question, STR("test -z")) < question.len)
			a.answer = STR("n");
		vec_push(t->keep, &t->answers, a);
	}
	*answer = t->answers.at[map_index(&t->asked, question)].answer;
	if (str_find(question, STR("echo \"n\" || echo \"y\"")) < question.len)
		*answer = STR("n");
	return true;
}
