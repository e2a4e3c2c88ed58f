#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
dialogue_diff.py DERPCONFIG SERIES [N [SEED]] - our dialogue against conf's on random Kconfig files full of choices.

Each round makes a small Kconfig where choices' members come and go with symbols above and below, and symbols depend on
members; then both are told the same: a .config and what to type. What they print and the final .config must be equal.
SERIES names the conf that kernel-conf.sh built.
"""
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# what tells a series' rules: kconfig/model.c looks for these words in the tree
SIGNS = {
    "6.1": {"expr.h": "SYMBOL_CHOICEVAL", "symbol.c": "symbol_empty", "confdata.c": "sym_string_within_range end_check"},
    "6.12": {"expr.h": "", "parser.y": "prompt outside its choice group"},
    "7.2": {"expr.h": ""},
}


def condition(r, names):
    part = [r.choice(["", "", "!"]) + n for n in r.sample(names, min(len(names), r.choice([1, 1, 2, 3])))]
    return r.choice([" && ", " || "]).join(part)


def body(r, kind, lower, higher):
    out = []
    if lower and r.random() < 0.6:
        out.append("\tdepends on " + condition(r, lower))
    if kind == "int":
        out.append(f"\trange 1 {r.randint(2, 30)}")
    default = str(r.randint(1, 40)) if kind == "int" else r.choice("ynm")
    if r.random() < 0.5:
        out.append(f"\tdefault {default}" + (f" if {condition(r, lower)}" if lower and r.random() < 0.5 else ""))
    if kind != "int" and higher and r.random() < 0.2:
        out.append(f"\t{r.choice(['select', 'imply'])} {r.choice(higher)}")
    return out


def choice(r, number, lower):
    names = [f"C{number}_{i}" for i in range(r.randint(2, 5))]
    out = ["choice", f'\tprompt "choice {number}"']
    if r.random() < 0.4:
        out.append(f"\tdefault {r.choice(names)}" + (f" if {condition(r, lower)}" if lower else ""))
    if lower and r.random() < 0.2:
        out.append("\tdepends on " + condition(r, lower))
    for n in names:
        out += [f"config {n}", f'\tbool "member {n}"']
        if lower and r.random() < 0.6:
            out.append("\tdepends on " + condition(r, lower))
    return out + ["endchoice"], names


def make_kconfig(r):
    lower, blocks, plain = [], [], [f"S{i}" for i in range(r.randint(4, 16))]
    for i, name in enumerate(plain):
        kind = r.choice(["bool", "bool", "tristate", "int"])
        prompt = f' "prompt of {name}"' if r.random() < 0.85 else ""
        blocks.append([f"config {name}", f"\t{kind}{prompt}"] + body(r, kind, lower, plain[i + 1:]))
        if kind != "int":
            lower.append(name)
        if r.random() < 0.3:
            text, members = choice(r, i, lower)
            blocks.append(text)
            lower += members
    blocks.append(["config MODULES", '\tbool "Enable modules"', "\tmodules"])
    if r.random() < 0.7:
        r.shuffle(blocks)
    lines = [line for b in blocks for line in (['menu "A menu"'] + b + ["endmenu"] if r.random() < 0.15 else b)]
    return "\n".join(['mainmenu "Test"'] + lines) + "\n", lower


def make_config(r, names):
    values = [f"CONFIG_{n}={r.choice('ym')}" if r.random() < 0.6 else f"# CONFIG_{n} is not set" for n in names]
    return "\n".join(v for v in values if r.random() < 0.6) + "\n"


def make_typing(r):
    enter = r.random()
    return "".join(("" if r.random() < enter else r.choice("yynnm123?")) + "\n" for _ in range(r.randint(0, 60)))


def run(cwd, typed, *args, **env):
    """What is printed, without the values in help texts (conf's may be old) and conf's last words; None: no end."""
    try:
        p = subprocess.run(args, cwd=cwd, input=typed, capture_output=True, text=True, timeout=2,
                           env={**os.environ, "KCONFIG_AUTOCONFIG": "/dev/null", **env})
    except subprocess.TimeoutExpired:
        return None
    if p.returncode:
        return None
    said = re.sub(r" \[=[^\]]*\]", "", p.stdout)
    return re.sub(r"#\n# (configuration written to|No change to) \.config\n#\n$", "", said)


def read(name):
    with open(name) as f:
        return f.read()


def write(name, text):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "w") as f:
        f.write(text)


def compare(exe, conf, work, seed):
    r = random.Random(seed)
    text, names = make_kconfig(r)
    config, typed = make_config(r, names), make_typing(r)
    mode = r.choice(["oldaskconfig", "oldaskconfig", "oldconfig"])
    for side in ("box", "run"):
        write(f"{work}/{side}/Kconfig", text)
        write(f"{work}/{side}/.config", config)
    write(f"{work}/typed", typed)
    want = run(f"{work}/run", typed, conf, f"--{mode}", "Kconfig")
    got = run(f"{work}/box", typed, exe, "conf", mode, "--kernel", ".", "--config", ".config", "-o", ".config")
    if want is None or got is None:
        return want == got
    return got == want and read(f"{work}/box/.config") == read(f"{work}/run/.config")


def main():
    exe, series = os.path.abspath(sys.argv[1]), sys.argv[2]
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    start = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    conf = subprocess.check_output(["sh", f"{HERE}/kernel-conf.sh", series, "x86_64"], text=True).strip() + "/conf"
    with tempfile.TemporaryDirectory() as work:
        write(f"{work}/box/Makefile", "")
        write(f"{work}/box/scripts/kconfig/lexer.l", "")
        for name, sign in SIGNS[series].items():
            write(f"{work}/box/scripts/kconfig/{name}", sign + "\n")
        bad = [seed for seed in range(start, start + n) if not compare(exe, conf, work, seed)]
    print(f"{series}: {n} dialogues, {len(bad)} different" + (f": seeds {bad[:20]}" if bad else ""))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
