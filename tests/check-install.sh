#!/bin/sh
# `make install` puts everything below DESTDIR, `make uninstall` takes all of it away again; a missing library is one
# clear error that names its packages.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL
fail() { echo "$*"; exit 1; }
build=${BUILD#"$PWD/"}

make -s install BUILD="$build" DESTDIR="$tmp/root" PREFIX=/usr > /dev/null || fail "make install"
(cd "$tmp/root" && find . -type f | sort) > "$tmp/files"
cat > "$tmp/want" <<'END'
./usr/bin/derpconfig
./usr/share/bash-completion/completions/derpconfig
./usr/share/doc/derpconfig/CONTRIBUTING.md
./usr/share/doc/derpconfig/COPYING
./usr/share/doc/derpconfig/README.md
./usr/share/fish/vendor_completions.d/derpconfig.fish
./usr/share/man/man1/derpconfig.1
./usr/share/zsh/site-functions/_derpconfig
END
ls docs/*.md | sed 's|^|./usr/share/doc/derpconfig/|' >> "$tmp/want"
sort "$tmp/want" | diff -u - "$tmp/files" || fail "other files installed"
[ "$("$tmp/root/usr/bin/derpconfig" --version)" = "derpconfig $(sed -n 's/^VERSION := //p' Makefile)" ] || fail "--version"
make -s uninstall DESTDIR="$tmp/root" PREFIX=/usr > /dev/null
[ -z "$(find "$tmp/root" -type f)" ] || fail "uninstall left files"
[ ! -e "$tmp/root/usr/share/doc/derpconfig" ] || fail "uninstall left a directory"

# What a page of ours that is installed links to is installed too.
make -s install BUILD="$build" DESTDIR="$tmp/root" PREFIX=/usr > /dev/null
(cd "$tmp/root/usr/share/doc/derpconfig" && grep -o '](docs/[a-z-]*\.md)' README.md | tr -d '()]' | while read -r page; do
	[ -e "$page" ] || echo "README.md links to $page, which is not installed"
done) > "$tmp/links"
[ ! -s "$tmp/links" ] || fail "$(cat "$tmp/links")"

# The tarball: what is committed, and the same bytes each time.
if git rev-parse --git-dir > /dev/null 2>&1; then
	make -s dist BUILD="$tmp/dist" > /dev/null || fail "make dist"
	tar -tzf "$tmp"/dist/derpconfig-*.tar.gz | sed 's|^[^/]*/||; /\/$/d; /^$/d' | sort > "$tmp/packed"
	git ls-tree -r --name-only HEAD | sort | diff - "$tmp/packed" > /dev/null || fail "make dist: not what is committed"
	cp "$tmp"/dist/derpconfig-*.tar.gz "$tmp/first"
	sleep 1
	make -s dist BUILD="$tmp/dist" > /dev/null
	cmp -s "$tmp"/dist/derpconfig-*.tar.gz "$tmp/first" || fail "make dist: other bytes the second time"
fi

mkdir "$tmp/pc"
if PKG_CONFIG_LIBDIR=$tmp/pc PKG_CONFIG_PATH='' sh tests/find-libs.sh "${CC:-cc}" > "$tmp/out" 2> "$tmp/err"; then
	fail "libraries found where there are none"
fi
[ ! -s "$tmp/out" ] || fail "flags printed in spite of the error"
for word in libudev-dev systemd-devel libarchive pciutils "make deps" "nix develop"; do
	grep -q "$word" "$tmp/err" || fail "the message says nothing of $word"
done
