#!/bin/sh
# fixtures/kconfig/values: small Kconfig files, what is answered, and the configuration that comes of it, by the rules of
# now (want.config) and of before 6.11 (want.old); of before 5.13 (want.oldest) where that is there. Where the kernels' own confs were built they must say the same,
# except 6.12 for those that have a file `differs`. ACCEPT=1 writes what the kernels' conf says (ours, for those).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0 seen=0

# dialect new|old|oldest - a directory that looks like such a kernel, for ours
dialect() {
	rm -rf "$tmp/box"
	mkdir -p "$tmp/box/scripts/kconfig"
	: > "$tmp/box/Makefile"
	: > "$tmp/box/scripts/kconfig/lexer.l"
	case $1 in
	old)
		echo SYMBOL_CHOICEVAL > "$tmp/box/scripts/kconfig/expr.h"
		echo symbol_empty > "$tmp/box/scripts/kconfig/symbol.c"
		echo sym_string_within_range end_check > "$tmp/box/scripts/kconfig/confdata.c" ;;
	oldest)
		dialect old
		echo '"option"' > "$tmp/box/scripts/kconfig/lexer.l"
		echo sym_string_within_range > "$tmp/box/scripts/kconfig/confdata.c" ;;
	new)
		: > "$tmp/box/scripts/kconfig/expr.h"
		echo prompt outside its choice group > "$tmp/box/scripts/kconfig/parser.y" ;;
	esac
}
ours() {
	case $mode in all*) flag=--allconfig ;; *) flag=--config ;; esac
	cp "$case/Kconfig" "$tmp/box"
	set -- "$mode" --kernel "$tmp/box" -o "$tmp/ours"
	[ ! -e "$case/config" ] || set -- "$@" "$flag" "$case/config"
	"$DERPCONFIG" conf "$@" > "$tmp/log" 2>&1 < "$answers"
}
theirs() {
	rm -rf "$tmp/run"
	mkdir "$tmp/run"
	cp "$case/Kconfig" "$tmp/run"
	case $mode in all*) name=allconfig ;; *) name=.config ;; esac
	[ ! -e "$case/config" ] || cp "$case/config" "$tmp/run/$name"
	case $mode in savedefconfig) out=defconfig arg=--$mode=defconfig ;; *) out=.config arg=--$mode ;; esac
	(cd "$tmp/run" && [ ! -e allconfig ] || export KCONFIG_ALLCONFIG=allconfig
	 cd "$tmp/run" && KCONFIG_SEED=1 KCONFIG_AUTOCONFIG=/dev/null "$1/conf" "$arg" Kconfig) > "$tmp/log" 2>&1 < "$answers"
	cp "$tmp/run/$out" "$tmp/theirs"
}

# Known faults of new kernels' conf; one that has gone is told.
excused() { [ "$series" = 6.12 ] && [ -e "$case/differs" ]; }

for which in new:config:6.12 old:old:6.1 oldest:oldest:none; do
	dialect "${which%%:*}"
	series=${which##*:} want=${which#*:} want=want.${want%:*}
	conf=${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/conf/$series-x86_64
	for case in fixtures/kconfig/values/*; do
		read -r mode < "$case/mode"
		if [ "$series" = none ]; then [ -e "$case/$want" ] || continue; else [ ! -e "$case/want.oldest" ] || continue; fi
		answers=$case/answers
		[ -e "$answers" ] || answers=/dev/null
		[ "$which$mode" != old:old:6.1randconfig ] || continue # it rolls its dice in the order of its hash table
		ours || { echo "$case ($series): failed"; cat "$tmp/log"; bad=1; continue; }
		rm -f "$tmp/theirs"
		[ ! -x "$conf/conf" ] || theirs "$conf" || { echo "$case: conf failed"; cat "$tmp/log"; bad=1; continue; }
		if [ -n "${ACCEPT:-}" ]; then
			if excused || [ ! -e "$tmp/theirs" ]; then cp "$tmp/ours" "$case/$want"; else cp "$tmp/theirs" "$case/$want"; fi
		fi
		diff -u "$case/$want" "$tmp/ours" || { echo "$case ($series): ours differs"; bad=1; }
		if [ ! -e "$tmp/theirs" ]; then
			:
		elif excused; then
			! cmp -s "$case/$want" "$tmp/theirs" || { echo "$case ($series): differs no longer"; bad=1; }
		else
			diff -u "$case/$want" "$tmp/theirs" || { echo "$case ($series): the kernel's conf differs"; bad=1; }
		fi
		seen=$((seen + 1))
	done
done
echo "$seen configurations"
[ $bad = 0 ] && [ $seen -gt 20 ]
