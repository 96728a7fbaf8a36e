#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/check-api.sh [--no-setup] [--help]

Holds the description that salus-vault gives of itself (/v1/openapi.json) against its answers: schemathesis sends more than a
thousand requests, well-formed and ill-formed, signed by members and by strangers, to a service beside a node. The script fails
when an answer is a fault or contradicts the description. e2e/api says how requests are signed and which answers are right.

It installs schemathesis (PyPI) in the build folder, and builds the programs if they are missing.

  --no-setup   do not call scripts/setup.sh first
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    local setup=yes
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --no-setup) setup=no ;;
        -h | --help) help && exit 0 ;;
        *) fail "unknown option: \`$1\`" "scripts/check-api.sh --help" ;;
        esac
        shift
    done
    [[ "$setup" == no ]] || "$salus_root/scripts/setup.sh" --tests
    salus_environment
    cd "$salus_root"
    install_schemathesis "$CARGO_TARGET_DIR/tools/schemathesis"
    cargo build --locked --release --workspace
    salus_workspace_selection
    SALUS_BIN_DIR="$CARGO_TARGET_DIR/release" SALUS_SCHEMATHESIS="$CARGO_TARGET_DIR/tools/schemathesis/bin/schemathesis" \
        cargo test "${salus_workspace_arguments[@]}" --test scenarios -- --ignored --nocapture api_description
}

# install_schemathesis FOLDER: the versions in e2e/api/requirements.txt, unless they are there.
install_schemathesis() {
    local folder="$1" wanted="$salus_root/e2e/api/requirements.txt"
    ! cmp --silent "$wanted" "$folder/requirements.txt" || return 0
    say "installing schemathesis"
    rm -rf "$folder"
    if ! python3 -m venv "$folder" ||
        ! "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"; then
        fail "schemathesis could not be installed" "the output above says why"
    fi
    cp "$wanted" "$folder/requirements.txt"
}

main "$@"
