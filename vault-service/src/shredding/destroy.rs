// SPDX-License-Identifier: Apache-2.0

//! The rules by which an object of a shredded record is deleted, or stays.
//!
//! A member who registers a version chooses the digests in it, and may name another record's objects. So a record says nothing
//! about what belongs to it alone. A blob does: its header binds it to one record, and it goes with that record, whatever else names
//! it. Any other object goes only if nothing living names it, and if no member has staged it for something else.

use crate::{copies::ExpectedObjects, staging::StagedObject, unnamed::Vaults};
use salus_primitives::{shredding::Shredding, ChartId, Digest, Moment, RecordId};
use salus_sealing::blob::{Header, HEADER_LENGTH};
use salus_vault::VaultError;
use std::{collections::BTreeSet, io};
use thiserror::Error;
use tokio::io::AsyncReadExt;

/// The faults of a disk without room.
const FULL: [io::ErrorKind; 2] = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];

/// Deletes objects of shredded records in a vault, and in the store that objects move from.
#[derive(Clone, Copy)]
pub(super) struct Destroyer<'a> {
    /// The vault, and what is known of its objects.
    pub(super) vaults: Vaults<'a>,
    /// The chain's genesis hash.
    pub(super) genesis: Digest,
}

/// The outcome of a first look at an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// It is not in the vault.
    Absent,
    /// It was a blob of the record, and is deleted.
    Destroyed,
    /// It is there, and nothing in it binds it to the record.
    Unbound,
}

/// The outcome for an object that nothing in it binds to the record, and that nothing living names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It is deleted.
    Destroyed,
    /// A member has staged it for something else.
    Stays,
    /// A member announced it while the chain was asked. The chain has to be asked again.
    Waits,
}

/// An object cannot be looked at or deleted. The next round tries again.
#[derive(Debug, Error)]
pub(super) enum DestroyFault {
    /// The vault cannot be read or written.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Marks, notes or ledger cannot be read or written.
    #[error("cannot write down what is deleted: {0}")]
    Disk(#[from] io::Error),
}

/// How an object lies in a vault.
enum Lies {
    Nowhere,
    /// As a blob that was sealed for the record.
    Bound,
    Unbound,
}

impl Destroyer<'_> {
    /// Deletes the object `id` if it is a blob that was sealed for `record`.
    pub(super) async fn destroy_blob(&self, id: &Digest, record: RecordId) -> Result<Found, DestroyFault> {
        match self.look(id, record).await? {
            Lies::Nowhere => Ok(Found::Absent),
            Lies::Unbound => Ok(Found::Unbound),
            Lies::Bound => {
                let _alone = self.vaults.ledger.deleting.write().await;
                // Before it goes, so that no copy of it comes in between. A full disk has room for a note only once it is gone.
                match self.vaults.copying.destroyed.note(*id) {
                    Err(error) if FULL.contains(&error.kind()) => {
                        self.delete(id).await?;
                        self.vaults.copying.destroyed.note(*id)?;
                    }
                    noted => {
                        noted?;
                        self.delete(id).await?;
                    }
                }
                Ok(Found::Destroyed)
            }
        }
    }

    /// Marks an object before the chain is asked what else names it; since when it is marked. A member who announces it strikes the
    /// mark out.
    pub(super) fn mark(&self, id: &Digest, now: Moment) -> io::Result<Moment> {
        let marks = self.vaults.marks;
        if let Some(since) = marks.since(id)? {
            return Ok(since);
        }
        marks.mark(id, now)?;
        Ok(now)
    }

    /// Strikes the mark of an object that something living names.
    pub(super) fn spare(&self, id: &Digest) -> io::Result<()> {
        self.vaults.marks.strike(id)
    }

    /// Deletes an object that nothing living named when the chain was asked. `since` is when it was marked before that.
    pub(super) async fn destroy_other(
        &self,
        id: &Digest,
        shredding: &Shredding,
        since: Moment,
    ) -> Result<Fate, DestroyFault> {
        let Vaults { ledger, marks, .. } = self.vaults;
        let _alone = ledger.deleting.write().await;
        if marks.since(id)? != Some(since) {
            return Ok(Fate::Waits);
        }
        let RecordId { chart, key } = shredding.record;
        // The envelope of a grant over this record alone was staged for the chart, while the record was there.
        let is_of_record = |staged: &StagedObject| {
            let is_for_chart = staged.record.is_none() && staged.at < shredding.at;
            staged.chart == chart && (staged.record == Some(key) || is_for_chart)
        };
        if ledger.object(id).is_some_and(|staged| !is_of_record(&staged)) {
            marks.strike(id)?;
            return Ok(Fate::Stays);
        }
        self.delete(id).await?;
        Ok(Fate::Destroyed)
    }

    /// Looks whether an object is there, and reads its head.
    async fn look(&self, id: &Digest, record: RecordId) -> Result<Lies, VaultError> {
        let vault = self.vaults.vault;
        let opened = match vault.size(id).await {
            Ok(size) => vault.stream_of_size(id, size).await,
            Err(error) => Err(error),
        };
        let object = match opened {
            Ok(object) => object,
            Err(VaultError::NotFound(_)) => return Ok(Lies::Nowhere),
            // It says nothing about itself, so it goes unless something else names it.
            Err(error) if error.is_damage() || error.is_full() => return Ok(Lies::Unbound),
            Err(error) => return Err(error),
        };
        let mut head = Vec::with_capacity(HEADER_LENGTH);
        if object.take(HEADER_LENGTH as u64).read_to_end(&mut head).await.is_err() {
            return Ok(Lies::Unbound);
        }
        let is_bound =
            Header::parse(&head).is_ok_and(|it| it.bindings.genesis == self.genesis && it.bindings.record == record);
        Ok(if is_bound { Lies::Bound } else { Lies::Unbound })
    }

    /// Deletes an object in both stores, and what is written down about it. Notes of copies stay: they have ids only.
    async fn delete(&self, id: &Digest) -> Result<(), DestroyFault> {
        let Vaults { vault, ledger, copying, marks } = self.vaults;
        vault.delete(id).await?;
        marks.strike(id)?;
        copying.damaged.strike(id)?;
        ledger.strike(id)?;
        Ok(())
    }
}

/// The ones among `sought` that something living names, and how many charts were asked. One chart at a time is in memory.
pub(super) async fn named_among<N: ExpectedObjects>(
    chain: &N,
    sought: &BTreeSet<Digest>,
) -> Result<(BTreeSet<Digest>, u64), N::Error> {
    let (mut named, mut charts) = (BTreeSet::new(), 0u64);
    while chain.changes(ChartId(charts)).await?.is_some() {
        let objects = chain.objects(ChartId(charts)).await?;
        named.extend(objects.into_keys().filter(|id| sought.contains(id)));
        charts = charts.saturating_add(1);
    }
    Ok((named, charts))
}
