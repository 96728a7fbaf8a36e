// SPDX-License-Identifier: Apache-2.0

//! The state of a chart, and its log.

use super::{clock::Now, people::Person};
use codec::Encode;
use salus_primitives::{
    access::{NumberedGrant, NumberedRequest, Purpose, Request, RequestState, Scope},
    audit::{Action, Actor, Entry, LogHead, LogId, Reason, Subject},
    charts::{Chart, CompartmentFlags, NumberedCompartment},
    records::{Record, Version},
    ChartId, CompartmentId, Digest, RecordKey, RequestId,
};
use sp_crypto_hashing::blake2_256;
use std::collections::BTreeMap;

/// A chart with its contents, from the model or from a node's storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChartState {
    /// The chart itself.
    pub chart: Chart,
    /// Its compartments.
    pub compartments: Vec<NumberedCompartment>,
    /// All grants.
    pub grants: Vec<NumberedGrant>,
    /// All requests.
    pub requests: Vec<NumberedRequest>,
    /// All records.
    pub records: BTreeMap<RecordKey, Record>,
    /// The versions of all records.
    pub versions: BTreeMap<RecordKey, Vec<Version>>,
    /// The length of the log, and the hash of its newest entry.
    pub head: LogHead,
    /// The log's entries.
    pub entries: Vec<Entry>,
}

/// The model's reason to refuse a call. A refused call changes nothing.
pub(super) type Refused = &'static str;

impl ChartState {
    /// Returns the flags and the epoch of a compartment.
    pub(super) fn compartment(&self, number: CompartmentId) -> Option<(CompartmentFlags, u32)> {
        let numbered = self.compartments.iter().find(|it| it.number == number)?;
        Some((numbered.compartment.flags, numbered.compartment.epoch))
    }

    /// Returns the compartment of a scope, and for a record the number of its newest version.
    pub(super) fn covered(&self, scope: Scope) -> Option<(CompartmentId, Option<u32>)> {
        match scope {
            Scope::Compartment(number) => self.compartment(number).map(|_| (number, None)),
            Scope::Record(key) => {
                let record = self.records.get(&key)?;
                Some((record.compartment, Some(record.versions.saturating_sub(1))))
            }
        }
    }

    /// Returns the request if it waits for an answer.
    pub(super) fn waiting(&self, number: RequestId, now: Now) -> Result<&Request, Refused> {
        let found = self.requests.iter().find(|it| it.number == number);
        let request = &found.ok_or("there is no such request")?.request;
        match request.state == RequestState::Open && now.at < request.expires_at {
            true => Ok(request),
            false => Err("the request does not wait any more"),
        }
    }

    /// Notes the answer to a request.
    pub(super) fn answer(&mut self, number: RequestId, state: RequestState) {
        for found in self.requests.iter_mut().filter(|it| it.number == number) {
            found.request.state = state;
        }
    }

    /// Appends an entry to the log.
    pub(super) fn log(
        &mut self,
        me: Person,
        now: Now,
        action: Action,
        subject: Subject,
        purpose: Option<Purpose>,
        reason: Option<Reason>,
    ) {
        let entry = Entry {
            sequence: self.head.length,
            at: now.at,
            block: now.block,
            actor: Actor::Member(me.member),
            on_behalf: None,
            institution: me.institution(),
            action,
            subject,
            purpose,
            reason,
        };
        let chained = [b"salus/audit/1".as_slice(), &self.head.hash.0, &entry.stored().encode()].concat();
        self.head = LogHead { length: self.head.length.saturating_add(1), hash: Digest(blake2_256(&chained)) };
        self.entries.push(entry);
    }
}

/// Returns the head of a log without entries.
pub(super) fn empty_head(chart: ChartId) -> LogHead {
    let begins = [b"salus/audit/1".as_slice(), &LogId::Chart(chart).encode()].concat();
    LogHead { length: 0, hash: Digest(blake2_256(&begins)) }
}
