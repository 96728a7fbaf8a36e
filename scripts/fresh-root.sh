#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/fresh-root.sh [--mirror URL] FOLDER [--] COMMAND [ARGUMENT]...
       scripts/fresh-root.sh --help

For developers: runs a command on a Debian 12 that has only its base system, to see whether the scripts prepare a machine by
themselves. It makes such a system in FOLDER with debootstrap, unless there is one already; copies this checkout into it (all
files that git tracks or does not ignore) as /salus; and runs COMMAND there. Needs root. Example:

  scripts/fresh-root.sh /var/tmp/debian-12 scripts/setup.sh

The command uses this machine's name servers, proxies and certificates, but neither its rustup nor its /home and /root. The
build folder is /salus/target, and stays from run to run. Delete FOLDER when done: nothing stays mounted.

  --mirror URL   the source of packages; default: the first source of this machine's apt
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

suite=bookworm

main() {
    local mirror='' root
    while [[ "${1:-}" == -* ]]; do
        case "$1" in
        --mirror) mirror="${2:?--mirror needs a URL}" && shift ;;
        -h | --help) help && exit 0 ;;
        *) fail "unknown option: \`$1\`" "scripts/fresh-root.sh --help lists the options" ;;
        esac
        shift
    done
    [[ $# -ge 1 ]] || fail "no folder given" "scripts/fresh-root.sh FOLDER COMMAND"
    root="$1" && shift
    [[ "${1:-}" != -- ]] || shift
    [[ $# -ge 1 ]] || fail "no command given" "scripts/fresh-root.sh FOLDER COMMAND"
    [[ "$(id -u)" == 0 ]] || fail "debootstrap and namespaces need root" "sudo scripts/fresh-root.sh ..."
    git -C "$salus_root" rev-parse --git-dir >/dev/null ||
        fail "git cannot list the files of \`$salus_root\` to copy" "run this in a git checkout of your own"
    have debootstrap || fail "debootstrap is not installed" "apt-get install debootstrap"

    [[ -e "$root/.salus-fresh-root" ]] || make_root "$root" "${mirror:-$(first_mirror)}"
    root="$(cd "$root" && pwd)"
    copy_machine_settings "$root"
    copy_checkout "$root"
    run_inside "$root" "$@"
}

first_mirror() {
    local mirror
    mirror="$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        sed -nE 's/^URIs: *([^ ]*debian)\/? *$/\1/p; s/^deb (\[[^]]*\] )?([^ ]*debian)\/? .*/\2/p' | head -n 1)"
    [[ -n "$mirror" ]] || fail "this machine's apt names no source of Debian's packages" "give one with --mirror"
    printf '%s' "$mirror"
}

make_root() {
    [[ ! -e "$1" || -z "$(ls -A "$1")" ]] || fail "\`$1\` is not empty, and this script did not make it" "give another folder"
    say "making a $suite in $1"
    mkdir -p "$1"
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$1" "$2" >"$1.log" 2>&1 ||
        fail "debootstrap failed" "see $1.log"
    cat >"$1/etc/apt/sources.list" <<EOF
deb $2 $suite main
deb $2 $suite-updates main
deb ${2%/debian}/debian-security $suite-security main
EOF
    touch "$1/.salus-fresh-root"
}

copy_machine_settings() {
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    # Beside the bundle that Debian makes: configuring the package writes that one again.
    certificates="${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}"
    [[ ! -e "$certificates" ]] || cp "$certificates" "$1/etc/ssl/machine-certificates.crt"
    apt-config dump 2>/dev/null | grep -iE '^Acquire::(https?|ftp)::Proxy ' >"$1/etc/apt/apt.conf.d/90machine" || true
}

# Replaces everything but the build folder, so that a file deleted here is gone there too.
copy_checkout() {
    mkdir -p "$1/salus"
    find "$1/salus" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
    (cd "$salus_root" && git ls-files --cached --others --exclude-standard -z |
        while IFS= read -r -d '' file; do [[ ! -e "$file" ]] || printf '%s\0' "$file"; done |
        tar --create --null --files-from=-) | tar --extract --directory "$1/salus" --no-same-owner
}

# In a mount and process namespace of its own: nothing stays mounted and nothing keeps running, whatever ends this. The folder
# becomes the root of that namespace. In a chroot the kernel refuses new user namespaces, and some tests make those.
run_inside() {
    local root="$1" variable environment=(HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}"
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    shift
    for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY CI CARGO_BUILD_JOBS SALUS_BUDGET_SCALE; do
        [[ -z "${!variable:-}" ]] || environment+=("$variable=${!variable}")
    done
    if [[ -e "$root/etc/ssl/machine-certificates.crt" ]]; then
        for variable in SSL_CERT_FILE CARGO_HTTP_CAINFO NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO; do
            environment+=("$variable=/etc/ssl/machine-certificates.crt")
        done
    fi
    # shellcheck disable=SC2016  # expanded by the inner shells
    exec unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        root="$1"; shift
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount -t sysfs -o ro sysfs "$root/sys"
        mount --rbind /dev "$root/dev"
        cd "$root"
        pivot_root . .
        umount --lazy .
        cd /
        exec env -i "$@"' \
        fresh-root "$root" "${environment[@]}" bash -c 'cd /salus && exec "$@"' fresh-root "$@"
}

main "$@"
