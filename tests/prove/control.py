#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""control.py - is what a kernel lost exactly what was taken from it?

    control.py LEAN CONTROL      two run directories of prove.sh; CONTROL was built with DROP

Expected to be lost: the devices whose driver's module LEAN builds (as a module or in the kernel) and CONTROL does
not, and whatever hangs below such a device. Prints "lost" for what was, "missed" for what should have been lost
and was not, "also" for what was lost beside. Exit status: 0 exactly the expected, 1 not, or nothing was expected.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from verdict import load, place  # noqa: E402


def modules(run):
    """Names of all modules that the kernel of a run has, loadable or built in."""
    names = set()
    for top, _, files in os.walk(run + "/kernel/lib/modules"):
        for name in files:
            if name.endswith(".ko"):
                names.add(name[:-3].replace("-", "_"))
            elif name == "modules.builtin":
                with open(os.path.join(top, name)) as file:
                    names |= {os.path.basename(line.strip())[:-3].replace("-", "_") for line in file}
    return names


def bound(run):
    """(place, subsystem, driver) of the bound devices: how many, and the modules of their drivers.

    Drivers of some buses don't tell their module, nor do built-in ones: then the driver's name stands for it."""
    found = {}
    for d in load(run + "/boot/report/scan.json"):
        driver = d.get("driver")
        if driver:
            entry = found.setdefault((place(d["path"]), d["subsystem"], driver), [0, set()])
            entry[0] += d.get("count", 1)
            entry[1].add(d.get("module") or driver.split()[0].replace("-", "_"))
    return found


def hanging(devices, gone):
    """Those of bound() that the modules `gone` drive, and what is below them."""
    roots = [key[0] + "/" for key, (_, names) in devices.items() if names & gone]
    return {key for key, (_, names) in devices.items() if names & gone or any(key[0].startswith(r) for r in roots)}


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    gone = modules(sys.argv[1]) - modules(sys.argv[2])
    lean, control = bound(sys.argv[1]), bound(sys.argv[2])
    expected = {key: lean[key][0] for key in hanging(lean, gone)}
    lost = {key: number - control.get(key, [0])[0] for key, (number, _) in lean.items()}
    lost = {key: number for key, number in lost.items() if number > 0}
    for key in sorted(lost.keys() | expected.keys()):
        word = "lost" if lost.get(key) == expected.get(key) else "also" if key in lost else "missed"
        print(word, *key[1:], key[0])
    print(f"control: modules gone: {' '.join(sorted(gone))}; devices expected {sum(expected.values())}, "
          f"lost {sum(lost.values())}, {'exactly these' if lost == expected else 'not these'}")
    return 0 if expected and lost == expected else 1


if __name__ == "__main__":
    sys.exit(main())
