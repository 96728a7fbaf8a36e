// SPDX-License-Identifier: Apache-2.0

//! Waiting until a submitted transaction is in a block, and what it did there.

use super::{outcome::EventBytes, pool::Watch, At, Chain, Outcome, QueryError, SubmitError, Until};
use futures::{Stream, StreamExt};
use salus_primitives::Digest;
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use subxt::{
    error::{DispatchError, TransactionProgressError, TransactionStatusError},
    events::Phase,
    transactions::TransactionStatus,
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
                Watch::Pool(progress) => {
                    told(progress.map(|status| status.map(Told::of)), until).await.map_err(|error| match error {
                        TransactionProgressError::TransactionStatusError(status) => {
                            SubmitError::Invalid(status.to_string())
                        }
                        other => unknown(other.to_string()),
                    })
                }
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

/// The pool's word about a transaction that it took.
#[derive(Debug)]
pub(super) enum Told {
    /// No block of the best chain has it yet, or the one that had it was retracted. The pool need not say so of a
    /// retraction: then it only names the next block.
    Waiting,
    /// The best block has it.
    Best(H256),
    /// A final block has it.
    Final(H256),
    /// The pool has it no longer.
    Lost(TransactionStatusError),
}

impl Told {
    fn of<Client>(status: TransactionStatus<SubstrateConfig, Client>) -> Self {
        match status {
            TransactionStatus::Validated | TransactionStatus::Broadcasted | TransactionStatus::NoLongerInBestBlock => {
                Self::Waiting
            }
            TransactionStatus::InBestBlock(block) => Self::Best(block.block_hash()),
            TransactionStatus::InFinalizedBlock(block) => Self::Final(block.block_hash()),
            TransactionStatus::Error { message } => Self::Lost(TransactionStatusError::Error(message)),
            TransactionStatus::Invalid { message } => Self::Lost(TransactionStatusError::Invalid(message)),
            TransactionStatus::Dropped { message } => Self::Lost(TransactionStatusError::Dropped(message)),
        }
    }
}

/// Waits until the pool says that the transaction is in a block, or that block final.
pub(super) async fn told(
    mut statuses: impl Stream<Item = Result<Told, TransactionProgressError>> + Unpin,
    until: Until,
) -> Result<H256, TransactionProgressError> {
    while let Some(status) = statuses.next().await {
        match status? {
            Told::Final(block) => return Ok(block),
            Told::Best(block) if until == Until::Included => return Ok(block),
            Told::Best(_) | Told::Waiting => {}
            Told::Lost(error) => return Err(error.into()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{stream, FutureExt};

    /// The block that `told` finds when the pool says this and then nothing more.
    fn found(words: Vec<Told>, until: Until) -> Result<H256, TransactionProgressError> {
        told(stream::iter(words.into_iter().map(Ok)), until).now_or_never().unwrap()
    }

    fn block(number: u8) -> H256 {
        H256::repeat_byte(number)
    }

    #[test]
    fn the_block_of_a_transaction_is_the_final_one_and_not_one_that_was_retracted() {
        // A pool may say that the first block was retracted, or only name the second.
        for says_so in [true, false] {
            let words = || {
                let mut words = vec![Told::Waiting, Told::Best(block(1))];
                words.extend(says_so.then_some(Told::Waiting));
                words.extend([Told::Best(block(2)), Told::Final(block(2))]);
                words
            };
            assert_eq!(found(words(), Until::Final).unwrap(), block(2));
            assert_eq!(found(words(), Until::Included).unwrap(), block(1));
        }
    }

    #[test]
    fn a_transaction_that_the_pool_loses_after_a_retraction_is_not_called_final() {
        let words = vec![Told::Best(block(1)), Told::Waiting];
        let lost = Told::Lost(TransactionStatusError::Dropped("Finality timeout".to_owned()));
        assert!(matches!(
            found(words, Until::Final),
            Err(TransactionProgressError::UnexpectedEndOfTransactionStatusStream)
        ));
        assert!(matches!(
            found(vec![Told::Best(block(1)), lost], Until::Final),
            Err(TransactionProgressError::TransactionStatusError(_))
        ));
    }
}
