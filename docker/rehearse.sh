#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'HELP'
usage: docker/rehearse.sh [--subnet A.B.C] [--containers] [--owner USER] FOLDER
       docker/rehearse.sh --help

Makes a network of four hospitals for practice on one machine. It writes all files that `salus network keys` and
`salus network init` would write on four machines into FOLDER:

  FOLDER/a ... FOLDER/d   the /etc/salus of each hospital's node, with its own keys only
  FOLDER/vault-a ...      the /etc/salus of each hospital's vault service: vault.toml, a certificate, and the keys that it needs.
                          Each vault keeps copies of all others, so the loss of one loses nothing
  FOLDER/desk             the identities of all people, under the password SALUS_PASSWORD, the phrases that restore them, and
                          authority.crt: the certificate authority of this rehearsal, for SSL_CERT_FILE. Its key is deleted

To save hours of waiting, a session lasts a minute there, and an upgrade of the runtime waits for two. The script never
changes an existing network. It needs the programs `salus`, `salus-node`, `salus-vault` and `openssl`. Use it for practice only:
in a real network no machine ever holds the keys of two hospitals.

  --subnet A.B.C   the hospitals' addresses are A.B.C.11 to A.B.C.14; default 10.78.0
  --containers     for docker/compose.yaml: the nodes' JSON-RPC ports are 9944 to 9947, each vault is in /data, and Prometheus asks
                   the services from another container
  --owner USER     the new owner of the files; needs root
HELP
}

fail() {
    echo "rehearse: error: $1" >&2
    [[ $# -lt 2 ]] || echo "hint: $2" >&2
    exit 2
}

hospitals=(a b c d)
# Where members reach a vault service: a port that needs no privilege.
vault_port=8443
# Seconds between two looks for what vaults have to copy: people who practice wait for it.
copies_every=2

main() {
    local subnet=10.78.0 owner='' folder='' made
    containers=no
    while [[ $# -gt 0 ]]; do
        case "$1" in
        -h | --help) help && exit 0 ;;
        --subnet | --owner)
            [[ -n "${2:-}" ]] || fail "\`$1\` needs a value" "rehearse.sh --help"
            if [[ "$1" == --subnet ]]; then subnet="$2"; else owner="$2"; fi
            shift
            ;;
        --containers) containers=yes ;;
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
        [[ -e "$folder/desk/authority.crt" ]] || fail "the network in \`$folder\` is of an earlier version, and has no vault services" \
            "delete it, and begin again"
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
    for name in "${hospitals[@]}" "${hospitals[@]/#/vault-}" desk; do
        [[ ! -e "$1/$name" || -z "$(ls -A "$1/$name")" ]] || fail "\`$1/$name\` is not empty, and has no finished network" \
            "remove it, or choose another folder"
    done
}

found_network() {
    local made="$1" subnet="$2" name number=0 address written
    mkdir "$made/desk"
    mkdir -m 0700 "$made/desk/home"
    printf '%s\n' '[network]' 'name = "Salus Rehearsal"' 'id = "salus-rehearsal"' 'session = "1m"' 'upgrade-delay = "2m"' '' \
        >"$made/network.toml"
    make_authority "$made"
    for name in "${hospitals[@]}"; do
        address="$subnet.$((11 + number))"
        salus --home "$made/desk/home" network keys --name "Hospital ${name^}" --address "$address" \
            --vault-address "https://$address:$vault_port" \
            --out "$made/keys-$name" --phrase-file "$made/desk/phrases-$name" >/dev/null
        make_vault "$made" "$name" "$number" "$address"
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

# quietly COMMAND...: without a word, unless it fails.
quietly() {
    local said
    said="$("$@" 2>&1)" || fail "$1 $2: $said"
}

# An elliptic curve that every TLS library knows.
curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
days=3650

# make_authority MADE: the key never leaves the temporary folder.
make_authority() {
    quietly openssl req -x509 "${curve[@]}" -days "$days" -subj "/CN=Salus Rehearsal" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -keyout "$1/authority.key" -out "$1/desk/authority.crt"
}

# make_certificate MADE NAME ADDRESS
make_certificate() {
    local made="$1" folder="$1/vault-$2"
    quietly openssl req -new "${curve[@]}" -subj "/CN=Vault of Hospital ${2^}" -keyout "$folder/vault.key" -out "$made/vault-$2.request"
    printf '%s\n' "subjectAltName=IP:$3" "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
        "extendedKeyUsage=serverAuth" "authorityKeyIdentifier=keyid" >"$made/vault-$2.extensions"
    quietly openssl x509 -req -in "$made/vault-$2.request" -CA "$made/desk/authority.crt" -CAkey "$made/authority.key" \
        -days "$days" -extfile "$made/vault-$2.extensions" -out "$folder/vault.crt"
    chmod 0600 "$folder/vault.key"
}

# make_vault MADE NAME NUMBER ADDRESS: the files of a vault service, whose key the hospital's entry then names.
make_vault() {
    local made="$1" name="$2" number="$3" folder="$1/vault-$2" store=store rpc=9944 other partners='' key
    if [[ "$containers" == yes ]]; then
        store=/data
        rpc=$((rpc + number))
    fi
    mkdir -m 0700 "$folder"
    make_certificate "$made" "$name" "$4"
    # The vaults trust one another by it.
    cp "$made/desk/authority.crt" "$folder/authority.crt"
    # In the name of the hospital's service the vault asks its partners for copies, and posts receipts.
    sed -n "s/^hospital-$name-service: \(.*\)/\1\/\/transaction/p" "$made/desk/phrases-$name" |
        (umask 0077 && cat >"$folder/member.key")
    [[ -s "$folder/member.key" ]] || fail "there is no phrase of hospital-$name-service"
    salus-vault init --institution "$number" --authority "$4:$vault_port" --listen "0.0.0.0:$vault_port" \
        --node "ws://127.0.0.1:$rpc" --store "$store" --tls-certificate vault.crt --tls-key vault.key --folder "$folder" \
        >"$made/vault-$name.said" || fail "the files of the vault of hospital $name cannot be made"
    # `init` names the key, and does not make it.
    sed -i 's/^# \(member-key = "member.key"\)$/\1/' "$folder/vault.toml"
    grep -q '^member-key' "$folder/vault.toml" || fail "\`salus-vault init\` names no key of a member"
    [[ "$containers" == no ]] || sed -i 's/^monitoring = .*/monitoring = "0.0.0.0:9617"/' "$folder/vault.toml"
    for other in "${!hospitals[@]}"; do
        [[ "$other" == "$number" ]] || partners+="${partners:+, }$other"
    done
    printf '%s\n' '' '[copies]' "partners = [$partners]" "every-seconds = $copies_every" \
        >>"$folder/vault.toml"
    key="$(grep -oE '0x[0-9a-f]{64}' "$made/vault-$name.said" | head -n 1)" || fail "\`salus-vault init\` printed no key"
    sed -i "/^\[hospital.institution\]/,/^encryption = /s/^encryption = .*/encryption = \"$key\"/" "$made/keys-$name/hospital.toml"
    grep -q "\"$key\"" "$made/keys-$name/hospital.toml" || fail "the entry of hospital $name does not have the key of its vault"
}

put() {
    local made="$1" folder="$2" owner="$3" name
    for name in "${hospitals[@]}" "${hospitals[@]/#/vault-}" desk; do
        mkdir -p "$folder/$name"
        [[ "$name" != vault-* ]] || chmod 0700 "$folder/$name"
        # Without the folder itself, which may be a volume.
        cp -a "$made/$name"/* "$folder/$name/"
    done
    cp "$made/network.toml" "$folder/desk/network.toml"
    # Last, because a user who gives files away may not be able to write into their folders any more.
    for name in "${hospitals[@]}" "${hospitals[@]/#/vault-}" desk; do
        [[ -z "$owner" ]] || chown -R "$owner" "$folder/$name"
    done
}

main "$@"
