#!/usr/bin/env bash
# Every #include of our own headers must point at the folder itself or at one it may use.
# The table is the dependency direction, lowest first.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A may=(
    [base]=""
    [num]="base"
    [expr]="base"
    [ir]="base"
    [policy]="base expr"
    [store]="base ir"
    [ingest]="base expr ir store"
    [draft]="base expr ingest"
    [metric]="base expr policy ir"
    [method]="base num expr policy ir metric"
    [compile]="base expr policy ir metric method"
    [tier]="base num expr policy ir metric method compile"
    [run]="base num expr policy ir metric method compile tier store ingest"
    [report]="base expr policy ir metric method compile tier store ingest run"
    [demo]="base ir store"
    [crm]="base num ir policy store tier run"
    [strategy]="base num ir policy store tier run"
    [kpi]="base num ir policy store tier run crm strategy"
    [app]="base num expr policy ir metric method compile tier store ingest draft run report demo crm strategy kpi"
    [http]="base app"
    [cli]="base app"
)

bad=0 count=0
while IFS=: read -r file line text; do
    folder=${file#src/}; folder=${folder%%/*}
    target=${text#*\"}; target=${target%%\"*}
    to=${target%%/*}
    count=$((count + 1))
    if [[ $target != */* ]]; then
        echo "$file:$line: include \"$target\" by its folder: \"$folder/$target\""
        bad=1
    elif [[ -z ${may[$folder]+known} ]]; then
        echo "$file:$line: folder src/$folder is not in the table of tools/check_includes.sh"
        bad=1
    elif [[ $to != "$folder" && " ${may[$folder]} " != *" $to "* ]]; then
        echo "$file:$line: src/$folder may not include $target (allowed: ${may[$folder]:-nothing})"
        bad=1
    fi
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' src --include='*.[ch]')

if grep -rnE '\b(SELECT|INSERT INTO|DELETE FROM|UPDATE [a-z_]+ SET)\b' src/http src/cli \
    --include='*.[ch]' 2>/dev/null; then
    echo "SQL in src/http or src/cli: it belongs below src/app"
    bad=1
fi
[[ $bad == 0 ]] && echo "include check: $count includes, all in the allowed direction"
exit $bad
