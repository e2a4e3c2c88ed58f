#!/bin/sh
# install-deps.sh GROUP... - on Debian as root, installs what is missing of the packages that a job needs.
#
#   build    compile derpconfig
#   run      `make run`: unpack a Debian kernel and use it
#   test     `make check`
#   lint     `make lint`
#   prove    `make prove`: build kernels and boot them in QEMU
#   browser  the tests that look at pages
#
# On other systems tests/find-libs.sh says what is missing; without root this only says so.
set -eu
build="gcc libc6-dev g++ make pkg-config libudev-dev libpci-dev libusb-1.0-0-dev libkmod-dev libarchive-dev
	libjansson-dev libcadical-dev"
run="kmod pci.ids xz-utils ca-certificates"
test="libcmocka-dev umockdev flex bison bc cpio zstd nix-bin python3 python3-pytest perl mandoc util-linux"
lint="clang clang-tidy cppcheck shellcheck zsh fish"
prove="qemu-system-x86 qemu-utils swtpm debootstrap busybox-static cryptsetup-bin btrfs-progs e2fsprogs util-linux ccache
	bc cpio flex bison libelf-dev libssl-dev python3 ipxe-qemu ovmf"
browser="chromium"

command -v dpkg-query > /dev/null || exit 0
wanted=
for group in "${@:-build}"; do
	case $group in
	build) wanted="$wanted $build" ;;
	run) wanted="$wanted $build $run" ;;
	test) wanted="$wanted $build $run $test" ;;
	lint) wanted="$wanted $build $test $lint" ;;
	prove) wanted="$wanted $build $run $prove" ;;
	browser) wanted="$wanted $browser" ;;
	*) echo "install-deps.sh: no group '$group'" >&2; exit 2 ;;
	esac
done
missing=
for p in $(echo "$wanted" | tr -s ' \t' '\n' | sort -u); do
	dpkg-query -W -f '${Status}' "$p" 2> /dev/null | grep -q ' installed$' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "install-deps.sh: missing packages; as root: apt-get install$missing" >&2
	exit 2
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing; } > "$log" 2>&1 < /dev/null; then
	cat "$log" >&2
	echo "install-deps.sh: apt-get could not install:$missing" >&2
	exit 2
fi
