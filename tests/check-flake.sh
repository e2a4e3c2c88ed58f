#!/bin/sh
# The flake, evaluated by nix itself against tests/nixpkgs-stub: every output is what a flake's output has to be, the
# package asks for the libraries that find-libs.sh asks for, and the NixOS module yields the patch's answers.
set -eu
command -v nix > /dev/null || { echo "no nix (Debian: nix-bin)"; exit 77; }
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
top=$PWD
mkdir -p "$tmp/home" "$tmp/flake/tests"
cp -r flake.nix Makefile "$tmp/flake"
cp tests/run.sh "$tmp/flake/tests"
cp -r tests/nixpkgs-stub "$tmp/stub"
export HOME="$tmp/home" NIX_STATE_DIR="$tmp/state" NIX_STORE_DIR="$tmp/store" NIX_LOG_DIR="$tmp/log" NIX_REMOTE=
export NIX_CONFIG="experimental-features = nix-command flakes
build-users-group ="
fail() { echo "$*"; exit 1; }

nix flake show --json --no-write-lock-file --override-input nixpkgs "path:$tmp/stub" "path:$tmp/flake" \
	> "$tmp/show" 2> "$tmp/err" || { cat "$tmp/err"; exit 1; }
python3 - "$tmp/show" > "$tmp/outputs" <<'E2'
import json, sys
def walk(path, node):
    if "type" in node and isinstance(node["type"], str):
        print("/".join(path), node["type"], node.get("name", ""))
    else:
        for k in sorted(node):
            walk(path + [k], node[k])
walk([], json.load(open(sys.argv[1])))
E2
version=$(sed -n 's/^VERSION := //p' Makefile)
{
	for s in aarch64-linux x86_64-linux; do
		cat <<-END
			apps/$s/default app
			checks/$s/clang derivation derpconfig-$version
			checks/$s/tests derivation derpconfig-$version
			devShells/$s/default derivation nix-shell
			devShells/$s/llvm derivation nix-shell
			packages/$s/default derivation derpconfig-$version
			packages/$s/derpconfig derivation derpconfig-$version
			packages/$s/kernel-source derivation linux-6.12.1.tar.xz
		END
	done
	printf '%s\n' 'nixosModules/default nixos-module' 'nixosModules/derpconfig nixos-module' \
		'overlays/default nixpkgs-overlay'
} | sort > "$tmp/want"
sed 's/ *$//' "$tmp/outputs" | sort | diff -u "$tmp/want" - || fail "other outputs"

cat > "$tmp/eval.nix" <<'E2'
{ top, patch }:
let
  nixpkgs = (import (top + "/tests/nixpkgs-stub/flake.nix")).outputs { };
  flake = import (top + "/flake.nix");
  self = flake.outputs { inherit self nixpkgs; } // { outPath = "/self"; };
  pkgs = nixpkgs.legacyPackages.x86_64-linux;
  inherit (self.packages.x86_64-linux) derpconfig;
  ask = settings:
    let
      module = self.nixosModules.derpconfig { inherit (nixpkgs) lib; inherit pkgs config; };
      config.derpconfig = builtins.mapAttrs (_: o: o.default or (throw "no default")) module.options.derpconfig // settings;
    in module.config;
  on = ask { enable = true; dump = "/machine.json"; inherit patch; };
  off = ask { };
  generated = ask { enable = true; dump = "/machine.json"; sets = [ "usb-storage" "printer" ]; mode = "common"; };
in {
  libraries = map (p: p.pname) derpconfig.buildInputs;
  overlay = (self.overlays.default pkgs pkgs).derpconfig.pname;
  shell = builtins.length self.devShells.x86_64-linux.llvm.packages > 20;
  llvm = self.devShells.x86_64-linux.llvm.stdenv;
  clang = self.checks.x86_64-linux.clang.stdenv;
  run = self.apps.x86_64-linux.default.program != "";
  off = { inherit (off) boot hardware; service = off.systemd.services.derpconfig-changed.condition; };
  on = {
    patches = map (p: p.structuredExtraConfig) on.boot.kernelPatches;
    kernel = on.boot.kernelPackages.kernel.args;
    service = on.systemd.services.derpconfig-changed.condition;
  };
  # What import from derivation would build.
  command = generated.boot.command;
}
E2
sed 's/linux_latest\.override/linux.override/' fixtures/nixout/llvm/want.nix > "$tmp/patch.nix"
eval_json() {
	nix-instantiate --eval --read-write-mode --strict --json "$tmp/eval.nix" --arg top "$top" --arg patch "$tmp/patch.nix" -A "$1"
}
same() { # ATTRIBUTE WANTED
	got=$(eval_json "$1" 2> "$tmp/err") || { cat "$tmp/err"; fail "$1: does not evaluate"; }
	[ "$got" = "$2" ] || fail "$1: $got instead of $2"
}
same libraries "[$(sed -En 's/^(lib[^ ]*|jansson) .* ([^ ]*)$/"\2"/p' tests/find-libs.sh | tr '\n' ,)\"cadical\"]"
same overlay '"derpconfig"'
same shell true
same llvm '"clang"'
same clang '"clang"'
same run true
same off '{"boot":{},"hardware":{},"service":false}'
same on.service true
same on.patches '[{"MODULES":{"tristate":"y"}}]'

# The command line that the module makes is one that generate takes.
eval_json command > "$tmp/command"
"$DERPCONFIG" help generate > "$tmp/help"
for flag in $(grep -oE "[ ']--?[a-z-]+" "$tmp/command" | tr -d " '"); do
	grep -q -e "${flag}[ ,]" "$tmp/help" || fail "the module calls 'generate $flag', which does not exist"
done
echo "$(wc -l < "$tmp/want") outputs"
