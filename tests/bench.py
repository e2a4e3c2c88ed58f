#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench.py BUILD [-o docs/performance.md] [--rounds N] - what things cost, beside those who do the same.

All commands of a comparison run in turn, round by round, so that whatever else the machine does meets all of them. Counted
is processor time (user and system, children included); a ratio is taken within its round. Shown are medians and, in
brackets, the smallest and largest. Ends in an error when a median misses its limit. Peers that are not there are left out
and named.
"""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from thousand_ids import thousand_ids

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DUMP = os.path.join(TOP, "fixtures/machines/checkbox-LENOVO_T420.json")


class Bench:
    def __init__(self, build, rounds):
        self.build, self.rounds = build, rounds
        self.program = os.path.join(build, "derpconfig")
        self.work = tempfile.mkdtemp(prefix="bench-")
        self.lines, self.missed, self.absent = [], [], []

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def path(self, *names):
        return os.path.join(self.work, *names)

    def cost(self, job):
        """(milliseconds of processor time, peak MB, milliseconds by the clock); job: (command, keywords of Popen)."""
        command, options = job
        before = options.pop("before", None)
        if before:
            before()
        start = time.monotonic()
        with open(self.path("log"), "wb") as log:
            p = subprocess.Popen(command, stdin=subprocess.DEVNULL, **{"stdout": subprocess.DEVNULL, "stderr": log, **options})
            _, status, used = os.wait4(p.pid, 0)
            clock = (time.monotonic() - start) * 1000
            p.returncode = 0
        if before:
            options["before"] = before
        if os.waitstatus_to_exitcode(status) not in (0, 1, 5):
            with open(self.path("log")) as log:
                sys.exit(f"{command}: {status}: {log.read()[-2000:]}")
        return (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024, clock

    def compare(self, title, ours, peers, clock=None):
        """ours: job; peers: [(name, job, limit on peer / ours)]; a peer without a job is absent. `clock` has the peers' limits by
        the clock, and asks for rows of these times."""
        self.absent += [name for name, job, _ in peers if not job]
        by_clock = [(name, job, limit) for (name, job, _), limit in zip(peers, clock or []) if job]
        peers = [p for p in peers if p[1]]
        times, clocks, peak = [[] for _ in range(len(peers) + 1)], [[] for _ in range(len(peers) + 1)], 0
        for _ in range(self.rounds):
            for i, job in enumerate([ours] + [p[1] for p in peers]):
                ms, mb, wall = self.cost(job)
                times[i].append(ms)
                clocks[i].append(wall)
                peak = max(peak, mb if i == 0 else 0)
        self.rows(title, times, peers, f"{peak:.0f} MB")
        if clock:
            self.rows(title + ", by the clock", clocks, by_clock, "")

    def rows(self, title, times, peers, peak):
        self.say(f"| {title} | {spread(times[0], 'ms')} | {peak} | | |")
        for i, (name, _, limit) in enumerate(peers, 1):
            ratios = [t / o for t, o in zip(times[i], times[0])]
            self.say(f"| {name} | {spread(times[i], 'ms')} | | {spread(ratios, 'times ours')} | {'' if limit is None else limit} |")
            if limit is not None and statistics.median(ratios) < limit:
                self.missed.append(f"{title}: {name} costs {statistics.median(ratios):.2f} times ours, {limit} is wanted")


def spread(values, unit):
    m = statistics.median(values)
    f = "%.0f" if min(values) >= 20 else "%.1f" if min(values) >= 2 else "%.2f"
    return f"{f % m} {unit} ({f % min(values)}–{f % max(values)})"


def kernel(series, arch):
    r = subprocess.run(["sh", os.path.join(TOP, "tests/debian-kernel.sh"), series, arch], capture_output=True, text=True)
    return r.stdout.strip() if r.returncode == 0 else None


def lines_of(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.splitlines()


def conf_jobs(b, k):
    """The tree's own conf without the compiler's share: its answers are replayed."""
    r = subprocess.run(["sh", os.path.join(TOP, "tests/kernel-conf.sh"), "6.12", "x86_64"], capture_output=True, text=True)
    if r.returncode:
        return None
    conf = r.stdout.strip()
    with open(os.path.join(conf, "env"), "rb") as f:
        env = dict(v.split(b"=", 1) for v in f.read().split(b"\0") if b"=" in v)
    env.update({b"LD_PRELOAD": os.path.realpath(os.path.join(b.build, "tests/preload-conf.so")).encode(),
                b"CONF_ANSWERS": os.path.join(conf, "answers").encode(), b"KCONFIG_AUTOCONFIG": b"/dev/null"})
    os.makedirs(b.path("conf"), exist_ok=True)
    return [os.path.join(conf, "conf"), "--allnoconfig", "Kconfig"], {"cwd": b.path("conf"), "env": env}


def make_job(b, k, name, *targets, before=None):
    os.makedirs(b.path(name), exist_ok=True)
    return (["make", "-s", "-C", k + "/source", "O=" + b.path(name), "ARCH=x86_64", *targets],
            {"before": before} if before else {})


def cat(files, where):
    """Ten times over, as once is too little to measure."""
    return ["sh", "-c", "for _ in 1 2 3 4 5 6 7 8 9 10; do xargs cat < \"$0\"; done", files], {"cwd": where}


def bench_kconfig(b, k):
    ours = [b.program, "conf", "allnoconfig", "--kernel", k + "/source", "--config", k + "/config", "-o", b.path("config")], {}
    replayed, made = conf_jobs(b, k), make_job(b, k, "none", "allnoconfig")
    for job in (replayed, made):
        if job:
            b.cost(job)  # the first run asks the compiler, or builds conf
    b.compare("`conf allnoconfig`, 6.12", ours,
              [("the tree's conf, the compiler's answers replayed", replayed, 3), ("`make allnoconfig`", made, 20)])


def bench_floors(b, k):
    """Ratios to cat of the same files: ours ten times as well."""
    def ten(env, *command):
        return ["sh", "-c", 'for _ in 1 2 3 4 5 6 7 8 9 10; do "$@" > /dev/null 2>&1; done', "sh", *command], {"env": env}
    with open(b.path("kconfigs"), "w") as f:
        f.write("\n".join(lines_of(os.path.join(b.build, "tests/tool-kconfig-load"), k + "/source", "x86_64", "files")))
    load = [os.path.join(b.build, "tests/tool-kconfig-load"), k + "/source", "x86_64", "time", "10"], {}
    b.compare("reading and finalising 6.12's Kconfig files, ten times", load,
              [("`cat` of the same files, ten times", cat(b.path("kconfigs"), k + "/source"), 0.25)])
    with open(b.path("makefiles"), "w") as f:
        f.write("\n".join(sorted(set(lines_of(b.program, "built", "--files", "--kernel", k + "/source", "--arch", "x86_64")))))
    mapped = [b.program, "built", "--map", "--kernel", k + "/source", "--arch", "x86_64"]
    b.compare("`built --map`, nothing cached, ten times", ten(NO_CACHE, *mapped),
              [("`cat` of the same Makefiles, ten times", cat(b.path("makefiles"), k + "/source"), 0.4)])
    subprocess.run(mapped, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    b.compare("`built --map` from the cache, ten times", ten(None, *mapped), [])


NO_CACHE = dict(os.environ, XDG_CACHE_HOME="/proc/nowhere")


def generate(b, k, form, cached=True):
    return [b.program, "generate", DUMP, "--kernel", k + "/source", "--modules", k + "/modules", "--config", k + "/config",
            "--format", form, "-o", b.path("out." + form)], {} if cached else {"env": NO_CACHE}


def localmodconfig(b, k, name, anew):
    """For the modules of b's lsmod, all questions answered with return. `anew`: in an empty directory, where it compiles conf first."""
    def before():
        if anew:
            shutil.rmtree(b.path(name), ignore_errors=True)
        os.makedirs(b.path(name), exist_ok=True)
        shutil.copy(k + "/config", b.path(name, ".config"))
    command, options = make_job(b, k, name, "LSMOD=" + b.path("lsmod"), "localmodconfig", before=before)
    return ["sh", "-c", 'yes "" | "$@"', "sh", *command], options


def bench_generate(b, k):
    b.cost(generate(b, k, "json"))
    with open(b.path("out.json")) as f:
        goals = [g["goal"][7:] for g in json.load(f)["goals"] if g["goal"].startswith("module ")]
    with open(b.path("lsmod"), "w") as f:
        f.write("Module Size Used by\n" + "".join(f"{g} 1 0\n" for g in sorted(set(goals))))
    first, local, made = localmodconfig(b, k, "first", True), localmodconfig(b, k, "local", False), make_job(b, k, "none", "allnoconfig")
    b.cost(local)
    b.compare("`generate` of a laptop, to a fragment, nothing cached", generate(b, k, "kconfig", False),
              [("`make localmodconfig` for its modules, nothing built", first, 8),
               ("`make localmodconfig` again", local, 3), ("`make allnoconfig` again", made, None)], [15, None, None])
    b.compare("`generate` of a laptop, to a fragment, again", generate(b, k, "kconfig"),
              [("`make localmodconfig` again", local, 5), ("`make allnoconfig` again", made, None)], [None, None])
    for cached, words in (False, ", nothing cached"), (True, ", again"):
        b.compare("`generate` of a laptop, to a Nix patch, proven" + words, generate(b, k, "nix", cached),
                  [("`make allnoconfig` again", made, None)], [None])
    with open(b.path("answers"), "w") as f:
        f.write("MODULES y\n")
    b.compare("`simulate`: nixpkgs' run of the stock kernel, 12,000 questions",
              ([b.program, "simulate", "--kernel", k + "/source", "--config", k + "/config", "--arch", "x86_64", "--auto-modules",
                "--answers", b.path("answers"), "-o", b.path("simulated")], {}), [("`make allnoconfig`", made, None)])
    shutil.copy(k + "/config", b.path(".config"))
    streamline = (["perl", k + "/source/scripts/kconfig/streamline_config.pl", k + "/source", "Kconfig"],
                  {"cwd": b.work, "env": dict(os.environ, SRCARCH="x86", LSMOD=b.path("lsmod"))})
    b.compare("`map` of the laptop", ([b.program, "map", DUMP, "--kernel", k + "/source", "--modules", k + "/modules",
                                       "--config", k + "/config"], {}),
              [("`streamline_config.pl` alone", streamline if shutil.which("perl") else None, None)])


def bench_which(b, k):
    ids = thousand_ids(k + "/modules/modules.alias")
    which = [b.program, "which", *ids, "--kernel", k + "/source", "--modules", k + "/modules", "--config", k + "/config"]
    # of every alias the part that tells the device is enough for modprobe to look it up
    with open(b.path("aliases"), "w") as f:
        for bus, vendor, device in (i.upper().split(":") for i in ids):
            f.write(f"pci:v0000{vendor}d0000{device}sv0sd0bc0sc0i0\n" if bus == "PCI" else f"usb:v{vendor}p{device}d0dc0dsc0dp0ic0isc0ip0in0\n")
    version = os.path.basename(os.path.realpath(k + "/modules"))
    modprobe = ["sh", "-c", 'xargs -n 1 modprobe -R -C /dev/null -d "$1" -S "$2" < "$0" || :', b.path("aliases"), k, version], {}
    modprobe = modprobe if shutil.which("modprobe") else None
    b.compare("`which` of a thousand ids, nothing cached", (which, {"env": NO_CACHE}), [("`modprobe -R` of each", modprobe, 8)])
    b.cost((which, {}))
    b.compare("`which` of a thousand ids, again", (which, {}), [("`modprobe -R` of each", modprobe, 50)])


def bench_growth(b, k):
    shared = os.environ.get("DERPCONFIG_SHARED", os.path.join(TOP, "..", "shared"))
    dumps = sorted(glob.glob(os.path.join(shared, "corpus/*/*.tsv"))) or sorted(glob.glob(os.path.join(TOP, "fixtures/machines/*.json")))
    b.say("\n| `check --dumps`, one process | processor time | peak memory | a further dump |\n|---|---|---|---|")
    before = None
    for n in sorted({1, 10, 100, len(dumps)}):
        if n > len(dumps):
            continue
        where = b.path(f"dumps{n}")
        os.makedirs(where)
        for d in dumps[:n]:
            os.symlink(os.path.realpath(d), os.path.join(where, os.path.basename(d)))
        job = [b.program, "check", "--dumps", where, "--jobs", "1", "--kernel", k + "/source", "--modules", k + "/modules", "--config",
               k + "/config", "-o", b.path("checked")], {}
        runs = [b.cost(job) for _ in range(b.rounds if n < 100 else 1)]
        ms = statistics.median([r[0] for r in runs])
        more = f"{(ms - before[1]) / (n - before[0]):.1f} ms" if before else ""
        before = n, ms
        b.say(f"| {n} | {spread([r[0] for r in runs], 'ms')} | {max(r[1] for r in runs):.0f} MB | {more} |")
    job[0].remove("--jobs")
    job[0].remove("1")
    runs = [b.cost((job[0], {"env": NO_CACHE})) for _ in range(3)]
    b.say(f"\nAll {len(dumps)} with {os.cpu_count()} processes and nothing cached: {spread([r[2] / 1000 for r in runs], 's')} by the clock, "
          f"{spread([r[0] / 1000 for r in runs], 's')} of processor time.")


def bench_trees(b):
    b.say("\n| tree | Kconfig files | `conf allnoconfig` | peak | Makefiles | `built --map`, nothing cached | peak |\n|---|---|---|---|---|---|---|")
    for name, series, arch in (("6.1, x86_64", "6.1", "amd64"), ("6.12, arm64", "6.12", "arm64"), ("6.12, x86_64", "6.12", "amd64"),
                               ("7.2, x86_64", "7.2", "amd64")):
        k = kernel(series, arch)
        if not k or not os.path.exists(k + "/source/Kconfig"):
            b.absent.append("the tree of " + name)
            continue
        arch = {"amd64": "x86_64"}.get(arch, arch)
        files = lines_of(os.path.join(b.build, "tests/tool-kconfig-load"), k + "/source", arch, "files")
        makefiles = set(lines_of(b.program, "built", "--files", "--kernel", k + "/source", "--arch", arch))
        conf = [b.program, "conf", "allnoconfig", "--kernel", k + "/source", "--config", k + "/config", "--arch", arch, "-o", b.path("config")]
        built = [b.program, "built", "--map", "--kernel", k + "/source", "--arch", arch, "-o", b.path("map")]
        c = [b.cost((conf, {})) for _ in range(b.rounds)]
        m = [b.cost((built, {"env": NO_CACHE})) for _ in range(b.rounds)]
        b.say(f"| {name} | {len(files)} | {spread([x[0] for x in c], 'ms')} | {max(x[1] for x in c):.0f} MB | {len(makefiles)} | "
              f"{spread([x[0] for x in m], 'ms')} | {max(x[1] for x in m):.0f} MB |")


HEAD = """# Performance

What things cost, and what the same costs elsewhere, measured in one run by `make bench`, which also wrote this page.
Milliseconds are processor time, user and system, of the command and its children: on a busy machine the clock on the wall tells
about the others; rows that say so are by the clock all the same. Medians of {rounds} rounds, in brackets the smallest and the largest; each round runs all commands of a
comparison, and ratios are taken within it. "wanted" is the ratio below which `make bench` fails. "Nothing cached", "nothing built" is a
tree as it comes: derpconfig reads all of it, and make compiles the tree's conf before it runs it; "again" is the next time.

{cpu}; {compiler}.
"""


def about():
    with open("/proc/cpuinfo") as f:
        cpu = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "an unnamed processor")
    return cpu, lines_of(os.environ.get("CC", "cc"), "--version")[0]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("-o", "--output")
    p.add_argument("--rounds", type=int, default=5)
    a = p.parse_args()
    b = Bench(os.path.abspath(a.build), a.rounds)
    k = kernel("6.12", "amd64")
    if not k:
        print("no kernel to measure with")
        return 77
    try:
        cpu, compiler = about()
        b.say(HEAD.format(rounds=a.rounds, cpu=cpu, compiler=compiler))
        b.say("| command | processor time | peak memory | ratio | wanted |\n|---|---|---|---|---|")
        bench_kconfig(b, k)
        bench_generate(b, k)
        bench_which(b, k)
        bench_floors(b, k)
        b.say("\n## Growth")
        bench_growth(b, k)
        bench_trees(b)
    finally:
        shutil.rmtree(b.work)
    if b.absent:
        b.say("\nNot there, so not measured: " + ", ".join(dict.fromkeys(b.absent)) + ".")
    if a.output:
        with open(a.output, "w") as f:
            f.write("\n".join(b.lines) + "\n")
    for line in b.missed:
        print("MISSED: " + line)
    return bool(b.missed)


if __name__ == "__main__":
    sys.exit(main())
