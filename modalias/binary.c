// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * depmod's binary indexes, for directories that hold no text. A trie of keys (kmod's libkmod-index.c): numbers are
 * big-endian, a node's offset has its parts in the upper bits: characters that all keys below share, children by
 * next character, values. Untrusted: every read is checked, and a file has no more nodes than bytes.
 */
#include <string.h>

#include "modalias/index.h"

enum { VERSION_2_1 = 0x00020001, KEY_MAX = 4096, OUT_MAX = 64 << 20 };
static const uint32_t magic_number = 0xB007F457;
static const uint32_t has_prefix = 1u << 31, has_values = 1u << 30, has_children = 1u << 29, is_offset = 0x0FFFFFFF;

struct trie {
	struct str file;
	struct str before;            /* of each line */
	bool keys;                    /* each line has its key */
	size_t nodes;
	struct text key, *out;
};

static bool
number(struct str *s, uint32_t *out)
{
	const unsigned char *p = (const unsigned char *)s->at;

	if (s->len < 4)
		return false;
	*out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	*s = str_drop(*s, 4);
	return true;
}

static bool
string(struct str *s, struct str *out)
{
	size_t end = str_index(*s, '\0');
	bool ended = end < s->len;

	*out = str_take(*s, end);
	*s = str_drop(*s, end + 1);
	return ended;
}

/* values = count (priority string)* */
static bool
values(struct trie *t, struct str s)
{
	uint32_t count, priority;
	struct str value;

	if (!number(&s, &count))
		return false;
	while (count--) {
		if (!number(&s, &priority) || !string(&s, &value) || t->out->len > OUT_MAX)
			return false;
		text_add(t->out, t->before);
		if (t->keys) {
			text_add(t->out, text_str(&t->key));
			text_add_char(t->out, ' ');
		}
		text_add(t->out, value);
		text_add_char(t->out, '\n');
	}
	return true;
}

static bool
node(struct trie *t, uint32_t offset)
{
	struct str s = str_drop(t->file, offset & is_offset), prefix = STR(""), children = STR("");
	size_t key = t->key.len;
	unsigned first = 1, last = 0;
	uint32_t child;

	if (!s.len || ++t->nodes > t->file.len || ((offset & has_prefix) && !string(&s, &prefix)) ||
	    t->key.len + prefix.len > KEY_MAX)
		return false;
	text_add(&t->key, prefix);
	if (offset & has_children) {
		if (s.len < 2)
			return false;
		first = (unsigned char)s.at[0];
		last = (unsigned char)s.at[1];
		children = str_drop(s, 2);
		s = str_drop(children, first <= last ? (last - first + 1) * 4 : 0);
	}
	if ((offset & has_values) && !values(t, s))
		return false;
	for (unsigned c = first; c <= last; c++) {
		if (!number(&children, &child))
			return false;
		text_add_char(&t->key, (char)c);
		if (child && !node(t, child))
			return false;
		t->key.len--;
	}
	t->key.len = key;
	return true;
}

bool
index_text(struct str file, struct str before, bool keys, struct text *out)
{
	struct trie t = { .file = file, .before = before, .keys = keys, .out = out };
	struct str s = file;
	uint32_t magic, version, root;
	bool ok = number(&s, &magic) && number(&s, &version) && number(&s, &root) && magic == magic_number &&
	          version == VERSION_2_1 && node(&t, root);

	text_release(&t.key);
	return ok;
}
