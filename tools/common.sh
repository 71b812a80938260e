# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by the scripts in this folder; to be sourced.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The packages of packages.txt that are not installed; $1 = "test" includes those that only the tests need.
missing_packages() {
    local name kind
    while read -r name kind; do
        [[ -z $name || $name == \#* ]] && continue
        [[ $kind == test && ${1:-} != test ]] && continue
        [[ $(dpkg-query -W -f='${Status}' "$name" 2>/dev/null) == *" installed" ]] || echo "$name"
    done < "$root/tools/packages.txt"
}

as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        echo "Some packages are missing, and installing them needs root or sudo: $missing" >&2
        exit 2
    fi
}

install_missing() {
    missing=$(missing_packages "${1:-}" | tr '\n' ' ')
    [[ -z ${missing// /} ]] && return
    if ! command -v apt-get > /dev/null; then
        echo "These packages are missing, and this is not Debian, so please install them yourself: $missing" >&2
        exit 2
    fi
    echo "Installing: $missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086  # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null
}

# Configures preset $1 when it never was, and builds it (target $2, if given).
build() {
    local preset=$1
    shift
    local launcher=()
    command -v ccache > /dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    export CCACHE_DEPEND=1 # the compiler lists what it read anyway; no second run of the preprocessor
    cd "$root" || exit 1
    [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset" "${launcher[@]}" > "/tmp/claudemesh-configure.$$" \
        || { cat "/tmp/claudemesh-configure.$$" >&2; exit 1; }
    rm -f "/tmp/claudemesh-configure.$$"
    cmake --build "build/$preset" "$@"
}
