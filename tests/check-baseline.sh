#!/bin/sh
# Every symbol of the baseline is one of the kernel's, and Debian's fat kernel meets what is required.
set -eu
dir=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
find "$dir/source/" -name 'Kconfig*' -print0 | LC_ALL=C sort -z |
	xargs -0 sed -nE 's/^[[:space:]]*(menu)?config[[:space:]]+([A-Za-z0-9_]+).*/\2/p' | sort -u > "$tmp/known"
grep -v '^#' nixout/data/baseline.csv | cut -d, -f1 | sort -u > "$tmp/named"
# what stands in the list for other versions
echo SYSFS_DEPRECATED > "$tmp/old"
fail=0
comm -23 "$tmp/named" "$tmp/known" | grep -vxFf "$tmp/old" && { echo "^ no such symbol in 6.12"; fail=1; }
"$DERPCONFIG" check --level initrd "$dir/config" > "$tmp/out" || { cat "$tmp/out"; fail=1; }
# a lean configuration fails, and says why
printf 'CONFIG_X86_64=y\nCONFIG_X86=y\nCONFIG_MODULES=y\n' > "$tmp/lean"
code=0
"$DERPCONFIG" check --nixos efi --nixos -firewall "$tmp/lean" > "$tmp/out" || code=$?
[ $code = 1 ] || { echo "exit $code for a lean configuration"; fail=1; }
grep -q '^required: DEVTMPFS is n, wanted y: ' "$tmp/out" || { cat "$tmp/out"; fail=1; }
grep -q '^recommended: EFI is n' "$tmp/out" || { echo "no EFI row"; fail=1; }
grep -q 'IP_NF_IPTABLES' "$tmp/out" && { echo "the firewall was taken away"; fail=1; }
code=0
"$DERPCONFIG" check --nixos nonsense "$tmp/lean" > "$tmp/out" 2>&1 || code=$?
[ $code = 2 ] || { echo "exit $code for an unknown feature"; fail=1; }
code=0
"$DERPCONFIG" check "$tmp/absent" > "$tmp/out" 2>&1 || code=$?
[ $code = 2 ] || { echo "exit $code for an absent file"; fail=1; }
exit $fail
