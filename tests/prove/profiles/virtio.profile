# A cloud guest: all virtio, with a 9p share; an xHCI for what is plugged in while it runs.
cpu max
memory 2G,slots=4,maxmem=8G
machine q35,nvdimm=on
device virtio-iommu-pci
device virtio-vga
device pcie-pci-bridge,id=pci0
nic virtio-net-pci
device virtio-net-pci-transitional,mac=52:54:00:00:00:02,bus=pci0
root ext4 virtio-blk-pci
device virtio-scsi-pci,id=vs0
disk 1G scsi-hd,bus=vs0.0
disk 700M scsi-cd,bus=vs0.0
device virtio-rng-pci
device virtio-balloon-pci
option -chardev null,id=vc0 -chardev null,id=vp0
device virtio-serial-pci,id=vser0
device virtconsole,chardev=vc0,bus=vser0.0
device virtserialport,chardev=vp0,name=org.qemu.guest_agent.0,bus=vser0.0
device virtio-keyboard-pci
device virtio-mouse-pci
device virtio-tablet-pci
option -object cryptodev-backend-builtin,id=cd0
device virtio-crypto-pci,cryptodev=cd0
option -object memory-backend-ram,id=vmem0,size=256M
device virtio-mem-pci,memdev=vmem0,requested-size=64M
option -object memory-backend-ram,id=vpm0,size=128M,share=on
device virtio-pmem-pci,memdev=vpm0
option -fsdev local,id=fs0,path=/usr/share/misc,security_model=none,readonly=on
device virtio-9p-pci,fsdev=fs0,mount_tag=host
device pvpanic-pci
device vmgenid
option -object memory-backend-ram,id=ivs0,size=1M,share=on
device ivshmem-plain,memdev=ivs0
device qemu-xhci,id=xhci
device usb-tablet,bus=xhci.0
plug usb-storage xhci.0
plug usb-net xhci.0
