#!/bin/sh
# bench-kbuild.sh - what the map of all modules costs, as ratios in one run: ours, the same files through cat, and
# the whole run of the kernel's own streamline_config.pl (make localmodconfig), which asks the same question.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
kernel=$(sh tests/debian-kernel.sh 6.12 amd64)
derpconfig=$PWD/${DERPCONFIG:-build/derpconfig}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$kernel/source/"
export XDG_CACHE_HOME="$work/cache"

# the least processor time of N runs, in milliseconds: what else the machine does counts less than in wall time
least() {
	n=$1
	shift
	while [ "$n" -gt 0 ]; do
		("$@" > /dev/null 2> "$work/err" || exit 1; times) > "$work/times" || { cat "$work/err" >&2; exit 1; }
		sed -n 2p "$work/times"
		n=$((n - 1))
	done | tr 'ms' '  ' | awk '{ t = ($1 + $3) * 60000 + ($2 + $4) * 1000; if (NR == 1 || t < best) best = t }
		END { printf "%.1f\n", best }'
}
cold() { rm -rf "$XDG_CACHE_HOME"; "$derpconfig" built --map --kernel . --arch x86_64; }
warm() { "$derpconfig" built --map --kernel . --arch x86_64; }
files() { xargs cat < "$work/files"; }
streamline() { (cd "$work" && SRCARCH=x86 LSMOD="$work/lsmod" perl "$kernel/source/scripts/kconfig/streamline_config.pl" "$kernel/source" Kconfig); }

"$derpconfig" built --files --kernel . --arch x86_64 2> /dev/null | sort -u > "$work/files"
cp "$kernel/config" "$work/.config"
{ echo "Module Size Used by"; sed 's,.*/,,;s,[.]k*o$,,;s,-,_,g;s,$, 16384 0,' "$kernel/modules/modules.order"; } > "$work/lsmod"
a=$(least 7 cold) b=$(least 7 warm) c=$(least 7 files)
if command -v perl > /dev/null; then s=$(least 1 streamline); else s=; fi
echo "map of all modules       $a ms"
echo "again                    $b ms"
echo "cat of the same files    $c ms ($(wc -l < "$work/files") files)"
awk -v a="$a" -v b="$b" -v c="$c" 'BEGIN { printf "map / cat                %.2f\nagain / cat              %.2f\n", a / c, b / c }'
[ -z "$s" ] || awk -v a="$a" -v s="$s" 'BEGIN { printf "streamline_config.pl     %.0f ms, %.0f times the map\n", s, s / a }'
