// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/modalias.h"

#include <string.h>

enum { MODALIAS_MAX = 16384 };

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool
is_type_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool
modalias_valid(struct str s)
{
	size_t n = str_index(s, ':');

	if (!n || n == s.len || s.len > MODALIAS_MAX || str_trim(s).len != s.len)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_type_char(s.at[i]))
			return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < ' ' || s.at[i] > '~')
			return false;
	return true;
}

struct str
modalias_subsystem(struct str s)
{
	static const struct { const char *type, *subsystem; } other[] = {
		{ "of", "platform" }, { "x86cpu", "cpu" }, { "ieee1394", "firewire" }, { "mdio", "mdio_bus" },
		{ "sdw", "soundwire" }, { "tbsvc", "thunderbolt" }, { "ssam", "surface_aggregator" },
	};
	struct str type = str_take(s, str_index(s, ':'));

	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (str_is(type, other[i].type))
			return str_from(other[i].subsystem);
	return type;
}

/* Takes `key` and exactly `digits` hexadecimal digits off the front; *out gets the digits. */
static bool
field(struct str *rest, const char *key, size_t digits, struct str *out)
{
	struct str k = str_from(key), value;

	if (!str_starts(*rest, k))
		return false;
	value = str_take(str_drop(*rest, k.len), digits);
	if (value.len != digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		if (!is_hex(value.at[i]))
			return false;
	*rest = str_drop(*rest, k.len + digits);
	*out = value;
	return true;
}

struct layout { const char *key; size_t digits; };

static const struct layout pci_layout[] = {
	{ "v", 8 }, { "d", 8 }, { "sv", 8 }, { "sd", 8 }, { "bc", 2 }, { "sc", 2 }, { "i", 2 }, { 0 },
};
static const struct layout usb_layout[] = {
	{ "v", 4 }, { "p", 4 }, { "d", 4 }, { "dc", 2 }, { "dsc", 2 }, { "dp", 2 }, { "ic", 2 }, { "isc", 2 },
	{ "ip", 2 }, { "in", 2 }, { 0 },
};

static char
upper(char c)
{
	return c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
}

/* Prints the modalias anew by its layout; digits in upper case, a missing last field as zero. */
static struct str
relaid(struct arena *keep, struct str s, const struct layout *layout)
{
	struct str rest = str_drop(s, str_index(s, ':') + 1), value;
	char *out = arena_bytes(keep, s.len + 8);
	size_t len = s.len - rest.len;

	memcpy(out, s.at, len);
	for (; layout->key; layout++) {
		size_t key = strlen(layout->key);

		if (!field(&rest, layout->key, layout->digits, &value)) {
			if (rest.len || layout[1].key)
				return s;
			value = STR("00");
		}
		memcpy(out + len, layout->key, key);
		len += key;
		for (size_t i = 0; i < value.len; i++)
			out[len++] = upper(value.at[i]);
	}
	out[len] = '\0';
	return rest.len ? s : (struct str){ out, len };
}

static struct str
hid_normal(struct arena *keep, struct str s)
{
	struct str rest = str_drop(s, 4), bus, vendor, product;

	if (!field(&rest, "b", 4, &bus) || !field(&rest, "v", 8, &vendor) || !field(&rest, "p", 8, &product) || rest.len)
		return s;
	return str_format(keep, "hid:b%.*sg0001v%.*sp%.*s", STR_ARG(bus), STR_ARG(vendor), STR_ARG(product));
}

static struct str
cpu_normal(struct arena *keep, struct str s)
{
	struct str rest = str_drop(s, strlen("x86cpu:")), vendor, family, model;

	if (!field(&rest, "vendor:", 4, &vendor) || !field(&rest, ":family:", 4, &family) ||
	    !field(&rest, ":model:", 4, &model) || !str_starts(rest, STR(":feature:")))
		return s;
	return str_format(keep, "cpu:type:x86,ven%.*sfam%.*smod%.*s%.*s", STR_ARG(vendor), STR_ARG(family),
	                  STR_ARG(model), STR_ARG(rest));
}

/* "mei:NAME:UUID:" has no version; "mei:NAME:UUID:01:" has. */
static struct str
mei_normal(struct arena *keep, struct str s)
{
	struct str rest = s, part;
	size_t parts = 0;

	while (str_next_part(&rest, ':', &part))
		parts++;
	return parts == 4 && str_ends(s, STR(":")) && s.len < 256 ? str_format(keep, "%.*s01:", STR_ARG(s)) : s;
}

/* A device tree node without a type. Both spellings have one length. */
static struct str
of_normal(struct arena *keep, struct str s)
{
	char *copy = str_c(keep, s);

	for (char *p = copy; (p = strstr(p, "T<NULL>"));)
		memcpy(p, "T(null)", strlen("T(null)"));
	return (struct str){ copy, s.len };
}

struct str
modalias_normal(struct arena *keep, struct str s)
{
	if (str_starts(s, STR("pci:")))
		return relaid(keep, s, pci_layout);
	if (str_starts(s, STR("usb:")))
		return relaid(keep, s, usb_layout);
	if (str_starts(s, STR("hid:")))
		return hid_normal(keep, s);
	if (str_starts(s, STR("x86cpu:")))
		return cpu_normal(keep, s);
	if (str_starts(s, STR("mei:")))
		return mei_normal(keep, s);
	if (str_starts(s, STR("of:")))
		return of_normal(keep, s);
	if (str_starts(s, STR("dmi:")))
		return modalias_dmi(keep, s);
	return s;
}

struct str
modalias_id(struct arena *keep, struct str s)
{
	struct str rest = str_drop(s, 4), a, b;
	char id[10];

	if (str_starts(s, STR("pci:")) && field(&rest, "v", 8, &a) && field(&rest, "d", 8, &b)) {
		a = str_drop(a, 4);
		b = str_drop(b, 4);
	} else if (!(str_starts(s, STR("usb:")) && field(&rest, "v", 4, &a) && field(&rest, "p", 4, &b))) {
		return STR("");
	}
	for (size_t i = 0; i < 4; i++) {
		id[i] = (char)(a.at[i] | 0x20); /* lower case; digits have the bit already */
		id[i + 5] = (char)(b.at[i] | 0x20);
	}
	id[4] = ':';
	return str_copy(keep, (struct str){ id, 9 });
}

struct str
modalias_pci(struct arena *keep, struct pci_ids p)
{
	return str_format(keep, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", p.vendor, p.device, p.subvendor,
	                  p.subdevice, p.class >> 16 & 0xff, p.class >> 8 & 0xff, p.class & 0xff);
}

struct str
modalias_dmi(struct arena *keep, struct str s)
{
	static const char *const known[] = { "bvn", "bvr", "bd", "br", "efr", "svn", "pn", "pvr", "rvn", "rn", "rvr",
		"cvn", "ct", "cvr" };
	struct str rest = str_drop(s, 4), part;
	char *out = arena_bytes(keep, s.len + 2);
	size_t len = 4;

	memcpy(out, "dmi:", 4);
	while (str_next_part(&rest, ':', &part))
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (str_starts(part, str_from(known[i]))) {
				memcpy(out + len, part.at, part.len);
				len += part.len;
				out[len++] = ':';
				break;
			}
	out[len] = '\0';
	return (struct str){ out, len };
}
