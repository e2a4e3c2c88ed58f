#!/bin/sh
# Every symbol the sets name is one of the kernel's; the command lists and expands; errors have a place.
set -eu
dir=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
find "$dir/source/" -name 'Kconfig*' -print0 | LC_ALL=C sort -z |
	xargs -0 sed -nE 's/^[[:space:]]*(menu)?config[[:space:]]+([A-Za-z0-9_]+).*/\2/p' | sort -u > "$tmp/known"
sed -nE 's/^(want|maybe) ([A-Za-z0-9_]+).*/\2/p' kconfig/sets/*.set | sort -u > "$tmp/named"
fail=0
comm -23 "$tmp/named" "$tmp/known" | grep . && { echo "^ no such symbol in 6.12"; fail=1; }
"$DERPCONFIG" sets --sets "$tmp" > "$tmp/list"
[ "$(wc -l < "$tmp/list")" = "$(ls kconfig/sets/*.set | wc -l)" ] || { echo "not every set is listed"; fail=1; }
"$DERPCONFIG" sets --sets "$tmp" laptop > "$tmp/laptop"
[ "$(awk '{print $2}' "$tmp/laptop" | sort | uniq -d | wc -l)" = 0 ] || { echo "a symbol twice"; fail=1; }
printf 'want A\ninclude nowhere\n' > "$tmp/mine.set"
code=0
"$DERPCONFIG" sets --sets "$tmp" mine > "$tmp/out" 2> "$tmp/err" || code=$?
[ $code = 2 ] && grep -q "mine.set:2: there is no set 'nowhere'" "$tmp/err" || { echo "exit $code"; cat "$tmp/err"; fail=1; }
exit $fail
