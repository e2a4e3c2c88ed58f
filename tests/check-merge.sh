#!/bin/sh
# merge: one configuration for two machines builds what each of them needs, and says which asks; machines that cannot
# run the same kernel are refused.
set -eu
export LC_ALL=C
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
machines=fixtures/machines
fail() { echo "FAIL: $*"; exit 1; }
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel 6.12"; exit 77; }
a=facter-Hetzner_vServer-85aff9 b=checkbox-SAMSUNG_N310

run() { # COMMAND ARGS...
	code=0
	"$DERPCONFIG" "$@" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
		2> "$dir/err" || code=$?
}
# the names of the goals for devices and loaded modules, from JSON that has one goal a line
goals() { sed -n -E 's/^\{"goal":"([^"]*)".*"group":"(hardware|loaded modules)".*/\1/p' | sort; }

run merge $machines/$a.json $machines/$b.json --format json > "$dir/both"
[ $code = 0 ] || [ $code = 5 ] || { cat "$dir/err"; fail "merge: exit code $code"; }
for one in $a $b; do
	run generate $machines/$one.json --format json > "$dir/one"
	goals < "$dir/one" > "$dir/$one"
	grep "\"machines\":\[[^]]*\"$one\"" "$dir/both" | goals > "$dir/asks"
	[ -s "$dir/asks" ] || fail "nothing for $one"
	diff "$dir/$one" "$dir/asks" || fail "what $one asks for in the merged configuration is not what it needs alone"
done
sort -u "$dir/$a" "$dir/$b" > "$dir/want"
goals < "$dir/both" | diff "$dir/want" - || fail "the merged goals are not those of both"
! grep -q '"required":true,"reached":false' "$dir/both" || fail "a goal was not reached"
grep -q '"module sky2".*"machines":\["checkbox-SAMSUNG_N310"\]' "$dir/both" || fail "sky2 is not the netbook's alone"
run merge $machines/$a.json $machines/$b.json --format kconfig > "$dir/fragment"
grep -q "^# .* for $a and $b, kernel" "$dir/fragment" || fail "the machines' names are missing: $(head -n 1 "$dir/fragment")"
grep -q "^# module sky2, $b: pci " "$dir/fragment" || fail "a reason does not say which machine"

run merge $machines/$a.json $machines/checkbox-PANDABOARD.json > "$dir/out"
[ $code = 2 ] && grep -q 'the machine is armv7l, the kernel x86_64' "$dir/err" && [ ! -s "$dir/out" ] ||
	fail "two architectures: exit code $code, $(cat "$dir/err")"
cp $machines/$a.json "$dir/"
run merge $machines/$a.json "$dir/$a.json" > "$dir/out"
[ $code = 2 ] && grep -q 'is called the same' "$dir/err" || fail "the same name twice: exit code $code"
