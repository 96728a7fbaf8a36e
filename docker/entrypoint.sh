#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The first argument decides what the container runs:
#
#   (no argument)             the hospital's node, as `salus network init` wrote it: /etc/salus/run-node
#   OPTION... or SUBCOMMAND   salus-node with these
#   salus-vault run           the hospital's vault service, as /etc/salus/vault.toml configures it
#   salus ARGUMENT...         the command line; likewise salus-node, rehearse.sh, healthy.sh and sh
set -eu

case "${1:-}" in
'')
    if [ ! -x /etc/salus/run-node ]; then
        echo "error: there is no /etc/salus/run-node" >&2
        echo "hint: mount the hospital's folder that \`salus network init\` wrote as /etc/salus, or give the node's options" >&2
        exit 2
    fi
    exec /etc/salus/run-node
    ;;
salus | salus-node | salus-vault | rehearse.sh | healthy.sh | sh) exec "$@" ;;
*) exec salus-node "$@" ;;
esac
