#!/bin/sh
# How fast a whole job is, from a recorded laptop to what is written, beside `make localmodconfig` for the same machine's
# modules and `make allnoconfig`. CPU milliseconds, the cheapest of several runs; nothing of ours is cached but, after
# the first run, the table of driver names. Fails when ours is not as much faster as it should be.
set -eu
here=$(dirname "$0")
build=${BUILD:-build}
kernel=$(sh "$here/debian-kernel.sh" 6.12 amd64) || exit 77
program=$(realpath "$build/derpconfig")
dump=$(realpath "$here/../fixtures/machines/checkbox-LENOVO_T420.json")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. "$here/cpu-time.sh"

job() {
	"$program" generate "$dump" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
		--format "$1" -o "$tmp/out.$1"
}
fragment() { job kconfig; }
patch() { job nix; }
allnoconfig() { make -s -C "$kernel/source" O="$tmp/none" ARCH=x86_64 allnoconfig; }
localmodconfig() {
	cp "$kernel/config" "$tmp/local/.config"
	yes '' | make -s -C "$kernel/source" O="$tmp/local" LSMOD="$tmp/lsmod" localmodconfig
}

mkdir "$tmp/none" "$tmp/local"
job json
python3 -c 'import json, sys
print("Module Size Used by")
for g in json.load(open(sys.argv[1]))["goals"]:
    if g["goal"].startswith("module "):
        print(g["goal"][7:], 1, 0)' "$tmp/out.json" | sort -u > "$tmp/lsmod"
allnoconfig > "$tmp/log" 2>&1     # the first run builds conf
localmodconfig > "$tmp/log" 2>&1

f=$(best 5 fragment) n=$(best 3 patch) l=$(best 2 localmodconfig) a=$(best 2 allnoconfig)
echo "dump to fragment: ours $f ms, make localmodconfig $l ms ($((l / f))x), make allnoconfig $a ms ($((a / f))x)"
echo "dump to Nix patch: ours $n ms, make allnoconfig $a ms ($((a / n))x)"
/usr/bin/env python3 - "$program" "$dump" "$kernel" "$tmp/mem" <<'PY'
import resource, subprocess, sys
program, dump, kernel, out = sys.argv[1:]
subprocess.run([program, "generate", dump, "--kernel", kernel + "/source", "--modules", kernel + "/modules",
                "--config", kernel + "/config", "--format", "kconfig", "-o", out], check=True)
print("peak memory: %d MB" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
PY
[ $((l / f)) -ge 4 ] || { echo "want 4x of localmodconfig's CPU time"; exit 1; }
