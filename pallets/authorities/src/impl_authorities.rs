// SPDX-License-Identifier: Apache-2.0

//! Answers other pallets about authorities.

use crate::{Config, Pallet, SeatOf, Seats};
use alloc::vec::Vec;
use salus_primitives::{questions::Authorities, InstitutionId};
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
}
