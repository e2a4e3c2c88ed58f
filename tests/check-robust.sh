#!/bin/sh
# What was there before stays when a write fails: killed while writing, disk full, directory read-only. The same input gives
# the same bytes whatever the locale, time zone, umask, directory, home, order of directories and number of processors. And
# sixteen processes share a cache that is empty at first.
set -eu
case $BUILD in */address* | */thread*) preload=false ;; *) preload=true ;; esac
kernel=$(sh tests/debian-kernel.sh 6.12 amd64 2> /dev/null) || kernel=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$PWD world=$BUILD/tests/preload-world.so
export XDG_CACHE_HOME="$work/cache" HOME="$work"
fail() { echo "$1"; exit 1; }

# ---- what was there before ----
dump() { "$DERPCONFIG" scan --from fixtures/machines/checkbox-QEMU_KVM.json -o "$1" 2> "$work/said"; }
before() { mkdir -p "$1"; echo before > "$1/out"; }
kept() { [ "$(cat "$1/out")" = before ] || fail "$2: the old output is gone"; }

if $preload; then
	before "$work/killed"
	(LD_PRELOAD=$world WORLD_KILL=1 dump "$work/killed/out") 2> /dev/null && fail "was not killed"
	kept "$work/killed" "killed"
	dump "$work/killed/out" || fail "cannot write where an earlier run was killed"
fi
# a disk of 8 KiB, and a directory mounted read-only, in a name space of their own
cat > "$work/mounts" << 'SH'
set -eu
before() { mkdir -p "$1"; echo before > "$1/out"; }
mkdir "$1/disk" "$1/ro"
mount -t tmpfs -o size=8k tmpfs "$1/disk"
before "$1/disk"
"$2" scan --from "$3/fixtures/machines/facter-HP_OMEN_25L_Desktop_GT11-1xxx-225a0f.json" -o "$1/disk/out" 2> "$1/said" && exit 3
grep -q 'No space left' "$1/said" && [ "$(cat "$1/disk/out")" = before ] && [ "$(ls "$1/disk")" = out ] || exit 4
before "$1/ro"
mount --bind "$1/ro" "$1/ro"
mount -o remount,ro,bind "$1/ro"
"$2" scan --from "$3/fixtures/machines/checkbox-QEMU_KVM.json" -o "$1/ro/out" 2> "$1/said" && exit 5
grep -q 'Read-only' "$1/said" && [ "$(cat "$1/ro/out")" = before ] || exit 6
SH
if unshare -rm true 2> /dev/null; then
	unshare -rm sh "$work/mounts" "$work" "$DERPCONFIG" "$top" || fail "on a full or read-only disk: $? $(cat "$work/said")"
else
	echo "no mounts here: full and read-only disks are not tried"
fi

# ---- the same bytes ----
cp -r fixtures/kbuild "$work/tree"
find "$work/tree" -exec touch -d '1 hour ago' {} +
jobs_of() { # DIRECTORY: everything that is written, relative paths seen from anywhere
	"$DERPCONFIG" scan --from "$top/fixtures/scanner/laptop.umockdev" -o "$1/dump" 2> "$1/dump.err"
	"$DERPCONFIG" built --map --kernel "$work/tree" --arch toy64 -o "$1/map" 2> "$1/map.err"
	"$DERPCONFIG" conf alldefconfig --kernel "$top/fixtures/kconfig/if-blocks" --arch x86_64 -o "$1/config" 2> "$1/config.err"
	"$DERPCONFIG" sets desktop laptop -o "$1/sets" 2> "$1/sets.err"
	[ -z "$kernel" ] || "$DERPCONFIG" generate "$top/fixtures/machines/checkbox-LENOVO_T420.json" --kernel "$kernel/source" --modules \
		"$kernel/modules" --config "$kernel/config" -o "$1/patch.nix" 2> "$1/patch.err"
}
mkdir "$work/want" "$work/elsewhere"
jobs_of "$work/want"
same() {
	for f in "$work/want"/*; do cmp "$f" "$work/got/$(basename "$f")" || fail "with $1"; done
	rm -r "$work/got"
}
mkdir "$work/got"
(export LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Kathmandu POSIXLY_CORRECT=1 COLUMNS=7; umask 077; cd "$work/elsewhere"; jobs_of "$work/got")
same "another locale, time zone, umask and directory"
mkdir "$work/got"
(unset HOME XDG_CACHE_HOME; exec < /dev/null; jobs_of "$work/got")
same "no home"
mkdir "$work/got"
(if $preload; then export LD_PRELOAD="$world" WORLD_READDIR=1; fi; taskset -c "$(taskset -cp $$ | sed 's/.*: //;s/[^0-9].*//')" sh -c : &&
	XDG_CACHE_HOME="$work/cache2" jobs_of "$work/got")
same "directories backwards"

# ---- one cache, sixteen processes ----
tar -C fixtures/kconfig -czf "$work/linux.tar.gz" if-blocks
sleep 4 # what changed just now is not cached, and on a fast machine the tree above was copied just now
rm -rf "$work/cache"
n=0
while [ $n -lt 16 ]; do
	n=$((n + 1))
	(
		"$DERPCONFIG" built --map --kernel "$work/tree" --arch toy64 -o "$work/map.$n" 2> /dev/null
		"$DERPCONFIG" conf alldefconfig --kernel "$work/linux.tar.gz" --arch x86_64 -o "$work/config.$n" 2> /dev/null
	) &
done
wait
while [ $n -gt 0 ]; do
	cmp "$work/map.$n" "$work/want/map" && cmp "$work/config.$n" "$work/want/config" || fail "process $n of 16"
	n=$((n - 1))
done
[ "$(find "$work/cache" -type f | wc -l)" = 2 ] || fail "in the cache: $(find "$work/cache" -type f)"
"$DERPCONFIG" built --map --kernel "$work/tree" --arch toy64 2> /dev/null | cmp - "$work/want/map" || fail "after sixteen"
