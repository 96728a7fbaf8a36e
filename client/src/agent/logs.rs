// SPDX-License-Identifier: Apache-2.0

//! Logs, and their chained heads.

use super::AgentError;
use salus_chain::{At, Chain};
use salus_primitives::{
    audit::{verify_log, Entry, LogHead, LogId},
    Digest,
};

/// A whole log whose chained head was verified.
#[derive(Clone, Debug, serde::Serialize)]
pub struct VerifiedLog {
    /// Which log.
    pub log: LogId,
    /// Every entry, in order.
    pub entries: Vec<Entry>,
    /// The head that was verified.
    pub head: LogHead,
    /// The finalized block of which all of it is.
    pub block: Digest,
}

impl VerifiedLog {
    /// Fetches a log as of the newest finalized block, and verifies its chained head.
    pub async fn fetch(chain: &Chain, log: LogId) -> Result<Self, AgentError> {
        let block = chain.head(At::Finalized).await?.hash;
        let at = At::Block(block);
        let (entries, head) = (chain.log(at, log).await?, chain.log_head(at, log).await?);
        verify_log(log, &entries, &head)?;
        Ok(Self { log, entries, head, block })
    }
}
