# SPDX-License-Identifier: GPL-2.0-or-later
#
# As much of nixpkgs' kernels as `--common NIXPKGS` asks for: where the files are and what the attributes are called.
{ system ? "x86_64-linux", config ? { }, overlays ? [ ] }:
let
  lib = import ./lib;
  kernel = version: import ./pkgs/os-specific/linux/kernel/generic.nix { inherit lib system version; };
in
{
  inherit lib;
  linux_6_1 = kernel "6.1.150";
  linux_6_12 = kernel "6.12.40";
  linux = kernel "6.12.40";
}
