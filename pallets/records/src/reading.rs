// SPDX-License-Identifier: Apache-2.0

//! Opening records for reading, and removing sessions that have expired.

use crate::{
    Config, Error, Event, NextSession, OldestSession, Pallet, QueuedSession, SessionQueue, Sessions, WeightInfo,
};
use frame_support::{
    ensure,
    traits::{Get, Time},
    weights::Weight,
};
use salus_primitives::{
    access::{Ask, Basis, Decision, Denial, Permission, Purpose, Scope},
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    membership::Standing,
    questions::{Access, AuditLog},
    records::{Session, SESSION_LENGTH},
    ChartId, SessionKey,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Decides, and records the answer whatever it is.
    pub(crate) fn do_open(
        reader: &Standing,
        chart: ChartId,
        scope: Scope,
        purpose: Purpose,
        session: SessionKey,
    ) -> DispatchResult {
        let ask = Ask { permission: Permission::Read, scope, purpose: Some(purpose), at: T::Time::now() };
        match T::Access::decide(reader, chart, &ask) {
            Decision::Permitted(basis) => Self::permit_open(reader, chart, scope, purpose, session, basis),
            Decision::Denied(denial) => Self::deny_open(reader, chart, scope, purpose, denial),
        }
    }

    fn permit_open(
        reader: &Standing,
        chart: ChartId,
        scope: Scope,
        purpose: Purpose,
        session: SessionKey,
        basis: Basis,
    ) -> DispatchResult {
        let opened_at = T::Time::now();
        let running = Sessions::<T>::get(reader.member, session).is_some_and(|it| opened_at < it.expires_at);
        ensure!(!running, Error::<T>::SessionExists);

        let expires_at = opened_at.saturating_add(SESSION_LENGTH);
        let place = NextSession::<T>::get();
        NextSession::<T>::put(place.saturating_add(1));
        SessionQueue::<T>::insert(place, QueuedSession { reader: reader.member, session, expires_at });
        Sessions::<T>::insert(reader.member, session, Session { chart, scope, purpose, basis, opened_at, expires_at });
        let entry = Self::open_entry(reader, Action::ReadPermitted, scope, purpose, Reason::Basis(basis));
        T::Audit::append(LogId::Chart(chart), entry);
        Self::deposit_event(Event::RecordsOpened {
            chart,
            reader: reader.member,
            session,
            scope,
            purpose,
            basis,
            expires_at,
        });
        Ok(())
    }

    /// Being denied is an outcome: an error would roll the log entry back.
    fn deny_open(reader: &Standing, chart: ChartId, scope: Scope, purpose: Purpose, denial: Denial) -> DispatchResult {
        // A chart that does not exist has no log.
        ensure!(denial != Denial::NotFound || T::Access::chart_exists(chart), Error::<T>::NotFound);

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

    /// Removes as many expired sessions as `remaining` pays for, and returns what that took.
    pub(crate) fn close_sessions_within(remaining: Weight) -> Weight {
        let base = T::WeightInfo::close_sessions(0);
        let each = T::WeightInfo::close_sessions(1).saturating_sub(base);
        let affordable = match remaining.checked_sub(&base) {
            Some(rest) => rest.checked_div_per_component(&each).unwrap_or(u64::MAX),
            None => 0,
        };
        let limit = u32::try_from(affordable).unwrap_or(u32::MAX).min(T::MaxClosed::get());
        if limit == 0 {
            return Weight::zero();
        }
        T::WeightInfo::close_sessions(Self::close_sessions(limit))
    }

    /// Removes expired sessions, the oldest first, at most `limit` of them, and returns how many.
    pub(crate) fn close_sessions(limit: u32) -> u32 {
        let now = T::Time::now();
        let oldest = OldestSession::<T>::get();
        let mut place = oldest;
        let mut closed = 0u32;
        while closed < limit {
            let Some(queued) = SessionQueue::<T>::get(place).filter(|queued| queued.is_due(now)) else { break };
            SessionQueue::<T>::remove(place);
            // The reader may have reused the key since; then the newer session has its own place in the queue.
            let expired = Sessions::<T>::get(queued.reader, queued.session).is_some_and(|it| it.expires_at <= now);
            if expired {
                Sessions::<T>::remove(queued.reader, queued.session);
            }
            place = place.saturating_add(1);
            closed = closed.saturating_add(1);
        }
        if place != oldest {
            OldestSession::<T>::put(place);
        }
        closed
    }
}
