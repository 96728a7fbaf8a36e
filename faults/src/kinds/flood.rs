// SPDX-License-Identifier: Apache-2.0

//! A member floods one node: as many good transactions as its allowance bears and far more, and a stranger's among them.

use super::Stage;
use crate::{
    plan::Detail,
    report::Proof,
    rpc::Rpc,
    workload::{median, signer, End, Notes, Phase},
};
use anyhow::{Context, Result};
use salus_chain::Call;
use salus_primitives::{
    access::{Purpose, Scope},
    refusal::Refusal,
    ChartId, CompartmentId, SessionKey,
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

/// The place of the clinician who floods, and who does nothing else.
const FLOODER: usize = 6;
/// Others may wait so much of what they waited before, in a hundred parts, and so many milliseconds. Of the medians of a campaign
/// of 208 runs, any one during a flood beside any one before a fault, one pair of nine hundred is beyond it by chance.
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

/// What came of the flood.
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

/// A member floods one node with transactions.
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
    // More than the account may have waiting at once (its next nonce, and a window of them), and most of it too much.
    stage.prove(fact, taken > u64::from(window).saturating_add(1) && total > taken);
    Ok(())
}

/// Others hardly wait longer than before. A person who never heard of an attempt, or reached no node, waited too long.
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

/// A person who floods.
struct Spout {
    at: AtBlock,
    rpc: Rpc,
    keys: SigningPair,
    /// The nonce of the next transaction; several lanes draw from it.
    nonce: AtomicU64,
    /// Sets the sessions apart.
    name: u64,
}

impl Spout {
    /// The nonce that the node would take next.
    async fn draw_anew(&self) -> Result<()> {
        let next = self.rpc.call("system_accountNextIndex", rpc_params![address(&self.keys.public())]).await?;
        self.nonce.store(next.as_u64().context("no nonce")?, Ordering::Relaxed);
        Ok(())
    }

    /// Submits one after the other, without waiting for any, until the flood is over.
    async fn pour(&self, lane: u64, tally: &Tally) {
        let mut count = 0u64;
        while !tally.over.load(Ordering::Relaxed) {
            count = count.saturating_add(1);
            let name = (u128::from(self.name) << 96) | (u128::from(lane) << 64) | u128::from(count);
            let scope = Scope::Compartment(CompartmentId(1));
            let session = SessionKey(name.to_be_bytes());
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
                    // Too far ahead, or used already: from what the node knows on.
                    if self.draw_anew().await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Why the node refuses, in few words.
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

    /// Attempts that took 2 s before the flood, and so long during it; further ones without an answer.
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
