#!/bin/sh
# convert: values of all kinds there and back, with and without a tree; what can't be said is said so.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/tree"
printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\nEXTRAVERSION =\n' > "$tmp/tree/Makefile"
cat > "$tmp/tree/Kconfig" <<'EOF'
mainmenu "Test"
config 64BIT
	bool "64-bit"
config EARLY
	tristate "asked before MODULES"
config MODULES
	bool "Enable modules"
	modules
config 8139TOO
	tristate "a name that starts with a digit"
config NR
	int "a number"
	range 1 64
	default 4
config BASE
	hex "an address"
	default 0x1000
config NAME
	string "a string"
	default "none"
choice
	prompt "Timer"
config HZ_100
	bool "100"
config HZ_300
	bool "300"
endchoice
config NEWCOMER
	bool "on by default"
	depends on 64BIT
	default y
config HIDDEN
	bool
	default y if 64BIT
EOF
fail=0
say() { echo "$*"; fail=1; }
cat > "$tmp/new" <<'EOF'
CONFIG_64BIT=y
CONFIG_EARLY=m
CONFIG_MODULES=y
CONFIG_8139TOO=m
CONFIG_NR=16
CONFIG_BASE=0x2000
CONFIG_NAME="a \"b\" \\ ${c}"
# CONFIG_HZ_100 is not set
CONFIG_HZ_300=y
# CONFIG_NEWCOMER is not set
CONFIG_OTHER_VERSION=y
EOF
convert() { "$DERPCONFIG" convert "$@" --kernel "$tmp/tree" --arch x86_64 2>"$tmp/err"; }
convert "$tmp/new" > "$tmp/got" || say "convert: $(cat "$tmp/err")"
cat > "$tmp/want" <<'EOF'
# These lines have to be in the base configuration; the run would refuse an answer otherwise:
#   CONFIG_MODULES=y
with lib.kernel; {
  "64BIT" = yes;
  EARLY = module;
  "8139TOO" = module;
  NR = freeform "16";
  BASE = freeform "0x2000";
  NAME = freeform "a \"b\" \\ \${c}";
  HZ_300 = yes;
  NEWCOMER = no; # on by default
}
EOF
diff -u "$tmp/want" "$tmp/got" || say "other options"
grep -q "new:11: .*OTHER_VERSION" "$tmp/err" || { cat "$tmp/err"; say "nothing said about a symbol of another version"; }
# there and back: the answers, played, are the configuration
convert "$tmp/new" --format plan | sed -n '/---/,$p' | sed 1d > "$tmp/answers"
echo 'CONFIG_MODULES=y' > "$tmp/seed"
"$DERPCONFIG" simulate --kernel "$tmp/tree" --arch x86_64 --answers "$tmp/answers" --defconfig allnoconfig \
	--seed "$tmp/seed" -o "$tmp/played" 2> "$tmp/err" || say "simulate: $(cat "$tmp/err")"
convert "$tmp/new" --format config > "$tmp/full"
diff -u "$tmp/full" "$tmp/played" || say "not the configuration converted"
grep -q 'CONFIG_HIDDEN=y' "$tmp/played" || say "no HIDDEN"
# savedefconfig and a packed one are understood
gzip -c "$tmp/full" > "$tmp/full.gz"
convert "$tmp/full.gz" --format config > "$tmp/again"
cmp -s "$tmp/full" "$tmp/again" || say "config.gz reads otherwise"
# the way back
"$DERPCONFIG" convert "$tmp/answers" --from nix-answers --format config > "$tmp/back"
cat "$tmp/seed" >> "$tmp/back"
convert "$tmp/back" --format config > "$tmp/again"
diff -u "$tmp/full" "$tmp/again" || say "the way back leads elsewhere"
# plain differences without a tree
printf 'CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=y\n' > "$tmp/old"
printf 'CONFIG_A=y\nCONFIG_B=y\nCONFIG_S="x y"\n' > "$tmp/new2"
"$DERPCONFIG" convert "$tmp/old" "$tmp/new2" > "$tmp/got"
printf 'with lib.kernel; {\n  B = yes;\n  S = freeform "x y";\n  C = option no;\n}\n' | diff -u - "$tmp/got" || say "other difference"
# a string with '#' has no answer: it goes into the base
sed 's/^CONFIG_NAME=.*/CONFIG_NAME="a#b"/' "$tmp/new" > "$tmp/hash"
convert "$tmp/hash" --format plan > "$tmp/got" || say "hash: $(cat "$tmp/err")"
grep -q '^CONFIG_NAME="a#b"$' "$tmp/got" || say "the string with # is not in the base"
# each run shows one refusal more than the last: in the end all goes into the base
mkdir "$tmp/long"
cp "$tmp/tree/Makefile" "$tmp/long"
awk 'BEGIN {
	print "config MODULES\n\tbool \"Enable modules\"\n\tmodules"
	for (i = 1; i <= 130; i++) printf "config A%d\n\ttristate \"asked before what it needs\"\n\tdepends on B%d\n", i, i
	for (i = 1; i <= 130; i++) printf "config B%d\n\ttristate \"asked behind\"\n", i
}' > "$tmp/long/Kconfig"
awk 'BEGIN { print "CONFIG_MODULES=y"; for (i = 1; i <= 130; i++) printf "CONFIG_A%d=m\nCONFIG_B%d=m\n", i, i }' > "$tmp/old"
sed 's/=m/=y/' "$tmp/old" > "$tmp/new2"
"$DERPCONFIG" convert "$tmp/old" "$tmp/new2" --kernel "$tmp/long" --arch x86_64 --format plan 2> "$tmp/err" > "$tmp/got" ||
	say "a long way: $(tail -n 1 "$tmp/err")"
[ "$(grep -c '^CONFIG_B.*=y' "$tmp/got")" = 130 ] || say "a long way: not all that is needed is in the base"
# the common config: equal stays, other is forced, unused is unset
printf '64BIT y\nNR 8\nHZ_100 y\nGONE y\nMAYBE_GONE? y\nNEWCOMER? y\n' > "$tmp/common"
convert "$tmp/new" --common "$tmp/common" > "$tmp/got" || say "common: $(cat "$tmp/err")"
for line in 'NR = lib.mkForce (freeform "16");' 'HZ_100 = lib.mkForce no;' 'GONE = lib.mkForce unset;' \
	'NEWCOMER = lib.mkForce no;' 'HZ_300 = yes;'; do
	grep -qF "  $line" "$tmp/got" || say "common: no line '$line'"
done
grep -q '64BIT\|MAYBE_GONE' "$tmp/got" && { cat "$tmp/got"; say "common: a line too many"; }
# ... as nix prints it, and asked from a nixpkgs
cat > "$tmp/common.json" <<'EOF'
{ "64BIT": { "tristate": "y", "freeform": null, "optional": false }, "NR": { "freeform": "8" },
  "HZ_100": { "_type": "override", "priority": 50, "content": { "tristate": "y" } }, "GONE": { "tristate": "y" },
  "MAYBE_GONE": { "tristate": "y", "optional": true }, "NEWCOMER": { "tristate": "y", "optional": true },
  "NEVER": { "tristate": null } }
EOF
mv "$tmp/got" "$tmp/want"
convert "$tmp/new" --common "$tmp/common.json" > "$tmp/got" || say "common.json: $(cat "$tmp/err")"
cmp -s "$tmp/want" "$tmp/got" || say "JSON reads otherwise: $(diff "$tmp/want" "$tmp/got")"
printf '"NR 8\\nHZ_300 y\\n"' > "$tmp/text.json"
"$DERPCONFIG" convert "$tmp/text.json" --format answers > "$tmp/got"
printf 'HZ_300 y\nNR 8\n' | diff - "$tmp/got" || say "a JSON string reads otherwise"
for bad in '{ "A": 1 }' '{ "A-B": { "tristate": "y" } }' '{ "A": { "freeform": 5 } }' '{ "A": ' '{ "A": { "freeform": "a\nb" } }'; do
	printf '%s\n' "$bad" > "$tmp/bad.json"
	code=0
	"$DERPCONFIG" convert "$tmp/bad.json" --from nix-answers > "$tmp/got" 2> "$tmp/err" || code=$?
	[ $code = 2 ] && [ -s "$tmp/err" ] || say "$bad: exit $code"
done
if command -v nix-instantiate > /dev/null; then
	export HOME="$tmp" NIX_STATE_DIR="$tmp/state" NIX_STORE_DIR="$tmp/store" NIX_LOG_DIR="$tmp/log" NIX_REMOTE=
	export NIX_PATH="nixpkgs=$PWD/tests/nixpkgs-stub"
	nix-instantiate --eval --json -E '(import <nixpkgs> { }).linux_6_12.configfile.kernelConfig' > "$tmp/saved.json" 2> "$tmp/err"
	convert "$tmp/new" --common "$tmp/saved.json" > "$tmp/want" || say "saved: $(cat "$tmp/err")"
	grep -q 'NR_CPUS = lib.mkForce unset;' "$tmp/want" || say "the stub's common config is not there"
	grep -q 'DEBUG_NX_TEST' "$tmp/want" && say "an option of older kernels"
	for from in tests/nixpkgs-stub '<nixpkgs>'; do
		convert "$tmp/new" --common "$from" > "$tmp/got" || say "$from: $(cat "$tmp/err")"
		cmp -s "$tmp/want" "$tmp/got" || say "--common $from says something else"
	done
	code=0
	convert "$tmp/new" --common tests/nixpkgs-stub --linux linux_1_0 > "$tmp/got" || code=$?
	[ $code = 2 ] && grep -q 'linux_1_0' "$tmp/err" || say "a kernel that is not there: exit $code"
fi
# a name that is only read any more (7.2) is never asked: it gets no option, and a common config's answer for it goes
mkdir "$tmp/new-tree"
printf 'VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 0\nEXTRAVERSION =\n' > "$tmp/new-tree/Makefile"
cat > "$tmp/new-tree/Kconfig" <<'EOF'
mainmenu "Test"
config MODULES
	bool "Enable modules"
	modules
config OLD_NAME
	bool
	transitional
config NEW_NAME
	bool "renamed"
	default OLD_NAME
EOF
printf 'CONFIG_MODULES=y\nCONFIG_OLD_NAME=y\n' > "$tmp/renamed"
printf 'OLD_NAME y\n' > "$tmp/common"
"$DERPCONFIG" convert "$tmp/renamed" --common "$tmp/common" --kernel "$tmp/new-tree" --arch x86_64 > "$tmp/got" 2> "$tmp/err" ||
	say "transitional: $(cat "$tmp/err")"
cat > "$tmp/want" <<'EOF'
with lib.kernel; {
  OLD_NAME = lib.mkForce unset; # nobody asks for it here
  MODULES = yes;
  NEW_NAME = yes;
}
EOF
diff -u "$tmp/want" "$tmp/got" || say "transitional: other options"
# errors of the simulator, with the answers' line
printf '# a comment\nEARLY m\n' > "$tmp/bad"
code=0
"$DERPCONFIG" simulate --kernel "$tmp/tree" --arch x86_64 --answers "$tmp/bad" --defconfig allnoconfig 2> "$tmp/err" || code=$?
[ $code = 4 ] && grep -q 'repeated question: asked before MODULES (EARLY)' "$tmp/err" || { cat "$tmp/err"; say "exit $code"; }
printf 'NEWCOMER y\nNR 99\n' > "$tmp/bad"
code=0
"$DERPCONFIG" simulate --kernel "$tmp/tree" --arch x86_64 --answers "$tmp/bad" --defconfig allnoconfig 2> "$tmp/err" || code=$?
[ $code = 4 ] && grep -q 'repeated question: a number (NR)' "$tmp/err" || { cat "$tmp/err"; say "exit $code"; }
printf 'NEWCOMER y\nNR? 5\n' > "$tmp/bad"
code=0
"$DERPCONFIG" simulate --kernel "$tmp/tree" --arch x86_64 --answers "$tmp/bad" --defconfig allnoconfig 2> "$tmp/err" || code=$?
[ $code = 4 ] && grep -q 'bad:1: unused option: NEWCOMER' "$tmp/err" || { cat "$tmp/err"; say "exit $code"; }
exit $fail
