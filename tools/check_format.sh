#!/usr/bin/env bash
# Every C file is as clang-format would write it.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files 'src/**/*.[ch]' 'tests/**/*.[ch]')
if ! clang-format --dry-run -Werror "${files[@]}" 2>/tmp/strata-format.$$; then
    head -n 20 /tmp/strata-format.$$
    rm -f /tmp/strata-format.$$
    echo "format check: run make format"
    exit 1
fi
rm -f /tmp/strata-format.$$
echo "format check: ${#files[@]} files"
