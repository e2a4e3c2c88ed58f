#!/bin/sh
# nixpkgs' run as we play it and as the tree's own conf plays it: the same on random Kconfig files, and the options
# our planner finds bring conf to the target. More rounds: python3 tests/simulate_diff.py ... 1000
set -eu
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
command -v bison >/dev/null && command -v flex >/dev/null || { echo "no bison and flex to build conf"; exit 77; }
dir=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
python3 tests/simulate_diff.py "$DERPCONFIG" "$dir/source" "$BUILD/simulate" "${ROUNDS:-15}" "${SEED:-1}"
