// SPDX-License-Identifier: Apache-2.0

//! The work beside answering requests, done again and again.

use salus_gate::{system_now, ChainView};
use salus_primitives::Moment;
use salus_vault::Vault;
use salus_vault_service::{
    copies::{Copier, CopyError, Copying},
    member::ServiceMember,
    migration::migrate,
    node::Node,
    notices::{Desk, HomeChain, Way},
    partners::PartnerServices,
    receipts::Poster,
    shredding::Shredder,
    staging::{collect, Ledger},
    unnamed::{sweep, Marks, SweepError, Swept, Vaults},
    verify::verify_one,
    Metrics, Service,
};
use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// How often staged objects, uploads and readers are looked through, and one object is hashed.
const BETWEEN_COLLECTIONS: Duration = Duration::from_secs(60);
/// How often the logs are looked at for receipts to post.
const BETWEEN_POSTS: Duration = Duration::from_secs(15);
/// How often the chain is asked for new shreddings, and recent ones are looked at again.
const BETWEEN_SHREDDINGS: Duration = Duration::from_secs(15);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// How long what was posted may take to become final.
const LONGEST_POST: Duration = Duration::from_secs(600);
/// How often letters that are due are looked for.
const BETWEEN_DELIVERIES: Duration = Duration::from_secs(2);
/// When the first sweep for unnamed objects begins, and how long after each the next one does.
const FIRST_SWEEP: Duration = Duration::from_secs(10 * 60);
const BETWEEN_SWEEPS: Duration = Duration::from_secs(24 * 60 * 60);

/// Forgets uploads that wait too long, and readers of whom nothing counts any more. Says which requests came.
pub(super) async fn forget_always(service: Arc<Service<Node>>) {
    loop {
        sleep(BETWEEN_COLLECTIONS).await;
        service.sweep();
        service.next_log_line().into_iter().for_each(|line| println!("{line}"));
    }
}

/// Asks the chain again and again what became of staged objects. Only one process has the vault, so only one deletes from it.
pub(super) async fn collect_always(node: Node, vault: Vault, ledger: Arc<Ledger>, metrics: Metrics) {
    loop {
        sleep(BETWEEN_COLLECTIONS).await;
        if !node.is_alive(system_now()).await {
            continue;
        }
        let (collected, fault) = collect(&ledger, &vault, &node, system_now()).await;
        metrics.count_collected(&collected);
        if let Some(error) = fault {
            eprintln!("fault: {error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
        }
    }
}

/// Moves objects to the new store until all are there, and says so.
pub(super) async fn migrate_always(vault: Vault, ledger: Arc<Ledger>, metrics: Metrics) {
    loop {
        match migrate(&vault, &ledger, |migrated| metrics.show_migrated(migrated)).await {
            Ok(migrated) => {
                metrics.show_migrated(&migrated);
                migrated.damaged.iter().for_each(|id| eprintln!("migration: damaged in the previous store: {id}"));
                return println!("migration: {migrated}");
            }
            Err(error) => {
                eprintln!("migration: {error}: {}", error.source().map(ToString::to_string).unwrap_or_default());
                sleep(BETWEEN_COLLECTIONS).await;
            }
        }
    }
}

/// Deletes what the chain named once and names no more, day by day.
pub(super) async fn sweep_always(
    node: Node,
    (vault, ledger, copying, marks): (Vault, Arc<Ledger>, Arc<Copying>, Marks),
    age: Moment,
    metrics: Metrics,
) {
    sleep(FIRST_SWEEP).await;
    loop {
        match ChainView::finalized_head(&node).await {
            Ok(head) => {
                let vaults = Vaults { vault: &vault, ledger: &ledger, copying: &copying, marks: &marks };
                let swept = sweep(vaults, &node, head, age, system_now).await;
                metrics.count_sweep(&swept);
                match swept {
                    Ok(Swept { deleted: 0, .. }) => {}
                    Ok(Swept { deleted, .. }) => println!("deleted {deleted} objects that the chain names no more"),
                    Err(error) => eprintln!("fault: {error}"),
                }
            }
            Err(error) => metrics.count_sweep(&Err(SweepError::Chain(error))),
        }
        sleep(BETWEEN_SWEEPS).await;
    }
}

/// Deletes the objects of shredded records again and again, and attests that. After a failure to attest it waits longer each time,
/// and deletes all the same.
pub(super) async fn shred_always(
    mut shredder: Shredder,
    node: Node,
    (vault, ledger, copying, marks): (Vault, Arc<Ledger>, Arc<Copying>, Marks),
    member: Option<ServiceMember>,
    metrics: Metrics,
) {
    let attests = member.map(|member| (node.clone(), member));
    let (mut pause, mut attests_at, mut told) = (BETWEEN_SHREDDINGS, Instant::now(), Vec::new());
    let mut refused = None;
    loop {
        let vaults = Vaults { vault: &vault, ledger: &ledger, copying: &copying, marks: &marks };
        let (shredded, fault) = shredder.round(vaults, &node, system_now()).await;
        metrics.count_shredded(&shredded);
        if shredded.deleted > 0 {
            println!("shredding: deleted {} objects of shredded records", shredded.deleted);
        }
        if let Some(attests) = attests.as_ref().filter(|_| fault.is_none() && Instant::now() >= attests_at) {
            let done = timeout(LONGEST_POST, shredder.attest(attests)).await;
            refused = match done {
                Ok(Ok(count)) => {
                    metrics.count_attested(count);
                    None
                }
                Ok(Err(error)) => Some(format!("cannot attest: {error}")),
                Err(_) => Some("attestations do not become final".to_owned()),
            };
            pause = match refused {
                None => BETWEEN_SHREDDINGS,
                Some(_) => pause.saturating_mul(2).min(LONGEST_PAUSE),
            };
            attests_at = Instant::now().checked_add(pause).unwrap_or(attests_at);
        }
        // A node that does not answer, or is behind, is told of elsewhere: the service is not ready.
        if fault.is_none() {
            let complaints: Vec<_> = shredded.complaints.into_iter().chain(refused.clone()).collect();
            tell("shredding", &complaints, &mut told);
        }
        sleep(BETWEEN_SHREDDINGS).await;
    }
}

/// Hashes one object after the other, so that damage is found before a reader asks.
pub(super) async fn verify_always(vault: Vault, copying: Arc<Copying>, metrics: Metrics) {
    loop {
        sleep(BETWEEN_COLLECTIONS).await;
        match verify_one(&vault, &copying).await {
            Ok(looked) => looked.into_iter().for_each(|is_whole| metrics.count_hashed(is_whole)),
            Err(error) => eprintln!("fault: {error}: {}", error.source().map(ToString::to_string).unwrap_or_default()),
        }
    }
}

/// Brings receipts into the logs again and again. After a failure it waits longer each time.
pub(super) async fn post_always(mut poster: Poster, node: Node, member: Option<ServiceMember>, metrics: Metrics) {
    let (mut pause, mut told) = (BETWEEN_POSTS, Vec::new());
    let posted = member.map(|member| (node.clone(), member));
    loop {
        sleep(pause).await;
        let mut complaints = Vec::new();
        // While nothing becomes final, no session is known to be over, and nothing that is posted arrives.
        if node.is_alive(system_now()).await {
            match timeout(LONGEST_POST, poster.round(&node, posted.as_ref())).await {
                Ok(Ok((found, more))) => {
                    metrics.count_posted(found);
                    complaints = more;
                    pause = BETWEEN_POSTS;
                }
                Ok(Err(error)) => {
                    let cause = error.source().map(ToString::to_string).unwrap_or_default();
                    complaints.push(format!("{error}: {cause}"));
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
                Err(_) => {
                    complaints.push("what was posted does not become final".to_owned());
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
            }
        }
        metrics.show_overdue(poster.overdue(system_now()));
        if complaints != told {
            complaints.iter().for_each(|complaint| eprintln!("receipts: {complaint}"));
            told = complaints;
        }
    }
}

/// Fetches again and again what should be in the vault.
pub(super) async fn copy_always(
    mut copier: Copier,
    partners: PartnerServices,
    every: Duration,
    node: Node,
    metrics: Metrics,
) {
    let mut told = Vec::new();
    loop {
        sleep(every).await;
        // A node that does not answer, or is behind, is told of elsewhere: the service is not ready.
        let Ok(head) = ChainView::finalized_head(&node).await else { continue };
        let complaints = match copier.round(&node, &partners, head, system_now()).await {
            Ok(copied) => {
                metrics.show_copied(&copier.institutions(), &copied);
                copied.complaints
            }
            Err(CopyError::Behind(_)) => continue,
            Err(error) => vec![error.to_string()],
        };
        // A partner that stays away is told of once.
        if complaints != told {
            complaints.iter().for_each(|complaint| eprintln!("copies: {complaint}"));
            told = complaints;
        }
    }
}

/// Looks into the chain for notices again and again, and writes letters. It burdens the node for a fifth of the time at most.
pub(super) async fn write_letters_always(desk: Arc<Desk>, chain: HomeChain, every: Duration) {
    let mut told = Vec::new();
    loop {
        let begun = Instant::now();
        let complaints = desk.look(&chain, system_now()).await;
        tell("notices", &complaints, &mut told);
        sleep(every.max(begun.elapsed().saturating_mul(4))).await;
    }
}

/// Sends letters that are due, by one way.
pub(super) async fn send_letters_always(desk: Arc<Desk>, way: Way, metrics: Metrics) {
    let mut told = Vec::new();
    loop {
        let delivered = desk.deliver(way, system_now).await;
        metrics.count_letters(way, &delivered);
        if delivered.given_up > 0 {
            eprintln!("notices: {} letters were given up", delivered.given_up);
        }
        // A round without a letter says nothing of the server.
        if delivered.sent > 0 || delivered.failed > 0 {
            tell("notices", &delivered.complaints, &mut told);
        }
        sleep(BETWEEN_DELIVERIES).await;
    }
}

/// Says complaints that are others than the last time.
fn tell(about: &str, complaints: &[String], told: &mut Vec<String>) {
    if complaints != told {
        complaints.iter().for_each(|complaint| eprintln!("{about}: {complaint}"));
        *told = complaints.to_vec();
    }
}
