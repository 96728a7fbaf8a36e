// SPDX-License-Identifier: Apache-2.0

//! The folder that each hospital copies to its machine: chain specification, start script, settings and packet filter.
//!
//! Equal lists give equal bytes: no file depends on the time, the machine or the order of a map.

use crate::{
    error::FoundingError,
    list::{Hospital, List},
    naming::identifier,
};
use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// The file with the chain specification, in each folder and above them.
pub const SPECIFICATION: &str = "chain-spec.json";
/// The file with the description from which the specification was made.
pub const DESCRIPTION: &str = "network.json";
/// The file with the list from which all files were made.
pub const LIST: &str = "network.toml";
/// The script that starts the node.
pub const START: &str = "run-node";
/// The file with settings that may differ from machine to machine.
pub const SETTINGS: &str = "node.env";
/// The file with the systemd unit.
pub const UNIT: &str = "salus-node.service";
/// The file with the packet filter, for nft(8).
pub const FILTER: &str = "salus.nft";

/// The ports that a node serves on its own machine only: JSON-RPC and Prometheus.
const LOCAL_PORTS: [u16; 2] = [9944, 9615];

/// A file to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name in the folder.
    pub name: &'static str,
    /// Its content.
    pub content: String,
    /// Whether it is executable.
    pub executable: bool,
}

impl File {
    /// Returns a text file that is not executable.
    pub fn text(name: &'static str, content: String) -> Self {
        Self { name, content, executable: false }
    }
}

/// Returns the name of the hospital's folder: the institution's number, and the identifier of its name.
pub fn folder_name(hospital: &Hospital) -> String {
    format!("{}-{}", hospital.institution, identifier(&hospital.name))
}

/// Returns the files of the hospital that follow from the list alone.
pub fn files(list: &List, hospital: &Hospital) -> Vec<File> {
    vec![
        File { name: START, content: start(list, hospital), executable: true },
        File::text(SETTINGS, settings(hospital)),
        File::text(UNIT, unit(list, hospital)),
        File::text(FILTER, filter(list, hospital)),
    ]
}

/// Returns the node's address as a libp2p multiaddress.
fn multiaddress(ip: IpAddr, port: u16) -> String {
    match ip {
        IpAddr::V4(ip) => format!("/ip4/{ip}/tcp/{port}"),
        IpAddr::V6(ip) => format!("/ip6/{ip}/tcp/{port}"),
    }
}

fn start(list: &List, hospital: &Hospital) -> String {
    let Hospital { institution, name, address, listen, .. } = hospital;
    let peers = list.others(*institution).map(|peer| {
        let address = multiaddress(peer.address.ip(), peer.address.port());
        format!("    --reserved-nodes {address}/p2p/{} \\\n", peer.peer_id)
    });
    let [rpc, prometheus] = LOCAL_PORTS;
    format!(
        r#"#!/bin/sh
# Starts the node of {name}, institution {institution} of {network}.
# Written by `salus network init`. Settings that may differ from machine to machine stand in {SETTINGS}.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

refuse() {{
    echo "{START}: error: $1" >&2
    exit 2
}}

# Each setting is checked, and logged with its line. A variable of the environment is stronger.
settings=$here/{SETTINGS}
[ -e "$settings" ] || settings=/dev/null
number=0
seen=''
tab=$(printf '\t') return=$(printf '\r') mark=$(printf '\357\273\277')
while read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    place="$settings, line $number"
    # Some editors add a byte order mark, and a carriage return at the end of each line.
    [ "$number" -ne 1 ] || line=${{line#"$mark"}}
    while :; do
        case $line in
        *' ' | *"$tab" | *"$return") line=${{line%?}} ;;
        *) break ;;
        esac
    done
    case $line in
    *[[:cntrl:]]*) refuse "$place has a control character" ;;
    esac
    case $line in
    '' | '#'* | ';'*) continue ;;
    *=*) ;;
    *) refuse "$place: \`$line\` is not NAME=VALUE" ;;
    esac
    name=${{line%%=*}}
    value=${{line#*=}}
    # Quotes as systemd reads them.
    case $value in
    \"*\" | \'*\') value=${{value#?}} value=${{value%?}} ;;
    esac
    case $name in
    SALUS_NODE_PROGRAM | SALUS_KEYS | SALUS_DATA | SALUS_EXTRA) ;;
    SALUS_NODE) refuse "$place: SALUS_NODE is the node's address for \`salus\`; the node's program is SALUS_NODE_PROGRAM" ;;
    SALUS_RPC_PORT | SALUS_PROMETHEUS_PORT)
        case $value in
        *[!0-9]* | ??????*) port=0 ;;
        *) port=${{value:-1}} ;;
        esac
        if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then
            refuse "$place: $name is a port, 1 to 65535, not \`$value\`"
        fi
        ;;
    SALUS_RPC_METHODS)
        case $value in
        '' | safe | unsafe) ;;
        *) refuse "$place: $name is \`safe\` or \`unsafe\`, not \`$value\`" ;;
        esac
        ;;
    *) refuse "$place: there is no setting \`$name\`" ;;
    esac
    case $seen in
    *" $name "*) refuse "$place: $name is set a second time" ;;
    esac
    seen="$seen $name "
    echo "{START}: $place: $name=$value" >&2
    eval "$name=\${{$name-\$value}}"
done <"$settings"

keys=${{SALUS_KEYS:-$here/keys}}
# Without them the node would make new keys without a word, and the others would not know it.
for needed in "$here/{SPECIFICATION}" "$keys/{node_key}" "$keys/{session}"; do
    [ -r "$needed" ] || refuse "$needed is missing, or not to be read by $(id -un)"
done
exec "${{SALUS_NODE_PROGRAM:-salus-node}}" \
    --chain "$here/{SPECIFICATION}" \
    --base-path "${{SALUS_DATA:-/var/lib/salus}}" \
    --name {plain} \
    --validator \
    --node-key-file "$keys/{node_key}" \
    --keystore-path "$keys/{session}" \
    --listen-addr {listen} \
    --public-addr {public} \
    --reserved-only \
{peers}    --no-mdns \
    --no-telemetry \
    --rpc-methods "${{SALUS_RPC_METHODS:-safe}}" \
    --rpc-port "${{SALUS_RPC_PORT:-{rpc}}}" \
    --prometheus-port "${{SALUS_PROMETHEUS_PORT:-{prometheus}}}" \
    ${{SALUS_EXTRA:-}} \
    "$@"
"#,
        network = list.network.name,
        plain = identifier(name),
        node_key = salus_sealing::keys::NODE_KEY,
        session = salus_sealing::keys::SESSION,
        listen = multiaddress(*listen, address.port()),
        public = multiaddress(address.ip(), address.port()),
        peers = peers.collect::<String>(),
    )
}

fn settings(hospital: &Hospital) -> String {
    let [rpc, prometheus] = LOCAL_PORTS;
    format!(
        "# Settings of the node of {}. Each line that begins with `#SALUS` shows what holds without it.\n\
         #\n\
         # JSON-RPC answers on this machine only, and only safe methods. To offer it to others, put a\n\
         # proxy with TLS and a list of who may ask in front of it; never open the port itself.\n\
         \n\
         #SALUS_NODE_PROGRAM=salus-node\n\
         #SALUS_KEYS=(the folder `keys` beside {START})\n\
         #SALUS_DATA=/var/lib/salus\n\
         #SALUS_RPC_PORT={rpc}\n\
         #SALUS_PROMETHEUS_PORT={prometheus}\n\
         # `unsafe` lets every program on this machine change the node. Only while session keys are replaced.\n\
         #SALUS_RPC_METHODS=safe\n\
         # More options of salus-node, separated by spaces. Whatever is made public is made public here.\n\
         #SALUS_EXTRA=\n",
        hospital.name
    )
}

fn unit(list: &List, hospital: &Hospital) -> String {
    format!(
        "# Written by `salus network init`. Expects this folder as /etc/salus and a system user `salus`.\n\
         [Unit]\n\
         Description=Salus node of {} in {}\n\
         Wants=network-online.target\n\
         After=network-online.target nftables.service\n\
         \n\
         [Service]\n\
         User=salus\n\
         Group=salus\n\
         EnvironmentFile=-/etc/salus/{SETTINGS}\n\
         ExecStart=/etc/salus/{START}\n\
         Restart=on-failure\n\
         RestartSec=5\n\
         LimitNOFILE=65536\n\
         StateDirectory=salus\n\
         StateDirectoryMode=0700\n\
         UMask=0077\n\
         NoNewPrivileges=yes\n\
         ProtectSystem=strict\n\
         ReadWritePaths=/etc/salus/keys/session\n\
         ProtectHome=yes\n\
         PrivateTmp=yes\n\
         PrivateDevices=yes\n\
         ProtectKernelTunables=yes\n\
         ProtectKernelModules=yes\n\
         ProtectControlGroups=yes\n\
         RestrictSUIDSGID=yes\n\
         CapabilityBoundingSet=\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n",
        hospital.name, list.network.name
    )
}

fn filter(list: &List, hospital: &Hospital) -> String {
    let port = hospital.address.port();
    let peers = list.peers_of(hospital.institution);
    let (v4, v6): (BTreeSet<_>, BTreeSet<_>) = peers.into_iter().partition(IpAddr::is_ipv4);
    let (mut sets, mut accept) = (String::new(), String::new());
    for (family, kind, name, addresses) in [("ip", "ipv4_addr", "peers4", v4), ("ip6", "ipv6_addr", "peers6", v6)] {
        if !addresses.is_empty() {
            let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            sets += &format!(
                "    set {name} {{\n        type {kind}\n        elements = {{ {} }}\n    }}\n\n",
                addresses.join(", ")
            );
            accept += &format!("        tcp dport {port} {family} saddr @{name} accept\n");
        }
    }
    let [rpc, prometheus] = LOCAL_PORTS;
    format!(
        r#"#!/usr/sbin/nft -f
# Only the other hospitals of {network} reach the node of {name}; its RPC and metrics are reached from its own machine only.
# Written by `salus network init`. Load with `nft -f {FILTER}`; loading again replaces. It only adds refusals: what other
# tables of this machine refuse stays refused.
#
# Packets are judged as they arrive, before any address is translated: ports that a container engine publishes are guarded too.
# Packets that this machine only forwards, to or from its containers, are accepted.

table inet salus
delete table inet salus

table inet salus {{
{sets}    chain arriving {{
        type filter hook prerouting priority mangle; policy accept;
        fib daddr type != local accept
{accept}        tcp dport {port} counter drop
        iifname != "lo" tcp dport {{ {rpc}, {prometheus} }} counter drop
    }}
}}
"#,
        name = hospital.name,
        network = list.network.name,
    )
}

/// A new folder that appears whole or not at all.
pub struct NewFolder {
    fresh: PathBuf,
    place: PathBuf,
}

impl NewFolder {
    /// Begins the folder `place`. Returns [`FoundingError::Exists`] if the path exists, and overwrites nothing.
    pub fn begin(place: &Path) -> Result<Self, FoundingError> {
        if place.symlink_metadata().is_ok() {
            return Err(FoundingError::Exists(place.to_owned()));
        }
        let name = place.file_name().ok_or_else(|| FoundingError::NotAFolder(place.to_owned()))?;
        let name = format!(".{}.unfinished-{}", name.to_string_lossy(), std::process::id());
        let folder = Self { fresh: place.with_file_name(name), place: place.to_owned() };
        folder.make(&folder.fresh)?;
        Ok(folder)
    }

    /// Returns the path of a file until the folder is finished.
    pub fn path(&self, name: &str) -> PathBuf {
        self.fresh.join(name)
    }

    /// Writes files into the folder `inner` inside, or into this folder.
    pub fn write(&self, inner: Option<&str>, files: &[File]) -> Result<(), FoundingError> {
        let folder = inner.map_or_else(|| self.fresh.clone(), |inner| self.fresh.join(inner));
        if inner.is_some() {
            self.make(&folder)?;
        }
        for File { name, content, executable } in files {
            let path = folder.join(name);
            let mode = if *executable { 0o755 } else { 0o644 };
            let write = || -> std::io::Result<()> {
                let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&path)?;
                file.write_all(content.as_bytes())?;
                file.sync_all()
            };
            write().map_err(|cause| FoundingError::Unwritable { path, cause })?;
        }
        Ok(())
    }

    /// Renames the folder to its final name.
    pub fn finish(self) -> Result<(), FoundingError> {
        fs::rename(&self.fresh, &self.place)
            .map_err(|cause| FoundingError::Unwritable { path: self.place.clone(), cause })
    }

    fn make(&self, folder: &Path) -> Result<(), FoundingError> {
        fs::create_dir_all(folder).map_err(|cause| FoundingError::Unwritable { path: folder.to_owned(), cause })
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // A finished folder has no other path. If removal fails, the rest holds public data only.
        let _ = fs::remove_dir_all(&self.fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{parse, tests::four};

    fn file(list: &List, place: usize, name: &str) -> String {
        let files = files(list, &list.hospitals[place]);
        files.into_iter().find(|file| file.name == name).unwrap().content
    }

    #[test]
    fn a_node_is_started_with_its_peers_and_nothing_public() {
        let list = parse(&four()).unwrap();
        let start = file(&list, 1, START);
        assert_eq!(start.matches("--reserved-nodes ").count(), 3);
        for (place, hospital) in list.hospitals.iter().enumerate() {
            let address = format!("{}/tcp/30333/p2p/{} \\\n", hospital.address.ip(), hospital.peer_id);
            assert_eq!(start.contains(&address), place != 1, "{address}");
        }
        for option in [
            "--reserved-only \\\n",
            "--validator \\\n",
            "--no-mdns \\\n",
            "RPC_METHODS:-safe}",
            "/ip4/0.0.0.0/tcp/30333",
        ] {
            assert!(start.contains(option), "{option}");
        }
        for option in ["external", "-unsafe", "cors"] {
            assert!(!start.contains(option), "{option}");
        }
    }

    /// Runs `run-node` with these settings and a node that prints its options. Returns status, stdout and stderr.
    fn run_with(settings: &str) -> (Option<i32>, String, String) {
        let list = parse(&four()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("keys/session")).unwrap();
        for (name, content) in [
            (START, file(&list, 0, START)),
            (SETTINGS, settings.to_owned()),
            (SPECIFICATION, String::new()),
            ("keys/node-key", String::new()),
        ] {
            fs::write(path(name), content).unwrap();
        }
        let mut command = std::process::Command::new("sh");
        let ran = command
            .arg(path(START))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("SALUS_NODE_PROGRAM", "echo")
            .output();
        let ran = ran.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (ran.status.code(), text(ran.stdout), text(ran.stderr))
    }

    #[test]
    fn settings_reach_the_node_and_are_logged_with_their_line() {
        let (status, options, log) = run_with("# a comment\nSALUS_RPC_PORT=9955\nSALUS_EXTRA=\"--log debug\"\n");
        assert_eq!(status, Some(0), "{log}");
        assert!(options.contains("--rpc-port 9955") && options.contains("--log debug"), "{options}");
        assert!(log.contains("node.env, line 2: SALUS_RPC_PORT=9955"), "{log}");
    }

    #[test]
    fn settings_from_an_editor_of_another_system_mean_what_they_show() {
        let settings = "\u{feff}SALUS_DATA=/srv/salus \r\nSALUS_RPC_PORT=9955\r\n\r\nSALUS_EXTRA='--log debug'\t\r\n";
        let (status, options, log) = run_with(settings);
        assert_eq!(status, Some(0), "{log}");
        for option in ["--base-path /srv/salus --name ", "--rpc-port 9955 ", "--log debug"] {
            assert!(options.contains(option), "{option}: {options}");
        }
        assert!(!format!("{options}{log}").contains(['\r', '\u{feff}']), "{log}");
    }

    #[test]
    fn wrong_settings_are_refused_with_their_line_and_a_reason() {
        for (settings, reason) in [
            ("\nSALUS_RPC_PROT=1", "line 2: there is no setting `SALUS_RPC_PROT`"),
            ("SALUS_RPC_PORT=99444", "line 1: SALUS_RPC_PORT is a port, 1 to 65535, not `99444`"),
            ("SALUS_PROMETHEUS_PORT=web", "line 1: SALUS_PROMETHEUS_PORT is a port"),
            ("SALUS_RPC_METHODS=yes", "line 1: SALUS_RPC_METHODS is `safe` or `unsafe`, not `yes`"),
            ("SALUS_RPC_PORT=1\nSALUS_RPC_PORT=2", "line 2: SALUS_RPC_PORT is set a second time"),
            ("open", "line 1: `open` is not NAME=VALUE"),
            ("SALUS_NODE=ws://127.0.0.1:9944", "line 1: SALUS_NODE is the node's address for `salus`"),
            ("SALUS_DATA=/srv/\x1b[2Jsalus", "line 1 has a control character"),
            ("SALUS_DATA=/srv/one\rtwo", "line 1 has a control character"),
            ("SALUS_KEYS=/nowhere", "/nowhere/node-key is missing"),
        ] {
            let (status, options, log) = run_with(settings);
            assert_eq!((status, options.as_str()), (Some(2), ""), "{settings}: {log}");
            assert!(log.contains(reason), "{settings}: {log}");
        }
    }

    #[test]
    fn the_filter_lets_only_the_others_in() {
        let list = parse(&four().replace("192.0.2.4", "2001:db8::4")).unwrap();
        let filter = file(&list, 0, FILTER);
        assert!(filter.contains("elements = { 192.0.2.2, 192.0.2.3 }") && filter.contains("{ 2001:db8::4 }"));
        assert!(!filter.contains("192.0.2.1"), "a node does not connect to itself");
        let (accept, drop) = (filter.find("@peers6 accept").unwrap(), filter.find("dport 30333 counter drop").unwrap());
        assert!(accept < drop);
        let last = file(&list, 3, FILTER);
        assert!(!last.contains("peers6"), "an empty set is not syntax");
    }

    #[test]
    fn the_same_list_gives_the_same_files() {
        let text = four();
        let [one, two] = [(); 2].map(|()| parse(&text).unwrap());
        for place in 0..4 {
            assert_eq!(files(&one, &one.hospitals[place]), files(&two, &two.hospitals[place]));
        }
    }

    #[test]
    fn an_unfinished_folder_is_removed_and_a_finished_one_never_overwritten() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("network");
        let folder = NewFolder::begin(&place).unwrap();
        folder.write(Some("0-a"), &[File::text(LIST, "x".to_owned())]).unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        NewFolder::begin(&place).unwrap().finish().unwrap();
        assert!(NewFolder::begin(&place).is_err());
        assert!(NewFolder::begin(Path::new("/")).is_err());
    }
}
