#!/bin/sh
# check-map-corpus.sh - every bound device of the recorded machines of the kernel's architecture is mapped on 6.12,
# apart from the drivers below, and nothing is left unexplained.
set -u
cd "$(dirname "$0")/.." || exit 1
sh tests/prove-corpus.sh > "${TMPDIR:-/tmp}/map-corpus.$$" 2>&1
code=$?
trap 'rm -f "${TMPDIR:-/tmp}/map-corpus.$$"' EXIT
[ $code = 0 ] || { tail -n 5 "${TMPDIR:-/tmp}/map-corpus.$$"; exit $code; }
awk '
	/^machines of/ { own = /kernel/ }
	own && $1 ~ /^(gone|out-of-tree|other-arch|unmapped)$/ { n[$1] = $2 }
	own && $1 == "bound" { bound = $2 }
	/^not mapped:/ { listed = 1; next }
	# later kernels have amdxdna, earlier ones rtsx_pci_ms and apex; the xdma of PCI is the vendor'"'"'s
	listed && /gone: (amdxdna|rtsx_pci_ms|apex|xdma)$/ { known += $1 }
	END {
		printf "%d bound devices; not mapped: %d gone (%d known), %d out-of-tree, %d other-arch, %d unmapped\n", bound,
			n["gone"], known, n["out-of-tree"], n["other-arch"], n["unmapped"]
		exit !(bound > 4000 && n["gone"] == known && n["other-arch"] + n["unmapped"] == 0)
	}' "${TMPDIR:-/tmp}/map-corpus.$$"
