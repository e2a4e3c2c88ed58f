#!/bin/sh
# runner.sh BUILD TEST... - runs test programs and scripts, shows what failed, ends in one line of totals.
#
# A test exits 0 (passed), 77 (skipped: it says why) or otherwise (failed). Scripts find the program as
# $DERPCONFIG and the build directory as $BUILD. T=name in the environment runs only the tests so named.
build=$1
shift
export BUILD="$PWD/$build" DERPCONFIG="$PWD/$build/derpconfig"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for t; do
	case ${T:-} in "") ;; *) case $t in *"$T"*) ;; *) continue ;; esac ;; esac
	case $t in *.sh) sh "$t" ;; *) "$t" ;; esac > "$log" 2>&1 < /dev/null
	case $? in
	0) passed=$((passed + 1)); echo "ok   $(basename "$t")" ;;
	77) skipped=$((skipped + 1)); echo "skip $(basename "$t"): $(tail -n 1 "$log")" ;;
	*) failed=$((failed + 1)); echo "FAIL $(basename "$t")"; sed 's/^/     /' "$log" | tail -n 60 ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
