#!/bin/sh
# runner.sh BUILD TEST... - runs test programs and scripts, shows what failed, ends in one line of totals.
#
# A test exits 0 (passed), 77 (skipped: its last line says why) or otherwise (failed). Scripts find the program as
# $DERPCONFIG and the build directory as $BUILD. T=name in the environment runs only the tests so named. A test
# that takes longer than $TEST_TIMEOUT seconds is ended and has failed.
build=$1
shift
export BUILD="$PWD/$build" DERPCONFIG="$PWD/$build/derpconfig"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
for t; do
	case ${T:-} in "") ;; *) case $t in *"$T"*) ;; *) continue ;; esac ;; esac
	name=$(basename "$t")
	case $t in *.sh) set -- sh "$t" ;; *) set -- "$t" ;; esac
	start=$(date +%s)
	timeout -k 10 "${TEST_TIMEOUT:-600}" "$@" > "$log" 2>&1 < /dev/null
	code=$?
	took=$(($(date +%s) - start))
	case $code in
	0) passed=$((passed + 1)); echo "ok   $name ($took s)" ;;
	77) skipped=$((skipped + 1)); echo "skip $name: $(tail -n 1 "$log")" ;;
	*) failed=$((failed + 1)); echo "FAIL $name (exit code $code, $took s)"; tail -n 60 "$log" | sed 's/^/     /' ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
