#!/bin/sh
# A few configurations and a dialogue of each kernel, byte for byte against the tree's own conf; prove-kconfig.sh has
# the hundreds. The seed is another one each day, and printed.
set -eu
here=$(dirname "$0")
build=${BUILD:-build}
seed=${SEED:-$(date +%Y%m%d)}
preload=$(realpath "$build/tests/preload-conf.so")
for kernel in 6.12-x86_64 6.1-arm64; do
	conf=$(sh "$here/kernel-conf.sh" "${kernel%-*}" "${kernel#*-}") || { echo "needs Debian's kernels and gcc"; exit 77; }
	echo "$kernel"
	"$build/tests/tool-kconfig-diff" "$conf" "$preload" random=3 fragments=2 dialogues=1 "seed=$seed"
done
