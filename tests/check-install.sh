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
./usr/share/fish/vendor_completions.d/derpconfig.fish
./usr/share/man/man1/derpconfig.1
./usr/share/zsh/site-functions/_derpconfig
END
diff -u "$tmp/want" "$tmp/files" || fail "other files installed"
[ "$("$tmp/root/usr/bin/derpconfig" --version)" = "derpconfig $(sed -n 's/^VERSION := //p' Makefile)" ] || fail "--version"
make -s uninstall DESTDIR="$tmp/root" PREFIX=/usr > /dev/null
[ -z "$(find "$tmp/root" -type f)" ] || fail "uninstall left files"

mkdir "$tmp/pc"
if PKG_CONFIG_LIBDIR=$tmp/pc PKG_CONFIG_PATH='' sh tests/find-libs.sh "${CC:-cc}" > "$tmp/out" 2> "$tmp/err"; then
	fail "libraries found where there are none"
fi
[ ! -s "$tmp/out" ] || fail "flags printed in spite of the error"
for word in libudev-dev systemd-devel libarchive pciutils "make deps" "nix develop"; do
	grep -q "$word" "$tmp/err" || fail "the message says nothing of $word"
done
