# SPDX-License-Identifier: GPL-2.0-or-later
#
# nix-shim.nix - what nixpkgs does with boot.kernelPatches, small enough to run without nixpkgs.
#
#   nix-instantiate --eval --strict --json tests/nix-shim.nix --arg module ./patch.nix [--arg common ./common.nix]
#
# Gives { answers, override, name }: the answer text of nixos/modules/system/boot/kernel_config.nix, the
# arguments of the kernel's override, the patches' names. Merging follows lib/modules.nix for
# `attrsOf (submodule { tristate; freeform; optional; })`: definitions of weaker priority are dropped per symbol,
# the rest must agree, optional only if all are. `platform` is the text of linux-kernel.extraConfig. Written from the
# documented behaviour.
{ module, common ? null, attribute ? "structuredExtraConfig", platform ? "" }:
let
  inherit (builtins) attrNames concatMap concatStringsSep elem filter foldl' isAttrs listToAttrs map;

  priorityOf = v: if isAttrs v && v._type or "" == "override" then v.priority else 100;
  contentOf = v: if isAttrs v && v._type or "" == "override" then v.content else v;
  override = priority: content: { _type = "override"; inherit priority content; };

  kernel = rec {
    item = tristate: { inherit tristate; optional = false; };
    yes = item "y";
    no = item "n";
    module = item "m";
    unset = item null;
    freeform = text: { freeform = text; optional = false; };
    option = x: x // { optional = true; };
  };
  lib = {
    inherit kernel concatStringsSep;
    mkForce = override 50;
    mkDefault = override 1000;
    mkOverride = override;
  };

  pkgs = {
    linuxPackagesFor = k: { kernel = k; };
    overrideCC = _: cc: { inherit cc; };
    writeText = name: text: "/${name}:${text}";
    llvmPackages = {
      stdenv.cc.override = args: { name = "clang"; } // args;
      bintools = "lld";
    };
  } // listToAttrs (map (name: { inherit name; value.override = args: args // { kernel = name; }; })
    [ "linux" "linux_latest" "linux_6_1" "linux_6_12" "linux_7_2" ]);

  config = import module { inherit lib pkgs; config = { }; };
  common' = if common == null then { } else import common { inherit lib; };
  sets = [ common' ] ++ map (p: p.${attribute} or { }) config.boot.kernelPatches;

  # The definitions of a symbol that have the strongest priority.
  strongest = name:
    let
      all = concatMap (s: if s ? ${name} then [ s.${name} ] else [ ]) sets;
      best = foldl' (a: v: if priorityOf v < a then priorityOf v else a) 10000 all;
    in map contentOf (filter (v: priorityOf v == best) all);

  # The one value all definitions of a field agree on.
  agree = name: field: defs:
    let values = concatMap (d: if d ? ${field} then [ d.${field} ] else [ ]) defs;
    in if values == [ ] then null
    else foldl' (a: v: if a == v then a else throw "conflicting definitions of ${name}") (builtins.head values) values;

  line = name:
    let
      defs = strongest name;
      free = agree name "freeform" defs;
      value = if free != null then free else agree name "tristate" defs;
      optional = foldl' (a: d: a && (d.optional or false)) true defs;
      text = if value == "" then "\"\"" else value;
    in if value == null then "" else "${name}${if optional then "?" else ""} ${text}\n";

  names = attrNames (foldl' (a: s: a // s) { } sets);
in {
  # generic.nix: the options, then the platform's own lines, then the patches' extraConfig
  answers = concatStringsSep "\n" ([ (concatStringsSep "" (map line names) + platform) ]
    ++ filter (text: text != "") (map (p: p.extraConfig or "") config.boot.kernelPatches));
  override = config.boot.kernelPackages.kernel or null;
  name = map (p: p.name) config.boot.kernelPatches;
  patch = map (p: p.patch) config.boot.kernelPatches;
  initrd = config.boot.initrd or null;
  hardware = config.hardware or null;
}
