// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

/* What flags ask for. Everything else is an input. */
enum ask { WRITES_FILE, WRITES_DIR, RUNS, RUNS_UNLESS_FILE };

static const struct { const char *flag; enum ask ask; const char *only_with; } asks[] = {
	{ "output", WRITES_FILE, NULL },          /* every command */
	{ "changes", WRITES_FILE, NULL },         /* upgrade */
	{ "junit", WRITES_FILE, NULL },           /* check */
	{ "save-toolchain", WRITES_FILE, NULL },  /* conf */
	{ "record", WRITES_DIR, NULL },           /* scan */
	{ "expect", WRITES_DIR, "update" },       /* check */
	{ "probe", RUNS, NULL },                  /* conf, generate: the compiler */
	{ "common", RUNS_UNLESS_FILE, NULL },     /* convert: nix, when a nixpkgs is given */
};

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool
may_run(const struct args *a)
{
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		const char *value = args_value(a, asks[i].flag);

		if (args_has(a, asks[i].flag) &&
		    (asks[i].ask == RUNS || (asks[i].ask == RUNS_UNLESS_FILE && !(value && is_file(value)))))
			return true;
	}
	return false;
}

/* ---- files: Landlock (Documentation/userspace-api/landlock.rst) ---- */

#ifdef SYS_landlock_create_ruleset

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ull << 14)
#endif

/* Writing a new file beside an old one and renaming it, which is how all outputs are written. */
static const uint64_t may_write = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_TRUNCATE;
static const uint64_t on_file = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
static const uint64_t first_version =
	LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

struct rules {
	int fd;
	uint64_t handled;
};

/* What is not there needs no rule: opening it fails anyhow. */
static void
allow(struct rules *r, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access & r->handled };

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, r->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

/* A regular file is replaced, anything else (/dev/null, a pipe) written in place: base/file.h. */
static void
allow_file(struct rules *r, const char *path, struct arena *scratch)
{
	struct str dir = path_dir(str_from(path));
	struct stat st;

	if (strcmp(path, "-") == 0)
		return;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		allow(r, path, on_file);
	else
		allow(r, dir.len ? str_c(scratch, dir) : path[0] == '/' ? "/" : ".", may_write);
}

/* A directory that is not there yet is made. */
static void
allow_dir(struct rules *r, const char *path, struct arena *scratch)
{
	struct str clean = path_clean(scratch, str_from(path)), above = path_dir(clean);

	if (access(path, F_OK) == 0)
		allow(r, path, may_write);
	else
		allow(r, above.len ? str_c(scratch, above) : path[0] == '/' ? "/" : ".", may_write | LANDLOCK_ACCESS_FS_MAKE_DIR);
}

static void
allow_asked(struct rules *r, const struct args *a, struct arena *scratch)
{
	struct str cache = a->command->kernel_options ? cache_dir(scratch, "", true) : (struct str){ 0 };

	if (cache.at)
		allow(r, cache.at, may_write | LANDLOCK_ACCESS_FS_MAKE_DIR);
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		const char *path = args_value(a, asks[i].flag);

		if (path && asks[i].ask == WRITES_FILE)
			allow_file(r, path, scratch);
		else if (path && asks[i].ask == WRITES_DIR && (!asks[i].only_with || args_has(a, asks[i].only_with)))
			allow_dir(r, path, scratch);
	}
}

static bool
confine_files(const struct args *a, bool local_sockets)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct rules r = { .handled = first_version | (version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0) };
	struct landlock_ruleset_attr attr = { .handled_access_fs = r.handled };
	struct arena scratch = { 0 };
	bool ok;

	if (local_sockets) /* where udev is emulated, libusb's end of its socket is a file */
		attr.handled_access_fs = r.handled &= ~(uint64_t)LANDLOCK_ACCESS_FS_MAKE_SOCK;
	r.fd = version < 1 ? -1 : (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (r.fd < 0)
		return false;
	allow_asked(&r, a, &scratch);
	ok = syscall(SYS_landlock_restrict_self, r.fd, 0) == 0;
	close(r.fd);
	arena_release(&scratch);
	return ok;
}

#else

static bool
confine_files(const struct args *a, bool local_sockets)
{
	(void)a, (void)local_sockets;
	return false;
}

#endif

/* ---- system calls: seccomp (Documentation/userspace-api/seccomp_filter.rst) ---- */

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#endif

#ifdef NATIVE

/* Not needed by any command; these fail with EPERM. socket is looked at by itself. */
static const int never[] = {
	SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_mount, SYS_umount2,
	SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_kexec_load, SYS_bpf, SYS_perf_event_open, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday,
	SYS_add_key, SYS_request_key, SYS_keyctl,
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup, /* it could open sockets that this filter does not see */
#endif
};
enum { NEVER = sizeof(never) / sizeof(*never) };

/* scan talks with udev and libusb; only these families leave the machine alone */
static const unsigned local_families[] = { AF_UNIX, AF_NETLINK };

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define GIVE(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define DENY GIVE(SECCOMP_RET_ERRNO | EPERM)

static bool
confine_calls(bool local_sockets)
{
	struct sock_filter f[2 * NEVER + 16];
	struct sock_fprog program = { .filter = f };
	unsigned short n = 0;

	f[n++] = (struct sock_filter)LOAD(arch);
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
	f[n++] = (struct sock_filter)DENY;
	f[n++] = (struct sock_filter)LOAD(nr);
#ifdef __x86_64__
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); /* the x32 ABI's numbers */
	f[n++] = (struct sock_filter)DENY;
#endif
	for (size_t i = 0; i < NEVER; i++) {
		f[n++] = (struct sock_filter)UNLESS((unsigned)never[i], 1);
		f[n++] = (struct sock_filter)DENY;
	}
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
	f[n++] = (struct sock_filter)GIVE(SECCOMP_RET_ALLOW);
	f[n++] = (struct sock_filter)LOAD(args[0]);
	for (size_t i = 0; local_sockets && i < sizeof(local_families) / sizeof(*local_families); i++) {
		f[n++] = (struct sock_filter)UNLESS(local_families[i], 1);
		f[n++] = (struct sock_filter)GIVE(SECCOMP_RET_ALLOW);
	}
	f[n++] = (struct sock_filter)DENY;
	program.len = n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

static bool
confine_calls(bool local_sockets)
{
	(void)local_sockets;
	return false;
}

#endif

unsigned
confine(const struct args *a)
{
	bool scan = strcmp(a->command->name, "scan") == 0;
	unsigned done = CONFINED_NOTHING;

	if (may_run(a) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return done;
	if (confine_files(a, scan))
		done |= CONFINED_FILES;
	if (confine_calls(scan))
		done |= CONFINED_CALLS;
	return done;
}
