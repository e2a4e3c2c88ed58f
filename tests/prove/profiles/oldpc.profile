# An old PC: i440fx with what lay around in 1998-2003. What has no modalias (parallel port users, the ISA
# watchdog) is loaded by name, as people did.
cpu qemu64
memory 1536M
smp 1
machine pc,vmport=on
append modules_load=parport_pc,lp,ppdev,ib700wdt,pcspkr
device cirrus-vga
root ext4 ide-hd,bus=ide.0
disk 700M ide-cd,bus=ide.1
disk 1474560 floppy
option -chardev null,id=par0
device isa-parallel,chardev=par0
# network
nic rtl8139
device ne2k_pci,mac=52:54:00:00:00:02
device pcnet,mac=52:54:00:00:00:03
device tulip,mac=52:54:00:00:00:04
device i82551,mac=52:54:00:00:00:05
device i82559er,mac=52:54:00:00:00:06
# SCSI; no am53c974: SeaBIOS leaves its interrupt pending and Linux' driver dies of it while probing
device lsi53c810,id=lsi0
disk 700M scsi-cd,bus=lsi0.0
# sound
option -audiodev none,id=snd0
device AC97,audiodev=snd0
device ES1370,audiodev=snd0
# USB 1 and 2 on three controllers
device piix4-usb-uhci,id=uhci
device pci-ohci,id=ohci
device usb-ehci,id=ehci
device usb-kbd,bus=uhci.0
device usb-mouse,bus=ohci.0
disk 1G usb-storage,bus=ehci.0
device ib700
