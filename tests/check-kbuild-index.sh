#!/bin/sh
# The index of a tree below XDG_CACHE_HOME: the same answer with and without it, after a change, after damage, and with
# several writers at once.
set -eu
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
cp -r fixtures/kbuild "$work/tree"
find "$work/tree" -exec touch -d '1 hour ago' {} +
map() { "$DERPCONFIG" built --map --kernel "$work/tree" --arch toy64 2> "$work/err"; }
index() { find "$XDG_CACHE_HOME/derpconfig/kbuild" -name '*.index' 2> /dev/null; }
fail() { echo "$1"; exit 1; }

map > "$work/want"
[ -z "$(index)" ] || fail "an index was written though files had changed just now"
sleep 4 # files are trusted to show their next change once their times are in the past
map | cmp - "$work/want" || fail "the answer changed"
[ -n "$(index)" ] || fail "no index was written"
cp "$(index)" "$work/good"
map | cmp - "$work/want" || fail "the index answers otherwise"

# damage: every tenth of it, a short one, an empty one, rubbish
size=$(wc -c < "$work/good")
for i in 0 1 2 3 4 5 6 7 8 9; do
	cp "$work/good" "$(index)"
	printf '\377\001' | dd of="$(index)" bs=1 seek=$((size * i / 10 + i)) conv=notrunc 2> /dev/null
	map | cmp - "$work/want" || fail "a damaged index answers otherwise"
	if grep -v note: "$work/err"; then fail "a damaged index is spoken of"; fi
done
head -c $((size / 2)) "$work/good" > "$(index)"
map | cmp - "$work/want" || fail "half an index answers otherwise"
: > "$(index)"
map | cmp - "$work/want" || fail "an empty index answers otherwise"
cmp "$work/good" "$(index)" || fail "a damaged index was not replaced"

# changes: a line, a file that was missing before, one that is gone
echo 'obj-$(CONFIG_A) += new_line.o' >> "$work/tree/plain/Makefile"
map | grep -q '^kernel/plain/new_line[.]ko' || fail "a changed Makefile was not read"
echo 'obj-$(CONFIG_A) += new_kbuild.o' > "$work/tree/gate/Kbuild"
map | grep -q '^kernel/gate/new_kbuild[.]ko' || fail "a new Kbuild was not read"
rm "$work/tree/gate/Kbuild"
map | grep -q '^kernel/gate/gated[.]ko' || fail "a removed Kbuild still counts"
cp fixtures/kbuild/plain/Makefile "$work/tree/plain/Makefile"
sleep 4

# many at once
rm -rf "$XDG_CACHE_HOME"
for i in 1 2 3 4 5 6; do "$DERPCONFIG" built --map --kernel "$work/tree" --arch toy64 > "$work/out.$i" 2> /dev/null & done
wait
for i in 1 2 3 4 5 6; do cmp "$work/out.$i" "$work/want" || fail "writer $i answers otherwise"; done
[ "$(find "$XDG_CACHE_HOME" -type f | wc -l)" = 1 ] || fail "temporary files are left"
map | cmp - "$work/want" || fail "the index answers otherwise after many writers"

# nowhere to write
XDG_CACHE_HOME=/proc/nowhere map | cmp - "$work/want" || fail "without a cache the answer is another"
