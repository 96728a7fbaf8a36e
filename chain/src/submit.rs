// SPDX-License-Identifier: Apache-2.0

//! Signing and submitting transactions.

use super::{
    pool::{self, NotTaken, Transaction},
    At, Call, Chain, Head, Outcome, QueryError, SubmitError,
};
use codec::{Compact, Encode};
use salus_primitives::{Digest, SigningKey};
use salus_sealing::{keys::SigningPair, secret::random};
use std::time::{Duration, Instant};
use subxt::{
    client::OnlineClientAtBlock,
    config::DefaultExtrinsicParamsBuilder,
    error::ExtrinsicError,
    utils::{AccountId32, MultiSignature, H256},
    SubstrateConfig,
};

/// Blocks after which a transaction that was not included is void.
const MORTALITY: u64 = 64;

/// How long a pool may be behind its node.
pub(super) const CATCHES_UP: Duration = Duration::from_secs(20);

/// How long to wait before asking it again, at least and at most. Programs that collided must not do so again.
const PAUSES: [u64; 2] = [100, 600];

/// How far behind the newest block that chain hardly ever changes, even while nothing becomes final.
const SETTLED: u64 = 16;

/// How far a transaction has come when the program stops waiting for it.
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

impl Signer for SigningPair {
    fn account(&self) -> SigningKey {
        self.public()
    }
    fn sign(&self, payload: &[u8]) -> [u8; 64] {
        Self::sign(self, payload)
    }
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
    /// Signs `call`, submits it, and waits until it is finalized.
    pub async fn submit(&self, call: &Call, signer: &dyn Signer) -> Result<Outcome, SubmitError> {
        self.submit_until(call, signer, Until::Final).await
    }

    /// Signs `call`, submits it, and waits for it.
    ///
    /// While another program signs with the same account, the client takes the next nonce and signs the call again, for some
    /// twenty seconds.
    pub async fn submit_until(&self, call: &Call, signer: &dyn Signer, until: Until) -> Result<Outcome, SubmitError> {
        let (began, mut attempts) = (Instant::now(), 0u32);
        loop {
            attempts = attempts.saturating_add(1);
            let nonce = self.next_nonce(signer.account()).await?;
            match self.follow(self.signed(call, signer, nonce).await?, until).await {
                Err(NotTaken::Behind(_) | NotTaken::Overtaken(_)) if began.elapsed() < CATCHES_UP => pause().await,
                Err(NotTaken::Overtaken(SubmitError::Banned)) => return Err(SubmitError::Banned),
                Err(NotTaken::Overtaken(_)) => return Err(SubmitError::AccountBusy { attempts }),
                other => return Ok(other?),
            }
        }
    }

    /// The nonce after those that the account has used, in blocks or in the node's pool.
    pub(super) async fn next_nonce(&self, account: SigningKey) -> Result<u64, QueryError> {
        Ok(self.rpc.system_account_next_index(&AccountId32(account.0)).await?)
    }

    /// Whether transactions that the account submitted wait in the node's pool for a block.
    pub async fn has_pending(&self, account: SigningKey) -> Result<bool, QueryError> {
        let next = self.next_nonce(account).await?;
        let block = self.client_at(At::Best).await?;
        let included = block.transactions().account_nonce(&AccountId32(account.0)).await;
        Ok(next > included.map_err(|error| QueryError::Node(error.to_string()))?)
    }

    pub(super) async fn signed(
        &self,
        call: &Call,
        signer: &dyn Signer,
        nonce: u64,
    ) -> Result<Transaction, SubmitError> {
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        let birth = self.birth().await?;
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(nonce)
            .mortal_from_unchecked(MORTALITY, birth.number, H256(birth.hash.0))
            .build();
        let signed = block.transactions().create_signed(call, &AsSubxt(signer), params).await;
        signed.map_err(|error| incompatible_or_query(call, error))
    }

    /// Submits a call that needs no account, such as redeeming a voucher, and waits until it is finalized.
    ///
    /// It travels as a general transaction (extrinsic format 5). Era, nonce and metadata mode are zero, and the signatures
    /// stand in the call's own arguments.
    pub async fn submit_authorized(&self, call: &Call) -> Result<Outcome, SubmitError> {
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        block.transactions().validate(call).map_err(|error| incompatible_or_query(call, error))?;
        let incompatible = || SubmitError::Incompatible { pallet: call.pallet(), call: call.name() };
        let call = call.encoded().ok_or_else(incompatible)?;
        let head = [GENERAL_V5, EXTENSION_VERSION, IMMORTAL, 0, METADATA_HASH_OFF];
        let framed = framed(&head, &call).ok_or_else(incompatible)?;
        Ok(self.follow(block.transactions().from_bytes(framed), Until::Final).await?)
    }

    /// Submits a call without a signer, because its content was agreed upon already, and waits until it is finalized.
    pub async fn submit_bare(&self, call: &Call) -> Result<Outcome, SubmitError> {
        let best = self.hash(At::Best).await?;
        let block = self.at(best).await?;
        block.transactions().validate(call).map_err(|error| incompatible_or_query(call, error))?;
        let incompatible = || SubmitError::Incompatible { pallet: call.pallet(), call: call.name() };
        let call = call.encoded().ok_or_else(incompatible)?;
        let framed = framed(&[BARE_V5], &call).ok_or_else(incompatible)?;
        Ok(self.follow(block.transactions().from_bytes(framed), Until::Final).await?)
    }

    /// Submits the transaction, and waits for it.
    async fn follow(&self, transaction: Transaction, until: Until) -> Result<Outcome, NotTaken> {
        let hash = transaction.hash();
        pool::check(&transaction).await?;
        let watch = pool::take(&transaction).await?;
        let block = self.inclusion(hash, watch, until).await?;
        Ok(self.outcome(block, hash).await?)
    }

    /// The block from which on a transaction is valid. The signed bytes name it, so a transaction dies with the fork that has it: the
    /// newest block would be too young.
    pub(super) async fn birth(&self) -> Result<Head, QueryError> {
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
}

/// Waits a moment, whose length is left to chance.
pub(super) async fn pause() {
    let [least, most] = PAUSES;
    let [chance] = random::<1>();
    let more = u64::from(chance).saturating_mul(most.saturating_sub(least)) / 255;
    tokio::time::sleep(Duration::from_millis(least.saturating_add(more))).await;
}

/// An extrinsic with its length before it; none if it is longer than any can be.
fn framed(head: &[u8], call: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(head.len().checked_add(call.len())?).ok()?;
    Some([Compact(length).encode().as_slice(), head, call].concat())
}

/// An unsigned transaction of format 5.
const BARE_V5: u8 = 0x05;
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
