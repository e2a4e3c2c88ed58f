#!/bin/sh
# Two configurations of a whole kernel tree: the options that convert finds, applied to OLD through the simulator, give NEW.
# N pairs (default 100), from the FIRST on: random ones, and one in ten of a mode's or the distribution's configuration with
# a random one. JUDGE=1: each is also played by the tree's own conf. SERIES and ARCH name another kernel.
set -eu
dir=$(sh tests/debian-kernel.sh "${SERIES:-6.12}" "${ARCH:-amd64}") || exit 77
work=$BUILD/convert
mkdir -p "$work"
set -- --kernel "$dir/source" --config "$dir/config"
fail=0 i=$((${FIRST:-1} - 1)) last=$((${FIRST:-1} + ${N:-100} - 1)) seeded=0 lines=0
# The toolchain is this machine's there: only what was answered is compared, by the script's own check.
judge() {
	python3 tests/nixos_driver.py "$(realpath "$dir/source")" "$work/judge" --base "$work/old" --seed "$work/seed" \
		--answers "$work/answers" -o "$work/judged"
}
while [ $i -lt $last ]; do
	i=$((i + 1))
	case $((i % 50)) in
	10) mode=allnoconfig ;; 20) mode=alldefconfig ;; 30) mode=allmodconfig ;; 40) mode=allyesconfig ;; 0) mode=olddefconfig ;;
	*) mode="randconfig --seed $((i * 2))" ;;
	esac
	# shellcheck disable=SC2086
	"$DERPCONFIG" conf $mode "$@" -o "$work/old" 2> "$work/err" || { cat "$work/err"; fail=1; continue; }
	"$DERPCONFIG" conf randconfig --seed $((i * 2 + 1)) "$@" -o "$work/new" 2> "$work/err" || { cat "$work/err"; fail=1; continue; }
	[ $((i % 20)) != 0 ] || { mv "$work/old" "$work/swap"; mv "$work/new" "$work/old"; mv "$work/swap" "$work/new"; }
	"$DERPCONFIG" convert "$work/old" "$work/new" "$@" --format plan -o "$work/plan" 2> "$work/err" ||
		{ echo "pair $i ($mode): no way found"; tail -n 3 "$work/err"; fail=1; continue; }
	sed '/^---$/,$d' "$work/plan" > "$work/seed"
	awk 'on; /^---$/ { on = 1 }' "$work/plan" > "$work/answers"
	"$DERPCONFIG" simulate --base "$work/old" --seed "$work/seed" --answers "$work/answers" "$@" -o "$work/played" 2> "$work/err" ||
		{ echo "pair $i ($mode): the run fails"; tail -n 3 "$work/err"; fail=1; continue; }
	sed -i 's/^\(CONFIG_[A-Za-z0-9_]*\)=0x/\1=/' "$work/new" "$work/played" # conf spells a default 0 as 0x0 once it is asked
	cmp -s "$work/new" "$work/played" || { echo "pair $i ($mode): leads elsewhere"; fail=1; }
	[ -z "${JUDGE:-}" ] || judge || { echo "pair $i ($mode): conf does not follow"; fail=1; }
	lines=$((lines + $(wc -l < "$work/answers")))
	[ ! -s "$work/seed" ] || seeded=$((seeded + 1))
done
echo "${N:-100} pairs, $lines options, $seeded with lines in the base"
exit $fail
