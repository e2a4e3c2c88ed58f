# A laptop of about 2018: NVMe, AHCI, xHCI with many USB things, HD audio, SD reader, TPM. The three display
# adapters are there for their drivers.
cpu Skylake-Client-v4
machine q35,vmport=on
option -smbios type=1,manufacturer=LENOVO,product=20L5CTO1WW,version=ThinkPad\ T480 -smbios type=3,manufacturer=LENOVO
tpm tpm-crb
device vmgenid
device pvpanic-pci
device pcie-root-port,id=rp1,chassis=1,slot=1
root ext4 nvme,serial=nvme0,bus=rp1
nic e1000e
disk 1G ide-hd,bus=ide.0
disk 700M ide-cd,bus=ide.1
# display: bochs, qxl, virtio-gpu
device VGA
device qxl
device virtio-gpu-pci
# sound
option -audiodev none,id=snd0
device ich9-intel-hda
device hda-duplex,audiodev=snd0
# SD card reader
device sdhci-pci
disk 256M sd-card
# USB
device qemu-xhci,id=xhci,p2=15,p3=15
device usb-hub,bus=xhci.0,port=1
device usb-kbd,bus=xhci.0,port=1.1
device usb-mouse,bus=xhci.0,port=1.2
device usb-tablet,bus=xhci.0,port=2
device usb-wacom-tablet,bus=xhci.0,port=3
disk 1G usb-storage,bus=xhci.0,port=4
device usb-uas,id=uas,bus=xhci.0,port=5
disk 1G scsi-hd,bus=uas.0
device usb-audio,audiodev=snd0,bus=xhci.0,port=6
device usb-net,bus=xhci.0,port=7,mac=52:54:00:00:00:02
option -chardev null,id=ser1
device usb-serial,chardev=ser1,always-plugged=on,bus=xhci.0,port=8
device usb-ccid,bus=xhci.0,port=9
