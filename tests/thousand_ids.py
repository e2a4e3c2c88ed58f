# SPDX-License-Identifier: GPL-2.0-or-later
"""thousand_ids.py MODULES.ALIAS - a thousand of the PCI and USB ids it names, always the same ones, a line each."""
import random
import re
import sys


def thousand_ids(path):
    with open(path) as f:
        text = f.read()
    ids = {f"pci:{v}:{d}" for v, d in re.findall(r"^alias pci:v0000(\w{4})d0000(\w{4})", text, re.M)}
    ids |= {f"usb:{v}:{p}" for v, p in re.findall(r"^alias usb:v(\w{4})p(\w{4})", text, re.M)}
    ids = sorted(ids)
    random.Random(12).shuffle(ids)
    return [i.lower() for i in ids[:1000]]


if __name__ == "__main__":
    print("\n".join(thousand_ids(sys.argv[1])))
