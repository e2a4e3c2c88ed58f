#!/bin/sh
# run.sh PROGRAM - what `make run` does once derpconfig is built: scans this machine, maps its devices on a Debian
# kernel (on other systems: the running one), says how that went and where the patch is. A machine with hardly any
# devices, as virtual ones are, is followed by a laptop from fixtures/machines.
#
# That something could not be mapped (exit code 5) is an ordinary answer here: the list is on the screen.
set -eu
program=$1
out=${XDG_CACHE_HOME:-$HOME/.cache}/derpconfig/run
few=40
mkdir -p "$out"

set --
if command -v apt-get > /dev/null; then
	kernel=$(sh tests/debian-kernel.sh 6.12 "$(dpkg --print-architecture)")
	set -- --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config"
fi

derpconfig() {
	echo "\$ derpconfig $*"
	"$program" "$@" || [ $? = 5 ]
}

# answer DUMP NAME KERNEL-OPTION... - maps the dump, shows the summary, writes the patch.
answer() {
	dump=$1 name=$2
	shift 2
	derpconfig map "$dump" "$@" > "$out/$name.map"
	grep -v '^\$' "$out/$name.map" | tail -n 20
	derpconfig generate "$dump" "$@" -o "$out/$name.nix" > /dev/null
	echo "the whole table: $out/$name.map"
	echo "the patch:       $out/$name.nix"
}

derpconfig scan -o "$out/this-machine.json"
answer "$out/this-machine.json" this-machine "$@"
devices=$(grep -c '"path"' "$out/this-machine.json" || true)
if [ "$devices" -lt "$few" ]; then
	laptop=$(ls fixtures/machines/*laptop* | head -n 1)
	echo
	echo "This machine shows only $devices devices, so here is a laptop too: $laptop"
	answer "$laptop" laptop "$@"
fi
