// SPDX-License-Identifier: GPL-2.0-or-later
/* What the readers and the live scan share: adding to a machine. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "scanner/modalias.h"
#include "scanner/reader.h"

struct str
tidy(struct arena *keep, struct str s)
{
	json_t *j = json_str(str_trim(s)); /* replaces what is no UTF-8 */
	char *p = str_c(keep, (struct str){ json_string_value(j), json_string_length(j) });
	size_t len = json_string_length(j);

	json_decref(j);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	return str_trim((struct str){ p, len });
}

struct str
tidy_module(struct arena *keep, struct str name)
{
	struct str copy = tidy(keep, name);
	char *p = str_c(keep, copy);

	for (size_t i = 0; i < copy.len; i++)
		if (p[i] == '-')
			p[i] = '_';
	return (struct str){ p, copy.len };
}

struct words
words_sorted(struct arena *keep, struct words w)
{
	struct str *at = NEW_ARRAY(keep, struct str, w.len + 1);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < w.len; i++) {
		at[n] = tidy(keep, w.at[i]);
		n += at[n].len > 0;
	}
	qsort(at, n, sizeof(*at), str_qsort);
	for (size_t i = 0; i < n; i++)
		if (!kept || !str_eq(at[kept - 1], at[i]))
			at[kept++] = at[i];
	return (struct words){ at, kept };
}

struct words
words_split(struct arena *keep, struct str text, const char *separators)
{
	VEC(struct str) list = { 0 };

	while (text.len) {
		size_t n = 0;

		while (n < text.len && !strchr(separators, text.at[n]))
			n++;
		if (n)
			vec_push(keep, &list, str_take(text, n));
		text = str_drop(text, n + 1);
	}
	return (struct words){ list.at, list.len };
}

void
machine_note(struct machine *m, const char *format, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	vec_push(m->keep, &m->notes, tidy(m->keep, str_from(line)));
}

struct str
usb_product_id(struct arena *keep, struct str product)
{
	struct str vendor, device;
	uint64_t v, d;

	if (!str_next_part(&product, '/', &vendor) || !str_next_part(&product, '/', &device) ||
	    !str_number(vendor, 16, &v) || !str_number(device, 16, &d) || v > 0xffff || d > 0xffff)
		return STR("");
	return str_format(keep, "%04x:%04x", (unsigned)v, (unsigned)d);
}

/*
 * A module that is only said to fit is the driver's own when they have one name; another module may have been
 * passed over (nvidia bound where only nouveau is listed).
 */
static struct str
own_module(struct arena *keep, const struct device *d)
{
	struct str driver = tidy_module(keep, d->driver);

	for (size_t i = 0; driver.len && i < d->modules.len; i++)
		if (str_eq(d->modules.at[i], driver))
			return driver;
	return STR("");
}

void
machine_add(struct machine *m, struct device d)
{
	struct str *field[] = { &d.path, &d.subsystem, &d.driver, &d.id, &d.name, &d.vendor, &d.product, &d.class };
	struct arena *keep = m->keep;

	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		*field[i] = tidy(keep, *field[i]);
	d.modalias = modalias_normal(keep, tidy(keep, d.modalias));
	if (d.modalias.len && !modalias_valid(d.modalias)) {
		machine_note(m, "%.*s: its modalias is none, and was left out", STR_ARG(str_take(d.path.len ? d.path :
		             d.subsystem, 200)));
		d.modalias = STR("");
	}
	d.module = tidy_module(keep, d.module);
	for (size_t i = 0; i < d.modules.len; i++)
		d.modules.at[i] = tidy_module(keep, d.modules.at[i]);
	d.modules = words_sorted(keep, d.modules);
	for (size_t i = 0; i < d.also.len; i++)
		d.also.at[i] = modalias_normal(keep, tidy(keep, d.also.at[i]));
	d.also = words_sorted(keep, d.also);
	if (!d.module.len)
		d.module = own_module(keep, &d);
	if (!d.id.len)
		d.id = modalias_id(keep, d.modalias);
	if (!d.subsystem.len)
		d.subsystem = modalias_subsystem(d.modalias);
	if (!d.count)
		d.count = 1;
	d.parent = -1;
	vec_push(keep, &m->devices, d);
}

struct str
dm_kind(struct str uuid)
{
	static const struct { const char *prefix, *kind; } kinds[] = {
		{ "CRYPT-VERITY", "dm-verity" }, { "CRYPT-INTEGRITY", "dm-integrity" }, { "CRYPT-", "dm-crypt" }, { "LVM-", "lvm" },
		{ "mpath-", "dm-mpath" }, { "DMRAID-", "dm-raid" }, { "part", "partition" }, { "VDO-", "dm-vdo" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_starts(uuid, str_from(kinds[i].prefix)))
			return str_from(kinds[i].kind);
	return STR("dm");
}

struct str
block_shown(struct str name)
{
	return str_starts(name, STR("md_")) ? STR("md_*") : name;
}
