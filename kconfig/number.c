// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfig/number.h"

#include <limits.h>

/* ASCII in every locale. */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

struct scan {
	bool negative, overflow, any;
	unsigned long long magnitude;
	size_t end;                   /* the first byte that is not part of the number */
};

/* What strtoull and strtoll agree on; 0 as base means 0x and 0 prefixes count. */
static struct scan
scan(struct str s, int base)
{
	struct scan n = { 0 };
	size_t i = 0;

	while (i < s.len && (s.at[i] == ' ' || (s.at[i] >= '\t' && s.at[i] <= '\r')))
		i++;
	if (i < s.len && (s.at[i] == '-' || s.at[i] == '+'))
		n.negative = s.at[i++] == '-';
	if ((base == 0 || base == 16) && i + 2 < s.len && s.at[i] == '0' && (s.at[i + 1] | 32) == 'x' &&
	    digit(s.at[i + 2]) < 16) {
		base = 16;
		i += 2;
	} else if (base == 0) {
		base = i < s.len && s.at[i] == '0' ? 8 : 10;
	}
	for (; i < s.len && digit(s.at[i]) < base; i++) {
		n.any = true;
		if (__builtin_mul_overflow(n.magnitude, (unsigned)base, &n.magnitude) ||
		    __builtin_add_overflow(n.magnitude, (unsigned)digit(s.at[i]), &n.magnitude))
			n.overflow = true;
	}
	n.end = n.any ? i : 0;
	return n;
}

/* False where strtoll would set ERANGE; *out is clamped then. */
static bool
to_signed(const struct scan *n, long long *out)
{
	unsigned long long limit = (unsigned long long)LLONG_MAX + n->negative;
	bool fits = !n->overflow && n->magnitude <= limit;
	unsigned long long m = fits ? n->magnitude : limit;

	*out = n->negative ? (m ? -(long long)(m - 1) - 1 : 0) : (long long)m;
	return fits;
}

long long
number_prefix(struct str s, int base)
{
	struct scan n = scan(s, base);
	long long value;

	to_signed(&n, &value);
	return value;
}

struct number
number_of(struct str s, enum symbol_type type)
{
	struct number r = { NUMBER_NONE, 0 };
	struct scan n;
	long long value;
	bool fits;

	if (type == SYM_BOOL || type == SYM_TRISTATE) {
		r.kind = NUMBER_SIGNED;
		r.bits = str_is(s, "n") ? 0 : str_is(s, "m") ? 1 : str_is(s, "y") ? 2 : ULLONG_MAX;
		return r;
	}
	n = scan(s, type == SYM_INT ? 10 : type == SYM_HEX ? 16 : 0);
	if (type == SYM_HEX) {
		fits = !n.overflow;
		r.bits = n.negative ? -n.magnitude : n.magnitude;
	} else {
		fits = to_signed(&n, &value);
		r.bits = (unsigned long long)value;
	}
	if (fits && n.any && n.end == s.len)
		r.kind = type == SYM_HEX ? NUMBER_UNSIGNED : NUMBER_SIGNED;
	return r;
}

static bool
int_valid(struct str s)
{
	if (s.len && s.at[0] == '-')
		s = str_drop(s, 1);
	if (!s.len || (s.at[0] == '0' && s.len > 1))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (digit(s.at[i]) > 9)
			return false;
	return true;
}

static bool
hex_valid(struct str s)
{
	if (s.len > 1 && s.at[0] == '0' && (s.at[1] | 32) == 'x')
		s = str_drop(s, 2);
	for (size_t i = 0; i < s.len; i++)
		if (digit(s.at[i]) > 15)
			return false;
	return s.len > 0;
}

bool
number_valid(struct str s, enum symbol_type type)
{
	switch (type) {
	case SYM_STRING:
		return true;
	case SYM_INT:
		return int_valid(s);
	case SYM_HEX:
		return hex_valid(s);
	case SYM_BOOL:
	case SYM_TRISTATE:
		return s.len && str_has(STR("yYmMnN"), s.at[0]);
	case SYM_UNKNOWN:
		break;
	}
	return false;
}
