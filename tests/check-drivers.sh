#!/bin/sh
# check-drivers.sh - the drivers that no modalias finds, the 60 commonest on recorded machines, against the object and
# symbol that a person found for each (facts/top-missed-drivers.tsv).
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
program=${DERPCONFIG:-$PWD/build/derpconfig}
facts=${DERPCONFIG_SHARED:-../shared}/facts/top-missed-drivers.tsv
[ -e "$facts" ] || { echo "no facts at $facts"; exit 77; }
command -v python3 > /dev/null || { echo "no python3"; exit 77; }
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
	echo '# arch: x86_64'
	printf 'bus\tmodalias\tdriver\tmodules\tname\tcount\n'
	tail -n +2 "$facts" | awk -F '\t' '{
		# two objects register this name on this bus; the device tells which
		id = $3 == "processor_aggregator" ? "acpi:ACPI000C:" : "-"
		printf "%s\t%s\t%s\t-\t-\t1\n", $2, id, $3
	}'
} > "$work/dump"
code=0
"$program" map "$work/dump" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" --json \
	-o "$work/out" 2> "$work/err" || code=$?
[ $code = 5 ] || { cat "$work/err"; exit 1; }
python3 - "$facts" "$work/out" <<'END'
import json, re, sys

# The facts say "no such driver"; the tree says more.
better = {
    ("acpi", "pci_link"): "drivers/acpi/acpi.o",              # the ACPI core does its work now
    ("pci", "intel-spi"): "drivers/spi/spi-intel-pci.o",      # in the tree, not in Debian's configuration
    ("pci", "nvidia-gpu"): "drivers/i2c/busses/i2c-nvidia-gpu.o",
    ("platform", "ipmi"): "drivers/char/ipmi/ipmi_msghandler.o",
}
got = {(d["subsystem"], d["driver"]): d for d in json.load(open(sys.argv[2]))["devices"]}
bad = right = 0
for line in open(sys.argv[1]).read().splitlines()[1:]:
    rank, bus, driver, devices, machines, why = line.split("\t")
    want = re.findall(r"\[([^]]*)\]", why)[-1].split()
    d = got[bus, driver]
    routes = d["routes"]
    if (bus, driver) in better:
        ok = [r["object"] for r in routes] == [better[bus, driver]]
    elif want == ["-"]:
        ok = not routes and d["found"] in ("gone", "out-of-tree") and d["note"]
    else:
        names = [r["path"].split("/")[-1][:-3].replace("-", "_") for r in routes]
        symbols = set(re.findall(r"[A-Z0-9_]+", " ".join(r["symbols"] for r in routes)))
        ok = routes and all(w[7:] in symbols for w in want if w.startswith("CONFIG_"))
        if driver == "processor_aggregator":
            ok = ok and names == ["acpi_pad"]
        elif want[0] == "vmlinux":
            ok = ok and all(r["state"] == "builtin" for r in routes)
        else:
            ok = ok and all(n in want[0].split(",") for n in names)
    right += bool(ok)
    if not ok:
        bad += 1
        print(f"{bus} {driver}: want {' '.join(want)}, got {d['found']}", [(r["object"], r["state"], r["symbols"]) for r in routes])
print(right, "right,", bad, "wrong")
sys.exit(bad > 0)
END
