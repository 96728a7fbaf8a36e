#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

help() {
    cat <<'EOF'
usage: scripts/network.sh [--state FOLDER] [--no-setup] COMMAND
       scripts/network.sh --help

Starts four hospitals on this machine without a container engine, for practice. Each has a network namespace, keys and an
address (10.77.0.11 to .14) of its own. `salus network init` writes its `run-node`, which starts the node, and its
`salus.nft`, which guards it. Its vault service answers at port 8443, with a folder of its own, and keeps copies of the others'
vaults. Packets reach these two ports and no other one. A fifth machine, e at 10.77.0.15, has only its line: to practice joining.
Sessions last a minute, and an upgrade of the runtime waits for two. The network is invisible outside: it lives in one mount,
process and network namespace, and ends with it. docker/compose.yaml has the same topology in containers.

  up                      make the network, unless it is there already, start it, and wait until blocks are final
  status                  say how each node and vault is doing; status 0 if all nodes finalize and all vaults answer, else 1
  run HOSPITAL COMMAND... run a command on the machine of hospital a, b, c, d or e: `salus` finds its node and all identities
                          there, under the password "rehearsal", and the vaults by the chain. The command sees no process
                          and no folder of another hospital. Its background processes end with it
  stop HOSPITAL [vault]   stop a hospital's node, or its vault service, to simulate a fault
  start HOSPITAL [vault]  start it again
  forward HOSPITAL        let programs on this machine, such as Polkadot.js Apps, reach a hospital's JSON-RPC at
                          ws://127.0.0.1:9944, until you interrupt it. Needs socat
  down [--forget]         end everything that `up` started; with --forget, delete the chain and the keys too

After `down`, `up` continues the same chain. It needs iproute2, nftables, util-linux and openssl, which scripts/setup.sh installs; and
root, or a kernel that lets users make namespaces. If Prometheus is installed (or PROMETHEUS names the program), each hospital
gets one, with the alert rules of docker/prometheus, at its own 127.0.0.1:9090.

  --state FOLDER   the folder of keys, chains and logs; default: `network` in the build folder. Two folders, two networks
  --no-setup       do not call scripts/setup.sh for missing network tools or compilers

  SALUS_BIN_DIR    the folder of salus-node, salus-vault and salus; default: the build folder, in which `up` builds them if one is
                   missing
EOF
}

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

script="$salus_root/scripts/network.sh"
hospitals=(a b c d)
# One more machine is empty, until the user of this script lets it join as a hospital.
machines=("${hospitals[@]}" e)
subnet=10.77.0
password=rehearsal
# Seconds that `up` waits for the first finalized blocks, and `down` for the nodes to end.
patience_up=300
patience_down=40
# The port of vault services; docker/rehearse.sh enters it.
vault_port=8443

main() {
    local command=''
    setup=yes
    state=''
    while [[ $# -gt 0 && -z "$command" ]]; do
        case "$1" in
        -h | --help) help && exit 0 ;;
        --no-setup) setup=no ;;
        --state)
            [[ -n "${2:-}" ]] || fail "\`--state\` needs a folder" "scripts/network.sh --help"
            state="$2"
            shift
            ;;
        up | status | run | stop | start | forward | down) command="$1" ;;
        # How this script calls itself inside the namespaces; the environment is made there already.
        inside) command="$1" ;;
        *) fail "unknown command or option: \`$1\`" "scripts/network.sh --help lists them" ;;
        esac
        shift
    done
    [[ -n "$command" ]] || fail "no command is given" "scripts/network.sh up"
    check_arguments "$command" "$@"
    [[ "$command" == inside ]] || salus_environment
    bin="${SALUS_BIN_DIR:-${CARGO_TARGET_DIR:-}/release}"
    state="$(realpath -m -- "${state:-${CARGO_TARGET_DIR:-}/network}")"
    [[ "$state/" != /run/* ]] || fail "the state cannot be in /run, since the namespaces have a /run of their own" "choose another --state"
    "command_$command" "$@"
}

check_arguments() {
    local command="$1"
    shift
    case "$command" in
    up | status) [[ $# -eq 0 ]] || fail "\`$command\` takes nothing more: \`$1\`" "scripts/network.sh --help" ;;
    run) [[ $# -ge 2 ]] || fail "\`run\` needs a hospital and a command" "scripts/network.sh run a salus status" ;;
    stop | start)
        [[ $# -eq 1 || ($# -eq 2 && "$2" == vault) ]] ||
            fail "\`$command\` needs a hospital, and \`vault\` or nothing more" "scripts/network.sh $command d vault"
        ;;
    forward) [[ $# -eq 1 ]] || fail "\`$command\` needs a hospital" "scripts/network.sh $command d" ;;
    down) [[ $# -eq 0 || "$*" == --forget ]] || fail "unknown option: \`$1\`" "scripts/network.sh down --forget" ;;
    esac
    case "$command" in
    run | stop | start | forward)
        [[ " ${machines[*]} " == *" $1 "* ]] || fail "there is no hospital \`$1\`" "they are ${machines[*]}"
        ;;
    esac
}

# ---- Commands ---------------------------------------------------------------------------------------------------------

command_up() {
    check_machine
    build
    take_turn
    if running; then
        say "it is up already"
        what_next
        return
    fi
    PATH="$bin:$PATH" SALUS_PASSWORD="$password" "$salus_root/docker/rehearse.sh" --subnet "$subnet" "$state/network" |
        sed 's/^rehearse: /network: /'
    say "starting four nodes and vault services"
    # A failure from here on leaves no process behind.
    trap 'warn "interrupted: ending what was started"; end; exit 2' INT TERM
    begin
    if ! { wait_for_finality && wait_for_vaults; }; then
        tail -n 5 "$state/inside.log" "$state"/log/*.log >&2 2>/dev/null || true
        running || fail "the four machines could not be made" "what was said is in $state/inside.log"
        end
        fail "some node finalized nothing within $patience_up s, or some vault service is not ready" "the whole logs are in $state/log"
    fi
    trap - INT TERM
    command_status || true
    what_next
}

command_status() {
    if ! running; then
        say "it is down"
        return 1
    fi
    local name well=yes answer node best final vault
    printf '%-10s %-12s %-8s %10s %10s  %s\n' hospital address node best final vault
    for name in "${machines[@]}"; do
        has_files "$name" || continue
        node=stopped best=- final=-
        if answer="$(on "$name" salus --json status 2>/dev/null)"; then
            node=runs
            best="$(number_of best "$answer")"
            final="$(number_of finalized "$answer")"
            ((final > 0 && best - final <= 10)) || well=no
        else
            well=no
        fi
        vault="$(state_of_vault "$name")"
        [[ "$vault" == answers || "$vault" == none ]] || well=no
        printf '%-10s %-12s %-8s %10s %10s  %s\n' "$name" "$(address_of "$name")" "$node" "$best" "$final" "$vault"
    done
    [[ "$well" == yes ]]
}

command_run() {
    must_run
    local name="$1"
    shift
    # The first process of a process namespace ignores what would end others, so the command is its child.
    # shellcheck disable=SC2016  # expanded inside
    on "$name" "$BASH" "$script" --state "$state" inside apart "$name" "$BASH" -c 'trap : INT TERM; "$@"' run "$@"
}

command_stop() {
    must_run
    local file what
    file="$(process_file "$@")"
    what="$(name_of_process "$@")"
    # shellcheck disable=SC2016  # expanded inside
    on "$1" bash -c '
        id="$(cat "$1" 2>/dev/null)" && kill "$id" 2>/dev/null || exit 1
        for ((turn = 0; turn < 400; turn++)); do
            kill -0 "$id" 2>/dev/null || exit 0
            sleep 0.1
        done
        kill -KILL "$id"' stop "$file" || fail "$what does not run"
    say "$what is stopped"
}

command_start() {
    must_run
    local part="${2:-node}" what
    what="$(name_of_process "$@")"
    if [[ "$part" == vault ]]; then
        has_vault "$1" || fail "there is no $state/network/vault-$1/vault.toml" "\`salus-vault init\` writes it"
    else
        has_files "$1" || fail "there is no $state/network/$1/run-node" "\`salus network init\` writes it"
    fi
    ! lives "$@" || fail "$what runs already"
    on "$1" "$BASH" "$script" --state "$state" inside "$part" "$1"
    say "$what is started; its log is $state/log/$part-$1.log"
}

# process_file HOSPITAL [vault]: where the number of a process is.
process_file() { echo "$state/${2:-node}-$1.pid"; }

name_of_process() {
    if [[ "${2:-node}" == vault ]]; then
        echo "the vault service of hospital $1"
    else
        echo "the node of hospital $1"
    fi
}

# lives HOSPITAL [vault]
lives() {
    # shellcheck disable=SC2016  # expanded inside
    on "$1" bash -c 'kill -0 "$(cat "$1" 2>/dev/null)" 2>/dev/null' lives "$(process_file "$@")"
}

# state_of_vault HOSPITAL: `answers` as monitoring sees it; `waits`, such as for its node; `stopped`; or `none`.
state_of_vault() {
    if ! has_vault "$1"; then
        echo none
    elif ! lives "$1" vault; then
        echo stopped
    elif on "$1" "$salus_root/docker/healthy.sh" --vault >/dev/null 2>&1; then
        echo answers
    else
        echo waits
    fi
}

command_forward() {
    must_run
    have socat || fail "socat is not installed" "apt-get install socat"
    say "hospital $1 answers at ws://127.0.0.1:9944 until this is interrupted"
    # The paths go by the environment: socat gives quotes and colons meanings of their own.
    export SALUS_BIN_DIR="$bin" forward_script="$script" forward_state="$state"
    # shellcheck disable=SC2016  # expanded by the shell that socat starts
    # The same port: a node answers only clients that name its own.
    exec socat "TCP-LISTEN:9944,bind=127.0.0.1,fork,reuseaddr" \
        'SYSTEM:"$forward_script" --state "$forward_state" run '"$1"' socat STDIO TCP\:127.0.0.1\:9944'
}

command_down() {
    if [[ ! -d "$state" ]]; then
        say "there is no network in $state"
        return
    fi
    take_turn
    if running; then
        end
        say "everything has ended"
    else
        say "it is down already"
    fi
    if [[ "${1:-}" == --forget ]]; then
        forget
        say "keys and chains are deleted"
    fi
}

what_next() {
    local this=scripts/network.sh
    [[ "$state" == "$CARGO_TARGET_DIR/network" ]] || this+=" --state $state"
    cat <<EOF

Each hospital's JSON-RPC is ws://127.0.0.1:9944 on its own machine, and nowhere else. Its vault service is
https://$subnet.11:$vault_port for a, .12 for b, .13 for c and .14 for d. Try these:

  $this run a salus status
  $this run a salus institution list
  $this run b salus doctor --network $state/network/b/network.toml --keys $state/network/b/keys
  $this stop d        # one of four may fail: what do status and the doctor say?
  $this start d
  $this stop b vault  # the other vaults have copies: patients and doctors read on
  $this start b vault
  $this forward a     # then open ws://127.0.0.1:9944 with Polkadot.js Apps
  $this down

Logs: $state/log. Identities: $state/network/desk/home, password "$password".
EOF
}

# ---- Requirements of the machine --------------------------------------------------------------------------------------

check_machine() {
    # `nft` is in a folder that is on root's PATH only.
    export PATH="$PATH:/usr/sbin:/sbin"
    [[ "$setup" == no || -z "$(missing_packages network)" ]] || "$salus_root/scripts/setup.sh" --network
    local missing
    missing="$(missing_packages network)"
    [[ -z "$missing" ]] || fail "this machine lacks $missing" "apt-get install $missing"
    "${separation[@]}" true 2>/dev/null || fail "namespaces cannot be made here by $(id -un)" \
        "run this as root, or let users make them: sysctl kernel.unprivileged_userns_clone=1"
}

build() {
    [[ ! -x "$bin/salus-node" || ! -x "$bin/salus-vault" || ! -x "$bin/salus" ]] || return 0
    [[ -z "${SALUS_BIN_DIR:-}" ]] || fail "\`salus-node\`, \`salus-vault\` or \`salus\` is not in \`$bin\`"
    [[ "$setup" == no ]] || "$salus_root/scripts/setup.sh"
    salus_environment
    say "building; from nothing this takes 25 to 45 minutes on two cores"
    (cd "$salus_root" && cargo build --locked --release --workspace)
}

# ---- The namespaces, from outside -------------------------------------------------------------------------------------

# In front of a command: new, empty namespaces. All processes in them end with the command.
separation=(unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private)
[[ "$(id -u)" == 0 ]] || separation+=(--user --map-root-user)

# `up` and `down` go one after the other.
take_turn() {
    mkdir -p "$state"
    exec {turn}>"$state/turn"
    flock --wait "$patience_down" "$turn" || fail "another command starts or ends this network just now"
}

# Every process inside holds the lock while it runs, so the lock is right where files are stale.
running() {
    [[ -e "$state/alive" ]] && ! flock --nonblock "$state/alive" true
}

must_run() {
    running || fail "the network is down" "scripts/network.sh up"
}

begin() {
    mkdir -p "$state/log"
    rm -f "$state"/*.pid
    # In a session of its own, so that an interrupt at the terminal does not end the nodes.
    (
        exec {turn}>&- 9>"$state/alive"
        flock --nonblock 9
        # shellcheck disable=SC2030  # meant for what starts here
        export SALUS_BIN_DIR="$bin" SALUS_NETWORK_OUTSIDE
        # shellcheck disable=SC2030
        SALUS_NETWORK_OUTSIDE="$(namespaces)"
        setsid "${separation[@]}" \
            "$BASH" "$script" --state "$state" inside world >"$state/inside.log" 2>&1 </dev/null &
        echo "$!" >"$state/world.pid"
    )
}

# Ends everything, the nodes first and gently.
end() {
    local id first
    # While the lock is held, the numbers belong to no other process: the first owners hold the lock too.
    id="$(cat "$state/world.pid" 2>/dev/null)" || return 0
    first="$(cat "/proc/$id/task/$id/children" 2>/dev/null)" || first=''
    # Before there is a first process inside, there is no process to signal.
    kill "${first:-$id}" 2>/dev/null || true
    if ! flock --wait "$patience_down" "$state/alive" true; then
        warn "some processes did not end when asked; killing them"
        kill -KILL "$id" 2>/dev/null || true
        flock --wait 10 "$state/alive" true || fail "something still runs" "find out what holds $state/alive"
    fi
    rm -f "$state"/*.pid
}

# Deletes only what this script made.
forget() {
    local name
    for name in "${machines[@]}"; do
        rm -rf "$state/network/$name" "$state/network/vault-$name" "$state/data-$name" "$state/prometheus-$name"
    done
    rm -rf "$state/network/desk" "$state/log" "$state/inside.log" "$state/alive" "$state/turn"
    rmdir "$state/network" "$state" 2>/dev/null || true
}

# on HOSPITAL COMMAND...: on that hospital's machine, with the sight of this script.
on() {
    local name="$1" id user=()
    shift
    id="$(cat "$state/world.pid")"
    [[ "$(id -u)" == 0 ]] || user=(--user --preserve-credentials)
    nsenter --target "$id" "${user[@]}" --mount "--pid=/proc/$id/ns/pid_for_children" --wdns="$PWD" -- \
        nsenter "--net=/run/netns/hospital-$name" -- \
        env "${no_proxies[@]}" --unset=SALUS_VAULTS "PATH=$bin:$PATH" "SALUS_PASSWORD=$password" \
        "SALUS_HOME=$state/network/desk/home" "SSL_CERT_FILE=$state/network/desk/authority.crt" "SALUS_BIN_DIR=$bin" "SALUS_NETWORK_OUTSIDE=$(namespaces)" "$@"
}

# For `env`: a proxy of the machine cannot be reached from inside.
no_proxies=(--unset={HTTPS,ALL,HTTP}_PROXY --unset={https,all,http}_proxy)

wait_for_finality() {
    local name answer deadline=$((SECONDS + patience_up))
    for name in "${hospitals[@]}"; do
        until answer="$(on "$name" salus --json status 2>/dev/null)" && (($(number_of finalized "$answer") >= 3)); do
            running || return 1
            ((SECONDS < deadline)) || return 1
            sleep 1
        done
    done
}

wait_for_vaults() {
    local name deadline=$((SECONDS + patience_up))
    for name in "${hospitals[@]}"; do
        until [[ "$(state_of_vault "$name")" == @(answers|none) ]]; do
            running || return 1
            ((SECONDS < deadline)) || return 1
            sleep 1
        done
    done
}

# number_of best|finalized STATUS: a block's number in what `salus --json status` printed.
number_of() {
    tr -d ' \n' <<<"$2" | sed -nE "s/.*\"$1\":\{[^}]*\"number\":([0-9]+).*/\1/p" | grep . || echo 0
}

address_of() {
    local name place=11
    for name in "${machines[@]}"; do
        [[ "$name" != "$1" ]] || echo "$subnet.$place"
        place=$((place + 1))
    done
}

# Whether `salus network init` wrote files for that machine already.
has_files() {
    [[ -x "$state/network/$1/run-node" ]]
}

# Whether docker/rehearse.sh, or the user of this script, wrote a configuration of a vault service for that machine.
has_vault() {
    [[ -e "$state/network/vault-$1/vault.toml" ]]
}

# ---- The namespaces, from inside --------------------------------------------------------------------------------------

command_inside() {
    must_be_inside
    case "${1:-}" in
    world)
        [[ $$ == 1 ]] || refuse_inside
        inside_world
        ;;
    node) start_node "$2" ;;
    vault) start_vault "$2" ;;
    apart) apart "${@:2}" ;;
    view) view "${@:2}" ;;
    *) fail "unknown part: \`${1:-}\`" ;;
    esac
}

# The namespaces of this process, such as `mnt:[4026531841] net:[4026531840] pid:[4026531836] `.
namespaces() {
    readlink /proc/self/ns/mnt /proc/self/ns/net /proc/self/ns/pid | tr '\n' ' '
}

# The next functions mount over /run, change the network and end processes. `begin` and `on` pass the namespaces of the machine
# on; all three kinds have to be others here.
# shellcheck disable=SC2031  # `begin` sets it for another process
must_be_inside() {
    local name
    [[ "$(wc -w <<<"${SALUS_NETWORK_OUTSIDE:-}")" == 3 ]] || refuse_inside
    for name in $(namespaces); do
        [[ " $SALUS_NETWORK_OUTSIDE " != *" $name "* ]] || refuse_inside
    done
}

refuse_inside() {
    fail "\`inside\` works in namespaces of its own only, and these are the machine's" "scripts/network.sh up makes them"
}

# The first process inside: when it ends, the kernel ends all others.
inside_world() {
    local name
    trap end_inside TERM INT
    # Names of network namespaces are files below /run, which is a folder of our own in here.
    mount -t tmpfs tmpfs /run
    mkdir /run/netns
    ip link set dev lo up
    ip link add name consortium type bridge
    ip link set dev consortium up
    for name in "${machines[@]}"; do
        ip netns add "hospital-$name"
        ip link add name "line-$name" type veth peer name eth0 netns "hospital-$name"
        ip link set dev "line-$name" master consortium up
        ip -n "hospital-$name" address add "$(address_of "$name")/24" dev eth0
        ip -n "hospital-$name" link set dev lo up
        ip -n "hospital-$name" link set dev eth0 up
        close_machine | nsenter "--net=/run/netns/hospital-$name" nft -f -
        ! has_files "$name" || nsenter "--net=/run/netns/hospital-$name" nft -f "$state/network/$name/salus.nft"
    done
    for name in "${machines[@]}"; do
        has_files "$name" || continue
        nsenter "--net=/run/netns/hospital-$name" "$BASH" "$script" --state "$state" inside node "$name"
        ! has_vault "$name" ||
            nsenter "--net=/run/netns/hospital-$name" "$BASH" "$script" --state "$state" inside vault "$name"
        start_prometheus "$name"
    done
    # A process to wait for, so that a signal ends the wait. A waiting shell also collects children that end, as a first
    # process has to.
    sleep infinity &
    while :; do wait || true; done
}

# start_node HOSPITAL: in its namespace, from its own folder.
start_node() {
    mkdir -p "$state/data-$1"
    SALUS_NODE_PROGRAM="$bin/salus-node" SALUS_DATA="$state/data-$1" "$state/network/$1/run-node" \
        >>"$state/log/node-$1.log" 2>&1 </dev/null &
    echo "$!" >"$state/node-$1.pid"
}

# The packet filter of a machine: others reach its node, which `salus.nft` guards further, and its vault service. Nothing else.
close_machine() {
    cat <<EOF
table inet machine {
    chain arriving {
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
        ct state established,related accept
        meta l4proto { icmp, ipv6-icmp } accept
        ip saddr $subnet.0/24 tcp dport { 30333, $vault_port } accept
    }
}
EOF
}

# start_vault HOSPITAL: in its network namespace. As a service manager does, it starts the service again when it ends: the
# service does not begin without its node.
start_vault() {
    guard_vault "$1" >>"$state/log/vault-$1.log" 2>&1 </dev/null &
    echo "$!" >"$state/vault-$1.pid"
}

guard_vault() {
    local id='' ended=no status=0
    trap 'ended=yes; end_child "$id"' TERM
    while [[ "$ended" == no ]]; do
        env "${no_proxies[@]}" "SSL_CERT_FILE=$state/network/vault-$1/authority.crt" \
            "$BASH" "$script" --state "$state" inside apart "$1" \
            "$bin/salus-vault" run --config "$state/network/vault-$1/vault.toml" &
        id="$!"
        # A signal interrupts the wait, and the service then takes some time to end.
        while kill -0 "$id" 2>/dev/null; do
            status=0
            wait "$id" || status="$?"
        done
        id=''
        if [[ "$ended" == no ]]; then
            [[ "$status" != 0 ]] || return 0
            sleep 1
        fi
    done
}

# end_child ID: asks the first process of the namespace that process ID made to end.
end_child() {
    local first
    [[ -n "$1" ]] || return 0
    first="$(cat "/proc/$1/task/$1/children" 2>/dev/null)" || first=''
    # Before there is a first process inside, there is no process to signal.
    kill "${first:-$1}" 2>/dev/null || true
}

# apart HOSPITAL COMMAND...: with processes and folders of that hospital alone.
apart() {
    exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
        "$BASH" "$script" --state "$state" inside view "$@"
}

# view HOSPITAL COMMAND...: runs the command where the folders of other hospitals are empty, without the power to bring them back.
view() {
    local name="$1" other folder
    shift
    for other in "${machines[@]}"; do
        [[ "$other" != "$name" ]] || continue
        for folder in "$state/network/$other" "$state/network/vault-$other" "$state/data-$other" "$state/prometheus-$other"; do
            [[ ! -d "$folder" ]] || mount -t tmpfs -o ro,mode=0000,size=4k tmpfs "$folder"
        done
    done
    exec setpriv --inh-caps "$fetters" --bounding-set "$fetters" "$@"
}

# The powers to mount, to follow another process into its namespaces, and to open files by their numbers.
fetters=-sys_admin,-sys_ptrace,-sys_chroot,-sys_module,-sys_rawio,-mknod,-dac_read_search,-setpcap

start_prometheus() {
    local program folder="$state/prometheus-$1"
    program="$(command -v "${PROMETHEUS:-prometheus}")" || return 0
    mkdir -p "$folder/targets" "$folder/vaults"
    cp "$salus_root"/docker/prometheus/{prometheus,alerts,vault-alerts}.yaml "$folder"
    printf -- '- targets: ["127.0.0.1:9615"]\n  labels: {hospital: Hospital %s}\n' "${1^}" >"$folder/targets/own.yaml"
    printf -- '- targets: ["127.0.0.1:9617"]\n  labels: {hospital: Hospital %s}\n' "${1^}" >"$folder/vaults/own.yaml"
    nsenter "--net=/run/netns/hospital-$1" "$program" --config.file="$folder/prometheus.yaml" \
        --storage.tsdb.path="$folder/data" --storage.tsdb.retention.size=256MB --web.listen-address=127.0.0.1:9090 \
        >>"$state/log/prometheus-$1.log" 2>&1 </dev/null &
}

# Signals every process inside but this one, and gives it some time.
end_inside() {
    local turn processes
    trap '' TERM INT
    kill -TERM -1 2>/dev/null || true
    for ((turn = 0; turn < patience_down * 5; turn++)); do
        processes=(/proc/[0-9]*)
        [[ ${#processes[@]} -gt 1 ]] || break
        sleep 0.2
    done
    exit 0
}

main "$@"
