#!/usr/bin/env bash
# From nothing to a tiered bank: generate, import, rate 24 month ends, and show what came out.
# Usage: tools/run_demo.sh STRATA DIR
set -euo pipefail
strata=$1 dir=$2 root=$(cd "$(dirname "$0")/.." && pwd)
store=$dir/bank.duckdb

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 ]] || say() { printf '\n%s\n' "$*"; }

if [[ ! -f $dir/.done || $strata -nt $dir/.done ]]; then
    rm -rf "$dir"
    say "1  A demonstration bank  演示银行"
    "$strata" demo "$dir"
    say "2  Import: bad rows go to quarantine, with their reason  导入：问题行连同原因进入隔离区"
    "$strata" init "$store" --quiet
    "$strata" import "$store" "$root/mappings/demo.yaml" "$dir"
    say "3  Check the policy  检查策略"
    "$strata" check "$root/policies/demo.yaml"
    say "4  Rate 24 month ends  评定 24 个月末"
    "$strata" run "$store" "$root/policies/demo.yaml" --every month \
        --from 2024-01-31 --as-of 2025-12-31 >"$dir/run.txt"
    head -n 1 "$dir/run.txt"
    grep '^  2025-12-31' "$dir/run.txt"
    tail -n 1 "$dir/run.txt"
    touch "$dir/.done"
else
    say "The demonstration bank is in $dir (make clean removes it)  演示银行位于 $dir"
fi

say "Tiers on 2025-12-31  2025-12-31 的层级"
"$strata" tiers "$store"
say "How one customer on watch holds its tier, and what would keep it  某位关注客户如何持有层级，怎样保级"
customer=$("$strata" export "$store" tiers --scheme asset_held -o "$dir/tiers.csv" --plain --quiet &&
    awk -F, '$11 == "watch" && $12 == 2 { print $3; exit }' "$dir/tiers.csv")
"$strata" explain "$store" "$customer" --scheme asset_held
"$strata" explain "$store" "$customer" --scheme asset_held --lang zh
say "Signals: who to call, and why  信号：该联系谁，为什么"
"$strata" signals "$store" --new --limit 6
say "The report, to open in a browser  报告，可用浏览器打开"
"$strata" report "$store" -o "$dir/report.html"
say "Yours next  接下来"
cat <<EOF
  $strata tiers $store --lang zh
  $strata explain $store $customer
  $strata migrate $store --scheme asset_held --from 2024-12-31 --to 2025-12-31
  $strata simulate $store YOUR_POLICY.yaml -o effect.html
  $strata replay $store 24
  $strata quarantine $store
  $strata export $store tiers -o tiers.xlsx
  README.md says how to bring your own files and policy.  使用自己的数据与策略请见 README.zh-CN.md。
EOF
