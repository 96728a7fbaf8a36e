#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/demo.sh [--story NAME] [--bundle FILE]... [--keep FOLDER] [--no-setup] [--help]

Shows a record's life on a real chain, step by step, and checks each claim: two hospitals, each with a node, a vault service and
a disk of its own, a laboratory, a patient, two doctors and a stranger. It ends with a table of all steps and status 0, or names
the claim that failed. The first run also sets the machine up and builds everything; later runs take some minutes.

  --story NAME    another story than the main one: `correction` (a patient contests a record, disagrees with the answer, and gets
                  it corrected), `disclosure` (a doctor discloses a record under the patient's grant, and that grant ends) or
                  `shredding` (a hospital keeps a record by law, then shreds it as the patient asked, and attests that)
  --bundle FILE   a FHIR R4 bundle of one patient, in JSON, instead of the invented one; may be repeated
  --keep FOLDER   keep nodes, vaults, keys and exports in this new folder; without it the demo deletes them at the end
  --no-setup      do not call scripts/setup.sh first
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    local setup=yes arguments=()
    while [[ $# -gt 0 ]]; do
        case "$1" in
        -h | --help) help && exit 0 ;;
        --no-setup) setup=no ;;
        --story)
            [[ $# -ge 2 ]] || fail "\`$1\` needs a name" "scripts/demo.sh --help lists them"
            arguments+=("$1" "$2")
            shift
            ;;
        --bundle | --keep)
            [[ $# -ge 2 ]] || fail "\`$1\` needs a path" "scripts/demo.sh --help"
            # The programs run in another folder than the caller.
            arguments+=("$1" "$(realpath -m -- "$2")")
            shift
            ;;
        *) fail "unknown option: \`$1\`" "scripts/demo.sh --help lists them" ;;
        esac
        shift
    done
    [[ "$setup" == no ]] || "$salus_root/scripts/setup.sh"
    salus_environment
    cd "$salus_root"
    say "building; from nothing this takes 25 to 45 minutes on two cores"
    cargo build --locked --release --workspace
    export SALUS_BIN_DIR="$CARGO_TARGET_DIR/release"
    exec "$SALUS_BIN_DIR/salus-demo" "${arguments[@]}"
}

main "$@"
