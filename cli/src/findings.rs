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
/// cast before still count as seen, so that more may be absent than seem to be. A node that started a moment ago has not
/// seen all votes: while blocks become final, enough hospitals vote, whatever it saw.
pub(crate) fn authorities(total: usize, missing: Option<&[String]>, finality: Progress) -> Finding {
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
        if finality == Progress::Advances {
            return Finding::warning(
                "hospitals",
                format!("{total} decide together, and blocks become final, but this node saw no vote of {names}"),
                "run this again; if it stays, look at the lines between this node and the others",
            );
        }
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
    if finality == Progress::StandsStill {
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

/// The course of finality during the samples.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// Blocks became final.
    Advances,
    /// No block became final, and not for longer than is usual.
    Waits,
    /// No block has become final for longer than is usual.
    StandsStill,
}

/// The course of finality during the samples.
pub(crate) fn progress(samples: &[Sample]) -> Progress {
    let Some((first, last)) = samples.first().zip(samples.last()) else { return Progress::Waits };
    match last.best.saturating_sub(last.finalized) > USUAL_LAG {
        _ if last.finalized > first.finalized => Progress::Advances,
        true => Progress::StandsStill,
        false => Progress::Waits,
    }
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
        _ if progress(samples) == Progress::StandsStill => {
            Finding::failure("finality", format!("stands still: {says}"), advice)
        }
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
pub(crate) mod tests;
