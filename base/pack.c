// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cache file of an archive: a header, one record an entry, then all texts, each ended by a NUL.
 *
 * The header holds the key and a hash of all that follows, so a damaged or foreign file is simply not taken. Numbers
 * are in the machine's own byte order: the cache is never carried elsewhere (the magic would not fit).
 */
#include <string.h>

#include "base/archive.h"

struct header {
	uint64_t magic;
	char key[32];
	uint64_t count, texts, top;   /* entries; bytes of texts; length of the top's name, the first text */
	struct hash128 hash;          /* of everything after the header */
};

struct record {
	uint64_t size;
	uint32_t kind, path;          /* kind; length of the path, which stands before the text */
	uint64_t text;                /* length of the text */
};

static const uint64_t magic = 0x31306b6361706464; /* "ddpack01" */

static uint64_t
mix(uint64_t h, uint64_t w)
{
	h = (h ^ w) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* Two lanes of multiply and shift over eight bytes at a time. */
struct hash128
bytes_hash(struct hash128 h, struct str s)
{
	uint64_t w[2];

	for (; s.len >= sizeof(w); s = str_drop(s, sizeof(w))) {
		memcpy(w, s.at, sizeof(w));
		h.a = mix(h.a, w[0]);
		h.b = mix(h.b, w[1] + h.a);
	}
	memset(w, 0, sizeof(w));
	if (s.len)
		memcpy(w, s.at, s.len);
	h.a = mix(h.a, w[0] ^ s.len << 56);
	h.b = mix(h.b, w[1] + h.a);
	return h;
}

static void
put(struct text *out, const void *at, size_t len)
{
	text_add(out, (struct str){ at, len });
}

static uint64_t
put_str(struct text *out, struct str s)
{
	text_add(out, s);
	text_add_char(out, '\0');
	return s.len + 1;
}

void
pack_seal(char *pack, size_t len)
{
	struct header h;

	if (len < sizeof(h))
		return;
	memcpy(&h, pack, sizeof(h));
	h.hash = bytes_hash((struct hash128){ 1, 2 }, (struct str){ pack + sizeof(h), len - sizeof(h) });
	memcpy(pack, &h, sizeof(h));
}

void
pack_write(const struct tree_index *x, struct str key, struct text *out)
{
	struct header h = { .magic = magic, .count = x->len, .top = x->top.len };
	size_t start = out->len;

	if (key.len == sizeof(h.key))
		memcpy(h.key, key.at, sizeof(h.key));
	put(out, &h, sizeof(h));
	for (size_t i = 0; i < x->len; i++) {
		const struct tree_entry *e = &x->at[i];
		struct record r = { e->size, (uint32_t)e->kind, (uint32_t)e->path.len, e->text.len };

		put(out, &r, sizeof(r));
	}
	h.texts = put_str(out, x->top);
	for (size_t i = 0; i < x->len; i++) {
		h.texts += put_str(out, x->at[i].path);
		h.texts += put_str(out, x->at[i].text);
	}
	memcpy(out->at + start, &h, sizeof(h));
	pack_seal(out->at + start, out->len - start);
}

/* Takes a text of `len` bytes and its NUL off the front. */
static bool
take(struct str *rest, uint64_t len, struct str *out)
{
	if (len >= rest->len || rest->at[len] != '\0')
		return false;
	*out = str_take(*rest, (size_t)len);
	*rest = str_drop(*rest, (size_t)len + 1);
	return true;
}

static bool
is_kind(uint32_t kind)
{
	return kind == TREE_DIR || kind == TREE_KEPT || kind == TREE_SIZED || kind == TREE_LINK || kind == TREE_SAME;
}

static bool
read_entries(struct str records, struct str texts, struct tree_index *x)
{
	for (size_t i = 0; i < x->len; i++) {
		struct tree_entry *e = &x->at[i];
		struct record r;

		memcpy(&r, records.at + i * sizeof(r), sizeof(r));
		if (!is_kind(r.kind) || !take(&texts, r.path, &e->path) || !take(&texts, r.text, &e->text))
			return false;
		if (i && str_cmp(e[-1].path, e->path) >= 0)
			return false;
		e->kind = (enum tree_kind)r.kind;
		e->size = r.size;
	}
	return texts.len == 0;
}

bool
pack_read(struct arena *keep, struct str bytes, struct str key, struct tree_index *x)
{
	struct str records, texts;
	struct hash128 hash;
	struct header h;

	if (bytes.len < sizeof(h) || key.len != sizeof(h.key))
		return false;
	memcpy(&h, bytes.at, sizeof(h));
	bytes = str_drop(bytes, sizeof(h));
	if (h.magic != magic || memcmp(h.key, key.at, key.len) != 0 || h.count > bytes.len / sizeof(struct record))
		return false;
	records = str_take(bytes, (size_t)h.count * sizeof(struct record));
	texts = str_drop(bytes, records.len);
	hash = bytes_hash((struct hash128){ 1, 2 }, bytes);
	if (texts.len != h.texts || hash.a != h.hash.a || hash.b != h.hash.b || !take(&texts, h.top, &x->top))
		return false;
	x->len = (size_t)h.count;
	x->at = NEW_ARRAY(keep, struct tree_entry, x->len);
	return read_entries(records, texts, x);
}
