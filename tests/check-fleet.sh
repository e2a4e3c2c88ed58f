#!/bin/sh
# check --dumps: the recorded machines on Debian's kernel are what fixtures/machines/expect says; a changed line of one file is
# found and nothing else; --update mends it; JSON and JUnit say the same.
set -eu
export LC_ALL=C
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
machines=fixtures/machines
fail() { echo "FAIL: $*"; exit 1; }

# without a kernel: what is refused
refused() { # MESSAGE ARGS...
	message=$1 code=0
	shift
	"$DERPCONFIG" check "$@" > "$dir/out" 2> "$dir/err" || code=$?
	[ $code = 2 ] || fail "check $*: exit code $code instead of 2"
	grep -q "$message" "$dir/err" || { cat "$dir/err"; fail "check $*: no '$message'"; }
}
mkdir "$dir/empty"
refused 'no dumps' --dumps "$dir/empty"
refused 'cannot read the directory' --dumps "$dir/none"
refused 'exclude each other' --dumps "$dir/empty" x
refused 'go with --dumps' --expect "$dir/empty"
refused 'needs --expect' --dumps "$dir/empty" --update
refused 'give a CONFIG' --json

kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel 6.12"; exit 77; }
check() { # ARGS...
	code=0
	"$DERPCONFIG" check "$@" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
		> "$dir/out" 2> "$dir/err" || code=$?
}

# every machine, where Debian's kernel is still the one the files were made with
compare() { # KERNEL-DIRECTORY TOTALS
	expect=$machines/expect/$(basename "$1")
	if [ "$(cat "$expect/KERNEL")" != "$(basename "$(readlink "$1/modules")")" ]; then
		echo "$expect is of $(cat "$expect/KERNEL"), another kernel than here: not compared"
		return
	fi
	kernel=$1
	check --dumps $machines --expect "$expect"
	[ $code = 0 ] || { head -n 100 "$dir/out"; cat "$dir/err"; fail "machines differ: exit code $code; if that is meant, 'make expect'"; }
	tail -n 1 "$dir/out" | grep -q ": $2\$" || fail "$(tail -n 1 "$dir/out")"
}
amd64=$kernel arm64=$(dirname "$kernel")/6.12-arm64 older=$(dirname "$kernel")/6.1-amd64
[ ! -d "$arm64" ] || compare "$arm64" '4 the same, 31 of another architecture'
[ ! -d "$older" ] || compare "$older" '28 the same, 7 of another architecture'
compare "$amd64" '28 the same, 7 of another architecture'

# three machines, one of them a board of another architecture
mkdir "$dir/dumps"
cp $machines/facter-Hetzner_vServer-85aff9.json $machines/checkbox-SAMSUNG_N310.json $machines/checkbox-PANDABOARD.json "$dir/dumps"
xz "$dir/dumps/checkbox-SAMSUNG_N310.json"
echo 'no dump' > "$dir/dumps/README.md"
check --dumps "$dir/dumps" --expect "$dir/expect" --update
[ $code = 0 ] || fail "--update: exit code $code"
[ "$(ls "$dir/expect")" = "checkbox-SAMSUNG_N310.expect
facter-Hetzner_vServer-85aff9.expect" ] || fail "--update wrote $(ls "$dir/expect")"
cp -r "$dir/expect" "$dir/first"
grep -q '^driver drivers/net/ethernet/marvell/sky2.ko m$' "$dir/expect/checkbox-SAMSUNG_N310.expect" || fail "no sky2"

sed -i 's/^symbol SKY2=m$/symbol SKY2=y/' "$dir/expect/checkbox-SAMSUNG_N310.expect"
check --dumps "$dir/dumps" --expect "$dir/expect" --junit "$dir/junit.xml" --jobs 1
[ $code = 1 ] || fail "a changed line: exit code $code"
[ "$(grep -c '^[-+]symbol' "$dir/out")" = 2 ] || { cat "$dir/out"; fail "more than the changed line"; }
[ "$(grep -c '^[-+][^-+]' "$dir/out")" = 2 ] || { cat "$dir/out"; fail "more than the changed line"; }
grep -q '^-symbol SKY2=y$' "$dir/out" && grep -q '^+symbol SKY2=m$' "$dir/out" || fail "not the changed line"
tail -n 1 "$dir/out" | grep -q ': 1 the same, 1 different, 1 of another architecture$' || fail "$(tail -n 1 "$dir/out")"
grep -q 'tests="3" failures="1" errors="0" skipped="1"' "$dir/junit.xml" || { cat "$dir/junit.xml"; fail "JUnit"; }
sed '$d' "$dir/out" | grep -v ': of another' > "$dir/patch"
patch -s -p0 "$dir/expect/checkbox-SAMSUNG_N310.expect" "$dir/patch" || fail "the diff is none that patch understands"
diff -r "$dir/first" "$dir/expect" || fail "the diff leads elsewhere"

# the same bytes whichever machines ran before in the same process, in whichever order, spread over however many processes
mkdir "$dir/there" "$dir/back"
n=0
for name in checkbox-SAMSUNG_N310 facter-Hetzner_vServer-85aff9 checkbox-LENOVO_T420 facter-LENOVO_21K5CTO1WW-43824c; do
	n=$((n + 1))
	cp $machines/$name.json "$dir/there/$n.json"
	cp $machines/$name.json "$dir/back/$((5 - n)).json"
done
for run in there:1 there:3 back:1 back:2; do
	check --dumps "$dir/${run%:*}" --expect "$dir/same-${run%:*}-${run#*:}" --update --jobs "${run#*:}"
	[ $code = 0 ] || fail "$run: exit code $code"
done
diff -r "$dir/same-there-1" "$dir/same-there-3" || fail "one process and three differ"
diff -r "$dir/same-back-1" "$dir/same-back-2" || fail "one process and two differ"
for n in 1 2 3 4; do
	cmp "$dir/same-there-1/$n.expect" "$dir/same-back-1/$((5 - n)).expect" || fail "the order matters"
done

# machines that ask for the same are solved once: each gets what it gets alone, with its own reasons
mkdir "$dir/twins"
for n in 1 2 3; do cp "$dir/there/1.json" "$dir/twins/$n.json"; done
cp "$dir/there/2.json" "$dir/twins/4.json"
for jobs in 1 2; do
	check --dumps "$dir/twins" --expect "$dir/same-there-1" --jobs $jobs --json
	[ $code = 1 ] || fail "twins: exit code $code"
	grep -q '"same":1,"different":3,"new":0' "$dir/out" || fail "twins: not the first one alone is the same"
	check --dumps "$dir/twins" --expect "$dir/same-twins-$jobs" --update --jobs $jobs
	for n in 1 2 3; do
		cmp "$dir/same-twins-$jobs/$n.expect" "$dir/same-there-1/1.expect" || fail "twin $n differs"
	done
	cmp "$dir/same-twins-$jobs/4.expect" "$dir/same-there-1/2.expect" || fail "the machine beside the twins differs"
done

# an orphan, a machine that is new, one that cannot be read; and the same in JSON
mv "$dir/expect/facter-Hetzner_vServer-85aff9.expect" "$dir/expect/gone.expect"
echo garbage > "$dir/dumps/bad.json"
check --dumps "$dir/dumps" --expect "$dir/expect" --json
[ $code = 2 ] || fail "bad dump: exit code $code"
grep -q '"same":1,"different":0,"new":1,"made":0,"foreign":1,"failed":1' "$dir/out" || { head -5 "$dir/out"; fail "JSON's totals"; }
grep -q '"orphans":\["gone.expect"\]' "$dir/out" || fail "no orphan"
! grep -q '"unexplained":[1-9]' "$dir/out" || fail "a driver that is not built"
if command -v python3 > /dev/null; then
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$dir/out" || fail "no JSON"
fi
if command -v xmllint > /dev/null; then
	xmllint --noout "$dir/junit.xml" || fail "no XML"
fi
