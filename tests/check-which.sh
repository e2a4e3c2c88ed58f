#!/bin/sh
# which: a device from any side leads to the same driver; a thousand ids at once, from the cache too; people at a
# terminal get lines that fit and colours, a pipe and NO_COLOR get neither.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel"; exit 77; }
fail() { echo "$*"; exit 1; }
export XDG_CACHE_HOME="$tmp/cache"
mkdir "$XDG_CACHE_HOME"
which() { "$DERPCONFIG" which "$@" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config"; }

# Every spelling tells all of this.
for id in e1000e E1000E CONFIG_E1000E drivers/net/ethernet/intel/e1000e/netdev.c \
	kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko 8086:1502 pci:8086:1502 \
	pci:v00008086d00001502sv000017AAsd000021F3bc02sc00i00; do
	which "$id" > "$tmp/out" || fail "$id: exit code $?"
	grep -q "^$id  *e1000e  *module  *kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko .*E1000E=m" "$tmp/out" ||
		fail "$id: $(cat "$tmp/out")"
	for line in '^E1000E "Intel(R) PRO/1000 PCI-Express Gigabit Ethernet support"$' \
		'^  defined at drivers/net/ethernet/intel/Kconfig:[0-9]*$' '^  depends on .*PCI' '^  this kernel: m$'; do
		grep -q "$line" "$tmp/out" || fail "$id: no line $line: $(cat "$tmp/out")"
	done
done
which usb:046d:c52b | grep -q '^usb:046d:c52b  *hid_logitech_dj .*HID_LOGITECH_DJ=m' || fail "usb id"
which iwlwifi | grep -q 'iwlwifi-[0-9A-Za-z]*-[0-9]*\.ucode' || fail "firmware"
# Symbols that build nothing by themselves, and what has no prompt.
which ETHERNET > "$tmp/out"
grep -q '^ETHERNET "Ethernet driver support"$' "$tmp/out" || fail "a menu: $(cat "$tmp/out")"
which FS_MBCACHE | grep -q 'has no prompt' || fail "no prompt"
code=0
which NOTHING_LIKE_THIS > "$tmp/out" 2> "$tmp/err" || code=$?
[ $code = 5 ] && [ ! -s "$tmp/out" ] && grep -q "answers to 'NOTHING_LIKE_THIS'" "$tmp/err" || fail "unknown: exit code $code"

# What the Makefiles say of an object's parts is read late, and what is wrong there is told all the same.
cp -r fixtures/kbuild "$tmp/tree"
mkdir "$tmp/tree/odd" "$tmp/mods"
# shellcheck disable=SC2016
printf 'obj-m += odd.o\nodd-y := a.o $(shell cat secret).o\n' > "$tmp/tree/odd/Makefile"
echo 'obj-y += odd/' >> "$tmp/tree/Kbuild"
printf 'kernel/odd/odd.ko:\n' > "$tmp/mods/modules.dep"
touch "$tmp/mods/modules.alias" "$tmp/mods/modules.builtin"
"$DERPCONFIG" which odd/a.c --kernel "$tmp/tree" --modules "$tmp/mods" --arch toy > "$tmp/out" 2> "$tmp/err"
grep -q '^odd/a.c  *odd ' "$tmp/out" && grep -q 'odd/Makefile:2: warning: .*not known' "$tmp/err" || fail "late warning: $(cat "$tmp/err")"

# A thousand ids of modules.alias, drawn with a fixed seed.
python3 -B tests/thousand_ids.py "$kernel/modules/modules.alias" > "$tmp/ids"
# shellcheck disable=SC2046
thousand() { which $(cat "$tmp/ids"); }
rm -rf "$tmp/cache/derpconfig"
thousand > "$tmp/first"
[ "$(awk 'NR > 1 { print $1 }' "$tmp/first" | sort -u | wc -l)" = 1000 ] || fail "not all of the thousand have an answer"
thousand | cmp -s - "$tmp/first" || fail "from the cache other answers"

# On a terminal of 70 columns: no line longer, colours; not with NO_COLOR. A jail may have none to give.
if ! python3 -c 'import os; os.openpty()' 2> /dev/null; then
	echo "no terminals here: colours and widths are not tried"
	exit 0
fi
cat > "$tmp/terminal.py" <<'END'
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
set -- --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config"
TERM=xterm NO_COLOR='' python3 "$tmp/terminal.py" "$DERPCONFIG" which e1000e "$@" > "$tmp/coloured"
TERM=xterm NO_COLOR=1 python3 "$tmp/terminal.py" "$DERPCONFIG" which e1000e "$@" > "$tmp/plain"
TERM=dumb NO_COLOR='' python3 "$tmp/terminal.py" "$DERPCONFIG" which e1000e "$@" | cmp - "$tmp/plain" || fail "colours on a dumb terminal"
esc=$(printf '\033')
grep -q "$esc" "$tmp/coloured" || fail "no colours on a terminal"
if grep -q "$esc" "$tmp/plain"; then fail "colours in spite of NO_COLOR"; fi
sed "s/$esc\[[0-9]*m//g" "$tmp/coloured" | cmp - "$tmp/plain" || fail "colours change the text"
sed -n '1,/^$/p' "$tmp/plain" | awk 'length($0) > 70 { print; bad = 1 } END { exit bad }' || fail "lines too long"
if which e1000e | grep -q "$esc"; then fail "colours in a pipe"; fi
