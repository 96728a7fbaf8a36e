#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Whether the node of this machine or container is ready: it answers, has peers unless it expects none, and is not catching
# up. Status 0 or 1, and no program but bash, so that the image needs no other. `salus doctor` says much more, and takes
# five seconds.
set -euo pipefail

ready() {
    local status='' port="${SALUS_RPC_PORT:-9944}"
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    # The node answers only who calls it by the name and port of this machine, so that no web page can have it asked.
    printf 'GET /health/readiness HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$port" >&3
    read -r -t 4 _ status _ <&3 || return 1
    [[ "$status" == 200 ]]
}

ready 2>/dev/null || {
    echo "the node is not ready"
    exit 1
}
