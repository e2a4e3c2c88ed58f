// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixcommon.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/data.h"
#include "base/file.h"
#include "nixout/nix.h"
#include "nixout/settings.h"

enum { OUTPUT_LIMIT = 16 << 20 };

struct str
nixcommon_kernel(struct args *a, struct tree *tree)
{
	const char *given = args_value(a, "linux");
	struct str version = tree_version(tree), major, minor;

	if (given)
		return str_from(given);
	if (!str_next_part(&version, '.', &major) || !str_next_part(&version, '.', &minor))
		return STR("linux");
	return str_format(a->keep, "linux_%.*s_%.*s", STR_ARG(major), STR_ARG(minor));
}

static const char *
nix_system(struct str arch)
{
	static const struct { const char *arch, *system; } systems[] = {
		{ "x86_64", "x86_64-linux" }, { "i386", "i686-linux" }, { "arm64", "aarch64-linux" },
		{ "arm", "armv7l-linux" }, { "riscv", "riscv64-linux" }, { "loongarch", "loongarch64-linux" },
		{ "powerpc", "powerpc64le-linux" }, { "s390", "s390x-linux" }, { "mips", "mips64el-linux" },
	};

	for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++)
		if (str_is(arch, systems[i].arch))
			return systems[i].system;
	return NULL;
}

/* "<nixpkgs>", or a path as an expression, whatever characters it has; NULL: no such directory. */
static const char *
nixpkgs_expression(struct args *a, const char *path)
{
	struct text t = { 0 };
	const char *result;
	char *full;

	if (path[0] == '<')
		return path;
	full = realpath(path, NULL);
	if (!full)
		return NULL;
	text_add_c(&t, "/. + ");
	nix_string(str_from(full), &t);
	free(full);
	result = str_c(a->keep, text_str(&t));
	text_release(&t);
	return result;
}

static bool
read_all(int fd, struct text *out)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out->len > OUTPUT_LIMIT)
			return false;
		text_add(out, (struct str){ buf, (size_t)n });
	}
	return true;
}

/* Its standard output; its complaints go where ours do. False: it could not be run, or failed. */
static bool
run(const char *const *argv, struct text *out)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	int fd[2], status = -1;
	pid_t pid;
	bool read;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[1], 1);
	errno = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fd[1]);
	read = !errno && read_all(fd[0], out);
	close(fd[0]);
	while (!errno && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		errno = 0;
	return read && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
evaluate(struct args *a, const char *path, struct str kernel, struct str arch, struct str *json)
{
	static const char expression[] =
		"{ nixpkgs, kernel, system }: let "
		"k = (import nixpkgs { inherit system; config = { }; overlays = [ ]; }).${kernel}; "
		"c = k.configfile; in c.kernelConfig or c.moduleStructuredConfig.intermediateNixConfig";
	const char *system = nix_system(arch), *nixpkgs = nixpkgs_expression(a, path);
	struct text out = { 0 };
	bool fine;

	if (!system)
		return diag_error(a->diag, STR(""), 0, "nix has no name for systems of ARCH=%.*s; give a file to --common",
		                  STR_ARG(arch)), false;
	if (!nixpkgs)
		return diag_error(a->diag, str_from(path), 0, "cannot read this nixpkgs: %s", strerror(errno)), false;
	fine = run((const char *const[]){ "nix-instantiate", "--eval", "--json", "--readonly-mode",
		"--option", "allow-import-from-derivation", "false", "--arg", "nixpkgs", nixpkgs,
		"--argstr", "kernel", str_c(a->keep, kernel), "--argstr", "system", system, "-E", expression, NULL }, &out);
	if (fine)
		*json = str_copy(a->keep, text_str(&out));
	else
		diag_error(a->diag, str_from(path), 0, "nix-instantiate does not tell %.*s.configfile.kernelConfig for %s; "
		           "name the kernel with --linux, or save the answers to a file", STR_ARG(kernel), system);
	text_release(&out);
	return fine;
}

bool
nixcommon_read(struct args *a, struct tree *tree, struct str arch, struct answers *out)
{
	const char *path = args_value(a, "common");
	struct source src = { .name = str_from(path) };
	struct stat st;
	int r = 0;

	if (path[0] == '<' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode))) {
		if (!evaluate(a, path, nixcommon_kernel(a, tree), arch, &src.text))
			return false;
	} else if ((r = file_read_unpacked(a->keep, path, &src.text)) < 0) {
		diag_error(a->diag, src.name, 0, "cannot read the common config's answers: %s", strerror(-r));
		return false;
	}
	source_check_end(&src, a->diag);
	settings_parse(out, &src, a->keep, a->diag);
	return a->diag->errors == 0;
}

void
nixcommon_platform(struct str arch, struct arena *keep, struct answers *out, struct answers *common)
{
	const char *name = str_format(keep, "nixout/data/%.*s.answers", STR_ARG(arch)).at;
	struct source src = { str_from(name), data_find(name) };

	if (src.text.len)
		answers_parse(out, &src, keep, &(struct diag){ .keep = keep });
	for (size_t i = 0; i < answers_len(out); i++)
		answers_set(common, keep, answers_at(out, i)->name, answers_at(out, i)->value, false);
}
