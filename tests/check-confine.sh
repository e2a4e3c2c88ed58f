#!/bin/sh
# What a command does not need it cannot do: tried from inside the program (preload-evil.c) when it writes its output.
# Skipped where the kernel has neither Landlock nor seccomp, and where a sanitizer's run-time must come first.
set -eu
case $BUILD in */address* | */thread* | *coverage*) echo "not in this build"; exit 77 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kernel=$(sh tests/debian-kernel.sh 6.12 amd64 2> /dev/null) || kernel=
mkdir "$work/out" "$work/outside" "$work/cache"
export XDG_CACHE_HOME="$work/cache"
fail() { echo "$1"; cat "$work/said"; exit 1; }
try() {
	echo precious > "$work/outside/file"
	LD_PRELOAD="$BUILD/tests/preload-evil.so" EVIL_FILE="$work/outside/file" "$@" 2> "$work/said" > "$work/stdout" ||
		[ $? = 5 ] || fail "$* failed"
	grep -q '^evil: ' "$work/said" || fail "$*: nothing was tried"
}
confined() {
	try "$@"
	! grep 'evil: .*SUCCEEDED' "$work/said" || fail "$*: this succeeded"
	[ "$(cat "$work/outside/file")" = precious ] && [ "$(ls "$work/outside")" = file ] || fail "$*: something was written"
}

# where the kernel lacks a half of it, this says so
try "$DERPCONFIG" sets -o "$work/out/sets"
for what in "open for writing" exec; do
	if grep -q "evil: $what: SUCCEEDED" "$work/said"; then echo "this kernel does not confine: $what"; exit 77; fi
done

confined "$DERPCONFIG" sets -o "$work/out/sets"
confined "$DERPCONFIG" scan --from fixtures/machines/checkbox-QEMU_KVM.json -o "$work/out/dump.json"
confined "$DERPCONFIG" scan -o "$work/out/here.json"
confined "$DERPCONFIG" scan --from fixtures/machines/checkbox-QEMU_KVM.json --record "$work/out/history"
confined "$DERPCONFIG" conf allnoconfig --kernel fixtures/kconfig/if-blocks --arch x86_64 -o "$work/out/config"
[ -s "$work/out/config" ] && [ -s "$work/out/history/machine.json" ] || fail "an output is missing"
cd "$work/out"
confined "$DERPCONFIG" sets -o "sets 2"
cd - > /dev/null
if [ -n "$kernel" ]; then
	confined "$DERPCONFIG" generate fixtures/machines/checkbox-QEMU_KVM.json --kernel "$kernel/source" --modules \
		"$kernel/modules" --config "$kernel/config" -o "$work/out/patch.nix"
	[ "$(find "$work/cache" -type f | wc -l)" -gt 0 ] || fail "nothing could be cached"
fi
# who asks for the compiler gets it
try "$DERPCONFIG" conf allnoconfig --probe --kernel fixtures/kconfig/if-blocks --arch x86_64 -o "$work/out/config"
grep -q 'evil: exec: SUCCEEDED' "$work/said" || fail "--probe could not run anything"
