#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2119,SC2317  # `stage` calls the functions
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/test.sh [--no-setup] [STAGE]... [--help]

Runs every test, or those of the named stages:

  build        the workspace in the release profile, whose programs the other stages run; and a later runtime to upgrade to
  rust         unit, integration and documentation tests, and the scenarios over spawned nodes (crate salus-e2e)
  faults       a selection of seeded faults, and trials of the network's walls (crate salus-faults); pallets and javascript run beside it
  pallets      tests and benchmarks-as-tests of primitives and pallets, with runtime-benchmarks and try-runtime on
  javascript   the real node as seen by @polkadot/api and polkadot-api (e2e/js), and a vault in a real IPFS node (e2e/ipfs)

`rust`, `faults` and `javascript` run `build` first. Each stage prints its minutes, and fails when it exceeds its budget for an empty
build folder on two cores.

  --no-setup   do not call scripts/setup.sh first

  SALUS_BUDGET_SCALE   multiplies the budgets, for slower machines; 0 means no budgets
  CARGO_TARGET_DIR     the build folder; default ~/.cache/salus/target if that exists, else ./target
  SALUS_SKIP_NAMESPACES  1: leaves out the tests that need namespaces, on a system that forbids them
  SALUS_BIN_DIR        set by this script for the scenarios: where salus-node and salus are
  SALUS_NEXT_RUNTIME   the same: the later runtime of scripts/rehearsal.sh
  SALUS_RUNTIME_CACHE  where nodes keep compiled runtimes, default the folder runtime-cache of the build folder
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    local setup=yes stages=()
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --no-setup) setup=no ;;
        -h | --help) help && exit 0 ;;
        build | rust | faults | pallets | javascript) stages+=("$1") ;;
        *) fail "unknown stage or option: \`$1\`" "scripts/test.sh --help lists them" ;;
        esac
        shift
    done
    [[ ${#stages[@]} -gt 0 ]] || stages=(build rust faults pallets javascript)

    stage_begin
    if [[ "$setup" == yes ]]; then
        stage setup 5 "$salus_root/scripts/setup.sh" --tests
        ((salus_stage_status == 0)) || exit 1
    fi
    salus_environment
    export SALUS_BIN_DIR="$CARGO_TARGET_DIR/release" SALUS_NEXT_RUNTIME="$CARGO_TARGET_DIR/rehearsal/salus_rehearsal.wasm"
    # A node compiles its runtime when it starts, for seconds. One that finds it there does not.
    export SALUS_RUNTIME_CACHE="${SALUS_RUNTIME_CACHE:-$CARGO_TARGET_DIR/runtime-cache}"
    cd "$salus_root"

    local chosen=" ${stages[*]} "
    if [[ "$chosen" =~ \ (build|rust|faults|javascript)\  ]]; then
        stage build 40 build
    fi
    [[ "$chosen" != *' rust '* ]] || stage rust 40 rust
    # The trials wait for blocks most of the time.
    [[ "$chosen" != *' faults '* ]] || stage_beside faults 12 faults
    [[ "$chosen" != *' pallets '* ]] || stage pallets 12 pallets
    [[ "$chosen" != *' javascript '* ]] || stage javascript 10 javascript
    [[ "$chosen" != *' faults '* ]] || stage_join

    local status=0
    stage_summary || status=1
    if [[ "${stages[*]}" != build ]] && ! tests_ran; then
        warn "error: no test ran"
        status=1
    fi
    exit "$status"
}

build() {
    cargo build --locked --release --workspace
    scripts/rehearsal.sh --output "$SALUS_NEXT_RUNTIME"
}

rust() {
    salus_workspace_selection
    # Scenarios spend most of their time waiting for blocks.
    export RUST_TEST_THREADS="${RUST_TEST_THREADS:-$(($(nproc) + 3))}"
    tests cargo test "${salus_workspace_arguments[@]}" --no-fail-fast
}

faults() {
    salus_workspace_selection
    tests cargo test "${salus_workspace_arguments[@]}" --test trials
}

# Without the runtime and the node, hence without their dependencies, and in the profile that compiles quickest.
pallets() {
    salus_pallet_selection
    SKIP_WASM_BUILD=1 tests cargo test --locked "${salus_pallet_arguments[@]}" --no-fail-fast
}

javascript() {
    local status=0
    cd e2e/js
    npm ci --no-audit --no-fund
    # The test runner of Debian 12's Node.js has no time limit of its own.
    tests timeout 600 npm test || status=1
    cd ../ipfs
    npm ci --no-audit --no-fund
    tests timeout 300 npm test || status=1
    return "$status"
}

main "$@"
