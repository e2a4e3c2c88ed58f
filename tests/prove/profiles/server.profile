# A server: every emulated HBA and NIC a Xeon box might hold, IPMI, watchdog, CXL, NVDIMM, IOMMU, multiport
# serial, CAN and an IPack carrier. The root is btrfs in LUKS on AHCI.
cpu Skylake-Server-v4
memory 2G,slots=4,maxmem=8G
smp 2,sockets=2
machine q35,nvdimm=on,cxl=on,kernel-irqchip=split
append intel_iommu=on iommu=pt
option -smbios type=1,manufacturer=Dell\ Inc.,product=PowerEdge\ R740
device intel-iommu,intremap=on
device VGA
device pvpanic
device i6300esb,bus=pcie.0
device edu,bus=pcie.0
root luks ide-hd,bus=ide.0
nic e1000e,bus=pcie.0
# NVDIMM
option -object memory-backend-ram,id=nvm0,size=128M,share=on
device nvdimm,id=nv0,memdev=nvm0
# CXL: host bridge, root port, type 3 memory
option -object memory-backend-ram,id=cxlm0,size=256M,share=on -object memory-backend-ram,id=cxll0,size=1M,share=on
device pxb-cxl,bus_nr=64,bus=pcie.0,id=cxl.0
device cxl-rp,port=0,bus=cxl.0,id=cxlrp0,chassis=10,slot=10
device cxl-type3,bus=cxlrp0,memdev=cxlm0,lsa=cxll0,id=cxlpmem0
option -M cxl-fmw.0.targets.0=cxl.0,cxl-fmw.0.size=4G
# PCIe topology
device pxb-pcie,bus_nr=128,id=pxb0,bus=pcie.0
device pcie-root-port,id=rp1,chassis=1,slot=1,bus=pxb0
device pcie-root-port,id=rp2,chassis=2,slot=2,bus=pcie.0
device x3130-upstream,id=up0,bus=rp2
device xio3130-downstream,id=dn0,bus=up0,chassis=3,slot=3
device pcie-pci-bridge,id=pci0,bus=pcie.0
# storage
disk 1G nvme,serial=nvme0,bus=dn0
device megasas,id=mega1,bus=pci0,addr=1
disk 1G scsi-hd,bus=mega1.0
device megasas-gen2,id=mega2,bus=rp1
disk 1G scsi-hd,bus=mega2.0
device mptsas1068,id=mpt0,bus=pci0,addr=2
disk 1G scsi-hd,bus=mpt0.0
device lsi53c895a,id=lsi0,bus=pci0,addr=3
disk 1G scsi-hd,bus=lsi0.0
device lsi53c810,id=lsi1,bus=pci0,addr=4
disk 700M scsi-cd,bus=lsi1.0
device pvscsi,id=pvs0,bus=pcie.0
disk 1G scsi-hd,bus=pvs0.0
# network
device e1000,mac=52:54:00:00:00:02,bus=pcie.0
device e1000-82545em,mac=52:54:00:00:00:03,bus=pcie.0
device vmxnet3,mac=52:54:00:00:00:04,bus=pcie.0
device rocker,name=sw0,bus=pcie.0
# IPMI
device ipmi-bmc-sim,id=bmc0
device isa-ipmi-kcs,bmc=bmc0
device ipmi-bmc-sim,id=bmc1
device pci-ipmi-kcs,bmc=bmc1,bus=pcie.0
device ipmi-bmc-sim,id=bmc2
device pci-ipmi-bt,bmc=bmc2,bus=pcie.0
device ipmi-bmc-sim,id=bmc3
device smbus-ipmi,bmc=bmc3
# multiport serial, IPack, CAN
option -chardev null,id=s1 -chardev null,id=s2 -chardev null,id=s3 -chardev null,id=s4
device pci-serial-4x,chardev1=s1,chardev2=s2,chardev3=s3,chardev4=s4,bus=pcie.0
device tpci200,id=ip0,bus=pcie.0
device ipoctal232,bus=ip0.0
option -object can-bus,id=can0
device kvaser_pci,canbus=can0,bus=pcie.0
device pcm3680_pci,canbus0=can0,canbus1=can0,bus=pcie.0
device mioe3680_pci,canbus0=can0,canbus1=can0,bus=pcie.0
device ctucan_pci,canbus0=can0,canbus1=can0,bus=pcie.0
# USB of the BMC: EHCI with companions
device ich9-usb-ehci1,id=ehci,addr=1d.7,multifunction=on,bus=pcie.0
device ich9-usb-uhci1,masterbus=ehci.0,firstport=0,addr=1d.0,multifunction=on,bus=pcie.0
device usb-kbd,bus=ehci.0
# the network adapter first: it needs a port with a companion
plug usb-net ehci.0
plug usb-storage ehci.0
