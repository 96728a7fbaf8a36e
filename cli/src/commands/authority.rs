// SPDX-License-Identifier: Apache-2.0

//! `salus authority`: what a hospital does about its own node and seat, and what it sees of the others'.

use crate::{
    commands::council::account_key,
    context::Context,
    failure::Failure,
    files, findings,
    output::{duration, fields, moment, table, word, Output},
    parse::{self, Account},
};
use salus_chain::{
    code_hash, At, Call, Chain, Head, Seat, SeatStatus, Seating, Upgrade, UpgradeStage, MIN_AUTHORITIES,
};
use salus_client::agent::{Replaced, VerifiedLog};
use salus_founding::program::{NodeProgram, LONGEST_CODE};
use salus_primitives::{
    audit::{Action, Entry, LogId, Subject},
    evidence::BlockEquivocation,
    Digest, InstitutionId, Moment,
};
use salus_sealing::keys::address;
use serde::Serialize;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Show all seats: who takes part, who is suspended or absent, and what is about to change
    Status {
        /// Ask the newest block, for a network in which nothing becomes final any more
        #[arg(long)]
        stalled: bool,
    },
    /// Replace the session keys of this hospital's node (as its service)
    ///
    /// The node (--node) has to be the hospital's own and has to answer methods that change it. Put
    /// SALUS_RPC_METHODS=unsafe into its node.env, restart it, and take the line out afterwards.
    RotateKeys,
    /// Suspend this hospital's own seat, at once: its node authors nothing (as its delegate)
    ///
    /// For a node whose keys may have been stolen, or that goes away for long. It leaves the vote, too, with the second change of
    /// session, where four others remain; otherwise its votes count until its new keys do. The council ends it.
    Suspend,
    /// Take over this hospital's seat in the council (as another delegate of it)
    TakeVote,
    /// Hand this hospital's seat over to another account of its service, which sets the session keys from then on (as its delegate)
    HandOver {
        /// The account of another service: an address, a key, or member:NUMBER
        #[arg(value_parser = parse::account)]
        account: Account,
    },
    /// Show two blocks for one slot that the node noticed; with --json in the form that `report` takes
    Equivocations,
    /// Report two blocks for one slot, which suspends the seat of their author (as service, delegate or auditor)
    Report {
        /// A file with what `equivocations --json` printed; otherwise the node is asked
        evidence: Option<PathBuf>,
    },
    /// Show the planned upgrade: who confirmed it, and what it waits for
    Upgrade,
    /// Let this hospital's node look at the code of the planned upgrade, and confirm that it can execute it (as its service)
    ConfirmUpgrade {
        /// The runtime's code, a wasm file
        file: PathBuf,
        /// The salus-node that this hospital runs [default: the one beside this program, or on the PATH]
        #[arg(long, value_name = "FILE", env = "SALUS_NODE_PROGRAM")]
        node_program: Option<PathBuf>,
    },
    /// Apply the planned upgrade once its delay has run and enough authorities confirmed it: send the code, and see it run
    ApplyUpgrade {
        /// The runtime's code, a wasm file
        file: PathBuf,
    },
    /// Show what happened to seats: admitted, removed, suspended, reinstated, absent, returned
    History {
        /// One institution's only
        #[arg(long, value_name = "NUMBER")]
        institution: Option<InstitutionId>,
    },
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Status { stalled } => {
            let at = if stalled { At::Best } else { At::Finalized };
            let seating = context.chain().await?.seating(at).await?;
            out.show(&seating, status)
        }
        Command::RotateKeys => {
            let (replaced, outcome) = context.agent().await?.replace_session_keys().await?;
            #[derive(Serialize)]
            struct Shown {
                #[serde(flatten)]
                replaced: Replaced,
                transaction: Digest,
            }
            let shown = Shown { replaced, transaction: outcome.transaction };
            out.show(&shown, |shown| rotated(&shown.replaced))
        }
        Command::Suspend => {
            let (institution, outcome) = context.agent().await?.suspend_own_seat().await?;
            out.show(&Acted::new(institution, outcome.transaction), |acted| {
                format!(
                    "the seat of institution {0} is suspended\nto end it: salus council reinstate-authority {0}",
                    acted.institution
                )
            })
        }
        Command::TakeVote => {
            let (institution, outcome) = context.agent().await?.take_vote().await?;
            out.show(&Acted::new(institution, outcome.transaction), |acted| {
                format!("you sit in the council for institution {}", acted.institution)
            })
        }
        Command::HandOver { account } => {
            let account = account_key(context, account).await?;
            let (institution, outcome) = context.agent().await?.hand_over_seat(account).await?;
            out.show(&Acted::new(institution, outcome.transaction), |acted| {
                format!("the seat of institution {} has the account {}", acted.institution, address(&account))
            })
        }
        Command::Equivocations => {
            let found = context.chain().await?.equivocations().await?;
            out.show(&found, |found| {
                let rows = found.iter().map(|one| vec![one.slot.to_string(), one.author.to_string()]);
                table(&["slot", "author's key"], rows)
            })
        }
        Command::Report { evidence } => report(evidence, context, out).await,
        Command::Upgrade => upgrade(context, out).await,
        Command::ConfirmUpgrade { file, node_program } => confirm_upgrade(&file, node_program, context, out).await,
        Command::ApplyUpgrade { file } => apply_upgrade(&file, context, out).await,
        Command::History { institution } => history(institution, context, out).await,
    }
}

/// Whose seat something was done to.
#[derive(Serialize)]
struct Acted {
    institution: InstitutionId,
    transaction: Digest,
}

impl Acted {
    fn new(institution: InstitutionId, transaction: Digest) -> Self {
        Self { institution, transaction }
    }
}

fn status(seating: &Seating) -> String {
    let rows = seating.seats.iter().map(|seat| {
        vec![
            seat.institution.to_string(),
            word(&seat.status),
            takes_part(seat).to_owned(),
            change(seat, seating),
            match seat.missed_sessions {
                0 => String::new(),
                1 => "1 session".to_owned(),
                sessions => format!("{sessions} sessions"),
            },
            address(&seat.account),
            address(&seat.delegate),
        ]
    });
    let headings = ["institution", "seat", "takes part", "then", "absent for", "account", "delegate"];
    let mut text = table(&headings, rows);
    text += "\n\n";
    for account in &seating.leaving {
        text += &format!("without a seat, and leaving: {}\n", address(account));
    }
    let next = seating.until_session(seating.session.saturating_add(1));
    let next = next.map_or_else(String::new, |time| format!(", the next begins in {}", duration(time)));
    text += &format!("session {}{next}\n", seating.session);
    let strength = seating.strength();
    text += &match strength.active {
        1 => "1 active seat with keys: its node must not fail".to_owned(),
        active if active < MIN_AUTHORITIES => {
            format!("{active} active seats with keys: with fewer than {MIN_AUTHORITIES} none may fail")
        }
        active => format!("{active} active seats with keys, of which {} may fail", findings::may_fail(strength.total)),
    };
    text
}

/// The part that a seat's authority takes in this session.
fn takes_part(seat: &Seat) -> &'static str {
    match (seat.keys_in_use, seat.disabled, seat.keys) {
        (Some(_), false, _) => "yes",
        (Some(_), true, _) => "disabled",
        (None, _, Some(_)) => "no",
        (None, _, None) => "no keys yet",
    }
}

/// The next change of a seat.
fn change(seat: &Seat, seating: &Seating) -> String {
    let Some(session) = seat.changes_with_session else { return String::new() };
    let when = seating.until_session(session).map_or_else(String::new, |time| format!(", in {}", duration(time)));
    let what = match (seat.takes_part(), seat.will_take_part) {
        (true, true) => "with new keys",
        (false, true) => "takes part",
        (_, false) => "leaves",
    };
    format!("{what} from session {session} on{when}")
}

fn rotated(replaced: &Replaced) -> String {
    let when = replaced.takes_effect_in.map_or_else(String::new, |time| format!(", in {}", duration(time)));
    let from = match replaced.takes_effect_with_session {
        Some(session) => format!("set in session {}; they count from session {session} on{when}", replaced.session),
        None => format!("set in session {}; they count once the seat's suspension has ended", replaced.session),
    };
    let meanwhile = match replaced.keys_in_use {
        Some(_) => {
            "until then the node needs the former keys as well: keep its folder of keys as it is, and keep it running. If the \
             former keys are on another machine, keep that one running until then, and stop it afterwards.\nnever let \
             two running nodes have the same keys: two blocks for one slot suspend the seat"
        }
        None => "until then the node follows the network; keep it running, with --validator",
    };
    format!(
        "new session keys of institution {}\naura     {}\ngrandpa  {}\n{from}\n{meanwhile}\nnow start the node with safe \
         methods again (SALUS_RPC_METHODS in node.env)",
        replaced.institution, replaced.keys.aura, replaced.keys.grandpa
    )
}

/// Bytes of a file of evidence, at most: what a node keeps is far shorter.
const LONGEST_EVIDENCE: usize = 4 << 20;

async fn report(file: Option<PathBuf>, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let given = match &file {
        Some(path) => Some(evidence(files::without_mark(&files::read(path, LONGEST_EVIDENCE)?)).map_err(|error| {
            Failure::input(format!(
                "`{}` is not evidence: {error}\nhint: salus --json authority equivocations prints some",
                path.display()
            ))
        })?),
        None => None,
    };
    let agent = context.agent().await?;
    let found = match given {
        Some(given) => given,
        None => agent.chain().equivocations().await?,
    };
    let seating = agent.chain().seating(At::Finalized).await?;
    let (mut reported, mut refused) = (Vec::new(), None);
    for one in &found {
        // Whose seat is suspended has been reported, or the council knows.
        let suspended = seating.seats.iter().any(|seat| {
            let keys = [seat.keys, seat.keys_in_use];
            seat.status == SeatStatus::Suspended && keys.iter().flatten().any(|keys| keys.aura == one.author)
        });
        let done = reported.iter().any(|(author, _)| *author == one.author);
        if file.is_none() && (suspended || done) {
            continue;
        }
        match agent.report_equivocation(one).await {
            Ok((institution, outcome)) => {
                reported.push((one.author, Acted::new(institution, outcome.transaction)));
            }
            // Perhaps its session is forgotten; a later one may still count.
            Err(error) if file.is_none() => refused = Some((one.author, error)),
            Err(error) => return Err(error.into()),
        }
    }
    if let Some((_, error)) = refused.filter(|(author, _)| reported.iter().all(|(other, _)| other != author)) {
        return Err(error.into());
    }
    let reported: Vec<_> = reported.into_iter().map(|(_, acted)| acted).collect();
    out.show(&reported, |reported| match reported.as_slice() {
        [] => {
            "nothing to report: this node noticed no two blocks for one slot, or their authors are suspended".to_owned()
        }
        reported => {
            let line =
                |acted: &Acted| format!("reported: the seat of institution {} is suspended\n", acted.institution);
            reported.iter().map(line).collect()
        }
    })
}

/// One piece of evidence, or a list.
fn evidence(bytes: &[u8]) -> Result<Vec<BlockEquivocation>, serde_json::Error> {
    serde_json::from_slice(bytes).or_else(|error| match serde_json::from_slice(bytes) {
        Ok(one) => Ok(vec![one]),
        Err(_) => Err(error),
    })
}

/// How long it may take until a block by the new runtime is final.
const PATIENCE: Duration = Duration::from_secs(60);

/// The planned upgrade, and what it waits for.
#[derive(Serialize)]
struct Planned {
    #[serde(flatten)]
    upgrade: Upgrade,
    stage: UpgradeStage,
    /// Authorities that have not confirmed.
    missing: Vec<InstitutionId>,
}

impl Planned {
    fn new(upgrade: Upgrade, now: Moment) -> Self {
        Self { stage: upgrade.stage(now), missing: upgrade.missing().collect(), upgrade }
    }

    fn human(&self) -> String {
        let plan = &self.upgrade.plan;
        let list = |institutions: &[InstitutionId]| match institutions {
            [] => "none".to_owned(),
            some => some.iter().map(InstitutionId::to_string).collect::<Vec<_>>().join(", "),
        };
        let waits = match self.stage {
            UpgradeStage::Delayed => format!("until {}", moment(plan.ready_at)),
            UpgradeStage::Unconfirmed => "for more confirmations (salus authority confirm-upgrade FILE)".to_owned(),
            UpgradeStage::Ready | UpgradeStage::Authorized => {
                "for nothing but the code (salus authority apply-upgrade FILE)".to_owned()
            }
            UpgradeStage::Expired => "for nothing any more: its time is over".to_owned(),
        };
        fields(&[
            ("version", format!("{}, after {}", plan.spec_version, plan.replaces)),
            ("code", plan.code_hash.to_string()),
            ("planned", moment(plan.planned_at)),
            ("confirmed by", format!("{} ({} needed)", list(&self.upgrade.confirmed), self.upgrade.needed)),
            ("not by", list(&self.missing)),
            ("waits", waits),
            ("void from", moment(plan.expires_at)),
        ])
    }
}

async fn upgrade(context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let chain = context.chain().await?;
    let at = At::Block(chain.head(At::Finalized).await?.hash);
    let (upgrade, now) = (chain.upgrade(at).await?, chain.now(at).await?);
    let planned = upgrade.map(|upgrade| Planned::new(upgrade, now));
    out.show(&planned, |planned| planned.as_ref().map_or_else(|| "no upgrade is planned".to_owned(), Planned::human))
}

/// The planned upgrade, which has to be to this code.
async fn planned(chain: &Chain, code: Digest) -> Result<Upgrade, Failure> {
    let upgrade = chain.upgrade(At::Finalized).await?;
    let upgrade =
        upgrade.ok_or_else(|| Failure::input("no upgrade is planned\nhint: salus council plan-upgrade FILE"))?;
    match upgrade.plan.code_hash == code {
        true => Ok(upgrade),
        false => Err(Failure::input(format!(
            "the upgrade that is planned is to the code `{}`, and this file is `{code}`",
            upgrade.plan.code_hash
        ))),
    }
}

async fn confirm_upgrade(
    file: &Path,
    node_program: Option<PathBuf>,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Failure> {
    let agent = context.agent().await?;
    let running = agent.chain().runtime_version().await?.spec_version;
    let code =
        NodeProgram::find(node_program).check_runtime(file, code_hash(&files::read(file, LONGEST_CODE)?), running)?;
    let planned = planned(agent.chain(), code.code_hash).await?.plan.spec_version;
    if planned != code.spec_version {
        return Err(Failure::input(format!(
            "the council planned version {planned}, and this code is version {}: do not confirm it\nhint: tell the council, \
             which can take the plan back (salus council cancel-upgrade)",
            code.spec_version
        )));
    }
    let (institution, outcome) = agent.confirm_upgrade(code.code_hash).await?;
    out.show(&Acted::new(institution, outcome.transaction), |acted| {
        format!("institution {} confirmed that its node can execute version {planned}", acted.institution)
    })
}

async fn apply_upgrade(file: &Path, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Applied {
        spec_version: u32,
        block: Head,
        transaction: Digest,
    }
    let code = files::read(file, LONGEST_CODE)?;
    let agent = context.agent().await?;
    let chain = agent.chain();
    let plan = planned(chain, code_hash(&code)).await?.plan;
    if plan.authorized_at.is_none() {
        agent.authorize_upgrade().await?;
    }
    let outcome = chain.submit_bare(&Call::apply_authorized_upgrade(&code)).await?;
    let running = chain.version_after(outcome.block.number, PATIENCE).await?;
    if running != plan.spec_version {
        return Err(Failure::input(format!(
            "the code was sent in block {}, and version {running} still runs\nhint: the version of the code may not be the one \
             that was planned; see the log of a node",
            outcome.block.number
        )));
    }
    let applied = Applied { spec_version: running, block: outcome.block, transaction: outcome.transaction };
    out.show(&applied, |applied| {
        format!("version {} runs from block {} on", applied.spec_version, applied.block.number.saturating_add(1))
    })
}

async fn history(institution: Option<InstitutionId>, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let log = VerifiedLog::fetch(&context.chain().await?, LogId::Consortium).await?;
    let entries: Vec<_> = log.entries.into_iter().filter(|entry| is_about_seats(entry, institution)).collect();
    out.show(&entries, |entries| {
        let rows = entries.iter().map(|entry| {
            vec![
                moment(entry.at),
                word(&entry.subject),
                word(&entry.action),
                word(&entry.actor),
                entry.reason.as_ref().map(word).unwrap_or_default(),
            ]
        });
        table(&["time", "what", "did", "who", "reason"], rows)
    })
}

fn is_about_seats(entry: &Entry, institution: Option<InstitutionId>) -> bool {
    let about = matches!(
        entry.action,
        Action::AuthorityAdmitted
            | Action::AuthorityRemoved
            | Action::AuthoritySuspended
            | Action::AuthorityReinstated
            | Action::AuthorityAbsent
            | Action::AuthorityReturned
            | Action::EquivocationReported
            | Action::CouncilSeatTaken
            | Action::FinalityResumed
            | Action::ResumptionWithdrawn
            | Action::ResumptionExpired
            | Action::AuthorityHandedOver
            | Action::SessionKeysReplaced
    );
    about && institution.is_none_or(|institution| entry.subject == Subject::Institution(institution))
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::SigningKey;

    #[test]
    fn evidence_is_one_or_a_list() {
        let one = BlockEquivocation {
            author: SigningKey([1; 32]),
            slot: 2,
            parent: Digest([3; 32]),
            first: vec![4],
            second: vec![5],
        };
        let json = serde_json::to_vec(&one).unwrap();
        assert_eq!(evidence(&json).unwrap(), std::slice::from_ref(&one));
        let list = serde_json::to_vec(&[&one, &one]).unwrap();
        assert_eq!(evidence(&list).unwrap().len(), 2);
        for wrong in ["", "{}", "hello", "[1]"] {
            assert!(evidence(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
