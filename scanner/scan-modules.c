// SPDX-License-Identifier: GPL-2.0-or-later
/* Loaded modules: libkmod on this machine, proc/modules below another root; their drivers from /sys/module. */
#include <errno.h>
#include <libkmod.h>
#include <string.h>

#include "scanner/live.h"

static void
holders(struct machine *m, struct kmod_module *mod, struct loaded *l)
{
	struct kmod_list *list = kmod_module_get_holders(mod), *e;
	VEC(struct str) users = { 0 };

	kmod_list_foreach(e, list) {
		struct kmod_module *user = kmod_module_get_module(e);

		vec_push(m->keep, &users, tidy_module(m->keep, str_from(kmod_module_get_name(user))));
		kmod_module_unref(user);
	}
	kmod_module_unref_list(list);
	l->users = words_sorted(m->keep, (struct words){ users.at, users.len });
}

static int
ask_kmod(struct machine *m)
{
	static const char *const no_config[] = { NULL };
	struct kmod_ctx *ctx = kmod_new(NULL, no_config);
	struct kmod_list *list = NULL, *e;
	int r = -ENOMEM;

	if (ctx) {
		kmod_set_log_priority(ctx, 0);
		r = kmod_module_new_from_loaded(ctx, &list);
	}
	kmod_list_foreach(e, list) {
		struct kmod_module *mod = kmod_module_get_module(e);
		struct loaded l = { .name = tidy_module(m->keep, str_from(kmod_module_get_name(mod))) };

		holders(m, mod, &l);
		vec_push(m->keep, &m->modules, l);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return r;
}

static int
read_proc(struct scan *s)
{
	struct source source = { .name = STR("proc/modules") };
	struct diag diag = { .keep = s->machine->keep };
	struct reader r = { s->machine, &s->secrets, &source, &diag };
	int e = sysfs_read(&s->fs, s->machine->keep, STR("/proc/modules"), &source.text);

	if (e < 0)
		return e;
	return read_lsmod(&r) ? 0 : -EBADMSG;
}

/* "pci:e1000e" of /sys/module/e1000e/drivers */
static void
drivers(struct scan *s, struct loaded *l)
{
	struct arena *keep = s->machine->keep;

	l->drivers = words_sorted(keep, sysfs_list(&s->fs, keep, str_format(keep, "/sys/module/%.*s/drivers",
	                                                                     STR_ARG(l->name))));
}

/* "OE", "PO": what it taints the kernel with. */
static void
taint(struct scan *s, struct loaded *l)
{
	struct str text;

	if (sysfs_read(&s->fs, s->machine->keep, str_format(s->machine->keep, "/sys/module/%.*s/taint", STR_ARG(l->name)),
	               &text) >= 0)
		l->out_of_tree = l->out_of_tree || str_has(text, 'O');
}

void
scan_modules(struct scan *s)
{
	struct machine *m = s->machine;
	struct str proc;
	int r = sysfs_read(&s->fs, m->keep, STR("/proc/modules"), &proc);

	m->modules_known = r >= 0 || (r == -ENOENT && s->live);
	if (r == -ENOENT && s->live)
		machine_note(m, "there is no /proc/modules: this kernel loads no modules");
	else if (r < 0 || (r = s->live ? ask_kmod(m) : read_proc(s)) < 0)
		machine_note(m, "loaded modules cannot be read: %s", strerror(-r));
	for (size_t i = 0; i < m->modules.len; i++) {
		drivers(s, &m->modules.at[i]);
		taint(s, &m->modules.at[i]);
	}
}
