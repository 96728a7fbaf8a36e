// SPDX-License-Identifier: Apache-2.0

//! Logs, and their chained heads.

use super::{
    receipts::{receipts_in, OpeningReceipts},
    AgentError,
};
use salus_chain::{At, Chain};
use salus_primitives::{
    audit::{verify_log, Entry, LogFault, LogHead, LogId},
    Digest,
};

/// A whole log whose chained head was verified.
#[derive(Clone, Debug, serde::Serialize)]
pub struct VerifiedLog {
    /// Which log.
    pub log: LogId,
    /// Every entry, in order.
    pub entries: Vec<Entry>,
    /// Of a chart's log: what vaults said that they gave out under each opening.
    pub receipts: Vec<OpeningReceipts>,
    /// The head that was verified.
    pub head: LogHead,
    /// The finalized block of which all of it is.
    pub block: Digest,
}

/// The newest entries of a log. A chained head is of the whole log, so nothing here is checked against it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct NewestEntries {
    /// Which log.
    pub log: LogId,
    /// The entries, oldest first.
    pub entries: Vec<Entry>,
    /// Of a chart's log: what vaults said that they gave out under each of these openings.
    pub receipts: Vec<OpeningReceipts>,
    /// The head that the chain names.
    pub head: LogHead,
    /// The finalized block of which all of it is.
    pub block: Digest,
}

impl NewestEntries {
    /// Fetches the `newest` last entries of a log as of the newest finalized block, and no others.
    pub async fn fetch(chain: &Chain, log: LogId, newest: u64) -> Result<Self, AgentError> {
        let block = chain.head(At::Finalized).await?.hash;
        let at = At::Block(block);
        let head = chain.log_head(at, log).await?;
        let first = head.length.saturating_sub(newest);
        let entries = match newest {
            0 => Vec::new(),
            _ => chain.log_from(at, log, first).await?,
        };
        check_places(&entries, first, head.length)?;
        let receipts = receipts_in(chain, at, log, &entries).await?;
        Ok(Self { log, entries, receipts, head, block })
    }
}

/// Whether the entries stand one after the other up to the log's end. The state may hold none of the first.
fn check_places(entries: &[Entry], first: u64, length: u64) -> Result<(), LogFault> {
    let Some(held) = entries.first() else { return Ok(()) };
    let mut expected = held.sequence.max(first);
    for entry in entries {
        if entry.sequence != expected {
            return Err(LogFault::Sequence { expected, actual: entry.sequence });
        }
        expected = expected.saturating_add(1);
    }
    match expected == length {
        true => Ok(()),
        false => Err(LogFault::Length { expected: length, actual: expected }),
    }
}

impl VerifiedLog {
    /// Fetches a log as of the newest finalized block, and verifies its chained head.
    pub async fn fetch(chain: &Chain, log: LogId) -> Result<Self, AgentError> {
        let block = chain.head(At::Finalized).await?.hash;
        let at = At::Block(block);
        let (entries, head) = (chain.log(at, log).await?, chain.log_head(at, log).await?);
        verify_log(log, &entries, &head)?;
        let receipts = receipts_in(chain, at, log, &entries).await?;
        Ok(Self { log, entries, receipts, head, block })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::audit::{Action, AuditEvent, Subject};

    fn entries(places: impl IntoIterator<Item = u64>) -> Vec<Entry> {
        let event = AuditEvent::by_council(Action::ParameterSet, Subject::Consortium);
        places.into_iter().map(|place| Entry::new(place, 1_000, 1, event)).collect()
    }

    #[test]
    fn newest_entries_stand_one_after_the_other_up_to_the_end() {
        assert_eq!(check_places(&entries(7..10), 7, 10), Ok(()));
        assert_eq!(check_places(&entries(8..10), 7, 10), Ok(()), "the state holds none before");
        assert_eq!(check_places(&[], 7, 10), Ok(()));
        assert_eq!(check_places(&entries(7..9), 7, 10), Err(LogFault::Length { expected: 10, actual: 9 }));
        assert_eq!(check_places(&entries([7, 9]), 7, 10), Err(LogFault::Sequence { expected: 8, actual: 9 }));
        assert_eq!(check_places(&entries(6..10), 7, 10), Err(LogFault::Sequence { expected: 7, actual: 6 }));
    }
}
