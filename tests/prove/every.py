#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""every.py - what the machine would lose by any one of the fragment's hardware goals.

    every.py PROGRAM TREE CONFIG LEAN     derpconfig, the kernel's source, the fat kernel's configuration (for what the
                                          compiler can do), a run directory of prove.sh

Takes each line of the fragment's section "hardware" out by itself, makes the configuration and lists what the kernel
would build; nothing is compiled. control.sh builds and boots some of them, to see that it is so. One line for each
goal, then the summary:

    SYMBOL MODULE... : DRIVER...      what is not built without it, which drivers' devices are lost by that
    SYMBOL stays                      another line of the fragment brings it in
Exit status: 0 every goal takes something with it or stays for another's sake, 1 a goal takes nothing.
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from control import bound, hanging  # noqa: E402


def goals(lines):
    """Numbers of the lines that assign in the section "hardware"."""
    inside = False
    for number, line in enumerate(lines):
        if line.startswith("## "):
            inside = line.strip() == "## hardware"
        elif inside and line.startswith("CONFIG_"):
            yield number


class Kernel:
    """What a fragment makes of a tree, by derpconfig's own evaluation."""

    def __init__(self, program, tree, config):
        self.program, self.tree, self.base = program, tree, config

    def run(self, *words):
        return subprocess.run([self.program, *words, "--kernel", self.tree], check=True, capture_output=True, text=True).stdout

    def make(self, lines):
        """(the lines of the configuration, names of the modules in it, built in ones too)"""
        with tempfile.TemporaryDirectory(prefix="every") as private:
            fragment, config = private + "/fragment", private + "/config"
            with open(fragment, "w") as file:
                file.writelines(lines)
            self.run("conf", "allnoconfig", "--allconfig", fragment, "--config", self.base, "-o", config)
            built = self.run("built", "--builtin", "--config", config)
            with open(config) as file:
                made = set(file.read().splitlines())
        names = (os.path.basename(line.split("\t")[0]).rsplit(".", 1)[0] for line in built.splitlines())
        return made, {name.replace("-", "_") for name in names}


def main():
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    kernel, lean = Kernel(*sys.argv[1:4]), sys.argv[4]
    with open(lean + "/fragment") as file:
        lines = file.readlines()
    _, all_modules = kernel.make(lines)
    devices = bound(lean)
    total, stays, nothing = 0, 0, 0
    for number in goals(lines):
        line = lines[number].strip()
        symbol = line[len("CONFIG_"):].split("=")[0]
        made, names = kernel.make(lines[:number] + lines[number + 1:])
        gone = all_modules - names
        total += 1
        if line in made:
            stays += 1
            print(symbol, "stays")
            continue
        nothing += not gone
        drivers = sorted({key[2] for key in hanging(devices, gone)})
        print(symbol, *sorted(gone)[:8], *(["..."] if len(gone) > 8 else []), ":", *drivers)
    print(f"every: {total} goals, {stays} stay for another's sake, {total - stays - nothing} take modules with them, {nothing} nothing")
    return 1 if nothing else 0


if __name__ == "__main__":
    sys.exit(main())
