#!/bin/sh
# compare-localmodconfig.sh DUMP... - for docs/comparison.md: what `make localmodconfig` leaves of Debian's 6.12 for
# the modules that a machine uses, beside what derpconfig asks for. Objects are what kbuild would compile.
#
# localmodconfig reads lsmod; a dump has the drivers that were bound, so the list is those drivers' modules and the
# modules that they need.
set -eu
kernel=$(sh tests/debian-kernel.sh 6.12 amd64)
derpconfig=${DERPCONFIG:-build/derpconfig}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
options="--kernel $kernel/source --modules $kernel/modules --config $kernel/config"
version=$(basename "$(readlink "$kernel/modules")")

count() { # NAME CONFIG
	y=$(grep -c '=y$' "$2") m=$(grep -c '=m$' "$2")
	ko=$("$derpconfig" built --kernel "$kernel/source" --config "$2" 2> /dev/null | wc -l)
	o=$("$derpconfig" built --builtin --kernel "$kernel/source" --config "$2" 2> /dev/null | wc -l)
	printf '| %s | %s | %s | %s | %s |\n' "$1" "$y" "$m" "$ko" "$((o - ko))"
}

for dump; do
	"$derpconfig" map "$dump" $options --json -o "$tmp/map" 2> /dev/null || [ $? = 5 ]
	python3 -c 'import json, sys
for g in json.load(open(sys.argv[1]))["goals"]:
    if g["state"] == "module":
        print(g["path"].split("/")[-1][:-3])' "$tmp/map" > "$tmp/modules"
	echo "Module Size Used by" > "$tmp/lsmod"
	while read -r m; do
		modprobe -d "$kernel" -S "$version" --show-depends "$m" 2> /dev/null || true
	done < "$tmp/modules" | sed -n 's|^insmod .*/\([^/]*\)\.ko.*|\1|p' | tr - _ | sort -u |
		sed 's/$/ 1 0/' >> "$tmp/lsmod"

	echo "$(basename "$dump" .json): $(($(wc -l < "$tmp/lsmod") - 1)) modules in use"
	echo '| configuration | =y | =m | modules built | objects built in |'
	echo '|---|---|---|---|---|'
	count "Debian's" "$kernel/config"
	mkdir -p "$tmp/o"
	cp "$kernel/config" "$tmp/o/.config"
	yes '' | make -s -C "$kernel/source" O="$tmp/o" LSMOD="$tmp/lsmod" localmodconfig > "$tmp/log" 2>&1
	count "make localmodconfig" "$tmp/o/.config"
	"$derpconfig" generate "$dump" $options --format dotconfig -o "$tmp/ours" 2> /dev/null || [ $? = 5 ]
	count "derpconfig, with what NixOS needs" "$tmp/ours"
	"$derpconfig" generate "$dump" $options --no-baseline --format dotconfig -o "$tmp/bare" 2> /dev/null || [ $? = 5 ]
	count "derpconfig --no-baseline" "$tmp/bare"
done
