# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# shellcheck disable=SC2034  # variables are read by the scripts that source this file
#
# Functions that the scripts share. Source this file, never run it:
#
#   . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
#   salus_environment
#
# salus_environment      sets what cargo needs on this machine; cheap, changes nothing on disk
# stage, stage_beside,   run a step against its budget of minutes; the same while later ones run;
# stage_summary          print the table of all steps
# say, warn, fail        one line to standard output; to standard error; to standard error, and leave with status 2

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
    echo "usage: . scripts/lib.sh   (what the other scripts share; it does nothing by itself)"
    exit 0
fi

salus_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
salus_wasm_target=wasm32v1-none
# The name under which rustup knows the distribution's compiler, once setup.sh has linked it.
salus_linked_toolchain=debian

# ---- Messages ---------------------------------------------------------------------------------------------------------

salus_script="$(basename "$0")"

say() { printf '%s: %s\n' "${salus_script%.sh}" "$*"; }

warn() { printf '%s: %s\n' "${salus_script%.sh}" "$*" >&2; }

# fail MESSAGE [HINT]
fail() {
    warn "error: $1"
    [[ $# -lt 2 ]] || printf 'hint: %s\n' "$2" >&2
    exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# ---- The environment of cargo -----------------------------------------------------------------------------------------

# salus_environment: finds the compilers of this machine on each run, and exports
#
#   PATH                                    /usr/bin first, where the distribution's cargo compiles everything
#   CARGO_TARGET_DIR                        if set, as it is; else ~/.cache/salus/target, if that exists; else ./target
#   CARGO_INCREMENTAL                       0 unless set: these are whole builds
#   WASM_BUILD_TOOLCHAIN                    only where the host's toolchain lacks the wasm target and the linked one has it
#   CARGO_TARGET_WASM32V1_NONE_LINKER       only where the compiler for wasm comes without `rust-lld`
#
# and sets for the scripts
#
#   salus_toolchain       rustup        one toolchain of rustup's, wasm target included
#                         linked        rustup's for the host, the distribution's for the runtime
#                         plain         a cargo that is not rustup's, for everything
#                         incomplete    no compiler here can build the runtime: run scripts/setup.sh
#   salus_wasm_rustc      the command that compiles for wasm (an array)
salus_environment() {
    local cargo_bin="${CARGO_HOME:-$HOME/.cargo}/bin"
    if ! have rustup && [[ -x "$cargo_bin/rustup" ]]; then
        export PATH="$cargo_bin:$PATH"
    fi

    if [[ -z "${CARGO_TARGET_DIR:-}" ]]; then
        CARGO_TARGET_DIR="${XDG_CACHE_HOME:-$HOME/.cache}/salus/target"
        [[ -d "$CARGO_TARGET_DIR" ]] || CARGO_TARGET_DIR="$salus_root/target"
    fi
    export CARGO_TARGET_DIR
    export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"

    salus_toolchain=incomplete
    salus_wasm_rustc=()
    local channel sysroot=''
    channel="$(salus_channel)"

    if have rustup && sysroot="$(salus_rustup_sysroot "$channel")"; then
        if salus_has_wasm_std "$sysroot"; then
            salus_toolchain=rustup
            salus_wasm_rustc=(rustup run "$channel" rustc)
        else
            local name="${WASM_BUILD_TOOLCHAIN:-$salus_linked_toolchain}"
            if sysroot="$(salus_rustup_sysroot "$name")" && salus_has_wasm_std "$sysroot"; then
                salus_toolchain=linked
                salus_wasm_rustc=(rustup run "$name" rustc)
                export WASM_BUILD_TOOLCHAIN="$name"
            fi
        fi
    else
        local rustc
        for rustc in "$(command -v rustc || true)" /usr/bin/rustc; do
            sysroot="$(salus_plain_sysroot "$rustc")" || continue
            salus_has_wasm_std "$sysroot" || continue
            salus_toolchain=plain
            salus_wasm_rustc=("$rustc")
            [[ "$(command -v rustc)" == "$rustc" ]] || export PATH="${rustc%/*}:$PATH"
            unset WASM_BUILD_TOOLCHAIN RUSTUP_TOOLCHAIN
            break
        done
    fi

    if [[ "$salus_toolchain" != incomplete && -z "${CARGO_TARGET_WASM32V1_NONE_LINKER:-}" ]]; then
        local linker
        if ! salus_has_linker "$sysroot" && linker="$(salus_wasm_linker)"; then
            export CARGO_TARGET_WASM32V1_NONE_LINKER="$linker"
        fi
    fi
}

# The toolchain that rustup would choose in this checkout.
salus_channel() {
    printf '%s' "${RUSTUP_TOOLCHAIN:-$(sed -n 's/^channel *= *"\(.*\)"/\1/p' "$salus_root/rust-toolchain.toml")}"
}

# The oldest compiler that the workspace accepts.
salus_rust_version() {
    sed -n 's/^rust-version *= *"\(.*\)"/\1/p' "$salus_root/Cargo.toml"
}

# salus_rustup_sysroot TOOLCHAIN: fails if it is not installed; never lets rustup fetch it in passing.
salus_rustup_sysroot() {
    RUSTUP_AUTO_INSTALL=0 rustup run "$1" rustc --print sysroot 2>/dev/null
}

# salus_plain_sysroot RUSTC: fails unless RUSTC works, is not one of rustup's, and is new enough.
salus_plain_sysroot() {
    [[ -x "$1" ]] || return 1
    # rustup's proxies are links to itself, symbolic or hard.
    ! { have rustup && [[ "$1" -ef "$(command -v rustup)" ]]; } || return 1
    local version
    version="$("$1" --version 2>/dev/null | cut -d' ' -f2)" || return 1
    version_at_least "$version" "$(salus_rust_version)" || return 1
    "$1" --print sysroot
}

salus_has_wasm_std() {
    compgen -G "$1/lib/rustlib/$salus_wasm_target/lib/libcore-*.rlib" >/dev/null
}

# Whether rustc, left to itself, finds the linker that it wants for wasm.
salus_has_linker() {
    local linker
    for linker in "$1"/lib/rustlib/*/bin/rust-lld; do
        [[ ! -x "$linker" ]] || return 0
    done
    return 1
}

# The newest `wasm-ld` outside the compiler's own folders.
salus_wasm_linker() {
    compgen -c wasm-ld | grep -E '^wasm-ld(-[0-9]+)?$' | sort -V | tail -n 1 | grep .
}

version_at_least() {
    [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]
}

# ---- Programs and packages --------------------------------------------------------------------------------------------

# missing_packages SET: the packages of that set of scripts/programs.txt which this machine needs, in one line.
missing_packages() {
    local set name packages missing=''
    while read -r set name packages; do
        [[ "$set" == "$1" ]] || continue
        is_there "$name" || missing+=" $packages"
    done <"$salus_root/scripts/programs.txt"
    tr ' ' '\n' <<<"$missing" | sort -u | tr '\n' ' ' | sed 's/^ *//; s/ *$//'
}

# is_there NAME: whether this machine has the program or library NAME of scripts/programs.txt.
is_there() {
    local PATH="$PATH:/usr/sbin:/sbin"
    case "$1" in
    # The perl that Debian always has is too small for the build of OpenSSL.
    perl) perl -MFindBin -MIPC::Cmd -MFile::Compare -e 1 2>/dev/null ;;
    protoc) [[ -n "${PROTOC:-}" ]] || have protoc ;;
    # cargo downloads over TLS. A bare Debian has no certificates; other systems keep them elsewhere.
    ca-certificates)
        [[ -e /etc/ssl/certs/ca-certificates.crt || -n "${SSL_CERT_FILE:-}" ]] || ! have apt-get
        ;;
    # Debian's python3 makes environments only with python3-venv.
    python3) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    # The folders in which scenarios and the fault harness look (e2e/src/clock.rs).
    libfaketimeMT.so.1)
        compgen -G "/usr/lib/*/faketime/$1" >/dev/null || compgen -G "/usr/lib*/faketime/$1" >/dev/null ||
            [[ -e "/usr/local/lib/faketime/$1" ]]
        ;;
    *) have "$1" ;;
    esac
}

# ---- The pallets ------------------------------------------------------------------------------------------------------

salus_pallets=(audit membership charts access records shredding authorities upgrades)

# Sets salus_pallet_arguments: pallets and primitives with benchmarks and try-runtime on. One set everywhere, because cargo
# unites features over the packages that are named together, and builds every dependency again for each union.
salus_pallet_selection() {
    local pallet features=''
    salus_pallet_arguments=(-p salus-primitives)
    for pallet in "${salus_pallets[@]}"; do
        salus_pallet_arguments+=(-p "pallet-salus-$pallet")
        features+=",pallet-salus-$pallet/runtime-benchmarks,pallet-salus-$pallet/try-runtime"
    done
    salus_pallet_arguments+=(--features "${features#,}")
}

# Sets salus_workspace_arguments: all tests but the pallets' own. It names the pallets' default features, because leaving a package
# out also takes its default features away: cargo would then build pallets, runtime and node a second time.
salus_workspace_selection() {
    local pallet features=''
    for pallet in "${salus_pallets[@]}"; do
        features+=",pallet-salus-$pallet/default"
    done
    salus_workspace_arguments=(--locked --release --workspace --exclude 'pallet-salus-*' --features "${features#,}")
}

# ---- Stages -----------------------------------------------------------------------------------------------------------

# stage NAME BUDGET_MINUTES COMMAND [ARGUMENT]...
#
# Runs COMMAND, and notes its time, its status and whether it kept its budget. It returns 0 either way, so that one run shows
# every failure; stage_summary gives the verdict. SALUS_BUDGET_SCALE multiplies all budgets (a whole
# number; 0: no budgets). A script that is called by another adds to the other's table. salus_stage_status is the status of the
# last stage's command, for those without which nothing else makes sense.
stage() {
    local name="$1" budget="$2" started seconds status=0 verdict=ok
    shift 2
    budget=$((budget * ${SALUS_BUDGET_SCALE:-1}))
    printf '\n==> %s\n' "$name"
    started=$SECONDS
    # A subshell that is not part of a condition: there `set -e` holds, and a failing line ends the stage.
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    salus_stage_status=$status
    seconds=$((SECONDS - started))
    if ((status != 0)); then
        verdict="failed (status $status)"
    elif ((budget > 0 && seconds > budget * 60)); then
        verdict="over its budget"
    fi
    printf '%s\t%s\t%s\t%s\n' "$name" "$seconds" "$budget" "$verdict" >>"$SALUS_STAGES"
    printf '<== %s: %s, %s min\n' "$name" "$verdict" "$(minutes "$seconds")"
}

# stage_beside NAME BUDGET_MINUTES COMMAND [ARGUMENT]...: the same, while later stages run. stage_join waits for it, and then prints
# what it said. One stage at a time.
stage_beside() {
    salus_beside_log="$(mktemp -t salus-beside.XXXXXX)"
    stage "$@" >"$salus_beside_log" 2>&1 &
    salus_beside=$!
}

stage_join() {
    wait "$salus_beside"
    cat "$salus_beside_log"
    rm -f "$salus_beside_log"
}

# stage_begin: call once, before the first stage.
stage_begin() {
    [[ "${SALUS_BUDGET_SCALE:-1}" =~ ^[0-9]+$ ]] ||
        fail "\`SALUS_BUDGET_SCALE\` is not a whole number: \`$SALUS_BUDGET_SCALE\`"
    salus_stages_are_mine=no
    if [[ -z "${SALUS_STAGES:-}" ]]; then
        salus_stages_are_mine=yes
        SALUS_STAGES="$(mktemp -t salus-stages.XXXXXX)"
        salus_began="$(date +%s)"
        export SALUS_STAGES
        trap 'rm -f "$SALUS_STAGES" "$SALUS_STAGES.tests"' EXIT
    fi
    salus_stages_from=$(($(wc -l <"$SALUS_STAGES") + 1))
}

# stage_summary [TOTAL_BUDGET_MINUTES]: prints the table, if this script is the outermost, and fails if a stage did.
stage_summary() {
    local name seconds budget verdict total bad=0 total_budget=$((${1:-0} * ${SALUS_BUDGET_SCALE:-1}))
    if [[ "$salus_stages_are_mine" == yes ]]; then
        # Stages may have run side by side.
        total=$(($(date +%s) - salus_began))
        printf '\n%-24s %8s %8s  %s\n' stage minutes budget result
        while IFS=$'\t' read -r name seconds budget verdict; do
            printf '%-24s %8s %8s  %s\n' "$name" "$(minutes "$seconds")" "${budget/#0/-}" "$verdict"
        done <"$SALUS_STAGES"
        verdict=
        if ((total_budget > 0 && total > total_budget * 60)); then
            verdict="over its budget"
            bad=1
        fi
        printf '%-24s %8s %8s  %s\n' total "$(minutes "$total")" "${total_budget/#0/-}" "$verdict"
        test_summary
    fi
    if tail -n "+$salus_stages_from" "$SALUS_STAGES" | cut -f4 | grep -qvx ok; then
        bad=1
    fi
    return "$bad"
}

minutes() { printf '%d.%d' $(($1 / 60)) $(($1 % 60 / 6)); }

# tests COMMAND [ARGUMENT]...: runs a test runner, and remembers the closing lines that it prints.
tests() {
    local log status=0
    log="$(mktemp -t salus-tests.XXXXXX)"
    "$@" 2>&1 | tee "$log" || status=$?
    # cargo:  test result: ok. 12 passed; 0 failed; 0 ignored; ...
    # node:   # pass 12     or, where the output is a terminal's, a sign in the place of `#`
    sed $'s/\x1b\\[[0-9;]*m//g' "$log" |
        awk '/^test result: / {
                 for (i = 2; i <= NF; i++) {
                     if ($i == "passed;") passed += $(i - 1)
                     if ($i == "failed;") failed += $(i - 1)
                 }
             }
             NF == 3 && $1 !~ /^[A-Za-z0-9]/ && $2 == "pass" { passed += $3 }
             NF == 3 && $1 !~ /^[A-Za-z0-9]/ && $2 == "fail" { failed += $3 }
             END { print passed + 0, failed + 0 }' >>"$SALUS_STAGES.tests"
    rm -f "$log"
    return "$status"
}

# Whether any runner said that a test ran.
tests_ran() {
    [[ -s "$SALUS_STAGES.tests" ]] && awk '{ count += $1 + $2 } END { exit count == 0 }' "$SALUS_STAGES.tests"
}

# The sum over all runners, in the form that every tool reads.
test_summary() {
    [[ -s "$SALUS_STAGES.tests" ]] || return 0
    awk '{ passed += $1; failed += $2 } END { printf "\n%d passed, %d failed\n", passed, failed }' "$SALUS_STAGES.tests"
}
