#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh - make a kernel from a fragment, or the way localmodconfig would.
#
#   build.sh fragment FRAGMENT TREE DIR OUT           allnoconfig plus the fragment
#   build.sh localmodconfig LSMOD CONFIG TREE DIR OUT the distribution's configuration, cut down to what is loaded
#
# OUT gets config, bzImage, lib/modules/VERSION (stripped, depmod run), logs, `refused` (lines of the fragment
# that the result does not have) and `size`, one line:
#   bzImage=..MB modules=..MB ko=N objects=N compiled=N build=..s cpu=..s
# objects are those that image and modules are linked from, compiled those that this run compiled. DIR is where it
# is built; the tree is only read. What is compiled is cached by ccache where there is one; RECACHE=1 compiles all
# the same, so that the times mean something. With PLAN=1 nothing is compiled; `size` then is
#   y=N m=N objects=N
# the options of the configuration that are y and m, and the objects that make -n would compile for image and modules.
# Environment: CC (gcc), JOBS (processors), NICE (15), KEEP=1 builds on what is in DIR.
set -eu
PATH=$PATH:/sbin:/usr/sbin
export LC_ALL=C

kind=$1
case $kind in
fragment) wanted=$(realpath "$2") tree=$3 dir=$4 out=$5 ;;
localmodconfig) lsmod=$2 config=$3 tree=$4 dir=$5 out=$6 ;;
*) sed -n '4,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

cc=${CC:-gcc}
command -v ccache > /dev/null && cc="ccache $cc"
[ -z "${RECACHE:-}" ] || export CCACHE_RECACHE=1
# Constant stamps: the same configuration gives the same objects.
export CCACHE_NOHASHDIR=1 KBUILD_BUILD_USER=derpconfig KBUILD_BUILD_HOST=prove ARCH=x86_64
export KBUILD_BUILD_TIMESTAMP='Thu Jan 1 00:00:00 UTC 2026'

say() { echo "build.sh: $*" >&2; }
kmake() { nice -n "${NICE:-15}" make -C "$tree" O="$dir" CC="$cc" HOSTCC="$cc" "$@"; }

configure_fragment() {
	kmake KCONFIG_ALLCONFIG="$wanted" allnoconfig > "$out/config.log" 2>&1 || { tail "$out/config.log" >&2; exit 3; }
	grep -E '^CONFIG_[A-Za-z0-9_]*=' "$wanted" | grep -v '=n$' | grep -vxFf "$dir/.config" > "$out/refused" || true
	[ ! -s "$out/refused" ] || say "not taken: $(tr '\n' ' ' < "$out/refused")"
}

# Against the distribution's configuration: no signatures and certificates, whose keys are not there; no debug
# information, for the time it takes; no compressed modules, so that sizes compare. Questions get their default.
configure_localmodconfig() {
	cp "$config" "$dir/.config"
	"$tree/scripts/config" --file "$dir/.config" \
		--set-str SYSTEM_TRUSTED_KEYS "" --set-str SYSTEM_REVOCATION_KEYS "" \
		-d MODULE_SIG -d IMA_APPRAISE_MODSIG -d SECURITY_LOCKDOWN_LSM \
		-d DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT -e DEBUG_INFO_NONE -d DEBUG_INFO_BTF \
		-d MODULE_COMPRESS --set-str LOCALVERSION "-local" --set-str BUILD_SALT ""
	{ echo "Module Size Used by"; cut -d' ' -f1-3 "$lsmod"; } > "$out/lsmod"
	yes '' | head -n 10000 | kmake LSMOD="$out/lsmod" localmodconfig > "$out/config.log" 2>&1 ||
		{ tail "$out/config.log" >&2; exit 3; }
}

megabytes() { awk -v n="$1" 'BEGIN { printf "%.1fMB", n / 1048576 }'; }

compile() {
	targets=bzImage
	grep -q '^CONFIG_MODULES=y' "$dir/.config" && targets="bzImage modules"
	start=$(date +%s)
	# shellcheck disable=SC2086
	kmake -j"${JOBS:-$(nproc)}" $targets > "$out/build.log" 2>&1 ||
		{ grep -E 'rror|undefined' "$out/build.log" | head >&2; say "the kernel does not build, see $out/build.log"; exit 4; }
	seconds=$(($(date +%s) - start))
	times > "$out/times"
	cpu=$(awk 'NR == 2 { split($1, u, /[ms]/); split($2, s, /[ms]/); printf "%d", u[1]*60 + u[2] + s[1]*60 + s[2] }' "$out/times")
}

install() {
	cp "$dir/.config" "$out/config"
	cp "$dir/arch/x86/boot/bzImage" "$out/bzImage"
	rm -rf "${out:?}/lib"
	[ "$targets" = bzImage ] ||
		kmake INSTALL_MOD_PATH="$out" INSTALL_MOD_STRIP=1 modules_install > "$out/install.log" 2>&1 ||
		{ tail -n 5 "$out/install.log" >&2; exit 4; }
}

# Objects that the image and the modules are linked from; not the programs that help to build, so a build that
# goes on from an earlier one counts the same.
objects() {
	(cd "$dir" && ar t vmlinux.a && { [ ! -s modules.order ] || sed 's/\.o$/.mod/' modules.order | xargs cat; }) | wc -l
}

count() {
	ko=$(find "$out/lib" -name '*.ko' 2> /dev/null | wc -l)
	bytes=$(find "$out/lib" -name '*.ko' -printf '%s\n' 2> /dev/null | awk '{ n += $1 } END { print n + 0 }')
	echo "bzImage=$(megabytes "$(stat -c %s "$out/bzImage")") modules=$(megabytes "$bytes") ko=$ko" \
		"objects=$(objects) compiled=$(grep -cE '^  (CC|AS)( \[M\])? ' "$out/build.log" || true) build=${seconds}s cpu=${cpu}s" | tee "$out/size"
}

# The objects to compile by the tree's own Makefiles: helpers are built, the rest is only printed. The last links are
# missed, for lack of anything to link, and with them only what is linked once more (arch/x86/boot and such).
plan() {
	cp "$dir/.config" "$out/config"
	kmake prepare > "$out/prepare.log" 2>&1 || { tail -n 5 "$out/prepare.log" >&2; exit 4; }
	kmake -n -k bzImage modules > "$out/plan.log" 2> /dev/null || true
	objects=$(grep -oE "'  (CC|AS)( \[M\])? +[^ ']+" "$out/plan.log" | awk '{ print $NF }' | grep -vE '^/|^(scripts|tools)/' | sort -u | wc -l)
	echo "y=$(grep -c '=y$' "$dir/.config") m=$(grep -c '=m$' "$dir/.config") objects=$objects" | tee "$out/size"
}

[ -n "${KEEP:-}" ] || rm -rf "$dir"
mkdir -p "$dir" "$out"
dir=$(cd "$dir" && pwd) out=$(cd "$out" && pwd) tree=$(cd "$tree" && pwd -P)
"configure_$kind"
if [ -n "${PLAN:-}" ]; then plan; exit; fi
compile
install
count
