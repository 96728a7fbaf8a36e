// SPDX-License-Identifier: Apache-2.0

//! Whom other pallets take for an authority.

use crate::{Config, Pallet, SeatOf, Seats};
use alloc::vec::Vec;
use salus_primitives::{questions::Authorities, InstitutionId};
use sp_runtime::AccountId32;

impl<T: Config> Authorities<AccountId32> for Pallet<T> {
    fn active_seat(account: &AccountId32) -> Option<InstitutionId> {
        SeatOf::<T>::get(account)
            .filter(|institution| Seats::<T>::get(institution).is_some_and(|seat| seat.is_active()))
    }

    /// In the order of their numbers. A seat without session keys waits for its node.
    fn active() -> Vec<InstitutionId> {
        let active = Self::seats_with_keys().filter(|(_, seat, _)| seat.is_active());
        let mut active: Vec<_> = active.map(|(institution, ..)| institution).collect();
        active.sort();
        active
    }
}
