# One Makefile. `make help` lists what there is; V=1 shows the commands.
#
# VARIANT names a folder under build/ with its own flags: release (default), asan, tsan, clang, fuzz.

VARIANT ?= release
BUILD   := build/$(VARIANT)
CC      := gcc
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)

PACKAGES := libevent libevent_openssl libevent_pthreads hiredis jansson libcrypto libssl libsodium libutf8proc \
            sqlite3 inih libcurl gmp liboath
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -lpthread -lm

VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
        -Wwrite-strings -Wformat=2 -fno-common $(if $(CI),-Werror)
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now
CFLAGS_release := -O2 -g $(HARDEN) -ftrivial-auto-var-init=zero
CFLAGS_clang   := -O2 -g -fstack-protector-strong -fPIE
CFLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
CFLAGS_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                  -fno-sanitize-recover=undefined
CFLAGS_cover   := -O0 -g --coverage
ifneq ($(filter $(VARIANT),clang fuzz),)
CC := clang
# INVARIANT(!"what happened") is meant.
WARN += -Wno-string-conversion
endif
LD_release := $(LDHARDEN)
LD_asan    := -fsanitize=address,undefined
LD_tsan    := -fsanitize=thread
LD_fuzz    := -fsanitize=address,undefined
LD_cover   := --coverage

CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -Iinclude -include base/banned.h $(WARN) $(CFLAGS_$(VARIANT)) $(PKG_CFLAGS) \
              -DDAUYS_VERSION='"$(VERSION)"' $(CFLAGS)
LIBS := $(LD_$(VARIANT)) $(PKG_LIBS) $(LDFLAGS)

SOURCES := $(sort $(wildcard server/*.c server/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/server/main.o,$(OBJECTS))
UNITS   := $(sort $(wildcard tests/unit/*/*_test.c))
UNIT_PROGRAMS := $(UNITS:%.c=$(BUILD)/%)
TOOLS   := $(sort $(wildcard tests/tools/*.c))
TOOL_PROGRAMS := $(TOOLS:%.c=$(BUILD)/%)
FUZZERS := $(sort $(wildcard tests/fuzz/*_fuzz.c))
FUZZ_PROGRAMS := $(FUZZERS:%.c=build/fuzz/%)
HEADERS := $(wildcard include/*/*.h server/*/*.h)
TESTS_C := $(wildcard tests/*/*.c tests/*/*/*.c tests/*/*.h tests/*/*/*.h)

.PHONY: FORCE all help check unit flow browser fault fuzz bench asan tsan clang tidy format format-check layers compdb web clean install deb \
        unit-programs test-tools fuzz-programs
.DEFAULT_GOAL := all
.SECONDARY:

all: $(BUILD)/dauys web ## the server (build/dauys) and the web pages it serves
	$(Q)ln -sfn $(VARIANT)/dauys build/dauys

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

# A stamp of the flags: another compiler or option builds everything again. The version is not part
# of it, a commit rebuilds only main.o.
FLAGS := $(CC) $(filter-out -DDAUYS_VERSION%,$(CFLAGS_ALL)) $(LIBS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@
# So that `git pull && make` tells the new one.
$(BUILD)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@
$(BUILD)/server/main.o: $(BUILD)/version
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@$(if $(Q),echo "  CC   $<")
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Embedded by the assembler, which writes no dependencies.
$(BUILD)/server/redis/apply.o: server/redis/apply.lua

$(BUILD)/dauys: $(OBJECTS)
	@$(if $(Q),echo "  LD   $@")
	$(Q)$(CC) -o $@ $^ $(LIBS)

$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(LIBRARY)
	$(Q)$(CC) -o $@ $^ -lcmocka $(LIBS)

# Small programs that a flow test drives; some use what unit tests use.
$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o $(LIBRARY)
	$(Q)$(CC) -o $@ $^ -lcmocka $(LIBS)

build/fuzz/tests/fuzz/%_fuzz: build/fuzz/tests/fuzz/%_fuzz.o $(LIBRARY)
	$(Q)$(CC) -o $@ $^ -fsanitize=fuzzer $(LIBS)

-include $(OBJECTS:.o=.d) $(UNITS:%.c=$(BUILD)/%.d) $(TOOLS:%.c=$(BUILD)/%.d)

unit-programs: $(UNIT_PROGRAMS)

unit: $(UNIT_PROGRAMS) ## unit tests (cmocka)
	@tests/unit/run $(UNIT_PROGRAMS)

test-tools: $(TOOL_PROGRAMS)

flow: all test-tools ## flow tests: the true server, a true Redis, HTTP
	@tests/flow/run

browser: all ## browser tests: Debian's Chromium on the true server; screenshots in build/screenshots
	@tests/browser/run

fault: all ## faults under load, checked: kills, full and failing disks, Redis, clocks; LONG=1 for all
	@tests/fault/run.mjs $(if $(LONG),--long)

check: unit flow ## unit and flow tests

fuzz: ## libFuzzer targets, SECONDS=60 each
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-programs
	@tests/fuzz/run $(or $(SECONDS),60) $(FUZZ_PROGRAMS)
fuzz-programs: $(if $(filter fuzz,$(VARIANT)),$(FUZZ_PROGRAMS))

bench: all build/release/tests/tools/bench_parts ## the figures of performance.md, one table and JSON beside it
	@tests/bench/run

asan: ## unit and flow tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory VARIANT=asan unit
	@$(MAKE) --no-print-directory VARIANT=asan build/asan/dauys test-tools web
	@DAUYS=build/asan/dauys tests/flow/run

tsan: ## unit tests under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan unit

clang: ## compile everything with clang and -Werror
	@$(MAKE) --no-print-directory VARIANT=clang CI=1 build/clang/dauys

tidy: $(SOURCES:%.c=build/tidy/%.good) ## clang-tidy on what has changed; -j for all cores
build/tidy/%.good: %.c $(HEADERS) .clang-tidy
	@mkdir -p $(@D)
	@$(if $(Q),echo "  TIDY $<")
	$(Q)clang-tidy --quiet $< -- -std=c17 -D_GNU_SOURCE -Iinclude -include base/banned.h -DDAUYS_VERSION='""' $(PKG_CFLAGS) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

format: ## rewrite all C in house style
	$(Q)clang-format -i $(SOURCES) $(HEADERS) $(TESTS_C)

format-check: ## fail when `make format` would change something
	$(Q)clang-format --dry-run --Werror $(SOURCES) $(HEADERS) $(TESTS_C)

layers: ## check that includes go down only
	$(Q)scripts/check-layers

compdb: ## compile_commands.json for editors
	$(Q)bear -- $(MAKE) -B all

web: web/dist/manifest.json ## the web pages alone
web/dist/manifest.json: $(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)
	$(Q)scripts/build-web

PREFIX  ?= /usr
DESTDIR ?=
INTO    := $(DESTDIR)$(PREFIX)
put      = $(Q)install -D -m $(1) $(2) $(3)
# A folder's files, whatever the umask.
put_all  = $(Q)cd $(1) && find . -type f -exec install -D -m 644 {} $(abspath $(2))/{} \;

# BUILT=1: what is built, as it is.
install: $(if $(BUILT),,all) ## program, pages, manual, unit; DESTDIR=, PREFIX=/usr
	$(call put,755,$(BUILD)/dauys,$(INTO)/bin/dauys)
	$(call put_all,web/dist,$(INTO)/share/dauys/web/dist)
	$(call put_all,data,$(INTO)/share/dauys/data)
	$(call put,644,server/campaign/rules.schema.json,$(INTO)/share/dauys/rules.schema.json)
	$(call put,755,scripts/recount.py,$(INTO)/share/dauys/recount.py)
	$(call put,644,docs/dauys.1,$(INTO)/share/man/man1/dauys.1)
	$(call put,644,README.md,$(INTO)/share/doc/dauys/README.md)
	$(call put,644,docs/operating.md,$(INTO)/share/doc/dauys/operating.md)
	$(call put,644,server/ledger/PROTOCOL.md,$(INTO)/share/doc/dauys/PROTOCOL.md)
	$(call put,644,LICENSE,$(INTO)/share/doc/dauys/copyright)
	$(call put,644,packaging/sysusers.conf,$(INTO)/lib/sysusers.d/dauys.conf)
	$(call put,644,packaging/tmpfiles.conf,$(INTO)/lib/tmpfiles.d/dauys.conf)
	$(Q)install -d $(INTO)/lib/systemd/system
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' packaging/dauys.service >$(INTO)/lib/systemd/system/dauys.service
	$(Q)[ -e $(DESTDIR)/etc/dauys/dauys.conf ] || install -D -m 644 packaging/dauys.conf $(DESTDIR)/etc/dauys/dauys.conf

# Commits counted, so that a later one is a higher version.
DEB_VERSION = 0.$(shell git rev-list --count HEAD)+g$(shell git rev-parse --short HEAD)
deb: ## build/deb/dauys_*.deb
	$(Q)rm -rf build/deb
	$(Q)$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/build/deb/root PREFIX=/usr
	$(Q)scripts/build-deb build/deb $(DEB_VERSION)

clean: ## remove everything built
	$(Q)rm -rf build web/dist
