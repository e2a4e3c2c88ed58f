#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# prove.sh - boot a fat kernel on an emulated machine, scan, build what derpconfig asks for, boot that, compare.
#
#   prove.sh PROFILE [lean|localmodconfig|fat]     PROFILE: a name in profiles/, or a file
#
# lean (the default) prints what was lost, then "bound fat=N lean=M lost=K bzImage=..MB modules=..MB ko=N
# objects=N build=..s cpu=..s boot=..s"; localmodconfig does the same with the kernel that `make localmodconfig`
# makes of the same boot; fat only boots the fat kernel, which the others do when it has not been done.
#
# Environment:
#   DERPCONFIG  the program (build/derpconfig)
#   KERNEL      a directory with vmlinuz, modules, config and source (tests/debian-kernel.sh 6.12 amd64)
#   WORK        everything is written below it (~/.cache/derpconfig/prove)
#   GENERATE    more arguments for derpconfig generate: "--with usb-storage,usb-net"
#   FRAGMENT    take this fragment instead of asking derpconfig
#   DROP        symbols whose lines are taken out of the fragment: the negative control
#   BUILD       where it is built (WORK/NAME/build); with KEEP=1 one directory can serve several profiles
#   PLAN        not empty: stop at the configuration and count what would be compiled; give it a NAME of its own
#   NAME        of the run's directory, WORK/NAME (PROFILE-lean)
# and those of boot.py and build.sh. Exit status: 0 nothing lost, 1 something lost, others: it did not come to that.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '4,26s/^# \{0,1\}//p' "$0" >&2; exit 2; }
profile=$1 kind=${2:-lean}
[ -e "$profile" ] || profile=$here/profiles/$1.profile
[ -e "$profile" ] || { echo "prove.sh: no profile $1; look in $here/profiles" >&2; exit 2; }
machine=$(basename "$profile" .profile)
program=${DERPCONFIG:-$here/../../build/derpconfig}
work=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/prove}
kernel=${KERNEL:-$(sh "$here/../debian-kernel.sh" 6.12 amd64)}
export CCACHE_DIR="${CCACHE_DIR:-$work/ccache}" CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-12G}"
mkdir -p "$work"

say() { echo "prove.sh: $*" >&2; }

boot() { # KERNEL MODULES OUT
	sh "$here/initramfs.sh" "$program" "$2" "$work/images/key" "$3.initramfs"
	python3 "$here/boot.py" --kernel "$1" --initramfs "$3.initramfs" --images "$work/images" \
		--profile "$profile" --out "$3" $plug || { rm "$3.initramfs"; return 5; }
	rm "$3.initramfs"
	say "$machine: $(tr '\n' ';' < "$3/report/facts")"
}

generate() { # OUT
	if [ -n "${FRAGMENT:-}" ]; then
		cp "$FRAGMENT" "$1"
	else
		status=0
		# shellcheck disable=SC2086
		"$program" generate --format kconfig "$fat/report/scan.json" --kernel "$kernel/source" \
			--modules "$kernel/modules" --config "$kernel/config" ${GENERATE:-} -o "$1" 2> "$1.log" || status=$?
		[ ! -s "$1.log" ] || sed 's/^/prove.sh: /' "$1.log" | head -n 40 >&2
		[ $status = 0 ] || [ $status = 5 ] || { say "derpconfig generate ended with $status"; exit 3; }
	fi
	for symbol in ${DROP:-}; do
		grep -q "^CONFIG_$symbol=" "$1" || { say "DROP: $symbol is not in the fragment"; exit 2; }
		sed -i "/^CONFIG_$symbol=/d" "$1"
	done
}

plug=
grep -q '^plug ' "$profile" && plug=--plug
sh "$here/image.sh" "$work/images"
fat=$work/$machine-fat
if [ "$kind" = fat ] || [ ! -s "$fat/report/scan.json" ] || { [ -n "$plug" ] && [ ! -s "$fat/report/plugged.json" ]; }; then
	say "$machine: the fat kernel boots"
	boot "$kernel/vmlinuz" "$kernel/modules" "$fat" || exit 5
fi
[ "$kind" != fat ] || exit 0

run=$work/${NAME:-$machine-$kind}
mkdir -p "$run"
build=${BUILD:-$run/build}
case $kind in
lean)
	generate "$run/fragment"
	sh "$here/build.sh" fragment "$run/fragment" "$kernel/source" "$build" "$run/kernel" > "$run/built" ;;
localmodconfig)
	sh "$here/build.sh" localmodconfig "$fat/report/lsmod" "$kernel/config" "$kernel/source" "$build" "$run/kernel" > "$run/built" ;;
*) say "no such kind: $kind"; exit 2 ;;
esac
say "$machine: $(cat "$run/built")"
if [ -n "${PLAN:-}" ]; then
	echo "$machine $kind: $(cat "$run/built")"
	exit 0
fi
modules=none
[ ! -d "$run/kernel/lib/modules" ] || modules=$(echo "$run"/kernel/lib/modules/*)
boot "$run/kernel/bzImage" "$modules" "$run/boot" || { say "$machine: no report from the $kind kernel"; exit 5; }

status=0
python3 "$here/verdict.py" "$fat/report" "$run/boot/report" > "$run/verdict" || status=1
if [ -n "$plug" ]; then
	echo "after plugging:" >> "$run/verdict"
	python3 "$here/verdict.py" "$fat/report" "$run/boot/report" plugged.json >> "$run/verdict" || true
fi
"$program" diff "$fat/report/scan.json" "$run/boot/report/scan.json" > "$run/diff" || true
grep -v '^class' "$run/verdict" || true
echo "$machine $kind: $(grep -m 1 '^bound' "$run/verdict") $(cat "$run/built") boot=$(cat "$run/boot/seconds")s"
exit $status
