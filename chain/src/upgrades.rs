// SPDX-License-Identifier: Apache-2.0

//! Planned upgrades, paused calls, parameters.

use super::{At, Chain, QueryError};
use codec::Decode;
pub use salus_primitives::upgrades::{Plan, Progress as Upgrade, UpgradeStage};
use salus_primitives::{
    governance::{CallName, Parameters},
    Digest, Moment,
};
use std::time::{Duration, Instant};

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
    use crate::calls::tests::fields_of_stored;
    use codec::Encode;

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
