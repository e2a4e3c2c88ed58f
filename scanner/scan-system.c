// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's release and architecture, the processor, the firmware. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "scanner/live.h"

static void
kernel(struct scan *s)
{
	struct machine *m = s->machine;
	struct utsname u;

	if (s->live && uname(&u) == 0) {
		m->arch = tidy(m->keep, str_from(u.machine));
		m->kernel = tidy(m->keep, str_from(u.release));
		secret_add(&s->secrets, str_from(u.nodename));
	} else {
		m->arch = tidy(m->keep, sysfs_get(&s->fs, m->keep, STR("/proc/sys/kernel"), "arch"));
		m->kernel = tidy(m->keep, sysfs_get(&s->fs, m->keep, STR("/proc/sys/kernel"), "osrelease"));
	}
	m->kernel = secret_scrub(&s->secrets, m->keep, m->kernel, false);
}

static void
cpu_line(struct scan *s, struct cpu *c, struct str key, struct str value)
{
	struct arena *keep = s->machine->keep;
	const struct { const char *key; struct str *to; } known[] = {
		{ "vendor_id", &c->vendor }, { "model name", &c->name }, { "cpu family", &c->family }, { "model", &c->model },
		{ "stepping", &c->stepping },
		/* ARM: fs/proc of arch/arm64/kernel/cpuinfo.c */
		{ "CPU implementer", &c->vendor }, { "CPU architecture", &c->family }, { "CPU part", &c->model },
		{ "CPU revision", &c->stepping },
		/* RISC-V */
		{ "mvendorid", &c->vendor }, { "uarch", &c->name },
	};

	if (str_is(key, "processor"))
		c->count++;
	else if (str_is(key, "Serial"))
		secret_add(&s->secrets, value);
	else if ((str_is(key, "flags") || str_is(key, "Features")) && !c->flags.len)
		c->flags = words_split(keep, tidy(keep, value), " ");
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_is(key, known[i].key) && !known[i].to->len)
			*known[i].to = tidy(keep, value);
}

static void
processor(struct scan *s)
{
	struct machine *m = s->machine;
	struct str text, line;
	int r = sysfs_read(&s->fs, m->keep, STR("/proc/cpuinfo"), &text);

	if (r < 0)
		machine_note(m, "/proc/cpuinfo cannot be read: %s", strerror(-r));
	while (str_next_line(&text, &line)) {
		size_t n = str_index(line, ':');

		cpu_line(s, &m->cpu, str_trim(str_take(line, n)), str_trim(str_drop(line, n + 1)));
	}
}

/* The processors' devices carry the modalias where the kernel autoloads for them; else the whole system's file. */
static void
cpu_modalias(struct scan *s)
{
	struct machine *m = s->machine;
	struct str alias = sysfs_get(&s->fs, m->keep, STR("/sys/devices/system/cpu"), "modalias");

	for (size_t i = 0; i < m->devices.len; i++)
		if (str_starts(m->devices.at[i].modalias, STR("cpu:")))
			return;
	if (alias.len)
		machine_add(m, (struct device){ .path = STR("/devices/system/cpu"), .subsystem = STR("cpu"), .modalias = alias });
}

void
scan_system(struct scan *s)
{
	struct machine *m = s->machine;

	kernel(s);
	processor(s);
	cpu_modalias(s);
	if (sysfs_is_dir(&s->fs, STR("/sys/firmware/efi"), true))
		m->firmware = STR("efi");
	else if (sysfs_is_dir(&s->fs, STR("/sys/firmware/devicetree"), true))
		m->firmware = STR("devicetree");
	else if (str_is(m->arch, "x86_64") || str_starts(m->cpu.family, STR("6")))
		m->firmware = STR("bios");
}
