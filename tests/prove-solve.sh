#!/bin/sh
# prove-solve.sh SERIES ARCH each [FROM STEP] | random LISTS SIZE SEED - the solver against the kernel's own conf.
#
# Solves goals on Debian's kernel, hands every fragment to the tree's conf (allnoconfig, KCONFIG_ALLCONFIG) and checks
# that each module asked for is built by what conf made of it: by our reading of the Makefiles, then by GNU make with the
# Makefiles themselves (prove_forward.py). Exits 0 when none was missed.
set -eu
series=${1:?SERIES} arch=${2:?ARCH}
shift 2
case $arch in amd64) karch=x86_64 ;; *) karch=$arch ;; esac
top=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$top/build}
make -s -C "$top" BUILD="$build" "$build/tests/prove-solve"
dir=$(sh "$top/tests/debian-kernel.sh" "$series" "$arch")
work=${WORK:-$(mktemp -d)}
mkdir -p "$work/out" "$work/conf"
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT

"$build/tests/prove-solve" solve "$dir/source/" $karch "$dir/config" "$dir/modules/modules.order" "$work/out" "$@" \
	> "$work/solve.log" || true
tail -n 1 "$work/solve.log"
grep -A20 FAILED "$work/solve.log" | head -n 60 || true

# the tree's conf, its parse shared by all the fragments
kmake() { make -s -C "$dir/source/" O="$work/conf" ARCH=$karch "$@" > "$work/conf/make.log" 2>&1; }
rm -f "$work/conf/scripts/kconfig/conf" # an earlier run's has its parse shared
kmake allnoconfig
(cd "$work/conf/scripts/kconfig" &&
	cc -O1 -Wl,--wrap=conf_parse -o conf "$top/tests/conf-server.c" conf.o confdata.o expr.o lexer.lex.o menu.o \
		parser.tab.o preprocess.o symbol.o util.o)
for f in "$work"/out/*.fragment; do
	echo "$f ${f%.fragment}.config"
done > "$work/out/jobs"
CONF_JOBS=$work/out/jobs kmake allnoconfig || { cat "$work/conf/make.log" >&2; exit 1; }
"$build/tests/prove-solve" check "$dir/source/" $karch "$dir/modules/modules.order" "$work/out"
python3 "$top/tests/prove_forward.py" "$dir/source/" $karch "$work/out"
