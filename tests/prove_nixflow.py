#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
prove_nixflow.py DERPCONFIG KERNEL-DIR WORKDIR [--mode=MODE] [--common=FILE] [--arch=ARCH] [--native] DUMP... - every machine's patch through
nixpkgs' run on the real conf.

For each dump: `generate --format nix`, evaluated as nixpkgs would (tests/nix-shim.nix), played against the tree's own
conf (nixos_driver.py). Wanted: no error, and the .config that `generate --format dotconfig` says, line by line; of
the modes common and subtract, which have more, every option that `generate --format kconfig` says is on.
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


# Reasons without a goal: such options may fall away where the other configuration needs them no more.
BY_ITSELF = re.compile(r"# (its default|without it more would be on|selected by \w+)$")


def lost(fragment, config):
    """Options of a fragment, each with its reason above it, that a .config has off, or as a module where they are built in."""
    have = dict(line.split("=", 1) for line in config.split("\n") if line.startswith("CONFIG_"))
    lines = fragment.split("\n")
    wanted = dict(line.split("=", 1) for before, line in zip(lines, lines[1:])
                  if line.startswith("CONFIG_") and not BY_ITSELF.match(before))
    return [n for n, v in wanted.items() if v in "ym" and have.get(n, "n") not in "y" + v]


def as_nix(answers):
    """Answer text as common-config.nix would have it."""
    words = {"y": "yes", "m": "module", "n": "no"}
    lines = []
    for line in answers.splitlines():
        name, value = line.split(" ", 1)
        value = words.get(value) or 'freeform "' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if name.endswith("?"):
            name, value = name[:-1], f"option ({value})"
        lines.append(f'  "{name}" = {value};')
    return "{ lib }: with lib.kernel; {\n" + "\n".join(lines) + "\n}\n"


def platform(arch):
    """What nixpkgs answers for an architecture behind all options."""
    path = f"{HERE}/../nixout/data/{arch}.answers"
    if not os.path.exists(path):
        return ""
    with open(path) as f:
        return f.read()


def evaluate(patch, work, common, arch):
    env = dict(os.environ, NIX_STATE_DIR=work + "/nix/state", NIX_STORE_DIR=work + "/nix/store",
               NIX_LOG_DIR=work + "/nix/log", NIX_REMOTE="", HOME=work)
    args = ["--arg", "module", patch, "--argstr", "platform", platform(arch)]
    if common:
        with open(common) as f, open(work + "/common.nix", "w") as out:
            out.write(as_nix(f.read()))
        args += ["--arg", "common", work + "/common.nix"]
    p = subprocess.run(["nix-instantiate", "--eval", "--strict", "--json", "--readonly-mode", HERE + "/nix-shim.nix",
                        *args], env=env, capture_output=True, text=True)
    if p.returncode:
        raise AssertionError("does not evaluate: " + p.stderr[-400:])
    got = json.loads(p.stdout)
    stock = {"defconfig": "defconfig", "autoModules": True}
    return got["answers"], {**stock, **(got["override"] or {})}


def one(exe, kernel, work, dump, judge, extra):
    extra = list(extra)
    # --config says what its compiler could do; --native takes a configuration of this machine's compiler instead
    config = kernel + "/config"
    if "--native" in extra:
        extra.remove("--native")
        os.makedirs(work + "/native", exist_ok=True)
        judge.base(work + "/native", "defconfig")
        config = work + "/native/.config"
    args = [exe, "generate", dump, "--kernel", judge.tree, "--modules", kernel + "/modules", "--config", config, "--probe",
            *extra]
    env = dict(os.environ, **{k: v for k, v in judge.env.items() if k not in ("srctree", "PWD", "O", "MEMO_DIR")})
    outputs = []
    more = any(e.startswith(("--common", "--mode")) for e in extra)
    for form in ("nix", "kconfig" if more else "dotconfig"):
        out = f"{work}/patch.{form}"
        p = subprocess.run([*args, "--format", form, "-o", out], env=env, capture_output=True, text=True)
        if p.returncode not in (0, 5):
            raise AssertionError(f"generate {form}: exit {p.returncode}: {p.stderr[-600:]}")
        outputs.append(out)
    common = next((e.split("=", 1)[1] for e in extra if e.startswith("--common=")), None)
    answers, kernel_args = evaluate(outputs[0], work, common, judge.arch)
    words, content = kernel_args["defconfig"], ""
    if ":" in words:  # the shim's writeText: /name:content
        words, content = words.split("=/kconfig-seed:", 1)
        with open(work + "/seed", "w") as f:
            f.write(content)
        words += f"={work}/seed"
    errors, config, _ = judge.play(work + "/run", answers, words, kernel_args["autoModules"],
                                   kernel_args.get("preferBuiltin", False))
    errors = [e for e in errors if not e.startswith("warning: ")]
    if errors:
        raise AssertionError("; ".join(errors[:5]))
    with open(outputs[1]) as f:
        said = f.read()
    want, got = settings(said), settings(config)
    if want != got and not more:
        raise AssertionError("another .config: " + " ".join(sorted(set(want) ^ set(got))[:8]))
    if more and lost(said, config):
        raise AssertionError("lost: " + " ".join(lost(said, config)[:8]))
    return len(answers.splitlines()), content.count("\n"), sum(g.endswith("=y") for g in got), sum(
        g.endswith("=m") for g in got)


def main():
    exe, kernel, work = (os.path.abspath(a) for a in sys.argv[1:4])
    dumps = [a for a in sys.argv[4:] if not a.startswith("--")]
    extra = [a for a in sys.argv[4:] if a.startswith("--")]
    os.makedirs(work, exist_ok=True)
    arch = next((e.split("=", 1)[1] for e in extra if e.startswith("--arch=")), "x86_64")
    judge = Judge(os.path.realpath(kernel + "/source"), f"{work}/judge-{os.path.basename(kernel)}", arch)
    bad = 0
    for dump in dumps:
        try:
            lines, seed, y, m = one(exe, kernel, work, dump, judge, extra)
            print(f"ok   {os.path.basename(dump)}: {lines} lines, {seed} in the base, {y} y, {m} m", flush=True)
        except AssertionError as e:
            bad += 1
            print(f"FAIL {os.path.basename(dump)}: {e}", flush=True)
    print(f"{len(dumps)} machines, {bad} bad")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
