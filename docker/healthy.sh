#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Tells by status 0 or 1 whether the node of this machine or container is ready: it answers, has peers unless it expects none,
# and is not catching up. It uses bash only, so that the image needs no other program. `salus doctor` says much more, and
# takes five seconds.
set -euo pipefail

ready() {
    local status='' port="${SALUS_RPC_PORT:-9944}"
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    # The node answers only clients that call it by this machine's name and port, so no web page can reach it.
    printf 'GET /health/readiness HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$port" >&3
    read -r -t 4 _ status _ <&3 || return 1
    [[ "$status" == 200 ]]
}

ready 2>/dev/null || {
    echo "the node is not ready"
    exit 1
}
