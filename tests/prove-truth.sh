#!/bin/sh
# prove-truth.sh [SERIES [ARCH]] - is what Linux had bound to each device of the recorded machines built by the configuration
# that generate finds? A table by class; fails when one is unexplained, or a machine has no verified configuration.
#
# The classes are those of `check --json`: built as a module, linked into the image, built though the Debian kernel leaves
# it out ("added"), gone from the tree, out-of-tree, of another architecture, unexplained.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
program=${DERPCONFIG:-$PWD/build/derpconfig}
corpus=${DERPCONFIG_SHARED:-../shared}/corpus
[ -d "$corpus" ] || { echo "no recorded machines at $corpus"; exit 77; }
series=${1:-6.12} arch=${2:-amd64}
kernel=$(sh tests/debian-kernel.sh "$series" "$arch") || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/dumps"
for dump in "$corpus"/machines/*.tsv "$corpus"/wacom-odbl/*.tsv; do
	ln -s "$(realpath "$dump")" "$work/dumps/"
done
start=$(date +%s)
code=0
"$program" check --dumps "$work/dumps" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
	--json > "$work/out" || code=$?
echo "$(find "$work/dumps" -type l | wc -l) machines in $(($(date +%s) - start)) s, exit code $code"

# one line a machine's totals, one line a device
grep -o '"state":"[a-z]*"' "$work/out" | sort | uniq -c | sed 's/"state":"\(.*\)"/\1/; s/^/machines/'
sed -n 's/^"truth":{\(.*\)},$/\1/p' "$work/out" | tr ',' '\n' | awk -F ':' '
	{ gsub(/"/, "", $1); n[$1] += $2; all += $2 }
	END {
		split("module builtin added gone out-of-tree other-arch unexplained", word, " ")
		there = n["module"] + n["builtin"] + n["added"] + n["unexplained"]
		printf "bound devices %d\n", all
		for (i = 1; i <= 7; i++)
			printf "  %-12s %7d  %6.2f %%\n", word[i], n[word[i]], 100 * n[word[i]] / all
		printf "of %d whose driver this kernel has, %d are built: %.2f %%\n", there, there - n["unexplained"],
			100 * (there - n["unexplained"]) / there
		if (n["unexplained"])
			exit 1
	}' || code=1
echo "what is not served, by bus and driver:"
sed -n -E 's/^.*"bus":"([^"]*)","driver":"([^"]*)","count":([0-9]+),"class":"(gone|out-of-tree|other-arch|unexplained)".*/\4 \1:\2\t\3/p' \
	"$work/out" | awk -F '\t' '{ n[$1] += $2 } END { for (k in n) printf "%6d %s\n", n[k], k }' | sort -k2,2 -k1,1nr
case $code in 0) ;; *) sed -n 's/.*"machine":"\([^"]*\)","state":"failed".*/failed: \1/p' "$work/out"; exit 1 ;; esac
