# SPDX-License-Identifier: GPL-2.0-or-later
#
# As much of nixpkgs as derpconfig's flake asks for, to evaluate it without network. A name that is not listed here
# is an error, as it would be there; every name below was looked up in nixpkgs.
{
  outputs = _: rec {
    lib = rec {
      genAttrs = names: f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
      concatStringsSep = builtins.concatStringsSep;
      escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
      escapeShellArgs = list: concatStringsSep " " (map escapeShellArg list);
      getOutput = output: p: p.${output} or p.out or p;
      optionals = condition: list: if condition then list else [ ];
      optionalAttrs = condition: set: if condition then set else { };
      literalExpression = text: { _type = "literalExpression"; inherit text; };
      literalMD = text: { _type = "literalMD"; inherit text; };
      licenses.gpl2Plus = { spdxId = "GPL-2.0-or-later"; };
      platforms.linux = [ "x86_64-linux" "aarch64-linux" ];
      mkOption = o: o // { _type = "option"; };
      mkEnableOption = what: mkOption { type = types.bool; default = false; description = "Whether to enable ${what}."; };
      mkIf = condition: content: { _type = "if"; inherit condition content; };
      mkForce = content: { _type = "override"; priority = 50; inherit content; };
      types = {
        bool = "bool";
        package = "package";
        path = "path";
        str = "str";
        nullOr = t: "null or ${t}";
        listOf = t: "list of ${t}";
        enum = values: "one of ${concatStringsSep ", " values}";
      };
      kernel = rec {
        yes = { tristate = "y"; };
        no = { tristate = "n"; };
        module = { tristate = "m"; };
        unset = { tristate = null; };
        freeform = text: { freeform = text; };
        option = x: x // { optional = true; };
      };
    };

    legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
      system:
      let
        derivation' = name: more: builtins.derivation { inherit name system; builder = "/bin/sh"; } // more;
        named = name: derivation' name { pname = name; };
        names = [
          "bc" "bison" "cadical" "ccache" "clang-tools" "cmocka" "cppcheck" "cpio" "elfutils" "flex" "gdb" "gettext"
          "gnumake" "jansson" "kmod" "libarchive" "libusb1" "mandoc" "ncurses" "nix" "openssl" "pciutils" "perl"
          "pkg-config" "python3" "shellcheck" "udev" "umockdev" "valgrind" "xz" "zlib" "zstd"
        ];
        stdenv = id: {
          inherit id;
          hostPlatform = { inherit system; };
          cc.targetPrefix = "";
          mkDerivation =
            args:
            derivation' "${args.pname}-${args.version}" (
              args // { stdenv = id; overrideAttrs = more: (stdenv id).mkDerivation (args // more); }
            );
        };
        shell = env: args: derivation' "nix-shell" (args // { stdenv = env; });
        overridable = f: args: f args // { override = more: overridable f (args // more); };
        kernel = overridable (
          args:
          derivation' "linux-6.12.1" {
            modDirVersion = "6.12.1";
            src = derivation' "linux-6.12.1.tar.xz" { };
            configfile = derivation' "linux-config-6.12.1" { kernelConfig = "MODULES y\n"; };
            modules = derivation' "linux-6.12.1-modules" { };
            inherit args;
          }
        ) { };
        pkgs = lib.genAttrs names named // {
          inherit lib pkgs;
          stdenv = stdenv "gcc";
          clangStdenv = stdenv "clang";
          llvmPackages = lib.genAttrs [ "bintools" "lld" "llvm" ] named // { stdenv = stdenv "clang"; };
          mkShell = { __functor = _: shell "gcc"; override = { stdenv }: shell stdenv.id; };
          runtimeShell = "/bin/sh";
          linux = kernel;
          linuxPackages = { inherit kernel; };
          linuxPackagesFor = k: { kernel = k; };
          writeText = name: text: builtins.toFile name text;
          writeShellScript = name: text: derivation' name { inherit text; };
          # Nothing is built here: the file says which command would have made it.
          runCommand =
            name: env: text:
            builtins.toFile name "_: { boot.command = ${builtins.toJSON (builtins.unsafeDiscardStringContext text)}; }";
          callPackage =
            f: args:
            f (builtins.mapAttrs (
              name: _: args.${name} or pkgs.${name} or (throw "nixpkgs-stub: no package '${name}'")
            ) (builtins.functionArgs f));
        };
      in
      pkgs
    );
  };
}
