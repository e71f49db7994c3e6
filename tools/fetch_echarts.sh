#!/usr/bin/env bash
# Puts Apache ECharts, which draws the charts of `strata report`, under DIR: the minified script from a
# pinned npm package, checked by its published integrity hash. Usage: tools/fetch_echarts.sh DIR
set -euo pipefail
dir=${1:?usage: tools/fetch_echarts.sh DIR}
version=6.1.0
sri=sha512-q0yaFPggC9FUdsWH4blavRWFmxdrIodbkoKNAjJudAI6CA9gNPxHtV2RcZNEepZVlk4yvBYkOkbk6HIVpIyHZA==

if [[ -f $dir/version && $(<"$dir/version") == "$version" ]]; then
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "fetching ECharts $version (from npm, integrity checked)"
name=$(cd "$work" && npm pack --silent "echarts@$version" 2>/dev/null | tail -n 1)
[[ -n $name && -f $work/$name ]] || { echo "fetch_echarts: npm could not fetch echarts@$version" >&2; exit 1; }
got=sha512-$(openssl dgst -sha512 -binary "$work/$name" | openssl base64 -A)
[[ $got == "$sri" ]] || { echo "fetch_echarts: integrity $got, want $sri" >&2; exit 1; }
tar -xzf "$work/$name" -C "$work" --strip-components=1 \
    package/dist/echarts.min.js package/LICENSE package/NOTICE

mkdir -p "$dir"
mv -f "$work/dist/echarts.min.js" "$dir/"
mv -f "$work/LICENSE" "$dir/LICENSE.echarts"
mv -f "$work/NOTICE" "$dir/NOTICE.echarts"
echo "$version" >"$dir/version"
