// SPDX-License-Identifier: GPL-2.0-or-later
/* Which format it is, and several inputs made one machine. */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/map.h"
#include "scanner/dump.h"
#include "scanner/modalias.h"
#include "scanner/reader.h"

enum { LINE_LIMIT = 64 << 10 }; /* bytes; of formats that are read line by line */

/* "00:1f.6 ..." or "0000:00:1f.6 ..." */
static bool
is_lspci_line(struct str line)
{
	struct str slot = str_take(line, str_index(line, ' ')), part, rest = slot;
	size_t parts = 0;

	while (str_next_part(&rest, ':', &part))
		parts++;
	return (parts == 2 || parts == 3) && slot.len < line.len && slot.len >= 7 && slot.len <= 16 &&
	       slot.at[slot.len - 2] == '.' && strspn(slot.at, "0123456789abcdef:.") >= slot.len;
}

static bool
is_modules_line(struct str line)
{
	struct str name, size, refs;
	uint64_t n;

	return str_next_word(&line, &name) && !str_has(name, ':') && str_next_word(&line, &size) &&
	       str_number(size, 10, &n) && str_next_word(&line, &refs) && (str_number(refs, 10, &n) || str_is(refs, "-"));
}

static bool
is_table_line(struct str line)
{
	size_t tabs = 0;

	for (size_t i = 0; i < line.len; i++)
		tabs += line.at[i] == '\t';
	return tabs == 5;
}

static bool
is_udev_line(struct str line)
{
	return str_starts(line, STR("P: /"));
}

static bool
is_vmm_line(struct str line)
{
	return str_starts(line, STR("Slot:")) || str_starts(line, STR("Device:\t")) || str_starts(line, STR("Class:\t"));
}

static bool
is_lsmod_header(struct str line)
{
	struct str word;

	return str_next_word(&line, &word) && str_is(word, "Module") && str_next_word(&line, &word) && str_is(word, "Size");
}

/* Recognised by the first line that is neither blank nor a comment; the first that fits. */
static const struct {
	bool (*fits)(struct str line);
	bool (*read)(struct reader *);
} formats[] = {
	{ is_udev_line, read_udev },
	{ is_vmm_line, read_lspci_vmm },
	{ is_lspci_line, read_lspci },
	{ is_lsmod_header, read_lsmod },
	{ is_table_line, read_table },
	{ modalias_valid, read_modaliases },
	{ is_modules_line, read_lsmod },
};

static bool
read_json(struct reader *r)
{
	json_error_t e;
	json_t *root = json_loadb(r->source->text.at, r->source->text.len, JSON_REJECT_DUPLICATES, &e);
	bool ok = false;

	if (!root)
		diag_error(r->diag, r->source->name, e.line > 0 ? (unsigned)e.line : 0, "damaged JSON: %s", e.text);
	else if (str_is(json_get_str(root, "format"), "derpconfig-dump"))
		ok = read_dump(r, root);
	else if (json_is_object(json_object_get(root, "hardware")))
		ok = read_facter(r, root);
	else
		diag_error(r->diag, r->source->name, 1, "JSON, but neither a dump of derpconfig nor a facter.json");
	json_decref(root);
	return ok;
}

/* A line that is too long, or bytes that no text has. */
static bool
is_text(struct reader *r)
{
	struct str rest = r->source->text, line;

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		if (line.len > LINE_LIMIT) {
			diag_error(r->diag, r->source->name, n, "a line of %zu bytes; give a dump, or text that one of its "
			           "makers wrote (see 'derpconfig scan --help')", line.len);
			return false;
		}
		for (size_t i = 0; i < line.len; i++)
			if (!line.at[i] || ((unsigned char)line.at[i] < ' ' && !strchr("\t\r\f\v\033", line.at[i]))) {
				diag_error(r->diag, r->source->name, n, "a binary file; give a dump or text (see 'derpconfig "
				           "scan --help')");
				return false;
			}
	}
	return true;
}

static bool
read_one(struct reader *r)
{
	struct str rest = r->source->text, line = STR(""), text;
	unsigned n = 0;

	while (str_next_line(&rest, &line) && (!str_trim(line).len || line.at[0] == '#'))
		n++;
	text = str_trim(line);
	if (!text.len || text.at[0] == '#') {
		diag_error(r->diag, r->source->name, n ? n : 1, "nothing in it; give a dump, or what 'derpconfig scan --help' "
		           "lists");
		return false;
	}
	if (text.at[0] == '{')
		return read_json(r);
	if (!is_text(r))
		return false;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i].fits(line))
			return formats[i].read(r);
	diag_error(r->diag, r->source->name, n + 1, "not a format that is known; 'derpconfig scan --help' lists them");
	return false;
}

/* A device's name in its bus or class is unique there; that holds for no other pair of facts. */
static struct str
identity(struct arena *a, const struct device *d)
{
	if (d->path.len)
		return str_format(a, "%.*s\n%.*s", STR_ARG(d->subsystem), STR_ARG(path_base(d->path)));
	if (d->modalias.len)
		return str_format(a, "%.*s\n\n%.*s", STR_ARG(d->subsystem), STR_ARG(d->modalias));
	return STR("");
}

static void
fill(struct str *to, struct str from)
{
	if (!to->len)
		*to = from;
}

static void
fill_words(struct arena *keep, struct words *to, struct words from)
{
	struct words all = { NEW_ARRAY(keep, struct str, to->len + from.len + 1), to->len + from.len };

	for (size_t i = 0; i < all.len; i++)
		all.at[i] = i < to->len ? to->at[i] : from.at[i - to->len];
	*to = words_sorted(keep, all);
}

static void
merge_device(struct arena *keep, struct device *to, const struct device *from)
{
	if (!str_has(to->path, '/') && from->path.len)
		to->path = from->path;
	fill(&to->modalias, from->modalias);
	if (!to->driver.len) {
		to->driver = from->driver;
		to->module = from->module;
	} else if (str_eq(to->driver, from->driver)) {
		fill(&to->module, from->module);
	}
	fill_words(keep, &to->modules, from->modules);
	fill_words(keep, &to->also, from->also);
	fill(&to->id, from->id);
	fill(&to->name, from->name);
	fill(&to->vendor, from->vendor);
	fill(&to->product, from->product);
	fill(&to->class, from->class);
	if (from->count > to->count)
		to->count = from->count;
}

/* Whether the inputs tell of two devices in one place: of two machines, or of one at two times. Both count then. */
static bool
contradict(const struct device *a, const struct device *b)
{
	return (a->modalias.len && b->modalias.len && !str_eq(a->modalias, b->modalias)) ||
	       (a->driver.len && b->driver.len && !str_eq(a->driver, b->driver));
}

static void
merge_devices(struct machine *to, const struct machine *from)
{
	struct arena scratch = { 0 };
	struct map have = { 0 }, aliases = { 0 };
	size_t before = to->devices.len;

	for (size_t i = 0; i < before; i++) {
		struct device *d = &to->devices.at[i];
		struct str key = identity(&scratch, d);

		if (key.len && map_index(&have, key) < 0)
			*map_put(&have, &scratch, key) = (void *)(i + 1);
		if (d->modalias.len) {
			key = str_format(&scratch, "%.*s\n\n%.*s", STR_ARG(d->subsystem), STR_ARG(d->modalias));
			if (map_index(&aliases, key) < 0)
				*map_put(&aliases, &scratch, key) = (void *)(i + 1);
		}
	}
	for (size_t i = 0; i < from->devices.len; i++) {
		const struct device *d = &from->devices.at[i];
		struct str key = identity(&scratch, d);
		size_t at = key.len ? (size_t)map_get(&have, key) : 0;

		if (!at && key.len && !d->path.len)
			at = (size_t)map_get(&aliases, key);
		if (at && !contradict(&to->devices.at[at - 1], d))
			merge_device(to->keep, &to->devices.at[at - 1], d);
		else
			vec_push(to->keep, &to->devices, *d);
	}
	arena_release(&scratch);
}

static void
merge_modules(struct machine *to, const struct machine *from)
{
	struct arena scratch = { 0 };
	struct map have = { 0 };

	for (size_t i = 0; i < to->modules.len; i++)
		*map_put(&have, &scratch, to->modules.at[i].name) = (void *)(i + 1);
	for (size_t i = 0; i < from->modules.len; i++) {
		size_t at = (size_t)map_get(&have, from->modules.at[i].name);

		if (!at) {
			vec_push(to->keep, &to->modules, from->modules.at[i]);
			continue;
		}
		fill_words(to->keep, &to->modules.at[at - 1].users, from->modules.at[i].users);
		fill_words(to->keep, &to->modules.at[at - 1].drivers, from->modules.at[i].drivers);
	}
	to->modules_known |= from->modules_known;
	arena_release(&scratch);
}

static void
merge(struct machine *to, const struct machine *from)
{
	fill(&to->name, from->name);
	fill(&to->source, from->source);
	fill(&to->licence, from->licence);
	fill(&to->form, from->form);
	fill(&to->arch, from->arch);
	fill(&to->kernel, from->kernel);
	fill(&to->firmware, from->firmware);
	if (!to->cpu.vendor.len && !to->cpu.name.len)
		to->cpu = from->cpu;
	if (!to->blocks.len && !to->filesystems.len)
		for (size_t i = 0; i < from->blocks.len; i++)
			vec_push(to->keep, &to->blocks, from->blocks.at[i]);
	if (!to->filesystems.len)
		for (size_t i = 0; i < from->filesystems.len; i++)
			vec_push(to->keep, &to->filesystems, from->filesystems.at[i]);
	for (size_t i = 0; i < from->notes.len; i++)
		vec_push(to->keep, &to->notes, from->notes.at[i]);
	merge_modules(to, from);
	merge_devices(to, from);
}

struct machine *
machine_read(struct arena *keep, const struct source *inputs, size_t n, struct diag *diag)
{
	struct machine *all = NEW(keep, struct machine);
	struct secrets secrets = { .keep = keep };

	all->keep = keep;
	for (size_t i = 0; i < n; i++) {
		struct machine one = { .keep = keep };
		struct source input = { inputs[i].name, json_clean(keep, inputs[i].text) };
		struct reader r = { &one, &secrets, &input, diag };

		if (!read_one(&r))
			return NULL;
		source_check_end(&input, diag);
		secret_clean(&secrets, &one);
		machine_settle(&one);
		merge(all, &one);
	}
	machine_settle(all);
	return all;
}

struct machine *
machine_load(struct arena *keep, const char *const *paths, size_t n, struct diag *diag)
{
	struct source *inputs = NEW_ARRAY(keep, struct source, n + 1);

	for (size_t i = 0; i < n; i++) {
		int e = file_read_unpacked(keep, paths[i], &inputs[i].text);

		inputs[i].name = str_from(strcmp(paths[i], "-") == 0 ? "standard input" : paths[i]);
		if (e < 0) {
			diag_error(diag, inputs[i].name, 0, "cannot read: %s", strerror(-e));
			return NULL;
		}
	}
	return machine_read(keep, inputs, n, diag);
}
