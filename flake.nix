# SPDX-License-Identifier: GPL-2.0-or-later
{
  description = "Which kernel options does this machine need? Devices in, a NixOS kernel patch out.";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;

      systems = [ "x86_64-linux" "aarch64-linux" ];
      eachSystem = f: lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});

      # The version stands in the Makefile, once.
      version = builtins.head (
        builtins.match ".*\nVERSION := ([0-9.]+)\n.*" (builtins.readFile ./Makefile)
      );

      package =
        {
          lib,
          stdenv,
          pkg-config,
          udev,
          pciutils,
          libusb1,
          kmod,
          libarchive,
          jansson,
          cadical,
          cmocka,
          mandoc,
          python3,
          nix,
        }:
        stdenv.mkDerivation {
          pname = "derpconfig";
          inherit version;
          src = self;

          strictDeps = true;
          nativeBuildInputs = [ pkg-config ];
          buildInputs = [ udev pciutils libusb1 kmod libarchive jansson cadical ];
          nativeCheckInputs = [ mandoc python3 nix ];
          checkInputs = [ cmocka ];

          enableParallelBuilding = true;
          makeFlags = [ "CC=${stdenv.cc.targetPrefix}cc" "PREFIX=${placeholder "out"}" ];
          # Tests that need a Debian kernel say so and are skipped here.
          doCheck = false;
          checkTarget = "check-built";

          meta = {
            description = "Maps a machine's devices to the kernel options it needs";
            license = lib.licenses.gpl2Plus;
            platforms = lib.platforms.linux;
            mainProgram = "derpconfig";
          };
        };

      # Where the answers about a nixpkgs kernel come from. Not kernel.dev: it has no Kconfig files and no Makefiles.
      kernelOptions =
        kernel:
        lib.escapeShellArgs [
          "--kernel"
          "${kernel.src}"
          "--modules"
          "${lib.getOutput "modules" kernel}/lib/modules/${kernel.modDirVersion}"
          "--config"
          "${kernel.configfile}"
        ];

      # `nix run`: with arguments the program, without them what `make run` does, on nixpkgs' kernel.
      program =
        pkgs:
        let
          derpconfig = self.packages.${pkgs.stdenv.hostPlatform.system}.derpconfig;
        in
        pkgs.writeShellScript "derpconfig-run" ''
          if [ $# -gt 0 ]; then
            exec ${derpconfig}/bin/derpconfig "$@"
          fi
          exec ${pkgs.runtimeShell} ${self}/tests/run.sh ${derpconfig}/bin/derpconfig \
            ${kernelOptions pkgs.linuxPackages.kernel}
        '';

      # Everything for working on derpconfig and for `make menuconfig` in a kernel tree.
      shell =
        pkgs: mkShell: more:
        mkShell {
          inputsFrom = [ self.packages.${pkgs.stdenv.hostPlatform.system}.derpconfig ];
          packages =
            (with pkgs; [
              gnumake flex bison bc perl python3 cpio zstd xz gettext
              kmod umockdev nix mandoc
              cppcheck clang-tools shellcheck gdb valgrind ccache
            ])
            ++ more;
          buildInputs = with pkgs; [ cmocka ncurses elfutils openssl zlib ];
          # The Makefile and the kernel choose their own flags.
          hardeningDisable = [ "all" ];
        };
    in
    {
      overlays.default = final: prev: {
        derpconfig = final.callPackage package { };
      };

      packages = eachSystem (
        pkgs:
        let
          derpconfig = pkgs.callPackage package { };
        in
        {
          inherit derpconfig;
          default = derpconfig;
          # The source of NixOS' default kernel, as it comes: what --kernel reads in place.
          kernel-source = pkgs.linuxPackages.kernel.src;
        }
      );

      apps = eachSystem (pkgs: {
        default = {
          type = "app";
          program = "${program pkgs}";
          meta.description = "Scan this machine and print the patch; with arguments: derpconfig";
        };
      });

      devShells = eachSystem (pkgs: {
        default = shell pkgs pkgs.mkShell [ ];
        llvm = shell pkgs (pkgs.mkShell.override { inherit (pkgs.llvmPackages) stdenv; }) (
          with pkgs.llvmPackages; [ bintools lld llvm ]
        );
      });

      checks = eachSystem (pkgs: {
        tests = (pkgs.callPackage package { }).overrideAttrs { doCheck = true; };
        clang = pkgs.callPackage package { stdenv = pkgs.clangStdenv; };
      });

      nixosModules.default = self.nixosModules.derpconfig;
      nixosModules.derpconfig =
        {
          config,
          lib,
          pkgs,
          ...
        }:
        let
          cfg = config.derpconfig;

          # Evaluation waits for this build: seconds, and no kernel is compiled for it.
          generated = pkgs.runCommand "derpconfig.nix" { nativeBuildInputs = [ cfg.package ]; } ''
            derpconfig generate ${cfg.dump} ${kernelOptions cfg.kernel} ${
              lib.escapeShellArgs (
                [ "--linux" "linux" ]
                ++ lib.optionals (cfg.sets != [ ]) [ "--with" (lib.concatStringsSep "," cfg.sets) ]
                ++ [ "--mode" cfg.mode ]
                ++ lib.optionals (cfg.mode != "lean") [
                  "--common"
                  "${pkgs.writeText "common-config" cfg.kernel.configfile.kernelConfig}"
                ]
                ++ cfg.extraFlags
              )
            } -o $out || [ $? = 5 ] # 5: something could not be mapped; the list is in the log
          '';

          # The answer names the kernel it was made for; here that is the one of the option.
          answer = import (if cfg.patch != null then cfg.patch else generated) {
            inherit config lib;
            pkgs = pkgs // { linux = cfg.kernel; };
          };
        in
        {
          options.derpconfig = {
            enable = lib.mkEnableOption "a kernel configured for exactly this machine";
            package = lib.mkOption {
              type = lib.types.package;
              default = pkgs.callPackage package { };
              defaultText = lib.literalMD "derpconfig of this flake";
              description = "The derpconfig to use.";
            };
            dump = lib.mkOption {
              type = lib.types.path;
              example = lib.literalExpression "./machine.json";
              description = "What `derpconfig scan` wrote on this machine.";
            };
            patch = lib.mkOption {
              type = lib.types.nullOr lib.types.path;
              default = null;
              example = lib.literalExpression "./derpconfig.nix";
              description = ''
                What `derpconfig generate` wrote, kept beside the dump. Without it the patch is made while NixOS
                is evaluated, which needs import from derivation.
              '';
            };
            sets = lib.mkOption {
              type = lib.types.listOf lib.types.str;
              default = [ ];
              example = [ "usb-storage" "printer" ];
              description = "Sets of options for hardware that is not plugged in now; `derpconfig sets` lists them.";
            };
            mode = lib.mkOption {
              type = lib.types.enum [ "lean" "common" "subtract" ];
              default = "lean";
              description = ''
                lean: only what the machine, the sets and NixOS itself need; common: the same beside NixOS' own
                configuration, of which what does not fit is forced or unset; subtract: NixOS' own kernel without the
                drivers that nothing here needs.
              '';
            };
            kernel = lib.mkOption {
              type = lib.types.package;
              default = pkgs.linuxPackages.kernel;
              defaultText = lib.literalExpression "pkgs.linuxPackages.kernel";
              description = "The kernel to configure.";
            };
            extraFlags = lib.mkOption {
              type = lib.types.listOf lib.types.str;
              default = [ ];
              example = [ "--keep" "NTFS3_FS" ];
              description = "More flags for `derpconfig generate`.";
            };
            warnWhenChanged = lib.mkOption {
              type = lib.types.bool;
              default = true;
              description = "At every boot, warn in the journal when the machine's devices are no longer those of the dump.";
            };
          };

          # The answer's attributes are known only when it is, so they must not be asked for while this is off.
          config = {
            boot = lib.optionalAttrs cfg.enable answer.boot;
            hardware = lib.optionalAttrs cfg.enable (answer.hardware or { });
            environment.systemPackages = lib.mkIf cfg.enable [ cfg.package ];

            systemd.services.derpconfig-changed = lib.mkIf (cfg.enable && cfg.warnWhenChanged) {
              description = "Compare this machine's devices with derpconfig's dump";
              wantedBy = [ "multi-user.target" ];
              path = [ cfg.package ];
              script = ''
                derpconfig scan -o "$RUNTIME_DIRECTORY/now.json"
                code=0
                derpconfig diff ${cfg.dump} "$RUNTIME_DIRECTORY/now.json" > "$RUNTIME_DIRECTORY/changes" || code=$?
                if [ $code = 1 ]; then
                  echo "<4>this machine is no longer the one of ${cfg.dump}; run derpconfig scan and rebuild:"
                  sed 's/^/<4>/' "$RUNTIME_DIRECTORY/changes"
                  code=0
                fi
                exit $code
              '';
              serviceConfig = {
                Type = "oneshot";
                RuntimeDirectory = "derpconfig";
                PrivateNetwork = true;
                ProtectSystem = "strict";
                ProtectHome = true;
                NoNewPrivileges = true;
              };
            };
          };
        };
    };
}
