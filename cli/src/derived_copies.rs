// SPDX-License-Identifier: Apache-2.0

//! A home that learns that a record was shredded forgets what was made from the record's content.
//!
//! Fingerprints of imports are all that a home keeps of content. Sessions and marks of notices are ids only. Files that a person
//! had written (`--out`, exports) are the person's own: a certificate of shredding says that it does not govern them.

use crate::{context::Context, failure::Failure, imports::Imports};
use salus_chain::{Chain, Notice};
use salus_client::agent::forget_if_shredded;
use salus_primitives::{
    audit::{Action, Subject},
    RecordId,
};
use std::collections::BTreeSet;

/// Forgets what this home remembers of these records, as far as they were shredded.
pub(crate) async fn forget(
    context: &Context,
    chain: &Chain,
    records: impl IntoIterator<Item = RecordId>,
) -> Result<(), Failure> {
    let mut memory = Imports::load(context.home());
    for record in records {
        // Most homes have imported nothing, and need not ask.
        if memory.is_empty() {
            break;
        }
        forget_if_shredded(chain, record, &mut memory).await?;
    }
    Ok(())
}

/// The records that were shredded, as these notices tell.
pub(crate) fn shredded_in(notices: &[Notice]) -> BTreeSet<RecordId> {
    let told = notices.iter().filter(|notice| notice.action == Some(Action::RecordShredded));
    let record = |notice: &Notice| match notice.subject {
        Subject::Record(record, _) => Some(record),
        _ => None,
    };
    told.filter_map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{notices::NoticeKind, ChartId, RecordKey};

    #[test]
    fn notices_tell_which_records_were_shredded() {
        let notice = |key: u8, action| {
            let record = RecordId { chart: ChartId(1), key: RecordKey([key; 16]) };
            Notice {
                kind: NoticeKind::Shredding,
                chart: record.chart,
                at: 1,
                subject: Subject::Record(record, 0),
                entry: Some(2),
                action: Some(action),
                actor: None,
                institution: None,
                purpose: None,
                reason: None,
            }
        };
        let notices = [
            notice(1, Action::ShreddingRequested),
            notice(2, Action::RecordShredded),
            notice(3, Action::RecordWithdrawn),
            notice(2, Action::RecordShredded),
        ];
        let keys: Vec<_> = shredded_in(&notices).into_iter().map(|record| record.key).collect();
        assert_eq!(keys, [RecordKey([2; 16])]);
    }
}
