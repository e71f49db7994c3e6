#!/usr/bin/env bash
# What a night costs beside a full recompute: 200,000 new transactions on a store that has run the
# day before; bench/README.md says how to read the result. Environment as bench/run.sh, and HISTORY:
# days before 2024-01-01 that are loaded too, at the same density (0).
set -euo pipefail
cd "$(dirname "$0")/.."

customers=${CUSTOMERS:-1000000} transactions=${TRANSACTIONS:-10000000} new=${NEW:-200000}
rounds=${ROUNDS:-3} seed=${SEED:-1} history=${HISTORY:-0}
policy=${POLICY:-bench/policy_nights.yaml} verify=${VERIFY:-1}
build=${BUILD:-build/release}
if [[ -z ${BUILD:-} ]]; then
    cmake --preset release >/dev/null
fi
cmake --build "$build" --target strata bench_gen -j 2 >/dev/null
strata=$build/strata work=${WORK:-build/bench} mapping=bench/mapping.yaml
data=$work/data-$customers-$transactions-$seed
store=$work/night.duckdb base=$work/night-base-$customers-$transactions-$seed-$history.duckdb
raw=$work/night.tsv results=$work/night.md
last=2025-12-31 turn=2026-01-01 next=2026-01-02 # the data end on the first
mkdir -p "$data"
if [[ ! -f $data/.done ]]; then
    echo "writing $data" >&2
    "$build/bench_gen" "$data" "$customers" "$transactions" "$seed" --balances
    touch "$data/.done"
fi
night() { # folder, day
    mkdir -p "$work/$1"
    "$build/bench_gen" "$work/$1" "$customers" "$new" "$2" --days "$3" 1
}
night night-1 101 "$turn"
night night-2 102 "$next"
if [[ ! -f $base ]]; then
    rm -f "$base"
    "$strata" init "$base" --quiet
    if ((history)); then
        mkdir -p "$work/older"
        "$build/bench_gen" "$work/older" "$customers" $((transactions / 731 * history)) 100 \
            --days "$(date -d "2024-01-01 -$history days" +%F)" "$history"
        "$strata" import "$base" "$mapping" "$data/customers.csv" --quiet
        "$strata" import "$base" "$mapping" "$work/older/transactions.csv" --quiet
    fi
    "$strata" import "$base" "$mapping" "$data" --quiet
fi

# The night that begins a month, when a month of movements leaves the windows, and one within it.
prepared=$work/night-prepared
cp "$base" "$prepared-1.duckdb"
"$strata" run "$prepared-1.duckdb" "$policy" --as-of "$last" --quiet
"$strata" import "$prepared-1.duckdb" "$mapping" "$work/night-1/transactions.csv" --quiet
cp "$prepared-1.duckdb" "$prepared-2.duckdb"
"$strata" run "$prepared-2.duckdb" "$policy" --as-of "$turn" --quiet
"$strata" import "$prepared-2.duckdb" "$mapping" "$work/night-2/transactions.csv" --quiet
if ((verify)); then
    cp "$prepared-2.duckdb" "$store"
    "$strata" run "$store" "$policy" --as-of "$next" --verify --quiet
fi

# What a night adds to the file.
growth() { # options of run
    cp "$prepared-2.duckdb" "$store"
    "$strata" run "$store" "$policy" --as-of "$next" --quiet "$@"
    echo $((($(stat -c %s "$store") - $(stat -c %s "$prepared-2.duckdb")) / 1000000))
}
night_mb=$(growth) full_mb=$(growth --full)

rm -f "$raw"
python3 bench/measure.py run "$rounds" "$raw" \
    -copy "cp $prepared-2.duckdb $store" --- \
    "night" "$strata run $store $policy --as-of $next --quiet" --- \
    -copy "cp $prepared-2.duckdb $store" --- \
    "full" "$strata run $store $policy --as-of $next --full --quiet" --- \
    -copy "cp $prepared-1.duckdb $store" --- \
    "month's first night" "$strata run $store $policy --as-of $turn --quiet" --- \
    -copy "cp $prepared-1.duckdb $store" --- \
    "full, on that day" "$strata run $store $policy --as-of $turn --full --quiet"
{
    printf '%s customers, %s transactions, %s days of history, %s new ones; %s rounds\n\n' \
        "$customers" "$transactions" $((731 + history)) "$new" "$rounds"
    printf -- '- load average after: %s\n\n' "$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)"
    printf -- '- the file grows by %s MB in a night, by %s MB in a full run\n\n' "$night_mb" "$full_mb"
    python3 bench/measure.py table "$raw" "night/full" "month's first night/full, on that day"
} >"$results"
cat "$results"
rm -f "$store" "$prepared"-*.duckdb
