#!/bin/sh
# reproducible.sh - builds the checkout in two directories of different names, times and locales: the same program?
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
jobs=$(nproc)
for place in one another/place; do
	mkdir -p "$tmp/$place"
	tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$tmp/$place"
done
env LC_ALL=C TZ=UTC make -s -C "$tmp/one" -j"$jobs"
env LC_ALL=C.UTF-8 TZ=Asia/Tokyo USER=nobody make -s -C "$tmp/another/place" -j"$jobs"
cmp "$tmp/one/build/derpconfig" "$tmp/another/place/build/derpconfig"
echo "the same program: $(sha256sum < "$tmp/one/build/derpconfig" | cut -c 1-64)"
