#!/bin/sh
# Every document for programs names its format and version, and has no member that docs/formats.md does not tell of; and
# every command that can write JSON is tried.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel"; exit 77; }
old=$(sh tests/debian-kernel.sh 6.1 amd64 2> /dev/null) || old=
dump=fixtures/machines/checkbox-SAMSUNG_N310.json
mkdir "$tmp/dumps"
cp "$dump" "$tmp/dumps"
echo 'MODULES y' > "$tmp/answers"
grep -v '^CONFIG_\(TMPFS\|CGROUPS\)=' "$kernel/config" > "$tmp/config"

cat > "$tmp/formats.py" <<'END'
import json, re, subprocess, sys

program, kernel, old, dump, tmp = sys.argv[1:]
options = ["--kernel", f"{kernel}/source", "--modules", f"{kernel}/modules", "--config", f"{kernel}/config"]
tree = ["--kernel", f"{kernel}/source"]
tries = [  # command, the heading of its chapter, arguments
    ("scan", "scan", ["--from", dump]),
    ("diff", "diff --json", [dump, "fixtures/machines/checkbox-LENOVO_T420.json"]),
    ("map", "map --json", [dump, *options]),
    ("which", "which --json", ["iwlwifi", "8086:15f3", "ETHERNET", "FS_MBCACHE", "nobody", *options]),
    ("firmware", "firmware --json", [dump, *options]),
    ("generate", "generate, merge, upgrade --format json", [dump, *options]),
    ("merge", "generate, merge, upgrade --format json", [dump, "fixtures/machines/checkbox-LENOVO_T420.json", *options]),
    ("why", "why --json", ["PCI", "--dump", dump, *options]),
    ("sets", "sets --json", []),
    ("sets", "sets --json", ["printer", "encrypted-root"]),
    ("check", "check CONFIG --json", [f"{tmp}/config"]),
    ("check", "check --dumps", ["--dumps", f"{tmp}/dumps", *options]),
    ("simulate", "simulate --json", ["--answers", f"{tmp}/answers", "--defconfig", "allnoconfig", *options]),
    ("built", "built --json", ["--builtin", *tree, "--config", f"{tmp}/config"]),
    ("built", "built --json", ["--map", *tree]),
    ("built", "built --json", ["--files", *tree]),
]
if old:
    both = ["--changes", "/dev/stdout", "-o", f"{tmp}/patch", dump]
    for word, tree_of in (("from", old), ("to", kernel)):
        both += [f"--{word}", f"{tree_of}/source", f"--{word}-modules", f"{tree_of}/modules", f"--{word}-config", f"{tree_of}/config"]
    tries.append(("upgrade", "upgrade --json", both))
# Members whose own members are named by what they are about.
open_members = {"derpconfig-firmware": ["modules"], "derpconfig-sets": ["sets"]}
bad = []

text = open("docs/formats.md").read()
chapters = {h: body for h, body in re.findall(r"^## derpconfig (.*?)\n(.*?)(?=^## |\Z)", text, re.M | re.S)}
formats = dict(re.findall(r"^\| .* \| `(derpconfig-[a-z-]*)` \| (\d+) \|$", text, re.M))

def members(value, path=()):
    if isinstance(value, dict):
        for k, v in value.items():
            yield path, k
            yield from members(v, path + (k,))
    elif isinstance(value, list):
        for v in value:
            yield from members(v, path)

def run(*words):
    return subprocess.run([program, *words], capture_output=True, text=True)

seen = set()
for command, heading, arguments in tries:
    flag = [] if command == "scan" else ["--format", "json"] if "--format" in heading else ["--json"]
    r = run(command, *arguments, *flag)
    seen.add(command)
    what = f"{command} {' '.join(arguments)}"
    if heading not in chapters:
        bad.append(f"docs/formats.md has no chapter 'derpconfig {heading}'")
        continue
    try:
        document = json.loads(r.stdout)
    except ValueError as e:
        bad.append(f"{what}: no JSON ({e}), exit code {r.returncode}: {r.stdout[:80]!r} {r.stderr[:200]}")
        continue
    name = document.get("format")
    if formats.get(name) != str(document.get("version")):
        bad.append(f"{what}: format {name} version {document.get('version')} is not in the table")
    if list(document)[:2] != ["format", "version"]:
        bad.append(f"{what}: begins with {list(document)[:2]}")
    body = chapters[heading]
    told = set(re.findall(r'"([a-z_]+)":', body)) | set(re.findall(r"`([a-z_-]+)`", body)) | \
        set(re.findall(r"`([a-z_-]+)`", chapters["map --json"]))
    told |= set(re.findall(r"`kernel\.([a-z]+)`", body))
    for path, member in set(members(document)):
        if path and path[-1] in open_members.get(name, []):
            continue
        if member not in told:
            bad.append(f"docs/formats.md, derpconfig {heading}: no word of {'.'.join(path + (member,))}")

commands = re.findall(r"^  ([a-z-]+)  +[A-Z]", run("help").stdout, re.M)
for c in commands:
    if re.search(r"--json|--format .*\bjson\b", run(c, "--help").stdout) and c not in seen:
        if c == "upgrade" and not old:
            continue
        bad.append(f"{c} can write JSON and is not tried")
print("\n".join(sorted(set(bad))) or f"{len(tries)} documents, {len(formats)} formats")
sys.exit(bool(bad))
END
python3 "$tmp/formats.py" "$DERPCONFIG" "$kernel" "$old" "$dump" "$tmp"
