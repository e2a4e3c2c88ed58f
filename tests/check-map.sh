#!/bin/sh
# check-map.sh - map over recorded machines on Debian's 6.12: exit code 0 or 5, counts that add up, the same answer from
# the tarball and twice; and input that is no kernel: one clear error, exit code 2, nothing written.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 1
program=${DERPCONFIG:-$PWD/build/derpconfig}
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel"; exit 77; }
command -v python3 > /dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
say() { echo "$*"; bad=1; }
map() { "$program" map --config "$kernel/config" "$@"; }

# Every device of the dump is in the output once, and the summary is the sum of what was printed.
counts() { # DUMP OUT
	python3 - "$1" "$2" <<-'END'
	import json, sys
	dump, out = (json.load(open(f)) for f in sys.argv[1:])
	s = out["summary"]
	want = sum(d.get("count", 1) for d in dump["devices"])
	got = sum(d["count"] for d in out["devices"])
	kinds = {}
	for d in out["devices"]:
	    kinds[d["found"]] = kinds.get(d["found"], 0) + d["count"]
	assert want == got == s["devices"] == sum(s["found"].values()), (want, got, s)
	assert all(kinds.get(k, 0) == n for k, n in s["found"].items()), (kinds, s)
	missing = ("out-of-tree", "gone", "other-arch", "unmapped")
	lost = [d for d in out["devices"] if d["found"] in missing]
	assert s["unmapped"] == len(lost) + len(out["lost"]), s
	assert all(d["routes"] for d in out["devices"] if d.get("driver") and d not in lost)
	assert all(d["note"] for d in lost)
	paths = [g["path"] for g in out["goals"]]
	assert paths == sorted(set(paths)) and len(paths) == s["goals"]
	assert all(g["symbols"] not in ("", "0") and g["reason"] for g in out["goals"])
	assert not set(paths) & {e["path"] for e in out["extra"]}
	routes = {r["path"] for d in out["devices"] for r in d["routes"]}
	assert routes <= set(paths), routes - set(paths)
	print(s["devices"], "devices,", s["bound"], "bound,", s["unmapped"], "not mapped")
	END
}

for name in checkbox-LENOVO_T420 checkbox-DELL_IDRAC checkbox-QEMU_KVM checkbox-PANDABOARD facter-GPD_WIN2-560e5c \
	lspci-glpi-dell-xt2; do
	dump=fixtures/machines/$name.json
	map "$dump" --kernel "$kernel/source" --modules "$kernel/modules" --json -o "$work/out" 2> "$work/err"
	code=$?
	case $code in 0 | 5) ;; *) say "$name: exit code $code: $(head -n 2 "$work/err")"; continue ;; esac
	lines=$(grep -c 'not mapped' "$work/err")
	[ $code = 5 ] && [ "$lines" = 0 ] && say "$name: exit code 5, but nothing listed"
	[ $code = 0 ] && [ "$lines" != 0 ] && say "$name: exit code 0, but $lines not mapped"
	echo "$name: $(counts "$dump" "$work/out" 2>&1 | tail -n 1)"
	counts "$dump" "$work/out" > /dev/null 2>&1 || bad=1
done

# The tarball says what the directory says.
dump=fixtures/machines/checkbox-LENOVO_T420.json
map "$dump" --kernel "$kernel/source" --modules "$kernel/modules" > "$work/one" 2> /dev/null
map "$dump" --kernel "$kernel/source.tar.xz" --modules "$kernel/modules" > "$work/two" 2> /dev/null
cmp -s "$work/one" "$work/two" || say "the tarball gives another answer than the directory"

# What the running kernel says of a module that no list of ours knows.
printf 'strange_driver 16384 0 - Live 0x0 (OE)\ne1000e 16384 0 - Live 0x0\n' > "$work/modules"
map "$work/modules" --kernel "$kernel/source" --modules "$kernel/modules" --json > "$work/json" 2> "$work/err"
grep -q '"module":"strange_driver","found":"out-of-tree"' "$work/json" || say "a module with taint O: $(grep strange "$work/json")"

# refuse WHAT PATTERN ARGUMENTS...
refuse() {
	what=$1 pattern=$2
	shift 2
	rm -f "$work/written"
	map "$@" -o "$work/written" > "$work/out" 2> "$work/err"
	code=$?
	[ $code = 2 ] || say "$what: exit code $code"
	[ ! -e "$work/written" ] && [ ! -s "$work/out" ] || say "$what: something was written"
	[ "$(grep -c '^derpconfig: ' "$work/err")" = 1 ] && [ "$(wc -l < "$work/err")" = 1 ] ||
		say "$what: not one line: $(head -n 3 "$work/err")"
	grep -q -- "$pattern" "$work/err" || say "$what: unclear: $(cat "$work/err")"
}

head -c 1000000 "$kernel/source.tar.xz" > "$work/cut.tar.xz"
mkdir "$work/empty" "$work/nodep" "$work/noalias"
cp "$kernel/modules/modules.alias" "$work/nodep/"
cp "$kernel/modules/modules.dep" "$work/noalias/"
head -c 4096 "$kernel/vmlinuz" > "$work/binary"
head -c 1048576 /dev/zero | tr '\0' x > "$work/long"
K="--kernel $kernel/source" M="--modules $kernel/modules"
# shellcheck disable=SC2086
{
	refuse "a truncated tarball" 'truncated' "$dump" --kernel "$work/cut.tar.xz" $M
	refuse "a directory without Kconfig" 'no Kconfig' "$dump" --kernel "$work/empty" $M
	refuse "a tree that is not there" 'No such file' "$dump" --kernel "$work/none" $M
	refuse "a file that is no tarball" 'nor a tarball' "$dump" --kernel "$work/binary" $M
	refuse "modules without modules.dep" 'modules.dep' "$dump" $K --modules "$work/nodep"
	refuse "modules without modules.alias" 'modules.alias' "$dump" $K --modules "$work/noalias"
	refuse "modules that are not there" 'No such file' "$dump" $K --modules "$work/none"
	refuse "a binary dump" . "$work/binary" $K $M
	refuse "a line of a megabyte" . "$work/long" $K $M
	refuse "a configuration that is none" 'CONFIG_' "$dump" $K $M --config "$work/binary"
}
exit $bad
