// SPDX-License-Identifier: GPL-2.0-or-later
/* scanner/: foreign input, our dump, what must not be in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scanner/diff.h"
#include "scanner/dump.h"
#include "scanner/history.h"
#include "scanner/modalias.h"
#include "scanner/secret.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static struct machine *
parse(struct arena *a, const char *const *texts, size_t n, struct diag *d)
{
	struct source *in = NEW_ARRAY(a, struct source, n + 1);

	for (size_t i = 0; i < n; i++)
		in[i] = (struct source){ STR("input"), str_from(texts[i]) };
	d->keep = a;
	return machine_read(a, in, n, d);
}

/* One line a device: "subsystem path modalias driver module modules name count", '-' for empty. */
static void
show(const struct machine *m, struct text *t)
{
	t->len = 0;
	text_add_c(t, "");
	for (size_t i = 0; i < m->devices.len; i++) {
		const struct device *d = &m->devices.at[i];
		struct str field[] = { d->subsystem, d->path, d->modalias, d->driver, d->module };

		for (size_t k = 0; k < LENGTH(field); k++)
			text_addf(t, "%.*s ", STR_ARG(field[k].len ? field[k] : STR("-")));
		for (size_t k = 0; k < d->modules.len; k++)
			text_addf(t, "%s%.*s", k ? "," : "", STR_ARG(d->modules.at[k]));
		text_addf(t, "%s %u\n", d->modules.len ? "" : "-", d->count);
	}
}

static void
formats(void **state)
{
	static const struct { const char *what, *in, *want; } cases[] = {
		{ "table", "# machine: x\nbus\tmodalias\tdriver\tmodules\tname\tcount\n"
		  "pci\tpci:v00008086d000010F5sv00001028sd00000252bc02sc00i00\te1000e\te1000e\tIntel\t1\n"
		  "usb\t-\tusb\t-\thub\t2\nusb\t-\tusb\t-\thub\t3\n",
		  "pci - pci:v00008086d000010F5sv00001028sd00000252bc02sc00i00 e1000e e1000e e1000e 1\nusb - - usb - - 5\n" },
		{ "a listed module is not the driver's own", "pci\tpci:v000010DEd00001B80sv00000000sd00000000bc03sc00i00\tnvidia\t"
		  "nouveau\t-\t1\n", "pci - pci:v000010DEd00001B80sv00000000sd00000000bc03sc00i00 nvidia - nouveau 1\n" },
		{ "dashes and underscores are one", "pci\t-\tuhci_hcd\tuhci-hcd\t-\t1\n", "pci - - uhci_hcd uhci_hcd uhci_hcd 1\n" },
		{ "modaliases", "# comment\nusb:v04F2p1125d0070dc00dsc00dp00ic03isc00ip00\nhid:b0003v0000045Ep00000047\n"
		  "x86cpu:vendor:0000:family:0006:model:003C:feature:,0000,0001\nof:NcrfpT<NULL>Cgoogle,cros-ec-uart\n",
		  "cpu - cpu:type:x86,ven0000fam0006mod003C:feature:,0000,0001 - - - 1\n"
		  "hid - hid:b0003g0001v0000045Ep00000047 - - - 1\n"
		  "platform - of:NcrfpT(null)Cgoogle,cros-ec-uart - - - 1\n"
		  "usb - usb:v04F2p1125d0070dc00dsc00dp00ic03isc00ip00in00 - - - 1\n" },
		{ "udev", "P: /devices/pci0000:00/0000:00:1f.6\nE: DEVPATH=/devices/pci0000:00/0000:00:1f.6\nE: DRIVER=e1000e\n"
		  "E: MODALIAS=pci:v00008086d000015D8sv00000000sd00000000bc02sc00i00\nE: SUBSYSTEM=pci\n\n"
		  "P: /devices/virtual/net/lo\nL: 0\nE: SUBSYSTEM=net\nE: INTERFACE=lo\n",
		  "pci /devices/pci0000:00/0000:00:1f.6 pci:v00008086d000015D8sv00000000sd00000000bc02sc00i00 e1000e - - 1\n"
		  "net /devices/virtual/net/lo - - - - 1\n" },
		{ "udev: a bare MODALIAS after an empty HID_UNIQ", "P: /devices/x/0003:0461:4D22.0001\nE: DRIVER=hid-generic\n"
		  "E: HID_ID=0003:00000461:00004D22\nE: HID_UNIQ=\nMODALIAS=hid:b0003g0001v00000461p00004D22\nE: SUBSYSTEM=hid\n",
		  "hid /devices/x/0003:0461:4D22.0001 hid:b0003g0001v00000461p00004D22 hid-generic - - 1\n" },
		{ "udev: values over several lines", "P: /devices/a\nE: FOO=one\ntwo\n  three=3\nE: SUBSYSTEM=platform\n",
		  "platform /devices/a - - - - 1\n" },
		{ "udev: later exports list modules, buses and drivers", "P: /devices/a\nM: a\nU: platform\nV: reg-dummy\n"
		  "E: DEVPATH=/devices/a\n\nP: /module/e1000e\nM: e1000e\nU: module\n\nP: /bus/pci/drivers/foo\nU: drivers\n",
		  "platform /devices/a - reg-dummy - - 1\n" },
		{ "udev: no blank line between devices", "P: /devices/a\nE: SUBSYSTEM=x\nP: /devices/b\nE: SUBSYSTEM=y\n",
		  "x /devices/a - - - - 1\ny /devices/b - - - - 1\n" },
		{ "umockdev", "P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0\nE: SUBSYSTEM=usb\nL: driver=../../../../bus/usb/"
		  "drivers/usbhid\nA: modalias=usb:v046DpC52Bd1211dc00dsc00dp00ic03isc01ip01in00\\n\n",
		  "usb /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0 usb:v046DpC52Bd1211dc00dsc00dp00ic03isc01ip01in00 "
		  "usbhid - - 1\n" },
		{ "lspci -vmmnnk", "Slot:\t00:14.0\nClass:\tUSB controller [0c03]\nVendor:\tIntel Corporation [8086]\n"
		  "Device:\tSunrise Point [XHCI] [9d2f]\nSVendor:\tLenovo [17aa]\nSDevice:\tThinkPad [2258]\nRev:\t21\nProgIf:\t30\n"
		  "Driver:\txhci_hcd\nModule:\txhci_pci\nIOMMUGroup:\t4\n\n"
		  "Slot:\t00:1f.4\nClass:\tSMBus [0c05]\nVendor:\tIntel Corporation [8086]\nDevice:\tSMBus [9d23]\nModule:\ti2c_i801\n"
		  "Module:\tother\n",
		  "pci 0000:00:14.0 pci:v00008086d00009D2Fsv000017AAsd00002258bc0Csc03i30 xhci_hcd - xhci_pci 1\n"
		  "pci 0000:00:1f.4 pci:v00008086d00009D23sv00000000sd00000000bc0Csc05i00 - - i2c_i801,other 1\n" },
		{ "lspci -vmm of old, where the slot is a Device", "Device:\t0000:00:01.1\nClass:\tSMBus [0c05]\n"
		  "Vendor:\tnVidia Corporation [10de]\nDevice:\tnForce 250Gb PCI System Management [00e4]\n",
		  "pci 0000:00:01.1 pci:v000010DEd000000E4sv00000000sd00000000bc0Csc05i00 - - - 1\n" },
		{ "lspci -vmm without ids", "Slot:\t00:01.1\nClass:\tIDE interface\nVendor:\tIntel\nDevice:\tPIIX3 [Natoma/Triton II]\n"
		  "Driver:\tata_piix\n", "pci 0000:00:01.1 - ata_piix - - 1\n" },
		{ "lspci -nnk", "00:14.0 USB controller [0c03]: Intel Corporation xHCI [8086:a2af] (rev 21)\n"
		  "\tDeviceName: Onboard\n\tSubsystem: ASRock [XY] Chipset [1849:a2af]\n\tKernel driver in use: xhci_hcd\n"
		  "\tKernel modules: xhci_pci\n2b:00.0 SATA controller [0106]: AMD FCH [AHCI mode] [1022:7901] (rev 51)\n",
		  "pci 0000:00:14.0 pci:v00008086d0000A2AFsv00001849sd0000A2AFbc0Csc03i30 xhci_hcd - xhci_pci 1\n"
		  "pci 0000:2b:00.0 pci:v00001022d00007901sv00000000sd00000000bc01sc06i01 - - - 1\n" },
		{ "lspci -n", "10000:e1:00.0 0108: 144d:a80a (prog-if 02 [NVM Express])\n",
		  "pci 10000:e1:00.0 pci:v0000144Dd0000A80Asv00000000sd00000000bc01sc08i02 - - - 1\n" },
		{ "lspci -k, without ids", "00:14.0 USB controller: Intel Corporation Device 06ed (rev 10)\n"
		  "\tKernel driver in use: xhci_hcd\n", "pci 0000:00:14.0 - xhci_hcd - - 1\n" },
		{ "facter", "{\"version\":1,\"system\":\"x86_64-linux\",\"hardware\":{\"cpu\":[{\"vendor_name\":\"AuthenticAMD\","
		  "\"family\":23,\"model\":49}],\"hub\":[{\"index\":1,\"sysfs_id\":\"/devices/a/1-0:1.0\",\"driver\":\"hub\","
		  "\"driver_module\":\"usbcore\",\"driver_modules\":[\"usbcore\"],\"serial\":\"0000:03:00.0\","
		  "\"module_alias\":\"usb:v1D6Bp0002d0612dc09dsc00dp01ic09isc00ip00in00\"}],"
		  "\"usb\":[{\"index\":1,\"sysfs_id\":\"/devices/a/1-0:1.0\",\"module_alias\":"
		  "\"usb:v1D6Bp0002d0612dc09dsc00dp01ic09isc00ip00in00\"}],"
		  "\"disk\":[{\"sysfs_id\":\"/class/block/vda\",\"sysfs_device_link\":\"/devices/a/virtio1\",\"driver\":\"virtio-pci\","
		  "\"drivers\":[\"virtio-pci\",\"virtio_blk\"],\"driver_modules\":[\"virtio_blk\",\"virtio_pci\"]}],"
		  "\"network_interface\":[{\"sysfs_id\":\"/class/net/eth0\",\"sysfs_device_link\":\"/devices/a/0000:00:1f.6\","
		  "\"driver\":\"e1000e\",\"resources\":[{\"type\":\"hwaddr\",\"address\":\"00:11:22:33:44:55\"}]}],"
		  "\"network_controller\":[{\"sysfs_id\":\"/devices/a/0000:00:1f.6\",\"driver\":\"e1000e\",\"module_alias\":"
		  "\"pci:v00008086d000015D8sv000017AAsd00002258bc02sc00i00\"}],"
		  "\"memory\":[{\"index\":5}]},\"smbios\":{\"system\":{\"manufacturer\":\"Some Corp.\",\"product\":\"T 1\","
		  "\"serial\":\"SERIAL123\"}}}",
		  "cpu - cpu:type:x86,ven0002fam0017mod0031:feature: - - - 1\n"
		  "dmi - dmi:svnSomeCorp.:pnT1: - - - 1\n"
		  "pci /devices/a/0000:00:1f.6 pci:v00008086d000015D8sv000017AAsd00002258bc02sc00i00 e1000e - - 1\n"
		  "usb /devices/a/1-0:1.0 usb:v1D6Bp0002d0612dc09dsc00dp01ic09isc00ip00in00 hub usbcore usbcore 1\n"
		  "virtio /devices/a/virtio1 - virtio_blk virtio_blk virtio_blk,virtio_pci 1\n"
		  "net eth0 - - - - 1\nblock vda - - - - 1\n" },
		{ "siblings that differ in their number only", "P: /devices/virtual/tty/tty1\nE: SUBSYSTEM=tty\n\n"
		  "P: /devices/virtual/tty/tty10\nE: SUBSYSTEM=tty\n\nP: /devices/virtual/tty/ttyS0\nE: SUBSYSTEM=tty\n",
		  "tty /devices/virtual/tty/tty1 - - - - 2\ntty /devices/virtual/tty/ttyS0 - - - - 1\n" },
		{ "a parent is no mere sibling", "P: /devices/a/usb1\nE: SUBSYSTEM=usb\n\nP: /devices/a/usb2\nE: SUBSYSTEM=usb\n\n"
		  "P: /devices/a/usb1/b\nE: SUBSYSTEM=x\n\nP: /devices/a/usb2/b\nE: SUBSYSTEM=x\n",
		  "usb /devices/a/usb1 - - - - 1\nx /devices/a/usb1/b - - - - 1\nusb /devices/a/usb2 - - - - 1\n"
		  "x /devices/a/usb2/b - - - - 1\n" },
	};
	struct arena a = { 0 };
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct diag d = { 0 };
		struct machine *m = parse(&a, &cases[i].in, 1, &d);

		if (!m)
			fail_msg("%s: %.*s", cases[i].what, STR_ARG(d.list.at[0].message));
		show(m, &t);
		if (!str_is(text_str(&t), cases[i].want))
			fail_msg("%s:\n%s\nwant\n%s", cases[i].what, t.at, cases[i].want);
	}
	text_release(&t);
	arena_release(&a);
}

static void
merging(void **state)
{
	static const char *const inputs[] = {
		"P: /devices/pci0000:00/0000:00:02.0\nE: DRIVER=nvidia\nE: MODALIAS=pci:v000010DEd00001B80sv00000000sd00000000"
		"bc03sc00i00\nE: SUBSYSTEM=pci\n",
		"00:02.0 VGA compatible controller [0300]: NVIDIA GP104 [10de:1b80]\n\tKernel driver in use: nvidia\n"
		"\tKernel modules: nouveau, nvidia\n",
		"Module                  Size  Used by\nnvidia  1 1 nvidia-modeset,drm\ndrm 5 0\n",
		"pci:v000010DEd00001B80sv00000000sd00000000bc03sc00i00\nacpi:PNP0C0A:\n",
	};
	struct arena a = { 0 };
	struct text t = { 0 };
	struct diag d = { 0 };
	struct machine *m = parse(&a, inputs, LENGTH(inputs), &d);

	(void)state;
	assert_non_null(m);
	show(m, &t);
	assert_string_equal(t.at, "acpi - acpi:PNP0C0A: - - - 1\n"
	                    "pci /devices/pci0000:00/0000:00:02.0 pci:v000010DEd00001B80sv00000000sd00000000bc03sc00i00 "
	                    "nvidia nvidia nouveau,nvidia 1\n");
	assert_int_equal(m->modules.len, 2);
	assert_true(str_is(m->modules.at[1].name, "nvidia") && m->modules.at[1].device && !m->modules.at[0].device);
	assert_int_equal(m->modules.at[1].users.len, 2);
	assert_true(str_is(m->modules.at[1].users.at[1], "nvidia_modeset"));
	text_release(&t);
	arena_release(&a);
}

/* What udev knows of disks and of USB devices' other settings. */
static void
udev_facts(void **state)
{
	static const char in[] = "P: /devices/a/usb1/1-1\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: PRODUCT=bda/9210/2001\n"
		"E: TYPE=0/0/0\nE: ID_USB_INTERFACES=:080650:080662:\n\nP: /devices/a/usb1/1-1/1-1:1.0\nE: SUBSYSTEM=usb\n"
		"E: MODALIAS=usb:v0BDAp9210d2001dc00dsc00dp00ic08isc06ip50in00\n\n"
		"P: /devices/a/block/sda\nE: SUBSYSTEM=block\nE: DEVTYPE=disk\nE: ID_PART_TABLE_TYPE=gpt\n\n"
		"P: /devices/a/block/sda/sda1\nE: SUBSYSTEM=block\nE: DEVTYPE=partition\nE: ID_PART_TABLE_TYPE=gpt\n"
		"E: ID_FS_TYPE=vfat\nE: ID_FS_USAGE=filesystem\nE: ID_FS_LABEL=SECRET\nE: ID_FS_UUID=46C8-7866\n\n"
		"P: /devices/a/block/sda/sda2\nE: SUBSYSTEM=block\nE: DEVTYPE=partition\nE: ID_FS_TYPE=crypto_LUKS\n"
		"E: ID_FS_USAGE=crypto\n\nP: /devices/virtual/block/dm-0\nE: SUBSYSTEM=block\nE: DEVTYPE=disk\n"
		"E: DM_UUID=CRYPT-LUKS2-SECRET-x\nE: ID_FS_TYPE=swap\nE: ID_FS_USAGE=other\n\n"
		"P: /devices/virtual/block/loop0\nE: SUBSYSTEM=block\nE: DEVTYPE=disk\n";
	static const char *const want[] = {
		"\"also\":[\"usb:v0BDAp9210d2001dc00dsc00dp00ic08isc06ip62in00\"]",
		"\"filesystems\": [\n{\"role\":\"other\",\"type\":\"vfat\",\"block\":\"sda1\"},\n"
		"{\"role\":\"swap\",\"type\":\"partition\",\"block\":\"dm-0\"}\n]",
		"\"blocks\": [\n{\"name\":\"dm-0\",\"kind\":\"dm-crypt\"},\n{\"name\":\"sda\",\"kind\":\"disk\",\"table\":\"gpt\"},\n"
		"{\"name\":\"sda1\",\"kind\":\"partition\",\"on\":[\"sda\"]},\n"
		"{\"name\":\"sda2\",\"kind\":\"partition\",\"on\":[\"sda\"]}\n]",
	};
	const char *text = in;
	struct arena a = { 0 };
	struct text t = { 0 };
	struct diag d = { 0 };

	(void)state;
	machine_write(parse(&a, &text, 1, &d), &t);
	for (size_t i = 0; i < LENGTH(want); i++)
		if (!strstr(t.at, want[i]))
			fail_msg("missing: %s\nin %s", want[i], t.at);
	assert_null(strstr(t.at, "SECRET"));
	text_release(&t);
	arena_release(&a);
}

/* Inputs of two machines, or of one at two times: what contradicts is two devices. */
static void
merging_others(void **state)
{
	static const char *const inputs[] = {
		"P: /devices/pci0000:00/0000:00:02.0\nE: DRIVER=i915\nE: MODALIAS=pci:v1\nE: SUBSYSTEM=pci\n\n"
		"P: /devices/pci0000:00/0000:00:03.0\nE: DRIVER=a\nE: MODALIAS=pci:v3\nE: SUBSYSTEM=pci\n",
		"P: /devices/pci0000:00/0000:00:02.0\nE: DRIVER=amdgpu\nE: MODALIAS=pci:v2\nE: SUBSYSTEM=pci\n\n"
		"P: /devices/pci0000:00/0000:00:03.0\nE: DRIVER=b\nE: MODALIAS=pci:v3\nE: SUBSYSTEM=pci\n",
	};
	struct arena a = { 0 };
	struct text t = { 0 };
	struct diag d = { 0 };

	(void)state;
	show(parse(&a, inputs, LENGTH(inputs), &d), &t);
	assert_string_equal(t.at, "pci /devices/pci0000:00/0000:00:02.0 pci:v1 i915 - - 1\n"
	                    "pci /devices/pci0000:00/0000:00:02.0 pci:v2 amdgpu - - 1\n"
	                    "pci /devices/pci0000:00/0000:00:03.0 pci:v3 a - - 1\n"
	                    "pci /devices/pci0000:00/0000:00:03.0 pci:v3 b - - 1\n");
	text_release(&t);
	arena_release(&a);
}

/* Malformed input: no machine, one error, at the line. */
static void
malformed(void **state)
{
	static const struct { const char *in; unsigned line; } cases[] = {
		{ "", 1 }, { "\n\n# only a comment\n", 3 }, { "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\":[", 3 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":2}", 2 }, { "{\"format\":\"derpconfig-dump\"}", 0 }, { "{}", 1 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\":[1]}", 3 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\":{}}", 3 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\": [\n{\"path\":\"a\"},\n{\"paht\":\"b\"}]}", 5 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\": [\n{\"modalias\":\"none\"}]}", 4 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\": [\n{\"count\":0}]}", 4 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"devices\":\n[{\"count\":-1}]}", 0 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"cpu\":{\"flags\":7}}", 3 },
		{ "{\"format\":\"derpconfig-dump\",\n\"version\":1,\n\"arhc\":\"x\"}", 3 },
		{ "{\"a\":1,\n\"a\":2}", 2 }, { "[]", 1 }, { "\177ELF\002\001\001\003", 1 }, { "pci:v1\nhello world\n", 2 },
		{ "hello world\n", 1 }, { "bus\tmodalias\tdriver\tmodules\tname\tcount\npci\tx\n", 2 },
		{ "pci\tpci:v1\t-\t-\t-\tx\n", 1 }, { "pci\tpci:v1\t-\t-\t-\t0\n", 1 }, { "pci\tnot one\t-\t-\t-\t1\n", 1 },
		{ "Module Size Used by\nfoo bar\n", 2 }, { "00:14.0 USB controller [0c03]: x [8086:a2af]\nhello\n", 2 },
		{ "Slot:\t00:14.0\nhello\n", 2 }, { "Slot:\t00:14.0\nProgIf:\txyz\n", 2 },
		{ "{\"a\":[[[[[[[[[[[[[[[[", 1 },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct diag d = { 0 };

		if (parse(&a, &cases[i].in, 1, &d) || d.errors != 1 || d.list.at[0].line != cases[i].line)
			fail_msg("case %zu: %zu errors, line %u", i, d.errors, d.list.len ? d.list.at[0].line : 0);
	}
	arena_release(&a);
}

static void
long_line(void **state)
{
	struct arena a = { 0 };
	char *text = arena_bytes(&a, (1 << 20) + 1);
	const char *in = text;
	struct diag d = { 0 };

	(void)state;
	memset(text, 'a', 1 << 20);
	text[1 << 20] = '\0';
	memcpy(text, "pci:", 4);
	assert_null(parse(&a, &in, 1, &d));
	assert_int_equal(d.errors, 1);
	arena_release(&a);
}

static void
modaliases(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "pci:v00008086d000015f3sv00000000sd00000000bc02sc00i00", "pci:v00008086d000015F3sv00000000sd00000000bc02sc00i00" },
		{ "pci:v1", "pci:v1" }, { "usb:v046DpC52B*", "usb:v046DpC52B*" },
		{ "usb:v04F2p1125d0070dc00dsc00dp00ic03isc00ip00in01", "usb:v04F2p1125d0070dc00dsc00dp00ic03isc00ip00in01" },
		{ "usb:v04F2p1125d0070dc00dsc00dp00ic03isc00ip00x", "usb:v04F2p1125d0070dc00dsc00dp00ic03isc00ip00x" },
		{ "mei:wd:05b79a6f-4628-4d7f-899d-a91514cb32ab:", "mei:wd:05b79a6f-4628-4d7f-899d-a91514cb32ab:01:" },
		{ "mei::05b79a6f-4628-4d7f-899d-a91514cb32ab:02:", "mei::05b79a6f-4628-4d7f-899d-a91514cb32ab:02:" },
		{ "dmi:bvnX:bvr1:bd1:svnY:sn12345:pnZ:sku77:cvr:", "dmi:bvnX:bvr1:bd1:svnY:pnZ:cvr:" },
		{ "cpu:type:aarch64:feature:,0000", "cpu:type:aarch64:feature:,0000" }, { "x86cpu:oops", "x86cpu:oops" },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str got = modalias_normal(&a, str_from(cases[i].in));

		if (!str_is(got, cases[i].want) || !str_eq(modalias_normal(&a, got), got))
			fail_msg("\"%s\": \"%.*s\"", cases[i].in, STR_ARG(got));
	}
	assert_true(str_is(modalias_id(&a, str_from(cases[0].in)), "8086:15f3"));
	assert_true(str_is(modalias_id(&a, str_from(cases[3].in)), "04f2:1125"));
	arena_release(&a);
}

static void
secrets(void **state)
{
	static const struct { const char *in, *want; bool ids; } cases[] = {
		{ "hid-aa:bb:cc:dd:ee:ff-battery", "hid-*-battery", false },
		{ "/devices/virtual/net/enx001122aabbcc", "/devices/virtual/net/enx*", false },
		{ "0000:00:1f.6", "0000:00:1f.6", false }, { "/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0",
		  "/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0", false },
		{ "0003:046D:C52B.0001", "0003:046D:C52B.0001", false },
		{ "05901221-D566-11D1-B2F0-00A0C9062910", "05901221-D566-11D1-B2F0-00A0C9062910", true },
		{ "05901221-D566-11D1-B2F0-00A0C9062910", "*", false },
		{ "05901221-D566-11D1-B2F0-00A0C906291", "05901221-D566-11D1-B2F0-00A0C906291", false },
		{ "05901221-D566", "05901221-D566", false },
		{ "eui.0025388b710116a1", "eui.*", false }, { "naa.5000c500a1b2c3d4", "naa.*", false },
		{ "wwn-0x5000c500a1b2c3d4", "wwn-0x*", false }, { "WDC WD10EZEX-08WN4A0", "WDC WD10EZEX-08WN4A0", false },
		{ "1c28000.serial", "1c28000.serial", false }, { "Alpha-SN12345-Omega", "Alpha-*-Omega", false },
		{ "SN123456", "SN123456", false }, { "Pad of hostalice", "Pad of *", false },
		{ "00_11_22_33_44_55", "*", false }, { "x86-64-v3", "x86-64-v3", false },
	};
	struct arena a = { 0 };
	struct secrets s = { .keep = &a };

	(void)state;
	secret_add(&s, STR("SN12345"));
	secret_add(&s, STR("hostalice"));
	secret_add(&s, STR("0000:00:14.0"));
	secret_add(&s, STR("00000000"));
	secret_add(&s, STR("usb"));
	secret_add(&s, STR("Default string"));
	secret_add(&s, STR("localhost"));
	assert_int_equal(s.list.len, 2);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str got = secret_scrub(&s, &a, str_from(cases[i].in), cases[i].ids);

		if (!str_is(got, cases[i].want))
			fail_msg("\"%s\": \"%.*s\", want \"%s\"", cases[i].in, STR_ARG(got), cases[i].want);
	}
	arena_release(&a);
}

/* Names that people gave, and values seen in a secret's place, wherever they turn up. */
static void
secret_in_udev(void **state)
{
	static const char in[] = "P: /devices/a/usb1/1-1\nE: SUBSYSTEM=usb\nE: ID_SERIAL_SHORT=SECRET1234\n"
		"E: ID_MODEL_FROM_DATABASE=Stick SECRET1234\nE: PRODUCT=46d/c52b/1\n\n"
		"P: /devices/a/bluetooth/hci0/hci0:11/0005:054C:09CC.0003/input/input9\nE: NAME=\"SECRET's pad\"\n"
		"E: UNIQ=\"aa:bb:cc:dd:ee:ff\"\nE: SUBSYSTEM=input\n\n"
		"P: /devices/a/0005:054C:09CC.0003/power_supply/ps-controller-battery-aa:bb:cc:dd:ee:ff\nE: SUBSYSTEM=power_supply\n\n"
		"P: /devices/virtual/net/SECRETvpn\nE: SUBSYSTEM=net\nE: INTERFACE=SECRETvpn\n\n"
		"P: /devices/virtual/net/br-SECRET/queues\nE: SUBSYSTEM=queues\n\n"
		"P: /devices/virtual/block/md_SECRET\nE: SUBSYSTEM=block\nE: MD_NAME=SECRET:0\n\n"
		"P: /devices/b/net/enp3SECRET\nE: SUBSYSTEM=net\n\nP: /devices/c/net/enp0s31f6\nE: SUBSYSTEM=net\n\n"
		"P: /devices/a/net/wlxaabbccddeeff\nE: SUBSYSTEM=net\n";
	const char *text = in;
	struct arena a = { 0 };
	struct text t = { 0 };
	struct diag d = { 0 };
	struct machine *m = parse(&a, &text, 1, &d);

	(void)state;
	assert_non_null(m);
	machine_write(m, &t);
	if (strstr(t.at, "SECRET") || strcasestr(t.at, "bb:cc") || strcasestr(t.at, "bbcc"))
		fail_msg("%s", t.at);
	assert_non_null(strstr(t.at, "046d:c52b"));
	assert_non_null(strstr(t.at, "enp0s31f6")); /* a slot is nobody's name */
	text_release(&t);
	arena_release(&a);
}

/* What diff says of two tables: one line a change, "kind what: key from>to count". */
static void
differences(void **state)
{
	static const struct { const char *what, *old, *new, *want; } cases[] = {
		{ "the same", "usb\tusb:v1p1\tx\t-\tA\t2\n", "usb\tusb:v1p1\tx\t-\tB\t2\n", "" },
		{ "added", "usb\tusb:v1p1\tx\t-\t-\t1\n", "usb\tusb:v1p1\tx\t-\t-\t3\nusb\tusb:v2p2\t-\t-\t-\t1\n",
		  "+device usb:v1p1 > 2\n+device usb:v2p2 > 1\n" },
		{ "removed", "pci\tpci:v1\tx\t-\t-\t1\npci\tpci:v2\tx\t-\t-\t1\n", "pci\tpci:v2\tx\t-\t-\t1\n",
		  "-device pci:v1 > 1\n" },
		{ "driver", "pci\tpci:v1\tx\t-\t-\t2\n", "pci\tpci:v1\ty\t-\t-\t1\npci\tpci:v1\tx\t-\t-\t1\n",
		  "~device pci:v1 x>y 1\n" },
		{ "driver and count", "pci\tpci:v1\tx\t-\t-\t3\n", "pci\tpci:v1\t-\t-\t-\t1\n",
		  "~device pci:v1 x> 1\n-device pci:v1 > 2\n" },
		{ "another port and order", "P: /devices/a/usb1/1-2/1-2:1.0/0003:046D:C52B.0001/hidraw/hidraw0\nE: SUBSYSTEM=hidraw\n"
		  "E: DRIVER=x\n", "P: /devices/a/usb3/3-1/3-1:1.0/0003:046D:C52B.0007/hidraw/hidraw12\nE: SUBSYSTEM=hidraw\n"
		  "E: DRIVER=x\n", "" },
		{ "what has neither modalias nor driver", "P: /devices/virtual/tty/tty0\nE: SUBSYSTEM=tty\n",
		  "P: /devices/virtual/net/veth1\nE: SUBSYSTEM=net\n", "" },
		{ "modules", "a 1 0\nb 1 0\n", "b 1 0\nc 1 0\n", "-module a > 1\n+module c > 1\n" },
		{ "modules unknown to one", "a 1 0\n", "pci\t-\t-\t-\t-\t1\n", "" },
		{ "file systems, blocks by kind", "{\"format\":\"derpconfig-dump\",\"version\":1,\"filesystems\":[{\"role\":\"root\","
		  "\"mount\":\"/\",\"type\":\"ext4\",\"block\":\"sda1\"},{\"role\":\"other\",\"type\":\"tmpfs\"}],\"blocks\":["
		  "{\"name\":\"sda1\",\"kind\":\"partition\",\"on\":[\"sda\"]},{\"name\":\"sda\",\"kind\":\"disk\"}]}",
		  "{\"format\":\"derpconfig-dump\",\"version\":1,\"filesystems\":[{\"role\":\"root\",\"mount\":\"/\","
		  "\"type\":\"ext4\",\"block\":\"dm-0\"}],\"blocks\":[{\"name\":\"dm-0\",\"kind\":\"dm-crypt\",\"on\":[\"sdb1\"]},"
		  "{\"name\":\"sdb1\",\"kind\":\"partition\",\"on\":[\"sdb\"]},{\"name\":\"sdb\",\"kind\":\"disk\"}]}",
		  "+filesystem / ext4 on dm-crypt on partition on disk > 1\n-filesystem / ext4 on partition on disk > 1\n" },
	};
	struct arena a = { 0 };
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct diag d = { 0 };
		struct machine *old = parse(&a, &cases[i].old, 1, &d), *new = old ? parse(&a, &cases[i].new, 1, &d) : NULL;
		struct change_list list;

		if (!new)
			fail_msg("%s: %.*s", cases[i].what, STR_ARG(d.list.at[0].message));
		list = machine_diff(&a, old, new);
		t.len = 0;
		text_add_c(&t, "");
		for (size_t k = 0; k < list.len; k++)
			text_addf(&t, "%c%s %.*s %.*s>%.*s %u\n", "+-~"[list.at[k].kind], list.at[k].what,
			          STR_ARG(list.at[k].device ? list.at[k].device->modalias : list.at[k].name),
			          STR_ARG(list.at[k].from), STR_ARG(list.at[k].to), list.at[k].count);
		if (!str_is(text_str(&t), cases[i].want))
			fail_msg("%s:\n%s\nwant\n%s", cases[i].what, t.at, cases[i].want);
	}
	text_release(&t);
	arena_release(&a);
}

/* What was there once stays, as often as it was there at once; what is there now is as it is now. */
static void
history(void **state)
{
	static const char before[] = "usb\tusb:v1p1\told\t-\t-\t3\nusb\tusb:v2p2\tstick\t-\t-\t1\ntty\t-\t-\t-\t-\t1\n";
	static const char after[] = "usb\tusb:v1p1\tnew\t-\t-\t2\n";
	const char *texts[] = { before, after };
	struct arena a = { 0 };
	struct text t = { 0 };
	struct diag d = { 0 };
	struct machine *old = parse(&a, &texts[0], 1, &d), *now = parse(&a, &texts[1], 1, &d);

	(void)state;
	assert_int_equal(machine_remember(now, old), 2);
	show(now, &t);
	assert_string_equal(t.at, "usb - usb:v1p1 new - - 2\nusb - usb:v1p1 old - - 1\nusb - usb:v2p2 stick - - 1\n");
	assert_int_equal(machine_remember(now, old), 0);
	text_release(&t);
	arena_release(&a);
}

static void
identity(struct arena *a, const struct machine *m, const char *what)
{
	struct text one = { 0 }, two = { 0 };
	struct diag d = { .keep = a };
	struct machine *again;

	machine_write(m, &one);
	again = machine_read(a, &(struct source){ STR("dump"), text_str(&one) }, 1, &d);
	if (!again)
		fail_msg("%s: %.*s", what, STR_ARG(d.list.at[0].message));
	machine_write(again, &two);
	if (!str_eq(text_str(&one), text_str(&two)))
		fail_msg("%s: written again it is another\n%s\n%s", what, one.at, two.at);
	text_release(&one);
	text_release(&two);
}

static struct str
shared(struct arena *a, const char *path)
{
	const char *dir = getenv("DERPCONFIG_SHARED");

	return path_join(a, str_from(dir ? dir : "../shared"), str_from(path));
}

/* Sums of a table's own rows, counted here without the reader. */
static void
table_sums(struct str text, size_t *devices, size_t *bound, size_t *modaliases)
{
	struct str line, rest = text, cell[6];
	uint64_t n;

	*devices = *bound = *modaliases = 0;
	while (str_next_line(&rest, &line)) {
		struct str row = line;
		size_t i = 0;

		while (i < 6 && str_next_part(&row, '\t', &cell[i]))
			i++;
		if (i < 6 || line.at[0] == '#' || !str_number(cell[5], 10, &n))
			continue;
		*devices += n;
		*bound += str_is(cell[2], "-") ? 0 : n;
		*modaliases += str_is(cell[1], "-") ? 0 : n;
	}
}

static void
corpus_machine(struct arena *a, struct str name, struct str dir, size_t want)
{
	struct str path = str_format(a, "%.*s/%.*s.tsv", STR_ARG(shared(a, str_c(a, dir))), STR_ARG(name)), text;
	const char *file = str_c(a, path);
	struct diag d = { .keep = a };
	struct machine *m = machine_load(a, &file, 1, &d);
	size_t devices, bound, aliases, got[2] = { 0 };

	if (!m)
		fail_msg("%s: %.*s", file, STR_ARG(d.list.at[0].message));
	assert_int_equal(file_read(a, file, &text), 0);
	table_sums(text, &devices, &bound, &aliases);
	for (size_t i = 0; i < m->devices.len; i++) {
		got[0] += m->devices.at[i].driver.len ? m->devices.at[i].count : 0;
		got[1] += m->devices.at[i].modalias.len ? m->devices.at[i].count : 0;
	}
	if (machine_count(m) != want || devices != want || got[0] != bound || got[1] != aliases)
		fail_msg("%s: %zu devices, %zu bound, %zu modaliases; want %zu, %zu, %zu", file, machine_count(m), got[0], got[1],
		         want, bound, aliases);
	assert_int_equal(d.errors + d.warnings, 0);
	identity(a, m, file);
}

/* Every machine of the corpus: no error, every row accounted for, our dump of it reads back the same. */
static void
corpus(void **state)
{
	struct arena a = { 0 };
	struct str index, line, rest, cell[14];
	size_t machines = 0, n;

	(void)state;
	if (file_read(&a, str_c(&a, shared(&a, "corpus/INDEX.tsv")), &index) < 0)
		skip();
	rest = index;
	str_next_line(&rest, &line);
	while (str_next_line(&rest, &line)) {
		uint64_t devices;

		for (n = 0; n < 14 && str_next_part(&line, '\t', &cell[n]); n++)
			;
		assert_int_equal(n, 14);
		if (!str_is(cell[6], "yes"))
			continue; /* listed, but not in the collection */
		assert_true(str_number(cell[11], 10, &devices));
		corpus_machine(&a, cell[0], str_is(cell[3], "wacom") ? STR("corpus/wacom-odbl") : STR("corpus/machines"), devices);
		machines++;
	}
	print_message("%zu machines\n", machines);
	assert_true(machines > 250);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats), cmocka_unit_test(merging), cmocka_unit_test(merging_others), cmocka_unit_test(udev_facts),
		cmocka_unit_test(malformed), cmocka_unit_test(long_line),
		cmocka_unit_test(modaliases), cmocka_unit_test(secrets), cmocka_unit_test(secret_in_udev),
		cmocka_unit_test(differences), cmocka_unit_test(history), cmocka_unit_test(corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
