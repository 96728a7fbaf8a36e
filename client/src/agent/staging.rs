// SPDX-License-Identifier: Apache-2.0

//! Staging records without consent, taking them back, and holding them for a time (S4-11, S4-41).

use super::{Agent, AgentError, Content, StateChanged};
use salus_chain::{At, Call};
use salus_primitives::{
    holds::{Hold, HoldGround},
    records::{KeyedRecord, NewRecord, Record, RecordState},
    staging::CollectionBasis,
    ChartId, CompartmentId, Digest, InstitutionId, MemberId, Moment, RecordId, RecordKey,
};
use salus_sealing::{blob::Metadata, secret::random};
use std::collections::BTreeMap;

/// Records that were staged.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Staged {
    /// The records.
    pub records: Vec<RecordId>,
    /// Until when the patient may accept them, in Unix milliseconds.
    pub acceptable_until: Moment,
    /// The transaction.
    pub transaction: Digest,
}

/// A record that waits for the patient's acceptance.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct WaitingRecord {
    /// The record.
    pub record: RecordId,
    /// Its compartment.
    pub compartment: CompartmentId,
    /// Who staged it.
    pub author: MemberId,
    /// The institution of the author, which keeps it.
    pub custodian: InstitutionId,
    /// When it was staged, in Unix milliseconds.
    pub staged_at: Moment,
    /// Until when the patient may accept it, in Unix milliseconds.
    pub acceptable_until: Moment,
    /// Whether that time ran out.
    pub is_over: bool,
    /// The hold that its author put on it.
    pub hold: Option<Hold>,
}

/// A record that is held.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Held {
    /// The record.
    pub record: RecordId,
    /// The hold.
    pub hold: Hold,
    /// The transaction.
    pub transaction: Digest,
}

impl Agent {
    /// Stages contents in a compartment, up to 64: all of them or none. They are sealed to the compartment, so that this member
    /// itself cannot open them again.
    pub async fn stage(
        &self,
        chart: ChartId,
        compartment: CompartmentId,
        contents: Vec<(Content, Metadata)>,
        basis: CollectionBasis,
    ) -> Result<Staged, AgentError> {
        let custodian = self.own_institution().await?;
        let epoch = self.newest_epoch(At::Best, chart, compartment).await?;
        let (mut records, mut objects) = (Vec::new(), Vec::new());
        for (content, metadata) in contents {
            let record = RecordId { chart, key: RecordKey(random()) };
            let sealed = self.seal_in(record, 0, compartment, &epoch, content, &metadata).await?;
            records.push(NewRecord { key: record.key, compartment, version: sealed.version });
            objects.push(sealed.objects);
        }
        self.store(custodian, objects).await?;
        let outcome = self.submit(&Call::stage_records(chart, custodian, basis, &records)).await?;
        let records: Vec<_> = records.into_iter().map(|new| RecordId { chart, key: new.key }).collect();
        let first = *records.first().ok_or(AgentError::NothingToStage)?;
        let known = self.chain.record(At::Best, first).await?.ok_or(AgentError::NoRecord(first))?;
        let acceptable_until = known.acceptable_until().unwrap_or(known.created_at);
        Ok(Staged { records, acceptable_until, transaction: outcome.transaction })
    }

    /// The records of a chart that wait for the patient: all of them for the patient, the own ones for all others.
    pub async fn waiting_records(&self, chart: ChartId) -> Result<Vec<WaitingRecord>, AgentError> {
        let now = self.chain.now(At::Finalized).await?;
        let records = self.shown_records(chart).await?;
        let waiting = records.into_iter().filter_map(|KeyedRecord { key, record }| {
            let acceptable_until = record.acceptable_until()?;
            let Record { compartment, author, custodian, created_at, hold, .. } = record;
            let (record, staged_at, is_over) = (RecordId { chart, key }, created_at, acceptable_until <= now);
            Some(WaitingRecord { record, compartment, author, custodian, staged_at, acceptable_until, is_over, hold })
        });
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_by_key(|it| (it.staged_at, it.record));
        Ok(waiting)
    }

    /// Refuses staged records of one chart as the patient, or takes them back as their author. The reason is sealed to the other.
    pub async fn refuse(&self, records: &[RecordId], reason: Option<&str>) -> Result<Vec<StateChanged>, AgentError> {
        let mut parts: BTreeMap<(ChartId, MemberId), Vec<RecordKey>> = BTreeMap::new();
        for id in records {
            let known = self.chain.record(At::Best, *id).await?.ok_or(AgentError::NoRecord(*id))?;
            // Before a reason goes into a vault.
            if known.state != RecordState::Staged {
                return Err(AgentError::NoWayToState { record: *id, state: known.state, next: RecordState::Refused });
            }
            parts.entry((id.chart, known.author)).or_default().push(id.key);
        }
        let mut refused = Vec::new();
        for ((chart, author), keys) in parts {
            let controller = self.chart(chart).await?.controller;
            let other = if controller == self.id { author } else { controller };
            let note = self.put_note_if_any(chart, other, reason).await?;
            for keys in keys.chunks(salus_primitives::records::MAX_BATCH as usize) {
                let transaction = self.submit(&Call::refuse_records(chart, keys, note)).await?.transaction;
                let changed = |key: &RecordKey| {
                    let record = RecordId { chart, key: *key };
                    StateChanged { record, state: RecordState::Refused, transaction }
                };
                refused.extend(keys.iter().map(changed));
            }
        }
        Ok(refused)
    }

    /// Keeps a record that this member created from the patient, until `until`.
    pub async fn hold(&self, record: RecordId, ground: HoldGround, until: Moment) -> Result<Held, AgentError> {
        self.chain.record(At::Best, record).await?.ok_or(AgentError::NoRecord(record))?;
        let hold = Hold { ground, until };
        let outcome = self.submit(&Call::hold_record(record, &hold)).await?;
        Ok(Held { record, hold, transaction: outcome.transaction })
    }

    /// The records of a chart of which this member is told ([`Record::is_shown_to`]).
    pub async fn shown_records(&self, chart: ChartId) -> Result<Vec<KeyedRecord>, AgentError> {
        let controller = self.chart(chart).await?.controller;
        let mut records = self.chain.records(At::Finalized, chart).await?;
        records.retain(|it| it.record.is_shown_to(Some(self.id), controller));
        Ok(records)
    }
}
