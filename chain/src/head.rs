// SPDX-License-Identifier: Apache-2.0

//! Which block a question is put to.

use super::{Chain, QueryError};
use salus_primitives::{Digest, Moment};
use std::time::Duration;
use subxt::utils::H256;

/// Which block a question is put to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// The newest finalized block: it stays.
    Finalized,
    /// The newest block: it may still be replaced.
    Best,
    /// The block with this hash.
    Block(Digest),
}

/// A block of the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Chain {
    /// The block that `at` stands for now.
    pub async fn head(&self, at: At) -> Result<Head, QueryError> {
        let hash = self.hash(at).await?;
        let header = self.rpc.chain_get_header(Some(hash)).await?.ok_or(QueryError::UnknownBlock(Digest(hash.0)))?;
        Ok(Head { number: header.number, hash: Digest(hash.0) })
    }

    /// The chain's present time, for terms that begin now. A chain has none before its first block, for which this waits
    /// some seconds.
    pub async fn clock(&self) -> Result<Moment, QueryError> {
        for _ in 0..20 {
            match self.now(At::Best).await? {
                0 => tokio::time::sleep(Duration::from_millis(500)).await,
                now => return Ok(now),
            }
        }
        Err(QueryError::Node("the chain has no block yet".to_owned()))
    }

    pub(super) async fn hash(&self, at: At) -> Result<H256, QueryError> {
        match at {
            At::Finalized => Ok(self.rpc.chain_get_finalized_head().await?),
            At::Best => {
                let best = self.rpc.chain_get_block_hash(None).await?;
                best.ok_or_else(|| QueryError::Node("the node has no best block".to_owned()))
            }
            At::Block(hash) => Ok(H256(hash.0)),
        }
    }

    /// The hash of the block with this number on the node's chain.
    pub async fn block_hash(&self, number: u32) -> Result<Option<Digest>, QueryError> {
        let hash = self.rpc.chain_get_block_hash(Some(number.into())).await?;
        Ok(hash.map(|hash| Digest(hash.0)))
    }
}
