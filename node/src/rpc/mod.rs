// SPDX-License-Identifier: Apache-2.0

//! What clients talk to, beyond the SDK's own methods: nonces, proofs of finality, and the questions of Salus.

mod equivocations;
mod error;
mod finality;
mod salus;

use crate::{
    client::{Client, FullBackend, Pool},
    equivocations::Equivocations,
};
use equivocations::{EquivocationMethodsServer, Evidence};
use finality::{FinalityMethodsServer, FinalityProofs};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use salus::{Salus, SalusMethodsServer};
use salus_runtime::{opaque::Block, BlockNumber, Hash};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods need.
pub(crate) struct Dependencies {
    /// Knows the chain.
    pub(crate) client: Arc<Client>,
    /// Knows what waits for the next block.
    pub(crate) pool: Arc<Pool>,
    /// Knows which authorities made two blocks for one slot.
    pub(crate) equivocations: Arc<Equivocations>,
    /// Knows what is final, and why.
    pub(crate) grandpa: Finality,
}

/// What the methods about finality need.
pub(crate) struct Finality {
    /// The state of the vote.
    pub(crate) shared_voter_state: SharedVoterState,
    /// Who votes.
    pub(crate) shared_authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// Proofs of finality as they come.
    pub(crate) justification_stream: GrandpaJustificationStream<Block>,
    /// The database, where proofs of finality are stored.
    pub(crate) backend: Arc<FullBackend>,
    /// Runs subscriptions.
    pub(crate) subscription_executor: SubscriptionTaskExecutor,
}

/// All methods.
pub(crate) fn module(dependencies: Dependencies) -> Result<RpcModule<()>, RegisterMethodError> {
    let Dependencies { client, pool, equivocations, grandpa } = dependencies;
    let mut module = RpcModule::new(());
    module.merge(System::new(client.clone(), pool).into_rpc())?;
    module.merge(finality(grandpa)?)?;
    module.merge(Salus::new(client).into_rpc())?;
    module.merge(Evidence(equivocations).into_rpc())?;
    Ok(module)
}

/// The SDK's methods about finality, and our own in place of the one that proves it.
fn finality(grandpa: Finality) -> Result<RpcModule<()>, RegisterMethodError> {
    let Finality { shared_voter_state, shared_authority_set, justification_stream, backend, subscription_executor } =
        grandpa;
    let proofs = FinalityProofProvider::new_for_service(backend.clone(), Some(shared_authority_set.clone()));
    let mut sdk =
        Grandpa::new(subscription_executor, shared_authority_set, shared_voter_state, justification_stream, proofs)
            .into_rpc();
    sdk.remove_method("grandpa_proveFinality");
    let mut module = RpcModule::new(());
    module.merge(sdk)?;
    module.merge(FinalityProofs::new(backend).into_rpc())?;
    Ok(module)
}
