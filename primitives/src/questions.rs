// SPDX-License-Identifier: Apache-2.0

//! What pallets ask of each other: one trait for each floor that answers. The runtime wires them.
//!
//! `()` answers like an empty chain: nobody is a member, nothing exists, nothing is permitted.

use crate::{
    access::{Ask, Decision, Denial, RecordFacts},
    audit::{AuditEvent, LogId},
    membership::{InstitutionStanding, Role, Standing},
    ChartId, CompartmentId, GrantId, InstitutionId, MemberId, RecordId,
};
use alloc::vec::Vec;

/// Takes audit entries.
pub trait AuditLog {
    /// Appends one entry to `log`.
    fn append(log: LogId, event: AuditEvent);

    /// Records that `member` was denied something on `chart`; repetitions within an hour only raise a counter.
    fn append_denial(chart: ChartId, member: MemberId, event: AuditEvent);
}

impl AuditLog for () {
    fn append(_: LogId, _: AuditEvent) {}
    fn append_denial(_: ChartId, _: MemberId, _: AuditEvent) {}
}

/// Knows the members.
pub trait Membership<AccountId> {
    /// The standing of the member that signs with `account`.
    fn standing_of_account(account: &AccountId) -> Option<Standing>;

    /// The standing of `member`.
    fn standing(member: MemberId) -> Option<Standing>;

    /// The standing of `institution`.
    fn institution(institution: InstitutionId) -> Option<InstitutionStanding>;
}

impl<AccountId> Membership<AccountId> for () {
    fn standing_of_account(_: &AccountId) -> Option<Standing> {
        None
    }
    fn standing(_: MemberId) -> Option<Standing> {
        None
    }
    fn institution(_: InstitutionId) -> Option<InstitutionStanding> {
        None
    }
}

/// Knows the authorities.
pub trait Authorities<AccountId> {
    /// The institution whose seat has this account.
    fn seat(account: &AccountId) -> Option<InstitutionId>;

    /// Whether the institution has a seat.
    fn has_seat(institution: InstitutionId) -> bool;

    /// The institutions whose votes make blocks final from the session after next on: those with a seat and session keys, but
    /// for suspended ones that are not needed.
    fn voting() -> Vec<InstitutionId>;
}

impl<AccountId> Authorities<AccountId> for () {
    fn seat(_: &AccountId) -> Option<InstitutionId> {
        None
    }
    fn has_seat(_: InstitutionId) -> bool {
        false
    }
    fn voting() -> Vec<InstitutionId> {
        Vec::new()
    }
}

/// Knows charts and decides about access.
pub trait Access {
    /// Whether `asker` may do what `ask` says in `chart`.
    fn decide(asker: &Standing, chart: ChartId, ask: &Ask) -> Decision;

    /// Whether there is such a chart, and so a log for what is denied in it.
    fn chart_exists(chart: ChartId) -> bool;

    /// The current epoch of a compartment.
    fn epoch(chart: ChartId, compartment: CompartmentId) -> Option<u32>;

    /// The grants over this record alone that can read and are not over: who amends it seals to each of them.
    fn record_readers(record: RecordId) -> Vec<GrantId>;
}

impl Access for () {
    fn decide(_: &Standing, _: ChartId, _: &Ask) -> Decision {
        Decision::Denied(Denial::NotFound)
    }
    fn chart_exists(_: ChartId) -> bool {
        false
    }
    fn epoch(_: ChartId, _: CompartmentId) -> Option<u32> {
        None
    }
    fn record_readers(_: RecordId) -> Vec<GrantId> {
        Vec::new()
    }
}

/// Knows records.
pub trait Records {
    /// What a decision needs to know of `record`.
    fn facts(record: RecordId) -> Option<RecordFacts>;
}

impl Records for () {
    fn facts(_: RecordId) -> Option<RecordFacts> {
        None
    }
}

/// Sets a stage for benchmarks: what other floors must hold before a call can be measured.
pub trait Stage<AccountId> {
    /// An active member of a new institution with this account; the institution's kind may admit the role.
    fn member(account: &AccountId, role: Role) -> MemberId;

    /// A chart of `controller` with all 16 compartments at epoch zero.
    fn chart(controller: &AccountId) -> ChartId;

    /// As many other grants as a compartment can hold live, and in the last place one to `grantee` with every
    /// permission and purpose.
    fn crowded_grant(chart: ChartId, compartment: CompartmentId, grantee: MemberId) -> GrantId;

    /// A record of `chart` in `compartment` by `author`.
    fn record(chart: ChartId, compartment: CompartmentId, author: &AccountId) -> RecordId;
}
