// SPDX-License-Identifier: GPL-2.0-or-later
#include "nixout/settings.h"

#include "base/json.h"

bool
is_settings(struct str text)
{
	text = str_trim(text);
	return str_starts(text, STR("{")) || str_starts(text, STR("\""));
}

/* The text of an answer; empty: unset. False: no such thing. */
static bool
setting_value(const json_t *item, struct str *value)
{
	const json_t *tristate = json_object_get(item, "tristate"), *freeform = json_object_get(item, "freeform");

	*value = STR("");
	if (!json_is_object(item) || (!tristate && !freeform))
		return false;
	if (json_is_string(freeform))
		*value = json_string_length(freeform) ? json_get_str(item, "freeform") : STR("\"\"");
	else if (freeform && !json_is_null(freeform))
		return false;
	else if (json_is_string(tristate))
		*value = json_get_str(item, "tristate");
	else if (tristate && !json_is_null(tristate))
		return false;
	return true;
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return s.len > 0;
}

static void
read_item(struct answers *a, const char *key, const json_t *item, const struct source *src, struct arena *keep,
          struct diag *diag)
{
	struct str name = str_copy(keep, str_from(key)), value;

	while (json_object_get(item, "content"))
		item = json_object_get(item, "content");
	if (!is_name(name) || !setting_value(item, &value) || str_has(value, '\n'))
		diag_error(diag, src->name, 0, "'%s' is no kernel option with a tristate or freeform value", key);
	else if (value.len)
		answers_set(a, keep, name, str_copy(keep, value), json_is_true(json_object_get(item, "optional")));
}

void
settings_parse(struct answers *a, const struct source *src, struct arena *keep, struct diag *diag)
{
	const char *key;
	json_error_t e;
	json_t *root, *item;

	if (!is_settings(src->text)) {
		answers_parse(a, src, keep, diag);
		return;
	}
	root = json_loadb(src->text.at, src->text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!root) {
		diag_error(diag, src->name, e.line > 0 ? (unsigned)e.line : 0, "damaged JSON: %s", e.text);
		return;
	}
	if (json_is_string(root)) {
		struct source text = { src->name, str_copy(keep, (struct str){ json_string_value(root), json_string_length(root) }) };

		answers_parse(a, &text, keep, diag);
	} else {
		json_object_foreach(root, key, item)
			read_item(a, key, item, src, keep, diag);
	}
	json_decref(root);
}
