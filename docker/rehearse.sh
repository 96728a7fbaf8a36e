#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'HELP'
usage: docker/rehearse.sh [--subnet A.B.C] [--owner USER] FOLDER
       docker/rehearse.sh --help

Makes a network of four hospitals for practice on one machine. It writes all files that `salus network keys` and
`salus network init` would write on four machines into FOLDER:

  FOLDER/a ... FOLDER/d   the /etc/salus of each hospital, with its own keys only
  FOLDER/desk             the identities of all people, under the password SALUS_PASSWORD, and the phrases that restore them

To save hours of waiting, a session lasts a minute there, and an upgrade of the runtime waits for two. The script never
changes an existing network. It needs the programs `salus` and `salus-node`. Use it for practice only: in a real network no
machine ever holds the keys of two hospitals.

  --subnet A.B.C   the hospitals' addresses are A.B.C.11 to A.B.C.14; default 10.78.0
  --owner USER     the new owner of the files; needs root
HELP
}

fail() {
    echo "rehearse: error: $1" >&2
    [[ $# -lt 2 ]] || echo "hint: $2" >&2
    exit 2
}

hospitals=(a b c d)

main() {
    local subnet=10.78.0 owner='' folder='' made
    while [[ $# -gt 0 ]]; do
        case "$1" in
        -h | --help) help && exit 0 ;;
        --subnet | --owner)
            [[ -n "${2:-}" ]] || fail "\`$1\` needs a value" "rehearse.sh --help"
            if [[ "$1" == --subnet ]]; then subnet="$2"; else owner="$2"; fi
            shift
            ;;
        -*) fail "unknown option: \`$1\`" "rehearse.sh --help lists the options" ;;
        *)
            [[ -z "$folder" ]] || fail "more than one folder is given"
            folder="$1"
            ;;
        esac
        shift
    done
    [[ -n "$folder" ]] || fail "no folder is given" "rehearse.sh FOLDER"
    [[ "$subnet" =~ ^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$ ]] || fail "\`$subnet\` is not the beginning of an address" "A.B.C"
    [[ -n "${SALUS_PASSWORD:-}" ]] || fail "SALUS_PASSWORD is not set" "it becomes the password of the identities"

    # The script writes this last, as a sign that all else is there.
    if [[ -e "$folder/desk/network.toml" ]]; then
        echo "rehearse: there is a network in $folder already"
        return
    fi
    check_empty "$folder"
    made="$(mktemp -d)"
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$made'" EXIT
    found_network "$made" "$subnet"
    put "$made" "$folder" "$owner"
    echo "rehearse: a network of four hospitals is in $folder"
}

# Volumes exist before their files do.
check_empty() {
    local name
    for name in "${hospitals[@]}" desk; do
        [[ ! -e "$1/$name" || -z "$(ls -A "$1/$name")" ]] || fail "\`$1/$name\` is not empty, and has no finished network" \
            "remove it, or choose another folder"
    done
}

found_network() {
    local made="$1" subnet="$2" name number=11 written
    mkdir "$made/desk"
    mkdir -m 0700 "$made/desk/home" "$made/desk/vaults"
    printf '%s\n' '[network]' 'name = "Salus Rehearsal"' 'id = "salus-rehearsal"' 'session = "1m"' 'upgrade-delay = "2m"' '' \
        >"$made/network.toml"
    for name in "${hospitals[@]}"; do
        salus --home "$made/desk/home" network keys --name "Hospital ${name^}" --address "$subnet.$number" \
            --out "$made/keys-$name" --phrase-file "$made/desk/phrases-$name" >/dev/null
        cat "$made/keys-$name/hospital.toml" >>"$made/network.toml"
        number=$((number + 1))
    done
    salus network init "$made/network.toml" --out "$made/network" >/dev/null
    for name in "${hospitals[@]}"; do
        written=("$made/network/"[0-9]"-hospital-$name")
        mv "${written[0]}" "$made/$name"
        mv "$made/keys-$name" "$made/$name/keys"
    done
}

put() {
    local made="$1" folder="$2" owner="$3" name
    for name in "${hospitals[@]}" desk; do
        mkdir -p "$folder/$name"
        # Without the folder itself, which may be a volume.
        cp -a "$made/$name"/* "$folder/$name/"
    done
    cp "$made/network.toml" "$folder/desk/network.toml"
    # Last, because a user who gives files away may not be able to write into their folders any more.
    for name in "${hospitals[@]}" desk; do
        [[ -z "$owner" ]] || chown -R "$owner" "$folder/$name"
    done
}

main "$@"
