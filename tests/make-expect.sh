#!/bin/sh
# make-expect.sh [SERIES-ARCH...] - writes what Debian's kernels have for the recorded machines into
# fixtures/machines/expect; to be read as a diff before it is committed.
set -eu
derpconfig=${DERPCONFIG:-build/derpconfig}
[ $# -gt 0 ] || set -- 6.12-amd64 6.12-arm64 6.1-amd64
for which; do
	kernel=$(sh tests/debian-kernel.sh "${which%-*}" "${which#*-}")
	out=fixtures/machines/expect/$which
	mkdir -p "$out"
	code=0
	"$derpconfig" check --dumps fixtures/machines --expect "$out" --update --kernel "$kernel/source" \
		--modules "$kernel/modules" --config "$kernel/config" || code=$?
	[ $code -le 1 ] || exit $code
	basename "$(readlink "$kernel/modules")" > "$out/KERNEL"
done
