# derpconfig - GNU make. `make help` lists the targets.

VERSION := 0.1.0
PREFIX  ?= /usr/local
CC      ?= cc
BUILD   := build
comma   := ,

# The rooms, and what each needs besides base/. `make layers` checks the includes.
ROOMS   := base scanner modalias kbuild kconfig nixout cli

# Data files that are embedded in the program (base/data.h).
DATA    := $(sort docs/derpconfig.1.in cli/report.css $(wildcard kconfig/*.rules kconfig/sets/*.set kconfig/toolchains/*.toolchain \
	nixout/data/*))

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wpointer-arith -Wcast-qual -Wvla -Wundef
CFLAGS  ?= -O2 -g
HARDEN  ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -ffile-prefix-map=$(CURDIR)=. -DVERSION='"$(VERSION)"' \
	$(WARN) $(CFLAGS) $(HARDEN) -pthread -MMD -MP $(LIB_CFLAGS)
LDFLAGS ?= -pie -Wl,-z,relro,-z,now

# The same sources built another way live in a directory of their own.
ifneq ($(SANITIZE),)
BUILD   := build/$(subst $() ,-,$(strip $(subst $(comma), ,$(SANITIZE))))
CFLAGS  := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
HARDEN  :=
LDFLAGS := -fsanitize=$(SANITIZE)
endif

# V=1 shows the commands.
Q       := $(if $(V),,@)
say     = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo "  $(1)  $@")

sources  = $(sort $(wildcard $(1)/*.c))
MAIN    := cli/main.c
LIB_SRC := $(filter-out $(MAIN),$(foreach r,$(ROOMS),$(call sources,$r)))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/data.o
TESTS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/test-*.c)))
TEST_UTIL := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/util-*.c))
TOOLS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/tool-*.c))) \
	$(patsubst tests/%.c,$(BUILD)/tests/%.so,$(sort $(wildcard tests/preload-*.c)))
SCRIPTS := $(sort $(wildcard tests/check-*.sh))
REPLAYS := $(patsubst tests/fuzz-%.c,$(BUILD)/tests/replay-%,$(sort $(wildcard tests/fuzz-*.c)))

.PHONY: ready coverage sweep replays bench diff-kconfig diff-modprobe diff-kbuild diff-solve diff-nix prove all run fuzz fuzz-built check check-built asan tsan layers deps kernels lint manual dist install uninstall reproducible clean help
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# Found once, and only for targets that compile: the others also work where the libraries are not installed yet.
EARLY   := run prove ready check asan tsan coverage fuzz layers deps kernels lint reproducible dist uninstall clean help
ifneq ($(filter-out $(EARLY),$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/libs.mk
endif
$(BUILD)/libs.mk: tests/find-libs.sh
	@mkdir -p $(@D)
	@sh tests/find-libs.sh $(CC) > $@

# The jobs of a make that another make starts.
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
AGAIN   = $(MAKE) --no-print-directory $(PARALLEL)

all: $(BUILD)/derpconfig ## build the program: build/derpconfig

$(BUILD)/derpconfig: $(BUILD)/cli/main.o $(LIB_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/data.S: Makefile tests/embed.sh $(DATA)
	@mkdir -p $(@D)
	$(Q)sh tests/embed.sh $(DATA) > $@

$(BUILD)/data.o: $(BUILD)/data.S
	$(Q)$(CC) -c -o $@ $<

$(BUILD)/tests/test-%: $(BUILD)/tests/test-%.o $(TEST_UTIL) $(LIB_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS) -lcmocka

$(BUILD)/tests/prove-%: $(BUILD)/tests/prove-%.o $(LIB_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS)

# A fuzz target's oracle, run on what fuzzing found earlier: tests/check-corpus.sh.
$(BUILD)/tests/replay-%: $(BUILD)/tests/fuzz-%.o $(BUILD)/tests/replay.o $(TEST_UTIL) $(LIB_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS)

$(BUILD)/tests/fuzz-%: $(BUILD)/tests/fuzz-%.o $(TEST_UTIL) $(LIB_OBJ)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIB_LDLIBS)

# Programs that the scripts in tests/ use.
$(BUILD)/tests/tool-%: $(BUILD)/tests/tool-%.o $(LIB_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LDLIBS)

$(BUILD)/tests/preload-%.so: tests/preload-%.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

.SECONDARY:
-include $(patsubst %.o,%.d,$(LIB_OBJ) $(BUILD)/cli/main.o) $(wildcard $(BUILD)/tests/*.d)

# What is made from the table of commands.
MADE    := derpconfig.1 derpconfig.bash _derpconfig derpconfig.fish
manual: $(MADE:%=$(BUILD)/docs/%)
$(BUILD)/docs/derpconfig.1: ARGS = --man
$(BUILD)/docs/derpconfig.bash: ARGS = --completion bash
$(BUILD)/docs/_derpconfig: ARGS = --completion zsh
$(BUILD)/docs/derpconfig.fish: ARGS = --completion fish
$(MADE:%=$(BUILD)/docs/%): $(BUILD)/derpconfig
	@mkdir -p $(@D)
	$(Q)$(BUILD)/derpconfig help $(ARGS) > $@

deps: ## install what is missing to build and test (Debian, as root)
	@sh tests/install-deps.sh test

kernels: ## fetch and unpack (never install) the Debian kernel that the tests use
	@sh tests/install-deps.sh run
	@sh tests/debian-kernel.sh 6.12 amd64

run: ## install what is missing, build, fetch a Debian kernel, scan this machine, print the mapping and a patch
	@sh tests/install-deps.sh run
	@$(AGAIN) all
	@sh tests/run.sh $(BUILD)/derpconfig

# What tests run on: packages, and the Debian kernels, so that none depends on another test for them. Without a network
# tests that need a kernel are skipped, and say so.
ready:
	@sh tests/install-deps.sh test
	@for series in 6.12 6.1; do sh tests/debian-kernel.sh $$series amd64 > /dev/null || true; done

check: ready ## install what is missing, build, run the tests
	@$(AGAIN) replays SANITIZE=address,undefined
	@$(AGAIN) check-built

replays: $(REPLAYS)

check-built: $(BUILD)/derpconfig $(TESTS) $(TOOLS) $(REPLAYS) layers
	@sh tests/runner.sh $(BUILD) $(TESTS) $(SCRIPTS)

asan: ready ## the tests under the address and undefined-behaviour sanitizers
	@$(AGAIN) check-built SANITIZE=address,undefined

tsan: ready ## the tests under the thread sanitizer
	@$(AGAIN) check-built SANITIZE=thread

coverage: ready ## which lines and branches the tests reach: build/coverage/report and build/coverage/gcov
	@$(AGAIN) check-built BUILD=build/coverage CFLAGS='-O0 -g --coverage -DUNCONFINED' HARDEN= LDFLAGS=--coverage || true
	@sh tests/coverage.sh build/coverage

SECONDS := 60
fuzz: ## fuzz tests/fuzz-T.c with libFuzzer for a while: make fuzz T=dump SECONDS=60 (needs clang)
	@$(AGAIN) fuzz-built CC=clang SANITIZE=fuzzer-no-link,address,undefined

# New inputs stay in the build directory; what is worth keeping goes to fixtures/corpus by hand, or by -merge=1.
fuzz-built: $(BUILD)/tests/fuzz-$(T)
	@mkdir -p $(BUILD)/corpus/$(T) fixtures/corpus/$(T)
	ASAN_OPTIONS=detect_leaks=0 $< -max_total_time=$(SECONDS) -rss_limit_mb=2048 -timeout=30 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/corpus/$(T)- $(BUILD)/corpus/$(T) fixtures/corpus/$(T)

KIND    := lean
ROUNDS  := 5
bench: all $(TOOLS) ## what things cost, beside those who do the same; writes docs/performance.md; fails when a limit is missed
	@python3 -B tests/bench.py $(BUILD) --rounds $(ROUNDS) -o docs/performance.md

diff-modprobe: all ## modprobe -R against our lookup, on every modalias of the recorded machines
	@ALL=1 DERPCONFIG=$(CURDIR)/$(BUILD)/derpconfig sh tests/check-modprobe.sh

diff-kconfig: all $(TOOLS) ## whole trees against their own conf, byte for byte: hours
	@BUILD=$(BUILD) sh tests/prove-kconfig.sh

diff-kbuild: all ## what is built, against GNU make with the tree's own Makefiles, on random configurations: a quarter of an hour
	@sh tests/prove-kbuild.sh

diff-solve: all ## every module of 6.12 and 6.1, random lists and recorded machines: solved, then the tree's conf and GNU make: an hour
	@for series in 6.12 6.1; do sh tests/prove-solve.sh $$series amd64 each || exit 1; done
	@sh tests/prove-solve.sh 6.12 amd64 random 100 60 $(or $(SEED),1)
	@DERPCONFIG=$(CURDIR)/$(BUILD)/derpconfig sh tests/prove-machines.sh 6.12 amd64 $(or $(DUMPS),fixtures/machines/*.json)

diff-nix: all ## patches of the recorded machines, and 100 conversions, through nixpkgs' run on the tree's own conf: an hour
	@BUILD=$(CURDIR)/$(BUILD) DERPCONFIG=$(CURDIR)/$(BUILD)/derpconfig sh tests/prove-nixmodes.sh
	@BUILD=$(CURDIR)/$(BUILD) DERPCONFIG=$(CURDIR)/$(BUILD)/derpconfig sh tests/prove-convert.sh

prove: ## no device lost: boot, scan, build and boot again in QEMU: make prove PROFILE=laptop [KIND=localmodconfig]
	@sh tests/install-deps.sh prove
	@$(AGAIN) all
	@DERPCONFIG=$(BUILD)/derpconfig sh tests/prove/prove.sh $(or $(PROFILE),laptop) $(KIND)

sweep: all ## damage real inputs in thousands of ways: a result or one clear error, nothing lost in silence: some minutes
	@python3 tests/sweep.py $(BUILD)/derpconfig $(T)

layers: ## check that a room includes only base/ and itself
	@sh tests/layers.sh $(ROOMS)

share   = $(DESTDIR)$(PREFIX)/share
DOCS    := README.md CONTRIBUTING.md COPYING $(sort $(wildcard docs/*.md))
PLACES  = bin/derpconfig share/man/man1/derpconfig.1 share/bash-completion/completions/derpconfig \
	share/zsh/site-functions/_derpconfig share/fish/vendor_completions.d/derpconfig.fish $(DOCS:%=share/doc/derpconfig/%)

install: all manual ## install below DESTDIR PREFIX (default /usr/local)
	install -D -m 755 $(BUILD)/derpconfig $(DESTDIR)$(PREFIX)/bin/derpconfig
	install -D -m 644 $(BUILD)/docs/derpconfig.1 $(share)/man/man1/derpconfig.1
	install -D -m 644 $(BUILD)/docs/derpconfig.bash $(share)/bash-completion/completions/derpconfig
	install -D -m 644 $(BUILD)/docs/_derpconfig $(share)/zsh/site-functions/_derpconfig
	install -D -m 644 $(BUILD)/docs/derpconfig.fish $(share)/fish/vendor_completions.d/derpconfig.fish
	for f in $(DOCS); do install -D -m 644 $$f $(share)/doc/derpconfig/$$f || exit 1; done

uninstall: ## remove what install installed
	rm -f $(PLACES:%=$(DESTDIR)$(PREFIX)/%)
	-rmdir $(share)/doc/derpconfig/docs $(share)/doc/derpconfig 2> /dev/null

dist: ## derpconfig-VERSION.tar.gz of what is committed, the same bytes each time
	@mkdir -p $(BUILD)
	git archive --format=tar --prefix=derpconfig-$(VERSION)/ HEAD | gzip -9n > $(BUILD)/derpconfig-$(VERSION).tar.gz
	@echo $(BUILD)/derpconfig-$(VERSION).tar.gz

examples: all ## write what the examples in README and docs print now into them
	@BUILD=$(CURDIR)/$(BUILD) DERPCONFIG=$(CURDIR)/$(BUILD)/derpconfig sh tests/check-examples.sh --update

expect: all ## write what Debian's kernels have for the machines in fixtures/ into fixtures/machines/expect
	@DERPCONFIG=$(BUILD)/derpconfig sh tests/make-expect.sh

reproducible: ## build twice, in two directories, and compare
	@sh tests/reproducible.sh

lint: ## gcc's and clang's warnings, cppcheck, clang-tidy with the static analyzer, shellcheck
	@sh tests/install-deps.sh lint
	@sh tests/lint.sh

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 16
