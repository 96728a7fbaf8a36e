// SPDX-License-Identifier: Apache-2.0

//! One file for each call, one for each hook of the SDK.

mod admit_authority;
mod authorities;
mod force_remove_authority;
mod genesis;
mod hand_over_account;
mod model;
mod motions;
mod offences;
mod origins;
mod presence;
mod reinstate_authority;
mod remove_authority;
mod report_equivocation;
mod resume_finality;
mod sessions;
mod set_keys;
mod storage;
mod suspend_authority;
mod take_vote;
mod try_state;

pub(crate) use crate::{
    mock::*, Absences, Authored, Call, Error, Event, Planned, Resuming, Resumption, Seat, SeatOf, SeatStatus, Seats,
    SessionStarts,
};
pub(crate) use frame_support::{assert_noop, assert_ok};
pub(crate) use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::{InstitutionKind, InstitutionStatus, MemberStatus, Role},
    InstitutionId,
};
pub(crate) use sp_runtime::{
    traits::{BadOrigin, Dispatchable},
    AccountId32, DispatchError, DispatchResult,
};

pub(crate) fn dispatch(call: Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
    RuntimeCall::from(call).dispatch(origin).map(|_| ()).map_err(|failure| failure.error)
}

/// Checks that a failed call changes nothing, logs nothing and leaves the council as it is.
pub(crate) fn assert_fails(call: impl FnOnce() -> DispatchResult, error: impl Into<DispatchError>) {
    let before = (Log::written(), CouncilMembers::get());
    assert_noop!(call(), error.into());
    assert_eq!((Log::written(), CouncilMembers::get()), before);
}

/// Checks that `event` is the last event, and that the log got `entry` alone.
pub(crate) fn assert_done(event: Event<Test>, entry: AuditEvent) {
    System::assert_last_event(event.into());
    assert_eq!(Log::entries().last(), Some(&(LogId::Consortium, entry)));
}

/// The entry of a decision about an institution.
pub(crate) fn decision(action: Action, institution: InstitutionId) -> AuditEvent {
    AuditEvent::by_council(action, Subject::Institution(institution))
}

/// The entry of a consequence for an institution.
pub(crate) fn consequence(action: Action, institution: InstitutionId, reason: Reason) -> AuditEvent {
    AuditEvent::by_chain(action, Subject::Institution(institution)).because(reason)
}

pub(crate) fn admit(institution: InstitutionId) -> DispatchResult {
    Authorities::admit_authority(two_thirds(), institution, node(institution), delegate(institution))
}

/// Gives the institution a seat and session keys, and waits until it takes part.
pub(crate) fn seat_with_keys(institution: InstitutionId) {
    assert_ok!(admit(institution));
    set_keys(institution, &aura(institution));
    next_session();
    next_session();
    assert!(authorities().contains(&institution));
}

/// Whether the authority may author nothing in this session.
pub(crate) fn is_disabled(institution: InstitutionId) -> bool {
    use crate::Sessions as _;
    let index = Session::authorities().iter().position(|account| *account == node(institution));
    index.is_some_and(|index| Session::disabled_validators().contains(&(index as u32)))
}
