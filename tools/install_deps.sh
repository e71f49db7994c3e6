#!/usr/bin/env bash
# Installs what building and testing need and is missing: Debian packages; DuckDB and ECharts from npm.
# Usage: tools/install_deps.sh [--browser]      also Chromium and a Chinese font, to look at reports
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(gcc cmake ninja-build pkg-config libyaml-dev libjansson-dev libsodium-dev libutf8proc-dev
    libssl-dev zlib1g-dev libxlsxwriter-dev libpq-dev libcmocka-dev postgresql python3 openssl ca-certificates)
commands_of_packages=(clang:clang clang-format:clang-format cppcheck:cppcheck)

[[ ${1:-} != --browser ]] || packages+=(chromium fonts-noto-cjk)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
        missing+=("$package")
done
for pair in "${commands_of_packages[@]}"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
# npm fetches DuckDB and ECharts; a Node.js installed by other means will do.
command -v npm >/dev/null || missing+=(npm)

if ((${#missing[@]})); then
    echo "installing: ${missing[*]}"
    sudo=
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || {
            echo "install_deps: need root or sudo to install: ${missing[*]}" >&2
            exit 1
        }
        sudo=sudo
    fi
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
fi

tools/fetch_duckdb.sh build/deps/duckdb
tools/fetch_echarts.sh build/deps/echarts
