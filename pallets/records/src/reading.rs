// SPDX-License-Identifier: Apache-2.0

//! Opening records for reading.

use crate::{Config, Error, Event, KeyedSession, Pallet, Sessions};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
    access::{Permission, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    decision::{Ask, Basis, Decision, Denial},
    membership::Standing,
    records::{Session, SESSION_LENGTH},
    traits::{AuditLog, Controllers, Decisions, Question},
    ChartId, ReadingSessionId,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Decides on the open, and logs the answer.
    pub(crate) fn do_open(
        reader: &Standing,
        chart: ChartId,
        scope: Scope,
        purpose: Purpose,
        session: ReadingSessionId,
    ) -> DispatchResult {
        let (permission, at) = (Permission::Read, T::Time::now());
        let ask = Ask { permission, scope, purpose: Some(purpose), at, version: None };
        let record = Self::facts(chart, scope, None);
        match T::Decisions::decide(&Question { asker: Some(reader), chart, record, ask }) {
            Decision::Permitted(basis) => Self::permit_open(reader, chart, scope, purpose, session, basis),
            Decision::Denied(denial) => Self::deny_open(reader, chart, scope, purpose, denial),
        }
    }

    fn permit_open(
        reader: &Standing,
        chart: ChartId,
        scope: Scope,
        purpose: Purpose,
        key: ReadingSessionId,
        basis: Basis,
    ) -> DispatchResult {
        let opened_at = T::Time::now();
        let mut sessions = Sessions::<T>::get(reader.member);
        sessions.retain(|it| it.session.is_running(opened_at));
        ensure!(sessions.iter().all(|it| it.key != key), Error::<T>::SessionExists);
        ensure!(!sessions.is_full(), Error::<T>::TooManySessions);
        // The entry of the session's first open stands for all later ones, and they do not extend the session.
        let running = sessions.iter().map(|it| &it.session).find(|it| {
            let of = (it.chart, it.scope, it.purpose, it.basis);
            of == (chart, scope, purpose, basis)
        });
        let session = running.cloned().unwrap_or_else(|| {
            let entry = Self::open_entry(reader, Action::ReadPermitted, scope, purpose, Reason::Basis(basis));
            let entry = T::Audit::append(LogId::Chart(chart), entry);
            let expires_at = opened_at.saturating_add(SESSION_LENGTH);
            Session { chart, scope, purpose, basis, opened_at, expires_at, entry }
        });
        let expires_at = session.expires_at;
        sessions.try_push(KeyedSession { key, session }).map_err(|_| Error::<T>::TooManySessions)?;

        Sessions::<T>::insert(reader.member, sessions);
        let (reader, session) = (reader.member, key);
        Self::deposit_event(Event::RecordsOpened { chart, reader, session, scope, purpose, basis, expires_at });
        Ok(())
    }

    /// Logs a denial. The call succeeds, because an error would roll the log entry back.
    fn deny_open(reader: &Standing, chart: ChartId, scope: Scope, purpose: Purpose, denial: Denial) -> DispatchResult {
        // A chart that does not exist has no log.
        ensure!(T::Controllers::controller(chart).is_some(), Error::<T>::NotFound);

        let entry = Self::open_entry(reader, Action::ReadDenied, scope, purpose, Reason::Denial(denial));
        T::Audit::append_denial(chart, reader.member, entry);
        Self::deposit_event(Event::OpenDenied { chart, reader: reader.member, scope, purpose, denial });
        Ok(())
    }

    fn open_entry(reader: &Standing, action: Action, scope: Scope, purpose: Purpose, reason: Reason) -> AuditEvent {
        AuditEvent::by_member(reader.member, reader.institution_id(), action, Subject::Scope(scope))
            .for_purpose(purpose)
            .because(reason)
    }
}
