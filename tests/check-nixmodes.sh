#!/bin/sh
# A machine's patch in each mode: it evaluates by nixpkgs' rules, and what comes out of that, played, has no errors.
# Against the tree's own conf, and for all machines: tests/prove-nixmodes.sh.
set -eu
command -v nix-instantiate >/dev/null || { echo "no nix-instantiate (Debian: nix-bin)"; exit 77; }
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
dir=$(sh tests/debian-kernel.sh 6.12 amd64) || exit 77
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME="$tmp" NIX_STATE_DIR="$tmp/state" NIX_STORE_DIR="$tmp/store" NIX_LOG_DIR="$tmp/log" NIX_REMOTE=
sed -nE 's/^CONFIG_([A-Z][A-Za-z0-9_]*)=([ym])$/\1 \2/p' "$dir/config" |
	awk 'NR % 10 == 3 { print (NR % 3 ? $1 : $1 "?"), $2 }' > "$tmp/common"
python3 -c 'import sys; sys.path.insert(0, "tests"); import prove_nixflow as p; print(p.as_nix(open(sys.argv[1]).read()))' \
	"$tmp/common" > "$tmp/common.nix"
fail=0
generate() {
	"$DERPCONFIG" generate fixtures/machines/checkbox-QEMU_KVM.json --kernel "$dir/source" --arch x86_64 \
		--modules "$dir/modules" --config "$dir/config" "$@" -o "$tmp/patch.nix" 2> "$tmp/err" ||
		{ [ $? = 5 ] || { echo "generate $*:"; tail -n 5 "$tmp/err"; fail=1; }; }
}
# what the patch makes of nixpkgs' kernel, and how its run ends
on="--arch x86_64 --config $dir/config"
play() {
	nix-instantiate --eval --strict --json --readonly-mode tests/nix-shim.nix --arg module "$tmp/patch.nix" "$@" > "$tmp/json"
	python3 - "$tmp" <<-'EOF'
		import json, sys
		d = sys.argv[1]
		got = json.load(open(d + "/json"))
		k = {"defconfig": "defconfig", "autoModules": True, **(got["override"] or {})}
		words, _, content = k["defconfig"].partition("=/kconfig-seed:")
		open(d + "/answers", "w").write(got["answers"])
		open(d + "/seed", "w").write(content)
		open(d + "/flags", "w").write("--auto-modules" if k["autoModules"] else "")
		open(d + "/words", "w").write(words.split()[0])
	EOF
	# shellcheck disable=SC2046,SC2086
	"$DERPCONFIG" simulate --kernel "$dir/source" $on --answers "$tmp/answers" \
		--defconfig "$(cat "$tmp/words")" --seed "$tmp/seed" $(cat "$tmp/flags") -o "$tmp/played" 2> "$tmp/err" ||
		{ tail -n 5 "$tmp/err"; fail=1; }
}
generate --format dotconfig
grep -E '^CONFIG_|^# CONFIG_[A-Za-z0-9_]* is not set$' "$tmp/patch.nix" | sort > "$tmp/want"
same() { grep -E '^CONFIG_|^# CONFIG_[A-Za-z0-9_]* is not set$' "$tmp/played" | sort | diff "$tmp/want" - || { echo "$1 leads elsewhere"; fail=1; }; }
generate
play
same lean
# the same patch where the compiler is another one: what hangs on it is optional
for toolchain in gcc-14 clang-14 clang-19; do
	"$DERPCONFIG" simulate --kernel "$dir/source" --arch x86_64 --toolchain $toolchain --answers "$tmp/answers" \
		--defconfig "$(cat "$tmp/words")" --seed "$tmp/seed" 2> "$tmp/err" || { echo "with $toolchain:"; tail -n 5 "$tmp/err"; fail=1; }
done
grep -q 'MITIGATION_RETHUNK = option yes; #.*; where the compiler can' "$tmp/patch.nix" || { echo "RETHUNK is not optional"; fail=1; }
# strings that an answer can't carry go into the base, whatever they are made of
generate --set 'DEFAULT_HOSTNAME=a#b' --set "LOCALVERSION=#''\${x}" --set 'CMDLINE_BOOL=y' --set 'CMDLINE=a "b" \c'
play
for line in 'CONFIG_DEFAULT_HOSTNAME="a#b"' "CONFIG_LOCALVERSION=\"#''\${x}\"" 'CONFIG_CMDLINE="a \"b\" \\c"'; do
	grep -qxF "$line" "$tmp/played" || { grep "^${line%%=*}=" "$tmp/played"; echo "wanted $line"; fail=1; }
done
generate --nixpkgs 25.05
grep -q 'extraStructuredConfig = with' "$tmp/patch.nix" || { echo "no old name for 25.05"; fail=1; }
generate --common "$tmp/common" --explain-lines
untold=$(grep -cE '^        [A-Z0-9"].* = .*;( # [^[]*)?$' "$tmp/patch.nix" || true)
[ "$untold" = 0 ] || { echo "--explain-lines says nothing of $untold lines"; fail=1; }
for role in 'goal' 'goal, comes by itself' 'needed' 'needed: on by default' 'needed: not asked here'; do
	grep -qF "[$role]" "$tmp/patch.nix" || { echo "no line is [$role]"; fail=1; }
done
grep -q 'enableCommonConfig' "$tmp/patch.nix" && { echo "mode common takes the common config away"; fail=1; }
play --arg common "$tmp/common.nix"
# nothing that lean has on is lost, and of what the common config says all is there that doesn't say it is unset
grep -E '^CONFIG_[A-Za-z0-9_]*=[ym]$' "$tmp/want" | cut -d= -f1 | sort > "$tmp/lean"
grep -E '^CONFIG_[A-Za-z0-9_]*=[ym]$' "$tmp/played" | cut -d= -f1 | sort > "$tmp/on"
[ "$(comm -23 "$tmp/lean" "$tmp/on" | wc -l)" -lt 12 ] || { comm -23 "$tmp/lean" "$tmp/on"; echo "common lost these"; fail=1; }
sed -nE 's/^ *([A-Z0-9_a-z"]+) = lib.mkForce.*/\1/p' "$tmp/patch.nix" | tr -d '"' | sort > "$tmp/forced"
sed 's/[ ?].*//' "$tmp/common" | sort | comm -23 - "$tmp/forced" | sed 's/^/CONFIG_/' > "$tmp/kept"
[ "$(comm -12 "$tmp/kept" "$tmp/on" | wc -l)" -ge 200 ] || { echo "mode common keeps $(comm -12 "$tmp/kept" "$tmp/on" | wc -l) only"; fail=1; }
generate --mode subtract
play
grep -q '^CONFIG_VIRTIO_BLK=[ym]' "$tmp/played" || { echo "subtract lost the disk"; fail=1; }
grep -q '^CONFIG_DRM_I915=' "$tmp/played" && { echo "subtract left i915"; fail=1; }
# On arm64 nixpkgs has answers of its own behind all options, most of which a lean configuration does not ask for.
on="--arch arm64"
for like in allnoconfig "defconfig $dir/source/arch/arm64/configs/defconfig"; do
	# shellcheck disable=SC2086
	"$DERPCONFIG" conf $like --kernel "$dir/source" --arch arm64 -o "$tmp/given" 2> /dev/null
	grep -E '^CONFIG_|^# CONFIG_[A-Za-z0-9_]* is not set$' "$tmp/given" | sort > "$tmp/want"
	"$DERPCONFIG" convert --format module "$tmp/given" --kernel "$dir/source" --arch arm64 -o "$tmp/patch.nix" 2> "$tmp/err" ||
		{ tail -n 5 "$tmp/err"; fail=1; }
	play --argstr platform "$(cat nixout/data/arm64.answers)
"
	same "$like of arm64"
done
grep -qF '"PCI_TEGRA' "$tmp/patch.nix" && { echo "PCI_TEGRA is as the platform says, and said again"; fail=1; }
exit $fail
