#!/usr/bin/env bash
# Strata's import and run beside DuckDB scripts on the same files; bench/README.md says how to read
# the result. Environment: CUSTOMERS, TRANSACTIONS, ROUNDS, SEED; BUILD takes an existing build.
set -euo pipefail
cd "$(dirname "$0")/.."

customers=${CUSTOMERS:-1000000} transactions=${TRANSACTIONS:-10000000}
rounds=${ROUNDS:-3} seed=${SEED:-1} balances=0
for argument; do
    case $argument in
    --balances) balances=1 ;;
    *) echo "usage: bench/run.sh [--balances]" >&2; exit 2 ;;
    esac
done

build=${BUILD:-build/release}
if [[ -z ${BUILD:-} ]]; then
    cmake --preset release >/dev/null
fi
cmake --build "$build" --target strata bench_gen bench_peer -j 2 >/dev/null
strata=$build/strata peer=$build/bench_peer

work=${WORK:-build/bench}
data=$work/data-$customers-$transactions-$seed
mkdir -p "$data"
if [[ ! -f $data/.done ]]; then
    echo "writing $data" >&2
    "$build/bench_gen" "$data" "$customers" "$transactions" "$seed" --balances
    touch "$data/.done"
fi

plain=$work/plain.duckdb keyed=$work/keyed.duckdb store=$work/strata.duckdb
all=$work/balances.duckdb policy=bench/policy.yaml mapping=bench/mapping.yaml
raw=$work/measured.tsv results=$work/results.md day=2025-12-31
rm -f "$raw" "$work"/*.duckdb "$work"/*.duckdb.wal "$work"/*.csv

# One round: each job starts from files that the one before has removed or made anew.
jobs=(
    -clean "rm -f $plain $keyed $store; $strata init $store --quiet" ---
    "strata import" "$strata import $store $mapping $data/customers.csv $data/transactions.csv --quiet" ---
    "peer import" "$peer $plain bench/peer_import.sql DATA=$data" ---
    "peer keyed import" "$peer $keyed bench/peer_keyed.sql DATA=$data" ---
    "strata run" "$strata run $store $policy --as-of $day --quiet" ---
    "peer run" "$peer $keyed bench/peer_run.sql" ---
    "bare run" "$peer $keyed bench/peer_bare.sql"
)
ratios=("strata import/peer import" "strata import/peer keyed import" "strata run/peer run"
    "strata run/bare run")
if ((balances)); then
    jobs+=(---
        -clean "rm -f $plain $all; $strata init $all --quiet" ---
        "strata import, balances" "$strata import $all $mapping $data --quiet" ---
        "peer import, balances" "$peer $plain bench/peer_balances.sql DATA=$data")
    ratios+=("strata import, balances/peer import, balances")
fi
load_before=$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)
python3 bench/measure.py run "$rounds" "$raw" "${jobs[@]}"
load_after=$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)

# The same rows, or the times mean nothing.
"$strata" export "$store" tiers -o "$work/tiers.csv" --plain --quiet
"$strata" export "$store" metrics -o "$work/metrics.csv" --plain --quiet
read -r tier_rows tier_differences metric_rows metric_differences < <(
    "$peer" "$keyed" bench/compare.sql TIERS="$work/tiers.csv" METRICS="$work/metrics.csv")
((tier_rows > 0 && metric_rows > 0 && tier_differences == 0 && metric_differences == 0)) || {
    echo "bench: results differ: $tier_differences tiers of $tier_rows," \
        "$metric_differences metric rows of $metric_rows" >&2
    exit 1
}
engine=$("$peer" :memory: bench/version.sql)

{
    printf '%s customers, %s transactions, seed %s; %s rounds, medians (least–most)\n\n' \
        "$customers" "$transactions" "$seed" "$rounds"
    printf -- '- machine: %s, %s cores, %s MB\n' \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
    printf -- '- load average before %s, after %s (a quiet start is below 0.3)\n' \
        "$load_before" "$load_after"
    printf -- '- DuckDB %s on both sides\n' "$engine"
    printf -- '- files: %s MB; strata store %s MB, plain %s MB, keyed %s MB with its results\n' \
        $(($(cat "$data/customers.csv" "$data/transactions.csv" | wc -c) / 1000000)) \
        $(($(wc -c <"$store") / 1000000)) $(($(wc -c <"$plain") / 1000000)) \
        $(($(wc -c <"$keyed") / 1000000))
    printf -- '- same results: %s tiers and %s metric rows compared, none differs\n\n' \
        "$tier_rows" "$metric_rows"
    python3 bench/measure.py table "$raw" "${ratios[@]}"
} >"$results"
cat "$results"
