#!/bin/sh
# Writes what the program says today into tests/policy: plan.sql and plan.pg.sql of the valid cases,
# error of the invalid ones. Review the difference before keeping it.
#   tools/update_golden.sh [STRATA]     STRATA: the program, by default build/release/strata
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
strata=${1:-$root/build/release/strata}
[ -x "$strata" ] || { echo "update_golden: there is no program $strata" >&2; exit 1; }
strata=$(cd "$(dirname "$strata")" && pwd)/$(basename "$strata")
unset STRATA_LANG
LC_ALL=C
export LC_ALL
cd "$root" # messages show paths as they were given: from the root
failed=0

for case in tests/policy/valid/*/; do
    policy=${case}policy.yaml
    "$strata" check --sql duckdb "$policy" >"${case}plan.sql" || failed=1
    "$strata" check --sql postgresql "$policy" >"${case}plan.pg.sql" || failed=1
done

for case in tests/policy/invalid/*/; do
    policy=${case}policy.yaml
    : >"${case}error"
    for language in en zh; do
        status=0
        "$strata" check --lang "$language" "$policy" >/dev/null 2>>"${case}error" || status=$?
        if [ "$status" -ne 1 ]; then
            echo "update_golden: $policy ends with $status, not 1" >&2
            failed=1
        fi
    done
done
exit "$failed"
