// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/scan.h"

#include <string.h>

#include "scanner/live.h"

/* What names this machine: remembered first, so that no later part lets it through. */
static void
machine_secrets(struct scan *s)
{
	static const char *const files[] = {
		"/proc/sys/kernel/hostname", "/etc/hostname", "/etc/machine-id", "/proc/sys/kernel/domainname",
		"/sys/firmware/devicetree/base/serial-number",
	};
	struct arena *keep = s->machine->keep;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct str value = sysfs_get(&s->fs, keep, STR(""), files[i]);

		if (value.len && !value.at[value.len - 1])
			value.len--; /* device tree strings end in a NUL */
		secret_add(&s->secrets, value);
	}
}

struct machine *
machine_scan(struct arena *keep, const char *root, struct diag *diag)
{
	struct machine *m = NEW(keep, struct machine);
	struct scan s = { .machine = m, .secrets = { .keep = keep }, .live = !root };
	struct str name = root ? str_from(root) : STR("/sys");
	int r = sysfs_init(&s.fs, root);

	m->keep = keep;
	if (r < 0) {
		diag_error(diag, name, 0, "cannot read: %s", strerror(-r));
		return NULL;
	}
	if (!sysfs_is_dir(&s.fs, STR("/sys/devices"), true)) {
		diag_error(diag, name, 0, "no sysfs here: %s; mount it, or give --root DIR with a sys/devices below it, or "
		           "--from FILE", root ? "there is no sys/devices" : "/sys/devices does not exist");
		sysfs_release(&s.fs);
		return NULL;
	}
	machine_secrets(&s);
	scan_devices(&s);
	scan_usb(&s);
	scan_names(&s);
	scan_modules(&s);
	scan_system(&s);
	scan_boot(&s);
	sysfs_release(&s.fs);
	secret_clean(&s.secrets, m);
	machine_settle(m);
	return m;
}
