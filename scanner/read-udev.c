// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What `udevadm info --export-db` prints, and umockdev recordings, which resemble it.
 *
 * A block a device, parted by blank lines. Lines are "X: text": P path, E property, U subsystem and V driver
 * (systemd 253 and later), and of umockdev A attribute and L link. Since a property can hold line feeds, and
 * real exports have a bare "MODALIAS=..." line after an empty "E: HID_UNIQ=", a line that is KEY=VALUE by itself
 * counts as a property; any other line without a letter goes on with a value nobody here looks at.
 */
#include <string.h>

#include "scanner/reader.h"

struct block_facts {
	struct device device;
	struct str model, vendor;       /* ID_MODEL_FROM_DATABASE and such */
	struct str product;             /* PRODUCT=8087/a2b/0 of a USB device */
};

/* "\x20" as udev writes blanks in its encoded properties needs no undoing: those are not read. */
static void
property(struct reader *r, struct block_facts *f, struct str key, struct str value)
{
	const struct { const char *key; struct str *to; } known[] = {
		{ "SUBSYSTEM", &f->device.subsystem }, { "DRIVER", &f->device.driver }, { "MODALIAS", &f->device.modalias },
		{ "PRODUCT", &f->product }, { "ID_MODEL_FROM_DATABASE", &f->model }, { "ID_VENDOR_FROM_DATABASE", &f->vendor },
		{ "ID_PCI_CLASS_FROM_DATABASE", &f->device.class }, { "ID_PCI_SUBCLASS_FROM_DATABASE", &f->device.class },
		{ "NAME", &f->device.name }, { "HID_NAME", &f->device.name },
	};

	if (secret_key(key)) {
		if (value.len >= 2 && value.at[0] == '"')
			value = str_drop(str_take(value, value.len - 1), 1);
		secret_add(r->secrets, value);
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_is(key, known[i].key) && value.len)
			*known[i].to = value;
}

/* umockdev's "A: modalias=usb:...\n" escapes line feeds as backslash n. */
static void
attribute(struct reader *r, struct block_facts *f, struct str key, struct str value)
{
	if (str_ends(value, STR("\\n")))
		value = str_take(value, value.len - 2);
	if (secret_key(key))
		secret_add(r->secrets, value);
	else if (str_is(key, "modalias") && !f->device.modalias.len)
		f->device.modalias = value;
	else if (str_is(key, "product") || str_is(key, "name"))
		f->model = value;
	else if (str_is(key, "manufacturer"))
		f->vendor = value;
}

static bool
is_key(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!(key.at[i] >= 'A' && key.at[i] <= 'Z') && !(key.at[i] >= '0' && key.at[i] <= '9') && key.at[i] != '_')
			return false;
	return key.len > 0;
}

static void
line_in(struct reader *r, struct block_facts *f, struct str line)
{
	bool lettered = line.len >= 2 && line.at[1] == ':' && (line.len == 2 || line.at[2] == ' ');
	struct str text = lettered ? str_drop(line, 3) : line;
	struct str key = str_take(text, str_index(text, '=')), value = str_trim(str_drop(text, key.len + 1));

	switch (lettered ? line.at[0] : 'E') {
	case 'P':
		f->device.path = str_starts(text, STR("/")) ? str_trim(text) : STR("");
		break;
	case 'E':
		if (key.len < text.len && is_key(key))
			property(r, f, key, value);
		break;
	case 'U':
		if (!f->device.subsystem.len)
			f->device.subsystem = text;
		break;
	case 'V':
		if (!f->device.driver.len)
			f->device.driver = text;
		break;
	case 'A':
		attribute(r, f, key, value);
		break;
	case 'L':
		if (str_is(key, "driver") && key.len < text.len && !f->device.driver.len)
			f->device.driver = path_base(value);
		break;
	}
}

static void
finish(struct reader *r, struct block_facts *f)
{
	struct device *d = &f->device;
	struct str name = d->name;

	if (!d->path.len || str_starts(d->path, STR("/module/")) || str_starts(d->path, STR("/bus/")) ||
	    str_starts(d->path, STR("/class/")))
		return; /* later exports list modules, buses and drivers, too: no devices */
	if (name.len >= 2 && name.at[0] == '"')
		d->name = str_drop(str_take(name, name.len - 1), 1);
	if (str_is(d->subsystem, "net"))
		secret_add_interface(r->secrets, path_base(d->path));
	if (str_is(d->subsystem, "usb"))
		d->id = usb_product_id(r->machine->keep, f->product);
	if (str_is(d->subsystem, "pci") || str_is(d->subsystem, "usb")) {
		d->product = f->model;
		d->vendor = f->vendor;
	} else if (!d->name.len && !str_is(d->subsystem, "block")) {
		d->name = f->model;
	}
	machine_add(r->machine, *d);
}

bool
read_udev(struct reader *r)
{
	struct str rest = r->source->text, line;
	struct block_facts f = { 0 };

	while (str_next_line(&rest, &line)) {
		if (!str_trim(line).len || str_starts(line, STR("P: "))) {
			finish(r, &f);
			f = (struct block_facts){ 0 };
		}
		line_in(r, &f, line);
	}
	finish(r, &f);
	return true;
}
