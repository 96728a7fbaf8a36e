// SPDX-License-Identifier: Apache-2.0

//! The council, read from its pallet's storage: it has no questions of its own in `SalusApi`.

use super::{At, Chain, QueryError};
use codec::{Decode, DecodeAll};
use salus_primitives::{Digest, SigningKey};
use sp_crypto_hashing::twox_128;

/// A motion of the council that waits for votes.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct Motion {
    /// The hash of the call that it would make.
    pub proposal: Digest,
    /// Its number.
    pub index: u32,
    /// Votes in favour that it needs.
    pub threshold: u32,
    /// Who is in favour.
    pub ayes: Vec<SigningKey>,
    /// Who is against.
    pub nays: Vec<SigningKey>,
    /// The block with which voting ends.
    pub end: u32,
    /// The call, in words.
    pub call: String,
    /// Length of the encoded call, in bytes.
    pub call_length: u32,
}

impl Chain {
    /// The accounts that sit in the council.
    pub async fn council(&self, at: At) -> Result<Vec<SigningKey>, QueryError> {
        Ok(self.council_storage(at, "Members", None).await?.unwrap_or_default())
    }

    /// The motions that wait for votes.
    pub async fn motions(&self, at: At) -> Result<Vec<Motion>, QueryError> {
        let at = At::Block(Digest(self.hash(at).await?.0));
        let proposals: Vec<Digest> = self.council_storage(at, "Proposals", None).await?.unwrap_or_default();
        let mut motions = Vec::new();
        for proposal in proposals {
            type Votes = (u32, u32, Vec<SigningKey>, Vec<SigningKey>, u32);
            let votes: Option<Votes> = self.council_storage(at, "Voting", Some(proposal)).await?;
            let call: Option<Vec<u8>> = self.council_bytes(at, "ProposalOf", Some(proposal)).await?;
            let (Some((index, threshold, ayes, nays, end)), Some(call)) = (votes, call) else { continue };
            let words = self.call_in_words(at, &call).await?;
            let call_length = u32::try_from(call.len()).unwrap_or(u32::MAX);
            motions.push(Motion { proposal, index, threshold, ayes, nays, end, call: words, call_length });
        }
        Ok(motions)
    }

    async fn call_in_words(&self, at: At, call: &[u8]) -> Result<String, QueryError> {
        let block =
            self.api.at_block(self.hash(at).await?).await.map_err(|error| QueryError::Node(error.to_string()))?;
        let payload = block.transactions().from_call_data_bytes(call);
        let payload = payload.map_err(|_| QueryError::Unreadable("Council.ProposalOf"))?;
        Ok(payload.into_value().to_string())
    }

    async fn council_storage<Value: Decode>(
        &self,
        at: At,
        entry: &'static str,
        key: Option<Digest>,
    ) -> Result<Option<Value>, QueryError> {
        let bytes = self.council_bytes(at, entry, key).await?;
        let decoded = bytes.map(|bytes| Value::decode_all(&mut bytes.as_slice())).transpose();
        decoded.map_err(|_| QueryError::Unreadable(entry))
    }

    async fn council_bytes(
        &self,
        at: At,
        entry: &'static str,
        key: Option<Digest>,
    ) -> Result<Option<Vec<u8>>, QueryError> {
        let mut place = [twox_128(b"Council"), twox_128(entry.as_bytes())].concat();
        // Maps by proposal hash use the identity hasher.
        place.extend(key.iter().flat_map(|key| key.0));
        let hash = self.hash(at).await?;
        Ok(self.rpc.state_get_storage(&place, Some(hash)).await?)
    }
}
