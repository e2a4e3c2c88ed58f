#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
nixos_driver.py - plays nixpkgs' kernel configuration run against the tree's own conf: the judge of our simulator.

  nixos_driver.py TREE WORKDIR --answers FILE --defconfig "allnoconfig" [--arch x86_64] [--auto-modules]
                  [--prefer-builtin] [--ignore-errors] [-o CONFIG] [--questions FILE]

conf is compiled from a copy of TREE/scripts/kconfig below WORKDIR (the tree is not touched), with a mark written
where it waits for input, as nixpkgs does with "###". The rules are those of generate-config.pl, written down anew
here and, separately, in nixout/answers.c. Prints the errors, one a line, "warning: " before those of optional
answers; exit 4 if there was an error.
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

MARK = b"\x05"
MEMO = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Each toolchain question is put once a work directory. */
static FILE *memo_popen(const char *cmd, const char *mode)
{
	const char *dir = getenv("MEMO_DIR");
	unsigned long long h = 1469598103934665603ull;
	char path[4096], *line;
	FILE *f;

	if (!dir)
		return popen(cmd, mode);
	for (const char *p = cmd; *p; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211ull;
	snprintf(path, sizeof(path), "%s/%016llx", dir, h);
	if ((f = fopen(path, "r")))
		return f;
	line = malloc(strlen(cmd) + 3 * strlen(path) + 64);
	sprintf(line, "{ %s\n} > %s.%d; mv %s.%d %s", cmd, path, (int)getpid(), path, (int)getpid(), path);
	if (system(line) == -1)
		return NULL;
	free(line);
	return fopen(path, "r");
}
#define popen memo_popen
#define pclose fclose
"""


def edit(path, change):
    with open(path) as f:
        text = f.read()
    new = change(text)
    if new == text:
        sys.exit(f"{path}: not the file expected")
    with open(path, "w") as f:
        f.write(new)


def build_conf(tree, work):
    """The tree's conf with a mark before each wait; compiled once a work directory."""
    out = os.path.join(work, "conf")
    if os.path.exists(out):
        return out
    src = os.path.join(work, "src")
    shutil.rmtree(src, ignore_errors=True)
    shutil.copytree(os.path.join(tree, "scripts/kconfig"), os.path.join(src, "scripts/kconfig"), symlinks=True)
    d = os.path.join(src, "scripts/kconfig")
    includes = ["-I", d]
    if os.path.isdir(os.path.join(tree, "scripts/include")):
        includes += ["-I", os.path.join(tree, "scripts/include")]
    includes += ["-I", os.path.join(tree, "scripts")]
    edit(os.path.join(d, "conf.c"),
         lambda t: t.replace("fflush(stdout);", 'printf("\\005"); fflush(stdout);'))
    edit(os.path.join(d, "preprocess.c"),
         lambda t: re.sub(r'(#include <[a-z]+\.h>\n)(?!#include <)', lambda m: m.group(1) + MEMO, t, count=1))
    run = lambda *a: subprocess.run(a, cwd=d, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    run("flex", "-L", "-olexer.lex.c", "lexer.l")
    run("bison", "-t", "-d", "-oparser.tab.c", "parser.y")
    names = ["conf", "confdata", "expr", "lexer.lex", "menu", "parser.tab", "preprocess", "symbol", "util"]
    run("cc", "-O2", "-w", "-include", "unistd.h", *includes, "-o", out, *[n + ".c" for n in names])
    return out


def environment(tree, work, arch):
    """The variables `make config` gives to conf: asked from make once, through a conf that prints them."""
    store = os.path.join(work, f"env-{arch}.json")
    if os.path.exists(store):
        with open(store) as f:
            return json.load(f)
    out = os.path.join(work, f"make-{arch}")
    os.makedirs(out, exist_ok=True)
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    subprocess.run(["make", "-C", tree, f"O={out}", f"ARCH={arch}", "allnoconfig"], check=True, **quiet)
    conf = os.path.join(out, "scripts/kconfig/conf")
    with open(conf, "w") as f:
        f.write(f"#!/bin/sh\nenv -0 > {out}/environment\n")
    os.utime(conf)
    subprocess.run(["make", "-C", tree, f"O={out}", f"ARCH={arch}", "config"], check=True, **quiet)
    with open(os.path.join(out, "environment"), "rb") as f:
        env = dict(v.decode().split("=", 1) for v in f.read().split(b"\0") if v)
    env = {k: v for k, v in env.items() if not k.startswith(("MAKE", "MFLAGS", "KBUILD_KCONFIG", "KCONFIG_"))}
    with open(store, "w") as f:
        json.dump(env, f, indent=1)
    return env


class Fatal(Exception):
    pass


def read_answers(text):
    answers, required = {}, {}
    for n, line in enumerate(text.split("\n"), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        m = re.fullmatch(r"(\w+)(\??)\s+(.+)", line, re.ASCII)
        if not m:
            raise Fatal(f"invalid config line: {line}")
        answers[m[1]], required[m[1]] = m[3].strip(), not m[2]
    return answers, required


class Player:
    """One pass: from what was printed to what is typed. `old`: as nixpkgs up to 25.05 read it."""

    def __init__(self, answers, auto, builtin, old=False):
        self.answers, self.auto, self.builtin, self.old = answers, auto, builtin, old
        self.previous = None
        self.log = []

    def reply(self, printed):
        *lines, last = printed.split("\n")
        m = re.fullmatch(r"(.*) \((\w+)\) \[(.*)\].*", last, re.ASCII)
        if m:
            return self.question(*m.groups())
        if re.search(r"choice\[.*-.*\]: \Z", last):
            return self.choice(lines)
        return ""

    def question(self, prompt, name, alternatives):
        self.log.append(f"{name} [{alternatives}]")
        if self.previous == (prompt, name) and prompt not in ("", "0"):
            raise Fatal(f"repeated question: {prompt} ({name})")
        self.previous = (prompt, name)
        if name in self.answers:
            return self.answers[name]
        offered = "/m" in alternatives if self.old else re.fullmatch(r"(\w/)+m/(\w/)*\?", alternatives, re.ASCII)
        if self.auto and offered and not (self.builtin and "Y" in alternatives):
            return "m"
        return ""

    def choice(self, lines):
        numbers = {}
        for line in lines:
            m = re.fullmatch(r"\s*>?\s*(\d+)\.\s+.*?\((\w+)\)(?:\s+\(NEW\))?\s*", line, re.ASCII)
            if m:
                numbers[m[2]] = m[1]
            elif not self.old:  # that list was of a choice with one member, which is not asked
                numbers = {}
        wanted = {numbers[n] for n in numbers if self.answers.get(n) == "y"}
        self.log.append("choice " + " ".join(numbers))
        if len(wanted) > 1:
            raise Fatal("two members of one choice are answered y: " +
                        " ".join(n for n in numbers if self.answers.get(n) == "y"))
        return wanted.pop() if wanted else ""


def one_pass(conf, env, cwd, player, kconfig):
    p = subprocess.Popen([conf, "--oldaskconfig", kconfig], cwd=cwd, env=env, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
    held = b""
    try:
        while True:
            chunk = os.read(p.stdout.fileno(), 65536)
            if not chunk:
                break
            held += chunk
            while MARK in held:
                printed, held = held.split(MARK, 1)
                typed = player.reply(printed.decode(errors="surrogateescape"))
                p.stdin.write(typed.encode(errors="surrogateescape") + b"\n")
    finally:
        p.stdin.close()
        p.kill()
        p.wait()
        p.stdout.close()


def read_config(text):
    got = {}
    for line in text.split("\n"):
        if m := re.fullmatch(r'CONFIG_(\w+)="(.*)"', line, re.ASCII):
            got[m[1]] = re.sub(r'\\([\\"])', r"\1", m[2])
        elif m := re.fullmatch(r"CONFIG_(\w+)=(.*)", line, re.ASCII):
            got[m[1]] = m[2]
        elif m := re.fullmatch(r"# CONFIG_(\w+) is not set", line, re.ASCII):
            got[m[1]] = "n"
    return got


def final_check(answers, required, got, ignore):
    for name in sorted(answers):
        kind = "" if required[name] and not ignore else "warning: "
        if name not in got:
            yield f"{kind}unused option: {name}"
        elif got[name] not in ("", "0") and got[name] != answers[name]:
            yield f"{kind}option not set correctly: {name} (wanted '{answers[name]}', got '{got[name]}')"


class Judge:
    """A tree's conf, ready for runs."""

    def __init__(self, tree, work, arch="x86_64", kconfig="Kconfig", small=False):
        os.makedirs(os.path.join(work, "memo-" + arch), exist_ok=True)
        self.tree, self.work, self.kconfig = os.path.abspath(tree), os.path.abspath(work), kconfig
        self.arch = arch
        self.conf = build_conf(os.environ.get("CONF_TREE", self.tree), self.work)
        if small:
            self.env = {"srctree": self.tree, "ARCH": arch, "SRCARCH": "x86", "KERNELVERSION": "6.12.0",
                        "CC": "cc", "LD": "ld", "PATH": os.environ["PATH"]}
        else:
            self.env = environment(self.tree, self.work, arch)
            self.env["srctree"] = self.tree
        self.env["MEMO_DIR"] = os.path.join(self.work, "memo-" + arch)

    def conf_mode(self, cwd, mode, text=None, **variables):
        """`conf --MODE` on a .config text (None: on none); returns the .config it leaves."""
        path = os.path.join(cwd, ".config")
        if os.path.exists(path):
            os.unlink(path)
        if text is not None:
            with open(path, "w") as f:
                f.write(text)
        subprocess.run([self.conf, "--" + mode, self.kconfig], cwd=cwd, env=dict(self.env, **variables), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(path) as f:
            return f.read()

    def base(self, cwd, defconfig):
        """`make <defconfig words>`: a mode, or a file below arch/*/configs, and NAME=value words. None: as it is."""
        if defconfig is None:
            return
        env, target = dict(self.env), None
        for word in defconfig.split():
            if "=" in word:
                name, value = word.split("=", 1)
                env[name] = value
            else:
                target = word
        if os.path.exists(os.path.join(cwd, ".config")):
            os.unlink(os.path.join(cwd, ".config"))
        if any(w == "tinyconfig" or w.endswith(".config") for w in defconfig.split() if "=" not in w):
            subprocess.run(["make", "-C", self.tree, f"O={cwd}", f"ARCH={self.arch}", *defconfig.split()], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return
        if target in ("allnoconfig", "allyesconfig", "allmodconfig", "alldefconfig"):
            mode = ["--" + target]
        else:
            name = "x86_64_defconfig" if target == "defconfig" and self.arch == "x86_64" else target
            mode = [f"--defconfig={self.tree}/arch/{env['SRCARCH']}/configs/{name}"]
        r = subprocess.run([self.conf, *mode, self.kconfig], cwd=cwd, env=env, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
        if r.returncode:
            raise Fatal(f"make {defconfig} failed: {r.stdout.decode()[-500:]}")

    def play(self, cwd, answers_text, defconfig, auto=False, builtin=False, ignore=False, old=False):
        """Returns (errors, .config text or None, questions)."""
        os.makedirs(cwd, exist_ok=True)
        player, errors, log = None, [], []
        try:
            answers, required = read_answers(answers_text)
            self.base(cwd, defconfig)
            for _ in range(2):
                player = Player(answers, auto, builtin, old)
                player.log = log
                one_pass(self.conf, self.env, cwd, player, self.kconfig)
        except Fatal as e:
            return [str(e)], None, log
        with open(os.path.join(cwd, ".config")) as f:
            text = f.read()
        errors = list(final_check(answers, required, read_config(text), ignore))
        return errors, text, log


def main():
    a = argparse.ArgumentParser()
    a.add_argument("tree")
    a.add_argument("workdir")
    a.add_argument("--answers", required=True)
    a.add_argument("--defconfig", default="defconfig")
    a.add_argument("--base", help="start from this .config instead, with --seed's lines said anew")
    a.add_argument("--seed")
    a.add_argument("--arch", default="x86_64")
    a.add_argument("--kconfig", default="Kconfig")
    a.add_argument("--small", action="store_true", help="no kernel: a Kconfig file alone; CONF_TREE gives conf")
    a.add_argument("--auto-modules", action="store_true")
    a.add_argument("--prefer-builtin", action="store_true")
    a.add_argument("--ignore-errors", action="store_true")
    a.add_argument("-o", "--output")
    a.add_argument("--questions")
    o = a.parse_args()
    judge = Judge(o.tree, o.workdir, o.arch, o.kconfig, o.small)
    with open(o.answers) as f:
        text = f.read()
    cwd = os.path.join(o.workdir, "run")
    if o.base:
        os.makedirs(cwd, exist_ok=True)
        lines = [open(f).read() for f in (o.base, o.seed) if f]
        judge.conf_mode(cwd, "olddefconfig", "\n".join(lines))
    errors, config, log = judge.play(cwd, text, None if o.base else o.defconfig, o.auto_modules, o.prefer_builtin,
                                     o.ignore_errors)
    if o.questions:
        with open(o.questions, "w") as f:
            f.write("".join(q + "\n" for q in log))
    if o.output and config is not None:
        with open(o.output, "w") as f:
            f.write(config)
    for e in errors:
        print(e)
    return 4 if any(not e.startswith("warning: ") for e in errors) else 0


if __name__ == "__main__":
    sys.exit(main())
