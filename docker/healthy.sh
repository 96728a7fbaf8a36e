#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
#   healthy.sh           the node: it answers, has peers unless it expects none, and is not catching up
#   healthy.sh --vault   the vault service: it answers requests, and its node's finalized state is younger than two minutes
#
# Tells by status 0 or 1 whether the one of this machine or container is ready. It uses bash only, so that the image needs no
# other program. `salus doctor` says much more of a node, and takes five seconds.
set -euo pipefail

# ready PORT PATH
ready() {
    local status=''
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    # The node answers only clients that call it by this machine's name and port, so no web page can reach it.
    printf 'GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
    read -r -t 4 _ status _ <&3 || return 1
    [[ "$status" == 200 ]]
}

case "$*" in
'') what='the node' port="${SALUS_RPC_PORT:-9944}" path=/health/readiness ;;
--vault) what='the vault service' port="${SALUS_VAULT_MONITORING_PORT:-9617}" path=/ready ;;
*)
    echo "usage: healthy.sh [--vault]" >&2
    exit 2
    ;;
esac
ready "$port" "$path" 2>/dev/null || {
    echo "$what is not ready"
    exit 1
}
