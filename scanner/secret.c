// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/secret.h"

#include <string.h>

#include "scanner/modalias.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Length of the run of hexadecimal digits at s[0]. */
static size_t
hex_run(struct str s)
{
	size_t n = 0;

	while (n < s.len && is_hex(s.at[n]))
		n++;
	return n;
}

/* "0000:00:14.0" */
static bool
is_pci_address(struct str s)
{
	return s.len == 12 && hex_run(s) == 4 && s.at[4] == ':' && hex_run(str_drop(s, 5)) == 2 && s.at[7] == ':' &&
	       hex_run(str_drop(s, 8)) == 2 && s.at[10] == '.';
}

/* What firmware has where nobody put a serial number. */
static bool
is_placeholder(struct str value)
{
	static const char *const words[] = { "localhost", "Unknown", "unknown", "Undefined", "Invalid", "INVALID",
		"NotSpecified", "Default string", "None" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_is(value, words[i]))
			return true;
	return false;
}

void
secret_add(struct secrets *s, struct str value)
{
	bool same = true;

	value = str_trim(value);
	for (size_t i = 1; i < value.len; i++)
		same = same && value.at[i] == value.at[0];
	if (value.len < 5 || same || is_pci_address(value) || is_placeholder(value))
		return;
	for (size_t i = 0; i < s->list.len; i++)
		if (str_eq(s->list.at[i], value))
			return;
	vec_push(s->keep, &s->list, str_copy(s->keep, value));
}

bool
secret_key(struct str key)
{
	static const char *const keys[] = {
		"ID_SERIAL_SHORT", "ID_USB_SERIAL_SHORT", "SCSI_IDENT_SERIAL", "ID_SCSI_SERIAL", "HID_UNIQ", "UNIQ",
		"ID_WWN", "ID_WWN_WITH_EXTENSION", "ID_NET_NAME_MAC", "ID_FS_UUID", "ID_PART_ENTRY_UUID",
		"ID_PART_TABLE_UUID", "DM_NAME", "DM_UUID", "DM_LV_NAME", "DM_VG_NAME", "MD_NAME",
		"MD_UUID", "MD_DEVNAME", "ID_DRIVE_SERIAL",
		/* sysfs attributes and members of facter.json */
		"serial", "serial_number", "uniq", "address", "permanent_address", "wwid", "wwpn", "wwnn", "unique_id",
		"uuid", "eui", "nguid", "port_name", "node_name", "product_serial", "board_serial", "chassis_serial",
		"product_uuid", "chassis_asset_tag", "board_asset_tag", "vpd_pg80", "cid", "csd", "perm_hwaddr", "hwaddr",
		"asset_tag", "hostname", "host_id",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

/* aa:bb:cc:dd:ee:ff and longer, one kind of separator. Returns its length at s[0]. */
static size_t
mac_length(struct str s)
{
	size_t n = 2, pairs = 1;

	if (s.len < 17 || hex_run(s) != 2 || !strchr(":-_", s.at[2]))
		return 0;
	while (s.len >= n + 3 && s.at[n] == s.at[2] && hex_run(str_drop(s, n + 1)) == 2) {
		n += 3;
		pairs++;
	}
	return pairs >= 6 ? n : 0;
}

/* 8-4-4-4-12 */
static size_t
uuid_length(struct str s)
{
	static const size_t group[] = { 8, 4, 4, 4, 12 };
	size_t n = 0;

	for (size_t i = 0; i < 5; i++) {
		if (i && (n >= s.len || s.at[n++] != '-'))
			return 0;
		if (hex_run(str_drop(s, n)) != group[i])
			return 0;
		n += group[i];
	}
	return n;
}

/* Twelve and more hexadecimal digits: a MAC without separators, a world wide name; not a device address "x.name". */
static size_t
number_length(struct str s)
{
	size_t n = hex_run(s), digits = 0;

	for (size_t i = 0; i < n; i++)
		digits += is_digit(s.at[i]);
	if (n < 12 || !digits || (n < s.len && (s.at[n] == '.' || is_alnum(s.at[n]))))
		return 0;
	return n;
}

static size_t
known_length(const struct secrets *known, struct str s, bool at_start)
{
	for (size_t i = 0; known && i < known->list.len; i++) {
		struct str k = known->list.at[i];

		/* a whole word, unless it is long enough to mean itself anywhere */
		if (str_starts(s, k) && (k.len >= 8 || (at_start && (k.len == s.len || !is_alnum(s.at[k.len])))))
			return k.len;
	}
	return 0;
}

/* Length of the secret that starts at text[i]; 0: none. */
static size_t
secret_length(const struct secrets *known, struct str text, size_t i, bool ids)
{
	struct str s = str_drop(text, i);
	bool start = i == 0 || !is_alnum(text.at[i - 1]);
	bool mac_name = i >= 3 && (memcmp(s.at - 3, "enx", 3) == 0 || memcmp(s.at - 3, "wlx", 3) == 0 ||
	                           memcmp(s.at - 3, "wwx", 3) == 0);
	size_t n = known_length(known, s, start);

	if (n)
		return n;
	if (mac_name && hex_run(s) == 12)
		return 12;
	if (!start && !(i && !is_hex(text.at[i - 1])))
		return 0;
	if (uuid_length(s))
		return ids ? 0 : uuid_length(s);
	if ((n = mac_length(s)))
		return n;
	return start || (i >= 2 && text.at[i - 1] == 'x' && text.at[i - 2] == '0') ? number_length(s) : 0;
}

static struct str
scrub_once(const struct secrets *known, struct arena *keep, struct str text, bool ids)
{
	char *out = NULL;
	size_t len = 0;

	for (size_t i = 0; i < text.len;) {
		size_t n = secret_length(known, text, i, ids), id = ids ? uuid_length(str_drop(text, i)) : 0;

		if (n && !out) {
			out = arena_bytes(keep, text.len + 1);
			memcpy(out, text.at, i);
			len = i;
		}
		if (n) {
			out[len++] = '*';
			i += n;
			continue;
		}
		id = id ? id : 1; /* a UUID that may stay is passed as a whole: its last group looks like a number */
		if (out)
			memcpy(out + len, text.at + i, id);
		len += id;
		i += id;
	}
	if (!out)
		return text;
	out[len] = '\0';
	return (struct str){ out, len };
}

/* Again until nothing changes: a "*" parts what was one word before. */
struct str
secret_scrub(const struct secrets *known, struct arena *keep, struct str text, bool ids)
{
	for (struct str next;; text = next) {
		next = scrub_once(known, keep, text, ids);
		if (next.len == text.len)
			return next;
	}
}

/* Buses whose UUIDs name a kind of device, not one device. */
static bool
ids_on(const struct device *d)
{
	static const char *const buses[] = { "wmi", "mei", "tee", "ishtp" };

	for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++)
		if (str_is(d->subsystem, buses[i]))
			return true;
	return str_find(d->path, STR("/wmi_bus/")) < d->path.len || str_find(d->path, STR("PNP0C14")) < d->path.len;
}

/* Whether the name is one the kernel or udev's slot scheme gives: "eth0", "enp3s0f1", "wlan0", "lo". */
static bool
is_kernel_net_name(struct str name)
{
	static const char *const prefix[] = { "eth", "wlan", "wwan", "usb", "ib", "can", "sit", "tunl", "dummy", "lo", "bond",
		"docker", "virbr", "vmnet", "ip6tnl", "gre", "gretap", "erspan", "ip_vti", "ip6_vti", "ip6gre", "ppp", "wg",
		"tun", "tap", "veth", "br" };
	struct str rest;

	if (name.len > 3 && strchr("ews", name.at[0]) && strchr("nlw", name.at[1])) { /* en, wl, ww, sl: slot names */
		rest = str_drop(name, 2);
		if (strchr("opsb", rest.at[0]) && rest.len > 1 && is_digit(rest.at[1])) {
			for (size_t i = 1; i < rest.len; i++)
				if (!is_digit(rest.at[i]) && !strchr("pfsdnuciv", rest.at[i]))
					return false;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(prefix) / sizeof(*prefix); i++) {
		size_t n = strlen(prefix[i]);

		if (str_starts(name, str_from(prefix[i]))) {
			for (; n < name.len && is_digit(name.at[n]); n++)
				;
			if (n == name.len)
				return true;
		}
	}
	return false;
}

void
secret_add_interface(struct secrets *s, struct str name)
{
	if (!is_kernel_net_name(name))
		secret_add(s, name);
}

/*
 * The path without names that people choose: network interfaces (".../net/NAME..."), md arrays ("md_NAME"). A
 * name that is replaced keeps what kind it was by its place.
 */
static struct str
without_chosen_names(struct arena *keep, struct str path)
{
	struct str rest = path, part, before = STR("");
	char *out = arena_bytes(keep, path.len * 2 + 2);
	size_t len = 0;

	while (str_next_part(&rest, '/', &part)) {
		struct str shown = part;

		if (str_is(before, "net") && !is_kernel_net_name(part))
			shown = STR("*");
		else if (str_is(before, "block") && str_starts(part, STR("md_")))
			shown = STR("md_*");
		if (part.at != path.at)
			out[len++] = '/';
		memcpy(out + len, shown.at, shown.len);
		len += shown.len;
		before = part;
	}
	out[len] = '\0';
	return (struct str){ out, len };
}

static bool
is_bluetooth(const struct device *d)
{
	return str_is(d->subsystem, "bluetooth") || str_starts(d->modalias, STR("hid:b0005")) ||
	       str_starts(d->modalias, STR("input:b0005")) || str_find(d->path, STR("/bluetooth/")) < d->path.len ||
	       str_find(d->path, STR("/0005:")) < d->path.len;
}

/* A secret may reach over fields; what is left must be fields again. */
static struct str
clean_dmi(const struct secrets *s, struct arena *keep, struct str alias)
{
	for (struct str next;; alias = next) {
		next = modalias_dmi(keep, secret_scrub(s, keep, alias, false));
		if (next.len == alias.len)
			return next;
	}
}

static void
clean(const struct secrets *s, struct arena *keep, struct device *d)
{
	bool ids = ids_on(d);

	d->path = secret_scrub(s, keep, d->path, ids);
	if (str_find(d->path, STR("/net/")) < d->path.len || str_find(d->path, STR("/md_")) < d->path.len)
		d->path = without_chosen_names(keep, d->path);
	if (str_is(d->subsystem, "net") && !str_has(d->path, '/') && !is_kernel_net_name(d->path))
		d->path = STR("");
	if (is_bluetooth(d) || str_is(d->subsystem, "net"))
		d->name = d->product = d->vendor = STR("");
	d->name = secret_scrub(s, keep, d->name, ids);
	d->vendor = secret_scrub(s, keep, d->vendor, false);
	d->product = secret_scrub(s, keep, d->product, false);
	d->class = secret_scrub(s, keep, d->class, false);
	if (str_starts(d->modalias, STR("dmi:")))
		d->modalias = clean_dmi(s, keep, d->modalias);
}

void
secret_clean(const struct secrets *s, struct machine *m)
{
	for (size_t i = 0; i < m->devices.len; i++)
		clean(s, m->keep, &m->devices.at[i]);
	for (size_t i = 0; i < m->notes.len; i++)
		m->notes.at[i] = secret_scrub(s, m->keep, m->notes.at[i], false);
}
