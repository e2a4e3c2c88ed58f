#!/bin/sh
# prove-machines.sh SERIES ARCH DUMP... - generate for recorded machines, checked by the kernel's own conf.
#
# For every dump: `generate --format kconfig`; the tree's conf makes a .config of the fragment (allnoconfig,
# KCONFIG_ALLCONFIG), and that must be, line for line, the .config that `generate --format dotconfig` promised.
# Symbols that only record which compiler, pahole or rustc is installed are left out of the comparison. Then GNU make,
# with the tree's own Makefiles (prove_forward.py), must build with conf's .config every object that `map` finds for the
# machine. Prints a row each: exit code, =y, =m, lines of the fragment, what differs. Exits 0 when nothing differs.
set -eu
series=${1:?SERIES} arch=${2:?ARCH}
shift 2
case $arch in amd64) karch=x86_64 ;; *) karch=$arch ;; esac
top=$(cd "$(dirname "$0")/.." && pwd)
derpconfig=${DERPCONFIG:-$top/build/derpconfig}
dir=$(sh "$top/tests/debian-kernel.sh" "$series" "$arch")
work=${WORK:-$(mktemp -d)}
mkdir -p "$work/out" "$work/conf"
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT

kmake() { make -s -C "$dir/source/" O="$work/conf" ARCH=$karch "$@" > "$work/conf/make.log" 2>&1; }
rm -f "$work/conf/scripts/kconfig/conf" # an earlier run's has its parse shared
kmake allnoconfig
(cd "$work/conf/scripts/kconfig" &&
	cc -O1 -Wl,--wrap=conf_parse -o conf "$top/tests/conf-server.c" conf.o confdata.o expr.o lexer.lex.o menu.o \
		parser.tab.o preprocess.o symbol.o util.o)

: > "$work/out/jobs"
for dump; do
	name=$(basename "$dump" | sed 's/[.][a-z]*$//')
	rc=0
	for format in kconfig dotconfig; do
		rc=0
		"$derpconfig" generate "$dump" --kernel "$dir/source/" --modules "$dir/modules" --config "$dir/config" \
			--arch $karch --format $format -o "$work/out/$name.$format" ${GENERATE_FLAGS:-} \
			2> "$work/out/$name.err" || rc=$?
	done
	echo "$rc" > "$work/out/$name.rc"
	"$derpconfig" map "$dump" --kernel "$dir/source/" --modules "$dir/modules" --config "$dir/config" --arch $karch --json \
		2> /dev/null | python3 -c 'import json, sys; [print(g["object"]) for g in json.load(sys.stdin)["goals"]]' > "$work/out/$name.goals"
	case $rc in
	0 | 5) echo "$work/out/$name.kconfig $work/out/$name.config" >> "$work/out/jobs" ;;
	esac
done
CONF_JOBS=$work/out/jobs kmake allnoconfig || { cat "$work/conf/make.log" >&2; exit 1; }

bad=0
tools='CC_VERSION_TEXT|PAHOLE_VERSION|PAHOLE_HAS_[A-Z_]*|RUSTC_[A-Z_]*'
for dump; do
	name=$(basename "$dump" | sed 's/[.][a-z]*$//')
	rc=$(cat "$work/out/$name.rc")
	if [ "$rc" != 0 ] && [ "$rc" != 5 ]; then
		echo "$name rc=$rc FAILED: $(head -c 300 "$work/out/$name.err" | tr '\n' ' ')"
		bad=$((bad + 1))
		continue
	fi
	for form in dotconfig config; do
		grep -E '^CONFIG_' "$work/out/$name.$form" | grep -vE "^CONFIG_($tools)=" | sort > "$work/out/$name.$form.lines"
	done
	differ=$(diff "$work/out/$name.dotconfig.lines" "$work/out/$name.config.lines" | grep -c '^[<>]' || true)
	warned=$(grep -c WARNING "$work/out/$name.config.log" || true)
	[ "$differ" = 0 ] && [ "$warned" = 0 ] || bad=$((bad + 1))
	echo "$name rc=$rc y=$(grep -c '=y$' "$work/out/$name.config.lines" || true) m=$(grep -c '=m$' "$work/out/$name.config.lines" || true)" \
		"lines=$(grep -c '^CONFIG_' "$work/out/$name.kconfig") differ=$differ warnings=$warned"
	[ "$differ" = 0 ] || diff "$work/out/$name.dotconfig.lines" "$work/out/$name.config.lines" | grep '^[<>]' | head -n 5
done
echo "machines=$# bad=$bad"
python3 "$top/tests/prove_forward.py" "$dir/source/" $karch "$work/out"
[ "$bad" = 0 ]
