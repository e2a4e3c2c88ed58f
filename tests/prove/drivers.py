#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""drivers.py - every driver that a kernel can register, and whether its name alone tells where it comes from.

    drivers.py DERPCONFIG KERNEL-DIR WORK

KERNEL-DIR is what tests/debian-kernel.sh made. The kernel boots in QEMU and loads its modules one after the other; each
name below /sys/bus/*/drivers becomes a device that is bound to it and has nothing else, no modalias: harder than any real
one. `derpconfig map` must find the module that sysfs says is the driver's owner, or one that needs that owner (a core such
as usbserial registers for others); or, where sysfs tells no owner, something that the kernel has. Where a module ends the
kernel, the next boot goes on behind it. WORK keeps serial.N, and what is there is not done again.

Prints what is wrong or missing, and one line of numbers. An hour without KVM.
"""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

# They end or hang an emulated machine, or only test the kernel.
LEFT_OUT = re.compile(r"torture|test|wdt|watchdog|kgdb|netconsole|pcspkr|mmiotrace|kunit|notifier|hwpoison|softdog|dummy_hcd|"
                      r"hwsim|scale|dmatest|tcrypt|lkdtm|ntb_perf|crypto_user|^iTCO|^ib700|^sbc_|^xen|hangcheck|kheaders|mISDN")
QUIET = 240  # seconds without a word: it hangs

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc p /proc; mount -t sysfs s /sys; mount -t devtmpfs d /dev
echo 0 > /proc/sys/kernel/printk
exec > /dev/ttyS1 2>&1
list() {
	for d in /sys/bus/*/drivers/*; do
		b=${d#/sys/bus/}; m=$(readlink "$d/module"); printf 'D\t%s\t%s\t%s\n' "${b%%/*}" "${d##*/}" "${m##*/}"
	done
}
n=0
for m in $(cat /list); do
	echo "M $m"
	modprobe -q "$m" > /dev/null 2>&1 &
	i=0
	while kill -0 $! 2> /dev/null && [ $i -lt 150 ]; do
		if [ $i -lt 5 ]; then usleep 20000; else usleep 200000; fi
		i=$((i + 1))
	done
	n=$((n + 1))
	[ $((n % 300)) = 0 ] && list
done
list
echo DONE
poweroff -f
"""


def stem(path):
    return re.sub(r"\.ko.*", "", path.rsplit("/", 1)[-1]).replace("-", "_")


def needs(kernel):
    """Module -> the modules that modules.dep says it needs, all of them."""
    with open(kernel + "/modules/modules.dep") as f:
        return {stem(name): {stem(n) for n in rest.split()} for name, rest in (line.split(":") for line in f)}


def make_root(kernel, root):
    for d in ("bin", "sbin", "lib64", "lib/modules", "lib/x86_64-linux-gnu", "proc", "sys", "dev"):
        os.makedirs(f"{root}/{d}", exist_ok=True)
    shutil.copy(shutil.which("busybox"), root + "/bin/busybox")
    shutil.copy(os.path.realpath(shutil.which("kmod")), root + "/sbin/modprobe")
    for lib in re.findall(r"/\S+", subprocess.run(["ldd", root + "/sbin/modprobe"], capture_output=True, text=True).stdout):
        shutil.copy(lib, root + ("/lib64" if "ld-linux" in lib else "/lib/x86_64-linux-gnu"))
    modules = os.path.realpath(kernel + "/modules")
    shutil.copytree(modules, f"{root}/lib/modules/{os.path.basename(modules)}", symlinks=True, dirs_exist_ok=True)
    with open(root + "/init", "w") as f:
        f.write(INIT)
    os.chmod(root + "/init", 0o755)


def boot(kernel, work, serial):
    subprocess.run(f"cd '{work}/root' && find . | cpio -o -H newc --quiet > ../initramfs", shell=True, check=True)
    p = subprocess.Popen(["qemu-system-x86_64", "-accel", os.environ.get("ACCEL", "tcg"), "-m", "5G", "-nographic",
                          "-no-reboot", "-nodefaults", "-machine", "q35", "-cpu", "max", "-kernel", kernel + "/vmlinuz",
                          "-initrd", work + "/initramfs", "-append", "console=ttyS0 panic=-1 oops=panic quiet",
                          "-serial", "null", "-serial", "file:" + serial, "-device", "qemu-xhci"],
                         stdin=subprocess.DEVNULL)
    size, since = -1, time.time()
    while p.poll() is None and time.time() - since < QUIET:
        time.sleep(2)
        now = os.path.getsize(serial) if os.path.exists(serial) else 0
        if now != size:
            size, since = now, time.time()
    p.kill()
    p.wait()


def load_all(kernel, work):
    modules = [m for m in needs(kernel) if not LEFT_OUT.search(m)]
    at = 0
    while at < len(modules):
        serial = f"{work}/serial.{at}"
        if not os.path.exists(serial):
            make_root(kernel, work + "/root")
            with open(work + "/root/list", "w") as f:
                f.write("\n".join(modules[at:]))
            boot(kernel, work, serial + ".new")
            os.rename(serial + ".new", serial)
        with open(serial, errors="replace") as f:
            text = f.read()
        if "DONE" in text:
            break
        at += max(1, len(re.findall(r"^M ", text, re.M)))
    return len(modules)


def listed(work):
    found = {}
    for serial in glob.glob(work + "/serial.*"):
        with open(serial, errors="replace") as f:
            for line in f:
                part = line.rstrip("\r\n").split("\t")
                if part[0] == "D" and len(part) == 4 and "*" not in part[2]:
                    found[part[1], part[2]] = part[3]
    return found


def verdict(owner, routes, deps):
    names = [stem(r["path"]) for r in routes]
    if not routes:
        return "missed"
    if owner not in deps:
        return "no owner told" if all(r["state"] in ("builtin", "module") for r in routes) else "wrong"
    if owner in names:
        return "its owner"
    return "a user of its owner" if any(owner in deps.get(n, ()) for n in names) else "wrong"


def main():
    exe, kernel, work = (os.path.abspath(a) for a in sys.argv[1:4])
    os.makedirs(work, exist_ok=True)
    tried, deps = load_all(kernel, work), needs(kernel)
    found = listed(work)
    devices = [{"subsystem": bus, "driver": name, "path": f"/devices/{i}"} for i, (bus, name) in enumerate(sorted(found))]
    with open(work + "/dump.json", "w") as f:
        json.dump({"format": "derpconfig-dump", "version": 1, "arch": "x86_64", "devices": devices}, f)
    p = subprocess.run([exe, "map", work + "/dump.json", "--kernel", kernel + "/source", "--modules", kernel + "/modules",
                        "--config", kernel + "/config", "--json", "-o", work + "/map.json"], stderr=subprocess.DEVNULL)
    if p.returncode not in (0, 5):
        sys.exit(f"map: exit {p.returncode}")
    with open(work + "/map.json") as f:
        mapped = json.load(f)["devices"]
    count = collections.Counter()
    for d in mapped:
        owner = found[d["subsystem"], d["driver"]].replace("-", "_")
        word = verdict(owner, d.get("routes", []), deps)
        count[word] += 1
        if word in ("missed", "wrong"):
            print(f"{word}: {d['subsystem']} {d['driver']!r} of {owner or '?'}:", *[r["object"] for r in d.get("routes", [])])
    print(f"{tried} modules, {len(found)} drivers:", ", ".join(f"{n} {word}" for word, n in count.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
