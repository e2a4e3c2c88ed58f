# derpconfig - GNU make. `make help` lists the targets.

VERSION := 0.1.0
PREFIX  ?= /usr/local
CC      ?= cc
BUILD   := build

# The rooms, and what each needs besides base/. `make layers` checks the includes.
ROOMS   := base scanner modalias kbuild kconfig nixout cli
LIBS    := libudev libpci libusb-1.0 libkmod libarchive jansson

# Data files that are embedded in the program (base/data.h).
DATA    := $(sort $(wildcard kconfig/sets/*.set kconfig/toolchains/*.toolchain nixout/data/*))

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wpointer-arith -Wcast-qual -Wvla -Wundef
CFLAGS  ?= -O2 -g
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -DVERSION='"$(VERSION)"' -DDATADIR='"$(PREFIX)/share/derpconfig"' \
	$(WARN) $(CFLAGS) $(HARDEN) -pthread -MMD -MP $(shell pkg-config --cflags $(LIBS))
LDFLAGS ?= -pie -Wl,-z,relro,-z,now
LDLIBS  := $(shell pkg-config --libs $(LIBS)) -lcadical -lstdc++ -lm -pthread

# The same sources built another way live in a directory of their own.
ifneq ($(SANITIZE),)
BUILD   := build/$(subst $() ,-,$(strip $(subst $(comma), ,$(SANITIZE))))
CFLAGS  := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
HARDEN  :=
LDFLAGS := -fsanitize=$(SANITIZE)
endif
comma   := ,

sources  = $(sort $(wildcard $(1)/*.c))
MAIN    := cli/main.c
LIB_SRC := $(filter-out $(MAIN),$(foreach r,$(ROOMS),$(call sources,$r)))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/data.o
TESTS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/test-*.c)))
TEST_UTIL := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/util-*.c))
SCRIPTS := $(sort $(wildcard tests/check-*.sh))

.PHONY: all run check asan tsan layers deps kernels diff bench fuzz golden-accept install clean help
.DELETE_ON_ERROR:

all: $(BUILD)/derpconfig ## build the program: build/derpconfig

$(BUILD)/derpconfig: $(BUILD)/cli/main.o $(LIB_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/data.S: Makefile tests/embed.sh $(DATA)
	@mkdir -p $(@D)
	sh tests/embed.sh $(DATA) > $@

$(BUILD)/data.o: $(BUILD)/data.S
	$(CC) -c -o $@ $<

$(BUILD)/tests/test-%: $(BUILD)/tests/test-%.o $(TEST_UTIL) $(LIB_OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

.SECONDARY:
-include $(patsubst %.o,%.d,$(LIB_OBJ) $(BUILD)/cli/main.o) $(wildcard $(BUILD)/tests/*.d)

deps: ## install what is missing to build and test (Debian, as root)
	@sh tests/install-deps.sh

kernels: deps ## fetch and unpack (never install) the Debian kernels the tests use
	@sh tests/debian-kernel.sh 6.12 amd64

run: ## build, fetch a Debian kernel, scan this machine and print the mapping and a patch
	@sh tests/install-deps.sh
	@$(MAKE) --no-print-directory all
	@sh tests/run.sh $(BUILD)/derpconfig

check: ## install what is missing, build, run the tests
	@sh tests/install-deps.sh
	@$(MAKE) --no-print-directory check-built

.PHONY: check-built
check-built: $(BUILD)/derpconfig $(TESTS) layers
	@sh tests/runner.sh $(BUILD) $(TESTS) $(SCRIPTS)

asan: ## the tests under the address and undefined-behaviour sanitizers
	@sh tests/install-deps.sh
	@$(MAKE) --no-print-directory check-built SANITIZE=address,undefined

tsan: ## the tests under the thread sanitizer
	@$(MAKE) --no-print-directory check-built SANITIZE=thread

layers: ## check that a room includes only base/ and itself
	@sh tests/layers.sh $(ROOMS)

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 16
