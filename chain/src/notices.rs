// SPDX-License-Identifier: Apache-2.0

//! The notices of a member: what happened in the charts that concern it since it last looked.
//!
//! They are found in the logs, and need no key: who may reach a node sees a log. The member is told of what concerns it.

mod auditors;
mod readers;

use crate::{At, Chain, QueryError};
use readers::opened_while_active;
use salus_primitives::{
    access::{Grant, Grantee, NumberedRequest, Permission, Purpose, RequestState, Scope},
    audit::{Action, Actor, Entry, LogId, Reason, Subject},
    corrections::KeyedCorrection,
    membership::Role,
    notices::NoticeKind,
    records::{KeyedRecord, Record},
    ChartId, Digest, GrantId, InstitutionId, MemberId, Moment, RecordId, RequestId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The notices of a member cannot be found.
#[derive(Debug, Error)]
pub enum NoticesError {
    /// The chain could not be asked.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// There is no such member.
    #[error("there is no member `{0}`")]
    NoMember(MemberId),
    /// There is no such chart.
    #[error("there is no chart `{0}`")]
    NoChart(ChartId),
}

/// Up to where a member has seen a chart's log, and until when it knows what ran out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ReadMark {
    /// The place of the first entry that it has not seen.
    pub next: u64,
    /// The time of the block at which it looked, in Unix milliseconds.
    pub at: Moment,
}

/// Up to where a member has seen the log of each chart.
pub type ReadMarks = BTreeMap<ChartId, ReadMark>;

/// One notice. An entry of the log is behind it, or something ran out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Notice {
    /// Its kind.
    pub kind: NoticeKind,
    /// The chart.
    pub chart: ChartId,
    /// When it happened, in Unix milliseconds.
    pub at: Moment,
    /// The grant, request or record that it is about.
    pub subject: Subject,
    /// The place of the entry in the chart's log; none for what ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The action; none for what ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Who acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// The institution that the actor belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<InstitutionId>,
    /// The purpose that the actor stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Notice {
    fn of_entry(kind: NoticeKind, chart: ChartId, entry: &Entry) -> Self {
        let Entry { sequence, at, actor, institution, action, subject, purpose, reason, .. } = *entry;
        let (entry, action, actor) = (Some(sequence), Some(action), Some(actor));
        Self { kind, chart, at, subject, entry, action, actor, institution, purpose, reason }
    }

    fn of_expiry(chart: ChartId, at: Moment, subject: Subject) -> Self {
        let kind = NoticeKind::Expiry;
        let (entry, action, actor, institution, purpose, reason) = (None, None, None, None, None, None);
        Self { kind, chart, at, subject, entry, action, actor, institution, purpose, reason }
    }
}

/// The notices of a member since its read marks, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Notices {
    /// The notices.
    pub notices: Vec<Notice>,
    /// The marks after all of them.
    pub marks: ReadMarks,
    /// The finalized block of which all of it is.
    pub block: Digest,
    /// The time of that block, in Unix milliseconds.
    pub at: Moment,
}

impl Notices {
    /// Looks into the log of each chart that concerns `member`: its own, those with a grant to it or to its institution,
    /// and those that `seen` names. An auditor also looks into those with a record of its institution that is to be shredded, or
    /// was since it last looked.
    pub async fn fetch(chain: &Chain, member: MemberId, seen: &ReadMarks) -> Result<Self, NoticesError> {
        let block = chain.head(At::Finalized).await?.hash;
        let at = At::Block(block);
        let now = chain.now(at).await?;
        let found = chain.member(at, member).await?.ok_or(NoticesError::NoMember(member))?;
        let mut grants = chain.grants_to(at, Grantee::Member(member)).await?;
        if let Some(institution) = found.institution() {
            grants.extend(chain.grants_to(at, Grantee::Institution(institution)).await?);
        }
        let mut charts: BTreeMap<ChartId, Vec<(GrantId, Grant)>> = seen.keys().map(|it| (*it, Vec::new())).collect();
        charts.extend(chain.charts_of(at, member).await?.into_iter().map(|chart| (chart, Vec::new())));
        for it in grants {
            charts.entry(it.chart).or_default().push((it.number, it.grant));
        }
        let audits = found.institution().filter(|_| found.role == Role::Auditor);
        if let Some(institution) = audits {
            let since = seen.values().map(|mark| mark.at).max().unwrap_or_default();
            let known = |chart: &ChartId| charts.contains_key(chart);
            let more = chain.charts_to_audit(at, institution, since, known).await?;
            charts.extend(more.into_iter().map(|chart| (chart, Vec::new())));
        }
        let (mut notices, mut marks) = (Vec::new(), ReadMarks::new());
        for (chart, grants) in charts {
            let mark = seen.get(&chart).copied().unwrap_or_default();
            let look = Look { chain, at, now, chart, mark, member, audits };
            let entries = chain.log_from(at, LogId::Chart(chart), mark.next).await?;
            let next = entries.last().map_or(mark.next, |entry| entry.sequence.saturating_add(1));
            marks.insert(chart, ReadMark { next, at: now });
            notices.extend(look.notices(&entries, grants).await?);
        }
        notices.sort_by_key(|notice| notice.at);
        Ok(Self { notices, marks, block, at: now })
    }
}

/// One look at a chart, for one member.
struct Look<'a> {
    chain: &'a Chain,
    at: At,
    now: Moment,
    chart: ChartId,
    mark: ReadMark,
    member: MemberId,
    /// The institution for which it judges what is shredded.
    audits: Option<InstitutionId>,
}

impl Look<'_> {
    /// The notices in `entries`, and of what ran out. `grants` are those that serve the member.
    async fn notices(&self, entries: &[Entry], grants: Vec<(GrantId, Grant)>) -> Result<Vec<Notice>, NoticesError> {
        let chart = self.chain.chart(self.at, self.chart).await?.ok_or(NoticesError::NoChart(self.chart))?;
        let requests = self.chain.requests(self.at, self.chart).await?;
        if chart.controller == self.member {
            let by_others = entries.iter().filter(|entry| entry.actor != Actor::Member(self.member));
            let mut notices: Vec<_> = by_others
                .filter_map(|entry| {
                    NoticeKind::to_controller(entry.action).map(|kind| Notice::of_entry(kind, self.chart, entry))
                })
                .collect();
            let given = self.chain.grants(self.at, self.chart).await?.into_iter().map(|it| (it.number, it.grant));
            notices.extend(self.expiries(&given.collect::<Vec<_>>(), &requests));
            notices.extend(self.overdue(|_| true).await?);
            notices.extend(self.ended_waits(|_| true, true).await?);
            return Ok(notices);
        }
        let requests: Vec<_> = requests.into_iter().filter(|it| it.request.requester == self.member).collect();
        let records = self.records(entries).await?;
        let opened = self.opened(entries, &records).await?;
        let concerned = Concerned { member: self.member, audits: self.audits, grants, requests, records, opened };
        let mut notices: Vec<_> = entries
            .iter()
            .filter_map(|entry| concerned.kind(entry).map(|kind| Notice::of_entry(kind, self.chart, entry)))
            .collect();
        notices.extend(self.expiries(&concerned.grants, &concerned.requests));
        notices.extend(self.overdue(|record| record.author == self.member).await?);
        notices.extend(self.ended_waits(|record| record.author == self.member, false).await?);
        Ok(notices)
    }

    /// The records that were shredded by these entries and that the member opened before, as far as the state has the log.
    async fn opened(
        &self,
        entries: &[Entry],
        records: &BTreeMap<RecordId, Record>,
    ) -> Result<BTreeSet<RecordId>, NoticesError> {
        let shredded = entries.iter().filter(|entry| entry.action == Action::RecordShredded);
        let shredded: Vec<_> = shredded
            .filter_map(|entry| match entry.subject {
                Subject::Record(id, _) => Some((id, records.get(&id)?)),
                _ => None,
            })
            .collect();
        if shredded.is_empty() {
            return Ok(BTreeSet::new());
        }
        let log = self.chain.log_from(self.at, LogId::Chart(self.chart), 0).await?;
        let has_opened = |(id, record): &(RecordId, &Record)| opened_while_active(&log, *id, record, self.member);
        Ok(shredded.into_iter().filter(has_opened).map(|(id, _)| id).collect())
    }

    /// The records that the entries are about, as they stand now.
    async fn records(&self, entries: &[Entry]) -> Result<BTreeMap<RecordId, Record>, NoticesError> {
        let mut records = BTreeMap::new();
        for entry in entries.iter().filter(|entry| NoticeKind::to_concerned(entry.action).is_some()) {
            let (Subject::Record(id, _) | Subject::Statement(id, _)) = entry.subject else { continue };
            if !records.contains_key(&id) {
                records.extend(self.chain.record(self.at, id).await?.map(|record| (id, record)));
            }
        }
        Ok(records)
    }

    /// The notices of grants and requests that ran out since the last look.
    fn expiries(&self, grants: &[(GrantId, Grant)], requests: &[NumberedRequest]) -> Vec<Notice> {
        let ended = grants.iter().filter_map(|(number, grant)| {
            let end = grant.interval.end.filter(|end| self.is_new(*end))?;
            let ran_out = grant.revoked_at.is_none_or(|revoked| end <= revoked);
            ran_out.then(|| Notice::of_expiry(self.chart, end, Subject::Grant(*number)))
        });
        let expired = requests.iter().filter_map(|NumberedRequest { number, request }| {
            let waited = request.state == RequestState::Open && self.is_new(request.expires_at);
            waited.then(|| Notice::of_expiry(self.chart, request.expires_at, Subject::Request(*number)))
        });
        ended.chain(expired).collect()
    }

    /// The notices of corrections that became overdue since the last look, of records that `concerns` the member.
    async fn overdue(&self, concerns: impl Fn(&Record) -> bool) -> Result<Vec<Notice>, NoticesError> {
        let mut notices = Vec::new();
        for KeyedCorrection { key, correction } in self.chain.corrections(self.at, self.chart).await? {
            let due = correction.due_at();
            if !correction.is_open() || !self.is_new(due) {
                continue;
            }
            let id = RecordId { chart: self.chart, key };
            if let Some(record) = self.chain.record(self.at, id).await?.filter(&concerns) {
                let subject = Subject::Record(id, record.versions.saturating_sub(1));
                notices.push(Notice::of_expiry(self.chart, due, subject));
            }
        }
        Ok(notices)
    }

    /// The notices of staged records whose time to be accepted ran out since the last look. The patient also gets those of holds
    /// that ended.
    async fn ended_waits(
        &self,
        concerns: impl Fn(&Record) -> bool,
        to_controller: bool,
    ) -> Result<Vec<Notice>, NoticesError> {
        let mut notices = Vec::new();
        for KeyedRecord { key, record } in self.chain.records(self.at, self.chart).await? {
            let hold = record.hold.filter(|_| to_controller).map(|hold| hold.until);
            let ends = [record.acceptable_until(), hold].into_iter().flatten();
            let subject = Subject::Record(RecordId { chart: self.chart, key }, record.versions.saturating_sub(1));
            if concerns(&record) {
                notices.extend(
                    ends.filter(|end| self.is_new(*end)).map(|end| Notice::of_expiry(self.chart, end, subject)),
                );
            }
        }
        Ok(notices)
    }

    /// Whether `end` came since the last look.
    fn is_new(&self, end: Moment) -> bool {
        (self.mark.at.saturating_add(1)..=self.now).contains(&end)
    }
}

/// Someone whom parts of another member's chart concern.
struct Concerned {
    member: MemberId,
    /// The institution for which it judges what is shredded, if it is an auditor.
    audits: Option<InstitutionId>,
    /// The grants that serve it, whatever became of them.
    grants: Vec<(GrantId, Grant)>,
    /// The requests that it made.
    requests: Vec<NumberedRequest>,
    /// The records that entries are about.
    records: BTreeMap<RecordId, Record>,
    /// The shredded records among them that it opened before, and of which it may have copies.
    opened: BTreeSet<RecordId>,
}

impl Concerned {
    /// The kind of notice that the entry is for this member, if it concerns it.
    fn kind(&self, entry: &Entry) -> Option<NoticeKind> {
        let kind = NoticeKind::to_concerned(entry.action)?;
        let by_another = entry.actor != Actor::Member(self.member);
        let concerns = match entry.subject {
            Subject::Request(id) => self.made(id),
            Subject::Grant(id) => self.grants.iter().any(|(number, _)| *number == id),
            Subject::Record(id, _) => by_another && self.is_told_of(id, entry),
            Subject::Statement(id, _) => self.wrote(id) || self.reads(id, entry),
            _ => false,
        };
        concerns.then_some(kind)
    }

    /// Whether what another member did to a record concerns this member.
    fn is_told_of(&self, id: RecordId, entry: &Entry) -> bool {
        match entry.action {
            Action::CorrectionRequested | Action::RecordAccepted | Action::RecordRefused => self.wrote(id),
            Action::ShreddingRequested | Action::ShreddingCanceled | Action::ShreddingRefused => {
                self.wrote(id) || self.judges(id)
            }
            Action::RecordShredded => self.wrote(id) || self.judges(id) || self.opened.contains(&id),
            _ => self.reads(id, entry),
        }
    }

    fn made(&self, id: RequestId) -> bool {
        self.requests.iter().any(|it| it.number == id)
    }

    fn wrote(&self, id: RecordId) -> bool {
        self.records.get(&id).is_some_and(|record| record.author == self.member)
    }

    /// Whether the member is an auditor of the institution that keeps the record.
    fn judges(&self, id: RecordId) -> bool {
        self.audits.is_some() && self.records.get(&id).map(|record| record.custodian) == self.audits
    }

    /// Whether the member could read the record at the time of the entry. Of a record that was withdrawn or entered in error, whether
    /// it ever could before.
    fn reads(&self, id: RecordId, entry: &Entry) -> bool {
        let Some(record) = self.records.get(&id) else { return false };
        if !record.is_shown_to_others() {
            return false;
        }
        self.grants.iter().any(|(_, grant)| {
            let covers = match grant.scope {
                Scope::Compartment(compartment) => compartment == record.compartment,
                Scope::Record(key) => key == id.key && grant.compartment == record.compartment,
            };
            let in_time = match entry.action {
                Action::RecordWithdrawn | Action::RecordEnteredInError => {
                    let first = grant.interval.start.max(record.created_at);
                    first <= entry.at && grant.is_in_force(first)
                }
                _ => grant.is_in_force(entry.at),
            };
            covers && in_time && grant.permissions.contains(Permission::Read)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{
        access::{Permissions, Purposes},
        audit::AuditEvent,
        records::RecordState,
        CompartmentId, Interval, RecordKey,
    };

    const CHART: ChartId = ChartId(1);
    const DOCTOR: MemberId = MemberId(2);
    const OTHER: MemberId = MemberId(3);
    const COMPARTMENT: CompartmentId = CompartmentId(4);
    const RECORD: RecordId = RecordId { chart: CHART, key: RecordKey([5; 16]) };
    const NOW: Moment = 1_000;

    fn grant(permissions: &[Permission]) -> Grant {
        Grant {
            grantee: Grantee::Member(DOCTOR),
            scope: Scope::Compartment(COMPARTMENT),
            compartment: COMPARTMENT,
            permissions: Permissions::of(permissions),
            purposes: Purposes::of(&[Purpose::Treatment]),
            granted_at: NOW - 10,
            interval: Interval { start: NOW - 10, end: Some(NOW + 10) },
            revoked_at: None,
            reason: None,
            envelope: None,
            granted_by: OTHER,
            laboratory: false,
            request: None,
            disclosed_under: None,
        }
    }

    fn record(state: RecordState) -> Record {
        let (author, custodian) = (OTHER, InstitutionId(0));
        Record { compartment: COMPARTMENT, author, custodian, state, versions: 1, created_at: NOW - 5, hold: None }
    }

    fn doctor(grants: Vec<Grant>, state: RecordState) -> Concerned {
        let grants = (0..).map(GrantId).zip(grants).collect();
        let records = [(RECORD, record(state))].into();
        Concerned { member: DOCTOR, audits: None, grants, requests: Vec::new(), records, opened: BTreeSet::new() }
    }

    fn entry(actor: MemberId, action: Action, at: Moment) -> Entry {
        Entry::new(0, at, 1, AuditEvent::by_member(actor, None, action, Subject::Record(RECORD, 0)))
    }

    #[test]
    fn a_reader_is_told_of_new_records_while_the_grant_is_in_force() {
        let reader = doctor(vec![grant(&[Permission::Read])], RecordState::Active);
        let told = |at| reader.kind(&entry(OTHER, Action::RecordCreated, at));
        assert_eq!((told(NOW - 11), told(NOW), told(NOW + 10)), (None, Some(NoticeKind::Record), None));
        assert_eq!(reader.kind(&entry(DOCTOR, Action::RecordCreated, NOW)), None, "not of the own");
        let writer = doctor(vec![grant(&[Permission::Create])], RecordState::Active);
        assert_eq!(writer.kind(&entry(OTHER, Action::RecordCreated, NOW)), None, "it may not read");
        let elsewhere = Grant { scope: Scope::Record(RecordKey([9; 16])), ..grant(&[Permission::Read]) };
        let elsewhere = doctor(vec![elsewhere], RecordState::Active);
        assert_eq!(elsewhere.kind(&entry(OTHER, Action::RecordCreated, NOW)), None);
    }

    #[test]
    fn a_past_reader_is_told_that_a_record_was_entered_in_error() {
        let revoked = Grant { revoked_at: Some(NOW), ..grant(&[Permission::Read]) };
        let past = doctor(vec![revoked], RecordState::EnteredInError);
        let told = |at| past.kind(&entry(OTHER, Action::RecordEnteredInError, at));
        assert_eq!((told(NOW - 11), told(NOW + 99)), (None, Some(NoticeKind::Correction)));
        for action in [Action::RecordAmended, Action::RestrictionLifted] {
            assert_eq!(past.kind(&entry(OTHER, action, NOW + 5)), None, "it may not read any more");
        }
        let before_the_record = Interval { start: NOW - 10, end: Some(NOW - 5) };
        for never in [
            Grant { interval: before_the_record, ..grant(&[Permission::Read]) },
            Grant { revoked_at: Some(NOW - 10), ..grant(&[Permission::Read]) },
        ] {
            let never = doctor(vec![never], RecordState::EnteredInError);
            assert_eq!(never.kind(&entry(OTHER, Action::RecordEnteredInError, NOW)), None, "it never could read");
        }
    }

    #[test]
    fn no_one_is_told_of_a_record_that_is_restricted() {
        let reader = doctor(vec![grant(&[Permission::Read])], RecordState::Restricted);
        for action in [Action::RecordCreated, Action::RecordAmended, Action::RecordRestricted] {
            assert_eq!(reader.kind(&entry(OTHER, action, NOW)), None, "{action:?}");
        }
    }

    #[test]
    fn the_author_is_told_of_a_request_and_readers_of_a_statement() {
        let mut reader = doctor(vec![grant(&[Permission::Read])], RecordState::Active);
        let request = entry(OTHER, Action::CorrectionRequested, NOW);
        let subject = Subject::Statement(RECORD, RecordKey([6; 16]));
        let event = AuditEvent::by_member(OTHER, None, Action::StatementAttached, subject);
        let statement = Entry::new(0, NOW, 1, event);
        assert_eq!((reader.kind(&request), reader.kind(&statement)), (None, Some(NoticeKind::Correction)));
        reader.grants.clear();
        assert_eq!(reader.kind(&statement), None, "it may not read");
        reader.records.get_mut(&RECORD).unwrap().author = DOCTOR;
        let told = (reader.kind(&request), reader.kind(&statement));
        assert_eq!(told, (Some(NoticeKind::CorrectionRequest), Some(NoticeKind::Correction)));
    }

    /// The kinds of the notices of a request to shred, of its end, and of the shredding.
    fn told_of_shredding(to: &Concerned) -> [Option<NoticeKind>; 3] {
        [Action::ShreddingRequested, Action::ShreddingCanceled, Action::RecordShredded]
            .map(|action| to.kind(&entry(OTHER, action, NOW)))
    }

    #[test]
    fn past_readers_are_told_that_a_record_was_shredded_and_of_no_request() {
        let revoked = Grant { revoked_at: Some(NOW - 1), ..grant(&[Permission::Read]) };
        let past = Concerned { opened: [RECORD].into(), ..doctor(vec![revoked], RecordState::Shredded) };
        assert_eq!(told_of_shredding(&past), [None, None, Some(NoticeKind::Shredding)]);
        assert_eq!(past.kind(&entry(OTHER, Action::RecordAmended, NOW - 2)), None, "nothing else of it is told");
        let never = doctor(vec![grant(&[Permission::Read])], RecordState::Shredded);
        assert_eq!(told_of_shredding(&never), [None; 3], "it never opened the record");
        let waits = doctor(vec![grant(&[Permission::Read])], RecordState::Active);
        for action in [Action::ShreddingRequested, Action::ShreddingRefused] {
            assert_eq!(waits.kind(&entry(OTHER, action, NOW)), None);
        }
    }

    #[test]
    fn the_author_and_the_auditors_of_the_custodian_are_told_of_requests() {
        let all = [Some(NoticeKind::Shredding); 3];
        for state in [RecordState::Active, RecordState::Restricted, RecordState::Shredded] {
            let mut author = doctor(Vec::new(), state);
            assert_eq!(told_of_shredding(&author), [None; 3], "a stranger");
            author.records.get_mut(&RECORD).unwrap().author = DOCTOR;
            assert_eq!(told_of_shredding(&author), all);
            let auditor = |of| Concerned { audits: Some(InstitutionId(of)), ..doctor(Vec::new(), state) };
            assert_eq!(told_of_shredding(&auditor(0)), all);
            let refused = entry(OTHER, Action::ShreddingRefused, NOW);
            assert_eq!([author.kind(&refused), auditor(0).kind(&refused)], [all[0]; 2]);
            assert_eq!(told_of_shredding(&auditor(1)), [None; 3], "of another institution");
            assert_eq!(auditor(0).kind(&entry(OTHER, Action::RecordAmended, NOW)), None, "it reads nothing");
            assert_eq!(auditor(0).kind(&entry(DOCTOR, Action::RecordShredded, NOW)), None, "not of the own");
        }
    }

    #[test]
    fn a_grantee_is_told_of_its_own_grants_only() {
        let of = |number| {
            let event = AuditEvent::by_member(OTHER, None, Action::AccessRevoked, Subject::Grant(GrantId(number)));
            Entry::new(0, NOW, 1, event)
        };
        let grantee = doctor(vec![grant(&[Permission::Read])], RecordState::Active);
        assert_eq!((grantee.kind(&of(0)), grantee.kind(&of(1))), (Some(NoticeKind::Grant), None));
    }
}
