// SPDX-License-Identifier: GPL-2.0-or-later
/* Line by line: lsmod and /proc/modules, tables of devices, lists of modaliases. */
#include "scanner/modalias.h"
#include "scanner/reader.h"

/* What is long and no modalias is quoted in a message only so far. */
enum { QUOTE = 40 };

/*
 * lsmod:          NAME SIZE REFCOUNT USER,USER
 * /proc/modules:  NAME SIZE REFCOUNT USER,USER, STATE ADDRESS (TAINT)   ("-" for no user, "[permanent]" for builtin-like)
 */
bool
read_lsmod(struct reader *r)
{
	struct machine *m = r->machine;
	struct str rest = r->source->text, line;
	uint64_t number;

	m->modules_known = true;
	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		struct str words = line, name, size, refs, users = STR("");
		struct loaded l = { 0 };
		struct words all;

		if (!str_next_word(&words, &name) || (str_is(name, "Module") && n == 1))
			continue;
		if (!str_next_word(&words, &size) || !str_number(size, 10, &number) || !str_next_word(&words, &refs) ||
		    (!str_number(refs, 10, &number) && !str_is(refs, "-"))) {
			diag_error(r->diag, r->source->name, n, "not a line of lsmod: wanted NAME SIZE COUNT USERS");
			return false;
		}
		str_next_word(&words, &users);
		all = words_split(m->keep, users, ",");
		l.name = tidy_module(m->keep, name);
		for (size_t i = 0; i < all.len; i++)
			all.at[i] = str_is(all.at[i], "-") || str_starts(all.at[i], STR("[")) ? STR("")
				: tidy_module(m->keep, all.at[i]);
		l.users = words_sorted(m->keep, all);
		while (str_next_word(&words, &users))
			l.out_of_tree = l.out_of_tree || (str_starts(users, STR("(")) && str_has(users, 'O'));
		vec_push(m->keep, &m->modules, l);
	}
	return true;
}

/* "-" stands for an empty cell. */
static struct str
cell(struct str s)
{
	s = str_trim(s);
	return str_is(s, "-") ? STR("") : s;
}

/* "# key: value" above a table says where the machine comes from. */
static void
table_comment(struct reader *r, struct str line)
{
	struct machine *m = r->machine;
	const struct { const char *key; struct str *to; } known[] = {
		{ "machine", &m->name }, { "source", &m->source }, { "licence", &m->licence }, { "form", &m->form },
		{ "arch", &m->arch }, { "kernel", &m->kernel },
	};
	struct str text = str_trim(str_drop(line, 1)), key = str_take(text, str_index(text, ':'));

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_is(key, known[i].key))
			*known[i].to = tidy(m->keep, cell(str_drop(text, key.len + 1)));
}

static bool
table_row(struct reader *r, struct str line, unsigned n)
{
	struct str rest = line, part[6];
	struct device d = { 0 };
	uint64_t count;
	size_t i = 0;

	while (i < 6 && str_next_part(&rest, '\t', &part[i]))
		i++;
	if (i != 6 || rest.at) {
		diag_error(r->diag, r->source->name, n, "a row has %zu columns; wanted six parted by tabs: bus modalias "
		           "driver modules name count", i);
		return false;
	}
	d.subsystem = cell(part[0]);
	d.modalias = cell(part[1]);
	d.driver = cell(part[2]);
	d.modules = words_split(r->machine->keep, cell(part[3]), ", ");
	d.name = cell(part[4]);
	if (!str_number(str_trim(part[5]), 10, &count) || count < 1 || count > COUNT_LIMIT) {
		diag_error(r->diag, r->source->name, n, "'%.*s' is no count of devices", (int)(part[5].len < QUOTE ?
		           part[5].len : QUOTE), part[5].at);
		return false;
	}
	if (d.modalias.len && !modalias_valid(d.modalias)) {
		diag_error(r->diag, r->source->name, n, "the second column is no modalias");
		return false;
	}
	d.count = (unsigned)count;
	machine_add(r->machine, d);
	return true;
}

bool
read_table(struct reader *r)
{
	struct str rest = r->source->text, line;

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		if (!str_trim(line).len || str_starts(line, STR("bus\tmodalias\t")))
			continue;
		if (line.at[0] == '#')
			table_comment(r, line);
		else if (!table_row(r, line, n))
			return false;
	}
	return true;
}

bool
read_modaliases(struct reader *r)
{
	struct str rest = r->source->text, line;

	for (unsigned n = 1; str_next_line(&rest, &line); n++) {
		line = str_trim(line);
		if (!line.len || line.at[0] == '#')
			continue;
		if (!modalias_valid(line)) {
			diag_error(r->diag, r->source->name, n, "'%.*s%s' is no modalias", (int)(line.len < QUOTE ?
			           line.len : QUOTE), line.at, line.len > QUOTE ? "..." : "");
			return false;
		}
		machine_add(r->machine, (struct device){ .modalias = line });
	}
	return true;
}
