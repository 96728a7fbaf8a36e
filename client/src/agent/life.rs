// SPDX-License-Identifier: Apache-2.0

//! The life of one thing in a chart: a request with the grants that came of it, a grant, a record, what a member did (S0-39).

use super::{AgentError, VerifiedLog};
use salus_chain::{At, Chain};
use salus_primitives::{
    access::{NumberedGrant, NumberedRequest, RequestState, Scope},
    audit::{Actor, Entry, LogId, Reason, Subject},
    decision::Basis,
    GrantId, MemberId, Moment, RecordKey, RequestId,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// The thing whose life is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// A request for access.
    Request(RequestId),
    /// A grant.
    Grant(GrantId),
    /// A record of the chart.
    Record(RecordKey),
    /// A member that acted.
    Member(MemberId),
}

/// A request or grant that ran out. The log has no entry of that.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RanOut {
    /// The request or grant.
    pub subject: Subject,
    /// When, in Unix milliseconds.
    pub at: Moment,
}

/// The entries about one thing, of a log that was verified as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct Life {
    /// The log, with these entries and their receipts alone.
    #[serde(flatten)]
    pub log: VerifiedLog,
    /// The parts that ran out.
    pub ran_out: Vec<RanOut>,
}

impl Life {
    /// Fetches a log, verifies it, and keeps the entries about one thing.
    pub async fn fetch(chain: &Chain, log: LogId, about: About) -> Result<Self, AgentError> {
        let mut log = VerifiedLog::fetch(chain, log).await?;
        let at = At::Block(log.block);
        let LogId::Chart(chart) = log.log else {
            log.entries.retain(|entry| is_about(about, &BTreeSet::new(), entry));
            return Ok(Self { log, ran_out: Vec::new() });
        };
        let (now, requests, grants) =
            (chain.now(at).await?, chain.requests(at, chart).await?, chain.grants(at, chart).await?);
        match about {
            About::Request(id) if !requests.iter().any(|it| it.number == id) => return Err(AgentError::NoRequest(id)),
            About::Grant(id) if !grants.iter().any(|it| it.number == id) => return Err(AgentError::NoGrant(id)),
            _ => {}
        }
        let came_of_it: Vec<_> = grants.into_iter().filter(|grant| belongs(about, grant)).collect();
        let numbers = came_of_it.iter().map(|it| it.number).collect();
        log.entries.retain(|entry| is_about(about, &numbers, entry));
        let kept: BTreeSet<_> = log.entries.iter().map(|entry| entry.sequence).collect();
        log.receipts.retain(|receipts| kept.contains(&receipts.entry));
        let request = requests.into_iter().find(|it| about == About::Request(it.number));
        Ok(Self { log, ran_out: ran_out(request, &came_of_it, now) })
    }
}

/// Whether the grant is the one that is asked for, or came of the request.
fn belongs(about: About, grant: &NumberedGrant) -> bool {
    match about {
        About::Request(id) => grant.grant.request == Some(id),
        About::Grant(id) => grant.number == id,
        About::Record(_) | About::Member(_) => false,
    }
}

/// Whether the entry is about the thing, or about one of these grants.
fn is_about(about: About, grants: &BTreeSet<GrantId>, entry: &Entry) -> bool {
    let by_grant = match (entry.subject, entry.reason) {
        (Subject::Grant(grant), _) | (_, Some(Reason::Basis(Basis::Grant(grant)))) => grants.contains(&grant),
        _ => false,
    };
    by_grant
        || match (about, entry.subject) {
            (About::Request(id), Subject::Request(subject)) => id == subject,
            (About::Record(key), Subject::Record(record, _)) => key == record.key,
            (About::Record(key), Subject::Statement(record, statement)) => key == record.key || key == statement,
            (About::Record(key), Subject::Scope(Scope::Record(subject))) => key == subject,
            (About::Member(member), _) => entry.actor == Actor::Member(member) || entry.on_behalf == Some(member),
            _ => false,
        }
}

fn ran_out(request: Option<NumberedRequest>, grants: &[NumberedGrant], now: Moment) -> Vec<RanOut> {
    let waited = request.filter(|it| it.request.state == RequestState::Open && it.request.expires_at <= now);
    let waited = waited.map(|it| RanOut { subject: Subject::Request(it.number), at: it.request.expires_at });
    let ended = grants.iter().filter_map(|NumberedGrant { number, grant }| {
        let at =
            grant.interval.end.filter(|end| *end <= now && grant.revoked_at.is_none_or(|revoked| *end <= revoked))?;
        Some(RanOut { subject: Subject::Grant(*number), at })
    });
    let mut ran_out: Vec<_> = waited.into_iter().chain(ended).collect();
    ran_out.sort_by_key(|it| it.at);
    ran_out
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{
        access::{Grant, Grantee, Permission, Permissions, Purpose, Purposes, Request},
        audit::{Action, AuditEvent},
        ChartId, CompartmentId, Interval, RecordId,
    };

    const REQUEST: RequestId = RequestId(3);
    const DOCTOR: MemberId = MemberId(7);
    const KEY: RecordKey = RecordKey([1; 16]);
    const NOW: Moment = 1_000;

    fn grant(number: u32, end: Option<Moment>, revoked_at: Option<Moment>) -> NumberedGrant {
        let grant = Grant {
            grantee: Grantee::Member(DOCTOR),
            scope: Scope::Compartment(CompartmentId(0)),
            compartment: CompartmentId(0),
            permissions: Permissions::of(&[Permission::Read]),
            purposes: Purposes::of(&[Purpose::Treatment]),
            granted_at: 1,
            interval: Interval { start: 1, end },
            revoked_at,
            reason: None,
            envelope: None,
            granted_by: MemberId(1),
            laboratory: false,
            request: Some(REQUEST),
            disclosed_under: None,
        };
        NumberedGrant { number: GrantId(number), grant }
    }

    fn request(state: RequestState, expires_at: Moment) -> NumberedRequest {
        let (permissions, purpose) = (Permissions::of(&[Permission::Read]), Purpose::Treatment);
        let request = Request {
            requester: DOCTOR,
            permissions,
            purpose,
            until: None,
            reason: None,
            requested_at: 1,
            expires_at,
            state,
        };
        NumberedRequest { number: REQUEST, request }
    }

    fn entry(subject: Subject, reason: Option<Reason>) -> Entry {
        let event = AuditEvent::by_member(DOCTOR, None, Action::ReadPermitted, subject).because(reason);
        Entry::new(0, NOW, 1, event)
    }

    #[test]
    fn a_requests_life_has_its_grants_and_what_was_read_by_them() {
        let grants = BTreeSet::from([GrantId(5)]);
        let is_about = |entry: &Entry| is_about(About::Request(REQUEST), &grants, entry);
        assert!(is_about(&entry(Subject::Request(REQUEST), None)));
        assert!(is_about(&entry(Subject::Grant(GrantId(5)), None)));
        let read = |grant| entry(Subject::Scope(Scope::Record(KEY)), Some(Reason::Basis(Basis::Grant(GrantId(grant)))));
        assert!(is_about(&read(5)));
        for other in [read(6), entry(Subject::Request(RequestId(4)), None), entry(Subject::Grant(GrantId(6)), None)] {
            assert!(!is_about(&other), "{other:?}");
        }
    }

    #[test]
    fn a_records_life_has_its_versions_readings_and_statements() {
        let record = |key| RecordId { chart: ChartId(0), key };
        let other = RecordKey([2; 16]);
        let is_about = |subject| is_about(About::Record(KEY), &BTreeSet::new(), &entry(subject, None));
        for subject in [
            Subject::Record(record(KEY), 1),
            Subject::Scope(Scope::Record(KEY)),
            Subject::Statement(record(KEY), other),
            Subject::Statement(record(other), KEY),
        ] {
            assert!(is_about(subject), "{subject:?}");
        }
        assert!(!is_about(Subject::Record(record(other), 1)));
        assert!(!is_about(Subject::Scope(Scope::Compartment(CompartmentId(0)))));
    }

    #[test]
    fn a_members_life_is_what_it_did() {
        let entry = entry(Subject::Chart(ChartId(0)), None);
        assert!(is_about(About::Member(DOCTOR), &BTreeSet::new(), &entry));
        assert!(!is_about(About::Member(MemberId(8)), &BTreeSet::new(), &entry));
    }

    #[test]
    fn a_request_without_an_answer_and_a_grant_with_an_end_run_out() {
        let out = |number, at| RanOut { subject: Subject::Grant(GrantId(number)), at };
        let waited = RanOut { subject: Subject::Request(REQUEST), at: NOW };
        assert_eq!(ran_out(Some(request(RequestState::Open, NOW)), &[], NOW), [waited]);
        assert_eq!(ran_out(Some(request(RequestState::Open, NOW + 1)), &[], NOW), []);
        assert_eq!(ran_out(Some(request(RequestState::Denied, NOW)), &[], NOW), []);
        let grants = [
            grant(0, None, None),
            grant(1, Some(NOW), None),
            grant(2, Some(NOW + 1), None),
            grant(3, Some(NOW - 1), Some(NOW - 2)),
            grant(4, Some(NOW - 2), Some(NOW - 1)),
        ];
        assert_eq!(ran_out(None, &grants, NOW), [out(4, NOW - 2), out(1, NOW)]);
    }
}
