// SPDX-License-Identifier: Apache-2.0

//! Planned upgrades, paused calls, parameters.

use super::{At, Chain, QueryError};
use codec::{Decode, Encode};
use salus_primitives::{
    governance::{CallName, Parameters},
    Digest, InstitutionId, Moment,
};
use serde::Serialize;
use std::time::{Duration, Instant};

/// A planned upgrade.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize)]
pub struct Plan {
    /// BLAKE2b-256 of the code.
    pub code_hash: Digest,
    /// The version of the code, as the council was told.
    pub spec_version: u32,
    /// The version that ran when it was planned.
    pub replaces: u32,
    /// When the council planned it.
    pub planned_at: Moment,
    /// From when on it can be authorized.
    pub ready_at: Moment,
    /// From when on it can neither be authorized nor applied.
    pub expires_at: Moment,
    /// When it was authorized, if it was.
    pub authorized_at: Option<Moment>,
}

/// How far a planned upgrade is.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize)]
pub struct Upgrade {
    /// The plan.
    pub plan: Plan,
    /// The authorities that confirmed it.
    pub confirmed: Vec<InstitutionId>,
    /// The authorities that there are.
    pub authorities: Vec<InstitutionId>,
    /// How many of these have to confirm.
    pub needed: u32,
}

/// What an upgrade waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpgradeStage {
    /// Its delay, and perhaps confirmations as well.
    Delayed,
    /// Its delay has run; more authorities have to confirm.
    Unconfirmed,
    /// Anybody may authorize it.
    Ready,
    /// Anybody may apply it.
    Authorized,
    /// Its time is over.
    Expired,
}

impl Upgrade {
    /// What it waits for at this time.
    pub fn stage(&self, now: Moment) -> UpgradeStage {
        let confirmed = u32::try_from(self.confirmed.len()).unwrap_or(u32::MAX);
        match () {
            () if now >= self.plan.expires_at => UpgradeStage::Expired,
            () if self.plan.authorized_at.is_some() => UpgradeStage::Authorized,
            () if now < self.plan.ready_at => UpgradeStage::Delayed,
            () if confirmed < self.needed => UpgradeStage::Unconfirmed,
            () => UpgradeStage::Ready,
        }
    }

    /// The authorities that did not confirm it.
    pub fn missing(&self) -> impl Iterator<Item = InstitutionId> + '_ {
        self.authorities.iter().copied().filter(|authority| !self.confirmed.contains(authority))
    }
}

impl Chain {
    /// The planned upgrade, if one is.
    pub async fn upgrade(&self, at: At) -> Result<Option<Upgrade>, QueryError> {
        self.view(at, UPGRADES, "progress", ()).await
    }

    /// How many milliseconds an upgrade that is planned now waits.
    pub async fn upgrade_delay(&self, at: At) -> Result<Moment, QueryError> {
        self.view(at, UPGRADES, "delay", ()).await
    }

    /// The parameters that the council sets.
    pub async fn parameters(&self, at: At) -> Result<Parameters, QueryError> {
        self.view(at, UPGRADES, "parameters", ()).await
    }

    /// Waits, at most so long, until a block after this one is final, and says which version runs then.
    pub async fn version_after(&self, block: u64, patience: Duration) -> Result<u32, QueryError> {
        let began = Instant::now();
        loop {
            let head = self.head(At::Finalized).await?;
            if head.number > block || began.elapsed() >= patience {
                return Ok(self.runtime_version_at(At::Block(head.hash)).await?.spec_version);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// The calls that can be paused.
    pub async fn pausable_calls(&self, at: At) -> Result<Vec<CallName>, QueryError> {
        let found: Vec<(Vec<u8>, Vec<u8>)> = self.view(at, UPGRADES, "pausable_calls", ()).await?;
        Ok(found.iter().filter_map(|(pallet, call)| CallName::new(pallet, call)).collect())
    }

    /// The calls that are paused.
    pub async fn paused_calls(&self, at: At) -> Result<Vec<CallName>, QueryError> {
        let pairs = self.stored_pairs(at, "TxPause", "PausedCalls").await?;
        let mut paused: Vec<_> = pairs.iter().filter_map(|(key, _)| paused(key)).collect();
        paused.sort();
        Ok(paused)
    }
}

/// How a planned upgrade names its code.
pub fn code_hash(code: &[u8]) -> Digest {
    Digest(sp_crypto_hashing::blake2_256(code))
}

/// The pallet's name in the runtime.
const UPGRADES: &str = "Upgrades";
/// Bytes that the hasher Blake2_128Concat puts before a key.
const BLAKE2_128: usize = 16;

fn paused(key: &[u8]) -> Option<CallName> {
    let (pallet, call): (Vec<u8>, Vec<u8>) = Decode::decode(&mut key.get(BLAKE2_128..)?).ok()?;
    CallName::new(&pallet, &call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::calls::tests::fields_of_stored;

    fn plan() -> Plan {
        Plan {
            code_hash: Digest([1; 32]),
            spec_version: 2,
            replaces: 1,
            planned_at: 100,
            ready_at: 200,
            expires_at: 300,
            authorized_at: None,
        }
    }

    #[test]
    fn an_upgrade_waits_for_its_delay_then_for_confirmations() {
        let authorities = [0, 1, 2, 3].map(InstitutionId).to_vec();
        let with = |confirmed: u32, authorized_at| Upgrade {
            plan: Plan { authorized_at, ..plan() },
            confirmed: (0..confirmed).map(InstitutionId).collect(),
            authorities: authorities.clone(),
            needed: 3,
        };
        for (confirmed, authorized_at, now, stage) in [
            (0, None, 150, UpgradeStage::Delayed),
            (4, None, 199, UpgradeStage::Delayed),
            (2, None, 200, UpgradeStage::Unconfirmed),
            (3, None, 200, UpgradeStage::Ready),
            (3, Some(201), 202, UpgradeStage::Authorized),
            (3, Some(201), 300, UpgradeStage::Expired),
            (0, None, 300, UpgradeStage::Expired),
        ] {
            assert_eq!(with(confirmed, authorized_at).stage(now), stage);
        }
        assert_eq!(with(3, None).missing().collect::<Vec<_>>(), [InstitutionId(3)]);
    }

    #[test]
    fn plans_are_decoded_as_the_runtime_stores_them() {
        let fields = ["code_hash", "spec_version", "replaces", "planned_at", "ready_at", "expires_at", "authorized_at"];
        assert_eq!(fields_of_stored("Upgrades", "Planned", &plan().encode()), fields);
    }

    #[test]
    fn paused_calls_are_read_from_their_keys() {
        let key = [&[7; 16][..], &("Records", "open_records").encode()].concat();
        assert_eq!(paused(&key).unwrap().as_str(), "Records.open_records");
        assert_eq!(paused(&key[..20]), None);
    }
}
