// SPDX-License-Identifier: Apache-2.0

//! Answers other pallets about authorities.

use crate::{Config, Pallet, Seat, SeatOf, Seats};
use alloc::vec::Vec;
use salus_primitives::{traits::Authorities, InstitutionId};
use sp_runtime::AccountId32;

impl<T: Config> Authorities<AccountId32> for Pallet<T> {
    fn seat(account: &AccountId32) -> Option<InstitutionId> {
        SeatOf::<T>::get(account)
    }

    fn has_seat(institution: InstitutionId) -> bool {
        Seats::<T>::contains_key(institution)
    }

    /// Returns the institutions in the order of their numbers.
    fn voting() -> Vec<InstitutionId> {
        let mut voting: Vec<_> = Self::choose_seats().into_iter().map(|(institution, ..)| institution).collect();
        voting.sort();
        voting
    }

    /// Only the delegate of a seat can have votes: when another delegate takes the vote, the council forgets those of
    /// the former.
    fn withdraw_votes(institution: InstitutionId, accounts: &[AccountId32]) {
        let Some(Seat { delegate, .. }) = Seats::<T>::get(institution) else { return };
        if accounts.contains(&delegate) {
            // The council forgets the votes of an account that leaves, also when it comes back at once.
            let delegate = core::slice::from_ref(&delegate);
            Self::change_council(delegate, delegate);
        }
    }
}
