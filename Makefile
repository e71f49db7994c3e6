# Thin front of CMake: `make run` shows Strata at work, `make test` builds and tests everything.
.PHONY: all run test bench docs check format clean deps

BUILD := build/release
STRATA := $(BUILD)/strata

all: deps
	@cmake --preset release >/dev/null
	@cmake --build --preset release

deps:
	@tools/install_deps.sh

# A demonstration bank of 20,000 customers, imported and tiered at 24 month ends.
run: all
	@tools/run_demo.sh $(STRATA) demo

# make test          everything, with AddressSanitizer and UndefinedBehaviorSanitizer, but for the
#                    longest tests, which run in the build PLAIN
# make test T=name   tests whose name contains it
PLAIN := release
test: deps
	@cmake --preset $(PLAIN) >/dev/null
	@cmake --build --preset $(PLAIN) --target strata test_incremental
	@cmake --preset asan -DSTRATA_PLAIN_DIR=$(CURDIR)/build/$(PLAIN) >/dev/null
	@cmake --build --preset asan
	@ctest --preset asan --timeout 900 $(if $(T),-R "$(T)",) -j 2

# Static checks: include direction, formatting, cppcheck, clang warnings.
check: deps
	@tools/check_includes.sh
	@tools/check_format.sh
	@tools/check_static.sh

bench: all
	@bench/run.sh

# The policy reference, from the program's own parameter tables and docs/src/.
docs: all
	@$(BUILD)/gen_reference en docs/src/policy-reference.md >$(BUILD)/reference.md
	@$(BUILD)/gen_reference zh docs/src/policy-reference.zh-CN.md >$(BUILD)/reference.zh-CN.md
	@mv $(BUILD)/reference.md docs/policy-reference.md
	@mv $(BUILD)/reference.zh-CN.md docs/policy-reference.zh-CN.md

format:
	@find src tests -name '*.[ch]' -print0 | xargs -0 clang-format -i

clean:
	rm -rf build/release build/asan build/clang demo
