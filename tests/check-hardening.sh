#!/bin/sh
# What the release build promises: position-independent, nothing writable and executable, relocations read-only before
# main, stack protector, checked libc calls, no run path, no path of the building machine.
set -eu
case $BUILD in */address* | */thread* | *fuzzer* | *coverage*) echo "not a release build"; exit 77 ;; esac
command -v readelf > /dev/null || { echo "no readelf"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
readelf -W -h -l -d --dyn-syms "$DERPCONFIG" > "$work/elf"
want() { grep -Eq "$2" "$work/elf" || { echo "not hardened: $1"; exit 1; }; }
never() { if grep -Eq "$2" "$work/elf"; then echo "not hardened: $1"; exit 1; fi; }
want "position-independent" 'Type: +DYN'
want "relocations are read-only" 'GNU_RELRO'
want "symbols are bound at start" 'BIND_NOW|FLAGS.*NOW'
want "a stack" 'GNU_STACK'
never "an executable stack" 'GNU_STACK.* RWE'
never "a segment to write and to execute" 'LOAD.* RWE'
want "stack protector" '__stack_chk_fail'
want "checked libc calls" '__(v?snprintf|memcpy|vfprintf|fprintf|printf|read|strcpy)_chk'
never "a run path" '\(R(UN)?PATH\)'
never "text relocations" 'TEXTREL'
if grep -aq "$PWD" "$DERPCONFIG"; then echo "the program holds the path it was built in"; exit 1; fi
