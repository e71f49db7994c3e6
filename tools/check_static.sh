#!/usr/bin/env bash
# Static analysis: cppcheck over src/, and clang with the project's warnings as errors.
set -euo pipefail
cd "$(dirname "$0")/.."
cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability -j 2 \
    --inline-suppr --error-exitcode=1 --suppress=missingInclude --suppress=missingIncludeSystem \
    --suppress=unknownMacro -D_GNU_SOURCE '-DSTRATA_VERSION="0"' -Isrc src
echo "cppcheck: clean"
cmake --preset clang >/dev/null
cmake --build --preset clang >/dev/null
echo "clang: no warnings"
