// SPDX-License-Identifier: Apache-2.0

//! Presence: the pallet counts blocks by author, and names an authority that made none in a session.

use crate::{Absences, Authored, Config, Event, Pallet, SeatOfAuthority, Seats, Sessions};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_authorship::EventHandler;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    traits::AuditLog,
    InstitutionId,
};
use sp_runtime::AccountId32;

impl<T: Config> EventHandler<AccountId32, BlockNumberFor<T>> for Pallet<T> {
    fn note_author(author: AccountId32) {
        Authored::<T>::mutate(author, |blocks| *blocks = blocks.saturating_add(1));
    }
}

impl<T: Config> Pallet<T> {
    /// Compares the authorities of the session that ends with those that made blocks, and resets the count.
    pub(crate) fn call_roll() {
        for account in T::Sessions::authorities() {
            let is_present = Authored::<T>::take(&account) > 0;
            // An authority without a seat is leaving already, and a suspended one may author nothing.
            let Some(institution) = SeatOfAuthority::<T>::get(&account) else { continue };
            if Seats::<T>::get(institution).is_some_and(|seat| seat.is_active()) {
                Self::mark(institution, is_present);
            }
        }
    }

    fn mark(institution: InstitutionId, is_present: bool) {
        let missed = Absences::<T>::take(institution);
        if !is_present {
            let sessions = missed.unwrap_or_default().saturating_add(1);
            Absences::<T>::insert(institution, sessions);
            Self::log_presence(institution, Action::AuthorityAbsent, sessions);
            Self::deposit_event(Event::AuthorityAbsent { institution, sessions });
        } else if let Some(sessions) = missed {
            Self::log_presence(institution, Action::AuthorityReturned, sessions);
            Self::deposit_event(Event::AuthorityReturned { institution, sessions });
        }
    }

    fn log_presence(institution: InstitutionId, action: Action, sessions: u32) {
        let event = AuditEvent::by_chain(action, Subject::Institution(institution));
        T::Audit::append(LogId::Consortium, event.because(Reason::Count(sessions)));
    }
}
