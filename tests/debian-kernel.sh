#!/bin/sh
# debian-kernel.sh - fetch and unpack (never install) one of Debian's kernels for tests and `make run`.
#
#   debian-kernel.sh [--have] SERIES ARCH      SERIES: 6.12, 6.1 or 7.2; ARCH: amd64 or arm64
#
# With --have nothing is fetched: exit code 2 where it is not there.
# Prints the directory, which then holds
#   modules/   a lib/modules/VERSION directory, depmod already run
#   config     the configuration the kernel was built with
#   vmlinuz    the kernel image
#   source/    the kernel source that Debian built it from (shared by the architectures)
#   source.tar.xz
# Everything is kept below ${DERPCONFIG_KERNELS:-${XDG_CACHE_HOME:-~/.cache}/derpconfig/kernels}; a second
# call finds it there and needs no network. A half-made directory is never left under its final name.
set -eu
PATH=$PATH:/sbin:/usr/sbin
export LC_ALL=C

have=
[ "${1:-}" != --have ] || { have=1; shift; }
series=${1:?SERIES} arch=${2:?ARCH}
top=${DERPCONFIG_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/kernels}
dir=$top/$series-$arch
say() { echo "debian-kernel.sh: $*" >&2; }

if [ -d "$dir" ] && [ -d "$top/source-$series" ]; then
	echo "$dir"
	exit 0
fi
[ -z "$have" ] || exit 2
command -v apt-get > /dev/null || { say "needs Debian's apt-get to fetch its $series kernel"; exit 2; }
mkdir -p "$top"
exec 9> "$top/.lock"
command -v flock > /dev/null && flock 9
work=$(mktemp -d "$top/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT

# fetch REGEX [OPTION...] - downloads the newest package so named and prints its file. apt's lists are renewed when
# they don't have it, or have one that is gone from the archive.
fetch() {
	regex=$1
	shift
	for try in first last; do
		name=$(apt-cache "$@" pkgnames | grep -E "$regex" | sort -V | tail -n 1)
		mkdir "$work/$try.deb"
		if [ -n "$name" ]; then
			say "fetching $name"
			(cd "$work/$try.deb" && apt-get -o APT::Sandbox::User=root "$@" -qq download "$name" >&2) &&
				echo "$work/$try.deb/$name"_*.deb && return
		fi
		[ $try = last ] || apt-get -o APT::Sandbox::User=root "$@" -qq update >&2 || break
	done
	say "apt has no package $regex; Debian 12 has it in bookworm-security: is that in /etc/apt, and the network up?"
	return 2
}

if [ ! -d "$top/source-$series" ]; then
	tarball=/usr/src/linux-source-$series.tar.xz
	if [ ! -e "$tarball" ]; then
		deb=$(fetch "^linux-source-$series\$")
		dpkg -x "$deb" "$work/source"
		tarball=$work/source/usr/src/linux-source-$series.tar.xz
		rm -rf "$work"/*.deb
	fi
	say "unpacking linux-source-$series"
	cp "$tarball" "$top/source-$series.tar.xz"
	mkdir "$work/tree"
	tar -xf "$tarball" -C "$work/tree" --strip-components=1
	mv "$work/tree" "$top/source-$series"
fi

if [ ! -d "$dir" ]; then
	case $series in
	6.12) regex="^linux-image-6[.]12[.][0-9]+[+]deb12-$arch\$" ;;
	*) regex="^linux-image-${series}[.]0-[0-9]+-$arch\$" ;;
	esac
	set --
	if [ "$arch" != "$(dpkg --print-architecture)" ]; then
		# a package list of its own, so that the system's architectures stay as they are
		mkdir -p "$top/apt-$arch/lists/partial" "$top/apt-$arch/cache/archives/partial"
		: > "$top/apt-$arch/status"
		set -- -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o Dir::State="$top/apt-$arch" \
			-o Dir::State::status="$top/apt-$arch/status" -o Dir::Cache="$top/apt-$arch/cache"
	fi
	deb=$(fetch "$regex" "$@")
	dpkg -x "$deb" "$work/image"
	version=$(ls "$work/image/lib/modules")
	mkdir -p "$work/out/lib/modules"
	mv "$work/image/lib/modules/$version" "$work/out/lib/modules/$version"
	depmod -b "$work/out" "$version"
	mv "$work/image/boot/config-$version" "$work/out/config"
	mv "$work/image/boot/vmlinuz-$version" "$work/out/vmlinuz"
	ln -s "lib/modules/$version" "$work/out/modules"
	ln -s "../source-$series" "$work/out/source"
	ln -s "../source-$series.tar.xz" "$work/out/source.tar.xz"
	mv "$work/out" "$dir"
fi
echo "$dir"
