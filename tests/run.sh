#!/bin/sh
# run.sh PROGRAM [KERNEL-OPTION...] - what `make run` does once derpconfig is built: scans this machine, maps its
# devices on a Debian kernel (or on the one that the options name), says how that went and where the patch is. A
# machine with hardly any devices, as virtual ones are, is followed by a laptop from fixtures/machines.
#
# That something could not be mapped (exit code 5) is an ordinary answer here: the list is on the screen.
set -eu
program=$1
shift
cd "$(dirname "$0")/.."
out=${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/run
laptop=fixtures/machines/checkbox-LENOVO_T420.json
few=30
mkdir -p "$out"

if [ $# = 0 ] && command -v apt-get > /dev/null; then
	kernel=$(sh tests/debian-kernel.sh 6.12 "$(dpkg --print-architecture)")
	set -- --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config"
fi

derpconfig() {
	echo "\$ derpconfig $*" >&2
	"$program" "$@" || [ $? = 5 ]
}

# answer DUMP NAME KERNEL-OPTION... - maps the dump, shows the summary, writes the patch.
answer() {
	dump=$1 name=$2
	shift 2
	derpconfig map "$dump" "$@" -o "$out/$name.map"
	sed -n '/^[0-9]* devices: /,$p' "$out/$name.map"
	derpconfig generate "$dump" "$@" -o "$out/$name.nix"
	echo "every device: $out/$name.map"
	echo "the patch:    $out/$name.nix"
}

derpconfig scan -o "$out/this-machine.json"
answer "$out/this-machine.json" this-machine "$@"
bound=$(sed -n 's/^[0-9]* devices: \([0-9]*\) bound.*/\1/p' "$out/this-machine.map")
if [ "${bound:-0}" -lt "$few" ]; then
	echo
	echo "Only $bound devices here have a driver, as in a virtual machine; so here is a laptop too: $laptop"
	answer "$laptop" laptop "$@"
fi
