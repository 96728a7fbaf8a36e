// SPDX-License-Identifier: Apache-2.0

//! How a node and its network are doing: the questions of a node's operator.

use super::{calls::metadata, At, Chain, QueryError};
use codec::Decode;
use salus_primitives::FinalityKey;
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant, SystemTime},
};
use subxt::rpcs::{client::RpcParams, rpc_params, Error};

/// A node's words about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Health {
    /// Nodes that it is connected to.
    pub peers: usize,
    /// Whether it is still catching up.
    pub syncing: bool,
    /// Whether it is to author and vote.
    pub authority: bool,
}

/// The votes about the next final block that a node has seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Votes {
    /// How many authorities vote.
    pub total: usize,
    /// Authorities from whom the node has seen no vote in any round that is under way.
    pub missing: BTreeSet<FinalityKey>,
}

/// How old the newest block is at most, in milliseconds, while all is well: that of a few slots without a block.
const RECENT: u128 = 10_000;

/// A runtime's name and version.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimeVersion {
    /// Which runtime.
    pub spec_name: String,
    /// Its version.
    pub spec_version: u32,
}

impl Chain {
    /// The node's words about itself.
    pub async fn health(&self) -> Result<Health, QueryError> {
        let health = self.rpc.system_health().await?;
        let roles: Vec<String> = self.request("system_nodeRoles", rpc_params![]).await?;
        let authority = roles.iter().any(|role| role == "Authority");
        Ok(Health { peers: health.peers, syncing: health.is_syncing, authority })
    }

    /// Waits until the node has caught up with its network, at most this long, and says whether it has. A node that was just
    /// started follows the network, but loses sight of a transaction meanwhile.
    pub async fn catches_up(&self, patience: Duration) -> Result<bool, QueryError> {
        let began = Instant::now();
        loop {
            let made = self.now(At::Best).await?;
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
            if now.saturating_sub(made.into()) < RECENT && !self.health().await?.syncing {
                return Ok(true);
            }
            if began.elapsed() >= patience {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// The keys that vote on what is final.
    pub async fn finality_keys(&self, at: At) -> Result<Vec<FinalityKey>, QueryError> {
        let authorities: Vec<(FinalityKey, u64)> = self.ask(at, "GrandpaApi_grandpa_authorities", Vec::new()).await?;
        Ok(authorities.into_iter().map(|(key, _)| key).collect())
    }

    /// The votes that the node has seen; `None` while its voter has not begun.
    pub async fn votes(&self) -> Result<Option<Votes>, QueryError> {
        match self.raw.request::<RoundStates>("grandpa_roundState", rpc_params![]).await {
            Ok(states) => states.votes().map(Some),
            Err(Error::User(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The runtime of the node's best block.
    pub async fn runtime_version(&self) -> Result<RuntimeVersion, QueryError> {
        self.runtime_version_at(At::Best).await
    }

    /// The runtime of a block: the one that makes the next.
    pub async fn runtime_version_at(&self, at: At) -> Result<RuntimeVersion, QueryError> {
        let hash = self.hash(at).await?;
        Ok(self.request("state_getRuntimeVersion", rpc_params![hash]).await?)
    }

    /// Whether the node also answers methods that change it, which are for its operator only.
    pub async fn answers_unsafe_methods(&self) -> Result<bool, QueryError> {
        match self.raw.request::<serde_json::Value>("system_peers", rpc_params![]).await {
            Ok(_) => Ok(true),
            Err(Error::User(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the node holds the private part of this key; `None` when it does not answer methods of this kind.
    pub async fn holds(&self, key: &FinalityKey) -> Result<Option<bool>, QueryError> {
        match self.raw.request::<bool>("author_hasKey", rpc_params![key.to_string(), "gran"]).await {
            Ok(holds) => Ok(Some(holds)),
            Err(Error::User(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn request<Answer: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: RpcParams,
    ) -> Result<Answer, Error> {
        self.raw.request(method, params).await
    }
}

/// The runtime that this client was written for.
pub fn expected_runtime() -> Option<RuntimeVersion> {
    /// The fields of `sp_version::RuntimeVersion` up to the one that is needed.
    #[derive(Decode)]
    struct Version {
        spec_name: String,
        _impl_name: String,
        _authoring_version: u32,
        spec_version: u32,
    }
    let constant = metadata()?.pallet_by_name("System")?.constant_by_name("Version")?;
    let Version { spec_name, spec_version, .. } = Version::decode(&mut constant.value()).ok()?;
    Some(RuntimeVersion { spec_name, spec_version })
}

/// The answer to `grandpa_roundState`.
#[derive(Deserialize)]
struct RoundStates {
    best: RoundState,
    background: Vec<RoundState>,
}

#[derive(Deserialize)]
struct RoundState {
    prevotes: VotesOfKind,
    precommits: VotesOfKind,
    #[serde(rename = "totalWeight")]
    total: usize,
}

#[derive(Deserialize)]
struct VotesOfKind {
    /// Addresses, as everywhere in Substrate's JSON.
    missing: Vec<String>,
}

impl RoundStates {
    fn votes(&self) -> Result<Votes, QueryError> {
        let unreadable = QueryError::Unreadable("grandpa_roundState");
        let mut missing: Option<BTreeSet<FinalityKey>> = None;
        for round in self.background.iter().chain([&self.best]) {
            for votes in [&round.prevotes, &round.precommits] {
                let keys: Option<BTreeSet<_>> = votes.missing.iter().map(|text| key_of_address(text)).collect();
                let Some(keys) = keys else { return Err(unreadable) };
                missing = Some(match missing {
                    Some(before) => before.intersection(&keys).copied().collect(),
                    None => keys,
                });
            }
        }
        Ok(Votes { total: self.best.total, missing: missing.unwrap_or_default() })
    }
}

/// The key in an address with a prefix of one byte. The two bytes of checksum are the node's business.
fn key_of_address(text: &str) -> Option<FinalityKey> {
    let bytes = bs58::decode(text).into_vec().ok()?;
    let [_, key @ .., _, _] = bytes.as_slice() else { return None };
    <[u8; 32]>::try_from(key).ok().map(FinalityKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu";
    const BOB: &str = "5GoNkf6WdbxCFnPdAnYYQyCjAKPJgLNxXwPjwTh6DGg6gN3E";

    #[test]
    fn whoever_voted_in_any_round_is_not_missing() {
        let state = |prevotes: &[&str], precommits: &[&str]| {
            serde_json::json!({
                "round": 7, "totalWeight": 2, "thresholdWeight": 2,
                "prevotes": { "currentWeight": 0, "missing": prevotes },
                "precommits": { "currentWeight": 0, "missing": precommits },
            })
        };
        let votes = |best, background| {
            let states = serde_json::json!({ "setId": 0, "best": best, "background": background });
            serde_json::from_value::<RoundStates>(states).unwrap().votes().unwrap()
        };
        let both = votes(state(&[ALICE, BOB], &[ALICE, BOB]), vec![]);
        assert_eq!((both.total, both.missing.len()), (2, 2));
        let bob = votes(state(&[ALICE, BOB], &[ALICE, BOB]), vec![state(&[BOB], &[ALICE, BOB])]);
        assert_eq!(bob.missing, [key_of_address(BOB).unwrap()].into());
        let none = votes(state(&[BOB], &[ALICE, BOB]), vec![state(&[ALICE], &[])]);
        assert!(none.missing.is_empty());
    }

    #[test]
    fn the_clients_own_metadata_names_the_runtime() {
        assert_eq!(expected_runtime().unwrap().spec_name, "salus");
    }
}
