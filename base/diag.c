// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/diag.h"

#include <stdarg.h>

static void
add(struct diag *d, enum severity severity, struct str file, unsigned line, unsigned column,
    const char *format, va_list ap)
{
	struct diag_entry e = { severity, { 0 }, line, column, { 0 } };
	char buf[1024];
	int n;

	d->errors += severity == DIAG_ERROR;
	d->warnings += severity == DIAG_WARNING;
	if (d->list.len >= (d->limit ? d->limit : 1000))
		return;
	n = vsnprintf(buf, sizeof(buf), format, ap);
	if (n < 0)
		n = 0;
	e.file = str_copy(d->keep, file);
	e.message = str_copy(d->keep, (struct str){ buf, (size_t)n < sizeof(buf) ? (size_t)n : sizeof(buf) - 1 });
	vec_push(d->keep, &d->list, e);
}

void
diag_add(struct diag *d, enum severity severity, struct str file, unsigned line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(d, severity, file, line, 0, format, ap);
	va_end(ap);
}

void
diag_error(struct diag *d, struct str file, unsigned line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(d, DIAG_ERROR, file, line, 0, format, ap);
	va_end(ap);
}

void
diag_warn(struct diag *d, struct str file, unsigned line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(d, DIAG_WARNING, file, line, 0, format, ap);
	va_end(ap);
}

void
diag_error_at(struct diag *d, const struct source *src, const char *at, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(d, DIAG_ERROR, src->name, source_line(src, at), source_column(src, at), format, ap);
	va_end(ap);
}

void
diag_merge(struct diag *d, const struct diag *from, enum severity least)
{
	for (size_t i = 0; i < from->list.len; i++) {
		const struct diag_entry *e = &from->list.at[i];

		if (e->severity >= least)
			diag_add(d, e->severity, e->file, e->line, "%.*s", STR_ARG(e->message));
	}
}

void
source_check_end(const struct source *s, struct diag *d)
{
	struct str text = str_trim(s->text);

	if (text.len && text.at[0] != '{' && text.at[0] != '[' && s->text.at[s->text.len - 1] != '\n')
		diag_warn(d, s->name, source_line(s, s->text.at + s->text.len), "the last line does not end; if the file was cut "
		          "there, copy it again, else add a line feed");
}

unsigned
source_line(const struct source *src, const char *at)
{
	unsigned line = 1;

	for (const char *p = src->text.at; p < at; p++)
		line += *p == '\n';
	return line;
}

unsigned
source_column(const struct source *src, const char *at)
{
	const char *p = at;

	while (p > src->text.at && p[-1] != '\n')
		p--;
	return (unsigned)(at - p) + 1;
}

/* A file of another kind has an error on every line; these suffice to see it. */
enum { ERRORS_A_FILE = 10 };

static void
put(FILE *f, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		fputc(c < ' ' || c == 0x7f ? '?' : c, f);
	}
}

static void
print_entry(const struct diag_entry *e, FILE *f)
{
	static const char *const word[] = { "note: ", "warning: ", "" };

	fputs("derpconfig: ", f);
	put(f, e->file);
	if (e->line)
		fprintf(f, ":%u", e->line);
	if (e->column)
		fprintf(f, ":%u", e->column);
	fputs(e->file.len ? ": " : "", f);
	fputs(word[e->severity], f);
	put(f, e->message);
	fputc('\n', f);
}

/* The last of the errors in one file that stand together from `i` on. */
static size_t
run_end(const struct diag *d, size_t i)
{
	const struct diag_entry *e = &d->list.at[i];

	if (e->severity != DIAG_ERROR || !e->file.len)
		return i;
	while (i + 1 < d->list.len && d->list.at[i + 1].severity == DIAG_ERROR &&
	       str_eq(d->list.at[i + 1].file, e->file))
		i++;
	return i;
}

void
diag_print(const struct diag *d, FILE *f)
{
	for (size_t i = 0, end; i < d->list.len; i = end + 1) {
		end = run_end(d, i);
		for (size_t j = i; j <= end && j < i + ERRORS_A_FILE; j++)
			print_entry(&d->list.at[j], f);
		if (end >= i + ERRORS_A_FILE) {
			fputs("derpconfig: ", f);
			put(f, d->list.at[i].file);
			fprintf(f, ": and %zu errors more\n", end + 1 - i - ERRORS_A_FILE);
		}
	}
	if (d->errors + d->warnings > d->list.len)
		fprintf(f, "derpconfig: and %zu more\n", d->errors + d->warnings - d->list.len);
}
