#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
simulate_diff.py DERPCONFIG TREE WORKDIR [N [SEED]] - our simulator against the tree's conf on random Kconfig files.

Each round makes a small Kconfig (tristates, selects from behind, choices, numbers with ranges, strings, menus,
MODULES anywhere), random answers and flags, and lets both play nixpkgs' run: errors, warnings and the final .config
must be equal. Then our planner is asked for options that lead to a random target, from allnoconfig and from another
configuration, and conf must come to it with them.
"""
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nixos_driver import Judge  # noqa: E402


def condition(r, names, depth=0):
    if not names:
        return ""
    kind = r.random()
    if kind < 0.55 or depth > 1:
        return r.choice(names)
    if kind < 0.7:
        return "!" + r.choice(names)
    if kind < 0.75:
        return r.choice(names) + r.choice(["=y", "=m", "!=n"])
    op = r.choice([" && ", " || "])
    return "(" + condition(r, names, depth + 1) + op + condition(r, names, depth + 1) + ")"


def entry(r, name, kind, lower, higher, tri_kinds):
    """lower: names it may depend on; higher: names it may select. So there are no cycles."""
    out = [f"config {name}", f"\t{kind}" + (f' "prompt of {name}"' if r.random() < 0.85 else "")]
    if lower and r.random() < 0.5:
        out.append("\tdepends on " + condition(r, lower))
    if kind in ("bool", "tristate"):
        if r.random() < 0.4:
            d = r.choice(["y", "m"] if kind == "tristate" else ["y"])
            out.append(f"\tdefault {d}" + (f" if {condition(r, lower)}" if lower and r.random() < 0.4 else ""))
        for word, chance in (("select", 0.3), ("imply", 0.15)):
            if higher and r.random() < chance:
                out.append(f"\t{word} {r.choice(higher)}" +
                           (f" if {condition(r, lower)}" if lower and r.random() < 0.3 else ""))
    elif kind == "int":
        if r.random() < 0.7:
            out.append(f"\trange {r.randint(0, 5)} {r.randint(6, 30)}")
        if r.random() < 0.8:
            out.append(f"\tdefault {r.randint(0, 40)}")
    elif kind == "hex":
        out.append(f"\tdefault 0x{r.randint(0, 255):x}")
    else:
        if r.random() < 0.8:
            out.append("\tdefault " + r.choice(['"text"', '"/sbin/modprobe"', '"a b"', '"q\\"q"', '""']))
    return out


def choice(r, number, lower):
    names = [f"C{number}_{i}" for i in range(r.randint(1, 4))]
    out = ["choice", f'\tprompt "choice {number}"']
    if r.random() < 0.4:
        out.append(f"\tdefault {r.choice(names)}")
    if lower and r.random() < 0.4:
        out.append("\tdepends on " + condition(r, lower))
    for n in names:
        out += [f"config {n}", f'\tbool "member {n}"']
        if n != names[-1] and lower and r.random() < 0.3:
            out.append("\tdepends on " + condition(r, lower))
    return out + ["endchoice"], names


def make_kconfig(r):
    kinds = ["bool"] * 5 + ["tristate"] * 7 + ["int", "hex", "string"]
    names = [f"S{i}" for i in range(r.randint(6, 24))]
    kind = {n: r.choice(kinds) for n in names}
    tri = [n for n in names if kind[n] in ("bool", "tristate")]
    blocks, others = [], []
    for i, n in enumerate(names):
        lower = [m for m in names[:i] if m in tri]
        higher = [m for m in names[i + 1:] if m in tri]
        blocks.append(entry(r, n, kind[n], lower, higher, tri))
    for c in range(r.randint(0, 3)):
        text, members = choice(r, c, tri)
        blocks.append(text)
        others += members
    blocks.append(["config MODULES", '\tbool "Enable modules"', "\tmodules"] +
                  (["\tdefault y"] if r.random() < 0.3 else []))
    if r.random() < 0.7:
        r.shuffle(blocks)
    out = ['mainmenu "Test"']
    for b in blocks:
        if r.random() < 0.15:
            out += ['menu "A menu"'] + b + ["endmenu"]
        else:
            out += b
    return "\n".join(out) + "\n", {**kind, **{m: "bool" for m in others}, "MODULES": "bool"}


def make_answers(r, kind):
    out = []
    for name, k in kind.items():
        if r.random() < 0.5:
            continue
        if k == "bool":
            v = r.choice("yn")
        elif k == "tristate":
            v = r.choice("ymn")
        elif k == "int":
            v = str(r.choice([0, 3, 7, 20, 99]))
        elif k == "hex":
            v = r.choice(["0x10", "ff", "0"])
        else:
            v = r.choice(["abc", "/m", "a b", 'x"y'])
        out.append(f"{name}{'?' if r.random() < 0.15 else ''} {v}")
    if r.random() < 0.3:
        out.append("NOWHERE" + r.choice(["", "?"]) + " y")
    r.shuffle(out)
    return "\n".join(out) + "\n"


class Round:
    def __init__(self, exe, work, r):
        self.exe, self.work, self.r = exe, work, r
        self.tree = os.path.join(work, "tree")
        os.makedirs(self.tree, exist_ok=True)
        text, self.kind = make_kconfig(r)
        self.write("tree/Kconfig", text)
        self.write("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nEXTRAVERSION =\n")
        self.write("seed", r.choice(["", "", "CONFIG_MODULES=y\n"]))
        self.words = r.choice(["allnoconfig", "allnoconfig", "alldefconfig", "allyesconfig"])
        if self.words == "allnoconfig":
            self.words += f" KCONFIG_ALLCONFIG={work}/seed"

    def write(self, name, text):
        with open(os.path.join(self.work, name), "w") as f:
            f.write(text)

    def ours(self, command, *args):
        p = subprocess.run([self.exe, command, "--kernel", self.tree, "--arch", "x86_64", *args],
                           capture_output=True, text=True)
        if p.returncode not in (0, 4):
            raise AssertionError(f"{command}: exit {p.returncode}: {p.stderr}")
        return p

    def simulate(self, answers, flags):
        out = os.path.join(self.work, "ours")
        if os.path.exists(out):
            os.unlink(out)
        p = self.ours("simulate", "--answers", answers, "--defconfig", self.words, *flags, "-o", out)
        found = []
        for line in p.stderr.split("\n"):
            for word in ("unused option: ", "option not set correctly: ", "repeated question: ", "two members of "):
                if word in line:
                    kind = "warning: " if "warning" in line.split(word)[0] else ""
                    found.append(kind + line[line.index(word):])
        config = open(out).read() if os.path.exists(out) else None
        return found, config, p.returncode


def compare_run(judge, rd):
    text = make_answers(rd.r, rd.kind)
    rd.write("answers", text)
    flags = [f for f in ("--auto-modules", "--prefer-builtin", "--ignore-errors") if rd.r.random() < 0.3]
    got, config, code = rd.simulate(os.path.join(rd.work, "answers"), flags)
    want, real, _ = judge.play(os.path.join(rd.work, "run"), text, rd.words, "--auto-modules" in flags,
                               "--prefer-builtin" in flags, "--ignore-errors" in flags)
    if want and want[0].startswith("two members"):  # which ones is not part of the rule
        got, want = [g[:11] for g in got], ["two members"]
    assert got == [w.replace(": " + " " * 2, ": ").replace(":   ", ": ") for w in want], \
        f"errors differ: ours {got}, conf {want}"
    assert (code == 4) == any(not w.startswith("warning") for w in want), f"exit {code} with {want}"
    assert config == real, "the .config differs"


def compare_plan(judge, rd):
    """A random target, our options, conf's judgement."""
    target = rd.r.choice(["randconfig", "randconfig", "alldefconfig", "allyesconfig", "allmodconfig"])
    cwd = os.path.join(rd.work, "run")
    goal = judge.conf_mode(cwd, target, KCONFIG_SEED=str(rd.r.randint(1, 10**6)))
    rd.write("goal", goal)
    p = rd.ours("convert", os.path.join(rd.work, "goal"), "--format", "plan", "-o", os.path.join(rd.work, "plan"))
    seed, answers = open(os.path.join(rd.work, "plan")).read().split("---\n")
    assert p.returncode == 0, f"no plan: {p.stderr}"
    rd.write("seed", seed)
    rd.write("answers", answers)
    for old in (False, True):  # as the script reads conf now, and as it did up to 25.05
        errors, real, _ = judge.play(cwd, answers, f"allnoconfig KCONFIG_ALLCONFIG={rd.work}/seed", old=old)
        assert not errors, f"the plan has errors{' in an old nixpkgs' if old else ''}: {errors}"
        assert real == goal, f"the plan leads elsewhere{' in an old nixpkgs' if old else ''}"
    return len(answers.splitlines()), len(seed.splitlines()), superfluous(rd, answers.splitlines(), goal)


def compare_pair(judge, rd):
    """Two random configurations: the options lead from one to the other."""
    cwd, texts = os.path.join(rd.work, "run"), []
    for name in ("old", "new"):
        texts.append(judge.conf_mode(cwd, "randconfig", KCONFIG_SEED=str(rd.r.randint(1, 10**6))))
        rd.write(name, texts[-1])
    p = rd.ours("convert", rd.work + "/old", rd.work + "/new", "--format", "plan", "-o", rd.work + "/plan")
    assert p.returncode == 0, f"no way from one to the other: {p.stderr}"
    seed, answers = open(os.path.join(rd.work, "plan")).read().split("---\n")
    judge.conf_mode(cwd, "olddefconfig", texts[0] + "\n" + seed)
    errors, real, _ = judge.play(cwd, answers, None)
    assert not errors, f"the options have errors: {errors}"
    assert real == texts[1], "the options lead elsewhere"
    rd.write("seed", seed)
    rd.write("answers", answers)
    p = rd.ours("simulate", "--answers", rd.work + "/answers", "--base", rd.work + "/old", "--seed", rd.work + "/seed",
                "-o", rd.work + "/ours")
    assert open(rd.work + "/ours").read() == texts[1], "the simulator comes elsewhere"
    return seed != ""


def superfluous(rd, lines, goal):
    """Lines that can go, one at a time, without the run leading elsewhere: there should be none."""
    found = 0
    for i in range(len(lines)):
        rd.write("fewer", "\n".join(lines[:i] + lines[i + 1:]) + "\n")
        rd.words = f"allnoconfig KCONFIG_ALLCONFIG={rd.work}/seed"
        errors, config, _ = rd.simulate(os.path.join(rd.work, "fewer"), [])
        found += not errors and config == goal
    return found


def main():
    exe, tree, work = (os.path.abspath(a) for a in sys.argv[1:4])
    n = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    start = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    os.environ["CONF_TREE"] = os.path.realpath(tree)
    os.makedirs(work, exist_ok=True)
    judge, bad, lines, seeds, more, based = None, 0, 0, 0, 0, 0
    for seed in range(start, start + n):
        rd = Round(exe, work, random.Random(seed))
        judge = judge or Judge(rd.tree, os.path.join(work, "judge"), small=True)
        try:
            compare_run(judge, rd)
            a, s, m = compare_plan(judge, rd)
            lines, seeds, more, based = lines + a, seeds + (s > 0), more + m, based + compare_pair(judge, rd)
        except AssertionError as e:
            bad += 1
            print(f"seed {seed}: {e}")
            if bad >= 5:
                break
    print(f"{n} rounds, {bad} bad; {lines} options in all, {more} of them not needed, "
          f"{seeds} plans and {based} conversions with lines in the base")
    if more * 50 > lines:
        print("too many lines that the run does not need")
        return True
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
