#!/bin/sh
# check-modprobe.sh - modprobe -R and derpconfig which name the same modules for the modaliases of recorded machines.
#
# Every 8th in `make check`; all of them with ALL=1 (make diff-modprobe), which takes modprobe some ten seconds.
set -eu
export LC_ALL=C PATH="$PATH:/sbin:/usr/sbin"
cd "$(dirname "$0")/.."
program=${DERPCONFIG:-$PWD/build/derpconfig}
corpus=${DERPCONFIG_SHARED:-../shared}/corpus
[ -d "$corpus" ] || { echo "no recorded machines at $corpus"; exit 77; }
command -v modprobe > /dev/null || { echo "no modprobe"; exit 77; }
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
version=$(basename "$(readlink -f "$kernel/modules")")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat "$corpus"/*/*.tsv | grep -v '^#' | cut -f 2 | tr '|' '\n' | grep : | sort -u |
	awk -v step="${ALL:+1}" 'NR % (step ? step : 8) == 0' > "$work/ids"

while read -r id; do
	# no configuration: what /etc/modprobe.d adds is not the kernel's
	modules=$(modprobe -R -C /dev/null -d "$kernel" -S "$version" "$id" 2> /dev/null | sort -u | tr '\n' ' ') || :
	[ -z "$modules" ] || printf '%s\t%s\n' "$id" "${modules% }"
done < "$work/ids" > "$work/modprobe"

code=0
xargs -d '\n' "$program" which --json --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
	< "$work/ids" > "$work/json" 2> "$work/err" || code=$?
case $code in 0 | 5 | 123) ;; *) cat "$work/err"; exit 1 ;; esac
# one object a line; the answers are sorted by module
sed -n 's/^{"id":"\([^"]*\)","kind":"modalias","answers":\[\(.*\)\]},*$/\1\t\2/p' "$work/json" |
	awk -F '\t' '{
		line = $1 "\t"
		n = split($2, part, "\"module\":\"")
		for (i = 2; i <= n; i++) {
			sub(/".*/, "", part[i])
			line = line (i > 2 ? " " : "") part[i]
		}
		print line
	}' > "$work/which"
sort "$work/modprobe" > "$work/a"
sort "$work/which" > "$work/b"
if ! diff "$work/a" "$work/b" > "$work/diff"; then
	echo "modprobe -R (<) and which (>) differ:"
	head -n 20 "$work/diff"
	exit 1
fi
echo "$(wc -l < "$work/ids") modaliases, $(wc -l < "$work/a") of them claimed: the same modules"
[ "$(wc -l < "$work/a")" -gt 100 ]
