#!/bin/sh
# Every symbol the sets name is one of the kernel's; the command lists and expands; errors have a place. Companions that
# only a booted kernel shows to be needed come along.
set -eu
dir=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
find "$dir/source/" -name 'Kconfig*' -print0 | LC_ALL=C sort -z |
	xargs -0 sed -nE 's/^[[:space:]]*(menu)?config[[:space:]]+([A-Za-z0-9_]+).*/\2/p' | sort -u > "$tmp/known"
sed -nE 's/^(want|maybe) ([A-Za-z0-9_]+).*/\2/p' kconfig/sets/*.set | sort -u > "$tmp/named"
fail=0
comm -23 "$tmp/named" "$tmp/known" | grep . && { echo "^ no such symbol in 6.12"; fail=1; }
"$DERPCONFIG" sets --sets "$tmp" > "$tmp/list"
[ "$(wc -l < "$tmp/list")" = "$(ls kconfig/sets/*.set | wc -l)" ] || { echo "not every set is listed"; fail=1; }
"$DERPCONFIG" sets --sets "$tmp" laptop > "$tmp/laptop"
[ "$(awk '{print $2}' "$tmp/laptop" | sort | uniq -d | wc -l)" = 0 ] || { echo "a symbol twice"; fail=1; }
printf 'want A\ninclude nowhere\n' > "$tmp/mine.set"
code=0
"$DERPCONFIG" sets --sets "$tmp" mine > "$tmp/out" 2> "$tmp/err" || code=$?
[ $code = 2 ] && grep -q "mine.set:2: there is no set 'nowhere'" "$tmp/err" || { echo "exit $code"; cat "$tmp/err"; fail=1; }

cat > "$tmp/server.json" <<'END'
{"format": "derpconfig-dump", "version": 1, "arch": "x86_64", "firmware": "bios", "cpu": {"vendor": "GenuineIntel"}, "devices": [
{"path":"/devices/LNXSYSTM:00/ACPI0012:00/ndbus0/region0/namespace0.0","subsystem":"nd","modalias":"nd:t4","driver":"nd_pmem","module":"nd_pmem"},
{"path":"/devices/pci0000:00/host0/target0:0:0/0:0:0:0","subsystem":"scsi","modalias":"scsi:t-0x14","driver":"sd","module":"sd_mod"},
{"path":"/devices/virtual/iommu/dmar0","subsystem":"iommu"}]}
END
generate() {
	"$DERPCONFIG" generate --format kconfig --no-baseline --kernel "$dir/source" --modules "$dir/modules" --config "$dir/config" "$1"
}
generate "$tmp/server.json" > "$tmp/out"
for want in BLK_DEV_PMEM=m BLK_DEV_ZONED=y DEBUG_FS=y INTEL_IOMMU=y; do
	grep -qx "CONFIG_$want" "$tmp/out" || { echo "$want is not in the fragment"; fail=1; }
done
sed '/nd_pmem/d; s/t-0x14/t-0x00/; /dmar0/s/iommu/misc/g' "$tmp/server.json" > "$tmp/other.json"
generate "$tmp/other.json" > "$tmp/out"
grep -qx CONFIG_BLK_DEV_SD=m "$tmp/out" || { echo "no disk in the fragment"; fail=1; }
grep -E '^CONFIG_(BLK_DEV_ZONED|DEBUG_FS|INTEL_IOMMU)=' "$tmp/out" && { echo "^ for nothing"; fail=1; }
exit $fail
