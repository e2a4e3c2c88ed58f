#!/bin/sh
# kernel-conf.sh SERIES ARCH - builds the tree's own scripts/kconfig/conf, and notes how make would call it.
#
# ARCH is make's: x86_64, arm64, ... Prints the directory, which then holds
#   conf       the program
#   env        its environment as the top Makefile exports it, NUL-separated
#   source     the tree; conf finds it as $srctree
#   answers    what the toolchain said, kept by preload-conf.so (made when conf first runs under it)
# To be removed when another compiler is installed. Kept below ${XDG_CACHE_HOME:-~/.cache}/derpconfig/conf; the tree itself is not written to.
set -eu
export LC_ALL=C
series=${1:?SERIES} arch=${2:?ARCH}
here=$(dirname "$0")
top=${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/conf
dir=$top/$series-$arch

if [ ! -d "$dir" ]; then
	tree=$(sh "$here/debian-kernel.sh" "$series" amd64)/source
	tree=$(realpath "$tree")
	mkdir -p "$top"
	work=$(mktemp -d "$top/.new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	run() {
		env -i PATH="$PATH" HOME="$HOME" LC_ALL=C make -C "$tree" O="$work" ARCH="$arch" "$@" > "$work/log" 2>&1 ||
			{ tail -n 20 "$work/log" >&2; exit 2; }
	}
	run allnoconfig
	# a second run, where make calls not conf but what writes down the environment
	cp "$work/scripts/kconfig/conf" "$work/conf"
	printf '#!/bin/sh\nexec env -0 > "%s/env.new"\n' "$work" > "$work/scripts/kconfig/conf"
	run allnoconfig
	[ -s "$work/env.new" ] || { echo "kernel-conf.sh: make did not call conf" >&2; exit 2; }
	mkdir "$work/out"
	mv "$work/conf" "$work/env.new" "$work/out"
	tr '\0' '\n' < "$work/out/env.new" | grep -Ev '^(MAKE|MFLAGS|PWD|OLDPWD|_|KCONFIG_|KBUILD_OUTPUT|objtree)' |
		sed "s|^srctree=.*|srctree=$tree|" | tr '\n' '\0' > "$work/out/env"
	rm "$work/out/env.new"
	ln -s "$tree" "$work/out/source"
	mv -T "$work/out" "$dir" 2> /dev/null || [ -x "$dir/conf" ] # somebody else was faster
fi
echo "$dir"
