# candor: two commands do everything on a fresh Debian or Ubuntu:
#   make demo     installs what is missing, builds, renders the samples
#   make check    the same for the tests
# `make help` lists the rest. One build folder a flag set: MODE=release (the
# default), debug, asan, tsan or fuzz. Yours come last: CPPFLAGS CFLAGS LDFLAGS.

MODE ?= release
VERSION := 0.1.0
prefix ?= /usr/local
DESTDIR ?=
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
JOBS := $(shell nproc 2>/dev/null || echo 1)
B := build/$(MODE)

TARGETS := all demo check bench fuzz lint format install uninstall dist help clean
.PHONY: $(TARGETS) packages check-unit check-built demo-built bench-built \
        fuzz-built accept
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

LIBS := libxml-2.0 gsl libcjson harfbuzz harfbuzz-subset icu-i18n icu-uc \
        sqlite3 libcrypto libcurl
PKG_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lhpdf -ldeflate -lm -lpthread -ldl

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
  -Wdouble-promotion -Wstrict-prototypes -Wmissing-prototypes \
  -Wold-style-definition -Wcast-qual -Wpointer-arith -Wwrite-strings \
  -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Wredundant-decls
ifeq ($(WERROR),1)
WARN += -Werror
endif

BASE := -std=c17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -ffp-contract=off \
  -fno-common -fvisibility=hidden -fPIC -Isrc -include base/banned.h \
  -DCANDOR_VERSION='"$(VERSION)"'
FLAGS_release := -O2 -g -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
FLAGS_debug := -O0 -g3
FLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan := -O1 -g -fsanitize=thread
FLAGS_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
LD_release := -Wl,-z,relro,-z,now
LD_asan := -fsanitize=address,undefined
LD_tsan := -fsanitize=thread
LD_fuzz := -fsanitize=address,undefined
ifeq ($(MODE),fuzz)
CC := clang
endif
ifndef FLAGS_$(MODE)
$(error MODE is release, debug, asan, tsan or fuzz, not "$(MODE)")
endif
ALL_CFLAGS = $(BASE) $(FLAGS_$(MODE)) $(WARN) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LIBS = $(LD_$(MODE)) $(LDFLAGS) $(PKG_LIBS)

LIB_SRC := $(sort $(filter-out src/cli/%,$(wildcard src/*/*.c)))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
PROOF_SRC := $(sort $(wildcard proofcheck/*.c))
TEST_SRC := $(sort $(wildcard tests/unit/test_*.c))
FUZZ := tests/fuzz/
FUZZ_SRC := $(sort $(wildcard $(FUZZ)fuzz_*.c))
HELP_SRC := $(sort $(wildcard tests/support/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(B)/%.o)
PROOF_OBJ := $(PROOF_SRC:%.c=$(B)/%.o)
HELP_OBJ := $(HELP_SRC:%.c=$(B)/%.o)
TESTS := $(TEST_SRC:%.c=$(B)/%)
LIBRARY := $(B)/libcandor-all.a
-include $(shell [ -d $(B) ] && find $(B) -name '*.d')

# --- what a user calls ---------------------------------------------------

help:
	@echo "make demo     install what is missing, build, render the samples into build/demo"
	@echo "make sample-NAME  render one folder of samples: scorecard, command, …"
	@echo "make check    install what is missing, build, run every test"
	@echo "make all      build/candor, build/candor-proofcheck, build/libcandor.a and .so"
	@echo "make bench    time against peers, into build/bench.json (QUICK=1: short)"
	@echo "make fuzz     mutate every reader's corpus under sanitizers (RUNS=10000)"
	@echo "make lint     warnings as errors, includes against src/FLOORS, house rules"
	@echo "make format   clang-format over src and tests"
	@echo "make install uninstall   prefix=$(prefix) DESTDIR=$(DESTDIR)"
	@echo "make dist     a source archive, the same bytes each time"
	@echo "make clean    remove build"
	@echo "make accept   take the present output as the golden one; read the diff"

packages:
	@sh src/packages.sh $(if $(filter check,$(MAKECMDGOALS)),test,build)

demo: packages
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(MAKE) --no-print-directory demo-built
demo-built:
	@sh samples/demo.sh

# The documents of one folder of samples: make sample-scorecard, sample-command, …
SAMPLES := $(patsubst samples/%/candor.json,sample-%,$(sort $(wildcard samples/*/candor.json)))
.PHONY: $(SAMPLES)
$(SAMPLES): sample-%: packages
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@rm -rf build/demo/$*
	build/candor run samples/$* -o build/demo/$*
	build/candor verify build/demo/$*

check: packages
	@$(MAKE) --no-print-directory -j$(JOBS) all tests-built
	@$(MAKE) --no-print-directory check-built
check-built:
	@B=$(B) sh tests/run.sh
.PHONY: tests-built
tests-built: $(TESTS) $(B)/candor-proofcheck $(FUZZ_SRC:$(FUZZ)fuzz_%.c=$(B)/$(FUZZ)replay_%)

bench: packages
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@QUICK=$(QUICK) sh tests/bench/run.sh
fuzz: packages
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=fuzz fuzz-built
	@RUNS=$(RUNS) sh tests/fuzz/run.sh
fuzz-built: $(FUZZ_SRC:%.c=$(B)/%)

lint:
	@sh tests/house/floors.sh
	@sh tests/house/rules.sh
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=debug WERROR=1 all tests-built
format:
	$(Q)clang-format -i $$(find src tests -name '*.[ch]')
accept:
	@ACCEPT=1 B=$(B) sh tests/run.sh golden

# --- building ------------------------------------------------------------

# Only the release goes to build/ itself; another mode stays in its own folder.
ifeq ($(MODE),release)
all: build/candor build/candor-proofcheck build/libcandor.a build/libcandor.so build/candor.pc
else
all: $(B)/candor $(B)/candor-proofcheck $(B)/libcandor.a $(B)/libcandor.so
endif

build/candor: $(B)/candor
	$(Q)cp -f $< $@
build/candor-proofcheck: $(B)/candor-proofcheck
	$(Q)cp -f $< $@
build/libcandor.a: $(B)/libcandor.a
	$(Q)cp -f $< $@
build/libcandor.so: $(B)/libcandor.so
	$(Q)cp -f $< $@
# Written anew when prefix is another one than last time.
build/candor.pc: anew
	@mkdir -p build
	$(Q)printf '%s\n' 'prefix=$(prefix)' 'libdir=$${prefix}/lib' \
	  'includedir=$${prefix}/include' '' 'Name: candor' \
	  'Description: documents that explain automated decisions' \
	  'Version: $(VERSION)' 'Libs: -L$${libdir} -lcandor' \
	  'Requires.private: $(LIBS)' 'Libs.private: -lhpdf -ldeflate -lm -lpthread -ldl' \
	  'Cflags: -I$${includedir}' > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
.PHONY: anew

# Kernel variants: one file an instruction set, chosen at run time (kernel/simd.h).
ifeq ($(shell uname -m),x86_64)
$(B)/%_avx2.o: ALL_CFLAGS += -O3 -mavx2 -mfma
$(B)/%_avx512.o: ALL_CFLAGS += -O3 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd \
  -mavx512vbmi -mfma -mprefer-vector-width=512
endif
$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(if $(filter 1,$(V)),,@echo "  cc $<")
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# Everything inside, for tests and the command's own build.
$(LIBRARY): $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcsD $@ $^
# What leaves the house: one object whose only global names are candor_*.
$(B)/libcandor.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)ld -r -o $(B)/libcandor-one.o $^
	$(Q)objcopy -w --keep-global-symbol='candor_*' $(B)/libcandor-one.o
	$(Q)ar rcsD $@ $(B)/libcandor-one.o
$(B)/libcandor.so: $(LIB_OBJ)
	$(Q)$(CC) -shared -Wl,-soname,libcandor.so.0 -o $@ $^ $(ALL_LIBS)
$(B)/candor: $(CLI_OBJ) $(LIBRARY)
	$(Q)$(CC) -o $@ $(CLI_OBJ) $(LIBRARY) $(ALL_LIBS)

# The checker of proofs shares nothing with src: not even its flags.
PROOF_release := -O3
$(B)/proofcheck/%.o: ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -ffp-contract=off \
  $(FLAGS_$(MODE)) $(PROOF_$(MODE)) $(WARN) $(CPPFLAGS) $(CFLAGS)
$(B)/candor-proofcheck: $(PROOF_OBJ)
	$(Q)$(CC) -o $@ $^ $(LD_$(MODE)) $(LDFLAGS) -lcjson -lcrypto -lm

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(HELP_OBJ) $(LIBRARY)
	$(Q)$(CC) -o $@ $< $(HELP_OBJ) $(LIBRARY) -lcmocka $(ALL_LIBS)
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(LIBRARY)
	$(Q)$(CC) -o $@ $< $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) $(LIBRARY) $(ALL_LIBS)
$(B)/tests/fuzz/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(LIBRARY)
	$(Q)$(CC) -o $@ $(filter-out $(LIBRARY),$^) $(LIBRARY) $(ALL_LIBS)
# Its reader is the checker's, not the library's.
PROOF_FUZZ := $(filter-out %/main.o,$(PROOF_OBJ))
$(B)/tests/fuzz/fuzz_proof: $(B)/tests/fuzz/fuzz_proof.o $(PROOF_FUZZ)
	$(Q)$(CC) -o $@ $^ $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) $(LD_$(MODE)) $(LDFLAGS) -lcjson -lcrypto -lm
$(B)/tests/fuzz/replay_proof: $(B)/tests/fuzz/fuzz_proof.o $(B)/tests/fuzz/replay.o $(PROOF_FUZZ)
	$(Q)$(CC) -o $@ $^ $(LD_$(MODE)) $(LDFLAGS) -lcjson -lcrypto -lm
$(B)/tests/bench/%: $(B)/tests/bench/%.o $(LIBRARY)
	$(Q)$(CC) -o $@ $< $(LIBRARY) $(ALL_LIBS)
# Tests use what the compiler cannot see being used.
$(B)/tests/%.o: ALL_CFLAGS += -Itests -Wno-missing-prototypes
.SECONDARY:

# --- leaving the house ---------------------------------------------------

install: all
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/lib/pkgconfig \
	  $(DESTDIR)$(prefix)/include $(DESTDIR)$(prefix)/share/candor \
	  $(DESTDIR)$(prefix)/share/man/man1 \
	  $(DESTDIR)$(prefix)/share/bash-completion/completions \
	  $(DESTDIR)$(prefix)/share/zsh/site-functions \
	  $(DESTDIR)$(prefix)/share/fish/vendor_completions.d
	install -m 755 build/candor build/candor-proofcheck $(DESTDIR)$(prefix)/bin/
	install -m 644 build/libcandor.a $(DESTDIR)$(prefix)/lib/
	install -m 755 build/libcandor.so $(DESTDIR)$(prefix)/lib/libcandor.so.0
	ln -sf libcandor.so.0 $(DESTDIR)$(prefix)/lib/libcandor.so
	install -m 644 src/api/candor.h $(DESTDIR)$(prefix)/include/candor.h
	install -m 644 build/candor.pc $(DESTDIR)$(prefix)/lib/pkgconfig/candor.pc
	cp -R templates fonts $(DESTDIR)$(prefix)/share/candor/
	build/candor help --man > $(DESTDIR)$(prefix)/share/man/man1/candor.1
	build/candor help --completion bash > $(DESTDIR)$(prefix)/share/bash-completion/completions/candor
	build/candor help --completion zsh > $(DESTDIR)$(prefix)/share/zsh/site-functions/_candor
	build/candor help --completion fish > $(DESTDIR)$(prefix)/share/fish/vendor_completions.d/candor.fish
uninstall:
	rm -rf $(DESTDIR)$(prefix)/share/candor
	rm -f $(DESTDIR)$(prefix)/bin/candor $(DESTDIR)$(prefix)/bin/candor-proofcheck $(DESTDIR)$(prefix)/include/candor.h \
	  $(DESTDIR)$(prefix)/lib/libcandor.a $(DESTDIR)$(prefix)/lib/libcandor.so \
	  $(DESTDIR)$(prefix)/lib/libcandor.so.0 $(DESTDIR)$(prefix)/lib/pkgconfig/candor.pc \
	  $(DESTDIR)$(prefix)/share/man/man1/candor.1 \
	  $(DESTDIR)$(prefix)/share/bash-completion/completions/candor \
	  $(DESTDIR)$(prefix)/share/zsh/site-functions/_candor \
	  $(DESTDIR)$(prefix)/share/fish/vendor_completions.d/candor.fish
dist:
	@mkdir -p build
	git archive --format=tar --prefix=candor-$(VERSION)/ \
	  -o build/candor-$(VERSION).tar HEAD
	gzip -nf build/candor-$(VERSION).tar
clean:
	rm -rf build
