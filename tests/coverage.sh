#!/bin/sh
# coverage.sh BUILD - of a build with --coverage whose tests have run: lines and branches taken, a file a line, worst first,
# into BUILD/report; the sources with their counts into BUILD/gcov.
set -eu
export LC_ALL=C
build=$(realpath "$1")
top=$PWD
rm -rf "$build/gcov"
mkdir "$build/gcov"
cd "$build/gcov"
ln -s "$top"/[a-z]*/ . # sources are found from here as from the top
find "$build" -path '*/tests/*' -prune -o -name '*.gcda' -print | sort | while read -r data; do
	gcov -b -r -s "$top" "$data" 2> /dev/null
done | awk '
	/^File / { file = substr($0, 7, length($0) - 7) }
	/^Lines executed:/ { split(substr($0, 16), l, "% of ") }
	/^Taken at least once:/ { split(substr($0, 21), b, "% of ")
		if (file ~ /\.c$/ && file !~ /^\//) printf "%6.1f%% of %4d branches  %6.1f%% of %4d lines  %s\n", b[1], b[2], l[1], l[2], file
		taken += b[1] * b[2] / 100; branches += b[2]; run += l[1] * l[2] / 100; lines += l[2] }
	END { if (lines) printf "%6.1f%% of %d branches, %.1f%% of %d lines in all\n", taken * 100 / branches, branches, run * 100 / lines, lines > "total" }' |
	sort -n > "$build/report"
cat "$build/report" total
echo "not reached: grep -n '#####' $1/gcov/*.gcov"
