#!/bin/sh
# Our dialogue and the tree's own conf's are the same on random Kconfig files, by the rules before and since 6.11.
# More: python3 tests/dialogue_diff.py DERPCONFIG SERIES 1000
set -eu
command -v python3 > /dev/null || { echo "no python3"; exit 77; }
for series in 6.12 6.1; do
	sh tests/kernel-conf.sh $series x86_64 > /dev/null || { echo "needs Debian's kernels and gcc"; exit 77; }
	python3 tests/dialogue_diff.py "$DERPCONFIG" $series "${ROUNDS:-30}" "${SEED:-1}"
done
