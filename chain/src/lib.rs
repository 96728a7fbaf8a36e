// SPDX-License-Identifier: Apache-2.0

//! The chain, seen from a client: questions, transactions that wait for finality, and typed refusals.
//!
//! Types come from [`salus_primitives`], the same that the runtime is made of. The runtime's metadata is checked in
//! (`chain/metadata.scale`), and a test of the runtime fails when it is stale. The client refuses a transaction when the
//! node's own metadata describes its call differently ([`SubmitError::Incompatible`]).

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used,
        reason = "tests fail by panicking"
    )
)]

mod authorities;
mod calls;
mod council;
mod error;
pub mod events;
mod head;
mod health;
mod inclusion;
mod named_objects;
mod notices;
mod operator;
mod outcome;
mod pipeline;
mod pool;
mod proposal;
mod queries;
mod storage;
mod submit;
mod upgrades;
mod view;
mod view_functions;

pub use authorities::{Seat, SeatStatus, Seating, SessionKeys, Strength, MIN_AUTHORITIES};
pub use calls::{Call, InstitutionChange, Signature, StaffChange};
pub use council::{Motion, MotionState, MOTION_WEIGHT};
pub use error::{ConnectError, QueryError, SubmitError};
pub use head::{At, Head};
pub use health::{expected_runtime, Health, RuntimeVersion, Votes};
pub use named_objects::NamedObject;
pub use notices::{Notice, Notices, NoticesError, ReadMark, ReadMarks};
pub use operator::RotatedKeys;
pub use outcome::{Outcome, OutcomeError};
pub use pipeline::Pipeline;
pub use proposal::Proposal;
pub use salus_primitives::governance::Share;
pub use submit::{Signer, Until};
pub use upgrades::{code_hash, Plan, Upgrade, UpgradeStage};

use salus_primitives::Digest;
use std::sync::Arc;
use subxt::{
    backend::LegacyBackend,
    config::RpcConfigFor,
    rpcs::{methods::legacy::LegacyRpcMethods, RpcClient},
    OnlineClient, OnlineClientAtBlock, SubstrateConfig,
};

/// A connection to a node.
#[derive(Clone)]
pub struct Chain {
    api: OnlineClient<SubstrateConfig>,
    rpc: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
    raw: RpcClient,
    genesis: Digest,
}

impl Chain {
    /// Connects to the node at `url`, such as `ws://127.0.0.1:9944`.
    ///
    /// Plain `ws://` is accepted for the loopback interface only: elsewhere a stranger on the way could alter answers.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        if !url.starts_with("ws://") && !url.starts_with("wss://") {
            return Err(ConnectError::NotAnAddress { url: url.to_owned() });
        }
        let unreachable =
            |cause: String| ConnectError::Unreachable { url: url.to_owned(), cause: plain(&cause).to_owned() };
        let client = RpcClient::from_url(url).await.map_err(|error| match error {
            subxt::rpcs::Error::InsecureUrl(_) => ConnectError::Insecure { url: url.to_owned() },
            other => unreachable(other.to_string()),
        })?;
        // Not by `chainHead`: a node that was just started, or fell behind, ends that subscription in the middle of a
        // transaction. The client would not know its fate.
        let backend = LegacyBackend::<SubstrateConfig>::builder().build(client.clone());
        let api = OnlineClient::<SubstrateConfig>::from_backend(Arc::new(backend))
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        let genesis = Digest(api.genesis_hash().0);
        let chain = Self { api, rpc: LegacyRpcMethods::new(client.clone()), raw: client, genesis };
        chain.check_is_salus(url).await?;
        Ok(chain)
    }

    /// The hash of the genesis block: it names the chain in everything that is signed or sealed.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    /// The name of the chain, as its specification gives it.
    pub async fn name(&self) -> Result<String, QueryError> {
        Ok(self.rpc.system_chain().await?)
    }

    /// The node's version.
    pub async fn node_version(&self) -> Result<String, QueryError> {
        Ok(self.rpc.system_version().await?)
    }

    /// The client of one block, which has the metadata of that block's runtime.
    async fn client_at(&self, at: At) -> Result<OnlineClientAtBlock<SubstrateConfig>, QueryError> {
        let hash = self.hash(at).await?;
        self.api.at_block(hash).await.map_err(|error| QueryError::Node(error.to_string()))
    }

    async fn check_is_salus(&self, url: &str) -> Result<(), ConnectError> {
        let found = self
            .api
            .at_current_block()
            .await
            .map_err(|error| ConnectError::Unreachable {
                url: url.to_owned(),
                cause: plain(&error.to_string()).to_owned(),
            })?
            .metadata_ref()
            .pallets()
            .any(|pallet| pallet.name() == "Membership");
        found.then_some(()).ok_or_else(|| ConnectError::NotSalus { url: url.to_owned() })
    }
}

/// The event, without the layers through which it came.
fn plain(mut cause: &str) -> &str {
    while let Some(rest) = ["RPC error: ", "client error: "].into_iter().find_map(|layer| cause.strip_prefix(layer)) {
        cause = rest;
    }
    cause
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn layers_of_an_error_are_left_out() {
        assert_eq!(plain("RPC error: client error: RPC error: refused"), "refused");
        assert_eq!(plain("refused: client error: "), "refused: client error: ");
    }
}
