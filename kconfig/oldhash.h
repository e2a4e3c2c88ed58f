// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oldhash.h - the order in which kernels before 6.11 go through their symbols: that of a hash table
 * (scripts/kconfig/symbol.c, sym_lookup): FNV-1a of the name, newest first in a bucket.
 */
#ifndef KCONFIG_OLDHASH_H
#define KCONFIG_OLDHASH_H

#include "kconfig/kconfig.h"

/* The ids of all symbols in that order; an id is taken for a symbol's age. */
uint32_t *oldhash_order(const struct str *names, size_t n, struct arena *);

#endif
