#!/bin/sh
# install-deps.sh - on Debian as root, installs the packages that building and testing need and that are missing.
# On other systems, or without root, it only says what is missing.
set -eu
packages="gcc g++ make pkg-config libudev-dev libpci-dev libusb-1.0-0-dev libkmod-dev libarchive-dev libjansson-dev
	libcadical-dev libcmocka-dev umockdev kmod flex bison bc xz-utils zstd nix-bin python3 python3-pytest ca-certificates"
command -v dpkg-query > /dev/null || exit 0
missing=
for p in $packages; do
	dpkg-query -W -f '${Status}' "$p" 2> /dev/null | grep -q ' installed$' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "install-deps.sh: missing packages:$missing; run 'apt-get install$missing' as root" >&2
	exit 2
fi
apt-get -qq update
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing > /dev/null
