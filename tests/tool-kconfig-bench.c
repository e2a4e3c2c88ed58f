// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tool-kconfig-bench TREE [CONFIG] - CPU milliseconds of each step from files to a configuration; the best of several
 * runs. With CONFIG, toolchain questions are answered from it.
 */
#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "kconfig/dialogue.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Takes the step's time off the clock and keeps the best. */
static double
lap(double *clock, double best)
{
	double t = now(), took = t - *clock;

	*clock = t;
	return best == 0 || took < best ? took : best;
}

static struct str
enter(void *ctx, const struct question *q)
{
	(void)q;
	++*(size_t *)ctx;
	return STR("");
}

enum step { OPEN, LOAD, NEW_ONE, ALLNO, WRITE, COPY, RECOMPUTE, ANSWER, READ, DIALOGUE, STEPS };

static const char *const names[STEPS] = {
	"open the tree", "parse, finalise and plan", "a new configuration", "allnoconfig, all values", "write", "copy", "all values again",
	"one answer and its undoing (MODULES aside, mean)", "read and settle .config", "oldaskconfig, Enter to all",
};

/* Every visible bool once to and fro. */
static size_t
answer_all(struct config *c)
{
	const struct kconfig *k = config_model(c);
	size_t n = 0;

	for (size_t i = 0; i < k->symbols_len; i++) {
		const struct symbol *s = k->symbols[i];
		enum tri was = s->type == SYM_BOOL && s != k->modules && !s->choice && !s->is_choice ? config_tri(c, s) : TRI_M;

		if (was == TRI_M || !config_set(c, s, was == TRI_Y ? STR("n") : STR("y")))
			continue;
		config_tri(c, s);
		config_set(c, s, was == TRI_Y ? STR("y") : STR("n"));
		config_tri(c, s);
		n += 2;
	}
	return n;
}

static void
run(const char *path, struct str fat, double *best)
{
	struct arena a = { 0 };
	struct diag d = { .keep = &a };
	struct text out = { 0 };
	struct kconfig_options o = { .fat_config = fat };
	double clock = now();
	struct tree *t = tree_open(path, 0, &d);
	struct kconfig *k;
	struct config *c, *other;
	size_t n, questions = 0;

	best[OPEN] = lap(&clock, best[OPEN]);
	k = t ? kconfig_load(t, &o, &a, &d) : NULL;
	best[LOAD] = lap(&clock, best[LOAD]);
	if (!k) {
		diag_print(&d, stderr);
		return;
	}
	c = config_new(k, &a);
	other = config_copy(c, &a);
	clock = now();
	config_new(k, &a);
	best[NEW_ONE] = lap(&clock, best[NEW_ONE]);
	config_apply_mode(c, MODE_ALLNO);
	config_tri(c, k->sym_y);
	best[ALLNO] = lap(&clock, best[ALLNO]);
	config_write(c, &out);
	best[WRITE] = lap(&clock, best[WRITE]);
	config_copy(c, &a);
	best[COPY] = lap(&clock, best[COPY]);
	config_recompute(c);
	best[RECOMPUTE] = lap(&clock, best[RECOMPUTE]);
	n = answer_all(c);
	clock -= 0;
	best[ANSWER] = lap(&clock, best[ANSWER] * (double)n) / (double)n;
	config_load(other, &(struct source){ STR("config"), fat.len ? fat : text_str(&out) }, 0, &d);
	config_tri(other, k->sym_y);
	best[READ] = lap(&clock, best[READ]);
	dialogue_run(other, 0, enter, &questions, NULL);
	best[DIALOGUE] = lap(&clock, best[DIALOGUE]);
	text_release(&out);
	tree_close(t);
	arena_release(&a);
}

int
main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct str fat = STR("");
	double best[STEPS] = { 0 };

	if (argc < 2 || (argc > 2 && file_read_unpacked(&a, argv[2], &fat) < 0)) {
		fprintf(stderr, "usage: tool-kconfig-bench TREE [CONFIG]\n");
		return 2;
	}
	for (int i = 0; i < 5; i++)
		run(argv[1], fat, best);
	for (enum step s = 0; s < STEPS; s++)
		printf("%9.3f ms  %s\n", best[s], names[s]);
	arena_release(&a);
	return best[LOAD] == 0;
}
