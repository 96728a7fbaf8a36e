// SPDX-License-Identifier: Apache-2.0

//! `grandpa_proveFinality`, in place of the SDK's.
//!
//! The SDK's method finds no proof until the set of authorities has changed for the first time. Later it proves blocks
//! of the current set with the newest justification and all headers in between. This method takes the first stored
//! justification at or after the block, or the newest if none is stored yet.
//!
//! So a proof exists as soon as a block is final, and it is short. It is by the set of the block's own time, because
//! the last block of a set always has a justification. Parameter and answer are those of the SDK's method.

use super::error::Error;
use crate::client::FullBackend;
use codec::Encode;
use jsonrpsee::proc_macros::rpc;
use salus_runtime::{
    opaque::{Block, Header},
    BlockNumber, Hash,
};
use sc_client_api::{Backend, HeaderBackend};
use sc_consensus_grandpa::{best_justification, FinalityProof, GrandpaJustification, GRANDPA_ENGINE_ID};
use sp_blockchain::Backend as _;
use sp_core::Bytes;
use std::sync::Arc;

/// The most headers in a proof. Justifications are stored far more often; only a long stall of finality comes near it.
const MAX_HEADERS: usize = 4_096;

/// The RPC methods about finality.
#[rpc(server)]
pub(crate) trait FinalityMethods {
    /// Returns a proof that the block with this number is final, as the SCALE encoding of `FinalityProof`. It holds the
    /// hash of the block that was voted on, GRANDPA's justification, and the headers after `block` up to that one.
    #[method(name = "grandpa_proveFinality", blocking)]
    fn prove_finality(&self, block: BlockNumber) -> Result<Option<Bytes>, Error>;
}

/// Answers the method.
pub(crate) struct FinalityProofs {
    backend: Arc<FullBackend>,
}

impl FinalityProofs {
    /// Reads this database.
    pub(crate) fn new(backend: Arc<FullBackend>) -> Self {
        Self { backend }
    }

    fn hash(&self, block: BlockNumber) -> Result<Hash, Error> {
        let missing = || sp_blockchain::Error::UnknownBlock(format!("block {block} is not in the database"));
        self.backend.blockchain().hash(block).and_then(|hash| hash.ok_or_else(missing)).map_err(Error::Database)
    }

    fn header(&self, hash: Hash) -> Result<Header, Error> {
        self.backend.blockchain().expect_header(hash).map_err(Error::Database)
    }

    fn stored_justification(&self, hash: Hash) -> Result<Option<Vec<u8>>, Error> {
        let justifications = self.backend.blockchain().justifications(hash).map_err(Error::Database)?;
        Ok(justifications.and_then(|justifications| justifications.into_justification(GRANDPA_ENGINE_ID)))
    }

    /// Returns the newest justification, which may not be stored with its block.
    fn newest_justification(&self) -> Result<Option<GrandpaJustification<Block>>, Error> {
        best_justification(&*self.backend).map_err(Error::Database)
    }
}

impl FinalityMethodsServer for FinalityProofs {
    fn prove_finality(&self, block: BlockNumber) -> Result<Option<Bytes>, Error> {
        let finalized = self.backend.blockchain().info().finalized_number;
        if block > finalized {
            return Err(Error::NotFinal(block));
        }
        let newest = self.newest_justification()?;
        let mut unknown_headers = Vec::new();
        for number in (block..=finalized).take(MAX_HEADERS) {
            let hash = self.hash(number)?;
            if number != block {
                unknown_headers.push(self.header(hash)?);
            }
            let justification = match &newest {
                Some(newest) if newest.target() == (number, hash) => Some(newest.encode()),
                _ => self.stored_justification(hash)?,
            };
            if let Some(justification) = justification {
                return Ok(Some(FinalityProof { block: hash, justification, unknown_headers }.encode().into()));
            }
        }
        Ok(None)
    }
}
