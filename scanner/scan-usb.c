// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What USB devices could be besides what they are set to: the kernel shows a modalias for the alternate setting and
 * configuration in use only. A disk bound to usb-storage may offer UAS in another setting; such modaliases go to
 * the device's `also`.
 */
#include <libusb.h>
#include <stdio.h>

#include "base/map.h"
#include "scanner/live.h"

struct usb {
	struct scan *scan;
	struct map present;       /* modaliases of the interfaces that exist */
	struct map by_name;       /* "1-2.3" -> device */
	struct device *device;    /* the one being described */
	struct arena scratch;
};

struct usb_ids { unsigned vendor, product, release, class, subclass, protocol; };
struct usb_interface { unsigned class, subclass, protocol, number; };

/* usb_modalias of drivers/usb/core/sysfs.c */
static void
setting(struct usb *u, struct usb_ids d, struct usb_interface i)
{
	struct arena *keep = u->scan->machine->keep;
	struct words *also = &u->device->also, more = { NEW_ARRAY(keep, struct str, also->len + 1), also->len + 1 };
	struct str alias = str_format(keep, "usb:v%04Xp%04Xd%04Xdc%02Xdsc%02Xdp%02Xic%02Xisc%02Xip%02Xin%02X", d.vendor,
	                              d.product, d.release, d.class, d.subclass, d.protocol, i.class, i.subclass, i.protocol,
	                              i.number);

	if (map_index(&u->present, alias) >= 0)
		return;
	for (size_t k = 0; k < also->len; k++)
		more.at[k] = also->at[k];
	more.at[also->len] = alias;
	*also = words_sorted(keep, more);
}

/* The file sysfs calls "descriptors": the device's descriptor, then each configuration's (USB 2.0, 9.6). */
static void
described(struct usb *u, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.at;
	struct usb_ids d = { 0 };

	while (bytes.len >= 2 && p[0] >= 2 && p[0] <= bytes.len) {
		if (p[1] == LIBUSB_DT_DEVICE && p[0] >= 18)
			d = (struct usb_ids){ p[8] | (unsigned)p[9] << 8, p[10] | (unsigned)p[11] << 8,
				p[12] | (unsigned)p[13] << 8, p[4], p[5], p[6] };
		else if (p[1] == LIBUSB_DT_INTERFACE && p[0] >= 9)
			setting(u, d, (struct usb_interface){ p[5], p[6], p[7], p[2] });
		bytes = str_drop(bytes, p[0]);
		p = (const unsigned char *)bytes.at;
	}
}

static void
read_files(struct usb *u)
{
	for (size_t i = 0; i < u->by_name.len; i++) {
		struct str dir = str_format(&u->scratch, "/sys%.*s", STR_ARG(((struct device *)u->by_name.entry[i].value)->path));

		u->device = u->by_name.entry[i].value;
		described(u, sysfs_get(&u->scan->fs, &u->scratch, dir, "descriptors"));
	}
}

/* "1-2.3", or "usb1" for a root hub */
static struct str
sysfs_name(struct usb *u, libusb_device *dev)
{
	uint8_t port[8];
	int n = libusb_get_port_numbers(dev, port, sizeof(port));
	struct str name;

	if (n <= 0)
		return str_format(&u->scratch, "usb%u", libusb_get_bus_number(dev));
	name = str_format(&u->scratch, "%u-%u", libusb_get_bus_number(dev), port[0]);
	for (int i = 1; i < n; i++)
		name = str_format(&u->scratch, "%.*s.%u", STR_ARG(name), port[i]);
	return name;
}

static void
configuration(struct usb *u, struct usb_ids d, const struct libusb_config_descriptor *c)
{
	for (int i = 0; i < c->bNumInterfaces; i++)
		for (int k = 0; k < c->interface[i].num_altsetting; k++) {
			const struct libusb_interface_descriptor *f = &c->interface[i].altsetting[k];

			setting(u, d, (struct usb_interface){ f->bInterfaceClass, f->bInterfaceSubClass, f->bInterfaceProtocol,
				f->bInterfaceNumber });
		}
}

static void
one(struct usb *u, libusb_device *dev)
{
	struct libusb_device_descriptor d;
	struct libusb_config_descriptor *c;
	struct str name = sysfs_name(u, dev);

	u->device = map_get(&u->by_name, name);
	if (!u->device || libusb_get_device_descriptor(dev, &d) < 0)
		return;
	for (uint8_t i = 0; i < d.bNumConfigurations; i++) {
		if (libusb_get_config_descriptor(dev, i, &c) < 0) {
			machine_note(u->scan->machine, "USB device %.*s: configuration %u cannot be read", STR_ARG(name), i);
			continue;
		}
		configuration(u, (struct usb_ids){ d.idVendor, d.idProduct, d.bcdDevice, d.bDeviceClass, d.bDeviceSubClass,
			d.bDeviceProtocol }, c);
		libusb_free_config_descriptor(c);
	}
}

static void
ask_libusb(struct usb *u)
{
	libusb_context *ctx;
	libusb_device **list = NULL;
	int r = libusb_init(&ctx);
	ssize_t n;

	if (r < 0) {
		machine_note(u->scan->machine, "libusb cannot start: %s; alternate settings are not known", libusb_strerror(r));
		return;
	}
	n = libusb_get_device_list(ctx, &list);
	for (ssize_t i = 0; i < n; i++)
		one(u, list[i]);
	if (n < 0)
		machine_note(u->scan->machine, "libusb lists no devices: %s", libusb_strerror((int)n));
	else
		libusb_free_device_list(list, 1);
	libusb_exit(ctx);
}

void
scan_usb(struct scan *s)
{
	struct usb u = { .scan = s };

	for (size_t i = 0; i < s->machine->devices.len; i++) {
		struct device *d = &s->machine->devices.at[i];

		if (str_starts(d->modalias, STR("usb:")))
			map_index_put(&u.present, &u.scratch, d->modalias);
		else if (str_is(d->subsystem, "usb"))
			*map_put(&u.by_name, &u.scratch, path_base(d->path)) = d;
	}
	if (u.by_name.len && s->live)
		ask_libusb(&u);
	else
		read_files(&u);
	arena_release(&u.scratch);
}
