#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-prove.sh - the judges of `make prove` on made-up reports: a verdict that can't say "lost" proves nothing.
set -eu
export PYTHONDONTWRITEBYTECODE=1
command -v python3 > /dev/null || { echo "skipped: no python3"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)/prove
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

device() { # PATH SUBSYSTEM DRIVER
	printf '%s{"path":"/devices/%s","subsystem":"%s","modalias":"x:%s","driver":"%s","module":"%s"}' "$comma" "$1" "$2" "$2" "$3" "$3"
	comma=,
}
report() { # DIR, devices as lines "PATH SUBSYSTEM DRIVER" on standard input
	mkdir -p "$1"
	comma=
	{ printf '{"devices":['; while read -r path bus driver; do device "$path" "$bus" "$driver"; done; printf ']}\n'; } > "$1/scan.json"
	printf 'target active running\nroot /dev/vda ext4\nnetwork 10.0.2.15/24 answers\n' > "$1/facts"
	: > "$1/failed"
}
expect() { # STATUS LAST-LINE ARGUMENTS...
	want=$1 line=$2 status=0
	shift 2
	"$@" > "$work/out" 2>&1 || status=$?
	[ "$status" = "$want" ] && grep -qxF "$line" "$work/out" && return
	echo "check-prove.sh: $*: status $status, not $want, or no line '$line' in:" >&2
	cat "$work/out" >&2
	exit 1
}

report "$work/fat" <<- END
	pci0000:00/0000:00:01.0 pci nvme
	pci0000:00/0000:00:02.0 pci xhci_hcd
	pci0000:00/0000:00:02.0/usb1/1-1 usb usb
	pci0000:00/0000:00:02.0/usb1/1-2 usb usb
END
# Counted otherwise, and one device more: nothing is lost.
report "$work/same" <<- END
	pci0000:00/0000:00:02.0 pci xhci_hcd
	pci0000:00/0000:00:02.0/usb3/3-1 usb usb
	pci0000:00/0000:00:02.0/usb3/3-2 usb usb
	pci0000:00/0000:00:01.0 pci nvme
	pci0000:00/0000:00:03.0 pci ahci
END
expect 0 "bound fat=4 lean=5 lost=0" python3 "$here/verdict.py" "$work/fat" "$work/same"
# One of two that are alike, another driver, and none.
report "$work/less" <<- END
	pci0000:00/0000:00:01.0 pci other
	pci0000:00/0000:00:02.0/usb3/3-1 usb usb
END
expect 1 "bound fat=4 lean=2 lost=3" python3 "$here/verdict.py" "$work/fat" "$work/less"
expect 1 "lost     pci nvme /devices/pci0000:00/0000:00:01.0 now other" python3 "$here/verdict.py" "$work/fat" "$work/less"
# Bound, but of no use.
cp -r "$work/same" "$work/useless"
sed -i 's/answers/silent/' "$work/useless/facts"
echo a.service > "$work/useless/failed"
expect 1 "unusable network: 10.0.2.15/24 answers | 10.0.2.15/24 silent" python3 "$here/verdict.py" "$work/fat" "$work/useless"
expect 1 "unusable failed:  | a.service" python3 "$here/verdict.py" "$work/fat" "$work/useless"
expect 0 "bound fat=5 lean=5 lost=0" python3 "$here/verdict.py" "$work/useless" "$work/useless"

# The control: without xhci_hcd its own device and those below it go; nvme going too would be wrong.
run() { # NAME MODULES, report on standard input
	report "$work/$1/boot/report"
	mkdir -p "$work/$1/kernel/lib/modules/1"
	for m in $2; do : > "$work/$1/kernel/lib/modules/1/$m.ko"; done
}
printf '%s\n' "pci0000:00/0000:00:01.0 pci nvme" "pci0000:00/0000:00:02.0 pci xhci_hcd" \
	"pci0000:00/0000:00:02.0/usb1/1-1 usb usb" > "$work/lines"
run lean "nvme xhci-hcd usb" < "$work/lines"
head -n 1 "$work/lines" | run good "nvme usb"
: | run bad "nvme usb"
gone="control: modules gone: xhci_hcd; devices expected 2"
expect 0 "$gone, lost 2, exactly these" python3 "$here/control.py" "$work/lean" "$work/good"
expect 1 "$gone, lost 3, not these" python3 "$here/control.py" "$work/lean" "$work/bad"
cp "$work/lean/boot/report/scan.json" "$work/good/boot/report/"
expect 1 "$gone, lost 0, not these" python3 "$here/control.py" "$work/lean" "$work/good"

# Every goal: a stand-in for the program that builds A.ko for CONFIG_A. USB needs PCI; the last line brings NVME back.
cat > "$work/program" <<- 'END'
	#!/bin/sh
	if [ "$1" = conf ]; then
		sed -n '/^CONFIG_/p' "$4" > "$8"
		grep -q CONFIG_PCI "$8" || sed -i /USB/d "$8"
		grep -q CONFIG_FABRICS "$8" && echo CONFIG_NVME=m >> "$8" || true
	else
		sed -n 's/^CONFIG_\(.*\)=.*/kernel\/\1.ko/p' "$4" | tr A-Z a-z | sort -u
	fi
END
chmod +x "$work/program"
report "$work/lean/boot/report" <<- END
	pci0000:00/0000:00:01.0 pci nvme
	pci0000:00/0000:00:02.0/usb1/1-1 usb usb
END
printf '%s\n' '## hardware' CONFIG_PCI=y CONFIG_USB=m CONFIG_NVME=m '## baseline' CONFIG_FABRICS=m > "$work/lean/fragment"
every() { expect 0 "$1" python3 "$here/every.py" "$work/program" tree config "$work/lean"; }
every "PCI pci usb : usb"
every "USB usb : usb"
every "NVME stays"
every "every: 3 goals, 1 stay for another's sake, 2 take modules with them, 0 nothing"

# Every profile can be read.
for profile in "$here"/profiles/*.profile; do
	python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import boot; m = boot.Machine(sys.argv[2], "/"); assert m.args' "$here" "$profile"
done
