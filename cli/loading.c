// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/loading.h"

#include <pthread.h>
#include <semaphore.h>

#include "base/beside.h"
#include "cli/model.h"
#include "kconfig/cone.h"
#include "kconfig/encode.h"
#include "kconfig/suggest.h"

struct loading {
	struct args *args;
	struct pipeline *pipeline;
	struct kconfig_options options;
	const struct str *pins;
	size_t pins_len;
	struct tree *tree;          /* the kernel's, or one more view of it */
	struct arena *keep, *keep_beside; /* keep_beside: load_beside's */
	struct diag said;
	struct loaded_model out;
	const struct cond *const *when;
	size_t when_len;
	sem_t given;                /* `when` is there, or never will be */
	bool gave;
	pthread_t thread;
	bool beside;                /* the thread runs */
};

/* The values of the machine's present kernel, and what the objects' conditions hang on. */
static void *
load_beside(void *at)
{
	struct loading *l = at;
	struct kernel *k = &l->pipeline->kernel;
	struct diag ignored = { .keep = l->keep_beside };

	if (l->out.fat) {
		config_read(l->out.fat, &(struct source){ k->config_path, k->config }, 0, &ignored);
		config_tri(l->out.fat, l->out.model->sym_y); /* all values are worked out when the first is asked for */
	}
	sem_wait(&l->given);
	l->out.bound = binding_make(l->out.model, l->when, l->when_len, l->keep_beside);
	return NULL;
}

static void *
load(void *at)
{
	struct loading *l = at;
	struct loaded_model *m = &l->out;
	struct beside work = { 0 };
	int idle = 0;

	m->model = kconfig_load(l->tree, &l->options, l->keep, &l->said);
	if (!m->model || l->said.errors)
		return NULL;
	m->base = config_new(m->model, l->keep);
	sem_getvalue(&l->given, &idle); /* has the other thread nothing left to do? */
	l->keep_beside = idle ? arena_child(l->keep) : l->keep;
	m->fat = l->pipeline->kernel.config.len ? config_copy(m->base, l->keep_beside) : NULL;
	if (idle)
		beside_start(&work, load_beside, l);
	config_apply_mode(m->base, MODE_ALLNO);
	if (m->model->modules)
		config_set_raw(m->base, m->model->modules, STR("y"));
	m->possible = cone_possible(m->base, l->pins, l->pins_len, l->keep);
	m->deciders = deciders_find(m->model, l->keep);
	pipeline_read_modules(l->pipeline);
	if (!idle)
		load_beside(l);
	beside_wait(&work);
	return NULL;
}

/* A process with threads had better not run the programs that --probe asks. */
static void
start_beside(struct loading *l)
{
	struct tree *view = l->options.probe ? NULL : tree_again(l->pipeline->kernel.tree);

	if (!view)
		return;
	l->tree = view;
	l->keep = l->said.keep = arena_child(l->args->keep);
	l->beside = pthread_create(&l->thread, NULL, load, l) == 0;
}

struct loading *
loading_start(struct args *a, struct pipeline *p, const struct str *pins, size_t pins_len)
{
	struct loading *l = NEW(a->keep, struct loading);
	const struct kernel *k = &p->kernel;

	*l = (struct loading){
		.args = a, .pipeline = p, .options = { .arch = k->arch, .fat_config = k->config }, .pins = pins,
		.pins_len = pins_len, .tree = k->tree, .keep = a->keep, .said = { .keep = a->keep },
	};
	l->options.probe = args_has(a, "probe");
	if (!read_toolchain(a, &l->options.toolchain))
		return NULL;
	sem_init(&l->given, 0, 0);
	start_beside(l);
	return l;
}

void
loading_give(struct loading *l, const struct cond *const *when, size_t len)
{
	l->when = when;
	l->when_len = len;
	l->gave = true;
	sem_post(&l->given);
}

bool
loading_wait(struct loading *l, struct loaded_model *out)
{
	if (!l->gave)
		loading_give(l, NULL, 0);
	if (!l->beside)
		load(l);
	else
		pthread_join(l->thread, NULL);
	sem_destroy(&l->given);
	diag_merge(l->args->diag, &l->said, DIAG_NOTE);
	*out = l->out;
	return out->possible != NULL;
}
