#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
prove_nixflow.py DERPCONFIG KERNEL-DIR WORKDIR DUMP... - every machine's patch through nixpkgs' run on the real conf.

For each dump: `generate --format nix`, evaluated as nixpkgs would (tests/nix-shim.nix), played against the tree's own
conf (nixos_driver.py). Wanted: no error, and the .config that `generate --format dotconfig` says, line by line.
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nixos_driver import Judge  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


# With --config the compiler's name and versions are that kernel's, with conf this machine's.
TOOLS = re.compile(r"(# )?CONFIG_(CC_VERSION_TEXT|\w+_VERSION|RUSTC_\w+)[ =]")


def settings(text):
    return sorted(line for line in text.split("\n") if not TOOLS.match(line) and
                  (line.startswith("CONFIG_") or (line.startswith("# CONFIG_") and line.endswith(" is not set"))))


def evaluate(patch, work):
    env = dict(os.environ, NIX_STATE_DIR=work + "/nix/state", NIX_STORE_DIR=work + "/nix/store",
               NIX_LOG_DIR=work + "/nix/log", NIX_REMOTE="", HOME=work)
    p = subprocess.run(["nix-instantiate", "--eval", "--strict", "--json", "--readonly-mode", HERE + "/nix-shim.nix",
                        "--arg", "module", patch], env=env, capture_output=True, text=True)
    if p.returncode:
        raise AssertionError("does not evaluate: " + p.stderr[-400:])
    got = json.loads(p.stdout)
    return got["answers"], got["override"]["defconfig"]


def one(exe, kernel, work, dump, judge, extra):
    args = [exe, "generate", dump, "--kernel", judge.tree, "--modules", kernel + "/modules", "--config",
            kernel + "/config", "--probe", *extra]
    env = dict(os.environ, **{k: v for k, v in judge.env.items() if k not in ("srctree", "PWD", "O", "MEMO_DIR")})
    outputs = []
    for form in ("nix", "dotconfig"):
        out = f"{work}/patch.{form}"
        p = subprocess.run([*args, "--format", form, "-o", out], env=env, capture_output=True, text=True)
        if p.returncode not in (0, 5):
            raise AssertionError(f"generate {form}: exit {p.returncode}: {p.stderr[-600:]}")
        outputs.append(out)
    answers, words = evaluate(outputs[0], work)
    if ":" in words:  # the shim's writeText: /name:content
        words, content = words.split("=/kconfig-seed:", 1)
        with open(work + "/seed", "w") as f:
            f.write(content)
        words += f"={work}/seed"
    errors, config, _ = judge.play(work + "/run", answers, words)
    if errors:
        raise AssertionError("; ".join(errors[:5]))
    with open(outputs[1]) as f:
        want = settings(f.read())
    got = settings(config)
    if want != got:
        raise AssertionError("another .config: " + " ".join(sorted(set(want) ^ set(got))[:8]))
    return len(answers.splitlines()), content.count("\n") if "seed" in words else 0, sum("=y" in g for g in got)


def main():
    exe, kernel, work = (os.path.abspath(a) for a in sys.argv[1:4])
    dumps = [a for a in sys.argv[4:] if not a.startswith("--")]
    extra = [a for a in sys.argv[4:] if a.startswith("--")]
    os.makedirs(work, exist_ok=True)
    judge = Judge(os.path.realpath(kernel + "/source"), work + "/judge")
    bad = 0
    for dump in dumps:
        try:
            lines, seed, y = one(exe, kernel, work, dump, judge, extra)
            print(f"ok   {os.path.basename(dump)}: {lines} lines, {seed} in the base, {y} y", flush=True)
        except AssertionError as e:
            bad += 1
            print(f"FAIL {os.path.basename(dump)}: {e}", flush=True)
    print(f"{len(dumps)} machines, {bad} bad")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
