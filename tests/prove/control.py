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
    """(place, driver) of each bound device, and its module."""
    found = {}
    for d in load(run + "/boot/report/scan.json"):
        if d.get("driver"):
            found.setdefault((place(d["path"]), d["subsystem"], d["driver"]), set()).add(d.get("module", ""))
    return found


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    gone = modules(sys.argv[1]) - modules(sys.argv[2])
    lean, control = bound(sys.argv[1]), bound(sys.argv[2])
    roots = [key[0] for key, names in lean.items() if names & gone]
    expected = {key for key in lean if any(key[0] == r or key[0].startswith(r + "/") for r in roots)}
    lost = set(lean) - set(control)
    for word, keys in (("lost", lost & expected), ("missed", expected - lost), ("also", lost - expected)):
        for where, subsystem, driver in sorted(keys):
            print(word, subsystem, driver, where)
    print(f"control: modules gone: {' '.join(sorted(gone))}; expected {len(expected)}, lost {len(lost)}, "
          f"{'exactly these' if lost == expected else 'not these'}")
    return 0 if expected and lost == expected else 1


if __name__ == "__main__":
    sys.exit(main())
