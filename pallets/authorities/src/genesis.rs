// SPDX-License-Identifier: Apache-2.0

//! The genesis: the length of sessions, the seats, and the council that follows from them. The logs begin empty.

use crate::{Config, GenesisConfig, Pallet, SessionLength};
use alloc::{format, string::String, vec::Vec};
use core::marker::PhantomData;
use salus_primitives::network::{DEFAULT_SESSION_LENGTH, SESSION_LENGTHS};

impl<T: Config> Default for GenesisConfig<T> {
    fn default() -> Self {
        Self { seats: Vec::new(), session_length: DEFAULT_SESSION_LENGTH.into(), runtime: PhantomData }
    }
}

impl<T: Config> GenesisConfig<T> {
    /// Writes the first seats, or says what is wrong with them.
    pub(crate) fn try_build(&self) -> Result<(), String> {
        let (fewest, most) = SESSION_LENGTHS.into_inner();
        if self.session_length < fewest.into() || self.session_length > most.into() {
            return Err(format!("a session has {fewest} to {most} blocks"));
        }
        SessionLength::<T>::put(self.session_length);
        for (place, seat) in self.seats.iter().enumerate() {
            Pallet::<T>::check_seat(seat.institution, &seat.account, &seat.delegate)
                .map_err(|error| format!("seat {place} cannot be given: {error:?}"))?;
            Pallet::<T>::insert_seat(seat.institution, seat.account.clone(), seat.delegate.clone());
        }
        if !self.seats.is_empty() {
            Pallet::<T>::change_council(&Pallet::<T>::delegates(), &[]);
        }
        Ok(())
    }
}
