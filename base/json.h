// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json.h - the two helpers every writer of JSON needs on top of jansson.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/str.h"

/* A JSON string; bytes that are no UTF-8 are replaced by U+FFFD, so that the result is never NULL. */
json_t *json_str(struct str);

/* The same bytes where they are UTF-8, else a copy with U+FFFD for those that are not: as JSON can hold it. */
struct str json_clean(struct arena *, struct str);

/* The member as a borrowed string; empty when absent or of another type. */
struct str json_get_str(const json_t *object, const char *key);

/* Appends compact JSON, keys in the order they were set. */
void json_text(const json_t *, struct text *out);

#endif
