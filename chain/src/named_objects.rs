// SPDX-License-Identifier: Apache-2.0

//! The vault objects that a block's state names, by the SHA-256 of their bytes.
//!
//! A shredded record's versions stay in the state, and so do the entries about it. Their objects count as unnamed all the same.

use super::{At, Chain, QueryError};
use codec::Encode;
use salus_primitives::{
    access::{NumberedGrant, Scope},
    api::MAX_PAGE,
    audit::{Entry, LogId, Reason, Subject},
    records::{KeyedRecord, RecordState, Version},
    ChartId, Digest, InstitutionId, Moment, RecordId, RecordKey,
};
use std::collections::{BTreeMap, BTreeSet};

/// An object that a vault should have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NamedObject {
    /// The institution in whose vault it belongs.
    pub owner: InstitutionId,
    /// How many bytes it has, at most.
    pub longest: u64,
    /// Whether reading needs it. Notes explain, and open nothing.
    pub is_needed: bool,
}

/// Bytes of an envelope or a profile, at most.
const LONGEST_SMALL: u64 = 64 * 1024;

impl Chain {
    /// How many entries a chart's log has; none where there is no such chart. Each change of a chart is an entry.
    pub async fn chart_log_length(&self, at: At, chart: ChartId) -> Result<Option<u64>, QueryError> {
        match self.chart(at, chart).await? {
            Some(_) => Ok(Some(self.log_head(at, LogId::Chart(chart)).await?.length)),
            None => Ok(None),
        }
    }

    /// All objects that a chart and its records name, and where they belong. The objects of shredded records are not among them.
    pub async fn objects_of_chart(&self, at: At, chart: ChartId) -> Result<BTreeMap<Digest, NamedObject>, QueryError> {
        let at = self.settled(at).await?;
        let mut objects = BTreeMap::new();
        let Some(found) = self.chart(at, chart).await? else { return Ok(objects) };
        let Some(controller) = self.member(at, found.controller).await? else { return Ok(objects) };
        let home = controller.admitted_by;
        let small = |owner, is_needed| NamedObject { owner, longest: LONGEST_SMALL, is_needed };
        let (records, grants) = (self.records(at, chart).await?, self.grants(at, chart).await?);
        let (shredded, notes) = (shredded_among(&records), self.log_notes(at, chart, 0).await?);
        for note in self.reasons_of_chart(at, chart, &notes, &grants, &shredded).await? {
            objects.insert(note, small(home, false));
        }
        for id in self.keys_of_chart(at, chart, &grants, &shredded).await? {
            objects.insert(id, small(home, true));
        }
        for KeyedRecord { key, record } in records {
            if record.state == RecordState::Shredded {
                continue;
            }
            for numbered in self.versions(at, RecordId { chart, key }).await? {
                let version = numbered.version;
                objects.extend(version.grant_envelopes.iter().map(|sealed| (sealed.envelope, small(home, true))));
                objects.insert(version.key_envelope, small(record.custodian, true));
                let blob = NamedObject { owner: record.custodian, longest: version.size, is_needed: true };
                objects.insert(version.content, blob);
            }
        }
        Ok(objects)
    }

    /// The objects that a chart itself names: profiles, secrets, links, the envelopes and reasons of grants, the reasons of requests.
    /// Reasons that only the log has count if their entries are not older than `since`. Notes about shredded records do
    /// not count, nor do envelopes of grants over one of them.
    pub async fn named_by_chart(&self, at: At, chart: ChartId, since: Moment) -> Result<BTreeSet<Digest>, QueryError> {
        let at = self.settled(at).await?;
        let (notes, grants) = (self.log_notes(at, chart, since).await?, self.grants(at, chart).await?);
        // Where nothing is about a single record, it does not matter which ones are shredded.
        let is_about_records = notes.iter().any(|note| note.about.is_some())
            || grants.iter().any(|it| it.grant.envelope.is_some() && record_of(it).is_some());
        let shredded = match is_about_records {
            true => shredded_among(&self.records(at, chart).await?),
            false => BTreeSet::new(),
        };
        let mut named = self.reasons_of_chart(at, chart, &notes, &grants, &shredded).await?;
        named.extend(self.keys_of_chart(at, chart, &grants, &shredded).await?);
        Ok(named)
    }

    /// The objects that the versions of a record name: blobs, the envelopes of their keys, and those that their authors made for
    /// grants. A shredded record names none.
    pub async fn named_by_record(&self, at: At, record: RecordId) -> Result<BTreeSet<Digest>, QueryError> {
        let at = self.settled(at).await?;
        match self.record(at, record).await? {
            Some(found) if found.state.has_content() => self.objects_of_versions(at, record).await,
            _ => Ok(BTreeSet::new()),
        }
    }

    /// The objects of a shredded record, which vaults delete. Its versions name some. Others are envelopes of grants over it alone, and
    /// notes in the log about it. The reasons of its shredding stay. A record that is not shredded has none.
    pub async fn objects_of_shredded(&self, at: At, record: RecordId) -> Result<BTreeSet<Digest>, QueryError> {
        let at = self.settled(at).await?;
        let found = self.record(at, record).await?;
        if found.is_none_or(|found| found.state != RecordState::Shredded) {
            return Ok(BTreeSet::new());
        }
        let mut objects = self.objects_of_versions(at, record).await?;
        let grants = self.grants(at, record.chart).await?;
        let envelopes = grants.iter().filter(|it| record_of(it) == Some(record.key)).filter_map(|it| it.grant.envelope);
        objects.extend(envelopes.map(|envelope| envelope.hash));
        let notes = self.log_notes(at, record.chart, 0).await?;
        objects.extend(notes.iter().filter(|note| note.about == Some(record.key)).map(|note| note.id));
        Ok(objects)
    }

    /// The block that `at` stands for now: several questions are put to it.
    async fn settled(&self, at: At) -> Result<At, QueryError> {
        Ok(At::Block(Digest(self.hash(at).await?.0)))
    }

    /// The objects that the versions of a record name, also of a shredded one.
    async fn objects_of_versions(&self, at: At, record: RecordId) -> Result<BTreeSet<Digest>, QueryError> {
        let versions = self.versions(at, record).await?;
        Ok(versions.iter().flat_map(|numbered| objects_of_version(&numbered.version)).collect())
    }

    /// Profiles, secrets and links of a chart, and the envelopes of grants.
    async fn keys_of_chart(
        &self,
        at: At,
        chart: ChartId,
        grants: &[NumberedGrant],
        shredded: &BTreeSet<RecordKey>,
    ) -> Result<BTreeSet<Digest>, QueryError> {
        let mut named = BTreeSet::new();
        for compartment in self.compartments(at, chart).await? {
            named.insert(compartment.compartment.profile);
            for numbered in self.epochs(at, chart, compartment.number).await? {
                named.insert(numbered.epoch.secret_envelope);
                named.extend(numbered.epoch.link);
            }
        }
        let living = grants.iter().filter(|it| record_of(it).is_none_or(|key| !shredded.contains(&key)));
        named.extend(living.filter_map(|it| it.grant.envelope).map(|envelope| envelope.hash));
        Ok(named)
    }

    /// The reasons of grants and requests, and those among the `notes` of the log that are not about a shredded record.
    async fn reasons_of_chart(
        &self,
        at: At,
        chart: ChartId,
        notes: &[LogNote],
        grants: &[NumberedGrant],
        shredded: &BTreeSet<RecordKey>,
    ) -> Result<BTreeSet<Digest>, QueryError> {
        let living = notes.iter().filter(|note| note.about.is_none_or(|key| !shredded.contains(&key)));
        let mut named: BTreeSet<_> = living.map(|note| note.id).collect();
        named.extend(grants.iter().filter_map(|numbered| numbered.grant.reason));
        named.extend(self.requests(at, chart).await?.into_iter().filter_map(|numbered| numbered.request.reason));
        Ok(named)
    }

    /// The notes in a chart's log, from its end back to `since`.
    async fn log_notes(&self, at: At, chart: ChartId, since: Moment) -> Result<Vec<LogNote>, QueryError> {
        let log = LogId::Chart(chart);
        let (mut notes, mut end) = (Vec::new(), self.log_head(at, log).await?.length);
        while end > 0 {
            let first = end.saturating_sub(MAX_PAGE.into());
            let page: Vec<Entry> = self.ask(at, "SalusApi_log", (log, first, MAX_PAGE).encode()).await?;
            notes.extend(page.iter().filter_map(|entry| LogNote::of(chart, entry)));
            // Entries past a horizon have left the state.
            if page.first().is_none_or(|oldest| oldest.sequence > first || oldest.at < since) {
                break;
            }
            end = first;
        }
        Ok(notes)
    }
}

/// A note that an entry of a log has as its reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct LogNote {
    id: Digest,
    /// The record that it is about, and goes with.
    about: Option<RecordKey>,
}

impl LogNote {
    /// The note of an entry in the log of `chart`, if it has one.
    fn of(chart: ChartId, entry: &Entry) -> Option<Self> {
        let Some(Reason::Text(id)) = entry.reason else { return None };
        let about = match entry.subject {
            // They say why the record came to its end, and stay.
            _ if entry.action.is_of_shredding() => None,
            Subject::Record(record, _) | Subject::Statement(record, _) if record.chart == chart => Some(record.key),
            _ => None,
        };
        Some(Self { id, about })
    }
}

fn shredded_among(records: &[KeyedRecord]) -> BTreeSet<RecordKey> {
    records.iter().filter(|it| it.record.state == RecordState::Shredded).map(|it| it.key).collect()
}

/// The record that a grant covers alone, if it covers one.
fn record_of(grant: &NumberedGrant) -> Option<RecordKey> {
    match grant.grant.scope {
        Scope::Record(key) => Some(key),
        Scope::Compartment(_) => None,
    }
}

fn objects_of_version(version: &Version) -> impl Iterator<Item = Digest> + '_ {
    let envelopes = version.grant_envelopes.iter().map(|sealed| sealed.envelope);
    [version.content, version.key_envelope].into_iter().chain(envelopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{
        audit::{Action, AuditEvent},
        GrantId, MemberId,
    };

    const CHART: ChartId = ChartId(3);
    const KEY: RecordKey = RecordKey([7; 16]);
    const NOTE: Digest = Digest([9; 32]);

    fn about(action: Action, subject: Subject, reason: Option<Reason>) -> Option<Option<RecordKey>> {
        let event = AuditEvent::by_member(MemberId(1), None, action, subject).because(reason);
        LogNote::of(CHART, &Entry::new(0, 1, 1, event)).map(|note| {
            assert_eq!(note.id, NOTE);
            note.about
        })
    }

    #[test]
    fn a_note_about_a_record_goes_with_it_but_for_the_reasons_of_its_shredding() {
        let record = Subject::Record(RecordId { chart: CHART, key: KEY }, 2);
        let note = Some(Reason::Text(NOTE));
        for action in [Action::RecordWithdrawn, Action::CorrectionRequested, Action::RecordAccepted] {
            assert_eq!(about(action, record, note), Some(Some(KEY)), "{action:?}");
        }
        assert_eq!(about(Action::ShreddingRequested, record, note), Some(None));
        let elsewhere = Subject::Record(RecordId { chart: ChartId(4), key: KEY }, 2);
        assert_eq!(about(Action::RecordWithdrawn, elsewhere, note), Some(None));
        assert_eq!(about(Action::AccessRevoked, Subject::Grant(GrantId(1)), note), Some(None));
        assert_eq!(about(Action::RecordWithdrawn, record, Some(Reason::Count(1))), None);
        assert_eq!(about(Action::RecordWithdrawn, record, None), None);
    }
}
