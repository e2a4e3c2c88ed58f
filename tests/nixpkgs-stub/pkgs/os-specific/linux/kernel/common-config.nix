# SPDX-License-Identifier: GPL-2.0-or-later
#
# A common config of every kind of entry: required and optional ones, modules, values, by version and by architecture.
{ lib, version, x86 }:
with lib.kernel;
with (whenHelpers version);
let
  debug = {
    DEBUG_KERNEL = yes;
    DEBUG_INFO_REDUCED = no;
    DEBUG_NX_TEST = whenOlder "4.11" no;
    DEBUG_STACK_USAGE = no;
    SCHEDSTATS = yes;
    SUNRPC_DEBUG = yes;
    DYNAMIC_DEBUG = yes;
    RCU_TORTURE_TEST = no;
    TIMER_STATS = whenOlder "4.11" yes;
  };
  base = {
    MODULES = yes;
    IKCONFIG = yes;
    IKCONFIG_PROC = yes;
    NO_HZ = yes;
    HZ_1000 = yes;
    HZ = freeform "1000";
    NR_CPUS = freeform "384";
    LOG_BUF_SHIFT = freeform "17";
    MODPROBE_PATH = option (freeform "/sbin/modprobe");
    MODULE_SIG = no;
    MODULE_COMPRESS = whenOlder "5.13" yes;
    MODULE_COMPRESS_ALL = whenAtLeast "6.12" yes;
    MODULE_COMPRESS_XZ = yes;
    CGROUP_SCHED = yes;
    MEMCG = yes;
    PSI = whenAtLeast "4.20" yes;
    TRANSPARENT_HUGEPAGE = option yes;
    TRANSPARENT_HUGEPAGE_ALWAYS = option no;
    TRANSPARENT_HUGEPAGE_MADVISE = option yes;
    CLEANCACHE = option yes;
    CMA = yes;
  };
  drivers = {
    "8139TOO_8129" = yes;
    "8139TOO_PIO" = no;
    AIC79XX_DEBUG_ENABLE = no;
    AIC7XXX_DEBUG_ENABLE = no;
    BLK_DEV_INTEGRITY = yes;
    B43_PHY_HT = option yes;
    BRCMFMAC_USB = option yes;
    BTRFS_FS_POSIX_ACL = yes;
    CIFS_UPCALL = yes;
    DRM_AMDGPU_SI = yes;
    DRM_I915_GVT = option yes;
    EXT4_FS = yes;
    EXT4_FS_POSIX_ACL = yes;
    EXT4_FS_SECURITY = yes;
    FB_EFI = yes;
    FB_VESA = yes;
    IPV6 = yes;
    IP_PNP = no;
    IWLWIFI = option module;
    NETFILTER = yes;
    NF_CONNTRACK = option module;
    NVME_MULTIPATH = yes;
    SND_HDA_PATCH_LOADER = option yes;
    USB_EHCI_TT_NEWSCHED = yes;
    VFIO = option module;
    ZRAM = module;
  };
  x86Only = {
    MICROCODE = yes;
    X86_CHECK_BIOS_CORRUPTION = yes;
    X86_MCE = yes;
    XEN = option yes;
  };
in
debug // base // drivers // (if x86 then x86Only else { })
