#!/bin/sh
# Inputs that fuzzing found worth keeping, replayed through each target's oracle.
set -eu
found=0
for target in tests/fuzz-*.c; do
	name=$(basename "$target" .c | sed 's/^fuzz-//')
	[ -d "fixtures/corpus/$name" ] || continue
	"$BUILD/tests/replay-$name" "fixtures/corpus/$name"
	found=1
done
[ $found = 1 ] || { echo "no corpus"; exit 77; }
