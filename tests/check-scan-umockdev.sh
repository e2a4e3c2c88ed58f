#!/bin/sh
# A recorded laptop, scanned through libudev and libusb as if it were this machine: every device is there, with what
# USB descriptors offer besides; no secret of the recording is. Reading the recording as a file says the same.
set -eu
command -v umockdev-run > /dev/null || { echo "umockdev-run is not installed"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
recorded=fixtures/scanner/laptop.umockdev

# umockdev preloads a library of its own, which the sanitizers' runtime must not mind
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
umockdev-run -d $recorded -- "$DERPCONFIG" scan -o "$dir/one"
umockdev-run -d $recorded -- "$DERPCONFIG" scan -o "$dir/two"
cmp "$dir/one" "$dir/two"
"$DERPCONFIG" diff "$dir/one" "$dir/two"

# the names of PCI devices are libpci's, and change with its list
sed -n '/^"devices"/,$p' "$dir/one" | sed '/"subsystem":"pci"/s/,"vendor":.*}/}/' | diff -u fixtures/scanner/laptop.want -
[ "$(grep -c '^{"path"' "$dir/one")" = "$(grep -c '^P: ' $recorded)" ]
if grep -i -E 'SECRET|deadbeef|de:ad:be:ef|a0:ab:51|12345678-1234' "$dir/one"; then
	echo "the dump holds a secret" >&2
	exit 1
fi

"$DERPCONFIG" scan --from $recorded -o "$dir/read"
grep -v -E '"role"' "$dir/one" > "$dir/without"
"$DERPCONFIG" diff "$dir/read" "$dir/without"

# a history: with the stick unplugged it is still in the record, and the record is steady
"$DERPCONFIG" scan --from "$dir/read" --record "$dir/history" 2> /dev/null
grep -v -E '0bda:9210' "$dir/read" > "$dir/unplugged"
"$DERPCONFIG" scan --from "$dir/unplugged" --record "$dir/history" 2> "$dir/stderr"
grep -q ' 2 remembered' "$dir/stderr"
"$DERPCONFIG" diff "$dir/read" "$dir/history/machine.json"
