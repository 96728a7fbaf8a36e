// SPDX-License-Identifier: Apache-2.0

//! A sweep: asks the chain about everything, marks what it names no more, and deletes what was unnamed for long enough.
//!
//! Nothing is deleted unless the whole chain answered, is young, and has no less than it had at the last sweep.

use super::{
    lease::Lease,
    marks::{Marks, Memory},
};
use crate::{
    copies::{Copying, ExpectedObjects},
    staging::Ledger,
};
use salus_gate::{Head, HEAD_LIFE};
use salus_primitives::{ChartId, Digest, Moment};
use salus_vault::{Vault, VaultError};
use std::{collections::HashSet, io};
use thiserror::Error;

/// Ids that are asked for at one time.
const PAGE: usize = 1_024;
/// The chain may name so much less than at the last sweep, and so many objects may be unnamed: one in this many.
const PLAUSIBLE_PART: u64 = 2;
/// Up to so many objects no part is too large.
const FEW: u64 = 16;

/// A vault, and what is known of its objects.
#[derive(Clone, Copy)]
pub struct Vaults<'a> {
    /// The vault.
    pub vault: &'a Vault,
    /// Its staged objects.
    pub ledger: &'a Ledger,
    /// Notes of what it once held.
    pub copying: &'a Copying,
    /// Marks of what is unnamed.
    pub marks: &'a Marks,
}

/// The outcome of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Swept {
    /// Objects that are unnamed, and younger than the safety age.
    pub unnamed: u64,
    /// Objects that were deleted.
    pub deleted: u64,
}

/// A sweep deleted nothing, or stopped.
#[derive(Debug, Error)]
pub enum SweepError<E: std::error::Error + 'static> {
    /// The chain cannot be asked.
    #[error("cannot ask the chain what it names")]
    Chain(#[source] E),
    /// The node's finalized head is old, or older than that of the last sweep.
    #[error("the node is behind: its finalized block is {0}")]
    Behind(u32),
    /// The chain has less than it had.
    #[error("the chain names {now} objects of {charts} charts, and named {before}: nothing is deleted on that word")]
    Implausible {
        /// Objects that it names.
        now: u64,
        /// Charts that it has.
        charts: u64,
        /// Objects that it named at the last sweep.
        before: u64,
    },
    /// Most of the vault would be deleted.
    #[error("{unnamed} of {all} objects in the vault are unnamed: so many are not deleted at once")]
    TooMany {
        /// Objects that are unnamed.
        unnamed: u64,
        /// Objects in the vault.
        all: u64,
    },
    /// Another process has the lease.
    #[error("another process sweeps the vault")]
    Leased,
    /// The vault cannot be read or written.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Marks, memory or lease cannot be read or written.
    #[error("cannot use the marks of unnamed objects: {0}")]
    Marks(#[from] io::Error),
}

impl<E: std::error::Error> SweepError<E> {
    /// Whether what the chain said was not believed.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Behind(_) | Self::Implausible { .. } | Self::TooMany { .. })
    }
}

/// Sweeps a vault: `head` is the chain's finalized block, `age` how long an object has to be unnamed.
pub async fn sweep<N: ExpectedObjects>(
    vaults: Vaults<'_>,
    chain: &N,
    head: Head,
    age: Moment,
    now: impl Fn() -> Moment,
) -> Result<Swept, SweepError<N::Error>> {
    let Vaults { vault, ledger, copying, marks } = vaults;
    let lease = Lease::take(marks, now())?.ok_or(SweepError::Leased)?;
    let memory = marks.memory()?;
    // Without a memory a sweep cannot tell a chain that has less than before, so it deletes nothing.
    let (is_first, before) = (memory.is_none(), memory.unwrap_or_default());
    if now().saturating_sub(head.time) > HEAD_LIFE || head.number < before.block {
        return Err(SweepError::Behind(head.number));
    }
    let (named, charts) = everything(chain).await.map_err(SweepError::Chain)?;
    let memory = Memory { block: head.number, charts, named: count(named.len()) };
    let is_less = memory.named < before.named.checked_div(PLAUSIBLE_PART).unwrap_or_default();
    if memory.charts < before.charts || (before.named > FEW && is_less) {
        return Err(SweepError::Implausible { now: memory.named, charts, before: before.named });
    }
    // Marks of what is named again, or not there any more, begin from the start the next time.
    for id in marks.all()?.keys() {
        if named.contains(id) || ledger.has(id) || !vault.has(id).await? {
            marks.strike(id)?;
        }
    }
    let (mut unnamed, mut all, mut after) = (Vec::new(), 0u64, None);
    loop {
        let page = vault.list(after.as_ref(), PAGE).await?;
        let Some(last) = page.last().copied() else { break };
        all = all.saturating_add(count(page.len()));
        unnamed.extend(page.into_iter().filter(|id| !named.contains(id) && !ledger.has(id)));
        after = Some(last);
    }
    if count(unnamed.len()) > FEW.max(all.checked_div(PLAUSIBLE_PART).unwrap_or_default()) {
        return Err(SweepError::TooMany { unnamed: count(unnamed.len()), all });
    }
    let mut swept = Swept::default();
    for id in unnamed {
        let Some(since) = marks.since(&id)? else {
            marks.mark(&id, now())?;
            swept.unnamed = swept.unnamed.saturating_add(1);
            continue;
        };
        // A mark from a clock that was ahead is not old.
        if is_first || now().checked_sub(since).is_none_or(|passed| passed < age) {
            swept.unnamed = swept.unnamed.saturating_add(1);
            continue;
        }
        // The sweep took a while, in which the object may have been named again.
        if let Some(note) = copying.notes.of(&id) {
            if chain.objects(note.chart).await.map_err(SweepError::Chain)?.contains_key(&id) {
                marks.strike(&id)?;
                continue;
            }
        }
        if !lease.renew(now())? {
            return Err(SweepError::Leased);
        }
        let _alone = ledger.deleting.write().await;
        // Or a member announced it again.
        if marks.since(&id)? == Some(since) && !ledger.has(&id) {
            vault.delete(&id).await?;
            marks.strike(&id)?;
            swept.deleted = swept.deleted.saturating_add(1);
        }
    }
    marks.remember(memory)?;
    Ok(swept)
}

/// Everything that the chain names, and how many charts there are. 32 bytes and a little more for each object.
async fn everything<N: ExpectedObjects>(chain: &N) -> Result<(HashSet<Digest>, u64), N::Error> {
    let (mut named, mut charts) = (HashSet::new(), 0u64);
    while chain.changes(ChartId(charts)).await?.is_some() {
        named.extend(chain.objects(ChartId(charts)).await?.into_keys());
        charts = charts.saturating_add(1);
    }
    Ok((named, charts))
}

fn count(length: usize) -> u64 {
    length.try_into().unwrap_or(u64::MAX)
}
