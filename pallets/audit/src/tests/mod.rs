// SPDX-License-Identifier: Apache-2.0

//! One file for each subject.

mod append;
mod append_denial;
mod model;
mod page;
mod prune;
mod receipts;

pub(crate) use crate::mock::*;
pub(crate) use crate::{
    DenialRun, Denials, Event, Heads, NextLog, NextRun, Pages, Receipts, ENTRIES_PER_PAGE, MAX_NOTES,
};
pub(crate) use salus_primitives::{
    access::{Purpose, Purposes, Scope},
    audit::{verify_log, Action, AuditEvent, Entry, LogFault, LogHead, LogId, Reason, Subject},
    decision::Denial,
    receipts::{NotNoted, MAX_POSTERS},
    time::HOUR,
    traits::AuditLog,
    ChartId, CompartmentId, InstitutionId, MemberId,
};

pub(crate) const CHART: ChartId = ChartId(3);
pub(crate) const LOG: LogId = LogId::Chart(CHART);
pub(crate) const PATIENT: MemberId = MemberId(1);
pub(crate) const DOCTOR: MemberId = MemberId(2);
pub(crate) const CLINIC: InstitutionId = InstitutionId(4);

pub(crate) fn opened() -> AuditEvent {
    AuditEvent::by_member(PATIENT, None, Action::ChartOpened, Subject::Chart(CHART))
}

pub(crate) fn denied() -> AuditEvent {
    let scope = Scope::Compartment(CompartmentId(2));
    AuditEvent::by_member(DOCTOR, Some(CLINIC), Action::ReadDenied, Subject::Scope(scope))
        .for_purpose(Purpose::Treatment)
        .because(Reason::Denial(Denial::NoGrant))
}

pub(crate) fn verify(log: LogId) -> Result<(), LogFault> {
    verify_log(log, &Audit::page(log, 0, u32::MAX), &Audit::head(log))
}
