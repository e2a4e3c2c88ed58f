// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A name in the table is what literals say, one after the other. Some may be the bodies of macros below include/. The first
 * that is not stands in the source, or in what it includes from beside it: it is what the name, or what the macros leave of
 * it, begins with. If they leave nothing, the first one's name stands there. Texts are searched for this, not read as C.
 */
#include "modalias/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
#include "modalias/crew.h"
#include "modalias/csource.h"

typedef VEC(struct str) strings;

/* What texts are searched for. Only read while several threads do. */
struct sought {
	struct str *names;            /* sorted; and what macros leave of them */
	size_t len;
	struct str inside;            /* all names with quotes around them, while macros are looked for */
	unsigned char begins[1 << 16], parts[1 << 16]; /* by the first two bytes of a literal and its quote: there may be one */
	strings words;                /* macros below include/ that may give a name, or the beginning of one */
};

/* A file that is included. */
struct seen {
	struct str path;
	VEC(struct seen *) includes;
	bool read, hit;
	unsigned walk;                /* the last that came here, and how deep it was */
	int depth;
};

/* One thread's. */
struct seeker {
	const struct sought *sought;
	struct tree *tree;
	struct arena keep;
	struct arena text;            /* for the file being read */
	struct arena_mark clean;
	struct map files;             /* path -> struct seen * */
	unsigned walk;
	const struct str *sources;
	size_t len;
	bool *hit;                    /* by source */
};

enum { CHUNK = 256, TEXT_ROOM = 1 << 20, NAME_LONGEST = 200 }; /* bytes of a name */

static size_t
two_bytes(const char *s)
{
	return (size_t)(unsigned char)s[0] << 8 | (unsigned char)s[1];
}

/* Until macros are known, any part of a name is looked for. */
static void
sought_parts(struct sought *s, struct arena *keep)
{
	struct text all = { 0 };

	text_add_char(&all, '"');
	for (size_t i = 0; i < s->len; i++) {
		text_add(&all, s->names[i]);
		text_add_char(&all, '"');
	}
	s->inside = str_copy(keep, text_str(&all));
	text_release(&all);
	for (size_t i = 0; i + 1 < s->inside.len; i++) {
		s->parts[two_bytes(&s->inside.at[i])] = 1;
		s->parts[two_bytes((char[]){ s->inside.at[i], '"' })] = 1;
	}
}

static void
sought_names(struct sought *s, struct arena *keep, const struct str *names, size_t n)
{
	s->names = NEW_ARRAY(keep, struct str, n + 1);
	s->len = 0;
	for (size_t i = 0; i < n; i++) {
		struct str name = names[i];

		if (!name.len || name.len > NAME_LONGEST || str_has(name, '"')) /* no source has such */
			continue;
		s->names[s->len++] = name;
		s->begins[two_bytes((char[]){ name.at[0], '"' })] = 1;
		if (name.len > 1)
			s->begins[two_bytes(name.at)] = 1;
	}
	if (s->len)
		qsort(s->names, s->len, sizeof(*s->names), str_qsort);
}

/* Does a wanted name begin with all of this? Behind it stands a quote. */
static bool
begins_name(const struct sought *s, struct str literal)
{
	size_t low = 0, high = s->len;

	if (!literal.len || !s->begins[two_bytes(literal.at)])
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(s->names[middle], literal) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->len && str_starts(s->names[low], literal);
}

static bool
is_part(const struct sought *s, struct str literal)
{
	return literal.len && s->parts[two_bytes(literal.at)] && str_find(s->inside, literal) < s->inside.len;
}

/* Does the quote at `n` stand behind an #include? */
static bool
is_include(struct str text, size_t n)
{
	while (n && (text.at[n - 1] == ' ' || (text.at[n - 1] >= '\t' && text.at[n - 1] <= '\r')))
		n--;
	return n && text.at[n - 1] == 'e' && str_ends(str_take(text, n), STR("include"));
}

static struct seen *
included(struct seeker *s, struct str from, struct str include)
{
	struct arena_mark mark = arena_mark(&s->keep);
	struct str path = path_clean(&s->keep, path_join(&s->keep, path_dir(from), include));
	struct seen *f = map_get(&s->files, path);

	if (!f && path.len && !str_starts(path, STR(".."))) {
		f = NEW(&s->keep, struct seen);
		f->path = path;
		*map_put(&s->files, &s->keep, path) = f;
	} else {
		arena_reset(&s->keep, mark);
	}
	return f;
}

static bool
has_word(const struct sought *s, struct str text)
{
	for (size_t i = 0; i < s->words.len; i++)
		if (memmem(text.at, text.len, s->words.at[i].at, s->words.at[i].len))
			return true;
	return false;
}

/* Every quote may begin a literal, and end one. */
static void
look(struct seeker *s, struct str text, struct seen *f)
{
	const char *end = text.at + text.len, *p = text.len ? memchr(text.at, '"', text.len) : NULL, *q;

	for (; p; p = q) {
		struct str behind = str_span(p + 1, end);

		q = behind.len ? memchr(behind.at, '"', behind.len) : NULL;
		if (q && (begins_name(s->sought, str_span(behind.at, q)) || is_part(s->sought, str_span(behind.at, q))))
			f->hit = true;
		if (is_include(text, (size_t)(p - text.at))) {
			struct seen *h = included(s, f->path, str_take(behind, str_index(str_span(behind.at, q ? q : end), '\n')));

			if (h)
				vec_push(&s->keep, &f->includes, h);
		}
	}
	f->hit = f->hit || has_word(s->sought, text);
}

static void
read_file(struct seeker *s, struct seen *f)
{
	struct str text;

	f->read = true;
	if (tree_fetch(s->tree, &s->text, f->path, &text))
		look(s, text, f);
	arena_reset(&s->text, s->clean);
}

/* As far as table_scan follows: a file that was met deep down counts again where it is met before. */
static bool
reaches(struct seeker *s, struct seen *f, int depth)
{
	if (f->walk == s->walk && f->depth <= depth)
		return false;
	f->walk = s->walk;
	f->depth = depth;
	if (!f->read)
		read_file(s, f);
	if (f->hit)
		return true;
	for (size_t i = 0; depth < INCLUDE_DEPTH && i < f->includes.len; i++)
		if (reaches(s, f->includes.at[i], depth + 1))
			return true;
	return false;
}

static void
seek_chunk(void *ctx, size_t chunk)
{
	struct seeker *s = ctx;
	size_t end = (chunk + 1) * CHUNK < s->len ? (chunk + 1) * CHUNK : s->len;

	for (size_t i = chunk * CHUNK; i < end; i++) {
		struct seen f = { .path = s->sources[i] };

		s->walk++;
		s->hit[i] = reaches(s, &f, 0);
	}
}

static void
seeker_open(struct seeker *s, const struct sought *sought, struct tree *tree)
{
	char *room = arena_bytes(&s->text, TEXT_ROOM);

	s->sought = sought;
	s->tree = tree;
	s->clean = (struct arena_mark){ room, s->text.chunk };
	arena_reset(&s->text, s->clean);
}

static void
seeker_release(struct seeker *s)
{
	arena_release(&s->text);
	arena_release(&s->keep);
}

/* ---- macros below include/ ---- */

/* Some of the headers: each shelf is looked through by a thread. */
struct shelf {
	struct seeker by;             /* its files grow by what they include from elsewhere */
	struct map literals;          /* in macros: parts of names */
	strings words;                /* macros that may give a name and were not known to */
};

struct macros {
	struct sought *sought;
	struct arena *keep;
	struct map literals;          /* of all shelves */
	struct shelf shelf[CREW_MAX];
	size_t shelves;
	unsigned round;               /* 0: literals; then words, in 1 those that literals give, and afterwards by other words */
};

/* The next of what stands between two quotes. */
static bool
next_literal(struct str *rest, struct str *literal)
{
	*rest = str_drop(*rest, str_index(*rest, '"') + 1);
	*literal = str_take(*rest, str_index(*rest, '"'));
	return literal->len < rest->len;
}

static void
note_parts(struct shelf *s, const struct define *d)
{
	struct str body = d->body, literal;

	while (next_literal(&body, &literal))
		if (is_part(s->by.sought, literal) && map_index(&s->literals, literal) < 0)
			map_index_put(&s->literals, &s->by.keep, str_copy(&s->by.keep, literal));
}

/* Can the rest of a name be made of macros' literals alone? */
static bool
is_made(const struct macros *m, struct str rest)
{
	bool made[NAME_LONGEST + 1] = { [0] = true }; /* by how many bytes of its end */

	for (size_t n = 1; n <= rest.len && n <= NAME_LONGEST; n++)
		for (size_t k = 1; k <= n && !made[n]; k++)
			made[n] = made[n - k] && map_index(&m->literals, str_take(str_drop(rest, rest.len - n), k)) >= 0;
	return rest.len <= NAME_LONGEST && made[rest.len];
}

static bool
may_give_name(const struct macros *m, struct str body)
{
	struct str rest = body, literal;

	while (next_literal(&rest, &literal))
		for (size_t i = 0; literal.len && i < m->sought->len; i++) {
			struct str name = m->sought->names[i];

			if (str_starts(name, literal) && is_made(m, str_drop(name, literal.len)))
				return true;
		}
	return has_word(m->sought, body);
}

static bool
has_string(const strings *list, struct str s)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->at[i], s))
			return true;
	return false;
}

static void
note_word(const struct macros *m, struct shelf *s, const struct define *d)
{
	if (may_give_name(m, d->body) && !has_string(&m->sought->words, d->name) && !has_string(&s->words, d->name))
		vec_push(&s->by.keep, &s->words, str_copy(&s->by.keep, d->name));
}

static void
visit_header(const struct macros *m, struct shelf *s, struct seen *f)
{
	struct facts facts;
	struct str text;

	if (tree_fetch(s->by.tree, &s->by.text, f->path, &text)) {
		if (m->round != 1)
			look(&s->by, text, f);
		if (f->hit)
			csource_scan(&s->by.text, text, &facts);
		for (size_t i = 0; f->hit && i < facts.defines.len; i++)
			if (!table_is_macro(facts.defines.at[i].name))
				continue;
			else if (m->round)
				note_word(m, s, &facts.defines.at[i]);
			else
				note_parts(s, &facts.defines.at[i]);
	}
	arena_reset(&s->by.text, s->by.clean);
}

static void
visit_shelf(void *ctx, size_t i)
{
	struct macros *m = ctx;
	struct shelf *s = &m->shelf[i];

	for (size_t k = 0; k < s->by.files.len; k++) {
		struct seen *f = s->by.files.entry[k].value;

		if (m->round != 1 || f->hit)
			visit_header(m, s, f);
	}
}

/* Looks through all shelves and puts together what is in them; was a word found? */
static bool
visit_macros(struct macros *m)
{
	void *member[CREW_MAX];
	size_t words = m->sought->words.len;

	for (size_t i = 0; i < m->shelves; i++)
		member[i] = m;
	crew_run(member, m->shelves, m->shelves, visit_shelf);
	m->round++;
	for (size_t i = 0; i < m->shelves; i++) {
		struct shelf *s = &m->shelf[i];

		for (size_t k = 0; k < s->literals.len; k++)
			map_index_put(&m->literals, m->keep, s->literals.entry[k].key);
		for (size_t k = 0; k < s->words.len; k++)
			if (!has_string(&m->sought->words, s->words.at[k]))
				vec_push(m->keep, &m->sought->words, str_copy(m->keep, s->words.at[k]));
		s->words.len = 0;
	}
	return m->sought->words.len > words;
}

/* Adds what is left of a name behind one or more macros; false: nothing may be left. */
static bool
add_rests(const struct macros *m, struct str name, strings *out)
{
	bool reached[NAME_LONGEST + 1] = { [0] = true }; /* by how many bytes of its beginning */

	for (size_t at = 0; at < name.len; at++) {
		if (reached[at])
			vec_push(m->keep, out, str_drop(name, at));
		for (size_t n = 1; reached[at] && n <= name.len - at; n++)
			reached[at + n] |= map_index(&m->literals, str_take(str_drop(name, at), n)) >= 0;
	}
	return !reached[name.len];
}

static void
sought_macros(struct sought *s, struct tree *const handle[CREW_MAX], size_t crew, const strings *headers, struct arena *keep)
{
	struct macros m = { .sought = s, .keep = keep, .shelves = crew };
	strings all = { 0 };
	bool made = false;

	assert(crew);
	sought_parts(s, keep);
	for (size_t i = 0; i < crew; i++)
		seeker_open(&m.shelf[i].by, s, handle[i]);
	for (size_t i = 0; i < headers->len; i++)
		included(&m.shelf[i % crew].by, STR(""), headers->at[i]);
	visit_macros(&m);
	for (size_t i = 0; i < s->len; i++)
		made |= !add_rests(&m, s->names[i], &all);
	while (made && visit_macros(&m)) /* macros of macros */
		;
	for (size_t i = 0; i < crew; i++)
		seeker_release(&m.shelf[i].by);
	memset(s->parts, 0, sizeof(s->parts));
	sought_names(s, keep, all.at, all.len);
}

/* ---- the whole ---- */

struct listing {
	struct tree *tree, *view;     /* the paths live in `tree`, which is `view` where one more can be had */
	struct arena keep;
	strings sources, headers;
	struct beside work;
};

static bool
note_path(void *ctx, struct str path)
{
	struct listing *l = ctx;

	if (table_has_source(path))
		vec_push(&l->keep, &l->sources, path);
	if (str_starts(path, STR("include/")))
		vec_push(&l->keep, &l->headers, path);
	return false;
}

static bool
has_sources(void *ctx, struct str dir)
{
	(void)ctx;
	return str_has(dir, '/') || table_has_dir(dir);
}

static void *
list(void *ctx)
{
	struct listing *l = ctx;
	struct diag said = { .keep = &l->keep };

	tree_each(l->tree, &(struct tree_sink){ note_path, NULL, l, has_sources }, &said);
	return NULL;
}

struct listing *
listing_start(struct tree *tree, struct arena *keep)
{
	struct listing *l = NEW(keep, struct listing);

	l->view = tree_again(tree);
	l->tree = l->view ? l->view : tree;
	if (l->view)
		beside_start(&l->work, list, l);
	else
		list(l);
	return l;
}

void
listing_close(struct listing *l)
{
	if (!l)
		return;
	beside_wait(&l->work);
	tree_close(l->view);
	arena_release(&l->keep);
}

void
table_seek(struct tree *tree, struct listing *files, const struct str *names, size_t n, struct arena *keep, struct source_list *out)
{
	struct arena own = { 0 };
	struct sought *sought = NEW(&own, struct sought);
	struct seeker seeker[CREW_MAX] = { 0 };
	struct tree *handle[CREW_MAX];
	void *member[CREW_MAX];
	const strings *sources = &files->sources;
	size_t chunks, crew;
	bool *hit;

	sought_names(sought, &own, names, n);
	beside_wait(&files->work);
	chunks = (sources->len + CHUNK - 1) / CHUNK;
	crew = crew_open(tree, chunks, handle);
	sought_macros(sought, handle, crew, &files->headers, &own);
	hit = NEW_ARRAY(&own, bool, sources->len + 1);
	for (size_t i = 0; i < crew; i++) {
		member[i] = &seeker[i];
		seeker_open(&seeker[i], sought, handle[i]);
		seeker[i].sources = sources->at;
		seeker[i].len = sources->len;
		seeker[i].hit = hit;
	}
	crew_run(member, crew, chunks, seek_chunk);
	for (size_t i = 0; i < sources->len; i++)
		if (hit[i])
			vec_push(keep, out, str_copy(keep, sources->at[i]));
	for (size_t i = 0; i < crew; i++)
		seeker_release(&seeker[i]);
	crew_close(handle, crew);
	arena_release(&own);
}
