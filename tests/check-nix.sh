#!/bin/sh
# The golden patches parse as Nix, and evaluated by nixpkgs' rules (tests/nix-shim.nix) they give the answers meant.
set -eu
command -v nix-instantiate >/dev/null || { echo "no nix-instantiate (Debian: nix-bin)"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME="$tmp" NIX_STATE_DIR="$tmp/state" NIX_STORE_DIR="$tmp/store" NIX_LOG_DIR="$tmp/log" NIX_REMOTE=
fail=0 n=0
# One definition wins only with mkForce; unequal ones of one strength are an error.
cat > "$tmp/common.nix" <<'EOF'
{ lib }: with lib.kernel; { A = no; B = option no; C = yes; Z = yes; W = lib.mkDefault yes; }
EOF
eval_json() { nix-instantiate --eval --strict --json --readonly-mode tests/nix-shim.nix "$@"; }
for dir in fixtures/nixout/*; do
	nix=$dir/want.nix
	attribute=structuredExtraConfig
	grep -q extraStructuredConfig "$nix" && attribute=extraStructuredConfig
	nix-instantiate --parse "$nix" >/dev/null || { echo "$nix: does not parse"; fail=1; continue; }
	eval_json --arg module "./$nix" --argstr attribute $attribute > "$tmp/out" || { fail=1; continue; }
	python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["answers"])' "$tmp/out" |
		sed '/^$/d' > "$tmp/answers"
	diff -u "$dir/want.answers" "$tmp/answers" || { echo "$nix: other answers"; fail=1; }
	n=$((n + 1))
done
# The override arrives at the kernel with the arguments meant.
eval_json --arg module ./fixtures/nixout/llvm/want.nix -A override > "$tmp/out"
echo >> "$tmp/out"
cat > "$tmp/want" <<'EOF'
{"autoModules":false,"defconfig":"allnoconfig KCONFIG_ALLCONFIG=/kconfig-seed:CONFIG_MODULES=y\n","enableCommonConfig":false,"extraMakeFlags":["LLVM=1","KCFLAGS=-march=znver3","KCFLAGS+=-O2"],"kernel":"linux_latest","stdenv":{"cc":{"bintools":"lld","name":"clang"}}}
EOF
diff -u "$tmp/want" "$tmp/out" || { echo "other override"; fail=1; }
eval_json --arg module ./fixtures/nixout/force/want.nix --argstr attribute extraStructuredConfig \
	--arg common "$tmp/common.nix" -A answers > "$tmp/out"
[ "$(cat "$tmp/out")" = '"A y\nB? m\nD? n\nE? 10\nF 10\nG? x y\nW y\nZ y\n"' ] || { echo "merged:"; cat "$tmp/out"; fail=1; }
# What the platform says stands behind the options and before what is said late.
eval_json --arg module ./fixtures/nixout/late/want.nix --argstr platform "$(printf 'A n\nPCI_TEGRA y\n\n')" -A answers > "$tmp/out"
[ "$(cat "$tmp/out")" = '"A y\nA n\nPCI_TEGRA y\nPCI_TEGRA? n\nSERIAL_8250_EXTENDED n"' ] || { echo "late:"; cat "$tmp/out"; fail=1; }
if eval_json --arg module ./fixtures/nixout/refused/want.nix --arg common "$tmp/common.nix" > "$tmp/out" 2>&1; then
	echo "a conflict went through"; fail=1
fi
echo "$n patches"
exit $fail
