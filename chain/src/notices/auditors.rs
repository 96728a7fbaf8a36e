// SPDX-License-Identifier: Apache-2.0

//! The charts that concern an auditor: those with a record of its institution that is to be shredded, or was.
//!
//! An auditor has no grants, and the chain has no list of the charts whose records an institution keeps. To find them in the logs,
//! each look would ask for every chart there is. This reads the requests that wait instead, and the shreddings since the last look,
//! from the newest back: there are few of both. Only auditors ask like this.

use crate::{At, Chain, QueryError};
use codec::{DecodeAll, Encode};
use salus_primitives::{api::MAX_PAGE, shredding::NumberedShredding, ChartId, InstitutionId, Moment, RecordId};
use std::collections::BTreeSet;

/// The pallet.
const PALLET: &str = "Shredding";
/// The map of the requests that wait: the chart with the hasher Twox64Concat, then the record's key with Blake2_128Concat.
const REQUESTS: &str = "Requests";
/// Bytes of a key of that map.
const REQUEST_KEY: usize = 48;

impl Chain {
    /// The charts, other than those that are `known`, with a record that `custodian` keeps, and which is to be shredded, or was
    /// shredded after `since`.
    pub(super) async fn charts_to_audit(
        &self,
        at: At,
        custodian: InstitutionId,
        since: Moment,
        known: impl Fn(&ChartId) -> bool,
    ) -> Result<BTreeSet<ChartId>, QueryError> {
        let mut records = self.records_to_shred(at).await?;
        records.extend(self.records_shredded(at, since).await?);
        let mut charts = BTreeSet::new();
        for id in records {
            if known(&id.chart) || charts.contains(&id.chart) {
                continue;
            }
            if self.record(at, id).await?.is_some_and(|record| record.custodian == custodian) {
                charts.insert(id.chart);
            }
        }
        Ok(charts)
    }

    /// The records of all charts for which a request waits.
    async fn records_to_shred(&self, at: At) -> Result<BTreeSet<RecordId>, QueryError> {
        let pairs = self.stored_pairs(at, PALLET, REQUESTS).await?;
        pairs.iter().map(|(key, _)| record_of(key).ok_or(QueryError::Unreadable(REQUESTS))).collect()
    }

    /// The records of all charts that were shredded after `since`.
    async fn records_shredded(&self, at: At, since: Moment) -> Result<BTreeSet<RecordId>, QueryError> {
        let mut records = BTreeSet::new();
        let mut end: u64 = self.stored(at, PALLET, "NextShredding", &[]).await?.unwrap_or_default();
        while end > 0 {
            let first = end.saturating_sub(MAX_PAGE.into());
            let page: Vec<NumberedShredding> = self.ask(at, "SalusApi_shreddings", (first, MAX_PAGE).encode()).await?;
            let fresh = page.iter().map(|it| it.shredding).filter(|shredding| since < shredding.at);
            records.extend(fresh.map(|shredding| shredding.record));
            // They stand in the order of their times.
            if page.first().is_none_or(|oldest| oldest.shredding.at <= since) {
                break;
            }
            end = first;
        }
        Ok(records)
    }
}

/// The record in a key of [`REQUESTS`].
fn record_of(key: &[u8]) -> Option<RecordId> {
    let key: &[u8; REQUEST_KEY] = key.try_into().ok()?;
    let plain = [key.get(8..16)?, key.get(32..)?].concat();
    RecordId::decode_all(&mut plain.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::tests::fields_of_stored;
    use salus_primitives::{
        shredding::{Shredding, ShreddingRequest},
        MemberId, RecordKey,
    };
    use sp_crypto_hashing::{blake2_128, twox_64};

    #[test]
    fn a_key_of_a_request_names_its_record() {
        let record = RecordId { chart: ChartId(300), key: RecordKey([7; 16]) };
        let (chart, key) = (record.chart.encode(), record.key.encode());
        let hashed = [&twox_64(&chart)[..], &chart, &blake2_128(&key)[..], &key].concat();
        assert_eq!(record_of(&hashed), Some(record));
        assert_eq!((record_of(&hashed[1..]), record_of(&[])), (None, None));
    }

    #[test]
    fn stored_values_are_read_as_the_runtime_writes_them() {
        let (by, at) = (MemberId(1), 5);
        let request = ShreddingRequest { by, at, reason: None };
        assert_eq!(fields_of_stored(PALLET, REQUESTS, &request.encode()), ["by", "at", "reason"]);
        let record = RecordId { chart: ChartId(3), key: RecordKey([7; 16]) };
        let shredding = Shredding { record, requested_by: by, requested_at: at, by, at, block: 2 };
        let fields = fields_of_stored(PALLET, "Shreddings", &shredding.encode());
        assert_eq!(fields, ["record", "requested_by", "requested_at", "by", "at", "block"]);
    }
}
