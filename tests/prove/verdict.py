#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""verdict.py - what a machine lost from one boot to another.

    verdict.py FAT LEAN [plugged.json]   as booted, or after something was plugged in
    verdict.py drivers DIR...        the distinct drivers bound in these, and how many

FAT and LEAN are report directories of boot.py. One line for each loss, then the summary:

    lost     SUBSYSTEM DRIVER PATH   a device bound in FAT that in LEAN is not there, or unbound, or bound to another
    unusable WORD FAT | LEAN         a fact of FAT that does not hold in LEAN
    class    NAME FAT > LEAN         for information: fewer devices of a class (sound, drm, input ...)
    bound fat=N lean=M lost=K

Devices are compared as a multiset of bus, driver and path; numbers in a path that only tell the order of discovery
(usb2, host3, input7) are left out. Not by modalias: that of a processor tells which of its features the kernel
uses. Drivers are compared, not modules: what is built in has none.
Exit status: 0 nothing lost and usable, 1 not so, 2 a report is missing.
"""
import collections
import json
import re
import sys

FIXED = re.compile(r"^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$|^pci[0-9a-f]{4}:[0-9a-f]{2}$|^[0-9a-f]{2}:[0-9a-f]{2}$")  # PCI, PNP
HID = re.compile(r"^[0-9A-F]{4}:[0-9A-F]{4}:[0-9A-F]{4}\.[0-9A-F]{4}$")


def place(path):
    """The path without numbers of discovery."""
    def part(word):
        if FIXED.match(word):
            return word
        return "hid" if HID.match(word) else re.sub(r"\d+", "#", word)
    return "/".join(map(part, path.split("/")))


def load(name):
    try:
        with open(name) as file:
            return json.load(file)["devices"]
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"verdict.py: {name}: {error}")


def key(device):
    return (device.get("subsystem", ""), device.get("driver", ""), place(device["path"]))


def count(devices, keep):
    """Devices by key; alike ones may stand as one with a count."""
    total = collections.Counter()
    for device in devices:
        if keep(device):
            total[key(device)] += device.get("count", 1)
    return total


def facts(directory):
    """The facts that must not get worse, as comparable text."""
    words = {}
    with open(directory + "/facts") as file:
        for line in file:
            word, _, value = line.strip().partition(" ")
            words.setdefault(word, []).append(value)
    try:
        with open(directory + "/failed") as file:
            words["failed"] = sorted(file.read().split())
    except OSError:
        pass
    return words


BOOTED = ("where", "target", "root", "network", "console", "udev")
PLUGGED = ("stick", "adapter")


def worse(fat, lean, words):
    """Facts of `fat` that `lean` does not have: (word, what fat says, what lean says)."""
    for word in words:
        a, b = fat.get(word, []), lean.get(word, [])
        if word in PLUGGED:       # its name may be another
            a, b = ["found"] * len(a), ["found"] * len(b)
        if word == "target":      # "active degraded" is what a failed unit makes; that is told below
            a, b = [v.split()[0] for v in a], [v.split()[0] for v in b]
        if word == "root":        # the partition may be called otherwise
            a, b = [v.split()[-1] for v in a], [v.split()[-1] for v in b]
        if a != b:
            yield word, " ".join(a), " ".join(b)
    new = set(lean.get("failed", [])) - set(fat.get("failed", []))
    if new:
        yield "failed", "", " ".join(sorted(new))


def drivers(directories):
    """Prints the names of all drivers that hold a device."""
    names = sorted({d["driver"] for top in directories for d in load(f"{top}/scan.json") if d.get("driver")})
    print("\n".join(names + [f"{len(names)} drivers"]))
    return 0


def main():
    if sys.argv[1:2] == ["drivers"]:
        return drivers(sys.argv[2:])
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    fat_dir, lean_dir = sys.argv[1:3]
    name = sys.argv[3] if len(sys.argv) == 4 else "scan.json"
    fat, lean = load(f"{fat_dir}/{name}"), load(f"{lean_dir}/{name}")

    a, b = (count(d, lambda x: x.get("driver")) for d in (fat, lean))
    lost = a - b
    for subsystem, driver, path in sorted(lost.elements()):
        others = sorted({k[1] for k in b - a if k[0] == subsystem and k[2] == path})
        print("lost    ", subsystem, driver, path + (f" now {others[0]}" if others else ""))
    bad = list(worse(facts(fat_dir), facts(lean_dir), PLUGGED if name == "plugged.json" else BOOTED))
    for word, before, after in bad:
        print(f"unusable {word}: {before} | {after}")
    ca, cb = (collections.Counter() for _ in range(2))
    for devices, counter in ((fat, ca), (lean, cb)):
        for d in devices:
            if not d.get("driver") and not d.get("modalias"):
                counter[d.get("subsystem", "")] += d.get("count", 1)
    for word in sorted(ca):
        if cb[word] < ca[word]:
            print(f"class    {word} {ca[word]} > {cb[word]}")
    print(f"bound fat={a.total()} lean={b.total()} lost={lost.total()}")
    return 1 if lost or bad else 0


if __name__ == "__main__":
    sys.exit(main())
