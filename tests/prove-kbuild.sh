#!/bin/sh
# prove-kbuild.sh - 'derpconfig built' against GNU make itself, on random configurations of Debian's kernel.
#
#   prove-kbuild.sh [COUNT [FIRST-SEED]]      24 configurations by default; 10 s each
#
# The oracle (kbuild-oracle in the shared tools) lets the tree's own Makefiles decide, through make, and compiles
# nothing. Modules must be the same in the same order, built-in objects the same as a set.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
count=${1:-24} first=${2:-1}
oracle=${DERPCONFIG_SHARED:-../shared}/tools/kbuild-oracle
derpconfig=${DERPCONFIG:-build/derpconfig}
[ -e "$oracle/forward.py" ] || { echo "no oracle in $oracle"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the top Makefile exports, from a copy of what configures the tree.
capture() {
	mkdir "$work/$1"
	(cd "$2/source/" && find . -path ./tools/testing -prune -o -type f \
		\( -name 'Makefile*' -o -name 'Kbuild*' -o -name 'Kconfig*' -o -path './scripts/*' -o -path './tools/*' \
		-o -path './include/linux/*' -o -path './include/uapi/*' \) -print | tar -cf - -T -) | tar -xf - -C "$work/$1"
	cp "$2/config" "$work/$1/.config"
	make -s -C "$work/$1" CC=gcc olddefconfig > /dev/null 2>&1 || { echo "cannot configure the copy of $1"; exit 77; }
	bash "$oracle/envcap.sh" "$work/$1" gcc "$work/$1.env" > "$work/envcap.log" 2>&1 || { cat "$work/envcap.log"; exit 77; }
}

wrong=0 runs=0
for series in 6.12 6.1; do
	kernel=$(sh tests/debian-kernel.sh $series amd64) || exit 77
	capture $series "$kernel"
	seed=$first
	while [ $seed -lt $((first + count)) ]; do
		# what arch/x86/Makefile asks for; the oracle knows its answers for Debian's configuration only
		awk -v seed=$seed -v keep="PCI PM FB VIDEO MATH_EMULATION X86_64 64BIT" -f tests/random-config.awk "$kernel/config" > "$work/config"
		python3 "$oracle/forward.py" "$kernel/source" "$work/$series.env" "$work/config" "$work/oracle" > "$work/oracle.out" 2>&1
		"$derpconfig" built --kernel "$kernel/source" --config "$work/config" --arch x86_64 > "$work/modules" 2> "$work/ours.err"
		"$derpconfig" built --builtin --kernel "$kernel/source" --config "$work/config" --arch x86_64 2> /dev/null |
			sed -n 's/^\([^\t]*\)\.o\t.*/\1/p' | sort -u > "$work/objects"
		# the oracle hands texts to make in quotes, as kernels before 5.18 did: an object named "" comes of it
		cut -d' ' -f1 "$work/oracle.builtin-objs" | grep -v '/""\.gen$' | sort -u > "$work/oracle.objects"
		runs=$((runs + 1))
		if cmp -s "$work/oracle.modules" "$work/modules" && cmp -s "$work/oracle.objects" "$work/objects"; then
			echo "$series seed $seed: $(wc -l < "$work/modules") modules, $(wc -l < "$work/objects") objects: the same"
		else
			wrong=$((wrong + 1))
			echo "$series seed $seed: DIFFERENT"
			diff "$work/oracle.modules" "$work/modules" | head -n 10
			diff "$work/oracle.objects" "$work/objects" | head -n 10
		fi
		seed=$((seed + 1))
	done
done
echo "$runs configurations, $wrong different"
[ $wrong = 0 ]
