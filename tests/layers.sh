#!/bin/sh
# layers.sh ROOM... - a room includes base/ and itself; only cli/ (and tests/) sees several rooms.
set -eu
bad=0
for room; do
	[ "$room" = cli ] && continue
	if grep -nE '^#[[:space:]]*include "' "$room"/*.[ch] 2> /dev/null |
		grep -vE "include \"(base|$room)/"; then
		bad=1
	fi
done
[ $bad = 0 ] || { echo "layers.sh: the includes above cross a wall; see docs/architecture.md" >&2; exit 1; }
