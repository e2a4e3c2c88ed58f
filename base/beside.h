// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * beside.h - work that is done by a thread of its own while the caller does something else. Where there is no thread to be
 * had it is done at once. All-zero: nothing was begun.
 */
#ifndef BASE_BESIDE_H
#define BASE_BESIDE_H

#include <pthread.h>
#include <stdbool.h>

struct beside {
	pthread_t thread;
	bool runs;
};

void beside_start(struct beside *, void *(*work)(void *ctx), void *ctx);
void beside_wait(struct beside *);   /* until it is done; as often as one likes */

#endif
