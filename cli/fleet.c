// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fleet.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

enum { JOBS_MAX = 256 };

/* ---- dumps ---- */

static struct str
drop_ending(struct str name, const char *const *endings)
{
	for (size_t i = 0; endings[i]; i++)
		if (str_ends(name, str_from(endings[i])) && name.len > strlen(endings[i]))
			return str_take(name, name.len - strlen(endings[i]));
	return name;
}

struct str
dump_name(struct str file)
{
	static const char *const packed[] = { ".gz", ".xz", ".zst", NULL };
	static const char *const forms[] = { ".json", ".tsv", ".txt", ".udev", ".umockdev", ".lspci", ".db", NULL };

	return drop_ending(drop_ending(file, packed), forms);
}

static bool
is_dump(struct str file)
{
	static const char *const others[] = { "INDEX", "README", "LICENSE", "LICENCE", "COPYING" };

	if (file.at[0] == '.' || str_ends(file, STR(".md")) || str_ends(file, STR(".expect")))
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_is(str_take(file, str_index(file, '.')), others[i]))
			return false;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct dump_file *x = a, *y = b;
	int r = str_cmp(x->name, y->name);

	return r ? r : strcmp(x->path, y->path);
}

static bool
check_names(const char *dir, struct diag *diag, const struct dump_files *out)
{
	for (size_t i = 1; i < out->list.len; i++)
		if (str_eq(out->list.at[i - 1].name, out->list.at[i].name)) {
			diag_error(diag, str_from(out->list.at[i].path), 0, "%s is called the same; rename one of them",
			           out->list.at[i - 1].path);
			return false;
		}
	if (!out->list.len)
		diag_error(diag, str_from(dir), 0, "no dumps in this directory; make one with 'derpconfig scan -o FILE'");
	return out->list.len > 0;
}

bool
dump_files(const char *dir, struct arena *keep, struct diag *diag, struct dump_files *out)
{
	struct str *files;
	size_t n;
	int r = dir_files(keep, dir, &files, &n);

	if (r < 0) {
		diag_error(diag, str_from(dir), 0, "cannot read the directory: %s", strerror(-r));
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct dump_file f = { dump_name(files[i]), str_c(keep, path_join(keep, str_from(dir), files[i])) };

		if (is_dump(files[i]))
			vec_push(keep, &out->list, f);
	}
	if (out->list.len)
		qsort(out->list.at, out->list.len, sizeof(*out->list.at), by_name);
	return check_names(dir, diag, out);
}

/* ---- workers ---- */

struct fleet {
	size_t n;
	void (*work)(void *ctx, size_t i, struct text *out);
	void *ctx;
	struct arena *keep;
	struct str *results;
	atomic_size_t *next;      /* shared by all processes */
};

/* In a worker's file: a head, then the text. */
struct head { size_t index, len; };

static bool
write_all(int fd, const void *at, size_t len)
{
	const char *p = at;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static _Noreturn void
worker(struct fleet *f, int fd)
{
	struct text t = { 0 };
	size_t i;

	while ((i = atomic_fetch_add(f->next, 1)) < f->n) {
		struct head h = { .index = i };

		t.len = 0;
		f->work(f->ctx, i, &t);
		h.len = t.len;
		if (!write_all(fd, &h, sizeof(h)) || !write_all(fd, t.at ? t.at : "", t.len))
			_exit(2);
	}
	_exit(0);
}

static void
collect(struct fleet *f, int fd)
{
	struct stat st;
	struct head h;
	size_t at = 0, size;
	char *all;

	if (fstat(fd, &st) < 0 || !st.st_size)
		return;
	size = (size_t)st.st_size;
	all = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (all == MAP_FAILED)
		return;
	while (size - at >= sizeof(h)) {
		memcpy(&h, all + at, sizeof(h));
		at += sizeof(h);
		if (h.len > size - at || h.index >= f->n)
			break;
		f->results[h.index] = str_copy(f->keep, (struct str){ all + at, h.len });
		at += h.len;
	}
	munmap(all, size);
}

static size_t
cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

/* False: not even one worker could be had. */
static bool
run_workers(struct fleet *f, size_t jobs)
{
	int fd[JOBS_MAX];
	pid_t pid[JOBS_MAX];
	size_t n = 0;

	for (; n < jobs; n++) {
		fd[n] = memfd_create("derpconfig", MFD_CLOEXEC);
		if (fd[n] < 0)
			break;
		pid[n] = fork();
		if (pid[n] == 0)
			worker(f, fd[n]);
		if (pid[n] < 0) {
			close(fd[n]);
			break;
		}
	}
	for (size_t i = 0; i < n; i++) {
		while (waitpid(pid[i], NULL, 0) < 0 && errno == EINTR)
			;
		collect(f, fd[i]);
		close(fd[i]);
	}
	return n > 0;
}

static void
run_here(struct fleet *f)
{
	struct text t = { 0 };

	for (size_t i = 0; i < f->n; i++) {
		t.len = 0;
		f->work(f->ctx, i, &t);
		f->results[i] = str_copy(f->keep, text_str(&t));
	}
	text_release(&t);
}

void
fleet_run(size_t n, size_t jobs, void (*work)(void *ctx, size_t i, struct text *out), void *ctx, struct arena *keep,
          struct str *results)
{
	struct fleet f = { n, work, ctx, keep, results, NULL };
	atomic_size_t *next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memset(results, 0, n * sizeof(*results));
	if (!jobs)
		jobs = cores();
	if (jobs > n)
		jobs = n;
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	if (next == MAP_FAILED) {
		run_here(&f);
		return;
	}
	atomic_init(next, 0);
	f.next = next;
	fflush(NULL);
	if (jobs <= 1 || !run_workers(&f, jobs))
		run_here(&f);
	munmap(next, sizeof(*next));
}
