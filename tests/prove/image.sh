#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# image.sh - make the root disks of the proof: a small Debian with systemd.
#
#   image.sh DIR       DIR/root.ext4  DIR/root.luks (btrfs inside)  DIR/key  DIR/stick
#
# What is there is kept. Needs root (debootstrap) and the network for the packages, once; no mounts: the file
# systems are filled by mke2fs and mkfs.btrfs, the encryption is qemu-img's. All disks carry the label "proof".
set -eu
PATH=$PATH:/sbin:/usr/sbin
dir=$1
suite=${DERPCONFIG_SUITE:-bookworm} mirror=${DERPCONFIG_MIRROR:-} # empty: debootstrap's own
packages=systemd-sysv,udev,kmod,dbus,cryptsetup-bin,btrfs-progs,e2fsprogs,iproute2,iputils-ping,pci.ids
mkdir -p "$dir"

say() { echo "image.sh: $*" >&2; }

tree() {
	say "debootstrap $suite"
	rm -rf "$dir/tree.new"
	debootstrap --variant=minbase --include=$packages "$suite" "$dir/tree.new" $mirror > "$dir/debootstrap.log" 2>&1 ||
		{ tail "$dir/debootstrap.log" >&2; exit 2; }
	rm -rf "$dir/tree.new"/var/cache/apt/archives/*.deb "$dir/tree.new"/var/lib/apt/lists/*
	rm -rf "$dir/tree.new"/usr/share/doc "$dir/tree.new"/usr/share/locale "$dir/tree.new"/usr/share/man
	mv "$dir/tree.new" "$dir/tree"
}

settings() { # the same on every machine: no password, no identity, network from /run
	echo proof > "$dir/tree/etc/hostname"
	: > "$dir/tree/etc/fstab"
	echo uninitialized > "$dir/tree/etc/machine-id"
	chroot "$dir/tree" systemctl -q enable systemd-networkd
	chroot "$dir/tree" systemctl -q disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
	# an emulated processor on a busy machine is slow
	mkdir -p "$dir/tree/etc/systemd/system.conf.d"
	printf '[Manager]\nDefaultTimeoutStartSec=600\nDefaultDeviceTimeoutSec=600\n' > "$dir/tree/etc/systemd/system.conf.d/slow.conf"
}

[ -d "$dir/tree" ] || tree
[ -e "$dir/key" ] || printf 'the proof has no secrets' > "$dir/key"
if [ ! -e "$dir/root.ext4" ]; then
	settings
	say "ext4"
	rm -f "$dir/new"
	mke2fs -q -t ext4 -L proof -d "$dir/tree" "$dir/new" 1G
	mv "$dir/new" "$dir/root.ext4"
fi
if [ ! -e "$dir/root.luks" ]; then
	settings
	say "btrfs in LUKS"
	rm -f "$dir/new" "$dir/plain"
	truncate -s 1G "$dir/plain"
	mkfs.btrfs -q -L proof --rootdir "$dir/tree" "$dir/plain"
	qemu-img convert -f raw -O luks --object "secret,id=key,file=$dir/key" -o key-secret=key,iter-time=200 \
		"$dir/plain" "$dir/new"
	rm "$dir/plain"
	mv "$dir/new" "$dir/root.luks"
fi
if [ ! -e "$dir/stick" ]; then # what is plugged in while running
	truncate -s 64M "$dir/stick.new"
	printf plugged | dd of="$dir/stick.new" conv=notrunc status=none
	mv "$dir/stick.new" "$dir/stick"
fi
