// SPDX-License-Identifier: GPL-2.0-or-later
/* libpci's names for vendors, devices and classes, by the ids the kernel shows. */
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scanner/live.h"

static _Thread_local jmp_buf failed;

/* libpci's own handler ends the process. */
static void __attribute__((noreturn, format(printf, 1, 2)))
on_error(char *format, ...)
{
	(void)format;
	longjmp(failed, 1);
}

static void __attribute__((format(printf, 1, 2)))
ignore(char *format, ...)
{
	(void)format;
}

static unsigned
hex_after(struct str modalias, const char *key, size_t digits)
{
	size_t n = str_find(modalias, str_from(key));
	uint64_t value = 0;

	str_number(str_take(str_drop(modalias, n + strlen(key)), digits), 16, &value);
	return (unsigned)value;
}

static struct str
looked_up(struct pci_access *a, struct arena *keep, int flags, unsigned first, unsigned second)
{
	char buf[256];

	if (!pci_lookup_name(a, buf, sizeof(buf), flags | PCI_LOOKUP_NO_NUMBERS, first, second))
		return STR("");
	return tidy(keep, str_from(buf));
}

static void
name(struct pci_access *a, struct arena *keep, struct device *d)
{
	unsigned vendor = hex_after(d->modalias, "pci:v", 8), device = hex_after(d->modalias, "d", 8);
	unsigned class = hex_after(d->modalias, "bc", 2) << 8 | hex_after(d->modalias, "sc", 2);

	d->vendor = looked_up(a, keep, PCI_LOOKUP_VENDOR, vendor, 0);
	d->product = looked_up(a, keep, PCI_LOOKUP_DEVICE, vendor, device);
	d->class = looked_up(a, keep, PCI_LOOKUP_CLASS, class, 0);
}

void
scan_names(struct scan *s)
{
	struct pci_access *volatile a = pci_alloc();

	a->error = on_error;
	a->warning = a->debug = ignore; /* pci_init would set them, but it looks for a bus, too */
	if (setjmp(failed))
		machine_note(s->machine, "libpci has no names to give");
	else
		for (size_t i = 0; i < s->machine->devices.len; i++)
			if (str_starts(s->machine->devices.at[i].modalias, STR("pci:v")))
				name(a, s->machine->keep, &s->machine->devices.at[i]);
	pci_cleanup(a);
}
