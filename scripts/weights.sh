#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/weights.sh [--steps N] [--repeat N] [PALLET]... [--help]

Measures the benchmarks of each pallet (audit, membership, charts, access, records, shredding, authorities, upgrades; or those named) in the
wasm runtime, as a node would execute it, and writes pallets/PALLET/src/weights.rs. Run it on a machine like those of the
network's nodes, and run no other program meanwhile.

  --steps N    how many values of each component to try   (default 50)
  --repeat N   how often to repeat each of them           (default 20)

The script builds the runtime with runtime-benchmarks in a build folder of its own, CARGO_TARGET_DIR/weights, so that a
runtime with benchmarks never gets into a node. It compiles the tool, frame-omni-bencher, once (half an hour on two cores)
into CARGO_TARGET_DIR/tools; FRAME_OMNI_BENCHER names an installed one. The tool contains RocksDB, which needs libclang to
compile (Debian's libclang-dev).
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bencher_version=0.28.0

main() {
    local steps=50 repeat=20 pallets=() pallet
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --steps | --repeat)
            [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || fail "\`$1\` needs a whole number above 0"
            if [[ "$1" == --steps ]]; then steps="$2"; else repeat="$2"; fi
            shift
            ;;
        -h | --help) help && exit 0 ;;
        *)
            [[ " ${salus_pallets[*]} " == *" $1 "* ]] ||
                fail "unknown pallet or option: \`$1\`" "the pallets are ${salus_pallets[*]}"
            pallets+=("$1")
            ;;
        esac
        shift
    done
    [[ ${#pallets[@]} -gt 0 ]] || pallets=("${salus_pallets[@]}")
    # One step has no slope.
    ((steps >= 2)) || fail "\`--steps\` must be 2 or more"

    "$salus_root/scripts/setup.sh"
    salus_environment
    cd "$salus_root"
    find_bencher
    build_runtime
    for pallet in "${pallets[@]}"; do
        measure "$pallet" "$steps" "$repeat"
    done
}

find_bencher() {
    local tools="$CARGO_TARGET_DIR/tools"
    bencher="${FRAME_OMNI_BENCHER:-$tools/bin/frame-omni-bencher}"
    if [[ -x "$bencher" ]] && [[ "$("$bencher" --version)" == *" $bencher_version"* ]]; then
        return
    fi
    [[ -z "${FRAME_OMNI_BENCHER:-}" ]] || fail "\`$bencher\` is not frame-omni-bencher $bencher_version"
    compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null || [[ -n "${LIBCLANG_PATH:-}" ]] ||
        fail "frame-omni-bencher does not compile without libclang" "apt-get install libclang-dev, or set LIBCLANG_PATH"
    say "compiling frame-omni-bencher $bencher_version into $tools (half an hour, once)"
    # Without SKIP_WASM_BUILD it would build test runtimes from folders that are missing here.
    SKIP_WASM_BUILD=1 CARGO_TARGET_DIR="$tools/build" cargo install frame-omni-bencher --version "$bencher_version" --locked \
        --root "$tools"
    rm -rf "$tools/build"
}

# The flags are those of substrate-wasm-builder. The script does not use the builder itself, which is a build script: cargo
# would compile the node's half of the SDK for it too, with benchmarks, which takes ten times as long.
build_runtime() {
    local cargo=(cargo)
    [[ -z "${WASM_BUILD_TOOLCHAIN:-}" ]] || cargo=(rustup run "$WASM_BUILD_TOOLCHAIN" cargo)
    say "building the runtime with its benchmarks"
    CARGO_TARGET_DIR="$CARGO_TARGET_DIR/weights" \
        RUSTFLAGS="-C link-arg=--export-table -C link-arg=--import-memory -C link-arg=--export=__heap_base --cfg substrate_runtime" \
        "${cargo[@]}" rustc --locked --release --package salus-runtime --lib --crate-type cdylib \
        --target "$salus_wasm_target" --no-default-features --features runtime-benchmarks
    runtime="$CARGO_TARGET_DIR/weights/$salus_wasm_target/release/salus_runtime.wasm"
    [[ -s "$runtime" ]] || fail "the build left no \`$runtime\`"
}

# measure PALLET STEPS REPEAT
measure() {
    local output="pallets/$1/src/weights.rs"
    say "measuring $1 ($2 steps, $3 repetitions)"
    # No genesis: each benchmark makes the state that it needs, and no state of a preset gets into the numbers.
    "$bencher" v1 benchmark pallet --runtime "$runtime" --genesis-builder-policy none --wasm-execution compiled \
        --pallet "pallet_salus_$1" --extrinsic '*' --steps "$2" --repeat "$3" \
        --template scripts/weights.hbs --output "$output"
    cargo fmt -- "$output"
    say "wrote $output"
}

main "$@"
