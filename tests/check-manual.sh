#!/bin/sh
# The man page and the completions, all made from the table of commands: mandoc has nothing to say about the page,
# each shell can read its script, and completing gives the commands, the flags and the files that help tells of.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "$*"; exit 1; }
commands=$("$DERPCONFIG" help | sed -n 's/^  \([a-z-]*\)  *[A-Z].*/\1/p')
[ "$(echo "$commands" | wc -l)" -gt 3 ] || fail "help lists no commands"

"$DERPCONFIG" help --man > "$tmp/derpconfig.1"
if command -v mandoc > /dev/null; then
	# Which other pages are installed is not the page's fault.
	mandoc -T lint -W style "$tmp/derpconfig.1" 2> /dev/null | grep -v 'referenced manual not found' && fail "see above"
fi
for c in $commands; do
	grep -q "^\.Ss derpconfig $c\$" "$tmp/derpconfig.1" || fail "the page has no $c"
	for flag in $("$DERPCONFIG" "$c" --help | sed -n 's/^  .*--\([a-z-]*\) .*/\1/p'); do
		grep -q "^\.It.* Fl -$flag\b" "$tmp/derpconfig.1" || [ "$flag" = help ] || fail "the page has no $c --$flag"
	done
done

"$DERPCONFIG" help --completion bash > "$tmp/bash"
# offered WORD... - what bash offers for the last word
offered() {
	bash -c '. "$0"; COMP_WORDS=(derpconfig "$@"); COMP_CWORD=$#; _derpconfig; printf "%s\n" "${COMPREPLY[@]}"' \
		"$tmp/bash" "$@" 2> /dev/null | sort
}
[ "$(offered '' | grep -v ^-)" = "$(echo "$commands" | sort)" ] || fail "bash: other commands"
[ "$(offered sca)" = scan ] || fail "bash: sca"
for c in $commands; do
	"$DERPCONFIG" "$c" --help | sed -nE 's/^  (-.,|   ) (--[a-z-]+) .*/\2/p' | sort -u > "$tmp/flags"
	[ -s "$tmp/flags" ] || fail "$c: no flags in its help"
	offered "$c" -- | grep -x -F -f "$tmp/flags" | diff "$tmp/flags" - > /dev/null || fail "bash: flags of $c"
done
touch "$tmp/a dump.json"
[ "$(offered diff "$tmp/a d")" = "$tmp/a dump.json" ] || fail "bash: files"
[ "$(offered scan -o "$tmp/a d")" = "$tmp/a dump.json" ] || fail "bash: -o FILE"
[ "$(offered scan --output = "$tmp/a d")" = "$tmp/a dump.json" ] || fail "bash: --output=FILE"
[ "$(offered help --completion '')" = "$(printf 'bash\nfish\nzsh')" ] || fail "bash: words"

"$DERPCONFIG" help --completion zsh > "$tmp/_derpconfig"
if command -v zsh > /dev/null; then
	zsh -n "$tmp/_derpconfig" || fail "zsh can't read its script"
fi
"$DERPCONFIG" help --completion fish > "$tmp/derpconfig.fish"
if command -v fish > /dev/null; then
	HOME=$tmp fish --no-config -c "source $tmp/derpconfig.fish; complete -C 'derpconfig '" | cut -f 1 | sort > "$tmp/fish"
	echo "$commands" | sort | diff - "$tmp/fish" || fail "fish: other commands"
	HOME=$tmp fish --no-config -c "source $tmp/derpconfig.fish; complete -C 'derpconfig scan --ro'" | grep -q '^--root' ||
		fail "fish: flags"
fi
for c in $commands; do
	grep -q "^		$c) _arguments" "$tmp/_derpconfig" || fail "zsh: no $c"
	grep -q "__fish_use_subcommand -a $c " "$tmp/derpconfig.fish" || fail "fish: no $c"
done
"$DERPCONFIG" help --completion csh 2> /dev/null && fail "csh is no shell of ours"
echo "$(echo "$commands" | wc -l) commands"
