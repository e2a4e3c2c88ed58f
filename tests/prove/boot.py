#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""boot.py - boot one kernel on one emulated machine and fetch its report.

    boot.py --kernel BZIMAGE --initramfs FILE --images DIR --profile FILE --out DIR [--plug]

OUT gets report/ (see guest/report), screen.png, console.log, qemu.cmd and seconds. With --plug the profile's
`plug` devices are added while the system runs. Exit status: 0 a report came, 1 none came, 2 usage.

A profile is a text file, one "WORD VALUE" a line; # starts a comment. Words:

    cpu, memory, machine, smp   as QEMU takes them
    append WORDS                more kernel command line
    option ARGUMENTS            handed to QEMU as they are
    device DEVICE               -device DEVICE
    disk SIZE DEVICE            the same with an empty disk behind it that needs no file
    root ext4|luks DEVICE       the same with the root disk
    nic DEVICE                  the same with the one network; the others have no cable
    tpm DEVICE                  the same with a TPM (swtpm)
    firmware efi                boot by UEFI (OVMF), not by BIOS
    plug usb-storage|usb-net PORT   what --plug adds

Nothing listens but unix sockets; the network leads nowhere (restrict=on). Root disks are never written to
(snapshot=on). Environment: ACCEL (tcg,thread=multi), QEMU (qemu-system-x86_64), NICE (10), APPEND,
OVMF (/usr/share/OVMF/OVMF, which _CODE.fd and _VARS.fd follow).
"""
import argparse
import io
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

OVMF = os.environ.get("OVMF", "/usr/share/OVMF/OVMF")


def size_bytes(text):
    unit = {"M": 1 << 20, "G": 1 << 30}.get(text[-1], 1)
    return int(text.rstrip("MG")) * unit


class Machine:
    """The profile as QEMU arguments."""

    def __init__(self, path, images):
        self.images = images
        self.words = {"cpu": "max", "memory": "2G", "machine": "q35", "smp": "2"}
        self.append, self.plugs, self.args, self.tpm = [], [], [], None
        self.name = os.path.basename(path).removesuffix(".profile")
        self.disks = 0
        with open(path) as lines:
            for number, line in enumerate(lines, 1):
                word, _, value = line.partition("#")[0].strip().partition(" ")
                if word:
                    self.line(f"{path}:{number}", word, value.strip())

    def line(self, place, word, value):
        if word in self.words:
            self.words[word] = value
        elif word == "append":
            self.append.append(value)
        elif word == "option":
            self.args += shlex.split(value)
        elif word == "device":
            self.args += ["-device", value]
        elif word == "disk":
            size, device = value.split()
            self.disk(device, f"driver=null-co,read-zeroes=on,size={size_bytes(size)}")
        elif word == "root":
            kind, device = value.split()
            self.root(kind, device)
        elif word == "nic":
            self.args += ["-netdev", "user,id=net0,restrict=on", "-device", f"{value},netdev=net0,mac=52:54:00:00:00:01"]
        elif word == "firmware" and value == "efi":
            # a fresh copy of the variables each time: snapshot=on
            self.args += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF}_CODE.fd",
                          "-drive", f"if=pflash,format=raw,snapshot=on,file={OVMF}_VARS.fd"]
        elif word == "tpm":
            self.tpm = value
        elif word == "plug":
            self.plugs.append(value.split())
        else:
            sys.exit(f"boot.py: {place}: no such word: {word}")

    def disk(self, device, drive):
        self.disks += 1
        self.args += ["-blockdev", f"node-name=d{self.disks},{drive}", "-device", f"{device},drive=d{self.disks}"]

    def root(self, kind, device):
        image = os.path.join(self.images, f"root.{kind}")
        self.args += ["-drive", f"if=none,id=root,format=raw,snapshot=on,file={image}", "-device", f"{device},drive=root"]
        if kind == "luks":
            self.append += ["derp.luks=yes", "derp.fs=btrfs"]


class Tpm:
    """swtpm beside the machine, where the profile has a TPM."""

    def __init__(self, machine, private):
        self.process = None
        if not machine.tpm:
            return
        path = os.path.join(private, "tpm.sock")
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={private}", "--ctrl", f"type=unixio,path={path}", "--terminate"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(path)
        machine.args += ["-chardev", f"socket,id=tpm,path={path}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
                         "-device", f"{machine.tpm},tpmdev=tpm0"]

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


class Monitor:
    """QMP: one command, one answer; events in between are skipped."""

    @staticmethod
    def connect(path):
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            return Monitor(s)
        except OSError:
            return None                  # not yet, or no more

    def __init__(self, connected):
        self.lines = connected.makefile("rw")
        self.lines.readline()
        self.run("qmp_capabilities")

    def run(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.lines)
        self.lines.flush()
        while True:
            answer = json.loads(self.lines.readline() or '{"error": "monitor closed"}')
            if "return" in answer or "error" in answer:
                if "error" in answer:
                    print(f"boot.py: {command}: {answer['error']}", file=sys.stderr)
                return answer

    def screendump(self, path):
        self.run("screendump", filename=path, format="png")

    def plug(self, kind, port, images):
        if kind == "usb-storage":
            self.run("blockdev-add", **{"driver": "raw", "node-name": "stick", "read-only": True,
                                        "file": {"driver": "file", "filename": os.path.join(images, "stick")}})
            self.run("device_add", driver=kind, id="stick", drive="stick", bus=port)
        else:
            self.run("netdev_add", type="user", id="net9", restrict=True)
            self.run("device_add", driver=kind, id="adapter", netdev="net9", mac="52:54:00:00:00:99", bus=port)


def wait_for(path):
    for _ in range(100):
        if os.path.exists(path):
            return
        time.sleep(0.1)
    sys.exit(f"boot.py: {path} does not appear")


def command_line(machine, given, private):
    words = machine.words
    append = ["console=tty0", "console=ttyS0", "panic=-1", "loglevel=5", "no_timer_check", "net.ifnames=0", "systemd.log_color=no",
              "systemd.show_status=yes", f"derp.profile={machine.name}", *machine.append]
    if given.plug:
        append.append(f"derp.plug={len(machine.plugs)}")
    append += os.environ.get("APPEND", "").split()
    return [os.environ.get("QEMU", "qemu-system-x86_64"), "-accel", os.environ.get("ACCEL", "tcg,thread=multi"),
            "-cpu", words["cpu"], "-smp", words["smp"], "-m", words["memory"], "-machine", words["machine"],
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-serial", f"file:{given.out}/console.log", "-serial", f"file:{private}/report.tar.gz",
            "-qmp", f"unix:{private}/qmp,server=on,wait=off",
            "-kernel", given.kernel, "-initrd", given.initramfs, "-append", " ".join(append), *machine.args]


def attend(process, machine, given, private):
    """Follows the console's markers until the machine is off or its time is over."""
    monitor, seen, until = None, set(), time.monotonic() + given.timeout
    while process.poll() is None:
        if time.monotonic() > until:
            print(f"boot.py: {machine.name}: still running after {given.timeout} s", file=sys.stderr)
            if monitor:
                monitor.screendump(f"{given.out}/screen.png")
            process.kill()
        time.sleep(0.5)
        monitor = monitor or Monitor.connect(f"{private}/qmp")
        with open(f"{given.out}/console.log", errors="replace") as log:
            text = log.read()
        if "derp: ready" in text and "ready" not in seen:
            seen.add("ready")
            monitor.screendump(f"{given.out}/screen.png")
        if given.plug and "derp: plug" in text and "plug" not in seen:
            seen.add("plug")
            for kind, port in machine.plugs:
                monitor.plug(kind, port, given.images)


def unpack(path, out):
    """The report, which begins after what UEFI wrote to the same port."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        with tarfile.open(fileobj=io.BytesIO(data[max(data.find(b"\x1f\x8b\x08"), 0):]), mode="r:gz") as tar:
            tar.extractall(out + "/report")
    except (tarfile.TarError, OSError, EOFError) as error:
        print(f"boot.py: no report ({error}); see console.log and qemu.log in {out}", file=sys.stderr)
        return 1
    return 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    for name in ("kernel", "initramfs", "images", "profile", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--plug", action="store_true")
    parser.add_argument("--timeout", type=int, default=900)
    given = parser.parse_args()
    given.out, given.images = os.path.abspath(given.out), os.path.abspath(given.images)

    shutil.rmtree(given.out, ignore_errors=True)
    os.makedirs(given.out + "/report")
    open(given.out + "/console.log", "w").close()
    machine = Machine(given.profile, given.images)
    with tempfile.TemporaryDirectory(prefix="prove") as private:
        tpm = Tpm(machine, private)
        command = command_line(machine, given, private)
        with open(given.out + "/qemu.cmd", "w") as f:
            print(shlex.join(command), file=f)
        start = time.monotonic()
        with open(given.out + "/qemu.log", "w") as log:
            process = subprocess.Popen(["nice", "-n", os.environ.get("NICE") or "10", *command], stdout=log, stderr=log)
            try:
                attend(process, machine, given, private)
            finally:
                process.kill()
                tpm.stop()
        with open(given.out + "/seconds", "w") as f:
            print(round(time.monotonic() - start), file=f)
        return unpack(f"{private}/report.tar.gz", given.out)


if __name__ == "__main__":
    sys.exit(main())
