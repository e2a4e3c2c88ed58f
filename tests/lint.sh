#!/bin/sh
# lint.sh - what other readers of the sources say: clang's warnings, cppcheck, clang-tidy, shellcheck. Silent when they
# have nothing to say.
set -u
bad=0
rooms="base scanner modalias kbuild kconfig nixout cli"
jobs=$(nproc)

make --no-print-directory -s -j"$jobs" CC=clang BUILD=build/clang CFLAGS='-O1 -g -Werror' all || bad=1
# shellcheck disable=SC2086
cppcheck --enable=warning,performance,portability --inline-suppr --std=c11 -I. -j"$jobs" --quiet --error-exitcode=1 \
	--include=/usr/include/jansson.h --suppress='*:/usr/include/*' \
	--suppress=nullPointerRedundantCheck --suppress=legacyUninitvar $rooms || bad=1
flags=$(sed -n 's/^LIB_CFLAGS := //p' build/clang/libs.mk)
# Off: what this code does on purpose (assignments in conditions, memcmp as a truth), and checks that take names for others.
off=
for check in easily-swappable-parameters assignment-in-if-condition suspicious-string-compare narrowing-conversions \
	implicit-widening-of-multiplication-result macro-parentheses branch-clone sizeof-expression reserved-identifier \
	unused-return-value not-null-terminated-result; do
	off="$off,-bugprone-$check"
done
# shellcheck disable=SC2016
find $rooms -name '*.c' | sort | xargs -P "$jobs" -n 2 sh -c 'checks=$1 flags=$2; shift 2
	exec clang-tidy --quiet --warnings-as-errors="*" --checks="$checks" "$@" -- \
		-std=c17 -D_GNU_SOURCE -I. -DVERSION=\"x\" $flags 2> /dev/null' sh "-*,bugprone-*$off" "$flags" || bad=1
shellcheck -s sh -S warning -e SC2046,SC2086,SC2154 tests/*.sh || bad=1
exit $bad
