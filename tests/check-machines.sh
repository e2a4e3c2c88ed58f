#!/bin/sh
# fixtures/machines: the index names every dump and counts its devices rightly; reading and writing changes no byte; and,
# where the collection is at hand, making them anew gives the same.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
machines=fixtures/machines

tail -n +2 $machines/INDEX.tsv | cut -f 1 | sort > "$dir/listed"
(cd $machines && ls -- *.json) | sed 's/\.json$//' | sort > "$dir/there"
cmp "$dir/listed" "$dir/there"
while read -r name; do
	"$DERPCONFIG" scan --from "$machines/$name.json" -o "$dir/again"
	cmp "$machines/$name.json" "$dir/again"
	# devices and bound devices, counted without derpconfig
	sed -n '/^"devices"/,$p' "$machines/$name.json" | awk -v name="$name" '
		/^\{/ { n = 1; if (match($0, /"count":[0-9]+/)) n = substr($0, RSTART + 8, RLENGTH - 8)
			all += n; if (/"driver":/) bound += n }
		END { print name "\t" all "\t" bound + 0 }' >> "$dir/counts"
done < "$dir/listed"
tail -n +2 $machines/INDEX.tsv | cut -f 1,8,9 | sort | diff -u - "$dir/counts"
if cut -f 2 $machines/INDEX.tsv | grep -q wacom; then
	echo "a machine under the ODbL is among the fixtures" >&2
	exit 1
fi

corpus=${DERPCONFIG_SHARED:-../shared}/corpus
[ -e "$corpus/INDEX.tsv" ] || { echo "made of a collection that is not here; the rest passed"; exit 0; }
sh tests/make-machines.sh "$corpus" "$dir/made"
diff -r -x expect "$dir/made" $machines
