// SPDX-License-Identifier: Apache-2.0

//! `salus doctor`: looks at a node and its network for some seconds, and says what is wrong and what to do.

use crate::{
    context::Context,
    failure::Failure,
    findings::{self, Finding, Sample, Session, Verdict},
    hospitals::list_in,
    names::{Listed, Names},
    output::{word, Output},
    terminal::line,
    vault_findings::{self, Setting, VaultReport},
    vaults::look_at_all,
};
use salus_chain::{expected_runtime, At, Chain, QueryError, Seating};
use salus_client::authority_files::session_keys_in;
use salus_primitives::{Digest, FinalityKey, InstitutionId, Moment};
use salus_sealing::keys::SESSION;
use serde::Serialize;
use std::{
    collections::BTreeSet,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// The meaning of the exit status.
pub(crate) const EXIT_STATUS: &str = "Exit status: 0 all is well, 1 there are warnings, 2 something is wrong.";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The list that the network began with, to call hospitals by their names
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// The folder with the node's keys, as `salus network keys` wrote it, to see whether the network knows them
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,
    /// The node's data, to see whether the disk has room [default: /var/lib/salus if it is there]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The hospital's institution, whose vault service has to be well [default: the one whose keys the node holds]
    #[arg(long, value_name = "NUMBER")]
    institution: Option<InstitutionId>,
}

/// How often, and how far apart, the node is looked at: votes and blocks come and go within a second.
const LOOKS: u32 = 12;
const PAUSE: Duration = Duration::from_millis(450);
/// Where `run-node` keeps the node's data.
const DATA: &str = "/var/lib/salus";

#[derive(Serialize)]
struct Report {
    node: String,
    genesis: Option<Digest>,
    verdict: Verdict,
    /// How many hospitals decide together.
    authorities: Option<usize>,
    /// How many more may fail before finality stops.
    may_fail: Option<usize>,
    /// The institution whose seat has the node's session keys.
    seat: Option<InstitutionId>,
    findings: Vec<Finding>,
    /// The vault services of all institutions that have an address on the finalized chain.
    vaults: Vec<VaultReport>,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    // The command line has to be right before anything is judged.
    let hospitals = arguments.network.as_deref().map(list_in).transpose()?.map(|(list, _)| list.hospitals);
    let listed = hospitals.into_iter().flatten().map(|hospital| Listed {
        institution: hospital.institution,
        first_key: hospital.grandpa,
        name: hospital.name,
    });
    let names = Names::new(listed.collect());
    let keys = arguments.keys.as_deref().map(own_keys).transpose()?;
    let mut report = Report {
        node: context.node().to_owned(),
        genesis: None,
        verdict: Verdict::Ok,
        authorities: None,
        may_fail: None,
        seat: None,
        findings: Vec::new(),
        vaults: Vec::new(),
    };
    match context.chain().await {
        Ok(chain) => {
            let seen = look(&chain, &mut report, keys.as_deref(), arguments.institution, names).await;
            if let Err(error) = seen {
                report.findings.push(Finding::failure(
                    "node",
                    format!("stopped answering: {error}"),
                    "look into its log (journalctl -u salus-node) and start it again",
                ));
            }
        }
        Err(Failure::Failed(error) | Failure::Refused(error)) => report.findings.push(Finding::failure(
            "node",
            error.to_string().lines().next().unwrap_or_default().to_owned(),
            "see whether it runs (systemctl status salus-node) and what its log says (journalctl -u salus-node); --node \
             names another address",
        )),
        Err(reported) => return Err(reported),
    }
    let answered = report.genesis.is_some();
    if let Some((address, port)) = host_and_port(context.node()).filter(|_| answered) {
        let here = is_here(&address);
        // A node in a container has a table of its own, and none of its sockets is in this one.
        let listening = if here { listening(port).filter(|found| !found.is_empty()) } else { None };
        report.findings.push(findings::exposure(here, listening.as_deref()));
    }
    if let Some(folder) = arguments.data.or_else(|| Some(PathBuf::from(DATA)).filter(|data| data.is_dir())) {
        report.findings.push(disk(&folder)?);
    }
    report.verdict = findings::worst(&report.findings);
    out.show(&report, human)?;
    match report.verdict {
        Verdict::Ok => Ok(()),
        Verdict::Warning => Err(Failure::Reported(1)),
        Verdict::Failure => Err(Failure::Reported(2)),
    }
}

/// Looks at a node that answers.
async fn look(
    chain: &Chain,
    report: &mut Report,
    keys: Option<&[FinalityKey]>,
    institution: Option<InstitutionId>,
    mut names: Names,
) -> Result<(), QueryError> {
    // A service that does not answer takes a while; the node is looked at meanwhile.
    let vaults = tokio::spawn({
        let chain = chain.clone();
        async move { look_at_all(&chain).await }
    });
    report.genesis = Some(chain.genesis());
    report.findings.push(Finding::ok("node", format!("answers, on {} ({})", chain.name().await?, chain.genesis())));
    let found = chain.runtime_version().await?;
    report.findings.push(findings::software(&chain.node_version().await?, &found, expected_runtime().as_ref()));

    names.learn(&chain.seating(At::Finalized).await?.seats);
    let authorities = chain.finality_keys(At::Finalized).await?;
    let (mut samples, mut missing): (Vec<Sample>, Option<BTreeSet<FinalityKey>>) = (Vec::new(), None);
    for turn in 0..LOOKS {
        if turn > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        samples.push(sample(chain).await?);
        if let Some(votes) = chain.votes().await? {
            missing = Some(match missing {
                Some(before) => before.intersection(&votes.missing).copied().collect(),
                None => votes.missing,
            });
        }
    }
    let health = chain.health().await?;
    let seating = chain.seating(At::Finalized).await?;
    // A node votes with its keys of now, which a network that stands still may never make final.
    names.learn(&seating.seats);
    names.learn(&chain.seating(At::Best).await?.seats);
    let (session, seat) = session(chain, &seating, keys).await?;
    report.seat = seat;
    let (upgrade, now) = (chain.upgrade(At::Finalized).await?, chain.now(At::Finalized).await?);
    let missing = missing.map(|missing| missing.iter().map(|key| names.of_key(key)).collect::<BTreeSet<_>>());
    let missing = missing.map(|names| names.into_iter().collect::<Vec<_>>());
    let absent = missing.as_ref().map_or(0, Vec::len);
    report.authorities = Some(authorities.len());
    let finality = findings::progress(&samples);
    let more = findings::may_fail(authorities.len()).saturating_sub(absent);
    report.may_fail = Some(if finality == findings::Progress::StandsStill { 0 } else { more });
    let local = host_and_port(&report.node).is_none_or(|(address, _)| is_here(&address));
    report.findings.extend([
        findings::peers(&health, authorities.len()),
        findings::syncing(&health),
        findings::blocks(&samples),
        findings::authorities(authorities.len(), missing.as_deref(), finality),
        findings::finality(&samples),
        findings::clock(&samples, health.syncing),
        findings::session(session, health.authority),
        findings::seats(&seating, seat, &|seat| names.of_seat(seat)),
        findings::upgrade(upgrade.as_ref(), seat, now),
        findings::pauses(&chain.paused_calls(At::Finalized).await?),
        findings::unsafe_methods(chain.answers_unsafe_methods().await?, local),
    ]);
    // A task that ends without a result has panicked, which is said already.
    let Ok(vaults) = vaults.await else { return Ok(()) };
    let (vaults, setting) = (vaults?, Setting { genesis: chain.genesis(), now: local_time() });
    let own = institution.or(seat);
    if let Some(own) = own {
        report.findings.extend(vault_findings::own(&vaults, own, institution.is_some(), setting));
    }
    report.findings.push(vault_findings::others(&vaults, own, setting, &|other| names.of_institution(other)));
    report.vaults = vault_findings::reports(&vaults, own, setting);
    Ok(())
}

async fn sample(chain: &Chain) -> Result<Sample, QueryError> {
    let best = chain.head(At::Best).await?;
    let block_time = chain.now(At::Block(best.hash)).await?;
    let finalized = chain.head(At::Finalized).await?;
    Ok(Sample { best: best.number, finalized: finalized.number, block_time, local_time: local_time() })
}

/// This machine's time.
fn local_time() -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment::try_from(since.as_millis()).unwrap_or(Moment::MAX)
}

/// Whether the node, or the folder of its keys, holds the keys of a seat, and whose.
async fn session(
    chain: &Chain,
    seating: &Seating,
    keys: Option<&[FinalityKey]>,
) -> Result<(Session, Option<InstitutionId>), QueryError> {
    if let Some(keys) = keys {
        return Ok(Session::of(seating, keys));
    }
    let known = seating.seats.iter().flat_map(|seat| [seat.keys, seat.keys_in_use]).flatten();
    let known: BTreeSet<_> = known.map(|keys| keys.grandpa).collect();
    let mut held = Vec::new();
    for key in known {
        match chain.holds(&key).await? {
            Some(true) => held.push(key),
            Some(false) => {}
            None => return Ok((Session::Unseen, None)),
        }
    }
    Ok(Session::of(seating, &held))
}

/// The keys that vote, in a folder of `salus network keys` or in its folder of session keys.
fn own_keys(folder: &Path) -> Result<Vec<FinalityKey>, Failure> {
    let inner = folder.join(SESSION);
    let folder = if inner.is_dir() { inner.as_path() } else { folder };
    let found = session_keys_in(folder)
        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", folder.display())))?;
    Ok(found.1)
}

fn disk(folder: &Path) -> Result<Finding, Failure> {
    let space = rustix::fs::statvfs(folder).map_err(|error| {
        Failure::input(format!("`{}` cannot be looked at: {error}\nhint: --data FOLDER", folder.display()))
    })?;
    let bytes = |blocks: u64| blocks.saturating_mul(space.f_frsize);
    Ok(findings::disk(folder, bytes(space.f_bavail), bytes(space.f_blocks)))
}

/// Host and port of the node's address.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let standard = if scheme == "wss" || scheme == "https" { 443 } else { 80 };
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => Some((bare(host), port.parse().ok()?)),
        _ => Some((bare(authority), standard)),
    }
}

fn bare(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The addresses on which this machine listens at `port`; `None` where the system does not tell.
fn listening(port: u16) -> Option<Vec<IpAddr>> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(std::fs::read_to_string);
    let mut found = BTreeSet::new();
    let mut told = false;
    for table in tables.into_iter().flatten() {
        told = true;
        found.extend(table.lines().filter_map(|line| listener(line, port)));
    }
    told.then(|| found.into_iter().collect())
}

/// The address in a line of `/proc/net/tcp` or `/proc/net/tcp6` of a socket that listens at `port`.
fn listener(line: &str, port: u16) -> Option<IpAddr> {
    let mut columns = line.split_whitespace();
    let (local, state) = (columns.nth(1)?, columns.nth(1)?);
    let (address, local_port) = local.split_once(':')?;
    if state != "0A" || u16::from_str_radix(local_port, 16).ok()? != port {
        return None;
    }
    // Words of four bytes, each in the machine's own order.
    let mut bytes = Vec::with_capacity(16);
    for word in address.as_bytes().chunks(8) {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        _ => {
            let address = std::net::Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?);
            Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
        }
    }
}

fn human(report: &Report) -> String {
    let width = report.findings.iter().map(|finding| finding.subject.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { subject, verdict, says, advice } in &report.findings {
        text += &format!("{:7}  {subject:width$}  {}\n", word(verdict), line(says));
        if let Some(advice) = advice {
            text += &format!("{:7}  {:width$}  -> {}\n", "", "", line(advice));
        }
    }
    let count = |wanted| report.findings.iter().filter(|finding| finding.verdict == wanted).count();
    text + &match (count(Verdict::Failure), count(Verdict::Warning)) {
        (0, 0) => "\nall is well".to_owned(),
        (failures, warnings) => format!("\nfailures: {failures}, warnings: {warnings}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read_from_addresses() {
        for (url, host, port) in [
            ("ws://127.0.0.1:9944", "127.0.0.1", 9944),
            ("ws://[::1]:9944/", "::1", 9944),
            ("wss://node.example/rpc", "node.example", 443),
            ("ws://[::1]", "::1", 80),
            ("ws://me:secret@localhost:1", "localhost", 1),
        ] {
            assert_eq!(host_and_port(url), Some((host.to_owned(), port)), "{url}");
        }
        assert_eq!(host_and_port("node"), None);
        assert!(is_here("localhost") && is_here("::1") && is_here("127.3.2.1") && !is_here("node.example"));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn listening_sockets_are_read_from_the_systems_table() {
        let line =
            |address: &str, state: &str| format!("   0: {address}:26D8 00000000:0000 {state} 00000000:00000000 00:0");
        assert_eq!(listener(&line("0100007F", "0A"), 9944), Some("127.0.0.1".parse().unwrap()));
        assert_eq!(listener(&line("00000000", "0A"), 9944), Some("0.0.0.0".parse().unwrap()));
        assert_eq!(listener(&line("0100007F", "0A"), 9945), None);
        assert_eq!(listener(&line("0100007F", "01"), 9944), None, "a connection");
        let v6 = "00000000000000000000000001000000";
        assert_eq!(listener(&line(v6, "0A"), 9944), Some("::1".parse().unwrap()));
        let mapped = "0000000000000000FFFF00000100007F";
        assert_eq!(listener(&line(mapped, "0A"), 9944), Some("127.0.0.1".parse().unwrap()));
        assert_eq!(listener("  sl  local_address rem_address   st", 9944), None);
        assert_eq!(listener("", 9944), None);
    }

    #[test]
    fn a_port_that_is_open_is_found() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_eq!(listening(port), Some(vec!["127.0.0.1".parse().unwrap()]));
    }
}
