#!/usr/bin/env bash
# Strata on PostgreSQL beside psql on the same server: bulk load, import, cold run; bench/README.md says
# how to read the result. Environment as bench/run.sh, and LOAD: rows of the bulk load alone (10 m).
set -euo pipefail
cd "$(dirname "$0")/.."

customers=${CUSTOMERS:-1000000} transactions=${TRANSACTIONS:-10000000} load=${LOAD:-10000000}
rounds=${ROUNDS:-3} seed=${SEED:-1} build=${BUILD:-build/release} work=${WORK:-build/bench}
if [[ -z ${BUILD:-} ]]; then
    cmake --preset release >/dev/null
fi
cmake --build "$build" --target strata bench_gen bench_load -j 2 >/dev/null
strata=$build/strata policy=bench/policy.yaml mapping=bench/mapping.yaml day=2025-12-31
data=$work/data-$customers-$transactions-$seed
raw=$work/postgresql.tsv results=$work/postgresql.md
mkdir -p "$data"
if [[ ! -f $data/.done ]]; then
    echo "writing $data" >&2
    "$build/bench_gen" "$data" "$customers" "$transactions" "$seed" --balances
    touch "$data/.done"
fi

# What a bank sets on a machine of this size, for both sides; commits wait for the disk. Checkpoints
# happen between jobs, not within them.
settings=(fsync=on full_page_writes=on synchronous_commit=on wal_level=replica shared_buffers=2GB
    effective_cache_size=8GB work_mem=256MB maintenance_work_mem=512MB max_wal_size=16GB
    checkpoint_timeout=1h wal_compression=lz4 random_page_cost=1.1 effective_io_concurrency=200
    jit=off autovacuum=off)
server=$(mktemp -d -t strata-bench-XXXXXX)
chmod 755 "$server"
STRATA_PG_SETTINGS=$(printf -- ' -c %s' "${settings[@]}") tests/pg_server.sh "$server" $$
SERVER_PID=$(head -n 1 "$server/data/postmaster.pid")
export SERVER_PID PGOPTIONS='-c client_min_messages=warning'

sql() { # database, options of psql
    psql -h "$server" -U strata -d "$1" -X -q -v ON_ERROR_STOP=1 "${@:2}"
}
script() { # name, what stands for its ${…}
    local file=$work/$1
    cp "bench/$1" "$file"
    for pair in "${@:2}"; do
        sed -i "s#\${${pair%%=*}}#${pair#*=}#g" "$file"
    done
    echo "$file"
}
store() { # database
    echo "postgresql://strata@/$1?host=$server"
}
psql="psql -h $server -U strata -X -q -v ON_ERROR_STOP=1"
again() { # database, template: how it is made anew
    echo "$psql -d postgres -c 'DROP DATABASE IF EXISTS $1' -c 'CREATE DATABASE $1 TEMPLATE $2 STRATEGY file_copy' -c CHECKPOINT"
}

# Bulk load alone, and imports; each into tables just made.
"$build/bench_load" --text "$work/load.tsv" "$load" "$customers"
sql postgres -c 'CREATE DATABASE strata_new' -c 'CREATE DATABASE peer_new'
"$strata" init "$(store strata_new)" --quiet
sql strata_new -c "SET search_path = strata, pg_catalog" -c "CREATE TABLE loaded AS TABLE txn"
sql peer_new -c "CREATE TABLE loaded (customer_id bigint NOT NULL, account_id bigint, on_date date NOT NULL,
    amount bigint NOT NULL, currency text NOT NULL, kind text, channel text, product text, reference text,
    source_id text, load_id bigint NOT NULL, until_load bigint NOT NULL)"
import=$(script pg_import.sql "DATA=$PWD/$data") keyed=$(script pg_keyed.sql) run=$(script pg_run.sql)
[[ $data == /* ]] && import=$(script pg_import.sql "DATA=$data")
columns="customer_id, on_date, amount, currency, kind, load_id, until_load"
rm -f "$raw"
python3 bench/measure.py run "$rounds" "$raw" \
    -clean "$(again strata_load strata_new)" --- \
    "strata bulk load" "$build/bench_load '$(store strata_load)' loaded $load $customers" --- \
    -clean "$(again peer_load peer_new)" --- \
    "psql \\copy" "$psql -d peer_load -c \"\\copy loaded ($columns) FROM '$work/load.tsv'\"" --- \
    -clean "$(again strata_bank strata_new)" --- \
    "strata import" "$strata import '$(store strata_bank)' $mapping $data/customers.csv $data/transactions.csv --quiet" --- \
    -clean "$(again peer_bank peer_new)" --- \
    "psql \\copy, files" "$psql -d peer_bank -f $import"
loaded=()
for database in strata_load peer_load; do
    loaded+=("$(sql "$database" -At -c "SET search_path = public, strata, pg_catalog" -c "SELECT count(*), sum(amount),
        sum(amount * (on_date - DATE '2000-01-01')), sum(customer_id), min(kind), max(currency) FROM loaded")")
    sql postgres -c "DROP DATABASE $database"
done
[[ ${loaded[0]} == "${loaded[1]}" ]] || {
    echo "bench: loads differ: ${loaded[*]}" >&2
    exit 1
}
rm "$work/load.tsv"

# The run, each time on a fresh copy of its database, whose rows a VACUUM has seen, as one always has.
sql peer_bank -f "$keyed" -c "VACUUM ANALYZE"
sql strata_bank -c "VACUUM ANALYZE"
python3 bench/measure.py run "$rounds" "$raw" \
    -clean "$(again strata_run strata_bank)" --- \
    "strata run" "$strata run '$(store strata_run)' $policy --as-of $day --quiet" --- \
    -clean "$(again peer_run peer_bank)" --- \
    "expert SQL" "$psql -d peer_run -f $run"

"$strata" export "$(store strata_run)" tiers -o "$work/tiers.csv" --quiet
"$strata" export "$(store strata_run)" metrics -o "$work/metrics.csv" --quiet
codes=platinum,gold,silver,bronze,basic,champions,keep,develop,rescue,loyal,recent,regular,inactive
IFS='|' read -r tiers tiers_differ metrics metrics_differ < <(sql peer_run -At \
    -f "$(script pg_compare.sql "DIR=$(cd "$work" && pwd)" "CODES=$codes")")
((tiers > 0 && metrics > 0 && tiers_differ == 0 && metrics_differ == 0)) || {
    echo "bench: results differ: $tiers_differ tiers of $tiers, $metrics_differ metric rows of $metrics" >&2
    exit 1
}

{
    printf '%s customers, %s transactions, bulk load of %s rows, seed %s; %s rounds, medians (least–most)\n\n' \
        "$customers" "$transactions" "$load" "$seed" "$rounds"
    printf -- '- machine: %s, %s cores, %s MB; load average after %s\n' \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" "$(cut -d' ' -f1 /proc/loadavg)"
    printf -- '- %s: %s\n' "$(sql postgres -At -c "SELECT 'PostgreSQL ' || current_setting('server_version')")" "${settings[*]}"
    printf -- '- same results: %s tiers and %s metric rows compared, none differs\n\n' "$tiers" "$metrics"
    python3 bench/measure.py table "$raw" "strata bulk load/psql \\copy" \
        "strata import/psql \\copy, files" "strata run/expert SQL"
} >"$results"
cat "$results"
rm -f "$work"/pg_*.sql "$work"/tiers.csv "$work"/metrics.csv
