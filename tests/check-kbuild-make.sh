#!/bin/sh
# The small tree in fixtures/kbuild, one directory per construct, evaluated by us and by GNU make for random
# configurations: the same modules in the same order, the same built-in objects with the same parts.
set -eu
export LC_ALL=C
command -v make > /dev/null || { echo "no GNU make"; exit 77; }
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd fixtures/kbuild

# What the tree's own top Makefile exports for $work/make.config.
top() {
	env -i PATH="$PATH" srctree=. make -rRs -f "$work/make.config" -f Makefile ARCH=toy64 srctree=. \
		--eval='walk-exports: ; @for v in SRCARCH BITS ARCH_CORE ARCH_LIB ARCH_DRIVERS; do eval "echo $$v=\\\"\$$$$v\\\""; done' walk-exports
}

clean() { # a path without "./" and "x/../"
	printf '%s\n' "$1" | sed -e 's,^\./,,' -e ':a' -e 's,/\./,/,;s,[^/.][^/]*/\.\./,,;ta'
}

walk() { # DIR b m: appends to the files; every directory and request once
	key=$(clean "$1")
	grep -qxF "$key $2 $3" "$work/seen" && return
	echo "$key $2 $3" >> "$work/seen"
	make -rRs -f "$here/tests/walk-kbuild.mk" CONFIG="$work/make.config" obj="$key" b="$2" m="$3" > "$work/out" 2> "$work/err" ||
		{ cat "$work/err"; exit 1; }
	sed -n "s,^O \([^ ]*\),$key \1,p" "$work/out" >> "$work/order"
	sed -n 's/^[BL] //p' "$work/out" >> "$work/objects"
	grep '^S ' "$work/out" > "$work/subs.$4" || :
	while read -r _ dir b m; do
		[ "$b" = b= ] && b= || b=1
		[ "$m" = m= ] && m= || m=1
		walk "$dir" "$b" "$m" "$4x"
	done < "$work/subs.$4"
}

seed=1
while [ $seed -le "${KBUILD_SEEDS:-6}" ]; do
	awk -v seed=$seed 'BEGIN { srand(seed) } { split($0, a, "="); r = rand()
		if (a[2] == "y") { if (r < 0.4) print a[1] "=y"; else if (r < 0.75) print a[1] "=m" }
		else if (r < 0.7) print }' config > "$work/config"
	tr -d '"' < "$work/config" > "$work/make.config"
	: > "$work/seen"; : > "$work/order"; : > "$work/objects"
	top > "$work/env"
	# shellcheck disable=SC1091
	set -a; . "$work/env"; set +a
	walk . 1 1 x
	# modules.order: each directory's list, a sub-directory's in its place
	while read -r dir item; do echo "$(clean "$dir") $(clean "$item")"; done < "$work/order" |
		awk 'function list(d, i, x) { if (d in done) return; done[d] = 1
			for (i = 1; i <= n[d]; i++) { x = item[d, i]
				if (x ~ /\/$/) list(substr(x, 1, length(x) - 1))
				else if (!(x in said)) { said[x] = 1; sub(/\.o$/, ".ko", x); print "kernel/" x } } }
			{ item[$1, ++n[$1]] = $2 } END { list(".") }' > "$work/want"
	while read -r line; do for w in $line; do clean "$w"; done | tr '\n' ' '; echo; done < "$work/objects" |
		sed 's/ $//' | sort -u > "$work/want.objects"
	"$DERPCONFIG" built --kernel . --config "$work/config" --arch toy64 > "$work/got"
	"$DERPCONFIG" built --builtin --kernel . --config "$work/config" --arch toy64 | grep -v '^kernel/.*[.]ko$' |
		tr '\t' ' ' | sort -u > "$work/got.objects"
	# a library's objects are their own parts
	sed 's/^\([^ ]*\)$/\1 \1/' "$work/want.objects" | sort -u > "$work/want.parts"
	for what in "want got" "want.parts got.objects"; do
		# shellcheck disable=SC2086
		set -- $what
		diff "$work/$1" "$work/$2" || { echo "seed $seed: make's answer is <, ours is >"; exit 1; }
	done
	echo "seed $seed: $(wc -l < "$work/got") modules, $(wc -l < "$work/got.objects") objects"
	seed=$((seed + 1))
done
