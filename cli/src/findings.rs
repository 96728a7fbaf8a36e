// SPDX-License-Identifier: Apache-2.0

//! The findings of `salus doctor`: each says in plain words what is so, and what to do about it.

use crate::output::duration;
use salus_chain::{Health, RuntimeVersion, Seat, Seating, Upgrade, UpgradeStage};
use salus_primitives::{governance::CallName, FinalityKey, InstitutionId, Moment};
use serde::Serialize;
use std::{net::IpAddr, path::Path};

/// How well something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// As it should be.
    Ok,
    /// Works, and will not always.
    Warning,
    /// Does not work.
    Failure,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Finding {
    /// The thing that was looked at.
    pub(crate) subject: &'static str,
    /// How well it is.
    pub(crate) verdict: Verdict,
    /// The fact, in words.
    pub(crate) says: String,
    /// The next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice: Option<String>,
}

impl Finding {
    pub(crate) fn ok(subject: &'static str, says: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Ok, says: says.into(), advice: None }
    }

    pub(crate) fn warning(subject: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Warning, says: says.into(), advice: Some(advice.into()) }
    }

    pub(crate) fn failure(subject: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Failure, says: says.into(), advice: Some(advice.into()) }
    }
}

/// One look at the node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sample {
    /// Number of the best block.
    pub(crate) best: u64,
    /// Number of the finalized block.
    pub(crate) finalized: u64,
    /// When the best block says that it was made; zero before the first.
    pub(crate) block_time: Moment,
    /// This machine's time.
    pub(crate) local_time: Moment,
}

/// How many of so many authorities may fail at the same time without finality stopping.
pub(crate) fn may_fail(authorities: usize) -> usize {
    authorities.saturating_sub(1).checked_div(3).unwrap_or_default()
}

/// A block is late when it is this old: ten slots.
const LATE: i128 = 10_000;
/// A clock is off when it differs by this much; nodes refuse blocks from further in the future.
const CLOCK_OFF: i128 = 2_000;
/// Blocks between best and finalized that are usual; a few more while an authority is down.
const USUAL_LAG: u64 = 10;
/// Blocks between best and finalized from which on finality has stopped, for all that matters.
const STOPPED_LAG: u64 = 60;
const GIB: u64 = 1 << 30;

/// Which runtime the node has, and which one this program knows.
pub(crate) fn software(node_version: &str, found: &RuntimeVersion, expected: Option<&RuntimeVersion>) -> Finding {
    let runtime = format!("node {node_version}, runtime {} {}", found.spec_name, found.spec_version);
    match expected {
        Some(expected) if expected == found => Finding::ok("software", runtime),
        Some(expected) => Finding::warning(
            "software",
            format!("{runtime}; this program was made for {} {}", expected.spec_name, expected.spec_version),
            "install the `salus` and `salus-node` of one release on this machine",
        ),
        None => Finding::ok("software", runtime),
    }
}

/// Whether the node has the connections that it needs.
pub(crate) fn peers(health: &Health, authorities: usize) -> Finding {
    let others = authorities.saturating_sub(1);
    let says = match health.peers {
        // Hospitals that join or leave are peers, and do not decide.
        peers if peers > others => format!("connected to {peers} others; {others} other hospitals decide"),
        peers => format!("connected to {peers} of {others} other hospitals"),
    };
    let advice =
        "look whether the node's port is open to them and theirs to this machine (salus.nft, the hospital's own \
                  firewall), and whether their nodes run";
    match health.peers {
        _ if others == 0 => Finding::ok("peers", "the only authority of its network needs none"),
        0 => Finding::failure("peers", "connected to no other node: it sees nothing of the network", advice),
        peers if peers < others => Finding::warning("peers", says, advice),
        _ => Finding::ok("peers", says),
    }
}

/// Whether the node has caught up.
pub(crate) fn syncing(health: &Health) -> Finding {
    match health.syncing {
        true => Finding::warning("sync", "still catching up with the others", "wait, and run this again"),
        false => Finding::ok("sync", "has all blocks that its peers have"),
    }
}

/// How many hospitals decide, who did not vote, and how many more may fail. Where finality has stopped, votes that were
/// cast before still count as seen, so that more may be absent than seem to be.
pub(crate) fn authorities(total: usize, missing: Option<&[String]>, stopped: bool) -> Finding {
    let Some(missing) = missing else {
        return Finding::warning(
            "hospitals",
            format!("{total} decide together; this node's voter has not started, so it sees no votes"),
            "wait until the node has caught up, and run this again",
        );
    };
    let (limit, absent) = (may_fail(total), missing.len());
    let names = missing.join(", ");
    let voted = match absent {
        0 => format!("{total} decide together and all vote"),
        _ => format!("{total} decide together; {absent} did not vote: {names}"),
    };
    let Some(more) = limit.checked_sub(absent) else {
        return Finding::failure(
            "hospitals",
            format!("{voted}. Finality has stopped: it bears {limit} failing"),
            format!(
                "call them; {} must come back before anything is final. If all others seem absent, it is this node that \
                 is cut off",
                absent.saturating_sub(limit)
            ),
        );
    };
    if stopped {
        return Finding::failure(
            "hospitals",
            format!("{voted}. Finality has stopped: it bears {limit} failing, so others have failed after they voted"),
            "call all of them, beginning with those that this node is not connected to. If no other hospital is in trouble, it is \
             this node that is cut off",
        );
    }
    let more = match more {
        0 => "no more may fail before finality stops".to_owned(),
        1 => "1 more may fail before finality stops".to_owned(),
        more => format!("{more} more may fail before finality stops"),
    };
    let says = format!("{voted}; {more}");
    match (absent, limit) {
        (0, 0) => Finding::warning(
            "hospitals",
            says,
            "a network that is to bear a failure needs four hospitals; admit more when they are ready",
        ),
        (0, _) => Finding::ok("hospitals", says),
        _ => Finding::warning("hospitals", says, "call them: their node, its machine or the line to it is down"),
    }
}

/// Whether blocks are made.
pub(crate) fn blocks(samples: &[Sample]) -> Finding {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Finding::failure("blocks", "the node does not tell", "look into its log");
    };
    match last.best > first.best {
        true => Finding::ok("blocks", format!("block {}, and new ones come", last.best)),
        false => Finding::failure(
            "blocks",
            format!("no new block for {} s after block {}", seconds(elapsed(first, last)), last.best),
            "look whether this node has peers; if the other hospitals see the same, more than a third of the nodes \
             are down",
        ),
    }
}

/// Whether nothing has become final for longer than is usual.
pub(crate) fn stands_still(samples: &[Sample]) -> bool {
    samples.first().zip(samples.last()).is_some_and(|(first, last)| {
        last.finalized == first.finalized && last.best.saturating_sub(last.finalized) > USUAL_LAG
    })
}

/// Whether blocks become final.
pub(crate) fn finality(samples: &[Sample]) -> Finding {
    let Some(last) = samples.last() else {
        return Finding::failure("finality", "the node does not tell", "look into its log");
    };
    let lag = last.best.saturating_sub(last.finalized);
    let says = format!("block {} is final, {lag} behind the newest", last.finalized);
    let advice = "see `hospitals`: more than two thirds of them must vote. Transactions wait until then; none is lost";
    match lag {
        _ if stands_still(samples) => Finding::failure("finality", format!("stands still: {says}"), advice),
        lag if lag > STOPPED_LAG => Finding::failure("finality", says, advice),
        lag if lag > USUAL_LAG => Finding::warning("finality", says, advice),
        _ => Finding::ok("finality", says),
    }
}

/// Whether this machine's clock agrees with those of the authors of blocks.
pub(crate) fn clock(samples: &[Sample], syncing: bool) -> Finding {
    let advice =
        "look at this machine's time service (timedatectl); if it is right, ask the other hospitals to look at \
                  theirs";
    // The freshest block tells most: others were waiting to be seen.
    let age = |sample: &Sample| i128::from(sample.local_time).saturating_sub(i128::from(sample.block_time));
    let age = samples.iter().filter(|sample| sample.block_time > 0).map(age).min();
    let moving = samples.first().zip(samples.last()).is_some_and(|(first, last)| first.best < last.best);
    match age {
        None => Finding::ok("clock", "there is no block yet to compare with"),
        Some(age) if age < CLOCK_OFF.saturating_neg() => Finding::failure(
            "clock",
            format!("a block is {} s in this machine's future: a clock is off", seconds(age.saturating_neg())),
            advice,
        ),
        _ if syncing || !moving => Finding::ok("clock", "cannot be compared while no new blocks come"),
        Some(age) if age > LATE => Finding::failure(
            "clock",
            format!(
                "blocks that are new seem {} s old: this machine's clock is ahead, or blocks come late",
                seconds(age)
            ),
            advice,
        ),
        Some(_) => Finding::ok("clock", "agrees with the newest block"),
    }
}

fn elapsed(first: &Sample, last: &Sample) -> i128 {
    i128::from(last.local_time).saturating_sub(i128::from(first.local_time))
}

fn seconds(milliseconds: i128) -> i128 {
    milliseconds.checked_div(1_000).unwrap_or_default()
}

/// The node's session keys, as far as this program can see them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Session {
    /// The node or the folder holds the keys of an authority of the present set.
    InUse,
    /// It holds keys that are set, and count from this session on, in about so many milliseconds.
    Coming(u32, Option<Moment>),
    /// It holds keys that are in use until this session, and not those that are set for it.
    Leaving(u32),
    /// It holds keys that are set for a seat, whose authority does not take part while it is suspended.
    Idle,
    /// It holds none of the present set.
    Foreign,
    /// The node does not let this program look.
    Unseen,
}

impl Session {
    /// Judges a node that holds these keys, and says whose seat it is.
    pub(crate) fn of(seating: &Seating, keys: &[FinalityKey]) -> (Self, Option<InstitutionId>) {
        let holds = |found: &Option<salus_chain::SessionKeys>| found.is_some_and(|found| keys.contains(&found.grandpa));
        let own = seating.seats.iter().find(|seat| holds(&seat.keys) || holds(&seat.keys_in_use));
        let Some(seat) = own else { return (Self::Foreign, None) };
        let session = match (holds(&seat.keys_in_use), holds(&seat.keys), seat.changes_with_session) {
            (true, true, _) => Self::InUse,
            (true, false, Some(session)) => Self::Leaving(session),
            (true, false, None) => Self::InUse,
            (false, _, Some(session)) if seat.will_take_part => Self::Coming(session, seating.until_session(session)),
            (false, _, _) => Self::Idle,
        };
        (session, Some(seat.institution))
    }
}

/// Whether all seats take part, as far as the chain knows. `own` is the seat of the node's hospital.
pub(crate) fn seats(seating: &Seating, own: Option<InstitutionId>, name: &dyn Fn(&Seat) -> String) -> Finding {
    let named =
        |wanted: &dyn Fn(&&Seat) -> bool| -> Vec<String> { seating.seats.iter().filter(wanted).map(name).collect() };
    let suspended = named(&|seat| !seat.is_active());
    let absent = named(&|seat| seat.missed_sessions > 0);
    let without_keys = named(&|seat| seat.keys.is_none());
    let mut says = vec![format!("{} hospitals have one", seating.seats.len())];
    if !suspended.is_empty() {
        says.push(format!("suspended: {}", suspended.join(", ")));
    }
    if !absent.is_empty() {
        says.push(format!("authored nothing in the last session: {}", absent.join(", ")));
    }
    if !without_keys.is_empty() {
        says.push(format!("without session keys yet: {}", without_keys.join(", ")));
    }
    let says = says.join("; ");
    let own_seat = own.and_then(|own| seating.of(own));
    match own_seat {
        Some(seat) if !seat.is_active() => Finding::failure(
            "seats",
            format!("{says}. This hospital's own is suspended: its node authors nothing"),
            "find out why (salus authority history); when the cause is gone, the council ends it (salus council \
             reinstate-authority)",
        ),
        Some(seat) if seat.missed_sessions > 0 => Finding::failure(
            "seats",
            format!("{says}. This hospital's own is among these"),
            "see whether the node runs, has peers and the right keys, and whether its clock is right",
        ),
        _ if !suspended.is_empty() || !absent.is_empty() => Finding::warning(
            "seats",
            says,
            "call them; the council reinstates or removes who is suspended (salus authority status, salus authority \
             history)",
        ),
        _ => Finding::ok("seats", says),
    }
}

/// Whether an upgrade is planned for which this hospital has something to do. `own` is the seat of the node's hospital.
pub(crate) fn upgrade(planned: Option<&Upgrade>, own: Option<InstitutionId>, now: Moment) -> Finding {
    let Some(upgrade) = planned else { return Finding::ok("upgrade", "none is planned") };
    let plan = &upgrade.plan;
    let says = format!(
        "version {} is planned; {} of {} have confirmed, {} have to",
        plan.spec_version,
        upgrade.confirmed.len(),
        upgrade.authorities.len(),
        upgrade.needed
    );
    if own.is_some_and(|own| upgrade.missing().any(|missing| missing == own)) {
        return Finding::warning(
            "upgrade",
            format!("{says}. This hospital has not: it is not known whether this node can execute it"),
            "get the code, look whether this node can execute it, and confirm (salus authority confirm-upgrade); if it cannot, \
             install the release that can first",
        );
    }
    match upgrade.stage(now) {
        UpgradeStage::Delayed => {
            let wait = duration(plan.ready_at.saturating_sub(now));
            Finding::ok("upgrade", format!("{says}; it waits another {wait}"))
        }
        UpgradeStage::Unconfirmed => Finding::warning(
            "upgrade",
            format!("{says}, and its delay has run"),
            "call those that have not (salus authority upgrade)",
        ),
        UpgradeStage::Ready | UpgradeStage::Authorized => Finding::warning(
            "upgrade",
            format!("{says}, and its delay has run"),
            "any member may send the code now (salus authority apply-upgrade)",
        ),
        UpgradeStage::Expired => Finding::ok("upgrade", format!("{says}; its time is over")),
    }
}

/// Whether the council paused calls.
pub(crate) fn pauses(paused: &[CallName]) -> Finding {
    let names: Vec<_> = paused.iter().map(CallName::to_string).collect();
    match names.as_slice() {
        [] => Finding::ok("pauses", "no call is paused"),
        names => Finding::warning(
            "pauses",
            format!("refused to all members: {}", names.join(", ")),
            "ask the council why; it ends pauses with salus council unpause-call",
        ),
    }
}

/// Whether the node can author and vote.
pub(crate) fn session(session: Session, authority: bool) -> Finding {
    match (session, authority) {
        (Session::InUse, true) => Finding::ok("session keys", "those of an authority of the network"),
        (Session::InUse, false) => Finding::failure(
            "session keys",
            "those of an authority, and the node does not act as one",
            "start it with --validator, as the script `run-node` does",
        ),
        (Session::Coming(session, time), true) => {
            let when = time.map_or_else(String::new, |time| format!(", in {}", duration(time)));
            Finding::warning(
                "session keys",
                format!("set, and they count from session {session} on{when}"),
                "keep it running until then; if the hospital's former keys are on another machine, that one too",
            )
        }
        (Session::Leaving(session), true) => Finding::failure(
            "session keys",
            format!("in use until session {session} only: those that are set for it are not here"),
            "if another machine of this hospital has them, keep this one running until then and stop it afterwards; \
             otherwise set this node's own again (salus authority rotate-keys)",
        ),
        (Session::Idle, true) => Finding::warning(
            "session keys",
            "those of a seat that does not take part now",
            "see `seats`, and salus authority status",
        ),
        (Session::Coming(..) | Session::Leaving(_) | Session::Idle, false) => Finding::failure(
            "session keys",
            "those of a hospital's seat, and the node does not act as an authority",
            "start it with --validator, as the script `run-node` does",
        ),
        (Session::Foreign, true) => Finding::failure(
            "session keys",
            "none of an authority of the network: the node neither authors nor votes",
            "if the hospital leaves, stop the node when salus authority status shows it no more; if the council has just \
             admitted it, make and set new keys (salus authority rotate-keys); otherwise give the node the hospital's own \
             (SALUS_KEYS in node.env)",
        ),
        (Session::Foreign, false) => Finding::ok("session keys", "none, and the node only follows the network"),
        (Session::Unseen, true) => Finding::ok(
            "session keys",
            "the node acts as an authority; name the folder of its keys with --keys to have them looked at",
        ),
        (Session::Unseen, false) => Finding::ok("session keys", "none: the node only follows the network"),
    }
}

/// Who reaches the node's RPC. `listening` are the addresses of this machine on which its port is open.
pub(crate) fn exposure(node_is_here: bool, listening: Option<&[IpAddr]>) -> Finding {
    let advice =
        "start the node without --rpc-external and --unsafe-rpc-external, and put a proxy with TLS and a list of \
                  who may ask in front of it if others are to";
    match (node_is_here, listening) {
        (false, _) => Finding::warning(
            "rpc",
            "the node was asked over the network: any machine that reaches it can ask too",
            "run this on the node's own machine; if others are to ask, put a proxy with TLS in front of it",
        ),
        (true, Some(addresses)) => {
            match addresses.iter().filter(|address| !address.is_loopback()).collect::<Vec<_>>() {
                open if open.is_empty() => Finding::ok("rpc", "answers on this machine only"),
                open => {
                    let open: Vec<_> = open.iter().map(|address| address.to_string()).collect();
                    Finding::warning(
                        "rpc",
                        format!("its port is open to other machines (on {})", open.join(", ")),
                        advice,
                    )
                }
            }
        }
        (true, None) => Finding::ok("rpc", "was asked on this machine; who else reaches it cannot be seen here"),
    }
}

/// Whether the node lets any program that reaches its RPC change it.
pub(crate) fn unsafe_methods(answered: bool, node_is_here: bool) -> Finding {
    let advice = "start the node with --rpc-methods safe, as the script `run-node` does";
    match (answered, node_is_here) {
        (false, _) => Finding::ok("rpc methods", "only the safe ones"),
        (true, true) => Finding::warning(
            "rpc methods",
            "every program on this machine can change the node's keys and peers",
            advice,
        ),
        (true, false) => {
            Finding::failure("rpc methods", "any program that reaches the node can change its keys and peers", advice)
        }
    }
}

/// Whether there is room for more blocks.
pub(crate) fn disk(folder: &Path, free: u64, total: u64) -> Finding {
    let says = format!(
        "{} GiB of {} free for `{}`",
        free.checked_div(GIB).unwrap_or_default(),
        total.checked_div(GIB).unwrap_or_default(),
        folder.display()
    );
    let advice =
        "make room or move the node's data to a larger disk: it keeps all blocks, and stops when the disk is full";
    match free {
        free if free < GIB.saturating_mul(2) => Finding::failure("disk", says, advice),
        free if free < GIB.saturating_mul(10) || free < total.checked_div(10).unwrap_or_default() => {
            Finding::warning("disk", says, advice)
        }
        _ => Finding::ok("disk", says),
    }
}

/// The worst of all.
pub(crate) fn worst(findings: &[Finding]) -> Verdict {
    findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use salus_chain::{Head, Plan, SeatStatus, SessionKeys};
    use salus_primitives::{Digest, SigningKey};
    use Verdict::{Failure, Ok, Warning};

    fn samples(best: [u64; 2], finalized: [u64; 2], age: i64) -> [Sample; 2] {
        [0, 1].map(|place| {
            let local_time = [1_000_000_u64, 1_005_000][place];
            let block_time = local_time.checked_add_signed(age.checked_neg().unwrap()).unwrap();
            Sample { best: best[place], finalized: finalized[place], block_time, local_time }
        })
    }

    fn health(peers: usize) -> Health {
        Health { peers, syncing: false, authority: true }
    }

    #[test]
    fn a_third_less_one_may_fail() {
        let numbers: Vec<_> = [0, 1, 3, 4, 6, 7, 10].map(may_fail).into();
        assert_eq!(numbers, [0, 0, 0, 1, 1, 2, 3]);
    }

    #[test]
    fn how_many_more_may_fail_is_said() {
        let names = |count: usize| (0..count).map(|number| format!("Hospital {number}")).collect::<Vec<_>>();
        for (total, missing, verdict, words) in [
            (7, 0, Ok, "2 more may fail"),
            (4, 0, Ok, "1 more may fail"),
            (7, 1, Warning, "1 more may fail"),
            (4, 1, Warning, "no more may fail"),
            (4, 2, Failure, "Finality has stopped"),
            (3, 0, Warning, "no more may fail"),
            (3, 1, Failure, "Finality has stopped"),
            (1, 0, Warning, "no more may fail"),
        ] {
            let finding = authorities(total, Some(&names(missing)), false);
            assert_eq!(finding.verdict, verdict, "{finding:?}");
            assert!(finding.says.contains(words), "{finding:?}");
            assert_eq!(finding.says.contains("Hospital 0"), missing > 0);
            assert_eq!(finding.advice.is_some(), verdict != Ok);
        }
        assert_eq!(authorities(4, None, false).verdict, Warning);
        let stopped = authorities(4, Some(&names(1)), true);
        assert!(stopped.verdict == Failure && stopped.says.contains("Finality has stopped"), "{stopped:?}");
    }

    #[test]
    fn peers_are_counted_against_the_other_hospitals() {
        for (peers_now, total, verdict) in [(3, 4, Ok), (5, 4, Ok), (2, 4, Warning), (0, 4, Failure), (0, 1, Ok)] {
            assert_eq!(peers(&health(peers_now), total).verdict, verdict, "{peers_now} of {total}");
        }
    }

    #[test]
    fn blocks_and_finality_have_to_move() {
        assert_eq!(blocks(&samples([5, 9], [3, 7], 0)).verdict, Ok);
        assert_eq!(blocks(&samples([9, 9], [7, 7], 0)).verdict, Failure);
        assert_eq!(blocks(&[]).verdict, Failure);
        assert_eq!(finality(&samples([5, 9], [3, 7], 0)).verdict, Ok);
        assert_eq!(finality(&samples([50, 54], [38, 42], 0)).verdict, Warning);
        assert_eq!(finality(&samples([50, 54], [38, 38], 0)).verdict, Failure);
        assert_eq!(finality(&samples([500, 504], [38, 42], 0)).verdict, Failure);
        assert_eq!(finality(&samples([3, 3], [0, 0], 0)).verdict, Ok, "a network that has only begun");
        assert_eq!(finality(&[]).verdict, Failure);
    }

    #[test]
    fn a_clock_is_compared_with_the_newest_block() {
        for (age, verdict) in [(800, Ok), (-1_500, Ok), (-2_500, Failure), (9_000, Ok), (12_000, Failure)] {
            assert_eq!(clock(&samples([5, 9], [3, 7], age), false).verdict, verdict, "{age}");
        }
        assert_eq!(clock(&samples([5, 9], [3, 7], 90_000), true).verdict, Ok, "while catching up");
        assert_eq!(clock(&samples([9, 9], [3, 7], 90_000), false).verdict, Ok, "`blocks` says what is wrong");
        assert_eq!(clock(&[], false).verdict, Ok);
    }

    #[test]
    fn an_open_port_and_open_methods_are_warned_of() {
        let loopback = ["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
        let everywhere = ["0.0.0.0".parse().unwrap()];
        assert_eq!(exposure(true, Some(&loopback)).verdict, Ok);
        assert_eq!(exposure(true, Some(&everywhere)).verdict, Warning);
        assert_eq!(exposure(true, None).verdict, Ok);
        assert_eq!(exposure(false, None).verdict, Warning);
        assert_eq!(unsafe_methods(false, false).verdict, Ok);
        assert_eq!(unsafe_methods(true, true).verdict, Warning);
        assert_eq!(unsafe_methods(true, false).verdict, Failure);
    }

    pub(crate) fn seat(number: u8, keys: Option<u8>, in_use: Option<u8>) -> Seat {
        let session_keys = |key: u8| SessionKeys { aura: SigningKey([key; 32]), grandpa: FinalityKey([key; 32]) };
        Seat {
            institution: InstitutionId(number.into()),
            account: SigningKey([number; 32]),
            delegate: SigningKey([number; 32]),
            authority: SigningKey([number; 32]),
            status: SeatStatus::Active,
            admitted_at: 0,
            liable_from: 0,
            keys: keys.map(session_keys),
            keys_in_use: in_use.map(session_keys),
            disabled: false,
            will_take_part: keys.is_some(),
            changes_with_session: (keys != in_use).then_some(3),
            missed_sessions: 0,
        }
    }

    fn seating(seats: Vec<Seat>) -> Seating {
        let block = Head { number: 100, hash: Digest::default() };
        Seating {
            block,
            session: 1,
            session_length: Some(60),
            next_session_at: Some(120),
            slot_duration: 1_000,
            seats,
            leaving: Vec::new(),
        }
    }

    #[test]
    fn seats_that_do_not_take_part_are_warned_of_and_ones_own_is_a_failure() {
        let name = |seat: &Seat| format!("Hospital {}", seat.institution);
        let all = || vec![seat(0, Some(10), Some(10)), seat(1, Some(11), Some(11)), seat(2, None, None)];
        let own = Some(InstitutionId(0));
        let fine = seats(&seating(all()), own, &name);
        assert_eq!(fine.verdict, Ok);
        assert!(fine.says.contains("3 hospitals") && fine.says.contains("without session keys yet: Hospital 2"));
        for (place, verdict) in [(1, Warning), (0, Failure)] {
            let mut suspended = all();
            suspended[place].status = SeatStatus::Suspended;
            let found = seats(&seating(suspended), own, &name);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.says.contains(&format!("suspended: Hospital {place}")), "{found:?}");
            let mut absent = all();
            absent[place].missed_sessions = 2;
            let found = seats(&seating(absent), own, &name);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.says.contains(&format!("last session: Hospital {place}")), "{found:?}");
        }
        assert_eq!(seats(&seating(all()), None, &name).verdict, Ok);
    }

    #[test]
    fn an_upgrade_asks_for_what_is_missing() {
        let planned = |confirmed: &[u32]| Upgrade {
            plan: Plan {
                code_hash: Digest::default(),
                spec_version: 2,
                replaces: 1,
                planned_at: 0,
                ready_at: 1_000_000,
                expires_at: 2_000_000,
                authorized_at: None,
            },
            confirmed: confirmed.iter().copied().map(InstitutionId).collect(),
            authorities: [0, 1, 2, 3].map(InstitutionId).to_vec(),
            needed: 3,
        };
        for (confirmed, own, now, verdict, words) in [
            (&[][..], Some(0), 0, Warning, "This hospital has not"),
            (&[0], Some(0), 0, Ok, "waits another 17 min"),
            (&[0], None, 0, Ok, "1 of 4 have confirmed, 3 have to"),
            (&[0, 1], Some(0), 1_000_000, Warning, "its delay has run"),
            (&[0, 1, 2], Some(0), 1_000_000, Warning, "its delay has run"),
            (&[0], Some(0), 2_000_000, Ok, "its time is over"),
        ] {
            let found = upgrade(Some(&planned(confirmed)), own.map(InstitutionId), now);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.says.contains(words), "{found:?}");
        }
        assert_eq!(upgrade(None, None, 0).verdict, Ok);
    }

    #[test]
    fn paused_calls_are_named() {
        assert_eq!(pauses(&[]).verdict, Ok);
        let found = pauses(&[CallName::new(b"Records", b"open_records").unwrap()]);
        assert!(found.verdict == Warning && found.says.contains("Records.open_records"), "{found:?}");
    }

    #[test]
    fn a_nodes_keys_are_found_among_the_seats() {
        let seats = vec![seat(0, Some(10), Some(10)), seat(1, Some(21), Some(11)), seat(2, Some(12), None)];
        let seating = seating(seats);
        let of = |keys: &[u8]| {
            let keys: Vec<_> = keys.iter().map(|key| FinalityKey([*key; 32])).collect();
            let (session, institution) = Session::of(&seating, &keys);
            (session, institution.map(|institution| institution.0))
        };
        assert_eq!(of(&[10]), (Session::InUse, Some(0)));
        assert_eq!(of(&[11, 21]), (Session::InUse, Some(1)), "former and new ones");
        assert_eq!(of(&[11]), (Session::Leaving(3), Some(1)));
        assert_eq!(of(&[21]), (Session::Coming(3, Some(80_000)), Some(1)));
        assert_eq!(of(&[12, 99]), (Session::Coming(3, Some(80_000)), Some(2)));
        assert_eq!(of(&[99]), (Session::Foreign, None));
        assert_eq!(session(Session::Coming(3, None), true).verdict, Warning);
        assert_eq!(session(Session::Coming(3, None), false).verdict, Failure);
        assert_eq!(session(Session::Leaving(3), true).verdict, Failure);
        assert_eq!(session(Session::Idle, true).verdict, Warning);
    }

    #[test]
    fn session_keys_have_to_be_in_use() {
        assert_eq!(session(Session::InUse, true).verdict, Ok);
        assert_eq!(session(Session::InUse, false).verdict, Failure);
        assert_eq!(session(Session::Foreign, true).verdict, Failure);
        assert_eq!(session(Session::Foreign, false).verdict, Ok);
        assert_eq!(session(Session::Unseen, true).verdict, Ok);
    }

    #[test]
    fn disks_run_full() {
        let folder = Path::new("/data");
        assert_eq!(disk(folder, 100 * GIB, 200 * GIB).verdict, Ok);
        assert_eq!(disk(folder, 15 * GIB, 200 * GIB).verdict, Warning);
        assert_eq!(disk(folder, 9 * GIB, 20 * GIB).verdict, Warning);
        assert_eq!(disk(folder, GIB, 20 * GIB).verdict, Failure);
    }

    #[test]
    fn other_software_is_warned_of() {
        let version = |spec_version| RuntimeVersion { spec_name: "salus".to_owned(), spec_version };
        assert_eq!(software("0.1.0", &version(1), Some(&version(1))).verdict, Ok);
        assert_eq!(software("0.1.0", &version(2), Some(&version(1))).verdict, Warning);
        assert_eq!(software("0.1.0", &version(2), None).verdict, Ok);
    }

    #[test]
    fn the_worst_finding_decides() {
        assert_eq!(worst(&[]), Ok);
        assert_eq!(worst(&[Finding::ok("a", ""), Finding::warning("b", "", "")]), Warning);
        assert_eq!(worst(&[Finding::failure("a", "", ""), Finding::ok("b", "")]), Failure);
    }
}
