// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixsim.h"

#include <string.h>

#include "base/file.h"
#include "kconfig/dialogue.h"

/* ---- the base ---- */

struct base {
	const struct kconfig *model;
	struct tree *tree;
	struct arena *keep;
	struct diag *diag;
	struct str allconfig;          /* the text KCONFIG_ALLCONFIG's file holds */
	struct str dotconfig;          /* so far */
};

static void
finish(struct base *b, struct config *c)
{
	struct text out = { 0 };

	config_write(c, &out);
	b->dotconfig = str_copy(b->keep, text_str(&out));
	text_release(&out);
}

/* conf --allnoconfig and its like: KCONFIG_ALLCONFIG's lines, then the mode for the rest. */
static void
make_mode(struct base *b, enum config_mode mode, struct str allconfig)
{
	struct config *c = config_new(b->model, b->keep);
	struct source src = { STR("KCONFIG_ALLCONFIG"), allconfig };

	config_read(c, &src, 0, b->diag);
	config_apply_mode(c, mode);
	finish(b, c);
}

/* conf --defconfig=FILE */
static bool
make_defconfig(struct base *b, struct str name)
{
	struct config *c = config_new(b->model, b->keep);
	struct source src;

	src.name = str_format(b->keep, "arch/%.*s/configs/%.*s", STR_ARG(b->model->srcarch), STR_ARG(name));
	if (!tree_read(b->tree, src.name, &src.text)) {
		diag_error(b->diag, src.name, 0, "the tree has no such defconfig; name another with --defconfig");
		return false;
	}
	config_load(c, &src, 0, b->diag);
	config_apply_mode(c, MODE_ALLDEF);
	finish(b, c);
	return true;
}

struct str
nix_merge(const struct kconfig *model, struct str dotconfig, struct str lines, struct arena *keep)
{
	struct base b = { .model = model, .keep = keep };
	struct config *c = config_new(model, keep);
	struct source src = { STR(".config"), str_format(keep, "%.*s\n%.*s", STR_ARG(dotconfig), STR_ARG(lines)) };

	config_load(c, &src, 0, &(struct diag){ .keep = keep }); /* a fragment is there to say it anew */
	config_apply_mode(c, MODE_OLDDEF);
	finish(&b, c);
	return b.dotconfig;
}

/* `make NAME.config` */
static bool
make_fragment(struct base *b, struct str name)
{
	struct str dirs[] = { STR("kernel/configs"), str_format(b->keep, "arch/%.*s/configs", STR_ARG(b->model->srcarch)) };
	struct str lines = STR(""), more;
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		if (!tree_read(b->tree, path_join(b->keep, dirs[i], name), &more))
			continue;
		lines = str_format(b->keep, "%.*s\n%.*s", STR_ARG(lines), STR_ARG(more));
		found = true;
	}
	if (found)
		b->dotconfig = nix_merge(b->model, b->dotconfig, lines, b->keep);
	else
		diag_error(b->diag, name, 0, "the tree has no such fragment in kernel/configs or arch/*/configs");
	return found;
}

/* `make defconfig`: arch/x86/Makefile names it after ARCH, the others call it defconfig. */
static struct str
default_defconfig(struct base *b)
{
	if (str_is(b->model->srcarch, "x86"))
		return str_format(b->keep, "%.*s_defconfig", STR_ARG(b->model->arch));
	return STR("defconfig");
}

bool
nix_defconfig_seed(const struct kconfig *model, struct tree *tree, struct str words, struct str seed,
                   struct arena *keep, struct str *allconfig)
{
	struct base b = { .model = model, .tree = tree, .keep = keep };
	struct str name = str_is(str_trim(words), "defconfig") ? default_defconfig(&b) : str_trim(words), text;

	if (!str_ends(name, STR("defconfig")) || !tree_read(tree, str_format(keep, "arch/%.*s/configs/%.*s",
	                                                                  STR_ARG(model->srcarch), STR_ARG(name)), &text))
		return false;
	*allconfig = str_format(keep, "%.*s\n%.*s", STR_ARG(text), STR_ARG(seed));
	return true;
}

static bool
make_tinyconfig(struct base *b)
{
	struct str tiny;

	if (!tree_read(b->tree, STR("kernel/configs/tiny-base.config"), &tiny))
		tiny = STR("");
	make_mode(b, MODE_ALLNO, tiny);
	return make_fragment(b, STR("tiny.config"));
}

static bool
make_word(struct base *b, struct str word)
{
	static const struct { const char *word; enum config_mode mode; } modes[] = {
		{ "allnoconfig", MODE_ALLNO }, { "allyesconfig", MODE_ALLYES }, { "allmodconfig", MODE_ALLMOD },
		{ "alldefconfig", MODE_ALLDEF },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (str_is(word, modes[i].word)) {
			make_mode(b, modes[i].mode, b->allconfig);
			return true;
		}
	}
	if (str_is(word, "tinyconfig"))
		return make_tinyconfig(b);
	if (str_is(word, "defconfig"))
		return make_defconfig(b, default_defconfig(b));
	if (str_ends(word, STR("_defconfig")))
		return make_defconfig(b, word);
	if (str_ends(word, STR(".config")))
		return make_fragment(b, word);
	diag_error(b->diag, STR(""), 0, "'%.*s' is no configuration make knows; use allnoconfig, defconfig, "
	           "NAME_defconfig, NAME.config or KCONFIG_ALLCONFIG=FILE", STR_ARG(word));
	return false;
}

/* The file as given, else in the tree (scripts/kconfig/confdata.c: zconf_fopen). */
static bool
read_allconfig(struct base *b, struct str path)
{
	int r = file_read(b->keep, str_c(b->keep, path), &b->allconfig);

	if (r == 0 || tree_read(b->tree, path, &b->allconfig))
		return true;
	diag_error(b->diag, path, 0, "cannot read KCONFIG_ALLCONFIG's file: %s", strerror(-r));
	return false;
}

bool
nix_base(const struct kconfig *model, struct tree *tree, struct str words, struct str seed, struct arena *keep,
         struct diag *diag, struct str *dotconfig)
{
	const struct str allconfig = STR("KCONFIG_ALLCONFIG=");
	struct base b = { .model = model, .tree = tree, .keep = keep, .diag = diag, .allconfig = seed };
	struct str rest = words, word;
	size_t made = 0;

	while (str_next_word(&rest, &word))
		if (str_starts(word, allconfig) && !read_allconfig(&b, str_drop(word, allconfig.len)))
			return false;
	for (rest = words; str_next_word(&rest, &word);) {
		if (str_starts(word, allconfig))
			continue;
		if (!make_word(&b, word))
			return false;
		made++;
	}
	if (!made)
		diag_error(diag, STR(""), 0, "no configuration to start from; use allnoconfig or defconfig");
	*dotconfig = b.dotconfig;
	return made > 0;
}

/* ---- the run ---- */

struct pass {
	struct flow flow;
	struct nix_outcome *out;
	struct text printed;
	size_t seen;                   /* of `printed` */
	struct str typed;
	const struct symbol *latest;   /* asked the last time */
	unsigned times;                /* in a row */
};

enum { CHOICE_TIMES_MAX = 4 };

static void
add_problem(struct nix_outcome *o, struct arena *keep, struct problem p)
{
	vec_push(keep, &o->problems.list, p);
	o->fatal += p.fatal;
}

/* What the answer does: without it the script would have typed `otherwise`, or Enter for what stands there. */
static void
note_effect(struct nix_outcome *o, const struct question *q, struct str reply, struct str otherwise)
{
	const struct symbol *s = q->sym;
	uint64_t number;

	if (!reply.len || str_eq(reply, otherwise.len ? otherwise : q->initial))
		return;
	if (q->is_choice && str_number(reply, 10, &number) && number >= 1 && number <= q->members_len)
		s = q->members[number - 1];
	o->moved[s->id] = true;
}

static struct str
die(struct pass *p, const struct question *q, enum problem_kind kind)
{
	p->out->died = true;
	p->out->culprit = q->sym;
	p->out->typed = p->typed;
	add_problem(p->out, p->flow.keep, (struct problem){
		.kind = kind, .fatal = true, .got = p->typed,
		.wanted = kind == PROBLEM_AMBIGUOUS ? p->flow.rival : q->prompt,
		.name = kind == PROBLEM_AMBIGUOUS ? p->flow.name : q->name,
	});
	return (struct str){ 0 };
}

static struct str
type_answer(void *ctx, const struct question *q)
{
	struct pass *p = ctx;
	struct nix_outcome *o = p->out;
	struct str reply;
	enum flow_step step = flow_answer(&p->flow, str_drop(text_str(&p->printed), p->seen), &reply);

	p->seen = p->printed.len;
	p->times = p->latest == q->sym ? p->times + 1 : 1;
	p->latest = q->sym;
	o->asked[q->sym->id] = true;
	o->questions++;
	if (step != FLOW_TYPE)
		return die(p, q, step == FLOW_REPEATED ? PROBLEM_REPEATED : PROBLEM_AMBIGUOUS);
	if (q->is_choice && p->times == CHOICE_TIMES_MAX)
		return die(p, q, PROBLEM_ENDLESS);
	note_effect(o, q, reply, p->flow.otherwise);
	if (p->flow.disputed)
		o->disputed[q->sym->id] = o->moved[q->sym->id] = true;
	if (p->flow.mistaken.len)
		vec_push(p->flow.keep, &o->mistaken, p->flow.mistaken);
	p->typed = reply;
	return reply;
}

/* One `make config` from a .config text to the next. */
static void
one_pass(const struct kconfig *model, const struct nix_run *run, struct str dotconfig, struct arena *keep,
         struct nix_outcome *o)
{
	struct diag ignored = { .keep = keep };
	struct source src = { STR(".config"), dotconfig };
	struct text out = { 0 };
	struct pass p = { .out = o, .flow = {
		.answers = run->answers, .keep = keep,
		.auto_modules = run->auto_modules, .prefer_builtin = run->prefer_builtin,
	} };

	o->config = run->blank ? config_copy(run->blank, keep) : config_new(model, keep);
	config_load(o->config, &src, 0, &ignored);
	dialogue_run(o->config, 0, type_answer, &p, &p.printed);
	text_release(&p.printed);
	if (o->died)
		return;
	config_write(o->config, &out);
	o->dotconfig = str_copy(keep, text_str(&out));
	text_release(&out);
}

void
nix_simulate(const struct kconfig *model, const struct nix_run *run, struct arena *keep, struct nix_outcome *o)
{
	struct dotconfig dc = { 0 };
	struct diag ignored = { .keep = keep };
	struct source src = { .name = STR(".config") };

	*o = (struct nix_outcome){
		.asked = NEW_ARRAY(keep, bool, model->symbols_len), .moved = NEW_ARRAY(keep, bool, model->symbols_len),
		.disputed = NEW_ARRAY(keep, bool, model->symbols_len),
	};
	one_pass(model, run, run->base, keep, o);
	if (!o->died)
		one_pass(model, run, o->dotconfig, keep, o);
	if (o->died) {
		o->dotconfig = STR("");
		return;
	}
	src.text = o->dotconfig;
	dotconfig_parse(&dc, &src, keep, &ignored);
	flow_check(run->answers, &dc, run->ignore_errors, keep, &o->problems);
	for (size_t i = 0; i < o->problems.list.len; i++)
		o->fatal += o->problems.list.at[i].fatal;
}
