#!/usr/bin/env bash
# What-if beside the full recompute of the same policy, on one store, whole processes in rounds;
# bench/README.md says how to read the result. Environment: CUSTOMERS, TRANSACTIONS, ROUNDS, SEED;
# BUILD takes an existing build, WORK another folder, STORE a store with the data and no runs, such
# as bench/night.sh leaves: nothing is then generated or imported.
set -euo pipefail
cd "$(dirname "$0")/.."

customers=${CUSTOMERS:-1000000} transactions=${TRANSACTIONS:-10000000}
rounds=${ROUNDS:-5} seed=${SEED:-1}
build=${BUILD:-build/release} work=${WORK:-build/bench}
[[ -n ${BUILD:-} ]] || cmake --preset release >/dev/null
cmake --build "$build" --target strata bench_gen -j 2 >/dev/null
strata=$build/strata

data=$work/data-$customers-$transactions-$seed
mkdir -p "$work"
if [[ -z ${STORE:-} && ! -f $data/.done ]]; then
    mkdir -p "$data"
    echo "writing $data" >&2
    "$build/bench_gen" "$data" "$customers" "$transactions" "$seed" --balances
    touch "$data/.done"
fi

# The policy in force has tiers with moves too; the others differ from it in one thing each.
store=$work/simulate.duckdb copy=$work/simulate-copy.duckdb raw=$work/simulate.tsv
base=$work/simulate-base.yaml day=2025-12-31
change() { # name, sed script
    sed "$2" "$base" >"$work/simulate-$1.yaml"
    ! cmp -s "$base" "$work/simulate-$1.yaml" || { echo "bench: $1 changes nothing" >&2; exit 1; }
}
cat bench/policy_balances.yaml - >"$base" <<'EOF'

  held:
    method: thresholds
    value: aum
    tiers: [{code: hnw, from: 50000}, {code: mid, from: 10000}, {code: base}]
    moves: {watch: {after: 1}, down: {after: 3}}
EOF
change bound 's/from: 5万/from: 5.1万/'
change moves 's/down: {after: 3}/down: {after: 2}/'
change balances 's/window: 1 month/window: 2 months/'
change movements '/^  monetary:/,/window/s/12 months/6 months/'
change shorter '/^  monetary:/,/window/s/12 months/3 months/'

rm -f "$store" "$copy" "$raw" "$store".wal "$copy".wal
if [[ -n ${STORE:-} ]]; then
    cp "$STORE" "$store"
else
    "$strata" init "$store" --quiet
    "$strata" import "$store" bench/mapping.yaml "$data" --quiet
fi
"$strata" run "$store" "$base" --every month --from 2025-11-30 --as-of "$day" --quiet
before=$(sha256sum "$store")

jobs=(-copy "cp $store $copy" ---
    "full recompute" "$strata run $copy $work/simulate-bound.yaml --as-of $day --full --quiet" ---
    "what-if: nothing changed" "$strata simulate $store $base --by none --quiet")
ratios=("full recompute/what-if: nothing changed")
for name in bound moves balances movements shorter; do
    jobs+=(--- "what-if: $name" "$strata simulate $store $work/simulate-$name.yaml --by none --quiet"
        --- "what-if: $name, by all" "$strata simulate $store $work/simulate-$name.yaml --quiet")
    ratios+=("full recompute/what-if: $name" "full recompute/what-if: $name, by all")
done
python3 bench/measure.py run "$rounds" "$raw" "${jobs[@]}"
[[ $(sha256sum "$store") == "$before" ]] || { echo "bench: the store was written to" >&2; exit 1; }
echo "$customers customers, $transactions transactions; load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)"
python3 bench/measure.py table "$raw" "${ratios[@]}"
rm -f "$copy" "$work"/simulate-*.yaml "$store"
