#!/bin/sh
# conf-in-a-box.sh [-s] --MODE[=FILE] Kconfig - stands in for the kernel's scripts/kconfig/conf, for the tests of that.
#
# Takes what conf takes: $srctree, .config in the current directory, KCONFIG_ALLCONFIG, KCONFIG_SEED. The Kconfig files
# of a test are no kernel tree, so they are put in a box that looks like one: the conf whose ways are wanted is known
# by its sources, $CONF_TREE. The commands that Kconfig files name are run, as conf does.
set -eu
box=$(mktemp -d)
# The tests go on typing Enter until this script has ended, and must not meet a broken pipe then.
exec 3<&0
trap 'rm -rf "$box"; cat <&3 > /dev/null 2>&1 &' EXIT
cp -rL "$srctree/." "$box"
: > "$box/Makefile"
mkdir -p "$box/scripts/kconfig"
cp "$CONF_TREE"/scripts/kconfig/*.[chly] "$box/scripts/kconfig"
[ "$1" != -s ] || shift
mode=${1#--}
file=
case $mode in *=*) file=${mode#*=} mode=${mode%%=*} ;; esac
set -- "$mode" --kernel "$box" --verbatim --probe -o .config.new
[ -z "${KCONFIG_WARN_CHANGED_INPUT:-}" ] || set -- "$@" --warn-changed
case $mode in
defconfig) set -- "$@" "$file" ;;
all*config | randconfig)
	[ -z "${KCONFIG_ALLCONFIG:-}" ] || set -- "$@" --allconfig "$KCONFIG_ALLCONFIG"
	[ -z "${KCONFIG_SEED:-}" ] || set -- "$@" --seed "$KCONFIG_SEED"
	;;
*) [ ! -e .config ] || set -- "$@" --config .config ;;
esac
"$DERPCONFIG" conf "$@" || exit 1
[ "$mode" != listnewconfig ] || exec cat .config.new
case $mode in savedefconfig) mv .config.new "$file" ;; *) mv .config.new .config ;; esac
