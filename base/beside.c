// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/beside.h"

#include <stddef.h>

void
beside_start(struct beside *b, void *(*work)(void *ctx), void *ctx)
{
	b->runs = pthread_create(&b->thread, NULL, work, ctx) == 0;
	if (!b->runs)
		work(ctx);
}

void
beside_wait(struct beside *b)
{
	if (b->runs)
		pthread_join(b->thread, NULL);
	b->runs = false;
}
