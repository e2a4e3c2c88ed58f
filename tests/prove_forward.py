#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""prove_forward.py TREE ARCH OUT [PROCESSES] - do the tree's own Makefiles, run by GNU make, build every goal?

For each OUT/NAME.config with OUT/NAME.goals (one a line: kernel/DIR/FOO.ko, to be a module, or DIR/FOO.o, to be built
either way), walks the directories that make would enter for the configuration, each by tests/walk-kernel.mk, and prints
the goals that make would not build. Nothing is compiled; the tree is only read. Exit status 0 when none was missed.

Thousands of configurations share most directories. What make says of one is kept, and asked for again only when an option
that is named in a file it reads has another value. A file that makes up options' names is never kept for other values.
"""
import os
import re
import subprocess
import sys
from multiprocessing import Pool

HERE = os.path.dirname(os.path.abspath(__file__))
OPTION = re.compile(r'CONFIG_([A-Za-z0-9_]+)')
MADE_UP = re.compile(r'CONFIG_[A-Za-z0-9_]*\$|(?<![A-Za-z0-9_(\[/.])\$\(\$\(')
INCLUDE = re.compile(r'^\s*-?include\s+(.*)', re.M)


def environment(tree, arch, build):
    """What the top Makefile exports to those below it, for a configuration of its own in BUILD."""
    out = os.path.join(build, 'exported')
    make = ['make', '-s', '-C', tree, 'O=' + build, 'ARCH=' + arch]
    os.makedirs(build, exist_ok=True)
    for words in ['defconfig'], ['--eval=exported: ; @env -0 > ' + out, 'exported']:
        subprocess.run(make + words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.unlink(build + '/include/config/auto.conf')  # Makefile.build would read it after the configuration at hand
    with open(out, 'rb') as f:
        pairs = (kv.decode('utf-8', 'replace').split('=', 1) for kv in f.read().split(b'\0') if b'=' in kv)
        env = {k: v for k, v in pairs if not k.startswith(('MAKEFLAGS', 'MFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL'))}
    return dict(env, KBUILD_MODULES='1', KBUILD_BUILTIN='1')


class Oracle:
    def __init__(self, tree, build, env):
        self.tree, self.build, self.env = tree, build, env
        self.mentioned, self.kept, self.runs = {}, {}, 0

    def names(self, path, directory, seen):
        """Options that a file and what it includes name; None: cannot be told."""
        if path in seen or not os.path.exists(path):
            return set()
        seen.add(path)
        with open(path, encoding='utf-8', errors='replace') as f:
            text = re.sub(r'\\\n', ' ', f.read())
        if MADE_UP.search(text) and 'scripts/' not in path:
            return None
        found = set(OPTION.findall(text))
        for line in INCLUDE.findall(text):
            line = re.sub(r'#.*', '', line)
            for word in line.split():
                word = re.sub(r'\$\(srctree\)|\$\{srctree\}|\$\(srcroot\)', self.tree, word)
                word = re.sub(r'\$\(src\)|\$\(obj\)', os.path.join(self.tree, directory), word)
                if '$' in word or 'auto.conf' in word:
                    if 'scripts/' in path:
                        continue
                    return None
                more = self.names(word if word.startswith('/') else os.path.join(self.tree, word), directory, seen)
                if more is None:
                    return None
                found |= more
        return found

    def of_directory(self, directory):
        if directory not in self.mentioned:
            d = os.path.join(self.tree, directory)
            own = d + '/Kbuild' if os.path.exists(d + '/Kbuild') else d + '/Makefile'
            found, seen = set(), set()
            for path in [own] + [self.tree + '/scripts/' + n for n in ('Makefile.build', 'Makefile.lib', 'Kbuild.include',
                                                                      'Makefile.compiler', 'Makefile.extrawarn')]:
                names = self.names(path, directory, seen)
                found = None if names is None or found is None else found | names
            self.mentioned[directory] = None if found is None else sorted(found)
        return self.mentioned[directory]

    def ask(self, directory, b, m, options, autoconf):
        names = self.of_directory(directory)
        key = (directory, b, m, tuple(options.get(n) for n in names) if names is not None else tuple(sorted(options.items())))
        if key not in self.kept:
            self.runs += 1
            r = subprocess.run(['make', '-rRs', '--no-print-directory', '--include-dir=' + self.tree, '-f', HERE + '/walk-kernel.mk',
                                'obj=' + directory, 'need-builtin=' + b, 'need-modorder=' + m, 'ORACLE_AUTOCONF=' + autoconf],
                               cwd=self.build, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if r.returncode or r.stderr.strip():
                print(f'{directory}: make says: {r.stderr.strip()[:500]}')
            subs, order, linked = [], [], []
            for line in r.stdout.splitlines():
                w = line.split()
                if w[0] == 'S':
                    subs.append((os.path.normpath(w[1]), w[2][2:], w[3][2:]))
                elif w[0] == 'O':
                    order.append(os.path.normpath(w[1]))
                elif w[0] in 'BL':
                    linked.append(os.path.normpath(w[1]))
            self.kept[key] = subs, order, linked
        return self.kept[key]

    def built(self, options, autoconf):
        """Objects of the modules in modules.order, and objects linked into the image."""
        orders, image, todo, seen = {}, set(), [('.', '1', '1')], {('.', '1', '1')}
        while todo:
            directory, b, m = todo.pop()
            subs, order, linked = self.ask(directory, b, m, options, autoconf)
            orders.setdefault(directory, order)
            image.update(linked)
            for sub in subs:
                if sub not in seen:
                    seen.add(sub)
                    todo.append(sub)
        modules, todo = set(), ['.']
        while todo:
            for word in orders.get(todo.pop(), []):
                if word.endswith('/modules.order'):
                    todo.append(os.path.normpath(word[:-len('/modules.order')]))
                else:
                    modules.add(word)
        return modules, image


def read_config(path, autoconf):
    options = {}
    with open(path, encoding='utf-8') as f, open(autoconf, 'w', encoding='utf-8') as out:
        for line in f:
            if line.startswith('CONFIG_'):
                name, value = line[7:].rstrip('\n').split('=', 1)
                options[name] = value
                value = value.replace('$', '$$') if value.startswith('"') else value
                out.write(f'CONFIG_{name}={value}\n')
    return options


def check(work):
    tree, build, env, out, names = work
    oracle, autoconf, lines, goals = Oracle(tree, build, env), f'{out}/auto.conf.{os.getpid()}', [], 0
    for name in names:
        modules, image = oracle.built(read_config(f'{out}/{name}.config', autoconf), autoconf)
        with open(f'{out}/{name}.goals', encoding='utf-8') as f:
            for goal in f.read().split():
                goals += 1
                there = goal[7:-3] + '.o' in modules if goal.endswith('.ko') else goal in modules or goal in image
                if not there:
                    lines.append(f'{name}: {goal} is not built')
    return goals, lines, oracle.runs, [d for d, options in oracle.mentioned.items() if options is None]


def main():
    tree, arch, out = os.path.realpath(sys.argv[1]), sys.argv[2], os.path.realpath(sys.argv[3])
    processes = int(sys.argv[4]) if len(sys.argv) > 4 else os.cpu_count()
    names = sorted(f[:-6] for f in os.listdir(out) if f.endswith('.goals'))
    build = out + '/make'
    env = environment(tree, arch, build)
    share = [names[len(names) * i // processes:len(names) * (i + 1) // processes] for i in range(processes)]
    with Pool(processes) as pool:
        results = pool.map(check, [(tree, build, env, out, s) for s in share], 1)
    missed = [line for r in results for line in r[1]]
    print(''.join(line + '\n' for line in missed[:50]), end='')
    print(f'make: configs={len(names)} goals={sum(r[0] for r in results)} missed={len(missed)} runs={sum(r[2] for r in results)}')
    apart = sorted({d for r in results for d in r[3]})
    if apart:
        print(f'directories asked for each configuration: {" ".join(apart)}')
    sys.exit(1 if missed or not names else 0)


main()
