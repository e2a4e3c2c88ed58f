// SPDX-License-Identifier: GPL-2.0-or-later
#include "modalias/crew.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct share {
	atomic_size_t next;
	size_t pieces;
	void (*work)(void *, size_t);
};

struct worker {
	struct share *share;
	void *member;
};

size_t
crew_open(struct tree *tree, size_t pieces, struct tree *handle[CREW_MAX])
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = 1;

	for (handle[0] = tree; n < CREW_MAX && (long)n < cores && n < pieces; n++)
		if (!(handle[n] = tree_again(tree)))
			break;
	return n;
}

void
crew_close(struct tree *const handle[CREW_MAX], size_t n)
{
	for (size_t i = 1; i < n; i++)
		tree_close(handle[i]);
}

static void *
work(void *ctx)
{
	struct worker *w = ctx;
	size_t i;

	while ((i = atomic_fetch_add(&w->share->next, 1)) < w->share->pieces)
		w->share->work(w->member, i);
	return NULL;
}

void
crew_run(void *const member[CREW_MAX], size_t n, size_t pieces, void (*piece)(void *member, size_t piece))
{
	struct share share = { .pieces = pieces, .work = piece };
	struct worker worker[CREW_MAX];
	pthread_t thread[CREW_MAX];
	bool started[CREW_MAX] = { false };

	assert(n);
	for (size_t i = 0; i < n; i++) {
		worker[i] = (struct worker){ &share, member[i] };
		started[i] = i && pthread_create(&thread[i], NULL, work, &worker[i]) == 0;
	}
	work(&worker[0]);
	for (size_t i = 1; i < n; i++)
		if (started[i])
			pthread_join(thread[i], NULL);
}
