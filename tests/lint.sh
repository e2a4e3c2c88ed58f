#!/bin/sh
# lint.sh - what other readers of the sources say: gcc's and clang's warnings, cppcheck, clang-tidy with clang's static
# analyzer, shellcheck. Silent when they have nothing to say.
set -u
bad=0
rooms="base scanner modalias kbuild kconfig nixout cli"
jobs=$(nproc)

for cc in gcc clang; do
	make --no-print-directory -s -j"$jobs" CC=$cc BUILD=build/$cc CFLAGS='-O1 -g -Werror' all replays || bad=1
done
# shellcheck disable=SC2086
cppcheck --enable=warning,performance,portability --inline-suppr --std=c11 -I. -j"$jobs" --quiet --error-exitcode=1 \
	--include=/usr/include/jansson.h --suppress='*:/usr/include/*' \
	--suppress=nullPointerRedundantCheck --suppress=legacyUninitvar --suppress=objectIndex $rooms || bad=1
flags=$(sed -n 's/^LIB_CFLAGS := //p' build/clang/libs.mk)
# Off: what this code does on purpose (assignments in conditions, memcmp as a truth), and checks that take names for others.
off=
for check in easily-swappable-parameters assignment-in-if-condition suspicious-string-compare narrowing-conversions \
	implicit-widening-of-multiplication-result macro-parentheses branch-clone sizeof-expression reserved-identifier \
	unused-return-value not-null-terminated-result; do
	off="$off,-bugprone-$check"
done
# The analyzer's: all but its dislike of memset and vsnprintf, and one that takes va_start in the caller for none.
analyzer="clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling"
analyzer="$analyzer,-clang-analyzer-valist.Uninitialized"
# shellcheck disable=SC2016
find $rooms -name '*.c' | sort | xargs -P "$jobs" -n 2 sh -c 'checks=$1 flags=$2; shift 2
	exec clang-tidy --quiet --warnings-as-errors="*" --checks="$checks" "$@" -- \
		-std=c17 -D_GNU_SOURCE -I. -DVERSION=\"x\" $flags 2> /dev/null' sh "-*,bugprone-*$off,$analyzer" "$flags" || bad=1
shellcheck -s sh -S warning -e SC2046,SC2086,SC2154 tests/*.sh || bad=1
exit $bad
