# A small machine of about 2022 that boots by UEFI from its memory card, with no display driver but what the
# firmware set up.
cpu Nehalem
memory 1536M
machine q35
firmware efi
tpm tpm-tis
device ramfb
device sdhci-pci
root ext4 sd-card
nic e1000-82545em
device i82801,mac=52:54:00:00:00:02
device vmxnet3,mac=52:54:00:00:00:03
# sound
option -audiodev none,id=snd0
device intel-hda
device hda-micro,audiodev=snd0
# USB
device nec-usb-xhci,id=nec
device ich9-usb-ehci1,id=ehci,addr=1d.7,multifunction=on
device ich9-usb-uhci1,masterbus=ehci.0,firstport=0,addr=1d.0,multifunction=on
device usb-kbd,bus=ehci.0
device usb-bot,id=bot,bus=nec.0
disk 1G scsi-hd,bus=bot.0
option -chardev null,id=ser1
device usb-braille,chardev=ser1,bus=nec.0
device i6300esb
