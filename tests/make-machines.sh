#!/bin/sh
# make-machines.sh CORPUS OUT - how fixtures/machines was made: a diverse choice of a collection of recorded
# machines (CORPUS/INDEX.tsv and CORPUS/machines/NAME.tsv), converted by derpconfig itself, with where each comes from and
# under which licence in OUT/INDEX.tsv. Only what may be passed on is taken.
set -eu
corpus=$1 out=$2
derpconfig=${DERPCONFIG:-build/derpconfig}
mkdir -p "$out"
printf 'machine\tsource\trepository\tlicence\tform\tarch\tkernel\tdevices\tbound\n' > "$out/INDEX.tsv"
while read -r name; do
	line=$(awk -F '\t' -v n="$name" '$1 == n && $7 == "yes" && $4 != "wacom" {
		print $1 "\t" $4 "\t" $5 "\t" $6 "\t" $9 "\t" $10 "\t" $11 "\t" $12 "\t" $13 }' "$corpus/INDEX.tsv")
	[ -n "$line" ] || { echo "make-machines.sh: $name is not in the collection, or not to be passed on" >&2; exit 1; }
	"$derpconfig" scan --from "$corpus/machines/$name.tsv" -o "$out/$name.json"
	printf '%s\n' "$line" >> "$out/INDEX.tsv"
done <<'END'
checkbox-CALXEDA_HIGHBANK
checkbox-CAPTURE_METADATA
checkbox-CAPTURE_METADATA_2
checkbox-DELL_IDRAC
checkbox-DELL_INSPIRON_3048
checkbox-EMMC_AS_MAIN_DRIVE
checkbox-HP_PROBOOK6550B_ACCELEROMETER
checkbox-INTEL_NUC_SNAPPY
checkbox-LENOVO_T420
checkbox-NVIDIA_DGX_STATION
checkbox-NXP_S32G_DEV_BOARD
checkbox-PANDABOARD
checkbox-QEMU_KVM
checkbox-REALTEK_CARD_READER_AND_NVME
checkbox-RPI2_WITH_CAMERA
checkbox-SAMSUNG_N310
checkbox-SHUTTLE_DH270_WITH_CORAL
checkbox-VIRT_CDROM
facter-ASUS-2244fc
facter-AZW_ME_mini-14bb37
facter-Dell_Inc._Latitude_E5270-cd0e6f
facter-Dell_Inc._PowerEdge_R720-4a6b97
facter-Framework_Laptop_16_AMD_Ryzen_7040_Serie-cd5123
facter-GPD_WIN2-560e5c
facter-Gigabyte_Technology_Co._Ltd._G41M-ES2L-92729d
facter-Gigabyte_Technology_Co._Ltd._X670E_AORUS-08e5a6
facter-HP_OMEN_25L_Desktop_GT11-1xxx-225a0f
facter-Hetzner_vServer-85aff9
facter-LENOVO_21K5CTO1WW-43824c
facter-Micro-Star_International_Co._Ltd._Katana-831a5c
facter-Vultr_VC2-4eb4ee
facter-netcup_KVM_Server-ab0eef
facter-unknown-397217
facter-unknown-8b977a
lspci-glpi-dell-xt2
END
