#!/usr/bin/env bash
# Puts libduckdb.so and duckdb.h under DIR from two pinned npm packages, checked by their published
# integrity hashes. Usage: tools/fetch_duckdb.sh DIR
set -euo pipefail
dir=${1:?usage: tools/fetch_duckdb.sh DIR}
version=1.4.4
lib_pkg=@duckdb/node-bindings-linux-x64@1.4.4-r.4
lib_sri=sha512-jBTL/WvfwxLToFa/pVHfT6elMtltJGnc3wSuxZD9OfMltit9YUdVFS37vBFQzXMT1Z8OWjtSjMh+zPKxOwHLHA==
hdr_pkg=duckdb@1.4.4
hdr_sri=sha512-hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog==

if [[ -f $dir/version && $(<"$dir/version") == "$version" ]]; then
    exit 0
fi
case $(uname -m) in
x86_64) ;;
*) echo "fetch_duckdb: no pinned package for $(uname -m); install libduckdb and duckdb.h yourself" >&2; exit 1 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { # package, integrity -> $work/out.tgz
    local name
    name=$(cd "$work" && npm pack --silent "$1" 2>/dev/null | tail -n 1)
    [[ -n $name && -f $work/$name ]] || { echo "fetch_duckdb: npm could not fetch $1" >&2; exit 1; }
    local got
    got=sha512-$(openssl dgst -sha512 -binary "$work/$name" | openssl base64 -A)
    [[ $got == "$2" ]] || { echo "fetch_duckdb: $1 has integrity $got, want $2" >&2; exit 1; }
    mv "$work/$name" "$work/out.tgz"
}

echo "fetching DuckDB $version (libduckdb.so and duckdb.h, from npm, integrity checked)"
mkdir -p "$work/lib" "$work/inc"
fetch "$lib_pkg" "$lib_sri"
tar -xzf "$work/out.tgz" -C "$work/lib" --strip-components=1 package/libduckdb.so package/LICENSE
fetch "$hdr_pkg" "$hdr_sri"
tar -xzf "$work/out.tgz" -C "$work/inc" --strip-components=5 package/src/duckdb/src/include/duckdb.h

mkdir -p "$dir"
mv -f "$work/lib/libduckdb.so" "$work/inc/duckdb.h" "$dir/"
mv -f "$work/lib/LICENSE" "$dir/LICENSE.duckdb"
echo "$version" >"$dir/version"
