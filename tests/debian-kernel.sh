#!/bin/sh
# debian-kernel.sh - fetch and unpack (never install) one of Debian's kernels for tests and `make run`.
#
#   debian-kernel.sh SERIES ARCH      SERIES: 6.12 or 6.1; ARCH: amd64 or arm64
#
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

series=${1:?SERIES} arch=${2:?ARCH}
top=${DERPCONFIG_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/kernels}
dir=$top/$series-$arch
say() { echo "debian-kernel.sh: $*" >&2; }
mkdir -p "$top"
exec 9> "$top/.lock"
command -v flock > /dev/null && flock 9

work=$(mktemp -d "$top/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ ! -d "$top/source-$series" ]; then
	tarball=/usr/src/linux-source-$series.tar.xz
	if [ ! -e "$tarball" ]; then
		say "fetching linux-source-$series"
		(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "linux-source-$series" && dpkg -x linux-source-*.deb src)
		tarball=$work/src/usr/src/linux-source-$series.tar.xz
	fi
	say "unpacking linux-source-$series"
	cp "$tarball" "$top/source-$series.tar.xz"
	mkdir "$work/tree"
	tar -xf "$tarball" -C "$work/tree" --strip-components=1
	mv "$work/tree" "$top/source-$series"
fi

if [ ! -d "$dir" ]; then
	case $series in
	6.12) name="^linux-image-6[.]12[.][0-9]+[+]deb12-$arch\$" ;;
	*) name="^linux-image-$series[.]0-[0-9]+-$arch\$" ;;
	esac
	apt="apt-get -o APT::Sandbox::User=root"
	if [ "$arch" != "$(dpkg --print-architecture)" ]; then
		# a package list of its own, so that the system's architectures stay as they are
		mkdir -p "$top/apt-$arch/lists/partial" "$top/apt-$arch/cache/archives/partial"
		: > "$top/apt-$arch/status"
		opts="-o APT::Architecture=$arch -o APT::Architectures::=$arch -o Dir::State=$top/apt-$arch
			-o Dir::State::status=$top/apt-$arch/status -o Dir::Cache=$top/apt-$arch/cache"
		apt="apt-get -o APT::Sandbox::User=root $opts"
		$apt -qq update >&2
	else
		opts=
	fi
	# shellcheck disable=SC2086
	package=$(apt-cache $opts pkgnames linux-image- | grep -E "$name" | sort -V | tail -n 1)
	[ -n "$package" ] || { say "no package like $name; run 'apt-get update'"; exit 2; }
	say "fetching $package"
	(cd "$work" && $apt -qq download "$package" && mkdir root && dpkg -x "$package"_*.deb root)
	version=$(ls "$work/root/lib/modules")
	mkdir "$work/out"
	mv "$work/root/lib/modules/$version" "$work/out/modules-$version"
	mkdir -p "$work/base/lib/modules"
	mv "$work/out/modules-$version" "$work/base/lib/modules/$version"
	depmod -b "$work/base" "$version"
	mv "$work/base/lib" "$work/out/lib"
	mv "$work/root/boot/config-$version" "$work/out/config"
	mv "$work/root/boot/vmlinuz-$version" "$work/out/vmlinuz"
	ln -s "lib/modules/$version" "$work/out/modules"
	ln -s "../source-$series" "$work/out/source"
	ln -s "../source-$series.tar.xz" "$work/out/source.tar.xz"
	mv "$work/out" "$dir"
fi
echo "$dir"
