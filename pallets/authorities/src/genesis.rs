// SPDX-License-Identifier: Apache-2.0

//! How the chain begins: seats, and the council that follows from them. The logs begin empty.

use crate::{Config, GenesisConfig, Pallet};
use alloc::{format, string::String};

impl<T: Config> GenesisConfig<T> {
    /// Writes the first seats, or says what is wrong with them.
    pub(crate) fn try_build(&self) -> Result<(), String> {
        for (place, seat) in self.seats.iter().enumerate() {
            Pallet::<T>::check_seat(seat.institution, &seat.account, &seat.representative)
                .map_err(|error| format!("seat {place} cannot be given: {error:?}"))?;
            Pallet::<T>::insert_seat(seat.institution, seat.account.clone(), seat.representative.clone());
        }
        if !self.seats.is_empty() {
            Pallet::<T>::change_council(&Pallet::<T>::representatives(), &[]);
        }
        Ok(())
    }
}
