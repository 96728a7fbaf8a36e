// SPDX-License-Identifier: Apache-2.0

//! A second, simple implementation of charts, grants, requests, records and logs. It applies finalized transactions one
//! after the other.
//!
//! It shares types with the chain, so that states can be compared, but it shares no rules. Its rules follow the
//! documentation, without the pallets' code and `primitives::access::decide`. The model lacks rotation of secrets,
//! amendments and laboratories, and the workload avoids them. A run that meets one of them fails.

use super::history::{Block, Transaction};
use codec::{DecodeAll, Encode};
use salus_chain::events::{OpenDenied, RecordsOpened};
use salus_primitives::{
    access::{
        Grant, GrantEnvelope, GrantScope, GrantTerms, Grantee, Permission, Permissions, Purpose, Purposes, Request,
        RequestState, Scope,
    },
    audit::{Action, Actor, Entry, LogHead, LogId, Reason, Subject},
    charts::{Chart, Compartment, CompartmentFlags, Epoch, NumberedCompartment},
    decision::{Basis, Denial},
    membership::Role,
    records::{NewRecord, Record, RecordState, Version},
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, Interval, MemberId, Moment, ReadingSessionId, RecordId,
    RecordKey, RequestId, SigningKey,
};
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use std::collections::BTreeMap;

/// An hour, in milliseconds. Denials within it share one log entry for each purpose.
const HOUR: Moment = 3_600_000;
/// The lifetime of a request, in milliseconds.
const REQUEST_LIFE: Moment = 30 * 24 * HOUR;
/// The lifetime of a session, in milliseconds.
const SESSION: Moment = HOUR / 2;

/// A member who takes part in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub struct Person {
    /// The member's number.
    pub member: MemberId,
    /// The member's role.
    pub role: Role,
    /// The institution that admitted the member. Its staff belong to it, its patients do not.
    pub admitted_by: InstitutionId,
    /// The account that signs for the member.
    pub account: SigningKey,
}

impl Person {
    fn institution(&self) -> Option<InstitutionId> {
        (self.role != Role::Patient).then_some(self.admitted_by)
    }

    fn is_named_by(&self, grantee: &Grantee) -> bool {
        match grantee {
            Grantee::Member(member) => *member == self.member,
            Grantee::Institution(institution) => self.institution() == Some(*institution),
        }
    }
}

/// A chart with its contents, from the model or from a node's storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChartState {
    /// The chart itself.
    pub chart: Chart,
    /// Its compartments.
    pub compartments: Vec<NumberedCompartment>,
    /// All grants.
    pub grants: Vec<(GrantId, Grant)>,
    /// All requests.
    pub requests: Vec<(RequestId, Request)>,
    /// All records.
    pub records: BTreeMap<RecordKey, Record>,
    /// The versions of all records.
    pub versions: BTreeMap<RecordKey, Vec<Version>>,
    /// The length of the log, and the hash of its newest entry.
    pub head: LogHead,
    /// The log's entries.
    pub entries: Vec<Entry>,
}

/// An opening of records, as the model decided it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The reader.
    pub reader: MemberId,
    /// The chart.
    pub chart: ChartId,
    /// The compartment or the record.
    pub scope: Scope,
    /// The purpose.
    pub purpose: Purpose,
    /// The height of the block with the call.
    pub block: u32,
    /// The end of the session, in Unix milliseconds.
    pub expires_at: Moment,
    /// The basis of the permission, or the denial.
    pub decision: Result<Basis, Denial>,
}

/// A difference between the chain and the model, in words.
pub type Disagreement = String;

/// Denials of one member in one chart within an hour.
#[derive(Clone, Debug)]
struct DenialRun {
    /// The time of the first.
    since: Moment,
    /// The number of denials without an entry, since the last one with an entry.
    repeated: u32,
    /// The purposes that have an entry.
    purposes: Vec<Purpose>,
}

/// The state of all charts, computed from finalized transactions.
#[derive(Default)]
pub struct Model {
    people: BTreeMap<SigningKey, Person>,
    charts: BTreeMap<ChartId, ChartState>,
    /// The denials of a member in a chart within an hour.
    denials: BTreeMap<(ChartId, MemberId), DenialRun>,
    openings: Vec<(ReadingSessionId, Opening)>,
    /// The height at which each grant was revoked.
    revoked_in: BTreeMap<(ChartId, GrantId), u32>,
    granted_in: BTreeMap<(ChartId, GrantId), u32>,
    transactions: usize,
}

/// The model's reason to refuse a call. A refused call changes nothing.
type Refused = &'static str;

#[derive(Clone, Copy)]
struct Now {
    block: u32,
    at: Moment,
}

impl Model {
    /// Returns a model with these members and without charts.
    pub fn new(people: impl IntoIterator<Item = Person>) -> Self {
        Self { people: people.into_iter().map(|person| (person.account, person)).collect(), ..Self::default() }
    }

    /// Returns all charts.
    pub fn charts(&self) -> &BTreeMap<ChartId, ChartState> {
        &self.charts
    }

    /// Returns the number of applied transactions that concern charts.
    pub fn transactions(&self) -> usize {
        self.transactions
    }

    /// Returns all openings, in order.
    pub fn openings(&self) -> &[(ReadingSessionId, Opening)] {
        &self.openings
    }

    /// Applies a finalized block. Returns every difference between the chain's outcomes and the model's.
    pub fn apply(&mut self, block: &Block) -> Vec<Disagreement> {
        let now = Now { block: block.number, at: block.at };
        let differences = block.transactions.iter().filter_map(|transaction| {
            let difference = self.execute(now, transaction).err()?;
            Some(format!("block {}, {}.{}: {difference}", now.block, transaction.pallet, transaction.call))
        });
        differences.collect()
    }

    fn execute(&mut self, now: Now, transaction: &Transaction) -> Result<(), Disagreement> {
        if !matches!(transaction.pallet.as_str(), "Charts" | "Access" | "Records" | "Utility") {
            return Ok(());
        }
        let me = transaction.signer.and_then(|account| self.people.get(&account)).copied();
        let me = me.ok_or("a person whom the model does not know signed it")?;
        self.transactions = self.transactions.saturating_add(1);
        let outcome = self.call(me, now, transaction)?;
        match (outcome, transaction.succeeded) {
            (Ok(expected), true) => self.check_event(transaction, expected),
            (Err(_), false) => Ok(()),
            (Ok(_), false) => Err("it failed, but should have succeeded".to_owned()),
            (Err(reason), true) => Err(format!("it succeeded, but should have been refused: {reason}")),
        }
    }

    /// Compares the model's decision on an opening with the event that the chain deposited.
    fn check_event(&self, transaction: &Transaction, expected: Expected) -> Result<(), Disagreement> {
        let Expected::Opening(decision) = expected else { return Ok(()) };
        let permitted = transaction.event().map(|RecordsOpened { basis, .. }| Ok(basis));
        let denied = transaction.event().map(|OpenDenied { denial, .. }| Err(denial));
        let chain = permitted.or(denied).ok_or("it says neither that it permitted nor that it denied")?;
        match chain == decision {
            true => Ok(()),
            false => Err(format!("the chain decided {chain:?}, the model {decision:?}")),
        }
    }

    fn call(
        &mut self,
        me: Person,
        now: Now,
        transaction: &Transaction,
    ) -> Result<Result<Expected, Refused>, Disagreement> {
        let arguments = &transaction.arguments;
        let outcome = match (transaction.pallet.as_str(), transaction.call.as_str()) {
            ("Charts", "open_chart") => self.open_chart(me, now),
            ("Charts", "add_compartment") => {
                let (chart, number, flags, profile, epoch) = read(arguments)?;
                self.add_compartment(me, now, chart, number, flags, profile, epoch)
            }
            ("Access", "grant_access") => {
                let (chart, grantee, terms): (_, _, GrantTerms) = read(arguments)?;
                self.give(me, now, chart, grantee, &[terms], None)
            }
            ("Access", "revoke_access") => {
                let (chart, grant, reason) = read(arguments)?;
                self.revoke(me, now, chart, grant, reason)
            }
            ("Access", "request_access") => {
                let (chart, permissions, purpose, until, reason) = read(arguments)?;
                self.request(me, now, chart, permissions, purpose, until, reason)
            }
            ("Access", "approve_request") => {
                let (chart, request, terms): (_, _, Vec<GrantTerms>) = read(arguments)?;
                self.approve(me, now, chart, request, &terms)
            }
            ("Access", "deny_request") => {
                let (chart, request, reason): (_, _, Option<Digest>) = read(arguments)?;
                self.deny(me, now, chart, request, reason)
            }
            ("Records", "create_medical_record") => {
                let (chart, custodian, record) = read(arguments)?;
                self.create(me, now, chart, custodian, record)
            }
            ("Records", "open_records") => {
                let (chart, scope, purpose, session) = read(arguments)?;
                self.open(me, now, chart, scope, purpose, session)
            }
            _ => return Err("the model does not know this call".to_owned()),
        };
        Ok(outcome)
    }

    /// Returns the chart if `me` controls it.
    fn owned(&mut self, me: Person, chart: ChartId) -> Result<&mut ChartState, Refused> {
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        if state.chart.controller == me.member {
            Ok(state)
        } else {
            Err("the chart is another person's")
        }
    }

    fn open_chart(&mut self, me: Person, now: Now) -> Result<Expected, Refused> {
        if me.role != Role::Patient {
            return Err("only patients have charts");
        }
        let number = ChartId(u64::try_from(self.charts.len()).unwrap_or(u64::MAX));
        let chart = Chart { controller: me.member, opened_at: now.at, compartments: 0 };
        let mut state = ChartState {
            chart,
            compartments: Vec::new(),
            grants: Vec::new(),
            requests: Vec::new(),
            records: BTreeMap::new(),
            versions: BTreeMap::new(),
            head: empty_head(number),
            entries: Vec::new(),
        };
        state.log(me, now, Action::ChartOpened, Subject::Chart(number), None, None);
        self.charts.insert(number, state);
        Ok(Expected::Nothing)
    }

    #[expect(clippy::too_many_arguments, reason = "the call has as many")]
    fn add_compartment(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: CompartmentId,
        flags: CompartmentFlags,
        profile: Digest,
        epoch: Epoch,
    ) -> Result<Expected, Refused> {
        let state = self.owned(me, chart)?;
        if number.0 != state.chart.compartments || number.0 >= 16 {
            return Err("it is not the next compartment");
        }
        if epoch.link.is_some() {
            return Err("a first epoch has no link");
        }
        state.chart.compartments = state.chart.compartments.saturating_add(1);
        let compartment = Compartment { flags, epoch: 0, profile };
        state.compartments.push(NumberedCompartment { number, compartment, rotation_due: false });
        state.log(me, now, Action::CompartmentAdded, Subject::Compartment(number, 0), None, None);
        Ok(Expected::Nothing)
    }

    /// Adds all grants, or none of them.
    fn give(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        grantee: Grantee,
        terms: &[GrantTerms],
        request: Option<RequestId>,
    ) -> Result<Expected, Refused> {
        let recipient = match grantee {
            Grantee::Member(member) => {
                let found = self.people.values().find(|person| person.member == member);
                Some(found.ok_or("no person of that number takes part")?.role)
            }
            Grantee::Institution(_) => None,
        };
        if grantee == Grantee::Member(me.member) {
            return Err("the controller needs no grant");
        }
        let mut state = self.owned(me, chart)?.clone();
        let mut given = Vec::new();
        for terms in terms {
            let GrantTerms { scope, permissions, purposes, interval, reason, envelope } = terms.clone();
            let reads = permissions.contains(Permission::Read);
            let interval = Interval { start: interval.start.max(now.at), ..interval };
            if permissions.is_empty() || purposes.is_empty() || purposes.contains(Purpose::Emergency) {
                return Err("it permits nothing, or what cannot be granted");
            }
            if interval.end.is_some_and(|end| end <= interval.start) {
                return Err("it would be over before it began");
            }
            if envelope.is_some() != reads {
                return Err("an envelope comes with reading, and only with it");
            }
            if recipient.is_some_and(|role| !permissions.iter().all(|permission| may(role, permission))) {
                return Err("the role may never do that");
            }
            let (compartment, version) = match scope {
                GrantScope::Compartment(compartment) => (compartment, None),
                GrantScope::Record { compartment, version, .. } => (compartment, Some(version)),
            };
            let (flags, epoch) = state.compartment(compartment).ok_or("there is no such compartment")?;
            let research = recipient == Some(Role::Researcher) || purposes.contains(Purpose::Research);
            if research && !flags.de_identified {
                return Err("research reaches de-identified compartments only");
            }
            let number = GrantId(u32::try_from(state.grants.len()).unwrap_or(u32::MAX));
            let grant = Grant {
                grantee,
                scope: scope.scope(),
                compartment,
                permissions,
                purposes,
                granted_at: now.at,
                interval,
                revoked_at: None,
                reason,
                envelope: envelope.map(|hash| GrantEnvelope { hash, edition: version.unwrap_or(epoch) }),
                granted_by: me.member,
                laboratory: false,
                request,
            };
            state.grants.push((number, grant));
            state.log(me, now, Action::AccessGranted, Subject::Grant(number), single(purposes), None);
            given.push(number);
        }
        self.charts.insert(chart, state);
        self.granted_in.extend(given.into_iter().map(|grant| ((chart, grant), now.block)));
        Ok(Expected::Nothing)
    }

    fn revoke(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: GrantId,
        reason: Option<Digest>,
    ) -> Result<Expected, Refused> {
        let state = self.owned(me, chart)?;
        let grant = state.grants.iter_mut().find(|(id, _)| *id == number).map(|(_, grant)| grant);
        let grant = grant.ok_or("there is no such grant")?;
        if grant.revoked_at.is_some() || grant.interval.end.is_some_and(|end| end <= now.at) {
            return Err("it is over already");
        }
        grant.revoked_at = Some(now.at);
        let purpose = single(grant.purposes);
        if let (Scope::Compartment(of), true) = (grant.scope, grant.permissions.contains(Permission::Read)) {
            for compartment in state.compartments.iter_mut().filter(|it| it.number == of) {
                compartment.rotation_due = true;
            }
        }
        state.log(me, now, Action::AccessRevoked, Subject::Grant(number), purpose, reason.map(Reason::Text));
        self.revoked_in.insert((chart, number), now.block);
        Ok(Expected::Nothing)
    }

    #[expect(clippy::too_many_arguments, reason = "the call has as many")]
    fn request(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        permissions: Permissions,
        purpose: Purpose,
        until: Option<Moment>,
        reason: Option<Digest>,
    ) -> Result<Expected, Refused> {
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        if state.chart.controller == me.member {
            return Err("the controller need not ask");
        }
        if permissions.is_empty() || purpose == Purpose::Emergency {
            return Err("it asks for nothing, or for what cannot be granted");
        }
        if !permissions.iter().all(|permission| may(me.role, permission)) {
            return Err("the role may never do that");
        }
        if until.is_some_and(|until| until <= now.at) {
            return Err("it asks for the past");
        }
        let waits = |request: &Request| {
            request.requester == me.member && request.state == RequestState::Open && now.at < request.expires_at
        };
        if state.requests.iter().any(|(_, request)| waits(request)) {
            return Err("another request of the same member waits");
        }
        let number = RequestId(u32::try_from(state.requests.len()).unwrap_or(u32::MAX));
        let expires_at = now.at.saturating_add(REQUEST_LIFE);
        state.requests.push((
            number,
            Request {
                requester: me.member,
                permissions,
                purpose,
                until,
                reason,
                requested_at: now.at,
                expires_at,
                state: RequestState::Open,
            },
        ));
        state.log(me, now, Action::AccessRequested, Subject::Request(number), Some(purpose), reason.map(Reason::Text));
        Ok(Expected::Nothing)
    }

    fn approve(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: RequestId,
        terms: &[GrantTerms],
    ) -> Result<Expected, Refused> {
        let before = self.owned(me, chart)?.clone();
        let request = before.waiting(number, now)?.clone();
        let within = |terms: &GrantTerms| {
            terms.permissions.iter().all(|permission| request.permissions.contains(permission))
                && single(terms.purposes) == Some(request.purpose)
                && request.until.is_none_or(|until| terms.interval.end.is_some_and(|end| end <= until))
        };
        if terms.is_empty() || !terms.iter().all(within) {
            return Err("it gives nothing, or more than was asked for");
        }
        let state = self.owned(me, chart)?;
        state.answer(number, RequestState::Approved);
        state.log(me, now, Action::RequestApproved, Subject::Request(number), Some(request.purpose), None);
        let grantee = Grantee::Member(request.requester);
        let given = self.give(me, now, chart, grantee, terms, Some(number));
        if given.is_err() {
            self.charts.insert(chart, before);
        }
        given
    }

    fn deny(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: RequestId,
        reason: Option<Digest>,
    ) -> Result<Expected, Refused> {
        let state = self.owned(me, chart)?;
        let purpose = state.waiting(number, now)?.purpose;
        state.answer(number, RequestState::Denied);
        state.log(me, now, Action::RequestDenied, Subject::Request(number), Some(purpose), reason.map(Reason::Text));
        Ok(Expected::Nothing)
    }

    fn create(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        custodian: InstitutionId,
        new: NewRecord,
    ) -> Result<Expected, Refused> {
        if me.institution().is_some_and(|own| own != custodian) {
            return Err("staff have their own institution keep records");
        }
        let scope = Scope::Compartment(new.compartment);
        let basis =
            self.decide(me, chart, scope, Permission::Create, None, now.at).map_err(|_| "it is not permitted")?;
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        let (_, epoch) = state.compartment(new.compartment).ok_or("there is no such compartment")?;
        let NewRecord { key, compartment, version } = new;
        if state.records.contains_key(&key) {
            return Err("the key is taken");
        }
        let zero = Digest::default();
        if version.epoch != epoch || version.size == 0 || version.content == zero || version.key_envelope == zero {
            return Err("the version is not in order");
        }
        let record = Record {
            compartment,
            author: me.member,
            custodian,
            state: RecordState::Active,
            versions: 1,
            created_at: now.at,
        };
        state.records.insert(key, record);
        let version = Version {
            author: me.member,
            content: version.content,
            key_envelope: version.key_envelope,
            epoch: version.epoch,
            size: version.size,
            at: now.at,
            previous: zero,
            grant_envelopes: Default::default(),
        };
        state.versions.insert(key, vec![version]);
        let subject = Subject::Record(RecordId { chart, key }, 0);
        state.log(me, now, Action::RecordCreated, subject, None, Some(Reason::Basis(basis)));
        Ok(Expected::Nothing)
    }

    fn open(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        scope: Scope,
        purpose: Purpose,
        session: ReadingSessionId,
    ) -> Result<Expected, Refused> {
        let decision = self.decide(me, chart, scope, Permission::Read, Some(purpose), now.at);
        let running = |(key, opening): &(ReadingSessionId, Opening)| {
            *key == session && opening.reader == me.member && opening.decision.is_ok() && now.at < opening.expires_at
        };
        if decision.is_ok() && self.openings.iter().any(running) {
            return Err("the session is under way already");
        }
        let same = |(_, opening): &&(ReadingSessionId, Opening)| {
            let of = (opening.reader, opening.chart, opening.scope, opening.purpose, opening.decision);
            of == (me.member, chart, scope, purpose, decision) && now.at < opening.expires_at
        };
        // While a session lasts, the reader's further equal openings add no log entry, and expire with it.
        let earlier =
            self.openings.iter().find(same).filter(|_| decision.is_ok()).map(|(_, opening)| opening.expires_at);
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        let subject = Subject::Scope(scope);
        match decision {
            Ok(_) if earlier.is_some() => (),
            Ok(basis) => {
                state.log(me, now, Action::ReadPermitted, subject, Some(purpose), Some(Reason::Basis(basis)));
            }
            Err(denial) => {
                let earlier = self.denials.get(&(chart, me.member)).cloned();
                let running = earlier.clone().filter(|run| now.at < run.since.saturating_add(HOUR));
                let next = match running {
                    Some(run) if run.purposes.contains(&purpose) => {
                        DenialRun { repeated: run.repeated.saturating_add(1), ..run }
                    }
                    running => {
                        if let Some(run) = earlier.filter(|run| run.repeated > 0) {
                            let of = Subject::Chart(chart);
                            state.log(me, now, Action::DenialsRepeated, of, None, Some(Reason::Count(run.repeated)));
                        }
                        state.log(me, now, Action::ReadDenied, subject, Some(purpose), Some(Reason::Denial(denial)));
                        let run = running.unwrap_or(DenialRun { since: now.at, repeated: 0, purposes: Vec::new() });
                        DenialRun { repeated: 0, purposes: [run.purposes, vec![purpose]].concat(), ..run }
                    }
                };
                self.denials.insert((chart, me.member), next);
            }
        }
        let expires_at = earlier.unwrap_or_else(|| now.at.saturating_add(SESSION));
        let opening = Opening { reader: me.member, chart, scope, purpose, block: now.block, expires_at, decision };
        self.openings.push((session, opening));
        Ok(Expected::Opening(decision))
    }

    /// Returns the basis on which `me` has this permission at the time `at`, or the denial.
    fn decide(
        &self,
        me: Person,
        chart: ChartId,
        scope: Scope,
        permission: Permission,
        purpose: Option<Purpose>,
        at: Moment,
    ) -> Result<Basis, Denial> {
        let state = self.charts.get(&chart).ok_or(Denial::NotFound)?;
        let (compartment, _) = state.covered(scope).ok_or(Denial::NotFound)?;
        let (flags, _) = state.compartment(compartment).ok_or(Denial::NotFound)?;
        if state.chart.controller == me.member {
            return Ok(Basis::Controller);
        }
        if !may(me.role, permission) {
            return Err(Denial::RoleMayNot);
        }
        if (me.role == Role::Researcher || purpose == Some(Purpose::Research)) && !flags.de_identified {
            return Err(Denial::NotDeIdentified);
        }
        let covers = |grant: &Grant| grant.scope == scope || grant.scope == Scope::Compartment(compartment);
        let mut best: Option<(bool, GrantId)> = None;
        let mut nearest = Denial::NoGrant;
        for (number, grant) in state.grants.iter().filter(|(_, grant)| me.is_named_by(&grant.grantee) && covers(grant))
        {
            let lacks = if !grant.permissions.contains(permission) {
                Some(Denial::PermissionNotGranted)
            } else if purpose.is_some_and(|purpose| !grant.purposes.contains(purpose)) {
                Some(Denial::PurposeNotGranted)
            } else if grant.revoked_at.is_some_and(|revoked| revoked <= at) {
                Some(Denial::Revoked)
            } else if grant.interval.end.is_some_and(|end| end <= at) {
                Some(Denial::Expired)
            } else if at < grant.interval.start {
                Some(Denial::NotBegun)
            } else {
                None
            };
            match lacks {
                Some(denial) => nearest = nearest.max(denial),
                None => best = best.max(Some((matches!(grant.grantee, Grantee::Member(_)), *number))),
            }
        }
        best.map(|(_, number)| Basis::Grant(number)).ok_or(nearest)
    }

    /// Returns whether a gate had a reason to release this record to `reader` after some block in `from..=to`.
    ///
    /// The reason is a permitted opening under `session`, and a grant not revoked yet. The controller needs neither.
    pub fn might_read(
        &self,
        reader: MemberId,
        record: RecordId,
        session: Option<ReadingSessionId>,
        from: u32,
        to: u32,
    ) -> bool {
        let Some(state) = self.charts.get(&record.chart) else { return false };
        if state.chart.controller == reader {
            return true;
        }
        let Some(compartment) = state.records.get(&record.key).map(|record| record.compartment) else { return false };
        let scopes = [Scope::Compartment(compartment), Scope::Record(record.key)];
        let opened = |(key, opening): &(ReadingSessionId, Opening)| {
            Some(*key) == session
                && opening.reader == reader
                && opening.chart == record.chart
                && scopes.contains(&opening.scope)
                && opening.decision.is_ok()
                && opening.block <= to
        };
        let Some((_, opening)) = self.openings.iter().find(|opening| opened(opening)) else { return false };
        let Some(me) = self.people.values().find(|person| person.member == reader) else { return false };
        state.grants.iter().any(|(number, grant)| {
            let place = (record.chart, *number);
            me.is_named_by(&grant.grantee)
                && scopes.contains(&grant.scope)
                && grant.permissions.contains(Permission::Read)
                && grant.purposes.contains(opening.purpose)
                && self.granted_in.get(&place).is_some_and(|block| *block <= to)
                && self.revoked_in.get(&place).is_none_or(|block| *block > from)
        })
    }
}

/// The event that a call must deposit.
enum Expected {
    Nothing,
    Opening(Result<Basis, Denial>),
}

impl ChartState {
    fn compartment(&self, number: CompartmentId) -> Option<(CompartmentFlags, u32)> {
        let numbered = self.compartments.iter().find(|it| it.number == number)?;
        Some((numbered.compartment.flags, numbered.compartment.epoch))
    }

    /// Returns the compartment of a scope, and for a record the number of its newest version.
    fn covered(&self, scope: Scope) -> Option<(CompartmentId, Option<u32>)> {
        match scope {
            Scope::Compartment(number) => self.compartment(number).map(|_| (number, None)),
            Scope::Record(key) => {
                let record = self.records.get(&key)?;
                Some((record.compartment, Some(record.versions.saturating_sub(1))))
            }
        }
    }

    fn waiting(&self, number: RequestId, now: Now) -> Result<&Request, Refused> {
        let found = self.requests.iter().find(|(id, _)| *id == number).map(|(_, request)| request);
        let request = found.ok_or("there is no such request")?;
        match request.state == RequestState::Open && now.at < request.expires_at {
            true => Ok(request),
            false => Err("the request does not wait any more"),
        }
    }

    fn answer(&mut self, number: RequestId, state: RequestState) {
        for (_, request) in self.requests.iter_mut().filter(|(id, _)| *id == number) {
            request.state = state;
        }
    }

    fn log(
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

fn empty_head(chart: ChartId) -> LogHead {
    let begins = [b"salus/audit/1".as_slice(), &LogId::Chart(chart).encode()].concat();
    LogHead { length: 0, hash: Digest(blake2_256(&begins)) }
}

/// Returns whether a role can have a permission in another person's chart at all (S4-21, S4-24).
fn may(role: Role, permission: Permission) -> bool {
    use Permission::{Amend, Create, Disclose, Read, Use, Withdraw};
    use Role::{Clinician, Laboratory, Patient, Pharmacist, Researcher};
    match permission {
        Read => matches!(role, Clinician | Laboratory | Pharmacist | Researcher | Patient),
        Create | Amend => matches!(role, Clinician | Laboratory | Pharmacist),
        Use => matches!(role, Clinician | Researcher),
        Withdraw | Disclose => role == Clinician,
    }
}

fn single(purposes: Purposes) -> Option<Purpose> {
    let all: Vec<_> = purposes.iter().collect();
    match all.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

fn read<Arguments: DecodeAll>(bytes: &[u8]) -> Result<Arguments, Disagreement> {
    Arguments::decode_all(&mut &*bytes).map_err(|_| "its arguments cannot be read".to_owned())
}
