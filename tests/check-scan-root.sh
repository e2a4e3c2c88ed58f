#!/bin/sh
# A machine below another root, full of marked secrets and traps: links that lead out, a FIFO, unreadable files. The dump
# has the devices, the boot stack and the loaded modules, nothing of what is marked, and the root stays as it was.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+rwX "$dir"; rm -rf "$dir"' EXIT
r=$dir/root
dev=$r/sys/devices

# device DIR SUBSYSTEM [DRIVER [MODULE]]: with links as sysfs has them, relative ones by way of the top
device() {
	mkdir -p "$dev/$1"
	up=$(echo "$1" | sed 's,[^/][^/]*,..,g')
	mkdir -p "$r/sys/bus/$2"
	ln -s "$up/../bus/$2" "$dev/$1/subsystem"
	: > "$dev/$1/uevent"
	[ -n "${3:-}" ] || return 0
	mkdir -p "$r/sys/bus/$2/drivers/$3"
	ln -s "$up/../bus/$2/drivers/$3" "$dev/$1/driver"
	[ -n "${4:-}" ] || return 0
	mkdir -p "$r/sys/module/$4/drivers"
	[ -e "$r/sys/bus/$2/drivers/$3/module" ] || ln -s "../../../../module/$4" "$r/sys/bus/$2/drivers/$3/module"
	[ -e "$r/sys/module/$4/drivers/$2:$3" ] || ln -s "../../../bus/$2/drivers/$3" "$r/sys/module/$4/drivers/$2:$3"
}

pci=pci0000:00/0000:00
mkdir -p "$r/proc/self" "$r/proc/sys/kernel" "$r/etc" "$r/run/udev/data" "$r/sys/firmware/efi" "$r/sys/class/block" \
	"$r/sys/dev/block" "$r/sys/class"
echo secret-host > "$r/proc/sys/kernel/hostname"
echo secret-host > "$r/etc/hostname"
echo 0123456789abcdef0123456789abcdef > "$r/etc/machine-id"
echo 6.12.43-secret-host > "$r/proc/sys/kernel/osrelease"
echo x86_64 > "$r/proc/sys/kernel/arch"
printf 'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 142\nflags\t\t: fpu vmx\nSerial\t: SECRETCPU\n' > "$r/proc/cpuinfo"
printf 'nvme 1 1 - Live 0x0\nnvme_core 1 2 nvme, Live 0x0\nvfat 1 1 - Live 0x0\nelsewhere 1 1 - Live 0x0 (OE)\nunsigned 1 1 - Live 0x0 (E)\n' > "$r/proc/modules"
mkdir -p "$r/sys/module/vfat" && echo O > "$r/sys/module/vfat/taint"

device $pci:1f.6 pci e1000e e1000e
echo pci:v00008086d000015D8sv000017AAsd00002258bc02sc00i00 > $dev/$pci:1f.6/modalias
device $pci:1f.6/net/enx0050b6aabbcc net
echo 00:50:b6:aa:bb:cc > $dev/$pci:1f.6/net/enx0050b6aabbcc/address
device virtual/net/SECRETvpn net
device $pci:1f.6/leds/SECRETvpn-0::link leds
device $pci:1d.0 pci nvme nvme
echo pci:v0000144Dd0000A808sv0000144Dsd0000A801bc01sc08i02 > $dev/$pci:1d.0/modalias
device $pci:1d.0/nvme/nvme0 nvme
printf 'SECRETNVME          \n' > $dev/$pci:1d.0/nvme/nvme0/serial
echo 'Samsung SSD 970 EVO SECRETNVME' > $dev/$pci:1d.0/nvme/nvme0/model
device $pci:1d.0/nvme/nvme0/nvme0n1 block
echo eui.0025385b71b0SECRET > $dev/$pci:1d.0/nvme/nvme0/nvme0n1/wwid
echo 259:0 > $dev/$pci:1d.0/nvme/nvme0/nvme0n1/dev
device $pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p2 block
echo 2 > $dev/$pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p2/partition
device $pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p1 block
echo 1 > $dev/$pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p1/partition
printf 'E:ID_PART_TABLE_TYPE=gpt\nE:ID_SERIAL=SECRETNVME\n' > "$r/run/udev/data/b259:0"
device virtual/block/dm-0 block
mkdir -p $dev/virtual/block/dm-0/slaves $dev/virtual/block/dm-0/dm
ln -s ../../../../$pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p2 $dev/virtual/block/dm-0/slaves/nvme0n1p2
echo CRYPT-LUKS2-5ec2e75ec2e75ec2e75ec2e75ec2e75e-SECRETmap > $dev/virtual/block/dm-0/dm/uuid
echo SECRETmap > $dev/virtual/block/dm-0/dm/name
for b in $pci:1d.0/nvme/nvme0/nvme0n1 $pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p1 $pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p2 virtual/block/dm-0; do
	ln -s ../../devices/$b "$r/sys/class/block/$(basename $b)"
done
ln -s ../../devices/$pci:1d.0/nvme/nvme0/nvme0n1/nvme0n1p1 "$r/sys/dev/block/259:1"
cat > "$r/proc/self/mountinfo" <<'END'
22 1 0:30 /@secret / rw shared:1 - btrfs /dev/mapper/SECRETmap rw,subvol=/@secret
23 22 259:1 / /boot rw - vfat /dev/nvme0n1p1 rw
24 22 0:40 / /home/secretuser/SECRETshare rw - nfs4 secret-server:/x rw
25 22 259:9 / /media/secretuser/SECRETLABEL rw - exfat /dev/disk/by-uuid/SECR-ET01 rw
END
printf 'Filename\tType\tSize\tUsed\tPriority\n/home/secretuser/swapfile\tfile\t1\t0\t-2\n' > "$r/proc/swaps"

device $pci:14.0/usb1/1-1 usb usb usbcore
printf 'DEVTYPE=usb_device\nPRODUCT=46d/c52b/1211\n' > $dev/$pci:14.0/usb1/1-1/uevent
echo SECRETUSB > $dev/$pci:14.0/usb1/1-1/serial
echo 'Receiver of secret-host' > $dev/$pci:14.0/usb1/1-1/product
device $pci:14.0/usb1/1-1/1-1:1.0/0003:046D:C52B.0001 hid hid-generic hid_generic
printf 'HID_NAME=Receiver SECRETuniq\nHID_UNIQ=SECRETuniq\nMODALIAS=hid:b0003g0001v0000046Dp0000C52B\n' > \
	$dev/$pci:14.0/usb1/1-1/1-1:1.0/0003:046D:C52B.0001/uevent
device $pci:14.0/bluetooth/hci0/hci0:11/0005:046D:B342.0002/power_supply/hid-d0:5e:c2:e7:00:01-battery power_supply
device virtual/input/input7 input
echo "SECRET's AirPods (AVRCP)" > $dev/virtual/input/input7/name
device virtual/dmi/id dmi
printf 'dmi:bvnX:bvrSECRETDMI:bd1:svnLENOVO:pn20HM:skuSECRETSKU:' > $dev/virtual/dmi/id/modalias
echo SECRETDMI > $dev/virtual/dmi/id/product_serial
device LNXSYSTM:00/PNP0C14:00/wmi_bus/wmi_bus-PNP0C14:00/05901221-D566-11D1-B2F0-00A0C9062910 wmi wmi-bmof wmi_bmof
device platform/5ec2e700-1234-1234-1234-5ec2e75ec2e7 vmbus
device virtual/block/md_SECRET block

# traps
mkfifo $dev/virtual/dmi/id/product_uuid
ln -s /etc/passwd $dev/$pci:1f.6/product
ln -s ../../../../../../../../../../../etc $dev/platform/out
ln -s . $dev/platform/again
mkdir $dev/platform/closed
chmod 0 $dev/platform/closed

find "$r" | sort > "$dir/before"
timeout 20 "$DERPCONFIG" scan --root "$r" -o "$dir/dump"
find "$r" | sort | cmp - "$dir/before"

if grep -i -E 'secret|5ec2e7|SECR-ET|00:50:b6|0050b6|0123456789abcdef|0025385b' "$dir/dump"; then
	echo "the dump holds a secret" >&2
	exit 1
fi
want() {
	grep -q -F -- "$1" "$dir/dump" || { echo "missing: $1" >&2; cat "$dir/dump" >&2; exit 1; }
}
want '"firmware": "efi"'
want '"arch": "x86_64"'
want '{"role":"root","mount":"/","type":"btrfs","block":"dm-0"}'
want '{"role":"boot","mount":"/boot","type":"vfat","block":"nvme0n1p1"}'
want '{"role":"swap","type":"file"}'
want '{"role":"other","type":"nfs4"}'
want '{"name":"dm-0","kind":"dm-crypt","on":["nvme0n1p2"]}'
want '{"name":"nvme0n1","kind":"disk","table":"gpt"}'
want '{"name":"nvme0n1p2","kind":"partition","on":["nvme0n1"]}'
want '{"name":"nvme_core","users":["nvme"]}'
want '{"name":"elsewhere","out_of_tree":true}'
want '{"name":"unsigned"}'
want '{"name":"vfat","out_of_tree":true}'
want '{"name":"nvme","drivers":["pci:nvme"]}'
want '"modalias":"pci:v00008086d000015D8sv000017AAsd00002258bc02sc00i00","driver":"e1000e","module":"e1000e"'
want '05901221-D566-11D1-B2F0-00A0C9062910'
want '"product":"Samsung SSD 970 EVO *"'
want '"id":"046d:c52b"'
want 'hid:b0003g0001v0000046Dp0000C52B'
want '"family":"6","model":"142","count":1,"flags":["fpu","vmx"]'

"$DERPCONFIG" scan --root "$r" -o "$dir/again"
cmp "$dir/dump" "$dir/again"
"$DERPCONFIG" scan --from "$dir/dump" -o "$dir/again"
cmp "$dir/dump" "$dir/again"
