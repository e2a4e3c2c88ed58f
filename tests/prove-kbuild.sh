#!/bin/sh
# prove-kbuild.sh - 'derpconfig built' against GNU make itself, on random configurations of Debian's kernels.
#
#   prove-kbuild.sh [COUNT [FIRST-SEED]]      24 configurations by default; 20 s each; of the kernels in KBUILD_SERIES
#   prove-kbuild.sh ARCH...                   each architecture's own defconfig instead
#
# The oracle (kbuild-oracle in the shared tools, with tests/walk-kernel.mk) lets the tree's own Makefiles decide, through
# make, and compiles nothing. Modules must be the same in the same order, built-in objects the same as a set.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
oracle=${DERPCONFIG_SHARED:-../shared}/tools/kbuild-oracle
derpconfig=${DERPCONFIG:-build/derpconfig}
[ -e "$oracle/forward.py" ] || { echo "no oracle in $oracle"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$oracle/forward.py" "$work/"
cp tests/walk-kernel.mk "$work/walk.mk"
wrong=0 runs=0

# copy KERNEL - what configures the tree, to $work/tree
copy() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	(cd "$1/source/" && find . -path ./tools/testing -prune -o -type f \
		\( -name 'Makefile*' -o -name 'Kbuild*' -o -name 'Kconfig*' -o -name 'Platform*' -o -name '*defconfig' -o -name '*.config' \
		-o -path './scripts/*' -o -path './arch/*/tools/*' -o -path './tools/*' -o -path './include/linux/*' -o -path './include/uapi/*' \) -print |
		tar -cf - -T -) | tar -xf - -C "$work/tree"
}

# capture ARCH TARGET - what the top Makefile exports to the others when it makes for ARCH, to $work/env
capture() {
	# a defconfig that is missing would be asked for again and again
	timeout 120 make -s -C "$work/tree" CC=gcc ARCH="$1" "$2" > "$work/log" 2>&1 < /dev/null ||
		{ echo "cannot configure the copy for $1"; cat "$work/log"; return 1; }
	ARCH=$1 bash "$oracle/envcap.sh" "$work/tree" gcc "$work/env" > "$work/log" 2>&1 || { cat "$work/log"; return 1; }
}

# compare KERNEL ARCH NAME - for the configuration in $work/config
compare() {
	python3 "$work/forward.py" "$1/source" "$work/env" "$work/config" "$work/oracle" > "$work/oracle.out" 2>&1
	"$derpconfig" built --kernel "$1/source" --config "$work/config" --arch "$2" > "$work/modules" 2> "$work/err" || :
	"$derpconfig" built --builtin --kernel "$1/source" --config "$work/config" --arch "$2" 2> "$work/err" |
		sed -n 's/^\([^\t]*\)\.o\t.*/\1/p' | sort -u > "$work/objects"
	# the oracle hands texts to make in quotes, as kernels before 5.18 did: an object named "" comes of it
	cut -d' ' -f1 "$work/oracle.builtin-objs" | grep -v '/""\.gen$' | sort -u > "$work/oracle.objects"
	runs=$((runs + 1))
	if [ -s "$work/oracle.objects" ] && cmp -s "$work/oracle.modules" "$work/modules" && cmp -s "$work/oracle.objects" "$work/objects"; then
		echo "$3: $(wc -l < "$work/modules") modules, $(wc -l < "$work/objects") objects: the same"
	else
		wrong=$((wrong + 1))
		echo "$3: DIFFERENT: the oracle's answer is <, ours is >"
		diff "$work/oracle.modules" "$work/modules" | head -n 10
		diff "$work/oracle.objects" "$work/objects" | head -n 10
		tail -n 5 "$work/oracle.out"
	fi
	cat "$work/err"
}

random_configurations() { # SERIES COUNT FIRST
	kernel=$(sh tests/debian-kernel.sh "$1" amd64) || exit 77
	copy "$kernel"
	cp "$kernel/config" "$work/tree/.config"
	capture x86_64 olddefconfig || exit 77
	seed=$3
	while [ "$seed" -lt $(($3 + $2)) ]; do
		# what arch/x86/Makefile asks for; the oracle knows its answers for Debian's configuration only
		awk -v seed="$seed" -v keep="PCI PM FB VIDEO MATH_EMULATION X86_64 64BIT" -f tests/random-config.awk \
			"$kernel/config" > "$work/config"
		compare "$kernel" x86_64 "$1 seed $seed"
		seed=$((seed + 1))
	done
}

defconfigs() { # SERIES ARCH...
	kernel=$(sh tests/debian-kernel.sh "$1" amd64) || exit 77
	series=$1
	shift
	copy "$kernel"
	for arch; do
		rm -f "$work/tree/.config"
		capture "$arch" "${KBUILD_CONFIG:-defconfig}" || continue
		cp "$work/tree/.config" "$work/config"
		compare "$kernel" "$arch" "$series $arch"
	done
}

for series in ${KBUILD_SERIES:-6.12 6.1}; do
	case ${1:-24} in
	[0-9]*) random_configurations "$series" "${1:-24}" "${2:-1}" ;;
	*) defconfigs "$series" "$@" ;;
	esac
done
echo "$runs configurations, $wrong different"
[ $wrong = 0 ]
