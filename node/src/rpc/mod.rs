// SPDX-License-Identifier: Apache-2.0

//! The RPC methods besides the SDK's own: nonces, proofs of finality, and the questions of Salus.

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

/// The dependencies of the methods.
pub(crate) struct Dependencies {
    /// The client, which reads the chain.
    pub(crate) client: Arc<Client>,
    /// The pool of transactions.
    pub(crate) pool: Arc<Pool>,
    /// The equivocations that the node noticed.
    pub(crate) equivocations: Arc<Equivocations>,
    /// The dependencies of the methods about finality.
    pub(crate) grandpa: Finality,
}

/// The parts of the node on which the methods about finality depend.
pub(crate) struct Finality {
    /// The state of the current vote.
    pub(crate) shared_voter_state: SharedVoterState,
    /// The authorities that vote.
    pub(crate) shared_authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// New proofs of finality.
    pub(crate) justification_stream: GrandpaJustificationStream<Block>,
    /// The database, which stores proofs of finality.
    pub(crate) backend: Arc<FullBackend>,
    /// The executor of subscriptions.
    pub(crate) subscription_executor: SubscriptionTaskExecutor,
}

/// Returns the module with all methods.
pub(crate) fn module(dependencies: Dependencies) -> Result<RpcModule<()>, RegisterMethodError> {
    let Dependencies { client, pool, equivocations, grandpa } = dependencies;
    let mut module = RpcModule::new(());
    module.merge(System::new(client.clone(), pool).into_rpc())?;
    module.merge(finality(grandpa)?)?;
    module.merge(Salus::new(client).into_rpc())?;
    module.merge(Evidence(equivocations).into_rpc())?;
    Ok(module)
}

/// Returns the SDK's methods about finality, with our own `grandpa_proveFinality`.
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
