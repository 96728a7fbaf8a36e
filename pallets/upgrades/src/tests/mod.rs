// SPDX-License-Identifier: Apache-2.0

//! One file for each call, one for the end of plans.

mod arguments;
mod authorize_upgrade;
mod cancel_upgrade;
mod confirm_upgrade;
mod end_plan;
mod genesis;
mod origins;
mod pause_call;
mod plan_upgrade;
mod set_parameter;
mod set_upgrade_delay;
mod storage;
mod try_state;
mod unpause_call;

pub(crate) use crate::{
    mock::*, Call, Confirmations, Delay, Error, Event, Plan, Planned, Tuned, UpgradeDelay, PLAN_LIFE,
};
pub(crate) use frame_support::{assert_noop, assert_ok};
pub(crate) use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    governance::{CallName, Parameter, UPGRADE_DELAYS},
    membership::{MemberStatus, Quota, Role},
    time::{DAY, HOUR},
    Digest, InstitutionId, Moment,
};
pub(crate) use sp_core::H256;
pub(crate) use sp_runtime::{
    traits::{BadOrigin, Dispatchable},
    DispatchError, DispatchResult,
};

pub(crate) fn dispatch(call: Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
    RuntimeCall::from(call).dispatch(origin).map(|_| ()).map_err(|failure| failure.error)
}

/// Checks that a failed call changes nothing, logs nothing and pauses nothing.
pub(crate) fn assert_fails(call: impl FnOnce() -> DispatchResult, error: impl Into<DispatchError>) {
    let before = (Log::written(), Paused::get());
    assert_noop!(call(), error.into());
    assert_eq!((Log::written(), Paused::get()), before);
}

/// Checks that `event` is the last event, and that the log got `entry` alone.
pub(crate) fn assert_done(event: Event<Test>, entry: AuditEvent) {
    System::assert_last_event(event.into());
    assert_eq!(Log::entries().last(), Some(&(LogId::Consortium, entry)));
}

/// The name in the log of the code that most tests plan.
pub(crate) fn code() -> Subject {
    Subject::Runtime(Digest(CODE.0), VERSION + 1)
}

pub(crate) fn plan() -> DispatchResult {
    Upgrades::plan_upgrade(two_thirds(), CODE, VERSION + 1)
}

pub(crate) fn confirm(institution: InstitutionId) -> DispatchResult {
    Upgrades::confirm_upgrade(signed(node(institution)), CODE)
}

pub(crate) fn authorize() -> DispatchResult {
    Upgrades::authorize_upgrade(signed(delegate(FIRST)))
}

/// Plans an upgrade, has it confirmed by the first three of four, and waits for its delay to run.
pub(crate) fn make_ready() {
    assert_ok!(plan());
    for institution in [FIRST, SECOND, THIRD] {
        assert_ok!(confirm(institution));
    }
    next_block_after(DELAY);
}
