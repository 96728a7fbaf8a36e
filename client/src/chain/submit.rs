// SPDX-License-Identifier: Apache-2.0

//! Signing, submitting, and waiting until a transaction is finalised.

use super::{outcome::EventBytes, At, Call, Chain, Head, Outcome, QueryError, SubmitError};
use codec::{Compact, Encode};
use salus_primitives::{refusal::Refusal, Digest, SigningKey};
use std::time::Duration;
use subxt::{
    client::OnlineClientAtBlock,
    config::DefaultExtrinsicParamsBuilder,
    error::{
        BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError, TransactionProgressError,
        TransactionStatusError,
    },
    transactions::{
        SubmittableTransaction, TransactionInBlock, TransactionInvalid, TransactionProgress, TransactionStatus,
        ValidationResult,
    },
    utils::{AccountId32, MultiSignature, H256},
    SubstrateConfig,
};

/// Blocks after which a transaction that was not included is void.
const MORTALITY: u64 = 64;

/// The code with which a node's pool says that a transaction is not valid, and in the error's data why.
const INVALID: i32 = 1010;

/// How a node's pool writes our own refusals.
const CUSTOM: &str = "Custom error: ";

/// How far behind the newest block that chain hardly ever changes, even while nothing becomes final.
const SETTLED: u64 = 16;

/// How long a transaction may take until it is finalised, before its fate is called unknown. It is void soon after.
const PATIENCE: Duration = Duration::from_secs(120);

/// The client of one block.
type Block = subxt::client::OnlineClientAtBlockImpl<SubstrateConfig>;

/// What has become of a transaction when somebody stops waiting for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Until {
    /// It is final, and stays.
    #[default]
    Final,
    /// It is in the best block, which may still be replaced: all there is to wait for while nothing becomes final.
    Included,
}

/// Signs transactions.
pub trait Signer: Sync {
    /// The account that signs.
    fn account(&self) -> SigningKey;

    /// The account's signature of `payload`.
    fn sign(&self, payload: &[u8]) -> [u8; 64];
}

struct AsSubxt<'a>(&'a dyn Signer);

impl subxt::transactions::Signer<SubstrateConfig> for AsSubxt<'_> {
    fn account_id(&self) -> AccountId32 {
        AccountId32(self.0.account().0)
    }
    fn sign(&self, payload: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.0.sign(payload))
    }
}

impl Chain {
    /// Signs `call`, submits it, and waits until it is finalised.
    pub async fn submit(&self, call: &Call, signer: &dyn Signer) -> Result<Outcome, SubmitError> {
        self.submit_until(call, signer, Until::Final).await
    }

    /// Signs `call`, submits it, and waits for it.
    pub async fn submit_until(&self, call: &Call, signer: &dyn Signer, until: Until) -> Result<Outcome, SubmitError> {
        let account = AccountId32(signer.account().0);
        let nonce = self.rpc.system_account_next_index(&account).await.map_err(QueryError::from)?;
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        let birth = self.birth().await?;
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(nonce)
            .mortal_from_unchecked(MORTALITY, birth.number, H256(birth.hash.0))
            .build();
        let transaction = block
            .transactions()
            .create_signed(call, &AsSubxt(signer), params)
            .await
            .map_err(|error| incompatible_or_query(call, error))?;
        self.follow(transaction, until).await
    }

    /// Submits a call that needs no account, such as redeeming a voucher, and waits until it is finalised.
    ///
    /// It travels as a general transaction (extrinsic format 5): era, nonce and metadata mode are zero, and what is
    /// signed stands in the call's own arguments.
    pub async fn submit_authorized(&self, call: &Call) -> Result<Outcome, SubmitError> {
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        block.transactions().validate(call).map_err(|error| incompatible_or_query(call, error))?;
        let incompatible = || SubmitError::Incompatible { pallet: call.pallet(), call: call.name() };
        let call = call.encoded().ok_or_else(incompatible)?;
        let head = [GENERAL_V5, EXTENSION_VERSION, IMMORTAL, 0, METADATA_HASH_OFF];
        let framed = framed(&head, &call).ok_or_else(incompatible)?;
        self.follow(block.transactions().from_bytes(framed), Until::Final).await
    }

    /// Submits a call that nobody signs, because what it carries was agreed upon already, and waits until it is finalised.
    pub async fn submit_bare(&self, call: &Call) -> Result<Outcome, SubmitError> {
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        block.transactions().validate(call).map_err(|error| incompatible_or_query(call, error))?;
        let incompatible = || SubmitError::Incompatible { pallet: call.pallet(), call: call.name() };
        let call = call.encoded().ok_or_else(incompatible)?;
        let framed = framed(&[BARE_V5], &call).ok_or_else(incompatible)?;
        self.follow(block.transactions().from_bytes(framed), Until::Final).await
    }

    /// The block from which on a transaction is valid. What is signed names it, so a transaction dies with the fork that has it: the
    /// newest block would be too young.
    async fn birth(&self) -> Result<Head, QueryError> {
        let (best, last) = (self.head(At::Best).await?, self.head(At::Finalized).await?);
        let number = last.number.max(best.number.saturating_sub(SETTLED));
        let hash = self.rpc.chain_get_block_hash(Some(number.into())).await?;
        let hash = hash.ok_or_else(|| QueryError::Node(format!("it does not know block {number} of its own chain")))?;
        Ok(Head { number, hash: Digest(hash.0) })
    }

    async fn at(&self, hash: H256) -> Result<OnlineClientAtBlock<SubstrateConfig>, SubmitError> {
        let at = self.api.at_block(hash).await;
        Ok(at.map_err(|error| QueryError::Node(error.to_string()))?)
    }

    async fn follow(
        &self,
        transaction: SubmittableTransaction<SubstrateConfig, Block>,
        until: Until,
    ) -> Result<Outcome, SubmitError> {
        let hash = Digest(transaction.hash().0);
        // The pool's own answer to a subscription has no code, so it is asked first.
        match transaction.validate().await.map_err(|error| QueryError::Node(error.to_string()))? {
            ValidationResult::Valid(_) => {}
            ValidationResult::Invalid(TransactionInvalid::Custom(code)) => {
                return Err(match Refusal::from_code(code) {
                    Some(refusal) => SubmitError::Refused(refusal),
                    None => SubmitError::Invalid(format!("code {code}")),
                });
            }
            ValidationResult::Invalid(reason) => return Err(SubmitError::Invalid(format!("{reason:?}"))),
            ValidationResult::Unknown(reason) => return Err(SubmitError::Invalid(format!("{reason:?}"))),
        }
        let unknown = |cause: String| SubmitError::Unknown { hash, cause };
        let progress = transaction.submit_and_watch().await.map_err(|error| match error {
            ExtrinsicError::ErrorSubmittingTransaction(error) => refused(&error),
            other => unknown(other.to_string()),
        })?;
        let included = tokio::time::timeout(PATIENCE, wait(progress, until)).await;
        let included = included.map_err(|_| {
            let what = if until == Until::Final { "finalised" } else { "included" };
            unknown(format!("it was not {what} within {} s", PATIENCE.as_secs()))
        })?;
        let included = included.map_err(|error| match error {
            TransactionProgressError::TransactionStatusError(status) => SubmitError::Invalid(status.to_string()),
            other => unknown(other.to_string()),
        })?;
        let block = self.head(At::Block(Digest(included.block_hash().0))).await?;
        let events = included.wait_for_success().await.map_err(|error| failure(error, &unknown))?;
        let events = events
            .iter()
            .map(|event| {
                let event = event.map_err(|error| unknown(error.to_string()))?;
                Ok(EventBytes {
                    pallet: event.pallet_name().to_owned(),
                    name: event.event_name().to_owned(),
                    fields: event.field_bytes().to_vec(),
                })
            })
            .collect::<Result<Vec<_>, SubmitError>>()?;
        let executed = self.executed(block.hash, &events).await?;
        Ok(Outcome { block, transaction: hash, events, executed })
    }

    /// What became of the call that the council agreed upon, if it closed or executed one.
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

/// Waits until the transaction is in a block, or that block is final.
async fn wait(
    mut progress: TransactionProgress<SubstrateConfig, Block>,
    until: Until,
) -> Result<TransactionInBlock<SubstrateConfig, Block>, TransactionProgressError> {
    if until == Until::Final {
        return progress.wait_for_finalized().await;
    }
    while let Some(status) = progress.next().await {
        match status? {
            TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block) => return Ok(block),
            TransactionStatus::Error { message } => return Err(TransactionStatusError::Error(message).into()),
            TransactionStatus::Invalid { message } => return Err(TransactionStatusError::Invalid(message).into()),
            TransactionStatus::Dropped { message } => return Err(TransactionStatusError::Dropped(message).into()),
            TransactionStatus::Validated | TransactionStatus::Broadcasted | TransactionStatus::NoLongerInBestBlock => {}
        }
    }
    Err(TransactionProgressError::UnexpectedEndOfTransactionStatusStream)
}

/// An extrinsic with its length before it; none if it is longer than any can be.
fn framed(head: &[u8], call: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(head.len().checked_add(call.len())?).ok()?;
    Some([Compact(length).encode().as_slice(), head, call].concat())
}

/// Why the pool did not take a transaction that was valid a moment before: the node says it in the error's data only.
fn refused(error: &BackendError) -> SubmitError {
    let BackendError::Rpc(RpcError::ClientError(subxt::rpcs::Error::User(said))) = error else {
        return SubmitError::Invalid(error.to_string());
    };
    let data = said.data.as_ref().filter(|_| said.code == INVALID);
    let reason = data.map(|data| data.get().trim_matches('"')).unwrap_or(said.message.as_str());
    let code = reason.strip_prefix(CUSTOM).and_then(|code| code.trim().parse().ok());
    match code.and_then(Refusal::from_code) {
        Some(refusal) => SubmitError::Refused(refusal),
        None => SubmitError::Invalid(reason.to_owned()),
    }
}

/// A transaction of format 5 that nobody signed.
const BARE_V5: u8 = 0x05;
/// Bytes of the proposal's hash, with which the event of a decision that was carried out begins.
const PROPOSAL_HASH: usize = 32;
/// A general transaction of format 5.
const GENERAL_V5: u8 = 0x45;
/// The only version of the extensions.
const EXTENSION_VERSION: u8 = 0;
/// The era of `CheckMortality`.
const IMMORTAL: u8 = 0;
/// The mode of `CheckMetadataHash`.
const METADATA_HASH_OFF: u8 = 0;

fn incompatible_or_query(call: &Call, error: ExtrinsicError) -> SubmitError {
    match error {
        ExtrinsicError::IncompatibleCodegen
        | ExtrinsicError::PalletNameNotFound(_)
        | ExtrinsicError::CallNameNotFound { .. } => {
            SubmitError::Incompatible { pallet: call.pallet(), call: call.name() }
        }
        other => QueryError::Node(other.to_string()).into(),
    }
}

fn failure(error: TransactionEventsError, unknown: &dyn Fn(String) -> SubmitError) -> SubmitError {
    match error {
        TransactionEventsError::ExtrinsicFailed(error) => dispatch_failure(error),
        other => unknown(other.to_string()),
    }
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
