#!/bin/sh
# Machines' patches in each mode, evaluated by nixpkgs' rules and played by the tree's own conf: no error, and of lean
# exactly the configuration that generate says, of common and subtract all that lean has. MACHINES names dumps (default: all of
# fixtures/machines), COMMON answers instead of a stand-in for NixOS' common config, MODES some of "lean common subtract";
# SERIES another kernel.
set -eu
for tool in python3 nix-instantiate bison flex; do
	command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
dir=$(sh tests/debian-kernel.sh "${SERIES:-6.12}" amd64) || exit 77
work=$BUILD/nixmodes
mkdir -p "$work"
# a stand-in for NixOS' common config: what Debian says about one symbol in ten
sed -nE 's/^CONFIG_([A-Z][A-Za-z0-9_]*)=([ym])$/\1 \2/p' "$dir/config" |
	awk 'NR % 10 == 3 { print (NR % 3 ? $1 : $1 "?"), $2 }' > "$work/common"
common=${COMMON:-$work/common}
fail=0
for mode in ${MODES:-lean common subtract}; do
	case $mode in
	lean) set -- ;;
	common) set -- --mode=common --common="$common" ;;
	subtract) set -- --mode=subtract ${COMMON:+--common="$common"} ;;
	esac
	# shellcheck disable=SC2086
	python3 tests/prove_nixflow.py "$DERPCONFIG" "$dir" "$work" "$@" ${MACHINES:-fixtures/machines/*.json} || fail=1
done
exit $fail
