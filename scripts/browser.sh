#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/browser.sh [--help]

Builds for the browser (wasm32-unknown-unknown) what runs there: salus-sealing, and the release protocol of salus-gate. It fails
when either comes to need files, threads or a network.

It takes the target from rustup where rustup has it. Elsewhere it builds the standard library too, from the distribution's
source (rust-web-src, which scripts/setup.sh installs).
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

target=wasm32-unknown-unknown

main() {
    if [[ $# -gt 0 ]]; then
        case "$1" in
        -h | --help) help && exit 0 ;;
        *) fail "unknown option: \`$1\`" "scripts/browser.sh --help" ;;
        esac
    fi
    cd "$salus_root"
    salus_environment

    local cargo=(cargo) std=() sysroot
    case "$salus_toolchain" in
    rustup) sysroot="$(salus_rustup_sysroot "$(salus_channel)")" ;;
    linked)
        cargo=(rustup run "$WASM_BUILD_TOOLCHAIN" cargo)
        sysroot="$(salus_rustup_sysroot "$WASM_BUILD_TOOLCHAIN")"
        ;;
    plain) sysroot="$("${salus_wasm_rustc[0]}" --print sysroot)" ;;
    *) fail "no compiler for wasm is at hand" "scripts/setup.sh" ;;
    esac
    if ! compgen -G "$sysroot/lib/rustlib/$target/lib/libstd-*.rlib" >/dev/null; then
        [[ -d "$sysroot/lib/rustlib/src/rust/library" ]] ||
            fail "neither the target $target nor the standard library's source is there" \
                "rustup target add $target, or apt-get install rust-web-src"
        std=(-Z "build-std=std,panic_abort")
        export RUSTC_BOOTSTRAP=1
    fi
    RUSTFLAGS='--cfg getrandom_backend="wasm_js"' "${cargo[@]}" build --locked --target "$target" "${std[@]}" \
        -p salus-sealing -p salus-gate --no-default-features
    say "the code for the browser builds for $target"
}

main "$@"
