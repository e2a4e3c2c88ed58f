#!/bin/sh
# prove-kconfig.sh [SERIES-ARCH...] - configurations and dialogues of whole trees, byte for byte against the tree's own
# conf with the same toolchain. Takes about an hour; the short form of it is check-kconfig-diff.sh.
#
# CASES random configurations and as many fragments (200), DIALOGUES answer scripts (50), SEED. What differs is made
# small and kept in build/kconfig-diff.
set -eu
here=$(dirname "$0")
build=${BUILD:-build}
seed=${SEED:-$(date +%s)}
keep=$PWD/build/kconfig-diff
mkdir -p "$keep"
[ $# -gt 0 ] || set -- 6.12-x86_64 6.1-x86_64 6.12-arm64 6.1-arm64
bad=0
for kernel; do
	series=${kernel%-*} arch=${kernel#*-}
	conf=$(sh "$here/kernel-conf.sh" "$series" "$arch") || exit 77
	debian=
	case $kernel in
	*-x86_64) debian=debian=$(sh "$here/debian-kernel.sh" "$series" amd64)/config ;;
	6.12-arm64) debian=debian=$(sh "$here/debian-kernel.sh" "$series" arm64)/config ;;
	esac
	echo "$kernel"
	# shellcheck disable=SC2086
	"$build/tests/tool-kconfig-diff" "$conf" "$(realpath "$build/tests/preload-conf.so")" modes defconfigs $debian \
		"random=${CASES:-200}" "fragments=${CASES:-200}" "dialogues=${DIALOGUES:-50}" "seed=$seed" "keep=$keep" || bad=1
done
exit $bad
