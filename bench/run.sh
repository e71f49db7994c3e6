#!/usr/bin/env bash
# Strata's import and run beside DuckDB scripts on the same files; bench/README.md says how to read
# the result. Environment: CUSTOMERS, TRANSACTIONS, ROUNDS, SEED; BUILD takes an existing build.
set -euo pipefail
cd "$(dirname "$0")/.."

customers=${CUSTOMERS:-1000000} transactions=${TRANSACTIONS:-10000000}
rounds=${ROUNDS:-3} seed=${SEED:-1} slice=${SLICE:-10000000} balances=0 clean=0
for argument; do
    case $argument in
    --balances) balances=1 ;;
    --clean) clean=1 ;;
    *) echo "usage: bench/run.sh [--balances] [--clean]" >&2; exit 2 ;;
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
keyed_all=$work/keyed-balances.duckdb
all=$work/balances.duckdb policy=bench/policy.yaml mapping=bench/mapping.yaml
policy_all=bench/policy_balances.yaml polars=build/deps/polars pandas=/usr/bin/python3
raw=$work/measured.tsv results=$work/results.md day=2025-12-31
rm -f "$raw" "$work"/*.duckdb "$work"/*.duckdb.wal "$work"/*.csv "$work"/*.parquet "$work"/rfm.*

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
        "peer import, balances" "$peer $plain bench/peer_balances.sql DATA=$data" ---
        "peer keyed import, balances" "$peer $keyed bench/peer_keyed_balances.sql DATA=$data" ---
        "strata run, balances" "$strata run $all $policy_all --as-of $day --quiet" ---
        -keep "cp $keyed $keyed_all" ---
        "peer run, balances" "$peer $keyed_all bench/peer_run_balances.sql")
    ratios+=("strata import, balances/peer import, balances"
        "strata run, balances/peer run, balances")
fi

# R, F, M, quintiles and tiers alone, by other tools from files; Polars reads Parquet of all
# movements, pandas holds what it reads in memory and gets a slice.
others=() notes=()
bare() { # job, output, command
    jobs+=(--- "$1" "$3 >$work/rfm.$2")
    others+=("$2")
}
jobs+=(--- -files "$peer $keyed bench/peer_files.sql DIR=$work ROWS=$slice")
bare "rfm, DuckDB table" table "$peer $keyed bench/peer_rfm.sql SOURCE=txn"
bare "rfm, DuckDB Parquet" parquet \
    "$peer :memory: bench/peer_rfm.sql SOURCE=\"'$work/movements.parquet'\""
if bench/fetch_polars.sh "$polars" 2>/dev/null; then
    bare "rfm, Polars Parquet" polars "node bench/peer_polars.mjs $work/movements.parquet $polars"
    ratios+=("rfm, Polars Parquet/rfm, DuckDB Parquet" "rfm, Polars Parquet/strata run")
else
    notes+=("Polars is skipped: npm or Node.js is missing, or not reached")
fi
if "$pandas" -c 'import pandas' 2>/dev/null; then
    bare "rfm, DuckDB CSV slice" slice \
        "$peer :memory: bench/peer_rfm.sql SOURCE=\"'$work/movements.csv'\""
    bare "rfm, pandas CSV slice" pandas "$pandas bench/peer_pandas.py $work/movements.csv"
    ratios+=("rfm, pandas CSV slice/rfm, DuckDB CSV slice")
    notes+=("pandas and DuckDB read a CSV slice of at most $slice movements")
else
    notes+=("pandas is skipped: install python3-pandas")
fi
load_before=$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)
python3 bench/measure.py run "$rounds" "$raw" "${jobs[@]}"
load_after=$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)

# The same rows, or the times mean nothing.
compare() { # store, peer's store, tier codes by number, one more metric, its column
    "$strata" export "$1" tiers -o "$work/tiers.csv" --quiet
    "$strata" export "$1" metrics -o "$work/metrics.csv" --quiet
    read -r tier_rows tier_differences metric_rows metric_differences < <("$peer" "$2" \
        bench/compare.sql TIERS="$work/tiers.csv" METRICS="$work/metrics.csv" CODES="$3" \
        MONEY="$4" COLUMN="$5")
    ((tier_rows > 0 && metric_rows > 0 && tier_differences == 0 && metric_differences == 0)) || {
        echo "bench: results differ: $tier_differences tiers of $tier_rows," \
            "$metric_differences metric rows of $metric_rows" >&2
        exit 1
    }
    notes+=("same results: $tier_rows tiers and $metric_rows metric rows compared, none differs")
}
segments=champions,keep,develop,rescue,loyal,recent,regular,inactive
if ((balances)); then
    compare "$all" "$keyed_all" "hnw,mid,base,$segments" aum ", 'aum': 'DECIMAL(18,2)'"
fi
compare "$store" "$keyed" "platinum,gold,silver,bronze,basic,$segments" monetary ""
# Counts per cell and tier of the other tools; the tiers that need purchases also as Strata has them.
for pair in table:parquet table:polars slice:pandas; do
    [[ " ${others[*]} " == *" ${pair#*:} "* ]] || continue
    cmp "$work/rfm.${pair%:*}" "$work/rfm.${pair#*:}"
done
rank=0
for tier in bronze silver gold platinum; do
    rank=$((rank + 1))
    ours=$(grep -c ",spending,.*,$tier," "$work/tiers.csv" || true)
    theirs=$(sed -n "s/^tier $rank //p" "$work/rfm.table")
    ((ours == ${theirs:-0})) || {
        echo "bench: $ours customers are $tier, ${theirs:-0} by the other tools" >&2
        exit 1
    }
done
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
    printf -- '- %s\n' "${notes[@]}"
    echo
    python3 bench/measure.py table "$raw" "${ratios[@]}"
} >"$results"
cat "$results"
if ((clean)); then
    rm -rf "$data" "$work"/*.duckdb "$work"/*.csv "$work"/*.parquet "$work"/rfm.*
fi
