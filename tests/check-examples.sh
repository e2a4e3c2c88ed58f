#!/bin/sh
# The examples in README.md, CONTRIBUTING.md, docs/ and the man page run as printed. A block marked `console` (of the page:
# every literal one) has lines "$ command", each followed by what it prints (both outputs); "..." stands for any lines. The blocks of a document are one session,
# in a directory that holds what the checkout holds. Kernel versions and this machine's directories are made equal.
#
# check-examples.sh --update writes what the commands print now into the documents (blocks with "..." stay).
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
top=$PWD
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel"; exit 77; }

mkdir -p "$tmp/home/.cache/derpconfig" "$tmp/bin" "$tmp/work"
ln -s "$(dirname "$kernel")" "$tmp/home/.cache/derpconfig/kernels"
ln -s "$DERPCONFIG" "$tmp/bin/derpconfig"
for f in * .[!.]*; do
	case $f in .git | build) ;; *) ln -s "$top/$f" "$tmp/work/$f" ;; esac
done
export HOME="$tmp/home" PATH="$tmp/bin:$PATH" NO_COLOR=1
unset XDG_CACHE_HOME XDG_CONFIG_HOME

cat > "$tmp/session.py" <<'END'
import re, subprocess, sys

document, work, home, update = sys.argv[1:]

def read(path):
    """A document as lines; of a man page the literal blocks become console blocks, on the same lines."""
    text = open(path).read()
    if not path.endswith(".in"):
        return text.split("\n")
    text = re.sub(r"^\.Bd -literal.*$", "```console", text, flags=re.M)
    text = re.sub(r"^\.Ed$", "```", text, flags=re.M)
    return [l[2:] if l.startswith("\\&.") else l for l in text.replace("\\e", "\\").split("\n")]

def write(path, lines, before):
    """Lines that are as they were read stay as they were written."""
    if not path.endswith(".in"):
        return open(path, "w").write("\n".join(lines))
    source, at = open(path).read().split("\n"), {}
    for was, own in zip(before, source):
        at.setdefault(was, []).append(own)
    out = [at[l].pop(0) if at.get(l) else re.sub(r"^([.'])", r"\\&\1", l.replace("\\", "\\e")) for l in lines]
    open(path, "w").write("\n".join(out))

def session(lines):
    """The commands of all console blocks: [line number, command, wanted lines]."""
    found, inside = [], False
    for n, line in enumerate(lines, 1):
        if line.startswith("```"):
            inside = not inside and line.strip() == "```console"
        elif inside and line.startswith("$ "):
            found.append([n, line[2:], []])
        elif inside and found and found[-1][1].endswith("\\") and not found[-1][2]:
            found[-1][1] = found[-1][1][:-1] + line.strip()
        elif inside and found:
            found[-1][2].append(line)
    return found

def same(text):
    text = re.sub(r"\b6\.12\.\d+(\+deb12-\w+)?", "6.12.N", text.replace(home, "~"))
    return [l.rstrip() for l in text.rstrip("\n").split("\n")] if text.strip() else []

def matches(want, got):
    """`want` may have lines "..." for any number of lines."""
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and want[0] == got[0] and matches(want[1:], got[1:])

before = read(document)
commands = session(before)
if not commands:
    print(f"{document}: 0 commands")
    sys.exit(0)
mark = "-----end-of-command"
script = "".join(f"{c}\necho '{mark}' $?\n" for _, c, _ in commands)
run = subprocess.run(["bash", "-c", script], cwd=work, stdin=subprocess.DEVNULL, text=True,
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
parts = re.split(rf"{mark} (\d+)\n", run.stdout)
bad = 0
lines = list(before)
for (line, command, want), got, code in reversed(list(zip(commands, parts[0::2], parts[1::2]))):
    if update and "..." not in want:
        start = line
        while lines[start - 1].endswith("\\"):
            start += 1
        lines[start:start + len(want)] = got.replace(home, "~").rstrip("\n").split("\n") if got.strip() else []
        continue
    if not matches(same("\n".join(want)), same(got)):
        print(f"{document}:{line}: $ {command}\nprints (exit code {code}):\n{got}instead of:\n" + "\n".join(want))
        bad += 1
    if int(code) in (126, 127) or (int(code) == 2 and want in ([], ["..."])):
        print(f"{document}:{line}: $ {command}\nexit code {code}")
        bad += 1
if update:
    write(document, lines, before)
print(f"{document}: {len(commands)} commands")
sys.exit(bad > 0)
END
bad=0
for document in ${DOCUMENTS:-README.md CONTRIBUTING.md docs/*.md docs/derpconfig.1.in}; do
	python3 "$tmp/session.py" "$document" "$tmp/work" "$tmp/home" "${1:-}" || bad=1
done
exit $bad
