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
	-D'json_array_foreach(a,i,v)=for(i=0;(v=json_array_get(a,i));i++)' \
	-D'json_object_foreach(o,k,v)=while((v=json_object_get(o,k)))' \
	--suppress=nullPointerRedundantCheck --suppress=unusedStructMember $rooms || bad=1
flags=$(sed -n 's/^LIB_CFLAGS := //p' build/clang/libs.mk)
# shellcheck disable=SC2086
find $rooms -name '*.c' | sort | xargs -P "$jobs" -n 2 sh -c 'flags=$1; shift; clang-tidy --quiet --warnings-as-errors="*" \
	--checks="-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-assignment-in-if-condition,-bugprone-suspicious-string-compare,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-macro-parentheses,-bugprone-branch-clone,-bugprone-sizeof-expression,-bugprone-reserved-identifier" \
	"$@" -- -std=c17 -D_GNU_SOURCE -I. -DVERSION=\"x\" $flags 2> /dev/null' sh "$flags" || bad=1
shellcheck -s sh -e SC2012,SC2015,SC2046,SC2086 tests/*.sh || bad=1
exit $bad
