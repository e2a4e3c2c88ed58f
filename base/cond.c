// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cond.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 1000 };

/* A condition fills a line of the processor's cache, and shares it with none. */
enum { BLOCK = 256, LINE = 64 };
_Static_assert(sizeof(struct cond) <= LINE, "a condition is larger than it has to be");

static struct cond *
by_id(const struct cond_pool *p, size_t id)
{
	return p->block.at[id / BLOCK] + id % BLOCK;
}

static struct cond *
next_place(struct cond_pool *p)
{
	if (p->len % BLOCK == 0) {
		char *room = arena_alloc(p->keep, (BLOCK + 1) * sizeof(struct cond));

		vec_push(p->keep, &p->block, (struct cond *)(void *)(room + (-(uintptr_t)room & (LINE - 1))));
	}
	return by_id(p, p->len++);
}

static uint32_t
node_hash(const struct cond *c)
{
	uint64_t h = (uint64_t)c->kind * 0x9e3779b97f4a7c15u;

	if (c->a)
		h ^= (uint64_t)c->a->id * 0xff51afd7ed558ccdu + (c->b ? c->b->id + 1u : 0u) * 0xc4ceb9fe1a85ec53u;
	else
		h ^= str_hash(c->symbol) * 31 + str_hash(c->text);
	return (uint32_t)(h ^ h >> 32);
}

static bool
node_eq(const struct cond *a, const struct cond *b)
{
	return a->a == b->a && a->b == b->b && a->kind == b->kind &&
	       (a->a || (str_eq(a->symbol, b->symbol) && str_eq(a->text, b->text)));
}

/* The place of the node, or the one where it will be. */
static struct cond_slot *
find(const struct cond_pool *p, const struct cond *want, uint32_t hash)
{
	size_t at = hash & (p->slots - 1);

	while (p->table[at].number && (p->table[at].hash != hash || !node_eq(by_id(p, p->table[at].number - 1), want)))
		at = (at + 1) & (p->slots - 1);
	return &p->table[at];
}

static void
table_grow(struct cond_pool *p)
{
	struct cond_slot *old = p->table;
	size_t n = p->slots;

	p->slots = n ? n * 4 : 256;
	p->table = NEW_ARRAY(p->keep, struct cond_slot, p->slots);
	for (size_t i = 0; i < n; i++) {
		size_t at = old[i].hash & (p->slots - 1);

		if (!old[i].number)
			continue;
		while (p->table[at].number)
			at = (at + 1) & (p->slots - 1);
		p->table[at] = old[i];
	}
}

/* "X is y" || "X is m": printed as plain X */
static bool
is_on(const struct cond *c)
{
	return c->kind == COND_OR && c->a->kind == COND_Y && c->b->kind == COND_M &&
	       str_eq(c->a->symbol, c->b->symbol);
}

/* X=y, X=m, X, and the opposites */
static bool
is_literal(const struct cond *c)
{
	if (c->kind == COND_NOT)
		c = c->a;
	return !c->a || is_on(c);
}

static const struct cond *
new_node(struct cond_pool *p, const struct cond *want)
{
	const struct cond *a = want->a, *b = want->b ? want->b : a;
	unsigned id = (unsigned)p->len;
	struct cond *c = next_place(p);

	*c = *want;
	c->id = id;
	c->depth = 1;
	if (a) {
		c->symbols = a->symbols | b->symbols;
		c->depth = a->depth > b->depth ? a->depth : b->depth;
		c->depth += c->depth < UINT16_MAX;
	} else if (c->kind > COND_TRUE) {
		c->symbols = (uint64_t)1 << (str_hash(c->symbol) >> 7 & 63);
	}
	c->once = is_literal(c) || (a && c->kind != COND_NOT && a->once && b->once && !(a->symbols & b->symbols));
	return c;
}

static const struct cond *
node(struct cond_pool *p, const struct cond *want)
{
	uint32_t hash = node_hash(want);
	struct cond_slot *slot;

	if (p->hashed * 3 >= p->slots * 2)
		table_grow(p);
	slot = find(p, want, hash);
	if (!slot->number) {
		*slot = (struct cond_slot){ new_node(p, want)->id + 1, hash };
		p->hashed++;
	}
	return by_id(p, slot->number - 1);
}

static const struct cond *
pair(struct cond_pool *p, enum cond_kind kind, const struct cond *a, const struct cond *b)
{
	return node(p, &(struct cond){ .kind = kind, .a = a, .b = b });
}

void
cond_pool_init(struct cond_pool *p, struct arena *keep)
{
	*p = (struct cond_pool){ .keep = keep };
	p->no = node(p, &(struct cond){ .kind = COND_FALSE });
	p->yes = node(p, &(struct cond){ .kind = COND_TRUE });
}

const struct cond *
cond_bool(struct cond_pool *p, bool value)
{
	return value ? p->yes : p->no;
}

/* A symbol's atoms, made once: most conditions are one of these. */
struct atoms { struct str symbol; const struct cond *y, *m, *set, *on; };

static struct str
intern(struct cond_pool *p, struct str s)
{
	long i = map_index(&p->symbols, s);

	if (i < 0)
		i = (long)map_index_put(&p->symbols, p->keep, str_copy(p->keep, s));
	return p->symbols.entry[i].key;
}

static struct atoms *
atoms_of(struct cond_pool *p, struct str symbol)
{
	long i = map_index(&p->symbols, symbol);
	struct map_entry *e;

	if (i < 0)
		i = (long)map_index_put(&p->symbols, p->keep, str_copy(p->keep, symbol));
	e = &p->symbols.entry[i];
	if (!e->value) {
		e->value = NEW(p->keep, struct atoms);
		((struct atoms *)e->value)->symbol = e->key;
	}
	return e->value;
}

static const struct cond *
atom(struct cond_pool *p, enum cond_kind kind, const struct atoms *a)
{
	return new_node(p, &(struct cond){ .kind = kind, .symbol = a->symbol });
}

static const struct cond *
is_y(struct cond_pool *p, struct atoms *a)
{
	return a->y ? a->y : (a->y = atom(p, COND_Y, a));
}

static const struct cond *
is_m(struct cond_pool *p, struct atoms *a)
{
	return a->m ? a->m : (a->m = atom(p, COND_M, a));
}

const struct cond *
cond_on(struct cond_pool *p, struct str symbol)
{
	struct atoms *a = atoms_of(p, symbol);

	return a->on ? a->on : (a->on = cond_or(p, is_y(p, a), is_m(p, a)));
}

const struct cond *
cond_is(struct cond_pool *p, struct str symbol, char value)
{
	if (value == 'n')
		return cond_not(p, cond_on(p, symbol));
	return value == 'y' ? is_y(p, atoms_of(p, symbol)) : is_m(p, atoms_of(p, symbol));
}

const struct cond *
cond_set(struct cond_pool *p, struct str symbol)
{
	struct atoms *a = atoms_of(p, symbol);

	return a->set ? a->set : (a->set = atom(p, COND_SET, a));
}

const struct cond *
cond_eq(struct cond_pool *p, struct str symbol, struct str text)
{
	return node(p, &(struct cond){ .kind = COND_EQ, .symbol = intern(p, symbol), .text = intern(p, text) });
}

const struct cond *
cond_not(struct cond_pool *p, const struct cond *c)
{
	if (c->kind == COND_FALSE || c->kind == COND_TRUE)
		return cond_bool(p, c->kind == COND_FALSE);
	if (c->kind == COND_NOT)
		return c->a;
	return pair(p, COND_NOT, c, NULL);
}

static bool
opposite(const struct cond *a, const struct cond *b)
{
	return (a->kind == COND_NOT && a->a == b) || (b->kind == COND_NOT && b->a == a);
}

/* Is `part` an operand of the chain `c` of the same kind? */
static bool
holds(const struct cond *c, enum cond_kind kind, const struct cond *part)
{
	if (part->symbols & ~c->symbols) /* most often */
		return false;
	while (c->kind == kind) {
		if (c->a == part || c->b == part)
			return true;
		c = c->a;
	}
	return c == part;
}

const struct cond *
cond_and(struct cond_pool *p, const struct cond *a, const struct cond *b)
{
	if (a->kind <= COND_TRUE || b->kind <= COND_TRUE) /* most often */
		return a->kind == COND_TRUE || b->kind == COND_FALSE ? b : a;
	if (opposite(a, b))
		return p->no;
	if (holds(b, COND_AND, a))
		return b;
	if (holds(a, COND_AND, b))
		return a;
	/* one tristate has one value */
	if (((a->kind == COND_Y && b->kind == COND_M) || (a->kind == COND_M && b->kind == COND_Y)) &&
	    str_eq(a->symbol, b->symbol))
		return p->no;
	/* absorption: a && (a || x) is a */
	if (holds(b, COND_OR, a))
		return a;
	if (holds(a, COND_OR, b))
		return b;
	return pair(p, COND_AND, a, b);
}

const struct cond *
cond_or(struct cond_pool *p, const struct cond *a, const struct cond *b)
{
	if (a->kind <= COND_TRUE || b->kind <= COND_TRUE) /* most often */
		return a->kind == COND_FALSE || b->kind == COND_TRUE ? b : a;
	if (opposite(a, b))
		return p->yes;
	if (holds(b, COND_OR, a))
		return b;
	if (holds(a, COND_OR, b))
		return a;
	if (holds(b, COND_AND, a))
		return a;
	if (holds(a, COND_AND, b))
		return b;
	if (a->kind == COND_M && b->kind == COND_Y && str_eq(a->symbol, b->symbol)) {
		const struct cond *t = a;  /* "X is on" has one spelling */

		a = b;
		b = t;
	}
	return pair(p, COND_OR, a, b);
}

/* An evaluation. Shared parts are worked out again and again, until that has become too much: then `known` remembers them. */
struct evaluation {
	struct str (*value)(void *ctx, struct str symbol);
	void *ctx;
	const struct cond *whole;
	unsigned steps;
	char *known;              /* by id, which is less in parts: 'y' or 'n'; NULL: not yet */
};

enum { STEPS = 2000 };

static bool eval(struct evaluation *, const struct cond *);

static bool
eval_node(struct evaluation *e, const struct cond *c)
{
	switch (c->kind) {
	case COND_FALSE: return false;
	case COND_TRUE:  return true;
	case COND_Y:     return str_is(e->value(e->ctx, c->symbol), "y");
	case COND_M:     return str_is(e->value(e->ctx, c->symbol), "m");
	case COND_SET:   return e->value(e->ctx, c->symbol).len > 0;
	case COND_EQ:    return str_eq(e->value(e->ctx, c->symbol), c->text);
	case COND_NOT:   return !eval(e, c->a);
	case COND_AND:   return eval(e, c->a) && eval(e, c->b);
	case COND_OR:    return eval(e, c->a) || eval(e, c->b);
	}
	return false;
}

static bool
eval(struct evaluation *e, const struct cond *c)
{
	bool r;

	if (e->known && e->known[c->id])
		return e->known[c->id] == 'y';
	if (++e->steps == STEPS) {
		e->known = xmalloc(e->whole->id + 1u);
		memset(e->known, 0, e->whole->id + 1u);
	}
	r = eval_node(e, c);
	if (e->known)
		e->known[c->id] = r ? 'y' : 'n';
	return r;
}

bool
cond_eval(const struct cond *c, struct str (*value)(void *ctx, struct str symbol), void *ctx)
{
	struct evaluation e = { value, ctx, c, 0, NULL };
	bool r = eval(&e, c);

	free(e.known);
	return r;
}

static void
print_atom(struct text *out, struct str symbol, const char *behind)
{
	text_add(out, symbol);
	text_add_c(out, behind);
}

static void
print(const struct cond *c, int level, struct text *out)
{
	int own = c->kind == COND_OR && !is_on(c) ? 0 : c->kind == COND_AND ? 1 : 2;

	if (own < level)
		text_add_char(out, '(');
	switch (c->kind) {
	case COND_FALSE: text_add_char(out, '0'); break;
	case COND_TRUE:  text_add_char(out, '1'); break;
	case COND_Y:     print_atom(out, c->symbol, "=y"); break;
	case COND_M:     print_atom(out, c->symbol, "=m"); break;
	case COND_SET:   print_atom(out, c->symbol, "!=\"\""); break;
	case COND_EQ:    text_addf(out, "%.*s=\"%.*s\"", STR_ARG(c->symbol), STR_ARG(c->text)); break;
	case COND_NOT:
		text_add_char(out, '!');
		print(c->a, 2, out);
		break;
	case COND_AND:
		print(c->a, 1, out);
		text_add_c(out, " && ");
		print(c->b, 2, out);
		break;
	case COND_OR:
		if (is_on(c)) {
			text_add(out, c->a->symbol);
			break;
		}
		print(c->a, 0, out);
		text_add_c(out, " || ");
		print(c->b, 1, out);
		break;
	}
	if (own < level)
		text_add_char(out, ')');
}

void
cond_print(const struct cond *c, struct text *out)
{
	print(c, 0, out);
}

struct parser {
	struct cond_pool *pool;
	const char *at, *end;
	int depth;
};

static const struct cond *or_expr(struct parser *);

static bool
accept(struct parser *p, const char *token)
{
	struct str t = str_from(token);

	while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
		p->at++;
	if (!str_starts(str_span(p->at, p->end), t))
		return false;
	p->at += t.len;
	return true;
}

static struct str
name(struct parser *p)
{
	const char *from;

	accept(p, "");
	from = p->at;
	while (p->at < p->end && ((*p->at >= '0' && *p->at <= '9') || (*p->at >= 'A' && *p->at <= 'Z') ||
	                          (*p->at >= 'a' && *p->at <= 'z') || *p->at == '_'))
		p->at++;
	return str_span(from, p->at);
}

/* the quoted text behind = or != */
static bool
quoted(struct parser *p, struct str *out)
{
	size_t n;

	if (!accept(p, "\""))
		return false;
	n = str_index(str_span(p->at, p->end), '"');
	*out = (struct str){ p->at, n };
	if (p->at + n == p->end)
		return false;
	p->at += n + 1;
	return true;
}

/* primary = "!" primary | "(" or ")" | "0" | "1" | NAME [ "=y" | "=m" | "=n" | '="TEXT"' | '!=""' ] */
static const struct cond *
primary(struct parser *p)
{
	const struct cond *c = NULL;
	struct str sym, text;

	if (++p->depth > DEPTH_MAX)
		return NULL;
	if (accept(p, "!")) {
		c = primary(p);
		c = c ? cond_not(p->pool, c) : NULL;
	} else if (accept(p, "(")) {
		c = or_expr(p);
		if (c && !accept(p, ")"))
			c = NULL;
	} else if ((sym = name(p)).len) {
		if (accept(p, "!="))
			c = quoted(p, &text) && !text.len ? cond_set(p->pool, sym) : NULL;
		else if (!accept(p, "="))
			c = str_is(sym, "0") || str_is(sym, "1") ? cond_bool(p->pool, str_is(sym, "1"))
			                                         : cond_on(p->pool, sym);
		else if (p->at < p->end && *p->at == '"')
			c = quoted(p, &text) ? cond_eq(p->pool, sym, text) : NULL;
		else if ((text = name(p)).len == 1 && str_has(STR("ymn"), text.at[0]))
			c = cond_is(p->pool, sym, text.at[0]);
	}
	p->depth--;
	return c;
}

/* and = primary ("&&" primary)* */
static const struct cond *
and_expr(struct parser *p)
{
	const struct cond *c = primary(p), *b;

	while (c && accept(p, "&&"))
		c = (b = primary(p)) ? cond_and(p->pool, c, b) : NULL;
	return c;
}

/* or = and ("||" and)* */
static const struct cond *
or_expr(struct parser *p)
{
	const struct cond *c = and_expr(p), *b;

	while (c && accept(p, "||"))
		c = (b = and_expr(p)) ? cond_or(p->pool, c, b) : NULL;
	return c;
}

const struct cond *
cond_parse(struct cond_pool *pool, struct str text, const char **end)
{
	struct parser p = { pool, text.at, text.at + text.len, 0 };
	const struct cond *c = or_expr(&p);

	accept(&p, "");
	if (end)
		*end = p.at;
	return c && p.at == p.end ? c : NULL;
}

void
cond_symbols(const struct cond *c, struct arena *a, struct map *names)
{
	if (c->kind == COND_NOT || c->kind == COND_AND || c->kind == COND_OR) {
		cond_symbols(c->a, a, names);
		if (c->b)
			cond_symbols(c->b, a, names);
	} else if (c->kind != COND_FALSE && c->kind != COND_TRUE) {
		map_put(names, a, c->symbol);
	}
}
