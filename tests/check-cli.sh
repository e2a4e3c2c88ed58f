#!/bin/sh
# Every command of the table, as 'derpconfig help' lists it, meets what goes wrong on real systems: wrong flags, files
# that are missing, are directories or may not be read, a reader that went away, a full disk. Each time the exit code
# is the documented one, standard error has a short message that begins "derpconfig: ", and nothing is half written.
set -u
tmp=$(mktemp -d)
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
bad=0 runs=0
# Readable for everybody, so that it can also run as nobody.
cp "$DERPCONFIG" "$tmp/derpconfig" && chmod 755 "$tmp/derpconfig"
dump=fixtures/machines/checkbox-LENOVO_T420.json
none=$tmp/no/such/file

say() { echo "$*"; bad=1; }

# Root may read and write everything: what is forbidden is tried as somebody else.
plain_user=
[ "$(id -u)" != 0 ] || plain_user="setpriv --reuid=65534 --regid=65534 --clear-groups"

# expect CODE STDOUT WHAT -- COMMAND...: STDOUT is "text", "none" or "any".
expect() {
	code=$1 stdout=$2 what=$3
	shift 4
	runs=$((runs + 1))
	timeout 20 "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null
	got=$?
	[ $got = "$code" ] || say "$what: exit code $got instead of $code: $(head -c 300 "$tmp/err")"
	case $stdout in
	text) [ -s "$tmp/out" ] || say "$what: nothing on standard output" ;;
	none) [ ! -s "$tmp/out" ] || say "$what: standard output in spite of the error: $(head -n 1 "$tmp/out")" ;;
	esac
	[ "$code" = 0 ] || message "$what"
}

# The message that an error came with.
message() {
	lines=$(wc -l < "$tmp/err")
	[ "$lines" -ge 1 ] && [ "$lines" -le 3 ] || say "$1: $lines lines on standard error: $(head -c 300 "$tmp/err")"
	grep -q '^derpconfig: ' "$tmp/err" || say "$1: the message does not begin with 'derpconfig: ': $(head -c 300 "$tmp/err")"
}

# The output goes where it can't: CODE is that of the command, not of the shell.
output_fails() { # WHAT COMMAND...
	what=$1
	shift
	runs=$((runs + 3))
	"$@" > /dev/full 2> "$tmp/err" < /dev/null
	[ $? = 2 ] || say "$what > /dev/full: exit code is not 2"
	message "$what > /dev/full"
	[ "${speed:-}" != long ] || return 0
	"$@" >&- 2> "$tmp/err" < /dev/null
	[ $? = 2 ] || say "$what >&-: exit code is not 2"
	{
		sleep 0.1
		"$@" 2> "$tmp/err" < /dev/null
		echo $? > "$tmp/code"
	} | :
	[ "$(cat "$tmp/code")" = 2 ] || say "$what | closed pipe: exit code $(cat "$tmp/code") instead of 2"
	message "$what | closed pipe"
}

# The flags of a command that take a value of one of these kinds, by their long names.
flags_of() { # COMMAND VALUES
	"$DERPCONFIG" "$1" --help | sed -nE "s/^  .*(--[a-z-]+) ($2) .*/\1/p"
}

# As many arguments as the command wants: all of them PATH, or without it files of the right kind.
arguments() { # COMMAND [PATH]
	"$DERPCONFIG" "$1" --help | head -n 1 | sed -E 's/\[[^]]*\]//g; s/--[a-z-]+ [A-Z]+//g' | tr ' ' '\n' |
		while read -r word; do
			case ${word%%.*} in
			DUMP) echo "${2:-$dump}" ;;
			CONFIG | OLD | NEW | FILE | PATCH | ANSWERS) echo "${2:-$config}" ;;
			esac
		done
}

config=$tmp/config
printf 'CONFIG_X86=y\nCONFIG_TMPFS=y\n' > "$config"
commands=$("$DERPCONFIG" help | sed -n 's/^  \([a-z-]*\)  *[A-Z].*/\1/p')
mkdir "$tmp/empty" "$tmp/shut"
cp $dump "$tmp/shut/unreadable"
chmod 000 "$tmp/shut/unreadable"

for c in $commands; do
	expect 0 text "$c --help" -- "$DERPCONFIG" "$c" --help
	[ ! -s "$tmp/err" ] || say "$c --help: something on standard error"
	head -n 1 "$tmp/out" | grep -q "^usage: derpconfig $c" || say "$c --help: no usage line"
	expect 0 text "help $c" -- "$DERPCONFIG" help "$c"
	output_fails "$c --help" "$DERPCONFIG" "$c" --help

	expect 2 none "$c --nonsense" -- "$DERPCONFIG" "$c" --nonsense
	expect 2 none "$c -Z" -- "$DERPCONFIG" "$c" -Z
	expect 2 none "$c --help=yes" -- "$DERPCONFIG" "$c" --help=yes
	for flag in $(flags_of "$c" '[A-Z]+[A-Z0-9-]*'); do
		expect 2 none "$c $flag without its value" -- "$DERPCONFIG" "$c" "$flag"
	done

	words=$(arguments "$c" "$none")
	if [ -n "$words" ]; then
		expect 2 none "$c with a missing file" -- "$DERPCONFIG" "$c" $words
		grep -q "$none" "$tmp/err" || say "$c with a missing file: the message does not name it: $(cat "$tmp/err")"
		expect 2 none "$c with a directory" -- "$DERPCONFIG" "$c" $(arguments "$c" "$tmp/empty")
		expect 2 none "$c with an unreadable file" -- $plain_user \
			env HOME="$tmp/empty" "$tmp/derpconfig" "$c" $(arguments "$c" "$tmp/shut/unreadable")
	fi
	for flag in $(flags_of "$c" 'TREE[0-9]?|DIR|FILE|CONFIG|FRAGMENT'); do
		case $flag in --output | --record) continue ;; esac
		expect 2 none "$c $flag missing" -- "$DERPCONFIG" "$c" "$flag" "$none" $(arguments "$c")
	done
done

# What commands print when all is well can't be lost without a word either. Every command has a line here; those marked
# "long" solve a configuration and are tried less often.
kernel=$(sh tests/debian-kernel.sh 6.12 amd64 2> /dev/null) &&
	with_kernel="--kernel $kernel/source --modules $kernel/modules --config $kernel/config"
lean="--no-baseline --features minimal"
netbook=fixtures/machines/checkbox-SAMSUNG_N310.json
echo 'MODULES y' > "$tmp/answers"
cat > "$tmp/lines" <<END
quick scan --from $dump
quick sets
quick check $config
quick diff $dump $netbook
quick convert $config
quick which E1000E ${with_kernel:-}
quick map $netbook ${with_kernel:-}
quick built ${with_kernel:-}
quick conf allnoconfig ${with_kernel:-}
long firmware $netbook ${with_kernel:-}
long simulate --answers $tmp/answers --defconfig allnoconfig --json ${with_kernel:-}
long generate $netbook $lean ${with_kernel:-}
long merge $netbook $dump $lean ${with_kernel:-}
long why PCI --dump $netbook $lean ${with_kernel:-}
long report $netbook $lean ${with_kernel:-}
long upgrade --from ${kernel:-}/source --to ${kernel:-}/source --from-modules ${kernel:-}/modules --from-config ${kernel:-}/config $netbook $lean
END
for c in $commands; do
	grep -q "^[a-z]* $c\( \|$\)" "$tmp/lines" || [ "$c" = help ] || say "$c: what it writes is not tried"
done

# A file system of one page, that is full before the output is; only root can make one.
full=$tmp/full
mkdir "$full"
on_full_disk() { # WHAT COMMAND... : the file that was there stays, and nothing else is left
	# not in a chroot, nor in most containers
	[ "$(id -u)" = 0 ] && unshare -m true 2> /dev/null || return 0
	what=$1
	shift
	runs=$((runs + 1))
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs -o size=4k tmpfs "$0" || exit 99
		echo before > "$0/kept"
		"$@" -o "$0/kept"
		code=$?
		[ "$(cat "$0/kept")" = before ] && [ "$(ls -A "$0")" = kept ] || exit 98
		exit $code' "$full" "$@" > /dev/null 2> "$tmp/err" < /dev/null
	case $? in
	2) message "$what, the disk is full" ;;
	98) say "$what, the disk is full: the old file is gone, or another is left" ;;
	99) ;; # no mounting here
	*) say "$what, the disk is full: exit code is not 2: $(head -c 300 "$tmp/err")" ;;
	esac
}

while read -r speed line; do
	# shellcheck disable=SC2086
	set -- $line
	case $line in *--kernel\ * | *--from\ /*) [ -n "${with_kernel:-}" ] || continue ;; esac
	case $1 in which | map | built | firmware | conf) [ -n "${with_kernel:-}" ] || continue ;; esac
	output_fails "$line" "$DERPCONFIG" "$@"
	# simulate's -o is for the .config, not for what it prints
	[ "$1" = simulate ] && continue
	expect 2 none "$line -o /dev/full" -- "$DERPCONFIG" "$@" -o /dev/full
	case $1 in sets | scan | generate) on_full_disk "$line" "$DERPCONFIG" "$@" ;; esac
	[ "$speed" = quick ] || continue
	echo before > "$tmp/kept"
	expect 2 none "$line -o in a missing directory" -- "$DERPCONFIG" "$@" -o "$none"
	mkdir -p "$tmp/readonly"
	cp "$tmp/kept" "$tmp/readonly/kept"
	chmod -R a-w "$tmp/readonly"
	expect 2 none "$line -o in a read-only directory" -- $plain_user \
			env HOME="$tmp/empty" "$tmp/derpconfig" "$@" -o "$tmp/readonly/kept"
	cmp -s "$tmp/kept" "$tmp/readonly/kept" || say "$line: the old output is gone"
	chmod -R u+w "$tmp/readonly"
done < "$tmp/lines"

expect 2 none "no such command" -- "$DERPCONFIG" scna
grep -q "did you mean 'scan'" "$tmp/err" || say "scna: scan is not offered"
expect 0 text "--version" -- "$DERPCONFIG" --version
expect 0 text "--help" -- "$DERPCONFIG" --help
expect 0 text "alone" -- "$DERPCONFIG"
output_fails "--version" "$DERPCONFIG" --version
output_fails "--help" "$DERPCONFIG" --help
echo "$runs runs"
exit $bad
