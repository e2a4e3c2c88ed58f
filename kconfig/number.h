// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * number.h - numbers as scripts/kconfig reads them: with strtoll, as far as it goes.
 */
#ifndef KCONFIG_NUMBER_H
#define KCONFIG_NUMBER_H

#include "kconfig/kconfig.h"

/* The number a text starts with (strtoll): blanks, sign, digits; clamped to long long; 0 if there is none. */
long long number_prefix(struct str, int base);

/* A number that can be compared. NUMBER_NONE: the text is not all number, compare it as text. */
enum number_kind { NUMBER_NONE, NUMBER_SIGNED, NUMBER_UNSIGNED };
struct number {
	enum number_kind kind;
	unsigned long long bits;
};

/* How a comparison reads a symbol's text (expr.c: expr_parse_string). */
struct number number_of(struct str, enum symbol_type);

/* May a user give a symbol of this type the text (symbol.c: sym_string_valid)? */
bool number_valid(struct str, enum symbol_type);

#endif
