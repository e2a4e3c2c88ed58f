// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A lexer and just enough of a reader for C: initializers of driver structures, string macros, local includes.
 *
 * Types and where sysfs puts their drivers come from the kernel's bus_type definitions (git grep 'struct bus_type').
 */
#include "modalias/csource.h"

#include <string.h>

enum token_kind { T_END, T_NAME, T_STRING, T_PUNCT, T_OTHER };

struct token {
	enum token_kind kind;
	struct str text;              /* of a string: without its quotes */
};

/* A macro that makes a driver called as one of its arguments: ".name = #vendor". */
struct namer {
	struct str macro;
	size_t argument;
	struct str bus;
};

struct lexer {
	struct str rest;
	const char *begin;            /* of the file, for lines */
	const char *counted;          /* lines are counted up to here */
	unsigned line;
	struct arena *keep;
	struct facts *facts;          /* NULL: directives are not looked at */
	VEC(struct namer) namers;
};

static void note_namer(struct lexer *, struct str name, struct str line);

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

enum { NAME = 1, BLANK, SPECIAL };

#define LETTERS(a) [a] = NAME, [a + 1] = NAME, [a + 2] = NAME, [a + 3] = NAME, [a + 4] = NAME
#define ALPHABET(a) LETTERS(a), LETTERS(a + 5), LETTERS(a + 10), LETTERS(a + 15), LETTERS(a + 20), [a + 25] = NAME

/* A backslash joins lines. SPECIAL: what more than a token may begin with, and the dot. */
static const unsigned char kind_of[256] = {
	ALPHABET('a'), ALPHABET('A'), LETTERS('0'), LETTERS('5'), ['_'] = NAME,
	[' '] = BLANK, ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK, ['\f'] = BLANK, ['\\'] = BLANK,
	['.'] = SPECIAL, ['/'] = SPECIAL, ['#'] = SPECIAL, ['"'] = SPECIAL, ['\''] = SPECIAL,
};

static bool
is_name(char c)
{
	return kind_of[(unsigned char)c] == NAME;
}

static bool
is_blank(char c)
{
	return kind_of[(unsigned char)c] == BLANK;
}

static struct str
take_name(struct str *rest)
{
	const char *p = rest->at, *end = p + rest->len;
	struct str name;

	while (p < end && is_name(*p))
		p++;
	name = (struct str){ rest->at, (size_t)(p - rest->at) };
	*rest = (struct str){ p, (size_t)(end - p) };
	return name;
}

/* After the opening quote: the text up to the closing one, which is taken too. */
static struct str
take_quoted(struct str *rest, char quote)
{
	size_t n = 0;
	struct str s;

	while (n < rest->len && rest->at[n] != quote && rest->at[n] != '\n')
		n += rest->at[n] == '\\' ? 2 : 1;
	n = n < rest->len ? n : rest->len;
	s = str_take(*rest, n);
	*rest = str_drop(*rest, n + 1);
	return s;
}

/* A comment at the front is taken away. */
static bool
skip_comment(struct str *rest)
{
	if (rest->len < 2 || (rest->at[1] != '*' && rest->at[1] != '/'))
		return false;
	if (str_starts(*rest, STR("/*"))) {
		struct str behind = str_drop(*rest, 2);

		*rest = str_drop(behind, str_find(behind, STR("*/")) + 2);
		return true;
	}
	if (str_starts(*rest, STR("//"))) {
		*rest = str_drop(*rest, str_index(*rest, '\n'));
		return true;
	}
	return false;
}

/* A directive with its continuation lines. */
static struct str
take_directive(struct str *rest)
{
	const char *p = rest->at, *end = p + rest->len;
	struct str s;

	while ((p = memchr(p, '\n', (size_t)(end - p))) && p > rest->at && p[-1] == '\\')
		p++;
	s = str_take(*rest, (size_t)((p ? p : end) - rest->at));
	*rest = str_drop(*rest, s.len);
	return s;
}

/* Is the expression made of strings and names only? Others are never a driver's name. */
static bool
may_be_string(struct str s)
{
	struct str word;

	s = str_trim(s);
	if (!s.len || s.len > 200)
		return false;
	if (s.at[0] == '"')
		return true;
	word = take_name(&s);
	return word.len && !is_digit(word.at[0]) && (!s.len || str_has(s, '"') || str_starts(s, STR(" ")));
}

static void
directive(struct lexer *l, struct str line)
{
	struct str word, name;

	line = str_trim(str_drop(line, 1));
	word = take_name(&line);
	line = str_trim(line);
	if (str_is(word, "include") && line.len && (line.at[0] == '"' || line.at[0] == '<')) {
		struct str kind = str_take(line, 1), path;

		line = str_drop(line, 1);
		path = take_quoted(&line, kind.at[0] == '<' ? '>' : '"');
		vec_push(l->keep, &l->facts->includes, str_format(l->keep, "%c%.*s", kind.at[0], STR_ARG(path)));
	} else if (str_is(word, "define")) {
		name = take_name(&line);
		if (name.len && line.len && line.at[0] == '(')
			note_namer(l, name, line);
		if (str_starts(str_trim(line), STR("\\\n"))) /* the text stands on the next line */
			line = str_drop(str_trim(line), 1);
		if (name.len && line.len && (line.at[0] == ' ' || line.at[0] == '\t' || line.at[0] == '\n') && may_be_string(line)) {
			struct define d = { str_copy(l->keep, name), str_copy(l->keep, str_trim(line)) };

			vec_push(l->keep, &l->facts->defines, d);
		}
	}
}

/* Takes blanks, comments and directives away. */
static void
skip(struct lexer *l)
{
	for (;;) {
		const char *p = l->rest.at, *end = p + l->rest.len;

		while (p < end && is_blank(*p))
			p++;
		l->rest = (struct str){ p, (size_t)(end - p) };
		if (p == end)
			return;
		if (*p == '#' && l->facts)
			directive(l, take_directive(&l->rest));
		else if (*p != '/' || !skip_comment(&l->rest))
			return;
	}
}

static struct token
next(struct lexer *l)
{
	struct token t = { T_END, { 0 } };
	char c;

	skip(l);
	if (!l->rest.len)
		return t;
	c = l->rest.at[0];
	if (c == '"' || c == '\'') {
		l->rest = str_drop(l->rest, 1);
		t.text = take_quoted(&l->rest, c);
		t.kind = c == '"' ? T_STRING : T_OTHER;
	} else if (is_name(c)) {
		t.text = take_name(&l->rest);
		t.kind = is_digit(c) ? T_OTHER : T_NAME;
	} else {
		t = (struct token){ T_PUNCT, { l->rest.at, 1 } };
		l->rest = (struct str){ l->rest.at + 1, l->rest.len - 1 };
	}
	return t;
}

static bool
is_text(struct token t, const char *what, size_t len)
{
	return t.text.len == len && (t.kind == T_PUNCT || t.kind == T_NAME) && memcmp(t.text.at, what, len) == 0;
}

#define is(token, literal) is_text(token, literal, sizeof(literal) - 1)

static unsigned
line_of(struct lexer *l, const char *at)
{
	const char *end;

	for (; (end = memchr(l->counted, '\n', (size_t)(at - l->counted))); l->counted = end + 1)
		l->line++;
	return l->line;
}

/* Structures that embed a struct device_driver, by the bus they register with; NULL: no device driver at all. */
static const struct { const char *type, *bus; } types[] = {
	{ "acpi_driver", "acpi" }, { "agp_bridge_driver", NULL }, { "amba_driver", "amba" }, { "apr_driver", "aprbus" },
	{ "auxiliary_driver", "auxiliary" }, { "axg_tdm_formatter_driver", NULL }, { "bcma_driver", "bcma" },
	{ "cdx_driver", "cdx" }, { "comedi_driver", NULL }, { "coreboot_driver", "coreboot" },
	{ "cpufreq_driver", NULL }, { "cpuidle_driver", NULL }, { "cxl_driver", "cxl" }, { "dax_device_driver", "dax" },
	{ "device_driver", "" }, { "dfl_driver", "dfl" }, { "drm_driver", NULL }, { "eisa_driver", "eisa" },
	{ "ffa_driver", "arm_ffa" }, { "fsl_mc_driver", "fsl-mc" }, { "fw_driver", "firewire" },
	{ "gameport_driver", "gameport" }, { "gbphy_driver", "gbphy" }, { "hc_driver", NULL },
	{ "hda_codec_driver", "hdaudio" }, { "hdac_driver", "hdaudio" }, { "hid_driver", "hid" },
	{ "hid_ll_driver", NULL }, { "hv_driver", "vmbus" }, { "i2c_driver", "i2c" }, { "i3c_driver", "i3c" },
	{ "idxd_device_driver", "dsa" }, { "intel_gtt_driver", NULL }, { "ishtp_cl_driver", "ishtp" },
	{ "isa_driver", "isa" }, { "mdev_driver", "mdev" }, { "mdio_driver", "mdio_bus" }, { "mei_cl_driver", "mei" },
	{ "memstick_driver", "memstick" }, { "mhi_driver", "mhi" }, { "mipi_dsi_driver", "mipi-dsi" },
	{ "mlxsw_driver", NULL }, { "mmc_driver", "mmc" }, { "mtd_chip_driver", NULL }, { "nd_device_driver", "nd" },
	{ "parport_driver", "parport" }, { "pci_driver", "pci" }, { "pci_epf_driver", "pci-epf" },
	{ "pcie_port_service_driver", "pci_express" }, { "pcmcia_driver", "pcmcia" }, { "phy_driver", "mdio_bus" },
	{ "platform_driver", "platform" }, { "pnp_card_driver", "pnp" }, { "pnp_driver", "pnp" },
	{ "rmi_driver", "rmi4" }, { "rmi_function_handler", "rmi4" }, { "rpmsg_driver", "rpmsg" }, { "saa7146_extension", "pci" },
	{ "scmi_driver", "scmi_protocol" }, { "scsi_driver", "scsi" }, { "sdio_driver", "sdio" },
	{ "sdw_driver", "soundwire" }, { "serdev_device_driver", "serial" }, { "serio_driver", "serio" },
	{ "slim_driver", "slimbus" }, { "snd_soc_component_driver", NULL }, { "snd_soc_dai_driver", NULL },
	{ "spi_driver", "spi" }, { "spi_mem_driver", "spi" }, { "spmi_driver", "spmi" }, { "ssb_driver", "ssb" },
	{ "ssam_device_driver", "surface_aggregator" }, { "tb_service_driver", "thunderbolt" },
	{ "tee_client_driver", "tee" }, { "tty_driver", NULL }, { "typec_altmode_driver", "typec" },
	{ "uart_driver", NULL }, { "ulpi_driver", "ulpi" }, { "usb_class_driver", NULL },
	{ "usb_composite_driver", NULL }, { "usb_device_driver", "usb" }, { "usb_driver", "usb" },
	{ "usb_gadget_driver", "gadget" }, { "usb_serial_driver", "usb-serial" }, { "usbatm_driver", NULL },
	{ "vchiq_driver", "vchiq-bus" }, { "virtio_driver", "virtio" }, { "wmi_driver", "wmi" },
	{ "xenbus_driver", "xen" },
};

/* The bus of a structure's type; false: no driver. */
static bool
bus_of(struct str type, struct str *bus)
{
	if (!str_ends(type, STR("_driver")) && !str_is(type, "rmi_function_handler") && !str_is(type, "saa7146_extension"))
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (str_is(type, types[i].type)) {
			*bus = str_from(types[i].bus ? types[i].bus : "");
			return types[i].bus != NULL;
		}
	*bus = STR(""); /* a structure of the driver's own around one of those, or a bus not listed here */
	return true;
}

/* ---- macros that name a driver after an argument ---- */

static const struct namer *
find_namer(const struct lexer *l, struct token t)
{
	for (size_t i = 0; t.kind == T_NAME && i < l->namers.len; i++)
		if (str_eq(l->namers.at[i].macro, t.text))
			return &l->namers.at[i];
	return NULL;
}

/* After a name: the n-th of the arguments in parentheses; empty: there are none, or not so many. */
static struct str
argument(struct lexer *l, size_t n)
{
	struct str found = { 0 };
	int parens = 0;
	const char *begin;

	if (!is(next(l), "("))
		return found;
	begin = l->rest.at;
	for (size_t i = 0;;) {
		const char *end;
		struct token t = next(l);

		if (t.kind == T_END)
			return (struct str){ 0 };
		end = t.text.at;
		if (!parens && (is(t, ",") || is(t, ")"))) {
			if (i++ == n)
				found = str_trim(str_span(begin, end));
			begin = l->rest.at;
		}
		if (is(t, ")") && parens-- == 0)
			return found;
		parens += is(t, "(") ? 1 : 0;
	}
}

/* Which of its parameters the body makes a driver's name of, itself or by another such macro; empty: none. */
static struct str
named_after(struct lexer *l, struct str body, struct str *bus)
{
	struct lexer in = { .rest = body };
	struct token t, before = { T_END, { 0 } };

	*bus = (struct str){ 0 };
	for (; (t = next(&in)).kind != T_END; before = t) {
		const struct namer *other = find_namer(l, t);

		if (other) {
			*bus = other->bus;
			return argument(&in, other->argument);
		}
		if (t.kind == T_NAME && is(before, "struct"))
			bus_of(t.text, bus);
		else if (bus->at && is(t, "name") && is(before, ".") && is(next(&in), "=") && is(next(&in), "#"))
			return next(&in).text;
	}
	return (struct str){ 0 };
}

static void
note_namer(struct lexer *l, struct str name, struct str line)
{
	struct lexer params = { .rest = line };
	struct str body = str_drop(line, str_index(line, ')')), bus, wanted, param;

	if (!l->namers.len && !memmem(body.at, body.len, ".name", 5))
		return;
	wanted = named_after(l, body, &bus);
	for (size_t i = 0; wanted.len; i++) {
		struct lexer again = params;

		param = argument(&again, i);
		if (!param.len)
			return;
		if (str_eq(param, wanted)) {
			vec_push(l->keep, &l->namers, ((struct namer){ name, i, bus }));
			return;
		}
	}
}

/* "&cpu_subsys", "pci_bus_type" -> "cpu", "pci": the bus that a plain struct device_driver names. */
static struct str
bus_of_variable(struct str s)
{
	struct str name;

	s = str_trim(s);
	if (s.len && s.at[0] == '&')
		s = str_drop(s, 1);
	name = take_name(&s);
	if (str_ends(name, STR("_subsys")))
		return str_take(name, name.len - 7);
	return str_ends(name, STR("_bus_type")) ? str_take(name, name.len - 9) : STR("");
}

enum { DEPTH = 12 };

/* Reading one initializer. */
struct init {
	struct str name[DEPTH];       /* the designator by which each open brace was entered */
	int depth;                    /* 0: the initializer's own brace */
	struct str path[DEPTH];       /* the current designator, ".driver.name" */
	int parts;
	bool array;                   /* of structures: their braces have no designator */
	size_t first;                 /* claims from here on are this initializer's */
};

/* Is it the driver's name: ".name" of the structure itself or of the device_driver inside? */
static bool
names_driver(const struct init *in)
{
	static const char *const holder[] = { "driver", "drv", "gendrv" };
	struct str above = { 0 };
	size_t n = 0;

	if (!in->parts || !str_is(in->path[in->parts - 1], "name"))
		return false;
	if (in->parts > 1) {
		above = in->path[in->parts - 2];
		n = 1;
	} else if (in->depth - in->array > 0) {
		above = in->name[in->depth];
		n = 1;
	}
	for (size_t i = 0; n && i < sizeof(holder) / sizeof(*holder); i++)
		if (str_is(above, holder[i]))
			return true;
	return !n;
}

/* The expression up to the comma or brace that ends it; that is not taken. */
static struct str
take_value(struct lexer *l)
{
	const char *begin = l->rest.at;
	int parens = 0;

	for (;;) {
		struct lexer before = *l;
		struct token t = next(l);

		if (t.kind == T_END || (parens <= 0 && (is(t, ",") || is(t, "}") || is(t, "{") || is(t, ";")))) {
			*l = before;
			return str_trim((struct str){ begin, (size_t)(l->rest.at - begin) });
		}
		parens += is(t, "(") ? 1 : is(t, ")") ? -1 : 0;
	}
}

static void
claim(struct lexer *l, struct str bus, struct str value, const char *at)
{
	struct claim c = { bus, str_copy(l->keep, str_take(value, 200)), line_of(l, at) };

	if (value.len)
		vec_push(l->keep, &l->facts->claims, c);
}

static void
claim_argument(struct lexer *l, const struct namer *n, const char *at)
{
	struct str name = argument(l, n->argument);

	if (name.len)
		claim(l, n->bus, str_format(l->keep, "\"%.*s\"", STR_ARG(name)), at);
}

/* One ".a.b = value" of a driver's initializer. */
static void
designator(struct lexer *l, struct init *in, struct str *bus)
{
	struct str value;
	struct token t;

	in->parts = 0;
	do {
		t = next(l);
		if (t.kind == T_NAME && in->parts < DEPTH)
			in->path[in->parts++] = t.text;
		t = next(l);
	} while (is(t, "."));
	if (!is(t, "="))
		return;
	value = take_value(l);
	if (value.len && names_driver(in))
		claim(l, *bus, value, value.at);
	if (value.len && in->parts && str_is(in->path[in->parts - 1], "bus") && !bus->len) {
		*bus = str_copy(l->keep, bus_of_variable(value));
		for (size_t i = in->first; i < l->facts->claims.len; i++)
			l->facts->claims.at[i].bus = *bus;
	}
}

/* In an array: MACRO(ID, "TI DP83822"), which becomes one of the structures and names it. */
static void
macro(struct lexer *l, struct str bus)
{
	struct lexer before = *l;
	int parens = 0;

	do {
		struct token t = next(l);

		parens += is(t, "(") ? 1 : is(t, ")") ? -1 : 0;
		if (t.kind == T_END || !parens) {
			*l = before;
			return;
		}
		if (t.kind == T_STRING) {
			claim(l, bus, (struct str){ t.text.at - 1, t.text.len + 2 }, t.text.at);
			return;
		}
	} while (parens);
}

/* After the opening brace. */
static void
initializer(struct lexer *l, struct str bus, bool array)
{
	struct init in = { .array = array, .first = l->facts->claims.len };
	struct str plain = STR("");
	struct token t;

	while (in.depth >= 0 && (t = next(l)).kind != T_END) {
		if (is(t, ".")) {
			designator(l, &in, &bus);
		} else if (is(t, "{") && in.depth + 1 < DEPTH) {
			in.name[++in.depth] = in.parts ? in.path[in.parts - 1] : plain;
			in.parts = 0;
		} else if (is(t, "}")) {
			in.depth--;
			in.parts = 0;
		} else if (is(t, ",")) {
			in.parts = 0;
		} else if (array && !in.depth && t.kind == T_NAME) {
			macro(l, bus);
		} else if (is(t, ";") || (is(t, "{") && in.depth + 1 >= DEPTH)) {
			return; /* not what it looked like */
		}
	}
}

/* After "struct TYPE_driver": NAME [N] attributes = { ... */
static void
variable(struct lexer *l, struct str bus)
{
	struct token t = next(l);
	bool array = false;

	if (t.kind != T_NAME)
		return;
	for (int i = 0; i < 16; i++) {
		struct lexer before = *l;

		t = next(l);
		if (is(t, "="))
			break;
		array |= is(t, "[");
		if (t.kind == T_END || is(t, ";") || is(t, "{") || is(t, ",")) {
			*l = before;
			return;
		}
	}
	if (is(t, "=") && is(next(l), "{"))
		initializer(l, bus, array);
}

/* After "char": NAME[] = "text", *NAME = "text", *const NAME = "text" */
static void
string_variable(struct lexer *l)
{
	struct str name = { 0 }, value;
	struct token t;

	for (int i = 0; i < 8; i++) {
		struct lexer before = *l;

		t = next(l);
		if (is(t, "="))
			break;
		if (t.kind == T_NAME && !is(t, "const"))
			name = t.text;
		if (t.kind != T_NAME && !is(t, "*") && !is(t, "[") && !is(t, "]") && t.kind != T_OTHER) {
			*l = before;
			return;
		}
	}
	if (!is(t, "=") || !name.len)
		return;
	value = take_value(l);
	if (may_be_string(value)) {
		struct define d = { str_copy(l->keep, name), str_copy(l->keep, value) };

		vec_push(l->keep, &l->facts->defines, d);
	}
}

/* Macros and functions that register a driver under the module's own name. */
static const struct { const char *macro, *bus; } named_as_module[] = {
	{ "module_hda_codec_driver", "hdaudio" }, { "module_usb_serial_driver", "usb" },
	{ "module_auxiliary_driver", "auxiliary" }, { "auxiliary_driver_register", "auxiliary" },
};

static bool
registers_modname(struct str name, struct str *bus)
{
	if (name.len < 20 || name.at[name.len - 1] != 'r')
		return false;
	for (size_t i = 0; i < sizeof(named_as_module) / sizeof(*named_as_module); i++)
		if (str_is(name, named_as_module[i].macro)) {
			*bus = str_from(named_as_module[i].bus);
			return true;
		}
	return false;
}

/* What was a platform driver for nothing but a device of its own is a faux device since 6.14, under the same name. */
static bool
makes_faux(struct token t)
{
	return is(t, "faux_device_create") || is(t, "faux_device_create_with_groups");
}

uint64_t
csource_rules(void)
{
	uint64_t h = 4; /* another number, too, when files are read in another way */

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		h = h * 31 + str_hash(str_from(types[i].type)) * 3 + str_hash(str_from(types[i].bus));
	for (size_t i = 0; i < sizeof(named_as_module) / sizeof(*named_as_module); i++)
		h = h * 31 + str_hash(str_from(named_as_module[i].macro)) * 3 + str_hash(str_from(named_as_module[i].bus));
	return h;
}

/* Can a name so long be one that csource_scan looks for? Those that register drivers are long. */
static bool
is_sought(char first, size_t len)
{
	return len >= 18 || (len == 6 && (first == 's' || first == 'd')) || (len == 4 && (first == 'c' || first == 'n'));
}

/*
 * Takes tokens away that csource_scan does nothing with, and tells how many: most of a file, at a fraction of
 * the price. Quotes, comments and directives are left to next().
 */
static unsigned
skip_dull(struct lexer *l)
{
	const char *p = l->rest.at, *end = p + l->rest.len, *q;
	unsigned n = 0;

	for (; p < end; p = q) {
		q = p + 1;
		if (is_blank(*p))
			continue;
		if (is_name(*p)) {
			while (q < end && is_name(*q))
				q++;
			if (is_sought(*p, (size_t)(q - p)))
				break;
		} else if (kind_of[(unsigned char)*p] == SPECIAL) {
			break;
		}
		n++;
	}
	l->rest = (struct str){ p, (size_t)(end - p) };
	return n;
}

void
csource_scan(struct arena *keep, struct str text, struct facts *f)
{
	static const struct token dull = { T_OTHER, { 0 } };
	struct lexer l = { .rest = text, .begin = text.at, .counted = text.at, .line = 1, .keep = keep, .facts = f };
	struct token t, before = dull, older = dull;
	const struct namer *namer;
	struct str bus;

	*f = (struct facts){ 0 };
	for (;;) {
		unsigned skipped = is(before, "struct") || l.namers.len ? 0 : skip_dull(&l);

		if (skipped) {
			older = skipped > 1 ? dull : before;
			before = dull;
		}
		t = next(&l);
		if (t.kind == T_END)
			break;
		if (t.kind == T_NAME && is(before, "struct") && bus_of(t.text, &bus))
			variable(&l, str_copy(keep, bus));
		else if (is(t, "char"))
			string_variable(&l);
		else if (t.kind == T_NAME && registers_modname(t.text, &bus))
			claim(&l, bus, STR("KBUILD_MODNAME"), t.text.at);
		else if ((namer = find_namer(&l, t)))
			claim_argument(&l, namer, t.text.at);
		else if (makes_faux(t) && is(next(&l), "("))
			claim(&l, STR("faux"), take_value(&l), t.text.at);
		else if (is(t, "name") && is(before, ".") && is(older, "driver") && is(next(&l), "="))
			claim(&l, STR(""), take_value(&l), t.text.at); /* x->driver.name = "y"; */
		older = before;
		before = t;
	}
}

/* Does a quote stand behind the literal? It may have been cut off. */
static bool
is_closed(struct str expression, struct str literal)
{
	const char *behind = literal.at + literal.len;

	return behind < expression.at + expression.len && *behind == '"';
}

static bool
append(struct text *out, struct str expression, struct str (*lookup)(void *, struct str), void *ctx, int depth,
       bool *modname)
{
	struct lexer l = { .rest = expression };
	struct token t;
	int parens = 0;

	if (depth > 8)
		return false;
	while ((t = next(&l)).kind != T_END) {
		parens += is(t, "(") ? 1 : is(t, ")") ? -1 : 0;
		if (parens || is(t, ")"))
			continue; /* a cast */
		if (t.kind == T_STRING && is_closed(expression, t.text)) {
			text_add(out, t.text);
		} else if (is(t, "KBUILD_MODNAME")) {
			*modname = true;
			text_add_char(out, '\1');
		} else if (t.kind == T_NAME) {
			struct str body = lookup(ctx, t.text);

			if (!body.at || !append(out, body, lookup, ctx, depth + 1, modname))
				return false;
		} else {
			return false;
		}
		if (out->len > 200)
			return false;
	}
	return true;
}

bool
csource_string(struct arena *keep, struct str expression, struct str (*lookup)(void *, struct str), void *ctx,
               struct str *out, bool *modname)
{
	struct text t = { 0 };
	bool ok;

	*modname = false;
	ok = append(&t, expression, lookup, ctx, 0, modname) && t.len && (!*modname || t.len == 1);
	for (size_t i = 0; ok && !*modname && i < t.len; i++)
		ok = (unsigned char)t.at[i] >= ' ' && t.at[i] != '\\' && t.at[i] != 0x7f;
	*out = ok && !*modname ? str_copy(keep, text_str(&t)) : STR("");
	text_release(&t);
	return ok;
}
