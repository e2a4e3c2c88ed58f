#!/bin/sh
# The inputs kept from fuzzing, replayed through each target's oracle: under the address and undefined-behaviour
# sanitizers where `make check` built them so (`make replays`).
set -eu
found=0
for target in tests/fuzz-*.c; do
	name=$(basename "$target" .c | sed 's/^fuzz-//')
	replay=build/address-undefined/tests/replay-$name
	[ -n "$(find "$replay" -newer "$target" 2> /dev/null)" ] || replay=$BUILD/tests/replay-$name
	[ -d "fixtures/corpus/$name" ] || { echo "no corpus for $name"; exit 1; }
	timeout 60 "$replay" "fixtures/corpus/$name"
	found=1
done
[ $found = 1 ] || { echo "no corpus"; exit 77; }
