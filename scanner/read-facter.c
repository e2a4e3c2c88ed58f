// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * facter.json, as nixos-facter writes it from hwinfo's probes: under "hardware" a list for each class, of objects
 * with sysfs_id, module_alias, driver, driver_module. An object may stand in several lists; its index tells.
 * Fields read are named here one by one: the file also holds serial numbers and MAC addresses, which are
 * remembered in order to be removed wherever else they appear.
 */
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "scanner/modalias.h"
#include "scanner/reader.h"

enum { DEPTH_LIMIT = 16 };

static void
find_secrets(struct reader *r, const json_t *j, unsigned depth)
{
	const char *key;
	json_t *value;
	size_t i;

	if (depth > DEPTH_LIMIT)
		return;
	json_array_foreach((json_t *)(uintptr_t)j, i, value)
		find_secrets(r, value, depth + 1);
	json_object_foreach((json_t *)(uintptr_t)j, key, value) {
		if (json_is_string(value) && secret_key(str_from(key)) &&
		    !(str_is(str_from(key), "address") && !str_is(json_get_str(j, "type"), "hwaddr") &&
		      !str_is(json_get_str(j, "type"), "phwaddr")))
			secret_add(r->secrets, str_from(json_string_value(value)));
		else
			find_secrets(r, value, depth + 1);
	}
}

/* How a bus names its devices: "0000:00:1f.6", "1-2:1.0", "0:0:0:0", "virtio1", "nvme0". */
static struct str
subsystem_by_shape(struct str base)
{
	static const struct { const char *shape, *subsystem; } shapes[] = {
		{ "9:9:9.9", "pci" }, { "9-9:9.9", "usb" }, { "9-9.9:9.9", "usb" }, { "9-9.9.9:9.9", "usb" }, { "9:9:9:9", "scsi" },
		{ "virtio9", "virtio" }, { "nvme9", "nvme" },
	};
	char shape[16];
	size_t len = 0;

	for (size_t i = 0; i < base.len && len + 1 < sizeof(shape); i++) {
		bool digit = (base.at[i] >= '0' && base.at[i] <= '9') || (str_has(base, ':') && base.at[i] >= 'a' && base.at[i] <= 'f');

		if (!digit || !len || shape[len - 1] != '9')
			shape[len++] = digit ? '9' : base.at[i];
	}
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (str_is((struct str){ shape, len }, shapes[i].shape))
			return str_from(shapes[i].subsystem);
	return STR("");
}

static struct str
subsystem_of(const json_t *item, struct str path, struct str modalias)
{
	static const struct { const char *bus, *subsystem; } buses[] = {
		{ "PCI", "pci" }, { "USB", "usb" }, { "SCSI", "scsi" }, { "Virtio", "virtio" }, { "NVME", "nvme" },
		{ "MMC", "mmc" }, { "PS/2", "serio" }, { "IDE", "ide" }, { "SDIO", "sdio" },
	};
	struct str bus = json_get_str(json_object_get(item, "bus_type"), "name"), shape = subsystem_by_shape(path_base(path));

	if (modalias.len)
		return modalias_subsystem(modalias);
	if (shape.len)
		return shape;
	for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++)
		if (str_is(bus, buses[i].bus))
			return str_from(buses[i].subsystem);
	return STR("");
}

/*
 * hwinfo lists the drivers of a disk together with its controller's, sorted. Which is the disk's own can be told
 * where the bus has few drivers; else the item's first one counts.
 */
static struct str
own_driver(const json_t *item, struct str subsystem)
{
	static const char *const scsi[] = { "sd", "sr", "st", "ch", "ses", "sg", "osst" };
	const json_t *drivers = json_object_get(item, "drivers");

	for (size_t i = 0; i < json_array_size(drivers); i++) {
		struct str name = str_from(json_string_value(json_array_get(drivers, i)));

		if (str_is(subsystem, "virtio") && str_starts(name, STR("virtio_")))
			return name;
		for (size_t k = 0; str_is(subsystem, "scsi") && k < sizeof(scsi) / sizeof(*scsi); k++)
			if (str_is(name, scsi[k]))
				return name;
	}
	return str_is(subsystem, "scsi") || str_is(subsystem, "virtio") ? STR("") : json_get_str(item, "driver");
}

static struct words
modules_of(struct arena *keep, const json_t *item)
{
	const json_t *list = json_object_get(item, "driver_modules");
	struct words w = { NEW_ARRAY(keep, struct str, json_array_size(list) + 1), 0 };

	for (size_t i = 0; i < json_array_size(list); i++)
		w.at[w.len++] = str_copy(keep, str_from(json_string_value(json_array_get(list, i))));
	return w;
}

static struct str
pci_modalias(struct reader *r, const json_t *item)
{
	struct str hex[5] = {
		json_get_str(json_object_get(item, "vendor"), "hex"), json_get_str(json_object_get(item, "device"), "hex"),
		json_get_str(json_object_get(item, "base_class"), "hex"), json_get_str(json_object_get(item, "sub_vendor"), "hex"),
		json_get_str(json_object_get(item, "sub_device"), "hex") };
	json_int_t sub = json_integer_value(json_object_get(json_object_get(item, "sub_class"), "value"));
	json_int_t interface = json_integer_value(json_object_get(json_object_get(item, "detail"), "prog_if"));
	uint64_t n[5] = { 0 };

	for (size_t i = 0; i < 5; i++)
		if (!str_number(hex[i], 16, &n[i]) && i < 3)
			return STR("");
	return modalias_pci(r->machine->keep, (struct pci_ids){ (unsigned)n[0], (unsigned)n[1], (unsigned)n[3],
		(unsigned)n[4], (unsigned)((n[2] & 0xff) << 16 | (uint64_t)(sub & 0xff) << 8 | (uint64_t)(interface & 0xff)) });
}

/* Whether something with this path is in already; remembers it. */
static bool
seen_before(struct reader *r, struct map *seen, struct str path)
{
	size_t n = seen->len;

	if (path.len)
		map_index_put(seen, r->machine->keep, path);
	return path.len && seen->len == n;
}

static void
add_hardware(struct reader *r, const json_t *item, struct str path, struct str modalias)
{
	struct device d = { .path = path, .subsystem = subsystem_of(item, path, modalias), .modalias = modalias };

	if (!modalias.len && str_is(d.subsystem, "pci"))
		d.modalias = pci_modalias(r, item);
	d.driver = own_driver(item, d.subsystem);
	d.modules = modules_of(r->machine->keep, item);
	if (d.driver.len && str_eq(d.driver, json_get_str(item, "driver")))
		d.module = json_get_str(item, "driver_module");
	d.name = json_get_str(item, "model");
	d.vendor = json_get_str(json_object_get(item, "vendor"), "name");
	d.product = json_get_str(json_object_get(item, "device"), "name");
	d.class = json_get_str(json_object_get(item, "sub_class"), "name");
	if (!d.class.len)
		d.class = json_get_str(json_object_get(item, "base_class"), "name");
	machine_add(r->machine, d);
}

/* What stands in sysfs as hardware. The rest hwinfo made up (memory, the "system"), or is a class device. */
static void
add_item(struct reader *r, const json_t *item, struct map *seen)
{
	struct str path = json_get_str(item, "sysfs_id"), modalias = json_get_str(item, "module_alias");

	if (modalias.len && !modalias_valid(modalias))
		modalias = STR("");
	if ((path.len || modalias.len) && !str_starts(path, STR("/class/")) && !seen_before(r, seen, path))
		add_hardware(r, item, path, modalias);
}

/* "/class/block/sda": a class device, and the hardware behind it unless an item of its own told of that. */
static void
add_class_item(struct reader *r, const json_t *item, struct map *seen)
{
	struct str path = json_get_str(item, "sysfs_id"), link = json_get_str(item, "sysfs_device_link");
	struct str class = str_drop(path, strlen("/class/"));

	if (!str_starts(path, STR("/class/")))
		return;
	if (link.len && !seen_before(r, seen, link))
		add_hardware(r, item, link, STR(""));
	if (!seen_before(r, seen, path))
		machine_add(r->machine, (struct device){ .path = path_base(path),
			.subsystem = str_take(class, str_index(class, '/')) });
}

static struct str
number(struct arena *keep, const json_t *j, const char *key)
{
	const json_t *n = json_object_get(j, key);

	return json_is_integer(n) ? str_format(keep, "%lld", (long long)json_integer_value(n)) : STR("");
}

/*
 * The kernel's cpu modalias, as far as the file goes: vendor numbers are X86_VENDOR_* of the kernel's
 * arch/x86/include/asm/processor.h. hwinfo has features by name only, so the list of numbers stays empty.
 */
static void
cpu_device(struct reader *r, const struct cpu *c)
{
	static const struct { const char *name; unsigned number; } vendors[] = {
		{ "GenuineIntel", 0 }, { "CyrixInstead", 1 }, { "AuthenticAMD", 2 }, { "UMC UMC UMC ", 3 },
		{ "CentaurHauls", 5 }, { "GenuineTMx86", 7 }, { "Geode by NSC", 8 }, { "HygonGenuine", 9 },
		{ "  Shanghai  ", 10 },
	};
	uint64_t family, model;

	if (!str_number(c->family, 10, &family) || !str_number(c->model, 10, &model))
		return;
	for (size_t i = 0; i < sizeof(vendors) / sizeof(*vendors); i++)
		if (str_eq(str_trim(str_from(vendors[i].name)), c->vendor)) {
			struct str alias = str_format(r->machine->keep, "cpu:type:x86,ven%04Xfam%04Xmod%04X:feature:",
			                              vendors[i].number, (unsigned)family, (unsigned)model);

			machine_add(r->machine, (struct device){ .subsystem = STR("cpu"), .modalias = alias, .name = c->name });
			machine_note(r->machine, "facter: the processor's modalias has no features; modules asked for by a "
			             "feature (aesni-intel, kvm) are not found through it");
		}
}

static void
add_cpus(struct reader *r, const json_t *list)
{
	struct machine *m = r->machine;
	const json_t *first = json_array_get(list, 0), *flags = json_object_get(first, "features");
	struct cpu *c = &m->cpu;

	if (!json_is_object(first))
		return;
	c->vendor = tidy(m->keep, json_get_str(first, "vendor_name"));
	c->name = tidy(m->keep, json_get_str(first, "model_name"));
	c->family = number(m->keep, first, "family");
	c->model = number(m->keep, first, "model");
	c->stepping = number(m->keep, first, "stepping");
	c->flags.at = NEW_ARRAY(m->keep, struct str, json_array_size(flags) + 1);
	for (size_t i = 0; i < json_array_size(flags); i++)
		c->flags.at[c->flags.len++] = tidy(m->keep, str_from(json_string_value(json_array_get(flags, i))));
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_int_t siblings = json_integer_value(json_object_get(json_array_get(list, i), "siblings"));

		c->count += siblings > 0 && siblings < 4096 ? (unsigned)siblings : 1;
	}
	cpu_device(r, c);
}

/* What the kernel leaves in the DMI modalias: printable, no blanks, no ':' (drivers/firmware/dmi-id.c). */
static void
dmi_field(struct text *out, const char *prefix, struct str value)
{
	if (!value.len)
		return;
	text_add_c(out, prefix);
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] > ' ' && value.at[i] < 127 && value.at[i] != ':')
			text_add_char(out, value.at[i]);
	text_add_char(out, ':');
}

/* facter's smbios members are objects, or lists of them for boards and chassis. */
static const json_t *
smbios(const json_t *root, const char *key)
{
	const json_t *j = json_object_get(json_object_get(root, "smbios"), key);

	return json_is_array(j) ? json_array_get(j, 0) : j;
}

static void
add_dmi(struct reader *r, const json_t *root)
{
	const json_t *bios = smbios(root, "bios"), *system = smbios(root, "system"), *board = smbios(root, "board");
	const json_t *chassis = smbios(root, "chassis"), *type = json_object_get(chassis, "chassis_type");
	struct text t = { 0 };

	if (!json_is_object(system))
		return;
	text_add_c(&t, "dmi:");
	dmi_field(&t, "bvn", json_get_str(bios, "vendor"));
	dmi_field(&t, "bvr", json_get_str(bios, "version"));
	dmi_field(&t, "bd", json_get_str(bios, "date"));
	dmi_field(&t, "svn", json_get_str(system, "manufacturer"));
	dmi_field(&t, "pn", json_get_str(system, "product"));
	dmi_field(&t, "pvr", json_get_str(system, "version"));
	dmi_field(&t, "rvn", json_get_str(board, "manufacturer"));
	dmi_field(&t, "rn", json_get_str(board, "product"));
	dmi_field(&t, "rvr", json_get_str(board, "version"));
	dmi_field(&t, "cvn", json_get_str(chassis, "manufacturer"));
	if (json_is_integer(json_object_get(type, "value")))
		text_addf(&t, "ct%lld:", (long long)json_integer_value(json_object_get(type, "value")));
	dmi_field(&t, "cvr", json_get_str(chassis, "version"));
	machine_add(r->machine, (struct device){ .subsystem = STR("dmi"), .modalias = text_str(&t) });
	text_release(&t);
}

bool
read_facter(struct reader *r, const json_t *root)
{
	const json_t *hardware = json_object_get(root, "hardware");
	struct str system = json_get_str(root, "system");
	struct map seen = { 0 };
	const char *key;
	json_t *list, *item;
	size_t i;

	find_secrets(r, root, 0);
	r->machine->arch = tidy(r->machine->keep, str_take(system, str_find(system, STR("-linux"))));
	add_cpus(r, json_object_get(hardware, "cpu"));
	json_object_foreach((json_t *)(uintptr_t)hardware, key, list)
		json_array_foreach(list, i, item)
			add_item(r, item, &seen);
	json_object_foreach((json_t *)(uintptr_t)hardware, key, list)
		json_array_foreach(list, i, item)
			add_class_item(r, item, &seen);
	add_dmi(r, root);
	return true;
}
