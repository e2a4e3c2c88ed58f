// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lspci's two texts. The modalias is built from the ids: vendor, device, subsystem (0 where there is none, as the
 * kernel has it), class and interface. `-vmmnnk` has all of them; `-nnk` has no interface byte, which is then
 * taken from the text or the driver; without -nn or -n there are no ids, and so no modalias. Whatever had to be
 * guessed or is missing becomes a note.
 */
#include <string.h>

#include "scanner/modalias.h"
#include "scanner/reader.h"

struct lspci {
	struct device device;
	struct pci_ids ids;
	bool has_device, has_class, has_interface;
	unsigned guessed, without_ids, without_class;
};

static bool
hex4(struct str s, unsigned *out)
{
	uint64_t n;

	if (s.len != 4 || !str_number(s, 16, &n))
		return false;
	*out = (unsigned)n;
	return true;
}

/* "Intel Corporation [8086]" -> the name and the number; "8086" -> the number. */
static bool
named_id(struct str s, struct str *name, unsigned *id)
{
	size_t n = str_rindex(s, '[');

	s = str_trim(s);
	if (hex4(s, id)) {
		*name = STR("");
		return true;
	}
	*name = s;
	if (n == s.len || !str_ends(s, STR("]")) || !hex4(str_take(str_drop(s, n + 1), s.len - n - 2), id))
		return false;
	*name = str_trim(str_take(s, n));
	return true;
}

/* With the domain that lspci leaves out when there is only one. */
static struct str
address(struct arena *keep, struct str slot)
{
	size_t n = str_index(slot, ':');

	return str_has(str_drop(slot, n + 1), ':') ? slot : str_format(keep, "0000:%.*s", STR_ARG(slot));
}

/*
 * The interface byte where the class has one of practical weight, by what the line says: the controller kinds of
 * PCI class 0c03 (USB) by name or driver, AHCI, NVMe, SDHCI, FireWire OHCI.
 */
static unsigned
guess_interface(const struct lspci *l)
{
	static const struct { const char *word; unsigned class, interface; } table[] = {
		{ "xhci", 0x0c03, 0x30 }, { "ehci", 0x0c03, 0x20 }, { "ohci", 0x0c03, 0x10 }, { "uhci", 0x0c03, 0x00 },
		{ "xHCI", 0x0c03, 0x30 }, { "EHCI", 0x0c03, 0x20 }, { "OHCI", 0x0c03, 0x10 }, { "UHCI", 0x0c03, 0x00 },
		{ "USB 3", 0x0c03, 0x30 }, { "USB4", 0x0c03, 0x40 }, { "XHCI", 0x0c03, 0x30 }, { "", 0x0106, 0x01 },
		{ "", 0x0108, 0x02 }, { "", 0x0805, 0x01 }, { "", 0x0c00, 0x10 }, { "", 0x0101, 0x80 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct str word = str_from(table[i].word);

		if (table[i].class == l->ids.class >> 8 && (!word.len ||
		    str_find(l->device.driver, word) < l->device.driver.len ||
		    str_find(l->device.product, word) < l->device.product.len))
			return table[i].interface;
	}
	return 0;
}

static void
finish(struct reader *r, struct lspci *l)
{
	struct device *d = &l->device;

	if (!d->path.len)
		return;
	d->subsystem = STR("pci");
	if (l->has_device && !l->has_class) {
		l->without_class++;
	} else if (l->has_device) {
		if (!l->has_interface) {
			l->ids.class |= guess_interface(l);
			l->guessed++;
		}
		d->modalias = modalias_pci(r->machine->keep, l->ids);
	} else {
		l->without_ids++;
	}
	if (l->has_device)
		d->id = str_format(r->machine->keep, "%04x:%04x", l->ids.vendor, l->ids.device);
	machine_add(r->machine, *d);
	*d = (struct device){ 0 };
	l->ids = (struct pci_ids){ 0 };
	l->has_device = l->has_class = l->has_interface = false;
}

static void
notes(struct reader *r, const struct lspci *l)
{
	if (l->guessed)
		machine_note(r->machine, "lspci: the interface byte of %u devices is not in the input and was taken from "
		             "their kind; 'lspci -vmmnnk' has it", l->guessed);
	if (l->without_ids)
		machine_note(r->machine, "lspci: %u devices have no ids in the input and so no modalias; give "
		             "'lspci -vmmnnk'", l->without_ids);
	if (l->without_class)
		machine_note(r->machine, "lspci: %u devices have no class number in the input and so no modalias; give "
		             "'lspci -vmmnnk'", l->without_class);
}

static void
add_module(struct arena *keep, struct words *to, struct words from)
{
	struct words all = { NEW_ARRAY(keep, struct str, to->len + from.len + 1), 0 };

	for (size_t i = 0; i < to->len; i++)
		all.at[all.len++] = to->at[i];
	for (size_t i = 0; i < from.len; i++)
		all.at[all.len++] = from.at[i];
	*to = all;
}

static bool
is_slot(struct str s)
{
	return s.len >= 7 && s.at[s.len - 2] == '.' && s.at[s.len - 5] == ':';
}

/* One "Key:\tvalue" of -vmm. Old versions call the slot "Device", too. */
static bool
vmm_line(struct reader *r, struct lspci *l, struct str key, struct str value)
{
	struct arena *keep = r->machine->keep;
	struct device *d = &l->device;
	unsigned n = 0;
	struct str name;

	if (str_is(key, "Slot") || (str_is(key, "Device") && is_slot(value))) {
		finish(r, l);
		d->path = address(keep, value);
	} else if (str_is(key, "Class")) {
		l->has_class = named_id(value, &d->class, &n);
		l->ids.class |= n << 8;
	} else if (str_is(key, "Vendor")) {
		l->has_device = named_id(value, &d->vendor, &l->ids.vendor);
	} else if (str_is(key, "Device")) {
		l->has_device &= named_id(value, &d->product, &l->ids.device);
	} else if (str_is(key, "SVendor")) {
		named_id(value, &name, &l->ids.subvendor);
	} else if (str_is(key, "SDevice")) {
		named_id(value, &name, &l->ids.subdevice);
	} else if (str_is(key, "ProgIf")) {
		uint64_t i;

		if (!str_number(value, 16, &i) || i > 0xff)
			return false;
		l->ids.class |= (unsigned)i;
	} else if (str_is(key, "Driver")) {
		d->driver = value;
	} else if (str_is(key, "Module")) {
		add_module(keep, &d->modules, words_split(keep, value, ", "));
	}
	l->has_interface = true; /* left out by older versions where it is 0 */
	return true;
}

bool
read_lspci_vmm(struct reader *r)
{
	struct str rest = r->source->text, line;
	struct lspci l = { 0 };

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		struct str key = str_take(line, str_index(line, ':'));

		if (!str_trim(line).len)
			continue;
		if (key.len == line.len || !vmm_line(r, &l, key, str_trim(str_drop(line, key.len + 1)))) {
			diag_error(r->diag, r->source->name, n, "not a line of 'lspci -vmmnnk': wanted KEY:<tab>VALUE");
			return false;
		}
	}
	finish(r, &l);
	notes(r, &l);
	return true;
}

/* "8086:15d8" */
static bool
id_pair(struct str s, unsigned *a, unsigned *b)
{
	return s.len == 9 && s.at[4] == ':' && hex4(str_take(s, 4), a) && hex4(str_drop(s, 5), b);
}

/* The last "[8086:15d8]" of the text; *name gets what stands before it. */
static bool
last_pair(struct str text, struct str *name, unsigned *a, unsigned *b)
{
	while (text.len) {
		size_t n = str_rindex(text, '[');

		if (n == text.len)
			return false;
		if (text.len >= n + 11 && text.at[n + 10] == ']' && id_pair(str_take(str_drop(text, n + 1), 9), a, b)) {
			*name = str_trim(str_take(text, n));
			return true;
		}
		text = str_take(text, n);
	}
	return false;
}

/* "(prog-if 30 [XHCI])" of the -v forms */
static void
prog_if(struct lspci *l, struct str text)
{
	size_t n = str_find(text, STR("(prog-if "));
	uint64_t i;

	if (n < text.len && str_number(str_take(str_drop(text, n + 9), 2), 16, &i)) {
		l->ids.class |= (unsigned)i;
		l->has_interface = true;
	}
}

/* "00:1f.6 Ethernet controller [0200]: Intel Corporation ... [8086:15d8] (rev 21)"; -n: "00:1f.6 0200: 8086:15d8" */
static void
device_line(struct reader *r, struct lspci *l, struct str line)
{
	struct str slot = str_take(line, str_index(line, ' ')), text = str_drop(line, slot.len + 1);
	struct str class = str_take(text, str_find(text, STR(": "))), about = str_trim(str_drop(text, class.len + 1));
	unsigned n = 0;

	finish(r, l);
	l->device.path = address(r->machine->keep, slot);
	l->has_class = named_id(class, &l->device.class, &n);
	l->ids.class = n << 8;
	l->has_device = id_pair(str_take(about, 9), &l->ids.vendor, &l->ids.device) ||
	                last_pair(about, &l->device.product, &l->ids.vendor, &l->ids.device);
	if (!l->has_device)
		l->device.product = str_trim(str_take(about, str_find(about, STR(" (rev "))));
	prog_if(l, about);
}

static void
detail_line(struct reader *r, struct lspci *l, struct str line)
{
	struct arena *keep = r->machine->keep;
	struct str key = str_take(line, str_index(line, ':')), value = str_trim(str_drop(line, key.len + 1)), name;

	if (str_is(key, "Subsystem")) {
		if (!id_pair(value, &l->ids.subvendor, &l->ids.subdevice))
			last_pair(value, &name, &l->ids.subvendor, &l->ids.subdevice);
	} else if (str_is(key, "Kernel driver in use")) {
		l->device.driver = value;
	} else if (str_is(key, "Kernel modules")) {
		add_module(keep, &l->device.modules, words_split(keep, value, ", "));
	}
}

bool
read_lspci(struct reader *r)
{
	struct str rest = r->source->text, line;
	struct lspci l = { 0 };

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		if (!str_trim(line).len)
			continue;
		if (line.at[0] == '\t' || line.at[0] == ' ') {
			detail_line(r, &l, str_trim(line));
		} else if (is_slot(str_take(line, str_index(line, ' '))) && str_find(line, STR(": ")) < line.len) {
			device_line(r, &l, line);
		} else {
			diag_error(r->diag, r->source->name, n, "not a line of 'lspci -nnk': wanted SLOT CLASS [ID]: DEVICE [ID]");
			return false;
		}
	}
	finish(r, &l);
	notes(r, &l);
	return true;
}
