#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/setup.sh [--tests | --network] [--help]

Prepares this machine to build Salus: it installs a Rust compiler with a wasm target, a C and C++ compiler, and protoc. It
prints each step, and skips steps that are done already, so you may run it any number of times; scripts/demo.sh,
scripts/test.sh and .ci/run call it themselves.

  --tests     also the programs of tests and checks: Node.js, npm, Python, libfaketime and strace; clippy and rustfmt where rustup
              does not bring them; iproute2, nftables, util-linux and openssl for tests in namespaces (not with
              SALUS_SKIP_NAMESPACES=1)
  --network   only what scripts/network.sh needs besides the programs: iproute2, nftables, util-linux and openssl

scripts/programs.txt lists every program and library that scripts and tests call, with the package that brings it.

The script tries these sources of the compiler, in this order:

  1. The installed compiler, if it can build the runtime.
  2. rustup, if it is installed and may download (RUSTUP_AUTO_INSTALL is not 0): the toolchain that rust-toolchain.toml
     names, with its wasm target. SALUS_RUSTUP_SECONDS (900) is how long it may take.
  3. The distribution's packages, where they are new enough (Debian 12). Debian has no standard library for wasm, so the
     script compiles it once from the source package, and puts it where the compiler looks for it. If rustup has the
     toolchain and lacks only the wasm target, rustup's compiler still builds everything but the runtime.

The script never changes a toolchain of rustup's that works. Installing packages needs root; without it the script stops and
prints the command to run.
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for_tests=no
for_network=no
wasm_error=''

main() {
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --tests) for_tests=yes ;;
        --network) for_network=yes ;;
        -h | --help) help && exit 0 ;;
        *) fail "unknown option: \`$1\`" "scripts/setup.sh --help lists the options" ;;
        esac
        shift
    done

    if [[ "$for_network" == yes && "$for_tests" == no ]]; then
        install_missing "network tools" network
        return
    fi
    # The C and C++ compilers, make and perl build zstd, lz4, secp256k1, OpenSSL and Binaryen; protoc makes the network's
    # messages.
    install_missing "build tools" build
    salus_environment
    if ! wasm_works; then
        install_rust_with_rustup || install_rust_of_the_distribution
    fi
    if [[ "$for_tests" == yes ]]; then
        install_checkers
        install_node
        if [[ "${SALUS_SKIP_NAMESPACES:-0}" != 1 ]]; then
            install_missing "network tools" network
        fi
    fi
    say "ready: $(describe_rust); build folder $CARGO_TARGET_DIR"
}

# ---- Programs and toolchain on this machine ---------------------------------------------------------------------------

# Compiles and links a small crate for wasm, in the runtime's way. This is quick enough for each run, and it notices faults
# that a look for files would not: a standard library of an older compiler, or a dangling link.
wasm_works() {
    if [[ "$salus_toolchain" == incomplete ]]; then
        wasm_error="no toolchain found has the target${WASM_BUILD_TOOLCHAIN:+ (WASM_BUILD_TOOLCHAIN is \`$WASM_BUILD_TOOLCHAIN\`)}"
        return 1
    fi
    local folder status=0 linker=()
    [[ -z "${CARGO_TARGET_WASM32V1_NONE_LINKER:-}" ]] || linker=(-C "linker=$CARGO_TARGET_WASM32V1_NONE_LINKER")
    folder="$(mktemp -d -t salus-setup.XXXXXX)"
    "${salus_wasm_rustc[@]}" --edition 2021 --crate-type cdylib --target "$salus_wasm_target" -C panic=abort "${linker[@]}" \
        --out-dir "$folder" "$salus_root/scripts/wasm-std/lib.rs" >"$folder/log" 2>&1 || status=$?
    wasm_error="$(tail -n 20 "$folder/log")"
    rm -rf "$folder"
    return "$status"
}

describe_rust() {
    local host wasm
    wasm="$("${salus_wasm_rustc[@]}" --version | cut -d' ' -f2)"
    case "$salus_toolchain" in
    rustup) echo "Rust $wasm of rustup" ;;
    linked)
        host="$(cd "$salus_root" && rustc --version | cut -d' ' -f2)"
        echo "Rust $host of rustup, and $wasm of rustup's \`$WASM_BUILD_TOOLCHAIN\` for the runtime"
        ;;
    plain) echo "Rust $wasm, $(command -v rustc)" ;;
    esac
}

# ---- Packages ---------------------------------------------------------------------------------------------------------

# install_packages WHY PACKAGE...
install_packages() {
    local why="$1" command
    shift
    command=(install --yes --no-install-recommends "$@")
    have apt-get ||
        fail "this machine lacks $why" "install what Debian has in the packages \`$*\`, then run this again"
    [[ "$(id -u)" == 0 ]] ||
        fail "this machine lacks $why, and installing it needs root" "sudo apt-get update && sudo apt-get ${command[*]}"
    update_package_lists
    say "installing $why: $*"
    quietly apt-get --option DPkg::Lock::Timeout=300 --option Acquire::Retries=3 "${command[@]}" ||
        fail "the packages could not be installed" "the output above says why"
}

package_lists=old
update_package_lists() {
    [[ "$package_lists" == old ]] || return 0
    say "updating the package lists"
    quietly apt-get --option DPkg::Lock::Timeout=300 --option Acquire::Retries=3 update ||
        fail "the package lists could not be updated" "the output above says why"
    package_lists=new
}

# quietly COMMAND...: shows the output only if COMMAND fails.
quietly() {
    local log status=0
    log="$(mktemp -t salus-setup.XXXXXX)"
    DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null || status=$?
    ((status == 0)) || cat "$log" >&2
    rm -f "$log"
    return "$status"
}

# install_missing WHY SET: what this machine lacks of a set of scripts/programs.txt.
install_missing() {
    local packages
    packages="$(missing_packages "$2")"
    # shellcheck disable=SC2086  # several words
    [[ -z "$packages" ]] || install_packages "$1" $packages
    packages="$(missing_packages "$2")"
    [[ -z "$packages" ]] || fail "the packages are installed, but this machine still lacks $1" \
        "look at \`$2\` in scripts/programs.txt for what \`$packages\` should have brought"
}

# Some packages of Node.js bring npm with them; Debian's does not.
install_node() {
    install_missing "Node.js, npm, Python, libfaketime or strace" tests
    local version
    version="$(node --version)"
    version_at_least "${version#v}" 18 ||
        fail "Node.js $version is too old for the tests" "install Node.js 18 or newer, or put it first in PATH"
}

# rustup brings these with the toolchain; Debian has them apart.
install_checkers() {
    local missing=()
    if [[ "$salus_toolchain" == plain ]]; then
        have cargo-clippy || missing+=(rust-web-clippy)
        have cargo-fmt || missing+=(rustfmt-web)
        [[ ${#missing[@]} -eq 0 ]] || install_packages "clippy and rustfmt" "${missing[@]}"
    elif ! (cd "$salus_root" && RUSTUP_AUTO_INSTALL=0 cargo clippy --version && RUSTUP_AUTO_INSTALL=0 cargo fmt --version) \
        >/dev/null 2>&1; then
        may_use_rustup ||
            fail "rustup's toolchain lacks clippy or rustfmt" "rustup component add clippy rustfmt"
        say "asking rustup for clippy and rustfmt"
        quietly rustup component add clippy rustfmt --toolchain "$(salus_channel)" ||
            fail "rustup could not install clippy and rustfmt" "the output above says why"
    fi
}

# ---- Rust from rustup -------------------------------------------------------------------------------------------------

may_use_rustup() { have rustup && [[ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]]; }

# Fails with a reason if rustup cannot install here.
install_rust_with_rustup() {
    may_use_rustup || return 1
    local channel seconds="${SALUS_RUSTUP_SECONDS:-900}" command
    channel="$(salus_channel)"
    if salus_rustup_sysroot "$channel" >/dev/null; then
        command=(rustup target add "$salus_wasm_target" --toolchain "$channel")
    else
        command=(rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt
            --target "$salus_wasm_target" --no-self-update)
    fi
    say "asking rustup: ${command[*]}"
    if ! quietly timeout "$seconds" "${command[@]}"; then
        warn "rustup could not do that within $seconds s; looking for the distribution's packages"
        return 1
    fi
    salus_environment
    wasm_works || fail "rustup's toolchain \`$channel\` cannot build for $salus_wasm_target" "$wasm_error"
}

# ---- Rust from the distribution ---------------------------------------------------------------------------------------

install_rust_of_the_distribution() {
    local minimum packages=() package
    minimum="$(salus_rust_version)"
    for package in rustc-web cargo-web rust-web-src libstd-rust-web-dev lld-19; do
        installed "$package" || packages+=("$package")
    done
    if [[ ${#packages[@]} -gt 0 ]]; then
        if have apt-cache && [[ "$(id -u)" == 0 ]] && ! offers rustc-web "$minimum"; then
            update_package_lists
        fi
        offers rustc-web "$minimum" || fail "there is no Rust $minimum or newer here that can build for $salus_wasm_target" \
            "install rustup and let it download, or use Debian 12, whose package \`rustc-web\` is new enough"
        install_packages "Debian's Rust" "${packages[@]}"
    fi

    # The packages' own programs, also where others come first on the PATH.
    local sysroot libraries
    sysroot="$(/usr/bin/rustc --print sysroot)"
    libraries="$sysroot/lib/rustlib/$salus_wasm_target/lib"
    install_linker "$sysroot"
    if ! std_works; then
        install_wasm_std "$libraries"
    fi
    if have rustup && salus_rustup_sysroot "$(salus_channel)" >/dev/null; then
        link_toolchain "$sysroot"
    fi
    salus_environment
    wasm_works || fail "the compiler still cannot build for $salus_wasm_target (\`$salus_toolchain\`)" "$wasm_error"
}

installed() { [[ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

# offers PACKAGE VERSION: whether the package lists have it at least so new.
offers() {
    have apt-cache || return 1
    local candidate
    candidate="$(apt-cache policy "$1" | sed -n 's/^ *Candidate: //p')"
    [[ -n "$candidate" && "$candidate" != '(none)' ]] && dpkg --compare-versions "$candidate" ge "$2"
}

# rustc looks for `rust-lld` in a folder of its own. Debian's lld is the same program.
install_linker() {
    local sysroot="$1" host folder
    ! salus_has_linker "$sysroot" || return 0
    host="$(/usr/bin/rustc -vV | sed -n 's/^host: //p')"
    folder="$sysroot/lib/rustlib/$host/bin"
    as_root "a linker for wasm is missing" "mkdir -p $folder && sudo ln -sf /usr/bin/lld-19 $folder/rust-lld"
    say "linking $folder/rust-lld to lld-19"
    mkdir -p "$folder"
    ln -sf /usr/bin/lld-19 "$folder/rust-lld"
}

std_works() {
    local salus_wasm_rustc=(/usr/bin/rustc) salus_toolchain=plain
    CARGO_TARGET_WASM32V1_NONE_LINKER='' wasm_works
}

# The files that `rustup target add` would have downloaded, from the sources that Debian ships beside its compiler.
install_wasm_std() {
    local libraries="$1" build="$CARGO_TARGET_DIR/wasm-std" built
    say "compiling the standard library for $salus_wasm_target (about a minute, once)"
    rm -rf "$build"
    mkdir -p "$build"
    # A copy, so that no lock file appears in the checkout.
    cp "$salus_root"/scripts/wasm-std/{Cargo.toml,lib.rs} "$build"
    (
        cd "$build"
        unset RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTUP_TOOLCHAIN CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
        # Bitcode: a runtime built with link-time optimization reads it.
        PATH="/usr/bin:$PATH" CARGO_TARGET_DIR="$build/target" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C embed-bitcode=yes" \
            quietly /usr/bin/cargo build --release --target "$salus_wasm_target" -Z build-std=core,alloc
    ) || fail "the standard library could not be compiled" "the output above says why"
    built="$build/target/$salus_wasm_target/release/deps"
    as_root "the compiled standard library has to be put in place" \
        "mkdir -p $libraries && sudo cp $built/lib{core,alloc,compiler_builtins}-*.rlib $libraries"
    say "putting it into $libraries"
    mkdir -p "$libraries"
    # The compiler cannot read the libraries of an older one.
    rm -f "$libraries"/lib{core,alloc,compiler_builtins}-*.rlib
    cp "$built"/lib{core,alloc,compiler_builtins}-*.rlib "$libraries"
    rm -rf "$build"
}

# as_root WHAT COMMAND: stops, and gives COMMAND, unless this is root.
as_root() {
    [[ "$(id -u)" == 0 ]] || fail "$1, and that needs root" "sudo $2; then run this again"
}

link_toolchain() {
    local linked
    if linked="$(salus_rustup_sysroot "$salus_linked_toolchain")"; then
        [[ "$linked" == "$1" ]] || fail "rustup has another toolchain called \`$salus_linked_toolchain\`: \`$linked\`" \
            "rustup toolchain uninstall $salus_linked_toolchain"
        return
    fi
    say "making Debian's Rust known to rustup as \`$salus_linked_toolchain\`"
    quietly rustup toolchain link "$salus_linked_toolchain" "$1" || fail "rustup could not link the toolchain \`$1\`"
}

main "$@"
