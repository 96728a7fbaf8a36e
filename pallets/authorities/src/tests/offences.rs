// SPDX-License-Identifier: Apache-2.0

//! Offences that others prove, as GRANDPA does, and who may still be reported for what.

use super::*;
use crate::{AuraEquivocation, Identification, OfSeated};
use sp_consensus_aura::Slot;
use sp_staking::offence::{OffenceError, ReportOffence};

/// Offences as the runtime wires them for GRANDPA.
type Reports = OfSeated<Test, Offences>;

fn offence(institution: InstitutionId, slot: u64, session: u32) -> AuraEquivocation {
    AuraEquivocation { slot: Slot::from(slot), session, authorities: 4, offender: (node(institution), ()) }
}

fn report(offence: AuraEquivocation) -> Result<(), OffenceError> {
    <Reports as ReportOffence<_, _, _>>::report_offence(vec![node(SIXTH)], offence)
}

fn is_known(offender: Identification, slot: u64) -> bool {
    <Reports as ReportOffence<AccountId32, Identification, AuraEquivocation>>::is_known_offence(
        &[offender],
        &Slot::from(slot),
    )
}

#[test]
fn an_offence_suspends_once() {
    Builder::default().test(|| {
        assert!(!is_known((node(FIRST), ()), 5));
        assert_eq!(report(offence(FIRST, 5, 0)), Ok(()));

        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
        assert!(is_disabled(FIRST));
        assert_eq!(Log::entries().len(), 1);
        // The same again, and another one of the same offender, are known.
        for slot in [5, 6] {
            assert!(is_known((node(FIRST), ()), slot));
            assert_eq!(report(offence(FIRST, slot, 0)), Err(OffenceError::DuplicateReport));
        }
        assert_eq!(pallet_offences::Reports::<Test>::iter().count(), 1);
    });
}

#[test]
fn an_offence_of_somebody_without_a_seat_is_known() {
    Builder::default().test(|| {
        assert!(is_known((node(FIFTH), ()), 5));
        assert_eq!(report(offence(FIFTH, 5, 0)), Err(OffenceError::DuplicateReport));
    });
}

#[test]
fn an_offence_of_before_the_reinstatement_is_over_and_done_with() {
    Builder::default().test(|| {
        assert_eq!(report(offence(FIRST, 5, 0)), Ok(()));
        assert_ok!(Authorities::reinstate_authority(two_thirds(), FIRST));
        assert_eq!(report(offence(FIRST, 6, 0)), Err(OffenceError::DuplicateReport));
        // The set in which it offended decides in the next session, too.
        assert_eq!(report(offence(FIRST, 16, 1)), Err(OffenceError::DuplicateReport));
        assert_eq!(seat(FIRST).status, SeatStatus::Active);
        assert_eq!(report(offence(FIRST, 26, 2)), Ok(()));
        assert_eq!(seat(FIRST).status, SeatStatus::Suspended);
    });
}

#[test]
fn an_offence_of_somebody_else_in_the_same_slot_judges_nobody_twice() {
    Builder::default().test(|| {
        assert_eq!(report(offence(FIRST, 5, 0)), Ok(()));
        assert_ok!(Authorities::reinstate_authority(two_thirds(), FIRST));
        // The handler is told of both.
        assert_eq!(report(offence(SECOND, 5, 0)), Ok(()));
        assert_eq!(seat(FIRST).status, SeatStatus::Active);
        assert_eq!(seat(SECOND).status, SeatStatus::Suspended);
    });
}

#[test]
fn offences_of_everybody_leave_authorities_and_council() {
    Builder::default().test(|| {
        for (place, institution) in [FIRST, SECOND, THIRD, FOURTH].into_iter().enumerate() {
            assert_eq!(report(offence(institution, place as u64, 0)), Ok(()));
            assert_eq!(seat(institution).status, SeatStatus::Suspended);
        }
        next_session();
        next_session();
        assert_eq!(authorities(), [FIRST, SECOND, THIRD, FOURTH]);
        assert_eq!(CouncilMembers::get().len(), 4);
        // One of four may be disabled, and three go on.
        assert_eq!(Session::disabled_validators().len(), 1);
    });
}
