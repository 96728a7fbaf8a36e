#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/check-versions.sh [--derive MANIFEST] [--help]

Checks, without building anything, that Cargo.toml and Cargo.lock keep to one release of polkadot-sdk:

  - a crate of the SDK that Cargo.toml names has the version that the SDK's own manifest gives it
  - Cargo.lock has each crate of the SDK once, in that version or a later patch of it
  - no dependency brings RocksDB
  - a member uses every crate in [workspace.dependencies]

scripts/sdk-versions.txt holds the SDK's manifest, a crate and its version on each line.

  --derive MANIFEST   write that file again, from the Cargo.toml of the crate polkadot-sdk
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

list="$salus_root/scripts/sdk-versions.txt"

main() {
    case "${1:-}" in
    '') check ;;
    --derive) derive "${2:?--derive needs the path of a Cargo.toml}" ;;
    -h | --help) help ;;
    *) fail "unknown option: \`$1\`" "scripts/check-versions.sh --help lists the options" ;;
    esac
}

derive() {
    local release
    release="$(awk '/^version = /{ gsub(/"/, "", $3); print $3; exit }' "$1")"
    {
        echo "# The dependencies of polkadot-sdk $release, from its manifest, by scripts/check-versions.sh --derive. Do not edit."
        awk '/^\[/ { name = "" }
             /^\[dependencies\./ { name = $0; gsub(/\[dependencies\.|[]"]/, "", name) }
             name && /^version = / { gsub(/"/, "", $3); print name, $3 }' "$1" | LC_ALL=C sort
    } >"$list"
    say "$(grep -vc '^#' "$list") crates of polkadot-sdk $release"
}

check() {
    local problems compared
    # Without entries to compare, every check below would pass.
    compared="$(of_the_sdk <(declared))"
    ((compared > 0)) || fail "no crate of $list is in Cargo.toml" "has one of the files another form now?"
    compared="$(of_the_sdk <(locked))"
    ((compared > 0)) || fail "no crate of $list is in Cargo.lock" "has one of the files another form now?"
    problems="$(
        check_manifest
        check_lock
        check_use
    )"
    if [[ -n "$problems" ]]; then
        printf '%s\n' "$problems" | while IFS= read -r problem; do warn "error: $problem"; done
        exit 1
    fi
    say "$compared crates of the SDK, all as $(
        sed -n '1s/^# The dependencies of \([^,]*\),.*/\1/p' "$list"
    ) has them"
}

# of_the_sdk FILE: the number of the crates in FILE that the SDK's manifest names, too.
of_the_sdk() {
    awk 'NR == FNR { if (!/^#/) sdk[$1]; next } ($1 in sdk)' "$list" "$1" | wc -l
}

# "name version", one line for each entry of [workspace.dependencies] that has a version.
declared() {
    awk '/^\[/ { inside = ($0 == "[workspace.dependencies]") }
         inside && /^[a-z]/ {
             name = $1
             if (match($0, /package = "[^"]*"/)) name = substr($0, RSTART + 11, RLENGTH - 12)
             if (match($0, /version = "[^"]*"/)) print name, substr($0, RSTART + 11, RLENGTH - 12)
             else if (match($0, /= "[^"]*"/)) print name, substr($0, RSTART + 3, RLENGTH - 4)
         }' "$salus_root/Cargo.toml"
}

# "name version", one line for each package in the lock file.
locked() {
    awk '/^name = / { name = $3 } /^version = / && name { gsub(/"/, ""); gsub(/"/, "", name); print name, $3; name = "" }' \
        "$salus_root/Cargo.lock"
}

check_manifest() {
    awk 'NR == FNR { sdk[$1] = $2; next }
         ($1 in sdk) && sdk[$1] != $2 { printf "Cargo.toml has `%s` %s, the SDK %s\n", $1, $2, sdk[$1] }' \
        "$list" <(declared)
}

check_lock() {
    awk 'function series(version,    part) {
             split(version, part, ".")
             return part[1] == "0" ? part[1] "." part[2] : part[1]
         }
         function patch(version,    part) {
             split(version, part, ".")
             return part[2] * 100000 + part[3]
         }
         NR == FNR { sdk[$1] = $2; next }
         $1 ~ /rocksdb/ { printf "Cargo.lock has `%s`: the node stores in ParityDb only\n", $1 }
         !($1 in sdk) { next }
         seen[$1]++ { printf "Cargo.lock has `%s` more than once\n", $1 }
         series($2) != series(sdk[$1]) || patch($2) < patch(sdk[$1]) {
             printf "Cargo.lock has `%s` %s, the SDK %s\n", $1, $2, sdk[$1]
         }' "$list" <(locked)
}

check_use() {
    local name
    awk '/^\[/ { inside = ($0 == "[workspace.dependencies]") } inside && /^[a-z]/ { print $1 }' "$salus_root/Cargo.toml" |
        while IFS= read -r name; do
            members | xargs -0 grep -qE "^$name(\.workspace| = \{ workspace)" ||
                echo "Cargo.toml has \`$name\` in [workspace.dependencies], and no member uses it"
        done
}

members() {
    awk '/^members = \[/ { inside = 1; next } /^\]/ { inside = 0 } inside { gsub(/[ ",]/, ""); print }' "$salus_root/Cargo.toml" |
        while IFS= read -r member; do printf '%s\0' "$salus_root/$member/Cargo.toml"; done
}

main "$@"
