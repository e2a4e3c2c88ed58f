#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# initramfs.sh - pack what the proof boots with.
#
#   initramfs.sh DERPCONFIG MODULES KEY OUT
#
#   DERPCONFIG  the program; its libraries are collected with ldd
#   MODULES     a lib/modules/VERSION directory that depmod knows, or "none"
#   KEY         opens the encrypted root disk
#   OUT         the archive, newc, not compressed: emulated processors unpack slowly
#
# Holds busybox (static), kmod, blkid, cryptsetup, the program at /derp/bin, libraries where the loader
# looks, the guest's scripts at /derp/guest.
set -eu
PATH=$PATH:/sbin:/usr/sbin
here=$(cd "$(dirname "$0")" && pwd)
libs=x86_64-linux-gnu
program=$1 modules=$2 key=$3 out=$4

work=$(mktemp -d "${out%/*}/initramfs.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/sbin" "$work/lib/modules" "$work/lib/$libs" "$work/lib64" "$work/derp/bin" "$work/derp/lib" \
	"$work/dev" "$work/proc" "$work/sys" "$work/run" "$work/tmp" "$work/etc" "$work/root"

add() { # PROGRAM PLACE: a program and the libraries it is linked with
	cp -L "$1" "$work/$2"
	for lib in $(ldd "$1" | grep -o '/[^ ]*'); do
		cp -Lu "$lib" "$work/lib/$libs/"
	done
}

add "$program" derp/bin/derpconfig
add "$(command -v kmod)" sbin/modprobe
add "$(command -v blkid)" bin/blkid
add "$(command -v cryptsetup)" bin/cryptsetup
cp -L "$(command -v busybox)" "$work/bin/busybox"
strip "$work/derp/bin/derpconfig"
cp -L /lib64/ld-linux-x86-64.so.2 "$work/lib64/"
cp -L /lib64/ld-linux-x86-64.so.2 "$work/derp/bin/ld.so"
cp -r "$here/guest" "$work/derp/guest"
mv "$work/derp/guest/init" "$work/init"
cp "$key" "$work/etc/proof.key"
if [ "$modules" != none ]; then
	modules=$(cd "$modules" && pwd -P)
	ln -s "$modules" "$work/lib/modules/${modules##*/}"
fi

# Links into the modules directory are followed, but not those to the trees they were built from.
cd "$work"
find -L . \( -path '*/build' -o -path '*/source' \) -prune -o -print | LC_ALL=C sort |
	cpio -o -L -H newc -R 0:0 --quiet > "$out.new"
mv "$out.new" "$out"
