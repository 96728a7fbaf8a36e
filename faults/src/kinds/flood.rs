// SPDX-License-Identifier: Apache-2.0

//! Floods one node with transactions. A member sends far more than its quota allows, and a stranger sends some too.

use super::Stage;
use crate::{
    phase::Phase,
    plan::Detail,
    report::Proof,
    rpc::Rpc,
    workload::{median, signer, End, Notes},
};
use anyhow::{Context, Result};
use salus_chain::Call;
use salus_primitives::{
    access::{Purpose, Scope},
    refusal::Refusal,
    ChartId, CompartmentId, ReadingSessionId,
};
use salus_sealing::keys::{address, SigningPair};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc, Mutex, PoisonError,
    },
};
use subxt::{
    client::OnlineClientAtBlock,
    config::DefaultExtrinsicParamsBuilder,
    dynamic::constant,
    rpcs::rpc_params,
    utils::{AccountId32, MultiSignature},
    OnlineClient, SubstrateConfig,
};
use tokio::time::sleep;

/// The index of the clinician who floods and does nothing else.
const FLOODER: usize = 6;
/// The limit for the others' median wait: this percentage of the median before the flood, plus these milliseconds.
///
/// In a campaign of 208 runs, one in nine hundred pairs of medians exceeds it by chance.
const MARGIN: (u64, u64) = (125, 300);

struct AsSubxt<'a>(&'a SigningPair);

impl subxt::transactions::Signer<SubstrateConfig> for AsSubxt<'_> {
    fn account_id(&self) -> AccountId32 {
        AccountId32(self.0.public().0)
    }
    fn sign(&self, payload: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(SigningPair::sign(self.0, payload))
    }
}

/// The counts of one flood.
#[derive(Default)]
struct Tally {
    taken: AtomicU64,
    refused: Mutex<BTreeMap<String, u64>>,
    over: AtomicBool,
}

impl Tally {
    fn refuse(&self, reason: String) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let count = refused.entry(reason).or_default();
        *count = count.saturating_add(1);
    }
}

/// Floods one node with transactions of a member and of a stranger.
pub(super) async fn flood(stage: &mut Stage<'_>) -> Result<()> {
    let Detail::Flood(width) = stage.plan.detail else { anyhow::bail!("the plan has no width") };
    let flooder = stage.template.clinicians.get(FLOODER).context("no clinician to flood")?;
    let url = stage.network.machine(stage.plan.victim)?.url();
    let api = OnlineClient::<SubstrateConfig>::from_url(&url).await?;
    let (at, rpc) = (api.at_current_block().await?, Rpc::connect(&url).await?);
    let window = at.constants().entry(constant::<u32>("Membership", "NonceWindow")).context("no window of nonces")?;
    let spout = |keys, name| Spout { at: at.clone(), rpc: rpc.clone(), keys, nonce: AtomicU64::new(0), name };
    let (member, stranger) = (Arc::new(spout(signer(flooder)?, 0)), Arc::new(spout(SigningPair::generate(), 1)));
    member.draw_anew().await?;
    let tally = Arc::new(Tally::default());
    stage.strikes();
    let lanes = (0..width).map(|lane| (lane, member.clone())).chain([(width, stranger)]);
    let tasks: Vec<_> = lanes
        .map(|(lane, spout)| {
            let tally = tally.clone();
            tokio::spawn(async move { spout.pour(lane, &tally).await })
        })
        .collect();
    sleep(stage.plan.length()).await;
    tally.over.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.context("the flood ended badly")?;
    }
    stage.heals();

    let taken = tally.taken.load(Ordering::Relaxed);
    let refused = tally.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let total: u64 = refused.values().sum();
    let fact = format!("{taken} transactions of the flood were taken, {total} refused: {refused:?}");
    // The node took more than one account may have pending (its next nonce, plus the window), and refused most.
    stage.prove(fact, taken > u64::from(window).saturating_add(1) && total > taken);
    Ok(())
}

/// Checks that other members hardly wait longer than before. An attempt without an answer counts as an endless wait.
pub(super) fn others_hardly_wait(notes: &Notes) -> Proof {
    let during = notes.attempts.iter().filter(|attempt| attempt.phase == Phase::During);
    let mut waits: Vec<_> = during
        .filter_map(|attempt| match attempt.end {
            End::Final { .. } => Some(attempt.took),
            End::Unknown(_) | End::Unreachable(_) => Some(u64::MAX),
            End::Refused(_) => None,
        })
        .collect();
    waits.sort_unstable();
    let unheard = waits.iter().filter(|wait| **wait == u64::MAX).count();
    let during = waits.get(waits.len() / 2).copied().filter(|wait| *wait < u64::MAX);
    let before = median(notes, Phase::Before);
    let limit = before.map(|before| (before.saturating_mul(MARGIN.0) / 100).saturating_add(MARGIN.1));
    let fact = format!(
        "others waited {before:?} ms in the median before and {during:?} ms during it, when {unheard} of {} heard nothing; \
         they may wait {limit:?} ms",
        waits.len()
    );
    Proof { fact, holds: matches!((during, limit), (Some(during), Some(limit)) if during <= limit) }
}

type AtBlock = OnlineClientAtBlock<SubstrateConfig>;

/// An account that floods.
struct Spout {
    at: AtBlock,
    rpc: Rpc,
    keys: SigningPair,
    /// The nonce of the next transaction, which several lanes share.
    nonce: AtomicU64,
    /// A number that keeps the session keys of two accounts apart.
    name: u64,
}

impl Spout {
    /// Resets the nonce to the next one that the node accepts.
    async fn draw_anew(&self) -> Result<()> {
        let next = self.rpc.call("system_accountNextIndex", rpc_params![address(&self.keys.public())]).await?;
        self.nonce.store(next.as_u64().context("no nonce")?, Ordering::Relaxed);
        Ok(())
    }

    /// Submits transactions one after the other, without waiting for their finality, until the flood is over.
    async fn pour(&self, lane: u64, tally: &Tally) {
        let mut count = 0u64;
        while !tally.over.load(Ordering::Relaxed) {
            count = count.saturating_add(1);
            let name = (u128::from(self.name) << 96) | (u128::from(lane) << 64) | u128::from(count);
            let scope = Scope::Compartment(CompartmentId(1));
            let session = ReadingSessionId(name.to_be_bytes());
            let call = Call::open_records(ChartId(count % 4), scope, Purpose::Operations, session);
            let nonce = self.nonce.fetch_add(1, Ordering::Relaxed);
            let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new().nonce(nonce).mortal(64).build();
            let submitted = async {
                let signed = self.at.transactions().create_signed(&call, &AsSubxt(&self.keys), params).await?;
                signed.submit().await
            };
            match submitted.await {
                Ok(_) => {
                    tally.taken.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => {
                    tally.refuse(reason(&error.to_string()));
                    // The nonce is too far ahead, or used already: continue with the node's.
                    if self.draw_anew().await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Returns the node's reason for a refusal, in few words.
fn reason(error: &str) -> String {
    let code = error.rsplit_once("custom error: ").and_then(|(_, code)| code.trim().parse::<u8>().ok());
    match code.and_then(Refusal::from_code) {
        Some(refusal) => refusal.to_string(),
        None if error.contains("outdated") || error.contains("priority") => "nonce used already".to_owned(),
        None => error.chars().take(80).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Attempt;
    use salus_primitives::{Digest, MemberId};

    fn attempt(phase: Phase, took: u64, end: End) -> Attempt {
        Attempt { phase, at: 0, took, member: MemberId(1), node: 0, what: "grant", end }
    }

    /// Five attempts of 2 s before the flood; during it, `heard` of `during` ms and `unheard` without an answer.
    fn notes(during: u64, heard: usize, unheard: usize) -> Notes {
        let made = End::Final { transaction: Digest([1; 32]), block: None };
        let mut attempts = vec![attempt(Phase::Before, 2_000, made.clone()); 5];
        attempts.extend(vec![attempt(Phase::During, during, made); heard]);
        attempts.extend(vec![attempt(Phase::During, 7_000, End::Unknown("nothing heard".to_owned())); unheard]);
        attempts.extend(vec![attempt(Phase::During, 3, End::Refused("no".to_owned())); 50]);
        Notes { attempts, readings: Vec::new() }
    }

    #[test]
    fn others_may_wait_a_little_longer_and_no_more() {
        let holds = |during| others_hardly_wait(&notes(during, 20, 0)).holds;
        assert_eq!([1_500, 2_000, 2_800, 2_801, 9_000].map(holds), [true, true, true, false, false]);
    }

    #[test]
    fn who_never_heard_waited_too_long() {
        assert!(others_hardly_wait(&notes(2_000, 20, 19)).holds);
        assert!(!others_hardly_wait(&notes(2_000, 20, 20)).holds);
    }

    #[test]
    fn others_who_attempt_nothing_show_nothing() {
        assert!(!others_hardly_wait(&notes(2_000, 0, 0)).holds);
        assert!(!others_hardly_wait(&Notes::default()).holds);
    }

    #[test]
    fn reasons_are_few_words() {
        let told = "transaction is not valid: Invalid transaction with custom error: 1";
        assert!(reason(told).contains("member"), "{}", reason(told));
        assert_eq!(reason("Transaction is outdated"), "nonce used already");
    }
}
