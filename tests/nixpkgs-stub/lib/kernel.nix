# SPDX-License-Identifier: GPL-2.0-or-later
{ lib }:
rec {
  yes = { tristate = "y"; optional = false; };
  no = { tristate = "n"; optional = false; };
  module = { tristate = "m"; optional = false; };
  unset = { tristate = null; optional = false; };
  freeform = text: { freeform = text; optional = false; };
  option = x: x // { optional = true; };
  whenHelpers = version: {
    whenAtLeast = v: x: if lib.versionAtLeast version v then x else unset;
    whenOlder = v: x: if lib.versionAtLeast version v then unset else x;
  };
}
