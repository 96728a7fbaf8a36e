// SPDX-License-Identifier: Apache-2.0

//! The end of staging: the chain names an object, or it expires and is deleted.

use super::ledger::{Ledger, StagedObject};
use salus_chain::{At, Chain, QueryError};
use salus_primitives::{
    time::{HOUR, MINUTE},
    ChartId, Digest, Moment, RecordId, RecordKey,
};
use salus_vault::{Vault, VaultError};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    io,
};
use thiserror::Error;

/// How long an expired object still lies there: a transaction of the last moment has to become final.
const GRACE: Moment = 10 * MINUTE;

/// The objects that the chain's finalized state names.
pub trait NamedObjects: Sync {
    /// A fault between here and the node.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The ones that a chart itself names; reasons in its log as far back as `since`.
    fn by_chart(
        &self,
        chart: ChartId,
        since: Moment,
    ) -> impl Future<Output = Result<BTreeSet<Digest>, Self::Error>> + Send;

    /// The ones that a record's versions name.
    fn by_record(&self, record: RecordId) -> impl Future<Output = Result<BTreeSet<Digest>, Self::Error>> + Send;
}

impl NamedObjects for Chain {
    type Error = QueryError;

    async fn by_chart(&self, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, QueryError> {
        self.named_by_chart(At::Finalized, chart, since).await
    }

    async fn by_record(&self, record: RecordId) -> Result<BTreeSet<Digest>, QueryError> {
        self.named_by_record(At::Finalized, record).await
    }
}

/// Where the chain will name an object.
type Place = (ChartId, Option<RecordKey>);

/// The outcome of a collection.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Collected {
    /// Objects that the chain names by now.
    pub kept: u64,
    /// Objects that expired, and are deleted.
    pub deleted: u64,
}

/// A collection could not look at, or delete, some objects. The next one tries again.
#[derive(Debug, Error)]
pub enum CollectError<E: std::error::Error + 'static> {
    /// The chain cannot be asked, so nothing is deleted.
    #[error("cannot ask the chain what it names")]
    Chain(#[source] E),
    /// An object cannot be deleted.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger cannot be written.
    #[error("cannot write the ledger of staged objects")]
    Ledger(#[source] io::Error),
}

/// Strikes out of `ledger` what the finalized state names, and deletes what it does not name although its time is over.
///
/// An object is deleted only after the chain was asked, so while nothing becomes final nothing that waits for it is lost: the
/// caller asks a node that is alive, as a gate does. A place that fails does not hold up the others; the last fault is returned.
pub async fn collect<N: NamedObjects>(
    ledger: &Ledger,
    vault: &Vault,
    chain: &N,
    now: Moment,
) -> (Collected, Option<CollectError<N::Error>>) {
    let mut by_place: BTreeMap<Place, Vec<(Digest, StagedObject)>> = BTreeMap::new();
    for (id, object) in ledger.objects() {
        by_place.entry((object.chart, object.record)).or_default().push((id, object));
    }
    let (mut collected, mut fault) = (Collected::default(), None);
    for (place, objects) in by_place {
        if let Err(error) = collect_at(place, objects, ledger, vault, chain, now, &mut collected).await {
            fault = Some(error);
        }
    }
    (collected, fault)
}

async fn collect_at<N: NamedObjects>(
    (chart, record): Place,
    objects: Vec<(Digest, StagedObject)>,
    ledger: &Ledger,
    vault: &Vault,
    chain: &N,
    now: Moment,
    collected: &mut Collected,
) -> Result<(), CollectError<N::Error>> {
    let since = objects.iter().map(|(_, object)| object.at).min().unwrap_or(now);
    let named = match record {
        Some(key) => chain.by_record(RecordId { chart, key }).await,
        // The clocks of the service and of the chain differ a little.
        None => chain.by_chart(chart, since.saturating_sub(HOUR)).await,
    };
    let named = named.map_err(CollectError::Chain)?;
    for (id, object) in objects {
        let is_over = ledger.limits().end(object.at).saturating_add(GRACE) <= now;
        if !named.contains(&id) && !is_over {
            continue;
        }
        // Meanwhile it may have come again, for longer or for another record.
        let _alone = ledger.deleting.write().await;
        if !ledger.is_still(&id, &object) {
            continue;
        }
        if named.contains(&id) {
            collected.kept = collected.kept.saturating_add(1);
        } else {
            vault.delete(&id).await?;
            collected.deleted = collected.deleted.saturating_add(1);
        }
        ledger.strike(&id).map_err(CollectError::Ledger)?;
    }
    Ok(())
}
