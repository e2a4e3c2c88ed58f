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

#include "base/map.h"
#include "scanner/reader.h"

struct block_facts {
	struct device device;
	struct str model, vendor;       /* ID_MODEL_FROM_DATABASE and such */
	struct str devtype;
	struct str product, type;       /* of a USB device: PRODUCT=8087/a2b/0, TYPE=224/1/1 */
	struct str interfaces;          /* its interfaces in all settings: ID_USB_INTERFACES=:080650:080662: */
	struct str fs_type, fs_usage, table, dm_uuid, md_level; /* of a block device */
};

/* A USB device whose interfaces are compared once all are read. */
struct usb_device { size_t index; struct block_facts facts; };

struct udev {
	struct reader *reader;
	VEC(struct usb_device) usb;
};

/* "\x20" as udev writes blanks in its encoded properties needs no undoing: those are not read. */
static void
property(struct reader *r, struct block_facts *f, struct str key, struct str value)
{
	const struct { const char *key; struct str *to; } known[] = {
		{ "SUBSYSTEM", &f->device.subsystem }, { "DRIVER", &f->device.driver }, { "MODALIAS", &f->device.modalias },
		{ "PRODUCT", &f->product }, { "ID_MODEL_FROM_DATABASE", &f->model }, { "ID_VENDOR_FROM_DATABASE", &f->vendor },
		{ "ID_PCI_CLASS_FROM_DATABASE", &f->device.class }, { "ID_PCI_SUBCLASS_FROM_DATABASE", &f->device.class },
		{ "NAME", &f->device.name }, { "HID_NAME", &f->device.name }, { "DEVTYPE", &f->devtype }, { "TYPE", &f->type },
		{ "ID_USB_INTERFACES", &f->interfaces }, { "ID_FS_TYPE", &f->fs_type }, { "ID_FS_USAGE", &f->fs_usage },
		{ "ID_PART_TABLE_TYPE", &f->table }, { "MD_LEVEL", &f->md_level },
	};

	if (str_is(key, "DM_UUID"))
		f->dm_uuid = value;

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

/* What a block device carries; nothing is known of mounts. */
static void
block_device(struct machine *m, const struct block_facts *f)
{
	struct str name = tidy(m->keep, block_shown(path_base(f->device.path)));
	struct block b = { .name = name, .kind = STR("disk"), .table = tidy(m->keep, f->table) };
	struct filesystem fs = { STR("other"), STR(""), tidy(m->keep, f->fs_type), name };

	if (!f->fs_type.len && !f->table.len && !f->dm_uuid.len && !f->md_level.len)
		return;
	if (f->dm_uuid.len)
		b.kind = dm_kind(f->dm_uuid);
	else if (f->md_level.len)
		b.kind = tidy(m->keep, f->md_level);
	else if (str_is(f->devtype, "partition"))
		b.kind = STR("partition");
	if (str_is(b.kind, "partition") && !f->dm_uuid.len) {
		b.table = STR(""); /* udev repeats the disk's */
		b.on = (struct words){ NEW(m->keep, struct str), 1 };
		b.on.at[0] = tidy(m->keep, path_base(path_dir(f->device.path)));
		b.on = words_sorted(m->keep, b.on);
	}
	vec_push(m->keep, &m->blocks, b);
	if (str_is(f->fs_type, "swap")) {
		fs.role = STR("swap");
		fs.type = STR("partition");
	} else if (!str_is(f->fs_usage, "filesystem")) {
		return;
	}
	vec_push(m->keep, &m->filesystems, fs);
}

/* The head of the modaliases of a USB device's interfaces, up to "ic". */
static struct str
usb_head(struct arena *a, const struct block_facts *f)
{
	struct str rest[2] = { f->product, f->type }, part;
	uint64_t n[6];

	for (size_t i = 0; i < 6; i++)
		if (!str_next_part(&rest[i / 3], '/', &part) || !str_number(part, i < 3 ? 16 : 10, &n[i]) ||
		    n[i] > (i < 3 ? 0xffff : 0xff))
			return STR("");
	return str_format(a, "usb:v%04Xp%04Xd%04Xdc%02Xdsc%02Xdp%02X", (unsigned)n[0], (unsigned)n[1], (unsigned)n[2],
	                  (unsigned)n[3], (unsigned)n[4], (unsigned)n[5]);
}

/* "080662" of ID_USB_INTERFACES -> "HEADic08isc06ip62"; empty: no such triple */
static struct str
usb_setting(struct arena *a, struct str head, struct str triple)
{
	uint64_t n;

	if (!head.len || triple.len != 6 || !str_number(triple, 16, &n))
		return STR("");
	return str_format(a, "%.*sic%02Xisc%02Xip%02X", STR_ARG(head), (unsigned)(n >> 16), (unsigned)(n >> 8 & 0xff),
	                  (unsigned)(n & 0xff));
}

/*
 * udev lists the classes of a USB device's interfaces in all their settings. Those no interface shows as its
 * modalias are what the device could be set to; the interface's number is not told and taken for 0.
 */
static void
usb_settings(struct udev *u)
{
	struct machine *m = u->reader->machine;
	struct arena scratch = { 0 };
	struct map shown = { 0 };

	for (size_t i = 0; i < m->devices.len; i++) {
		struct str alias = m->devices.at[i].modalias;

		if (str_starts(alias, STR("usb:")))
			map_index_put(&shown, &scratch, str_take(alias, str_rindex(alias, 'i')));
	}
	for (size_t i = 0; i < u->usb.len; i++) {
		struct str head = usb_head(&scratch, &u->usb.at[i].facts);
		struct words triples = words_split(&scratch, u->usb.at[i].facts.interfaces, ":");
		struct words also = { NEW_ARRAY(m->keep, struct str, triples.len + 1), 0 };

		for (size_t k = 0; k < triples.len; k++) {
			struct str alias = usb_setting(&scratch, head, triples.at[k]);

			if (alias.len && map_index(&shown, alias) < 0)
				also.at[also.len++] = str_format(m->keep, "%.*sin00", STR_ARG(alias));
		}
		m->devices.at[u->usb.at[i].index].also = words_sorted(m->keep, also);
	}
	arena_release(&scratch);
}

static void
finish(struct udev *u, struct block_facts *f)
{
	struct reader *r = u->reader;
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
	if (f->interfaces.len && str_is(f->devtype, "usb_device")) {
		struct usb_device usb = { r->machine->devices.len, *f };

		vec_push(r->machine->keep, &u->usb, usb);
	}
	if (str_is(d->subsystem, "block"))
		block_device(r->machine, f);
	machine_add(r->machine, *d);
}

bool
read_udev(struct reader *r)
{
	struct str rest = r->source->text, line;
	struct block_facts f = { 0 };
	struct udev u = { .reader = r };

	while (str_next_line(&rest, &line)) {
		if (!str_trim(line).len || str_starts(line, STR("P: "))) {
			finish(&u, &f);
			f = (struct block_facts){ 0 };
		}
		line_in(r, &f, line);
	}
	finish(&u, &f);
	usb_settings(&u);
	return true;
}
