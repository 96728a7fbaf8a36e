// SPDX-License-Identifier: Apache-2.0

//! Waiting until a submitted transaction is in a block, and what it did there.

use super::{outcome::EventBytes, pool::Watch, At, Chain, Outcome, QueryError, SubmitError, Until};
use salus_primitives::Digest;
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use subxt::{
    client::OnlineClientAtBlockImpl,
    error::{DispatchError, TransactionProgressError, TransactionStatusError},
    events::Phase,
    transactions::{TransactionProgress, TransactionStatus},
    utils::H256,
    SubstrateConfig,
};

/// How long a transaction may take until it is finalized, before its fate is called unknown. It is void soon after.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long to wait before looking for new blocks.
const PAUSE: Duration = Duration::from_millis(500);

/// Bytes of the proposal's hash, with which the event of a decision that was carried out begins.
const PROPOSAL_HASH: usize = 32;

impl Chain {
    /// The block that has the transaction, once it is final or, on request, the best.
    pub(super) async fn inclusion(&self, transaction: H256, watch: Watch, until: Until) -> Result<H256, SubmitError> {
        let unknown = |cause: String| SubmitError::Unknown { hash: Digest(transaction.0), cause };
        let waiting = async {
            match watch {
                Watch::Pool(progress) => told(progress, until).await.map_err(|error| match error {
                    TransactionProgressError::TransactionStatusError(status) => {
                        SubmitError::Invalid(status.to_string())
                    }
                    other => unknown(other.to_string()),
                }),
                Watch::Blocks => self.found(transaction, until).await.map_err(|error| unknown(error.to_string())),
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.map_err(|_| {
            let what = if until == Until::Final { "finalized" } else { "included" };
            unknown(format!("it was not {what} within {} s", PATIENCE.as_secs()))
        })?
    }

    /// Looks at the newest blocks until one has the transaction.
    async fn found(&self, transaction: H256, until: Until) -> Result<H256, QueryError> {
        let at = if until == Until::Final { At::Finalized } else { At::Best };
        let mut next = self.birth().await?.number.saturating_add(1);
        loop {
            let last = self.head(at).await?.number;
            for number in next..=last {
                // None where the chain became shorter meanwhile.
                let Some(hash) = self.rpc.chain_get_block_hash(Some(number.into())).await? else { break };
                if self.position(hash, transaction).await?.is_some() {
                    return Ok(hash);
                }
            }
            // Blocks that are final stay as they are; the others are looked at again.
            if until == Until::Final {
                next = next.max(last.saturating_add(1));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The transaction's place in the block, if it is there.
    async fn position(&self, block: H256, transaction: H256) -> Result<Option<usize>, QueryError> {
        let body = self.rpc.chain_get_block(Some(block)).await?.ok_or(QueryError::UnknownBlock(Digest(block.0)))?;
        Ok(body.block.extrinsics.iter().position(|one| blake2_256(&one.0) == transaction.0))
    }

    /// The effect of the transaction in the block; its failure, if it did nothing.
    pub(super) async fn outcome(&self, block: H256, transaction: H256) -> Result<Outcome, SubmitError> {
        let hash = Digest(transaction.0);
        let unknown = |cause: String| SubmitError::Unknown { hash, cause };
        let queried = |error: QueryError| unknown(error.to_string());
        let place = self.position(block, transaction).await.map_err(queried)?;
        let place = place.ok_or_else(|| unknown(format!("the block `{}` lost it", Digest(block.0))))?;
        let client = self.client_at(At::Block(Digest(block.0))).await.map_err(queried)?;
        let all = client.events().fetch().await.map_err(|error| unknown(error.to_string()))?;
        let mut events = Vec::new();
        for event in all.iter() {
            let event = event.map_err(|error| unknown(error.to_string()))?;
            if !matches!(event.phase(), Phase::ApplyExtrinsic(index) if usize::try_from(index) == Ok(place)) {
                continue;
            }
            if (event.pallet_name(), event.event_name()) == ("System", "ExtrinsicFailed") {
                let error = DispatchError::decode_from(event.field_bytes(), client.metadata());
                return Err(error.map_or_else(|error| unknown(error.to_string()), dispatch_failure));
            }
            events.push(EventBytes {
                pallet: event.pallet_name().to_owned(),
                name: event.event_name().to_owned(),
                fields: event.field_bytes().to_vec(),
            });
        }
        let block = self.head(At::Block(Digest(block.0))).await?;
        let executed = self.executed(block.hash, &events).await?;
        Ok(Outcome { block, transaction: hash, events, executed })
    }

    /// The outcome of the call that the council agreed upon, if the transaction closed or executed one.
    async fn executed(&self, block: Digest, events: &[EventBytes]) -> Result<Option<Result<(), String>>, SubmitError> {
        let event = events.iter().find(|event| event.pallet == "Council" && event.name == "Executed");
        let result = event.and_then(|event| event.fields.get(PROPOSAL_HASH..)?.split_first());
        Ok(match result {
            None => None,
            Some((0, _)) => Some(Ok(())),
            Some((_, error)) => {
                let metadata = self.client_at(At::Block(block)).await?.metadata();
                let error = DispatchError::decode_from(error, metadata).map(dispatch_failure);
                Some(Err(error.map_or_else(|error| error.to_string(), |failure| failure.to_string())))
            }
        })
    }
}

/// Waits until the pool says that the transaction is in a block, or that block final.
async fn told(
    mut progress: TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>,
    until: Until,
) -> Result<H256, TransactionProgressError> {
    if until == Until::Final {
        return Ok(progress.wait_for_finalized().await?.block_hash());
    }
    while let Some(status) = progress.next().await {
        match status? {
            TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block) => {
                return Ok(block.block_hash());
            }
            TransactionStatus::Error { message } => return Err(TransactionStatusError::Error(message).into()),
            TransactionStatus::Invalid { message } => return Err(TransactionStatusError::Invalid(message).into()),
            TransactionStatus::Dropped { message } => return Err(TransactionStatusError::Dropped(message).into()),
            TransactionStatus::Validated | TransactionStatus::Broadcasted | TransactionStatus::NoLongerInBestBlock => {}
        }
    }
    Err(TransactionProgressError::UnexpectedEndOfTransactionStatusStream)
}

fn dispatch_failure(error: DispatchError) -> SubmitError {
    match error {
        DispatchError::Module(module) => match module.details() {
            Ok(details) => SubmitError::Failed {
                pallet: details.pallet.name().to_owned(),
                error: details.variant.name.clone(),
                docs: details.variant.docs.join(" ").trim().to_owned(),
            },
            Err(error) => SubmitError::Dispatch(error.to_string()),
        },
        other => SubmitError::Dispatch(other.to_string()),
    }
}
