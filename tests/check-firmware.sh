#!/bin/sh
# check-firmware.sh - `firmware` says what `modinfo -F firmware` says of the same modules.
set -eu
PATH=$PATH:/sbin:/usr/sbin
top=$(cd "$(dirname "$0")/.." && pwd)
command -v modinfo > /dev/null || { echo "modinfo is not installed"; exit 77; }
dir=$(sh "$top/tests/debian-kernel.sh" 6.12 amd64) || { echo "Debian's kernel is not there"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dump=$top/fixtures/machines/checkbox-LENOVO_T420.json

run() { "$DERPCONFIG" firmware "$dump" --kernel "$dir/source" --modules "$dir/modules" --config "$dir/config" "$@"; }
run > "$work/ours"
run --json > "$work/json"
python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))["modules"]))' "$work/json" > "$work/modules"
while read -r name; do
	path=$(find -L "$dir/modules/kernel" -name "$(echo "$name" | tr _ '?').ko*" | head -n 1)
	modinfo -F firmware "$path"
done < "$work/modules" | LC_ALL=C sort -u > "$work/theirs"
cmp "$work/ours" "$work/theirs"
[ "$(wc -l < "$work/ours")" -gt 50 ] || { echo "FAIL: hardly any firmware"; exit 1; }
run --nix | grep -q '#   i915/' || { echo "FAIL: --nix"; exit 1; }
