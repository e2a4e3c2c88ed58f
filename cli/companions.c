// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/companions.h"

#include <fnmatch.h>
#include <string.h>

enum { CPUS_DEFAULT = 64 }; /* NR_CPUS without a user's word: arch/x86/Kconfig, NR_CPUS_DEFAULT */

struct facts {
	const struct machine *m;
	const struct map *modules;
	struct arena *keep;
};

static bool
has_arch(struct facts *f, struct str word)
{
	return str_eq(f->m->arch, word);
}

static bool
has_firmware(struct facts *f, struct str word)
{
	return str_eq(f->m->firmware, word);
}

static bool
has_form(struct facts *f, struct str word)
{
	return str_eq(f->m->form, word);
}

static bool
has_module(struct facts *f, struct str word)
{
	return map_index(f->modules, word) >= 0;
}

static bool
has_driver(struct facts *f, struct str word)
{
	for (size_t i = 0; i < f->m->devices.len; i++)
		if (str_eq(f->m->devices.at[i].driver, word))
			return true;
	return false;
}

static bool
has_subsystem(struct facts *f, struct str word)
{
	for (size_t i = 0; i < f->m->devices.len; i++)
		if (str_eq(f->m->devices.at[i].subsystem, word))
			return true;
	return false;
}

static bool
has_modalias(struct facts *f, struct str word)
{
	const char *pattern = str_c(f->keep, word);
	struct str begins = str_take(word, strcspn(pattern, "*?[\\"));

	for (size_t i = 0; i < f->m->devices.len; i++) {
		struct str alias = f->m->devices.at[i].modalias;

		if (alias.len && str_starts(alias, begins) && fnmatch(pattern, str_c(f->keep, alias), 0) == 0)
			return true;
	}
	return false;
}

/* Intel's i440FX, Q35 and 440BX, which hypervisors show on any processor. */
static bool
has_emulated_bridge(struct facts *f)
{
	return has_modalias(f, STR("pci:v00008086d00001237*")) || has_modalias(f, STR("pci:v00008086d000029C0*")) ||
	       has_modalias(f, STR("pci:v00008086d0000719[012]*"));
}

static bool
has_cpu(struct facts *f, struct str word)
{
	if (f->m->cpu.vendor.len)
		return str_eq(f->m->cpu.vendor, word);
	/* recorded machines that name no processor: as the chip says that leads to PCI, or whichever it is */
	if (has_modalias(f, STR("pci:v00001022*bc06sc00*")))
		return str_is(word, "AuthenticAMD");
	if (has_modalias(f, STR("pci:v00008086*bc06sc00*")) && !has_emulated_bridge(f))
		return str_is(word, "GenuineIntel");
	return str_is(word, "GenuineIntel") || str_is(word, "AuthenticAMD");
}

static const struct {
	struct str name;
	bool (*holds)(struct facts *, struct str word);
} terms[] = {
	{ { "arch", 4 }, has_arch }, { { "firmware", 8 }, has_firmware }, { { "cpu", 3 }, has_cpu },
	{ { "module", 6 }, has_module }, { { "driver", 6 }, has_driver }, { { "subsystem", 9 }, has_subsystem },
	{ { "modalias", 8 }, has_modalias }, { { "form", 4 }, has_form },
};

/* term = ["!"] ("always" | "cpus" | "many-cpus" | NAME "=" WORD ("|" WORD)*). -1: malformed. */
static int
term_holds(struct facts *f, struct str term)
{
	bool negate = str_starts(term, STR("!"));
	struct str name, words, word;
	bool any = false;
	size_t i;

	if (negate)
		term = str_drop(term, 1);
	if (str_is(term, "always"))
		return !negate;
	if (str_is(term, "cpus"))
		return (f->m->cpu.count != 1) != negate;
	if (str_is(term, "many-cpus"))
		return (f->m->cpu.count > CPUS_DEFAULT) != negate;
	name = str_take(term, str_index(term, '='));
	for (i = 0; i < sizeof(terms) / sizeof(*terms); i++)
		if (str_eq(terms[i].name, name))
			break;
	if (i == sizeof(terms) / sizeof(*terms) || name.len + 1 >= term.len)
		return -1;
	words = str_drop(term, name.len + 1);
	while (!any && str_next_part(&words, '|', &word))
		any = terms[i].holds(f, word);
	return any != negate;
}

static void
add_wants(struct companions *out, struct str wants, struct companion c, struct arena *keep)
{
	struct str word;

	while (str_next_word(&wants, &word)) {
		size_t n = str_index(word, '=');

		c.symbol = str_take(word, n);
		c.value = str_drop(word, n + 1);
		vec_push(keep, &out->list, c);
	}
}

/* One rule: WHEN : WANT... # reason. ':' stands alone, as modaliases hold colons. */
static void
rule(struct facts *f, struct str line, struct companion c, struct diag *d, struct companions *out)
{
	struct str text = str_take(line, str_find(line, STR(" # "))), when, wants, term;
	size_t colon = str_find(text, STR(" : "));
	bool holds = true;

	c.reason = str_trim(str_drop(line, text.len + 3));
	if (colon == text.len || !c.reason.len) {
		diag_error(d, c.place.file, c.place.line, "a rule is 'WHEN : WANT... # reason'");
		return;
	}
	when = str_take(text, colon);
	wants = str_drop(text, colon + 3);
	while (str_next_word(&when, &term)) {
		int r = term_holds(f, term);

		if (r < 0) {
			diag_error(d, c.place.file, c.place.line, "unknown term '%.*s'", STR_ARG(term));
			return;
		}
		holds = holds && r;
	}
	if (holds)
		add_wants(out, wants, c, f->keep);
}

void
companions_find(const struct source *rules, const struct machine *m, const struct map *modules, struct arena *keep,
                struct diag *d, struct companions *out)
{
	struct facts f = { m, modules, keep };
	struct str rest = rules->text, line;
	unsigned n = 0;

	while (str_next_line(&rest, &line)) {
		struct companion c = { .place = { rules->name, ++n } };

		line = str_trim(line);
		if (line.len && line.at[0] != '#')
			rule(&f, line, c, d, out);
	}
}
