#!/bin/sh
# Input that cannot be understood: one line on stderr with the file's name (and line), exit 2, nothing written.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'pci\tpci:v00008086d000010F5sv00001028sd00000252bc02sc00i00\te1000e\te1000e\tIntel\t1\n' > "$dir/table"
"$DERPCONFIG" scan --from "$dir/table" -o "$dir/good"

refused() { # FILE LINE
	for command in "scan --from $1 -o $dir/out" "scan --from $dir/good --from $1 -o $dir/out" "diff $dir/good $1"; do
		code=0
		# shellcheck disable=SC2086
		"$DERPCONFIG" $command > "$dir/stdout" 2> "$dir/stderr" || code=$?
		if [ $code != 2 ] || [ -e "$dir/out" ] || [ -s "$dir/stdout" ] || [ "$(wc -l < "$dir/stderr")" != 1 ] ||
			! grep -q "^derpconfig: $1:${2:+$2:} " "$dir/stderr"; then
			echo "$command: exit $code" >&2
			head -c 1000 "$dir/stderr" >&2
			exit 1
		fi
	done
}

head -c 100 "$dir/good" > "$dir/truncated"; refused "$dir/truncated" 5
head -c 100000 /bin/sh > "$dir/binary"; refused "$dir/binary" 1
head -c 1048576 /dev/zero | tr '\0' 'x' > "$dir/long"; refused "$dir/long" 1
{ printf 'pci:v1\n'; head -c 1048576 /dev/zero | tr '\0' 'x'; } > "$dir/long2"; refused "$dir/long2" 2
: > "$dir/empty"; refused "$dir/empty" 1
sed 's/"version": 1/"version": 2/' "$dir/good" > "$dir/version"; refused "$dir/version" 3
printf '{"some": "json"}\n' > "$dir/json"; refused "$dir/json" 1
{ head -c 200000 /dev/zero | tr '\0' '[' ; } > "$dir/deep0"; printf '{"a":' | cat - "$dir/deep0" > "$dir/deep"; refused "$dir/deep" 1
printf 'hello\n' | gzip > "$dir/hello.gz"; refused "$dir/hello.gz" 1
printf 'hello\n' | gzip | head -c 12 > "$dir/cut.gz"; refused "$dir/cut.gz" ''
refused "$dir/missing" ''
refused "$dir" ''
"$DERPCONFIG" scan --from "$dir/good" -o "$dir/nowhere/out" 2> "$dir/stderr" && exit 1
grep -q "nowhere/out" "$dir/stderr"
gzip < "$dir/good" | "$DERPCONFIG" scan --from - | cmp - "$dir/good"
