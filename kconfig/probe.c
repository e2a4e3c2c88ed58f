// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Running the questions of a Kconfig tree, as scripts/kconfig/preprocess.c (do_shell) does: /bin/sh -c, output cut
 * at 4095 bytes, line feeds at the end dropped and others turned into blanks. Commands run in a directory of
 * their own with the variables of the kernel's Makefile in the environment. Answers are kept below
 * $XDG_CACHE_HOME/derpconfig for the same tools: a tool is the same while its file is.
 */
#include "kconfig/toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

extern char **environ;

enum { ANSWER_MAX = 4095, SECONDS_MAX = 60 };

/* ---- the cache ---- */

/* NAME:PATH:SIZE:TIME of the tool that the variable names. */
static void
add_identity(struct text *t, struct str variable, struct str tool)
{
	struct str path = str_from(getenv("PATH")), dir, word = tool;
	struct stat st;
	char file[4096];

	str_next_word(&tool, &word);
	text_addf(t, "%.*s=%.*s", STR_ARG(variable), STR_ARG(word));
	while (word.len && str_next_part(&path, ':', &dir)) {
		if (str_has(word, '/'))
			dir = STR("");
		snprintf(file, sizeof(file), "%.*s%s%.*s", STR_ARG(dir), dir.len ? "/" : "", STR_ARG(word));
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode)) {
			text_addf(t, ":%s:%lld:%lld", file, (long long)st.st_size, (long long)st.st_mtime);
			break;
		}
	}
	text_add_char(t, '\n');
}

static char *
cache_path(struct probe *p, const struct map *variables)
{
	static const char *const tool[] = { "as", "ld", "rustc", "python3" };
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct text id = { 0 };
	struct str dir;
	uint64_t hash;

	for (size_t i = 0; i < variables->len; i++) {
		const struct map_entry *e = &variables->entry[i];

		if (!str_is(e->key, "srctree") && !str_is(e->key, "KERNELVERSION"))
			add_identity(&id, e->key, *(const struct str *)e->value);
	}
	for (size_t i = 0; i < sizeof(tool) / sizeof(*tool); i++)
		add_identity(&id, STR("tool"), str_from(tool[i]));
	hash = str_hash(text_str(&id));
	text_release(&id);
	if (xdg && xdg[0] == '/')
		dir = path_join(p->keep, str_from(xdg), STR("derpconfig"));
	else if (home && home[0])
		dir = path_join(p->keep, str_from(home), STR(".cache/derpconfig"));
	else
		return NULL;
	return str_c(p->keep, str_format(p->keep, "%.*s/probe-%016llx", STR_ARG(dir), (unsigned long long)hash));
}

static void
cache_read(struct probe *p)
{
	struct str text, line;

	if (!p->cache || file_read(p->keep, p->cache, &text) < 0)
		return;
	while (str_next_line(&text, &line)) {
		size_t tab = str_rindex(line, '\t');
		struct str *answer = NEW(p->keep, struct str);

		if (tab == line.len)
			continue;
		*answer = str_drop(line, tab + 1);
		*map_put(&p->known, p->keep, str_take(line, tab)) = answer;
	}
}

/* A script of the tree is part of the question. */
static struct str
cache_key(struct probe *p, struct str question)
{
	struct str script = STR("$(srctree)/"), text;
	size_t at = str_find(question, script), end;

	if (at == question.len)
		return question;
	script = str_drop(question, at + script.len);
	for (end = 0; end < script.len && !strchr(" ;\"'", script.at[end]); end++)
		;
	if (!tree_read(p->tree, str_take(script, end), &text))
		return question;
	return str_format(p->keep, "%.*s #%016llx", STR_ARG(question), (unsigned long long)str_hash(text));
}

static void
cache_write(struct probe *p)
{
	struct text all = { 0 };
	struct str old;
	char *dir;

	if (!p->cache || !p->fresh.len)
		return;
	dir = str_c(p->keep, path_dir(str_from(p->cache)));
	mkdir(str_c(p->keep, path_dir(str_from(dir))), 0777);
	mkdir(dir, 0777);
	if (file_read(p->keep, p->cache, &old) == 0)
		text_add(&all, old);
	text_add(&all, text_str(&p->fresh));
	file_write(p->cache, text_str(&all)); /* a cache that cannot be written is no error */
	text_release(&all);
}

/* ---- running ---- */

/* Ours with the Makefile's on top. */
static char **
make_environment(const struct map *variables, struct arena *keep)
{
	VEC(char *) env = { 0 };

	for (char **e = environ; e && *e; e++) {
		struct str name = str_take(str_from(*e), str_index(str_from(*e), '='));

		if (map_index(variables, name) < 0 && !str_starts(name, STR("LC_")) && !str_is(name, "LANGUAGE"))
			vec_push(keep, &env, *e);
	}
	for (size_t i = 0; i < variables->len; i++) {
		const struct map_entry *e = &variables->entry[i];
		struct str value = *(const struct str *)e->value;

		vec_push(keep, &env, str_c(keep, str_format(keep, "%.*s=%.*s", STR_ARG(e->key), STR_ARG(value))));
	}
	vec_push(keep, &env, str_c(keep, STR("LC_ALL=C")));
	vec_push(keep, &env, NULL);
	return env.at;
}

void
probe_environment(struct probe *p, const struct map *variables)
{
	p->environment = make_environment(variables, p->keep);
}

void
probe_init(struct probe *p, struct tree *t, const struct map *variables, struct arena *keep)
{
	const struct str *srctree = map_get(variables, STR("srctree"));

	*p = (struct probe){ .keep = keep, .tree = t };
	p->srctree = tree_is_archive(t) ? STR("") : *srctree;
	probe_environment(p, variables);
	p->cache = cache_path(p, variables);
	cache_read(p);
}

static long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads to the end; what does not fit is read and forgotten. False: it took too long. */
static bool
read_answer(int fd, char *buf, size_t *len)
{
	long end = milliseconds() + SECONDS_MAX * 1000;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char more[4096];

	*len = 0;
	for (;;) {
		long left = end - milliseconds();
		bool full = *len == ANSWER_MAX;
		ssize_t n;

		if (left <= 0 || poll(&wait, 1, (int)left) == 0)
			return false;
		n = read(fd, full ? more : buf + *len, full ? sizeof(more) : ANSWER_MAX - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		*len += full ? 0 : (size_t)n;
	}
}

static pid_t
spawn_shell(struct probe *p, const char *command, int out)
{
	const char *const argv[] = { "sh", "-c", command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	pid_t pid;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addchdir_np(&actions, p->dir);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attr, 0);
	rc = posix_spawn(&pid, "/bin/sh", &actions, &attr, (char *const *)(uintptr_t)argv, p->environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return rc ? -1 : pid;
}

static bool
make_directory(struct probe *p)
{
	const char *tmp = getenv("TMPDIR");

	if (p->dir)
		return true;
	p->dir = str_c(p->keep, str_format(p->keep, "%s/derpconfig.XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp"));
	if (!mkdtemp(p->dir))
		p->dir = NULL;
	return p->dir != NULL;
}

static bool
run(struct probe *p, const char *command, char *buf, size_t *len)
{
	int fd[2];
	pid_t pid;
	bool done;

	if (!make_directory(p) || pipe2(fd, O_CLOEXEC) < 0)
		return false;
	pid = spawn_shell(p, command, fd[1]);
	close(fd[1]);
	done = pid > 0 && read_answer(fd[0], buf, len);
	if (pid > 0 && !done)
		kill(-pid, SIGKILL);
	close(fd[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return done;
}

bool
probe_run(struct probe *p, struct str question, struct str command, struct str *answer)
{
	struct str key = cache_key(p, question);
	const struct str *known = map_get(&p->known, key);
	char buf[ANSWER_MAX];
	size_t len;

	if (known) {
		*answer = *known;
		return true;
	}
	if (!p->srctree.len && str_find(question, STR("$(srctree)")) < question.len)
		return false;
	if (!run(p, str_c(p->keep, command), buf, &len))
		return false;
	while (len && buf[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		if (buf[i] == '\n' || buf[i] == '\0')
			buf[i] = ' ';
	*answer = str_copy(p->keep, (struct str){ buf, len });
	if (!memchr(buf, '\t', len) && !str_has(key, '\t'))
		text_addf(&p->fresh, "%.*s\t%.*s\n", STR_ARG(key), STR_ARG(*answer));
	return true;
}

static int
remove_entry(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	remove(path);
	return 0;
}

void
probe_done(struct probe *p)
{
	cache_write(p);
	text_release(&p->fresh);
	if (p->dir)
		nftw(p->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
