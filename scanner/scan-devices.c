// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices: every directory of /sys/devices with a "subsystem" link, bound or not. On this machine libudev
 * enumerates them; below another root the directories are walked, and a modalias or driver makes a device, too.
 */
#include <errno.h>
#include <libudev.h>
#include <string.h>

#include "scanner/live.h"

enum { DEPTH_LIMIT = 40, DEVICE_LIMIT = 200000 };

/* Attributes that say what a person would call the device. */
static const struct { const char *subsystem, *attribute; size_t field; } labels[] = {
	{ "usb", "product", offsetof(struct device, product) },
	{ "usb", "manufacturer", offsetof(struct device, vendor) },
	{ "input", "name", offsetof(struct device, name) },
	{ "i2c", "name", offsetof(struct device, name) },
	{ "scsi", "vendor", offsetof(struct device, vendor) },
	{ "scsi", "model", offsetof(struct device, product) },
	{ "nvme", "model", offsetof(struct device, product) },
	{ "mmc", "name", offsetof(struct device, name) },
	{ "thermal", "type", offsetof(struct device, name) },
	{ "hwmon", "name", offsetof(struct device, name) },
	{ "iio", "name", offsetof(struct device, name) },
	{ "watchdog", "identity", offsetof(struct device, name) },
	{ "firewire", "model_name", offsetof(struct device, product) },
	{ "firewire", "vendor_name", offsetof(struct device, vendor) },
};

/* Attributes that are read in order to be kept out, wherever else their value stands. */
static const struct { const char *subsystem, *attribute; } private[] = {
	{ "usb", "serial" }, { "input", "uniq" }, { "net", "address" }, { "nvme", "serial" }, { "nvme", "subsysnqn" },
	{ "block", "wwid" }, { "block", "uuid" }, { "scsi", "wwid" }, { "mmc", "serial" }, { "mmc", "cid" },
	{ "power_supply", "serial_number" }, { "thunderbolt", "unique_id" }, { "bluetooth", "address" },
	{ "block", "dm/name" }, { "block", "dm/uuid" }, { "block", "md/array_name" }, { "infiniband", "node_guid" },
	{ "firewire", "guid" }, { "block", "serial" }, { "nvme-subsystem", "serial" },
	{ "dmi", "product_serial" }, { "dmi", "product_uuid" }, { "dmi", "board_serial" }, { "dmi", "chassis_serial" },
	{ "dmi", "chassis_asset_tag" }, { "dmi", "board_asset_tag" },
};

static struct str
uevent_value(struct str uevent, const char *key)
{
	struct str line, k = str_from(key);

	while (str_next_line(&uevent, &line))
		if (str_starts(line, k) && line.len > k.len && line.at[k.len] == '=')
			return str_drop(line, k.len + 1);
	return STR("");
}

static void
label(struct scan *s, struct device *d, struct str dir)
{
	struct arena *keep = s->machine->keep;

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (str_is(d->subsystem, labels[i].subsystem))
			*(struct str *)(void *)((char *)d + labels[i].field) = sysfs_get(&s->fs, keep, dir, labels[i].attribute);
	for (size_t i = 0; i < sizeof(private) / sizeof(*private); i++)
		if (str_is(d->subsystem, private[i].subsystem))
			secret_add(&s->secrets, sysfs_get(&s->fs, keep, dir, private[i].attribute));
	if (str_is(d->subsystem, "net"))
		secret_add_interface(&s->secrets, path_base(d->path));
	if (str_starts(d->path, STR("/devices/virtual/input/")))
		d->name = STR(""); /* made by a program: a remote control's name, a phone's */
}

/* The facts of one device; what the caller knows already (from libudev) stays. `dir` is its directory in sysfs. */
static void
add_device(struct scan *s, struct device d, struct str dir)
{
	struct arena *keep = s->machine->keep;
	struct str uevent;
	int r = sysfs_read(&s->fs, keep, path_join(keep, dir, STR("uevent")), &uevent);

	if (r == -EACCES)
		machine_note(s->machine, "%.*s: uevent cannot be read: %s", STR_ARG(d.path), strerror(-r));
	if (!d.subsystem.len)
		d.subsystem = path_base(sysfs_link(&s->fs, keep, dir, "subsystem"));
	if (!d.driver.len)
		d.driver = path_base(sysfs_link(&s->fs, keep, dir, "driver"));
	if (!d.modalias.len)
		d.modalias = sysfs_get(&s->fs, keep, dir, "modalias");
	if (!d.modalias.len)
		d.modalias = uevent_value(uevent, "MODALIAS");
	d.module = path_base(sysfs_link(&s->fs, keep, dir, "driver/module"));
	if (!d.module.len && d.driver.len)
		d.module = path_base(sysfs_link(&s->fs, keep, path_join(keep, dir, STR("driver")), "module"));
	if (str_is(d.subsystem, "usb"))
		d.id = usb_product_id(keep, uevent_value(uevent, "PRODUCT"));
	if (str_is(d.subsystem, "hid"))
		d.name = uevent_value(uevent, "HID_NAME");
	secret_add(&s->secrets, uevent_value(uevent, "HID_UNIQ"));
	label(s, &d, dir);
	machine_add(s->machine, d);
}

static void
udev_secrets(struct scan *s, struct udev_device *dev)
{
	struct udev_list_entry *e;

	udev_list_entry_foreach(e, udev_device_get_properties_list_entry(dev))
		if (secret_key(str_from(udev_list_entry_get_name(e))))
			secret_add(&s->secrets, str_from(udev_list_entry_get_value(e)));
}

static bool
enumerate(struct scan *s)
{
	struct udev *udev = udev_new();
	struct udev_enumerate *all = udev ? udev_enumerate_new(udev) : NULL;
	struct udev_list_entry *e;
	bool ok = all && udev_enumerate_scan_devices(all) >= 0;

	if (ok)
		udev_list_entry_foreach(e, udev_enumerate_get_list_entry(all)) {
			struct udev_device *dev = udev_device_new_from_syspath(udev, udev_list_entry_get_name(e));

			if (!dev)
				continue; /* unplugged meanwhile */
			udev_secrets(s, dev);
			add_device(s, (struct device){
				.path = str_copy(s->machine->keep, str_from(udev_device_get_devpath(dev))),
				.subsystem = str_copy(s->machine->keep, str_from(udev_device_get_subsystem(dev))),
				.driver = str_copy(s->machine->keep, str_from(udev_device_get_driver(dev))) },
				str_copy(s->machine->keep, str_from(udev_device_get_syspath(dev))));
			udev_device_unref(dev);
		}
	udev_enumerate_unref(all);
	udev_unref(udev);
	return ok;
}

/* `dir` is the device directory with /sys in front. */
static void
walk(struct scan *s, struct str dir, unsigned depth)
{
	struct arena *keep = s->machine->keep;
	struct words names = sysfs_list(&s->fs, keep, dir);
	bool device = sysfs_link(&s->fs, keep, dir, "subsystem").len > 0;

	if (depth > DEPTH_LIMIT || s->machine->devices.len > DEVICE_LIMIT) {
		machine_note(s->machine, "%.*s: too deep, or too many devices; not read on", STR_ARG(dir));
		return;
	}
	for (size_t i = 0; i < names.len && !device && !str_starts(dir, STR("/sys/devices/system")); i++)
		device = str_is(names.at[i], "modalias") || str_is(names.at[i], "driver");
	if (device)
		add_device(s, (struct device){ .path = str_drop(dir, strlen("/sys")) }, dir);
	for (size_t i = 0; i < names.len; i++) {
		struct str path = path_join(keep, dir, names.at[i]);

		if (sysfs_is_dir(&s->fs, path, false))
			walk(s, path, depth + 1);
	}
}

/* Recorded trees may have devices as plain directories below class/ or bus/NAME/devices, where sysfs has links. */
static void
walk_plain(struct scan *s, const char *top, const char *below)
{
	struct arena *keep = s->machine->keep;
	struct words kinds = sysfs_list(&s->fs, keep, str_from(top));

	for (size_t i = 0; i < kinds.len; i++) {
		struct str dir = path_join(keep, path_join(keep, str_from(top), kinds.at[i]), str_from(below));
		struct words names = sysfs_list(&s->fs, keep, dir);

		for (size_t k = 0; k < names.len; k++) {
			struct str path = path_join(keep, dir, names.at[k]);

			if (sysfs_is_dir(&s->fs, path, false))
				add_device(s, (struct device){ .path = str_drop(path, strlen("/sys")), .subsystem = kinds.at[i] }, path);
		}
	}
}

void
scan_devices(struct scan *s)
{
	if (s->live && enumerate(s))
		return;
	if (s->live)
		machine_note(s->machine, "libudev cannot enumerate the devices; /sys/devices was walked");
	walk(s, STR("/sys/devices"), 0);
	walk_plain(s, "/sys/class", "");
	walk_plain(s, "/sys/bus", "devices");
}
