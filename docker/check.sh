#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'HELP'
usage: docker/check.sh [--help]

Checks this folder and the vault service's systemd unit without a container engine: the scripts; with Node.js (docker/checks) the
image's recipe, the compose files, the dashboard and the unit; with systemd's own systemd-analyze, where it is installed, the unit
again; with Prometheus' own promtool its configuration, the rules and the rules' tests. A scenario in e2e asks real nodes whether
every metric of nodes that they name exists. .ci/run calls this script.

The script takes promtool from the PATH, or from Debian's package `prometheus`, which it unpacks into the build folder without
installing it.
HELP
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

main() {
    case "${1:-}" in
    '') ;;
    -h | --help) help && exit 0 ;;
    *) fail "unknown option: \`$1\`" "docker/check.sh --help" ;;
    esac
    salus_environment
    cd "$salus_root/docker"
    check_scripts
    (
        cd checks
        npm ci --no-audit --no-fund --silent
        npm test
    )
    check_unit
    find_promtool
    "$promtool" check config prometheus/prometheus.yaml
    # Each rule has a test.
    check_tested
    (cd prometheus && "$promtool" test rules alerts.test.yaml days.alerts.test.yaml)
    say "all is well"
}

check_scripts() {
    local script
    for script in *.sh; do bash -n "$script"; done
    if have shellcheck; then
        shellcheck --external-sources --source-path="$salus_root" ./*.sh
    else
        say "shellcheck is not installed: syntax only"
    fi
}

# The highest exposure, in tenths, that systemd may find in the unit of the vault service; a unit without hardening has 96.
exposure=20

check_unit() {
    if ! have systemd-analyze; then
        say "systemd-analyze is not installed: it does not read the unit"
        return
    fi
    local folder
    folder="$(mktemp -d)"
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$folder'" EXIT
    # The program need not be installed here.
    sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$salus_root/vault-service/salus-vault.service" >"$folder/salus-vault.service"
    systemd-analyze verify --recursive-errors=no "$folder/salus-vault.service" || fail "systemd does not take the unit of the vault service"
    systemd-analyze security --no-pager --offline=true --threshold="$exposure" "$folder/salus-vault.service" \
        >"$folder/findings" || {
        cat "$folder/findings" >&2
        fail "the unit of the vault service leaves more open than it did" \
            "systemd finds more than $exposure tenths; the table above has the reasons"
    }
}

find_promtool() {
    local folder="$CARGO_TARGET_DIR/tools/prometheus"
    promtool="$(command -v promtool || echo "$folder/usr/bin/promtool")"
    [[ ! -x "$promtool" ]] || return 0
    have apt-get || fail "promtool is not installed" "it is a part of Prometheus"
    say "unpacking Debian's promtool into $folder"
    mkdir -p "$folder"
    (
        cd "$folder"
        # The package lists may be missing, or older than the archive.
        download || { apt-get --quiet update && download; }
        dpkg-deb --extract prometheus_*.deb .
        rm -f prometheus_*.deb usr/bin/prometheus
    ) || fail "promtool could not be unpacked" "install Prometheus, or put promtool on the PATH"
}

download() { apt-get --quiet --option APT::Sandbox::User=root download prometheus; }

check_tested() {
    local rules alert alerts missing=0
    for rules in prometheus/{,vault-}alerts.yaml; do
        # A file without alerts would be one that this line cannot read.
        alerts="$(sed -n 's/^ *- alert: //p' "$rules" | grep .)" ||
            fail "no alert was found in $rules" "the lines should begin with \`- alert:\`"
        while read -r alert; do
            grep -q "alertname: $alert\$" prometheus/{,days.}alerts.test.yaml || {
                warn "no test in prometheus/ tries $alert"
                missing=1
            }
        done <<<"$alerts"
    done
    return "$missing"
}

main "$@"
