#!/bin/sh
# find-libs.sh CC - the compiler and linker flags of the libraries, as two make variables.
#
# A library that is missing is an error that names its package on the systems that have one.
set -eu
cc=${1:-cc}
fail=0

missing() { # NAME DEBIAN FEDORA ARCH NIXPKGS
	[ $fail = 1 ] || {
		echo "derpconfig: needed to build, and missing here; the packages that have it:" >&2
		printf '  %-12s %-18s %-20s %-14s %s\n' "" Debian Fedora "Arch Linux" nixpkgs >&2
	}
	printf '  %-12s %-18s %-20s %-14s %s\n' "$@" >&2
	fail=1
}

command -v pkg-config > /dev/null || missing pkg-config pkg-config pkgconf-pkg-config pkgconf pkg-config
modules=
while read -r name debian fedora arch nix; do
	if pkg-config --exists "$name" 2> /dev/null; then
		modules="$modules $name"
	else
		missing "$name" "$debian" "$fedora" "$arch" "$nix"
	fi
done <<'END'
libudev     libudev-dev       systemd-devel     systemd-libs udev
libpci      libpci-dev        pciutils-devel    pciutils     pciutils
libusb-1.0  libusb-1.0-0-dev  libusb1-devel     libusb       libusb1
libkmod     libkmod-dev       kmod-devel        kmod         kmod
libarchive  libarchive-dev    libarchive-devel  libarchive   libarchive
jansson     libjansson-dev    jansson-devel     jansson      jansson
END

# CaDiCaL is a static C++ library, on most systems without a pkg-config file.
if pkg-config --exists cadical 2> /dev/null; then
	modules="$modules cadical"
elif ! printf '#include <ccadical.h>\n' | $cc -E -x c - > /dev/null 2>&1; then
	missing cadical libcadical-dev cadical-devel cadical cadical
fi
if [ $fail != 0 ]; then
	echo "On Debian as root, 'make deps' installs them; on NixOS, 'nix develop' has them." >&2
	exit 2
fi

# shellcheck disable=SC2086
echo "LIB_CFLAGS := $(pkg-config --cflags $modules)"
# shellcheck disable=SC2086
echo "LIB_LDLIBS := $(pkg-config --libs $modules) -lcadical -lstdc++ -lm -pthread"
