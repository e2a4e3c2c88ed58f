#!/bin/sh
# prove-corpus.sh [SERIES [ARCH]] - the recorded machines against a Debian kernel: how each device's driver was found.
#
# Prints a line a machine, the totals, and what was not mapped. EACH=1 also runs the program once for each machine, and
# fails where it exits with anything but 0 or 5.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
build=${BUILD:-$PWD/build}
corpus=${DERPCONFIG_SHARED:-../shared}/corpus
[ -d "$corpus" ] || { echo "no recorded machines at $corpus"; exit 77; }
kernel=$(sh tests/debian-kernel.sh "${1:-6.12}" "${2:-amd64}") || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=0
"$build/tests/tool-map-corpus" "$kernel/source" "$kernel/modules" "$kernel/config" "$corpus"/machines/*.tsv \
	"$corpus"/wacom-odbl/*.tsv 2> "$work/err" || code=$?
echo
echo "not mapped:"
sed -n 's/^derpconfig: not mapped (\([a-z-]*\)): .*, driver \([^:]*\): .*/  \1: \2/p' "$work/err" | sort | uniq -c
grep -v 'not mapped\|: note: ' "$work/err" || :
for dump in ${EACH:+"$corpus"/machines/*.tsv "$corpus"/wacom-odbl/*.tsv}; do
	each=0
	"$build/derpconfig" map "$dump" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
		> "$work/out" 2> "$work/err" || each=$?
	case $each in 0 | 5) ;; *) echo "$dump: exit code $each"; code=1 ;; esac
done
exit $code
