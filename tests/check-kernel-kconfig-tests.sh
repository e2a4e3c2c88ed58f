#!/bin/sh
# The tests that the kernel has for its own conf (scripts/kconfig/tests), run with ours in its place: those of 6.12 and
# 6.1, and of 7.2 where it has been fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python3=$(for p in /usr/bin/python3 python3; do "$p" -c 'import pytest' 2> /dev/null && echo "$p" && break; done) || true
[ -n "$python3" ] || { echo "needs pytest: apt-get install python3-pytest"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# passes SERIES NUMBER [--have] - that many tests of this kernel pass, and none fails
passes() {
	# shellcheck disable=SC2086
	kernel=$(sh "$here/debian-kernel.sh" ${3:-} "$1" amd64) || { echo "no Debian kernel $1" > "$tmp/$1.log"; return 77; }
	CONF_TREE=$(realpath "$kernel/source")
	export CONF_TREE
	mkdir -p "$tmp/$1/scripts/kconfig"
	ln -s "$here/conf-in-a-box.sh" "$tmp/$1/scripts/kconfig/conf"
	cp -r "$CONF_TREE/scripts/kconfig/tests" "$tmp/$1/tests"
	(cd "$tmp/$1" && "$python3" -B -m pytest -p no:cacheprovider tests) > "$tmp/$1.log" 2>&1 || return 1
	grep -q "= $2 passed in" "$tmp/$1.log"
}
passes 6.12 16 & new=$!
passes 6.1 17 & old=$!
passes 7.2 21 --have & next=$!
code=0
wait $new || code=$?
wait $old || code=$?
wait $next || [ $? = 77 ] || code=1
[ $code = 0 ] || cat "$tmp"/*.log
tail -q -n 1 "$tmp"/*.log
exit $code
