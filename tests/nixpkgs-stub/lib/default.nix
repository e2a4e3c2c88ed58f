# SPDX-License-Identifier: GPL-2.0-or-later
rec {
  kernel = import ./kernel.nix { inherit lib; };
  lib = { inherit mkForce versionAtLeast; };
  mkForce = content: { _type = "override"; priority = 50; inherit content; };
  versionAtLeast = a: b: builtins.compareVersions a b >= 0;
}
