#!/bin/sh
# How fast an allnoconfig is made, files to .config: ours, the tree's conf without the compiler's share (its answers
# replayed), and make; and how fast the Kconfig files become a model, beside cat. Best of several, in CPU
# milliseconds. Fails when ours is not as much faster as it should be.
set -eu
here=$(dirname "$0")
build=${BUILD:-build}
series=${1:-6.12}
conf=$(sh "$here/kernel-conf.sh" "$series" x86_64) || exit 77
kernel=$(sh "$here/debian-kernel.sh" "$series" amd64) || exit 77
preload=$(realpath "$build/tests/preload-conf.so")
program=$(realpath "$build/derpconfig")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

. "$here/cpu-time.sh"

ours() { "$program" conf allnoconfig --kernel "$kernel/source" --config "$kernel/config" -o "$tmp/.config"; }
# The environment's variables are this shell's arguments.
replayed() {
	(cd "$tmp" && PRELOAD=$preload CONF=$conf xargs -0 -a "$conf/env" sh -c 'exec env -i "$@" LD_PRELOAD="$PRELOAD" \
		CONF_ANSWERS="$CONF/answers" KCONFIG_AUTOCONFIG=/dev/null "$CONF/conf" --allnoconfig Kconfig' sh < /dev/null)
}
made() { make -s -C "$kernel/source" O="$tmp/out" ARCH=x86_64 allnoconfig; }

mkdir "$tmp/out"
replayed > "$tmp/log" 2>&1 # the first run asks the compiler
made > "$tmp/log" 2>&1     # ... and builds conf
o=$(best 5 ours) r=$(best 3 replayed) m=$(best 2 made)
echo "allnoconfig of $series: ours $o ms, conf with replayed answers $r ms ($((r / o))x), make $m ms ($((m / o))x)"
[ $((m / o)) -ge 20 ] && [ $((r / o)) -ge 3 ] || { echo "want 3x and 20x"; exit 1; }
"$build/tests/tool-kconfig-bench" "$kernel/source" "$kernel/config"

"$build/tests/tool-kconfig-load" "$kernel/source" x86_64 files > "$tmp/files"
cats() { for _ in 1 2 3 4 5 6 7 8 9 10; do (cd "$kernel/source" && xargs cat < "$tmp/files"); done; }
c=$(best 5 cats)
p=$("$build/tests/tool-kconfig-load" "$kernel/source" x86_64 time 20 | cut -d' ' -f1)
echo "$p $c $(wc -l < "$tmp/files")" | awk '{ r = $1 * 10 / $2
	printf "reading, finalising and planning %d files: %.1f ms, cat %.1f ms (%.2fx)\n", $3, $1, $2 / 10, r; exit r > 5 }' ||
	{ echo "want no more than 5x, of which reading and parsing are 2 and the plan 1"; exit 1; }
