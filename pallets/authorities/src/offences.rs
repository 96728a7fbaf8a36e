// SPDX-License-Identifier: Apache-2.0

//! Offences: one that a node or a member proved suspends the offender's seat.

use crate::{Config, Identification, Pallet, SeatOfAuthority, Seats, WeightInfo};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{ensure, weights::Weight};
use salus_primitives::{
    audit::{Action, AuditEvent, Reason, Subject},
    InstitutionId,
};
use sp_runtime::{AccountId32, Perbill};
use sp_staking::{
    offence::{Offence, OffenceDetails, OffenceError, OnOffenceHandler, ReportOffence},
    SessionIndex,
};

impl<T: Config> OnOffenceHandler<AccountId32, Identification, Weight> for Pallet<T> {
    /// Suspends the seats of the offenders that answer for this session, even if the network cannot spare them: then
    /// they stay authorities, disabled.
    fn on_offence(
        offenders: &[OffenceDetails<AccountId32, Identification>],
        _: &[Perbill],
        session: SessionIndex,
    ) -> Weight {
        let mut weight = Weight::zero();
        for OffenceDetails { offender: (account, ()), .. } in offenders {
            weight = weight.saturating_add(T::WeightInfo::suspend_authority());
            let Some((institution, seat)) = Self::seat_of(account) else { continue };
            if seat.is_active() && session >= seat.liable_from {
                let event = AuditEvent::by_chain(Action::AuthoritySuspended, Subject::Institution(institution));
                Self::suspend(institution, seat, event.because(Reason::Equivocation));
            }
        }
        weight
    }
}

impl<T: Config> Pallet<T> {
    fn seat_of(account: &AccountId32) -> Option<(InstitutionId, crate::Seat)> {
        let institution = SeatOfAuthority::<T>::get(account)?;
        Some((institution, Seats::<T>::get(institution)?))
    }

    /// Whether a report about this authority, in this session if it is known, could change anything.
    fn answers(account: &AccountId32, session: Option<SessionIndex>) -> bool {
        Self::seat_of(account)
            .is_some_and(|(_, seat)| seat.is_active() && session.is_none_or(|session| session >= seat.liable_from))
    }
}

/// Passes on to `R` only reports that have a consequence. The others count as known: GRANDPA's nodes report without
/// cost, as often as an authority votes twice.
pub struct OfSeated<T, R>(PhantomData<(T, R)>);

impl<T, R, O> ReportOffence<AccountId32, Identification, O> for OfSeated<T, R>
where
    T: Config,
    R: ReportOffence<AccountId32, Identification, O>,
    O: Offence<Identification>,
{
    fn report_offence(reporters: Vec<AccountId32>, offence: O) -> Result<(), OffenceError> {
        let session = Some(offence.session_index());
        let answers = offence.offenders().iter().any(|(account, ())| Pallet::<T>::answers(account, session));
        ensure!(answers, OffenceError::DuplicateReport);
        R::report_offence(reporters, offence)
    }

    fn is_known_offence(offenders: &[Identification], time_slot: &O::Slot) -> bool {
        let answers = offenders.iter().any(|(account, ())| Pallet::<T>::answers(account, None));
        !answers || R::is_known_offence(offenders, time_slot)
    }
}
