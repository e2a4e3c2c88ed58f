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

# The series that Debian 12 has come from the system's own lists. Newer ones come from Debian's testing suite on the same
# mirror, and other architectures' from wherever the system's come; those have a package list of their own, so that the
# system's suites and architectures stay as they are.
case $series in
6.1 | 6.12) suite='' where="Debian 12 has it in bookworm-security: is that in /etc/apt" ;;
*) suite=testing where="Debian's testing suite has had it: is your mirror complete" ;;
esac
set -- -o APT::Sandbox::User=root
if [ -n "$suite" ] || [ "$arch" != "$(dpkg --print-architecture)" ]; then
	apt=$top/apt-${suite:+$suite-}$arch
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	: > "$apt/status"
	set -- "$@" -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o Dir::State="$apt" \
		-o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
fi
if [ -n "$suite" ]; then
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # what apt puts there
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Component: main' "Release: $codename" |
		head -n 1)
	[ -n "$mirror" ] || { say "/etc/apt names no mirror of Debian $codename, where the $series kernel could be found"; exit 2; }
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -e "$keys" ] && keys="[signed-by=$keys]" || keys=
	echo "deb $keys $mirror $suite main" > "$apt/sources.list"
	set -- "$@" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=-
fi

# newest REGEX OPTION... - the package so named of the highest version.
newest() {
	regex=$1
	shift
	apt-cache "$@" pkgnames | grep -E "$regex" | sort -V | tail -n 1
}

# fetch REGEX OPTION... - downloads the newest package so named and prints its file. apt's lists are renewed when they
# don't have it, or have one that is gone from the archive.
fetch() {
	regex=$1
	shift
	for try in first last; do
		name=$(newest "$regex" "$@")
		deb=$(mktemp -d "$work/deb.XXXXXX")
		if [ -n "$name" ]; then
			say "fetching $name"
			(cd "$deb" && apt-get "$@" -qq download "$name" >&2) && echo "$deb/$name"_*.deb && return
		fi
		[ $try = last ] || apt-get "$@" -qq update >&2 || break
	done
	other=$([ -z "$suite" ] || newest '^linux-source-[0-9.]+$' "$@")
	if [ -n "$other" ] && [ "${other#linux-source-}" != "$series" ]; then
		say "Debian's $suite suite now has the ${other#linux-source-} kernel, not $series: ask for that"
	else
		say "apt has no package $regex; $where, and the network up?"
	fi
	return 2
}

if [ ! -d "$top/source-$series" ]; then
	tarball=/usr/src/linux-source-$series.tar.xz
	if [ ! -e "$tarball" ]; then
		deb=$(fetch "^linux-source-$series\$" "$@")
		dpkg -x "$deb" "$work/source"
		tarball=$work/source/usr/src/linux-source-$series.tar.xz
		rm -rf "$work"/deb.*
	fi
	say "unpacking linux-source-$series"
	cp "$tarball" "$top/source-$series.tar.xz"
	mkdir "$work/tree"
	tar -xf "$tarball" -C "$work/tree" --strip-components=1
	mv "$work/tree" "$top/source-$series"
fi

# Up to 6.12 a kernel is one package. Now image, modules and configuration have one each; linux-image only needs them.
if [ ! -d "$dir" ]; then
	case $series in
	6.1) name="linux-image-6[.]1[.]0-[0-9]+" parts=image ;;
	6.12) name="linux-image-6[.]12[.][0-9]+[+]deb[0-9]+" parts=image ;;
	*) name="linux-modules-${series}[.][0-9]+[+]deb[0-9]+" parts="base binary-unsigned" ;;
	esac
	deb=$(fetch "^$name-$arch\$" "$@")
	dpkg -x "$deb" "$work/image"
	modules=$(find "$work/image" -path '*/lib/modules/*' -prune)
	version=${modules##*/}
	for part in $parts; do
		[ "$part" = image ] || dpkg -x "$(fetch "^linux-$part-$(echo "$version" | sed 's/[.+]/[&]/g')\$" "$@")" "$work/image"
	done
	mkdir -p "$work/out/lib/modules"
	for file in "$work/image/boot"/* "$modules"/*; do
		case ${file##*/} in
		config | config-*) mv "$file" "$work/out/config" ;;
		vmlinuz | vmlinuz-* | vmlinuz.unsigned) mv "$file" "$work/out/vmlinuz" ;;
		esac
	done
	has=$(awk -F ' = ' '/^(VERSION|PATCHLEVEL|SUBLEVEL) = / { printf "%s%s", n++ ? "." : "", $2 }' "$top/source-$series/Makefile")
	grep -qE "^# Linux/[^ ]+ ${has}[^0-9]" "$work/out/config" || {
		say "$version is not built from $top/source-$series ($has), which was fetched at another time; remove" \
			"$top/source-$series* and $top/$series-*, and both are fetched again"
		exit 2
	}
	mv "$modules" "$work/out/lib/modules/$version"
	depmod -b "$work/out" "$version"
	ln -s "lib/modules/$version" "$work/out/modules"
	ln -s "../source-$series" "$work/out/source"
	ln -s "../source-$series.tar.xz" "$work/out/source.tar.xz"
	mv "$work/out" "$dir"
fi
echo "$dir"
