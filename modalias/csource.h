// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * csource.h - what one C file says about drivers, before names are resolved. For this room only.
 */
#ifndef MODALIAS_CSOURCE_H
#define MODALIAS_CSOURCE_H

#include "base/str.h"

/* #define NAME "text", or char NAME[] = "text": `body` is the C expression. */
struct define {
	struct str name, body;
};

/* A driver's initializer; `value` is the C expression its name is given by. */
struct claim {
	struct str bus;       /* from the structure's type; empty: it does not tell */
	struct str value;
	unsigned line;
};

struct facts {
	VEC(struct define) defines;
	VEC(struct str) includes;     /* "x.h or <linux/x.h: the quote, then the path */
	VEC(struct claim) claims;
};

/* Another number when another structure or macro is known to register drivers. */
uint64_t csource_rules(void);

/* Scans a file; everything is copied into `keep`. Any text is accepted: what makes no sense claims nothing. */
void csource_scan(struct arena *keep, struct str text, struct facts *);

/*
 * The string a C expression stands for: closed literals side by side, casts ignored. `lookup` gives an identifier's body (at
 * == NULL: unknown). False when it is no string. `modname` is set when the whole is KBUILD_MODNAME.
 */
bool csource_string(struct arena *keep, struct str expression, struct str (*lookup)(void *ctx, struct str name),
                    void *ctx, struct str *out, bool *modname);

#endif
