#!/bin/sh
# Machines' patches in each mode, evaluated by nixpkgs' rules and played by the tree's own conf: no error, and of lean
# and common exactly the configuration that generate says. MACHINES names dumps; the default is all of fixtures/machines.
set -eu
for tool in python3 nix-instantiate bison flex; do
	command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
dir=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
work=$BUILD/nixmodes
mkdir -p "$work"
# a stand-in for NixOS' common config: what Debian says about one symbol in ten
sed -nE 's/^CONFIG_([A-Z][A-Za-z0-9_]*)=([ym])$/\1 \2/p' "$dir/config" |
	awk 'NR % 10 == 3 { print (NR % 3 ? $1 : $1 "?"), $2 }' > "$work/common"
fail=0
for mode in "" --common="$work/common" --mode=subtract; do
	# shellcheck disable=SC2086
	python3 tests/prove_nixflow.py "$DERPCONFIG" "$dir" "$work" $mode ${MACHINES:-fixtures/machines/*.json} || fail=1
done
exit $fail
