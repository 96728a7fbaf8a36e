// SPDX-License-Identifier: Apache-2.0

//! Signing, submitting, and waiting until a transaction is finalised.

use super::{outcome::EventBytes, At, Call, Chain, Head, Outcome, QueryError, SubmitError};
use codec::{Compact, Encode};
use salus_primitives::{refusal::Refusal, Digest, SigningKey};
use std::time::Duration;
use subxt::{
    client::OnlineClientAtBlock,
    config::DefaultExtrinsicParamsBuilder,
    error::{DispatchError, ExtrinsicError, TransactionEventsError, TransactionProgressError},
    transactions::{SubmittableTransaction, TransactionInvalid, ValidationResult},
    utils::{AccountId32, MultiSignature, H256},
    SubstrateConfig,
};

/// Blocks after which a transaction that was not included is void.
const MORTALITY: u64 = 64;

/// How long a transaction may take until it is finalised, before its fate is called unknown. It is void soon after.
const PATIENCE: Duration = Duration::from_secs(120);

/// The client of one block.
type Block = subxt::client::OnlineClientAtBlockImpl<SubstrateConfig>;

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
        let account = AccountId32(signer.account().0);
        let nonce = self.rpc.system_account_next_index(&account).await.map_err(QueryError::from)?;
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new().nonce(nonce).mortal(MORTALITY).build();
        let transaction = block
            .transactions()
            .create_signed(call, &AsSubxt(signer), params)
            .await
            .map_err(|error| incompatible_or_query(call, error))?;
        self.follow(transaction).await
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
        let mut bytes = vec![GENERAL_V5, EXTENSION_VERSION, IMMORTAL, 0, METADATA_HASH_OFF];
        bytes.extend(call.encoded().ok_or_else(incompatible)?);
        let length = u32::try_from(bytes.len()).map_err(|_| incompatible())?;
        let framed = [Compact(length).encode(), bytes].concat();
        self.follow(block.transactions().from_bytes(framed)).await
    }

    async fn at(&self, hash: H256) -> Result<OnlineClientAtBlock<SubstrateConfig>, SubmitError> {
        let at = self.api.at_block(hash).await;
        Ok(at.map_err(|error| QueryError::Node(error.to_string()))?)
    }

    async fn follow(
        &self,
        transaction: SubmittableTransaction<SubstrateConfig, Block>,
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
            ExtrinsicError::ErrorSubmittingTransaction(error) => SubmitError::Invalid(error.to_string()),
            other => unknown(other.to_string()),
        })?;
        let finalized = tokio::time::timeout(PATIENCE, progress.wait_for_finalized()).await;
        let finalized =
            finalized.map_err(|_| unknown(format!("nothing was finalised for {} s", PATIENCE.as_secs())))?;
        let included = finalized.map_err(|error| match error {
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
            .collect::<Result<_, SubmitError>>()?;
        Ok(Outcome { block: Head { ..block }, transaction: hash, events })
    }
}

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
        TransactionEventsError::ExtrinsicFailed(DispatchError::Module(module)) => match module.details() {
            Ok(details) => SubmitError::Failed {
                pallet: details.pallet.name().to_owned(),
                error: details.variant.name.clone(),
                docs: details.variant.docs.join(" ").trim().to_owned(),
            },
            Err(error) => SubmitError::Dispatch(error.to_string()),
        },
        TransactionEventsError::ExtrinsicFailed(other) => SubmitError::Dispatch(other.to_string()),
        other => unknown(other.to_string()),
    }
}
