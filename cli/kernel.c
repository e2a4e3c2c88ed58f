// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"

/* Where one thing is looked for; each place is told when nothing is found. */
struct search {
	struct args *args;
	struct str release;   /* of the kernel whose things are wanted: "6.12.43+deb12-amd64" */
	struct str running;   /* of the kernel that runs */
	const char *modules;  /* directory; NULL: none */
	struct text tried;
};

static bool
is_readable(struct search *s, struct str path)
{
	if (access(path.at, R_OK) == 0)
		return true;
	text_addf(&s->tried, "%s%.*s", s->tried.len ? ", " : "", STR_ARG(path));
	return false;
}

/* "6.12.43+deb12-amd64" -> "6.12" */
static struct str
series(struct str release)
{
	size_t first = str_index(release, '.') + 1;
	size_t n = 0;

	while (first + n < release.len && release.at[first + n] >= '0' && release.at[first + n] <= '9')
		n++;
	return str_take(release, first + n);
}

/* The first of the places that is there; NULL: none. */
static const char *
first_of(struct search *s, const struct str *places, size_t n, const char *must_have)
{
	s->tried.len = 0;
	for (size_t i = 0; i < n; i++)
		if (places[i].len && is_readable(s, str_format(s->args->keep, "%.*s%s", STR_ARG(places[i]), must_have)))
			return places[i].at;
	return NULL;
}

static const char *
find_modules(struct search *s, bool must)
{
	struct arena *keep = s->args->keep;
	struct str places[] = {
		str_format(keep, "/lib/modules/%.*s", STR_ARG(s->release)),
		str_format(keep, "/run/booted-system/kernel-modules/lib/modules/%.*s", STR_ARG(s->release)),
	};
	const char *found = first_of(s, places, 2, "");

	if (!found && must)
		diag_error(s->args->diag, STR(""), 0, "no modules of the running kernel %.*s: looked for %s; give a "
		           "lib/modules/VERSION directory with --modules. On NixOS: nix build "
		           "'nixpkgs#linux^*', then result*/lib/modules/VERSION. On Debian: apt download "
		           "linux-image-amd64's package, dpkg -x it, run depmod -b", STR_ARG(s->release), s->tried.at);
	return found;
}

static const char *
find_tree(struct search *s, bool must)
{
	struct arena *keep = s->args->keep;
	struct str dir = s->modules ? str_from(s->modules) : STR(""), v = series(s->release);
	struct str places[] = {
		dir.len ? str_format(keep, "%.*s/source", STR_ARG(dir)) : STR(""),
		dir.len ? str_format(keep, "%.*s/build", STR_ARG(dir)) : STR(""),
		str_format(keep, "/usr/src/linux-source-%.*s", STR_ARG(v)),
		str_format(keep, "/usr/src/linux-%.*s", STR_ARG(s->release)),
	};
	/* headers for modules lie at these places too, without the Kconfig files */
	const char *found = first_of(s, places, 4, "/drivers/Kconfig");
	struct str tarball = str_format(keep, "/usr/src/linux-source-%.*s.tar.xz", STR_ARG(v));

	if (!found && is_readable(s, tarball))
		found = tarball.at;
	if (!found && must)
		diag_error(s->args->diag, STR(""), 0, "no source of kernel %.*s: looked for %s; give a source directory or "
		           "linux-*.tar.xz with --kernel. On NixOS: nix build nixpkgs#linux.src, then result. On Debian: "
		           "apt install linux-source-%.*s", STR_ARG(s->release), s->tried.at, STR_ARG(v));
	return found;
}

static const char *
find_config(struct search *s, bool must)
{
	struct arena *keep = s->args->keep;
	struct str dir = s->modules ? str_from(s->modules) : STR("");
	struct str places[] = {
		str_eq(s->release, s->running) ? STR("/proc/config.gz") : STR(""),
		str_format(keep, "/boot/config-%.*s", STR_ARG(s->release)),
		dir.len ? str_format(keep, "%.*s/config", STR_ARG(dir)) : STR(""),
		dir.len ? str_format(keep, "%.*s/build/.config", STR_ARG(dir)) : STR(""),
	};
	const char *found = first_of(s, places, 4, "");

	if (!found && must)
		diag_error(s->args->diag, STR(""), 0, "no configuration of kernel %.*s: looked for %s; give it with --config. "
		           "On NixOS: modprobe configs, or nix build nixpkgs#linux.configfile, then result. On Debian: it "
		           "is /boot/config-VERSION of the linux-image package", STR_ARG(s->release), s->tried.at);
	return found;
}

/* Kconfig's architecture symbols, and what ARCH= is called. */
static struct str
arch_of_config(struct str text)
{
	static const struct { const char *line, *arch; } table[] = {
		{ "CONFIG_X86_64=y", "x86_64" }, { "CONFIG_X86_32=y", "i386" }, { "CONFIG_ARM64=y", "arm64" },
		{ "CONFIG_ARM=y", "arm" }, { "CONFIG_RISCV=y", "riscv" }, { "CONFIG_PPC=y", "powerpc" },
		{ "CONFIG_S390=y", "s390" }, { "CONFIG_LOONGARCH=y", "loongarch" }, { "CONFIG_MIPS=y", "mips" },
	};
	struct str line;

	while (str_next_line(&text, &line))
		for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
			if (str_is(line, table[i].line))
				return str_from(table[i].arch);
	return STR("");
}

struct str
kernel_arch(struct arena *keep, struct str m)
{
	static const struct { const char *prefix, *arch; } table[] = {
		{ "x86_64", "x86_64" }, { "i386", "i386" }, { "i486", "i386" }, { "i586", "i386" }, { "i686", "i386" },
		{ "aarch64", "arm64" }, { "arm64", "arm64" }, { "arm", "arm" }, { "riscv", "riscv" }, { "ppc", "powerpc" },
		{ "s390", "s390" }, { "loongarch", "loongarch" }, { "mips", "mips" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (str_starts(m, str_from(table[i].prefix)))
			return str_from(table[i].arch);
	return str_copy(keep, m);
}

bool
kernel_runs(struct str arch, struct str machine, struct arena *scratch)
{
	struct str wants = kernel_arch(scratch, machine);

	return !machine.len || str_eq(wants, arch) || (str_is(wants, "i386") && str_is(arch, "x86_64"));
}

static bool
read_config(struct args *a, const char *path, struct kernel *k)
{
	int r = file_read_unpacked(a->keep, path, &k->config);

	k->config_path = str_from(path);
	if (r < 0)
		diag_error(a->diag, k->config_path, 0, "cannot read the configuration: %s; give a kernel's .config to --config",
		           strerror(-r));
	else if (str_find(k->config, STR("CONFIG_")) == k->config.len)
		diag_error(a->diag, k->config_path, 0, "not a kernel configuration: no CONFIG_ in it; "
		           "give a kernel's .config to --config");
	else
		source_check_end(&(struct source){ k->config_path, k->config }, a->diag);
	return !a->diag->errors;
}

static void
choose_arch(struct args *a, struct str machine, struct str running, struct kernel *k)
{
	const char *given = args_value(a, "arch");
	struct str of_config = arch_of_config(k->config), of_machine;

	of_machine = kernel_arch(a->keep, machine.len ? machine : running);
	k->arch = given ? kernel_arch(a->keep, str_from(given)) : of_config.len ? of_config : of_machine;
	if (!kernel_runs(k->arch, machine, a->keep))
		diag_warn(a->diag, k->config_path, 0, "the kernel is for %.*s, the machine is %.*s: its drivers are mapped as far "
		          "as this kernel has them", STR_ARG(k->arch), STR_ARG(machine));
}

static bool
find_all(struct args *a, struct search *s, unsigned need, struct kernel *k)
{
	const char *tree = args_value(a, "kernel"), *config = args_value(a, "config");

	s->modules = k->modules = args_value(a, "modules");
	if (s->modules) {
		char *real = realpath(s->modules, NULL);

		s->release = str_copy(a->keep, path_base(str_from(real ? real : s->modules)));
		free(real);
	} else {
		s->modules = k->modules = find_modules(s, need & KERNEL_MODULES);
	}
	/* a tree that was given stands for itself: without modules or configuration given, the running kernel's are used */
	if (!tree)
		tree = find_tree(s, need & KERNEL_TREE);
	if (!config)
		config = find_config(s, need & KERNEL_CONFIG);
	if (a->diag->errors)
		return false;
	if (tree && !(k->tree = tree_open(tree, 0, a->diag)) && (need & KERNEL_TREE))
		return false;
	return !config || read_config(a, config, k);
}

bool
kernel_find(struct args *a, unsigned need, struct str arch, struct kernel *k)
{
	struct utsname u;
	struct search s = { .args = a };
	bool ok;

	*k = (struct kernel){ 0 };
	if (uname(&u) == 0)
		s.release = s.running = str_copy(a->keep, str_from(u.release));
	ok = find_all(a, &s, need, k) && !a->diag->errors;
	text_release(&s.tried);
	if (ok)
		choose_arch(a, arch, str_copy(a->keep, str_from(u.machine)), k);
	else
		kernel_release(k);
	return ok;
}

void
kernel_release(struct kernel *k)
{
	tree_close(k->tree);
	k->tree = NULL;
}
