#!/usr/bin/env bash
# Puts Polars for Node.js under DIR/node_modules from two pinned npm packages, checked by their
# published integrity hashes. Usage: bench/fetch_polars.sh DIR. Ends with 1 where there is none.
set -euo pipefail
dir=${1:?usage: bench/fetch_polars.sh DIR}
version=0.26.1
api_sri=sha512-nOWRNrwPAle1KP2w+fj9v1UDUZWbPU37uuImF3mntQyLgUvJ6BTj7+gdR3smKHwtm0t2xY5fbFUoRpj3FobZqQ==
lib_sri=sha512-0spW4yns62Xw+D77QPChBoT1ib7jUqrJRkfaNICG1Y8WJ3maVJ4xjf3KT3u+9zNimb/sJcPGdWSr2gEypAnJtg==

[[ -f $dir/version && $(<"$dir/version") == "$version" ]] && exit 0
[[ $(uname -m) == x86_64 ]] && command -v node npm openssl >/dev/null || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
put() { # package, integrity
    local name got
    name=$(cd "$work" && npm pack --silent "$1@$version" 2>/dev/null | tail -n 1)
    [[ -n $name && -f $work/$name ]] || return 1
    got=sha512-$(openssl dgst -sha512 -binary "$work/$name" | openssl base64 -A)
    [[ $got == "$2" ]] || { echo "fetch_polars: $1 has integrity $got, want $2" >&2; return 1; }
    mkdir -p "$work/node_modules/$1"
    tar -xzf "$work/$name" -C "$work/node_modules/$1" --strip-components=1
}
put nodejs-polars "$api_sri" || exit 1
put nodejs-polars-linux-x64-gnu "$lib_sri" || exit 1
rm -rf "$dir"
mkdir -p "$dir"
mv "$work/node_modules" "$dir/"
echo "$version" >"$dir/version"
