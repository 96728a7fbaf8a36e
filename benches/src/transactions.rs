// SPDX-License-Identifier: Apache-2.0

//! Transactions for any runtime: calls are encoded by the metadata of the node that is asked, so that one generator
//! measures a version and an older one.

use anyhow::{ensure, Context, Result};
use codec::{Compact, Decode, Encode};
use serde_json::Value as Json;
use subxt::{
    dynamic::Value,
    ext::scale_value::scale::encode_as_type,
    rpcs::{rpc_params, RpcClient},
    Metadata,
};
use subxt_signer::sr25519::Keypair;

/// Blocks for which a transaction is valid.
const MORTALITY: u64 = 1_024;

/// The parts that every transaction of one chain has.
pub(crate) struct Encoder {
    metadata: Metadata,
    spec_version: u32,
    transaction_version: u32,
    genesis: [u8; 32],
    /// A recent block's number and hash, from which on transactions are valid.
    birth: (u64, [u8; 32]),
}

impl Encoder {
    /// Asks the node for it.
    pub(crate) async fn of(rpc: &RpcClient) -> Result<Self> {
        let metadata: String = rpc.request("state_getMetadata", rpc_params![]).await?;
        let metadata = Metadata::decode_from(&bytes(&metadata)?)?;
        let version: Json = rpc.request("state_getRuntimeVersion", rpc_params![]).await?;
        let number = |name: &str| version.get(name).and_then(Json::as_u64).and_then(|it| u32::try_from(it).ok());
        let genesis: String = rpc.request("chain_getBlockHash", rpc_params![0]).await?;
        let birth: String = rpc.request("chain_getFinalizedHead", rpc_params![]).await?;
        let header: Json = rpc.request("chain_getHeader", rpc_params![&birth]).await?;
        Ok(Self {
            metadata,
            spec_version: number("specVersion").context("no version")?,
            transaction_version: number("transactionVersion").context("no version")?,
            genesis: hash(&genesis)?,
            birth: (number_of(&header)?, hash(&birth)?),
        })
    }

    /// The call with this name, wherever it is, with arguments by name.
    pub(crate) fn call(&self, name: &str, arguments: &[(&str, Value)]) -> Result<Vec<u8>> {
        let (pallet, call) = self
            .metadata
            .pallets()
            .find_map(|pallet| Some((pallet.call_index(), pallet.call_variant_by_name(name)?)))
            .with_context(|| format!("the runtime has no call `{name}`"))?;
        let mut encoded = vec![pallet, call.index];
        ensure!(call.fields.len() == arguments.len(), "`{name}` has {} arguments", call.fields.len());
        for field in &call.fields {
            let wanted = field.name.as_deref().unwrap_or_default();
            let value = arguments.iter().find(|(name, _)| *name == wanted);
            let (_, value) = value.with_context(|| format!("`{name}` wants `{wanted}`"))?;
            encode_as_type(value, field.ty.id, self.metadata.types(), &mut encoded)
                .with_context(|| format!("`{wanted}` of `{name}`"))?;
        }
        Ok(encoded)
    }

    /// The transaction. Its extensions carry an era, a nonce and the mode of the metadata's hash, and imply versions, hashes
    /// and no hash of the metadata.
    pub(crate) fn signed(&self, call: &[u8], key: &Keypair, nonce: u64) -> Vec<u8> {
        let extensions = (self.era(), Compact(nonce), 0u8).encode();
        let implied = (self.spec_version, self.transaction_version, self.genesis, self.birth.1, 0u8).encode();
        let payload = [call, &extensions, &implied].concat();
        let signature = match payload.len() > 256 {
            true => key.sign(&sp_crypto_hashing::blake2_256(&payload)),
            false => key.sign(&payload),
        };
        // Format 4, signed; an account by its public key; an sr25519 signature.
        let transaction = [&[0x84, 0x00], &key.public_key().0[..], &[0x01], &signature.0, &extensions, call].concat();
        transaction.encode()
    }

    /// As `CheckMortality` encodes it.
    fn era(&self) -> [u8; 2] {
        let phase = self.birth.0 % MORTALITY;
        let encoded = (MORTALITY.trailing_zeros().saturating_sub(1)) | u32::try_from(phase << 4).unwrap_or_default();
        [encoded as u8, (encoded >> 8) as u8]
    }
}

/// The hash by which a node knows a transaction.
pub(crate) fn hash_of(transaction: &[u8]) -> [u8; 32] {
    sp_crypto_hashing::blake2_256(transaction)
}

/// The number of a header in JSON.
pub(crate) fn number_of(header: &Json) -> Result<u64> {
    let number = header.get("number").and_then(Json::as_str).context("a header without a number")?;
    Ok(u64::from_str_radix(number.trim_start_matches("0x"), 16)?)
}

/// Bytes from hexadecimal.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>> {
    Ok(hex::decode(text.trim_start_matches("0x"))?)
}

fn hash(text: &str) -> Result<[u8; 32]> {
    Ok(<[u8; 32]>::decode(&mut bytes(text)?.as_slice())?)
}
