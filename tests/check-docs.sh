#!/bin/sh
# What the documents point at is there: links, files named in `...`, make targets, commands and their flags; and the
# texts name no place of the machine they were written on.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
make help | sed 's/ .*//' > "$tmp/targets"
cat > "$tmp/read.py" <<'END'
import os, re, subprocess, sys
program, targets, documents = sys.argv[1], set(open(sys.argv[2]).read().split()), sys.argv[3:]
rooms = ("base/", "scanner/", "modalias/", "kbuild/", "kconfig/", "nixout/", "cli/", "tests/", "fixtures/", "docs/", ".ci/")
help_of = {}
bad = []

def flags(command):
    if command not in help_of:
        r = subprocess.run([program, command, "--help"], capture_output=True, text=True)
        help_of[command] = r.stdout if r.returncode == 0 else None
    return help_of[command]

for document in documents:
    text = open(document).read()
    where = os.path.dirname(document)
    for link in re.findall(r"\]\(([^)#: ]+)\)", text):
        if not os.path.exists(os.path.join(where, link)):
            bad.append(f"{document}: no {link}")
    for word in re.findall(r"`([^`\n ]+)`", text):
        if word.startswith(rooms) and not re.search(r"[*A-Z]{4}|[*<]", word) and not os.path.exists(word):
            bad.append(f"{document}: no {word}")
    for target in re.findall(r"`make ([a-z-]+)[ `]", text):
        if target not in targets | {"menuconfig", "allnoconfig", "localmodconfig", "localyesconfig", "config", "bench"}:
            bad.append(f"{document}: no make {target}")
    code = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S) + re.findall(r"`([^`\n]+)`", text)
    commands = [m for c in code
                for m in re.findall(r"^(?:\$ )?(?:.*(?:&&|\|) )?derpconfig ([a-z]+)([^|\n]*)", c.replace("\\\n", " "), re.M)]
    for command, rest in commands:
        known = flags(command)
        if known is None:
            bad.append(f"{document}: no command {command}")
            continue
        for flag in re.findall(r" (--[a-z-]+)", rest):
            if flag not in known:
                bad.append(f"{document}: derpconfig {command} has no {flag}")
print("\n".join(bad))
sys.exit(bool(bad))
END
python3 "$tmp/read.py" "$DERPCONFIG" "$tmp/targets" README.md CONTRIBUTING.md docs/*.md
