// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/truth.h"

#include "base/json.h"

const char *
truth_word(enum truth t)
{
	static const char *const word[TRUTHS] = {
		"module", "builtin", "added", "gone", "out-of-tree", "other-arch", "unexplained",
	};

	return word[t];
}

char
truth_built(const struct proposal *p, const struct route *r)
{
	return map_index(&p->built, r->path) >= 0 ? 'm' : map_index(&p->built, r->object) >= 0 ? 'y' : 'n';
}

enum truth
truth_of(const struct proposal *p, const struct mapped *m)
{
	bool module = false, off = false;

	switch (m->found) {
	case FOUND_OUT_OF_TREE:
		return TRUTH_OUT_OF_TREE;
	case FOUND_OTHER_ARCH:
		return TRUTH_OTHER_ARCH;
	case FOUND_GONE:
		return TRUTH_GONE;
	default:
		break;
	}
	for (size_t i = 0; i < m->routes_len; i++) {
		char as = truth_built(p, m->routes[i]);

		if (as == 'n')
			return TRUTH_UNEXPLAINED;
		module |= as == 'm';
		off |= pipeline_state(p->mapping, m->routes[i]) == ROUTE_OFF;
	}
	return !m->routes_len ? TRUTH_UNEXPLAINED : off ? TRUTH_ADDED : module ? TRUTH_MODULE : TRUTH_BUILTIN;
}

static json_t *
device_json(const struct proposal *p, const struct mapped *m)
{
	static const char *const state[] = { "off", "module", "builtin", "unknown" };
	json_t *o = json_object(), *objects = json_array();

	json_object_set_new(o, "device", json_str(device_label(m->device, p->keep)));
	json_object_set_new(o, "bus", json_str(m->device->subsystem));
	json_object_set_new(o, "driver", json_str(m->device->driver));
	json_object_set_new(o, "count", json_integer(m->device->count));
	json_object_set_new(o, "class", json_string(truth_word(truth_of(p, m))));
	json_object_set_new(o, "found", json_string(found_word(m->found)));
	if (m->note.len)
		json_object_set_new(o, "note", json_str(m->note));
	for (size_t i = 0; i < m->routes_len; i++) {
		const struct route *r = m->routes[i];
		json_t *x = json_object();

		json_object_set_new(x, "object", json_str(truth_built(p, r) == 'm' ? r->path : r->object));
		json_object_set_new(x, "built", json_str((struct str){ (char[]){ truth_built(p, r) }, 1 }));
		json_object_set_new(x, "kernel", json_string(state[pipeline_state(p->mapping, r)]));
		json_array_append_new(objects, x);
	}
	json_object_set_new(o, "objects", objects);
	return o;
}

static bool
is_bound(const struct mapped *m)
{
	return m->device->driver.len || m->device->module.len;
}

struct str
truth_json(const struct proposal *p, struct arena *keep)
{
	struct text t = { 0 }, list = { 0 };
	size_t count[TRUTHS] = { 0 };
	struct str s;

	for (size_t k = 0; k < p->parties_len; k++)
		for (size_t i = 0; i < p->parties[k].devices_len; i++) {
			const struct mapped *m = &p->parties[k].devices[i];
			json_t *o;

			if (!is_bound(m))
				continue;
			count[truth_of(p, m)] += m->device->count;
			o = device_json(p, m);
			text_add_c(&list, list.len ? ",\n" : "\n");
			json_text(o, &list);
			json_decref(o);
		}
	text_add_c(&t, "\"truth\":{");
	for (size_t i = 0; i < TRUTHS; i++)
		text_addf(&t, "%s\"%s\":%zu", i ? "," : "", truth_word((enum truth)i), count[i]);
	text_addf(&t, "},\n\"devices\":[%.*s\n]", STR_ARG(text_str(&list)));
	s = str_copy(keep, text_str(&t));
	text_release(&list);
	text_release(&t);
	return s;
}
