// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/dump.h"

#include <string.h>

#include "base/json.h"
#include "scanner/modalias.h"
#include "scanner/reader.h"

#define FORMAT "derpconfig-dump"
enum { VERSION_NUMBER = 1 };

static void
set_str(json_t *object, const char *key, struct str s)
{
	if (s.len)
		json_object_set_new(object, key, json_str(s));
}

static void
set_words(json_t *object, const char *key, struct words w)
{
	json_t *list;

	if (!w.len)
		return;
	list = json_array();
	for (size_t i = 0; i < w.len; i++)
		json_array_append_new(list, json_str(w.at[i]));
	json_object_set_new(object, key, list);
}

static json_t *
device_json(const struct device *d)
{
	json_t *j = json_object();

	set_str(j, "path", d->path);
	set_str(j, "subsystem", d->subsystem);
	set_str(j, "modalias", d->modalias);
	set_str(j, "driver", d->driver);
	set_str(j, "module", d->module);
	set_words(j, "modules", d->modules);
	set_words(j, "also", d->also);
	set_str(j, "id", d->id);
	set_str(j, "name", d->name);
	set_str(j, "vendor", d->vendor);
	set_str(j, "product", d->product);
	set_str(j, "class", d->class);
	if (d->count > 1)
		json_object_set_new(j, "count", json_integer(d->count));
	return j;
}

static json_t *
loaded_json(const struct loaded *l)
{
	json_t *j = json_object();

	set_str(j, "name", l->name);
	set_words(j, "users", l->users);
	set_words(j, "drivers", l->drivers);
	if (l->out_of_tree)
		json_object_set_new(j, "out_of_tree", json_true());
	return j;
}

static json_t *
filesystem_json(const struct filesystem *f)
{
	json_t *j = json_object();

	set_str(j, "role", f->role);
	set_str(j, "mount", f->mount);
	set_str(j, "type", f->type);
	set_str(j, "block", f->block);
	return j;
}

static json_t *
block_json(const struct block *b)
{
	json_t *j = json_object();

	set_str(j, "name", b->name);
	set_str(j, "kind", b->kind);
	set_str(j, "table", b->table);
	set_words(j, "on", b->on);
	return j;
}

static json_t *
cpu_json(const struct cpu *c)
{
	json_t *j = json_object();

	set_str(j, "vendor", c->vendor);
	set_str(j, "name", c->name);
	set_str(j, "family", c->family);
	set_str(j, "model", c->model);
	set_str(j, "stepping", c->stepping);
	if (c->count)
		json_object_set_new(j, "count", json_integer(c->count));
	set_words(j, "flags", c->flags);
	return j;
}

static json_t *
note_json(const struct str *note)
{
	return json_str(*note);
}

static void
put(struct text *out, json_t *j)
{
	json_text(j, out);
	json_decref(j);
}

static void
put_member(struct text *out, const char *key, json_t *j)
{
	if (!(json_is_object(j) && !json_object_size(j)))
		text_addf(out, ",\n\"%s\": ", key), json_text(j, out);
	json_decref(j);
}

static void
put_str(struct text *out, const char *key, struct str s)
{
	if (s.len)
		put_member(out, key, json_str(s));
}

#define PUT_LIST(out, key, vec, to_json) do { \
	text_addf(out, ",\n\"%s\": [", key); \
	for (size_t i_ = 0; i_ < (vec).len; i_++) { \
		text_add_c(out, i_ ? ",\n" : "\n"); \
		put(out, to_json(&(vec).at[i_])); \
	} \
	text_add_c(out, (vec).len ? "\n]" : "]"); \
} while (0)

void
machine_write(const struct machine *m, struct text *out)
{
	text_addf(out, "{\n\"format\": \"%s\",\n\"version\": %d", FORMAT, VERSION_NUMBER);
	put_str(out, "name", m->name);
	put_str(out, "source", m->source);
	put_str(out, "licence", m->licence);
	put_str(out, "form", m->form);
	put_str(out, "arch", m->arch);
	put_str(out, "kernel", m->kernel);
	put_str(out, "firmware", m->firmware);
	put_member(out, "cpu", cpu_json(&m->cpu));
	if (m->notes.len)
		PUT_LIST(out, "notes", m->notes, note_json);
	if (m->filesystems.len)
		PUT_LIST(out, "filesystems", m->filesystems, filesystem_json);
	if (m->blocks.len)
		PUT_LIST(out, "blocks", m->blocks, block_json);
	if (m->modules_known)
		PUT_LIST(out, "modules", m->modules, loaded_json);
	PUT_LIST(out, "devices", m->devices, device_json);
	text_add_c(out, "\n}\n");
}

/* The line on which `"key"` stands first; 0 if nowhere. */
static unsigned
line_of(const struct source *s, const char *key)
{
	size_t n = str_find(s->text, str_from(key));

	return n < s->text.len ? source_line(s, s->text.at + n) : 0;
}

static struct str
get(struct reader *r, const json_t *j, const char *key)
{
	return tidy(r->machine->keep, json_get_str(j, key));
}

static struct words
get_words(struct reader *r, const json_t *j, const char *key)
{
	const json_t *list = json_object_get(j, key);
	size_t n = json_array_size(list);
	struct words w = { NEW_ARRAY(r->machine->keep, struct str, n + 1), 0 };

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_string(item))
			w.at[w.len++] = tidy(r->machine->keep,
				(struct str){ json_string_value(item), json_string_length(item) });
	}
	return w;
}

static unsigned
get_count(const json_t *j)
{
	return (unsigned)json_integer_value(json_object_get(j, "count")); /* has_kind has looked at it */
}

static void
add_device(struct reader *r, const json_t *j)
{
	machine_add(r->machine, (struct device){
		.path = json_get_str(j, "path"), .subsystem = json_get_str(j, "subsystem"),
		.modalias = json_get_str(j, "modalias"), .driver = json_get_str(j, "driver"),
		.module = json_get_str(j, "module"), .modules = get_words(r, j, "modules"),
		.also = get_words(r, j, "also"), .id = json_get_str(j, "id"), .name = json_get_str(j, "name"),
		.vendor = json_get_str(j, "vendor"), .product = json_get_str(j, "product"),
		.class = json_get_str(j, "class"), .count = get_count(j) });
}

static void
add_module(struct reader *r, const json_t *j)
{
	struct arena *keep = r->machine->keep;
	struct loaded l = { .name = tidy_module(keep, json_get_str(j, "name")),
		.users = words_sorted(keep, get_words(r, j, "users")),
		.drivers = words_sorted(keep, get_words(r, j, "drivers")),
		.out_of_tree = json_is_true(json_object_get(j, "out_of_tree")) };

	if (l.name.len)
		vec_push(keep, &r->machine->modules, l);
}

static void
add_filesystem(struct reader *r, const json_t *j)
{
	struct filesystem f = { get(r, j, "role"), get(r, j, "mount"), get(r, j, "type"), get(r, j, "block") };

	vec_push(r->machine->keep, &r->machine->filesystems, f);
}

static void
add_block(struct reader *r, const json_t *j)
{
	struct block b = { get(r, j, "name"), get(r, j, "kind"), get(r, j, "table"),
		words_sorted(r->machine->keep, get_words(r, j, "on")) };

	vec_push(r->machine->keep, &r->machine->blocks, b);
}

/* What each object may hold: 's' a string, 'w' a list of strings, 'n' a count, 'o' an object, 'l' a list of objects. */
struct shape { const char *keys; const char *kinds; };

static const struct shape dump_shape = {
	"format version name source licence form arch kernel firmware cpu notes filesystems blocks modules devices",
	"snsssssssowllll" };
static const struct shape cpu_shape = { "vendor name family model stepping count flags", "sssssnw" };
static const struct shape filesystem_shape = { "role mount type block", "ssss" };
static const struct shape block_shape = { "name kind table on", "sssw" };
static const struct shape module_shape = { "name users drivers out_of_tree", "swwb" };
static const struct shape device_shape = {
	"path subsystem modalias driver module modules also id name vendor product class count", "ssssswwsssssn" };

static bool
is_list_of(const json_t *j, json_type type)
{
	for (size_t i = 0; i < json_array_size(j); i++)
		if (json_typeof(json_array_get(j, i)) != type)
			return false;
	return json_is_array(j);
}

static bool
has_kind(const json_t *j, char kind)
{
	switch (kind) {
	case 's':
		return json_is_string(j);
	case 'w':
		return is_list_of(j, JSON_STRING);
	case 'n':
		return json_is_integer(j) && json_integer_value(j) > 0 && json_integer_value(j) <= COUNT_LIMIT;
	case 'b':
		return json_is_boolean(j);
	case 'o':
		return json_is_object(j);
	default:
		return is_list_of(j, JSON_OBJECT);
	}
}

/* The name of a member that does not belong there, or is of another kind; NULL: all is well. */
static const char *
misfit(const json_t *object, const struct shape *shape)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		struct str rest = str_from(shape->keys), word;
		size_t i = 0;

		while (str_next_word(&rest, &word) && !str_is(word, key))
			i++;
		if (!str_is(word, key) || !has_kind(value, shape->kinds[i]))
			return key;
	}
	return NULL;
}

/* The line of a list's item, in a dump as we lay it out; 0 when it is laid out otherwise. */
static unsigned
item_line(const struct source *s, const char *list, size_t item, const json_t *want)
{
	unsigned first = line_of(s, list), n = 1;
	struct str rest = s->text, line;
	json_t *there;
	bool same;

	while (first && str_next_line(&rest, &line) && n < first + 1 + item)
		n++;
	if (!first || n != first + 1 + item)
		return 0;
	there = json_loadb(line.at, line.len, JSON_DISABLE_EOF_CHECK, NULL);
	same = there && json_equal(there, want);
	json_decref(there);
	return same ? n : 0;
}

static bool
each(struct reader *r, const json_t *root, const char *key, const struct shape *shape,
     void (*add)(struct reader *, const json_t *))
{
	const json_t *list = json_object_get(root, key);
	char quoted[32];

	snprintf(quoted, sizeof(quoted), "\"%s\": [", key);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct str modalias = json_get_str(item, "modalias");
		const char *bad = misfit(item, shape);

		if (!bad && modalias.len && !modalias_valid(modalias))
			bad = "modalias";
		if (bad) {
			diag_error(r->diag, r->source->name, item_line(r->source, quoted, i, item), "%s %zu: its \"%.40s\" is not what "
			           "a dump has there", key, i + 1, bad);
			return false;
		}
		add(r, item);
	}
	return true;
}

bool
read_dump(struct reader *r, const json_t *root)
{
	const json_t *version = json_object_get(root, "version"), *cpu = json_object_get(root, "cpu");
	struct machine *m = r->machine;
	struct words notes;
	const char *bad;

	if (!json_is_integer(version) || json_integer_value(version) != VERSION_NUMBER) {
		diag_error(r->diag, r->source->name, line_of(r->source, "\"version\""), "this dump's version is %lld, and only "
		           "%d is known; scan again, or take the derpconfig that wrote it",
		           (long long)json_integer_value(version), VERSION_NUMBER);
		return false;
	}
	bad = misfit(root, &dump_shape);
	if (!bad && cpu)
		bad = misfit(cpu, &cpu_shape) ? "cpu" : NULL;
	if (bad) {
		diag_error(r->diag, r->source->name, line_of(r->source, bad), "\"%.40s\" is not what a dump has there", bad);
		return false;
	}
	m->name = get(r, root, "name");
	m->source = get(r, root, "source");
	m->licence = get(r, root, "licence");
	m->form = get(r, root, "form");
	m->arch = get(r, root, "arch");
	m->kernel = get(r, root, "kernel");
	m->firmware = get(r, root, "firmware");
	m->cpu = (struct cpu){ get(r, cpu, "vendor"), get(r, cpu, "name"), get(r, cpu, "family"), get(r, cpu, "model"),
		get(r, cpu, "stepping"), get_words(r, cpu, "flags"), get_count(cpu) };
	m->modules_known = json_is_array(json_object_get(root, "modules"));
	notes = get_words(r, root, "notes");
	for (size_t i = 0; i < notes.len; i++)
		vec_push(m->keep, &m->notes, notes.at[i]);
	return each(r, root, "filesystems", &filesystem_shape, add_filesystem) &&
	       each(r, root, "blocks", &block_shape, add_block) &&
	       each(r, root, "modules", &module_shape, add_module) &&
	       each(r, root, "devices", &device_shape, add_device);
}
