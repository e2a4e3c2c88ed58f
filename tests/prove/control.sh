#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# control.sh - the negative control: what is taken from the fragment is what the machine loses, and nothing else.
#
#   control.sh PROFILE SYMBOL...      after prove.sh PROFILE; each symbol by itself, "A+B" both at once
#
# Environment as for prove.sh. Goes on in the directory of the lean build: only what the symbol touches is compiled.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
profile=${1:?PROFILE}
shift
work=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/prove}
lean=$work/$profile-lean
run=$work/$profile-control
mkdir -p "$run"
worst=0
for symbols; do
	rm -rf "${run:?}/boot"
	FRAGMENT=$lean/fragment DROP=$(echo "$symbols" | tr + ' ') NAME=$profile-control \
		BUILD=${BUILD:-$lean/build} KEEP=1 sh "$here/prove.sh" "$profile" lean > "$run/out" || [ $? = 1 ] || { echo "$profile without $symbols: no report"; worst=1; continue; }
	grep -E '^(lost|unusable)' "$run/out" || true
	echo "$profile without $symbols: $(python3 "$here/control.py" "$lean" "$run" | tee "$run/control" | tail -n 1)"
	tail -n 1 "$run/control" | grep -q 'exactly these' || worst=1
done
exit $worst
