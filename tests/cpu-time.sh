# cpu-time.sh - sourced by benchmarks: CPU milliseconds of commands. $tmp is a directory of the caller's.

# CPU milliseconds of all children so far: the clock on the wall tells more of what else the machine does.
cpu() {
	times > "$tmp/times" # not in a pipe: that would be another shell, without children
	sed -n '2{s/m/ /g;s/s//g;p;}' "$tmp/times" | awk '{ printf "%d\n", ($1 * 60 + $2 + $3 * 60 + $4) * 1000 }'
}
# best TIMES COMMAND... - the cheapest run, in CPU milliseconds
best() {
	times=$1 least=
	shift
	while [ "$times" -gt 0 ]; do
		cpu > "$tmp/begin"
		"$@" > "$tmp/log" 2>&1 || { cat "$tmp/log"; return 1; }
		cpu > "$tmp/end"
		took=$(($(cat "$tmp/end") - $(cat "$tmp/begin")))
		[ -n "$least" ] && [ "$least" -le "$took" ] || least=$took
		times=$((times - 1))
	done
	[ "$least" -gt 0 ] || least=1
	echo "$least"
}
