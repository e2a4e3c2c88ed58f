#!/bin/sh
# prove-corpus.sh [SERIES [ARCH]] - the recorded machines against a Debian kernel: how each device's driver was found.
#
# Prints one line a machine and the totals; fails where map crashes, exits with anything but 0 or 5, or gives counts
# that do not add up. Machines of other architectures are counted apart.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
program=${DERPCONFIG:-$PWD/build/derpconfig}
corpus=${DERPCONFIG_SHARED:-../shared}/corpus
[ -d "$corpus" ] || { echo "no recorded machines at $corpus"; exit 77; }
series=${1:-6.12} arch=${2:-amd64}
kernel=$(sh tests/debian-kernel.sh "$series" "$arch") || exit 77
case $arch in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; *) machine=$arch ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail=0
for dump in "$corpus"/machines/*.tsv "$corpus"/wacom-odbl/*.tsv; do
	name=$(basename "$dump" .tsv)
	code=0
	"$program" map "$dump" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
		> "$work/out" 2> "$work/err" || code=$?
	case $code in
	0 | 5) ;;
	*) echo "FAIL $name: exit code $code"; sed -n 1,3p "$work/err"; fail=1; continue ;;
	esac
	is=$(sed -n 's/^# arch: //p' "$dump" | head -n 1)
	case ${is:-$machine} in "$machine" | -) group=own ;; *) group=foreign ;; esac
	want=$(awk -F '\t' '!/^#/ && $1 != "bus" { n += $6 ? $6 : 1 } END { print n + 0 }' "$dump")
	awk -v name="$name" -v group="$group" -v want="$want" '
		/^[0-9]+ devices: / { total = $1; bound = $3 + 0 }
		/^  [a-z-]+ +[0-9]+$/ && total { n[$1] = $2; sum += $2 }
		END {
			if (sum != total || total < want) {
				printf "FAIL %s: %d devices, parts add up to %d, the input has %d\n", name, total, sum, want
				exit 1
			}
			printf "%s\t%s\t%d\t%d", group, name, total, bound
			split("alias sibling dependency link table name renamed out-of-tree gone other-arch unmapped", kind)
			for (i = 1; i <= 11; i++)
				printf "\t%d", n[kind[i]]
			print ""
		}' "$work/out" >> "$work/table" || { tail -n 1 "$work/table"; fail=1; }
	sed -n 's/^derpconfig: not mapped (\([a-z-]*\)): .* driver \(.*\): .*/\1 \2/p' "$work/err" |
		sed "s/^/$group /; s/: .*//" >> "$work/missed"
done
head='group machine devices bound alias sibling dependency link table name renamed out-of-tree gone other-arch unmapped'
[ -n "${VERBOSE:-}" ] && { echo "$head" | tr ' ' '\t'; sort "$work/table"; }
awk -F '\t' -v head="$head" '
	{ groups[$1]; machines[$1]++; for (i = 3; i <= NF; i++) sum[$1, i] += $i }
	END {
		split(head, word, " ")
		for (g in groups) {
			printf "%s architecture: %d machines\n", g, machines[g]
			for (i = 3; i <= 15; i++)
				printf "  %-13s %6d%s\n", word[i], sum[g, i],
					(i > 4 ? sprintf("  %6.2f %%", 100 * sum[g, i] / sum[g, 4]) : "")
		}
	}' "$work/table"
echo "not mapped:"
sort "$work/missed" | uniq -c | sort -k1,1nr -k2
exit $fail
