#!/bin/sh
# upgrade: from Linux 6.1 to 6.12, a patch and a machine: what was renamed, removed and is newly required is told with its
# Kconfig place, and the new configuration is what generate makes.
set -eu
export LC_ALL=C
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "FAIL: $*"; exit 1; }
old=$(sh tests/debian-kernel.sh 6.1 amd64) && new=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernels"; exit 77; }
run() { # ARGS...
	code=0
	"$DERPCONFIG" upgrade --from "$old/source" --from-modules "$old/modules" --from-config "$old/config" \
		--to "$new/source" --to-modules "$new/modules" --to-config "$new/config" --changes "$dir/changes" \
		"$@" > "$dir/out" 2> "$dir/err" || code=$?
}

cat > "$dir/old.nix" <<'END'
{ lib, pkgs, ... }:
{
  boot.kernelPatches = [ { name = "derpconfig"; patch = null;
      structuredExtraConfig = with lib.kernel; {
        # hardware
        NETDEVICES = yes;
        ETHERNET = yes;
        NET_VENDOR_INTEL = lib.mkForce (option yes);
        E1000E = module; # module e1000e
        # asked for
        RETPOLINE = yes;
        PAGE_TABLE_ISOLATION = yes;
        I2C_COMPAT = yes;
        NR_CPUS = freeform "8";
        DEFAULT_HOSTNAME = freeform "box";
        no option
        # dependencies
        PTP_1588_CLOCK = module;
      };
  } ];
}
END
run "$dir/old.nix" --format kconfig --no-baseline
[ $code = 0 ] || { cat "$dir/err"; fail "a patch: exit code $code"; }
grep -q "old.nix:16: warning: not an option" "$dir/err" || fail "no warning about the line that is none"
# the name by the prompt, and by the object, with the places in both kernels
grep -A 1 '^renamed   RETPOLINE -> MITIGATION_RETPOLINE$' "$dir/changes" |
	grep -q 'was at arch/x86/Kconfig:[0-9]*, is at arch/x86/Kconfig:[0-9]*: has its prompt' || fail "RETPOLINE"
grep -A 1 '^renamed   PAGE_TABLE_ISOLATION -> MITIGATION_PAGE_TABLE_ISOLATION$' "$dir/changes" |
	grep -q 'arch/x86/mm/Makefile:[0-9]* builds arch/x86/mm/pti.o' || fail "PAGE_TABLE_ISOLATION"
grep -A 1 '^removed   I2C_COMPAT$' "$dir/changes" | grep -q 'was at drivers/i2c/Kconfig:' || fail "I2C_COMPAT"
grep -q '^given-up  NR_CPUS: 8 -> 1$' "$dir/changes" || fail "a number that nobody asks for was dropped silently"
grep -A 1 '^required  CPU_MITIGATIONS' "$dir/changes" | grep -q 'needed by MITIGATION_RETPOLINE' || fail "CPU_MITIGATIONS"
for line in E1000E=m MITIGATION_RETPOLINE=y MITIGATION_PAGE_TABLE_ISOLATION=y 'DEFAULT_HOSTNAME="box"'; do
	grep -q "^CONFIG_$line\$" "$dir/out" || fail "$line is not in the new configuration"
done
! grep -qE '^CONFIG_(RETPOLINE|I2C_COMPAT|PTP_1588_CLOCK)=' "$dir/out" || fail "an old symbol is in the new configuration"

dump=fixtures/machines/checkbox-SAMSUNG_N310.json
run $dump --format kconfig --json
[ $code = 0 ] || [ $code = 5 ] || { cat "$dir/err"; fail "a machine: exit code $code"; }
grep -q '^{"change":"required","symbol":"HID_SUPPORT","to":"y","evidence":"at drivers/hid/Kconfig:[0-9]*, new in this kernel;' \
	"$dir/changes" || { cat "$dir/changes"; fail "HID_SUPPORT is new and required"; }
code=0
"$DERPCONFIG" generate $dump --kernel "$new/source" --modules "$new/modules" --config "$new/config" --format kconfig \
	> "$dir/again" 2> /dev/null || code=$?
cmp "$dir/again" "$dir/out" || fail "generate makes another configuration"
run $dump --to "$dir"
[ $code = 2 ] || fail "no kernel tree: exit code $code"
