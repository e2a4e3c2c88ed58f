# SPDX-License-Identifier: GPL-2.0-or-later
{ lib, system, version }:
let
  kernel =
    { structuredExtraConfig ? { }, kernelPatches ? [ ], enableCommonConfig ? true, autoModules ? true, defconfig ? null }:
    let
      common = import ./common-config.nix { inherit lib version; x86 = system == "x86_64-linux"; };
      settings =
        (if enableCommonConfig then common else { }) // structuredExtraConfig
        // builtins.foldl' (a: p: a // p.structuredExtraConfig or { }) { } kernelPatches;
      line =
        name:
        let
          s = settings.${name};
          value = if s.freeform or null != null then s.freeform else s.tristate;
        in
        if value == null then "" else "${name}${if s.optional then "?" else ""} ${value}\n";
      configfile = {
        type = "derivation";
        kernelConfig = builtins.concatStringsSep "" (map line (builtins.attrNames settings));
        structuredConfig = settings;
        # Whoever builds this has asked for too much.
        outPath = throw "the stub's kernel is not to be built";
      };
    in
    { inherit configfile version; override = more: kernel more; };
in
kernel { }
