#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sweep.py PROGRAM [INPUT...] - real inputs, damaged in many ways: does each run end well?

Each input is truncated at every 1/64, has bits flipped, lines repeated and lines reordered. A run must end by itself
within 5 s (of processor time) and 500 MB, in a result or in one clear error, and must leave the output that was there
alone unless it has a whole new one. What is asked of a result depends on how the input was damaged:

  same      the answer is that of the intact input
  told      another answer, and a message on standard error
  refused   an error that names the program, no output
  other     another answer without a word, where the damaged input says just that: a flipped letter makes another name, a
            list that ends at the end of a line is a shorter list, settings in another order mean something else
  LOST      another answer without a word, though the damage could be seen. There must be none, as of the following.
  CRASH, HANG, MEMORY, HALF (an output that is not whole), MUTE (a failure without a message)

Kinds of input: "whole" - any truncation can be seen (brackets, lengths, hashes); "lines" - a cut in the middle of a line
can be seen, since whoever writes these files ends the last line; "free" - the kernel itself has such files without an
end of the last line; "set" - like lines, and repeating or reordering lines
changes nothing; "cache" - whatever is wrong with it, the answer is the same and nobody is told.
"""
import concurrent.futures
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = 64
BAD = ("LOST", "CRASH", "HANG", "MEMORY", "HALF", "MUTE")
SENTINEL = b"what was there before\n"


def fixture(*names):
    return os.path.join(TOP, "fixtures", *names)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


class Input:
    """What is damaged, where it is put, and the command that reads it. {w} is a directory of the run's own."""

    def __init__(self, name, kind, data, put, command, setup=None, comments=b"#"):
        self.name, self.kind, self.data, self.put, self.command = name, kind, data, put, command
        self.setup, self.comments = setup, comments


# ---- the inputs ----

DUMP = fixture("machines", "checkbox-LENOVO_T420.json")
MODULES = ("modules.dep", "modules.alias", "modules.builtin", "modules.builtin.modinfo", "modules.softdep")
KBUILD = ["built", "--map", "--kernel", "{w}/tree", "--arch", "toy64", "-o", "{w}/out"]
SMALL = b"""config MODULES
	bool "modules"
	modules
	default y
if MODULES
config A
	tristate "a"
config B
	bool "b"
	depends on A
endif
menu "values"
config S
	string "s"
config I
	int "i"
	range 4 100
	default 99
config H
	hex "h"
endmenu
choice
	prompt "one of"
config ONE
	bool "one"
config TWO
	bool "two"
	help
	  The second.
endchoice
config LAST
	def_tristate m
	select B if S = "deep"
	imply I2
config I2
	bool "i2"
"""
SETTINGS = b"""CONFIG_A=m
CONFIG_B=y
CONFIG_S="some \\"words\\""
CONFIG_I=42
CONFIG_H=0x10
# CONFIG_ONE is not set
CONFIG_TWO=y
# CONFIG_I2 is not set
"""
SMALL_TREE = lambda w: (write(f"{w}/tree/Kconfig", SMALL), write(f"{w}/tree/Makefile", b"VERSION = 6\n"))
OLDDEF = ["conf", "olddefconfig", "--kernel", "{w}/tree", "--arch", "x86_64"]
CONF = ["conf", "olddefconfig", "--kernel", fixture("kconfig", "if-blocks"), "--arch", "x86_64"]


def modules_input(modules, name, kind):
    """A modules directory of text files; the map of a real machine against a small tree."""
    def setup(w):
        for n in MODULES:
            if os.path.exists(os.path.join(modules, n)):
                write(f"{w}/modules/{n}", read(os.path.join(modules, n)))
    command = ["which", "-o", "{w}/out", "--modules", "{w}/modules", "--kernel", fixture("kbuild"), "--arch", "toy64", "8086:1502",
               "046d:c52b", "usb:v0BDAp9210d2001dc00dsc00dp00ic08isc06ip50in00", "fs-ext4", "acpi:PNP0C0A:", "e1000e"]
    return Input(name, kind, read(os.path.join(modules, name)), "modules/" + name, command, setup)


def tree_setup(w):
    shutil.copytree(fixture("kbuild"), f"{w}/tree")


def tarball(how):
    path = tempfile.mktemp()
    with tarfile.open(path, how) as t:
        for name in sorted(os.listdir(fixture("kconfig", "if-blocks"))):
            t.add(fixture("kconfig", "if-blocks", name), "linux/" + name, filter=lambda i: i)
    data = read(path)
    os.unlink(path)
    return data


def cached(program, kind, command, setup):
    """The cache file of that kind that the command writes, and the inputs' setup that has its tree in place."""
    w = tempfile.mkdtemp()
    setup(w)
    for root, _, names in os.walk(w):
        for n in names:
            os.utime(os.path.join(root, n), (1e9, 1e9))
    time.sleep(4)  # an index is written when the tree has been still for a while
    subprocess.run([program] + [c.format(w=w) for c in command], env=dict(os.environ, XDG_CACHE_HOME=w + "/cache"),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    files = [os.path.join(r, n) for r, _, ns in os.walk(f"{w}/cache/derpconfig/{kind}") for n in ns]
    return w, files[0] if files else None


def inputs(program, modules):
    scan = ["scan", "--from", "{w}/in", "-o", "{w}/out"]
    yield Input("dump", "whole", read(DUMP), "in", scan)
    yield Input("dump of facter", "whole", read(fixture("corpus", "dump", "facter")), "in", scan)
    yield Input("udevadm export", "lines", read(fixture("scanner", "laptop.umockdev")), "in", scan)
    yield Input("lspci -nnk", "lines", read(fixture("corpus", "dump", "lspci")) * 3, "in", scan)
    yield Input("list of modaliases", "lines", read(fixture("corpus", "dump", "modaliases")), "in", scan)
    yield Input("lsmod", "lines", read(fixture("corpus", "dump", "lsmod")), "in", scan)
    if modules:
        for name in MODULES:
            if os.path.exists(os.path.join(modules, name)):
                yield modules_input(modules, name, "set" if name in ("modules.dep", "modules.builtin") else "lines")
    known = read(os.path.join(os.path.dirname(modules), "config"))[:20000] if modules else SETTINGS
    yield Input(".config", "lines", known[:known.rindex(b"\n") + 1], "in", ["check", "{w}/in", "-o", "{w}/out"])
    yield Input(".config for conf", "lines", SETTINGS, "in", OLDDEF + ["--config", "{w}/in", "-o", "{w}/out"], SMALL_TREE)
    yield Input("Kconfig", "lines", SMALL, "tree/Kconfig", OLDDEF + ["--config", "{w}/config", "-o", "{w}/out"],
                lambda w: (SMALL_TREE(w), write(f"{w}/config", SETTINGS)))
    yield Input("Makefile", "free", read(fixture("kbuild", "composite", "Makefile")), "tree/composite/Makefile", KBUILD, tree_setup)
    for how in ("gz", "xz"):
        yield Input("tarball." + how, "whole", tarball("w:" + how), "linux.tar",
                    ["conf", "alldefconfig", "--kernel", "{w}/linux.tar", "--arch", "x86_64", "-o", "{w}/out"])
    yield Input("answers", "lines", b"A m\nB y\nS? words\nI 42\nTWO y\n# a comment\n", "in",
                ["simulate", "--answers", "{w}/in", "--kernel", "{w}/tree", "--arch", "x86_64", "--defconfig", "allnoconfig",
                 "-o", "{w}/out"], SMALL_TREE)
    yield Input("set", "lines", read(os.path.join(TOP, "kconfig", "sets", "usb-storage.set")), "sets/usb-storage.set",
                ["sets", "usb-storage", "--sets", "{w}/sets", "-o", "{w}/out"])
    yield Input("answers as JSON", "whole", b'{"A": {"tristate": "m", "optional": false}, "S": {"freeform": "words", "optional": true}}',
                "in", ["simulate", "--answers", "{w}/in", "--kernel", "{w}/tree", "--arch", "x86_64", "--defconfig", "allnoconfig",
                       "-o", "{w}/out"], SMALL_TREE)
    yield Input("toolchain profile", "lines", read(os.path.join(TOP, "kconfig", "toolchains", "gcc-12.toolchain")), "in",
                CONF + ["--toolchain", "{w}/in", "--config", "{w}/config", "-o", "{w}/out"],
                lambda w: write(f"{w}/config", b"CONFIG_A=y\n"))
    yield Input("baseline", "lines", b"".join(read(os.path.join(TOP, "nixout", "data", "baseline.csv")).splitlines(True)[:20]), "in",
                ["check", "--baseline", "{w}/in", "{w}/config", "-o", "{w}/out"], lambda w: write(f"{w}/config", b"CONFIG_A=y\n"))
    w, path = cached(program, "kbuild", KBUILD, tree_setup)
    if path:
        yield Input("cache: map", "cache", read(path), os.path.relpath(path, w), KBUILD, w)
    w, path = cached(program, "trees", ["conf", "alldefconfig", "--kernel", "{w}/linux.tar", "--arch", "x86_64"],
                     lambda w: write(w + "/linux.tar", tarball("w:gz")))
    if path:
        yield Input("cache: tarball", "cache", read(path), os.path.relpath(path, w),
                    ["conf", "alldefconfig", "--kernel", "{w}/linux.tar", "--arch", "x86_64", "-o", "{w}/out"], w)


# ---- the damage ----

def truncations(x):
    for i in range(PARTS):
        cut = x.data[:len(x.data) * i // PARTS]
        seen = x.kind == "whole" or (x.kind in ("lines", "set") and cut.rsplit(b"\n")[-1].rsplit(b"\0")[-1].strip())
        yield "truncate", cut, "other" if not seen else "LOST"


def flips(x):
    rng = random.Random(x.name)
    for i in range(24):
        data = bytearray(x.data)
        for _ in range(1 if i < 16 else 64):
            at = rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(8)
        yield "flip", bytes(data), "other"


def repeats(x):
    rng = random.Random(x.name)
    lines = x.data.splitlines(True)
    for i in range(8):
        n = rng.randrange(len(lines))
        m = min(len(lines), n + (1 if i < 4 else 20))
        yield "repeat", b"".join(lines[:m] + lines[n:m] + lines[m:]), "LOST" if x.kind == "set" else "other"
    yield "repeat", x.data + x.data, "LOST" if x.kind == "set" else "other"


def reorders(x):
    rng = random.Random(x.name)
    for i in range(4):
        lines = x.data.splitlines(True)
        if i:
            rng.shuffle(lines)
        else:
            lines.reverse()
        yield "reorder", b"".join(lines), "LOST" if x.kind == "set" else "other"


def damages(x):
    yield from truncations(x)
    yield from flips(x)
    if x.kind != "whole" or x.data.count(b"\n") > 3:
        yield from repeats(x)
        yield from reorders(x)


# ---- a run ----

def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (5, 6))
    if "address" not in os.environ.get("DERPCONFIG", ""):
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def run(program, x, data):
    """(exit code or -signal, peak MB, output or None when untouched, stderr)"""
    keep = isinstance(x.setup, str)  # a cache's tree stays where it is: its place and times are part of the key
    w = x.setup if keep else tempfile.mkdtemp(prefix="sweep-")
    try:
        if x.setup and not keep:
            x.setup(w)
        write(os.path.join(w, x.put), data)
        write(os.path.join(w, "out"), SENTINEL)
        env = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": w + "/cache" if keep else "/proc/nowhere",
               "ASAN_OPTIONS": "detect_leaks=0"}
        with tempfile.TemporaryFile() as err:
            p = subprocess.Popen([program] + [c.format(w=w) for c in x.command], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=err, env=env, preexec_fn=limits)
            _, status, used = os.wait4(p.pid, 0)
            p.returncode = 0
            err.seek(0)
            text = err.read().replace(w.encode(), b"W")
        out = read(os.path.join(w, "out"))
        left = [n for n in os.listdir(w) if n.startswith("out.")]
        return os.waitstatus_to_exitcode(status), used.ru_maxrss // 1024, None if out == SENTINEL else out, text, left
    finally:
        if not keep:
            shutil.rmtree(w)


def judge(x, good, got, worst):
    code, mb, out, err, left = got
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "HANG"
    if code < 0 or b"Sanitizer" in err or code > 5:
        return "CRASH"
    if mb > 500:
        return "MEMORY"
    if left or (code in (2, 3) and out is not None and out != good[2]):
        return "HALF"
    if code == 2 and out is None:
        return "refused" if err.startswith(b"derpconfig: ") else "MUTE"
    if (code, out) == (good[0], good[2]):
        return "same" if x.kind != "cache" or err == good[3] else "told"
    if x.kind == "cache":
        return "LOST"
    if err != good[3] and err or code not in (0, good[0]):
        return "told"
    return worst


def sweep(program, x, pool):
    good = run(program, x, x.data)
    if good[0] not in (0, 1, 4, 5) or (good[2] is None and good[0] == 0):
        sys.exit(f"{x.name}: the intact input ends in {good[0]}: {good[3].decode(errors='replace')}")
    counts, found = {}, []
    jobs = list(damages(x))
    if x.kind == "cache":
        results = [run(program, x, data) for _, data, _ in jobs]
    else:
        results = list(pool.map(lambda j: run(program, x, j[1]), jobs))
    for (how, data, worst), got in zip(jobs, results):
        r = judge(x, good, got, worst)
        counts.setdefault(how, {}).setdefault(r, 0)
        counts[how][r] += 1
        if r in BAD:
            found.append((how, r, data, got))
    return counts, found


def main():
    program = os.path.abspath(sys.argv[1])
    chosen = sys.argv[2:]
    kernel = subprocess.run(["sh", os.path.join(TOP, "tests", "debian-kernel.sh"), "6.12", "amd64"], capture_output=True, text=True)
    modules = os.path.join(kernel.stdout.strip(), "modules") if kernel.returncode == 0 else None
    keep = os.environ.get("SWEEP_KEEP")
    total, bad = 0, 0
    words = ("same", "told", "refused", "other")
    print("%-24s %-9s %5s  %s  %s" % ("input", "damage", "runs", " ".join("%7s" % w for w in words), "bad"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for x in inputs(program, modules):
            if chosen and not any(c in x.name for c in chosen):
                continue
            counts, found = sweep(program, x, pool)
            for how, c in counts.items():
                wrong = " ".join(f"{c[b]} {b}" for b in BAD if b in c)
                total += sum(c.values())
                print("%-24s %-9s %5d  %s  %s" % (x.name, how, sum(c.values()), " ".join("%7d" % c.get(w, 0) for w in words), wrong))
            bad += len(found)
            for i, (how, r, data, got) in enumerate(found):
                if i < 3:
                    print(f"    {r}: {how}, {len(data)} bytes, exit code {got[0]}, {got[1]} MB: {got[3][:200]!r}")
                if keep:
                    write(os.path.join(keep, f"{x.name.replace(' ', '-')}-{r}-{how}-{i}"), data)
            sys.stdout.flush()
            if isinstance(x.setup, str):
                shutil.rmtree(x.setup)
    print(f"{total} runs, {bad} bad")
    return bad > 0 or total == 0


if __name__ == "__main__":
    sys.exit(main())
