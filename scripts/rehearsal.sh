#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/rehearsal.sh [--output FILE] [--help]

Builds a later runtime of this checkout, to rehearse an upgrade on a test network: version 9999, and a migration that rewrites
every institution and counts the records of every chart (runtime/src/rehearsal.rs). Never release it.

  --output FILE   where to put it (default: CARGO_TARGET_DIR/rehearsal/salus_rehearsal.wasm)

The script uses again the crates that the workspace's own build has compiled for WebAssembly: then it takes a minute or two,
otherwise some five. `salus-node check-runtime` reads the file, and `system.apply_authorized_upgrade` takes it.
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    local output=''
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --output)
            [[ -n "${2:-}" ]] || fail "\`--output\` needs a file"
            output="$2"
            shift
            ;;
        -h | --help) help && exit 0 ;;
        *) fail "unknown option: \`$1\`" "scripts/rehearsal.sh --help lists the options" ;;
        esac
        shift
    done
    salus_environment
    [[ "$salus_toolchain" != incomplete ]] || fail "nothing here can build the runtime" "scripts/setup.sh"

    local project="$CARGO_TARGET_DIR/rehearsal"
    output="${output:-$project/salus_rehearsal.wasm}"
    project "$project"
    build "$project" "$output"
    say "wrote $output ($(wc -c <"$output") bytes)"
}

# project FOLDER: the crate that substrate-wasm-builder would generate, but for the feature and the name. With the same
# profile and flags cargo finds the dependencies compiled.
project() {
    mkdir -p "$1/src"
    cp "$salus_root/Cargo.lock" "$1/Cargo.lock"
    echo '#![no_std] pub use wasm_project::*;' >"$1/src/lib.rs"
    cat >"$1/Cargo.toml" <<EOF
[package]
name = "salus-rehearsal"
version = "1.0.0"
edition = "2021"

[lib]
name = "salus_rehearsal"
crate-type = ["cdylib"]

[dependencies.wasm-project]
package = "salus-runtime"
path = "$salus_root/runtime"
default-features = false
features = ["upgrade-rehearsal"]

[profile.release]
lto = "thin"
panic = "abort"

[workspace]
resolver = "2"
EOF
}

# build FOLDER OUTPUT
build() {
    local cargo=(cargo) target="$CARGO_TARGET_DIR/release/wbuild/salus-runtime/target"
    [[ -z "${WASM_BUILD_TOOLCHAIN:-}" ]] || cargo=(rustup run "$WASM_BUILD_TOOLCHAIN" cargo)
    CARGO_TARGET_DIR="$target" SKIP_WASM_BUILD='' \
        RUSTFLAGS="-C link-arg=--export-table -C link-arg=--export=__heap_base -C link-arg=--import-memory --cfg substrate_runtime" \
        "${cargo[@]}" rustc --release --target "$salus_wasm_target" --manifest-path "$1/Cargo.toml"
    local built="$target/$salus_wasm_target/release/salus_rehearsal.wasm"
    [[ -s "$built" ]] || fail "the build left no \`$built\`"
    cp "$built" "$2"
}

main "$@"
