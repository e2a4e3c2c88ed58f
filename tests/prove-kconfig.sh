#!/bin/sh
# prove-kconfig.sh [SERIES-ARCH...] - configurations and dialogues of whole trees, byte for byte against the tree's own
# conf with the same toolchain. Takes hours; the short form of it is check-kconfig-diff.sh.
#
# Without names: x86_64 and arm64 of three series with CASES random configurations and as many fragments (200) and
# DIALOGUES answer scripts (50), SEED; then the modes and defconfigs of every architecture. What differs is made small
# and kept in build/kconfig-diff. A series that cannot be fetched is left out, and told.
set -eu
here=$(dirname "$0")
build=${BUILD:-build}
seed=${SEED:-$(date +%s)}
keep=$PWD/build/kconfig-diff
preload=$(realpath "$build/tests/preload-conf.so")
mkdir -p "$keep"
bad=0 ran=0

# compare SERIES-ARCH WHAT... - with what of tool-kconfig-diff
compare() {
	kernel=$1
	shift
	conf=$(sh "$here/kernel-conf.sh" "${kernel%%-*}" "${kernel#*-}") || { echo "$kernel: left out"; return 0; }
	echo "$kernel"
	ran=$((ran + 1))
	"$build/tests/tool-kconfig-diff" "$conf" "$preload" "$@" "seed=$seed" "keep=$keep" || bad=1
}

# thoroughly SERIES-ARCH
thoroughly() {
	debian=
	case $1 in
	*-x86_64) debian=$(sh "$here/debian-kernel.sh" "${1%-*}" amd64)/config || debian= ;;
	6.12-arm64) debian=$(sh "$here/debian-kernel.sh" 6.12 arm64)/config || debian= ;;
	esac
	compare "$1" modes defconfigs ${debian:+"debian=$debian"} "random=${CASES:-200}" "fragments=${CASES:-200}" \
		"dialogues=${DIALOGUES:-50}"
}

# architectures SERIES - as make's ARCH calls them: the directories, and what has two names
architectures() {
	kernel=$(sh "$here/debian-kernel.sh" "$1" amd64) || { echo "$1: left out" >&2; return 0; }
	for arch in "$kernel"/source/arch/*/Kconfig; do
		arch=${arch%/Kconfig}
		echo "${arch##*/}"
	done
	echo i386 sparc64 parisc64
}

if [ $# -gt 0 ]; then
	for kernel; do thoroughly "$kernel"; done
else
	for kernel in 7.2-x86_64 6.12-x86_64 6.1-x86_64 7.2-arm64 6.12-arm64 6.1-arm64; do thoroughly "$kernel"; done
	for series in 7.2 6.12; do
		for arch in $(architectures $series); do
			[ "$arch" = arm64 ] || compare "$series-$arch" modes defconfigs
		done
	done
fi
[ $ran -gt 0 ] || exit 77
exit $bad
